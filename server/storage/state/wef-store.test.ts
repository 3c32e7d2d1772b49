import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MachineKey } from '../../collect/ports.ts';
import { openState, withTenants } from './database.ts';
import { Directory } from './directory.ts';
import { EmbeddedPostgres } from './embedded.ts';
import { migrations } from './migrations/index.ts';
import type { Database } from './schema.ts';
import { addTenants, openTestState, type TestState } from './testing/test-state.ts';
import { PostgresWef } from './wef-store.ts';

let state: TestState;
let store: PostgresWef;

beforeAll(async () => {
  state = await openTestState();
  store = new PostgresWef(state.db);
});
afterAll(async () => {
  await state?.close();
});
beforeEach(async () => {
  await state.db.deleteFrom('tenant').execute();
  await addTenants(state.db, ['harbour', 'abbey']);
  for (const id of ['harbour', 'abbey'])
    for (const source of ['windows', 'servers']) await addSource(id, source);
});

async function addSource(tenant: string, id: string, addresses: string[] = []): Promise<void> {
  await state.db
    .insertInto('source')
    .values({
      tenant,
      id,
      name: id,
      type: null,
      time_zone: 'UTC',
      addresses,
      token_hash: Buffer.from(`${tenant}/${id}`),
      created_at: 0,
    })
    .execute();
}

const PC: MachineKey = { tenant: 'harbour', source: 'windows', certificate: 'pc-1', machine: 'pc-1' };
const heard = (at: number, more: object = {}) => ({
  kind: 'events' as const,
  at,
  address: '192.0.2.1',
  ...more,
});
const ONE = {
  enabled: true,
  queries: [{ channel: 'Security', xpath: '*' }],
  format: 'raw' as const,
  readExisting: false,
  latencySeconds: 30,
  heartbeatSeconds: 900,
};

describe('machines', () => {
  test('a bookmark stays with its machine, its certificate, its source and its tenant', async () => {
    const keys: MachineKey[] = [
      PC,
      { ...PC, machine: 'pc-2' },
      { ...PC, certificate: 'pc-2' },
      { ...PC, source: 'servers' },
      { ...PC, tenant: 'abbey' },
    ];
    for (const [n, key] of keys.entries())
      expect(await store.note(key, heard(n, { events: n, bookmark: `<BookmarkList n="${n}"/>` }))).toBe(true);
    for (const [n, key] of keys.entries()) expect(await store.bookmark(key)).toBe(`<BookmarkList n="${n}"/>`);
    expect(await store.machines('abbey', 'windows')).toHaveLength(1);
    expect(await store.machines('harbour', 'windows')).toHaveLength(3);
  });

  test('what it does is counted; a sign of life moves no bookmark; what it told ends when it delivers again', async () => {
    const mark = '<BookmarkList/>';
    expect(await store.bookmark(PC)).toBeUndefined();
    await store.note(PC, { kind: 'asked', at: 1, address: '192.0.2.1' });
    await store.note(PC, heard(2, { events: 7, bookmark: mark, version: 'V1' }));
    await store.note(PC, { kind: 'ended', at: 3, address: '192.0.2.2', problem: 'Access is denied.' });
    expect((await store.machines('harbour', 'windows'))[0]).toMatchObject({
      first_at: 1,
      last_at: 3,
      events_at: 2,
      events: '7',
      address: '192.0.2.2',
      version: 'V1',
      problem: 'Access is denied.',
      problem_at: 3,
    });
    // Asking again does not mean that it may.
    await store.note(PC, { kind: 'asked', at: 4, address: '192.0.2.2' });
    expect((await store.machines('harbour', 'windows'))[0]!.problem).toBe('Access is denied.');
    await store.note(PC, { kind: 'heartbeat', at: 5, address: '192.0.2.2' });
    expect((await store.machines('harbour', 'windows'))[0]).toMatchObject({
      problem: null,
      events_at: 2,
      bookmark: mark,
      last_at: 5,
    });
  });

  test('one certificate brings a thousand machines and no more; others are let in', async () => {
    await sql`INSERT INTO wef_machine (tenant, source, id, certificate, machine, address, first_at, last_at)
      SELECT 'harbour', 'windows', n::text, 'shared', n::text, '192.0.2.1', 0, 0 FROM generate_series(1, 999) n`.execute(
      state.db,
    );
    const shared = { ...PC, certificate: 'shared' };
    expect(await store.note({ ...shared, machine: 'last' }, heard(1))).toBe(true);
    expect(await store.note({ ...shared, machine: 'more' }, heard(1))).toBe(false);
    expect(await store.note({ ...shared, machine: 'last' }, heard(2))).toBe(true);
    expect(await store.note(PC, heard(1))).toBe(true);
  });

  test('a source that is gone takes nothing, and takes its machines with it', async () => {
    await store.note(PC, heard(1, { bookmark: '<BookmarkList/>' }));
    await store.put('harbour', 'windows', ONE);
    await state.db.deleteFrom('source').where('tenant', '=', 'harbour').where('id', '=', 'windows').execute();
    expect(await store.note(PC, heard(2))).toBe(false);
    expect(await store.bookmark(PC)).toBeUndefined();
    await addSource('harbour', 'windows');
    expect(await store.subscription('harbour', 'windows')).toBeUndefined();
  });

  test('a database that is away is told as one that comes back', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'vigie-wef-store-'));
    const other = new EmbeddedPostgres({ directory: join(folder, 'postgres') });
    await other.start();
    const lost = await openState<Database>(other.connection, migrations, {
      onConnectionLost: () => undefined,
    });
    await other.stop();
    const away = new PostgresWef(lost.db);
    await expect(away.note(PC, heard(1))).rejects.toMatchObject({ code: 'VIGIE_COLLECT_UNAVAILABLE' });
    await expect(away.bookmark(PC)).rejects.toMatchObject({ code: 'VIGIE_COLLECT_UNAVAILABLE' });
    await lost.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('forgotten, a machine begins anew; only in its own tenant', async () => {
    await store.note(PC, heard(1, { bookmark: '<BookmarkList/>' }));
    const id = (await store.machines('harbour', 'windows'))[0]!.id;
    expect(await store.forget('abbey', 'windows', id)).toBe(false);
    expect(await store.forget('harbour', 'windows', id)).toBe(true);
    expect(await store.bookmark(PC)).toBeUndefined();
  });
});

describe('subscriptions', () => {
  test('what was chosen, in its own source; and back', async () => {
    expect(await store.put('harbour', 'windows', ONE)).toBe(true);
    expect(await store.put('harbour', 'windows', { ...ONE, latencySeconds: 5 })).toBe(true);
    expect(await store.put('harbour', 'nowhere', ONE)).toBe(false);
    expect(await store.subscription('harbour', 'windows')).toEqual({ ...ONE, latencySeconds: 5 });
    expect(await store.subscription('abbey', 'windows')).toBeUndefined();
    await store.reset('abbey', 'windows');
    expect(await store.subscription('harbour', 'windows')).toBeDefined();
    await store.reset('harbour', 'windows');
    expect(await store.subscription('harbour', 'windows')).toBeUndefined();
  });

  test('row-level security holds the API to its tenants', async () => {
    await store.put('harbour', 'windows', ONE);
    await store.note(PC, heard(1));
    const seen = (tenants: string[]) =>
      withTenants(state.db, tenants, async (db) => [
        await db.selectFrom('wef_subscription').selectAll().execute(),
        await db.selectFrom('wef_machine').selectAll().execute(),
      ]);
    expect((await seen(['harbour'])).map((rows) => rows.length)).toEqual([1, 1]);
    expect((await seen(['abbey'])).map((rows) => rows.length)).toEqual([0, 0]);
    await expect(
      withTenants(state.db, ['abbey'], (db) =>
        db
          .insertInto('wef_subscription')
          .values({
            tenant: 'harbour',
            source: 'servers',
            enabled: true,
            queries: '[]',
            format: 'raw',
            read_existing: false,
            latency_seconds: 1,
            heartbeat_seconds: 60,
          })
          .execute(),
      ),
    ).rejects.toThrow(/row-level security/);
  });
});

describe('whose machine it is', () => {
  const machine = (issuers: string[], names: string[] = ['pc-1'], fingerprint = 'f0') => ({
    issuers,
    names,
    fingerprint,
  });

  test('its authority says it; a name goes before in the same tenant only, and alone says nothing', async () => {
    await addSource('harbour', 'all', ['AA'.repeat(32)]);
    await addSource('harbour', 'doctors', ['dr-1']);
    await addSource('abbey', 'all', ['bb'.repeat(32), 'dc-1', '127.0.0.1']);
    await addSource('abbey', 'one', ['cc'.repeat(32)]);
    const directory = new Directory(state.db);
    await directory.reload();
    const of = (...args: Parameters<typeof machine>) => directory.byCertificate(machine(...args));
    const harbour = 'aa'.repeat(32);
    expect(of([harbour])).toEqual({ tenant: 'harbour', source: 'all' });
    expect(of(['00', harbour])).toEqual({ tenant: 'harbour', source: 'all' });
    expect(of([harbour], ['x', 'dr-1'])).toEqual({ tenant: 'harbour', source: 'doctors' });
    // An authority of the one hospital writes the name of a machine of the other.
    expect(of([harbour], ['dc-1'])).toEqual({ tenant: 'harbour', source: 'all' });
    expect(of(['00'], ['dc-1'])).toBeUndefined();
    expect(of([])).toBeUndefined();
    expect(of([harbour], ['pc-1'], 'cc'.repeat(32))).toEqual({ tenant: 'abbey', source: 'one' });
  });
});
