import { createHash } from 'node:crypto';
import type pg from 'pg';
import { messageOf, StorageError } from '../errors.ts';

/** One step of the schema. `sql` may hold several statements; it runs in one transaction as `vigie_pipeline`. */
export interface Migration {
  /** 1, 2, 3 … without a gap. */
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/** Schema that holds every table of Vigie; also the search path of every connection. */
export const SCHEMA = 'vigie';

// Any fixed number will do, as long as nothing else in the database takes the same advisory lock.
const LOCK_KEY = 0x56_49_47_49;

/**
 * Brings the database to the newest schema: makes the roles and the schema, then runs each missing
 * migration in a transaction of its own. Concurrent callers wait for each other.
 *
 * @param client a connected client that logged in as the configured user and set no role
 * @returns numbers of the migrations applied by this call
 * @throws `VIGIE_STATE_SCHEMA_NEWER`, `VIGIE_STATE_MIGRATION_CHANGED`, `VIGIE_STATE_MIGRATION_FAILED`
 */
export async function migrate(client: pg.ClientBase, migrations: readonly Migration[]): Promise<number[]> {
  migrations.forEach((migration, index) => {
    if (migration.number !== index + 1) throw new RangeError(`migration ${index + 1} is missing`);
  });
  await client.query('SELECT pg_advisory_lock($1)', [LOCK_KEY]);
  try {
    await prepare(client);
    return await applyMissing(client, migrations);
  } finally {
    await client.query('RESET ROLE');
    await client.query('SELECT pg_advisory_unlock($1)', [LOCK_KEY]);
  }
}

/** Roles, schema and the table of applied migrations; every statement may run any number of times. */
async function prepare(client: pg.ClientBase): Promise<void> {
  try {
    await client.query(`DO $$ BEGIN
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'vigie_pipeline') THEN CREATE ROLE vigie_pipeline NOLOGIN; END IF;
      IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'vigie_api') THEN CREATE ROLE vigie_api NOLOGIN; END IF;
      IF NOT pg_has_role(current_user, 'vigie_pipeline', 'SET') THEN GRANT vigie_pipeline TO current_user; END IF;
      IF NOT pg_has_role(current_user, 'vigie_api', 'SET') THEN GRANT vigie_api TO current_user; END IF;
    END $$`);
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${SCHEMA} AUTHORIZATION vigie_pipeline`);
    await client.query('SET ROLE vigie_pipeline');
    await client.query(`SET search_path TO ${SCHEMA}`);
    await client.query(`CREATE TABLE IF NOT EXISTS applied_migration (
      number integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT now())`);
  } catch (error) {
    throw new StorageError(
      'VIGIE_STATE_MIGRATION_FAILED',
      `the roles and the schema could not be made; the database user needs CREATEROLE and CREATE on the database (${messageOf(error)})`,
      error,
    );
  }
}

async function applyMissing(client: pg.ClientBase, migrations: readonly Migration[]): Promise<number[]> {
  const { rows } = await client.query<{ number: number; checksum: string }>(
    'SELECT number, checksum FROM applied_migration ORDER BY number',
  );
  const applied = new Map(rows.map((row) => [row.number, row.checksum]));
  const newest = rows.at(-1)?.number ?? 0;
  if (newest > migrations.length)
    throw new StorageError(
      'VIGIE_STATE_SCHEMA_NEWER',
      `the database is at schema ${newest}, this version knows ${migrations.length}; start the newer version`,
    );
  const done: number[] = [];
  for (const { number, name, sql } of migrations) {
    const checksum = createHash('sha256').update(sql).digest('hex');
    const recorded = applied.get(number);
    if (recorded === checksum) continue;
    if (recorded !== undefined)
      throw new StorageError(
        'VIGIE_STATE_MIGRATION_CHANGED',
        `migration ${number} (${name}) was applied with another text than this version ships`,
      );
    try {
      await client.query('BEGIN');
      await client.query(sql);
      await client.query('INSERT INTO applied_migration (number, name, checksum) VALUES ($1, $2, $3)', [
        number,
        name,
        checksum,
      ]);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK');
      throw new StorageError(
        'VIGIE_STATE_MIGRATION_FAILED',
        `migration ${number} (${name}): ${messageOf(error)}`,
        error,
      );
    }
    done.push(number);
  }
  return done;
}
