/** High and low half of the FILETIME of 1970-01-01T00:00:00Z. */
const EPOCH_HIGH = 27111902;
const EPOCH_LOW = 3577643008;
/** Seconds between 1601-01-01 and 1970-01-01. */
const EPOCH_SECONDS = 11644473600;
/** Last second a four-digit year can name. */
const LAST_SECOND = 253402300799;

/**
 * FILETIME (100 ns since 1601-01-01 UTC) to epoch milliseconds; the fraction keeps 0.2 µs.
 *
 * @param low lower 32 bits
 * @param high upper 32 bits
 */
export function fileTimeToEpoch(low: number, high: number): number {
  return ((high - EPOCH_HIGH) * 4294967296 + (low - EPOCH_LOW)) / 10000;
}

let lastSecond = Number.NaN;
let lastText = '';

/**
 * FILETIME as Windows writes it into event XML: `2024-05-01T09:30:00.1234567Z`, all seven digits.
 *
 * @returns undefined for the moments a date cannot name
 */
export function fileTimeToIso(low: number, high: number): string | undefined {
  // 2^32 = 429 * 10^7 + 4967296 keeps every step below 2^53, so no digit is lost.
  const rest = high * 4967296 + low;
  const seconds = high * 429 + Math.floor(rest / 1e7) - EPOCH_SECONDS;
  if (seconds > LAST_SECOND) return undefined;
  const fraction = rest % 1e7;
  // Consecutive events share their second: formatting a date costs more than the rest of a record's header.
  if (seconds !== lastSecond) {
    lastText = new Date(seconds * 1000).toISOString().slice(0, 20);
    lastSecond = seconds;
  }
  return `${lastText}${String(fraction + 1e7).slice(1)}Z`;
}

const two = (value: number): string => (value < 10 ? `0${value}` : String(value));

/**
 * SYSTEMTIME (eight 16-bit words: year, month, weekday, day, hour, minute, second, millisecond) as ISO 8601.
 *
 * @returns undefined for a date that does not exist
 */
export function systemTimeToIso(view: DataView, at: number): string | undefined {
  const word = (index: number): number => view.getUint16(at + index * 2, true);
  const year = word(0);
  const month = word(1);
  const day = word(3);
  if (year < 1601 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  if (word(4) > 23 || word(5) > 59 || word(6) > 59 || word(7) > 999) return undefined;
  const ms = String(word(7) + 1000).slice(1);
  return `${year}-${two(month)}-${two(day)}T${two(word(4))}:${two(word(5))}:${two(word(6))}.${ms}Z`;
}
