/**
 * Operational failures of the collect stage. Each code is stable: scripts and documentation refer to it.
 *
 * - `VIGIE_COLLECT_UNAVAILABLE`: logs could not be stored now; the sender must try again.
 * - `VIGIE_COLLECT_LISTEN`: a listener could not be opened (port in use, no permission).
 * - `VIGIE_COLLECT_TLS`: the TLS key, certificate or CA can't be used.
 * - `VIGIE_COLLECT_BODY_TOO_LARGE`: a request body is above the limit, before or after decompression.
 * - `VIGIE_COLLECT_BODY_ABORTED`: the sender went away or became too slow before its body was complete.
 * - `VIGIE_COLLECT_BODY_ENCODING`: a `Content-Encoding` that we don't read.
 * - `VIGIE_COLLECT_BUSY`: too much is under way at once; the sender must try again later.
 */
export type CollectErrorCode =
  | 'VIGIE_COLLECT_UNAVAILABLE'
  | 'VIGIE_COLLECT_LISTEN'
  | 'VIGIE_COLLECT_TLS'
  | 'VIGIE_COLLECT_BODY_TOO_LARGE'
  | 'VIGIE_COLLECT_BODY_ABORTED'
  | 'VIGIE_COLLECT_BODY_ENCODING'
  | 'VIGIE_COLLECT_BUSY';

/** A coded failure with its cause. */
export class CollectError extends Error {
  readonly code: CollectErrorCode;

  constructor(code: CollectErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CollectError';
    this.code = code;
  }
}

/** Whether an error says that the logs could not be stored and the same call may be tried again. */
export function isUnavailable(error: unknown): boolean {
  return (
    typeof error === 'object' &&
    error !== null &&
    (error as { readonly code?: unknown }).code === 'VIGIE_COLLECT_UNAVAILABLE'
  );
}
