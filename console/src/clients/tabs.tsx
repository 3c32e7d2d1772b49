import { lazy, type ReactNode, Suspense } from 'react';
import { Link } from 'wouter';
import { SkeletonRows } from '../ui/states.tsx';
import { oneOf, useUrl } from '../url.ts';
import css from './clients.module.css';
import { t } from './strings.ts';

const TABS = ['general', 'sites', 'hours', 'contract'] as const;
const Sites = lazy(() => import('./sites.tsx'));
const Hours = lazy(() => import('./hours.tsx'));
const ContractTab = lazy(() => import('./contract.tsx'));

/** The parts of a tenant's page; `children` is the first. */
export function TenantTabs({
  tenant,
  name,
  children,
}: {
  tenant: string;
  name: string;
  children: ReactNode;
}) {
  const { params } = useUrl();
  const tab = oneOf(params.get('tab'), TABS, 'general');
  return (
    <>
      <nav className={css.tabs} aria-label={t.tabs}>
        {TABS.map((each) => (
          <Link
            key={each}
            href={`/tenants/${tenant}${each === 'general' ? '' : `?tab=${each}`}`}
            aria-current={each === tab ? 'page' : undefined}
          >
            {t[each]}
          </Link>
        ))}
      </nav>
      {tab !== 'general' && (
        <div className="page-head">
          <h1>{name}</h1>
          <span className="count mono">{tenant}</span>
        </div>
      )}
      <Suspense fallback={<SkeletonRows rows={6} />}>
        {tab === 'general' ? (
          children
        ) : tab === 'sites' ? (
          <Sites tenant={tenant} />
        ) : tab === 'hours' ? (
          <Hours tenant={tenant} />
        ) : (
          <ContractTab tenant={tenant} />
        )}
      </Suspense>
    </>
  );
}
