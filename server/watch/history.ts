import { HOUR } from './slots.ts';

/** Hours of history that are kept and learnt from: eight weeks. */
export const KEPT_HOURS = 8 * 168;

/** What came from a source in one hour. */
export interface HourRecord {
  readonly events: number;
  /** Logs that no parser could read. */
  readonly failures: number;
  /** Minutes, of 60, in which anything came. */
  readonly active: number;
  /** Milliseconds into the hour of the first and the last event; NaN when there was none. */
  readonly first: number;
  readonly last: number;
  /** Longest time between two events of the hour, milliseconds. */
  readonly gap: number;
  /** Median of receipt minus event time, milliseconds; NaN when unknown. */
  readonly delay: number;
  /** Why the hour is not learnt from: a sum of {@link Skip}s. */
  readonly skip: number;
}

/** Reasons for not learning from an hour. */
export const Skip = {
  /** Vigie itself was not listening all of the hour. */
  unobserved: 1,
  maintenance: 2,
  /** The source was silent, and somebody was told so. */
  silent: 4,
  /** Its volume was unusual, and somebody was told so. */
  volume: 8,
  /** Unusually many of its logs could not be read, and somebody was told so. */
  failing: 16,
  /** Its clock was off, and somebody was told so. */
  clock: 32,
} as const;

/** Hour with nothing in it. */
export const EMPTY_HOUR: HourRecord = {
  events: 0,
  failures: 0,
  active: 0,
  first: Number.NaN,
  last: Number.NaN,
  gap: 0,
  delay: Number.NaN,
  skip: 0,
};

/** Columns of the history, as they are kept in memory and in the database. */
export const COLUMNS = ['events', 'failures', 'active', 'first', 'last', 'gap', 'delay', 'skip'] as const;
type Column = (typeof COLUMNS)[number];

/** The last eight weeks of a source by hour. Hours are whole hours since 1970, UTC. */
export class SourceHistory {
  readonly #columns: Record<Column, Float64Array>;
  /** Hour in each place; places are reused after eight weeks. */
  readonly #hours = new Int32Array(KEPT_HOURS).fill(-1);
  #newest = -1;
  #oldest = -1;

  constructor() {
    this.#columns = Object.fromEntries(COLUMNS.map((name) => [name, new Float64Array(KEPT_HOURS)])) as Record<
      Column,
      Float64Array
    >;
  }

  /** The last hour that is known; -1 when none is. */
  get newest(): number {
    return this.#newest;
  }

  /** The first hour that is known and still kept; -1 when none is. */
  get oldest(): number {
    return this.#newest < 0 ? -1 : Math.max(this.#oldest, this.#newest - KEPT_HOURS + 1);
  }

  set(hour: number, record: HourRecord): void {
    const place = hour % KEPT_HOURS;
    // Older than what is kept: its place belongs to a newer hour.
    if (this.#hours[place]! > hour) return;
    this.#hours[place] = hour;
    for (const name of COLUMNS) this.#columns[name][place] = record[name];
    this.#newest = Math.max(this.#newest, hour);
    this.#oldest = this.#oldest < 0 ? hour : Math.min(this.#oldest, hour);
  }

  get(hour: number): HourRecord | undefined {
    if (!this.has(hour)) return undefined;
    const place = hour % KEPT_HOURS;
    return Object.fromEntries(
      COLUMNS.map((name) => [name, this.#columns[name][place]]),
    ) as unknown as HourRecord;
  }

  has(hour: number): boolean {
    return hour >= 0 && this.#hours[hour % KEPT_HOURS] === hour;
  }

  /** One value of an hour; NaN when the hour is not known. */
  value(column: Column, hour: number): number {
    return this.has(hour) ? this.#columns[column][hour % KEPT_HOURS]! : Number.NaN;
  }

  /** Whether an hour is known and none of the reasons keeps it from being learnt from. */
  learns(hour: number, reasons: number): boolean {
    return this.has(hour) && (this.#columns.skip[hour % KEPT_HOURS]! & reasons) === 0;
  }

  /** Forgets one reason in all hours since one: they are learnt from after all. */
  unskip(reason: number, since: number): number[] {
    const changed: number[] = [];
    for (let hour = Math.max(since, this.oldest); hour >= 0 && hour <= this.#newest; hour++) {
      if (this.learns(hour, reason) || !this.has(hour)) continue;
      this.#columns.skip[hour % KEPT_HOURS]! -= reason;
      changed.push(hour);
    }
    return changed;
  }
}

/** Gathers the hour that is under way. */
export class OpenHour {
  readonly hour: number;
  #events = 0;
  #failures = 0;
  #active = 0;
  #minute = -1;
  #first = Number.NaN;
  #last = Number.NaN;
  #gap = 0;

  constructor(hour: number) {
    this.hour = hour;
  }

  /** Counts events that came at one instant, epoch milliseconds; instants should not go backwards. */
  note(at: number, events: number): void {
    const into = Math.min(
      HOUR - 1,
      Math.max(Number.isNaN(this.#last) ? 0 : this.#last, at - this.hour * HOUR),
    );
    const minute = Math.floor(into / 60_000);
    if (minute !== this.#minute) this.#active++;
    this.#minute = minute;
    if (Number.isNaN(this.#first)) this.#first = into;
    else this.#gap = Math.max(this.#gap, into - this.#last);
    this.#last = into;
    this.#events += events;
  }

  fail(failures: number): void {
    this.#failures += failures;
  }

  record(delay: number, skip: number): HourRecord {
    return {
      events: this.#events,
      failures: this.#failures,
      active: this.#active,
      first: this.#first,
      last: this.#last,
      gap: this.#gap,
      delay,
      skip,
    };
  }
}

/**
 * What is known of an hour of which only the counts are, such as one from the event store: as if its events had
 * come evenly.
 */
export function evenHour(events: number, failures: number, skip: number): HourRecord {
  if (events === 0) return { ...EMPTY_HOUR, failures, skip };
  const step = HOUR / events;
  return {
    events,
    failures,
    active: Math.min(60, events),
    first: step / 2,
    last: HOUR - step / 2,
    gap: events > 1 ? step : 0,
    delay: Number.NaN,
    skip,
  };
}
