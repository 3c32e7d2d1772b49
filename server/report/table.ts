import { csvLine } from './csv.ts';

/** A column of a list: its name, and what a row has there. */
export type TableColumn<Row> = readonly [name: string, value: (row: Row) => unknown];

/** A part of a list, as its store gives it. */
export interface TablePage<Row> {
  readonly items: readonly Row[];
  readonly next?: string;
}

/** Rows of an export at most. One that is cut says so in its last line. */
export const MOST_ROWS = 100_000;

/**
 * Writes a list as CSV or NDJSON, a page at a time: the next one is read when the last one has left.
 *
 * @param page reads a page; the cursor is undefined for the first
 */
export async function* tableText<Row>(
  format: 'csv' | 'ndjson',
  columns: readonly TableColumn<Row>[],
  page: (cursor: string | undefined) => Promise<TablePage<Row>>,
): AsyncGenerator<string> {
  if (format === 'csv') yield `\uFEFF${csvLine(columns.map(([name]) => name))}`;
  let cursor: string | undefined;
  let rows = 0;
  do {
    const { items, next } = await page(cursor);
    const part = items.slice(0, MOST_ROWS - rows);
    rows += part.length;
    yield part
      .map((row) =>
        format === 'csv' ? csvLine(columns.map(([, value]) => value(row))) : `${JSON.stringify(row)}\n`,
      )
      .join('');
    if (rows >= MOST_ROWS && (next !== undefined || part.length < items.length)) {
      yield format === 'csv'
        ? csvLine([`… cut at ${MOST_ROWS} rows; narrow the filter for the rest`])
        : `${JSON.stringify({ cut: true, rows: MOST_ROWS })}\n`;
      return;
    }
    cursor = next;
  } while (cursor !== undefined);
}
