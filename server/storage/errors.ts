/**
 * Coded operational failures of storage.
 *
 * | code | meaning | again? |
 * |---|---|---|
 * | `VIGIE_EVENTS_UNAVAILABLE` | the event store's process is starting, dead or did not answer in time | yes |
 * | `VIGIE_EVENTS_BUSY` | more searches are asked for than can be run for now | yes |
 * | `VIGIE_EVENTS_DISK_FULL` | the event store's disk is full | yes, when there is room |
 * | `VIGIE_EVENTS_LOCKED` | another process holds the event store's folder | no |
 * | `VIGIE_EVENTS_SCHEMA_NEWER` | the folder was written by a newer version | no |
 * | `VIGIE_EVENTS_QUERY_INVALID` | cursor, network, time range or query tree that cannot be run | no |
 * | `VIGIE_EVENTS_QUERY_LIMIT` | a query exceeded its time or memory | no |
 * | `VIGIE_EVENTS_QUERY_FAILED` | the database refused a statement | no |
 * | `VIGIE_STATE_UNAVAILABLE` | PostgreSQL is down, restarting or refused for a passing reason | yes |
 * | `VIGIE_STATE_START_FAILED` | PostgreSQL could not be started; the cause says why | no |
 * | `VIGIE_STATE_LOCKED` | another program's PostgreSQL holds the folder | no |
 * | `VIGIE_STATE_NO_UNPRIVILEGED_USER` | run as root and no other user for PostgreSQL could be found or made | no |
 * | `VIGIE_STATE_SCHEMA_NEWER` | the database was migrated by a newer version | no |
 * | `VIGIE_STATE_MIGRATION_CHANGED` | an applied migration's text differs from the one shipped | no |
 * | `VIGIE_STATE_MIGRATION_FAILED` | a migration's statement failed; nothing of it was kept | no |
 */
export type StorageErrorCode =
  | 'VIGIE_EVENTS_UNAVAILABLE'
  | 'VIGIE_EVENTS_BUSY'
  | 'VIGIE_EVENTS_DISK_FULL'
  | 'VIGIE_EVENTS_LOCKED'
  | 'VIGIE_EVENTS_SCHEMA_NEWER'
  | 'VIGIE_EVENTS_QUERY_INVALID'
  | 'VIGIE_EVENTS_QUERY_LIMIT'
  | 'VIGIE_EVENTS_QUERY_FAILED'
  | 'VIGIE_STATE_UNAVAILABLE'
  | 'VIGIE_STATE_START_FAILED'
  | 'VIGIE_STATE_LOCKED'
  | 'VIGIE_STATE_NO_UNPRIVILEGED_USER'
  | 'VIGIE_STATE_SCHEMA_NEWER'
  | 'VIGIE_STATE_MIGRATION_CHANGED'
  | 'VIGIE_STATE_MIGRATION_FAILED';

const RETRYABLE: ReadonlySet<StorageErrorCode> = new Set([
  'VIGIE_EVENTS_UNAVAILABLE',
  'VIGIE_EVENTS_BUSY',
  'VIGIE_EVENTS_DISK_FULL',
  'VIGIE_STATE_UNAVAILABLE',
]);

/** An operational failure of storage. `retryable` says whether the same call may succeed later. */
export class StorageError extends Error {
  readonly code: StorageErrorCode;
  readonly retryable: boolean;

  constructor(code: StorageErrorCode, message: string, cause?: unknown) {
    super(`${code}: ${message}`, cause === undefined ? undefined : { cause });
    this.name = 'StorageError';
    this.code = code;
    this.retryable = RETRYABLE.has(code);
  }
}

/** Text of an unknown thrown value. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
