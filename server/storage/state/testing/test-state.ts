/** Databases for tests: each file gets one of its own, on the run's server. */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import pg from 'pg';
import { inject } from 'vitest';
import { openState, type State, type StateConnection, type StateOptions } from '../database.ts';
import { migrations } from '../migrations/index.ts';
import type { Database } from '../schema.ts';
import type { ServerAnswer } from './server.ts';

/** A database of a test's own. */
export interface TestDatabase {
  /** As its owner, who is a superuser. */
  readonly connection: StateConnection;
  /** Removes it, together with whoever is still connected. */
  drop(): Promise<void>;
}

/** The state on a database of a test's own; closing it removes the database. */
export interface TestState extends State<Database> {
  readonly connection: StateConnection;
}

/** Makes a database: migrated, or with nothing in it when it is to be `empty`. */
export async function testDatabase({ empty = false } = {}): Promise<TestDatabase> {
  const answer = JSON.parse(await text(connect(inject('stateServer')))) as ServerAnswer;
  if (answer.connection === undefined) throw new Error(`no PostgreSQL for the tests: ${answer.failure}`);
  const server = answer.connection;
  const database = `test_${randomBytes(8).toString('hex')}`;
  const run = async (statement: string) => {
    const client = new pg.Client({ ...server, database: 'postgres' });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await run(`CREATE DATABASE ${database} TEMPLATE ${empty ? 'template1' : server.database}`);
  return {
    connection: { ...server, database },
    drop: () => run(`DROP DATABASE ${database} WITH (FORCE)`),
  };
}

/** The migrated state as the server opens it, with nothing in it. */
export async function openTestState(options: StateOptions = {}): Promise<TestState> {
  const { connection, drop } = await testDatabase();
  const state = await openState<Database>(connection, migrations, options);
  return {
    ...state,
    connection,
    close: async () => {
      await state.close();
      await drop();
    },
  };
}

/** Adds tenants with nothing but their names. */
export async function addTenants(db: State<Database>['db'], ids: readonly string[]): Promise<void> {
  await db
    .insertInto('tenant')
    .values(
      ids.map((id) => ({
        id,
        name: id,
        language: 'en',
        time_zone: 'UTC',
        retention_days: 30,
        contacts: '[]',
        created_at: 0,
      })),
    )
    .execute();
}
