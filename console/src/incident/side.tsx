import type { AssetMark } from '@vigie/contracts/api';
import { Link } from 'wouter';
import type { IncidentView } from '../api/types.ts';
import { useMarks } from '../asset-marks/use-marks.ts';
import { IncidentClocks } from '../clocks/incident-clocks.tsx';
import { OwnerChoice } from '../incidents/owner-choice.tsx';
import { useMay, useTenantName } from '../session.ts';
import { TechniqueLinks } from '../ui/chips.tsx';
import { ui } from '../ui/strings.ts';
import { Age, At } from '../ui/time-view.tsx';
import { verdictText } from '../verdict/words.ts';
import css from './incident.module.css';
import { t } from './strings.ts';

type Entity = IncidentView['entities'][number];

/** How it stands; the client reads that it is waited for, not that somebody waits for a client. */
export function statusText({ status }: Pick<IncidentView, 'status'>, ours: boolean): string {
  return !ours && status === 'waiting-for-client' ? t.waitingForYou : ui.status[status];
}

function isAsset({ type }: Entity): boolean {
  return type === 'host' || type === 'user';
}

/** The page of a machine or a person; where nothing is written down about it, the inventory searched for its name. */
function assetAddress({ tenant }: IncidentView, entity: Entity, marks: readonly AssetMark[]): string {
  const mark = marks.find((each) => each.entity.type === entity.type && each.entity.value === entity.value);
  return mark === undefined
    ? `/assets?${new URLSearchParams({ tenant, q: entity.value }).toString()}`
    : `/assets/${tenant}/${encodeURIComponent(mark.id)}`;
}

/** Facts beside the story. */
export function Side(props: {
  incident: IncidentView;
  onMail: (id: string) => void;
  onEntity: (value: string) => void;
}) {
  const { incident } = props;
  const nameOf = useTenantName();
  const mayAct = useMay('incidents.handle');
  const ours = useMay('comments.internal');
  const [marks = []] = useMarks([
    { tenant: incident.tenant, entities: incident.entities, at: incident.lastAt },
  ]);
  return (
    <aside className={css.side} aria-label={t.status}>
      <IncidentClocks incident={incident} />
      <dl className="facts">
        <dt>{t.status}</dt>
        <dd>{statusText(incident, ours)}</dd>
        <dt>{t.owner}</dt>
        <dd data-testid="incident-owner">
          {mayAct && incident.status !== 'closed' ? (
            <OwnerChoice incident={incident} />
          ) : (
            (incident.owner?.name ?? <span className="muted">{t.nobody}</span>)
          )}
        </dd>
        <dt>{t.verdict}</dt>
        <dd>
          {incident.verdict === null ? (
            <span className="muted">{t.noVerdict}</span>
          ) : (
            verdictText(incident.verdict)
          )}
        </dd>
        <dt>{t.tenant}</dt>
        <dd>
          <Link href={`/incidents?tenant=${incident.tenant}`}>{nameOf(incident.tenant)}</Link>
        </dd>
        <dt>{t.firstEvidence}</dt>
        <dd>
          <At at={incident.firstAt} />
        </dd>
        <dt>{t.lastEvidence}</dt>
        <dd>
          <At at={incident.lastAt} />
        </dd>
        <dt>{t.opened}</dt>
        <dd>
          <Age at={incident.createdAt} suffix />
        </dd>
        <dt>{t.counts}</dt>
        <dd>{t.countsText(incident.alerts, incident.detections)}</dd>
      </dl>
      <section>
        <h2>{t.entities}</h2>
        <ul className={css.entities}>
          {incident.entities.map((entity) => (
            <li key={`${entity.type} ${entity.value}`}>
              <span className="muted">{ui.entity[entity.type]}</span>
              <span>
                <button
                  type="button"
                  className={css.entryLink}
                  title={t.searchEntity(entity.value)}
                  onClick={() => props.onEntity(entity.value)}
                >
                  <span className="mono wrap">{entity.value}</span>
                </button>
                {isAsset(entity) && (
                  <>
                    {' '}
                    <Link
                      className={css.assetLink}
                      href={assetAddress(incident, entity, marks)}
                      aria-label={`${t.asset}: ${entity.value}`}
                    >
                      {t.asset}
                    </Link>
                  </>
                )}
              </span>
            </li>
          ))}
        </ul>
      </section>
      {incident.techniques.length > 0 && (
        <section>
          <h2>{t.techniques}</h2>
          <TechniqueLinks items={incident.techniques} />
        </section>
      )}
      <section>
        <h2>{t.mails}</h2>
        {incident.mails.length === 0 && <p className="hint">{t.noMails}</p>}
        <ul className={css.mails}>
          {incident.mails.map((mail) => (
            <li key={mail.id}>
              <button type="button" className={css.entryLink} onClick={() => props.onMail(mail.id)}>
                <span className="wrap">{mail.subject}</span>
              </button>
              <span className="hint wrap">{mail.to}</span>
              <span className="hint">
                {t.mailState[mail.state]} · <Age at={mail.at} suffix />
              </span>
            </li>
          ))}
        </ul>
      </section>
    </aside>
  );
}
