import { useInfiniteQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { queries } from '../api/queries.ts';
import { useMarks } from '../asset-marks/use-marks.ts';
import { useMay, useScope } from '../session.ts';
import { usePhone, useTitle } from '../ui/hooks.ts';
import { Choice, ListHead, ListPage } from '../ui/list/frame.tsx';
import { List, type ListHandle } from '../ui/list/list.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { Empty } from '../ui/states.tsx';
import { oneOf, useUrl } from '../url.ts';
import css from './alerts.module.css';
import { useDisposal } from './disposal.ts';
import { groupsOf, type Line, lineOf } from './groups.ts';
import { AlertRow, entitiesOf } from './row.tsx';
import { t } from './strings.ts';

const GROUPS = ['all', 'rare', 'routine'] as const;
const REVIEWS = ['open', 'done', 'all'] as const;

/** Alerts that are in no incident: disposed of by rule and client, the most unusual first. */
export default function Alerts() {
  useTitle(t.title);
  const { params, patch } = useUrl();
  const { tenant } = useScope();
  const mayAct = useMay('incidents.handle');
  const phone = usePhone();
  const handle = useRef<ListHandle>(null);
  const group = oneOf(params.get('group'), GROUPS, 'all');
  const review = oneOf(params.get('review'), REVIEWS, 'open');
  const query = useInfiniteQuery(
    queries.looseAlerts({
      group,
      review,
      sort: 'rare',
      limit: 200,
      ...(tenant === undefined ? {} : { tenant }),
    }),
  );
  const groups = groupsOf(query.data?.pages.flatMap((page) => page.items) ?? []);
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const lines: Line[] = groups.flatMap((each): Line[] => [
    { ...each, single: false },
    ...(opened.has(each.key)
      ? each.alerts.map((alert) => ({ ...lineOf(alert), key: `${each.key} ${alert.id}`, single: true }))
      : []),
  ]);
  const marks = useMarks(
    lines.map(({ tenant: of, alerts }) => ({
      tenant: of,
      entities: entitiesOf(alerts),
      at: alerts[0]?.lastAt,
    })),
  );
  const active = lines.findIndex(({ key }) => key === activeKey);
  const [explained, setExplained] = useState<string | null>(null);
  const { dispose, promote, join, joinBest, undo, pending } = useDisposal(() => {
    // The line goes; the one that comes in its place is the next to look at.
    const next = lines[active + 1] ?? lines[active - 1];
    if (active >= 0) setActiveKey(next?.key ?? null);
    setExplained(null);
  });
  const move = (step: number) => {
    const next = active < 0 ? (step > 0 ? 0 : lines.length - 1) : active + step;
    const line = lines[Math.max(0, Math.min(lines.length - 1, next))];
    if (line === undefined) return;
    setActiveKey(line.key);
    handle.current?.show(lines.indexOf(line));
  };
  const toggle = (key: string) => {
    const next = new Set(opened);
    if (!next.delete(key)) next.add(key);
    setOpened(next);
  };
  const explain = (key: string) => setExplained(explained === key ? null : key);
  /** Runs for one alert; a group is opened first, since each of its alerts has its own answer. */
  const single = (run: (line: Line) => void) => (line: Line) => {
    if (line.alerts.length === 1) run(line);
    else if (!opened.has(line.key)) toggle(line.key);
  };
  const on = (run: (line: Line) => void) => () => {
    const line = lines[active];
    if (line !== undefined && !pending) run(line);
  };
  useShortcuts(t.title, [
    { keys: 'j', label: t.help.next, run: () => move(1) },
    { keys: 'k', label: t.help.previous, run: () => move(-1) },
    { keys: 'ArrowDown', label: t.help.next, run: () => move(1) },
    { keys: 'ArrowUp', label: t.help.previous, run: () => move(-1) },
    { keys: 'Enter', label: t.help.expand, run: on(({ key }) => toggle(key)) },
    { keys: 'w', label: t.help.why, run: on(single(({ key }) => explain(key))) },
    ...(mayAct
      ? [
          { keys: 'r', label: t.help.routine, run: on((line) => dispose(line, 'routine')) },
          { keys: 'f', label: t.help.wrong, run: on((line) => dispose(line, 'false-positive')) },
          { keys: 'd', label: t.help.seen, run: on((line) => dispose(line, 'seen')) },
          { keys: 'i', label: t.help.join, run: on(single(joinBest)) },
          { keys: 'p', label: t.help.promote, run: on(promote) },
          { keys: 'z', label: t.help.undo, run: undo },
        ]
      : []),
  ]);

  const showTenant = tenant === undefined;
  return (
    <ListPage>
      <ListHead
        title={t.title}
        intro={
          <div className={css.intro}>
            <p>{t.intro}</p>
            {mayAct && <p className={`hint ${css.keys}`}>{t.keys}</p>}
          </div>
        }
      >
        <Choice
          label={t.reviewFilter}
          value={review}
          onChange={(value) => patch({ review: value })}
          options={REVIEWS.map((each) => [each, t.review[each]] as const)}
        />
        <Choice
          label={t.groupFilter}
          value={group}
          onChange={(value) => patch({ group: value })}
          options={GROUPS.map((each) => [each, t.groups[each]] as const)}
        />
      </ListHead>
      <List
        query={query}
        items={lines}
        height={phone ? 128 : 60}
        handle={handle}
        columns={[
          { id: 'alert', head: t.columns.alert },
          ...(showTenant ? [{ id: 'tenant', head: t.columns.tenant, className: css.tenant }] : []),
          { id: 'rarity', head: t.columns.rarity, className: css.rarity },
          { id: 'count', head: t.columns.count, className: css.count },
          { id: 'last', head: t.columns.last, className: css.last },
          {
            id: 'actions',
            head: <span className="visually-hidden">{t.columns.alert}</span>,
            className: css.actionCell,
          },
        ]}
        empty={
          <Empty title={t.emptyTitle}>
            <p>{t.emptyText}</p>
          </Empty>
        }
      >
        {(line, index, room) => (
          <AlertRow
            key={line.key}
            line={line}
            index={index}
            room={room}
            showTenant={showTenant}
            marks={marks[index]}
            explained={explained === line.key}
            onExplain={() => explain(line.key)}
            onJoin={mayAct ? (to) => join(line, to) : undefined}
            active={line.key === activeKey}
            opened={opened.has(line.key)}
            onActivate={() => setActiveKey(line.key)}
            onToggle={() => {
              setActiveKey(line.key);
              toggle(line.key);
            }}
            onDispose={mayAct ? (as) => dispose(line, as) : undefined}
            onPromote={() => promote(line)}
          />
        )}
      </List>
    </ListPage>
  );
}
