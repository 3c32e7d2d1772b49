import type { SourceHealthView } from '@vigie/contracts/api';
import { DAY, type DelayFigures, HOUR, patience, Skip, type Watched } from '../../watch/index.ts';

const DAYS_SHOWN = 7;
const NEW_KINDS_DAYS = 7;
const MOST_NEW_KINDS = 50;
/** Logs a source must have sent before its silence means anything, and delays before they do. */
const FEWEST_LOGS = 20;
const FEWEST_DELAYS = 5;
/** Days of volume from which a usual rate is told. */
const FEWEST_DAYS = 2;

/** What was learnt of a source, as its page shows it at a time. */
export type LearntHealth = Pick<
  SourceHealthView,
  'days' | 'learningSince' | 'patienceMs' | 'hours' | 'usualRate' | 'delay' | 'newKinds' | 'kinds'
>;

/** @param watched undefined: nothing is known of it @param at epoch milliseconds */
export function learntHealth(
  watched: Watched | undefined,
  delay: DelayFigures | undefined,
  at: number,
): LearntHealth {
  const lesson = watched?.lesson;
  const allowed =
    watched === undefined ||
    lesson === undefined ||
    watched.lastAt === undefined ||
    watched.total < FEWEST_LOGS
      ? Number.POSITIVE_INFINITY
      : patience(lesson, watched.clock, Math.max(watched.lastAt, watched.excusedUntil));
  const since = lesson?.rhythm.since ?? -1;
  return {
    days: lesson?.rhythm.days ?? 0,
    learningSince: since < 0 ? null : since * HOUR,
    patienceMs: Number.isFinite(allowed) ? allowed : null,
    hours: watched === undefined ? [] : hoursOf(watched, at),
    usualRate: usualRate(watched, at),
    delay:
      delay === undefined || delay.events < FEWEST_DELAYS
        ? null
        : { events: delay.events, p50: delay.p50, p95: delay.p95, usual: finite(lesson?.delay) },
    newKinds: (watched?.newKinds(at - NEW_KINDS_DAYS * DAY) ?? [])
      .slice(0, MOST_NEW_KINDS)
      .map(({ dataset, action, code, firstAt, example }) => ({ dataset, action, code, firstAt, example })),
    kinds: watched?.kinds.size ?? 0,
  };
}

/** Logs a second that are usual at such an hour; null before that is learnt. */
export function usualRate(watched: Watched | undefined, at: number): number | null {
  const events = watched?.lesson?.volume.slots[watched.clock.slot(Math.floor(at / HOUR))]?.events;
  return events === undefined || (watched?.lesson?.volume.days ?? 0) < FEWEST_DAYS ? null : events / 3600;
}

function finite(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

function hoursOf(watched: Watched, now: number): SourceHealthView['hours'] {
  const { history, clock, lesson, open } = watched;
  const current = Math.floor(now / HOUR);
  const known = (lesson?.volume.days ?? 0) >= FEWEST_DAYS;
  return Array.from({ length: DAYS_SHOWN * 24 }, (_, index) => {
    const hour = current - DAYS_SHOWN * 24 + 1 + index;
    const slot = known ? lesson?.volume.slots[clock.slot(hour)] : undefined;
    const events =
      hour === open.hour
        ? open.record.events
        : history.has(hour) &&
            !(history.value('skip', hour) & Skip.unobserved && history.value('events', hour) === 0)
          ? history.value('events', hour)
          : null;
    return {
      at: hour * HOUR,
      events,
      usual: slot?.events ?? null,
      low: slot?.low ?? null,
      high: slot?.high ?? null,
    };
  });
}
