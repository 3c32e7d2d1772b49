import { useInfiniteQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Link } from 'wouter';
import { queries } from '../api/queries.ts';
import { useMay, useScope, useTenantName } from '../session.ts';
import { whole } from '../ui/numbers.ts';
import { ErrorState, SkeletonRows } from '../ui/states.tsx';
import css from './exceptions.module.css';
import { Ends } from './exceptions.tsx';
import { t } from './strings.ts';

const CreateDialog = lazy(() => import('./create-dialog.tsx'));

/** Where and why a rule is silent, for the rule's own page; and a way to make it so. */
export function RuleExceptions({ ruleId, title }: { ruleId: string; title: string }) {
  const [making, setMaking] = useState(false);
  const mayMake = useMay('exceptions.write');
  const nameOf = useTenantName();
  const { tenant } = useScope();
  const query = useInfiniteQuery(
    queries.exceptions({ rule: ruleId, state: 'all', sort: 'ends', limit: 100 }),
  );
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section aria-label={t.onRule.title} data-testid="rule-exceptions">
      <div className={css.filterHead}>
        <h2>{t.onRule.title}</h2>
        {mayMake && (
          <button type="button" className="btn" onClick={() => setMaking(true)}>
            {t.makeFor}
          </button>
        )}
      </div>
      {query.isPending ? (
        <SkeletonRows rows={3} height={34} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : items.length === 0 ? (
        <p className="hint">{t.onRule.none}</p>
      ) : (
        <table className={`grid ${css.list}`}>
          <thead>
            <tr>
              <th scope="col">{t.columns.exception}</th>
              <th scope="col" className={css.tenant}>
                {t.columns.tenant}
              </th>
              <th scope="col" className={`num ${css.hits}`}>
                {t.columns.silenced}
              </th>
              <th scope="col" className={`num ${css.end}`}>
                {t.columns.ends}
              </th>
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <tr key={item.id} data-ended={item.state !== 'active' || undefined}>
                <td>
                  <Link href={`/exceptions/${item.id}`} className={css.name}>
                    {item.title}
                  </Link>
                  {item.reason !== null && <div className="hint truncate">{item.reason}</div>}
                </td>
                <td className={css.tenant}>
                  {item.tenant === null ? <strong>{t.allTenants}</strong> : nameOf(item.tenant)}
                </td>
                <td className={`num ${css.hits}`}>{whole(item.silenced.hits)}</td>
                <td className={`num ${css.end}`}>
                  <Ends item={item} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {query.hasNextPage && (
        <p>
          <Link href={`/exceptions?rule=${encodeURIComponent(ruleId)}&state=all`}>{t.onRule.all}</Link>
        </p>
      )}
      {making && (
        <Suspense fallback={null}>
          <CreateDialog from={{ tenant, rule: { id: ruleId, title } }} onClose={() => setMaking(false)} />
        </Suspense>
      )}
    </section>
  );
}
