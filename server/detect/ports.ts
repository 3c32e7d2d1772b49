import type { Event, EventBatch, EventQuery, TimeRange } from '@vigie/contracts';

/** One page of events, newest first; `next` is an opaque cursor, absent on the last page. */
export interface EventPage {
  readonly items: readonly Event[];
  readonly next?: string;
}

/** The event store as the stages see it. Implemented in `server/storage/events` only. */
export interface EventStore {
  /**
   * Stores a batch durably (fsynced when it resolves). Calling again with the same batch after a failure
   * stores nothing twice, however far the first call came.
   *
   * @throws `VIGIE_EVENTS_UNAVAILABLE` (retryable) or `VIGIE_EVENTS_DISK_FULL` (retryable when there is room)
   */
  insert(batch: EventBatch): Promise<void>;
  /** Events of one query, newest first (time, then id). */
  search(query: EventQuery, page: { readonly limit: number; readonly cursor?: string }): Promise<EventPage>;
  /** Counts in `buckets` equal slices of the range, oldest first. */
  histogram(query: EventQuery, buckets: number): Promise<number[]>;
  /** One event; `time` (epoch ms) narrows the look-up when known. */
  get(tenant: string, id: string, time?: number): Promise<Event | undefined>;
  /** Which of these ids are stored already; `range` must span the events' times. */
  existing(tenant: string, ids: readonly string[], range: TimeRange): Promise<Set<string>>;
  /** Batches with a sequence above `after`, in order, for detecting again what was stored but not judged. */
  batchesAfter(after: number): AsyncIterable<EventBatch>;
  /** Highest stored sequence; 0 when empty. */
  lastSequence(): Promise<number>;
  /** Counts by tenant, source and dataset, with parse failures and the last receive time, since `from` (epoch ms). */
  sourceStats(from: number): Promise<readonly SourceStats[]>;
  /** Counts by tenant, source, dataset and hour of receipt, since the hour of `from` (epoch ms), oldest first. */
  sourceHours(from: number): Promise<readonly SourceHour[]>;
  /** Events of this tenant older than this many days disappear; applies to stored events too. */
  setRetention(tenant: string, days: number): Promise<void>;
  /** Removes every event of a tenant (demo data, end of contract). */
  eraseTenant(tenant: string): Promise<void>;
  /** Rows, bytes on disk, and whether the store answers. */
  status(): Promise<{ readonly rows: number; readonly bytes: number }>;
  close(): Promise<void>;
}

export interface SourceStats {
  readonly tenant: string;
  readonly source: string;
  readonly dataset: string;
  readonly events: number;
  readonly parseFailures: number;
  readonly lastReceivedAt: number;
}

/** What came from a source in one hour, of one dataset. */
export interface SourceHour {
  readonly tenant: string;
  readonly source: string;
  readonly dataset: string;
  /** Whole hours since 1970, UTC. */
  readonly hour: number;
  readonly events: number;
  readonly parseFailures: number;
  readonly lastReceivedAt: number;
}
