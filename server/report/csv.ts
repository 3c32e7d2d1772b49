/**
 * A cell of CSV (RFC 4180). Spreadsheets run a cell that begins like a formula, and log text is written by
 * attackers, so such a cell gets an apostrophe before it. Programs that need the exact text take NDJSON or JSON.
 */
export function csvCell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  // Spaces and invisible characters before it don't stop a spreadsheet; full-width forms are read as the plain ones.
  const safe = /^[\s\p{Cf}\p{Cc}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20|%]|^[\t\r\n]/u.test(text)
    ? `'${text}`
    : text;
  return /[",;\r\n\t']/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A line of CSV, with its end. */
export function csvLine(values: readonly unknown[]): string {
  return `${values.map(csvCell).join(',')}\r\n`;
}

/** An instant as ISO 8601 in UTC, to the millisecond; empty for none. */
export function csvTime(at: number | null | undefined): string {
  return at === null || at === undefined ? '' : new Date(at).toISOString();
}
