import { ROLE_TABLE } from '@vigie/contracts/api';
import { type Kysely, sql, type Transaction } from 'kysely';
import type {
  AlertReviewKind,
  Identity,
  NewVerdictRow,
  Scope,
  VerdictBook,
  VerdictRows,
} from '../../api/ports.ts';
import { withTenants } from './database.ts';
import type { Database, VerdictTable } from './schema.ts';

const HISTORY_SHOWN = 1000;
/** A routine that a person declared is asked about again after so long, milliseconds. */
const ROUTINE_FOR = 90 * 86_400_000;
/** Of the minutes between first look and closing, at most so many count as work. */
const WORK_AT_MOST = 60;

type Trx = Transaction<Database>;
type Verdict = NonNullable<VerdictTable['verdict']>;

/** Verdicts: given, kept for ever, answered by the client. Under row-level security; nothing of it can be changed. */
export class PostgresVerdicts implements VerdictBook {
  readonly #db: Kysely<Database>;
  readonly #now: () => number;

  constructor(db: Kysely<Database>, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  history(scope: Scope, incident: number): Promise<VerdictRows | undefined> {
    return withTenants(this.#db, scope, async (trx) => {
      const row = await trx
        .selectFrom('incident')
        .select('tenant')
        .where('id', '=', incident)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const { tenant } = row;
      const rows = await trx
        .selectFrom('verdict as v')
        .leftJoin('alert as a', (join) =>
          join.onRef('a.tenant', '=', 'v.tenant').onRef('a.id', '=', 'v.alert_id'),
        )
        .selectAll('v')
        .select('a.title as alert_title')
        .where('v.tenant', '=', tenant)
        .where((eb) =>
          eb.or([
            eb('v.incident_id', '=', incident),
            // Given while the alert was in no incident yet.
            eb.and([eb('v.incident_id', 'is', null), eb('a.incident_id', '=', incident)]),
          ]),
        )
        .orderBy('v.id', 'desc')
        .limit(HISTORY_SHOWN)
        .execute();
      const replies = await trx
        .selectFrom('verdict_reply')
        .selectAll()
        .where('tenant', '=', tenant)
        .where(sql<boolean>`verdict_id = ANY(${rows.map(({ id }) => id)}::bigint[])`)
        .orderBy('id')
        .execute();
      const alerts = await trx
        .selectFrom('alert')
        .select(['id', 'verdict'])
        .where('tenant', '=', tenant)
        .where('incident_id', '=', incident)
        .where('verdict', 'is not', null)
        .execute();
      return {
        tenant,
        items: rows.reverse().map((v) => ({
          id: v.id,
          at: v.at,
          verdict: v.verdict,
          reason: v.reason,
          note: v.note,
          rules: v.rules,
          alert: v.alert_id === null ? null : { id: v.alert_id, title: v.alert_title ?? v.alert_id },
          actor: v.actor,
          side: v.side,
          replies: replies
            .filter(({ verdict_id }) => verdict_id === v.id)
            .map(({ at, agrees, comment, actor }) => ({ at, agrees, comment, actor })),
        })),
        alerts: Object.fromEntries(alerts.map(({ id, verdict }) => [id, verdict!])),
      };
    });
  }

  give(scope: Scope, incident: number, verdict: NewVerdictRow, actor: Identity) {
    return withTenants(this.#db, scope, async (trx) => {
      const row = await trx
        .selectFrom('incident')
        .selectAll()
        .where('id', '=', incident)
        .forUpdate()
        .executeTakeFirst();
      if (row === undefined) return 'incident' as const;
      const { tenant } = row;
      const at = this.#now();
      if (verdict.alerts.length === 0) await judgeIncident(trx, row, verdict, actor, at);
      else {
        const alerts = [...new Set(verdict.alerts)];
        const found = await trx
          .updateTable('alert')
          .set({ verdict: verdict.verdict, verdict_reason: verdict.reason })
          .where('tenant', '=', tenant)
          .where('incident_id', '=', incident)
          .where(sql<boolean>`id = ANY(${alerts})`)
          .returning(['id', 'title'])
          .execute();
        if (found.length < alerts.length) throw new NoSuchAlert();
        await keepVerdicts(trx, tenant, incident, alerts, verdict, actor, at);
        await trx
          .insertInto('incident_log')
          .values({
            tenant,
            incident_id: incident,
            at,
            kind: 'status',
            text: `Verdict on ${found.length === 1 ? `“${found[0]!.title}”` : `${found.length} alerts`}: ${verdict.verdict}`,
            actor: actor.name,
          })
          .execute();
      }
      await countOutcomes(trx, tenant, incident, at);
      return { tenant };
    }).catch((error: unknown) => {
      if (error instanceof NoSuchAlert) return 'alert' as const;
      throw error;
    });
  }

  reply(
    scope: Scope,
    tenant: string,
    verdict: string,
    reply: { readonly agrees: boolean; readonly comment: string },
    actor: Identity,
  ) {
    return withTenants(this.#db, scope, async (trx) => {
      const row = await trx
        .selectFrom('verdict')
        .select('incident_id')
        .where('tenant', '=', tenant)
        .where('id', '=', verdict)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const at = this.#now();
      await trx
        .insertInto('verdict_reply')
        .values({ tenant, verdict_id: verdict, ...reply, actor_id: actor.id, actor: actor.name, at })
        .execute();
      if (row.incident_id === null) return { incident: null };
      await trx
        .insertInto('incident_log')
        .values({
          tenant,
          incident_id: row.incident_id,
          at,
          kind: 'comment',
          text: `${reply.agrees ? 'Agrees' : 'Disagrees'} with the verdict${reply.comment === '' ? '' : `: ${reply.comment}`}`,
          actor: actor.name,
        })
        .execute();
      return { incident: row.incident_id };
    });
  }

  review(scope: Scope, tenant: string, ids: readonly string[], as: AlertReviewKind, actor: Identity) {
    return withTenants(this.#db, scope, async (trx) => {
      const wanted = [...new Set(ids)];
      const at = this.#now();
      const verdict: Verdict | null =
        as === 'routine' ? 'benign-true-positive' : as === 'false-positive' ? 'false-positive' : null;
      const reason = as === 'routine' ? 'expected' : null;
      const found = await trx
        .selectFrom('alert')
        .select(['id', 'fold_key', 'rule_id', 'title', 'verdict'])
        .where('tenant', '=', tenant)
        .where('incident_id', 'is', null)
        .where(sql<boolean>`id = ANY(${wanted})`)
        .forUpdate()
        .execute();
      if (found.length < wanted.length) return undefined;
      await trx
        .updateTable('alert')
        .set({
          verdict,
          verdict_reason: reason,
          reviewed_at: as === 'open' ? null : at,
          reviewed_by: as === 'open' ? null : actor.name,
          ...(as === 'routine' ? { routine: true } : {}),
        })
        .where('tenant', '=', tenant)
        .where(sql<boolean>`id = ANY(${wanted})`)
        .execute();
      const judged = verdict === null ? found.filter((each) => each.verdict !== null) : found;
      await keepVerdicts(
        trx,
        tenant,
        null,
        judged.map(({ id }) => id),
        { verdict, reason, note: '', rules: [] },
        actor,
        at,
      );
      const folds = new Map(found.map((each) => [each.fold_key, each]));
      if (as === 'routine')
        await trx
          .insertInto('alert_routine')
          .values(
            [...folds.values()].map(({ fold_key, rule_id, title }) => ({
              tenant,
              fold_key,
              rule_id,
              title,
              actor: actor.name,
              at,
              expires_at: at + ROUTINE_FOR,
            })),
          )
          .onConflict((oc) =>
            oc.columns(['tenant', 'fold_key']).doUpdateSet((eb) => ({
              actor: eb.ref('excluded.actor'),
              at: eb.ref('excluded.at'),
              expires_at: eb.ref('excluded.expires_at'),
            })),
          )
          .execute();
      else {
        // Whatever else a person says of it, it is no routine any more.
        const undone = await trx
          .deleteFrom('alert_routine')
          .where('tenant', '=', tenant)
          .where(sql<boolean>`fold_key = ANY(${[...folds.keys()]})`)
          .returning('fold_key')
          .execute();
        if (undone.length > 0)
          await trx
            .updateTable('alert')
            .set({ routine: false })
            .where('tenant', '=', tenant)
            .where(sql<boolean>`fold_key = ANY(${undone.map(({ fold_key }) => fold_key)})`)
            .where('incident_id', 'is', null)
            .execute();
      }
      return found.length;
    });
  }
}

class NoSuchAlert extends Error {}

/** Sets the verdict of an incident and keeps it; null takes the one before back. The row must be locked. */
export async function judgeIncident(
  trx: Trx,
  incident: { readonly tenant: string; readonly id: number },
  verdict: Omit<NewVerdictRow, 'alerts'>,
  actor: Identity,
  at: number,
): Promise<void> {
  await trx
    .updateTable('incident')
    .set({ verdict: verdict.verdict, verdict_reason: verdict.reason })
    .where('id', '=', incident.id)
    .execute();
  await keepVerdicts(trx, incident.tenant, incident.id, [null], verdict, actor, at);
  await trx
    .insertInto('incident_log')
    .values({
      tenant: incident.tenant,
      incident_id: incident.id,
      at,
      kind: 'status',
      text: `Verdict: ${verdict.verdict ?? 'none'}${verdict.reason === null ? '' : ` (${verdict.reason})`}`,
      actor: actor.name,
    })
    .execute();
}

async function keepVerdicts(
  trx: Trx,
  tenant: string,
  incident: number | null,
  alerts: readonly (string | null)[],
  verdict: Omit<NewVerdictRow, 'alerts'>,
  actor: Identity,
  at: number,
): Promise<void> {
  if (alerts.length === 0) return;
  await trx
    .insertInto('verdict')
    .values(
      alerts.map((alert) => ({
        tenant,
        incident_id: incident,
        alert_id: alert,
        verdict: verdict.verdict,
        reason: verdict.reason,
        note: verdict.note,
        rules: [...verdict.rules],
        actor_id: actor.id,
        actor: actor.name,
        side: ROLE_TABLE[actor.role].side,
        at,
      })),
    )
    .execute();
}

/**
 * Says anew what each rule of an incident turned out to be: the verdict of its alerts, the worst of several, else that
 * of the incident. Of a false positive only the rules at fault were wrong, where some are named; of the others nothing
 * is known. What is in the incident as context was judged with nothing.
 */
export async function countOutcomes(trx: Trx, tenant: string, incident: number, at: number): Promise<void> {
  await trx
    .deleteFrom('rule_outcome')
    .where('tenant', '=', tenant)
    .where('incident_id', '=', incident)
    .execute();
  await sql`INSERT INTO rule_outcome (tenant, incident_id, rule_id, verdict, opened_at, decided_at, minutes)
    SELECT i.tenant, i.id, r.rule_id, r.verdict, i.created_at, ${at},
      CASE WHEN i.worked_from IS NULL THEN 0 ELSE
        least(greatest((coalesce(i.closed_at, ${at}) - i.worked_from) / 60000, 0), ${WORK_AT_MOST}) END / count(*) OVER ()
    FROM incident i
    CROSS JOIN LATERAL (
      SELECT rule_id, (array_agg(own ORDER BY array_position(
        ARRAY['true-positive', 'benign-true-positive', 'false-positive'], own)))[1] AS verdict
      FROM (
        SELECT a.rule_id, coalesce(a.verdict, CASE
          WHEN i.verdict = 'false-positive' AND cardinality(f.rules) > 0 AND a.rule_id <> ALL (f.rules) THEN NULL
          ELSE i.verdict END) AS own
        FROM alert a
        LEFT JOIN LATERAL (SELECT rules FROM verdict v WHERE v.tenant = i.tenant AND v.incident_id = i.id
          AND v.alert_id IS NULL ORDER BY v.id DESC LIMIT 1) f ON true
        WHERE a.tenant = i.tenant AND a.incident_id = i.id AND (a.part = 'evidence' OR a.verdict IS NOT NULL)
      ) each WHERE own IS NOT NULL GROUP BY rule_id
    ) r
    WHERE i.tenant = ${tenant} AND i.id = ${incident}`.execute(trx);
}
