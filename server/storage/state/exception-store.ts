import { type Kysely, type Selectable, type SqlBool, sql, type Transaction } from 'kysely';
import { asStateError, type TenantScope, transaction, withTenants } from './database.ts';
import type { Database, ExceptionTable } from './schema.ts';

/** An exception as stored, with what it silenced at the tenants asked for. Times are epoch milliseconds. */
export interface ExceptionRecord {
  readonly id: string;
  /** Null: all tenants. */
  readonly tenant: string | null;
  readonly title: string;
  readonly filter: string;
  readonly reason: string;
  readonly owner: { readonly id: string | null; readonly name: string };
  readonly createdAt: number;
  readonly changedAt: number;
  readonly expiresAt: number;
  readonly revokedAt: number | null;
  readonly previewed: {
    readonly from: number;
    readonly to: number;
    readonly total: number;
    readonly silenced: number;
  } | null;
  readonly hits: number;
  readonly lastHitAt: number | null;
}

export interface ExceptionHistory {
  readonly changes: readonly {
    readonly at: number;
    readonly actor: string;
    readonly kind: 'created' | 'extended' | 'revoked';
    readonly text: string;
  }[];
  /** `day` is epoch milliseconds of its start in UTC; oldest first. */
  readonly hits: readonly {
    readonly tenant: string;
    readonly rule: string;
    readonly day: number;
    readonly hits: number;
  }[];
}

/** Silenced hits to be added. */
export interface NewHits {
  readonly exception: string;
  readonly rule: string;
  readonly tenant: string;
  readonly day: number;
  readonly hits: number;
  readonly lastAt: number;
}

/** Rows of one insert: PostgreSQL takes at most 65,535 parameters a statement. */
const ROWS = 1_000;
const MAX_LISTED = 20_000;

/** Exceptions, every change of them, and what they silenced. */
export class ExceptionStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /**
   * The exceptions of some tenants, with hits at those tenants. Those of all tenants are listed for who sees all
   * tenants only; see {@link shared}.
   */
  list(scope: TenantScope): Promise<ExceptionRecord[]> {
    return withTenants(this.#db, scope, (trx) => records(trx));
  }

  /**
   * The exceptions of all tenants, with hits at some of them. Filter, reason and owner may name other tenants:
   * who shows them decides.
   */
  async shared(tenants: readonly string[]): Promise<ExceptionRecord[]> {
    try {
      return await records(this.#db, sql<SqlBool>`exception.tenant IS NULL`, tenants);
    } catch (error) {
      throw asStateError(error);
    }
  }

  /** Changes and the hits since a day, at the tenants asked for. */
  history(scope: TenantScope, id: string, since: number): Promise<ExceptionHistory> {
    return withTenants(this.#db, scope, async (trx) => {
      const changes = await trx
        .selectFrom('exception_change')
        .select(['at', 'actor', 'kind', 'text'])
        .where('exception_id', '=', id)
        .orderBy('id')
        .limit(1_000)
        .execute();
      const hits = await trx
        .selectFrom('exception_hit')
        .select(['tenant', 'rule_id as rule', 'day', 'hits'])
        .where('exception_id', '=', id)
        .where('day', '>=', since)
        .orderBy('day')
        .limit(100_000)
        .execute();
      return { changes, hits: hits.map((row) => ({ ...row, hits: Number(row.hits) })) };
    });
  }

  /** Saves one. Row-level security refuses a tenant, or all tenants, outside of the scope. */
  async add(
    scope: TenantScope,
    exception: Omit<ExceptionRecord, 'hits' | 'lastHitAt' | 'changedAt' | 'revokedAt'>,
    actor: string,
  ): Promise<void> {
    await withTenants(this.#db, scope, async (trx) => {
      await trx
        .insertInto('exception')
        .values({
          id: exception.id,
          tenant: exception.tenant,
          title: storable(exception.title),
          filter: storable(exception.filter),
          reason: storable(exception.reason),
          owner_id: exception.owner.id,
          owner_name: exception.owner.name,
          created_at: exception.createdAt,
          changed_at: exception.createdAt,
          expires_at: exception.expiresAt,
          previewed: JSON.stringify(exception.previewed),
        })
        .execute();
      await change(trx, exception, exception.createdAt, actor, 'created', exception.reason);
    });
  }

  /** Ends one now. False: there is none in the scope that is still active. */
  revoke(scope: TenantScope, id: string, at: number, actor: string, reason: string): Promise<boolean> {
    return this.#change(scope, id, at, async (trx, row) => {
      await trx
        .updateTable('exception')
        .set({ revoked_at: at, changed_at: at })
        .where('id', '=', id)
        .execute();
      await change(trx, row, at, actor, 'revoked', reason);
    });
  }

  /** Moves the end of one. False: there is none in the scope that is still active. */
  extend(
    scope: TenantScope,
    id: string,
    at: number,
    expiresAt: number,
    actor: string,
    reason: string,
  ): Promise<boolean> {
    return this.#change(scope, id, at, async (trx, row) => {
      await trx
        .updateTable('exception')
        .set({ expires_at: expiresAt, changed_at: at })
        .where('id', '=', id)
        .execute();
      const day = (time: number) => new Date(time).toISOString().slice(0, 10);
      const text = `${day(row.expires_at)} → ${day(expiresAt)}: ${reason}`;
      await change(trx, row, at, actor, 'extended', text);
    });
  }

  #change(
    scope: TenantScope,
    id: string,
    at: number,
    work: (trx: Transaction<Database>, row: Selectable<ExceptionTable>) => Promise<void>,
  ): Promise<boolean> {
    return withTenants(this.#db, scope, async (trx) => {
      const row = await trx
        .selectFrom('exception')
        .selectAll()
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .where('expires_at', '>', at)
        .forUpdate()
        .executeTakeFirst();
      if (row === undefined) return false;
      await work(trx, row);
      return true;
    });
  }

  /** Those in force at some time since `since`, for the detector. */
  async inForceSince(
    since: number,
  ): Promise<{ id: string; tenant: string | null; filter: string; from: number; until: number }[]> {
    const rows = await this.#db
      .selectFrom('exception')
      .select(['id', 'tenant', 'filter', 'created_at', 'expires_at', 'revoked_at'])
      .where('expires_at', '>', since)
      .where((eb) => eb.or([eb('revoked_at', 'is', null), eb('revoked_at', '>', since)]))
      .orderBy('created_at')
      .orderBy('id')
      .execute();
    return rows.map((row) => ({
      id: row.id,
      tenant: row.tenant,
      filter: row.filter,
      from: row.created_at,
      until: Math.min(row.expires_at, row.revoked_at ?? Number.POSITIVE_INFINITY),
    }));
  }

  /**
   * Sequence of the last batch whose hits were counted. What goes beyond the event store's last batch is
   * forgotten: its sequences will be given again, to other events.
   */
  async countedThrough(lastSequence: number): Promise<number> {
    const row = await this.#db.selectFrom('exception_progress').select('sequence').executeTakeFirst();
    return Math.min(Number(row?.sequence ?? 0), lastSequence);
  }

  /**
   * Adds hits together with the batch that they go through, so that each is counted once. Hits of tenants or
   * exceptions that are gone concern nobody.
   */
  async addHits(hits: readonly NewHits[], sequence: number): Promise<void> {
    await transaction(this.#db, async (trx) => {
      for (let at = 0; at < hits.length; at += ROWS) {
        const part = hits.slice(at, at + ROWS);
        await sql`INSERT INTO exception_hit (tenant, exception_id, rule_id, day, hits, last_at)
          SELECT h.* FROM unnest(${part.map((h) => h.tenant)}::text[], ${part.map((h) => h.exception)}::text[],
            ${part.map((h) => h.rule)}::text[], ${part.map((h) => h.day)}::float8[],
            ${part.map((h) => h.hits)}::bigint[], ${part.map((h) => h.lastAt)}::float8[])
            AS h(tenant, exception, rule, day, hits, last_at)
          JOIN tenant t ON t.id = h.tenant JOIN exception e ON e.id = h.exception
          ON CONFLICT (exception_id, tenant, rule_id, day) DO UPDATE
            SET hits = exception_hit.hits + excluded.hits, last_at = greatest(exception_hit.last_at, excluded.last_at)`.execute(
          trx,
        );
      }
      await trx
        .insertInto('exception_progress')
        .values({ id: 1, sequence })
        .onConflict((oc) => oc.column('id').doUpdateSet({ sequence }))
        .execute();
    });
  }
}

async function records(
  db: Kysely<Database>,
  only: ReturnType<typeof sql<SqlBool>> = sql<SqlBool>`true`,
  hitsAt?: readonly string[],
): Promise<ExceptionRecord[]> {
  const at = hitsAt === undefined ? sql`true` : sql`h.tenant = ANY(${hitsAt as string[]})`;
  const { rows } = await sql<Selectable<ExceptionTable> & { hits: string; last_hit_at: number | null }>`
    SELECT exception.*, coalesce(s.hits, 0)::text AS hits, s.last_at AS last_hit_at
    FROM exception LEFT JOIN (
      SELECT exception_id, sum(hits) AS hits, max(last_at) AS last_at FROM exception_hit h
      WHERE ${at} GROUP BY exception_id
    ) s ON s.exception_id = exception.id
    WHERE ${only} ORDER BY exception.created_at DESC, exception.id LIMIT ${MAX_LISTED}`.execute(db);
  return rows.map((row) => ({
    id: row.id,
    tenant: row.tenant,
    title: row.title,
    filter: row.filter,
    reason: row.reason,
    owner: { id: row.owner_id, name: row.owner_name },
    createdAt: row.created_at,
    changedAt: row.changed_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    previewed: row.previewed,
    hits: Number(row.hits),
    lastHitAt: row.last_hit_at,
  }));
}

async function change(
  trx: Transaction<Database>,
  { id, tenant }: { readonly id: string; readonly tenant: string | null },
  at: number,
  actor: string,
  kind: 'created' | 'extended' | 'revoked',
  text: string,
): Promise<void> {
  await trx
    .insertInto('exception_change')
    .values({ exception_id: id, tenant, at, actor, kind, text: storable(text) })
    .execute();
}

/** PostgreSQL's text cannot hold NUL. */
function storable(text: string): string {
  return text.replaceAll('\0', '');
}
