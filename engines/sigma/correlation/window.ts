/** The windows of one group of one correlation. */
import type { SigmaCorrelation } from '../ast.ts';
import { type Aggregate, createAggregate, type Entry, inRange } from './aggregate.ts';
import { DistinctSketch, type SketchState } from './sketch.ts';

export interface WindowLimits {
  /** Entries kept in a group; the oldest are dropped beyond. */
  readonly entries: number;
  /** Milliseconds by which an event may come after later ones and still count. */
  readonly lateness: number;
}

/** A window that fulfils the condition. */
export interface Hit {
  readonly entries: readonly Entry[];
  readonly value: number;
  readonly from: number;
  /** True where events had to be left out, so that `value` is an estimate. */
  readonly approximate?: boolean;
}

/** What became of an entry. */
export type Offer = 'kept' | 'late' | 'known' | 'covered';

/** An {@link Entry} as it is saved: time, seq, id, rule, value, origin. */
export type SavedEntry = readonly [number, number, string, number, string | number, string?];

export interface GroupState {
  readonly entries: readonly SavedEntry[];
  /** Start and end of the window last reported. */
  readonly reported: readonly [number, number] | null;
  /** Events of the open window that were counted but not kept. */
  readonly missing?: number;
  /** Estimate of different values where a group holds more than may be kept. */
  readonly sketch?: { readonly state: SketchState; readonly dropped: number };
}

/**
 * Entries in order of event time, and the window that was reported last. A group reports a window once: what
 * falls within a timespan of the first event of a reported window belongs to that report.
 */
export abstract class GroupWindow {
  protected entries: Entry[] = [];
  protected reported: readonly [number, number] | undefined;
  /** Entries dropped because the group was full. */
  dropped = 0;
  protected readonly rule: SigmaCorrelation;
  protected readonly limits: WindowLimits;

  constructor(rule: SigmaCorrelation, limits: WindowLimits) {
    this.rule = rule;
    this.limits = limits;
  }

  protected get timespan(): number {
    return this.rule.correlation.timespan;
  }

  /** Time of the newest entry. */
  get newest(): number {
    return this.entries.at(-1)?.time ?? this.reported?.[1] ?? Number.NEGATIVE_INFINITY;
  }

  /** Adds an entry. */
  offer(entry: Entry): Offer {
    if (this.isLate(entry)) return 'late';
    if (this.reported && entry.time >= this.reported[0] && entry.time <= this.reported[1]) return 'covered';
    const at = this.place(entry);
    for (let i = at - 1; i >= 0 && this.entries[i]!.time === entry.time; i--) {
      if (this.entries[i]!.id === entry.id && this.entries[i]!.rule === entry.rule) return 'known';
    }
    this.inserted(entry, at);
    return 'kept';
  }

  /** Milliseconds of event time after the newest entry in which something may still come to complete it. */
  get life(): number {
    return this.timespan + this.limits.lateness;
  }

  /** Looks for a window that fulfils the condition, given that only windows with the newest offer can. */
  abstract find(): Hit | undefined;

  /** Looks for windows that are over at a point of event time. */
  abstract close(watermark: number): Hit | undefined;

  /** Event time from which {@link close} has something to decide. */
  get due(): number | undefined {
    return undefined;
  }

  state(): GroupState {
    return {
      entries: this.entries.map(({ time, seq, id, rule, value, origin }) =>
        origin === undefined ? [time, seq, id, rule, value] : [time, seq, id, rule, value, origin],
      ),
      reported: this.reported ?? null,
    };
  }

  restore(state: GroupState): void {
    this.reported = state.reported ?? undefined;
    for (const [time, seq, id, rule, value, origin] of state.entries) {
      const entry: Entry = { time, seq, id, rule, value, origin };
      this.inserted(entry, this.place(entry));
    }
  }

  protected isLate(entry: Entry): boolean {
    return entry.time < this.newest - this.timespan - this.limits.lateness;
  }

  protected abstract inserted(entry: Entry, at: number): void;

  /** Index after all entries that are not later. */
  private place(entry: Entry): number {
    let low = 0;
    let high = this.entries.length;
    const last = this.entries[high - 1];
    if (!last || last.time <= entry.time) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.entries[middle]!.time <= entry.time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Marks a window as reported and forgets what it covers. */
  protected report(from: number): void {
    this.reported = [from, from + this.timespan];
    const [, to] = this.reported;
    this.entries = this.entries.filter((entry) => entry.time < from || entry.time > to);
  }
}

/**
 * Windows that slide with each event; decided at once. Where more events come than may be kept, different values
 * are no longer counted but estimated, until the window holds no event that was dropped.
 */
export class SlidingWindow extends GroupWindow {
  private aggregate: Aggregate;
  /** First entry that the aggregate holds. */
  private start = 0;
  private late = false;
  /** In use while the aggregate would miss what was dropped; the aggregate rests meanwhile. */
  private sketch: DistinctSketch | undefined;
  /** Time of the newest dropped entry. */
  private lastDropped = Number.NEGATIVE_INFINITY;

  constructor(rule: SigmaCorrelation, limits: WindowLimits) {
    super(rule, limits);
    this.aggregate = createAggregate(rule);
  }

  protected inserted(entry: Entry, at: number): void {
    this.late = at < this.entries.length;
    if (this.late) this.entries.splice(at, 0, entry);
    else this.entries.push(entry);
    if (this.sketch !== undefined) this.estimate(entry);
    else if (!this.late) {
      this.aggregate.add(entry);
      this.slide(entry.time - this.timespan);
    } else {
      // Events that overtake each other by a moment are common. Where no event is old enough to have left the
      // window and yet be within a timespan of this one, the present window holds all that any window with
      // this event could hold.
      const before = this.entries[this.start - 1];
      if (
        at >= this.start &&
        entry.time >= this.newest - this.timespan &&
        (before === undefined || before.time < entry.time - this.timespan)
      ) {
        this.aggregate.add(entry);
        this.late = false;
      }
    }
    this.prune();
    if (this.late) this.rebuild();
  }

  find(): Hit | undefined {
    if (this.sketch !== undefined) return this.findEstimated(this.sketch.estimate);
    if (!this.late)
      return this.aggregate.holds()
        ? this.hit(this.start, this.entries.length, this.aggregate.value)
        : undefined;
    // A late entry may complete any window it lies in: try each, moving both ends over the entries once.
    const aggregate = createAggregate(this.rule);
    let end = 0;
    for (let from = 0; from < this.entries.length; from++) {
      const limit = this.entries[from]!.time + this.timespan;
      while (end < this.entries.length && this.entries[end]!.time <= limit)
        aggregate.add(this.entries[end++]!);
      if (aggregate.holds()) return this.hit(from, end, aggregate.value);
      aggregate.remove(this.entries[from]!);
    }
    return undefined;
  }

  close(): undefined {
    return undefined;
  }

  override state(): GroupState {
    const state = super.state();
    return this.sketch === undefined
      ? state
      : { ...state, sketch: { state: this.sketch.state(), dropped: this.lastDropped } };
  }

  override restore(state: GroupState): void {
    super.restore(state);
    if (state.sketch === undefined) return;
    this.sketch = DistinctSketch.restore(this.timespan, state.sketch.state);
    this.lastDropped = state.sketch.dropped;
  }

  private hit(from: number, end: number, value: number): Hit {
    const entries = this.entries.slice(from, end);
    const first = entries[0]!.time;
    // A sum, for one, misses what was dropped.
    const approximate = this.lastDropped >= this.newest - this.timespan;
    this.report(first);
    this.rebuild();
    return { entries, value, from: first, ...(approximate ? { approximate } : {}) };
  }

  private findEstimated(value: number): Hit | undefined {
    if (!inRange(this.rule.correlation.range, value)) return undefined;
    const from = this.newest - this.timespan;
    const entries = this.entries.filter(({ time }) => time >= from);
    this.sketch = undefined;
    this.report(from);
    this.rebuild();
    return { entries, value, from, approximate: true };
  }

  private estimate(entry: Entry): void {
    this.late = false;
    this.sketch!.add(entry.time, String(entry.value));
    this.sketch!.slide(this.newest - this.timespan);
    if (this.lastDropped >= this.newest - this.timespan - this.limits.lateness) return;
    this.sketch = undefined;
    this.rebuild();
  }

  private slide(oldest: number): void {
    while (this.start < this.entries.length && this.entries[this.start]!.time < oldest)
      this.aggregate.remove(this.entries[this.start++]!);
  }

  /** Forgets what no late event can bring back into a window, and the oldest where there is too much. */
  private prune(): void {
    const { entries, lateness } = this.limits;
    const oldest = this.newest - this.timespan - lateness;
    let gone = 0;
    while (gone < this.start && this.entries[gone]!.time < oldest) gone++;
    // Moving the array costs its length: wait until it pays.
    const surplus = this.entries.length > entries + (entries >> 3) ? this.entries.length - entries : 0;
    if (surplus > 0) this.giveUp(surplus);
    const drop = surplus > 0 ? Math.max(gone, surplus) : gone > this.entries.length / 2 ? gone : 0;
    if (drop === 0) return;
    this.entries = this.entries.slice(drop);
    this.start = Math.max(0, this.start - drop);
  }

  private giveUp(surplus: number): void {
    this.dropped += surplus;
    this.lastDropped = this.entries[surplus - 1]!.time;
    if (this.sketch === undefined && this.rule.correlation.type === 'value_count') {
      this.sketch = new DistinctSketch(this.timespan);
      for (const { time, value } of this.entries) this.sketch.add(time, String(value));
      this.sketch.slide(this.newest - this.timespan);
      this.late = false;
      this.start = 0;
    }
    if (this.sketch === undefined)
      while (this.start < surplus) this.aggregate.remove(this.entries[this.start++]!);
  }

  private rebuild(): void {
    this.aggregate = createAggregate(this.rule);
    this.start = 0;
    for (const entry of this.entries) this.aggregate.add(entry);
    this.slide(this.newest - this.timespan);
  }
}

/** Entries of several rules that must come in the order of the rules. */
export class OrderedWindow extends GroupWindow {
  /**
   * For each rule, the chain of entries that has come as far as that rule and started last. A later start is
   * never worse, because chains may only be so long.
   */
  private chains: (readonly Entry[] | undefined)[] = [];

  protected inserted(entry: Entry, at: number): void {
    const late = at < this.entries.length;
    if (late) this.entries.splice(at, 0, entry);
    else this.entries.push(entry);
    const oldest = this.newest - this.timespan - this.limits.lateness;
    let gone = Math.max(0, this.entries.length - this.limits.entries);
    this.dropped += gone;
    while (gone < this.entries.length && this.entries[gone]!.time < oldest) gone++;
    if (gone > 0) this.entries = this.entries.slice(gone);
    if (!late) this.extend(entry);
    else if (gone > 0 || !this.overtakenByItsLike(entry, at)) this.rebuild();
  }

  /**
   * Whether all that came after an entry matched the same rule: then it changes no chain, since a later start
   * is never worse and every chain that it could go on has been gone on with.
   */
  private overtakenByItsLike(entry: Entry, at: number): boolean {
    const { rules } = this.rule.correlation;
    if (rules.indexOf(rules[entry.rule]!) !== rules.lastIndexOf(rules[entry.rule]!)) return false;
    for (let i = at + 1; i < this.entries.length; i++) if (this.entries[i]!.rule !== entry.rule) return false;
    return true;
  }

  /** What still waits for its first step can only be helped by an event that comes late. */
  override get life(): number {
    return this.chains[0] === undefined && this.reported === undefined ? this.limits.lateness : super.life;
  }

  find(): Hit | undefined {
    const { rules } = this.rule.correlation;
    const whole = this.chains[rules.length - 1];
    if (!whole) return undefined;
    const from = whole[0]!.time;
    this.report(from);
    this.rebuild();
    return { entries: whole, value: rules.length, from };
  }

  close(): undefined {
    return undefined;
  }

  private rebuild(): void {
    this.chains = [];
    for (const entry of this.entries) {
      this.extend(entry);
      // A chain completed in the past must not be cut short by what came after it.
      if (this.chains[this.rule.correlation.rules.length - 1]) return;
    }
  }

  private extend(entry: Entry): void {
    const { rules } = this.rule.correlation;
    // From the last rule to the first, so that one event does not take two places.
    for (let place = rules.length - 1; place >= 0; place--) {
      if (rules[place] !== rules[entry.rule]) continue;
      if (place === 0) {
        this.chains[0] = [entry];
        continue;
      }
      const before = this.chains[place - 1];
      if (!before || before.at(-1)!.id === entry.id) continue;
      if (entry.time - before[0]!.time <= this.timespan) this.chains[place] = [...before, entry];
    }
  }
}

/** Windows that begin with an event and are decided when they are over. */
export class ClosedWindow extends GroupWindow {
  private missing = 0;

  protected inserted(entry: Entry, at: number): void {
    if (this.entries.length >= this.limits.entries) {
      this.dropped++;
      this.missing++;
      return;
    }
    this.entries.splice(at, 0, entry);
  }

  override state(): GroupState {
    return { ...super.state(), missing: this.missing };
  }

  override restore(state: GroupState): void {
    super.restore(state);
    this.missing = state.missing ?? 0;
  }

  override get due(): number | undefined {
    const first = this.entries[0];
    return first && first.time + this.timespan + this.limits.lateness;
  }

  /** Whatever precedes the end of a window that has been decided. */
  protected override isLate(entry: Entry): boolean {
    return this.reported !== undefined && entry.time <= this.reported[1];
  }

  find(): undefined {
    return undefined;
  }

  close(watermark: number): Hit | undefined {
    for (let due = this.due; due !== undefined && due < watermark; due = this.due) {
      const from = this.entries[0]!.time;
      const to = from + this.timespan;
      const inside = this.entries.filter((entry) => entry.time <= to);
      const aggregate = createAggregate(this.rule);
      for (const entry of inside) aggregate.add(entry);
      this.report(from);
      const { missing } = this;
      this.missing = 0;
      const { type, range } = this.rule.correlation;
      if (missing > 0 && type === 'event_count') {
        const value = inside.length + missing;
        if (inRange(range, value)) return { entries: inside, value, from };
      } else if (aggregate.holds()) {
        return {
          entries: inside,
          value: aggregate.value,
          from,
          ...(missing > 0 ? { approximate: true } : {}),
        };
      }
    }
    return undefined;
  }
}
