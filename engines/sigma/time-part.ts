import type { CompareOperator, TimePart } from './ast.ts';

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2}))?/;

/**
 * A part of a date, as the modifiers `minute` … `year` ask for it. ISO 8601 text is read as written, without
 * converting its zone; a number is epoch milliseconds (seconds below 10¹¹) in UTC. Weeks are ISO 8601 weeks.
 *
 * @returns `undefined` if the text is no date, or has no time of day and one is asked for
 */
export function timePart(text: string, part: TimePart): number | undefined {
  const match = ISO.exec(text);
  let date: Date;
  let timed = true;
  if (match) {
    const [, year, month, day, hour, minute] = match.map(Number) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    timed = match[4] !== undefined;
    date = new Date(Date.UTC(year, month - 1, day, timed ? hour : 0, timed ? minute : 0));
    if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  } else if (/^\d{9,16}(?:\.\d{1,9})?$/.test(text)) {
    const number = Number(text);
    date = new Date(number < 1e11 ? number * 1000 : number);
    if (Number.isNaN(date.getTime())) return undefined;
  } else return undefined;
  switch (part) {
    case 'minute':
      return timed ? date.getUTCMinutes() : undefined;
    case 'hour':
      return timed ? date.getUTCHours() : undefined;
    case 'day':
      return date.getUTCDate();
    case 'month':
      return date.getUTCMonth() + 1;
    case 'year':
      return date.getUTCFullYear();
    case 'week':
      return isoWeek(date);
  }
}

export function compareNumbers(left: number, operator: CompareOperator | 'eq', right: number): boolean {
  switch (operator) {
    case 'lt':
      return left < right;
    case 'lte':
      return left <= right;
    case 'gt':
      return left > right;
    case 'gte':
      return left >= right;
    case 'eq':
      return left === right;
  }
}

/** The week that holds the Thursday of the date's week, counted from the year's first Thursday. */
function isoWeek(date: Date): number {
  const day = 86_400_000;
  const midnight = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  const weekday = (date.getUTCDay() + 6) % 7;
  const thursday = midnight + (3 - weekday) * day;
  const first = Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1);
  return Math.floor((thursday - first) / day / 7) + 1;
}
