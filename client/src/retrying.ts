/** How a call that failed for a passing reason is repeated. */
export interface RetryOptions {
  /** Tries in all; default 4. */
  readonly tries?: number;
  /** First wait, milliseconds; doubled each time; default 500. */
  readonly first?: number;
  /** Longest wait, milliseconds, also where the server asks for a longer one: then the answer is returned. */
  readonly most?: number;
}

const PASSING = new Set([429, 502, 503, 504]);
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/**
 * A `fetch` that repeats what failed for a passing reason (429, 502 to 504, no connection) and may be repeated: calls
 * that do the same when done twice, and those with an `Idempotency-Key`. `Retry-After` is honoured.
 */
export function retrying(fetcher: typeof fetch, options: RetryOptions = {}): typeof fetch {
  const { tries = 4, first = 500, most = 30_000 } = options;
  return async (input, init) => {
    const request = new Request(input, init);
    const mayRepeat = SAFE.has(request.method) || request.headers.has('idempotency-key');
    for (let attempt = 1; ; attempt++) {
      const last = attempt >= tries || !mayRepeat;
      const wait = Math.min(most, first * 2 ** (attempt - 1)) * (0.75 + Math.random() * 0.5);
      let response: Response;
      try {
        response = await fetcher(last ? request : request.clone());
      } catch (error) {
        if (last || request.signal.aborted) throw error;
        await pause(wait, request.signal);
        continue;
      }
      if (last || !PASSING.has(response.status)) return response;
      const asked = retryAfter(response.headers.get('retry-after'));
      if (asked !== undefined && asked > most) return response;
      await response.body?.cancel();
      await pause(asked ?? wait, request.signal);
    }
  };
}

/** Milliseconds that a `Retry-After` asks for: seconds, or a date (RFC 9110, section 10.2.3). */
export function retryAfter(value: string | null): number | undefined {
  if (value === null) return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const gone = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', gone);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', gone, { once: true });
  });
}
