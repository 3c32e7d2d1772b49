import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { queries } from '../api/queries.ts';
import type { IncidentSummary, Level } from '../api/types.ts';
import { ExportMenu } from '../export/export-menu.tsx';
import { useMay, useScope, useTenantName } from '../session.ts';
import { usePhone, useTitle } from '../ui/hooks.ts';
import { useShortcuts } from '../ui/shortcuts.ts';
import { Empty, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { useLoadMore, useVirtualRows } from '../ui/virtual-rows.ts';
import { oneOf, useUrl } from '../url.ts';
import { useIncidentActions } from './actions.ts';
import { CloseDialog } from './close-dialog.tsx';
import { Filters, LEVELS, SORTS, STATUSES } from './filters.tsx';
import css from './incidents.module.css';
import { IncidentRow } from './row.tsx';
import { t } from './strings.ts';

/** The queue. */
export default function Incidents() {
  useTitle(t.title);
  const { params, patch } = useUrl();
  const { tenant } = useScope();
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const mayAct = useMay('incidents.handle');
  const status = oneOf(params.get('status'), STATUSES, 'open');
  const level = LEVELS.find((each) => each === params.get('level'));
  const sort = oneOf(params.get('sort'), SORTS, 'severity');
  const q = params.get('q') ?? '';
  const query = useInfiniteQuery(
    queries.incidents({
      ...(tenant === undefined ? {} : { tenant }),
      status,
      ...(level === undefined ? {} : { minLevel: level as Level }),
      ...(q === '' ? {} : { q }),
      sort,
      limit: 100,
    }),
  );
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const total = query.data?.pages[0]?.total;

  const scroller = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const phone = usePhone();
  const rows = useVirtualRows(scroller, items.length, phone ? 96 : 54);
  useLoadMore(rows.lastIndex, items.length, query);

  const [activeId, setActiveId] = useState<number | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const [closing, setClosing] = useState<readonly number[] | null>(null);
  const actions = useIncidentActions();
  const active = items.findIndex((each) => each.id === activeId);
  // What is no longer listed can no longer be meant.
  const chosen = items.filter((each) => selected.has(each.id)).map((each) => each.id);
  const meant = (): readonly number[] =>
    chosen.length > 0 ? chosen : active >= 0 ? [items[active]!.id] : [];
  const move = (step: number) => {
    if (items.length === 0) return;
    const next = active < 0 ? (step > 0 ? 0 : items.length - 1) : active + step;
    const index = Math.max(0, Math.min(items.length - 1, next));
    setActiveId(items[index]!.id);
    rows.show(index);
  };
  const toggle = (id: number) => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    setSelected(next);
  };
  const open = (incident: IncidentSummary) => navigate(`/incidents/${incident.id}`);
  useShortcuts(t.title, [
    { keys: 'j', label: t.help.next, run: () => move(1) },
    { keys: 'k', label: t.help.previous, run: () => move(-1) },
    { keys: 'ArrowDown', label: t.help.next, run: () => move(1) },
    { keys: 'ArrowUp', label: t.help.previous, run: () => move(-1) },
    {
      keys: 'Enter',
      label: t.help.open,
      run: () => {
        if (active >= 0) open(items[active]!);
      },
    },
    { keys: '/', label: t.help.search, run: () => search.current?.focus() },
    { keys: 'Escape', label: t.help.clear, run: () => setSelected(new Set()) },
    ...(mayAct
      ? [
          {
            keys: 'x',
            label: t.help.select,
            run: () => {
              if (active >= 0) toggle(items[active]!.id);
            },
          },
          {
            keys: 'a',
            label: t.help.assign,
            run: () => {
              if (meant().length > 0) actions.assignToMe(meant());
            },
          },
          {
            keys: 'c',
            label: t.help.close,
            run: () => {
              if (meant().length > 0) setClosing(meant());
            },
          },
        ]
      : []),
  ]);
  // The next page is likely the active incident's: have it ready.
  useEffect(() => {
    if (activeId === null) return;
    const timer = setTimeout(() => void client.prefetchQuery(queries.incident(activeId)), 150);
    return () => clearTimeout(timer);
  }, [activeId, client]);
  const filtered = status !== 'open' || level !== undefined || q !== '';

  return (
    <div className={css.page}>
      <div className={`page-head ${css.head}`}>
        <h1>{t.title}</h1>
        {total !== undefined && <span className="count">{t.count(total)}</span>}
        <Filters status={status} level={level} sort={sort} q={q} patch={patch} searchRef={search} />
        <ExportMenu path="/api/incidents/export" query={{ tenant, status, minLevel: level, q, sort }} />
      </div>
      <div ref={scroller} className={css.scroller} data-stale={query.isPlaceholderData || undefined}>
        {query.isPending ? (
          <SkeletonRows rows={14} height={phone ? 96 : 54} />
        ) : query.isError && items.length === 0 ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : items.length === 0 ? (
          <Nothing filtered={filtered} onReset={() => patch({ status: '', level: '', q: '' })} />
        ) : (
          <table className={css.table} aria-rowcount={total ?? items.length}>
            <thead>
              <tr>
                <th scope="col" className={css.check}>
                  {mayAct && (
                    <input
                      type="checkbox"
                      aria-label={t.selectAll}
                      checked={chosen.length === items.length}
                      onChange={() =>
                        setSelected(
                          chosen.length === items.length ? new Set() : new Set(items.map((each) => each.id)),
                        )
                      }
                    />
                  )}
                </th>
                <th scope="col" className={css.severity}>
                  {t.columns.severity}
                </th>
                <th scope="col">{t.columns.incident}</th>
                {tenant === undefined && (
                  <th scope="col" className={css.tenant}>
                    {t.columns.tenant}
                  </th>
                )}
                <th scope="col" className={css.alerts}>
                  {t.columns.alerts}
                </th>
                <th scope="col" className={css.owner}>
                  {t.columns.owner}
                </th>
                <th scope="col" className={css.status}>
                  {t.columns.status}
                </th>
                <th scope="col" className={css.age}>
                  {t.columns.age}
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.before > 0 && <tr className={css.spacer} style={{ height: rows.before }} />}
              {rows.indices.map((index) => {
                const incident = items[index]!;
                return (
                  <IncidentRow
                    key={incident.id}
                    incident={incident}
                    index={index}
                    active={incident.id === activeId}
                    selected={selected.has(incident.id)}
                    showTenant={tenant === undefined}
                    onActivate={() => setActiveId(incident.id)}
                    onSelect={mayAct ? () => toggle(incident.id) : undefined}
                    onOpen={() => open(incident)}
                  />
                );
              })}
              {rows.after > 0 && <tr className={css.spacer} style={{ height: rows.after }} />}
            </tbody>
          </table>
        )}
      </div>
      {chosen.length > 0 && (
        <div className={css.bulk} role="toolbar" aria-label={t.selected(chosen.length)}>
          <span aria-live="polite">{t.selected(chosen.length)}</span>
          <button type="button" className="btn small" onClick={() => actions.assignToMe(chosen)}>
            {t.assign} <kbd>a</kbd>
          </button>
          <button type="button" className="btn small" onClick={() => setClosing(chosen)}>
            {t.close} <kbd>c</kbd>
          </button>
          <button type="button" className="btn small quiet" onClick={() => setSelected(new Set())}>
            {t.clear}
          </button>
        </div>
      )}
      {closing !== null && (
        <CloseDialog
          ids={closing}
          onCancel={() => setClosing(null)}
          onClose={(verdict, comment) => {
            actions.close(closing, verdict, comment);
            setClosing(null);
            setSelected(new Set());
          }}
        />
      )}
    </div>
  );
}

function Nothing({ filtered, onReset }: { filtered: boolean; onReset: () => void }) {
  const { tenant } = useScope();
  const nameOf = useTenantName();
  return (
    <Empty title={filtered ? t.emptyFiltered : t.emptyTitle}>
      <p>
        {filtered ? t.emptyFilteredText : t.emptyText} {tenant !== undefined && `(${nameOf(tenant)})`}
      </p>
      {filtered ? (
        <button type="button" className="btn" onClick={onReset}>
          {t.resetFilters}
        </button>
      ) : (
        <p>
          {t.firstRun} <Link href="/sources?add=1">{t.firstRunLink}</Link>
        </p>
      )}
    </Empty>
  );
}
