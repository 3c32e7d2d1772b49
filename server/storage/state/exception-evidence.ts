import type { MatchedField } from '@vigie/contracts';
import { type Kysely, sql } from 'kysely';
import { type TenantScope, withTenants } from './database.ts';
import type { Database } from './schema.ts';

/** A stored detection, as far as an exception may concern it. */
export interface StoredDetection {
  readonly tenant: string;
  readonly id: string;
  readonly rule: string;
  readonly time: number;
  readonly events: readonly { readonly id: string; readonly time: number; readonly source: string }[];
  readonly matched: readonly MatchedField[];
}

/** A detection of an incident that a person has marked as a true positive. */
export interface TruePositive extends StoredDetection {
  readonly incident: number;
  readonly incidentTitle: string;
}

/** Detections an incident is checked by, the newest of each alert; the alert's count may be higher. */
const CHECKED_PER_ALERT = 200;

/** What is stored about what rules found, for telling what an exception would have silenced. */
export class ExceptionEvidence {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  /**
   * Detections of some rules in the incidents marked true positive, newest incident first. `complete` is false
   * where there are more than were read.
   */
  truePositives(
    scope: TenantScope,
    rules: readonly string[],
    limit: number,
  ): Promise<{ readonly detections: readonly TruePositive[]; readonly complete: boolean }> {
    return withTenants(this.#db, scope, async (trx) => {
      const { rows } = await sql<{
        tenant: string;
        id: string;
        rule_id: string;
        time: number;
        events: StoredDetection['events'];
        matched: MatchedField[];
        incident: number;
        title: string;
        count: number;
        rank: string;
      }>`SELECT d.tenant, d.id, d.rule_id, d.time, d.events, d.matched, i.id AS incident, i.title, a.count,
            d.rank::text AS rank
         FROM incident i JOIN alert a ON a.tenant = i.tenant AND a.incident_id = i.id
         CROSS JOIN LATERAL (
           SELECT *, row_number() OVER (ORDER BY time DESC) AS rank FROM detection
           WHERE tenant = a.tenant AND alert_id = a.id ORDER BY time DESC LIMIT ${CHECKED_PER_ALERT}
         ) d
         WHERE i.verdict = 'true-positive' AND coalesce(a.verdict, i.verdict) = 'true-positive' AND a.rule_id = ANY(${rules as string[]})
         ORDER BY i.last_at DESC, i.id DESC, d.time DESC LIMIT ${limit + 1}`.execute(trx);
      return {
        detections: rows.slice(0, limit).map((row) => ({
          tenant: row.tenant,
          id: row.id,
          rule: row.rule_id,
          time: row.time,
          events: row.events,
          matched: row.matched,
          incident: row.incident,
          incidentTitle: row.title,
        })),
        complete:
          rows.length <= limit &&
          !rows.some((row) => row.count > CHECKED_PER_ALERT && Number(row.rank) === CHECKED_PER_ALERT),
      };
    });
  }

  /** Detections of one rule since a time, newest first. */
  detections(
    scope: TenantScope,
    rule: string,
    since: number,
    limit: number,
  ): Promise<readonly (StoredDetection & { readonly alert: string })[]> {
    return withTenants(this.#db, scope, async (trx) => {
      const rows = await trx
        .selectFrom('alert as a')
        .innerJoin('detection as d', (join) =>
          join.onRef('d.tenant', '=', 'a.tenant').onRef('d.alert_id', '=', 'a.id'),
        )
        .select(['d.tenant', 'd.id', 'd.rule_id', 'd.time', 'd.events', 'd.matched', 'd.alert_id'])
        .where('a.rule_id', '=', rule)
        .where('a.last_at', '>=', since)
        .where('d.time', '>=', since)
        .orderBy('d.time', 'desc')
        .limit(limit)
        .execute();
      return rows.map(({ rule_id, alert_id, ...row }) => ({ ...row, rule: rule_id, alert: alert_id }));
    });
  }

  /** One detection, where the scope holds it. */
  detection(scope: TenantScope, tenant: string, id: string): Promise<StoredDetection | undefined> {
    return withTenants(this.#db, scope, async (trx) => {
      const row = await trx
        .selectFrom('detection')
        .select(['tenant', 'id', 'rule_id', 'time', 'events', 'matched'])
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const { rule_id, ...rest } = row;
      return { ...rest, rule: rule_id };
    });
  }

  /** Rules that alerted since a time, with how often. */
  ruleHits(scope: TenantScope, since: number): Promise<ReadonlyMap<string, number>> {
    return withTenants(this.#db, scope, async (trx) => {
      const rows = await trx
        .selectFrom('rule_hit')
        .select((eb) => ['rule_id', eb.fn.sum<string>('hits').as('hits')])
        .where('hour', '>=', since)
        .groupBy('rule_id')
        .execute();
      return new Map(rows.map((row) => [row.rule_id, Number(row.hits)]));
    });
  }
}
