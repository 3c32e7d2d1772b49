import type { Level } from '@vigie/contracts';
import type { ClockBoardItem } from '@vigie/contracts/api';
import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import type { CallRecord, ClockRecord } from '../../clocks/ports.ts';
import { callOf, clockOf } from './clock-rows.ts';
import { type TenantScope, withTenants } from './database.ts';
import type { Database } from './schema.ts';

/** Everything about the clocks of one incident. */
export interface IncidentClockRows {
  readonly tenant: string;
  readonly level: Level;
  readonly clocks: readonly ClockRecord[];
  readonly calls: readonly CallRecord[];
  readonly events: readonly {
    readonly at: number;
    readonly kind: string;
    readonly event: string;
    readonly text: string;
  }[];
}

/** Clocks as the API shows them, under row-level security. */
export class ClockReader {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  ofIncident(scope: TenantScope, id: number): Promise<IncidentClockRows | undefined> {
    return withTenants(this.#db, scope, async (trx) => {
      const incident = await trx
        .selectFrom('incident')
        .select(['tenant', 'level'])
        .where('id', '=', id)
        .executeTakeFirst();
      if (incident === undefined) return undefined;
      const clocks = await trx.selectFrom('clock').selectAll().where('incident_id', '=', id).execute();
      const calls = await trx
        .selectFrom('clock_call')
        .selectAll()
        .where('incident_id', '=', id)
        .orderBy('at', 'desc')
        .limit(100)
        .execute();
      const events = await trx
        .selectFrom('clock_event')
        .select(['at', 'kind', 'event', 'text'])
        .where('incident_id', '=', id)
        .orderBy('id')
        .limit(500)
        .execute();
      return {
        tenant: incident.tenant,
        level: incident.level as Level,
        clocks: clocks.map(clockOf),
        calls: calls.map(callOf),
        events,
      };
    });
  }

  /** Open clocks that are due by an instant, soonest first. */
  board(
    scope: TenantScope,
    filter: {
      readonly tenant?: string;
      readonly owner?: string;
      readonly until: number;
      readonly limit: number;
    },
  ): Promise<{ items: { clock: ClockRecord; incident: ClockBoardItem['incident'] }[]; total: number }> {
    return withTenants(this.#db, scope, async (trx) => {
      let base = trx
        .selectFrom('clock')
        .innerJoin('incident', (join) =>
          join.onRef('incident.id', '=', 'clock.incident_id').onRef('incident.tenant', '=', 'clock.tenant'),
        )
        .leftJoin('account', 'account.id', 'incident.owner_id')
        .where('stopped_at', 'is', null)
        .where('cancelled_at', 'is', null)
        .where('clock.due_at', '<=', filter.until);
      if (filter.tenant !== undefined) base = base.where('clock.tenant', '=', filter.tenant);
      if (filter.owner === 'nobody') base = base.where('owner_id', 'is', null);
      else if (filter.owner !== undefined) base = base.where('owner_id', '=', filter.owner);
      const { total } = await base
        .select((eb) => eb.fn.countAll<string>().as('total'))
        .executeTakeFirstOrThrow();
      const rows = await base
        .selectAll('clock')
        .select([
          'incident.title',
          'incident.level',
          'incident.status',
          'owner_id',
          'account.name as owner_name',
        ])
        .orderBy('clock.due_at')
        .orderBy('clock.incident_id')
        .limit(filter.limit)
        .execute();
      return {
        total: Number(total),
        items: rows.map((row) => ({
          clock: clockOf(row),
          incident: {
            id: row.incident_id,
            tenant: row.tenant,
            title: row.title,
            level: row.level as Level,
            status: row.status,
            owner: row.owner_id === null ? null : { id: row.owner_id, name: row.owner_name ?? row.owner_id },
          },
        })),
      };
    });
  }

  /** Clocks that began in a time, at most 100,000, oldest first. */
  startedIn(scope: TenantScope, from: number, to: number, tenant?: string): Promise<ClockRecord[]> {
    return withTenants(this.#db, scope, async (trx) => {
      let query = trx
        .selectFrom('clock')
        .selectAll()
        .where('started_at', '>=', from)
        .where('started_at', '<', to)
        .where('cancelled_at', 'is', null);
      if (tenant !== undefined) query = query.where('tenant', '=', tenant);
      const rows = await query.orderBy('started_at').limit(100_000).execute();
      return rows.map(clockOf);
    });
  }

  /** The client was told in another way. False: there is no such incident. */
  told(scope: TenantScope, id: number, at: number, actor: string, how: string): Promise<boolean> {
    return withTenants(this.#db, scope, async (trx) => {
      const incident = await trx
        .selectFrom('incident')
        .select('tenant')
        .where('id', '=', id)
        .executeTakeFirst();
      if (incident === undefined) return false;
      const key = { tenant: incident.tenant, incident_id: id, at };
      await trx
        .insertInto('clock_feed')
        .values({ ...key, what: 'told', value: '' })
        .execute();
      await trx
        .insertInto('incident_log')
        .values({ ...key, kind: 'comment', text: `Client told: ${how.replaceAll('\0', '')}`, actor })
        .execute();
      return true;
    });
  }
}

/** Sorts by what is due soonest; what has no clock comes last. */
export const DUE_ORDER = sql<number>`coalesce(due.due_at, 9e15)`;

/** What the list of incidents says of the clocks of each; looked up by key, not over all clocks. */
export function dueOfIncident(eb: ExpressionBuilder<Database, 'incident'>) {
  return eb
    .selectFrom('incident_due')
    .select(['due_at', 'clock_state'])
    .whereRef('incident_due.tenant', '=', 'incident.tenant')
    .whereRef('incident_due.incident_id', '=', 'incident.id')
    .as('due');
}
