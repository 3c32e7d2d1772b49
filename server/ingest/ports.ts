import type { Event, EventBatch, RawLog, TimeRange } from '@vigie/contracts';

/** Turns a raw log into an event; never throws on a log's content. */
export type Normalize = (raw: RawLog, id: string) => Event;

/** The part of the event store that ingestion writes to. */
export interface BatchStore {
  insert(batch: EventBatch): Promise<void>;
  existing(tenant: string, ids: readonly string[], range: TimeRange): Promise<Set<string>>;
  lastSequence(): Promise<number>;
  batchesAfter(after: number): AsyncIterable<EventBatch>;
}

/** Where stored batches go to be judged; resolves when there is room for more. */
export interface BatchConsumer {
  push(batch: EventBatch): Promise<void>;
}

/** Where ingestion writes what an operator should know. */
export interface IngestLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
