import type { ComponentReport } from '../component.ts';
import type { Lane } from './protocol.ts';

/** Formats in which rows come back: binary for events, JSON arrays for small results. */
export type ResultFormat = 'RowBinary' | 'JSONCompactEachRow';

/**
 * The way statements reach ClickHouse: the same SQL goes to chDB in a child process or to a server over HTTP.
 *
 * Every method rejects with a `StorageError`: `VIGIE_EVENTS_UNAVAILABLE`, `VIGIE_EVENTS_BUSY`, `VIGIE_EVENTS_DISK_FULL`,
 * `VIGIE_EVENTS_QUERY_LIMIT` or `VIGIE_EVENTS_QUERY_FAILED`.
 */
export interface EventsTransport {
  readonly report: ComponentReport;
  readonly pid: number | undefined;
  /**
   * Runs a statement and returns its result.
   *
   * @param timeout for the statement itself, milliseconds; what it waits for its turn is not counted
   * @param party for whom it is; where much is asked at once, the parties take turns
   */
  run(lane: Lane, sql: string, format: ResultFormat, timeout: number, party?: string): Promise<Buffer>;
  /** Inserts a block of the `Native` format; `payload` may be reused when the promise settles. */
  insert(table: string, columns: readonly string[], payload: Uint8Array, timeout: number): Promise<void>;
  close(): Promise<void>;
}
