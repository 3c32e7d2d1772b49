const MINUTE = 60_000;
/** Records of nobody known, a minute, from one address and in all. */
const MOST = { address: 30, all: 300 } as const;

/**
 * Keeps those who have no account from filling the log: what they try beyond a number a minute is counted only,
 * and the count is told when the minute is over.
 */
export class Flood {
  readonly #now: () => number;
  #began = 0;
  #all = 0;
  #addresses = new Map<string, number>();
  #left = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whether one more from this address is written down; one that is not is counted. */
  admits(address: string): boolean {
    if (this.takes(address)) return true;
    this.#left++;
    return false;
  }

  /** As {@link admits}, for one that will be asked about again when it is over. */
  takes(address: string): boolean {
    const now = this.#now();
    if (now - this.#began >= MINUTE) {
      this.#began = now;
      this.#all = 0;
      this.#addresses.clear();
    }
    const count = (this.#addresses.get(address) ?? 0) + 1;
    if (count > MOST.address || this.#all >= MOST.all) return false;
    this.#addresses.set(address, count);
    this.#all++;
    return true;
  }

  /** How many were left out in minutes that are over, once. */
  takeLeft(): number {
    if (this.#left === 0 || this.#now() - this.#began < MINUTE) return 0;
    const left = this.#left;
    this.#left = 0;
    return left;
  }
}
