import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { call } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { AlertReview, IncidentView, LooseAlert } from '../api/types.ts';
import { useMarks } from '../asset-marks/use-marks.ts';
import { RowWarning } from '../asset-marks/warnings.tsx';
import { useMay, useScope, useTenantName } from '../session.ts';
import { Entities } from '../ui/chips.tsx';
import { useTitle } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import { Severity } from '../ui/severity.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { Empty, ErrorState, messageOf, SkeletonRows } from '../ui/states.tsx';
import { Age } from '../ui/time-view.tsx';
import { toast } from '../ui/toaster.tsx';
import { oneOf, useUrl } from '../url.ts';
import { exceptionAddress, verdictText } from '../verdict/words.ts';
import css from './alerts.module.css';
import { groupsOf } from './groups.ts';
import { t } from './strings.ts';

const GROUPS = ['all', 'rare', 'routine'] as const;
const REVIEWS = ['open', 'done', 'all'] as const;
type As = AlertReview['as'];

/** A line of the list: a group, or one alert of an opened one. */
interface Line {
  readonly key: string;
  readonly tenant: string;
  readonly ruleId: string;
  readonly alerts: readonly LooseAlert[];
}

/** Alerts that are in no incident: disposed of by rule and client, the most unusual first. */
export default function Alerts() {
  useTitle(t.title);
  const { params, patch } = useUrl();
  const { tenant } = useScope();
  const mayAct = useMay('incidents.handle');
  const nameOf = useTenantName();
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
    each,
    ...(opened.has(each.key)
      ? each.alerts.map((alert) => ({
          key: `${each.key} ${alert.id}`,
          tenant: alert.tenant,
          ruleId: alert.ruleId,
          alerts: [alert],
        }))
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
    document.querySelector(`[data-line="${CSS.escape(line.key)}"]`)?.scrollIntoView({ block: 'nearest' });
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

  return (
    <div className="page">
      <div className="page-head">
        <h1>{t.title}</h1>
        <select
          className="select bare"
          aria-label={t.reviewFilter}
          value={review}
          onChange={(event) => patch({ review: event.target.value === 'open' ? '' : event.target.value })}
        >
          {REVIEWS.map((each) => (
            <option key={each} value={each}>
              {t.review[each]}
            </option>
          ))}
        </select>
        <select
          className="select"
          aria-label={t.groupFilter}
          value={group}
          onChange={(event) => patch({ group: event.target.value === 'all' ? '' : event.target.value })}
        >
          {GROUPS.map((each) => (
            <option key={each} value={each}>
              {t.groups[each]}
            </option>
          ))}
        </select>
      </div>
      <p className={css.intro}>{t.intro}</p>
      {mayAct && <p className={`hint ${css.keys}`}>{t.keys}</p>}
      {query.isPending ? (
        <SkeletonRows rows={10} />
      ) : query.isError && groups.length === 0 ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : groups.length === 0 ? (
        <Empty title={t.emptyTitle}>
          <p>{t.emptyText}</p>
        </Empty>
      ) : (
        <table className={`grid ${css.list}`}>
          <thead>
            <tr>
              <th scope="col">{t.columns.alert}</th>
              {tenant === undefined && <th scope="col">{t.columns.tenant}</th>}
              <th scope="col">{t.columns.rarity}</th>
              <th scope="col" className="num">
                {t.columns.count}
              </th>
              <th scope="col">{t.columns.last}</th>
              <th scope="col">
                <span className="visually-hidden">{t.columns.alert}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {lines.map((line, at) => {
              const of = groups.find(({ key }) => key === line.key);
              const [first] = line.alerts as [LooseAlert, ...LooseAlert[]];
              const rarity = of?.rarity ?? first.rarity;
              const routine = of?.routine ?? first.routine;
              return (
                <tr
                  key={line.key}
                  data-line={line.key}
                  data-testid={of === undefined ? 'loose-alert' : 'loose-group'}
                  data-active={line.key === activeKey || undefined}
                  className={of === undefined ? css.each : undefined}
                  onFocus={() => setActiveKey(line.key)}
                >
                  <td className={css.main}>
                    <div className={css.titleLine}>
                      <Severity level={of?.level ?? first.level} compact />
                      {of === undefined ? (
                        <span>{first.title}</span>
                      ) : (
                        <button
                          type="button"
                          className={css.title}
                          aria-expanded={opened.has(line.key)}
                          title={opened.has(line.key) ? t.collapse : t.expand}
                          onClick={() => {
                            setActiveKey(line.key);
                            toggle(line.key);
                          }}
                        >
                          <Icon name={opened.has(line.key) ? 'down' : 'next'} size={10} /> {of.title}
                        </button>
                      )}
                      {of !== undefined && line.alerts.length > 1 && (
                        <span className="muted">{t.alerts(line.alerts.length)}</span>
                      )}
                      {first.reviewed !== null && (
                        <span className="muted">
                          {first.verdict !== null && `${verdictText(first.verdict)} `}
                          {t.by(first.reviewed.by)}
                        </span>
                      )}
                    </div>
                    <div className={css.titleLine}>
                      <RowWarning marks={marks[at]} />
                      <Entities items={entitiesOf(line.alerts)} max={4} />
                    </div>
                  </td>
                  {tenant === undefined && <td>{nameOf(line.tenant)}</td>}
                  <td className={css.nowrap}>
                    {routine
                      ? t.rarity.routine
                      : rarity >= 6
                        ? t.rarity.new
                        : rarity >= 2
                          ? t.rarity.rare
                          : t.rarity.usual}
                  </td>
                  <td className="num" title={t.detections(of?.detections ?? first.count)}>
                    {of?.detections ?? first.count}
                  </td>
                  <td className={css.nowrap}>
                    <Age at={of?.lastAt ?? first.lastAt} />
                  </td>
                  <td className={css.actionCell}>
                    {mayAct && (
                      <div className={css.actions}>
                        {first.reviewed === null ? (
                          <>
                            <Button label={t.routine} onClick={() => dispose(line, 'routine')} />
                            <Button label={t.wrong} onClick={() => dispose(line, 'false-positive')} />
                            <Button label={t.seen} onClick={() => dispose(line, 'seen')} />
                          </>
                        ) : (
                          <Button label={t.reopen} onClick={() => dispose(line, 'open')} />
                        )}
                        <Button label={t.promote} onClick={() => promote(line)} />
                      </div>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      {query.hasNextPage && (
        <p>
          <button
            type="button"
            className="btn"
            disabled={query.isFetchingNextPage}
            onClick={() => void query.fetchNextPage()}
          >
            {t.loadMore}
          </button>
        </p>
      )}
    </div>
  );
}

function Button({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <button type="button" className="btn quiet small" onClick={onClick}>
      {label}
    </button>
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

function entitiesOf(alerts: readonly LooseAlert[]): LooseAlert['entities'] {
  const all = new Map(
    alerts.flatMap(({ entities }) => entities.map((each) => [`${each.type} ${each.value}`, each] as const)),
  );
  return [...all.values()];
}

/** One call takes so many; the others of a larger group come up again. */
function idsOf(line: Line): string[] {
  return line.alerts.slice(0, 500).map(({ id }) => id);
}
