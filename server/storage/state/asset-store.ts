import { ASSETS_COUNTED, CRITICALITIES } from '@vigie/contracts';
import type {
  AssetDetail,
  AssetPage,
  AssetPatch,
  AssetQuery,
  AssetTimelineEntry,
  AssetView,
  Criticality,
} from '@vigie/contracts/api';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { AssetSpokenOf, Scope } from '../../api/ports.ts';
import { eraseAsset } from './asset-erasure.ts';
import { assetView, differences, patchColumns, readCursor, sortOf, writeCursor } from './asset-rows.ts';
import { type EntityKeys, named, readStory } from './asset-story.ts';
import { transaction, withTenants } from './database.ts';
import type { AssetTable, Database } from './schema.ts';

type Row = Selectable<AssetTable>;

/** What the state knows of one asset, beside its row; see `AssetDetail`. */
export type StoredDetail = AssetView &
  Pick<
    AssetDetail,
    'byHand' | 'identifiers' | 'addresses' | 'sources' | 'uses' | 'software' | 'merges' | 'proposals'
  >;

const SHOWN = 200;

/** Assets as people list, read and change them, under row-level security. */
export class PostgresAssets {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  list(scope: Scope, query: AssetQuery): Promise<AssetPage> {
    return withTenants(this.#db, scope, async (trx) => {
      let base = trx.selectFrom('asset').where('merged_into', 'is', null);
      if (query.tenant !== undefined) base = base.where('asset.tenant', '=', query.tenant);
      if (query.kind !== undefined) base = base.where('kind', '=', query.kind);
      if (query.type !== undefined) base = base.where('type', '=', query.type);
      if (query.criticality !== undefined)
        base = base.where('criticality', 'in', CRITICALITIES.slice(CRITICALITIES.indexOf(query.criticality)));
      if (query.handling !== undefined) base = base.where(sql<boolean>`${query.handling} = ANY(handling)`);
      if (query.tag !== undefined) base = base.where(sql<boolean>`${query.tag} = ANY(tags)`);
      if (query.site !== undefined) base = base.where('site', '=', query.site);
      if (query.source !== undefined)
        base = base.where(
          sql<boolean>`EXISTS (SELECT FROM asset_source s WHERE s.tenant = asset.tenant AND s.asset_id = asset.id AND s.source = ${query.source})`,
        );
      const text = query.q?.replaceAll('\0', '').trim() ?? '';
      if (text !== '') {
        const pattern = `%${text.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
        base = base.where(
          sql<boolean>`(lower(name) LIKE ${pattern} OR lower(owner) LIKE ${pattern} OR lower(note) LIKE ${pattern} OR lower(site) LIKE ${pattern}
            OR EXISTS (SELECT FROM asset_identifier i WHERE i.tenant = asset.tenant AND i.asset_id = asset.id AND substr(i.key, strpos(i.key, ':') + 1) LIKE ${pattern})
            OR EXISTS (SELECT FROM asset_address d WHERE d.tenant = asset.tenant AND d.asset_id = asset.id AND host(d.ip) = ${text}))`,
        );
      }
      const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM (${base
        .select(sql`1`.as('one'))
        .limit(ASSETS_COUNTED + 1)}) AS counted`.execute(trx);
      const sorted = sortOf(query.sort);
      let page = base.selectAll('asset').select(sql<string>`${sorted.value}`.as('sort_value'));
      const after = readCursor(query.cursor);
      if (after !== undefined)
        page = page.where(
          sorted.down
            ? sql<boolean>`(${sorted.value}, asset.tenant, asset.id) < (${sorted.cast(after[0])}, ${after[1]}, ${after[2]})`
            : sql<boolean>`(${sorted.value}, asset.tenant, asset.id) > (${sorted.cast(after[0])}, ${after[1]}, ${after[2]})`,
        );
      const direction = sorted.down ? 'desc' : 'asc';
      const found = await page
        .orderBy(sorted.value, direction)
        .orderBy('asset.tenant', direction)
        .orderBy('asset.id', direction)
        .limit(query.limit + 1)
        .execute();
      const items = found.slice(0, query.limit);
      const last = items.at(-1);
      return {
        items: items.map(assetView),
        total: rows[0]?.n ?? 0,
        ...(found.length > query.limit && last !== undefined
          ? { next: writeCursor([String(last.sort_value), last.tenant, last.id]) }
          : {}),
      };
    });
  }

  /** All that the state knows of one; of an asset that went into another, that other. */
  get(scope: Scope, tenant: string, id: string): Promise<StoredDetail | undefined> {
    return withTenants(this.#db, scope, async (trx) => {
      const row = await this.#current(trx, tenant, id);
      if (row === undefined) return undefined;
      const ids = await family(trx, tenant, row.id);
      const [identifiers, addresses, sources, uses, software, merges] = [
        await sql<{ key: string; last_at: number; shared: boolean }>`
          SELECT key, last_at, false AS shared FROM asset_identifier WHERE tenant = ${tenant} AND asset_id = ${row.id}
          UNION ALL SELECT i.key, i.last_at, true FROM asset_shared s JOIN asset_identifier i USING (tenant, kind, key)
            WHERE s.tenant = ${tenant} AND s.asset_id = ${row.id}
          ORDER BY last_at DESC LIMIT ${SHOWN}`.execute(trx),
        await sql<{ ip: string; first_at: number; last_at: number }>`
          SELECT host(ip) AS ip, first_at, last_at FROM asset_address WHERE tenant = ${tenant} AND asset_id = ANY(${ids}::text[])
          ORDER BY last_at DESC LIMIT ${SHOWN}`.execute(trx),
        await sql<{ source: string; first_at: number; last_at: number }>`
          SELECT source, min(first_at) AS first_at, max(last_at) AS last_at FROM asset_source
          WHERE tenant = ${tenant} AND asset_id = ANY(${ids}::text[]) GROUP BY source ORDER BY 3 DESC LIMIT ${SHOWN}`.execute(
          trx,
        ),
        await usesOf(trx, tenant, row.kind, ids),
        await sql<{ name: string; version: string; first_at: number; last_at: number }>`
          SELECT name, version, min(first_at) AS first_at, max(last_at) AS last_at FROM asset_software
          WHERE tenant = ${tenant} AND asset_id = ANY(${ids}::text[]) GROUP BY name, version ORDER BY name, version LIMIT 2000`.execute(
          trx,
        ),
        await sql<{ id: string; gone: string; name: string; at: number; actor: string | null }>`
          SELECT m.id, m.gone, a.name, m.at, m.actor FROM asset_merge m JOIN asset a ON a.tenant = m.tenant AND a.id = m.gone
          WHERE m.tenant = ${tenant} AND m.kept = ${row.id} AND m.undone_at IS NULL ORDER BY m.id DESC LIMIT 50`.execute(
          trx,
        ),
      ];
      return {
        ...assetView(row),
        byHand: row.by_hand,
        identifiers: identifiers.rows.map(({ key, last_at, shared }) => ({
          type: key.slice(0, key.indexOf(':')),
          value: key.slice(key.indexOf(':') + 1),
          lastAt: last_at,
          shared,
        })),
        addresses: addresses.rows.map((each) => ({
          ip: each.ip,
          firstAt: each.first_at,
          lastAt: each.last_at,
        })),
        sources: sources.rows.map((each) => ({
          id: each.source,
          firstAt: each.first_at,
          lastAt: each.last_at,
        })),
        uses,
        software: software.rows.map((each) => ({
          name: each.name,
          version: each.version,
          firstAt: each.first_at,
          lastAt: each.last_at,
        })),
        merges: merges.rows.map(({ gone, name, at, actor, id: merge }) => ({
          id: String(merge),
          gone,
          name,
          at,
          actor,
        })),
        proposals: await proposals(trx, tenant, row),
      };
    });
  }

  async #current(trx: Transaction<Database>, tenant: string, id: string): Promise<Row | undefined> {
    let row = await trx
      .selectFrom('asset')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('id', '=', id)
      .executeTakeFirst();
    for (let step = 0; row?.merged_into != null && step < 100; step++)
      row = await trx
        .selectFrom('asset')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('id', '=', row.merged_into)
        .executeTakeFirst();
    return row;
  }

  /** Changes what is written down, and notes who did and what. @returns how many there were */
  change(
    scope: Scope,
    wanted: readonly { readonly tenant: string; readonly id: string }[],
    patch: AssetPatch,
    tags: { readonly add: readonly string[]; readonly remove: readonly string[] },
    actor: string,
    at: number,
  ): Promise<number> {
    return withTenants(this.#db, scope, async (trx) => {
      let changed = 0;
      for (const { tenant, id } of wanted) {
        const row = await trx
          .selectFrom('asset')
          .selectAll()
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .where('merged_into', 'is', null)
          .where('erased_at', 'is', null)
          .forUpdate()
          .executeTakeFirst();
        if (row === undefined) continue;
        changed++;
        const next: AssetPatch =
          tags.add.length + tags.remove.length === 0
            ? patch
            : {
                ...patch,
                tags: [
                  ...new Set([...row.tags.filter((tag) => !tags.remove.includes(tag)), ...tags.add]),
                ].slice(0, 30),
              };
        const said = differences(row, next);
        if (said.length === 0) continue;
        const byHand = [...new Set([...row.by_hand, ...said.map(({ field }) => field)])];
        await trx
          .updateTable('asset')
          .set({ ...patchColumns(next), by_hand: byHand, changed_at: at })
          .where('tenant', '=', tenant)
          .where('id', '=', id)
          .execute();
        await trx
          .insertInto('asset_log')
          .values({
            tenant,
            asset_id: id,
            at,
            kind: 'change',
            actor,
            text: said
              .map(({ text }) => text)
              .join('; ')
              .slice(0, 4000),
          })
          .execute();
      }
      return changed;
    });
  }

  /**
   * Keeps a comment, and notes in the open incidents that name the asset that there is one. The words themselves stand
   * with the asset only, so that erasing it takes them away.
   *
   * @returns those incidents, the newest first, at most ten
   */
  comment(
    scope: Scope,
    tenant: string,
    id: string,
    keys: EntityKeys,
    comment: { readonly text: string; readonly actor: string; readonly at: number },
  ): Promise<AssetSpokenOf | undefined> {
    return withTenants(this.#db, scope, async (trx) => {
      const row = await this.#current(trx, tenant, id);
      if (row === undefined) return undefined;
      const { text, actor, at } = comment;
      await trx
        .insertInto('asset_log')
        .values({ tenant, asset_id: row.id, at, kind: 'comment', text, actor })
        .execute();
      const { rows: incidents } = await sql<{ id: number; owner: string | null }>`
        SELECT i.id, i.owner_id AS owner FROM incident i WHERE i.tenant = ${tenant} AND i.status <> 'closed'
          AND i.merged_into IS NULL AND ${named('i', keys)} ORDER BY i.id DESC LIMIT 10`.execute(trx);
      if (incidents.length > 0)
        await trx
          .insertInto('incident_log')
          .values(
            incidents.map((incident) => ({
              tenant,
              incident_id: incident.id,
              at,
              kind: 'comment' as const,
              text: `Comment on the asset ${row.name}`,
              actor,
            })),
          )
          .execute();
      return { tenant, asset: row.id, name: row.name, incidents };
    });
  }

  /** What the state knows of an asset's story before a time, newest first, at most `limit` of each kind. */
  story(
    scope: Scope,
    tenant: string,
    id: string,
    keys: EntityKeys,
    before: number,
    limit: number,
  ): Promise<AssetTimelineEntry[]> {
    return withTenants(this.#db, scope, async (trx) =>
      readStory(trx, tenant, await family(trx, tenant, id), keys, before, limit),
    );
  }

  /** Assets that had addresses at a time; newest stay first. */
  byAddress(
    scope: Scope,
    tenant: string,
    ips: readonly string[],
    at: number,
  ): Promise<{ ip: string; id: string; name: string }[]> {
    if (ips.length === 0) return Promise.resolve([]);
    return withTenants(this.#db, scope, async (trx) => {
      const { rows } = await sql<{ ip: string; id: string; name: string }>`
        SELECT DISTINCT ON (d.ip) host(d.ip) AS ip, a.id, a.name FROM asset_address d
          JOIN asset o ON o.tenant = d.tenant AND o.id = d.asset_id
          JOIN asset a ON a.tenant = d.tenant AND a.id = coalesce(o.merged_into, o.id)
        WHERE d.tenant = ${tenant} AND d.ip = ANY(${ips as string[]}::inet[]) AND d.first_at <= ${at + 3_600_000} AND d.last_at >= ${at - 86_400_000}
        ORDER BY d.ip, d.last_at DESC`.execute(trx);
      return rows;
    });
  }

  /**
   * Takes everything that tells who it is from a person's or machine's record, and from those that went into it:
   * name, identifiers, addresses, comments. What stays is that there was one. False: there is none in the scope.
   */
  erase(scope: Scope, tenant: string, id: string, actor: string, at: number): Promise<boolean> {
    if (scope !== 'all' && !scope.includes(tenant)) return Promise.resolve(false);
    // The role of the API may delete none of this; the caller has been checked above.
    return transaction(this.#db, async (trx) => {
      const row = await this.#current(trx, tenant, id);
      if (row === undefined) return false;
      const ids = await family(trx, tenant, row.id);
      await eraseAsset(trx, tenant, row, ids, actor, at);
      return true;
    });
  }
}

/** An asset and all that went into it. */
async function family(trx: Transaction<Database>, tenant: string, id: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    WITH RECURSIVE own(id) AS (SELECT ${id}::text UNION SELECT a.id FROM own JOIN asset a ON a.tenant = ${tenant} AND a.merged_into = own.id)
    SELECT id FROM own LIMIT 1000`.execute(trx);
  return rows.map((row) => row.id);
}

async function usesOf(
  trx: Transaction<Database>,
  tenant: string,
  kind: 'host' | 'user',
  ids: readonly string[],
) {
  const [own, other] = kind === 'host' ? ['host_id', 'user_id'] : ['user_id', 'host_id'];
  const { rows } = await sql<{ id: string; name: string; criticality: Criticality; last_at: number }>`
    SELECT a.id, a.name, a.criticality, max(u.last_at) AS last_at FROM asset_use u
      JOIN asset o ON o.tenant = u.tenant AND o.id = u.${sql.ref(other!)}
      JOIN asset a ON a.tenant = u.tenant AND a.id = coalesce(o.merged_into, o.id)
    WHERE u.tenant = ${tenant} AND u.${sql.ref(own!)} = ANY(${ids as string[]}::text[])
    GROUP BY a.id, a.name, a.criticality ORDER BY last_at DESC LIMIT 50`.execute(trx);
  return rows.map(({ id, name, criticality, last_at }) => ({ id, name, criticality, lastAt: last_at }));
}

/** Assets that share a name with it, or had its address while it had it. */
async function proposals(trx: Transaction<Database>, tenant: string, row: Row) {
  const { rows } = await sql<{ id: string; name: string; because: string }>`
    SELECT DISTINCT ON (a.id) a.id, a.name, p.because FROM (
      SELECT o.asset_id AS id, o.key AS because FROM asset_shared s JOIN asset_shared o USING (tenant, kind, key)
        WHERE s.tenant = ${tenant} AND s.asset_id = ${row.id}
      UNION ALL
      SELECT o.asset_id, 'ip:' || host(o.ip) FROM asset_address s JOIN asset_address o ON o.tenant = s.tenant AND o.ip = s.ip
          AND o.first_at <= s.last_at AND o.last_at >= s.first_at
        WHERE s.tenant = ${tenant} AND s.asset_id = ${row.id} AND s.last_at > ${(row.last_at ?? 0) - 30 * 86_400_000}
      UNION ALL
      SELECT o.asset_id, 'name:' || s.bare FROM asset_identifier s JOIN asset_identifier o ON o.tenant = s.tenant AND o.kind = 'user' AND o.bare = s.bare
        WHERE s.tenant = ${tenant} AND s.asset_id = ${row.id} AND s.kind = 'user' AND (s.key LIKE 'name:%' OR o.key LIKE 'name:%')
    ) p JOIN asset a ON a.tenant = ${tenant} AND a.id = p.id
    WHERE a.id <> ${row.id} AND a.kind = ${row.kind} AND a.merged_into IS NULL AND a.erased_at IS NULL ORDER BY a.id LIMIT 10`.execute(
    trx,
  );
  return rows;
}
