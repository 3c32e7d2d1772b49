import type { Holidays, Span } from '@vigie/contracts/api';

/** `08:00–12:00, 13:30–18:00`. */
export function spansText(spans: readonly Span[]): string {
  return spans.map(({ from, to }) => `${from}–${to}`).join(', ');
}

/** The spans of a text; undefined: it can't be read. */
export function readSpans(text: string): Span[] | undefined {
  const spans: Span[] = [];
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const [, from, to] = /^\s*(\d{1,2}:\d\d)\s*[–-]\s*(\d{1,2}:\d\d)\s*$/.exec(part) ?? [];
    if (from === undefined || to === undefined) return undefined;
    const span = { from: from.padStart(5, '0'), to: to.padStart(5, '0') };
    const valid = [span.from, span.to].every((time) => /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/.test(time));
    if (!valid || span.from === span.to || span.from === '24:00') return undefined;
    spans.push(span);
  }
  return spans;
}

/** `2026-12-31 name`, a line each. */
export function daysText(days: Holidays['extra']): string {
  return days.map(({ date, name }) => `${date} ${name}`.trim()).join('\n');
}

/** The days of a text; undefined: it can't be read. */
export function readDays(text: string): Holidays['extra'] | undefined {
  const days: Holidays['extra'] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const [, date, name] = /^\s*(\d{4}-\d\d-\d\d)\s*(.*?)\s*$/.exec(line) ?? [];
    if (date === undefined || Number.isNaN(Date.parse(date))) return undefined;
    days.push({ date, name: name ?? '' });
  }
  return days;
}
