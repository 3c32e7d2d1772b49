import { type Kysely, sql, type Transaction } from 'kysely';
import { asStateError, type TenantScope, withTenants } from './database.ts';
import type { Database, MappingTable, ProcedureTable } from './schema.ts';

/** Where the versions of one thing stand. Times are epoch milliseconds. */
export interface VersionedHead {
  readonly key: string;
  /** Null: all tenants. */
  readonly tenant: string | null;
  /** Its name, once at a tenant and once at all tenants. */
  readonly id: string;
  /** Counts every change, so that two people never overwrite each other. */
  readonly revision: number;
  readonly newest: number;
  /** The version in force. */
  readonly live: number | null;
  readonly changedAt: number;
  readonly changedBy: string;
}

/** What is known of a version beside its text. */
export interface VersionFacts {
  readonly number: number;
  readonly note: string;
  readonly author: string;
  readonly wasLive: boolean;
  readonly createdAt: number;
}

/** Who keeps a text, and when. */
export interface KeptBy {
  readonly note: string;
  readonly author: string;
  readonly at: number;
}

/** A change that was not made: `exists`: there is one of this id; `conflict`: somebody was faster. */
export type VersionedRefusal = 'exists' | 'conflict' | 'not-found';

/** One kind of versioned texts: table `<table>` has the heads, `<table>_version` the versions. */
export interface VersionedKind<Text extends object, Column extends string> {
  readonly table: 'mapping' | 'procedure';
  /** Columns of a version that hold its text. */
  readonly columns: readonly Column[];
  /** The text as its columns; must be {@link storable}. */
  readonly write: (text: Text) => Record<Column, string>;
  readonly read: (row: Readonly<Record<Column, never>>) => Text;
  /** How many are listed, and how many versions of one. */
  readonly most: number;
  readonly mostVersions: number;
}

/** The columns of a head; both tables have the same. */
type HeadRow = MappingTable & ProcedureTable;

interface VersionRow {
  readonly number: number;
  readonly note: string;
  readonly author: string;
  readonly was_live: boolean;
  readonly created_at: number;
}

/**
 * Texts that people make and change, under row-level security: each version is kept as it is, and which of them is in
 * force moves forwards and back. Changes to one are made under a lock, by whoever has seen its last revision.
 */
export class VersionedTexts<Text extends object, Column extends string> {
  readonly #db: Kysely<Database>;
  readonly #kind: VersionedKind<Text, Column>;
  readonly #heads: ReturnType<typeof sql.table>;
  readonly #versions: ReturnType<typeof sql.table>;
  readonly #textOfVersion: ReturnType<typeof sql.join>;

  protected constructor(db: Kysely<Database>, kind: VersionedKind<Text, Column>) {
    this.#db = db;
    this.#kind = kind;
    this.#heads = sql.table(kind.table);
    this.#versions = sql.table(`${kind.table}_version`);
    this.#textOfVersion = sql.join(kind.columns.map((column) => sql.ref(`v.${column}`)));
  }

  /** With the newest version of each. Those of all tenants are listed for who sees all tenants only. */
  list(scope: TenantScope): Promise<{ head: VersionedHead; newest: VersionFacts & Text }[]> {
    return withTenants(this.#db, scope, async (trx) => {
      const { rows } = await sql<HeadRow & VersionRow & Record<Column, never>>`
        SELECT h.*, v.number, v.note, v.author, v.was_live, v.created_at, ${this.#textOfVersion}
        FROM ${this.#heads} h JOIN ${this.#versions} v ON v.key = h.key AND v.number = h.newest
        ORDER BY h.id, h.key LIMIT ${this.#kind.most}`.execute(trx);
      return rows.map((row) => ({ head: headOf(row), newest: this.#versionOf(row) }));
    });
  }

  /** With its versions, the newest first. */
  get(
    scope: TenantScope,
    key: string,
  ): Promise<{ head: VersionedHead; versions: (VersionFacts & Text)[] } | undefined> {
    return withTenants(this.#db, scope, async (trx) => {
      const heads = await sql<HeadRow>`SELECT * FROM ${this.#heads} WHERE key = ${key}`.execute(trx);
      const [row] = heads.rows;
      if (row === undefined) return undefined;
      const { rows } = await sql<VersionRow & Record<Column, never>>`
        SELECT v.number, v.note, v.author, v.was_live, v.created_at, ${this.#textOfVersion}
        FROM ${this.#versions} v WHERE v.key = ${key}
        ORDER BY v.number DESC LIMIT ${this.#kind.mostVersions}`.execute(trx);
      return { head: headOf(row), versions: rows.map((version) => this.#versionOf(version)) };
    });
  }

  /** The one of an id at a tenant, or at all tenants. */
  find(scope: TenantScope, tenant: string | null, id: string): Promise<VersionedHead | undefined> {
    return withTenants(this.#db, scope, async (trx) => {
      const { rows } = await sql<HeadRow>`
        SELECT * FROM ${this.#heads} WHERE id = ${id} AND tenant IS NOT DISTINCT FROM ${tenant}`.execute(trx);
      return rows[0] && headOf(rows[0]);
    });
  }

  /** Keeps a new one with its first version; row-level security refuses a tenant outside of the scope. */
  add(
    scope: TenantScope,
    key: string,
    tenant: string | null,
    id: string,
    text: Text & KeptBy,
  ): Promise<VersionedRefusal | undefined> {
    return withTenants(this.#db, scope, async (trx) => {
      const { rows } = await sql`
        INSERT INTO ${this.#heads} (key, tenant, id, revision, newest, live, changed_at, changed_by)
        VALUES (${key}, ${tenant}, ${id}, 1, 1, NULL, ${text.at}, ${text.author})
        ON CONFLICT DO NOTHING RETURNING key`.execute(trx);
      if (rows.length === 0) return 'exists';
      await this.#keep(trx, key, tenant, 1, text);
      return undefined;
    });
  }

  /** Keeps a further version; the number of it. */
  save(
    scope: TenantScope,
    key: string,
    revision: number,
    text: Text & KeptBy,
  ): Promise<number | VersionedRefusal> {
    return this.#change(scope, key, revision, async (trx, row) => {
      const number = row.newest + 1;
      await this.#keep(trx, key, row.tenant, number, text);
      await sql`
        UPDATE ${this.#heads} SET revision = ${revision + 1}, newest = ${number},
          changed_at = ${text.at}, changed_by = ${text.author}
        WHERE key = ${key}`.execute(trx);
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
  ): Promise<true | VersionedRefusal> {
    return this.#change(scope, key, revision, async (trx) => {
      if (live !== null) {
        const { numAffectedRows } = await sql`
          UPDATE ${this.#versions} SET was_live = true WHERE key = ${key} AND number = ${live}`.execute(trx);
        if (numAffectedRows !== 1n) return 'not-found' as const;
      }
      await sql`
        UPDATE ${this.#heads} SET revision = ${revision + 1}, live = ${live},
          changed_at = ${by.at}, changed_by = ${by.author}
        WHERE key = ${key}`.execute(trx);
      return true as const;
    });
  }

  /** Removes one that is not in force, with its versions. */
  remove(scope: TenantScope, key: string): Promise<boolean> {
    return withTenants(this.#db, scope, async (trx) => {
      const { numAffectedRows } = await sql`
        DELETE FROM ${this.#heads} WHERE key = ${key} AND live IS NULL`.execute(trx);
      return numAffectedRows === 1n;
    });
  }

  /** Every version in force, of all tenants: for those who go by them. */
  async live(): Promise<({ key: string; id: string; tenant: string | null; number: number } & Text)[]> {
    try {
      const { rows } = await sql<
        Pick<HeadRow, 'key' | 'id' | 'tenant'> & { number: number } & Record<Column, never>
      >`
        SELECT h.key, h.id, h.tenant, v.number, ${this.#textOfVersion}
        FROM ${this.#heads} h JOIN ${this.#versions} v ON v.key = h.key AND v.number = h.live
        ORDER BY h.key LIMIT ${this.#kind.most}`.execute(this.#db);
      return rows.map((row) => {
        const { key, id, tenant, number } = row;
        return { key, id, tenant, number, ...this.#kind.read(row) };
      });
    } catch (error) {
      throw asStateError(error);
    }
  }

  #change<T>(
    scope: TenantScope,
    key: string,
    revision: number,
    work: (trx: Transaction<Database>, row: HeadRow) => Promise<T>,
  ): Promise<T | VersionedRefusal> {
    return withTenants(this.#db, scope, async (trx) => {
      const { rows } = await sql<HeadRow>`
        SELECT * FROM ${this.#heads} WHERE key = ${key} FOR UPDATE`.execute(trx);
      const [row] = rows;
      if (row === undefined) return 'not-found';
      if (row.revision !== revision) return 'conflict';
      return work(trx, row);
    });
  }

  async #keep(
    trx: Transaction<Database>,
    key: string,
    tenant: string | null,
    number: number,
    text: Text & KeptBy,
  ): Promise<void> {
    const columns = Object.entries<string>({ ...this.#kind.write(text), note: storable(text.note) });
    await sql`
      INSERT INTO ${this.#versions} (key, tenant, number, author, created_at,
        ${sql.join(columns.map(([column]) => sql.ref(column)))})
      VALUES (${key}, ${tenant}, ${number}, ${text.author}, ${text.at},
        ${sql.join(columns.map(([, value]) => value))})`.execute(trx);
  }

  #versionOf(row: VersionRow & Record<Column, never>): VersionFacts & Text {
    const { number, note, author, was_live, created_at } = row;
    return { number, note, author, wasLive: was_live, createdAt: created_at, ...this.#kind.read(row) };
  }
}

/** PostgreSQL's text cannot hold NUL. */
export function storable(text: string): string {
  return text.replaceAll('\0', '');
}

function headOf(row: HeadRow): VersionedHead {
  const { key, tenant, id, revision, newest, live, changed_at, changed_by } = row;
  return { key, tenant, id, revision, newest, live, changedAt: changed_at, changedBy: changed_by };
}
