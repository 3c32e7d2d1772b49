/** A connector and when it is due. */
export interface Planned {
  /** `tenant/source`. */
  readonly name: string;
  readonly tenant: string;
  /** Epoch milliseconds. */
  readonly dueAt: number;
}

/**
 * Who fetches next. Of those that are due, the tenant with the fewest fetches under way goes first, then the
 * one that had its turn longest ago, then the connector that has waited longest: many connectors of one
 * client, or one with years to catch up on, do not hold up another client's.
 */
export class Schedule {
  readonly #planned = new Map<string, Planned>();
  readonly #lastTurn = new Map<string, number>();
  #turns = 0;

  put(planned: Planned): void {
    this.#planned.set(planned.name, planned);
  }

  remove(name: string): void {
    this.#planned.delete(name);
  }

  /** Makes a planned one due earlier. */
  advance(name: string, dueAt: number): void {
    const planned = this.#planned.get(name);
    if (planned !== undefined && planned.dueAt > dueAt) this.#planned.set(name, { ...planned, dueAt });
  }

  /**
   * The one whose turn it is; it stays planned.
   *
   * @param running names of those under way
   */
  take(now: number, running: Iterable<string>): Planned | undefined {
    const busy = new Set(running);
    const load = new Map<string, number>();
    for (const name of busy) {
      const tenant = name.slice(0, name.indexOf('/'));
      load.set(tenant, (load.get(tenant) ?? 0) + 1);
    }
    let best: Planned | undefined;
    for (const planned of this.#planned.values())
      if (
        planned.dueAt <= now &&
        !busy.has(planned.name) &&
        (best === undefined || this.#before(planned, best, load))
      )
        best = planned;
    if (best !== undefined) this.#lastTurn.set(best.tenant, ++this.#turns);
    return best;
  }

  /** When the next of those that are not under way is due. */
  nextDue(running: Iterable<string>): number | undefined {
    const busy = new Set(running);
    let next: number | undefined;
    for (const { name, dueAt } of this.#planned.values())
      if (!busy.has(name) && (next === undefined || dueAt < next)) next = dueAt;
    return next;
  }

  #before(a: Planned, b: Planned, load: ReadonlyMap<string, number>): boolean {
    const order =
      (load.get(a.tenant) ?? 0) - (load.get(b.tenant) ?? 0) ||
      (this.#lastTurn.get(a.tenant) ?? 0) - (this.#lastTurn.get(b.tenant) ?? 0) ||
      a.dueAt - b.dueAt;
    return order < 0;
  }
}
