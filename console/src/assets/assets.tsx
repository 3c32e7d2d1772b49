import { useInfiniteQuery } from '@tanstack/react-query';
import { ASSET_SORTS, ASSET_TYPES, ASSETS_COUNTED, CRITICALITIES } from '@vigie/contracts';
import type { AssetView } from '@vigie/contracts/api';
import { lazy, Suspense, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { t as marks } from '../asset-marks/strings.ts';
import { ExportMenu } from '../export/export-menu.tsx';
import { useMay, useScope } from '../session.ts';
import { usePhone, useTitle, useTypedParam } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { Empty, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { useLoadMore, useVirtualRows } from '../ui/virtual-rows.ts';
import { oneOf, useUrl } from '../url.ts';
import css from './assets.module.css';
import { AddDialog, BulkDialog } from './dialogs.tsx';
import { assetQueries } from './queries.ts';
import { AssetRow } from './row.tsx';
import { t } from './strings.ts';

const ImportDialog = lazy(() => import('./import-dialog.tsx'));

const KINDS = ['all', 'host', 'user'] as const;
const PAGE = 200;

/** The inventory: machines and people, by what depends on them. */
export default function Assets() {
  useTitle(t.title);
  const { params, patch } = useUrl();
  const { tenant } = useScope();
  const [, navigate] = useLocation();
  const mayEdit = useMay('assets.write');
  const phone = usePhone();
  const kind = oneOf(params.get('kind'), KINDS, 'all');
  const sort = oneOf(params.get('sort'), ASSET_SORTS, 'name');
  const type = ASSET_TYPES.find((each) => each !== '' && each === params.get('type'));
  const criticality = CRITICALITIES.find((each) => each === params.get('criticality'));
  const q = params.get('q') ?? '';
  const filters = { tenant, kind: kind === 'all' ? undefined : kind, type, criticality, q, sort };
  const query = useInfiniteQuery(assetQueries.list({ ...filters, limit: PAGE }));
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const total = query.data?.pages[0]?.total;
  const [text, setText] = useTypedParam(q, (next) => patch({ q: next }));
  const search = useRef<HTMLInputElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualRows(scroller, items.length, phone ? 84 : 46);
  useLoadMore(rows.lastIndex, items.length, query);

  const [activeId, setActiveId] = useState<string | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [dialog, setDialog] = useState<'bulk' | 'import' | 'add' | null>(null);
  const chosen = items.filter((each) => selected.has(each.id));
  const active = items.findIndex((each) => each.id === activeId);
  const move = (step: number) => {
    if (items.length === 0) return;
    const index = Math.max(0, Math.min(items.length - 1, active < 0 ? 0 : active + step));
    setActiveId(items[index]!.id);
    rows.show(index);
  };
  const toggle = (id: string) => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    setSelected(next);
  };
  const open = (asset: AssetView) => navigate(`/assets/${asset.tenant}/${asset.id}`);
  useShortcuts(t.title, [
    { keys: 'j', label: t.help.next, run: () => move(1) },
    { keys: 'k', label: t.help.previous, run: () => move(-1) },
    { keys: 'Enter', label: t.help.open, run: () => active >= 0 && open(items[active]!) },
    { keys: '/', label: t.help.search, run: () => search.current?.focus() },
    ...(mayEdit
      ? [{ keys: 'x', label: t.help.select, run: () => active >= 0 && toggle(items[active]!.id) }]
      : []),
  ]);
  const filtered = kind !== 'all' || type !== undefined || criticality !== undefined || q !== '';
  const { sort: order, ...wanted } = filters;
  return (
    <div className={css.page}>
      <div className={`page-head ${css.head}`}>
        <h1>{t.title}</h1>
        {total !== undefined && (
          <span className="count">{t.count(Math.min(total, ASSETS_COUNTED), total > ASSETS_COUNTED)}</span>
        )}
        <Choice
          label={t.kindFilter}
          value={kind}
          onChange={(value) => patch({ kind: value === 'all' ? '' : value, type: '' })}
        >
          {KINDS.map((each) => (
            <option key={each} value={each}>
              {t.kinds[each]}
            </option>
          ))}
        </Choice>
        <Choice
          label={t.critFilter}
          value={criticality ?? ''}
          onChange={(value) => patch({ criticality: value })}
        >
          <option value="">{t.anyCrit}</option>
          {(['high', 'critical'] as const).map((each) => (
            <option key={each} value={each}>
              {each === 'critical' ? marks.criticality[each] : t.atLeast(marks.criticality[each])}
            </option>
          ))}
        </Choice>
        <Choice label={t.typeFilter} value={type ?? ''} onChange={(value) => patch({ type: value })}>
          <option value="">{t.anyType}</option>
          {ASSET_TYPES.filter((each) => each !== '').map((each) => (
            <option key={each} value={each}>
              {t.types[each]}
            </option>
          ))}
        </Choice>
        <Choice
          label={t.sort}
          value={order}
          onChange={(value) => patch({ sort: value === 'name' ? '' : value })}
        >
          {ASSET_SORTS.map((each) => (
            <option key={each} value={each}>
              {t.sorts[each]}
            </option>
          ))}
        </Choice>
        <input
          ref={search}
          className={`input ${css.search}`}
          type="search"
          aria-label={t.search}
          placeholder={t.searchPlaceholder}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <span className="spring" />
        <ExportMenu path="/api/assets/export" query={{ ...wanted, sort: order }} />
        {mayEdit && (
          <>
            <button type="button" className="btn" onClick={() => setDialog('import')}>
              {t.import}
            </button>
            <button type="button" className="btn primary" onClick={() => setDialog('add')}>
              <Icon name="plus" size={13} /> {t.add}
            </button>
          </>
        )}
      </div>
      <div
        ref={scroller}
        className={css.scroller}
        data-stale={query.isPlaceholderData || undefined}
        data-testid="asset-list"
      >
        {query.isPending ? (
          <SkeletonRows rows={14} height={phone ? 84 : 46} />
        ) : query.isError && items.length === 0 ? (
          <ErrorState error={query.error} onRetry={() => void query.refetch()} />
        ) : items.length === 0 ? (
          <Empty title={filtered ? t.none : t.empty}>
            {filtered ? (
              <button
                type="button"
                className="btn"
                onClick={() => patch({ kind: '', type: '', criticality: '', q: '' })}
              >
                {t.reset}
              </button>
            ) : (
              <p>{t.emptyText}</p>
            )}
          </Empty>
        ) : (
          <table className={css.table} aria-rowcount={total ?? items.length}>
            <thead>
              <tr>
                <th scope="col" className={css.check}>
                  {mayEdit && (
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
                <th scope="col">{t.columns.name}</th>
                {tenant === undefined && (
                  <th scope="col" className={css.tenant}>
                    {t.columns.tenant}
                  </th>
                )}
                <th scope="col" className={css.crit}>
                  {t.columns.criticality}
                </th>
                <th scope="col" className={css.handlingColumn}>
                  {t.columns.handling}
                </th>
                <th scope="col" className={css.ownerColumn}>
                  {t.columns.owner}
                </th>
                <th scope="col" className={css.seen}>
                  {t.columns.seen}
                </th>
                <th scope="col" className={css.riskColumn}>
                  {t.columns.risk}
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.before > 0 && <tr className={css.spacer} style={{ height: rows.before }} />}
              {rows.indices.map((index) => {
                const asset = items[index]!;
                return (
                  <AssetRow
                    key={asset.id}
                    asset={asset}
                    index={index}
                    active={asset.id === activeId}
                    selected={selected.has(asset.id)}
                    showTenant={tenant === undefined}
                    onActivate={() => setActiveId(asset.id)}
                    onSelect={mayEdit ? () => toggle(asset.id) : undefined}
                    onOpen={() => open(asset)}
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
          <button type="button" className="btn small" onClick={() => setDialog('bulk')}>
            {t.bulk}
          </button>
          <button type="button" className="btn small quiet" onClick={() => setSelected(new Set())}>
            {t.clear}
          </button>
        </div>
      )}
      {dialog === 'bulk' && (
        <BulkDialog
          assets={chosen.slice(0, 1000)}
          onClose={() => {
            setDialog(null);
            setSelected(new Set());
          }}
        />
      )}
      {dialog === 'add' && <AddDialog tenant={tenant} onClose={() => setDialog(null)} onAdded={open} />}
      {dialog === 'import' && (
        <Suspense fallback={null}>
          <ImportDialog tenant={tenant} onClose={() => setDialog(null)} />
        </Suspense>
      )}
    </div>
  );
}

function Choice(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  children: React.ReactNode;
}) {
  return (
    <select
      className="select"
      aria-label={props.label}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
    >
      {props.children}
    </select>
  );
}
