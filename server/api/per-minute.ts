/** Counts what each of many callers does in a minute of the clock, and says when it is too much. */
export class PerMinute {
  readonly #most: number;
  readonly #now: () => number;
  #minute = 0;
  #counts = new Map<string, number>();

  constructor(most: number, now: () => number) {
    this.#most = most;
    this.#now = now;
  }

  /** Counts one. @returns false: too many of this caller */
  allow(caller: string): boolean {
    const minute = Math.floor(this.#now() / 60_000);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#counts = new Map();
    }
    const count = (this.#counts.get(caller) ?? 0) + 1;
    this.#counts.set(caller, count);
    return count <= this.#most;
  }
}
