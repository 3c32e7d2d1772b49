import type { TenantView } from '@vigie/contracts/api';
import type { Kysely } from 'kysely';
import type { Scope, TenantStore } from '../../api/ports.ts';
import type { Directory, TenantRow } from './directory.ts';
import type { Database } from './schema.ts';

/** The part of the event store that follows a tenant's life. */
export interface TenantEvents {
  setRetention(tenant: string, days: number): Promise<void>;
  eraseTenant(tenant: string): Promise<void>;
}

/** Tenants over their table; the directory is told of every change. */
export class PostgresTenants implements TenantStore {
  readonly #db: Kysely<Database>;
  readonly #directory: Directory;
  readonly #events: TenantEvents;
  readonly #now: () => number;

  constructor(db: Kysely<Database>, directory: Directory, events: TenantEvents, now: () => number) {
    this.#db = db;
    this.#directory = directory;
    this.#events = events;
    this.#now = now;
  }

  list(scope: Scope): TenantView[] {
    return this.#directory
      .tenants()
      .filter((row) => scope === 'all' || scope.includes(row.id))
      .map(tenantView);
  }

  async add(
    tenant: Omit<TenantView, 'createdAt' | 'demo'> & { readonly demo?: boolean },
  ): Promise<TenantView | undefined> {
    const row = await this.#db
      .insertInto('tenant')
      .values({
        id: tenant.id,
        name: tenant.name,
        language: tenant.language,
        time_zone: tenant.timeZone,
        retention_days: tenant.retentionDays,
        contacts: JSON.stringify(tenant.contacts),
        demo: tenant.demo ?? false,
        created_at: this.#now(),
      })
      .onConflict((oc) => oc.column('id').doNothing())
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) return undefined;
    await this.#events.setRetention(tenant.id, tenant.retentionDays);
    await this.#directory.reload();
    return tenantView(row);
  }

  async update(
    id: string,
    patch: Partial<Omit<TenantView, 'id' | 'createdAt' | 'demo'>>,
  ): Promise<TenantView | undefined> {
    const row = await this.#db
      .updateTable('tenant')
      .set({
        id,
        ...(patch.name === undefined ? {} : { name: patch.name }),
        ...(patch.language === undefined ? {} : { language: patch.language }),
        ...(patch.timeZone === undefined ? {} : { time_zone: patch.timeZone }),
        ...(patch.retentionDays === undefined ? {} : { retention_days: patch.retentionDays }),
        ...(patch.contacts === undefined ? {} : { contacts: JSON.stringify(patch.contacts) }),
      })
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) return undefined;
    if (patch.retentionDays !== undefined) await this.#events.setRetention(id, patch.retentionDays);
    await this.#directory.reload();
    return tenantView(row);
  }

  async remove(id: string): Promise<boolean> {
    const result = await this.#db.deleteFrom('tenant').where('id', '=', id).executeTakeFirst();
    if (result.numDeletedRows === 0n) return false;
    await this.#directory.reload();
    await this.#events.eraseTenant(id);
    return true;
  }
}

function tenantView(row: TenantRow): TenantView {
  return {
    id: row.id,
    name: row.name,
    language: row.language,
    timeZone: row.time_zone,
    retentionDays: row.retention_days,
    contacts: row.contacts,
    demo: row.demo,
    createdAt: row.created_at,
  };
}
