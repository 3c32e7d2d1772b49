import { isIPv6 } from 'node:net';

/** Wrong tries that are free: of one account from one address, of one address, of one account from a known device. */
const FREE = { pair: 5, address: 30, device: 10 } as const;
const HOUR = 3_600_000;
const LONGEST = 900_000;
const ENTRIES = 100_000;

interface Entry {
  count: number;
  until: number;
  last: number;
}

/** Who tries: from where, at which account, and from which device if that account has signed in from it before. */
export interface Tryout {
  readonly address: string;
  readonly email: string;
  readonly knownDevice?: string | undefined;
}

/**
 * Slows down guessing of passwords. Tries are counted by address and by (account, address), never by account
 * alone: whoever guesses is held up, and nobody can lock somebody else's account from another address. A device from
 * which the account has signed in before has a count of its own, so that not even a guesser behind the same gateway
 * locks its person out.
 */
export class SignInThrottle {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Begins a try, and counts it as a wrong one until {@link SignInThrottle.succeeded} says otherwise, so that tries at
   * the same time can't all slip through before the first is found wrong.
   *
   * @returns milliseconds to wait before a try is allowed; 0: go ahead
   */
  begin(tryout: Tryout): number {
    const now = this.#now();
    const counts = this.#counts(tryout);
    const wait = Math.max(...counts.map(([key]) => (this.#entries.get(key)?.until ?? 0) - now));
    if (wait > 0) return wait;
    for (const [key, free] of counts) this.#count(key, free, now);
    return 0;
  }

  /** The try was right. */
  succeeded(tryout: Tryout): void {
    const [own, ...shared] = this.#counts(tryout);
    if (own !== undefined) this.#entries.delete(own[0]);
    for (const [key] of shared) {
      const entry = this.#entries.get(key);
      if (entry !== undefined) entry.count = Math.max(0, entry.count - 1);
    }
  }

  /** What a try is counted under, its very own first, and how many are free of each. */
  #counts({ address, email, knownDevice }: Tryout): readonly (readonly [key: string, free: number])[] {
    if (knownDevice !== undefined) return [[`device\0${email}\0${knownDevice}`, FREE.device]];
    const from = networkOf(address);
    // An address may stand for a whole office behind one gateway, so it is allowed more than one account is.
    return [
      [`pair\0${email}\0${from}`, FREE.pair],
      [`address\0${from}`, FREE.address],
    ];
  }

  #count(key: string, free: number, now: number): void {
    const entry = this.#entries.get(key) ?? { count: 0, until: 0, last: now };
    if (now - entry.last > HOUR) entry.count = 0;
    entry.count++;
    entry.last = now;
    if (entry.count >= free) entry.until = now + Math.min(LONGEST, 2000 * 2 ** (entry.count - free));
    // Put at the end again: the first of a full map is the one that was quiet for the longest.
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    if (this.#entries.size > ENTRIES) this.#forget();
  }

  /** Forgets the oldest, many at once: to find a map's first entry takes long where many before it were deleted. */
  #forget(): void {
    let left = ENTRIES / 50;
    for (const oldest of this.#entries.keys()) {
      if (left-- <= 0) return;
      this.#entries.delete(oldest);
    }
  }
}

/** An IPv4 address, or the /64 of an IPv6 one: whoever has one address of it has them all. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  if (/^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(address)) return address.slice(7);
  const [head = '', tail] = address.split('%')[0]!.split('::', 2);
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':');
    while (groups.length + after.length < 8) groups.push('0');
  }
  return groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}
