import { type HourRecord, OpenHour, Skip, SourceHistory } from './history.ts';
import { type Finding, judgeHour, judgeMoment, type Lesson, SHORT_HOURS, study } from './judge.ts';
import type { DatasetRow, EventKind, HourRow, KindRow, SourceKey, WatchRecord } from './ports.ts';
import { HOUR, ZoneClock } from './slots.ts';

/** Delays of a span of time, as quantiles. */
export interface DelayFigures {
  readonly events: number;
  readonly p5: number;
  readonly p50: number;
  readonly p95: number;
}

/** Days of a source's life in which every kind of event is new, and none is told as such. */
const KINDS_DAYS = 2;
const DAY = 24 * HOUR;

/** One source as it is watched: its history, the hour under way, what it has taught. */
export class Watched {
  readonly key: SourceKey;
  readonly history = new SourceHistory();
  readonly kinds = new Map<string, KindRow>();
  readonly datasets = new Map<string, DatasetRow>();
  clock: ZoneClock;
  zone: string;
  lesson: Lesson | undefined;
  /** What was unusual about the last hour. */
  ofHour: readonly Finding[] = [];
  firstAt: number | undefined;
  lastAt: number | undefined;
  total = 0;
  learnFrom = 0;
  volumeFrom = 0;
  /** End of the last time in which silence was explained. */
  excusedUntil: number;
  /** Reasons for not learning from the hour under way. */
  skip = 0;
  /** Its figures have changed since they were written. */
  dirty = false;
  #open: OpenHour;
  #lastQuiet: number | undefined;

  /** @param heardFrom when we began to listen, epoch milliseconds */
  constructor(key: SourceKey, zone: string, heardFrom: number) {
    this.key = key;
    this.zone = zone;
    this.clock = new ZoneClock(zone);
    this.excusedUntil = heardFrom;
    this.#open = new OpenHour(Math.floor(heardFrom / HOUR));
    // The hour in which we began was not heard as a whole.
    if (heardFrom % HOUR > 0) this.skip = Skip.unobserved;
  }

  /** Takes up what was kept. */
  restore(record: WatchRecord): void {
    this.firstAt = record.firstAt;
    this.lastAt = Math.max(record.lastAt, this.lastAt ?? 0);
    this.total = record.events;
    this.learnFrom = record.learnFrom;
    this.volumeFrom = record.volumeFrom;
  }

  get record(): WatchRecord | undefined {
    if (this.firstAt === undefined || this.lastAt === undefined) return undefined;
    const { firstAt, lastAt, total: events, learnFrom, volumeFrom } = this;
    return { ...this.key, firstAt, lastAt, events, learnFrom, volumeFrom };
  }

  note(at: number, events: number): void {
    this.#at(at).note(at, events);
    this.firstAt ??= at;
    if (at > (this.lastAt ?? 0)) this.lastAt = at;
    this.total += events;
    this.dirty = true;
  }

  fail(failures: number): void {
    this.#open.fail(failures);
  }

  /** Hour that is under way and what is in it so far. */
  get open(): { readonly hour: number; readonly record: HourRecord } {
    return { hour: this.#open.hour, record: this.#open.record(Number.NaN, this.skip) };
  }

  /** @returns the hour that an instant falls in: logs of an hour that has ended count in the one under way */
  #at(at: number): OpenHour {
    const hour = Math.floor(at / HOUR);
    // The tick that ends the hour has not come yet: what comes meanwhile belongs to the next.
    if (hour > this.#open.hour) this.#close(hour);
    return this.#open;
  }

  #ended: { hour: number; record: HourRecord }[] = [];

  #close(next: number): void {
    this.#ended.push({ hour: this.#open.hour, record: this.#open.record(Number.NaN, this.skip) });
    for (let hour = this.#open.hour + 1; hour < next; hour++)
      this.#ended.push({ hour, record: new OpenHour(hour).record(Number.NaN, this.skip & ~Skip.unobserved) });
    this.#open = new OpenHour(next);
    this.skip = 0;
  }

  /**
   * Ends the hours that are over: judges each by what was usual before it, then learns from it.
   *
   * @param delay median delay of the hour that ended last, milliseconds
   * @returns rows that have changed, for the database
   */
  endHours(now: number, delay: number, skip: number): HourRow[] {
    const current = Math.floor(now / HOUR);
    if (current > this.#open.hour) this.#close(current);
    if (this.#ended.length === 0 && this.lesson !== undefined) return [];
    const changed = new Set<number>();
    const last = this.#ended.length - 1;
    for (const [index, { hour, record }] of this.#ended.entries()) {
      const full = { ...record, delay: index === last ? delay : Number.NaN, skip: record.skip | skip };
      this.history.set(hour, full);
      changed.add(hour);
      this.ofHour = this.lesson === undefined ? [] : judgeHour(this.lesson, this.clock, this.history);
      const reasons =
        (this.ofHour.some(({ kind }) => kind.startsWith('volume')) ? Skip.volume : 0) |
        (this.ofHour.some(({ kind }) => kind === 'parse-failures') ? Skip.failing : 0);
      if (reasons > 0) this.history.set(hour, { ...full, skip: full.skip | reasons });
      if ((reasons & Skip.volume) === 0) {
        const quiet = this.#lastQuiet ?? hour - 1;
        if (hour - 1 - quiet <= SHORT_HOURS)
          for (const one of this.history.unskip(Skip.volume, quiet + 1)) changed.add(one);
        this.#lastQuiet = hour;
      }
    }
    this.#ended = [];
    this.learn();
    return [...changed].map((hour) => ({ ...this.key, hour, record: this.history.get(hour)! }));
  }

  learn(): void {
    const from = Math.max(this.learnFrom, this.history.oldest);
    this.lesson = study(this.history, this.clock, from, Math.max(from, this.volumeFrom));
  }

  /** The hours of a silence that was told teach nothing. @returns rows that have changed */
  markSilent(since: number): HourRow[] {
    const rows: HourRow[] = [];
    for (let hour = Math.floor(since / HOUR) + 1; hour <= this.history.newest; hour++) {
      const record = this.history.get(hour);
      if (record === undefined || (record.skip & Skip.silent) !== 0) continue;
      this.history.set(hour, { ...record, skip: record.skip | Skip.silent });
      rows.push({ ...this.key, hour, record: this.history.get(hour)! });
    }
    return rows;
  }

  /** What is unusual at this moment. */
  findings(now: number, delay: DelayFigures | undefined): Finding[] {
    if (this.lesson === undefined) return [];
    return [
      ...judgeMoment(this.lesson, this.clock, {
        at: now,
        lastAt: this.lastAt,
        excusedUntil: this.excusedUntil,
        total: this.total,
        delay,
      }),
      ...this.ofHour,
    ];
  }

  /**
   * Makes what is unusual now the usual, from an instant on.
   *
   * @returns hours that count again
   */
  accept(kind: Finding['kind'], since: number): HourRow[] {
    const hour = Math.floor(since / HOUR);
    let reason: number = Skip.silent;
    if (kind.startsWith('volume')) {
      this.volumeFrom = hour;
      reason = Skip.volume;
      this.ofHour = this.ofHour.filter((finding) => !finding.kind.startsWith('volume'));
    } else if (kind === 'parse-failures') {
      reason = Skip.failing;
      this.ofHour = this.ofHour.filter((finding) => finding.kind !== kind);
    } else if (kind === 'clock') reason = Skip.clock;
    const rows = this.history
      .unskip(reason, hour)
      .map((one) => ({ ...this.key, hour: one, record: this.history.get(one)! }));
    this.dirty = true;
    this.learn();
    return rows;
  }

  /** Notes a kind of event; undefined when it is known. */
  addKind(kind: EventKind, at: number, example: string): KindRow | undefined {
    const name = kindName(kind);
    if (this.kinds.has(name)) return undefined;
    const row = { ...this.key, ...kind, firstAt: at, example };
    this.kinds.set(name, row);
    return row;
  }

  /** Kinds that came after the source was known, newest first. */
  newKinds(since: number): KindRow[] {
    const learnt = (this.firstAt ?? Number.POSITIVE_INFINITY) + KINDS_DAYS * DAY;
    return [...this.kinds.values()]
      .filter(({ firstAt }) => firstAt >= since && firstAt > learnt)
      .sort((a, b) => b.firstAt - a.firstAt);
  }
}

/** Name of a kind within its source. */
export function kindName({ dataset, action, code }: EventKind): string {
  return `${dataset}\0${action}\0${code}`;
}
