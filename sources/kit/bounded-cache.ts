/** Strings longer than this are worked out each time: they seldom repeat and would fill the memory. */
const MAX_KEY = 1_024;

/**
 * A cache of what is worked out from a string, bounded by generations: a full young generation becomes the old
 * one, and what is asked for again moves back to the young one. This keeps what was used lately, as an LRU list
 * does, at the price of one look-up and no list to mend on a hit.
 *
 * Keys are copied, because a key cut out of a log would keep the whole log in memory.
 */
export class BoundedCache<V extends object> {
  readonly #capacity: number;
  #young = new Map<string, V>();
  #old = new Map<string, V>();

  /** @param capacity entries a generation; at most twice as many are held */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Entries held now. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }

  /** The value for `key`, made on first sight. `make` must depend on the key alone. */
  get(key: string, make: (key: string) => V): V {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    if (key.length > MAX_KEY) return make(key);
    const old = this.#old.get(key);
    const value = old ?? make(key);
    if (this.#young.size >= this.#capacity) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(ownCopy(key), value);
    return value;
  }
}

/** The same text in memory of its own. */
function ownCopy(text: string): string {
  return Buffer.from(text, 'utf16le').toString('utf16le');
}
