import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { queries } from '../api/queries.ts';
import type { IncidentSummary } from '../api/types.ts';
import { useMarks } from '../asset-marks/use-marks.ts';
import { ExportMenu } from '../export/export-menu.tsx';
import { About, usePageName } from '../plain/plain.tsx';
import { useIsClient, useMay, useScope, useTenantName } from '../session.ts';
import { usePhone } from '../ui/hooks.ts';
import { Bulk, ListHead, ListPage } from '../ui/list/frame.tsx';
import { type Column, List, type ListHandle } from '../ui/list/list.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { Empty } from '../ui/states.tsx';
import { VerdictDialog } from '../verdict/verdict-dialog.tsx';
import { handled, useIncidentActions, useUndo } from './actions.ts';
import { Filters, StatusTabs } from './filters.tsx';
import css from './incidents.module.css';
import { rememberQueue, settle } from './order.ts';
import { canOwn } from './owner-choice.tsx';
import { hiddenOn, NO_FILTERS, type QueueParams, queryOf, useQueueParams } from './query.ts';
import { IncidentRow } from './row.tsx';
import { t } from './strings.ts';
import { Views } from './views.tsx';

/** The queue. */
export default function Incidents() {
  const name = usePageName('/incidents', t.title);
  const { queue, patch } = useQueueParams();
  const { tenant } = useScope();
  const [, navigate] = useLocation();
  const client = useQueryClient();
  const mayAct = useMay('incidents.handle');
  const wanted = queryOf(queue, tenant);
  const query = useInfiniteQuery(queries.incidents({ ...wanted, limit: 100 }));
  const pages = query.data?.pages;
  // What was closed a moment ago is still in the list that was read before.
  const fresh = (pages?.flatMap((page) => page.items) ?? []).filter(
    ({ id, status }) => !handled.has(id) || fits(status, queue.status),
  );
  const total = pages?.[0]?.total;

  const handle = useRef<ListHandle>(null);
  const search = useRef<HTMLInputElement>(null);
  const phone = usePhone();
  const [activeId, setActiveId] = useState<number | null>(null);
  const [selected, setSelected] = useState<ReadonlySet<number>>(new Set());
  const [deciding, setDeciding] = useState<{ ids: readonly number[]; closing: boolean } | null>(null);
  const [inside, setInside] = useState(false);
  const list = useSettledList(
    fresh,
    JSON.stringify(wanted),
    activeId === null && selected.size === 0 && !inside,
    query.isPlaceholderData,
  );
  const { items } = list;
  const marks = useMarks(items);
  const shownIds = items.map(({ id }) => id).join();
  useEffect(() => rememberQueue(shownIds === '' ? [] : shownIds.split(',').map(Number)), [shownIds]);

  const actions = useIncidentActions();
  const undo = useUndo();
  const active = items.findIndex((each) => each.id === activeId);
  // What is no longer listed can no longer be meant.
  const chosen = items.filter((each) => selected.has(each.id)).map((each) => each.id);
  const meant = (): readonly number[] =>
    chosen.length > 0 ? chosen : active >= 0 ? [items[active]!.id] : [];
  const activate = (index: number) => {
    if (items.length === 0) return;
    const at = Math.max(0, Math.min(items.length - 1, index));
    setActiveId(items[at]!.id);
    handle.current?.show(at);
  };
  const move = (step: number) => activate(active < 0 ? (step > 0 ? 0 : items.length - 1) : active + step);
  const toggle = (id: number) => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    setSelected(next);
  };
  const open = (incident: IncidentSummary) => navigate(`/incidents/${incident.id}`);
  const decide = (ids: readonly number[], closing: boolean) => {
    if (ids.length > 0) setDeciding({ ids, closing });
  };
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
    { keys: '.', label: t.help.refresh, run: list.refresh },
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
          { keys: 'v', label: t.help.judge, run: () => decide(meant(), false) },
          { keys: 'c', label: t.help.close, run: () => decide(meant(), true) },
          { keys: 'z', label: t.help.undo, run: () => undo() },
        ]
      : []),
  ]);
  // The next page is likely the active incident's: have it ready.
  useEffect(() => {
    if (activeId === null) return;
    const timer = setTimeout(() => void client.prefetchQuery(queries.incident(activeId)), 150);
    return () => clearTimeout(timer);
  }, [activeId, client]);
  const filtered = queue.status !== 'open' || queue.q !== '' || hiddenOn(queue) > 0;

  const showTenant = tenant === undefined;
  // How urgent one is among all is for who works through them.
  const ranks = !useIsClient();
  const columns: Column[] = [
    ...(ranks ? [{ id: 'urgency', head: t.columns.urgency, className: css.urgency }] : []),
    { id: 'severity', head: t.columns.severity, className: css.severity },
    { id: 'incident', head: t.columns.incident },
    ...(showTenant ? [{ id: 'tenant', head: t.columns.tenant, className: css.tenant }] : []),
    { id: 'owner', head: t.columns.owner, className: css.owner },
    { id: 'status', head: t.columns.status, className: css.status },
    { id: 'age', head: t.columns.age, className: css.age },
  ];

  return (
    <ListPage>
      <ListHead
        title={name}
        intro={<About path="/incidents" />}
        count={total === undefined ? undefined : t.count(total, pages?.[0]?.more ?? false)}
        tabs={<StatusTabs queue={queue} patch={patch} />}
        actions={<ExportMenu path="/api/incidents/export" query={wanted} />}
      >
        <Filters queue={queue} patch={patch} searchRef={search} />
        <Views query={wanted} patch={patch} />
      </ListHead>
      {(list.waiting > 0 || list.moved) && (
        <div className={css.live} role="status">
          <button type="button" className="btn small" data-testid="show-new" onClick={list.refresh}>
            {list.waiting > 0 ? t.live.waiting(list.waiting) : t.live.moved} · {t.live.show} <kbd>.</kbd>
          </button>
        </div>
      )}
      <List
        query={query}
        items={items}
        total={total}
        height={phone ? 100 : 64}
        columns={columns}
        handle={handle}
        onInside={setInside}
        check={
          mayAct
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
        empty={<Nothing filtered={filtered} onReset={() => patch(NO_FILTERS)} />}
      >
        {(incident, index, room) => (
          <IncidentRow
            key={incident.id}
            incident={incident}
            index={index}
            room={room}
            active={incident.id === activeId}
            selected={selected.has(incident.id)}
            gone={list.gone.has(incident.id)}
            showTenant={showTenant}
            showUrgency={ranks}
            marks={marks[index]}
            onActivate={() => setActiveId(incident.id)}
            onSelect={mayAct ? () => toggle(incident.id) : undefined}
            onOpen={() => open(incident)}
          />
        )}
      </List>
      {chosen.length > 0 && (
        <Chosen
          ids={chosen}
          tenants={items.filter((each) => selected.has(each.id)).map((each) => each.tenant)}
          onAssign={() => actions.assignToMe(chosen)}
          onHand={(person) => actions.handTo(chosen, person)}
          onDecide={(closing) => decide(chosen, closing)}
          onClear={() => setSelected(new Set())}
        />
      )}
      {deciding !== null && (
        <VerdictDialog
          ids={deciding.ids}
          what={deciding.ids.length === 1 ? `INC-${deciding.ids[0]}` : t.incidents(deciding.ids.length)}
          closing={deciding.closing}
          onCancel={() => setDeciding(null)}
          onDecide={(decision) => {
            const { ids, closing } = deciding;
            actions.decide(ids, decision, closing);
            setDeciding(null);
            setSelected(new Set());
            if (!closing) return;
            // On to the next one that stays.
            const next = items.findIndex((each, index) => index > active && !ids.includes(each.id));
            if (active >= 0) activate(next < 0 ? items.findIndex((each) => !ids.includes(each.id)) : next);
          }}
        />
      )}
    </ListPage>
  );
}

/**
 * The list as it is shown while somebody works on it: rows stay where they are and show what is new in them; what
 * would move them waits. Where nobody works on it, it is as the server has it.
 */
function useSettledList(fresh: readonly IncidentSummary[], key: string, calm: boolean, stale: boolean) {
  const [kept, setKept] = useState<{ key: string; shown: readonly number[] }>({ key, shown: [] });
  const known = useRef(new Map<number, IncidentSummary>());
  for (const incident of fresh) known.current.set(incident.id, incident);
  const ids = fresh.map(({ id }) => id);
  const restart = calm || kept.key !== key || stale;
  const settled = restart ? { shown: ids, waiting: 0, moved: false } : settle(kept.shown, ids, handled);
  const shown = settled.shown.join();
  useEffect(() => {
    // What stands in for a list that is being read is not that list.
    if (!stale) setKept({ key, shown: shown === '' ? [] : shown.split(',').map(Number) });
  }, [key, shown, stale]);
  const listed = new Set(ids);
  return {
    items: settled.shown.flatMap((id) => known.current.get(id) ?? []),
    gone: new Set(settled.shown.filter((id) => !listed.has(id))),
    waiting: settled.waiting,
    moved: settled.moved,
    refresh: () => setKept({ key, shown: ids }),
  };
}

/** Whether an incident of a status is in a list of that filter. */
function fits(status: IncidentSummary['status'], filter: QueueParams['status']): boolean {
  return filter === 'all' || (filter === 'open' ? status !== 'closed' : status === filter);
}

/** What can be done with the incidents that are chosen. */
function Chosen(props: {
  ids: readonly number[];
  /** Whose they are. */
  tenants: readonly string[];
  onAssign: () => void;
  onHand: (person: { id: string; name: string }) => void;
  onDecide: (closing: boolean) => void;
  onClear: () => void;
}) {
  const { data } = useQuery(queries.owners());
  const owners = (data?.items ?? []).filter((each) => canOwn(each, props.tenants));
  const { length } = props.ids;
  return (
    <Bulk label={t.selected(length)}>
      <button type="button" className="btn small" onClick={props.onAssign}>
        {t.assign} <kbd>a</kbd>
      </button>
      <select
        className="select"
        aria-label={t.handTo}
        value=""
        onChange={(event) => {
          const person = owners.find(({ id }) => id === event.target.value);
          if (person !== undefined) props.onHand(person);
        }}
      >
        <option value="">{t.handTo}</option>
        {owners.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
      <button type="button" className="btn small" onClick={() => props.onDecide(false)}>
        {t.judge} <kbd>v</kbd>
      </button>
      <button type="button" className="btn small" onClick={() => props.onDecide(true)}>
        {t.close} <kbd>c</kbd>
      </button>
      <button type="button" className="btn small quiet" onClick={props.onClear}>
        {t.clear}
      </button>
    </Bulk>
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
