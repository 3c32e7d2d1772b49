import { language } from '../ui/language.ts';
import type { ApiError } from './types.ts';

/** A request that did not succeed: the server's code, or a `VIGIE_CONSOLE_*` code when no answer came. */
export class ApiFailure extends Error {
  readonly code: string;
  /** HTTP status; 0 when there was no answer at all. */
  readonly status: number;
  /** What the server adds for programs; its form is told by the code. */
  readonly details: unknown;

  constructor(
    code: string,
    message: string,
    status: number,
    options?: ErrorOptions & { readonly details?: unknown },
  ) {
    super(message, options);
    this.name = 'ApiFailure';
    this.code = code;
    this.status = status;
    this.details = options?.details;
  }
}

/** Values of a query string; `undefined` and empty strings are left out. */
export type QueryValues = Record<string, string | number | boolean | undefined>;

/** Adds a query string to a path. */
export function withQuery(path: string, values: QueryValues): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(values))
    if (value !== undefined && value !== '') params.set(key, String(value));
  const text = params.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Answers asked for by the first script are taken by the page that it loads, not by one that comes much later. */
const EARLY_MS = 20_000;

/** The answer to a call that was asked for before the scripts were there; each is good for one call. */
function early(path: string): Promise<Response> | undefined {
  const found = window.vigieEarly?.get(path);
  window.vigieEarly?.delete(path);
  return found !== undefined && performance.now() - found.at < EARLY_MS ? found.answer : undefined;
}

/**
 * One call of the API. Every change carries a JSON body, even an empty one: the server accepts a cookie only
 * with `content-type: application/json`.
 *
 * @throws {ApiFailure} with the server's code, `VIGIE_CONSOLE_OFFLINE` or `VIGIE_CONSOLE_BAD_ANSWER`
 */
export async function call<T>(
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<T> {
  let response: Response;
  try {
    response = await ((method === 'GET' ? early(path) : undefined) ??
      fetch(path, {
        method,
        credentials: 'same-origin',
        headers: {
          accept: 'application/json',
          // What the server tells people, it tells in the language of the console.
          'accept-language': language,
          ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
        },
        ...(method === 'GET' ? {} : { body: JSON.stringify(body ?? {}) }),
        ...(signal === undefined ? {} : { signal }),
      }));
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new ApiFailure('VIGIE_CONSOLE_OFFLINE', 'The server does not answer.', 0, { cause });
  }
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  let value: unknown;
  try {
    value = text === '' ? undefined : JSON.parse(text);
  } catch (cause) {
    throw new ApiFailure(
      'VIGIE_CONSOLE_BAD_ANSWER',
      `The answer (HTTP ${response.status}) is not JSON; a proxy may have answered in the server's place.`,
      response.status,
      { cause },
    );
  }
  if (!response.ok) {
    const error = isApiError(value)
      ? value.error
      : { code: `HTTP_${response.status}`, message: response.statusText, details: undefined };
    throw new ApiFailure(error.code, error.message, response.status, { details: error.details });
  }
  return value as T;
}

function isApiError(value: unknown): value is ApiError {
  if (typeof value !== 'object' || value === null || !('error' in value)) return false;
  const { error } = value;
  return typeof error === 'object' && error !== null && 'code' in error && 'message' in error;
}
