import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { BacktestResult, RuleDetail } from '../api/types.ts';
import { useTenantName } from '../session.ts';
import { SelectField } from '../ui/fields.tsx';
import { fine, whole } from '../ui/numbers.ts';
import { Empty, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { distance, localText } from '../ui/time.ts';
import { oneOf, useUrl } from '../url.ts';
import charts from './charts.module.css';
import { DayBars } from './day-bars.tsx';
import css from './rules.module.css';
import { SampleEvents } from './sample-events.tsx';
import { t } from './strings.ts';
import { firstVersion, VersionSelect } from './version-select.tsx';

const RANGES = { '1d': 1, '7d': 7, '30d': 30, '90d': 90 } as const;
type Range = keyof typeof RANGES;
const DAY = 86_400_000;

/** What the rule, or one of its versions, would have found in stored events. */
export function BacktestTab({ rule }: { rule: RuleDetail }) {
  const client = useQueryClient();
  const { params, patch } = useUrl();
  const range = oneOf(params.get('over'), Object.keys(RANGES) as Range[], '7d');
  const [version, setVersion] = useState<number | null>(firstVersion(rule));
  const run = useMutation({
    mutationFn: async () => {
      const to = Date.now();
      const what =
        version === null
          ? { id: rule.id }
          : { text: (await client.fetchQuery(queries.ruleVersion(rule.id, version))).text };
      return call<BacktestResult>('POST', '/api/rules/backtest', {
        ...what,
        from: to - RANGES[range] * DAY,
        to,
      });
    },
  });
  // What is shown belongs to what is chosen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new choice alone makes the old figures wrong
  useEffect(() => run.reset(), [version, range]);
  return (
    <div className={css.stackWide}>
      <form
        className={css.bar}
        onSubmit={(event) => {
          event.preventDefault();
          run.mutate();
        }}
      >
        <p className={`muted small ${css.lead}`}>{t.backtest.lead}</p>
        <VersionSelect rule={rule} value={version} onChange={setVersion} />
        <SelectField
          label={t.backtest.range}
          value={range}
          onChange={(event) => patch({ over: event.target.value === '7d' ? '' : event.target.value })}
        >
          {(Object.keys(RANGES) as Range[]).map((each) => (
            <option key={each} value={each}>
              {t.backtest.ranges[each]}
            </option>
          ))}
        </SelectField>
        <button type="submit" className="btn primary" disabled={run.isPending}>
          {t.backtest.run}
        </button>
      </form>
      <div aria-live="polite">
        {run.isPending ? (
          <>
            <p className="muted small">{t.backtest.running}</p>
            <SkeletonRows rows={6} height={34} />
          </>
        ) : run.isError ? (
          <ErrorState error={run.error} onRetry={() => run.mutate()} />
        ) : (
          run.data !== undefined && <Result result={run.data} ruleId={rule.id} />
        )}
      </div>
    </div>
  );
}

function Result({ result, ruleId }: { result: BacktestResult; ruleId: string }) {
  return (
    <div className={css.stackWide} data-testid="backtest-result">
      <div className={charts.figures}>
        <div>
          <strong>{whole(result.hits)}</strong>
          <span>{t.backtest.hits}</span>
        </div>
        <div>
          <strong>{whole(result.alerts)}</strong>
          <span>{t.backtest.alerts}</span>
        </div>
        <div>
          <strong>{fine(result.alertsPerDay)}</strong>
          <span>{t.backtest.perDay}</span>
        </div>
      </div>
      <p className="hint">
        {result.method === 'sql' ? t.backtest.sql : t.backtest.scan(result.scanned)}{' '}
        {t.backtest.took(distance(result.tookMs))}
      </p>
      {result.reason !== null && <p className="notice">{t.backtest.scanned(result.reason)}</p>}
      {!result.complete && <p className="notice warn">{t.backtest.incomplete(localText(result.reached))}</p>}
      {result.hits === 0 ? (
        <Empty title={t.backtest.none} />
      ) : (
        <>
          <section>
            <h2>{t.backtest.byDay}</h2>
            <DayBars byDay={result.byDay} from={result.from} to={result.to} label={t.backtest.byDay} />
          </section>
          <Hosts result={result} />
          <section>
            <h2>{t.backtest.samples}</h2>
            <SampleEvents
              ruleId={ruleId}
              events={result.samples.map((event) => ({
                tenant: event.tenant,
                id: event.id,
                at: event.at,
                text: String(event.fields['event.original'] ?? event.fields['message'] ?? ''),
              }))}
            />
          </section>
        </>
      )}
    </div>
  );
}

function Hosts({ result }: { result: BacktestResult }) {
  const nameOf = useTenantName();
  const most = Math.max(1, ...result.byHost.map(({ count }) => count));
  return (
    <section>
      <h2>{t.backtest.byHost}</h2>
      <table className="grid">
        <thead>
          <tr>
            <th scope="col">{t.backtest.host}</th>
            <th scope="col">{t.backtest.tenant}</th>
            <th scope="col" className="num">
              {t.backtest.hitsHead}
            </th>
          </tr>
        </thead>
        <tbody>
          {result.byHost.map(({ tenant, host, count }) => (
            <tr key={`${tenant} ${host}`}>
              <td className={charts.share} style={{ '--share': `${(count / most) * 100}%` } as object}>
                {host === '' ? (
                  <span className="muted">{t.backtest.noHost}</span>
                ) : (
                  <span className="mono">{host}</span>
                )}
              </td>
              <td>{nameOf(tenant)}</td>
              <td className="num">{whole(count)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
