const QUARTER = 900_000;
const MINUTE = 60_000;
/** Buckets kept for one zone: 90 days of quarter hours, then the cache starts anew. */
const MAX_BUCKETS = 8_640;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  readonly offsets: Map<number, number>;
  lastBucket: number;
  lastOffset: number;
}

const zones = new Map<string, Zone>();
const MAX_ZONES = 1_000;
const FIXED = /^(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?$/;

/** Zone abbreviations that logs carry and that mean one offset only, in minutes east of UTC. */
const ABBREVIATIONS: ReadonlyMap<string, number> = new Map([
  ['UTC', 0],
  ['GMT', 0],
  ['Z', 0],
  ['WET', 0],
  ['WEST', 60],
  ['CET', 60],
  ['CEST', 120],
  ['EET', 120],
  ['EEST', 180],
  ['MSK', 180],
  ['EST', -300],
  ['EDT', -240],
  ['CDT', -300],
  ['MST', -420],
  ['MDT', -360],
  ['PST', -480],
  ['PDT', -420],
  ['JST', 540],
  ['AEST', 600],
  ['AEDT', 660],
]);

/** Whether `zone` can be used as a time zone: an IANA name, an abbreviation or a fixed offset. */
export function isTimeZone(zone: string): boolean {
  if (fixedOffset(zone) !== undefined) return true;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone }) !== undefined;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * Offset of `Z`, `+02:00`, `-0530`, `UTC+2` or an unambiguous abbreviation, in milliseconds east of UTC;
 * `undefined` for names with rules of their own.
 */
export function fixedOffset(zone: string): number | undefined {
  const known = ABBREVIATIONS.get(zone);
  if (known !== undefined) return known * MINUTE;
  const match = FIXED.exec(zone);
  if (match === null) return undefined;
  const hours = Number(match[2]);
  const minutes = Number(match[3] ?? 0);
  if (hours > 15 || minutes > 59) return undefined;
  return (match[1] === '-' ? -1 : 1) * (hours * 60 + minutes) * MINUTE;
}

/**
 * Offset of a zone at an instant, milliseconds east of UTC. Intl is asked once for each quarter hour seen:
 * no zone changes its offset in between.
 *
 * @throws RangeError for a name that {@link isTimeZone} refuses
 */
export function zoneOffset(zone: string, utc: number): number {
  if (zone === 'UTC') return 0;
  const fixed = fixedOffset(zone);
  if (fixed !== undefined) return fixed;
  let entry = zones.get(zone);
  if (entry === undefined) {
    entry = {
      format: new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' }),
      offsets: new Map(),
      lastBucket: Number.NaN,
      lastOffset: 0,
    };
    if (zones.size >= MAX_ZONES) zones.clear();
    zones.set(zone, entry);
  }
  const bucket = Math.floor(utc / QUARTER);
  if (bucket === entry.lastBucket) return entry.lastOffset;
  let offset = entry.offsets.get(bucket);
  if (offset === undefined) {
    const text = entry.format.format(bucket * QUARTER);
    offset = fixedOffset(text.slice(text.lastIndexOf(' ') + 1)) ?? 0;
    if (entry.offsets.size >= MAX_BUCKETS) entry.offsets.clear();
    entry.offsets.set(bucket, offset);
  }
  entry.lastBucket = bucket;
  entry.lastOffset = offset;
  return offset;
}

/**
 * The instant of a wall-clock time, given as if it were UTC. An hour that occurs twice is taken as its
 * first occurrence's neighbourhood; one that is skipped, as if the clock had not been moved.
 */
export function zonedToUtc(local: number, zone: string): number {
  if (zone === 'UTC') return local;
  const guess = local - zoneOffset(zone, local);
  return local - zoneOffset(zone, guess);
}
