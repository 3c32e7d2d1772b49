import type { EcsFields, RawLog } from '@vigie/contracts';
import type { ReadOutcome } from '@vigie/sources';
import { type DelayCounts, delayClass } from './delays.ts';

/** A log that could not be read, kept for the person who looks after the source. */
export interface FailingExample {
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly outcome: ReadOutcome;
  /** The first 2,000 characters. */
  readonly text: string;
  readonly error?: string;
}

/** A kind of event that a source has sent, with the first such log. */
export interface SeenKind {
  /** `event.dataset`, `event.action` and `event.code`; empty where the event has none. */
  readonly dataset: string;
  readonly action: string;
  readonly code: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  /** The first 500 characters. */
  readonly text: string;
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
  /** Receipt minus event time of logs that came as they were written (no imports, no demo). */
  readonly delays: DelayCounts;
  /** Kinds of event that these counters had not seen of the source. */
  readonly kinds: readonly SeenKind[];
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
  delays: Map<number, number>;
  kinds: SeenKind[];
}

/** Kinds that are told apart by source: one that makes up a new kind with every log is not followed. */
const MOST_KINDS = 1_000;
const KIND_EXAMPLE = 500;
const KIND_LENGTH = 200;
const EXAMPLES = 5;
const EXAMPLE_LENGTH = 2_000;

/** Counts outcomes by tenant and source. Sources are configured, so their number is bounded. */
export class NormalizeCounters {
  readonly #sources = new Map<string, Counting>();
  /** Kinds seen since the start, by source, dataset and action. */
  readonly #known = new Map<
    string,
    { size: number; readonly kinds: Map<string, Map<string, Set<string>>> }
  >();

  /** Notes when an event happened and what kind it is. @param time its own time, epoch milliseconds */
  observe(raw: RawLog, fields: EcsFields, time: number): void {
    const counting = this.#of(raw.tenant, raw.source);
    if (raw.transport !== 'import' && raw.transport !== 'demo') {
      const number = delayClass(raw.receivedAt - time);
      counting.delays.set(number, (counting.delays.get(number) ?? 0) + 1);
    }
    const key = `${raw.tenant}\0${raw.source}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      known = { size: 0, kinds: new Map() };
      this.#known.set(key, known);
    }
    if (known.size >= MOST_KINDS) return;
    const dataset = text(fields['event.dataset']);
    const action = text(fields['event.action']);
    const code = text(fields['event.code']);
    let actions = known.kinds.get(dataset);
    if (actions === undefined) {
      actions = new Map();
      known.kinds.set(dataset, actions);
    }
    let codes = actions.get(action);
    if (codes === undefined) {
      codes = new Set();
      actions.set(action, codes);
    }
    if (codes.has(code)) return;
    codes.add(code);
    known.size++;
    counting.kinds.push({
      dataset,
      action,
      code,
      receivedAt: raw.receivedAt,
      text: raw.text.slice(0, KIND_EXAMPLE),
    });
  }

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
      // Delays and kinds are the business of whoever watches the source, who is told of each taking.
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
        delays: new Map(),
        kinds: [],
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
      delays: Object.fromEntries(counting.delays),
      kinds: counting.kinds.slice(),
    }));
  }
}

function text(value: unknown): string {
  return typeof value === 'string'
    ? value.slice(0, KIND_LENGTH)
    : value === undefined
      ? ''
      : String(value).slice(0, KIND_LENGTH);
}
