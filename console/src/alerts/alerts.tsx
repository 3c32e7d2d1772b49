import { useInfiniteQuery } from '@tanstack/react-query';
import { Fragment, useState } from 'react';
import { queries } from '../api/queries.ts';
import type { LooseAlert } from '../api/types.ts';
import { useMarks } from '../asset-marks/use-marks.ts';
import { RowWarning } from '../asset-marks/warnings.tsx';
import { useMay, useScope, useTenantName } from '../session.ts';
import { Entities } from '../ui/chips.tsx';
import { useTitle } from '../ui/hooks.ts';
import { Icon } from '../ui/icons.tsx';
import { Severity } from '../ui/severity.tsx';
import { useShortcuts } from '../ui/shortcuts.ts';
import { Empty, ErrorState, SkeletonRows } from '../ui/states.tsx';
import { Age } from '../ui/time-view.tsx';
import { oneOf, useUrl } from '../url.ts';
import { verdictText } from '../verdict/words.ts';
import css from './alerts.module.css';
import { type Line, useDisposal } from './disposal.ts';
import { Explanation } from './explanation.tsx';
import { groupsOf } from './groups.ts';
import { t } from './strings.ts';

const GROUPS = ['all', 'rare', 'routine'] as const;
const REVIEWS = ['open', 'done', 'all'] as const;
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
    document.querySelector(`[data-line="${CSS.escape(line.key)}"]`)?.scrollIntoView({ block: 'nearest' });
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
                <Fragment key={line.key}>
                  <tr
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
                      <div className={css.actions}>
                        {line.alerts.length === 1 && (
                          <button
                            type="button"
                            className="btn quiet small"
                            aria-expanded={explained === line.key}
                            onClick={() => explain(line.key)}
                          >
                            {t.why.button}
                          </button>
                        )}
                        {mayAct && (
                          <>
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
                          </>
                        )}
                      </div>
                    </td>
                  </tr>
                  {explained === line.key && line.alerts.length === 1 && (
                    <tr className={css.whyRow}>
                      <td colSpan={tenant === undefined ? 6 : 5}>
                        <Explanation alert={first} onJoin={mayAct ? (to) => join(line, to) : undefined} />
                      </td>
                    </tr>
                  )}
                </Fragment>
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

function entitiesOf(alerts: readonly LooseAlert[]): LooseAlert['entities'] {
  const all = new Map(
    alerts.flatMap(({ entities }) => entities.map((each) => [`${each.type} ${each.value}`, each] as const)),
  );
  return [...all.values()];
}
