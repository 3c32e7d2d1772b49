import type { Level } from '@vigie/contracts';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type {
  AlertRecord,
  IncidentRecord,
  JudgedDetection,
  Rhythm,
  RhythmKey,
  TriageStore,
  TriageTransaction,
} from '../../triage/ports.ts';
import { transaction } from './database.ts';
import { lockGrouping, mergeRows } from './incident-merge.ts';
import { chunks, readRhythms, readSignals, saveRhythms } from './rhythm-store.ts';
import type { AlertTable, Database, IncidentTable } from './schema.ts';

/** Open incidents that the alerts of one batch are held against, those that were active last. */
const INCIDENTS_HELD_AGAINST = 50;

/** Rare alerts that one look back reads, the rarest. */
const RARE_ALERTS_READ = 200;

/** Triage's view of the state database. */
export function createTriageStore(db: Kysely<Database>): TriageStore {
  return { transaction: (_tenant, work) => transaction(db, (trx) => work(new PostgresTriage(trx))) };
}

class PostgresTriage implements TriageTransaction {
  readonly #trx: Transaction<Database>;

  constructor(trx: Transaction<Database>) {
    this.#trx = trx;
  }

  async appliedThrough(tenant: string): Promise<number> {
    await lockGrouping(this.#trx, tenant);
    const row = await this.#trx
      .selectFrom('triage_progress')
      .select('sequence')
      .where('tenant', '=', tenant)
      .forUpdate()
      .executeTakeFirst();
    return Number(row?.sequence ?? 0);
  }

  async setApplied(tenant: string, sequence: number): Promise<void> {
    await this.#trx
      .insertInto('triage_progress')
      .values({ tenant, sequence })
      .onConflict((oc) => oc.column('tenant').doUpdateSet({ sequence }))
      .execute();
  }

  async openAlerts(tenant: string, foldKeys: readonly string[], since: number): Promise<AlertRecord[]> {
    const rows = await this.#trx
      .selectFrom('alert')
      .leftJoin('incident', (join) =>
        join.onRef('incident.tenant', '=', 'alert.tenant').onRef('incident.id', '=', 'alert.incident_id'),
      )
      .selectAll('alert')
      .distinctOn('alert.fold_key')
      .where('alert.tenant', '=', tenant)
      .where(sql<boolean>`alert.fold_key = ANY(${foldKeys as string[]})`)
      .where('alert.last_at', '>=', since)
      .where((eb) => eb.or([eb('incident.status', 'is', null), eb('incident.status', '<>', 'closed')]))
      .orderBy('alert.fold_key')
      .orderBy('alert.last_at', 'desc')
      .execute();
    return rows.map(toAlert);
  }

  async looseAlerts(
    tenant: string,
    entityKeys: readonly string[],
    since: number,
    until: number,
  ): Promise<AlertRecord[]> {
    const rows = await this.#trx
      .selectFrom('alert')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('incident_id', 'is', null)
      .where('last_at', '>=', since)
      .where('first_at', '<=', until)
      .where(namesOneOf(entityKeys))
      .limit(500)
      .execute();
    return rows.map(toAlert);
  }

  async rareAlerts(
    tenant: string,
    by: { readonly entities: readonly string[] } | { readonly rules: readonly string[] },
    since: number,
    until: number,
    rarity: number,
  ): Promise<AlertRecord[]> {
    const rows = await this.#trx
      .selectFrom('alert')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('incident_id', 'is', null)
      .where('rarity', '>=', rarity)
      .where('routine', '=', false)
      .where('pinned', '=', false)
      .where('reviewed_at', 'is', null)
      .where('last_at', '>=', since)
      .where('last_at', '<', until)
      .where(
        'entities' in by ? namesOneOf(by.entities) : sql<boolean>`rule_id = ANY(${by.rules as string[]})`,
      )
      .orderBy('rarity', 'desc')
      .orderBy('last_at', 'desc')
      .orderBy('id', 'desc')
      .limit(RARE_ALERTS_READ)
      .execute();
    return rows.map(toAlert);
  }

  async openIncidents(
    tenant: string,
    entityKeys: readonly string[],
    since: number,
    until: number,
    rules: readonly string[],
    alikeSince: number,
  ) {
    const shared = await this.#trx
      .selectFrom('incident_entity as e')
      .innerJoin('incident as i', (join) =>
        join.onRef('i.tenant', '=', 'e.tenant').onRef('i.id', '=', 'e.incident_id'),
      )
      .selectAll('i')
      .select(sql<string[]>`array_agg(e.entity)`.as('keys'))
      .where('e.tenant', '=', tenant)
      .where(sql<boolean>`e.entity = ANY(${entityKeys as string[]})`)
      .where('i.status', '<>', 'closed')
      .where('i.active_at', '>=', since)
      .where('i.first_at', '<=', until)
      .groupBy('i.id')
      .orderBy('i.active_at', 'desc')
      .limit(INCIDENTS_HELD_AGAINST)
      .execute();
    const found = new Map(shared.map((row) => [row.id, { incident: toIncident(row), keys: row.keys }]));
    if (rules.length === 0) return [...found.values()];
    const alike = await this.#trx
      .selectFrom('incident')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('status', '<>', 'closed')
      .where('active_at', '>=', alikeSince)
      .where('first_at', '<=', until)
      .where(sql<boolean>`signal_rules && ${rules as string[]}::text[]`)
      .orderBy('active_at', 'desc')
      .limit(INCIDENTS_HELD_AGAINST)
      .execute();
    for (const row of alike)
      if (!found.has(row.id)) found.set(row.id, { incident: toIncident(row), keys: [] });
    return [...found.values()];
  }

  rhythms(tenant: string, keys: readonly RhythmKey[]): Promise<Rhythm[]> {
    return readRhythms(this.#trx, tenant, keys);
  }

  signals(tenant: string, entities: readonly string[], since: number): Promise<Rhythm[]> {
    return readSignals(this.#trx, tenant, entities, since);
  }

  saveRhythms(tenant: string, rhythms: readonly Rhythm[]): Promise<void> {
    return saveRhythms(this.#trx, tenant, rhythms);
  }

  async confirmed(tenant: string, foldKeys: readonly string[]): Promise<string[]> {
    const rows = await this.#trx
      .selectFrom('alert')
      .innerJoin('incident', (join) =>
        join.onRef('incident.tenant', '=', 'alert.tenant').onRef('incident.id', '=', 'alert.incident_id'),
      )
      .select('alert.fold_key')
      .distinct()
      .where('alert.tenant', '=', tenant)
      .where(sql<boolean>`alert.fold_key = ANY(${foldKeys as string[]})`)
      .where(sql<boolean>`coalesce(alert.verdict, incident.verdict) = 'true-positive'`)
      .execute();
    return rows.map((row) => row.fold_key);
  }

  async declaredRoutine(tenant: string, foldKeys: readonly string[], at: number): Promise<string[]> {
    const rows = await this.#trx
      .selectFrom('alert_routine')
      .select('fold_key')
      .where('tenant', '=', tenant)
      .where(sql<boolean>`fold_key = ANY(${foldKeys as string[]})`)
      .where('expires_at', '>', at)
      .execute();
    return rows.map((row) => row.fold_key);
  }

  async apart(tenant: string, ids: readonly number[]): Promise<(readonly [number, number])[]> {
    const rows = await this.#trx
      .selectFrom('incident_apart')
      .select(['low', 'high'])
      .where('tenant', '=', tenant)
      .where(sql<boolean>`low = ANY(${ids as number[]}) AND high = ANY(${ids as number[]})`)
      .execute();
    return rows.map(({ low, high }) => [low, high] as const);
  }

  merge(tenant: string, kept: number, gone: number, at: number): Promise<void> {
    return mergeRows(this.#trx, { tenant, kept, gone, at, actor: null });
  }

  async incidents(tenant: string, ids: readonly number[]): Promise<IncidentRecord[]> {
    const rows = await this.#trx
      .selectFrom('incident')
      .selectAll()
      .where('tenant', '=', tenant)
      .where(sql<boolean>`id = ANY(${ids as number[]})`)
      .execute();
    return rows.map(toIncident);
  }

  async alertsOf(tenant: string, incidentId: number): Promise<AlertRecord[]> {
    const rows = await this.#trx
      .selectFrom('alert')
      .selectAll()
      .where('tenant', '=', tenant)
      .where('incident_id', '=', incidentId)
      .orderBy('first_at')
      .execute();
    return rows.map(toAlert);
  }

  async createIncident(record: Omit<IncidentRecord, 'id'>): Promise<IncidentRecord> {
    const demo = sql<boolean>`coalesce((SELECT demo FROM tenant WHERE id = ${record.tenant}), false)`;
    const { id } = await this.#trx
      .insertInto('incident')
      .values({ ...incidentColumns(record), tenant: record.tenant, created_at: record.createdAt, demo })
      .returning('id')
      .executeTakeFirstOrThrow();
    return { ...record, id };
  }

  async saveIncidents(
    records: readonly IncidentRecord[],
    entityKeys: ReadonlyMap<number, readonly string[]>,
  ): Promise<void> {
    for (const record of records) {
      await this.#trx
        .updateTable('incident')
        .set(incidentColumns(record))
        .where('tenant', '=', record.tenant)
        .where('id', '=', record.id)
        .execute();
      const keys = entityKeys.get(record.id) ?? [];
      if (keys.length === 0) continue;
      await this.#trx
        .insertInto('incident_entity')
        .values(
          keys.map((entity) => ({
            tenant: record.tenant,
            entity,
            incident_id: record.id,
            last_at: record.lastAt,
          })),
        )
        .onConflict((oc) =>
          oc.columns(['tenant', 'entity', 'incident_id']).doUpdateSet({ last_at: record.lastAt }),
        )
        .execute();
    }
  }

  async saveAlerts(records: readonly AlertRecord[]): Promise<void> {
    for (const part of chunks(records, 500))
      await this.#trx
        .insertInto('alert')
        .values(
          part.map((a) => ({
            tenant: a.tenant,
            id: a.id,
            rule_id: a.ruleId,
            title: a.title,
            level: a.level,
            fold_key: a.foldKey,
            incident_id: a.incidentId,
            count: a.count,
            first_at: a.firstAt,
            last_at: a.lastAt,
            entities: JSON.stringify(a.entities),
            techniques: a.techniques as string[],
            facts: JSON.stringify(a.facts),
            created_at: a.createdAt,
            part: a.part,
            rarity: a.rarity,
            routine: a.routine,
            pinned: a.pinned,
            reason: a.reason === null ? null : JSON.stringify(a.reason),
          })),
        )
        .onConflict((oc) =>
          oc.columns(['tenant', 'id']).doUpdateSet((eb) => ({
            level: eb.ref('excluded.level'),
            incident_id: eb.ref('excluded.incident_id'),
            count: eb.ref('excluded.count'),
            first_at: eb.ref('excluded.first_at'),
            last_at: eb.ref('excluded.last_at'),
            part: eb.ref('excluded.part'),
            rarity: eb.ref('excluded.rarity'),
            routine: eb.ref('excluded.routine'),
            reason: eb.ref('excluded.reason'),
          })),
        )
        .execute();
  }

  async saveDetections(
    detections: readonly (JudgedDetection & { readonly alertId: string })[],
  ): Promise<void> {
    if (detections.length === 0) return;
    for (const part of chunks(detections, 500))
      await this.#trx
        .insertInto('detection')
        .values(
          part.map((d) => ({
            tenant: d.tenant,
            id: d.id,
            alert_id: d.alertId,
            rule_id: d.ruleId,
            level: d.level,
            time: d.time,
            detected_at: d.detectedAt,
            events: JSON.stringify(d.events),
            matched: JSON.stringify(d.matched),
          })),
        )
        .execute();
  }

  async countHits(detections: readonly JudgedDetection[]): Promise<void> {
    const hits = new Map<
      string,
      { rule_id: string; tenant: string; hour: number; hits: number; last_at: number }
    >();
    for (const d of detections) {
      const hour = Math.floor(d.detectedAt / 3_600_000) * 3_600_000;
      const key = `${d.ruleId}\0${d.tenant}\0${hour}`;
      const row = hits.get(key) ?? {
        rule_id: d.ruleId,
        tenant: d.tenant,
        hour,
        hits: 0,
        last_at: d.detectedAt,
      };
      row.hits++;
      hits.set(key, row);
    }
    await this.#trx
      .insertInto('rule_hit')
      .values([...hits.values()])
      .onConflict((oc) =>
        oc.columns(['tenant', 'rule_id', 'hour']).doUpdateSet((eb) => ({
          hits: sql`${eb.ref('rule_hit.hits')} + ${eb.ref('excluded.hits')}`,
          last_at: eb.ref('excluded.last_at'),
        })),
      )
      .execute();
  }

  async log(
    tenant: string,
    incidentId: number,
    at: number,
    kind: 'incident' | 'alert',
    text: string,
  ): Promise<void> {
    await this.#trx
      .insertInto('incident_log')
      .values({ tenant, incident_id: incidentId, at, kind, text, actor: null })
      .execute();
  }
}

/** Whether an alert names one of the entities, by their keys. */
function namesOneOf(keys: readonly string[]) {
  return sql<boolean>`EXISTS (SELECT FROM jsonb_array_elements(entities) e WHERE (e->>'type') || ':' || lower(e->>'value') = ANY(${keys as string[]}))`;
}

function incidentColumns(record: Omit<IncidentRecord, 'id'>) {
  return {
    title: record.title,
    level: record.level,
    level_rank: ['informational', 'low', 'medium', 'high', 'critical'].indexOf(record.level),
    first_at: record.firstAt,
    last_at: record.lastAt,
    entities: JSON.stringify(record.entities),
    techniques: record.techniques,
    alert_count: record.alertCount,
    detection_count: record.detectionCount,
    active_at: record.activeAt,
    signal_rules: record.signalRules,
    reason: record.reason === null ? null : JSON.stringify(record.reason),
  };
}

function toAlert(row: Selectable<AlertTable>): AlertRecord {
  return {
    tenant: row.tenant,
    id: row.id,
    ruleId: row.rule_id,
    title: row.title,
    level: row.level as Level,
    foldKey: row.fold_key,
    incidentId: row.incident_id,
    count: row.count,
    firstAt: row.first_at,
    lastAt: row.last_at,
    entities: row.entities,
    techniques: row.techniques,
    facts: row.facts,
    createdAt: row.created_at,
    part: row.part,
    rarity: row.rarity,
    routine: row.routine,
    pinned: row.pinned,
    reason: row.reason,
  };
}

function toIncident(row: Selectable<IncidentTable>): IncidentRecord {
  return {
    id: row.id,
    tenant: row.tenant,
    title: row.title,
    level: row.level as Level,
    firstAt: row.first_at,
    lastAt: row.last_at,
    createdAt: row.created_at,
    entities: row.entities,
    techniques: row.techniques,
    alertCount: row.alert_count,
    detectionCount: row.detection_count,
    activeAt: row.active_at,
    signalRules: row.signal_rules,
    reason: row.reason,
    touched: row.status !== 'new' || row.owner_id !== null || row.verdict !== null,
  };
}
