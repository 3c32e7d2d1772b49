import { useQuery } from '@tanstack/react-query';
import { queries } from '../api/queries.ts';
import { useScope, useTenantName } from '../session.ts';
import { Sparkline } from '../ui/sparkline.tsx';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import { countsText, PrecisionView } from './precision.tsx';
import css from './quality.module.css';
import { t } from './strings.ts';

const WEEKS = 26;

/** How often a rule is right, for the rule's own page. */
export function RulePrecision({ ruleId }: { ruleId: string }) {
  const { tenant } = useScope();
  const nameOf = useTenantName();
  const query = useQuery(queries.rulePrecision(ruleId, tenant, WEEKS));
  if (query.isPending) return <SkeletonRows rows={2} />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const { overall, minutes, byTenant, weeks } = query.data;
  return (
    <section className={css.section} aria-label={t.onRule} data-testid="rule-precision">
      <h2>
        {t.onRule} <span className="hint">{t.weeksOf(WEEKS)}</span>
      </h2>
      <p className="row">
        <PrecisionView precision={overall} />
        {overall.judged > 0 && (
          <>
            <span className="muted">{countsText(overall)}</span>
            <span className="muted" title={t.minutesHint}>
              {t.minutes(minutes)}
            </span>
            <Sparkline values={weeks.map(({ precision }) => precision.truePositives)} label={t.weekly} />
          </>
        )}
      </p>
      {byTenant.length > 1 && (
        <table className="grid">
          <caption className="visually-hidden">{t.byTenant}</caption>
          <tbody>
            {byTenant.map((each) => (
              <tr key={each.tenant}>
                <td>{nameOf(each.tenant)}</td>
                <td>
                  <PrecisionView precision={each.precision} />
                </td>
                <td className="num">{each.precision.judged}</td>
                <td className="num">{t.minutes(each.minutes)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <p className="hint">{t.interval}</p>
    </section>
  );
}
