import { randomUUID } from 'node:crypto';
import type { Kysely, Selectable } from 'kysely';
import type { ApiKey, Author, Grant, KeyStore, ServiceAccount } from '../../api/ports.ts';
import type { AccessChanges } from './access-changes.ts';
import { newToken, tokenHash } from './directory.ts';
import type { Database, ServiceAccountTable } from './schema.ts';

/** Service accounts and API keys over their tables. */
export class PostgresKeys implements KeyStore {
  readonly #db: Kysely<Database>;
  readonly #now: () => number;
  readonly #changes: AccessChanges;

  constructor(db: Kysely<Database>, now: () => number, changes: AccessChanges) {
    this.#db = db;
    this.#now = now;
    this.#changes = changes;
  }

  async services(): Promise<ServiceAccount[]> {
    const rows = await this.#db
      .selectFrom('service_account')
      .selectAll()
      .orderBy('name')
      .orderBy('id')
      .execute();
    return rows.map(serviceView);
  }

  async addService(service: Grant & { readonly name: string }, author: Author): Promise<ServiceAccount> {
    const row = {
      id: randomUUID(),
      name: service.name,
      role: service.role,
      tenants: service.tenants === null ? null : [...service.tenants],
      created_at: this.#now(),
      created_by: author.name,
    };
    await this.#db.insertInto('service_account').values(row).execute();
    return serviceView(row);
  }

  async changeService(
    id: string,
    change: Partial<Grant> & { readonly name?: string | undefined },
  ): Promise<ServiceAccount | undefined> {
    const set = {
      ...(change.name === undefined ? {} : { name: change.name }),
      ...(change.role === undefined ? {} : { role: change.role }),
      ...(change.tenants === undefined ? {} : { tenants: change.tenants?.slice() ?? null }),
    };
    const query = this.#db.selectFrom('service_account').selectAll().where('id', '=', id);
    if (Object.keys(set).length > 0)
      await this.#db.updateTable('service_account').set(set).where('id', '=', id).execute();
    const row = await query.executeTakeFirst();
    this.#changes.tell(id);
    return row === undefined ? undefined : serviceView(row);
  }

  async removeService(id: string): Promise<boolean> {
    const result = await this.#db.deleteFrom('service_account').where('id', '=', id).executeTakeFirst();
    this.#changes.tell(id);
    return result.numDeletedRows > 0n;
  }

  async keys(): Promise<ApiKey[]> {
    return (await this.#select().orderBy('api_key.name').orderBy('api_key.id').execute()).map(keyView);
  }

  async addKey(
    owner: { readonly kind: 'person' | 'service'; readonly id: string },
    key: Pick<ApiKey, 'name' | 'permissions' | 'tenants' | 'expiresAt'>,
    author: Author,
  ): Promise<{ readonly key: ApiKey; readonly secret: string }> {
    const secret = newToken('vkey');
    const id = randomUUID();
    await this.#db
      .insertInto('api_key')
      .values({
        id,
        name: key.name,
        secret_hash: tokenHash(secret),
        account_id: owner.kind === 'person' ? owner.id : null,
        service_id: owner.kind === 'service' ? owner.id : null,
        permissions: key.permissions === null ? null : [...new Set(key.permissions)],
        tenants: key.tenants === null ? null : [...new Set(key.tenants)],
        created_at: this.#now(),
        created_by: author.name,
        expires_at: key.expiresAt,
        last_used_at: null,
      })
      .execute();
    return {
      key: keyView(await this.#select().where('api_key.id', '=', id).executeTakeFirstOrThrow()),
      secret,
    };
  }

  async removeKey(id: string): Promise<boolean> {
    const result = await this.#db.deleteFrom('api_key').where('id', '=', id).executeTakeFirst();
    this.#changes.tell(id);
    return result.numDeletedRows > 0n;
  }

  #select() {
    return this.#db
      .selectFrom('api_key')
      .leftJoin('account', 'account.id', 'api_key.account_id')
      .leftJoin('service_account', 'service_account.id', 'api_key.service_id')
      .selectAll('api_key')
      .select(({ fn }) => fn.coalesce('account.name', 'service_account.name').as('owner_name'));
  }
}

function serviceView(row: Selectable<ServiceAccountTable>): ServiceAccount {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    tenants: row.tenants,
    createdAt: row.created_at,
    createdBy: row.created_by,
  };
}

type KeyRow = Selectable<Database['api_key']> & { readonly owner_name: string | null };

function keyView(row: KeyRow): ApiKey {
  return {
    id: row.id,
    name: row.name,
    owner: {
      kind: row.account_id === null ? 'service' : 'person',
      id: row.account_id ?? row.service_id ?? '',
      name: row.owner_name ?? '',
    },
    permissions: row.permissions,
    tenants: row.tenants,
    createdAt: row.created_at,
    createdBy: row.created_by,
    expiresAt: row.expires_at,
    lastUsedAt: row.last_used_at,
  };
}
