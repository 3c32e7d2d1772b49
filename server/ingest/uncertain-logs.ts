/** Milliseconds between two looks through all entries. */
const SWEEP_EVERY = 10_000;

/**
 * Logs that are stored, or about to be, while their sender may not know it: the process died or the
 * connection broke before the acknowledgement arrived. When the sender repeats one of them it is
 * acknowledged as soon as the first copy is stored, and not stored again.
 *
 * It counts: a log stored twice and repeated three times is stored three times in all. An entry is
 * forgotten after a while, since by then an equal log is a new one.
 */
export class UncertainLogs {
  readonly #entries = new Map<string, { stored: Promise<void>; until: number }[]>();
  readonly #keepFor: number;
  #size = 0;
  #sweptAt = 0;

  /** @param keepFor milliseconds an entry is remembered */
  constructor(keepFor = 600_000) {
    this.#keepFor = keepFor;
  }

  get size(): number {
    return this.#size;
  }

  /** @param stored resolves when the first copy is durable, rejects when it was given up */
  add(digest: string, stored: Promise<void>, now: number): void {
    const list = this.#entries.get(digest);
    const entry = { stored, until: now + this.#keepFor };
    if (list === undefined) this.#entries.set(digest, [entry]);
    else list.push(entry);
    this.#size++;
  }

  /** Takes one entry for this log, if there is one: the caller acknowledges when it resolves. */
  take(digest: string, now: number): Promise<void> | undefined {
    if (this.#size === 0) return undefined;
    const list = this.#entries.get(digest);
    if (list === undefined) return undefined;
    const entry = list.shift();
    if (list.length === 0) this.#entries.delete(digest);
    if (entry === undefined) return undefined;
    this.#size--;
    return entry.until >= now ? entry.stored : undefined;
  }

  /** Forgets what is too old; may be called often. */
  expire(now: number): void {
    if (now - this.#sweptAt < SWEEP_EVERY) return;
    this.#sweptAt = now;
    for (const [digest, list] of this.#entries) {
      const fresh = list.filter((entry) => entry.until >= now);
      this.#size -= list.length - fresh.length;
      if (fresh.length === 0) this.#entries.delete(digest);
      else this.#entries.set(digest, fresh);
    }
  }
}
