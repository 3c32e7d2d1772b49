import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { queries } from '../api/queries.ts';
import { useTenantName } from '../session.ts';
import { whole } from '../ui/numbers.ts';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import css from './coverage.module.css';
import { t } from './strings.ts';

/** What every tenant sends and what that lets the rules see, where most is grey or least is covered first. */
export function Overview() {
  const query = useQuery(queries.coverageOverview());
  const nameOf = useTenantName();
  if (query.isPending) return <SkeletonRows rows={10} />;
  if (query.isError) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  const { live, techniques, items } = query.data;
  const worst = [...items].sort(
    (a, b) =>
      b.degraded - a.degraded ||
      a.techniques.covered - b.techniques.covered ||
      nameOf(a.tenant).localeCompare(nameOf(b.tenant)),
  );
  return (
    <div className={css.parts}>
      <p className="muted">{t.chooseText}</p>
      <div className="scroll-x">
        <table className="grid">
          <thead>
            <tr>
              <th scope="col">{t.overview.client}</th>
              <th scope="col" className="num">
                {t.overview.technologies}
              </th>
              <th scope="col" className="num">
                {t.overview.rules}
              </th>
              <th scope="col" className="num">
                {t.overview.grey}
              </th>
              <th scope="col" className="num">
                {t.overview.techniques}
              </th>
              <th scope="col" className="num">
                {t.overview.greyTechniques}
              </th>
              <th scope="col">{t.overview.missing}</th>
            </tr>
          </thead>
          <tbody>
            {worst.map((each) => (
              <tr key={each.tenant} data-testid="coverage-tenant">
                <td className={css.client}>
                  <Link href={`/coverage?tenant=${each.tenant}`}>{nameOf(each.tenant)}</Link>
                </td>
                <td className="num">
                  {each.technologies === 0 ? <span className="muted">0</span> : each.technologies}
                </td>
                <td className="num">
                  {whole(each.fed)} <span className="muted">{t.figures.of(whole(live))}</span>
                </td>
                <Grey count={each.degraded} />
                <td className="num">
                  {whole(each.techniques.covered)}{' '}
                  <span className="muted">{t.figures.of(whole(techniques))}</span>
                </td>
                <Grey count={each.techniques.degraded} />
                <td className={css.gain}>
                  {each.missing === null ? (
                    <span className="muted">{t.overview.complete}</span>
                  ) : (
                    <>
                      {each.missing.name}{' '}
                      <span className={css.adds}>
                        {t.adds(whole(each.missing.rules), each.missing.techniques)}
                      </span>
                    </>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Grey({ count }: { count: number }) {
  return (
    <td className="num">
      {count === 0 ? <span className="muted">0</span> : <strong className={css.grey}>{whole(count)}</strong>}
    </td>
  );
}
