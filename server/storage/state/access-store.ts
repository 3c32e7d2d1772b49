import { randomUUID } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import type { ApiKeyView, Role, UserView } from '@vigie/contracts/api';
import type { Kysely, Selectable } from 'kysely';
import type { AccessStore, Identity } from '../../api/ports.ts';
import { newToken, tokenHash } from './directory.ts';
import type { AccountTable, ApiKeyTable, Database } from './schema.ts';

const SESSION_LIFE = 7 * 86_400_000;

// OWASP's first choice for argon2id: 19 MiB, two passes, one lane.
const ARGON = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** Accounts, sessions and keys over their tables. */
export class PostgresAccess implements AccessStore {
  readonly #db: Kysely<Database>;
  readonly #now: () => number;
  /** Verified when an account does not exist, so that the time taken does not tell. */
  readonly #decoy: Promise<string>;

  constructor(db: Kysely<Database>, now: () => number) {
    this.#db = db;
    this.#now = now;
    this.#decoy = hash(newToken('vses'), ARGON);
  }

  async signIn(email: string, password: string, address: string) {
    const account = await this.#db
      .selectFrom('account')
      .selectAll()
      .where('email', '=', email)
      .executeTakeFirst();
    const fits = await verify(account?.password_hash ?? (await this.#decoy), password);
    if (account === undefined || !fits) return undefined;
    const token = newToken('vses');
    const now = this.#now();
    await this.#db.deleteFrom('session').where('expires_at', '<', now).execute();
    await this.#db
      .insertInto('session')
      .values({
        token_hash: tokenHash(token),
        account_id: account.id,
        created_at: now,
        expires_at: now + SESSION_LIFE,
        address,
      })
      .execute();
    await this.#db
      .updateTable('account')
      .set({ last_sign_in_at: now })
      .where('id', '=', account.id)
      .execute();
    return { identity: accountIdentity(account), token };
  }

  async bySession(token: string): Promise<Identity | undefined> {
    if (token.length > 200) return undefined;
    const account = await this.#db
      .selectFrom('session')
      .innerJoin('account', 'account.id', 'session.account_id')
      .selectAll('account')
      .where('session.token_hash', '=', tokenHash(token))
      .where('session.expires_at', '>', this.#now())
      .executeTakeFirst();
    return account === undefined ? undefined : accountIdentity(account);
  }

  async byKey(secret: string): Promise<Identity | undefined> {
    const key = await this.#db
      .selectFrom('api_key')
      .selectAll()
      .where('secret_hash', '=', tokenHash(secret))
      .executeTakeFirst();
    if (key === undefined) return undefined;
    const now = this.#now();
    if ((key.last_used_at ?? 0) < now - 60_000)
      await this.#db.updateTable('api_key').set({ last_used_at: now }).where('id', '=', key.id).execute();
    return {
      kind: 'key',
      id: key.id,
      name: key.name,
      email: '',
      role: key.role,
      scope: key.tenants ?? 'all',
      mustChangePassword: false,
    };
  }

  async signOut(token: string): Promise<void> {
    await this.#db.deleteFrom('session').where('token_hash', '=', tokenHash(token)).execute();
  }

  async changePassword(
    accountId: string,
    current: string,
    next: string,
    keepToken: string | undefined,
  ): Promise<boolean> {
    const account = await this.#db
      .selectFrom('account')
      .select('password_hash')
      .where('id', '=', accountId)
      .executeTakeFirst();
    if (account === undefined || !(await verify(account.password_hash, current))) return false;
    await this.#setPassword(accountId, next, false, keepToken);
    return true;
  }

  /** Sets a password without knowing the old one (`vigie user reset`); ends the account's sessions. */
  async resetPassword(email: string, next: string, mustChange: boolean): Promise<boolean> {
    const account = await this.#db
      .selectFrom('account')
      .select('id')
      .where('email', '=', email)
      .executeTakeFirst();
    if (account === undefined) return false;
    await this.#setPassword(account.id, next, mustChange, undefined);
    return true;
  }

  async #setPassword(
    accountId: string,
    next: string,
    mustChange: boolean,
    keepToken: string | undefined,
  ): Promise<void> {
    await this.#db
      .updateTable('account')
      .set({ password_hash: await hash(next, ARGON), must_change_password: mustChange })
      .where('id', '=', accountId)
      .execute();
    let sessions = this.#db.deleteFrom('session').where('account_id', '=', accountId);
    if (keepToken !== undefined) sessions = sessions.where('token_hash', '<>', tokenHash(keepToken));
    await sessions.execute();
  }

  async users(): Promise<UserView[]> {
    return (await this.#db.selectFrom('account').selectAll().orderBy('email').execute()).map(userView);
  }

  async addUser(user: {
    readonly email: string;
    readonly name: string;
    readonly role: Role;
    readonly tenants: readonly string[] | null;
    readonly password: string;
    readonly mustChangePassword: boolean;
  }): Promise<UserView | undefined> {
    const row = await this.#db
      .insertInto('account')
      .values({
        id: randomUUID(),
        email: user.email.toLowerCase(),
        name: user.name,
        role: user.role,
        tenants: user.tenants === null ? null : [...user.tenants],
        password_hash: await hash(user.password, ARGON),
        must_change_password: user.mustChangePassword,
        created_at: this.#now(),
        last_sign_in_at: null,
      })
      .onConflict((oc) => oc.column('email').doNothing())
      .returningAll()
      .executeTakeFirst();
    return row === undefined ? undefined : userView(row);
  }

  async removeUser(email: string): Promise<boolean> {
    const result = await this.#db.deleteFrom('account').where('email', '=', email).executeTakeFirst();
    return result.numDeletedRows > 0n;
  }

  async keys(): Promise<ApiKeyView[]> {
    return (await this.#db.selectFrom('api_key').selectAll().orderBy('name').execute()).map(keyView);
  }

  async addKey(key: {
    readonly name: string;
    readonly role: Role;
    readonly tenants: readonly string[] | null;
  }) {
    const secret = newToken('vkey');
    const row = await this.#db
      .insertInto('api_key')
      .values({
        id: randomUUID(),
        name: key.name,
        secret_hash: tokenHash(secret),
        role: key.role,
        tenants: key.tenants === null ? null : [...key.tenants],
        created_at: this.#now(),
        last_used_at: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return { key: keyView(row), secret };
  }

  async removeKey(id: string): Promise<boolean> {
    const result = await this.#db.deleteFrom('api_key').where('id', '=', id).executeTakeFirst();
    return result.numDeletedRows > 0n;
  }
}

function accountIdentity(row: Selectable<AccountTable>): Identity {
  return {
    kind: 'account',
    id: row.id,
    name: row.name,
    email: row.email,
    role: row.role,
    scope: row.tenants ?? 'all',
    mustChangePassword: row.must_change_password,
  };
}

function userView(row: Selectable<AccountTable>): UserView {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    tenants: row.tenants,
    createdAt: row.created_at,
    lastSignInAt: row.last_sign_in_at,
  };
}

function keyView(row: Selectable<ApiKeyTable>): ApiKeyView {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    tenants: row.tenants,
    createdAt: row.created_at,
    lastUsedAt: row.last_used_at,
  };
}
