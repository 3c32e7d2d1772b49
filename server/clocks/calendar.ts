import type { BusinessHours } from '@vigie/contracts/api';
import { addDays, dateAt, instantOf, type LocalDate, minutesOf, weekdayOf } from './wall.ts';

/** Which time counts. */
export interface Calendar {
  /** When `ms` of time that counts have passed since `from`; infinity where none ever comes. */
  add(from: number, ms: number): number;
  /** Time that counts between two instants; 0 when `to` is not after `from`. */
  between(from: number, to: number): number;
}

/** All time counts. */
export const ALWAYS: Calendar = {
  add: (from, ms) => from + ms,
  between: (from, to) => Math.max(0, to - from),
};

interface Interval {
  readonly from: number;
  readonly to: number;
}

/** A year without an open hour: there will be none. */
const PATIENCE = 400;

/**
 * Business hours of a zone: spans by weekday, none on holidays. A span that runs past midnight belongs to the day on
 * which it begins, and ends on a holiday's morning as on any other. Spans are wall-clock times: on the day of a
 * change of clocks, one over the change is an hour longer or shorter, as it is for those who work it.
 */
export class BusinessCalendar implements Calendar {
  readonly #zone: string;
  readonly #hours: BusinessHours;
  readonly #isHoliday: (date: LocalDate) => boolean;

  /** @param hours by weekday, Monday first */
  constructor(zone: string, hours: BusinessHours, isHoliday: (date: LocalDate) => boolean) {
    this.#zone = zone;
    this.#hours = hours;
    this.#isHoliday = isHoliday;
  }

  add(from: number, ms: number): number {
    let left = ms;
    for (const open of this.#open(from)) {
      const length = open.to - open.from;
      if (length >= left) return open.from + left;
      left -= length;
    }
    return Number.POSITIVE_INFINITY;
  }

  between(from: number, to: number): number {
    let sum = 0;
    for (const open of this.#open(from)) {
      if (open.from >= to) break;
      sum += Math.min(open.to, to) - open.from;
    }
    return sum;
  }

  /** Open intervals from an instant on, in order, each joined with those that touch it. */
  *#open(since: number): Generator<Interval> {
    let held: Interval | undefined;
    let idle = 0;
    // A span of the evening before may still run.
    for (let date = addDays(dateAt(since, this.#zone), -1); idle < PATIENCE; date = addDays(date, 1)) {
      const today = this.#of(date);
      idle = today.length === 0 ? idle + 1 : 0;
      for (const span of today) {
        const from = Math.max(span.from, since);
        if (span.to <= from) continue;
        if (held === undefined) held = { from, to: span.to };
        else if (from <= held.to) held = { from: held.from, to: Math.max(held.to, span.to) };
        else {
          yield held;
          held = { from, to: span.to };
        }
        // Around the clock, seven days a week: it would be joined for ever.
        if (held.to - held.from > 14 * 86_400_000) {
          yield held;
          held = undefined;
          since = Math.max(since, span.to);
        }
      }
    }
    if (held !== undefined) yield held;
  }

  #of(date: LocalDate): Interval[] {
    if (this.#isHoliday(date)) return [];
    return (this.#hours[weekdayOf(date) - 1] ?? [])
      .map(({ from, to }) => {
        const begin = minutesOf(from);
        const end = minutesOf(to);
        return {
          from: instantOf(date, begin, this.#zone),
          to: instantOf(date, end > begin ? end : end + 1440, this.#zone),
        };
      })
      .sort((a, b) => a.from - b.from);
  }
}
