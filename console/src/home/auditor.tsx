import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { auditRecords, auditState } from '../audit/queries.ts';
import { Age } from '../ui/time-view.tsx';
import { Card, Lines } from './card.tsx';
import css from './home.module.css';
import { t } from './strings.ts';

/** Whether the record can be trusted, and who came in. */
export default function Auditor() {
  const state = useQuery(auditState());
  return (
    <>
      <Card title={t.chain} empty={t.chainUnchecked} to="/audit" asked={state} wide>
        {({ lastCheck }) =>
          lastCheck === null ? null : (
            <p className={css.statement} data-bad={!lastCheck.ok || undefined}>
              {lastCheck.ok
                ? t.chainOk(lastCheck.records, lastCheck.anchors)
                : t.chainBad(lastCheck.problems.length)}{' '}
              <span className="hint">
                {t.checked} <Age at={lastCheck.at} suffix />
              </span>
            </p>
          )
        }
      </Card>
      <Card title={t.anchors} empty={t.anchorsEmpty} to="/audit" asked={state}>
        {({ anchors }) =>
          Lines({
            items: anchors,
            keyOf: ({ at, target }) => `${at} ${target}`,
            children: ({ at, seq, hash, target, problem }) => (
              <>
                <span className={css.kind}>{target}</span>
                <span className={css.main} data-bad={problem !== null || undefined}>
                  {seq} <code>{hash.slice(0, 16)}</code> {problem !== null && `${t.anchorFailed}: ${problem}`}
                </span>
                <span className={css.aside}>
                  <Age at={at} suffix />
                </span>
              </>
            ),
          })
        }
      </Card>
      <Records title={t.signIns} empty={t.signInsEmpty} filter={{ action: 'session.sign-in' }} />
      <Records title={t.refusals} empty={t.refusalsEmpty} filter={{ outcome: 'refused' }} />
    </>
  );
}

function Records(props: { title: string; empty: string; filter: Record<string, string> }) {
  const query = useInfiniteQuery(auditRecords({ ...props.filter, limit: 8 }));
  return (
    <Card
      title={props.title}
      empty={props.empty}
      to={`/audit?${new URLSearchParams(props.filter).toString()}`}
      asked={{
        data: query.data?.pages[0],
        isPending: query.isPending,
        error: query.error,
        refetch: query.refetch,
      }}
    >
      {({ items }) =>
        Lines({
          items,
          most: 8,
          keyOf: ({ seq }) => seq,
          children: ({ actor, action, at, outcome }) => (
            <>
              <span
                className={css.dot}
                data-health={outcome === 'done' ? 'fine' : 'silent'}
                aria-hidden="true"
              />
              <span className={css.main}>
                {actor.name ?? actor.email ?? actor.kind} <code>{action}</code> {outcome}
              </span>
              <span className={css.aside}>
                {actor.address} · <Age at={at} suffix />
              </span>
            </>
          ),
        })
      }
    </Card>
  );
}
