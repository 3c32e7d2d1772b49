import { useQuery } from '@tanstack/react-query';
import type { IncidentView } from '../api/types.ts';
import { clockQueries } from '../clocks/queries.ts';
import { useIncidentActions } from '../incidents/actions.ts';
import { useSession, useTenantName } from '../session.ts';
import { usePhone } from '../ui/hooks.ts';
import { telephone } from '../ui/telephone.ts';
import css from './incident.module.css';
import { t } from './strings.ts';

/** On a phone, above the story: whose incident it is, who has it, and how sure we are. */
export function Glance({ incident }: { incident: IncidentView }) {
  const nameOf = useTenantName();
  const phone = usePhone();
  const sure = incident.urgency.terms.find(({ term }) => term === 'confidence');
  const probability = sure?.term === 'confidence' ? sure.probability : null;
  if (!phone) return null;
  return (
    <p className={css.glance} data-testid="glance">
      <strong>{nameOf(incident.tenant)}</strong> · {incident.owner?.name ?? t.nobody}
      {probability !== null && ` · ${t.likely(Math.round(100 * probability))}`}
    </p>
  );
}

/** On a phone, under the thumb: take it, and call the first of the client who can be reached. */
export function AtNight({ incident }: { incident: IncidentView }) {
  const phone = usePhone();
  const { user } = useSession();
  const { data } = useQuery({ ...clockQueries.ofIncident(incident.id), enabled: phone });
  const actions = useIncidentActions();
  if (!phone || incident.status === 'closed') return null;
  const callable = data?.contacts.filter((one) => one.phone !== null) ?? [];
  const first = callable.find(({ reachable }) => reachable) ?? callable[0];
  const mine = incident.owner?.id === user.id;
  if (mine && first === undefined) return null;
  return (
    <div className={css.thumb}>
      {!mine && (
        <button
          type="button"
          className="btn primary"
          data-testid="take"
          disabled={actions.pending}
          onClick={() => actions.assignToMe([incident.id])}
        >
          {t.take}
        </button>
      )}
      {first?.phone != null && (
        <a className="btn" href={telephone(first.phone)}>
          {t.call(first.name)} {first.phone}
        </a>
      )}
    </div>
  );
}
