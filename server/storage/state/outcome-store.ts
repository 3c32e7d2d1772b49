import { type Kysely, sql } from 'kysely';
import type { OutcomeCount, OutcomeStore } from '../../relevance/ports.ts';
import { type TenantScope, withTenants } from './database.ts';
import type { Database } from './schema.ts';

const WEEK = 7 * 86_400_000;

/** What rules turned out to be, counted for who asks, under row-level security. */
export class PostgresOutcomes implements OutcomeStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  outcomes(scope: TenantScope, filter: Parameters<OutcomeStore['outcomes']>[1]): Promise<OutcomeCount[]> {
    return withTenants(this.#db, scope, async (trx) => {
      const week = sql<number>`least(floor((decided_at - ${filter.from}) / ${WEEK})::int, ${filter.weeks - 1}::int)`;
      let query = trx
        .selectFrom('rule_outcome')
        .select(['rule_id as rule', 'tenant', 'verdict'])
        .select(week.as('week'))
        .select((eb) => [eb.fn.countAll<string>().as('cases'), eb.fn.sum<number>('minutes').as('minutes')])
        .where('decided_at', '>=', filter.from)
        .groupBy(['rule_id', 'tenant', 'verdict', sql`4`]);
      if (filter.tenant !== undefined) query = query.where('tenant', '=', filter.tenant);
      if (filter.rule !== undefined) query = query.where('rule_id', '=', filter.rule);
      return (await query.execute()).map((row) => ({ ...row, cases: Number(row.cases) }));
    });
  }

  detections(scope: TenantScope, tenant: string | undefined, from: number) {
    return withTenants(this.#db, scope, async (trx) => {
      let query = trx
        .selectFrom('rule_hit')
        .select((eb) => ['rule_id', eb.fn.sum<string>('hits').as('hits')])
        .where('hour', '>=', from)
        .groupBy('rule_id');
      if (tenant !== undefined) query = query.where('tenant', '=', tenant);
      return new Map((await query.execute()).map((row) => [row.rule_id, Number(row.hits)]));
    });
  }

  relevanceOf(scope: TenantScope, incident: number) {
    return withTenants(this.#db, scope, async (trx) => {
      const row = await trx
        .selectFrom('incident')
        .leftJoin('incident_relevance as r', (join) =>
          join.onRef('r.tenant', '=', 'incident.tenant').onRef('r.incident_id', '=', 'incident.id'),
        )
        .select(['r.probability', 'r.terms'])
        .where('incident.id', '=', incident)
        .executeTakeFirst();
      return row === undefined ? undefined : { probability: row.probability, terms: row.terms ?? [] };
    });
  }
}
