import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { queries } from '../api/queries.ts';
import { useScope, useSession } from '../session.ts';
import { useTitle } from '../ui/hooks.ts';
import { Severity } from '../ui/severity.tsx';
import { Sparkline } from '../ui/sparkline.tsx';
import { Empty, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { useUrl } from '../url.ts';
import { PrecisionView } from './precision.tsx';
import css from './quality.module.css';
import { Ranking } from './ranking.tsx';
import { t } from './strings.ts';

const WEEKS = [4, 12, 26, 52];
const SHOWN = 300;

/** What verdicts say of the rules, and of the ranking that learns from them. */
export default function Quality() {
  useTitle(t.title);
  const { params, patch } = useUrl();
  const { tenant } = useScope();
  const { provider } = useSession();
  const weeks = WEEKS.find((each) => String(each) === params.get('weeks')) ?? 12;
  const query = useQuery(queries.quality(tenant, weeks));
  const rules = (query.data?.rules ?? []).filter(
    ({ precision, detections }) => precision.judged > 0 || detections > 0,
  );
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t.title}</h1>
        <select
          className="select"
          aria-label={t.weeks}
          value={weeks}
          onChange={(event) => patch({ weeks: event.target.value === '12' ? '' : event.target.value })}
        >
          {WEEKS.map((each) => (
            <option key={each} value={each}>
              {t.weeksOf(each)}
            </option>
          ))}
        </select>
      </div>
      <p className={css.intro}>
        {t.intro} {t.interval}
      </p>
      {query.isPending ? (
        <SkeletonRows rows={8} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : rules.length === 0 ? (
        <Empty title={t.emptyTitle}>
          <p>{t.emptyText}</p>
        </Empty>
      ) : (
        <div className="scroll-x" data-stale={query.isPlaceholderData || undefined}>
          <table className="grid" data-testid="quality">
            <thead>
              <tr>
                <th scope="col">{t.columns.rule}</th>
                <th scope="col" className="num">
                  {t.columns.detections}
                </th>
                <th scope="col" className="num">
                  {t.columns.judged}
                </th>
                <th scope="col">{t.columns.precision}</th>
                <th scope="col" className="num">
                  {t.columns.false}
                </th>
                <th scope="col" className="num" title={t.minutesHint}>
                  {t.columns.minutes}
                </th>
                <th scope="col">{t.columns.trend}</th>
              </tr>
            </thead>
            <tbody>
              <tr className={css.overall}>
                <td>{t.overall}</td>
                <td className="num">{rules.reduce((sum, { detections }) => sum + detections, 0)}</td>
                <td className="num">{query.data.overall.judged}</td>
                <td>
                  <PrecisionView precision={query.data.overall} />
                </td>
                <td className="num">{query.data.overall.falsePositives}</td>
                <td className="num">{t.minutes(query.data.minutes)}</td>
                <td />
              </tr>
              {rules.slice(0, SHOWN).map((rule) => (
                <tr key={rule.ruleId}>
                  <td>
                    <span className="row">
                      {rule.level !== null && <Severity level={rule.level} compact />}
                      <Link href={`/rules/${encodeURIComponent(rule.ruleId)}`} className="wrap">
                        {rule.title}
                      </Link>
                    </span>
                  </td>
                  <td className="num">{rule.detections}</td>
                  <td className="num">{rule.precision.judged}</td>
                  <td>
                    <PrecisionView precision={rule.precision} />
                  </td>
                  <td className="num">{rule.precision.falsePositives}</td>
                  <td className="num">{t.minutes(rule.minutes)}</td>
                  <td className={css.nowrap}>
                    {rule.precision.judged > 0 && (
                      <Sparkline
                        values={rule.weeks.map(({ precision }) => precision.truePositives)}
                        label={t.weekly}
                        width={84}
                        height={18}
                      />
                    )}{' '}
                    {rule.trend !== null && (
                      <span className="muted">{t.trend(Math.round(rule.trend * 100))}</span>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {provider && <Ranking />}
    </div>
  );
}
