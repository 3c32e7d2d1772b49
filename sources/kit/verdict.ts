import type { EventOutcome, EventType } from './categorise.ts';

const ALLOWED = new Set(
  'accept accepted allow allowed pass passed passthrough permit permitted monitor monitored detect detected exempt exempted bypass bypassed log logonly alert continue trust trusted forward forwarded decrypt delivered notblocked'.split(
    ' ',
  ),
);
const DENIED = new Set(
  'deny denied block blocked drop dropped dropsession dropall clearsession reset resetclient resetserver resetboth rst reject rejected refuse refused ban banip quarantine quarantined violation blacklist blacklisted prevent prevented discard discarded terminate terminated sinkhole blockurl blockcontinue blockoverride deleted cleaned isolate isolated'.split(
    ' ',
  ),
);

/** The word without case, blanks, hyphens and underscores: `Reset_Both` → `resetboth`. */
function bare(word: string): string {
  return word.replace(/[\s_-]/g, '').toLowerCase();
}

/**
 * What a device's action did to the traffic, in ECS's `event.type`. It knows the words that firewalls, proxies and
 * protection products share; a product's own words belong into its own table.
 */
export function verdictOf(action: string | undefined): Extract<EventType, 'allowed' | 'denied'> | undefined {
  if (action === undefined || action.length > 40) return undefined;
  const word = bare(action);
  if (DENIED.has(word)) return 'denied';
  return ALLOWED.has(word) ? 'allowed' : undefined;
}

const SUCCESS = new Set(
  'success successful successfully succeeded succeed succ ok true yes pass passed granted accepted allowed complete completed done'.split(
    ' ',
  ),
);
const FAILURE = new Set(
  'fail failed failure false no error denied deny rejected refused unsuccessful invalid unauthorized timeout aborted'.split(
    ' ',
  ),
);

/** A status word (`Succeeded`, `FAILED`, `ok`) as ECS's `event.outcome`; `undefined` where it says neither. */
export function outcomeOf(status: string | undefined): EventOutcome | undefined {
  if (status === undefined || status.length > 40) return undefined;
  const word = bare(status);
  if (SUCCESS.has(word)) return 'success';
  if (FAILURE.has(word)) return 'failure';
  return word === 'unknown' ? 'unknown' : undefined;
}
