import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { SsoConnectionDraft } from '../../access/ports.ts';
import { PullBench } from '../../collect/pull/testing/bench.ts';
import { AccessChanges } from './access-changes.ts';
import { withTenants } from './database.ts';
import { PostgresSignIn } from './sign-in-store.ts';
import { PostgresSso } from './sso-store.ts';

const TOTP_SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';
const CLIENT_SECRET = 'hush-a-client-secret';
const DRAFT: SsoConnectionDraft = {
  tenant: 'acme',
  name: 'Acme',
  enabled: true,
  button: false,
  domains: [],
  protocol: { kind: 'oidc', issuer: 'https://idp.example.org', clientId: 'vigie', scopes: 'openid' },
  attributes: { email: 'email', name: 'name', groups: 'groups' },
  roles: [],
  defaultRole: null,
};

let bench: PullBench;
let store: PostgresSignIn;
let sso: PostgresSso;
let now = 1_000_000;

beforeAll(async () => {
  bench = await PullBench.open();
  store = new PostgresSignIn(bench.state.db, bench.vault, () => now);
  sso = new PostgresSso(bench.state.db, bench.vault, new AccessChanges(), () => now);
});
afterAll(() => bench?.close());
beforeEach(async () => {
  await bench.reset();
  for (const tenant of ['acme', 'globex']) await bench.addSource(tenant, 'cloud');
  await bench.state.db.deleteFrom('account').execute();
  await bench.state.db.deleteFrom('sso_connection').execute();
  await sql`INSERT INTO account (id, email, name, role, tenants, password_hash, created_at)
    VALUES ('ann', 'ann@example.org', 'Ann', 'client-reader', '{acme}', 'x', 0)`.execute(bench.state.db);
});

/** Starts `work` many times at once. @returns what succeeded */
async function race<T>(work: () => Promise<T>): Promise<T[]> {
  const results = await Promise.all(Array.from({ length: 8 }, work));
  return results.filter((result) => result !== undefined && result !== false);
}

test('of many at once, one takes a code, a recovery code, a step of a sign-in (replay)', async () => {
  await store.beginTotp('ann', TOTP_SECRET);
  await store.confirmTotp('ann', ['first', 'second']);
  expect(await race(() => store.takeStep('ann', 50))).toHaveLength(1);
  expect(await store.takeStep('ann', 49)).toBe(false);
  expect(await race(() => store.takeRecoveryCode('ann', 'first'))).toHaveLength(1);
  const { token } = await store.open({ kind: 'passkey', data: () => ({ challenge: 'c' }), lives: 1000 });
  expect(await store.take(token, 'passkey-add')).toBeUndefined();
  expect(await race(() => store.take(token, 'passkey'))).toHaveLength(1);
});

test('a sign-in ends with its time, and after so many tries', async () => {
  const open = () => store.open({ kind: 'second-factor', accountId: 'ann', data: () => ({}), lives: 1000 });
  const { token } = await open();
  expect(await race(() => store.attempt(token, 'second-factor', 5))).toHaveLength(5);
  const late = await open();
  now += 1001;
  expect(await store.attempt(late.token, 'second-factor', 5)).toBeUndefined();
  expect(await store.take(late.token, 'second-factor')).toBeUndefined();
});

test('a passkey’s counter only goes forward, unless it counts nothing', async () => {
  const passkey = {
    id: 'k',
    accountId: 'ann',
    name: 'Key',
    publicKey: new Uint8Array(3),
    counter: 0,
    transports: [],
    synced: true,
  };
  expect(await store.addPasskey(passkey)).toBe(true);
  expect(await store.addPasskey({ ...passkey, accountId: 'ann', name: 'Again' })).toBe(false);
  expect(await store.usePasskey('k', 0)).toBe(true);
  expect(await race(() => store.usePasskey('k', 7))).toHaveLength(1);
  expect(await store.usePasskey('k', 6)).toBe(false);
  expect(await store.usePasskey('k', 0)).toBe(false);
});

test('no secret is in the database in clear, and a new key of the vault takes them along', async () => {
  await store.beginTotp('ann', TOTP_SECRET);
  await store.confirmTotp('ann', ['a recovery code']);
  const made = await sso.put(undefined, { ...DRAFT, secret: CLIENT_SECRET });
  if (!('connection' in made)) throw new Error('not made');
  const { id } = made.connection;
  const token = await sso.newScimToken(id);
  const { token: step } = await store.open({
    kind: 'sso',
    connectionId: id,
    data: () => ({ verifier: 'hush' }),
    lives: 1000,
  });
  const { rows } = await sql`SELECT t::text FROM totp t UNION ALL SELECT r::text FROM recovery_code r
    UNION ALL SELECT c::text FROM sso_connection c UNION ALL SELECT f::text FROM sign_in_flow f`.execute(
    bench.state.db,
  );
  expect(rows).toHaveLength(4);
  for (const secret of [TOTP_SECRET, 'a recovery code', CLIENT_SECRET, token, step, 'hush'])
    expect(JSON.stringify(rows)).not.toContain(secret);

  expect(await bench.store.rotate()).toEqual({ resealed: 2, unreadable: [] });
  expect(await store.totp('ann')).toEqual({ secret: TOTP_SECRET, confirmed: true });
  expect(await sso.secret(id)).toBe(CLIENT_SECRET);
  expect((await sso.byScimToken(token))?.id).toBe(id);
  // Another connection's row does not open with what was sealed for this one.
  const other = await sso.put(undefined, { ...DRAFT, tenant: 'globex' });
  if (!('connection' in other)) throw new Error('not made');
  await sql`UPDATE sso_connection SET secret = (SELECT secret FROM sso_connection WHERE id = ${id})`.execute(
    bench.state.db,
  );
  await expect(sso.secret(other.connection.id)).rejects.toMatchObject({ code: 'VIGIE_SECRETS_DAMAGED' });
});

test('the API’s role sees its tenants’ connections only, and no secret, factor or step', async () => {
  for (const tenant of ['acme', 'globex', null]) await sso.put(undefined, { ...DRAFT, tenant });
  const seen = await withTenants(bench.state.db, ['acme'], (db) =>
    db.selectFrom('sso_connection').select('tenant').execute(),
  );
  expect(seen).toEqual([{ tenant: 'acme' }]);
  for (const [table, column] of [
    ['sso_connection', 'secret'],
    ['totp', 'secret'],
    ['recovery_code', 'code_hash'],
    ['passkey', 'public_key'],
    ['sign_in_flow', 'data'],
    ['external_identity', 'subject'],
  ] as const)
    await expect(
      withTenants(bench.state.db, 'all', (db) =>
        sql`SELECT ${sql.ref(column)} FROM ${sql.table(table)}`.execute(db),
      ),
      table,
    ).rejects.toThrow(/permission denied/);
});
