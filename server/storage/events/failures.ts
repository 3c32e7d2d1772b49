import { messageOf, StorageError } from '../errors.ts';

/**
 * ClickHouse's error numbers that mean something to a caller.
 * https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp
 */
const DISK_FULL: ReadonlySet<number> = new Set([243]); // NOT_ENOUGH_SPACE
const LIMIT: ReadonlySet<number> = new Set([
  158, // TOO_MANY_ROWS
  159, // TIMEOUT_EXCEEDED
  241, // MEMORY_LIMIT_EXCEEDED
  307, // TOO_MANY_BYTES
  396, // TOO_MANY_ROWS_OR_BYTES
]);
const UNAVAILABLE: ReadonlySet<number> = new Set([
  236, // ABORTED
  252, // TOO_MANY_PARTS
]);

/** Turns what the engine or the file system said into a coded error; coded errors pass through. */
export function asEventsError(error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  const message = messageOf(error);
  const number = Number(/Code: (\d+)/.exec(message)?.[1] ?? 0);
  const short = message.slice(0, 1000);
  if (
    DISK_FULL.has(number) ||
    (error as NodeJS.ErrnoException).code === 'ENOSPC' ||
    /No space left on device|errno: 28\b|ENOSPC/.test(message)
  )
    return new StorageError('VIGIE_EVENTS_DISK_FULL', short, error);
  if (/Cannot lock file|another server instance/i.test(message))
    return new StorageError('VIGIE_EVENTS_LOCKED', `another process holds the folder (${short})`, error);
  if (LIMIT.has(number)) return new StorageError('VIGIE_EVENTS_QUERY_LIMIT', short, error);
  if (UNAVAILABLE.has(number)) return new StorageError('VIGIE_EVENTS_UNAVAILABLE', short, error);
  return new StorageError('VIGIE_EVENTS_QUERY_FAILED', short, error);
}

/** As {@link asEventsError}; an insert that found no memory is worth another try when merges have finished. */
export function asInsertError(error: unknown): StorageError {
  const coded = asEventsError(error);
  if (coded.code !== 'VIGIE_EVENTS_QUERY_LIMIT') return coded;
  return new StorageError('VIGIE_EVENTS_UNAVAILABLE', coded.message, coded);
}
