import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Entity } from '@vigie/contracts';
import { openState, type State } from '../../server/storage/state/database.ts';
import { EmbeddedPostgres } from '../../server/storage/state/embedded.ts';
import { migrations } from '../../server/storage/state/migrations/index.ts';
import type { Database } from '../../server/storage/state/schema.ts';
import { createTriageStore } from '../../server/storage/state/triage-store.ts';
import {
  createTriage,
  type JudgedDetection,
  type Reason,
  type TriageStore,
} from '../../server/triage/index.ts';
import { MemoryTriage } from './triage-memory.ts';
import type { Labelled } from './triage-rows.ts';

/** Detections of so long are one batch, seconds. */
const BATCH = 30;
const TENANT = 'triage';

export interface Incident {
  readonly id: number;
  /** Seconds, when the batch that opened it ended. */
  readonly openedAt: number;
}

export interface Played {
  readonly store: string;
  readonly incidents: readonly (Incident & { readonly reason: Reason | null })[];
  readonly alerts: readonly Folded[];
  readonly milliseconds: number;
}

/** An alert that lines were folded into. Times are milliseconds. */
export interface Folded {
  readonly rule: string;
  readonly entities: readonly Entity[];
  readonly firstAt: number;
  readonly lastAt: number;
  readonly incident: number | null;
  readonly part: 'evidence' | 'context';
  readonly rarity: number;
}

function detectionOf(row: Labelled, index: number): JudgedDetection {
  const entities: Entity[] = [{ type: 'host', value: row.host }];
  if (row.ip !== '') entities.push({ type: 'ip', value: row.ip });
  return {
    id: String(index),
    tenant: TENANT,
    ruleId: row.rule,
    level: 'low',
    time: row.time * 1000,
    detectedAt: row.time * 1000,
    events: [{ id: String(index), time: row.time * 1000, source: 'alerts' }],
    entities,
    foldBy: entities,
    matched: [],
    facts: {},
  };
}

/** Plays the alerts batch by batch; `after` is told of each batch. */
async function play(
  rows: readonly Labelled[],
  store: TriageStore,
  opened: Incident[],
  batch = { seconds: BATCH, size: 5000 },
): Promise<number> {
  const titles = new Map(rows.map((row) => [row.rule, row.title]));
  let clock = 0;
  const stage = createTriage({
    store,
    rule: (id) => ({
      id,
      title: titles.get(id) ?? id,
      level: 'low',
      techniques: [],
      alertTitle: () => titles.get(id) ?? id,
    }),
    now: () => clock,
    foldWindow: 86_400_000,
    incidentWindow: 240 * 60_000,
  });
  const from = performance.now();
  let sequence = 0;
  for (let at = 0; at < rows.length; ) {
    const end = rows[at]!.time + batch.seconds;
    const list: JudgedDetection[] = [];
    // As many as a batch of a busy hour holds.
    while (at < rows.length && rows[at]!.time < end && list.length < batch.size)
      list.push(detectionOf(rows[at]!, at++));
    clock = end * 1000;
    const outcome = await stage.apply(TENANT, ++sequence, list);
    for (const { id } of outcome.opened) opened.push({ id, openedAt: rows[at - 1]!.time });
  }
  return performance.now() - from;
}

/** Plays without a database. */
export async function inMemory(rows: readonly Labelled[]): Promise<Played> {
  const memory = new MemoryTriage();
  const opened: Incident[] = [];
  const milliseconds = await play(rows, memory.store, opened);
  const standing = new Map(memory.standing().map((incident) => [incident.id, incident]));
  return {
    store: 'memory',
    incidents: opened
      .filter(({ id }) => standing.has(id))
      .map((one) => ({ ...one, reason: standing.get(one.id)!.reason })),
    alerts: [...memory.alerts.values()].map((a) => ({ ...a, rule: a.ruleId, incident: a.incidentId })),
    milliseconds,
  };
}

/** What the detections of a busy system cost: many in a batch. */
export function cost(rows: readonly Labelled[], size: number): Promise<string> {
  return withPostgres(async (db) => {
    const milliseconds = await play(rows, createTriageStore(db), [], { seconds: 3600, size });
    const count = async (name: 'alert' | 'detection' | 'alert_rhythm' | 'incident') =>
      Number(
        (
          await db
            .selectFrom(name)
            .select((eb) => eb.fn.countAll<string>().as('n'))
            .executeTakeFirstOrThrow()
        ).n,
      );
    return `${Math.round((1000 * milliseconds) / rows.length)} µs a detection, ${(milliseconds / 1000).toFixed(1)} s; rows: ${await count('incident')} incidents, ${await count('alert')} alerts, ${await count('detection')} detections, ${await count('alert_rhythm')} rhythms`;
  });
}

/** Plays on the database that a Vigie runs on. */
export function onPostgres(rows: readonly Labelled[]): Promise<Played> {
  return withPostgres(async (db) => {
    const opened: Incident[] = [];
    const milliseconds = await play(rows, createTriageStore(db), opened);
    const incidents = await db.selectFrom('incident').select(['id', 'reason', 'merged_into']).execute();
    const alerts = await db.selectFrom('alert').selectAll().execute();
    const standing = new Map(incidents.filter((i) => i.merged_into === null).map((i) => [i.id, i]));
    return {
      store: 'PostgreSQL',
      incidents: opened
        .filter(({ id }) => standing.has(id))
        .map((one) => ({ ...one, reason: standing.get(one.id)!.reason })),
      alerts: alerts.map((a) => ({
        rule: a.rule_id,
        entities: a.entities,
        firstAt: a.first_at,
        lastAt: a.last_at,
        incident: a.incident_id,
        part: a.part,
        rarity: a.rarity,
      })),
      milliseconds,
    };
  });
}

async function withPostgres<T>(work: (db: State<Database>['db']) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'vigie-triage-'));
  const server = new EmbeddedPostgres({ directory: join(folder, 'postgres') });
  try {
    await server.start();
    const { db, close } = await openState<Database>(server.connection, migrations);
    try {
      await db
        .insertInto('tenant')
        .values({
          id: TENANT,
          name: TENANT,
          language: 'en',
          time_zone: 'UTC',
          retention_days: 30,
          contacts: '[]',
          created_at: 0,
        })
        .execute();
      return await work(db);
    } finally {
      await close();
    }
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
