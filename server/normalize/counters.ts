import type { RawLog } from '@vigie/contracts';
import type { ReadOutcome } from '@vigie/sources';

/** A log that could not be read, kept for the person who looks after the source. */
export interface FailingExample {
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly outcome: ReadOutcome;
  /** The first 2,000 characters. */
  readonly text: string;
  readonly error?: string;
}

/** What came out of the logs of one configured source. */
export interface SourceCounts {
  readonly tenant: string;
  readonly source: string;
  readonly parsed: number;
  readonly partial: number;
  /** Read in the general form of their carrier only. */
  readonly general: number;
  readonly failed: number;
  readonly unrecognised: number;
  /** Logs whose own time was not believed. */
  readonly timeOutOfRange: number;
  /** Technologies seen, with their number of logs. */
  readonly types: Readonly<Record<string, number>>;
  /** The last few logs that were not read in full, oldest first. */
  readonly examples: readonly FailingExample[];
}

interface Counting {
  tenant: string;
  source: string;
  parsed: number;
  partial: number;
  general: number;
  failed: number;
  unrecognised: number;
  timeOutOfRange: number;
  types: Map<string, number>;
  examples: FailingExample[];
}

const EXAMPLES = 5;
const EXAMPLE_LENGTH = 2_000;

/** Counts outcomes by tenant and source. Sources are configured, so their number is bounded. */
export class NormalizeCounters {
  readonly #sources = new Map<string, Counting>();

  /** Counts one log. */
  count(
    raw: RawLog,
    outcome: ReadOutcome,
    sourceType: string | undefined,
    timeOutOfRange: boolean,
    error: string | undefined,
  ): void {
    const counting = this.#of(raw.tenant, raw.source);
    counting[outcome]++;
    if (timeOutOfRange) counting.timeOutOfRange++;
    if (sourceType !== undefined) counting.types.set(sourceType, (counting.types.get(sourceType) ?? 0) + 1);
    if (outcome === 'parsed') return;
    if (counting.examples.length >= EXAMPLES) counting.examples.shift();
    const text = raw.text.slice(0, EXAMPLE_LENGTH);
    counting.examples.push({ receivedAt: raw.receivedAt, outcome, text, error });
  }

  /** What was counted since the last call, one entry a source. */
  take(): SourceCounts[] {
    const taken = this.snapshot();
    this.#sources.clear();
    return taken;
  }

  /** Adds what other counters have {@link take}n. */
  merge(counts: readonly SourceCounts[]): void {
    for (const more of counts) {
      const own = this.#of(more.tenant, more.source);
      for (const outcome of [
        'parsed',
        'partial',
        'general',
        'failed',
        'unrecognised',
        'timeOutOfRange',
      ] as const)
        own[outcome] += more[outcome];
      for (const [type, logs] of Object.entries(more.types))
        own.types.set(type, (own.types.get(type) ?? 0) + logs);
      own.examples = [...own.examples, ...more.examples].slice(-EXAMPLES);
    }
  }

  #of(tenant: string, source: string): Counting {
    const key = `${tenant}\0${source}`;
    let counting = this.#sources.get(key);
    if (counting === undefined) {
      counting = {
        tenant,
        source,
        parsed: 0,
        partial: 0,
        general: 0,
        failed: 0,
        unrecognised: 0,
        timeOutOfRange: 0,
        types: new Map(),
        examples: [],
      };
      this.#sources.set(key, counting);
    }
    return counting;
  }

  /** A snapshot, one entry a source. */
  snapshot(): SourceCounts[] {
    return [...this.#sources.values()].map((counting) => ({
      ...counting,
      types: Object.fromEntries(counting.types),
      examples: counting.examples.slice(),
    }));
  }
}
