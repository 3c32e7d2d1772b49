import type { Entity } from '@vigie/contracts';
import type { Criticality, Handling, MaintenanceHours } from '@vigie/contracts/api';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { MarkedAsset, RiskFigures } from '../../assets/ports.ts';
import type { AssetTable, Database } from './schema.ts';

type Row = Selectable<AssetTable>;

/** What the program itself reads of all assets, and what it does with them now and then. */
export class PostgresAssetCare {
  readonly #db: Kysely<Database>;
  readonly #entityNames: (entities: readonly Entity[]) => string[];

  /** @param entityNames names by which an alert's entities count for assets */
  constructor(db: Kysely<Database>, entityNames: (entities: readonly Entity[]) => string[]) {
    this.#db = db;
    this.#entityNames = entityNames;
  }

  /** What people have said something about, with every identifier; for enrichment and warnings. */
  async marked(): Promise<MarkedAsset[]> {
    const { rows } = await sql<Row & { keys: string[] | null }>`
      SELECT a.*, (SELECT array_agg(k.key) FROM (
          SELECT key FROM asset_identifier i WHERE i.tenant = a.tenant AND i.asset_id = a.id
          UNION SELECT key FROM asset_shared s WHERE s.tenant = a.tenant AND s.asset_id = a.id LIMIT 500) k) AS keys
      FROM asset a WHERE a.merged_into IS NULL AND a.erased_at IS NULL AND (a.criticality <> 'normal' OR a.note <> ''
        OR a.handling <> '{}' OR a.phone <> '' OR a.maintenance IS NOT NULL OR (a.owner <> '' AND 'owner' = ANY(a.by_hand)))
      LIMIT 200000`.execute(this.#db);
    return rows.map((row) => ({
      tenant: row.tenant,
      id: row.id,
      kind: row.kind,
      name: row.name,
      criticality: row.criticality,
      owner: row.owner,
      note: row.note,
      handling: row.handling as Handling[],
      phone: row.phone,
      maintenance: row.maintenance as MaintenanceHours | null,
      keys: row.keys ?? [],
    }));
  }

  /** What alerts and incidents of a tenant say, by entity key. */
  async riskFigures(tenant: string, since: number): Promise<Map<string, RiskFigures>> {
    const figures = new Map<string, { incidents: number; level: number; alerts: number; unusual: number }>();
    const of = (key: string) => {
      const found = figures.get(key) ?? { incidents: 0, level: 0, alerts: 0, unusual: 0 };
      figures.set(key, found);
      return found;
    };
    const incidents = await this.#db
      .selectFrom('incident')
      .select(['entities', 'level_rank'])
      .where('tenant', '=', tenant)
      .where('status', '<>', 'closed')
      .limit(20_000)
      .execute();
    for (const { entities, level_rank } of incidents)
      for (const key of new Set(this.#entityNames(entities))) {
        const own = of(key);
        own.incidents++;
        own.level = Math.max(own.level, level_rank);
      }
    const alerts = await this.#db
      .selectFrom('alert')
      .select('entities')
      .where('tenant', '=', tenant)
      .where('last_at', '>=', since)
      .limit(50_000)
      .execute();
    for (const { entities } of alerts)
      for (const key of new Set(this.#entityNames(entities))) of(key).alerts++;
    const unusual = await sql<{ entity: string; n: number }>`
      SELECT entity, count(*)::int AS n FROM alert_rhythm WHERE tenant = ${tenant} AND signal_at >= ${since} AND entity <> ''
      GROUP BY entity`.execute(this.#db);
    for (const { entity, n } of unusual.rows) of(entity).unusual = n;
    return figures;
  }

  /** All assets of a tenant with how alerts name them, for their risk, in parts. */
  async *forRisk(
    tenant: string,
  ): AsyncGenerator<
    { id: string; kind: 'host' | 'user'; criticality: Criticality; risk: number; keys: string[] }[]
  > {
    for (let after = ''; ; ) {
      const { rows } = await sql<{
        id: string;
        kind: 'host' | 'user';
        criticality: Criticality;
        risk: number;
        keys: string[] | null;
      }>`
        SELECT a.id, a.kind, a.criticality, a.risk, (SELECT array_agg(key) FROM asset_identifier i WHERE i.tenant = a.tenant AND i.asset_id = a.id) AS keys
        FROM asset a WHERE a.tenant = ${tenant} AND a.merged_into IS NULL AND a.id > ${after} ORDER BY a.id LIMIT 2000`.execute(
        this.#db,
      );
      if (rows.length === 0) return;
      yield rows.map((row) => ({ ...row, keys: row.keys ?? [] }));
      after = rows.at(-1)!.id;
    }
  }

  async setRisks(tenant: string, risks: ReadonlyMap<string, number>): Promise<void> {
    if (risks.size === 0) return;
    await sql`UPDATE asset SET risk = r.risk FROM unnest(${[...risks.keys()]}::text[], ${[...risks.values()]}::int[]) AS r(id, risk)
      WHERE asset.tenant = ${tenant} AND asset.id = r.id`.execute(this.#db);
  }

  /** Forgets what was only ever seen, and not since a time. @returns how many */
  async forget(before: number): Promise<number> {
    const { numAffectedRows } = await sql`
      WITH old AS (
        DELETE FROM asset a WHERE coalesce(a.last_at, a.created_at) < ${before} AND a.by_hand = '{}' AND a.created_at < ${before}
          AND NOT EXISTS (SELECT FROM asset m WHERE m.tenant = a.tenant AND m.merged_into = a.id)
          AND NOT EXISTS (SELECT FROM asset_log l WHERE l.tenant = a.tenant AND l.asset_id = a.id AND l.kind = 'comment')
        RETURNING a.tenant, a.kind, a.id
      ) DELETE FROM asset_pair p USING asset_identifier i, old WHERE i.tenant = old.tenant AND i.asset_id = old.id
        AND p.tenant = i.tenant AND p.kind = i.kind AND (p.a = i.key OR p.b = i.key)`.execute(this.#db);
    return Number(numAffectedRows ?? 0);
  }
}
