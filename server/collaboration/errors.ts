/** A file or an answer that is not taken, with a stable code and the HTTP status that fits. */
export class CollaborationError extends Error {
  readonly code: string;
  readonly statusCode: number;

  constructor(code: string, statusCode: number, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'CollaborationError';
    this.code = code;
    this.statusCode = statusCode;
  }
}
