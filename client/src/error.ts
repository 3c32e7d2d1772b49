/** An answer that is no success, as the server put it. */
export class VigieError extends Error {
  readonly status: number;
  /** Stable; `VIGIE_CLIENT_ANSWER` when the answer had no code (a proxy in between, perhaps). */
  readonly code: string;
  readonly details: unknown;

  constructor(status: number, code: string, message: string, details?: unknown) {
    super(message);
    this.name = 'VigieError';
    this.status = status;
    this.code = code;
    this.details = details;
  }

  /** Reads it from a failed answer's body. */
  static of(response: Response, body: unknown): VigieError {
    const error = (body as { error?: { code?: unknown; message?: unknown; details?: unknown } } | null)
      ?.error;
    return typeof error?.code === 'string'
      ? new VigieError(response.status, error.code, String(error.message), error.details)
      : new VigieError(response.status, 'VIGIE_CLIENT_ANSWER', `${response.status} ${response.statusText}`);
  }
}
