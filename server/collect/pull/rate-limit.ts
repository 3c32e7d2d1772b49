/** Longest pause that a service can ask for, milliseconds: a wrong header must not silence a source for days. */
const LONGEST = 6 * 3_600_000;
/** A number above this is an instant in seconds, one below a span. */
const INSTANT = 1_000_000_000;

/** Headers of an answer, names in lower case. */
export type Headers = Readonly<Record<string, string | undefined>>;

/** How far the service's clock is ahead of ours, milliseconds; undefined without a `Date` header. */
export function clockSkew(headers: Headers, now: number): number | undefined {
  const theirs = headers['date'] === undefined ? Number.NaN : Date.parse(headers['date']);
  return Number.isNaN(theirs) ? undefined : theirs - now;
}

/**
 * Until when a service asks to be left alone: `Retry-After` (RFC 9110, section 10.2.3, seconds or a date), or
 * the end of a rate limit that is used up, as `X-RateLimit-Reset` of GitHub and others, `X-Rate-Limit-Reset` of
 * Okta, and `RateLimit-Reset` have it (an instant or a span in seconds). Instants are by the service's clock.
 *
 * @returns epoch milliseconds by our clock; undefined: it does not ask
 */
export function pauseUntil(headers: Headers, now: number): number | undefined {
  const theirNow = now + (clockSkew(headers, now) ?? 0);
  const until = retryAfter(headers['retry-after'], theirNow) ?? usedUp(headers, theirNow);
  return until === undefined ? undefined : now + Math.min(LONGEST, Math.max(0, until - theirNow));
}

function retryAfter(value: string | undefined, theirNow: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value.trim())) return theirNow + Number(value) * 1000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : at;
}

function usedUp(headers: Headers, theirNow: number): number | undefined {
  for (const name of ['x-ratelimit', 'x-rate-limit', 'ratelimit']) {
    const reset = headers[`${name}-reset`]?.trim() ?? '';
    if (headers[`${name}-remaining`]?.trim() !== '0' || !/^\d{1,13}$/.test(reset)) continue;
    const seconds = Number(reset);
    return seconds > INSTANT ? seconds * 1000 : theirNow + seconds * 1000;
  }
  return undefined;
}

/** Shortest and longest wait between tries that fail for a passing reason, milliseconds. */
const FIRST_WAIT = 5_000;
const LAST_WAIT = 15 * 60_000;
/** A connector that waits for a person is tried now and then: the person may have mended it at the vendor's. */
const BROKEN_WAIT = 3_600_000;

/**
 * How long to wait after failures in a row, milliseconds: doubling, with jitter between half and the whole, so
 * that the connectors of one service do not come back all at once.
 *
 * @param failures at least 1
 * @param random in [0, 1)
 */
export function backOff(failures: number, passing: boolean, random: number): number {
  const whole = passing ? Math.min(LAST_WAIT, FIRST_WAIT * 2 ** Math.min(20, failures - 1)) : BROKEN_WAIT;
  return whole / 2 + (whole / 2) * random;
}
