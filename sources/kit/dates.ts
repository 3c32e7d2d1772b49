import type { EcsFields } from '@vigie/contracts';
import { fixedOffset, zonedToUtc } from './time-zone.ts';

const DAY = 86_400_000;
const ZERO = 48;

/** What a date needs from its surroundings: the source's zone and, where the year is missing, the receive time. */
export interface DateContext {
  readonly timeZone: string;
  readonly receivedAt: number;
}

const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec';

/** Month 0–11 of an English three-letter abbreviation at `at`, in any case; −1 where there is none. */
export function monthAt(text: string, at: number): number {
  const name = text.slice(at, at + 3).toLowerCase();
  if (name.length !== 3) return -1;
  const index = MONTHS.indexOf(name);
  return index >= 0 && index % 3 === 0 ? index / 3 : -1;
}

/** Whether a character code is an ASCII digit. */
export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** The decimal digits of `text` in `[from, to)` as a number; −1 where another character stands. */
export function digits(text: string, from: number, to: number): number {
  if (to > text.length || from >= to) return -1;
  let value = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** Epoch milliseconds as ISO 8601 UTC text: milliseconds, or microseconds where `ms` has a fraction. */
export function toIso(ms: number): string {
  const whole = Math.floor(ms);
  const second = Math.floor(whole / 1000);
  if (second !== latestSecond) {
    latestSecond = second;
    latestText = new Date(second * 1000).toISOString().slice(0, -4);
  }
  const text = `${latestText}${String(whole - second * 1000).padStart(3, '0')}`;
  const micros = Math.round((ms - whole) * 1000);
  return micros === 0 || micros === 1000 ? `${text}Z` : `${text}${String(micros).padStart(3, '0')}Z`;
}

// Most instants that are written share their second with the one before: formatting a date costs more than
// the rest of a short log together.
let latestSecond = Number.NaN;
let latestText = '';

/** Whether an instant can be written as a four-digit year. */
function isWritable(ms: number | undefined): ms is number {
  return ms !== undefined && ms > -62_135_596_800_000 && ms < 253_402_300_800_000;
}

/** Writes an instant to a date field; `undefined` and impossible instants are left out. */
export function putDate(doc: EcsFields, field: string, ms: number | undefined): boolean {
  if (!isWritable(ms)) return false;
  doc[field] = toIso(ms);
  return true;
}

const DAYS_IN_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Builds an instant from its parts, refusing those that no clock shows (second 60 is kept as 59.999). */
export function instant(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  fraction: number,
): number | undefined {
  // Written so that NaN is refused as well.
  if (!(Number.isInteger(month) && month >= 0 && month <= 11)) return undefined;
  if (!(Number.isInteger(day) && day >= 1 && day <= DAYS_IN_MONTH[month]!)) return undefined;
  if (!(year >= 1 && hour >= 0 && hour <= 23 && minute >= 0 && minute <= 59 && second >= 0 && second <= 60))
    return undefined;
  if (second === 60) return Date.UTC(year, month, day, hour, minute, 59, 999);
  return Date.UTC(year, month, day, hour, minute, second) + fraction;
}

/** Reads up to nine fraction digits at `at` as milliseconds with microseconds; returns the end. */
export function readFraction(text: string, at: number): { end: number; ms: number } {
  let end = at;
  let micros = 0;
  let scale = 100_000;
  while (end < text.length) {
    const digit = text.charCodeAt(end) - ZERO;
    if (digit < 0 || digit > 9) break;
    micros += digit * scale;
    scale = scale >= 10 ? scale / 10 : 0;
    end++;
  }
  return { end, ms: micros / 1000 };
}

/**
 * Reads an ISO 8601 / RFC 3339 date and time at `at`: `2026-03-01T10:00:00.123456+01:00`, with `T`, a blank
 * or `_` between, `/` or `.` for `-`, comma for the point, seconds optional, zone optional.
 *
 * @param end set to the first character after it
 * @returns epoch milliseconds, or `undefined`
 */
export function readIso(text: string, at: number, zone: string, end: { at: number }): number | undefined {
  const year = digits(text, at, at + 4);
  if (year < 0) return undefined;
  const separator = text.charCodeAt(at + 4);
  if (separator !== 45 && separator !== 47 && separator !== 46) return undefined;
  if (text.charCodeAt(at + 7) !== separator) return undefined;
  const month = digits(text, at + 5, at + 7) - 1;
  const day = digits(text, at + 8, at + 10);
  const between = text.charCodeAt(at + 10);
  if (between !== 84 && between !== 32 && between !== 116 && between !== 95 && between !== 45)
    return undefined;
  const hour = digits(text, at + 11, at + 13);
  if (hour < 0 || text.charCodeAt(at + 13) !== 58) return undefined;
  const minute = digits(text, at + 14, at + 16);
  let i = at + 16;
  let second = 0;
  let fraction = 0;
  if (text.charCodeAt(i) === 58) {
    second = digits(text, i + 1, i + 3);
    if (second < 0) return undefined;
    i += 3;
    const point = text.charCodeAt(i);
    if ((point === 46 || point === 44) && digits(text, i + 1, i + 2) >= 0) {
      const read = readFraction(text, i + 1);
      fraction = read.ms;
      i = read.end;
    }
  }
  const local = instant(year, month, day, hour, minute, second, fraction);
  if (local === undefined) return undefined;
  end.at = i;
  const offset = readOffset(text, i, end);
  return offset === undefined ? zonedToUtc(local, zone) : local - offset;
}

/** Reads `Z`, `+01:00`, `+0100`, `+01`, with one blank before it allowed; leaves `end` where there is none. */
export function readOffset(text: string, at: number, end: { at: number }): number | undefined {
  let i = at;
  let code = text.charCodeAt(i);
  if (code === 32) {
    const next = text.charCodeAt(i + 1);
    if (next !== 43 && next !== 45) return undefined;
    if (digits(text, i + 2, i + 6) < 0 && text.charCodeAt(i + 4) !== 58) return undefined;
    i++;
    code = next;
  }
  if (code === 90 || code === 122) {
    end.at = i + 1;
    return 0;
  }
  if (code !== 43 && code !== 45) return undefined;
  const hours = digits(text, i + 1, i + 3);
  if (hours < 0 || hours > 15) return undefined;
  let j = i + 3;
  let minutes = 0;
  const colon = text.charCodeAt(j) === 58 ? 1 : 0;
  const read = digits(text, j + colon, j + colon + 2);
  if (read >= 0) {
    minutes = read;
    j += colon + 2;
  }
  end.at = j;
  return (code === 45 ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** ISO 8601 / RFC 3339 text as a whole; trailing characters make it `undefined`. */
export function parseIso(text: string, timeZone: string): number | undefined {
  const end = { at: 0 };
  const time = readIso(text, 0, timeZone, end);
  return end.at === text.length ? time : undefined;
}

/**
 * Epoch time in seconds, milliseconds, microseconds or nanoseconds, told apart by magnitude (seconds below
 * 10¹¹, that is the year 5138; milliseconds below 10¹⁴; microseconds below 10¹⁷); fractions allowed.
 */
export function parseEpoch(value: string | number): number | undefined {
  let number: number;
  if (typeof value === 'number') number = value;
  else {
    const length = value.length;
    if (length === 0 || length > 30) return undefined;
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i);
      if ((code < ZERO || code > 57) && code !== 46) return undefined;
    }
    // Nanoseconds exceed a double: cut the text to microseconds first.
    number = length === 19 && value.indexOf('.') < 0 ? Number(value.slice(0, 16)) : Number(value);
  }
  if (!Number.isFinite(number) || number < 0) return undefined;
  if (number < 1e11) return Math.round(number * 1e6) / 1e3;
  if (number < 1e14) return number;
  if (number < 1e17) return number / 1e3;
  if (number < 1e20) return number / 1e6;
  return undefined;
}

/**
 * The year of a date written without one: the latest that does not put it more than a day after the receive
 * time, so that a line of 31 December received on 1 January belongs to the old year, and a clock that runs
 * ahead over new year to the new one. 29 February goes to a leap year.
 */
export function solveYear(
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  fraction: number,
  context: DateContext,
): number | undefined {
  const latest = context.receivedAt + DAY;
  let year = new Date(latest).getUTCFullYear() + 1;
  for (let tries = 0; tries < 10; tries++, year--) {
    if (month === 1 && day === 29 && !(year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0))) continue;
    const local = instant(year, month, day, hour, minute, second, fraction);
    if (local === undefined) return undefined;
    if (local - DAY > latest) continue;
    const utc = zonedToUtc(local, context.timeZone);
    if (utc <= latest) return utc;
  }
  return undefined;
}

/** Apache's and nginx's `10/Oct/2026:13:55:36 +0200` (Common Log Format), zone optional. */
export function parseClf(text: string, timeZone: string): number | undefined {
  const slash = text.indexOf('/');
  if (slash < 1 || slash > 2) return undefined;
  const day = digits(text, 0, slash);
  const month = monthAt(text, slash + 1);
  const year = digits(text, slash + 5, slash + 9);
  if (month < 0 || year < 0 || text.charCodeAt(slash + 4) !== 47) return undefined;
  const i = slash + 10;
  let end = i + 8;
  let fraction = 0;
  const point = text.charCodeAt(end);
  if (point === 46 || point === 44) {
    const read = readFraction(text, end + 1);
    fraction = read.ms;
    end = read.end;
  }
  const local = instant(
    year,
    month,
    day,
    digits(text, i, i + 2),
    digits(text, i + 3, i + 5),
    digits(text, i + 6, i + 8),
    fraction,
  );
  if (local === undefined) return undefined;
  const after = { at: end };
  const offset = readOffset(text, end, after);
  if (after.at !== text.length) return undefined;
  return offset === undefined ? zonedToUtc(local, timeZone) : local - offset;
}

const WORD = /[A-Za-z]+|\d+(?:[.,]\d+)?|[+-]\d{2}:?\d{2}(?!\d)|[:/-]/g;

/**
 * The formats vendors write beside ISO and epoch: `Tue, 10 Oct 2026 13:55:36 +0200` (RFC 2822),
 * `Tue Oct 10 13:55:36[.frac] 2026` (asctime), `Oct 10 2026 13:55:36`, `Oct 10 13:55:36` (year solved),
 * `10 Oct 2026 13:55:36`, `10-Oct-2026 13:55:36`, `10/31/2026 1:55:36 PM` (month first unless that is
 * impossible), each with a zone abbreviation or offset after it.
 */
function parseWords(text: string, context: DateContext): number | undefined {
  if (text.length > 60) return undefined;
  const words = text.match(WORD);
  if (words === null) return undefined;
  let month = -1;
  let year = -1;
  let offset: number | undefined;
  let afternoon: boolean | undefined;
  const clock: string[] = [];
  const numbers: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const code = word.charCodeAt(0);
    if (word === ':' || word === '/' || (word === '-' && i > 0)) continue;
    if (code === 45 && clock.length < 2 && word.length === 5) year = Number(word.slice(1));
    else if (code === 43 || code === 45) {
      offset = fixedOffset(word);
      if (offset === undefined) return undefined;
    } else if (code > 57) {
      const upper = word.toUpperCase();
      if (upper === 'AM' || upper === 'PM') afternoon = upper === 'PM';
      else if (month < 0 && monthAt(word, 0) >= 0) month = monthAt(word, 0);
      else offset ??= fixedOffset(upper);
    } else if (words[i + 1] === ':' || words[i - 1] === ':') clock.push(word);
    else if (word.length === 4) year = Number(word);
    else numbers.push(word);
  }
  if (clock.length < 2 || clock.length > 3) return undefined;
  let day = Number(numbers[0] ?? -1);
  if (month < 0) {
    if (numbers.length < 2) return undefined;
    month = Number(numbers[0]) - 1;
    day = Number(numbers[1]);
    if (month > 11) {
      month = day - 1;
      day = Number(numbers[0]);
    }
  }
  let hour = Number(clock[0]);
  if (afternoon !== undefined) hour = (hour % 12) + (afternoon ? 12 : 0);
  const seconds = Number((clock[2] ?? '0').replace(',', '.'));
  const second = Math.floor(seconds);
  const fraction = Math.round((seconds - second) * 1e6) / 1e3;
  const zone = offset === undefined ? context.timeZone : 'UTC';
  if (year < 0) {
    const solved = solveYear(month, day, hour, Number(clock[1]), second, fraction, {
      ...context,
      timeZone: zone,
    });
    return solved === undefined ? undefined : solved - (offset ?? 0);
  }
  const local = instant(year, month, day, hour, Number(clock[1]), second, fraction);
  return local === undefined ? undefined : zonedToUtc(local, zone) - (offset ?? 0);
}

/**
 * Reads a date in any known format: ISO 8601, epoch, Common Log Format, compact `20260301T101500Z` and
 * `20260301101500`, and the written-out forms of mail, asctime and syslog.
 *
 * @returns epoch milliseconds (fraction: microseconds), or `undefined`
 */
export function parseDate(value: string | number, context: DateContext): number | undefined {
  if (typeof value === 'number') return parseEpoch(value);
  const text = value.trim();
  if (text.length < 8) return undefined;
  if (text.charCodeAt(4) === 45 || text.charCodeAt(4) === 47 || text.charCodeAt(4) === 46) {
    const iso = parseIso(text, context.timeZone);
    if (iso !== undefined) return iso;
    const end = { at: 0 };
    const start = readIso(text, 0, context.timeZone, end);
    const zone = start === undefined ? undefined : fixedOffset(text.slice(end.at).trim());
    if (start !== undefined && zone !== undefined) return readIso(text, 0, 'UTC', end)! - zone;
  }
  const digitsOnly = digits(text, 0, 8) >= 0;
  if (digitsOnly && (text.length === 14 || (text.charCodeAt(8) === 84 && digits(text, 9, 15) >= 0))) {
    const i = text.length === 14 ? 8 : 9;
    const local = instant(
      digits(text, 0, 4),
      digits(text, 4, 6) - 1,
      digits(text, 6, 8),
      digits(text, i, i + 2),
      digits(text, i + 2, i + 4),
      digits(text, i + 4, i + 6),
      0,
    );
    if (local !== undefined) return text.endsWith('Z') ? local : zonedToUtc(local, context.timeZone);
  }
  return parseEpoch(text) ?? parseClf(text, context.timeZone) ?? parseWords(text, context);
}
