import { LEVELS, type Level } from '@vigie/contracts';
import type { Kysely } from 'kysely';
import type { Flood, NotableIncident, NotifyStore, QueuedMail } from '../../respond/ports.ts';
import { transaction } from './database.ts';
import { insertMail } from './outbox-flood.ts';
import type { Database } from './schema.ts';

/** What notification reads and writes, over the tables. */
export class PostgresNotify implements NotifyStore {
  readonly #db: Kysely<Database>;
  readonly #flood: Flood | undefined;

  /** @param flood when mails wait to come together; left out: none does */
  constructor(db: Kysely<Database>, flood?: Flood) {
    this.#db = db;
    this.#flood = flood;
  }

  async incident(tenant: string, id: number): Promise<NotableIncident | undefined> {
    const row = await this.#db
      .selectFrom('incident')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('id', '=', id)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const alerts = await this.#db
      .selectFrom('alert')
      .select(['rule_id', 'level', 'first_at', 'count', 'facts'])
      .select((eb) =>
        eb
          .selectFrom('detection')
          .whereRef('detection.tenant', '=', 'alert.tenant')
          .whereRef('detection.alert_id', '=', 'alert.id')
          .select('detection.matched')
          .orderBy('detection.time')
          .limit(1)
          .as('matched'),
      )
      .where('tenant', '=', tenant)
      .where('incident_id', '=', id)
      .orderBy('first_at')
      .limit(100)
      .execute();
    return {
      id: row.id,
      tenant: row.tenant,
      level: row.level as Level,
      firstAt: row.first_at,
      lastAt: row.last_at,
      entities: row.entities,
      techniques: row.techniques,
      detectionCount: row.detection_count,
      demo: row.demo,
      closed: row.status === 'closed',
      notifiedRank: row.notified_rank,
      notifiedAt: row.notified_at,
      alerts: alerts.map((alert) => ({
        ruleId: alert.rule_id,
        level: alert.level as Level,
        firstAt: alert.first_at,
        count: alert.count,
        facts: alert.facts,
        matched: alert.matched ?? [],
      })),
    };
  }

  async untold(since: number) {
    return this.#db
      .selectFrom('incident')
      .select(['tenant', 'id'])
      .where((eb) => eb.or([eb('notified_rank', 'is', null), eb('notified_rank', '<', eb.ref('level_rank'))]))
      .where('status', '<>', 'closed')
      .where('demo', '=', false)
      .where('created_at', '>=', since)
      .execute();
  }

  async queue(
    tenant: string,
    id: number,
    rank: number,
    now: number,
    mails: readonly QueuedMail[],
  ): Promise<void> {
    await transaction(this.#db, async (trx) => {
      await trx
        .updateTable('incident')
        .set({ notified_rank: rank, notified_at: now })
        .where('tenant', '=', tenant)
        .where('id', '=', id)
        .where((eb) => eb.or([eb('notified_rank', 'is', null), eb('notified_rank', '<', rank)]))
        .execute();
      const promised = await promisedUntil(trx, tenant, id, rank);
      const flood = this.#flood?.isUrgent(rank) === true ? undefined : this.#flood;
      for (const mail of mails)
        await insertMail(
          trx,
          {
            tenant,
            incident_id: id,
            kind: 'incident',
            unique_key: mail.key,
            recipient: mail.to,
            subject: mail.subject,
            html: mail.html,
            text: mail.text,
            not_before: mail.notBefore,
            created_at: now,
          },
          flood,
          promised,
        );
    });
  }
}

/** When a contract has the client told of an incident at the latest, whatever its hours of business. */
async function promisedUntil(
  db: Kysely<Database>,
  tenant: string,
  incident: number,
  rank: number,
): Promise<number | undefined> {
  const row = await db
    .selectFrom('incident')
    .innerJoin('tenant_profile', 'tenant_profile.tenant', 'incident.tenant')
    .select(['incident.created_at', 'tenant_profile.profile'])
    .where('incident.tenant', '=', tenant)
    .where('incident.id', '=', incident)
    .executeTakeFirst();
  const level = LEVELS[rank];
  const seconds = level === undefined ? undefined : row?.profile.contract?.levels[level]?.notify;
  return row === undefined || seconds == null ? undefined : row.created_at + seconds * 1000;
}
