import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AccessChanges } from './access-changes.ts';
import { PostgresAccess } from './access-store.ts';
import { PostgresAccounts } from './account-store.ts';
import { openState, type State, withTenants } from './database.ts';
import { tokenHash } from './directory.ts';
import { PostgresKeys } from './key-store.ts';
import { migrations } from './migrations/index.ts';
import type { Database } from './schema.ts';
import { type TestDatabase, testDatabase } from './testing/test-state.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const VISIT = { address: '203.0.113.9', client: 'Firefox on Linux', method: 'password' as const };
const SYSTEM = { id: 'system', name: 'System' };

let database: TestDatabase;
let state: State<Database>;
let now = 0;
const changes = new AccessChanges();
let access: PostgresAccess;
let accounts: PostgresAccounts;
let keys: PostgresKeys;

/** Accounts and keys as the three roles of old had them. */
const OLD = `
INSERT INTO tenant (id, name, language, time_zone, retention_days, contacts, created_at) VALUES
  ('acme', 'Acme', 'en', 'UTC', 30, '[]', 0), ('globex', 'Globex', 'en', 'UTC', 30, '[]', 0);
INSERT INTO account (id, email, name, role, tenants, password_hash, created_at)
  SELECT r || coalesce('-' || t[1], ''), r || coalesce('-' || t[1], '') || '@example.org', r, r, t, 'x', 0
  FROM unnest(ARRAY['administrator', 'analyst', 'reader']) r, (VALUES (NULL::text[]), (ARRAY['acme'])) v(t);
INSERT INTO session (token_hash, account_id, created_at, expires_at, address)
  VALUES ('\\x00', 'analyst', 0, 9e15, '192.0.2.1');`;

beforeAll(async () => {
  database = await testDatabase({ empty: true });
  const before = await openState<Database>(database.connection, migrations.slice(0, 9));
  await before.pool.query(OLD);
  for (const [id, role, tenants] of [
    ['k1', 'reader', null],
    ['k2', 'administrator', ['acme']],
  ] as const)
    await before.pool.query(
      'INSERT INTO api_key (id, name, secret_hash, role, tenants, created_at) VALUES ($1, $1, $2, $3, $4, 0)',
      [id, tokenHash(`secret of ${id}`), role, tenants],
    );
  await before.close();
  state = await openState<Database>(database.connection, migrations, { maxConnections: 6 });
  const life = { idle: HOUR, whole: 12 * HOUR };
  access = new PostgresAccess(state.db, () => now, changes, life);
  accounts = new PostgresAccounts(state.db, () => now, changes);
  keys = new PostgresKeys(state.db, () => now, changes);
});
afterAll(async () => {
  await state?.close();
  await database?.drop();
});

describe('what the three roles of old become', () => {
  it('nobody may more at a client than before, and everybody signs in again', async () => {
    const users = await accounts.users();
    expect(users.map(({ id, role, tenants }) => [id, role, tenants])).toEqual([
      ['administrator-acme', 'client-administrator', ['acme']],
      ['administrator', 'provider-administrator', null],
      ['analyst-acme', 'analyst', ['acme']],
      ['analyst', 'analyst', null],
      ['reader-acme', 'client-reader', ['acme']],
      ['reader', 'auditor', null],
    ]);
    expect(await access.sessions('analyst', undefined)).toEqual([]);
  });

  it('keys go on working, as keys of service accounts; a reader’s does not read the record of people', async () => {
    const reader = await access.byKey('secret of k1');
    expect(reader).toMatchObject({ kind: 'key', id: 'k1', role: 'auditor', scope: 'all' });
    expect([...(reader?.permissions ?? [])]).toContain('events.read');
    for (const each of ['audit.read', 'access.read', 'comments.internal'] as const)
      expect(reader?.permissions.has(each)).toBe(false);
    expect(await access.byKey('secret of k2')).toMatchObject({
      role: 'client-administrator',
      scope: ['acme'],
    });
  });
});

describe('accounts and sessions', () => {
  beforeEach(async () => {
    await state.db.deleteFrom('account').execute();
    await state.db.deleteFrom('service_account').execute();
    now = Date.parse('2026-03-04T12:00:00Z');
  });

  const person = async (
    name: string,
    role: 'provider-administrator' | 'analyst' = 'analyst',
    tenants: string[] | null = null,
  ) => {
    const email = `${name}@example.org`;
    const made = await accounts.addUser({
      email,
      name,
      role,
      tenants,
      password: 'a long enough password',
      mustChangePassword: false,
    });
    return made!;
  };

  it('a session ends when it was idle for too long, and after its whole life in any case', async () => {
    const { id } = await person('anna');
    const idle = await access.openSession(id, VISIT);
    now += HOUR - MINUTE;
    expect(await access.bySession(idle!.token)).toMatchObject({ id, name: 'anna' });
    now += HOUR + 1;
    expect(await access.bySession(idle!.token)).toBeUndefined();

    const busy = await access.openSession(id, VISIT);
    const began = now;
    while (now < began + 12 * HOUR - 30 * MINUTE) {
      now += 30 * MINUTE;
      expect(await access.bySession(busy!.token), String((now - began) / HOUR)).toBeDefined();
    }
    now = began + 12 * HOUR;
    expect(await access.bySession(busy!.token)).toBeUndefined();
    expect(await access.sessions(id, undefined)).toEqual([]);
  });

  it('a device is known to the account that signed in from it, and not by a value that was planted', async () => {
    const anna = await person('anna');
    const bram = await person('bram');
    const first = await access.openSession(bram.id, VISIT);
    const planted = await access.openSession(anna.id, { ...VISIT, device: first!.device });
    expect(planted!.device).not.toBe(first!.device);
    expect(await access.knowsDevice({ email: 'anna@example.org' }, planted!.device)).toBe(true);
    expect(await access.knowsDevice({ email: 'anna@example.org' }, first!.device)).toBe(false);
    const again = await access.openSession(anna.id, { ...VISIT, device: planted!.device });
    expect(again!.device).toBe(planted!.device);
    await access.resetPassword('anna@example.org', 'a new one-time password', true);
    expect(await access.knowsDevice({ email: 'anna@example.org' }, planted!.device)).toBe(false);
  });

  it('two administrators who take the role from each other at the same time: one stays', async () => {
    for (let round = 0; round < 10; round++) {
      await state.db.deleteFrom('account').execute();
      const two = [
        await person('anna', 'provider-administrator'),
        await person('bram', 'provider-administrator'),
      ];
      await person('confined', 'provider-administrator', ['acme']);
      const done = await Promise.all(
        two.map(({ id }, n) =>
          n === 0 ? accounts.changeUser(id, { role: 'analyst' }) : accounts.removeUser(id),
        ),
      );
      expect(done.filter((each) => each === 'last-administrator')).toHaveLength(1);
      const left = (await accounts.users()).filter(
        ({ role, tenants }) => role === 'provider-administrator' && tenants === null,
      );
      expect(left).toHaveLength(1);
    }
  });

  it('a key may what its owner may now, ends at its time, and goes with its owner', async () => {
    const anna = await person('anna', 'analyst', ['acme', 'globex']);
    const { secret } = await keys.addKey(
      { kind: 'person', id: anna.id },
      {
        name: 'script',
        permissions: ['incidents.read', 'incidents.handle', 'platform.manage'],
        tenants: ['acme'],
        expiresAt: now + HOUR,
      },
      SYSTEM,
    );
    expect(await access.byKey(secret)).toMatchObject({ scope: ['acme'], owner: anna.id });
    expect([...(await access.byKey(secret))!.permissions]).toEqual(['incidents.read', 'incidents.handle']);
    await accounts.changeUser(anna.id, { role: 'client-reader', tenants: ['globex'] });
    expect([...(await access.byKey(secret))!.permissions]).toEqual(['incidents.read']);
    expect(await access.byKey(secret)).toMatchObject({ scope: [] });
    await accounts.changeUser(anna.id, { tenants: ['acme'] });
    now += HOUR;
    expect(await access.byKey(secret)).toBeUndefined();
    now -= HOUR;
    expect(await access.byKey(secret)).toBeDefined();
    await accounts.removeUser(anna.id);
    expect(await access.byKey(secret)).toBeUndefined();
    expect(await keys.keys()).toEqual([]);
  });

  it('a tenant that is made again under an old name belongs to nobody of the old one', async () => {
    const anna = await person('anna', 'analyst', ['acme', 'globex']);
    await state.db.deleteFrom('tenant').where('id', '=', 'globex').execute();
    expect((await accounts.users()).find(({ id }) => id === anna.id)?.tenants).toEqual(['acme']);
  });

  it('the database itself refuses a client’s role for all tenants, and shows the API no password', async () => {
    const { id } = await person('anna');
    await expect(accounts.changeUser(id, { role: 'client-reader', tenants: null })).rejects.toThrow(
      /client_is_confined/,
    );
    const read = (column: 'name' | 'password_hash') =>
      withTenants(state.db, 'all', (db) => db.selectFrom('account').select(column).execute());
    expect(await read('name')).toHaveLength(1);
    await expect(read('password_hash')).rejects.toThrow(/permission denied/);
  });
});
