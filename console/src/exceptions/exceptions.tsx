import { useInfiniteQuery } from '@tanstack/react-query';
import { lazy, Suspense, useRef } from 'react';
import { Link } from 'wouter';
import { queries } from '../api/queries.ts';
import type { ExceptionView } from '../api/types.ts';
import { useMay, useScope, useTenantName } from '../session.ts';
import { useTitle, useTypedParam } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import { whole } from '../ui/numbers.ts';
import { useShortcuts } from '../ui/shortcuts.ts';
import { Empty, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { Age } from '../ui/time-view.tsx';
import { oneOf, useUrl } from '../url.ts';
import type { Beginning } from './create-dialog.tsx';
import css from './exceptions.module.css';
import { t } from './strings.ts';

const CreateDialog = lazy(() => import('./create-dialog.tsx'));

const STATES = ['active', 'expired', 'revoked', 'all'] as const;
const SORTS = ['ends', 'newest', 'silenced'] as const;
const PAGE = 100;

/** What is kept silent, by whom, why and until when. */
export default function Exceptions() {
  useTitle(t.title);
  const { params, patch } = useUrl();
  const { tenant } = useScope();
  const mayMake = useMay('exceptions.write');
  const state = oneOf(params.get('state'), STATES, 'active');
  const sort = oneOf(params.get('sort'), SORTS, 'ends');
  const rule = params.get('rule') ?? undefined;
  const q = params.get('q') ?? '';
  const [text, setText] = useTypedParam(q, (next) => patch({ q: next }));
  const search = useRef<HTMLInputElement>(null);
  const query = useInfiniteQuery(queries.exceptions({ tenant, rule, state, sort, q, limit: PAGE }));
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const first = query.data?.pages[0];
  const make = () => patch({ make: '1' });
  useShortcuts(t.title, [
    { keys: '/', label: t.help.search, run: (event) => focus(event, search.current) },
    ...(mayMake ? [{ keys: 'n', label: t.help.make, run: make }] : []),
  ]);
  const button = mayMake && (
    <button type="button" className="btn primary" onClick={make}>
      <Icon name="plus" size={13} /> {t.make}
    </button>
  );
  const unfiltered = q === '' && rule === undefined;
  const nothingAtAll =
    unfiltered && first !== undefined && Object.values(first.states).every((count) => count === 0);
  return (
    <div className="page">
      <div className="page-head">
        <h1>{t.title}</h1>
        {first?.total !== undefined && <span className="count">{t.count(first.total)}</span>}
        <select
          className="select bare"
          aria-label={t.state}
          value={state}
          onChange={(event) => patch({ state: event.target.value === 'active' ? '' : event.target.value })}
        >
          {STATES.map((each) => (
            <option key={each} value={each}>
              {t.states[each]}
              {first !== undefined && each !== 'all' ? ` (${first.states[each]})` : ''}
            </option>
          ))}
        </select>
        <select
          className="select"
          aria-label={t.sort}
          value={sort}
          onChange={(event) => patch({ sort: event.target.value === 'ends' ? '' : event.target.value })}
        >
          {SORTS.map((each) => (
            <option key={each} value={each}>
              {t.sorts[each]}
            </option>
          ))}
        </select>
        <input
          ref={search}
          className={`input ${css.search}`}
          type="search"
          aria-label={t.search}
          placeholder={t.searchPlaceholder}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <span className="spring" />
        {button}
      </div>
      {query.isPending ? (
        <SkeletonRows rows={8} height={58} />
      ) : query.isError && items.length === 0 ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : nothingAtAll ? (
        <Empty title={t.emptyTitle}>
          <p>{t.emptyText}</p>
          {button}
        </Empty>
      ) : items.length === 0 ? (
        <Empty title={t.noneTitle} />
      ) : (
        <Table items={items} showTenant={tenant === undefined} stale={query.isPlaceholderData} />
      )}
      {query.hasNextPage && (
        <p>
          <button
            type="button"
            className="btn"
            disabled={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t.impact.more((first?.total ?? items.length) - items.length)}
          </button>
        </p>
      )}
      {mayMake && params.get('make') !== null && (
        <Suspense fallback={null}>
          <CreateDialog
            from={beginningOf(params, tenant)}
            onClose={() => patch({ make: undefined, of: undefined, detection: undefined, why: undefined })}
          />
        </Suspense>
      )}
    </div>
  );
}

/** What the address begins an exception with: the rule `of`, one of its detections, and a reason. */
function beginningOf(params: URLSearchParams, tenant: string | undefined): Beginning {
  const of = params.get('of');
  return {
    tenant,
    rule: of === null ? undefined : { id: of, title: of },
    detection: params.get('detection') ?? undefined,
    reason: params.get('why') ?? undefined,
  };
}

function focus(event: KeyboardEvent, field: HTMLInputElement | null): void {
  event.preventDefault();
  field?.focus();
}

function Table(props: { items: readonly ExceptionView[]; showTenant: boolean; stale: boolean }) {
  const nameOf = useTenantName();
  return (
    <table className={`grid ${css.list}`} data-stale={props.stale || undefined}>
      <thead>
        <tr>
          <th scope="col">{t.columns.exception}</th>
          {props.showTenant && (
            <th scope="col" className={css.tenant}>
              {t.columns.tenant}
            </th>
          )}
          <th scope="col" className={css.reason}>
            {t.columns.reason}
          </th>
          <th scope="col" className={css.owner}>
            {t.columns.owner}
          </th>
          <th scope="col" className={`num ${css.hits}`}>
            {t.columns.silenced}
          </th>
          <th scope="col" className={`num ${css.last}`}>
            {t.columns.last}
          </th>
          <th scope="col" className={`num ${css.end}`}>
            {t.columns.ends}
          </th>
        </tr>
      </thead>
      <tbody>
        {props.items.map((item) => (
          <tr key={item.id} data-testid="exception-row" data-ended={item.state !== 'active' || undefined}>
            <td>
              <Link href={`/exceptions/${item.id}`} className={css.name}>
                {item.title}
              </Link>
              <div className="hint truncate">
                {props.showTenant && (
                  <span className={css.onPhone}>
                    {item.tenant === null ? t.allTenants : nameOf(item.tenant)} ·{' '}
                  </span>
                )}
                <RuleNames item={item} />
              </div>
            </td>
            {props.showTenant && (
              <td className={css.tenant}>
                {item.tenant === null ? <strong>{t.allTenants}</strong> : nameOf(item.tenant)}
              </td>
            )}
            <td className={css.reason}>
              <span className={css.clamp} title={item.reason ?? undefined}>
                {item.reason ?? <span className="muted">–</span>}
              </span>
            </td>
            <td className={`truncate ${css.owner}`}>{item.owner?.name ?? '–'}</td>
            <td className={`num ${css.hits}`}>
              {item.silenced.hits === 0 ? <span className="muted">0</span> : whole(item.silenced.hits)}
            </td>
            <td className={`num ${css.last}`}>
              <Age at={item.silenced.lastAt} />
            </td>
            <td className={`num ${css.end}`}>
              <Ends item={item} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The rules that an exception concerns, in a line. */
export function RuleNames({ item }: { item: ExceptionView }) {
  if (item.rules === 'any') return t.anyRule(item.logsource);
  return [...item.rules.map(({ title }) => title), ...item.unknownRules.map(() => t.gone)].join(', ');
}

/** When it ends, or how it has ended. */
export function Ends({ item }: { item: ExceptionView }) {
  if (item.state === 'active')
    return (
      <span data-soon={item.endsSoon || undefined} className={css.soon}>
        <Age at={item.expiresAt} />
      </span>
    );
  return (
    <span className="muted">
      {t.ended[item.state]} <Age at={item.revokedAt ?? item.expiresAt} suffix />
    </span>
  );
}
