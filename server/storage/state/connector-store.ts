import type { JsonObject } from '@vigie/contracts';
import type { ConnectorProblem } from '@vigie/contracts/api';
import { type Kysely, type Selectable, sql, type Updateable } from 'kysely';
import type { Scope } from '../../api/ports.ts';
import type { Advance, ConnectorKey, ConnectorRecord, ConnectorStore, Settled } from '../../collect/ports.ts';
import { asStateError, withTenants } from './database.ts';
import type { ConnectorTable, Database } from './schema.ts';
import { resealSignIn } from './sign-in-secrets.ts';
import type { Vault } from './vault.ts';
import { resealWebhooks } from './webhook-queue.ts';

type Row = Omit<Selectable<ConnectorTable>, 'secrets'> & { readonly source_enabled: boolean };

const COLUMNS = [
  'connector.tenant',
  'connector.source',
  'connector.type',
  'connector.settings',
  'connector.secret_names',
  'connector.every_seconds',
  'connector.paused',
  'connector.revision',
  'connector.checkpoint',
  'connector.checkpoint_at',
  'connector.strays',
  'connector.next_at',
  'connector.last_fetch_at',
  'connector.covered_to',
  'connector.fetched',
  'connector.added',
  'connector.failures',
  'connector.problem',
  'connector.created_at',
] as const;

/** Connectors over their table; secrets are sealed before they get to it. */
export class PostgresConnectors implements ConnectorStore {
  readonly #db: Kysely<Database>;
  readonly #vault: Vault;

  constructor(db: Kysely<Database>, vault: Vault) {
    this.#db = db;
    this.#vault = vault;
  }

  async all(): Promise<ConnectorRecord[]> {
    return (await this.#query(this.#db).execute()).map(recordOf);
  }

  async get({ tenant, source }: ConnectorKey): Promise<ConnectorRecord | undefined> {
    const row = await this.#query(this.#db)
      .where('connector.tenant', '=', tenant)
      .where('connector.source', '=', source)
      .executeTakeFirst();
    return row && recordOf(row);
  }

  /** Those of a caller's tenants, read as the role that row-level security holds to them. */
  async list(scope: Scope, tenant?: string, source?: string): Promise<ConnectorRecord[]> {
    const rows = await withTenants(this.#db, scope, (db) => {
      let query = db
        .selectFrom('connector')
        .select([...COLUMNS, sql<boolean>`true`.as('source_enabled')])
        .orderBy('connector.tenant')
        .orderBy('connector.source');
      if (tenant !== undefined) query = query.where('connector.tenant', '=', tenant);
      if (source !== undefined) query = query.where('connector.source', '=', source);
      return query.execute();
    });
    return rows.map(recordOf);
  }

  async secrets({ tenant, source }: ConnectorKey): Promise<Readonly<Record<string, string>>> {
    const row = await this.#db
      .selectFrom('connector')
      .select(['type', 'secrets'])
      .where('tenant', '=', tenant)
      .where('source', '=', source)
      .executeTakeFirst();
    if (row === undefined) return {};
    return JSON.parse(this.#vault.open(row.secrets, ownerOf(tenant, source, row.type))) as Record<
      string,
      string
    >;
  }

  async advance(
    { tenant, source, revision }: Pick<ConnectorRecord, 'tenant' | 'source' | 'revision'>,
    advance: Advance,
  ): Promise<boolean> {
    return this.#set(tenant, source, revision, {
      checkpoint: JSON.stringify(advance.checkpoint ?? null),
      checkpoint_at: advance.checkpointAt,
      strays: [...advance.strays],
      covered_to: advance.coveredTo,
      fetched: advance.fetched,
      added: advance.added,
    });
  }

  async settle(
    { tenant, source, revision }: Pick<ConnectorRecord, 'tenant' | 'source' | 'revision'>,
    settled: Settled,
  ): Promise<boolean> {
    return this.#set(tenant, source, revision, {
      next_at: settled.nextAt,
      last_fetch_at: settled.lastFetchAt,
      failures: settled.failures,
      problem: settled.problem === null ? null : JSON.stringify(settled.problem),
    });
  }

  async put(connector: Parameters<ConnectorStore['put']>[0]): Promise<ConnectorRecord | undefined> {
    const { tenant, source, type, settings, secrets, everySeconds, restart, now } = connector;
    const values = {
      type,
      settings: JSON.stringify(settings),
      secrets: this.#vault.seal(JSON.stringify(secrets), ownerOf(tenant, source, type)),
      secret_names: Object.keys(secrets),
      every_seconds: everySeconds,
      next_at: now,
      failures: 0,
      problem: null,
    };
    const anew = { checkpoint: null, checkpoint_at: now, covered_to: null, strays: [] };
    try {
      const row = await this.#db
        .insertInto('connector')
        .columns([
          'tenant',
          'source',
          'revision',
          'created_at',
          'checkpoint_at',
          ...(Object.keys(values) as (keyof typeof values)[]),
        ])
        .expression((eb) =>
          eb
            .selectFrom('source')
            .select([
              'source.tenant',
              'source.id',
              sql<number>`1`.as('revision'),
              sql<number>`${now}::double precision`.as('created_at'),
              sql<number>`${now}::double precision`.as('checkpoint_at'),
              sql<string>`${values.type}`.as('type'),
              sql<string>`${values.settings}::jsonb`.as('settings'),
              sql<string>`${values.secrets}`.as('secrets'),
              sql<string[]>`${values.secret_names}::text[]`.as('secret_names'),
              sql<number>`${values.every_seconds}::integer`.as('every_seconds'),
              sql<number>`${values.next_at}::double precision`.as('next_at'),
              sql<number>`0`.as('failures'),
              sql<string | null>`null::text`.as('problem'),
            ])
            .where('source.tenant', '=', tenant)
            .where('source.id', '=', source),
        )
        .onConflict((oc) =>
          oc.columns(['tenant', 'source']).doUpdateSet((eb) => ({
            ...values,
            revision: eb('connector.revision', '+', 1),
            ...(restart ? anew : {}),
          })),
        )
        .returning('tenant')
        .executeTakeFirst();
      return row && (await this.get({ tenant, source }));
    } catch (error) {
      throw asStateError(error);
    }
  }

  async pause({ tenant, source }: ConnectorKey, paused: boolean, now: number): Promise<boolean> {
    const result = await this.#db
      .updateTable('connector')
      .set((eb) => ({ paused, next_at: now, failures: 0, revision: eb('revision', '+', 1) }))
      .where('tenant', '=', tenant)
      .where('source', '=', source)
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  async remove({ tenant, source }: ConnectorKey): Promise<boolean> {
    const result = await this.#db
      .deleteFrom('connector')
      .where('tenant', '=', tenant)
      .where('source', '=', source)
      .executeTakeFirst();
    return result.numDeletedRows > 0n;
  }

  /**
   * Encrypts all secrets with a new key, in one transaction, and forgets the old keys after it.
   *
   * @returns how many were encrypted anew, and which could not be opened; while there are such, old keys stay
   */
  async rotate(): Promise<{ readonly resealed: number; readonly unreadable: ConnectorKey[] }> {
    this.#vault.addKey();
    const unreadable: ConnectorKey[] = [];
    let left = 0;
    const resealed = await this.#db.transaction().execute(async (db) => {
      const rows = await db
        .selectFrom('connector')
        .select(['tenant', 'source', 'type', 'secrets'])
        .forUpdate()
        .execute();
      let done = 0;
      for (const { tenant, source, type, secrets } of rows) {
        if (!this.#vault.isOld(secrets)) continue;
        const owner = ownerOf(tenant, source, type);
        let opened: string;
        try {
          opened = this.#vault.open(secrets, owner);
        } catch {
          // Told to the caller by name; its old key may still turn up.
          unreadable.push({ tenant, source });
          continue;
        }
        await db
          .updateTable('connector')
          .set({ secrets: this.#vault.seal(opened, owner) })
          .where('tenant', '=', tenant)
          .where('source', '=', source)
          .execute();
        done++;
      }
      const webhooks = await resealWebhooks(db, this.#vault);
      unreadable.push(...webhooks.unreadable);
      const others = await resealSignIn(db, this.#vault);
      left += others.unreadable;
      return done + webhooks.resealed + others.resealed;
    });
    if (unreadable.length === 0 && left === 0) this.#vault.dropOldKeys();
    return { resealed, unreadable };
  }

  #query(db: Kysely<Database>) {
    return db
      .selectFrom('connector')
      .innerJoin('source', (join) =>
        join.onRef('source.tenant', '=', 'connector.tenant').onRef('source.id', '=', 'connector.source'),
      )
      .select([...COLUMNS, 'source.enabled as source_enabled']);
  }

  async #set(
    tenant: string,
    source: string,
    revision: number,
    values: Updateable<ConnectorTable>,
  ): Promise<boolean> {
    try {
      const result = await this.#db
        .updateTable('connector')
        .set(values)
        .where('tenant', '=', tenant)
        .where('source', '=', source)
        .where('revision', '=', revision)
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    } catch (error) {
      throw asStateError(error);
    }
  }
}

/** What a connector's secrets are bound to. */
function ownerOf(tenant: string, source: string, type: string): string[] {
  return ['connector', tenant, source, type];
}

function recordOf(row: Row): ConnectorRecord {
  return {
    tenant: row.tenant,
    source: row.source,
    type: row.type,
    settings: row.settings as JsonObject,
    secretNames: row.secret_names,
    everySeconds: row.every_seconds,
    paused: row.paused,
    sourceEnabled: row.source_enabled,
    revision: row.revision,
    checkpoint: row.checkpoint === null ? undefined : (JSON.parse(row.checkpoint) ?? undefined),
    checkpointAt: row.checkpoint_at,
    strays: row.strays,
    nextAt: row.next_at,
    lastFetchAt: row.last_fetch_at,
    coveredTo: row.covered_to,
    fetched: Number(row.fetched),
    added: Number(row.added),
    failures: row.failures,
    problem: row.problem === null ? null : (JSON.parse(row.problem) as ConnectorProblem),
    createdAt: row.created_at,
  };
}
