import type { Event, RawLog } from '@vigie/contracts';
import { contentDigest } from './event-id.ts';
import type { BatchStore, MomentStore } from './ports.ts';
import { UncertainLogs } from './uncertain-logs.ts';

/** Repeats are recognised only where the protocol has acknowledgements that can get lost. */
const ACKNOWLEDGING = new Set([
  'http',
  'elasticsearch',
  'splunk-hec',
  'otlp',
  'lumberjack',
  'gelf-http',
  'wef',
]);
/** How many numbers back batches are looked for; moments have numbers, too. */
const SPAN = 1_000;

/** Whether senders of this transport are told that their logs are stored. */
export function isAcknowledging(transport: RawLog['transport']): boolean {
  return ACKNOWLEDGING.has(transport);
}

/** Of one request: what was sent before, by the moment at which it is stored, and what was not. */
export interface Sifted {
  readonly fresh: readonly RawLog[];
  readonly repeats: ReadonlyMap<Promise<void>, readonly RawLog[]>;
}

/** Logs whose sender may not know that they are stored, and may therefore send them again. */
export class Repeats {
  readonly #uncertain = new UncertainLogs();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Remembers logs that are, or will be, stored without their sender's knowing. */
  remember(logs: readonly RawLog[], stored: Promise<void>): void {
    const now = this.#now();
    for (const raw of logs)
      if (raw.key === undefined && isAcknowledging(raw.transport))
        this.#uncertain.add(contentDigest(raw), stored, now);
  }

  /** Tells repeats from what is new, in the logs of one request. */
  sift(logs: readonly RawLog[]): Sifted {
    const repeats = new Map<Promise<void>, RawLog[]>();
    if (this.#uncertain.size === 0 || !isAcknowledging(logs[0]!.transport)) return { fresh: logs, repeats };
    const now = this.#now();
    const fresh = logs.filter((raw) => {
      const stored = raw.key === undefined ? this.#uncertain.take(contentDigest(raw), now) : undefined;
      if (stored === undefined) return true;
      const list = repeats.get(stored);
      if (list === undefined) repeats.set(stored, [raw]);
      else list.push(raw);
      return false;
    });
    return { fresh, repeats };
  }

  /** Forgets what nobody will send again. */
  expire(): void {
    this.#uncertain.expire(this.#now());
  }

  /**
   * Remembers the logs of the requests that were under way when the process died. They are in the last two batches:
   * the one in flight and, where it died while answering, the one before. A request that fills several batches is
   * answered after the last of them, so its logs are in earlier ones as well; they share its receive time.
   *
   * @param last number of the last batch of events
   * @param batch logs of a full batch, and batches that the largest request can fill
   */
  async rememberUnanswered(
    store: BatchStore,
    moments: MomentStore | undefined,
    last: number,
    batch: { readonly size: number; readonly most: number },
  ): Promise<void> {
    const now = this.#now();
    const before = await batchesBack(moments, last, 2);
    const requests = new Set<string>();
    const requestOf = ({ tenant, source, receivedAt }: Event) => `${tenant}\0${source}\0${receivedAt}`;
    const add = ({ id }: Event) => this.#uncertain.add(id.slice(0, 16), Promise.resolve(), now);
    let full = false;
    for await (const { events } of store.batchesAfter(before)) {
      full ||= events.length > batch.size / 2;
      for (const event of events) {
        requests.add(requestOf(event));
        add(event);
      }
    }
    // A part of a large request fills a batch of its own, or is its last and smaller one.
    if (!full) return;
    for await (const { sequence, events } of store.batchesAfter(
      await batchesBack(moments, before, batch.most),
    )) {
      if (sequence > before) return;
      for (const event of events) if (requests.has(requestOf(event))) add(event);
    }
  }
}

/** The number that precedes so many batches of events; moments have numbers, too. */
async function batchesBack(moments: MomentStore | undefined, from: number, batches: number): Promise<number> {
  const passed = new Set(await moments?.sequencesSince(from - SPAN));
  let number = from;
  for (let left = batches; number > 0 && number > from - SPAN; number--)
    if (!passed.has(number) && left-- === 0) break;
  return Math.max(0, number);
}
