import { randomUUID } from 'node:crypto';
import type { Level } from '@vigie/contracts';
import { ROLE_TABLE, ROLES, type RotaSetup, type TenantProfile } from '@vigie/contracts/api';
import { type Kysely, sql, type Transaction } from 'kysely';
import type {
  CallRecord,
  ClockRecord,
  ClockStore,
  ClockTransaction,
  FeedEntry,
  Override,
  SiteHours,
  Whereabouts,
} from '../../clocks/ports.ts';
import { callOf, clockOf } from './clock-rows.ts';
import { transaction } from './database.ts';
import { noticeRow } from './notice-store.ts';
import type { Database } from './schema.ts';

/** Whose affair the provider's clocks are: a client's account is told nothing of them, whatever a rota says. */
const PROVIDERS = ROLES.filter((role) => ROLE_TABLE[role].side === 'provider');

/** The clocks' tables as their keeper sees them: all tenants. */
export class PostgresClockStore implements ClockStore {
  readonly #db: Kysely<Database>;
  readonly #now: () => number;

  constructor(db: Kysely<Database>, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  async feed(limit: number): Promise<FeedEntry[]> {
    const rows = await this.#db.selectFrom('clock_feed').selectAll().orderBy('id').limit(limit).execute();
    return rows.map(({ incident_id: incident, ...row }) => ({ ...row, incident }));
  }

  async due(now: number, limit: number): Promise<{ tenant: string; incident: number }[]> {
    const { rows } = await sql<{ tenant: string; incident: number }>`
      SELECT tenant, incident_id AS incident FROM (
        SELECT tenant, incident_id, next_at FROM clock WHERE next_at <= ${now}
        UNION ALL SELECT tenant, incident_id, next_at FROM clock_call WHERE next_at <= ${now}
      ) d GROUP BY tenant, incident_id ORDER BY min(next_at) LIMIT ${limit}`.execute(this.#db);
    return rows;
  }

  transaction<T>(tenant: string, incident: number, work: (tx: ClockTransaction) => Promise<T>): Promise<T> {
    return transaction(this.#db, async (trx) => {
      await lock(trx, tenant, incident);
      return work(new PostgresClockTransaction(trx, tenant, incident, this.#now));
    });
  }

  async profile(tenant: string): Promise<TenantProfile | undefined> {
    const row = await this.#db
      .selectFrom('tenant_profile')
      .select('profile')
      .where('tenant', '=', tenant)
      .executeTakeFirst();
    return row?.profile;
  }

  async sites(tenant: string): Promise<Map<string, SiteHours>> {
    const rows = await this.#db.selectFrom('site').selectAll().where('tenant', '=', tenant).execute();
    return new Map(
      rows.map(({ id, name, time_zone, business_hours }) => [
        id,
        { name, timeZone: time_zone, businessHours: business_hours },
      ]),
    );
  }

  async rotas(): Promise<{ id: string; setup: RotaSetup; overrides: Override[] }[]> {
    const [rotas, overrides] = await Promise.all([
      this.#db.selectFrom('rota').selectAll().orderBy('id').execute(),
      this.#db.selectFrom('rota_override').selectAll().where('to_at', '>', this.#now()).execute(),
    ]);
    return rotas.map((rota) => ({
      ...rota,
      overrides: overrides
        .filter((each) => each.rota === rota.id)
        .map((row) => ({ id: row.id, from: row.from_at, to: row.to_at, member: row.member, at: row.at })),
    }));
  }

  /** Has the open clocks of a tenant looked at again: its hours have changed. */
  async touch(tenant: string): Promise<void> {
    await this.#db
      .updateTable('clock')
      .set({ next_at: this.#now() })
      .where('tenant', '=', tenant)
      .where('stopped_at', 'is', null)
      .where('cancelled_at', 'is', null)
      .execute();
  }

  /** A call by its id, whoever's: for who holds its link. */
  async call(id: string): Promise<CallRecord | undefined> {
    const row = await this.#db.selectFrom('clock_call').selectAll().where('id', '=', id).executeTakeFirst();
    return row === undefined ? undefined : callOf(row);
  }

  /** Notes who looks at it. False: somebody did before. */
  acknowledge(call: CallRecord, by: string, how: string): Promise<boolean> {
    return transaction(this.#db, async (trx) => {
      await lock(trx, call.tenant, call.incident);
      const result = await trx
        .updateTable('clock_call')
        .set({ acknowledged_at: this.#now(), acknowledged_by: by, next_at: null })
        .where('tenant', '=', call.tenant)
        .where('id', '=', call.id)
        .where('acknowledged_at', 'is', null)
        .executeTakeFirst();
      if (result.numUpdatedRows === 0n) return false;
      const tx = new PostgresClockTransaction(trx, call.tenant, call.incident, this.#now);
      await tx.log(this.#now(), `Acknowledged the call about “${call.kind}” ${how}`, by);
      return true;
    });
  }
}

class PostgresClockTransaction implements ClockTransaction {
  readonly #trx: Transaction<Database>;
  readonly #tenant: string;
  readonly #incident: number;
  readonly #now: () => number;

  constructor(trx: Transaction<Database>, tenant: string, incident: number, now: () => number) {
    this.#trx = trx;
    this.#tenant = tenant;
    this.#incident = incident;
    this.#now = now;
  }

  async clocks(): Promise<ClockRecord[]> {
    const rows = await this.#trx
      .selectFrom('clock')
      .selectAll()
      .where('tenant', '=', this.#tenant)
      .where('incident_id', '=', this.#incident)
      .execute();
    return rows.map(clockOf);
  }

  async whereabouts(): Promise<Whereabouts> {
    const tenant = this.#tenant;
    const incident = this.#incident;
    const members = await this.#trx
      .selectFrom('site_member')
      .select(['kind', 'name', 'site'])
      .where('tenant', '=', tenant)
      .execute();
    if (members.length === 0) return { members, assets: [], addresses: [], sources: [] };
    const { rows: entities } = await sql<{ type: string; value: string; ip: string | null }>`
      SELECT e->>'type' AS type, e->>'value' AS value, CASE WHEN e->>'type' = 'host' THEN (
        SELECT host(x.ip) FROM asset a JOIN asset_address x ON x.tenant = a.tenant AND x.asset_id = a.id
        WHERE a.tenant = i.tenant AND a.kind = 'host' AND lower(a.name) = lower(e->>'value')
        ORDER BY x.last_at DESC LIMIT 1) END AS ip
      FROM incident i CROSS JOIN LATERAL jsonb_array_elements(i.entities) e
      WHERE i.tenant = ${tenant} AND i.id = ${incident} AND e->>'type' IN ('host', 'user', 'ip')`.execute(
      this.#trx,
    );
    const { rows: sources } = await sql<{ source: string }>`
      SELECT DISTINCT e->>'source' AS source FROM alert a
      JOIN detection d ON d.tenant = a.tenant AND d.alert_id = a.id
      CROSS JOIN LATERAL jsonb_array_elements(d.events) e
      WHERE a.tenant = ${tenant} AND a.incident_id = ${incident}`.execute(this.#trx);
    return {
      members,
      assets: entities.flatMap(({ type, value, ip }) =>
        type === 'host' || type === 'user'
          ? [{ kind: type, names: [value], addresses: ip === null ? [] : [ip] }]
          : [],
      ),
      addresses: entities.flatMap(({ type, value }) => (type === 'ip' ? [value] : [])),
      sources: sources.map(({ source }) => source),
    };
  }

  async save(clock: ClockRecord): Promise<void> {
    const changing = {
      targets: JSON.stringify(clock.targets),
      pauses: JSON.stringify(clock.pauses),
      stopped_at: clock.stoppedAt,
      breached_at: clock.breachedAt,
      cancelled_at: clock.cancelledAt,
      due_at: clock.dueAt,
      warned: clock.warned,
      next_at: clock.nextAt,
    };
    await this.#trx
      .insertInto('clock')
      .values({
        tenant: clock.tenant,
        incident_id: clock.incident,
        kind: clock.kind,
        basis: clock.basis,
        site: clock.site,
        started_at: clock.startedAt,
        warn_at: [...clock.warnAt],
        ...changing,
      })
      .onConflict((oc) => oc.columns(['tenant', 'incident_id', 'kind']).doUpdateSet(changing))
      .execute();
    if (clock.stoppedAt === null && clock.cancelledAt === null) return;
    // There is nothing left to escalate.
    await this.#trx
      .updateTable('clock_call')
      .set({ next_at: null })
      .where('tenant', '=', clock.tenant)
      .where('incident_id', '=', clock.incident)
      .where('kind', '=', clock.kind)
      .execute();
  }

  async event(event: Parameters<ClockTransaction['event']>[0]): Promise<boolean> {
    const result = await this.#trx
      .insertInto('clock_event')
      .values({ tenant: this.#tenant, incident_id: this.#incident, ...event, text: storable(event.text) })
      .onConflict((oc) => oc.columns(['tenant', 'incident_id', 'kind', 'once']).doNothing())
      .executeTakeFirst();
    return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  async dueCalls(now: number): Promise<CallRecord[]> {
    const rows = await this.#trx
      .selectFrom('clock_call')
      .selectAll()
      .where('tenant', '=', this.#tenant)
      .where('incident_id', '=', this.#incident)
      .where('next_at', '<=', now)
      .where('acknowledged_at', 'is', null)
      .orderBy('next_at')
      .execute();
    return rows.map(callOf);
  }

  async log(at: number, text: string, actor: string | null): Promise<void> {
    await this.#trx
      .insertInto('incident_log')
      .values({
        tenant: this.#tenant,
        incident_id: this.#incident,
        at,
        kind: 'incident',
        text: storable(text),
        actor,
      })
      .execute();
  }

  async call(call: CallRecord, mails: Parameters<ClockTransaction['call']>[1]): Promise<void> {
    const changing = { step: call.step, told: [...call.told], next_at: call.nextAt };
    const made = await this.#trx
      .insertInto('clock_call')
      .values({
        tenant: call.tenant,
        id: call.id,
        incident_id: call.incident,
        kind: call.kind,
        reason: call.reason,
        share: call.share,
        at: call.at,
        acknowledged_at: null,
        acknowledged_by: null,
        ...changing,
      })
      .onConflict((oc) =>
        oc.column('id').doUpdateSet(changing).where('clock_call.acknowledged_at', 'is', null),
      )
      .executeTakeFirst();
    // Acknowledged a moment ago.
    if ((made.numInsertedOrUpdatedRows ?? 0n) === 0n) return;
    // The newest call about a clock is the one that goes on.
    await this.#trx
      .updateTable('clock_call')
      .set({ next_at: null })
      .where('tenant', '=', call.tenant)
      .where('incident_id', '=', call.incident)
      .where('kind', '=', call.kind)
      .where('id', '<>', call.id)
      .where('at', '<=', call.at)
      .execute();
    await this.#news(
      call,
      mails.map(({ to }) => to.toLowerCase()),
    );
    if (mails.length === 0) return;
    await this.#trx
      .insertInto('outbox')
      .values(
        mails.map((mail) => ({
          id: randomUUID(),
          // The provider's own mail: a client's people see neither who was on call nor the link.
          tenant: null,
          incident_id: null,
          kind: 'clock',
          unique_key: mail.key,
          recipient: mail.to,
          subject: mail.subject,
          html: mail.html,
          text: mail.text,
          not_before: this.#now(),
          created_at: this.#now(),
        })),
      )
      .onConflict((oc) => oc.column('unique_key').doNothing())
      .execute();
  }

  /** Tells those who were called in the console too, and the owner: once a call, and not again before it was read. */
  async #news(call: CallRecord, mailed: readonly string[]): Promise<void> {
    const { rows } = await sql<{ id: string; title: string }>`
      SELECT account.id, incident.title FROM incident JOIN account
        ON account.id = incident.owner_id OR lower(account.email) = ANY(${mailed}::text[])
      WHERE incident.tenant = ${call.tenant} AND incident.id = ${call.incident}
        AND account.role IN (${sql.join(PROVIDERS)})
        AND NOT EXISTS (SELECT FROM notice WHERE notice.tenant = incident.tenant AND notice.incident_id = incident.id
          AND notice.account_id = account.id AND notice.kind = ${`clock-${call.reason}`} AND (notice.read_at IS NULL OR notice.at >= ${call.at}))`.execute(
      this.#trx,
    );
    if (rows.length === 0) return;
    const about = { tenant: call.tenant, incident: call.incident, actor: '', at: this.#now() };
    await this.#trx
      .insertInto('notice')
      .values(
        rows.map(({ id, title }) =>
          noticeRow({ ...about, account: id, kind: `clock-${call.reason}`, excerpt: title }),
        ),
      )
      .execute();
  }

  async incident() {
    const row = await this.#trx
      .selectFrom('incident')
      .leftJoin('account', 'account.id', 'incident.owner_id')
      .select([
        'incident.id',
        'tenant',
        'title',
        'level',
        'status',
        'verdict',
        'owner_id',
        'entities',
        'demo',
        'account.name as owner',
      ])
      .where('tenant', '=', this.#tenant)
      .where('incident.id', '=', this.#incident)
      .executeTakeFirst();
    if (row === undefined) return undefined;
    const { owner_id: ownerId, ...rest } = row;
    return { ...rest, level: row.level as Level, owner: row.owner ?? ownerId };
  }

  async begin(regime: string, decision: Parameters<ClockTransaction['begin']>[1]): Promise<boolean> {
    const made = await this.#trx
      .insertInto('incident_regime')
      .values({
        tenant: this.#tenant,
        incident_id: this.#incident,
        regime,
        at: decision.at,
        aware_at: decision.awareAt,
        actor: decision.by,
        reason: storable(decision.reason),
      })
      .onConflict((oc) => oc.columns(['tenant', 'incident_id', 'regime']).doNothing())
      .executeTakeFirst();
    return (made.numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  async end(regime: string, step: string, deed: Parameters<ClockTransaction['end']>[2]): Promise<boolean> {
    const made = await this.#trx
      .insertInto('regime_step')
      .values({
        tenant: this.#tenant,
        incident_id: this.#incident,
        regime,
        step,
        at: deed.at,
        actor: deed.by,
        note: storable(deed.note),
      })
      .onConflict((oc) => oc.columns(['tenant', 'incident_id', 'regime', 'step']).doNothing())
      .executeTakeFirst();
    return (made.numInsertedOrUpdatedRows ?? 0n) > 0n;
  }

  async done(feed: readonly FeedEntry[]): Promise<void> {
    if (feed.length === 0) return;
    await this.#trx
      .deleteFrom('clock_feed')
      .where(
        'id',
        'in',
        feed.map(({ id }) => id),
      )
      .execute();
  }
}

/** One at a time for an incident: the keeper, who answers a call, who ends a step of the law. */
async function lock(trx: Transaction<Database>, tenant: string, incident: number): Promise<void> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended('vigie clock ' || ${tenant}, ${incident}))`.execute(
    trx,
  );
}

/** PostgreSQL's text cannot hold NUL. */
function storable(text: string): string {
  return text.replaceAll('\0', '');
}
