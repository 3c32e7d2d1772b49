import { useQuery } from '@tanstack/react-query';
import type { WaitingForClient } from '@vigie/contracts/api';
import { Link } from 'wouter';
import { scoped, useScope, useSeveralTenants, useTenantName } from '../session.ts';
import { At } from '../ui/time-view.tsx';
import { Card, Lines } from './card.tsx';
import css from './home.module.css';
import { homeQueries } from './queries.ts';
import { t } from './strings.ts';

type Thing = {
  readonly key: string;
  readonly kind: 'question' | 'decision' | 'step';
  readonly text: string;
} & {
  readonly incident: WaitingForClient['steps'][number]['incident'];
  readonly dueAt: number | null;
  readonly overdue: boolean;
};

/** Questions, decisions and steps as one list; `own`: only what the reader can do something about. */
export function thingsOf(waiting: WaitingForClient, own: boolean): Thing[] {
  return [
    ...waiting.requests
      .filter(({ mayAnswer }) => !own || mayAnswer)
      .map(({ id, kind, text, incident, dueAt, overdue }) => ({
        key: id,
        kind,
        text,
        incident,
        dueAt,
        overdue,
      })),
    ...waiting.steps.map(({ incident, procedure, step, title }) => ({
      key: `${incident.id} ${procedure} ${step}`,
      kind: 'step' as const,
      text: title,
      incident,
      dueAt: null,
      overdue: false,
    })),
  ];
}

/** What waits for the client: on the client's side for the reader, on the provider's for anybody there. */
export function WaitingCard({ own, may }: { own: boolean; may: boolean }) {
  const { tenant } = useScope();
  const nameOf = useTenantName();
  const several = useSeveralTenants();
  const query = useQuery(homeQueries.waiting(tenant));
  return (
    <Card
      title={own ? t.needs : t.waiting}
      empty={own ? t.needsEmpty : t.waitingEmpty}
      to={scoped('/incidents')}
      asked={query}
    >
      {(waiting) =>
        Lines({
          items: thingsOf(waiting, own && may),
          keyOf: ({ key }) => key,
          children: ({ kind, text, incident, dueAt, overdue }) => (
            <>
              <span className={css.kind}>{t[kind]}</span>
              <Link
                className={css.main}
                href={`/incidents/${incident.id}${kind === 'step' ? '' : '#conversation'}`}
              >
                {text}
              </Link>
              <span className={css.below} data-bad={overdue || undefined}>
                {several && `${nameOf(incident.tenant)} · `}INC-{incident.id}
                {dueAt !== null && (
                  <>
                    {' · '}
                    {overdue ? t.overdue : t.answerBy} <At at={dueAt} />
                  </>
                )}
              </span>
            </>
          ),
        })
      }
    </Card>
  );
}
