import { type Kysely, sql } from 'kysely';
import type {
  BareOpening,
  Case,
  JudgedCase,
  Relevance,
  RelevanceStore,
  Trained,
} from '../../relevance/ports.ts';
import { transaction } from './database.ts';
import type { Database } from './schema.ts';

const LEVELS = ['informational', 'low', 'medium', 'high', 'critical'];
/** Entities that are read of an incident; the ranking counts fewer. */
const ENTITIES_READ = 20;
const TRAININGS_KEPT = 60;
const AT_ONCE = 500;

/** Cases, models and probabilities over all tenants, for the ranking; runs as the pipeline. */
export class PostgresRelevance implements RelevanceStore {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  async unread(after: number, limit: number): Promise<BareOpening[]> {
    // Alerts that came with the opening, and none that came later.
    const { rows } = await sql<BareOpening>`
      SELECT i.tenant, i.id AS incident, i.created_at AS "openedAt", i.criticality,
        coalesce(a.rules, '{}') AS rules, coalesce(a.techniques, 0) AS techniques,
        coalesce(a.level, i.level_rank) AS level, coalesce(a.rarity, 0) AS rarity,
        coalesce(e.entities, '{}') AS entities, coalesce(s.sources, '{}') AS sources
      FROM incident i
      LEFT JOIN LATERAL (
        SELECT array_agg(DISTINCT rule_id ORDER BY rule_id) AS rules, array_agg(id) AS ids,
          max(array_position(${LEVELS}, level)) - 1 AS level, max(rarity) AS rarity,
          (SELECT count(DISTINCT t)::int FROM alert b, unnest(b.techniques) t
            WHERE b.tenant = i.tenant AND b.incident_id = i.id AND b.created_at <= i.created_at) AS techniques
        FROM alert WHERE tenant = i.tenant AND incident_id = i.id AND part = 'evidence' AND created_at <= i.created_at
      ) a ON true
      LEFT JOIN LATERAL (
        SELECT array_agg(key ORDER BY key) AS entities FROM (
          SELECT DISTINCT (e->>'type') || ':' || lower(e->>'value') AS key
          FROM alert b, jsonb_array_elements(b.entities) e
          WHERE b.tenant = i.tenant AND b.id = ANY (a.ids) AND e->>'type' IN ('host', 'user', 'ip', 'cloud')
          ORDER BY 1 LIMIT ${ENTITIES_READ}) keys
      ) e ON true
      LEFT JOIN LATERAL (
        SELECT array_agg(DISTINCT v->>'source' ORDER BY v->>'source') AS sources FROM (
          SELECT events FROM detection d WHERE d.tenant = i.tenant AND d.alert_id = ANY (a.ids) LIMIT 50) d,
          jsonb_array_elements(d.events) v
      ) s ON true
      WHERE i.id > ${after} AND NOT EXISTS (SELECT FROM incident_opening o WHERE o.tenant = i.tenant AND o.incident_id = i.id)
      ORDER BY i.id LIMIT ${limit}`.execute(this.#db);
    return rows;
  }

  async saveOpenings(cases: readonly Case[]): Promise<void> {
    for (let at = 0; at < cases.length; at += AT_ONCE)
      await sql`INSERT INTO incident_opening (tenant, incident_id, opened_at, facts)
        SELECT x.tenant, x.incident, x."openedAt", x.facts
        FROM jsonb_to_recordset(${JSON.stringify(cases.slice(at, at + AT_ONCE))}::jsonb)
          AS x(tenant text, incident int, "openedAt" float8, facts jsonb)
        JOIN incident i ON i.tenant = x.tenant AND i.id = x.incident
        ON CONFLICT DO NOTHING`.execute(this.#db);
  }

  async judged(limit: number): Promise<JudgedCase[]> {
    const { rows } = await sql<JudgedCase>`
      SELECT o.tenant, o.incident_id AS incident, o.opened_at AS "openedAt", o.facts, v.at AS "decidedAt",
        i.verdict = 'true-positive' AS "truePositive"
      FROM (
        SELECT DISTINCT ON (tenant, incident_id) tenant, incident_id, at FROM verdict
        WHERE alert_id IS NULL ORDER BY tenant, incident_id, id DESC
      ) v
      JOIN incident i ON i.tenant = v.tenant AND i.id = v.incident_id AND i.verdict IS NOT NULL
      JOIN incident_opening o ON o.tenant = i.tenant AND o.incident_id = i.id
      WHERE i.merged_into IS NULL
      ORDER BY v.at DESC, o.tenant, o.incident_id LIMIT ${limit}`.execute(this.#db);
    return rows;
  }

  async open(limit: number): Promise<Case[]> {
    const { rows } = await sql<Case>`
      SELECT o.tenant, o.incident_id AS incident, o.opened_at AS "openedAt", o.facts
      FROM incident i JOIN incident_opening o ON o.tenant = i.tenant AND o.incident_id = i.id
      WHERE i.status <> 'closed' ORDER BY i.id DESC LIMIT ${limit}`.execute(this.#db);
    return rows;
  }

  async saveScores(model: string, scores: readonly Relevance[], used: boolean): Promise<void> {
    for (let at = 0; at < scores.length; at += AT_ONCE) {
      const some = JSON.stringify(scores.slice(at, at + AT_ONCE));
      await transaction(this.#db, async (trx) => {
        await sql`INSERT INTO incident_relevance (tenant, incident_id, probability, terms, model_id)
          SELECT x.tenant, x.incident, x.probability, x.terms, ${model}::bigint
          FROM jsonb_to_recordset(${some}::jsonb) AS x(tenant text, incident int, probability float8, terms jsonb)
          JOIN incident i ON i.tenant = x.tenant AND i.id = x.incident
          ON CONFLICT (tenant, incident_id) DO UPDATE
          SET probability = excluded.probability, terms = excluded.terms, model_id = excluded.model_id`.execute(
          trx,
        );
        if (used)
          await sql`UPDATE incident i SET confidence = x.probability
            FROM jsonb_to_recordset(${some}::jsonb) AS x(tenant text, incident int, probability float8)
            WHERE i.tenant = x.tenant AND i.id = x.incident AND i.status <> 'closed'
              AND i.confidence IS DISTINCT FROM x.probability`.execute(trx);
      });
    }
  }

  async forgetScores(): Promise<void> {
    await this.#db
      .updateTable('incident')
      .set({ confidence: null })
      .where('confidence', 'is not', null)
      .where('status', '<>', 'closed')
      .execute();
  }

  async saveModel({ trainedAt, report, model }: Omit<Trained, 'id'>): Promise<string> {
    return transaction(this.#db, async (trx) => {
      const { id } = await trx
        .insertInto('relevance_model')
        .values({
          trained_at: trainedAt,
          used: report.used,
          model: model === null ? null : JSON.stringify(model),
          report: JSON.stringify(report),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      await sql`DELETE FROM relevance_model WHERE id <= ${id}::bigint - ${TRAININGS_KEPT}`.execute(trx);
      return id;
    });
  }

  async latest(): Promise<Trained | undefined> {
    const row = await this.#db
      .selectFrom('relevance_model')
      .selectAll()
      .orderBy('id', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row === undefined
      ? undefined
      : { id: row.id, trainedAt: row.trained_at, report: row.report, model: row.model };
  }

  /** Lets age count more where its step has come; returns the tenants concerned, with one incident of each. */
  async ageOn(now: number): Promise<readonly { readonly tenant: string; readonly id: number }[]> {
    const { rows } = await sql<{ tenant: string; id: number }>`WITH aged AS (
        UPDATE incident SET urgency_next_at = NULL
        WHERE urgency_next_at <= ${now} AND status <> 'closed' RETURNING tenant, id)
      SELECT tenant, min(id) AS id FROM aged GROUP BY tenant`.execute(this.#db);
    return rows;
  }
}
