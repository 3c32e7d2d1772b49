import type { ResultRow, ScanResult } from '../scan.ts';
import { iso } from '../summary.ts';

const COLUMNS = [
  'time',
  'level',
  'rule',
  'rule_id',
  'status',
  'tags',
  'host',
  'user',
  'path',
  'record',
  'fields',
  'events',
] as const;

/** All detections as CSV (RFC 4180), in the order of time. */
export function* csv(result: ScanResult): Generator<string> {
  yield `${COLUMNS.join(',')}\r\n`;
  for (const row of result.rows) yield `${valuesOf(row, result).map(cell).join(',')}\r\n`;
}

function valuesOf(row: ResultRow, result: ScanResult): string[] {
  const { title, level, id, status, tags } = result.labels[row.label]!;
  const { fields, event_count } = JSON.parse(`{${row.body()}}`) as {
    fields: Record<string, unknown>;
    event_count?: number;
  };
  return [
    iso(row.time),
    level,
    title,
    id,
    status ?? '',
    tags.join(' '),
    row.host ?? '',
    row.user ?? '',
    row.path,
    String(row.record),
    Object.entries(fields)
      .map(([name, value]) => `${name}=${String(value)}`)
      .join(' ¦ '),
    String(event_count ?? 1),
  ];
}

/**
 * One value. Spreadsheets take text that begins with `=`, `+`, `-`, `@` or a control character for a
 * formula, even inside quotes; an apostrophe in front makes it text.
 */
export function cell(value: string): string {
  const text = /^[=+\-@\t\r\n]/.test(value) || /^\s+[=+\-@]/.test(value) ? `'${value}` : value;
  return /[",\r\n;\t]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
