import type { TenantView } from '@vigie/contracts/api';
import type { Kysely } from 'kysely';
import type { AssetEntry, AssetStore, Scope, TenantStore } from '../../api/ports.ts';
import { withTenants } from './database.ts';
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

/** The inventory over its table. */
export class PostgresAssets implements AssetStore {
  readonly #db: Kysely<Database>;
  readonly #directory: Directory;

  constructor(db: Kysely<Database>, directory: Directory) {
    this.#db = db;
    this.#directory = directory;
  }

  list(scope: Scope, tenant?: string): Promise<AssetEntry[]> {
    return withTenants(this.#db, scope, (trx) => {
      let query = trx
        .selectFrom('asset')
        .selectAll()
        .orderBy('tenant')
        .orderBy('kind')
        .orderBy('name')
        .limit(100_000);
      if (tenant !== undefined) query = query.where('tenant', '=', tenant);
      return query.execute();
    });
  }

  async put(entries: readonly AssetEntry[]): Promise<number> {
    const known = entries.filter((entry) => this.#directory.tenant(entry.tenant) !== undefined);
    // Of several lines for one asset the last one counts; one statement can't touch a row twice.
    const unique = [
      ...new Map(
        known.map((entry) => [
          `${entry.tenant}/${entry.kind}/${entry.name.toLowerCase()}`,
          { ...entry, name: entry.name.toLowerCase() },
        ]),
      ).values(),
    ];
    for (let at = 0; at < unique.length; at += 1000)
      await this.#db
        .insertInto('asset')
        .values(unique.slice(at, at + 1000))
        .onConflict((oc) =>
          oc.columns(['tenant', 'kind', 'name']).doUpdateSet((eb) => ({
            criticality: eb.ref('excluded.criticality'),
            owner: eb.ref('excluded.owner'),
            note: eb.ref('excluded.note'),
          })),
        )
        .execute();
    await this.#directory.reload();
    return unique.length;
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
