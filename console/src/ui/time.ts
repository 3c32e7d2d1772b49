/** Times as people read them. All instants are epoch milliseconds. */

import { language, localeOf } from './language.ts';
import { ui } from './strings.ts';

const locale = localeOf(language);

const UNITS = [
  [ui.units.d, 86_400_000],
  [ui.units.h, 3_600_000],
  [ui.units.min, 60_000],
  [ui.units.s, 1000],
] as const;

/** A duration in its largest unit: `4 min`, `3 h`, `12 d`; `0 s` for nothing. Months are not used: 31 d is exact. */
export function duration(ms: number): string {
  const size = Math.abs(ms);
  for (const [name, unit] of UNITS) if (size >= unit) return `${Math.floor(size / unit)} ${name}`;
  return `0 ${ui.units.s}`;
}

/** A distance in two units: `2 h 05 min`, `3 s`, `120 ms`; used between entries of a timeline. */
export function distance(ms: number): string {
  const size = Math.abs(ms);
  if (size < 1000) return `${Math.round(size)} ms`;
  for (const [index, [name, unit]] of UNITS.entries()) {
    if (size < unit) continue;
    const whole = Math.floor(size / unit);
    const smaller = UNITS[index + 1];
    const rest = smaller === undefined ? 0 : Math.floor((size - whole * unit) / smaller[1]);
    return smaller === undefined || rest === 0
      ? `${whole} ${name}`
      : `${whole} ${name} ${rest} ${smaller[0]}`;
  }
  return '0 ms';
}

const local = new Intl.DateTimeFormat(locale, {
  year: 'numeric',
  month: 'short',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const localZone = new Intl.DateTimeFormat(locale, { timeZoneName: 'short' });
const localTime = new Intl.DateTimeFormat(locale, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const localDay = new Intl.DateTimeFormat(locale, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});

/** `22 Nov 2026, 14:03:22` in the reader's zone. */
export function localText(at: number): string {
  return local.format(at);
}
/** `14:03:22` in the reader's zone. */
export function clockText(at: number): string {
  return localTime.format(at);
}
/** `14:03:22.417`: events of one second need their order. */
export function preciseText(at: number): string {
  const fraction = Math.floor(at) % 1000;
  return `${localTime.format(at)}.${String(fraction).padStart(3, '0')}`;
}
const rowDay = new Intl.DateTimeFormat(locale, { day: '2-digit', month: 'short' });
/** `22 Nov 14:03:22.417`: a row of many events; the year is in the hover. */
export function rowText(at: number): string {
  return `${rowDay.format(at)} ${preciseText(at)}`;
}
/** `Sun, 22 Nov 2026`. */
export function dayText(at: number): string {
  return localDay.format(at);
}
/** The reader's zone as it is named at that time (`CET`). */
export function zoneName(at: number): string {
  return localZone.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? '';
}
/** Both zones, for the hover: `22 Nov 2026, 14:03:22 CET · 2026-11-22 13:03:22 UTC`. */
export function bothZones(at: number): string {
  const iso = new Date(at).toISOString();
  return `${localText(at)} ${zoneName(at)} · ${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}
/** Value for `<input type="datetime-local">`, in the reader's zone. */
export function inputValue(at: number): string {
  const shifted = new Date(at - new Date(at).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 19);
}
