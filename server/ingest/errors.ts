/** Coded operational failures of ingestion; `retryable` is true for all of them. */
export class IngestError extends Error {
  readonly code: 'VIGIE_COLLECT_UNAVAILABLE';
  readonly retryable = true;

  constructor(message: string, cause?: unknown) {
    super(`VIGIE_COLLECT_UNAVAILABLE: ${message}`, cause === undefined ? undefined : { cause });
    this.name = 'IngestError';
    this.code = 'VIGIE_COLLECT_UNAVAILABLE';
  }
}
