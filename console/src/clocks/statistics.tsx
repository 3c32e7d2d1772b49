import { useQuery } from '@tanstack/react-query';
import { useTenantName } from '../session.ts';
import { collator } from '../ui/language.ts';
import { distance } from '../ui/time.ts';
import { useClockName } from './clock-name.ts';
import css from './clocks.module.css';
import { clockQueries } from './queries.ts';
import { t } from './strings.ts';

/** Clocks kept and broken, by tenant and month. */
export function Statistics({ tenant }: { tenant: string | undefined }) {
  const { data } = useQuery(clockQueries.statistics(tenant));
  const nameOf = useTenantName();
  const nameOfClock = useClockName();
  if (data === undefined) return null;
  const rows = [...data.items].sort(
    (a, b) =>
      b.month.localeCompare(a.month) || collator.compare(a.tenant, b.tenant) || b.breached - a.breached,
  );
  return (
    <section className={css.statistics} aria-labelledby="statistics">
      <h2 id="statistics">{t.statistics}</h2>
      {rows.length === 0 ? (
        <p className="hint">{t.noStatistics}</p>
      ) : (
        <div className="scroll-x">
          <table className="grid">
            <thead>
              <tr>
                <th scope="col">{t.month}</th>
                {tenant === undefined && <th scope="col">{t.columns.tenant}</th>}
                <th scope="col">{t.columns.clock}</th>
                <th scope="col" className="num">
                  {t.kept}
                </th>
                <th scope="col" className="num">
                  {t.broken}
                </th>
                <th scope="col" className="num">
                  {t.running}
                </th>
                <th scope="col" className="num">
                  {t.median}
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, 200).map((row) => (
                <tr key={`${row.month} ${row.tenant} ${row.kind} ${row.level}`}>
                  <td className="mono">{row.month}</td>
                  {tenant === undefined && <td>{nameOf(row.tenant)}</td>}
                  <td>
                    {nameOfClock(row.kind)} <span className="hint">{row.level}</span>
                  </td>
                  <td className="num">{row.met}</td>
                  <td className="num">{row.breached}</td>
                  <td className="num">{row.open}</td>
                  <td className="num">{row.medianUsedMs === null ? '–' : distance(row.medianUsedMs)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
