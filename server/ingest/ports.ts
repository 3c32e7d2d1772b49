import type { EventBatch, RawLog, TimeRange } from '@vigie/contracts';

/** Rows in the event store's own form. */
export interface StorableBlock {
  readonly rows: number;
  /** Valid until the next call. */
  readonly bytes: Uint8Array;
}

/** A batch that can be stored, as a whole or, after a failed attempt, what is missing of it. */
export interface StorableBatch {
  readonly sequence: number;
  /** @param skip keys (`eventKey`) of the rows that are stored already */
  block(skip: ReadonlySet<string>): Promise<StorableBlock>;
}

/** Ids and times of a tenant's logs that have an identity of their own. */
export interface KeyedLogs {
  readonly tenant: string;
  readonly ids: readonly string[];
  /** First and last event time, epoch milliseconds, both included. */
  readonly range: TimeRange;
}

/** Logs that were read: ready for the store, and held against the rules. */
export interface PreparedBatch<Matched> extends StorableBatch {
  /** Rows of it: the logs without those that were to be skipped, and without repeats of keyed ones. */
  readonly rows: number;
  /** By log: 1 where it became a row. Absent where all did. */
  readonly kept?: Uint8Array;
  readonly keyed: readonly KeyedLogs[];
  readonly matched: Matched;
}

/** Reads logs: normalise, enrich, encode, match. Never fails for what a log holds. */
export interface Preparer<Matched> {
  /** Batches that are worth preparing at the same time. */
  readonly parallel: number;
  /** @param skip keys (`eventKey`) of keyed logs that are stored already */
  prepare(
    logs: readonly RawLog[],
    sequence: number,
    skip: ReadonlySet<string>,
  ): Promise<PreparedBatch<Matched>>;
}

/** The part of the event store that ingestion writes to. */
export interface BatchStore {
  insertBatch(batch: StorableBatch): Promise<void>;
  existing(tenant: string, ids: readonly string[], range: TimeRange): Promise<Set<string>>;
  lastSequence(): Promise<number>;
  batchesAfter(after: number): AsyncIterable<EventBatch>;
}

/** How far time has come at tenants that send nothing, noted so that the same is decided after a restart. */
export interface Moment {
  /** Its place among the batches: it follows all of them with a lower number. */
  readonly sequence: number;
  /** The last batch of events before it; 0 where there is none. */
  readonly after: number;
  /** Epoch milliseconds, by tenant. */
  readonly clocks: readonly (readonly [tenant: string, time: number])[];
  /** When it was noted, epoch milliseconds. */
  readonly at: number;
}

/** Keeps moments. */
export interface MomentStore {
  add(moment: Moment): Promise<void>;
  /** Number of the last moment; 0 where there is none. */
  lastSequence(): Promise<number>;
  /** Numbers of the moments from one number on, ascending. */
  sequencesSince(sequence: number): Promise<number[]>;
}

/** Where stored batches go to be judged; resolves when there is room for more. */
export interface BatchConsumer<Matched> {
  push(batch: Matched): Promise<void>;
}

/** Where ingestion writes what an operator should know. */
export interface IngestLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
