import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { RelevanceState } from '../api/types.ts';
import { useMay } from '../session.ts';
import { ErrorState, messageOf, SkeletonRows } from '../ui/states.tsx';
import { At } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import css from './quality.module.css';
import { t } from './strings.ts';

const r = t.ranking;

/** Whether the ranking is used, the comparison that decided it, and what it goes by. */
export function Ranking() {
  const client = useQueryClient();
  const mayTrain = useMay('rules.write');
  const query = useQuery(queries.relevance());
  const training = useMutation({
    mutationFn: () => call<RelevanceState>('POST', '/api/relevance/train'),
    onSuccess: (state) => client.setQueryData(queries.relevance().queryKey, state),
    onError: (error) => toast(messageOf(error), 'bad'),
  });
  const report = query.data?.report ?? null;
  return (
    <section className={css.ranking} aria-labelledby="ranking" data-testid="ranking">
      <div className="row">
        <h2 id="ranking">{r.title}</h2>
        <span className="spring" />
        {mayTrain && (
          <button
            type="button"
            className="btn small"
            disabled={training.isPending}
            onClick={() => training.mutate()}
          >
            {training.isPending ? r.training : r.train}
          </button>
        )}
      </div>
      {query.isPending ? (
        <SkeletonRows rows={3} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : report === null ? (
        <p>{r.never}</p>
      ) : (
        <>
          <p className={report.used ? css.better : undefined} data-testid="ranking-state">
            {report.used && `${r.used} `}
            {r.reasons[report.reason]}
          </p>
          <p className="muted">
            {r.trained} <At at={query.data.trainedAt} /> {r.from(report.verdicts, report.truePositives)}.
          </p>
          {report.gain !== null && report.gainAtLeast !== null && (
            <p>{r.gain(signed(report.gain), signed(report.gainAtLeast), signed(report.margin))}</p>
          )}
          {report.weeks.length > 0 && (
            <div className="scroll-x">
              <table className="grid">
                <thead>
                  <tr>
                    <th scope="col">{r.columns.week}</th>
                    <th scope="col" className="num">
                      {r.columns.incidents}
                    </th>
                    <th scope="col" className="num">
                      {r.columns.true}
                    </th>
                    <th scope="col">{r.columns.plain}</th>
                    <th scope="col">{r.columns.model}</th>
                  </tr>
                </thead>
                <tbody>
                  {report.weeks.map((week) => (
                    <tr key={week.from}>
                      <td className={css.nowrap}>
                        <At at={week.from} />
                      </td>
                      <td className="num">{week.incidents}</td>
                      <td className="num">{week.truePositives}</td>
                      {(['plain', 'model'] as const).map((by) => (
                        <td key={by} className={css.nowrap}>
                          {week[by].averagePrecision.toFixed(2)}{' '}
                          <span className="muted">{r.firstOf(week[by].inFirstK, week.k)}</span>
                        </td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
          {report.weights.length > 0 && (
            <details>
              <summary>{r.weights}</summary>
              <p className="hint">{r.weightsHint}</p>
              <div className={css.weights}>
                {[...report.weights]
                  .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
                  .map(({ feature, weight }) => [
                    <span key={feature}>{r.features[feature]}</span>,
                    <span key={`${feature} weight`}>{signed(weight)}</span>,
                    <Bar key={`${feature} bar`} weight={weight} />,
                  ])}
              </div>
            </details>
          )}
        </>
      )}
    </section>
  );
}

/** A weight to the left or right of nought; two and more fill the half. */
function Bar({ weight }: { weight: number }) {
  const length = Math.min(1, Math.abs(weight) / 2) * 79;
  return (
    <svg width="160" height="9" viewBox="0 0 160 9" aria-hidden="true">
      <rect x={weight < 0 ? 80 - length : 80} y="1" width={length} height="7" fill="var(--accent)" />
      <rect x="79.500" y="0" width="1" height="9" fill="var(--line-strong)" />
    </svg>
  );
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)}`;
}
