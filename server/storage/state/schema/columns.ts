import type { ColumnType, JSONColumnType } from 'kysely';

/** A `jsonb` column: written as JSON text. */
export type Json<T extends object | null> = JSONColumnType<T, string, string>;
/** A `bigint`: read as text by the driver, written as number. */
export type BigInt64 = ColumnType<string, number | string, number | string>;
