import { Skip, type SourceHistory } from './history.ts';
import { NOT_FOR_RHYTHM, NOT_FOR_VOLUME, type Profile, usualActivity } from './profile.ts';
import { HOUR, type ZoneClock } from './slots.ts';
import { median } from './thresholds.ts';

/** The worst of each local day of the history, one list a measure. Days without a value are left out. */
export interface DailyWorst {
  /** Longest time without an event, milliseconds; of the day in which it ended. */
  readonly gap: number[];
  /** Longest silence in minutes with events that should have been; see {@link usualActivity}. */
  readonly quiet: number[];
  /**
   * Largest and smallest ratio of an hour's events to what is usual in it or in one of the hours beside it,
   * as logarithm; the smallest negated.
   */
  readonly more: number[];
  readonly less: number[];
  /** As `more` and `less`, of a whole day. */
  readonly moreDay: number[];
  readonly lessDay: number[];
  /** Largest share of an hour's events that no parser could read. */
  readonly failing: number[];
  /** Largest distance of an hour's median delay from the usual one, milliseconds. */
  readonly drift: number[];
}

/** Hours with fewer events say nothing of shares. */
export const SHARE_EVENTS = 50;

/**
 * Events that are added to both sides of a ratio, so that few events more or less are no multiple: a tenth of
 * a busy hour, at least twenty.
 */
export function damping(profile: Profile): number {
  return Math.max(20, (Number.isNaN(profile.busy) ? 0 : profile.busy) / 10);
}

/** How many times the usual came, as natural logarithm. */
export function ratio(events: number, usual: number, damp: number): number {
  return Math.log((events + damp) / (usual + damp));
}

/**
 * Reduces a history to the worst of each day.
 *
 * @param from first hour that counts for rhythm, shares and delays
 * @param volumeFrom first hour that counts for volume: after a lasting change of level a later one
 */
export function dailyWorst(
  history: SourceHistory,
  clock: ZoneClock,
  profiles: { readonly rhythm: Profile; readonly volume: Profile },
  from: number,
  volumeFrom: number,
): DailyWorst {
  const days = new Map<number, Record<keyof DailyWorst, number>>();
  const put = (hour: number, measure: keyof DailyWorst, value: number) => {
    if (Number.isNaN(value)) return;
    const day = clock.day(hour);
    let worst = days.get(day);
    if (worst === undefined) {
      worst = {
        gap: -1,
        quiet: -1,
        more: Number.NaN,
        less: Number.NaN,
        moreDay: Number.NaN,
        lessDay: Number.NaN,
        failing: -1,
        drift: -1,
      };
      days.set(day, worst);
    }
    worst[measure] = Number.isNaN(worst[measure]) ? value : Math.max(worst[measure], value);
  };
  const { rhythm, volume } = profiles;
  const damp = damping(volume);
  const delay = usualDelay(history, from);
  let last = Number.NaN;
  for (let hour = Math.max(from, history.oldest, 0); hour <= history.newest; hour++) {
    if (!history.learns(hour, NOT_FOR_RHYTHM)) {
      last = Number.NaN;
      continue;
    }
    const start = hour * HOUR;
    const events = history.value('events', hour);
    if (events > 0) {
      const first = start + history.value('first', hour);
      if (!Number.isNaN(last)) {
        put(hour, 'gap', first - last);
        put(hour, 'quiet', usualActivity(rhythm, clock, last, first));
      }
      const inner = history.value('gap', hour);
      put(hour, 'gap', inner);
      put(hour, 'quiet', usualActivity(rhythm, clock, start, start + inner));
      last = start + history.value('last', hour);
    }
    if (events >= SHARE_EVENTS && history.learns(hour, Skip.failing))
      put(hour, 'failing', history.value('failures', hour) / events);
    if (history.learns(hour, Skip.clock)) put(hour, 'drift', Math.abs(history.value('delay', hour) - delay));
    if (hour < volumeFrom || !history.learns(hour, NOT_FOR_VOLUME)) continue;
    const slot = volume.slots[clock.slot(hour)];
    if (slot === undefined) continue;
    put(hour, 'more', ratio(events, slot.most, damp));
    put(hour, 'less', -ratio(events, slot.least, damp));
  }
  if (history.newest >= 0)
    for (
      let day = clock.day(Math.max(from, volumeFrom, history.oldest));
      day < clock.day(history.newest);
      day++
    ) {
      const whole = wholeDay(history, clock, volume, day);
      if (whole === undefined) continue;
      const put = days.get(day);
      const log = ratio(whole.events, whole.usual, 20);
      if (put !== undefined) Object.assign(put, { moreDay: log, lessDay: -log });
    }
  const list = (measure: keyof DailyWorst) =>
    [...days.values()]
      .map((worst) => worst[measure])
      .filter((value) => !Number.isNaN(value) && (value >= 0 || SIGNED.has(measure)));
  return {
    gap: list('gap'),
    quiet: list('quiet'),
    more: list('more'),
    less: list('less'),
    moreDay: list('moreDay'),
    lessDay: list('lessDay'),
    failing: list('failing'),
    drift: list('drift'),
  };
}

/**
 * Events of a whole local day, and the usual of its hours.
 *
 * @param day as {@link ZoneClock.day} counts
 * @returns undefined when one of its hours does not count or is not known well enough
 */
export function wholeDay(
  history: SourceHistory,
  clock: ZoneClock,
  profile: Profile,
  day: number,
):
  | { readonly events: number; readonly usual: number; readonly failures: number; readonly end: number }
  | undefined {
  let events = 0;
  let failures = 0;
  let usual = 0;
  // A day has at most 25 hours; its first one is within 14 hours of the same day of UTC.
  let end = -1;
  for (let hour = day * 24 - 15; hour < day * 24 + 40; hour++) {
    if (clock.day(hour) !== day) continue;
    const slot = profile.slots[clock.slot(hour)];
    if (slot === undefined || !history.learns(hour, NOT_FOR_VOLUME)) return undefined;
    events += history.value('events', hour);
    failures += history.value('failures', hour);
    usual += slot.events;
    end = hour + 1;
  }
  return { events, usual, failures, end };
}

/** Measures that may be negative; for the others that means there was none. */
const SIGNED: ReadonlySet<keyof DailyWorst> = new Set(['more', 'less', 'moreDay', 'lessDay']);

/** Median of the hours' median delays over the last two weeks, milliseconds; NaN when none is known. */
export function usualDelay(history: SourceHistory, from: number): number {
  const delays: number[] = [];
  for (let hour = Math.max(from, history.newest - 336, 0); hour <= history.newest; hour++) {
    const delay = history.value('delay', hour);
    if (!Number.isNaN(delay) && history.learns(hour, Skip.clock)) delays.push(delay);
  }
  return median(delays);
}

/** Median share of events that no parser could read, over hours with enough events; NaN when there was none. */
export function usualFailing(history: SourceHistory, from: number): number {
  const shares: number[] = [];
  for (let hour = Math.max(from, history.oldest, 0); hour <= history.newest; hour++) {
    const events = history.value('events', hour);
    if (events >= SHARE_EVENTS && history.learns(hour, NOT_FOR_RHYTHM | Skip.failing))
      shares.push(history.value('failures', hour) / events);
  }
  return median(shares);
}
