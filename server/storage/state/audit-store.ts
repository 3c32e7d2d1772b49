import { type Kysely, type Selectable, type SelectQueryBuilder, sql, type Transaction } from 'kysely';
import type {
  AnchorNote,
  AuditEntry,
  AuditFilter,
  AuditRecord,
  AuditStore,
  ChainHead,
  ChainProblem,
  CheckNote,
  Erased,
  Seal,
} from '../../audit/ports.ts';
import { GENESIS } from '../../audit/ports.ts';
import { type TenantScope, transaction, withTenants } from './database.ts';
import type { AuditRecordTable, Database } from './schema.ts';

/** Rows read or written by one statement; PostgreSQL takes at most 65,535 parameters. */
const ROWS = 2_000;
/** Parts that one record of an erasure names. */
const ERASED_AT_ONCE = 5_000;

/** The audit log over its tables. It writes as `vigie_api`, which may add and read, and erases as the owner. */
export class PostgresAudit implements AuditStore {
  readonly #db: Kysely<Database>;
  readonly #seal: Seal;

  constructor(db: Kysely<Database>, seal: Seal) {
    this.#db = db;
    this.#seal = seal;
  }

  begin(entries: readonly AuditEntry[]): Promise<readonly string[]> {
    return withTenants(this.#db, 'all', async (trx) => {
      // Identities are given in the order of the rows of the statement.
      const rows = await trx
        .insertInto('audit_queue')
        .values(
          entries.map((entry) => ({
            state: 'begun' as const,
            tenant: entry.tenant,
            entry: JSON.stringify(clean(entry)),
          })),
        )
        .returning('id')
        .execute();
      return rows.map(({ id }) => id);
    });
  }

  finish(entries: readonly { readonly id?: string; readonly entry: AuditEntry }[]): Promise<void> {
    return withTenants(this.#db, 'all', async (trx) => {
      await this.#append(
        trx,
        entries.map(({ entry }) => entry),
      );
      const ids = entries.flatMap(({ id }) => (id === undefined ? [] : [id]));
      if (ids.length > 0) await trx.deleteFrom('audit_queue').where('id', 'in', ids).execute();
    });
  }

  drain(): Promise<number> {
    return this.#link('done', (entry) => entry);
  }

  async recover(): Promise<number> {
    let all = 0;
    for (;;) {
      const linked = await this.#link('begun', (entry) => ({ ...entry, outcome: 'unknown', status: null }));
      if (linked === 0) return all;
      all += linked;
    }
  }

  /** Links what waits in the queue. A failed link leaves the queue as it was. */
  #link(state: 'begun' | 'done', as: (entry: AuditEntry) => AuditEntry): Promise<number> {
    return withTenants(this.#db, 'all', async (trx) => {
      const rows = await trx
        .selectFrom('audit_queue')
        .select(['id', 'entry'])
        .where('state', '=', state)
        .orderBy('id')
        .limit(500)
        .execute();
      if (rows.length === 0) return 0;
      await this.#append(
        trx,
        rows.map(({ entry }) => as(entry as AuditEntry)),
      );
      // One process links, so the rows are still there; if not, the links must not be either.
      const { numDeletedRows } = await trx
        .deleteFrom('audit_queue')
        .where(
          'id',
          'in',
          rows.map(({ id }) => id),
        )
        .executeTakeFirstOrThrow();
      if (Number(numDeletedRows) !== rows.length) throw new Error('another process links the audit log');
      return rows.length;
    });
  }

  head(): Promise<ChainHead> {
    return withTenants(this.#db, 'all', (trx) => headOf(trx));
  }

  list(
    scope: TenantScope,
    filter: AuditFilter,
    page: { readonly before?: number; readonly limit: number },
  ): Promise<AuditRecord[]> {
    return withTenants(this.#db, scope, async (trx) => {
      let wanted = filtered(trx, filter);
      if (page.before !== undefined) wanted = wanted.where('seq', '<', page.before as never);
      return withPersonal(trx, await wanted.orderBy('seq', 'desc').limit(page.limit).execute());
    });
  }

  async *stream(scope: TenantScope, filter: AuditFilter): AsyncGenerator<AuditRecord> {
    let after = 0;
    for (;;) {
      const part = await withTenants(this.#db, scope, async (trx) =>
        withPersonal(
          trx,
          await filtered(trx, filter)
            .where('seq', '>', after as never)
            .orderBy('seq')
            .limit(ROWS)
            .execute(),
        ),
      );
      yield* part;
      if (part.length < ROWS) return;
      after = part.at(-1)!.seq;
    }
  }

  actions(scope: TenantScope): Promise<string[]> {
    return withTenants(this.#db, scope, async (trx) => {
      // A loose scan of the index: as many steps as there are actions, however long the chain is.
      const { rows } = await sql<{ action: string }>`WITH RECURSIVE a AS (
        (SELECT action FROM audit_record ORDER BY action LIMIT 1)
        UNION ALL SELECT (SELECT action FROM audit_record r WHERE r.action > a.action ORDER BY action LIMIT 1) FROM a WHERE a.action IS NOT NULL
      ) SELECT action FROM a WHERE action IS NOT NULL LIMIT 500`.execute(trx);
      return rows.map(({ action }) => action);
    });
  }

  async erase(person: string, by: AuditEntry): Promise<number> {
    const named = whole(JSON.stringify(person.toLowerCase()).slice(1, -1));
    let all = 0;
    for (;;) {
      const erased = await transaction(this.#db, async (trx) => {
        await lockChain(trx);
        // Their own doings by account or address; what names them by address, wherever it stands.
        const { rows } = await sql<{ seq: string; part: 'actor' | 'subject' }>`
          DELETE FROM audit_personal p USING (
            SELECT p.seq, p.part FROM audit_personal p JOIN audit_record r ON r.seq = p.seq
            WHERE (p.part = 'actor' AND r.actor_kind <> 'local' AND r.actor_id = ${person}) OR lower(p.data) ~ ${named}
              OR (p.part = 'actor' AND r.actor_id IN (
                SELECT o.actor_id FROM audit_record o JOIN audit_personal d ON d.seq = o.seq AND d.part = 'actor'
                WHERE o.actor_kind = 'account' AND lower(d.data::jsonb ->> 'email') = ${person.toLowerCase()}))
              OR (p.part = 'subject' AND r.object_kind = 'user' AND r.object_id = ${person})
            ORDER BY p.seq, p.part LIMIT ${ERASED_AT_ONCE}
          ) gone WHERE p.seq = gone.seq AND p.part = gone.part RETURNING p.seq, p.part`.execute(trx);
        if (rows.length === 0) return 0;
        const of = (part: 'actor' | 'subject') =>
          rows.flatMap((row) => (row.part === part ? [Number(row.seq)] : [])).sort((a, b) => a - b);
        await this.#append(trx, [by], { actor: of('actor'), subject: of('subject') });
        return rows.length;
      });
      all += erased;
      if (erased < ERASED_AT_ONCE) return all;
    }
  }

  async noteAnchor(anchor: AnchorNote): Promise<void> {
    await this.#db.insertInto('audit_anchor').values(anchor).execute();
  }

  async anchors(limit: number): Promise<AnchorNote[]> {
    const rows = await this.#db
      .selectFrom('audit_anchor')
      .select(['at', 'seq', 'hash', 'target', 'problem'])
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map((row) => ({ ...row, seq: Number(row.seq) }));
  }

  async noteCheck({ at, tookMs, ok, records, anchors, problems }: CheckNote): Promise<void> {
    await this.#db
      .insertInto('audit_check')
      .values({ at, took_ms: tookMs, ok, records, anchors, problems: JSON.stringify(problems) })
      .execute();
  }

  async lastCheck(): Promise<CheckNote | undefined> {
    const row = await this.#db
      .selectFrom('audit_check')
      .selectAll()
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row === undefined
      ? undefined
      : {
          at: row.at,
          tookMs: row.took_ms,
          ok: row.ok,
          records: Number(row.records),
          anchors: row.anchors,
          problems: row.problems as ChainProblem[],
        };
  }

  /** Links entries in their order. Others wait until the transaction ends. */
  async #append(trx: Transaction<Database>, entries: readonly AuditEntry[], erased?: Erased): Promise<void> {
    await lockChain(trx);
    let head = await headOf(trx);
    const records = entries.map((entry) => {
      const record = this.#seal(clean(entry), head, erased);
      head = record;
      return record;
    });
    await trx
      .insertInto('audit_record')
      .values(
        records.map((record) => ({
          seq: record.seq,
          at: record.at,
          tenant: record.tenant,
          actor_kind: record.actor.kind,
          actor_id: record.actor.id,
          action: record.action,
          object_kind: record.object?.kind ?? null,
          object_id: record.object?.id ?? null,
          outcome: record.outcome,
          status: record.status,
          actor_commitment: record.commitments.actor,
          subject_commitment: record.commitments.subject,
          erased_actor: record.erased === null ? null : [...record.erased.actor],
          erased_subject: record.erased === null ? null : [...record.erased.subject],
          prev: record.prev,
          hash: record.hash,
        })),
      )
      .execute();
    const personal = records.flatMap(({ seq, tenant, personal: { actor, subject } }) => [
      ...(actor === null ? [] : [{ seq, part: 'actor' as const, tenant, ...actor }]),
      ...(subject === null ? [] : [{ seq, part: 'subject' as const, tenant, ...subject }]),
    ]);
    if (personal.length > 0) await trx.insertInto('audit_personal').values(personal).execute();
  }
}

/** Keeps others from linking until the transaction ends: the order of the chain is that of the commits. */
async function lockChain(trx: Transaction<Database>): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('vigie.audit', 0))`.execute(trx);
}

async function headOf(trx: Transaction<Database>): Promise<ChainHead> {
  const row = await trx
    .selectFrom('audit_record')
    .select(['seq', 'hash'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? { seq: 0, hash: GENESIS } : { seq: Number(row.seq), hash: row.hash };
}

function filtered(trx: Transaction<Database>, filter: AuditFilter) {
  let wanted: SelectQueryBuilder<Database, 'audit_record', Selectable<AuditRecordTable>> = trx
    .selectFrom('audit_record')
    .selectAll();
  const { tenant, person, action, object, outcome, from, to } = filter;
  if (tenant !== undefined) wanted = wanted.where('tenant', '=', tenant);
  if (action?.endsWith('.') === true) wanted = wanted.where('action', 'like', `${escaped(action)}%`);
  else if (action !== undefined) wanted = wanted.where('action', '=', action);
  if (outcome !== undefined) wanted = wanted.where('outcome', '=', outcome);
  if (from !== undefined) wanted = wanted.where('at', '>=', from);
  if (to !== undefined) wanted = wanted.where('at', '<', to);
  if (object !== undefined) {
    const cut = object.indexOf('/');
    wanted = wanted.where('object_kind', '=', cut < 0 ? object : object.slice(0, cut));
    if (cut >= 0) wanted = wanted.where('object_id', '=', object.slice(cut + 1));
  }
  if (person !== undefined) {
    const like = `%${escaped(JSON.stringify(person).slice(1, -1))}%`;
    wanted = wanted.where((eb) =>
      eb.or([
        eb('actor_id', '=', person),
        eb.exists(
          eb
            .selectFrom('audit_personal')
            .select('audit_personal.seq')
            .whereRef('audit_personal.seq', '=', 'audit_record.seq')
            .where('part', '=', 'actor')
            .where('data', 'ilike', like),
        ),
      ]),
    );
  }
  return wanted;
}

async function withPersonal(
  trx: Transaction<Database>,
  rows: readonly Selectable<AuditRecordTable>[],
): Promise<AuditRecord[]> {
  if (rows.length === 0) return [];
  const { rows: found } = await sql<{ seq: string; part: 'actor' | 'subject'; salt: string; data: string }>`
    SELECT seq, part, salt, data FROM audit_personal WHERE seq = ANY(${rows.map(({ seq }) => seq)}::bigint[])`.execute(
    trx,
  );
  const personal = new Map(found.map(({ seq, part, salt, data }) => [`${seq}${part}`, { salt, data }]));
  return rows.map((row) => ({
    seq: Number(row.seq),
    at: row.at,
    tenant: row.tenant,
    actor: { kind: row.actor_kind as AuditRecord['actor']['kind'], id: row.actor_id },
    action: row.action,
    object: row.object_kind === null ? null : { kind: row.object_kind, id: row.object_id },
    outcome: row.outcome as AuditRecord['outcome'],
    status: row.status,
    commitments: { actor: row.actor_commitment, subject: row.subject_commitment },
    erased:
      row.erased_actor === null && row.erased_subject === null
        ? null
        : { actor: (row.erased_actor ?? []).map(Number), subject: (row.erased_subject ?? []).map(Number) },
    prev: row.prev,
    hash: row.hash,
    personal: {
      actor: personal.get(`${row.seq}actor`) ?? null,
      subject: personal.get(`${row.seq}subject`) ?? null,
    },
  }));
}

/** Text for `LIKE`, each character meaning itself. */
function escaped(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/** A regular expression for a whole address or id: not one that only ends or begins like it. */
function whole(text: string): string {
  return `(^|[^[:alnum:]._%+-])${text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\.*($|[^[:alnum:].-])`;
}

/** What PostgreSQL can keep: no NUL, no half of a surrogate pair, in whichever field. */
function clean(entry: AuditEntry): AuditEntry {
  return JSON.parse(JSON.stringify(entry), (_key, value) =>
    typeof value === 'string' ? value.replaceAll('\0', '').replace(/\p{Surrogate}/gu, '\uFFFD') : value,
  ) as AuditEntry;
}
