/**
 * Wall clocks of time zones, by the zone rules that Node.js carries. A local time that a change of the clocks skips
 * is the instant of the change; one that occurs twice is the first of the two.
 */

/** A local date, `2026-03-29`. */
export type LocalDate = string;

const DAY = 86_400_000;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(zone, format);
  }
  return format;
}

/** Milliseconds by which the zone's wall clock is ahead of UTC at an instant. */
export function offsetAt(at: number, zone: string): number {
  const part: Record<string, number> = {};
  const whole = Math.floor(at / 1000) * 1000;
  for (const { type, value } of formatOf(zone).formatToParts(whole)) part[type] = Number(value);
  const wall = Date.UTC(
    part['year']!,
    part['month']! - 1,
    part['day']!,
    part['hour']!,
    part['minute']!,
    part['second']!,
  );
  return wall - whole;
}

/** The date on the zone's wall. */
export function dateAt(at: number, zone: string): LocalDate {
  return new Date(at + offsetAt(at, zone)).toISOString().slice(0, 10);
}

/**
 * The instant of a local time.
 *
 * @param minutes since the local midnight; 1440 and more are on the next days
 */
export function instantOf(date: LocalDate, minutes: number, zone: string): number {
  const wall = Date.parse(`${date}T00:00:00Z`) + minutes * 60_000;
  // The offsets of a day before and after enclose the one change of clocks that may lie between.
  const before = wall - offsetAt(wall - DAY, zone);
  const after = wall - offsetAt(wall + DAY, zone);
  if (before === after) return before;
  if (before + offsetAt(before, zone) === wall) return before;
  if (after + offsetAt(after, zone) === wall) return after;
  return changeBetween(Math.min(before, after), Math.max(before, after), zone);
}

/** The instant in between at which the zone's offset changes. */
function changeBetween(from: number, to: number, zone: string): number {
  const first = offsetAt(from, zone);
  let low = from;
  let high = to;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle, zone) === first) low = middle;
    else high = middle;
  }
  return high;
}

/** The date so many days later. */
export function addDays(date: LocalDate, days: number): LocalDate {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
}

/** Days from one date to another. */
export function daysBetween(from: LocalDate, to: LocalDate): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY);
}

/** ISO weekday, Monday 1. */
export function weekdayOf(date: LocalDate): number {
  return ((new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7) + 1;
}

/** `08:30` in minutes. */
export function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

/**
 * The same local time so many calendar months later; the last day of a month that is shorter (Regulation (EEC,
 * Euratom) No 1182/71, art. 3(2)(c)).
 */
export function addMonths(at: number, months: number, zone: string): number {
  const offset = offsetAt(at, zone);
  const wall = new Date(at + offset);
  const day = wall.getUTCDate();
  const month = wall.getUTCMonth() + months;
  const last = new Date(Date.UTC(wall.getUTCFullYear(), month + 1, 0)).getUTCDate();
  const date = new Date(Date.UTC(wall.getUTCFullYear(), month, Math.min(day, last)))
    .toISOString()
    .slice(0, 10);
  const ofDay = (at + offset) % DAY;
  return instantOf(date, Math.floor(ofDay / 60_000), zone) + (ofDay % 60_000);
}
