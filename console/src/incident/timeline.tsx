import { type ReactNode, useState } from 'react';
import type { TimelineEntry } from '../api/types.ts';
import { Severity } from '../ui/severity.tsx';
import { dayText, distance } from '../ui/time.ts';
import { At } from '../ui/time-view.tsx';
import css from './incident.module.css';
import { t } from './strings.ts';

/** A run of evidence longer than this is folded to its first and last entries. */
const RUN = 5;

type Group =
  | { kind: 'entry'; entry: TimelineEntry; index: number }
  | { kind: 'fold'; count: number; id: number };

/** Folds long runs of evidence, unless the reader opened them. */
export function fold(entries: readonly TimelineEntry[], opened: ReadonlySet<number>): Group[] {
  const groups: Group[] = [];
  let index = 0;
  while (index < entries.length) {
    let end = index;
    while (end < entries.length && entries[end]!.kind === 'evidence') end++;
    const run = end - index;
    if (run > RUN && !opened.has(index)) {
      groups.push({ kind: 'entry', entry: entries[index]!, index });
      groups.push({ kind: 'entry', entry: entries[index + 1]!, index: index + 1 });
      groups.push({ kind: 'fold', count: run - 3, id: index });
      groups.push({ kind: 'entry', entry: entries[end - 1]!, index: end - 1 });
      index = end;
    } else {
      const stop = Math.max(end, index + 1);
      for (; index < stop; index++) groups.push({ kind: 'entry', entry: entries[index]!, index });
    }
  }
  return groups;
}

/** What happened, oldest first, with the distance to the entry before. */
export function Timeline(props: {
  entries: readonly TimelineEntry[];
  onEvent: (event: { id: string; at: number }) => void;
  openId: string | undefined;
  composer: ReactNode;
}) {
  const { entries, onEvent, openId, composer } = props;
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  let day = '';
  return (
    <ol className={css.timeline}>
      {fold(entries, opened).map((group) => {
        if (group.kind === 'fold')
          return (
            <li key={`fold ${group.id}`} className={css.foldRow}>
              <button
                type="button"
                className="btn quiet small"
                onClick={() => setOpened(new Set([...opened, group.id]))}
              >
                {t.moreEntries(group.count)}
              </button>
            </li>
          );
        const { entry, index } = group;
        const before = entries[index - 1];
        const thisDay = dayText(entry.at);
        const newDay = thisDay !== day;
        day = thisDay;
        return (
          <li
            key={index}
            className={css.entry}
            data-testid="timeline-entry"
            data-kind={entry.kind}
            data-open={(entry.event !== undefined && entry.event.id === openId) || undefined}
          >
            {newDay && <p className={css.day}>{thisDay}</p>}
            <span className={css.when}>
              <At at={entry.at} as="clock" />
              {before !== undefined && !newDay && (
                <span className={css.later}>{t.later(distance(entry.at - before.at))}</span>
              )}
            </span>
            <span className={css.dot} aria-hidden="true" />
            <div className={css.entryText}>
              {entry.level !== undefined && <Severity level={entry.level} compact />}
              {entry.event === undefined ? (
                <span className={css.said}>{entry.text}</span>
              ) : (
                <button type="button" className={css.entryLink} onClick={() => onEvent(entry.event!)}>
                  {entry.text}
                </button>
              )}
              {entry.actor !== undefined && <span className="muted"> {entry.actor}</span>}
            </div>
          </li>
        );
      })}
      {composer !== null && (
        <li className={css.entry} data-kind="composer">
          <span className={css.when} />
          <span className={css.dot} aria-hidden="true" />
          {composer}
        </li>
      )}
    </ol>
  );
}
