import { Link } from 'wouter';
import type { IncidentView } from '../api/types.ts';
import { IncidentClocks } from '../clocks/incident-clocks.tsx';
import { useStatusText } from '../plain/plain.tsx';
import { useOwnTenant, useTenantName } from '../session.ts';
import { TechniqueLinks } from '../ui/chips.tsx';
import { ui } from '../ui/strings.ts';
import { Age, At } from '../ui/time-view.tsx';
import { verdictText } from '../verdict/words.ts';
import css from './incident.module.css';
import { t } from './strings.ts';

/** Facts beside the story. */
export function Side(props: {
  incident: IncidentView;
  onMail: (id: string) => void;
  onEntity: (value: string) => void;
}) {
  const { incident } = props;
  const nameOf = useTenantName();
  const own = useOwnTenant();
  const statusOf = useStatusText();
  return (
    <aside className={css.side} aria-label={t.status}>
      <IncidentClocks incident={incident} />
      <dl className="facts">
        <dt>{t.status}</dt>
        <dd>{statusOf(incident.status)}</dd>
        <dt>{t.owner}</dt>
        <dd data-testid="incident-owner">
          {incident.owner?.name ?? <span className="muted">{t.nobody}</span>}
        </dd>
        <dt>{t.verdict}</dt>
        <dd>
          {incident.verdict === null ? (
            <span className="muted">{t.noVerdict}</span>
          ) : (
            verdictText(incident.verdict)
          )}
        </dd>
        {own === undefined && (
          <>
            <dt>{t.tenant}</dt>
            <dd>
              <Link href={`/incidents?tenant=${incident.tenant}`}>{nameOf(incident.tenant)}</Link>
            </dd>
          </>
        )}
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
              <button
                type="button"
                className={css.entryLink}
                title={t.searchEntity(entity.value)}
                onClick={() => props.onEntity(entity.value)}
              >
                <span className="mono wrap">{entity.value}</span>
              </button>
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
              <button
                type="button"
                className={css.entryLink}
                aria-label={`${mail.to}: ${t.viewMail(mail.subject)}`}
                onClick={() => props.onMail(mail.id)}
              >
                <span className="wrap">{mail.to}</span>
              </button>
              <span className="hint">
                {mail.state} · <Age at={mail.at} suffix />
              </span>
            </li>
          ))}
        </ul>
      </section>
    </aside>
  );
}
