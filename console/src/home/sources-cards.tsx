import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { queries } from '../api/queries.ts';
import type { SourceView } from '../api/types.ts';
import { scoped, useScope, useTenantName } from '../session.ts';
import { Age } from '../ui/time-view.tsx';
import { Card, Lines } from './card.tsx';
import css from './home.module.css';
import { t } from './strings.ts';
import { healthOf } from './wellness.ts';

function SourceLine({ source, showTenant }: { source: SourceView; showTenant: boolean }) {
  const nameOf = useTenantName();
  const health = healthOf(source);
  return (
    <>
      <span className={css.dot} data-health={health} aria-hidden="true" />
      <span className={css.main}>
        <Link href={`/sources/${source.tenant}/${source.id}`}>{source.name}</Link>
      </span>
      <span className={css.aside} data-bad={health === 'silent' || undefined}>
        {t.health[health]}
        {' · '}
        {showTenant && `${nameOf(source.tenant)} · `}
        <Age at={source.health.lastSeenAt} suffix />
      </span>
    </>
  );
}

/** Sources that should speak and don't. */
export function SilentSources() {
  const { tenant } = useScope();
  const query = useQuery(queries.sources(tenant));
  return (
    <Card title={t.silent} empty={t.silentEmpty} to={scoped('/sources')} asked={query}>
      {({ items }) =>
        Lines({
          items: items.filter((source) => healthOf(source) === 'silent'),
          keyOf: ({ tenant: of, id }) => `${of} ${id}`,
          children: (source) => <SourceLine source={source} showTenant={tenant === undefined} />,
        })
      }
    </Card>
  );
}

/** All sources of a client, those with something wrong first. */
export function WatchedSources() {
  const { tenant } = useScope();
  const query = useQuery(queries.sources(tenant));
  const rank = { silent: 0, odd: 1, never: 2, maintenance: 3, fine: 4, off: 5 } as const;
  return (
    <Card title={t.watch} empty={t.watchEmpty} to={scoped('/sources')} asked={query}>
      {({ items }) =>
        Lines({
          items: [...items].sort((a, b) => rank[healthOf(a)] - rank[healthOf(b)]),
          most: 8,
          keyOf: ({ tenant: of, id }) => `${of} ${id}`,
          children: (source) => <SourceLine source={source} showTenant={false} />,
        })
      }
    </Card>
  );
}
