import { messageOf, StorageError } from '../errors.ts';
import { HOT_COLUMNS } from './columns.ts';
import type { EventsTransport } from './transport.ts';

/** Minutes a change of the schema may take. */
const MIGRATION_TIMEOUT = 600_000;

/**
 * - Partition by day of receipt: one insert makes one part however old its events are, and a day's events
 *   of a tenant expire together. The second part of the key is always false; it makes `sequence` a column of
 *   the partition key, whose least and greatest value each part keeps: reading by sequence skips the other
 *   parts, and the highest sequence is known without reading any.
 * - Vertical merges always: a merge holds one column at a time, which halves the memory of the process.
 * - `fsync_after_insert`: an insert that has returned survives a power cut.
 * - The projection is written in the same step as the rows, so its counts are never out of step with them.
 */
const EVENT_TABLE = `
CREATE TABLE event (
  tenant LowCardinality(String),
  source LowCardinality(String),
  id FixedString(16),
  time DateTime64(6, 'UTC') CODEC(Delta, ZSTD(1)),
  received DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
  sequence UInt64 CODEC(Delta, ZSTD(1)),
  expires Date CODEC(ZSTD(1)),
  ${HOT_COLUMNS.map(({ column, type }) => `${column} ${type}`).join(',\n  ')},
  original String CODEC(ZSTD(1)),
  rest Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  spill Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  INDEX by_id id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX by_text original TYPE text(tokenizer = splitByNonAlpha, preprocessor = lower(original)),
  PROJECTION by_hour (
    SELECT tenant, source, event_dataset, toStartOfHour(received),
      count(), countIf(position(tags, '_parsefailure') > 0), max(received)
    GROUP BY tenant, source, event_dataset, toStartOfHour(received)
  )
)
ENGINE = MergeTree
PARTITION BY (toDate(received), sequence > 9007199254740991)
ORDER BY (tenant, time)
TTL expires + INTERVAL 1 DAY DELETE
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, merge_max_block_size_bytes = 8388608,
  vertical_merge_algorithm_min_rows_to_activate = 1, vertical_merge_algorithm_min_columns_to_activate = 1,
  min_compress_block_size = 65536, max_compress_block_size = 262144,
  max_bytes_to_merge_at_max_space_in_pool = 21474836480, deduplicate_merge_projection_mode = 'rebuild',
  max_suspicious_broken_parts = 1000, old_parts_lifetime = 60`;

const RETENTION_TABLE = `
CREATE TABLE retention (tenant String, days UInt16, changed UInt64)
ENGINE = ReplacingMergeTree(changed) ORDER BY tenant SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`;

/** Steps of the schema, oldest first; append only. Each holds statements that run in order. */
const MIGRATIONS: readonly { readonly name: string; readonly statements: readonly string[] }[] = [
  { name: 'events and retention', statements: [EVENT_TABLE, RETENTION_TABLE] },
];

/**
 * Brings the store to the newest schema. A step that was cut short is taken again: the engine has no
 * transaction around it, so each statement creates what may exist already.
 *
 * @throws `VIGIE_EVENTS_SCHEMA_NEWER`
 */
export async function migrate(transport: EventsTransport): Promise<void> {
  const run = (sql: string) => transport.run('admin', sql, 'JSONCompactEachRow', MIGRATION_TIMEOUT);
  await run(`CREATE TABLE IF NOT EXISTS schema_version (number UInt32, name String, applied DateTime)
    ENGINE = MergeTree ORDER BY number SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`);
  const [current = 0] = JSON.parse(
    (await run('SELECT max(number) FROM schema_version')).toString(),
  ) as number[];
  if (current > MIGRATIONS.length)
    throw new StorageError(
      'VIGIE_EVENTS_SCHEMA_NEWER',
      `the event store is at schema ${current}, this version knows ${MIGRATIONS.length}; start the newer version`,
    );
  for (let number = current + 1; number <= MIGRATIONS.length; number++) {
    const { name, statements } = MIGRATIONS[number - 1]!;
    for (const statement of statements)
      try {
        await run(statement.replace(/^\s*CREATE TABLE /, 'CREATE TABLE IF NOT EXISTS '));
      } catch (error) {
        throw error instanceof StorageError
          ? new StorageError(error.code, `schema step ${number} (${name}): ${messageOf(error)}`, error)
          : error;
      }
    await run(`INSERT INTO schema_version VALUES (${number}, '${name}', now())`);
  }
}
