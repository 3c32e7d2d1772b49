import { LEVELS } from '@vigie/contracts';
import type { IncidentSummary, SinceSeen, Urgency, UrgencyTerm } from '@vigie/contracts/api';
import { type Selectable, type SelectQueryBuilder, sql, type Transaction } from 'kysely';
import type { IncidentFilter, Scope } from '../../api/ports.ts';
import { dueOfIncident } from './clock-reader.ts';
import type { Database, IncidentTable } from './schema.ts';

/** Counting stops here: no one reads the number of a longer list, and counting would cost more than the page. */
const COUNTED = 1000;
const CRITICALITIES = ['low', 'normal', 'high', 'critical'] as const;

/** After every instant: what has no clock comes last. */
const NEVER = 9e15;
/** As the index has it. */
const DUE_ORDER = sql<number>`coalesce(incident.due_at, 9e15)`;

/** When something last happened that the reader's side may know of. */
const NEWS = sql<number>`greatest(incident.changed_at,
  CASE WHEN current_setting('vigie.side', true) = 'provider' THEN incident.internal_changed_at ELSE 0 END)`;

type Query = SelectQueryBuilder<Database, 'incident', object>;

/** A row of the queue with what the reader has seen of it. */
export type QueueRow = Selectable<IncidentTable> & {
  readonly owner_name: string | null;
  readonly seen_at: number | null;
  readonly seen_alerts: number | null;
  readonly seen_rank: number | null;
  readonly comments: number | null;
  readonly news_at: number;
  readonly clock_state: IncidentSummary['clockState'];
};

/** A page of the queue, in the order asked for. Each order is one of the table's indexes. */
export async function readQueue(trx: Transaction<Database>, scope: Scope, filter: IncidentFilter) {
  const base = narrowed(trx, scope, filter);
  const counted = await sql<{ total: number }>`SELECT count(*)::int AS total FROM (${base
    .select('incident.id')
    .limit(COUNTED + 1)}) AS first_ones`.execute(trx);
  const total = counted.rows[0]!.total;
  let page = base;
  const cursor = decodeCursor(filter.cursor);
  if (filter.sort === 'urgency') {
    if (cursor !== undefined)
      page = page.where(
        sql<boolean>`urgency <= ${cursor[0]} AND (urgency < ${cursor[0]} OR incident.id > ${cursor[2]})`,
      );
    page = page.orderBy('urgency', 'desc').orderBy('incident.id');
  } else if (filter.sort === 'severity') {
    if (cursor !== undefined)
      page = page.where(
        sql<boolean>`(level_rank, last_at, incident.id) < (${cursor[0]}, ${cursor[1]}, ${cursor[2]})`,
      );
    page = page.orderBy('level_rank', 'desc').orderBy('last_at', 'desc').orderBy('incident.id', 'desc');
  } else if (filter.sort === 'recent') {
    if (cursor !== undefined)
      page = page.where(sql<boolean>`(last_at, incident.id) < (${cursor[1]}, ${cursor[2]})`);
    page = page.orderBy('last_at', 'desc').orderBy('incident.id', 'desc');
  } else if (filter.sort === 'due') {
    if (cursor !== undefined)
      page = page.where(sql<boolean>`(${DUE_ORDER}, incident.id) > (${cursor[0]}, ${cursor[2]})`);
    page = page.orderBy(DUE_ORDER).orderBy('incident.id');
  } else {
    if (cursor !== undefined)
      page = page.where(sql<boolean>`(incident.created_at, incident.id) > (${cursor[1]}, ${cursor[2]})`);
    page = page.orderBy('incident.created_at').orderBy('incident.id');
  }
  const found = await page
    .select('incident.id')
    .limit(filter.limit + 1)
    .execute();
  const rows = await readRows(
    trx,
    found.slice(0, filter.limit).map(({ id }) => id),
    filter.viewer,
  );
  const last = rows.at(-1);
  return {
    items: rows.map(summaryOf),
    total: Math.min(total, COUNTED),
    more: total > COUNTED,
    ...(found.length > filter.limit && last !== undefined ? { next: cursorOf(last, filter.sort) } : {}),
  };
}

/** Incidents by number, in the order given, with what the viewer has seen of them. */
export async function readRows(
  trx: Transaction<Database>,
  ids: readonly number[],
  viewer: string | undefined,
): Promise<QueueRow[]> {
  if (ids.length === 0) return [];
  const rows = await trx
    .selectFrom('incident')
    .leftJoin('account', 'account.id', 'incident.owner_id')
    .leftJoin('incident_seen as seen', (join) =>
      join
        .onRef('seen.tenant', '=', 'incident.tenant')
        .onRef('seen.incident_id', '=', 'incident.id')
        .on('seen.account_id', '=', viewer ?? ''),
    )
    .leftJoinLateral(dueOfIncident, (join) => join.onTrue())
    .selectAll('incident')
    .select([
      'account.name as owner_name',
      'due.clock_state',
      NEWS.as('news_at'),
      'seen.at as seen_at',
      'seen.alert_count as seen_alerts',
      'seen.level_rank as seen_rank',
      // Counted only where something happened at all.
      sql<number | null>`CASE WHEN ${NEWS} > seen.at THEN (SELECT count(*)::int FROM incident_log l
        WHERE l.tenant = incident.tenant AND l.incident_id = incident.id AND l.at > seen.at AND l.kind = 'comment')
        + (SELECT count(*)::int FROM incident_comment c WHERE c.tenant = incident.tenant
        AND c.incident_id = incident.id AND c.created_at > seen.at AND c.deleted_at IS NULL) END`.as(
        'comments',
      ),
    ])
    .where(sql<boolean>`incident.id = ANY(${ids as number[]}::int[])`)
    .execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

function narrowed(trx: Transaction<Database>, scope: Scope, filter: IncidentFilter): Query {
  let query = trx.selectFrom('incident') as Query;
  // Row-level security says it too, but not in a form that an index answers.
  if (filter.tenant !== undefined) query = query.where('incident.tenant', '=', filter.tenant);
  else if (scope !== 'all')
    query =
      scope.length === 1
        ? query.where('incident.tenant', '=', scope[0]!)
        : query.where(sql<boolean>`incident.tenant = ANY(${scope as string[]})`);
  if (filter.status === 'open') query = query.where(sql<boolean>`incident.status <> 'closed'`);
  else if (filter.status !== 'all') query = query.where('incident.status', '=', filter.status as 'new');
  if (filter.minRank > 0) query = query.where('level_rank', '>=', filter.minRank);
  if (filter.owner === 'nobody') query = query.where('owner_id', 'is', null);
  else if (filter.owner !== undefined)
    query = query.where('owner_id', '=', filter.owner === 'me' ? (filter.viewer ?? '') : filter.owner);
  if (filter.verdict === 'none') query = query.where('incident.verdict', 'is', null);
  else if (filter.verdict !== undefined) query = query.where('incident.verdict', '=', filter.verdict);
  if (filter.technique !== undefined) {
    const id = filter.technique.toUpperCase();
    // A technique means its sub-techniques too: T1110 finds T1110.001.
    query = id.includes('.')
      ? query.where(sql<boolean>`incident.techniques @> ARRAY[${id}]`)
      : query.where(
          sql<boolean>`EXISTS (SELECT FROM unnest(incident.techniques) t WHERE t = ${id} OR t LIKE ${`${id}.%`})`,
        );
  }
  if (filter.entity !== undefined) {
    const [, type, typed] = /^(host|user|ip|domain|process|file|cloud):(.+)$/s.exec(filter.entity) ?? [];
    const wanted = type === undefined ? { value: filter.entity } : { type, value: typed };
    query = query.where(sql<boolean>`incident.entities @> ${JSON.stringify([wanted])}::jsonb`);
  }
  if (filter.sinceAt !== undefined) query = query.where('incident.last_at', '>=', filter.sinceAt);
  if (filter.changed)
    query = query.where(
      sql<boolean>`EXISTS (SELECT FROM incident_seen s WHERE s.account_id = ${filter.viewer ?? ''}
        AND s.tenant = incident.tenant AND s.incident_id = incident.id AND ${NEWS} > s.at)`,
    );
  const text = filter.q?.trim() ?? '';
  if (text !== '') {
    const pattern = `%${text.replace(/[\\%_]/g, '\\$&')}%`;
    const number = /^(?:inc-)?(\d{1,9})$/i.exec(text)?.[1];
    query = query.where((eb) =>
      eb.or([
        eb('incident.title', 'ilike', pattern),
        sql<boolean>`incident.entities::text ILIKE ${pattern}`,
        ...(number === undefined ? [] : [eb('incident.id', '=', Number(number))]),
      ]),
    );
  }
  return query;
}

/** An incident as lists show it; names of techniques are put in by the API. */
export function summaryOf(row: QueueRow): IncidentSummary {
  return {
    id: row.id,
    tenant: row.tenant,
    title: row.title,
    status: row.status,
    level: row.level,
    verdict: row.verdict,
    verdictReason: row.verdict_reason,
    owner: row.owner_id === null ? null : { id: row.owner_id, name: row.owner_name ?? row.owner_id },
    firstAt: row.first_at,
    lastAt: row.last_at,
    createdAt: row.created_at,
    alerts: row.alert_count,
    detections: row.detection_count,
    entities: row.entities,
    techniques: row.techniques.map((id) => ({ id, name: '', tactic: '' })),
    demo: row.demo,
    dueAt: row.due_at,
    clockState: row.clock_state,
    urgency: urgencyOf(row),
    changed: changedOf(row),
    seen: row.seen_at !== null,
  };
}

/** The factors that the trigger multiplied, with what each is about. */
function urgencyOf(row: QueueRow): Urgency {
  const [severity, criticality, confidence, age] = row.urgency_factors;
  if (severity === undefined) return { score: 0, terms: [] };
  const terms: UrgencyTerm[] = [
    { term: 'severity', factor: severity },
    {
      term: 'criticality',
      factor: criticality!,
      criticality: CRITICALITIES[row.criticality ?? 1]!,
      asset: row.critical_asset,
    },
    { term: 'confidence', factor: confidence!, probability: row.confidence },
    { term: 'age', factor: age!, dueAt: row.urgency_due_at, fallback: row.due_at === null },
  ];
  return { score: row.urgency, terms };
}

function changedOf(row: QueueRow): SinceSeen | null {
  if (row.seen_at === null || row.news_at <= row.seen_at) return null;
  return {
    seenAt: row.seen_at,
    alerts: Math.max(0, row.alert_count - row.seen_alerts!),
    comments: row.comments ?? 0,
    level: row.seen_rank === row.level_rank ? null : LEVELS[row.seen_rank!]!,
  };
}

function cursorOf(row: QueueRow, sort: IncidentFilter['sort']): string {
  const key = [
    sort === 'urgency' ? row.urgency : sort === 'due' ? (row.due_at ?? NEVER) : row.level_rank,
    sort === 'age' ? row.created_at : row.last_at,
    row.id,
  ];
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

function decodeCursor(text: string | undefined): [number, number, number] | undefined {
  if (text === undefined) return undefined;
  const parts = /^\[(\d+(?:\.\d+)?),(\d+(?:\.\d+)?),(\d+)\]$/.exec(Buffer.from(text, 'base64url').toString());
  if (parts === null) throw new SyntaxError('cursor: not one of ours');
  return [Number(parts[1]), Number(parts[2]), Number(parts[3])];
}
