import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { useLocation } from 'wouter';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { AlertReview, IncidentView } from '../api/types.ts';
import { useMay, useScope } from '../session.ts';
import { usePhone, useTitle } from '../ui/hooks.ts';
import { Choice, ListHead, ListPage } from '../ui/list/frame.tsx';
import { List, type ListHandle } from '../ui/list/list.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { Empty, messageOf } from '../ui/states.tsx';
import { toast } from '../ui/toaster.tsx';
import { oneOf, useUrl } from '../url.ts';
import { exceptionAddress } from '../verdict/words.ts';
import css from './alerts.module.css';
import { groupsOf, type Line, lineOf } from './groups.ts';
import { AlertRow } from './row.tsx';
import { t } from './strings.ts';

const GROUPS = ['all', 'rare', 'routine'] as const;
const REVIEWS = ['open', 'done', 'all'] as const;
type As = AlertReview['as'];

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
  const active = lines.findIndex(({ key }) => key === activeKey);
  const { dispose, promote, undo, pending } = useDisposal(() => {
    // The line goes; the one that comes in its place is the next to look at.
    const next = lines[active + 1] ?? lines[active - 1];
    if (active >= 0) setActiveKey(next?.key ?? null);
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
    ...(mayAct
      ? [
          { keys: 'r', label: t.help.routine, run: on((line) => dispose(line, 'routine')) },
          { keys: 'f', label: t.help.wrong, run: on((line) => dispose(line, 'false-positive')) },
          { keys: 'd', label: t.help.seen, run: on((line) => dispose(line, 'seen')) },
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
          ...(mayAct
            ? [
                {
                  id: 'actions',
                  head: <span className="visually-hidden">{t.columns.alert}</span>,
                  className: css.actionCell,
                },
              ]
            : []),
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

/** Alerts looked at last, for undoing. */
let last: { tenant: string; alerts: readonly string[] } | null = null;

/** Says what alerts were, or makes an incident of them. */
function useDisposal(onDone: () => void) {
  const client = useQueryClient();
  const [, navigate] = useLocation();
  const refresh = () => {
    void client.invalidateQueries({ queryKey: ['loose-alerts'] });
    void client.invalidateQueries({ queryKey: ['incidents'] });
  };
  const failed = (error: unknown) => toast(messageOf(error), 'bad');
  const reviewing = useMutation({
    mutationFn: ({ line, as }: { line: Line; as: As }) =>
      call<{ reviewed: number }>('POST', '/api/alerts/review', {
        tenant: line.tenant,
        alerts: idsOf(line),
        as,
      }),
    onSuccess: ({ reviewed }, { line, as }) => {
      last = as === 'open' ? null : { tenant: line.tenant, alerts: idsOf(line) };
      toast(t.reviewed(t.made[as], reviewed), 'good', [
        ...(as === 'false-positive'
          ? [
              {
                label: t.except,
                run: () =>
                  navigate(
                    exceptionAddress({ tenant: line.tenant, rule: line.ruleId, why: line.alerts[0]?.title }),
                  ),
              },
            ]
          : []),
        ...(as === 'open' ? [] : [{ label: t.undo, run: undo }]),
      ]);
      onDone();
    },
    onError: failed,
    onSettled: refresh,
  });
  const undoing = useMutation({
    mutationFn: (of: NonNullable<typeof last>) =>
      call<{ reviewed: number }>('POST', '/api/alerts/review', { ...of, as: 'open' }),
    onSuccess: ({ reviewed }) => toast(t.reviewed(t.made.open, reviewed)),
    onError: failed,
    onSettled: refresh,
  });
  const promoting = useMutation({
    mutationFn: (line: Line) =>
      call<IncidentView>('POST', '/api/alerts/promote', {
        tenant: line.tenant,
        alerts: idsOf(line),
      }),
    onSuccess: ({ id }) => {
      toast(t.promoted(id), 'good', [{ label: `INC-${id}`, run: () => navigate(`/incidents/${id}`) }]);
      onDone();
    },
    onError: failed,
    onSettled: refresh,
  });
  function undo() {
    if (last !== null) undoing.mutate(last);
    last = null;
  }
  return {
    pending: reviewing.isPending || promoting.isPending || undoing.isPending,
    dispose: (line: Line, as: As) => reviewing.mutate({ line, as }),
    promote: (line: Line) => promoting.mutate(line),
    undo,
  };
}

/** One call takes so many; the others of a larger group come up again. */
function idsOf(line: Line): string[] {
  return line.alerts.slice(0, 500).map(({ id }) => id);
}
