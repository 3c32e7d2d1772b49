import { Skip, type SourceHistory } from './history.ts';
import { DAY, HOUR, isWeekend, SLOTS, type ZoneClock } from './slots.ts';
import { median, quantile } from './thresholds.ts';

/** What is usual for a source in one hour of the week. */
export interface Slot {
  /** Events of the hour: median over past weeks, and where a tenth and nine tenths of them lie. */
  readonly events: number;
  readonly low: number;
  readonly high: number;
  /**
   * Minutes with events that can be relied on: the mean over past weeks, less three times the deviation that
   * chance does not explain; of this hour and its two neighbours the least. The hour in which an office opens or
   * closes is not the same every day.
   */
  readonly active: number;
  /** Least and greatest `events` of this hour and its two neighbours. */
  readonly least: number;
  readonly most: number;
  /** Past weeks that it is known from; 0: concluded from other days. */
  readonly weeks: number;
}

/** What is usual for a source, by hour of the week. */
export interface Profile {
  /** Undefined where nothing is known: a Saturday in the first week of a source. */
  readonly slots: readonly (Slot | undefined)[];
  /** Days of which at least half of the hours were learnt from. */
  readonly days: number;
  /** Something came in nearly every minute of every hour. */
  readonly continuous: boolean;
  /** Busy hour: nine tenths of the hours of the week have fewer events. */
  readonly busy: number;
  /** First hour that was learnt from; -1: none was. */
  readonly since: number;
}

/** Weeks of its own below which an hour also learns from the same hour of like days. */
const OWN_WEEKS = 3;

/**
 * Learns what is usual from the hours that count. An hour of the week that was seen fewer than three times
 * borrows from the same hour of the other working days or of the other day of the weekend; where that is
 * unknown too, it stays unknown, unless the source never rests.
 *
 * @param from the first hour to learn from; earlier ones are of another time
 * @param reasons {@link Skip}s for which hours are left out
 */
export function learn(history: SourceHistory, clock: ZoneClock, from: number, reasons: number): Profile {
  const events: number[][] = Array.from({ length: SLOTS }, () => []);
  const active: number[][] = Array.from({ length: SLOTS }, () => []);
  const perDay = new Map<number, number>();
  let full = 0;
  let seen = 0;
  let since = -1;
  const begin = Math.max(from, history.oldest);
  for (let hour = begin; begin >= 0 && hour <= history.newest; hour++) {
    if (!history.learns(hour, reasons)) continue;
    if (since < 0) since = hour;
    const slot = clock.slot(hour);
    events[slot]!.push(history.value('events', hour));
    active[slot]!.push(history.value('active', hour));
    const day = clock.day(hour);
    perDay.set(day, (perDay.get(day) ?? 0) + 1);
    seen++;
    if (history.value('active', hour) >= 54) full++;
  }
  // Six hours are a beginning; one bad hour in fifty does not make a source one that rests.
  const continuous = seen >= 6 && full >= seen * 0.98;
  const least = continuous ? Math.min(...events.flat()) : 0;
  const alone = events.map((own, slot): Alone | undefined => {
    if (own.length >= OWN_WEEKS) return slotOf(own, active[slot]!, own.length);
    const alike: number[] = [];
    for (let other = slot % 24; other < SLOTS; other += 24)
      if (isWeekend(other) === isWeekend(slot)) alike.push(other);
    const pooled = alike.flatMap((other) => events[other]!);
    if (pooled.length > 0)
      return slotOf(
        own.length > 0 ? [...own, ...own, ...pooled] : pooled,
        alike.flatMap((other) => active[other]!),
        own.length,
      );
    return continuous
      ? { events: least, low: least, high: least, mean: 54, active: 54, weeks: 0 }
      : undefined;
  });
  const slots = alone.map((own, slot): Slot | undefined => {
    if (own === undefined) return undefined;
    const near = [own, alone[(slot + 1) % SLOTS] ?? own, alone[(slot + SLOTS - 1) % SLOTS] ?? own];
    const { mean, ...rest } = own;
    return {
      ...rest,
      active: Math.max(mean / 20, Math.min(...near.map(({ active }) => active))),
      least: Math.min(...near.map(({ events }) => events)),
      most: Math.max(...near.map(({ events }) => events)),
    };
  });
  return {
    slots,
    days: [...perDay.values()].filter((hours) => hours >= 12).length,
    continuous,
    busy: quantile(
      slots.flatMap((slot) => (slot === undefined ? [] : [slot.events])),
      0.9,
    ),
    since,
  };
}

type Alone = Omit<Slot, 'least' | 'most'> & { readonly mean: number };

function slotOf(events: readonly number[], active: readonly number[], weeks: number): Alone {
  return {
    events: median(events),
    low: quantile(events, 0.1),
    high: quantile(events, 0.9),
    mean: meanOf(active),
    active: reliable(active),
    weeks,
  };
}

function reliable(minutes: readonly number[]): number {
  const mean = meanOf(minutes);
  if (minutes.length < 2) return mean;
  const variance = minutes.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (minutes.length - 1);
  // Each of the sixty minutes has an event or not: that much variance is chance.
  const excess = Math.sqrt(Math.max(0, variance - mean * (1 - mean / 60)));
  return Math.max(0, mean - 3 * excess);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}

/** Events that are usual between two instants; NaN when part of the time is unknown. */
export function usualEvents(profile: Profile, clock: ZoneClock, from: number, to: number): number {
  return over(clock, from, to, (slot) => profile.slots[slot]?.events ?? Number.NaN);
}

/**
 * How much a source should have said between two instants, in minutes with events. Time of which nothing is
 * known counts for nothing.
 */
export function usualActivity(profile: Profile, clock: ZoneClock, from: number, to: number): number {
  return over(clock, from, to, (slot) => profile.slots[slot]?.active ?? 0);
}

/** An integral over hours of the week, of a value an hour; at most a year is looked at. */
function over(clock: ZoneClock, from: number, to: number, value: (slot: number) => number): number {
  let sum = 0;
  const end = Math.min(to, from + 366 * DAY);
  for (let at = from; at < end; ) {
    const hour = Math.floor(at / HOUR);
    const next = Math.min(end, (hour + 1) * HOUR);
    sum += (value(clock.slot(hour)) * (next - at)) / HOUR;
    at = next;
  }
  return sum;
}

/** Hours that can't teach how much a source sends. */
export const NOT_FOR_VOLUME = Skip.unobserved | Skip.maintenance | Skip.silent | Skip.volume;
/** Hours that can't teach when a source sends: an unusual volume does not matter. */
export const NOT_FOR_RHYTHM = Skip.unobserved | Skip.maintenance | Skip.silent;
