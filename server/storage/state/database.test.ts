import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Generated, sql } from 'kysely';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openState, type State, transaction, withTenants } from './database.ts';
import { EmbeddedPostgres } from './embedded.ts';
import { type Migration, migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { postmasterPid } from './orphan.ts';
import type { Database } from './schema.ts';

interface Notes {
  note: { id: Generated<number>; tenant: string; text: string };
}

const NOTES: readonly Migration[] = [
  { number: 1, name: 'schema', sql: 'GRANT USAGE ON SCHEMA vigie TO vigie_api' },
  {
    number: 2,
    name: 'notes',
    sql: `CREATE TABLE note (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant text NOT NULL, text text NOT NULL);
      CREATE UNIQUE INDEX ON note (tenant, text);
      ALTER TABLE note ENABLE ROW LEVEL SECURITY;
      CREATE POLICY by_tenant ON note TO vigie_api USING (current_setting('vigie.tenants', true) = '*'
        OR tenant = ANY (string_to_array(current_setting('vigie.tenants', true), ',')));
      GRANT SELECT, INSERT, UPDATE, DELETE ON note TO vigie_api`,
  },
];

let folder: string;
let server: EmbeddedPostgres;
let states: State<Notes>[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vigie-database-'));
  server = new EmbeddedPostgres({ directory: join(folder, 'postgres') });
  await server.start();
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function admin<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client(server.connection);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function open(): Promise<State<Notes>> {
  const state = await openState<Notes>(server.connection, NOTES, { maxConnections: 4 });
  states.push(state);
  return state;
}

beforeEach(async () => {
  await admin((client) => client.query('DROP SCHEMA IF EXISTS vigie CASCADE'));
});
afterEach(async () => {
  for (const state of states) await state.close();
  states = [];
});

describe('migrate', () => {
  it('applies each migration once, also when two start at the same time', async () => {
    const [first, second] = await Promise.all([
      admin((client) => migrate(client, NOTES)),
      admin((client) => migrate(client, NOTES)),
    ]);
    expect([...first, ...second].sort()).toEqual([1, 2]);
    expect(await admin((client) => migrate(client, NOTES))).toEqual([]);
  });

  it('keeps nothing of a migration that fails, and goes on from there', async () => {
    const broken = [...NOTES, { number: 3, name: 'broken', sql: 'CREATE TABLE half (n int); SELECT 1/0' }];
    await expect(admin((client) => migrate(client, broken))).rejects.toMatchObject({
      code: 'VIGIE_STATE_MIGRATION_FAILED',
    });
    const fixed = [...NOTES, { number: 3, name: 'mended', sql: 'CREATE TABLE half (n int)' }];
    expect(await admin((client) => migrate(client, fixed))).toEqual([3]);
  });

  it('refuses a changed migration and a newer database', async () => {
    await admin((client) => migrate(client, NOTES));
    const changed = [NOTES[0]!, { ...NOTES[1]!, sql: `${NOTES[1]!.sql} ` }];
    await expect(admin((client) => migrate(client, changed))).rejects.toMatchObject({
      code: 'VIGIE_STATE_MIGRATION_CHANGED',
    });
    await expect(admin((client) => migrate(client, NOTES.slice(0, 1)))).rejects.toMatchObject({
      code: 'VIGIE_STATE_SCHEMA_NEWER',
    });
  });

  it('gives contacts of before what contacts say now, and changes nothing else of them', async () => {
    await admin(async (client) => {
      await migrate(
        client,
        migrations.filter(({ number }) => number < 22),
      );
      const contact = { name: 'Ada', email: 'ada@example.org', kinds: ['incident'], hours: 'always' };
      await client.query(
        `INSERT INTO vigie.tenant (id, name, language, time_zone, retention_days, contacts, created_at)
         VALUES ('old', 'Old', 'fr', 'UTC', 30, $1, 0), ('none', 'None', 'fr', 'UTC', 30, '[]', 0)`,
        [JSON.stringify([contact, { ...contact, email: 'bob@example.org' }])],
      );
      await migrate(client, migrations);
      const { rows } = await client.query('SELECT id, contacts FROM vigie.tenant ORDER BY id');
      expect(rows).toEqual([
        { id: 'none', contacts: [] },
        {
          id: 'old',
          contacts: [
            { ...contact, functions: [], languages: [] },
            { ...contact, email: 'bob@example.org', functions: [], languages: [] },
          ],
        },
      ]);
    });
  });

  it('brings up the whole schema of the product', async () => {
    const state = await openState<Database>(server.connection, migrations);
    try {
      expect(await state.db.selectFrom('tenant').selectAll().execute()).toEqual([]);
      await withTenants(state.db, 'all', (trx) => trx.selectFrom('incident').selectAll().execute());
    } finally {
      await state.close();
    }
  });

  it('works for a database user that is no superuser, over a URL', async () => {
    await admin(async (client) => {
      await client.query('DROP DATABASE IF EXISTS customer');
      await client.query('DROP ROLE IF EXISTS plain');
      await client.query('CREATE ROLE plain LOGIN CREATEROLE');
      await client.query('CREATE DATABASE customer OWNER plain');
      // Roles made by another user are theirs to give.
      await client.query('GRANT vigie_pipeline, vigie_api TO plain');
    });
    const socket = encodeURIComponent(server.connection.host!);
    const state = await openState<Notes>({ url: `postgres://plain@${socket}:5432/customer` }, NOTES);
    try {
      await state.db.insertInto('note').values({ tenant: 'acme', text: 'hello' }).execute();
      const seen = await withTenants(state.db, ['globex'], (trx) =>
        trx.selectFrom('note').selectAll().execute(),
      );
      expect(seen).toEqual([]);
    } finally {
      await state.close();
    }
  });
});

describe('withTenants', () => {
  beforeEach(async () => {
    const { db } = await open();
    const rows = ['acme', 'globex', 'initech'].map((tenant) => ({ tenant, text: `of ${tenant}` }));
    await db.insertInto('note').values(rows).execute();
  });

  const texts = (state: State<Notes>, tenants: readonly string[] | 'all') =>
    withTenants(state.db, tenants, async (trx) =>
      (await trx.selectFrom('note').select('tenant').orderBy('tenant').execute()).map(({ tenant }) => tenant),
    );

  it('shows the rows of its tenants only', async () => {
    const state = await open();
    expect(await texts(state, ['acme'])).toEqual(['acme']);
    expect(await texts(state, ['globex', 'acme'])).toEqual(['acme', 'globex']);
    expect(await texts(state, 'all')).toEqual(['acme', 'globex', 'initech']);
    expect(await texts(state, [])).toEqual([]);
    // The scope ends with its transaction, on every connection of the pool.
    const counts = await Promise.all(
      Array.from({ length: 8 }, () =>
        state.db.selectFrom('note').select(sql<number>`count(*)::int`.as('n')).execute(),
      ),
    );
    expect(new Set(counts.map(([row]) => row!.n))).toEqual(new Set([3]));
  });

  it('neither writes nor deletes for others', async () => {
    const state = await open();
    const insert = (tenant: string) =>
      withTenants(state.db, ['acme'], (trx) =>
        trx.insertInto('note').values({ tenant, text: 'new' }).execute(),
      );
    await insert('acme');
    await expect(insert('globex')).rejects.toThrow(/row-level security/);
    const removed = await withTenants(state.db, ['acme'], (trx) => trx.deleteFrom('note').executeTakeFirst());
    expect(Number(removed.numDeletedRows)).toBe(2);
    expect(await texts(state, 'all')).toEqual(['globex', 'initech']);
  });

  it('takes no list for a name of a tenant', async () => {
    const state = await open();
    for (const tenant of ['*', 'acme,globex', ''])
      await expect(texts(state, [tenant])).rejects.toThrow(TypeError);
    for (const tenant of ["' OR true --", '{acme}', '"acme"', '\\', 'ACME'])
      expect(await texts(state, [tenant])).toEqual([]);
  });
});

describe('transaction', () => {
  it('runs again after a serialisation failure', async () => {
    const { db } = await open();
    await db.insertInto('note').values({ tenant: 'acme', text: '0' }).execute();
    let tries = 0;
    // All three have read before one of them writes.
    let waiting = 3;
    let all: () => void = () => undefined;
    const read = new Promise<void>((resolve) => {
      all = resolve;
    });
    const increment = () =>
      transaction(db, async (trx) => {
        tries++;
        await sql`SET TRANSACTION ISOLATION LEVEL SERIALIZABLE`.execute(trx);
        const { text } = await trx.selectFrom('note').select('text').executeTakeFirstOrThrow();
        if (--waiting === 0) all();
        await read;
        await trx
          .updateTable('note')
          .set({ text: String(Number(text) + 1) })
          .execute();
      });
    await Promise.all([increment(), increment(), increment()]);
    expect(tries).toBeGreaterThan(3);
    expect(await db.selectFrom('note').select('text').execute()).toEqual([{ text: '3' }]);
  });

  it('outlives a server that is killed in the middle', async () => {
    const { db } = await open();
    let tries = 0;
    const { restarts } = server.report;
    await transaction(
      db,
      async (trx) => {
        await trx.insertInto('note').values({ tenant: 'acme', text: 'once' }).execute();
        if (tries++ === 0) process.kill((await postmasterPid(join(folder, 'postgres')))!, 'SIGKILL');
        await sql`SELECT pg_sleep(0.2)`.execute(trx);
        if (tries === 1) throw new Error('the server should be gone');
      },
      10,
    ).catch((error: unknown) => {
      // The backend may outlive its postmaster by the length of a statement; then our own error came through.
      expect(String(error)).toContain('should be gone');
    });
    await expect
      .poll(() => server.report, { timeout: 15_000 })
      .toMatchObject({ state: 'running', restarts: restarts + 1 });
    await transaction(db, (trx) => trx.selectFrom('note').selectAll().execute(), 10);
  });

  it('gives up with a retryable error when the server stays away, and passes other errors on', async () => {
    const { db } = await open();
    await expect(transaction(db, (trx) => sql`SELECT 1/0`.execute(trx))).rejects.toMatchObject({
      code: '22012',
    });
    await expect(
      openState<Notes>({ host: join(folder, 'nowhere'), user: 'x', database: 'x' }, NOTES),
    ).rejects.toMatchObject({ code: 'VIGIE_STATE_UNAVAILABLE', retryable: true });
  });
});
