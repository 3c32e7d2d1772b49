import { randomUUID } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import pg from 'pg';
import type {
  ExternalProfile,
  ManagedAccount,
  NewManagedAccount,
  SsoConnection,
  SsoConnectionDraft,
  SsoStore,
} from '../../access/ports.ts';
import type { AccessChanges } from './access-changes.ts';
import { administrators } from './account-store.ts';
import { transaction } from './database.ts';
import { newToken, tokenHash } from './directory.ts';
import type { Database } from './schema.ts';
import { connectionOwner } from './sign-in-secrets.ts';
import type { Vault } from './vault.ts';

const ACCOUNT = [
  'account.id',
  'account.email',
  'account.name',
  'account.role',
  'account.active',
  'account.connection_id',
  'account.external_id',
  'account.created_at',
  sql<number>`(SELECT count(*)::int FROM external_identity i WHERE i.account_id = account.id)`.as(
    'identities',
  ),
] as const;

/** Connections of single sign-on and the accounts that they make, over their tables. */
export class PostgresSso implements SsoStore {
  readonly #db: Kysely<Database>;
  readonly #vault: Vault;
  readonly #changes: AccessChanges;
  readonly #now: () => number;

  constructor(db: Kysely<Database>, vault: Vault, changes: AccessChanges, now: () => number) {
    this.#changes = changes;
    this.#db = db;
    this.#vault = vault;
    this.#now = now;
  }

  async connections(tenant: string | null): Promise<SsoConnection[]> {
    const rows = await this.#query()
      .where('tenant', tenant === null ? 'is' : '=', tenant)
      .orderBy('name')
      .execute();
    return rows.map(connectionOf);
  }

  async connection(id: string): Promise<SsoConnection | undefined> {
    const row = await this.#query().where('id', '=', id).executeTakeFirst();
    return row && connectionOf(row);
  }

  async buttons() {
    return this.#db
      .selectFrom('sso_connection')
      .select(['id', 'name'])
      .where('enabled', '=', true)
      .where('button', '=', true)
      .orderBy('name')
      .limit(20)
      .execute();
  }

  async hasDomains(): Promise<boolean> {
    return (await this.#domains().select('domain').limit(1).executeTakeFirst()) !== undefined;
  }

  async byDomain(domain: string) {
    return this.#domains()
      .select(['sso_connection.id', 'sso_connection.name'])
      .where('domain', '=', domain)
      .executeTakeFirst();
  }

  #domains() {
    return this.#db
      .selectFrom('sso_domain')
      .innerJoin('sso_connection', 'sso_connection.id', 'sso_domain.connection_id')
      .where('sso_connection.enabled', '=', true);
  }

  async secret(id: string): Promise<string | undefined> {
    const row = await this.#db
      .selectFrom('sso_connection')
      .select(['secret', 'tenant'])
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined || row.secret === null
      ? undefined
      : this.#vault.open(row.secret, connectionOwner(id, row.tenant));
  }

  async put(id: string | undefined, draft: SsoConnectionDraft) {
    const key = id ?? randomUUID();
    const { protocol, attributes, roles, defaultRole, secret } = draft;
    const values = {
      name: draft.name,
      kind: protocol.kind,
      enabled: draft.enabled,
      button: draft.button,
      domains: [...draft.domains],
      settings: JSON.stringify({ protocol, attributes, roles, defaultRole }),
      ...(secret === undefined
        ? {}
        : { secret: this.#vault.seal(secret, connectionOwner(key, draft.tenant)) }),
    };
    return transaction(this.#db, async (db) => {
      if (id !== undefined && !draft.enabled && (await isLastWayIn(db, id))) throw new LastWayIn();
      if (id === undefined)
        await db
          .insertInto('sso_connection')
          .values({ id: key, tenant: draft.tenant, created_at: this.#now(), revision: 1, ...values })
          .execute();
      else {
        const before = await db
          .selectFrom('sso_connection')
          .select('settings')
          .where('id', '=', id)
          .forUpdate()
          .executeTakeFirst();
        // A secret goes to the issuer that it was made for and to no other.
        const moved = before !== undefined && issuerOf(before.settings) !== issuerOf({ protocol });
        await db
          .updateTable('sso_connection')
          .set((eb) => ({
            ...(moved ? { secret: null } : {}),
            ...values,
            revision: eb('revision', '+', 1),
          }))
          .where('id', '=', id)
          .execute();
      }
      await db.deleteFrom('sso_domain').where('connection_id', '=', key).execute();
      for (const domain of draft.domains) {
        const result = await db
          .insertInto('sso_domain')
          .values({ domain, connection_id: key })
          .onConflict((oc) => oc.column('domain').doNothing())
          .executeTakeFirst();
        if ((result.numInsertedOrUpdatedRows ?? 0n) === 0n) throw new DomainTaken(domain);
      }
      return key;
    }).then(
      async (stored) => {
        // Nobody of it may go on: what stays open asks again.
        if (!draft.enabled) for (const account of await this.#accountsOf(stored)) this.#changes.tell(account);
        return { connection: (await this.connection(stored))! };
      },
      (error: unknown) => {
        if (error instanceof DomainTaken) return { taken: error.domain };
        if (error instanceof LastWayIn) return { refused: 'last-administrator' as const };
        throw error;
      },
    );
  }

  async remove(id: string): Promise<'removed' | 'last-administrator'> {
    const accounts = await this.#accountsOf(id);
    const done = await transaction(this.#db, async (db) => {
      if (await isLastWayIn(db, id)) return 'last-administrator';
      await db.deleteFrom('sso_connection').where('id', '=', id).execute();
      return 'removed';
    });
    if (done === 'removed') for (const account of accounts) this.#changes.tell(account);
    return done;
  }

  async #accountsOf(connectionId: string): Promise<string[]> {
    const rows = await this.#db
      .selectFrom('account')
      .select('id')
      .where('connection_id', '=', connectionId)
      .execute();
    return rows.map(({ id }) => id);
  }

  async policy(tenant: string | null): Promise<boolean> {
    const row = await this.#db
      .selectFrom('sign_in_policy')
      .select('second_factor')
      .where('tenant', tenant === null ? 'is' : '=', tenant)
      .executeTakeFirst();
    return row?.second_factor === true;
  }

  async setPolicy(tenant: string | null, secondFactor: boolean): Promise<void> {
    await sql`INSERT INTO sign_in_policy (tenant, second_factor) VALUES (${tenant}, ${secondFactor})
      ON CONFLICT (coalesce(tenant, '')) DO UPDATE SET second_factor = excluded.second_factor`.execute(
      this.#db,
    );
  }

  async newScimToken(id: string): Promise<string> {
    const token = newToken('vscim');
    await this.#setScimToken(id, tokenHash(token));
    return token;
  }

  async removeScimToken(id: string): Promise<void> {
    await this.#setScimToken(id, null);
  }

  async #setScimToken(id: string, digest: Buffer | null): Promise<void> {
    await this.#db
      .updateTable('sso_connection')
      .set({ scim_token_hash: digest })
      .where('id', '=', id)
      .execute();
  }

  async byScimToken(token: string): Promise<SsoConnection | undefined> {
    if (token.length > 200) return undefined;
    const row = await this.#query().where('scim_token_hash', '=', tokenHash(token)).executeTakeFirst();
    return row && connectionOf(row);
  }

  async find(connectionId: string, { issuer, subject, email }: ExternalProfile) {
    const bound = await this.#db
      .selectFrom('account')
      .innerJoin('external_identity', 'external_identity.account_id', 'account.id')
      .select(ACCOUNT)
      .where('external_identity.connection_id', '=', connectionId)
      .where('issuer', '=', issuer)
      .where('subject', '=', subject)
      .executeTakeFirst();
    const same =
      email === undefined
        ? undefined
        : await this.#db.selectFrom('account').select(ACCOUNT).where('email', '=', email).executeTakeFirst();
    return {
      ...(bound === undefined ? {} : { bound: accountOf(bound) }),
      ...(same === undefined ? {} : { sameEmail: accountOf(same) }),
    };
  }

  async bind(connectionId: string, { issuer, subject }: ExternalProfile, accountId: string): Promise<void> {
    await this.#db
      .insertInto('external_identity')
      .values({
        connection_id: connectionId,
        issuer,
        subject,
        account_id: accountId,
        created_at: this.#now(),
      })
      .execute();
  }

  async create(account: NewManagedAccount): Promise<ManagedAccount | undefined> {
    const id = randomUUID();
    const result = await this.#db
      .insertInto('account')
      .values({
        id,
        email: account.email,
        name: account.name.slice(0, 200),
        role: account.role,
        tenants: account.tenants === null ? null : [...account.tenants],
        password_hash: null,
        must_change_password: false,
        created_at: this.#now(),
        last_sign_in_at: null,
        active: account.active,
        connection_id: account.connection,
        external_id: account.externalId,
      })
      .onConflict((oc) => oc.column('email').doNothing())
      .executeTakeFirst();
    return (result.numInsertedOrUpdatedRows ?? 0n) === 0n
      ? undefined
      : this.managedById(account.connection, id);
  }

  async managed(connectionId: string, page: Parameters<SsoStore['managed']>[1]) {
    let query = this.#db.selectFrom('account').where('connection_id', '=', connectionId);
    if (page.email !== undefined) query = query.where('email', '=', page.email);
    const { total } = await query.select(sql<number>`count(*)::int`.as('total')).executeTakeFirstOrThrow();
    const rows = await query
      .select(ACCOUNT)
      .orderBy('created_at')
      .orderBy('id')
      .offset(page.offset)
      .limit(page.limit)
      .execute();
    return { total, items: rows.map(accountOf) };
  }

  async managedById(connectionId: string, id: string): Promise<ManagedAccount | undefined> {
    const row = await this.#db
      .selectFrom('account')
      .select(ACCOUNT)
      .where('id', '=', id)
      .where('connection_id', '=', connectionId)
      .executeTakeFirst();
    return row && accountOf(row);
  }

  async update(
    connectionId: string,
    id: string,
    change: Parameters<SsoStore['update']>[2],
  ): Promise<'done' | 'taken' | 'none'> {
    try {
      const done = await transaction(this.#db, async (db): Promise<'done' | 'none'> => {
        const result = await db
          .updateTable('account')
          .set({
            ...(change.email === undefined ? {} : { email: change.email }),
            ...(change.name === undefined ? {} : { name: change.name.slice(0, 200) }),
            ...(change.role === undefined ? {} : { role: change.role }),
            ...(change.active === undefined ? {} : { active: change.active }),
            ...(change.externalId === undefined ? {} : { external_id: change.externalId }),
          })
          .where('id', '=', id)
          .where('connection_id', '=', connectionId)
          .executeTakeFirst();
        if (result.numUpdatedRows === 0n) return 'none';
        if (change.active === false) await db.deleteFrom('session').where('account_id', '=', id).execute();
        return 'done';
      });
      if (done === 'done') this.#changes.tell(id);
      return done;
    } catch (error) {
      // 23505: unique violation; the address is the one unique thing that is changed here.
      if (error instanceof pg.DatabaseError && error.code === '23505') return 'taken';
      throw error;
    }
  }

  async removeManaged(connectionId: string, id: string): Promise<boolean> {
    const result = await this.#db
      .deleteFrom('account')
      .where('id', '=', id)
      .where('connection_id', '=', connectionId)
      .executeTakeFirst();
    if (result.numDeletedRows === 0n) return false;
    this.#changes.tell(id);
    return true;
  }

  #query() {
    return this.#db
      .selectFrom('sso_connection')
      .select((eb) => [
        'id',
        'tenant',
        'name',
        'enabled',
        'button',
        'domains',
        'settings',
        'revision',
        'created_at',
        eb('secret', 'is not', null).as('has_secret'),
        eb('scim_token_hash', 'is not', null).as('provisioning'),
      ]);
  }
}

class LastWayIn extends Error {}

/** Whether everybody who administers the platform comes in by this connection. */
async function isLastWayIn(db: Transaction<Database>, connection: string): Promise<boolean> {
  const there = await administrators(db);
  return there.length > 0 && there.every((one) => one.connection === connection);
}

class DomainTaken extends Error {
  readonly domain: string;

  constructor(domain: string) {
    super(`the domain ${domain} leads to another connection`);
    this.domain = domain;
  }
}

function issuerOf({ protocol }: Pick<SsoConnection, 'protocol'>): string {
  return `${protocol.kind} ${protocol.issuer}`;
}

function connectionOf(row: {
  id: string;
  tenant: string | null;
  name: string;
  enabled: boolean;
  button: boolean;
  domains: string[];
  settings: Pick<SsoConnection, 'protocol' | 'attributes' | 'roles' | 'defaultRole'>;
  revision: number;
  created_at: number;
  has_secret: unknown;
  provisioning: unknown;
}): SsoConnection {
  return {
    ...row.settings,
    id: row.id,
    tenant: row.tenant,
    name: row.name,
    enabled: row.enabled,
    button: row.button,
    domains: row.domains,
    hasSecret: Boolean(row.has_secret),
    provisioning: Boolean(row.provisioning),
    revision: row.revision,
    createdAt: row.created_at,
  };
}

function accountOf(row: {
  id: string;
  email: string;
  name: string;
  role: ManagedAccount['role'];
  active: boolean;
  connection_id: string | null;
  external_id: string | null;
  created_at: number;
  identities: number;
}): ManagedAccount {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    active: row.active,
    connection: row.connection_id,
    externalId: row.external_id,
    createdAt: row.created_at,
    identities: row.identities,
  };
}
