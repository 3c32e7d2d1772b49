import { stripVTControlCharacters } from 'node:util';

/** Whether people look at the output; a pipe gets neither colours nor bars. */
export const isTerminal = process.stdout.isTTY === true && process.env['NO_COLOR'] === undefined;

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35 } as const;

/** Colours text where the output is a terminal. */
export function paint(text: string, style: keyof typeof CODES): string {
  return isTerminal ? `\u001b[${CODES[style]}m${text}\u001b[0m` : text;
}

/** Colour of a severity. */
export function paintLevel(level: string): string {
  const style = ({ critical: 'magenta', high: 'red', medium: 'yellow', low: 'blue' } as const)[level];
  return style === undefined ? level : paint(level, style);
}

/**
 * Text from logs made safe for a terminal: control characters, which could move the cursor or rewrite what
 * was shown, become visible.
 */
export function safe(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, (c) => (c === '\n' || c === '\t' ? ' ' : '\uFFFD'));
}

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  readonly right?: boolean;
  /** Widest, in characters; longer text is cut. */
  readonly max?: number;
}

/** Prints rows as a table, or a sentence when there are none. */
export function printTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[], empty: string): void {
  if (rows.length === 0) {
    process.stdout.write(`${empty}\n`);
    return;
  }
  const cells = rows.map((row) => columns.map((column) => cut(column.value(row), column.max ?? 60)));
  const widths = columns.map((column, i) =>
    Math.max(column.title.length, ...cells.map((row) => width(row[i]!))),
  );
  const line = (values: readonly string[]) =>
    values
      .map((value, i) => {
        const pad = ' '.repeat(Math.max(0, widths[i]! - width(value)));
        return columns[i]!.right ? pad + value : value + pad;
      })
      .join('  ')
      .trimEnd();
  process.stdout.write(`${paint(line(columns.map((c) => c.title)), 'bold')}\n`);
  for (const row of cells) process.stdout.write(`${line(row)}\n`);
}

/** Prints a value as JSON, one document. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** An instant as people read it in a terminal: UTC, to the second. */
export function when(at: number | null): string {
  return at === null ? '–' : new Date(at).toISOString().slice(0, 19).replace('T', ' ');
}

/** A number of things, `1 file` or `1,200 files`; for English words whose plural takes an s. */
export function counted(count: number, thing: string): string {
  return `${count.toLocaleString('en')} ${thing}${count === 1 ? '' : 's'}`;
}

/** A duration in its two largest units. */
export function ago(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min`;
  if (s < 86_400) return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`;
}

function width(text: string): number {
  return stripVTControlCharacters(text).length;
}

function cut(text: string, max: number): string {
  return width(text) > max ? `${stripVTControlCharacters(text).slice(0, max - 1)}…` : text;
}
