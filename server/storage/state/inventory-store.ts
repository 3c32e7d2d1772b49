import { isIP } from 'node:net';
import type { Criticality, Handling, MaintenanceHours } from '@vigie/contracts/api';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type {
  AssetKind,
  AssetRecord,
  Component,
  InventoryStore,
  InventoryTransaction,
  MergeRecord,
  Pair,
} from '../../assets/ports.ts';
import { transaction } from './database.ts';
import type { AssetTable, Database } from './schema.ts';

/** Identifiers that hang together and are looked at as one; a name that everything has could join them all. */
const MOST_TOGETHER = 20_000;
/** Pairs of one identifier; further ones say nothing that these don't. */
const MOST_PAIRS = 500;
/** An address belongs to one stay as long as it is seen again within so long, milliseconds. */
const STAY = 7 * 86_400_000;

/** The inventory over its tables, a transaction and tenant at a time. */
export class PostgresInventory implements InventoryStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  transaction<T>(tenant: string, work: (tx: InventoryTransaction) => Promise<T>): Promise<T> {
    return transaction(this.#db, async (trx) => {
      // Groups are made of what is there; two who change them at once would each see half.
      await sql`SELECT pg_advisory_xact_lock(hashtext('vigie.assets'), hashtext(${tenant}))`.execute(trx);
      return work(new PostgresInventoryTransaction(trx, tenant));
    });
  }
}

class PostgresInventoryTransaction implements InventoryTransaction {
  readonly #trx: Transaction<Database>;
  readonly #tenant: string;

  constructor(trx: Transaction<Database>, tenant: string) {
    this.#trx = trx;
    this.#tenant = tenant;
  }

  async addIdentifiers(
    kind: AssetKind,
    seen: Parameters<InventoryTransaction['addIdentifiers']>[1],
  ): Promise<string[]> {
    const keys = [...seen.keys()];
    const values = [...seen.values()];
    // `xmax` is 0 in a row that this statement made.
    const { rows } = await sql<{ key: string; fresh: boolean }>`
      INSERT INTO asset_identifier AS i (tenant, kind, key, bare, first_at, last_at)
      SELECT ${this.#tenant}, ${kind}, n.* FROM unnest(${keys.map(storable)}::text[],
        ${values.map(({ bare }) => (bare === null ? null : storable(bare)))}::text[],
        ${values.map(({ firstAt }) => firstAt)}::float8[], ${values.map(({ lastAt }) => lastAt)}::float8[]) AS n
      ON CONFLICT (tenant, kind, key) DO UPDATE SET first_at = least(i.first_at, excluded.first_at),
        last_at = greatest(i.last_at, excluded.last_at)
      RETURNING key, xmax = 0 AS fresh`.execute(this.#trx);
    return rows.filter(({ fresh }) => fresh).map(({ key }) => key);
  }

  async addPairs(
    kind: AssetKind,
    pairs: readonly Pair[],
    what: 'seen' | 'together' | 'apart',
  ): Promise<Pair[]> {
    if (pairs.length === 0) return [];
    const a = pairs.map(([one]) => storable(one));
    const b = pairs.map(([, other]) => storable(other));
    const { rows } = await sql<{ a: string; b: string }>`
      INSERT INTO asset_pair (tenant, kind, a, b, what)
      SELECT ${this.#tenant}, ${kind}, p.a, p.b, ${what} FROM unnest(${a}::text[], ${b}::text[]) AS p(a, b)
      WHERE (SELECT count(*) FROM asset_pair h WHERE h.tenant = ${this.#tenant} AND h.kind = ${kind} AND h.a = p.a) < ${MOST_PAIRS}
        AND (SELECT count(*) FROM asset_pair h WHERE h.tenant = ${this.#tenant} AND h.kind = ${kind} AND h.b = p.b) < ${MOST_PAIRS}
      ON CONFLICT DO NOTHING RETURNING a, b`.execute(this.#trx);
    return rows.map((row) => [row.a, row.b] as const);
  }

  async removePairs(kind: AssetKind, pairs: readonly Pair[], what: 'together' | 'apart'): Promise<void> {
    for (const [a, b] of pairs)
      await this.#trx
        .deleteFrom('asset_pair')
        .where('tenant', '=', this.#tenant)
        .where('kind', '=', kind)
        .where('what', '=', what)
        .where((eb) =>
          eb.or([eb.and([eb('a', '=', a), eb('b', '=', b)]), eb.and([eb('a', '=', b), eb('b', '=', a)])]),
        )
        .execute();
  }

  async component(kind: AssetKind, keys: readonly string[]): Promise<Component | undefined> {
    const { rows: nodes } = await sql<{ key: string; asset_id: string | null; last_at: number }>`
      WITH RECURSIVE reach(key) AS (
        SELECT unnest(${keys as string[]}::text[])
        UNION
        SELECT near.key FROM reach r CROSS JOIN LATERAL (
          SELECT b AS key FROM asset_pair WHERE tenant = ${this.#tenant} AND kind = ${kind} AND a = r.key AND what <> 'apart'
          UNION ALL
          SELECT a FROM asset_pair WHERE tenant = ${this.#tenant} AND kind = ${kind} AND b = r.key AND what <> 'apart'
        ) near
      ), near_enough AS (SELECT key FROM reach LIMIT ${MOST_TOGETHER + 1})
      SELECT i.key, i.asset_id, i.last_at FROM near_enough n JOIN asset_identifier i
        ON i.tenant = ${this.#tenant} AND i.kind = ${kind} AND i.key = n.key`.execute(this.#trx);
    if (nodes.length > MOST_TOGETHER) return undefined;
    const all = nodes.map(({ key }) => key);
    const { rows: pairs } = await sql<{ a: string; b: string; what: string }>`
      SELECT a, b, what FROM asset_pair WHERE tenant = ${this.#tenant} AND kind = ${kind} AND a = ANY(${all}::text[])`.execute(
      this.#trx,
    );
    const of = (what: string) =>
      pairs.filter((pair) => pair.what === what).map(({ a, b }) => [a, b] as const);
    return {
      nodes: new Map(nodes.map((row) => [row.key, { assetId: row.asset_id, lastAt: row.last_at }])),
      seen: of('seen'),
      together: of('together'),
      apart: of('apart'),
    };
  }

  async assets(ids: readonly string[]): Promise<AssetRecord[]> {
    if (ids.length === 0) return [];
    const rows = await this.#trx
      .selectFrom('asset')
      .selectAll()
      .where('tenant', '=', this.#tenant)
      .where(sql<boolean>`id = ANY(${ids as string[]}::text[])`)
      .execute();
    return rows.map(recordOf);
  }

  async create(records: readonly AssetRecord[]): Promise<void> {
    for (let at = 0; at < records.length; at += 500)
      await this.#trx
        .insertInto('asset')
        .values(
          records.slice(at, at + 500).map((record) => ({
            tenant: this.#tenant,
            id: record.id,
            kind: record.kind,
            created_at: record.createdAt,
            changed_at: record.createdAt,
            ...columnsOf(record),
          })),
        )
        .execute();
  }

  async save(records: readonly AssetRecord[], at: number): Promise<void> {
    if (records.length === 0) return;
    // The last word on each: a statement can't touch a row twice.
    const rows = [...new Map(records.map((record) => [record.id, record])).values()].map((record) => ({
      id: record.id,
      ...columnsOf(record),
      maintenance: record.maintenance,
    }));
    await sql`UPDATE asset SET name = r.name, named = r.named, type = r.type, criticality = r.criticality, owner = r.owner,
        site = r.site, note = r.note, handling = r.handling, phone = r.phone, maintenance = r.maintenance, tags = r.tags,
        by_hand = r.by_hand, merged_into = r.merged_into, changed_at = ${at}
      FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id text, name text, named boolean, type text, criticality text,
        owner text, site text, note text, handling text[], phone text, maintenance jsonb, tags text[], by_hand text[], merged_into text)
      WHERE asset.tenant = ${this.#tenant} AND asset.id = r.id`.execute(this.#trx);
  }

  async own(kind: AssetKind, owners: ReadonlyMap<string, string | null>): Promise<void> {
    if (owners.size === 0) return;
    await sql`UPDATE asset_identifier i SET asset_id = o.owner
      FROM unnest(${[...owners.keys()]}::text[], ${[...owners.values()]}::text[]) AS o(key, owner)
      WHERE i.tenant = ${this.#tenant} AND i.kind = ${kind} AND i.key = o.key`.execute(this.#trx);
    // What has an owner again is no longer shared.
    const owned = [...owners].filter(([, owner]) => owner !== null).map(([key]) => key);
    await sql`DELETE FROM asset_shared WHERE tenant = ${this.#tenant} AND kind = ${kind} AND key = ANY(${owned}::text[])`.execute(
      this.#trx,
    );
  }

  async share(kind: AssetKind, shared: ReadonlyMap<string, readonly string[]>): Promise<void> {
    if (shared.size === 0) return;
    const rows = [...shared].flatMap(([key, ids]) => ids.map((asset_id) => ({ key, asset_id })));
    // An asset that is only this name stays among those that share it.
    await sql`DELETE FROM asset_shared s WHERE tenant = ${this.#tenant} AND kind = ${kind} AND key = ANY(${[...shared.keys()]}::text[])
      AND EXISTS (SELECT FROM asset_identifier i WHERE i.tenant = s.tenant AND i.asset_id = s.asset_id)`.execute(
      this.#trx,
    );
    await sql`INSERT INTO asset_shared (tenant, kind, key, asset_id)
      SELECT ${this.#tenant}, ${kind}, s.key, s.id FROM unnest(${rows.map(({ key }) => key)}::text[], ${rows.map(({ asset_id }) => asset_id)}::text[]) AS s(key, id)
      ON CONFLICT DO NOTHING`.execute(this.#trx);
  }

  async merges(kept: readonly string[]): Promise<MergeRecord[]> {
    const rows = await this.#trx
      .selectFrom('asset_merge')
      .select(['id', 'kept', 'gone', 'keys'])
      .where('tenant', '=', this.#tenant)
      .where(sql<boolean>`kept = ANY(${kept as string[]}::text[])`)
      .where('undone_at', 'is', null)
      .orderBy('id', 'desc')
      .limit(10_000)
      .execute();
    return rows;
  }

  async recordMerge(merge: Omit<MergeRecord, 'id'>, at: number, actor: string | null): Promise<void> {
    await this.#trx
      .insertInto('asset_merge')
      .values({ tenant: this.#tenant, kept: merge.kept, gone: merge.gone, keys: [...merge.keys], at, actor })
      .execute();
  }

  async undoMerge(id: string, at: number): Promise<void> {
    await this.#trx
      .updateTable('asset_merge')
      .set({ undone_at: at })
      .where('tenant', '=', this.#tenant)
      .where('id', '=', id)
      .execute();
  }

  async owners(kind: AssetKind, keys: readonly string[]): Promise<Map<string, string | null>> {
    const rows = await this.#trx
      .selectFrom('asset_identifier')
      .select(['key', 'asset_id'])
      .where('tenant', '=', this.#tenant)
      .where('kind', '=', kind)
      .where(sql<boolean>`key = ANY(${keys as string[]}::text[])`)
      .execute();
    return new Map(rows.map((row) => [row.key, row.asset_id]));
  }

  async note(...[seen, uses]: Parameters<InventoryTransaction['note']>): Promise<void> {
    const tenant = this.#tenant;
    const assets = gather(seen, ({ assetId }) => assetId);
    await sql`UPDATE asset a SET first_at = least(a.first_at, s.first_at), last_at = greatest(a.last_at, s.last_at),
        os = CASE WHEN s.os = '' THEN a.os ELSE s.os END
      FROM unnest(${assets.map(({ assetId }) => assetId)}::text[], ${assets.map(({ firstAt, recorded }) => (recorded ? null : firstAt))}::float8[],
        ${assets.map(({ lastAt, recorded }) => (recorded ? null : lastAt))}::float8[], ${assets.map(({ os }) => storable(os ?? ''))}::text[]) AS s(id, first_at, last_at, os)
      WHERE a.tenant = ${tenant} AND a.id = s.id AND a.erased_at IS NULL`.execute(this.#trx);
    const sources = gather(
      seen.filter(({ source }) => source !== undefined),
      ({ assetId, source }) => `${assetId}\n${source}`,
    );
    await sql`INSERT INTO asset_source AS o (tenant, asset_id, source, first_at, last_at)
      SELECT ${tenant}, s.* FROM unnest(${sources.map(({ assetId }) => assetId)}::text[], ${sources.map(({ source }) => source ?? '')}::text[],
        ${sources.map(({ firstAt }) => firstAt)}::float8[], ${sources.map(({ lastAt }) => lastAt)}::float8[]) AS s
      ON CONFLICT (tenant, asset_id, source) DO UPDATE SET first_at = least(o.first_at, excluded.first_at),
        last_at = greatest(o.last_at, excluded.last_at)`.execute(this.#trx);
    const used = gather(uses, ({ hostId, userId }) => `${hostId}\n${userId}`);
    await sql`INSERT INTO asset_use AS u (tenant, host_id, user_id, first_at, last_at)
      SELECT ${tenant}, s.* FROM unnest(${used.map(({ hostId }) => hostId)}::text[], ${used.map(({ userId }) => userId)}::text[],
        ${used.map(({ firstAt }) => firstAt)}::float8[], ${used.map(({ lastAt }) => lastAt)}::float8[]) AS s
      ON CONFLICT (tenant, host_id, user_id) DO UPDATE SET first_at = least(u.first_at, excluded.first_at),
        last_at = greatest(u.last_at, excluded.last_at)`.execute(this.#trx);
    await this.#addresses(seen);
    await this.#software(seen);
  }

  async #addresses(seen: Parameters<InventoryTransaction['note']>[0]): Promise<void> {
    const all = seen.flatMap(({ assetId, ips = [], firstAt, lastAt }) =>
      ips.filter(isOwnAddress).map((ip) => ({ assetId, ip, firstAt, lastAt })),
    );
    const rows = gather(all, ({ assetId, ip }) => `${assetId}\n${ip}`);
    if (rows.length === 0) return;
    // A stay goes on unless the address was away for long or another asset has had it since.
    await sql`WITH s AS (
        SELECT * FROM unnest(${rows.map(({ assetId }) => assetId)}::text[], ${rows.map(({ ip }) => ip)}::inet[],
          ${rows.map(({ firstAt }) => firstAt)}::float8[], ${rows.map(({ lastAt }) => lastAt)}::float8[]) AS s(id, ip, first_at, last_at)
      ), longer AS (
        UPDATE asset_address a SET first_at = least(a.first_at, s.first_at), last_at = greatest(a.last_at, s.last_at)
        FROM s WHERE a.tenant = ${this.#tenant} AND a.asset_id = s.id AND a.ip = s.ip
          AND a.last_at >= s.first_at - ${STAY} AND a.first_at <= s.last_at + ${STAY}
          AND a.first_at = (SELECT max(l.first_at) FROM asset_address l WHERE l.tenant = a.tenant AND l.asset_id = a.asset_id AND l.ip = a.ip)
          AND NOT EXISTS (SELECT FROM asset_address o WHERE o.tenant = a.tenant AND o.ip = a.ip AND o.asset_id <> a.asset_id
            AND o.first_at > a.last_at AND o.first_at < s.first_at)
        RETURNING a.asset_id, a.ip
      )
      INSERT INTO asset_address (tenant, asset_id, ip, first_at, last_at)
      SELECT ${this.#tenant}, s.id, s.ip, s.first_at, s.last_at FROM s
      WHERE NOT EXISTS (SELECT FROM longer WHERE longer.asset_id = s.id AND longer.ip = s.ip)
      ON CONFLICT (tenant, ip, first_at, asset_id) DO NOTHING`.execute(this.#trx);
  }

  async #software(seen: Parameters<InventoryTransaction['note']>[0]): Promise<void> {
    const all = seen.flatMap(({ assetId, software = [], firstAt, lastAt }) =>
      software.map(({ name, version }) => ({ assetId, name, version, firstAt, lastAt })),
    );
    const rows = gather(all, ({ assetId, name, version }) => `${assetId}\n${name}\n${version}`);
    for (let at = 0; at < rows.length; at += 5_000) {
      const part = rows.slice(at, at + 5_000);
      await sql`INSERT INTO asset_software AS w (tenant, asset_id, name, version, first_at, last_at)
        SELECT ${this.#tenant}, s.* FROM unnest(${part.map(({ assetId }) => assetId)}::text[], ${part.map(({ name }) => storable(name))}::text[],
          ${part.map(({ version }) => storable(version))}::text[], ${part.map(({ firstAt }) => firstAt)}::float8[], ${part.map(({ lastAt }) => lastAt)}::float8[]) AS s
        ON CONFLICT (tenant, asset_id, name, version) DO UPDATE SET first_at = least(w.first_at, excluded.first_at),
          last_at = greatest(w.last_at, excluded.last_at)`.execute(this.#trx);
    }
  }

  async log(entries: Parameters<InventoryTransaction['log']>[0]): Promise<void> {
    if (entries.length === 0) return;
    await this.#trx
      .insertInto('asset_log')
      .values(
        entries.map(({ assetId, text, ...entry }) => ({
          tenant: this.#tenant,
          asset_id: assetId,
          text: storable(text),
          ...entry,
        })),
      )
      .execute();
  }
}

/** One row a key, with the widest span of its times: a statement can't touch a row twice. */
function gather<T extends { readonly firstAt: number; readonly lastAt: number }>(
  rows: readonly T[],
  key: (row: T) => string,
): T[] {
  const found = new Map<string, T>();
  for (const row of rows) {
    const at = key(row);
    const before = found.get(at);
    found.set(
      at,
      before === undefined
        ? row
        : {
            ...before,
            ...row,
            firstAt: Math.min(before.firstAt, row.firstAt),
            lastAt: Math.max(before.lastAt, row.lastAt),
          },
    );
  }
  return [...found.values()];
}

/** Whether an address can be a machine's own: loopback, link-local and multicast ones are everybody's. */
function isOwnAddress(ip: string): boolean {
  const family = isIP(ip);
  if (family === 4) return !/^(?:0|127|169\.254|22[4-9]|23\d|255)\./.test(ip);
  return family === 6 && !ip.includes('%') && !/^(?:::1?$|fe80:|ff)/i.test(ip);
}

/** PostgreSQL's text holds no NUL. */
function storable(text: string): string {
  return text.replaceAll('\0', '');
}

export function recordOf(row: Selectable<AssetTable>): AssetRecord {
  return {
    id: row.id,
    kind: row.kind,
    name: row.name,
    named: row.named,
    type: row.type,
    criticality: row.criticality as Criticality,
    owner: row.owner,
    site: row.site,
    note: row.note,
    handling: row.handling as Handling[],
    phone: row.phone,
    maintenance: row.maintenance as MaintenanceHours | null,
    tags: row.tags,
    byHand: row.by_hand,
    createdAt: row.created_at,
    mergedInto: row.merged_into,
  };
}

/** The columns of what can change. */
export function columnsOf(record: AssetRecord) {
  return {
    name: storable(record.name),
    named: record.named,
    type: record.type,
    criticality: record.criticality,
    owner: record.owner,
    site: record.site,
    note: record.note,
    handling: [...record.handling],
    phone: record.phone,
    maintenance: record.maintenance === null ? null : JSON.stringify(record.maintenance),
    tags: [...record.tags],
    by_hand: [...record.byHand],
    merged_into: record.mergedInto,
  };
}
