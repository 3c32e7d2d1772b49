import type { CompiledCorrelation } from './compile.ts';
import { Deadlines } from './deadlines.ts';
import { ClosedWindow, type GroupWindow, OrderedWindow, SlidingWindow } from './window.ts';

/** Events that a correlation counts together. */
export interface Group {
  readonly key: string;
  readonly compiled: CompiledCorrelation;
  readonly scope: string;
  readonly values: readonly string[];
  readonly window: GroupWindow;
  /** How far the scope's event time had come when the group last took an event. */
  touched: number;
}

export interface GroupLimits {
  /** Milliseconds an event may come after later ones. */
  readonly lateness: number;
  /** Groups held; the least recently used go first. */
  readonly maxGroups: number;
  /** Events held in a group. */
  readonly maxEntries: number;
}

/** The groups of all correlations, when their windows are over, and when they may be forgotten. */
export class Groups {
  /** Groups given up because there were too many. */
  evicted = 0;
  readonly #limits: GroupLimits;
  readonly #groups = new Map<string, Group>();
  /** By scope: groups whose windows are decided when they are over. */
  readonly #deadlines = new Map<string, Deadlines>();
  /** By scope: groups by the time after which they may be forgotten; a group that lives on is put back. */
  readonly #expiries = new Map<string, Deadlines>();

  constructor(limits: GroupLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#groups.size;
  }

  /** The least recently used first. */
  all(): Iterable<Group> {
    return this.#groups.values();
  }

  /** Scopes that have, or had, windows that wait for their end. */
  scopes(): Iterable<string> {
    return this.#deadlines.keys();
  }

  clear(): void {
    this.#groups.clear();
    this.#deadlines.clear();
    this.#expiries.clear();
  }

  /**
   * The group of these values, made where there is none.
   *
   * @param watermark how far the scope's event time has come
   */
  use(compiled: CompiledCorrelation, scope: string, values: readonly string[], watermark: number): Group {
    const key = `${compiled.key}\u0000${scope}\u0000${values.join('\u0000').toLowerCase()}`;
    let group = this.#groups.get(key);
    if (group) {
      // A map keeps the order of insertion: what was used last stands last.
      this.#groups.delete(key);
    } else {
      group = { key, compiled, scope, values, window: this.#window(compiled), touched: watermark };
      this.#evict();
    }
    this.#groups.set(key, group);
    return group;
  }

  /** Notes when a group's next window is over. */
  remind(group: Group): void {
    const { due } = group.window;
    if (due !== undefined) deadlinesOf(this.#deadlines, group.scope).add(due, group.key);
  }

  /** Notes when a group may be forgotten. */
  expire(group: Group): void {
    deadlinesOf(this.#expiries, group.scope).add(expiryOf(group), group.key);
  }

  /** Takes a group of the scope whose window was to be over by then; undefined where there is none left. */
  takeDue(scope: string, watermark: number): Group | undefined {
    const deadlines = this.#deadlines.get(scope);
    for (let key = deadlines?.take(watermark); key !== undefined; key = deadlines?.take(watermark)) {
      const group = this.#groups.get(key);
      if (group) return group;
    }
    return undefined;
  }

  /** Drops the groups of a scope that nothing can complete any more. */
  forget(scope: string, watermark: number): void {
    const expiries = this.#expiries.get(scope);
    for (let key = expiries?.take(watermark); key !== undefined; key = expiries?.take(watermark)) {
      const group = this.#groups.get(key);
      if (!group) continue;
      if (expiryOf(group) < watermark) this.#groups.delete(key);
      else this.expire(group);
    }
  }

  /** For each scope that has windows waiting for their end, when the first of them is decided. Never later than it is. */
  *dues(): Generator<readonly [scope: string, due: number]> {
    for (const [scope, deadlines] of this.#deadlines) {
      for (let first = deadlines.first; first !== undefined; first = deadlines.first) {
        // A group may be gone, or its first window decided and the next one noted further back.
        const due = this.#groups.get(first.key)?.window.due;
        if (due !== undefined && due <= first.due) {
          yield [scope, first.due];
          break;
        }
        deadlines.take(Number.POSITIVE_INFINITY);
      }
    }
  }

  #window({ rule, atOnce }: CompiledCorrelation): GroupWindow {
    const { lateness, maxEntries } = this.#limits;
    const { range, type } = rule.correlation;
    // A threshold above the limit could never be reached.
    const entries = Math.max(maxEntries, 2 * Math.max(range.gt ?? 0, range.gte ?? 0, range.eq ?? 0));
    const limits = { entries: type.startsWith('value_') ? maxEntries : entries, lateness };
    if (!atOnce) return new ClosedWindow(rule, limits);
    return type === 'temporal_ordered' ? new OrderedWindow(rule, limits) : new SlidingWindow(rule, limits);
  }

  /** Gives up the least recently used group where there are too many. */
  #evict(): void {
    if (this.#groups.size < this.#limits.maxGroups) return;
    this.evicted++;
    this.#groups.delete(this.#groups.keys().next().value!);
  }
}

function deadlinesOf(byScope: Map<string, Deadlines>, scope: string): Deadlines {
  let deadlines = byScope.get(scope);
  if (!deadlines) {
    deadlines = new Deadlines();
    byScope.set(scope, deadlines);
  }
  return deadlines;
}

/**
 * Event time after which a group may be forgotten. A source that delivers late, hours perhaps, still has its
 * events correlated with each other: counted from where event time stood when they came.
 */
function expiryOf({ window, touched }: Group): number {
  return Math.max(window.newest, touched) + window.life;
}
