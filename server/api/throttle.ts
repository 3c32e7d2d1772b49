/**
 * Slows down guessing of passwords. Failures are counted by address and by (account, address): whoever
 * guesses is held up, and nobody can lock somebody else's account from another address.
 */
export class SignInThrottle {
  readonly #failures = new Map<string, { count: number; until: number; last: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Milliseconds to wait before the next try; 0: go ahead. */
  waitFor(address: string, email: string): number {
    const now = this.#now();
    return Math.max(0, this.#until(address) - now, this.#until(`${address}\0${email}`) - now);
  }

  failed(address: string, email: string): void {
    // An address may stand for a whole office behind one gateway, so it is allowed more than one account is.
    this.#count(`${address}\0${email}`, 5);
    this.#count(address, 30);
  }

  succeeded(address: string, email: string): void {
    this.#failures.delete(`${address}\0${email}`);
  }

  #until(key: string): number {
    return this.#failures.get(key)?.until ?? 0;
  }

  #count(key: string, free: number): void {
    const now = this.#now();
    if (this.#failures.size > 100_000) this.#failures.clear();
    const entry = this.#failures.get(key) ?? { count: 0, until: 0, last: now };
    if (now - entry.last > 3_600_000) entry.count = 0;
    entry.count++;
    entry.last = now;
    if (entry.count >= free) entry.until = now + Math.min(900_000, 2000 * 2 ** (entry.count - free));
    this.#failures.set(key, entry);
  }
}
