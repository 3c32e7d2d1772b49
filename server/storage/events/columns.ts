import { HOT_FIELDS, type HotField } from '@vigie/contracts';

/** How a hot field is stored. */
export interface HotColumn {
  readonly field: HotField;
  /** Name of the column: the field with `_` for `.`, because a dot means a nested structure to ClickHouse. */
  readonly column: string;
  /**
   * - `text`: any value, in the encoding of `values.ts`; the empty string where the event lacks the field.
   * - `ip`: canonical addresses, IPv4 as `::ffff:a.b.c.d`; `::` where absent. Anything else is spilled.
   * - `long`: safe integers; null where absent. Anything else is spilled.
   */
  readonly kind: 'text' | 'ip' | 'long';
  /** ClickHouse type with codec. */
  readonly type: string;
}

/** Fields with so many distinct values that a dictionary would only be overhead. */
const DISTINCT: ReadonlySet<string> = new Set([
  'destination.domain',
  'dns.question.name',
  'process.command_line',
  'file.path',
  'url.original',
]);

function hotColumn(field: HotField): HotColumn {
  const column = field.replaceAll('.', '_');
  switch (HOT_FIELDS[field]) {
    case 'ip':
      return { field, column, kind: 'ip', type: 'IPv6 CODEC(ZSTD(1))' };
    case 'long':
      return { field, column, kind: 'long', type: 'Nullable(Int64) CODEC(T64, LZ4)' };
    default: {
      const type = DISTINCT.has(field) ? 'String CODEC(ZSTD(1))' : 'LowCardinality(String)';
      return { field, column, kind: 'text', type };
    }
  }
}

/** Every hot field, in the order of the table's columns. */
export const HOT_COLUMNS: readonly HotColumn[] = (Object.keys(HOT_FIELDS) as HotField[]).map(hotColumn);

/** Whether a column of kind `text` keeps its distinct values in a dictionary. */
export function isDictionary({ type }: HotColumn): boolean {
  return type.startsWith('LowCardinality');
}

export const HOT_BY_FIELD: ReadonlyMap<string, HotColumn> = new Map(
  HOT_COLUMNS.map((column) => [column.field, column]),
);

/** The field whose text has a column and an index of its own. */
export const ORIGINAL_FIELD = 'event.original';

/**
 * The columns of a row as `block-writer.ts` writes and `row-reader.ts` reads them: envelope, hot fields,
 * original, other fields, spilled values.
 */
export const ROW_COLUMNS: readonly string[] = [
  'tenant',
  'source',
  'id',
  'time',
  'received',
  'sequence',
  'expires',
  ...HOT_COLUMNS.map(({ column }) => column),
  'original',
  'rest',
  'spill',
];
