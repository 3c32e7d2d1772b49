/** Beginnings of month names in English, French, German, Spanish, Italian and Dutch, lower case, without accents. */
const MONTHS: readonly RegExp[] = [
  /^(?:jan|ene|gen)/,
  /^(?:feb|fev)/,
  /^(?:mar|mrt|mae|mrz)/,
  /^(?:apr|avr|abr)/,
  /^(?:may|mai|mag|mei)/,
  /^(?:jun|juin|giu)/,
  /^(?:jul|juil|lug)/,
  /^(?:aug|aou|ago)/,
  /^(?:sep|set)/,
  /^(?:oct|okt|ott)/,
  /^nov/,
  /^(?:dec|dez|dic)/,
];

const DATE = /^(\p{L}{3,12})\.? (\d{1,2}) (\d{4}) (\d{2}):(\d{2}):(\d{2})(?: (?:GMT|UTC|Z))?$/u;

/**
 * Reads `déc. 01 2026 12:19:45 GMT`: CEF's `MMM dd yyyy HH:mm:ss zzz` with the month in a server's language.
 *
 * @returns epoch milliseconds; `undefined` where it is no such date
 */
export function parseLocalDate(text: string): number | undefined {
  const match = text.length > 60 ? null : DATE.exec(text);
  if (match === null) return undefined;
  const name = match[1]!.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  const month = MONTHS.findIndex((beginning) => beginning.test(name));
  if (month < 0) return undefined;
  const [day, year, hour, minute, second] = match.slice(2).map(Number) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) return undefined;
  return Date.UTC(year, month, day, hour, minute, second);
}
