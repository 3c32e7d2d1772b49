import { type DelayCounts, delayQuantiles, type SourceCounts } from '../../normalize/index.ts';
import type { DelayFigures, SourceKey } from '../../watch/index.ts';

/** Delays of one source: of this hour and of the one before. */
interface Delays {
  hour: number;
  now: Map<number, number>;
  before: DelayCounts;
}

/** How long the logs of each source take to arrive, of the hour that goes on and of the one before. */
export class SourceDelays {
  readonly #delays = new Map<string, Delays>();

  /** Adds what the parsers have counted. @param hour whole hours since 1970 */
  add(key: SourceKey, hour: number, counts: SourceCounts['delays']): void {
    const { now } = this.#at(key, hour);
    for (const [number, events] of Object.entries(counts))
      now.set(Number(number), (now.get(Number(number)) ?? 0) + events);
  }

  /** Of both hours, or of the one that has `ended` only; undefined where nothing was counted. */
  of(key: SourceKey, hour: number, ended: boolean): DelayFigures | undefined {
    const delays = this.#at(key, hour);
    const found = delayQuantiles(
      ended ? [delays.before] : [delays.before, Object.fromEntries(delays.now)],
      [0.05, 0.5, 0.95],
    );
    if (found === undefined) return undefined;
    const [p5 = 0, p50 = 0, p95 = 0] = found.values;
    return { events: found.events, p5, p50, p95 };
  }

  #at(key: SourceKey, hour: number): Delays {
    const name = `${key.tenant}/${key.source}`;
    let delays = this.#delays.get(name);
    if (delays === undefined) {
      delays = { hour, now: new Map(), before: {} };
      this.#delays.set(name, delays);
    }
    if (delays.hour !== hour) {
      delays.before = delays.hour === hour - 1 ? Object.fromEntries(delays.now) : {};
      delays.now = new Map();
      delays.hour = hour;
    }
    return delays;
  }
}
