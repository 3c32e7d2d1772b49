import type { Entity, Level } from '@vigie/contracts';
import type { GroupingReason } from '@vigie/contracts/api';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { GroupingRefusal, Identity, IncidentGrouping, Scope } from '../../api/ports.ts';
import { withTenants } from './database.ts';
import { lockGrouping, mergeRows } from './incident-merge.ts';
import { looseAlerts, RARE, type TieWords, tiesOf } from './loose-alerts.ts';
import type { AlertTable, Database, IncidentTable } from './schema.ts';

/** What triage knows of incidents and the storage does not. */
export interface GroupingWords extends TieWords {
  readonly title: (
    alerts: readonly { ruleId: string; title: string; level: Level; firstAt: number }[],
  ) => string;
  readonly joiningKeys: (entities: readonly Entity[]) => readonly string[];
}

type Trx = Transaction<Database>;
type Row = Selectable<IncidentTable>;

const LEVEL_ORDER = ['informational', 'low', 'medium', 'high', 'critical'];
const ENTITIES_KEPT = 60;

/** Incidents changed by hand, under row-level security and with triage kept out meanwhile. */
export class PostgresGrouping implements IncidentGrouping {
  readonly #db: Kysely<Database>;
  readonly #now: () => number;
  readonly #words: GroupingWords;

  constructor(db: Kysely<Database>, now: () => number, words: GroupingWords) {
    this.#db = db;
    this.#now = now;
    this.#words = words;
  }

  merge(scope: Scope, into: number, gone: readonly number[], actor: Identity) {
    return this.#change(scope, into, async (trx, kept) => {
      for (const id of new Set(gone)) {
        const other = await incidentRow(trx, id);
        if (other === undefined) return 'incident';
        if (other.id === kept.id) return 'itself';
        if (other.tenant !== kept.tenant) return 'tenant';
        if (other.merged_into !== null) return 'merged';
        const at = this.#now();
        await mergeRows(trx, { tenant: kept.tenant, kept: kept.id, gone: id, at, actor: actor.name });
        await this.#log(trx, kept, `INC-${id} was merged into this one`, actor);
        await this.#log(trx, other, `Merged into INC-${kept.id}`, actor);
      }
      await this.#recount(trx, kept);
      return kept.id;
    });
  }

  unmerge(scope: Scope, gone: number, actor: Identity) {
    return this.#change(
      scope,
      gone,
      async (trx, back) => {
        const merge = await trx
          .selectFrom('incident_merge')
          .selectAll()
          .where('tenant', '=', back.tenant)
          .where('gone', '=', gone)
          .where('undone_at', 'is', null)
          .orderBy('id', 'desc')
          .executeTakeFirst();
        if (merge === undefined) return 'incident';
        const kept = await incidentRow(trx, merge.kept);
        if (kept === undefined) return 'incident';
        const left = await trx
          .selectFrom('alert')
          .select((eb) => eb.fn.countAll<string>().as('count'))
          .where('tenant', '=', back.tenant)
          .where('incident_id', '=', kept.id)
          .where(sql<boolean>`id <> ALL(${merge.alerts})`)
          .executeTakeFirstOrThrow();
        if (Number(left.count) === 0) return 'empty';
        await trx
          .updateTable('alert')
          .set({ incident_id: gone })
          .where('tenant', '=', back.tenant)
          .where('incident_id', '=', kept.id)
          .where(sql<boolean>`id = ANY(${merge.alerts})`)
          .execute();
        await trx
          .updateTable('incident')
          .set({
            status: merge.status,
            merged_into: null,
            closed_at: merge.status === 'closed' ? back.closed_at : null,
          })
          .where('id', '=', gone)
          .execute();
        await trx
          .updateTable('incident_merge')
          .set({ undone_at: this.#now() })
          .where('id', '=', merge.id)
          .execute();
        await keepApart(trx, back.tenant, kept.id, gone);
        await this.#log(trx, kept, `INC-${gone} was taken out again`, actor);
        await this.#log(trx, back, `Taken out of INC-${kept.id} again`, actor);
        await this.#recount(trx, kept);
        await this.#recount(trx, back);
        return gone;
      },
      'merged too',
    );
  }

  split(scope: Scope, id: number, alerts: readonly string[], actor: Identity) {
    return this.#change(scope, id, async (trx, from) => {
      const chosen = await this.#chosen(trx, from, alerts);
      if (typeof chosen === 'string') return chosen;
      const { id: made } = await trx
        .insertInto('incident')
        .values({
          tenant: from.tenant,
          title: from.title,
          level: from.level,
          level_rank: from.level_rank,
          first_at: from.first_at,
          last_at: from.last_at,
          created_at: this.#now(),
          entities: '[]',
          techniques: [],
          alert_count: 0,
          detection_count: 0,
          active_at: from.active_at,
          demo: from.demo,
          reason: JSON.stringify(byHand(`split from INC-${from.id} by ${actor.name}`)),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      const fresh = (await incidentRow(trx, made))!;
      await this.#put(trx, from, chosen, made, `split from INC-${from.id} by ${actor.name}`);
      await keepApart(trx, from.tenant, from.id, made);
      await this.#log(trx, from, `${counted(chosen)} split off into INC-${made}: ${titles(chosen)}`, actor);
      await this.#log(trx, fresh, `Split from INC-${from.id}: ${titles(chosen)}`, actor);
      await this.#recount(trx, from);
      await this.#recount(trx, fresh);
      return made;
    });
  }

  detach(scope: Scope, id: number, alerts: readonly string[], actor: Identity) {
    return this.#change(scope, id, async (trx, from) => {
      const chosen = await this.#chosen(trx, from, alerts);
      if (typeof chosen === 'string') return chosen;
      await this.#put(trx, from, chosen, null, `taken out of INC-${from.id} by ${actor.name}`);
      await this.#log(trx, from, `${counted(chosen)} taken out: ${titles(chosen)}`, actor);
      await this.#recount(trx, from);
      return from.id;
    });
  }

  move(scope: Scope, id: number, alerts: readonly string[], to: number, actor: Identity) {
    return this.#change(scope, id, async (trx, from) => {
      const target = await incidentRow(trx, to);
      if (target === undefined) return 'incident';
      if (target.id === from.id) return 'itself';
      if (target.tenant !== from.tenant) return 'tenant';
      if (target.merged_into !== null) return 'merged';
      const chosen = await this.#chosen(trx, from, alerts);
      if (typeof chosen === 'string') return chosen;
      await this.#put(trx, from, chosen, to, `moved from INC-${from.id} by ${actor.name}`);
      await this.#log(trx, from, `${counted(chosen)} moved to INC-${to}: ${titles(chosen)}`, actor);
      await this.#log(
        trx,
        target,
        `${counted(chosen)} moved here from INC-${from.id}: ${titles(chosen)}`,
        actor,
      );
      await this.#recount(trx, from);
      await this.#recount(trx, target);
      return to;
    });
  }

  promote(scope: Scope, tenant: string, alerts: readonly string[], actor: Identity) {
    return withTenants(this.#db, scope, async (trx): Promise<number | GroupingRefusal> => {
      await lockGrouping(trx, tenant);
      const wanted = [...new Set(alerts)];
      const chosen = await trx
        .selectFrom('alert')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('incident_id', 'is', null)
        .where(sql<boolean>`id = ANY(${wanted})`)
        .orderBy('first_at')
        .execute();
      if (chosen.length < wanted.length) return 'alert';
      const now = this.#now();
      const why = `made an incident by ${actor.name}`;
      const { id } = await trx
        .insertInto('incident')
        .values({
          tenant,
          title: chosen[0]!.title,
          level: chosen[0]!.level,
          level_rank: LEVEL_ORDER.indexOf(chosen[0]!.level),
          first_at: chosen[0]!.first_at,
          last_at: chosen[0]!.last_at,
          created_at: now,
          entities: '[]',
          techniques: [],
          alert_count: 0,
          detection_count: 0,
          active_at: Math.max(...chosen.map((alert) => alert.last_at)),
          demo: sql<boolean>`coalesce((SELECT demo FROM tenant WHERE id = ${tenant}), false)`,
          reason: JSON.stringify(byHand(why)),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      const made = (await incidentRow(trx, id))!;
      await this.#put(trx, made, chosen, id, why);
      await this.#log(trx, made, `Made of ${counted(chosen)}: ${titles(chosen)}`, actor);
      await this.#recount(trx, made);
      return id;
    });
  }

  join(scope: Scope, tenant: string, alerts: readonly string[], to: number, actor: Identity) {
    return this.#change(scope, to, async (trx, target) => {
      if (target.tenant !== tenant) return 'tenant';
      const wanted = [...new Set(alerts)];
      const chosen = await trx
        .selectFrom('alert')
        .selectAll()
        .where('tenant', '=', tenant)
        .where('incident_id', 'is', null)
        .where(sql<boolean>`id = ANY(${wanted})`)
        .execute();
      if (chosen.length < wanted.length) return 'alert';
      await this.#put(trx, target, chosen, target.id, `put here by ${actor.name}`);
      await this.#log(trx, target, `${counted(chosen)} put here: ${titles(chosen)}`, actor);
      await this.#recount(trx, target);
      return target.id;
    });
  }

  ties(scope: Scope, tenant: string, alert: string) {
    return withTenants(this.#db, scope, (trx) => tiesOf(trx, this.#words, tenant, alert));
  }

  loose(scope: Scope, filter: Parameters<IncidentGrouping['loose']>[1]) {
    return withTenants(this.#db, scope, (trx) => looseAlerts(trx, filter));
  }

  /** Finds and locks the incident, runs the work, and undoes all of it where it is refused. */
  async #change(
    scope: Scope,
    id: number,
    work: (trx: Trx, row: Row) => Promise<number | GroupingRefusal>,
    which: 'standing' | 'merged too' = 'standing',
  ): Promise<number | GroupingRefusal> {
    try {
      return await withTenants(this.#db, scope, async (trx) => {
        const seen = await incidentRow(trx, id);
        if (seen === undefined) return 'incident';
        await lockGrouping(trx, seen.tenant);
        // Read again: triage may have changed it while we waited.
        const row = await incidentRow(trx, id);
        if (row === undefined) return 'incident';
        if (which === 'standing' && row.merged_into !== null) return 'merged';
        const done = await work(trx, row);
        if (typeof done === 'string') throw new Refused(done);
        return done;
      });
    } catch (error) {
      if (error instanceof Refused) return error.refusal;
      throw error;
    }
  }

  async #chosen(
    trx: Trx,
    from: Row,
    ids: readonly string[],
  ): Promise<Selectable<AlertTable>[] | GroupingRefusal> {
    const wanted = [...new Set(ids)];
    const chosen = await trx
      .selectFrom('alert')
      .selectAll()
      .where('tenant', '=', from.tenant)
      .where('incident_id', '=', from.id)
      .where(sql<boolean>`id = ANY(${wanted})`)
      .execute();
    if (chosen.length < wanted.length) return 'alert';
    const { count } = await trx
      .selectFrom('alert')
      .select((eb) => eb.fn.countAll<string>().as('count'))
      .where('tenant', '=', from.tenant)
      .where('incident_id', '=', from.id)
      .executeTakeFirstOrThrow();
    return Number(count) === chosen.length ? 'empty' : chosen;
  }

  async #put(trx: Trx, from: Row, alerts: readonly Selectable<AlertTable>[], to: number | null, why: string) {
    await trx
      .updateTable('alert')
      .set({ incident_id: to, pinned: true, part: 'evidence', reason: JSON.stringify(byHand(why)) })
      .where('tenant', '=', from.tenant)
      .where(sql<boolean>`id = ANY(${alerts.map(({ id }) => id)})`)
      .execute();
  }

  #log(trx: Trx, incident: Row, text: string, actor: Identity) {
    return trx
      .insertInto('incident_log')
      .values({
        tenant: incident.tenant,
        incident_id: incident.id,
        at: this.#now(),
        kind: 'incident',
        text,
        actor: actor.name,
      })
      .execute();
  }

  /** Says of an incident what its alerts say now. */
  async #recount(trx: Trx, incident: Row): Promise<void> {
    const alerts = await trx
      .selectFrom('alert')
      .selectAll()
      .where('tenant', '=', incident.tenant)
      .where('incident_id', '=', incident.id)
      .orderBy('first_at')
      .execute();
    const evidence = alerts.some(({ part }) => part === 'evidence')
      ? alerts.filter(({ part }) => part === 'evidence')
      : alerts;
    if (evidence.length === 0) return;
    const entities = new Map<string, Entity>();
    for (const alert of evidence)
      for (const entity of alert.entities)
        entities.set(`${entity.type}:${entity.value.toLowerCase()}`, entity);
    const kept = [...entities.values()].slice(0, ENTITIES_KEPT);
    const rank = Math.max(...evidence.map(({ level }) => LEVEL_ORDER.indexOf(level)));
    const lastAt = Math.max(...evidence.map((a) => a.last_at));
    await trx
      .updateTable('incident')
      .set({
        title: this.#words.title(
          evidence.map((a) => ({ ruleId: a.rule_id, title: a.title, level: a.level, firstAt: a.first_at })),
        ),
        level: LEVEL_ORDER[rank] as Level,
        level_rank: rank,
        first_at: Math.min(...evidence.map((a) => a.first_at)),
        last_at: lastAt,
        entities: JSON.stringify(kept),
        techniques: [...new Set(evidence.flatMap((a) => a.techniques))],
        alert_count: alerts.length,
        detection_count: alerts.reduce((sum, a) => sum + a.count, 0),
        signal_rules: [...new Set(evidence.filter((a) => a.rarity >= RARE).map((a) => a.rule_id))].slice(
          0,
          40,
        ),
      })
      .where('id', '=', incident.id)
      .execute();
    await trx
      .deleteFrom('incident_entity')
      .where('tenant', '=', incident.tenant)
      .where('incident_id', '=', incident.id)
      .execute();
    const keys = [...new Set(this.#words.joiningKeys(evidence.flatMap((a) => a.entities)))];
    if (keys.length > 0)
      await trx
        .insertInto('incident_entity')
        .values(
          keys.map((entity) => ({
            tenant: incident.tenant,
            entity,
            incident_id: incident.id,
            last_at: lastAt,
          })),
        )
        .execute();
  }
}

class Refused extends Error {
  readonly refusal: GroupingRefusal;

  constructor(refusal: GroupingRefusal) {
    super(refusal);
    this.refusal = refusal;
  }
}

function incidentRow(trx: Trx, id: number): Promise<Row | undefined> {
  return trx.selectFrom('incident').selectAll().where('id', '=', id).executeTakeFirst();
}

async function keepApart(trx: Trx, tenant: string, a: number, b: number): Promise<void> {
  await trx
    .insertInto('incident_apart')
    .values({ tenant, low: Math.min(a, b), high: Math.max(a, b) })
    .onConflict((oc) => oc.doNothing())
    .execute();
}

function byHand(text: string): GroupingReason {
  return { total: 0, needed: 0, terms: [{ term: 'by-hand', weight: 0, text }] };
}

function counted(alerts: readonly unknown[]): string {
  return alerts.length === 1 ? '1 alert' : `${alerts.length} alerts`;
}

function titles(alerts: readonly { readonly title: string }[]): string {
  const named = alerts.slice(0, 3).map(({ title }) => `“${title}”`);
  return alerts.length > 3 ? `${named.join(', ')} and ${alerts.length - 3} more` : named.join(', ');
}
