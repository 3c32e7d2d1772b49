import type { Sighting } from './sightings.ts';

export interface DiscoveryOptions {
  /** Takes the sightings of one tenant into the inventory. */
  readonly save: (tenant: string, sightings: readonly Sighting[]) => Promise<void>;
  readonly now: () => number;
  readonly log: { warn(fields: object, message: string): void };
  /** Milliseconds between two writings; default 5 s. */
  readonly every?: number;
}

/** Sightings remembered; the longest unseen one is forgotten first, and at worst written once more. */
const MAX_KNOWN = 50_000;
/** Sightings that wait to be written; what is more waits for its next event. */
const MAX_WAITING = 20_000;
/** A sighting that goes on is written again after so long, milliseconds. */
const AGAIN_AFTER = 5 * 60_000;
/** Sightings of one transaction. */
const PART = 500;

/**
 * Carries what batches saw to the inventory: new things within seconds, "seen again" every five minutes. Bounded in
 * memory and in what it writes, whatever comes in; it never holds up ingestion.
 */
export class Discovery {
  readonly #options: DiscoveryOptions;
  /** When a sighting was last written; in the order of last use. */
  readonly #known = new Map<string, number>();
  #waiting = new Map<string, Sighting>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #dropped = 0;

  constructor(options: DiscoveryOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer = setInterval(() => void this.flush(), this.#options.every ?? 5_000);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.flush();
  }

  /** Sightings that found no room. */
  get dropped(): number {
    return this.#dropped;
  }

  note(sightings: readonly Sighting[]): void {
    const now = this.#options.now();
    for (const sighting of sightings) {
      const { key } = sighting;
      const written = this.#known.get(key);
      const waiting = this.#waiting.get(key);
      if (waiting !== undefined) {
        this.#waiting.set(key, {
          ...sighting,
          firstAt: Math.min(waiting.firstAt, sighting.firstAt),
          lastAt: Math.max(waiting.lastAt, sighting.lastAt),
        });
        continue;
      }
      if (written !== undefined && now - written < AGAIN_AFTER) continue;
      if (this.#waiting.size >= MAX_WAITING) {
        this.#dropped++;
        continue;
      }
      this.#waiting.set(key, sighting);
    }
  }

  /** Writes what waits; resolves when that is done. */
  flush(): Promise<void> {
    const waiting = [...this.#waiting.values()];
    this.#waiting = new Map();
    if (waiting.length > 0) this.#writing = this.#writing.then(() => this.#write(waiting));
    return this.#writing;
  }

  async #write(sightings: readonly Sighting[]): Promise<void> {
    const { save, now, log } = this.#options;
    const tenants = new Map<string, Sighting[]>();
    for (const one of sightings) {
      const list = tenants.get(one.tenant);
      if (list === undefined) tenants.set(one.tenant, [one]);
      else list.push(one);
    }
    for (const [tenant, list] of tenants)
      for (let at = 0; at < list.length; at += PART) {
        const part = list.slice(at, at + PART);
        try {
          await save(tenant, part);
        } catch (error) {
          // They are seen again with the next events.
          log.warn({ err: error, tenant, sightings: part.length }, 'assets seen in logs not written');
          continue;
        }
        const written = now();
        for (const { key } of part) {
          this.#known.delete(key);
          this.#known.set(key, written);
        }
      }
    for (const key of this.#known.keys()) {
      if (this.#known.size <= MAX_KNOWN) break;
      this.#known.delete(key);
    }
  }
}
