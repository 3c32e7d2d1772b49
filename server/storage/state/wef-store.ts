import { createHash } from 'node:crypto';
import { type Kysely, type Selectable, sql } from 'kysely';
import { CollectError } from '../../collect/errors.ts';
import type { MachineKey, MachineSighting, WefStore, WefSubscription } from '../../collect/ports.ts';
import { StorageError } from '../errors.ts';
import { asStateError, withTenants } from './database.ts';
import type { Database, WefMachineTable } from './schema.ts';

/** Machines that one certificate may bring: what a machine calls itself is its own word. */
const MACHINES_OF_CERTIFICATE = 1_000;
/** Machines listed of a source. */
const LISTED = 20_000;

/** A machine as the store has it. */
export type WefMachineRow = Selectable<WefMachineTable>;

/** Subscriptions and machines of Windows Event Forwarding, over their tables. */
export class PostgresWef implements WefStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  subscription(tenant: string, source: string): Promise<WefSubscription | undefined> {
    return passing(async () => {
      const row = await this.#db
        .selectFrom('wef_subscription')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('source', '=', source)
        .executeTakeFirst();
      return (
        row && {
          enabled: row.enabled,
          queries: row.queries,
          format: row.format,
          readExisting: row.read_existing,
          latencySeconds: row.latency_seconds,
          heartbeatSeconds: row.heartbeat_seconds,
        }
      );
    });
  }

  bookmark(key: MachineKey): Promise<string | undefined> {
    return passing(async () => {
      const row = await this.#db
        .selectFrom('wef_machine')
        .select('bookmark')
        .where('tenant', '=', key.tenant)
        .where('source', '=', key.source)
        .where('id', '=', idOf(key))
        .executeTakeFirst();
      return row?.bookmark ?? undefined;
    });
  }

  note(key: MachineKey, sighting: MachineSighting): Promise<boolean> {
    return passing(async () => {
      try {
        return (await this.#again(key, sighting)) || (await this.#first(key, sighting));
      } catch (error) {
        // The source was removed while we wrote (foreign key): as good as before.
        if ((error as { readonly code?: unknown }).code === '23503') return false;
        throw error;
      }
    });
  }

  async #again(key: MachineKey, sighting: MachineSighting): Promise<boolean> {
    const { kind, at, address, version, bookmark, events = 0, problem } = sighting;
    const heard = kind === 'events' || kind === 'heartbeat';
    const result = await this.#db
      .updateTable('wef_machine')
      .set({
        last_at: at,
        address,
        ...(version === undefined ? {} : { version }),
        ...(bookmark === undefined ? {} : { bookmark }),
        ...(events === 0 ? {} : { events_at: at, events: sql<number>`events + ${events}` }),
        // A machine that delivers again has got over what it told.
        ...(kind === 'ended' ? { problem: problem ?? '', problem_at: at } : {}),
        ...(heard ? { problem: null, problem_at: null } : {}),
      })
      .where('tenant', '=', key.tenant)
      .where('source', '=', key.source)
      .where('id', '=', idOf(key))
      .executeTakeFirst();
    return result.numUpdatedRows > 0n;
  }

  /** Adds a machine, unless its source is gone or its certificate has brought too many. */
  async #first(key: MachineKey, sighting: MachineSighting): Promise<boolean> {
    const { kind, at, address, version, bookmark, events = 0, problem } = sighting;
    const ended = kind === 'ended';
    const result = await sql`
      INSERT INTO wef_machine (tenant, source, id, certificate, machine, address, version, bookmark, first_at, last_at,
        events_at, events, problem, problem_at)
      SELECT tenant, id, ${idOf(key)}, ${key.certificate}, ${key.machine}, ${address}, ${version ?? null}::text,
        ${bookmark ?? null}::text, ${at}::float8, ${at}::float8, ${events === 0 ? null : at}::float8, ${events}::bigint,
        ${ended ? (problem ?? '') : null}::text, ${ended ? at : null}::float8
      FROM source WHERE tenant = ${key.tenant} AND id = ${key.source}
        AND (SELECT count(*) FROM wef_machine m WHERE m.tenant = ${key.tenant} AND m.source = ${key.source}
          AND m.certificate = ${key.certificate}) < ${MACHINES_OF_CERTIFICATE}
      ON CONFLICT (tenant, source, id) DO UPDATE SET last_at = excluded.last_at,
        bookmark = coalesce(excluded.bookmark, wef_machine.bookmark)`.execute(this.#db);
    return (result.numAffectedRows ?? 0n) > 0n;
  }

  /** @returns false: there is no such source */
  async put(tenant: string, source: string, subscription: WefSubscription): Promise<boolean> {
    const values = {
      enabled: subscription.enabled,
      queries: JSON.stringify(subscription.queries),
      format: subscription.format,
      read_existing: subscription.readExisting,
      latency_seconds: subscription.latencySeconds,
      heartbeat_seconds: subscription.heartbeatSeconds,
    };
    return withTenants(this.#db, [tenant], async (trx) => {
      const there = await trx
        .selectFrom('source')
        .select('id')
        .where('tenant', '=', tenant)
        .where('id', '=', source)
        .executeTakeFirst();
      if (there === undefined) return false;
      await trx
        .insertInto('wef_subscription')
        .values({ tenant, source, ...values })
        .onConflict((oc) => oc.columns(['tenant', 'source']).doUpdateSet(values))
        .execute();
      return true;
    });
  }

  /** Back to the default. */
  async reset(tenant: string, source: string): Promise<void> {
    await withTenants(this.#db, [tenant], (trx) =>
      trx.deleteFrom('wef_subscription').where('tenant', '=', tenant).where('source', '=', source).execute(),
    );
  }

  /** The machines of a source, those first that were heard longest ago. */
  machines(tenant: string, source: string): Promise<WefMachineRow[]> {
    return withTenants(this.#db, [tenant], (trx) =>
      trx
        .selectFrom('wef_machine')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('source', '=', source)
        .orderBy('last_at')
        .orderBy('id')
        .limit(LISTED)
        .execute(),
    );
  }

  /** Forgets a machine and its bookmark. @returns false: there is none */
  async forget(tenant: string, source: string, id: string): Promise<boolean> {
    const result = await withTenants(this.#db, [tenant], (trx) =>
      trx
        .deleteFrom('wef_machine')
        .where('tenant', '=', tenant)
        .where('source', '=', source)
        .where('id', '=', id)
        .executeTakeFirst(),
    );
    return result.numDeletedRows > 0n;
  }
}

function idOf({ certificate, machine }: MachineKey): string {
  return createHash('sha256').update(`${certificate}\0${machine}`).digest('hex').slice(0, 24);
}

/** The database may be away for a moment: machines are told to come again, as when the event store is. */
async function passing<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const known = asStateError(error);
    if (known instanceof StorageError && known.retryable)
      throw new CollectError('VIGIE_COLLECT_UNAVAILABLE', 'the database does not answer', known);
    throw known;
  }
}
