import type { MatchedBatch, MatchedEvent } from './matched.ts';

/** Times are milliseconds. */
export interface IdleClockOptions {
  /** A tenant that has sent nothing for so long is idle. */
  readonly idle: number;
  readonly now: () => number;
}

interface Delay {
  /** Longest delay seen since `since`, and in the span before it. */
  current: number;
  before: number;
  since: number;
}

/** A delay is remembered for one to two such spans. */
const SPAN = 6 * 3_600_000;
/** What comes later than this is history that somebody sends, not a source that is slow. */
const MAX_DELAY = 3_600_000;

/**
 * The clock of tenants that are silent. As long as events come they say how late it is; windows that wait for
 * their end (fewer than so many, an average, "and not") would wait for ever at a tenant that sends nothing more.
 *
 * For such a tenant it is as late as the clock on the wall says, less what its events have lately taken to arrive:
 * a source that is fetched every ten minutes has its windows decided ten minutes later.
 */
export class IdleClock {
  readonly #options: IdleClockOptions;
  readonly #startedAt: number;
  readonly #heard = new Map<string, number>();
  readonly #delays = new Map<string, Delay>();

  constructor(options: IdleClockOptions) {
    this.#options = options;
    this.#startedAt = options.now();
  }

  /** Notes that events of these tenants came. */
  heard(clocks: MatchedBatch['clocks']): void {
    const now = this.#options.now();
    for (const [tenant] of clocks) this.#heard.set(tenant, now);
  }

  /** Notes how long events took to arrive. Only those that a rule matched can matter to a window. */
  note(matched: readonly MatchedEvent[]): void {
    for (const { event } of matched) {
      const delay = event.receivedAt - event.time;
      if (delay <= this.#options.idle || delay > MAX_DELAY) continue;
      const known = this.#delay(event.tenant);
      if (delay > known.current) known.current = delay;
    }
  }

  /**
   * The tenants that are idle and have windows which are over by now.
   *
   * @param dues the event times that decide the first windows of a tenant
   * @returns how far time has come for each of them, epoch milliseconds
   */
  over(dues: Iterable<readonly [tenant: string, due: number]>): MatchedBatch['clocks'] {
    const { idle, now: clock } = this.#options;
    const now = clock();
    const over = new Map<string, number>();
    for (const [tenant, due] of dues) {
      if (now - (this.#heard.get(tenant) ?? this.#startedAt) < idle) continue;
      const { current, before } = this.#delay(tenant);
      const time = now - Math.max(idle, current, before);
      if (due < time) over.set(tenant, time);
    }
    return [...over];
  }

  #delay(tenant: string): Delay {
    const now = this.#options.now();
    let delay = this.#delays.get(tenant);
    if (delay === undefined) {
      delay = { current: 0, before: 0, since: now };
      this.#delays.set(tenant, delay);
    } else if (now - delay.since >= SPAN) {
      delay.before = now - delay.since >= 2 * SPAN ? 0 : delay.current;
      delay.current = 0;
      delay.since = now;
    }
    return delay;
  }
}
