import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { PullBench } from '../../collect/pull/testing/bench.ts';
import { withTenants } from './database.ts';

const SECRET = 'hush-this-is-a-secret';

let bench: PullBench;
beforeAll(async () => {
  bench = await PullBench.open();
});
afterAll(() => bench?.close());
beforeEach(async () => {
  await bench.reset();
  for (const tenant of ['acme', 'globex'])
    await bench.set(
      'okta-system-log',
      { domain: `${tenant}.okta.com` },
      { token: `${SECRET}-${tenant}` },
      { tenant, source: 'cloud' },
    );
});

const ACME = { tenant: 'acme', source: 'cloud' };
const GLOBEX = { tenant: 'globex', source: 'cloud' };

test('nothing of a secret is in the database in clear', async () => {
  const { rows } = await sql<{ all: string }>`SELECT connector::text AS all FROM connector`.execute(
    bench.state.db,
  );
  expect(rows).toHaveLength(2);
  expect(JSON.stringify(rows)).not.toContain(SECRET);
  expect(await bench.store.secrets(ACME)).toEqual({ token: `${SECRET}-acme` });
});

test('a row’s secrets copied to another tenant, or to another connector, do not open', async () => {
  await sql`UPDATE connector SET secrets = (SELECT secrets FROM connector WHERE tenant = 'acme') WHERE tenant = 'globex'`.execute(
    bench.state.db,
  );
  await expect(bench.store.secrets(GLOBEX)).rejects.toMatchObject({ code: 'VIGIE_SECRETS_DAMAGED' });
  await sql`UPDATE connector SET type = 'http-poller' WHERE tenant = 'acme'`.execute(bench.state.db);
  await expect(bench.store.secrets(ACME)).rejects.toMatchObject({ code: 'VIGIE_SECRETS_DAMAGED' });
});

test('the API’s role sees its tenants only, and secrets of none', async () => {
  expect((await bench.store.list(['acme'])).map(({ tenant }) => tenant)).toEqual(['acme']);
  expect(await bench.store.list(['acme'], 'globex')).toEqual([]);
  expect(await bench.store.list('all')).toHaveLength(2);
  expect(JSON.stringify(await bench.store.list('all'))).not.toContain(SECRET);
  await expect(
    withTenants(bench.state.db, 'all', (db) => db.selectFrom('connector').select('secrets').execute()),
  ).rejects.toThrow(/permission denied/);
});

test('rotation encrypts all anew; what can’t be opened is named, and its key stays', async () => {
  const sealed = async () =>
    (
      await bench.state.db.selectFrom('connector').select(['tenant', 'secrets']).orderBy('tenant').execute()
    ).map(({ secrets }) => secrets);
  const before = await sealed();
  expect(await bench.store.rotate()).toEqual({ resealed: 2, unreadable: [] });
  const after = await sealed();
  expect(after.map((one) => one.split('.')[1])).toEqual([bench.vault.keyId, bench.vault.keyId]);
  expect(after).not.toEqual(before);
  expect(await bench.store.secrets(GLOBEX)).toEqual({ token: `${SECRET}-globex` });
  await sql`UPDATE connector SET secrets = ${before[0]} WHERE tenant = 'acme'`.execute(bench.state.db);
  expect(await bench.store.rotate()).toEqual({ resealed: 1, unreadable: [ACME] });
});

test('removing the source removes its connector', async () => {
  await bench.state.db.deleteFrom('source').where('tenant', '=', 'acme').execute();
  expect(await bench.store.get(ACME)).toBeUndefined();
  expect(
    await bench.store.put({
      ...ACME,
      type: 'http-poller',
      settings: {},
      secrets: {},
      everySeconds: 60,
      restart: false,
      now: 1,
    }),
  ).toBeUndefined();
});
