import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
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
import { filesBelow } from './files.ts';
import type { Figure, Part } from './part.ts';
import { table } from './table.ts';
import { MemoryTriage } from './triage-memory.ts';

/** Detections of so long are one batch, seconds. */
const BATCH = 30;
const TENANT = 'triage';
/** From this rarity on `vigie incident loose --group rare` lists an alert. */
const RARE = 2;

/** One line of the data set. `phase` and `cause` are its labels, which triage never sees. */
interface Labelled {
  readonly time: number;
  readonly rule: string;
  readonly title: string;
  readonly host: string;
  readonly ip: string;
  readonly phase: string;
  readonly cause: string;
}

interface Incident {
  readonly id: number;
  /** Seconds, when the batch that opened it ended. */
  readonly openedAt: number;
}

interface Played {
  readonly store: string;
  readonly incidents: readonly (Incident & { readonly reason: Reason | null })[];
  readonly alerts: readonly Folded[];
  readonly milliseconds: number;
}

/** An alert that lines were folded into. Times are milliseconds. */
interface Folded {
  readonly rule: string;
  readonly entities: readonly Entity[];
  readonly firstAt: number;
  readonly lastAt: number;
  readonly incident: number | null;
  readonly part: 'evidence' | 'context';
  readonly rarity: number;
}

/**
 * How many incidents become of the alerts of a network that is attacked, against the labels of who made them. The
 * data set states no levels: every alert counts as `low`, so that rarity alone decides.
 */
export const triage: Part = {
  name: 'triage',
  title: 'Alerts of an attacked network, made into incidents',
  needs: 'triage',
  async run({ corpus, details }) {
    const files = filesBelow(join(corpus, 'triage'), '_alerts.csv.gz');
    const data = files.map((file) => ({ name: basename(file, '_alerts.csv.gz'), rows: read(file) }));
    const smallest = data.reduce((a, b) => (a.rows.length <= b.rows.length ? a : b));
    const lines: string[] = [];
    const rows: (string | number)[][] = [
      [
        'scenario',
        'alerts',
        'incidents',
        'true',
        'false',
        'to look at',
        'reduction',
        'phases',
        'delay s',
        'own delay s',
        'µs/alert',
        'store',
      ],
    ];
    const notes: string[] = [];
    const figures: Figure[] = [];
    let reduction = 1;
    let covered = 0;
    let phases = 0;
    let worst = 0;
    for (const { name, rows: alerts } of data) {
      const played = name === smallest.name ? await onPostgres(alerts) : await inMemory(alerts);
      const result = measure(alerts, played);
      reduction = Math.min(reduction, result.reduction);
      covered += result.phases - result.missed.length;
      phases += result.phases;
      worst = Math.max(worst, result.ownDelay);
      rows.push([
        name,
        alerts.length,
        played.incidents.length,
        result.right,
        played.incidents.length - result.right,
        result.items,
        `${(100 * result.reduction).toFixed(3)} %`,
        `${result.phases - result.missed.length}/${result.phases}`,
        Math.round(result.delay),
        Math.round(result.ownDelay),
        Math.round((1000 * played.milliseconds) / alerts.length),
        played.store,
      ]);
      if (result.missed.length > 0) notes.push(`${name}: not in any incident: ${result.missed.join(', ')}`);
      const listed = result.missed.filter((phase) => result.rare.has(phase));
      if (listed.length > 0)
        notes.push(
          `${name}: of these, among the ${result.rareLoose} alerts listed as rare and in no incident: ${listed.join(', ')}`,
        );
      if (result.byContext.length > 0)
        notes.push(`${name}: in an incident only as what happened beside it: ${result.byContext.join(', ')}`);
      if (details) notes.push(...result.details);
    }
    lines.push(...table(rows), '', ...notes);
    const largest = data.reduce((a, b) => (a.rows.length >= b.rows.length ? a : b));
    for (const [{ name, rows: alerts }, size] of [
      [smallest, 500],
      [largest, 5000],
    ] as const)
      lines.push(`${name} on PostgreSQL, ${size} a batch: ${await cost(alerts, size)}`);
    lines.push(
      '',
      '“delay” counts from the first alert in the time of any phase, “own delay” from the first that the attack itself',
      'caused in the phase where scanning begins; the time of a phase holds what is usual there, too.',
    );
    figures.push(
      { name: 'triage.reduction', value: reduction },
      { name: 'triage.phases', value: covered / phases },
      { name: 'triage.first-incident', value: -worst },
    );
    return { lines, figures, crashes: [] };
  },
};

function read(file: string): Labelled[] {
  const lines = gunzipSync(readFileSync(file)).toString('utf8').trimEnd().split('\n');
  const head = lines[0]!.split(',');
  const at = (name: string) => head.indexOf(name);
  const [time, title, ip, host, rule, phase, cause] = [
    'time',
    'name',
    'ip',
    'host',
    'short',
    'time_label',
    'event_label',
  ].map(at);
  return lines
    .slice(1)
    .map((line) => cells(line, head.length))
    .map((c) => ({
      time: Number(c[time!]),
      title: c[title!]!,
      ip: c[ip!]!,
      host: c[host!]!,
      rule: c[rule!]!,
      phase: c[phase!]!,
      cause: c[cause!]!.trim(),
    }))
    .sort((a, b) => a.time - b.time);
}

/** Fields of a CSV line (RFC 4180, no line break within a field). */
function cells(line: string, count: number): string[] {
  if (!line.includes('"')) return line.split(',');
  const found: string[] = [];
  const pattern = /("(?:[^"]|"")*"|[^,]*)(?:,|$)/gy;
  while (found.length < count) {
    const field = pattern.exec(line)?.[1] ?? '';
    found.push(field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field);
  }
  return found;
}

function detectionOf(row: Labelled, index: number): JudgedDetection {
  const entities = [
    { type: 'host' as const, value: row.host },
    { type: 'ip' as const, value: row.ip },
  ];
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

async function inMemory(rows: readonly Labelled[]): Promise<Played> {
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
function cost(rows: readonly Labelled[], size: number): Promise<string> {
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
function onPostgres(rows: readonly Labelled[]): Promise<Played> {
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

/** The figures of one scenario. Delays are seconds. */
function measure(rows: readonly Labelled[], played: Played) {
  const byPair = new Map<string, Folded[]>();
  for (const alert of played.alerts) {
    const host = alert.entities.find(({ type }) => type === 'host')?.value ?? '';
    const key = `${alert.rule}\0${host}`;
    byPair.set(key, [...(byPair.get(key) ?? []), alert]);
  }
  const alertOf = (row: Labelled) =>
    byPair
      .get(`${row.rule}\0${row.host}`)
      ?.find((a) => a.firstAt <= row.time * 1000 && row.time * 1000 <= a.lastAt);

  const first = new Map<string, number>();
  const inEvidence = new Set<string>();
  const inContext = new Set<string>();
  const rare = new Set<string>();
  const phasesOf = new Map<number, Map<string, number>>();
  let own: number | undefined;
  for (const row of rows) {
    const alert = alertOf(row);
    if (row.phase === 'false_positive') continue;
    if (!first.has(row.phase)) first.set(row.phase, row.time);
    if (row.cause !== '-' && row.cause !== 'dnsteal' && own === undefined) own = row.time;
    if (alert?.incident === null && alert.rarity >= RARE) rare.add(row.phase);
    if (alert === undefined || alert.incident === null) continue;
    (alert.part === 'evidence' ? inEvidence : inContext).add(row.phase);
    if (alert.part === 'context') continue;
    const counts = phasesOf.get(alert.incident) ?? new Map<string, number>();
    counts.set(row.phase, (counts.get(row.phase) ?? 0) + 1);
    phasesOf.set(alert.incident, counts);
  }
  const grouped = played.alerts.filter(({ incident }) => incident !== null).length;
  const items = grouped + played.incidents.length;
  const start = Math.min(...first.values());
  const after = (from: number) =>
    Math.min(
      ...played.incidents
        .filter(({ id, openedAt }) => openedAt >= from && phasesOf.has(id))
        .map(({ openedAt }) => openedAt - from),
    );
  return {
    right: played.incidents.filter(({ id }) => phasesOf.has(id)).length,
    items,
    reduction: 1 - items / rows.length,
    phases: first.size,
    missed: [...first.keys()].filter((phase) => !inEvidence.has(phase) && !inContext.has(phase)),
    byContext: [...first.keys()].filter((phase) => !inEvidence.has(phase) && inContext.has(phase)),
    rare,
    rareLoose: played.alerts.filter((a) => a.incident === null && a.rarity >= RARE).length,
    delay: after(start),
    ownDelay: after(own ?? start),
    details: played.incidents.map(({ id, openedAt, reason }) => {
      const mine = played.alerts.filter(({ incident }) => incident === id);
      const evidence = mine.filter(({ part }) => part === 'evidence');
      const hosts = new Set(
        evidence.flatMap((a) => a.entities.filter((e) => e.type === 'host').map((e) => e.value)),
      );
      const hour = ((openedAt - rows[0]!.time) / 3600).toFixed(2);
      const seen = [...(phasesOf.get(id) ?? [])].map(([phase, n]) => `${phase} ${n}`).join(', ');
      const why = (reason?.terms ?? []).map(({ weight, text }) => `${weight} ${text}`).join('; ');
      return `   ${id}: hour ${hour}, ${evidence.length} + ${mine.length - evidence.length} alerts, hosts ${[...hosts].join(' ')}; ${seen || 'nothing of the attack'}; opened by ${why}`;
    }),
  };
}
