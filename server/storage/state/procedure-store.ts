import type { Kysely, Selectable, Transaction } from 'kysely';
import type { ProcedureSource } from '../../procedures/ports.ts';
import { asStateError, type TenantScope, withTenants } from './database.ts';
import type { Database, ProcedureTable, ProcedureVersionTable } from './schema.ts';

/** A procedure made here, without its texts. Times are epoch milliseconds. */
export interface ProcedureRecord {
  readonly key: string;
  /** Null: all tenants. */
  readonly tenant: string | null;
  readonly id: string;
  readonly revision: number;
  readonly newest: number;
  readonly live: number | null;
  readonly changedAt: number;
  readonly changedBy: string;
}

export interface ProcedureVersionRecord {
  readonly number: number;
  readonly source: ProcedureSource;
  readonly note: string;
  readonly author: string;
  readonly wasLive: boolean;
  readonly createdAt: number;
}

/** A version to be kept. */
export interface ProcedureText {
  readonly source: ProcedureSource;
  readonly note: string;
  readonly author: string;
  readonly at: number;
}

/** A change that was not made: `exists`: there is one of this id; `conflict`: somebody was faster. */
export type ProcedureRefusal = 'exists' | 'conflict' | 'not-found';

/** Versions of one procedure that are listed. */
const MAX_VERSIONS = 100;
const MAX_PROCEDURES = 2_000;

/** Procedures made here and their versions, under row-level security. */
export class ProcedureStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /** With the newest version of each. Those of all tenants are listed for who sees all tenants only. */
  list(scope: TenantScope): Promise<{ procedure: ProcedureRecord; newest: ProcedureVersionRecord }[]> {
    return withTenants(this.#db, scope, async (trx) => {
      const rows = await trx
        .selectFrom('procedure')
        .innerJoin('procedure_version as v', (join) =>
          join.onRef('v.key', '=', 'procedure.key').onRef('v.number', '=', 'procedure.newest'),
        )
        .selectAll('procedure')
        .select(['v.number', 'v.sop', 'v.texts', 'v.note', 'v.author', 'v.was_live', 'v.created_at'])
        .orderBy('procedure.id')
        .orderBy('procedure.key')
        .limit(MAX_PROCEDURES)
        .execute();
      return rows.map((row) => ({ procedure: recordOf(row), newest: versionOf(row) }));
    });
  }

  get(
    scope: TenantScope,
    key: string,
  ): Promise<{ procedure: ProcedureRecord; versions: ProcedureVersionRecord[] } | undefined> {
    return withTenants(this.#db, scope, async (trx) => {
      const row = await trx.selectFrom('procedure').selectAll().where('key', '=', key).executeTakeFirst();
      if (row === undefined) return undefined;
      const versions = await trx
        .selectFrom('procedure_version')
        .selectAll()
        .where('key', '=', key)
        .orderBy('number', 'desc')
        .limit(MAX_VERSIONS)
        .execute();
      return { procedure: recordOf(row), versions: versions.map(versionOf) };
    });
  }

  /** Keeps a new procedure with its first version; row-level security refuses a tenant outside of the scope. */
  add(
    scope: TenantScope,
    key: string,
    tenant: string | null,
    id: string,
    text: ProcedureText,
  ): Promise<ProcedureRefusal | undefined> {
    return withTenants(this.#db, scope, async (trx) => {
      const made = await trx
        .insertInto('procedure')
        .values({
          key,
          tenant,
          id,
          revision: 1,
          newest: 1,
          live: null,
          changed_at: text.at,
          changed_by: text.author,
        })
        .onConflict((oc) => oc.doNothing())
        .returning('key')
        .executeTakeFirst();
      if (made === undefined) return 'exists';
      await keep(trx, key, tenant, 1, text);
      return undefined;
    });
  }

  /** Keeps a further version; the number of it. */
  save(
    scope: TenantScope,
    key: string,
    revision: number,
    text: ProcedureText,
  ): Promise<number | ProcedureRefusal> {
    return this.#change(scope, key, revision, async (trx, row) => {
      const number = row.newest + 1;
      await keep(trx, key, row.tenant, number, text);
      await trx
        .updateTable('procedure')
        .set({ revision: revision + 1, newest: number, changed_at: text.at, changed_by: text.author })
        .where('key', '=', key)
        .execute();
      return number;
    });
  }

  /** Puts a version in force, or with null none. */
  move(
    scope: TenantScope,
    key: string,
    revision: number,
    live: number | null,
    by: { readonly author: string; readonly at: number },
  ): Promise<true | ProcedureRefusal> {
    return this.#change(scope, key, revision, async (trx) => {
      if (live !== null) {
        const { numUpdatedRows } = await trx
          .updateTable('procedure_version')
          .set({ was_live: true })
          .where('key', '=', key)
          .where('number', '=', live)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return 'not-found' as const;
      }
      await trx
        .updateTable('procedure')
        .set({ revision: revision + 1, live, changed_at: by.at, changed_by: by.author })
        .where('key', '=', key)
        .execute();
      return true as const;
    });
  }

  /** Removes one that is not in force. */
  remove(scope: TenantScope, key: string): Promise<boolean> {
    return withTenants(this.#db, scope, async (trx) => {
      const { numDeletedRows } = await trx
        .deleteFrom('procedure')
        .where('key', '=', key)
        .where('live', 'is', null)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    });
  }

  /** Every version in force, of all tenants: for whoever knows which of them concern an incident. */
  async live(): Promise<
    { key: string; id: string; tenant: string | null; number: number; source: ProcedureSource }[]
  > {
    try {
      const rows = await this.#db
        .selectFrom('procedure')
        .innerJoin('procedure_version as v', (join) =>
          join.onRef('v.key', '=', 'procedure.key').onRef('v.number', '=', 'procedure.live'),
        )
        .select(['procedure.key', 'procedure.id', 'procedure.tenant', 'v.number', 'v.sop', 'v.texts'])
        .orderBy('procedure.key')
        .limit(MAX_PROCEDURES)
        .execute();
      return rows.map(({ sop, texts, ...row }) => ({ ...row, source: { sop, texts } }));
    } catch (error) {
      throw asStateError(error);
    }
  }

  #change<T>(
    scope: TenantScope,
    key: string,
    revision: number,
    work: (trx: Transaction<Database>, row: Selectable<ProcedureTable>) => Promise<T>,
  ): Promise<T | ProcedureRefusal> {
    return withTenants(this.#db, scope, async (trx) => {
      const row = await trx
        .selectFrom('procedure')
        .selectAll()
        .where('key', '=', key)
        .forUpdate()
        .executeTakeFirst();
      if (row === undefined) return 'not-found';
      if (row.revision !== revision) return 'conflict';
      return work(trx, row);
    });
  }
}

async function keep(
  trx: Transaction<Database>,
  key: string,
  tenant: string | null,
  number: number,
  { source, note, author, at }: ProcedureText,
): Promise<void> {
  // PostgreSQL's text cannot hold NUL.
  const clean = (text: string) => text.replaceAll('\0', '');
  const texts = JSON.stringify(
    Object.fromEntries(Object.entries(source.texts).map(([language, text]) => [language, clean(text)])),
  );
  await trx
    .insertInto('procedure_version')
    .values({ key, tenant, number, sop: clean(source.sop), texts, note: clean(note), author, created_at: at })
    .execute();
}

function recordOf(row: Selectable<ProcedureTable>): ProcedureRecord {
  const { key, tenant, id, revision, newest, live, changed_at, changed_by } = row;
  return { key, tenant, id, revision, newest, live, changedAt: changed_at, changedBy: changed_by };
}

function versionOf(row: Omit<Selectable<ProcedureVersionTable>, 'tenant'>): ProcedureVersionRecord {
  const { number, sop, texts, note, author, was_live, created_at } = row;
  return { number, source: { sop, texts }, note, author, wasLive: was_live, createdAt: created_at };
}
