import {
  digits,
  instant,
  isDigit,
  monthAt,
  parseDate,
  parseEpoch,
  parseIso,
  readFraction,
  readOffset,
} from '../dates.ts';
import { zonedToUtc } from '../time-zone.ts';

/** Reads a date; `undefined` where the text is none. Epoch milliseconds. */
export type DateReader = (value: string | number, zone: string, receivedAt: number) => number | undefined;

const TOKENS = [
  'YYYY',
  'MMM',
  'SSS',
  'YY',
  'MM',
  'DD',
  'HH',
  'hh',
  'mm',
  'ss',
  'ZZ',
  'M',
  'D',
  'H',
  'h',
  'A',
] as const;
type Token = (typeof TOKENS)[number];

/**
 * Makes a reader of a date format:
 *
 * - `auto`: any usual format; month before day where both are possible (`03/04/2026`)
 * - `iso`: ISO 8601
 * - `epoch`: seconds, milliseconds, microseconds or nanoseconds since 1970
 * - a pattern: `YYYY YY MM M MMM DD D HH H hh h A mm ss SSS ZZ`, everything else as it stands. `MMM` is an
 *   English month, `SSS` any number of digits, `A` AM or PM, `ZZ` an offset such as `+02:00` or `Z`.
 *
 * @throws SyntaxError for a pattern without year, month or day
 */
export function dateReader(format: string): DateReader {
  switch (format) {
    case 'auto':
      return (value, timeZone, receivedAt) => parseDate(value, { timeZone, receivedAt });
    case 'iso':
      return (value, zone) => (typeof value === 'string' ? parseIso(value.trim(), zone) : undefined);
    case 'epoch':
      return (value) => parseEpoch(typeof value === 'string' ? value.trim() : value);
    default:
      return patternReader(format);
  }
}

function patternReader(format: string): DateReader {
  const parts: { token?: Token; literal: string }[] = [];
  for (let i = 0; i < format.length; ) {
    const token = TOKENS.find((each) => format.startsWith(each, i));
    // The T of ISO dates and other letters are themselves.
    if (token === undefined) parts.push({ literal: format[i]! });
    else parts.push({ token, literal: '' });
    i += token?.length ?? 1;
  }
  const has = (...tokens: Token[]): boolean =>
    parts.some(({ token }) => token !== undefined && tokens.includes(token));
  if (!has('YYYY', 'YY') || !has('MM', 'M', 'MMM') || !has('DD', 'D'))
    throw new SyntaxError(`"${format}": a date pattern needs a year (YYYY), a month (MM) and a day (DD)`);
  return (value, zone) => {
    const text = String(value).trim();
    let [year, month, day, hour, minute, second, fraction] = [-1, -1, -1, 0, 0, 0, 0];
    let afternoon: boolean | undefined;
    let offset: number | undefined;
    let at = 0;
    const number = (least: number, most: number): number => {
      let end = at;
      while (end < text.length && end < at + most && isDigit(text.charCodeAt(end))) end++;
      const read = end - at < least ? Number.NaN : digits(text, at, end);
      at = end;
      return read;
    };
    for (const { token, literal } of parts) {
      switch (token) {
        case undefined:
          if (text[at] !== literal) return undefined;
          at++;
          break;
        case 'YYYY':
          year = number(4, 4);
          break;
        case 'YY':
          year = 2000 + number(2, 2);
          break;
        case 'MMM':
          month = monthAt(text, at);
          at += 3;
          break;
        case 'MM':
        case 'M':
          month = number(token.length, 2) - 1;
          break;
        case 'DD':
        case 'D':
          day = number(token.length, 2);
          break;
        case 'HH':
        case 'H':
        case 'hh':
        case 'h':
          hour = number(token.length, 2);
          break;
        case 'mm':
          minute = number(2, 2);
          break;
        case 'ss':
          second = number(2, 2);
          break;
        case 'SSS': {
          const read = readFraction(text, at);
          fraction = read.ms;
          at = read.end;
          break;
        }
        case 'A': {
          const word = text.slice(at, at + 2).toUpperCase();
          if (word !== 'AM' && word !== 'PM') return undefined;
          afternoon = word === 'PM';
          at += 2;
          break;
        }
        case 'ZZ': {
          const end = { at };
          offset = readOffset(text, at, end);
          if (offset === undefined) return undefined;
          at = end.at;
        }
      }
    }
    if (at !== text.length) return undefined;
    if (afternoon !== undefined) hour = (hour % 12) + (afternoon ? 12 : 0);
    const local = instant(year, month, day, hour, minute, second, fraction);
    if (local === undefined) return undefined;
    return offset === undefined ? zonedToUtc(local, zone) : local - offset;
  };
}
