import type { BrandingSetup, BrandingView, Site, TenantProfile } from '@vigie/contracts/api';
import type { Kysely } from 'kysely';
import type { SiteHours } from '../../clocks/ports.ts';
import { type TenantScope, withTenants } from './database.ts';
import type { Database } from './schema.ts';

/** A logo as it was stored. */
export interface Logo {
  readonly type: 'image/png' | 'image/jpeg' | 'image/svg+xml';
  readonly bytes: Buffer;
}

/** Profiles and sites of tenants, and the provider's branding. */
export class ClientStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  async profile(scope: TenantScope, tenant: string): Promise<TenantProfile | undefined> {
    const row = await withTenants(this.#db, scope, (trx) =>
      trx.selectFrom('tenant_profile').select('profile').where('tenant', '=', tenant).executeTakeFirst(),
    );
    return row?.profile;
  }

  /** Those of some tenants, by tenant. */
  async profiles(scope: TenantScope): Promise<Map<string, TenantProfile>> {
    const rows = await withTenants(this.#db, scope, (trx) =>
      trx.selectFrom('tenant_profile').selectAll().execute(),
    );
    return new Map(rows.map(({ tenant, profile }) => [tenant, profile]));
  }

  async saveProfile(scope: TenantScope, tenant: string, profile: TenantProfile): Promise<void> {
    const text = JSON.stringify(profile);
    await withTenants(this.#db, scope, (trx) =>
      trx
        .insertInto('tenant_profile')
        .values({ tenant, profile: text })
        .onConflict((oc) => oc.column('tenant').doUpdateSet({ profile: text }))
        .execute(),
    );
  }

  /** When people work at the sites of some tenants: tenant → id of the site. */
  async siteHours(scope: TenantScope): Promise<Map<string, Map<string, SiteHours>>> {
    const rows = await withTenants(this.#db, scope, (trx) => trx.selectFrom('site').selectAll().execute());
    const found = new Map<string, Map<string, SiteHours>>();
    for (const { tenant, id, name, time_zone: timeZone, business_hours: businessHours } of rows) {
      const sites = found.get(tenant) ?? new Map<string, SiteHours>();
      sites.set(id, { name, timeZone, businessHours });
      found.set(tenant, sites);
    }
    return found;
  }

  sites(scope: TenantScope, tenant: string): Promise<Site[]> {
    return withTenants(this.#db, scope, async (trx) => {
      const rows = await trx
        .selectFrom('site')
        .selectAll()
        .where('tenant', '=', tenant)
        .orderBy('name')
        .execute();
      const members = await trx
        .selectFrom('site_member')
        .select(['site', 'kind', 'name'])
        .where('tenant', '=', tenant)
        .orderBy('kind')
        .orderBy('name')
        .execute();
      return rows.map((row) => ({
        id: row.id,
        name: row.name,
        address: row.address,
        timeZone: row.time_zone,
        businessHours: row.business_hours,
        watchedSince: row.watched_since,
        members: members.filter(({ site }) => site === row.id).map(({ kind, name }) => ({ kind, name })),
      }));
    });
  }

  /** Replaces all sites of a tenant. */
  async saveSites(scope: TenantScope, tenant: string, sites: readonly Site[]): Promise<void> {
    await withTenants(this.#db, scope, async (trx) => {
      await trx.deleteFrom('site').where('tenant', '=', tenant).execute();
      if (sites.length === 0) return;
      await trx
        .insertInto('site')
        .values(
          sites.map((site) => ({
            tenant,
            id: site.id,
            name: site.name,
            address: site.address,
            time_zone: site.timeZone,
            business_hours: site.businessHours === null ? null : JSON.stringify(site.businessHours),
            watched_since: site.watchedSince,
          })),
        )
        .execute();
      const members = sites.flatMap((site) =>
        site.members.map(({ kind, name }) => ({ tenant, kind, name, site: site.id })),
      );
      for (let at = 0; at < members.length; at += 1_000)
        await trx
          .insertInto('site_member')
          .values(members.slice(at, at + 1_000))
          .execute();
    });
  }

  async branding(): Promise<BrandingView | undefined> {
    const row = await this.#db
      .selectFrom('branding')
      .select(['setup', 'logo_type', 'logo_at'])
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const { logo_type: type, logo_at: changedAt } = row;
    return { ...row.setup, logo: type === null || changedAt === null ? null : { type, changedAt } };
  }

  async logo(): Promise<Logo | undefined> {
    const row = await this.#db.selectFrom('branding').select(['logo', 'logo_type']).executeTakeFirst();
    if (row === undefined || row.logo === null || row.logo_type === null) return undefined;
    return { type: row.logo_type, bytes: row.logo };
  }

  async saveBranding(setup: BrandingSetup): Promise<void> {
    const text = JSON.stringify(setup);
    await this.#db
      .insertInto('branding')
      .values({ id: 1, setup: text, logo: null, logo_type: null, logo_at: null })
      .onConflict((oc) => oc.column('id').doUpdateSet({ setup: text }))
      .execute();
  }

  /** @param logo undefined: there is none any more */
  async saveLogo(logo: Logo | undefined, at: number): Promise<void> {
    const values = {
      logo: logo?.bytes ?? null,
      logo_type: logo?.type ?? null,
      logo_at: logo === undefined ? null : at,
    };
    const setup: BrandingSetup = { name: null, colour: null, senderName: null, senderAddress: null };
    await this.#db
      .insertInto('branding')
      .values({ id: 1, setup: JSON.stringify(setup), ...values })
      .onConflict((oc) => oc.column('id').doUpdateSet(values))
      .execute();
  }
}
