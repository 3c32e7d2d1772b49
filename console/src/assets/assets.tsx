import { useInfiniteQuery } from '@tanstack/react-query';
import { ASSET_SORTS, ASSET_TYPES, ASSETS_COUNTED, CRITICALITIES } from '@vigie/contracts';
import type { AssetView } from '@vigie/contracts/api';
import { lazy, Suspense, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { t as marks } from '../asset-marks/strings.ts';
import { ExportMenu } from '../export/export-menu.tsx';
import { About, usePageName } from '../plain/plain.tsx';
import { useMay, useScope } from '../session.ts';
import { usePhone, useTypedParam } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import { Bulk, Choice, ListHead, ListPage, ListSearch } from '../ui/list/frame.tsx';
import { List, type ListHandle } from '../ui/list/list.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { Empty } from '../ui/states.tsx';
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
  const name = usePageName('/assets', t.title);
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
  const handle = useRef<ListHandle>(null);

  const [activeId, setActiveId] = useState<string | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [dialog, setDialog] = useState<'bulk' | 'import' | 'add' | null>(null);
  const chosen = items.filter((each) => selected.has(each.id));
  const active = items.findIndex((each) => each.id === activeId);
  const move = (step: number) => {
    if (items.length === 0) return;
    const index = Math.max(0, Math.min(items.length - 1, active < 0 ? 0 : active + step));
    setActiveId(items[index]!.id);
    handle.current?.show(index);
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
    <ListPage>
      <ListHead
        title={name}
        intro={<About path="/assets" />}
        count={
          total === undefined ? undefined : t.count(Math.min(total, ASSETS_COUNTED), total > ASSETS_COUNTED)
        }
        actions={
          <>
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
          </>
        }
      >
        <ListSearch
          field={search}
          label={t.search}
          placeholder={t.searchPlaceholder}
          value={text}
          onChange={setText}
        />
        <Choice
          label={t.kindFilter}
          value={kind}
          onChange={(value) => patch({ kind: value, type: '' })}
          options={KINDS.map((each) => [each, t.kinds[each]] as const)}
        />
        <Choice
          label={t.critFilter}
          value={criticality ?? ''}
          onChange={(value) => patch({ criticality: value })}
          options={[
            ['', t.anyCrit],
            ['high', t.atLeast(marks.criticality.high)],
            ['critical', marks.criticality.critical],
          ]}
        />
        <Choice
          label={t.typeFilter}
          value={type ?? ''}
          onChange={(value) => patch({ type: value })}
          options={[
            ['', t.anyType],
            ...ASSET_TYPES.flatMap((each) => (each === '' ? [] : [[each, t.types[each]] as const])),
          ]}
        />
        <Choice
          label={t.sort}
          value={order}
          onChange={(value) => patch({ sort: value })}
          options={ASSET_SORTS.map((each) => [each, t.sorts[each]] as const)}
        />
      </ListHead>
      <List
        query={query}
        items={items}
        total={total}
        height={phone ? 84 : 46}
        handle={handle}
        testId="asset-list"
        columns={[
          { id: 'name', head: t.columns.name },
          ...(tenant === undefined ? [{ id: 'tenant', head: t.columns.tenant, className: css.tenant }] : []),
          { id: 'criticality', head: t.columns.criticality, className: css.crit },
          { id: 'handling', head: t.columns.handling, className: css.handlingColumn },
          { id: 'owner', head: t.columns.owner, className: css.ownerColumn },
          { id: 'seen', head: t.columns.seen, className: css.seen },
          { id: 'risk', head: t.columns.risk, className: css.riskColumn },
        ]}
        check={
          mayEdit
            ? {
                label: t.selectAll,
                checked: chosen.length === items.length,
                onChange: () =>
                  setSelected(
                    chosen.length === items.length ? new Set() : new Set(items.map((each) => each.id)),
                  ),
              }
            : undefined
        }
        empty={
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
        }
      >
        {(asset, index) => (
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
        )}
      </List>
      {chosen.length > 0 && (
        <Bulk label={t.selected(chosen.length)}>
          <button type="button" className="btn small" onClick={() => setDialog('bulk')}>
            {t.bulk}
          </button>
          <button type="button" className="btn small quiet" onClick={() => setSelected(new Set())}>
            {t.clear}
          </button>
        </Bulk>
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
    </ListPage>
  );
}
