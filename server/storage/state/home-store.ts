import type { Level } from '@vigie/contracts';
import { AGE_HOURS, type OpenLoad } from '@vigie/contracts/api';
import { type Kysely, sql } from 'kysely';
import { type TenantScope, withTenants } from './database.ts';
import type { RequestRecord } from './request-store.ts';
import type { Database } from './schema.ts';
import { type Viewer, withSide } from './side.ts';

/** An open incident, as much as a line about it says. */
export interface IncidentLine {
  readonly id: number;
  readonly tenant: string;
  readonly title: string;
  readonly level: Level;
}

/** Counts and lists over all open incidents, for the pages that people begin on. */
export class HomeStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /** Open questions and decisions of incidents that are not closed, due soonest first. */
  requests(viewer: Viewer, limit: number): Promise<(RequestRecord & { readonly incident: IncidentLine })[]> {
    return withSide(this.#db, viewer, async (trx) => {
      const rows = await trx
        .selectFrom('client_request as r')
        .innerJoin('incident as i', (join) =>
          join.onRef('i.id', '=', 'r.incident_id').onRef('i.tenant', '=', 'r.tenant'),
        )
        .selectAll('r')
        .select(['i.title as incident_title', 'i.level as incident_level'])
        .where('r.state', '=', 'open')
        .where('i.status', '<>', 'closed')
        .$if(viewer.scope !== 'all', (query) =>
          query.where('r.tenant', 'in', [...(viewer.scope as string[])]),
        )
        .orderBy('r.due_at')
        .limit(limit)
        .execute();
      if (rows.length === 0) return [];
      const ids = rows.map(({ id }) => id);
      const recipients = await trx
        .selectFrom('client_request_recipient')
        .selectAll()
        .where('request_id', 'in', ids)
        .execute();
      const answers = await trx
        .selectFrom('client_request_answer')
        .selectAll()
        .where('request_id', 'in', ids)
        .execute();
      return rows.map(({ incident_title: title, incident_level: level, ...request }) => ({
        request,
        recipients: recipients.filter((one) => one.request_id === request.id),
        answers: answers.filter((one) => one.request_id === request.id),
        incident: { id: request.incident_id, tenant: request.tenant, title, level },
      }));
    });
  }

  /** Open incidents that have a procedure, the newest first. */
  withProcedures(scope: TenantScope, limit: number): Promise<IncidentLine[]> {
    return withTenants(this.#db, scope, (trx) =>
      trx
        .selectFrom('incident as i')
        .select(['i.id', 'i.tenant', 'i.title', 'i.level'])
        .where('i.status', '<>', 'closed')
        .where((eb) =>
          eb.exists(
            eb
              .selectFrom('incident_procedure as p')
              .select('p.procedure_id')
              .whereRef('p.incident_id', '=', 'i.id')
              .whereRef('p.tenant', '=', 'i.tenant'),
          ),
        )
        .$if(scope !== 'all', (query) => query.where('i.tenant', 'in', [...(scope as string[])]))
        .orderBy('i.id', 'desc')
        .limit(limit)
        .execute(),
    );
  }

  /** Open incidents by owner and by age. */
  load(scope: TenantScope, now: number): Promise<OpenLoad> {
    return withTenants(this.#db, scope, async (trx) => {
      const open = trx
        .selectFrom('incident as i')
        .where('i.status', '<>', 'closed')
        .$if(scope !== 'all', (query) => query.where('i.tenant', 'in', [...(scope as string[])]));
      const people = await open
        .leftJoin('account as a', 'a.id', 'i.owner_id')
        .select([
          'i.owner_id',
          'a.name',
          sql<string>`count(*)`.as('open'),
          sql<string>`count(*) FILTER (WHERE i.level IN ('high', 'critical'))`.as('severe'),
          sql<string>`min(i.created_at)`.as('oldest'),
        ])
        .groupBy(['i.owner_id', 'a.name'])
        .orderBy('open', 'desc')
        .execute();
      const [ages] = await open
        .select([
          ...AGE_HOURS.map((hours) =>
            sql<string>`count(*) FILTER (WHERE i.created_at > ${now - hours * 3_600_000})`.as(`h${hours}`),
          ),
          sql<string>`count(*)`.as('all'),
        ])
        .execute();
      const younger = [
        ...AGE_HOURS.map((hours) => Number(ages?.[`h${hours}`] ?? 0)),
        Number(ages?.['all'] ?? 0),
      ];
      return {
        people: people.map((row) => ({
          owner: row.owner_id === null ? null : { id: row.owner_id, name: row.name ?? row.owner_id },
          open: Number(row.open),
          severe: Number(row.severe),
          oldestAt: Number(row.oldest),
        })),
        ages: younger.map((count, index) => ({
          underHours: AGE_HOURS[index] ?? null,
          open: count - (younger[index - 1] ?? 0),
        })),
      };
    });
  }
}
