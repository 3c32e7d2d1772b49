import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { queries } from '../api/queries.ts';
import type { SourceView } from '../api/types.ts';
import { ExportMenu } from '../export/export-menu.tsx';
import { About, PageTitle } from '../plain/plain.tsx';
import { useMay, useScope, useTenantName } from '../session.ts';
import { Icon } from '../ui/icons.tsx';
import { collator } from '../ui/language.ts';
import { Sparkline } from '../ui/sparkline.tsx';
import { Empty, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { useUrl } from '../url.ts';
import { AddSource } from './add-source.tsx';
import { countText, LastSeen, rateText } from './health.tsx';
import { Maintenance } from './maintenance.tsx';
import { Quarantine } from './quarantine.tsx';
import css from './sources.module.css';
import { t } from './strings.ts';

/** Every way in, with its health. */
export default function Sources() {
  const { params, patch } = useUrl();
  const { tenant } = useScope();
  const mayAdd = useMay('sources.manage');
  const query = useQuery(queries.sources(tenant));
  const sources = [...(query.data?.items ?? [])].sort(byNeed);
  return (
    <div className="page">
      <div className="page-head">
        <PageTitle path="/sources">{t.title}</PageTitle>
        {query.data && <span className="count">{t.count(sources.length)}</span>}
        <span className="spring" />
        <ExportMenu path="/api/sources/export" query={{ tenant }} />
        {mayAdd && (
          <button type="button" className="btn primary" onClick={() => patch({ add: '1' })}>
            <Icon name="plus" size={13} /> {t.add}
          </button>
        )}
      </div>
      <About path="/sources" />
      {query.isPending ? (
        <SkeletonRows rows={8} height={46} />
      ) : query.isError ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : sources.length === 0 ? (
        <Empty title={t.emptyTitle}>
          <p>{t.emptyText}</p>
          {mayAdd && (
            <p>
              <button type="button" className="btn primary" onClick={() => patch({ add: '1' })}>
                {t.add}
              </button>
            </p>
          )}
        </Empty>
      ) : (
        <Table sources={sources} showTenant={tenant === undefined} />
      )}
      <Quarantine />
      <Maintenance sources={sources} tenant={tenant} />
      {params.get('add') !== null && mayAdd && <AddSource onClose={() => patch({ add: undefined })} />}
    </div>
  );
}

/** Unusual ones first, then those with parse failures, then by name. */
function byNeed(a: SourceView, b: SourceView): number {
  const need = (source: SourceView) =>
    source.health.alerts.length > 0 ? 0 : source.health.parseFailures24h > 0 ? 1 : 2;
  return need(a) - need(b) || collator.compare(a.name, b.name) || collator.compare(a.tenant, b.tenant);
}

function Table({ sources, showTenant }: { sources: readonly SourceView[]; showTenant: boolean }) {
  const nameOf = useTenantName();
  return (
    <table className={`grid ${css.table}`}>
      <thead>
        <tr>
          <th scope="col">{t.columns.source}</th>
          {showTenant && <th scope="col">{t.columns.tenant}</th>}
          <th scope="col">{t.columns.seen}</th>
          <th scope="col" className="num">
            {t.columns.now}
          </th>
          <th scope="col">{t.columns.hour}</th>
          <th scope="col" className="num">
            {t.columns.day}
          </th>
          <th scope="col" className="num">
            {t.columns.failures}
          </th>
          <th scope="col">{t.columns.technologies}</th>
          <th scope="col">{t.columns.drops}</th>
        </tr>
      </thead>
      <tbody>
        {sources.map((source) => (
          <tr key={`${source.tenant} ${source.id}`} data-testid="source-row">
            <td>
              <Link href={`/sources/${source.tenant}/${source.id}`} className={css.name}>
                {source.name}
              </Link>
              {source.demo && <span className={css.demo}>{t.demo}</span>}
              <div className="hint">{source.type ?? t.auto}</div>
            </td>
            {showTenant && <td className={css.tenant}>{nameOf(source.tenant)}</td>}
            <td className={css.seen}>
              <LastSeen source={source} />
            </td>
            <td className={`num ${css.now}`}>{rateText(source.health.rate)}</td>
            <td className={css.hour}>
              <Sparkline values={source.health.recent} label={t.sparkline(source.name)} width={110} />
            </td>
            <td className={`num ${css.extra}`}>{countText(source.health.events24h)}</td>
            <td className={`num ${css.extra}`}>
              {source.health.parseFailures24h > 0 ? (
                <Link href={`/sources/${source.tenant}/${source.id}`} className={css.bad}>
                  {countText(source.health.parseFailures24h)}
                </Link>
              ) : (
                <span className="muted">0</span>
              )}
            </td>
            <td className={`${css.extra} ${css.list}`}>
              {source.health.technologies.slice(0, 3).map((each) => (
                <div key={each.dataset}>{each.dataset}</div>
              ))}
            </td>
            <td className={`${css.extra} ${css.list}`}>
              <Drops drops={source.health.drops} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What arrived and was not kept as sent, by reason. */
export function Drops({ drops }: { drops: Record<string, number> }) {
  const entries = Object.entries(drops).filter(([, count]) => count > 0);
  if (entries.length === 0) return <span className="muted">{t.none}</span>;
  return entries.map(([reason, count]) => (
    <div key={reason}>
      {countText(count)} {reason}
    </div>
  ));
}
