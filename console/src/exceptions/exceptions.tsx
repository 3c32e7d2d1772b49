import { useInfiniteQuery } from '@tanstack/react-query';
import { lazy, Suspense, useRef } from 'react';
import { queries } from '../api/queries.ts';
import type { ExceptionView } from '../api/types.ts';
import { About, usePageName } from '../plain/plain.tsx';
import { useMay, useScope, useTenantName } from '../session.ts';
import { usePhone, useTypedParam } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import { Choice, ListHead, ListPage, ListSearch } from '../ui/list/frame.tsx';
import list from '../ui/list/list.module.css';
import { List } from '../ui/list/list.tsx';
import { Row, RowTitle } from '../ui/list/row.tsx';
import { whole } from '../ui/numbers.ts';
import { useShortcuts } from '../ui/shortcuts.ts';
import { Empty } from '../ui/states.tsx';
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
  const name = usePageName('/exceptions', t.title);
  const { params, patch } = useUrl();
  const { tenant } = useScope();
  const mayMake = useMay('exceptions.write');
  const state = oneOf(params.get('state'), STATES, 'active');
  const sort = oneOf(params.get('sort'), SORTS, 'ends');
  const rule = params.get('rule') ?? undefined;
  const q = params.get('q') ?? '';
  const [text, setText] = useTypedParam(q, (next) => patch({ q: next }));
  const search = useRef<HTMLInputElement>(null);
  const phone = usePhone();
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
  const showTenant = tenant === undefined;
  return (
    <ListPage>
      <ListHead
        title={name}
        intro={<About path="/exceptions" />}
        count={first?.total === undefined ? undefined : t.count(first.total)}
        actions={button}
      >
        <ListSearch
          field={search}
          label={t.search}
          placeholder={t.searchPlaceholder}
          value={text}
          onChange={setText}
        />
        <Choice
          label={t.state}
          value={state}
          onChange={(value) => patch({ state: value })}
          options={STATES.map((each) => [
            each,
            first !== undefined && each !== 'all'
              ? `${t.states[each]} (${first.states[each]})`
              : t.states[each],
          ])}
        />
        <Choice
          label={t.sort}
          value={sort}
          onChange={(value) => patch({ sort: value })}
          options={SORTS.map((each) => [each, t.sorts[each]] as const)}
        />
      </ListHead>
      <List
        query={query}
        items={items}
        total={first?.total}
        height={phone ? 68 : 60}
        columns={[
          { id: 'exception', head: t.columns.exception },
          ...(showTenant ? [{ id: 'tenant', head: t.columns.tenant, className: css.tenant }] : []),
          { id: 'reason', head: t.columns.reason, className: css.reason },
          { id: 'owner', head: t.columns.owner, className: css.owner },
          { id: 'hits', head: t.columns.silenced, className: css.hits },
          { id: 'last', head: t.columns.last, className: css.last },
          { id: 'ends', head: t.columns.ends, className: css.end },
        ]}
        empty={
          nothingAtAll ? (
            <Empty title={t.emptyTitle}>
              <p>{t.emptyText}</p>
              {button}
            </Empty>
          ) : (
            <Empty title={t.noneTitle} />
          )
        }
      >
        {(item, index) => <ExceptionRow key={item.id} item={item} index={index} showTenant={showTenant} />}
      </List>
      {mayMake && params.get('make') !== null && (
        <Suspense fallback={null}>
          <CreateDialog
            from={beginningOf(params, tenant)}
            onClose={() => patch({ make: undefined, of: undefined, detection: undefined, why: undefined })}
          />
        </Suspense>
      )}
    </ListPage>
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

function ExceptionRow(props: { item: ExceptionView; index: number; showTenant: boolean }) {
  const { item, showTenant } = props;
  const nameOf = useTenantName();
  const tenant = item.tenant === null ? t.allTenants : nameOf(item.tenant);
  return (
    <Row
      index={props.index}
      className={css.row}
      data={{ 'data-testid': 'exception-row', 'data-ended': item.state !== 'active' || undefined }}
    >
      <td className={css.main}>
        <RowTitle href={`/exceptions/${item.id}`}>{item.title}</RowTitle>
        <div className="hint truncate">
          {showTenant && <span className={css.onPhone}>{tenant} · </span>}
          <RuleNames item={item} />
        </div>
      </td>
      {showTenant && (
        <td className={css.tenant}>
          <span className={list.two} title={tenant}>
            {item.tenant === null ? <strong>{tenant}</strong> : tenant}
          </span>
        </td>
      )}
      <td className={css.reason}>
        <span className={list.two} title={item.reason ?? undefined}>
          {item.reason ?? <span className="muted">–</span>}
        </span>
      </td>
      <td className={css.owner}>
        <span className={list.two}>{item.owner?.name ?? '–'}</span>
      </td>
      <td className={css.hits}>
        {item.silenced.hits === 0 ? <span className="muted">0</span> : whole(item.silenced.hits)}
      </td>
      <td className={css.last}>
        <Age at={item.silenced.lastAt} />
      </td>
      <td className={css.end}>
        <Ends item={item} />
      </td>
    </Row>
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
