import type { Kysely, Selectable, Transaction } from 'kysely';
import { asStateError, type TenantScope, withTenants } from './database.ts';
import type { Database, MappingTable, MappingVersionTable } from './schema.ts';

/** A mapping without its definitions. Times are epoch milliseconds. */
export interface MappingRecord {
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

/** One version; `definition` is JSON text. */
export interface MappingVersionRecord {
  readonly key: string;
  readonly number: number;
  readonly definition: string;
  readonly note: string;
  readonly author: string;
  readonly wasLive: boolean;
  readonly createdAt: number;
}

/** A version to be kept. */
export interface MappingText {
  readonly definition: string;
  readonly note: string;
  readonly author: string;
  readonly at: number;
}

/** A change that was not made: `exists`: the tenant has such an id; `conflict`: somebody was faster. */
export type MappingRefusal = 'exists' | 'conflict' | 'not-found';

/** Versions of one mapping that are listed. */
const MAX_VERSIONS = 200;
const MAX_MAPPINGS = 5_000;

/** Mappings and their versions, under row-level security. */
export class MappingStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /** With the newest version of each, and the live one where it is another. */
  list(scope: TenantScope): Promise<{ mapping: MappingRecord; newest: MappingVersionRecord }[]> {
    return withTenants(this.#db, scope, async (trx) => {
      const rows = await trx
        .selectFrom('mapping')
        .innerJoin('mapping_version', (join) =>
          join
            .onRef('mapping_version.key', '=', 'mapping.key')
            .onRef('mapping_version.number', '=', 'mapping.newest'),
        )
        .selectAll('mapping')
        .select(['number', 'definition', 'note', 'author', 'was_live', 'created_at'])
        .orderBy('mapping.id')
        .orderBy('mapping.key')
        .limit(MAX_MAPPINGS)
        .execute();
      return rows.map((row) => ({ mapping: mappingOf(row), newest: versionOf(row) }));
    });
  }

  get(
    scope: TenantScope,
    key: string,
  ): Promise<{ mapping: MappingRecord; versions: MappingVersionRecord[] } | undefined> {
    return withTenants(this.#db, scope, async (trx) => {
      const row = await trx.selectFrom('mapping').selectAll().where('key', '=', key).executeTakeFirst();
      if (row === undefined) return undefined;
      const versions = await trx
        .selectFrom('mapping_version')
        .selectAll()
        .where('key', '=', key)
        .orderBy('number', 'desc')
        .limit(MAX_VERSIONS)
        .execute();
      return { mapping: mappingOf(row), versions: versions.map(versionOf) };
    });
  }

  /** The mapping of an id at a tenant, or at all tenants. */
  find(scope: TenantScope, tenant: string | null, id: string): Promise<MappingRecord | undefined> {
    return withTenants(this.#db, scope, async (trx) => {
      const row = await trx
        .selectFrom('mapping')
        .selectAll()
        .where('id', '=', id)
        .where('tenant', tenant === null ? 'is' : '=', tenant)
        .executeTakeFirst();
      return row && mappingOf(row);
    });
  }

  /** Keeps a new mapping with its first version; row-level security refuses a tenant outside of the scope. */
  add(
    scope: TenantScope,
    key: string,
    tenant: string | null,
    id: string,
    text: MappingText,
  ): Promise<MappingRefusal | undefined> {
    return withTenants(this.#db, scope, async (trx) => {
      const made = await trx
        .insertInto('mapping')
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
    text: MappingText,
  ): Promise<number | MappingRefusal> {
    return this.#change(scope, key, revision, async (trx, row) => {
      const number = row.newest + 1;
      await keep(trx, key, row.tenant, number, text);
      await trx
        .updateTable('mapping')
        .set({ revision: revision + 1, newest: number, changed_at: text.at, changed_by: text.author })
        .where('key', '=', key)
        .execute();
      return number;
    });
  }

  /** Makes a version live, or with null none. */
  move(
    scope: TenantScope,
    key: string,
    revision: number,
    live: number | null,
    by: { readonly author: string; readonly at: number },
  ): Promise<true | MappingRefusal> {
    return this.#change(scope, key, revision, async (trx) => {
      if (live !== null) {
        const { numUpdatedRows } = await trx
          .updateTable('mapping_version')
          .set({ was_live: true })
          .where('key', '=', key)
          .where('number', '=', live)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return 'not-found' as const;
      }
      await trx
        .updateTable('mapping')
        .set({ revision: revision + 1, live, changed_at: by.at, changed_by: by.author })
        .where('key', '=', key)
        .execute();
      return true as const;
    });
  }

  /** Removes a mapping that is not live. */
  remove(scope: TenantScope, key: string): Promise<boolean> {
    return withTenants(this.#db, scope, async (trx) => {
      const { numDeletedRows } = await trx
        .deleteFrom('mapping')
        .where('key', '=', key)
        .where('live', 'is', null)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    });
  }

  /** Every live version, for those who read. */
  async live(): Promise<{ key: string; tenant: string | null; definition: string }[]> {
    try {
      return await this.#db
        .selectFrom('mapping')
        .innerJoin('mapping_version', (join) =>
          join
            .onRef('mapping_version.key', '=', 'mapping.key')
            .onRef('mapping_version.number', '=', 'mapping.live'),
        )
        .select(['mapping.key', 'mapping.tenant', 'definition'])
        .orderBy('mapping.key')
        .limit(MAX_MAPPINGS)
        .execute();
    } catch (error) {
      throw asStateError(error);
    }
  }

  #change<T>(
    scope: TenantScope,
    key: string,
    revision: number,
    work: (trx: Transaction<Database>, row: Selectable<MappingTable>) => Promise<T>,
  ): Promise<T | MappingRefusal> {
    return withTenants(this.#db, scope, async (trx) => {
      const row = await trx
        .selectFrom('mapping')
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
  { definition, note, author, at }: MappingText,
): Promise<void> {
  await trx
    .insertInto('mapping_version')
    // PostgreSQL's text cannot hold NUL.
    .values({ key, tenant, number, definition, note: note.replaceAll('\0', ''), author, created_at: at })
    .execute();
}

function mappingOf(row: Selectable<MappingTable>): MappingRecord {
  const { key, tenant, id, revision, newest, live, changed_at, changed_by } = row;
  return { key, tenant, id, revision, newest, live, changedAt: changed_at, changedBy: changed_by };
}

function versionOf(row: Omit<Selectable<MappingVersionTable>, 'tenant'>): MappingVersionRecord {
  const { key, number, definition, note, author, was_live, created_at } = row;
  return { key, number, definition, note, author, wasLive: was_live, createdAt: created_at };
}
