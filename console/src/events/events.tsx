import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useMemo, useRef, useState } from 'react';
import { Link } from 'wouter';
import { ApiFailure } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { EventView } from '../api/types.ts';
import { EventPanel, type OnFilter } from '../event/event-panel.tsx';
import { addTerm, termOf, tokens } from '../event/query-text.ts';
import { ExportMenu } from '../export/export-menu.tsx';
import { About, usePageName } from '../plain/plain.tsx';
import { useScope } from '../session.ts';
import { useMedia, usePhone } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import { whole } from '../ui/numbers.ts';
import { useShortcuts } from '../ui/shortcuts.ts';
import { Empty, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { useLoadMore, useVirtualRows } from '../ui/virtual-rows.ts';
import { useUrl } from '../url.ts';
import css from './events.module.css';
import { FieldsSide } from './fields-side.tsx';
import { QueryBox } from './query-box.tsx';
import { interval, type Range, rangeOf, rangeParams, zoomOut } from './range.ts';
import { PHONE_ROW, Results, ROW } from './results.tsx';
import { t } from './strings.ts';
import { rangeText, TimeRange } from './time-range.tsx';

const Histogram = lazy(() => import('./histogram.tsx'));

const DEFAULT_COLUMNS = ['event.dataset', 'host.name', 'user.name', 'source.ip', 'event.original'];

/** Event search. */
export default function Events() {
  const name = usePageName('/events', t.title);
  const { params, patch } = useUrl();
  const { tenant } = useScope();
  const q = params.get('q') ?? '';
  const range = useMemo(() => rangeOf(params), [params]);
  // "Last 24 hours" means up to when the search was started, or every render would be another search.
  const [anchor, setAnchor] = useState(() => Date.now());
  const { from, to } = useMemo(() => interval(range, anchor), [range, anchor]);
  const search = { ...(tenant === undefined ? {} : { tenants: [tenant] }), from, to, q };
  const query = useInfiniteQuery(queries.events({ ...search, limit: 200 }));
  const phone = usePhone();
  const histogram = useQuery(queries.histogram({ ...search, buckets: phone ? 40 : 120 }));
  const events = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);
  const columns = useMemo(() => columnsOf(params.get('cols')), [params]);

  const scroller = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const rows = useVirtualRows(scroller, events.length, phone ? PHONE_ROW : ROW);
  useLoadMore(rows.lastIndex, events.length, query);
  const wide = useMedia('(min-width: 1500px)');
  const [fieldsShown, setFieldsShown] = useState<boolean | null>(null);
  const showFields = !phone && (fieldsShown ?? (wide && params.get('event') === null));

  const [cursor, setCursor] = useState<string | null>(null);
  const openId = params.get('event');
  const openTenant = params.get('of') ?? tenant;
  const openAt = Number(params.get('at'));
  const activeId = openId ?? cursor;
  const activeIndex = events.findIndex((each) => each.id === activeId);
  const show = (event: EventView, how: 'push' | 'replace' = 'push') => {
    setCursor(event.id);
    patch({ event: event.id, of: event.tenant, at: String(event.at) }, how);
  };
  const step = (by: 1 | -1) => {
    const index = Math.max(0, Math.min(events.length - 1, activeIndex < 0 ? 0 : activeIndex + by));
    const next = events[index];
    if (next === undefined) return;
    rows.show(index);
    if (openId === null) setCursor(next.id);
    else show(next, 'replace');
  };
  const setRange = (next: Range) => {
    setAnchor(Date.now());
    patch(rangeParams(next), 'push');
  };
  const run = (text: string) => {
    setAnchor(Date.now());
    patch({ q: text, event: undefined, of: undefined, at: undefined }, 'push');
  };
  const onFilter: OnFilter = (field, value, negate) =>
    patch({ q: addTerm(q, termOf(field, value, negate)) }, 'push');
  const setColumns = (next: readonly string[]) =>
    patch({ cols: next.join(',') === DEFAULT_COLUMNS.join(',') ? undefined : next.join(',') });
  const toggleColumn = (field: string) =>
    setColumns(columns.includes(field) ? columns.filter((each) => each !== field) : insert(columns, field));

  useShortcuts(t.title, [
    { keys: '/', label: t.helpKeys.search, run: () => input.current?.focus() },
    { keys: 'j', label: t.helpKeys.next, run: () => step(1) },
    { keys: 'k', label: t.helpKeys.previous, run: () => step(-1) },
    {
      keys: 'Enter',
      label: t.helpKeys.open,
      run: () => {
        const event = events[activeIndex];
        if (event !== undefined) show(event);
      },
    },
    { keys: 'f', label: t.helpKeys.fields, run: () => setFieldsShown(!showFields) },
    { keys: 'z', label: t.helpKeys.zoomOut, run: () => setRange(zoomOut(from, to, Date.now())) },
  ]);

  const words = useMemo(() => wordsOf(q), [q]);
  const badQuery = query.error instanceof ApiFailure && query.error.status === 400;
  const total = histogram.data?.total;
  const took = query.data?.pages[0]?.tookMs;
  return (
    <div className={css.page} data-panel={openId !== null || undefined}>
      <h1 className="visually-hidden">{name}</h1>
      <About path="/events" />
      <div className={css.top}>
        <QueryBox q={q} events={events} invalid={badQuery} inputRef={input} onSearch={run} />
        <TimeRange key={`${from} ${to}`} range={range} from={from} to={to} onChange={setRange} />
        <ExportMenu
          path="/api/events/export"
          query={{
            tenants: tenant,
            from: Math.floor(from),
            to: Math.ceil(to),
            q,
            columns: columns.join(','),
          }}
        />
        <button
          type="button"
          className="btn icon"
          aria-label={t.refresh}
          title={t.refresh}
          onClick={() => setAnchor(Date.now())}
        >
          <Icon name="refresh" />
        </button>
      </div>
      {badQuery && (
        <p className={`notice bad ${css.bad}`} role="alert">
          {t.queryError}: {query.error?.message}{' '}
          <code>{query.error instanceof ApiFailure && query.error.code}</code>
        </p>
      )}
      <div className={css.histogram}>
        {histogram.data !== undefined && (
          <Suspense fallback={null}>
            <Histogram
              data={histogram.data}
              label={t.histogram(whole(histogram.data.total), rangeText(range))}
              onZoom={(start, end) =>
                setRange({ kind: 'absolute', from: Math.floor(start), to: Math.ceil(end) })
              }
            />
          </Suspense>
        )}
      </div>
      <div className={css.bar}>
        <span data-testid="event-total">{total === undefined ? t.noTotal : t.total(whole(total))}</span>
        {took !== undefined && <span className="muted">{t.took(took)}</span>}
        <span className="spring" />
        {params.has('cols') && (
          <button type="button" className="btn quiet small" onClick={() => setColumns(DEFAULT_COLUMNS)}>
            {t.resetColumns}
          </button>
        )}
        <button
          type="button"
          className="btn quiet small"
          onClick={() => setRange(zoomOut(from, to, Date.now()))}
        >
          {t.zoomOut}
        </button>
        {!phone && (
          <button
            type="button"
            className="btn quiet small"
            aria-pressed={showFields}
            onClick={() => setFieldsShown(!showFields)}
          >
            <Icon name="columns" size={13} /> {t.fields}
          </button>
        )}
      </div>
      <div className={css.split}>
        {showFields && events.length > 0 && (
          <FieldsSide events={events} columns={columns} onToggle={toggleColumn} onFilter={onFilter} />
        )}
        <div ref={scroller} className={css.scroller} data-stale={query.isPlaceholderData || undefined}>
          {query.isPending ? (
            <SkeletonRows rows={18} height={phone ? PHONE_ROW : ROW} />
          ) : query.isError && events.length === 0 ? (
            badQuery ? null : (
              <ErrorState error={query.error} onRetry={() => void query.refetch()} />
            )
          ) : events.length === 0 ? (
            <Empty title={t.emptyTitle}>
              <p>{t.emptyText(rangeText(range))}</p>
              <p className="row">
                <button
                  type="button"
                  className="btn"
                  onClick={() => setRange({ kind: 'quick', quick: '30d' })}
                >
                  {t.wider}
                </button>
                {q !== '' && (
                  <button type="button" className="btn" onClick={() => run('')}>
                    {t.clear}
                  </button>
                )}
              </p>
              <p>
                {t.firstRun} <Link href="/sources?add=1">{t.firstRunLink}</Link>
              </p>
            </Empty>
          ) : (
            <>
              <Results
                events={events}
                indices={rows.indices}
                before={rows.before}
                after={rows.after}
                columns={columns}
                showTenant={tenant === undefined}
                words={words}
                activeId={activeId}
                onOpen={show}
                onFilter={onFilter}
                onRemoveColumn={toggleColumn}
              />
              <p className={css.end} aria-live="polite">
                {query.isFetchingNextPage
                  ? t.loadingMore
                  : query.hasNextPage
                    ? ''
                    : t.end(whole(events.length))}
              </p>
            </>
          )}
        </div>
      </div>
      {openId !== null && openTenant !== undefined && (
        <EventPanel
          event={{ tenant: openTenant, id: openId, at: openAt }}
          known={events[activeIndex]}
          key={openId}
          matched={words.map((value) => ({ field: 'event.original', value, condition: '' }))}
          onClose={() => patch({ event: undefined, of: undefined, at: undefined })}
          onFilter={onFilter}
          onAround={(event) => {
            patch(
              {
                q: undefined,
                ...rangeParams({ kind: 'absolute', from: event.at - 60_000, to: event.at + 60_000 }),
              },
              'push',
            );
          }}
          onStep={activeIndex >= 0 ? step : undefined}
        />
      )}
    </div>
  );
}

function columnsOf(text: string | null): string[] {
  if (text === null) return DEFAULT_COLUMNS;
  return [...new Set(text.split(',').filter((field) => /^[\w.@-]{1,120}$/.test(field)))].slice(0, 20);
}

/** A new column stands before the original, which takes all the room that is left. */
function insert(columns: readonly string[], field: string): string[] {
  const at = columns.indexOf('event.original');
  return at < 0 ? [...columns, field] : columns.toSpliced(at, 0, field);
}

/** The bare words and phrases of a query: what to light in the original. */
function wordsOf(q: string): string[] {
  return tokens(q)
    .filter((part) => !part.startsWith('-') && !/^(?:and|or|not)$/i.test(part))
    .filter((part) => part.startsWith('"') || !/^\(*[\w.@-]+:/.test(part))
    .map((part) =>
      part
        .replace(/^\(+|\)+$/g, '')
        .replace(/^"|"$/g, '')
        .replace(/\\(.)/g, '$1'),
    )
    .filter((part) => part.length > 1 && !part.includes('*'));
}
