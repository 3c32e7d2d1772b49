/** A refusal that the caller is told of: HTTP status, stable code, and a sentence for people. */
export class ApiFailure extends Error {
  readonly statusCode: number;
  readonly code: string;
  readonly details?: unknown;

  constructor(statusCode: number, code: string, message: string, details?: unknown) {
    super(message);
    this.name = 'ApiFailure';
    this.statusCode = statusCode;
    this.code = code;
    this.details = details;
  }
}

/** 404. Also the answer for things of other tenants: whether they exist is none of the caller's business. */
export function notFound(what: string): ApiFailure {
  return new ApiFailure(404, 'VIGIE_API_NOT_FOUND', `${what} not found`);
}
