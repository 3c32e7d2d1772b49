import { randomUUID } from 'node:crypto';
import type { Language, Role } from '@vigie/contracts/api';
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { Account, AccountRefusal, AccountStore, Grant } from '../../api/ports.ts';
import type { AccessChanges } from './access-changes.ts';
import { passwordHash, WAY_IN_OPEN } from './access-store.ts';
import { transaction } from './database.ts';
import type { AccountTable, Database } from './schema.ts';

const HIGHEST: Role = 'provider-administrator';

/** People who sign in, over their table. */
export class PostgresAccounts implements AccountStore {
  readonly #db: Kysely<Database>;
  readonly #now: () => number;
  readonly #changes: AccessChanges;

  constructor(db: Kysely<Database>, now: () => number, changes: AccessChanges) {
    this.#db = db;
    this.#now = now;
    this.#changes = changes;
  }

  async users(): Promise<Account[]> {
    return (await this.#db.selectFrom('account').selectAll().orderBy('email').execute()).map(accountView);
  }

  async addUser(
    user: Grant & {
      readonly email: string;
      readonly name: string;
      readonly password: string;
      readonly mustChangePassword: boolean;
    },
  ): Promise<Account | undefined> {
    const row = await this.#db
      .insertInto('account')
      .values({
        id: randomUUID(),
        email: user.email.toLowerCase(),
        name: user.name,
        role: user.role,
        tenants: user.tenants === null ? null : [...user.tenants],
        password_hash: await passwordHash(user.password),
        must_change_password: user.mustChangePassword,
        created_at: this.#now(),
        last_sign_in_at: null,
      })
      .onConflict((oc) => oc.column('email').doNothing())
      .returningAll()
      .executeTakeFirst();
    return row === undefined ? undefined : accountView(row);
  }

  async changeUser(
    id: string,
    change: Partial<Grant> & { readonly name?: string | undefined },
  ): Promise<Account | AccountRefusal> {
    const done = await transaction(this.#db, async (trx): Promise<Account | AccountRefusal> => {
      const others = await this.#otherAdministrators(trx, id);
      const row = await trx.selectFrom('account').selectAll().where('id', '=', id).executeTakeFirst();
      if (row === undefined) return 'unknown';
      const next = {
        name: change.name ?? row.name,
        role: change.role ?? row.role,
        tenants: change.tenants === undefined ? row.tenants : (change.tenants?.slice() ?? null),
      };
      if (administers(row) && !administers(next) && others === 0) return 'last-administrator';
      await trx.updateTable('account').set(next).where('id', '=', id).execute();
      return accountView({ ...row, ...next });
    });
    if (typeof done === 'object') this.#changes.tell(id);
    return done;
  }

  async setLanguage(id: string, language: Language | null): Promise<void> {
    await this.#db.updateTable('account').set({ language }).where('id', '=', id).execute();
  }

  async removeUser(id: string): Promise<'removed' | AccountRefusal> {
    const done = await transaction(this.#db, async (trx): Promise<'removed' | AccountRefusal> => {
      const others = await this.#otherAdministrators(trx, id);
      const row = await trx.selectFrom('account').selectAll().where('id', '=', id).executeTakeFirst();
      if (row === undefined) return 'unknown';
      if (administers(row) && others === 0) return 'last-administrator';
      await trx.deleteFrom('account').where('id', '=', id).execute();
      return 'removed';
    });
    if (done === 'removed') this.#changes.tell(id);
    return done;
  }

  async #otherAdministrators(trx: Transaction<Database>, id: string): Promise<number> {
    return (await administrators(trx)).filter((row) => row.id !== id).length;
  }
}

/**
 * Administrators of the platform who can come in, and the connection of single sign-on that they come by. Their rows
 * are locked in one order, so that two of them who take the role from each other at the same time can't both succeed.
 */
export async function administrators(
  trx: Transaction<Database>,
): Promise<{ readonly id: string; readonly connection: string | null }[]> {
  const rows = await trx
    .selectFrom('account')
    .select(['id', 'connection_id as connection'])
    .where('role', '=', HIGHEST)
    .where('tenants', 'is', null)
    .where('active', '=', true)
    .where(WAY_IN_OPEN)
    .orderBy('id')
    .forUpdate()
    .execute();
  return rows;
}

function administers(grant: Grant): boolean {
  return grant.role === HIGHEST && grant.tenants === null;
}

function accountView(row: Selectable<AccountTable>): Account {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    tenants: row.tenants,
    createdAt: row.created_at,
    lastSignInAt: row.last_sign_in_at,
    language: row.language,
    active: row.active,
  };
}
