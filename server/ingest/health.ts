import type { RawLog } from '@vigie/contracts';

const MINUTE = 60_000;
const RING = 60;

/** What a person wants to know of a source at a glance. */
export interface HealthFigures {
  /** Events a second over the last full minute. */
  readonly rate: number;
  readonly lastSeenAt: number | null;
  /** Events by minute over the last hour, oldest first. */
  readonly recent: number[];
}

interface Ring {
  readonly counts: Uint32Array;
  /** Minute (epoch) of the newest slot. */
  minute: number;
  lastAt: number;
}

/** An hour of rates by source, kept in memory: cheap to add to, gone at a restart until the store is asked. */
export class SourceHealth {
  readonly #rings = new Map<string, Ring>();

  /** Counts logs that were stored. */
  note(logs: readonly Pick<RawLog, 'tenant' | 'source' | 'receivedAt'>[]): void {
    for (let from = 0, to = 0; from < logs.length; from = to) {
      // Logs that came together are counted together.
      const { tenant, source, receivedAt } = logs[from]!;
      const alike = (log: (typeof logs)[number]) =>
        log.receivedAt === receivedAt && log.source === source && log.tenant === tenant;
      while (to < logs.length && alike(logs[to]!)) to++;
      this.#add(this.#ring(tenant, source, receivedAt), receivedAt, to - from);
    }
  }

  /** Tells when a source was heard before the start. */
  seed(tenant: string, source: string, lastAt: number): void {
    const ring = this.#ring(tenant, source, lastAt);
    ring.lastAt = Math.max(ring.lastAt, lastAt);
  }

  /** @param now epoch milliseconds */
  figures(tenant: string, source: string, now: number): HealthFigures {
    const ring = this.#rings.get(`${tenant}/${source}`);
    if (ring === undefined) return { rate: 0, lastSeenAt: null, recent: new Array<number>(RING).fill(0) };
    const minute = Math.floor(now / MINUTE);
    const recent: number[] = [];
    for (let m = minute - RING + 1; m <= minute; m++)
      recent.push(m > ring.minute - RING && m <= ring.minute ? ring.counts[m % RING]! : 0);
    const elapsed = Math.max(1, (now % MINUTE) / 1000);
    const rate = elapsed > 20 ? recent.at(-1)! / elapsed : (recent.at(-1)! + recent.at(-2)!) / (60 + elapsed);
    return {
      rate: Math.round(rate * 100) / 100,
      lastSeenAt: ring.lastAt,
      recent,
    };
  }

  /** Events a second over all sources, last minute. */
  totalRate(now: number): number {
    let rate = 0;
    for (const key of this.#rings.keys()) {
      const slash = key.indexOf('/');
      rate += this.figures(key.slice(0, slash), key.slice(slash + 1), now).rate;
    }
    return Math.round(rate * 100) / 100;
  }

  #ring(tenant: string, source: string, at: number): Ring {
    const key = `${tenant}/${source}`;
    let ring = this.#rings.get(key);
    if (ring === undefined) {
      ring = {
        counts: new Uint32Array(RING),
        minute: Math.floor(at / MINUTE),
        lastAt: at,
      };
      this.#rings.set(key, ring);
    }
    return ring;
  }

  #add(ring: Ring, at: number, n: number): void {
    const minute = Math.floor(at / MINUTE);
    if (minute > ring.minute) {
      for (let m = Math.max(ring.minute + 1, minute - RING + 1); m <= minute; m++) ring.counts[m % RING] = 0;
      ring.minute = minute;
    }
    if (minute > ring.minute - RING) ring.counts[minute % RING]! += n;
    if (at > ring.lastAt) ring.lastAt = at;
  }
}
