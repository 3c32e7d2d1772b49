import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { queries } from '../api/queries.ts';
import type { RuleDetail } from '../api/types.ts';
import { useTenantName } from '../session.ts';
import { Severity } from '../ui/severity.tsx';
import { Empty, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { Age } from '../ui/time-view.tsx';
import { DayBars } from './day-bars.tsx';
import css from './rules.module.css';
import { t } from './strings.ts';

/** What the live rule found in the last 30 days. */
export function HitsTab({ rule }: { rule: RuleDetail }) {
  const query = useQuery(queries.ruleHits(rule.id, 30));
  const nameOf = useTenantName();
  if (query.isPending) return <SkeletonRows rows={6} height={34} />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const { hits, byDay, byTenant, alerts, from } = query.data;
  if (hits === 0 && alerts.length === 0)
    return <Empty title={t.hitsTab.none}>{rule.state !== 'live' && <p>{t.hitsTab.notLive}</p>}</Empty>;
  return (
    <div className={css.stackWide} data-testid="rule-hits">
      <section>
        <h2>
          {t.hitsTab.byDay} <span className="hint">{t.hitsTab.total(hits)}</span>
        </h2>
        <DayBars byDay={byDay} from={from} to={Date.now()} label={t.hitsTab.byDay} />
      </section>
      <section>
        <h2>{t.hitsTab.alerts}</h2>
        <table className="grid">
          <tbody>
            {alerts.map((alert) => (
              <tr key={`${alert.tenant} ${alert.id}`}>
                <td>
                  <Severity level={alert.level} compact />
                </td>
                <td className="wrap">{alert.title}</td>
                <td>{nameOf(alert.tenant)}</td>
                <td className="num">{t.hitsTab.count(alert.count)}</td>
                <td className={css.nowrap}>
                  <Age at={alert.lastAt} suffix />
                </td>
                <td className={css.nowrap}>
                  {alert.incident === null ? (
                    <span className="muted">{t.hitsTab.loose}</span>
                  ) : (
                    <Link href={`/incidents/${alert.incident}`}>{t.hitsTab.incident(alert.incident)}</Link>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section>
        <h2>{t.hitsTab.byTenant}</h2>
        <table className="grid">
          <tbody>
            {byTenant.map(({ tenant, count, lastAt }) => (
              <tr key={tenant}>
                <td>{nameOf(tenant)}</td>
                <td className="num">{t.hitsTab.total(count)}</td>
                <td className={css.nowrap}>
                  <Age at={lastAt} suffix />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
