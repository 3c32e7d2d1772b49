import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { IncidentView } from '../api/types.ts';
import { conversation } from '../conversation/queries.ts';
import css from './client-view.module.css';
import { t } from './strings/strings.ts';

/** How it stands, in sentences for somebody of the client. */
export function ClientStatus({ incident }: { incident: IncidentView }) {
  const asked = useQuery(conversation(incident.id)).data?.requests.some(({ mayAnswer }) => mayAnswer);
  return (
    <p className={css.status} data-testid="client-status">
      {asked === true ? (
        <a href="#conversation">
          <strong>{t.asked}</strong>
        </a>
      ) : (
        t.status[incident.status]
      )}
      {incident.status !== 'closed' && incident.owner !== null && ` ${t.handler(incident.owner.name)}`}
      {incident.verdict !== null && ` ${t.verdict[incident.verdict]}`}
    </p>
  );
}

/** What a client need not read: there for those who want it, after what everybody should see. */
export function Technical({ children }: { children: ReactNode }) {
  return (
    <details className={css.technical} data-testid="technical">
      <summary>
        <strong>{t.technical}</strong> <span className="hint">{t.technicalHint}</span>
      </summary>
      <div className={css.inside}>{children}</div>
    </details>
  );
}
