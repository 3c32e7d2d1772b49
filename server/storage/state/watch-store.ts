import { type Kysely, type Selectable, sql } from 'kysely';
import type { Flood } from '../../respond/ports.ts';
import type { AlertMail, DatasetRow, HourRow, KindRow, WatchRecord, WatchStore } from '../../watch/ports.ts';
import { transaction, withTenants } from './database.ts';
import { insertMail } from './outbox-flood.ts';
import type { Database, MaintenanceTable, SourceAlertTable } from './schema.ts';

type Alert = Parameters<WatchStore['putAlert']>[0];
type Maintenance = Parameters<WatchStore['addMaintenance']>[0];

const WEEK_HOURS = 168;
const WEEKS = 8;
const COLUMNS = ['events', 'failures', 'active', 'first', 'last', 'gap', 'delay', 'skip'] as const;
/** Rows of one statement: each value is a parameter, of which PostgreSQL takes 65,535. */
const CHUNK = 1_000;

/** What the watch of sources learns, over its tables. */
export class PostgresWatch implements WatchStore {
  readonly #db: Kysely<Database>;
  readonly #flood: Flood | undefined;

  /** @param flood when mails wait to come together; left out: none does */
  constructor(db: Kysely<Database>, flood?: Flood) {
    this.#db = db;
    this.#flood = flood;
  }

  async load(): ReturnType<WatchStore['load']> {
    const [watches, weeks, kinds, datasets, alerts, maintenance] = await Promise.all([
      this.#db.selectFrom('source_watch').selectAll().execute(),
      this.#db
        .selectFrom('source_week')
        .selectAll()
        .where('week', '>', sql<number>`(SELECT max(week) FROM source_week) - ${WEEKS + 1}`)
        .execute(),
      this.#db.selectFrom('source_kind').selectAll().execute(),
      this.#db.selectFrom('source_dataset').selectAll().execute(),
      this.#db
        .selectFrom('source_alert')
        .distinctOn(['tenant', 'source', 'kind'])
        .selectAll()
        .orderBy('tenant')
        .orderBy('source')
        .orderBy('kind')
        .orderBy('opened_at', 'desc')
        .execute(),
      this.#db.selectFrom('maintenance').selectAll().where('ended_at', 'is', null).execute(),
    ]);
    const hours: HourRow[] = [];
    for (const row of weeks)
      for (let place = 0; place < WEEK_HOURS; place++) {
        if (row.skip[place] === null) continue;
        const value = (name: (typeof COLUMNS)[number]) => row[name][place] ?? Number.NaN;
        hours.push({
          tenant: row.tenant,
          source: row.source,
          hour: row.week * WEEK_HOURS + place,
          record: {
            events: value('events'),
            failures: value('failures'),
            active: value('active'),
            first: value('first'),
            last: value('last'),
            gap: value('gap'),
            delay: value('delay'),
            skip: value('skip'),
          },
        });
      }
    return {
      watches: watches.map((row) => ({
        tenant: row.tenant,
        source: row.source,
        firstAt: row.first_at,
        lastAt: row.last_at,
        events: row.events,
        learnFrom: row.learn_from,
        volumeFrom: row.volume_from,
      })),
      hours: hours.sort((a, b) => a.hour - b.hour),
      kinds: kinds.map(({ first_at, ...row }) => ({ ...row, firstAt: first_at })),
      datasets: datasets.map(({ first_at, last_at, ...row }) => ({
        ...row,
        firstAt: first_at,
        lastAt: last_at,
      })),
      alerts: alerts.map(alertOf),
      maintenance: maintenance.map(maintenanceOf),
    };
  }

  async saveHours(rows: readonly HourRow[]): Promise<void> {
    const weeks = new Map<string, HourRow[]>();
    for (const row of rows) {
      const key = `${row.tenant}/${row.source}/${Math.floor(row.hour / WEEK_HOURS)}`;
      const list = weeks.get(key);
      if (list === undefined) weeks.set(key, [row]);
      else list.push(row);
    }
    await transaction(this.#db, async (trx) => {
      for (const list of weeks.values()) {
        const { tenant, source, hour } = list[0]!;
        const week = Math.floor(hour / WEEK_HOURS);
        await trx
          .insertInto('source_week')
          .values({ tenant, source, week })
          .onConflict((oc) => oc.doNothing())
          .execute();
        for (const row of list) {
          const place = (row.hour % WEEK_HOURS) + 1;
          await sql`UPDATE source_week SET ${sql.join(
            COLUMNS.map((name) => {
              const value = row.record[name];
              return sql`${sql.ref(name)}[${sql.lit(place)}] = ${Number.isNaN(value) ? null : value}`;
            }),
          )} WHERE tenant = ${tenant} AND source = ${source} AND week = ${week}`.execute(trx);
        }
      }
      const newest = Math.max(...rows.map(({ hour }) => Math.floor(hour / WEEK_HOURS)));
      await trx
        .deleteFrom('source_week')
        .where('week', '<', newest - WEEKS - 1)
        .execute();
    });
  }

  async saveWatches(rows: readonly WatchRecord[]): Promise<void> {
    for (const part of chunks(rows))
      await this.#db
        .insertInto('source_watch')
        .values(
          part.map((row) => ({
            tenant: row.tenant,
            source: row.source,
            first_at: row.firstAt,
            last_at: row.lastAt,
            events: row.events,
            learn_from: row.learnFrom,
            volume_from: row.volumeFrom,
          })),
        )
        .onConflict((oc) =>
          oc.columns(['tenant', 'source']).doUpdateSet((eb) => ({
            first_at: eb.ref('excluded.first_at'),
            last_at: eb.ref('excluded.last_at'),
            events: eb.ref('excluded.events'),
            learn_from: eb.ref('excluded.learn_from'),
            volume_from: eb.ref('excluded.volume_from'),
          })),
        )
        .execute();
  }

  async addKinds(rows: readonly KindRow[]): Promise<void> {
    for (const part of chunks(rows))
      await this.#db
        .insertInto('source_kind')
        .values(
          part.map(({ firstAt, example, ...row }) => ({
            ...row,
            first_at: firstAt,
            // PostgreSQL's text holds no NUL.
            example: example.replaceAll('\0', '\ufffd'),
            action: row.action.replaceAll('\0', '\ufffd'),
            code: row.code.replaceAll('\0', '\ufffd'),
          })),
        )
        .onConflict((oc) => oc.doNothing())
        .execute();
  }

  async saveDatasets(rows: readonly DatasetRow[]): Promise<void> {
    for (const part of chunks(rows))
      await this.#db
        .insertInto('source_dataset')
        .values(part.map(({ firstAt, lastAt, ...row }) => ({ ...row, first_at: firstAt, last_at: lastAt })))
        .onConflict((oc) =>
          oc
            .columns(['tenant', 'source', 'dataset'])
            .doUpdateSet((eb) => ({ last_at: eb.ref('excluded.last_at') })),
        )
        .execute();
  }

  async putAlert(alert: Alert, mails: readonly AlertMail[]): Promise<void> {
    const row = {
      id: alert.id,
      tenant: alert.tenant,
      source: alert.source,
      kind: alert.kind,
      state: alert.state,
      since: alert.since,
      opened_at: alert.openedAt,
      updated_at: alert.updatedAt,
      clear_since: alert.clearSince,
      recovered_at: alert.recoveredAt,
      flaps: alert.flaps,
      told: alert.told,
      acknowledged_by: alert.acknowledged?.by ?? null,
      acknowledged_at: alert.acknowledged?.at ?? null,
      acknowledged_note: alert.acknowledged?.note ?? '',
      facts: JSON.stringify(alert.facts),
    };
    await transaction(this.#db, async (trx) => {
      await trx
        .insertInto('source_alert')
        .values(row)
        .onConflict((oc) => oc.column('id').doUpdateSet(row))
        .execute();
      for (const mail of mails)
        await insertMail(
          trx,
          {
            tenant: alert.tenant,
            incident_id: null,
            kind: 'operations',
            unique_key: mail.key,
            recipient: mail.to,
            subject: mail.subject,
            html: mail.html,
            text: mail.text,
            not_before: mail.notBefore,
            created_at: alert.updatedAt,
          },
          this.#flood,
        );
    });
  }

  alerts({ scope, tenant, source, open, limit }: Parameters<WatchStore['alerts']>[0]): Promise<Alert[]> {
    return withTenants(this.#db, scope, async (trx) => {
      const rows = await trx
        .selectFrom('source_alert')
        .selectAll()
        .$if(tenant !== undefined, (query) => query.where('tenant', '=', tenant!))
        .$if(source !== undefined, (query) => query.where('source', '=', source!))
        .$if(open, (query) => query.where('state', '=', 'open'))
        .orderBy('opened_at', 'desc')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(alertOf);
    });
  }

  alert(scope: readonly string[] | 'all', id: string): Promise<Alert | undefined> {
    return withTenants(this.#db, scope, async (trx) => {
      const row = await trx.selectFrom('source_alert').selectAll().where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : alertOf(row);
    });
  }

  async addMaintenance(maintenance: Maintenance): Promise<void> {
    await this.#db
      .insertInto('maintenance')
      .values({
        id: maintenance.id,
        tenant: maintenance.tenant,
        source: maintenance.source,
        plan: JSON.stringify(maintenance.when),
        reason: maintenance.reason,
        created_by: maintenance.createdBy,
        created_at: maintenance.createdAt,
        ended_by: null,
        ended_at: null,
      })
      .execute();
  }

  async endMaintenance(id: string, by: string, at: number): Promise<void> {
    await this.#db
      .updateTable('maintenance')
      .set({ ended_by: by, ended_at: at })
      .where('id', '=', id)
      .where('ended_at', 'is', null)
      .execute();
  }

  maintenance(scope: readonly string[] | 'all', tenant?: string): Promise<Maintenance[]> {
    return withTenants(this.#db, scope, async (trx) => {
      const rows = await trx
        .selectFrom('maintenance')
        .selectAll()
        .$if(tenant !== undefined, (query) => query.where('tenant', '=', tenant!))
        .orderBy('created_at', 'desc')
        .limit(1_000)
        .execute();
      return rows.map(maintenanceOf);
    });
  }
}

function alertOf(row: Selectable<SourceAlertTable>): Alert {
  return {
    id: row.id,
    tenant: row.tenant,
    source: row.source,
    kind: row.kind,
    state: row.state,
    since: row.since,
    openedAt: row.opened_at,
    updatedAt: row.updated_at,
    clearSince: row.clear_since,
    recoveredAt: row.recovered_at,
    flaps: row.flaps,
    told: row.told,
    acknowledged:
      row.acknowledged_by === null
        ? null
        : { by: row.acknowledged_by, at: row.acknowledged_at ?? 0, note: row.acknowledged_note },
    facts: row.facts,
  };
}

function maintenanceOf(row: Selectable<MaintenanceTable>): Maintenance {
  return {
    id: row.id,
    tenant: row.tenant,
    source: row.source,
    when: row.plan,
    reason: row.reason,
    createdBy: row.created_by,
    createdAt: row.created_at,
    endedBy: row.ended_by,
    endedAt: row.ended_at,
  };
}

function* chunks<Row>(rows: readonly Row[]): Generator<Row[]> {
  for (let from = 0; from < rows.length; from += CHUNK) yield rows.slice(from, from + CHUNK);
}
