import type { Level } from '@vigie/contracts';
import type { AlertView, IncidentSummary, MailDetail, MailView, TimelineEntry } from '@vigie/contracts/api';
import { type Kysely, type Selectable, sql } from 'kysely';
import type { Identity, IncidentFilter, IncidentStore, OutboxView, Scope } from '../../api/ports.ts';
import { DUE_ORDER, dueOfIncident } from './clock-reader.ts';
import { withTenants } from './database.ts';
import type { Database, IncidentTable, OutboxTable } from './schema.ts';

/** Detections of an alert that its page shows; the alert's count has them all. */
const EVIDENCE_SHOWN = 50;
const ALERTS_SHOWN = 500;

type IncidentRow = Selectable<IncidentTable> & {
  readonly owner_name: string | null;
  readonly due_at: number | null;
  readonly clock_state: IncidentSummary['clockState'];
};

/** Incidents as the API reads and changes them, under row-level security. */
export class PostgresIncidents implements IncidentStore {
  readonly #db: Kysely<Database>;
  readonly #now: () => number;

  constructor(db: Kysely<Database>, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  list(scope: Scope, filter: IncidentFilter) {
    return withTenants(this.#db, scope, async (trx) => {
      let base = trx
        .selectFrom('incident')
        .where('status', 'in', [...filter.statuses] as never[])
        .where('level_rank', '>=', filter.minRank);
      if (filter.tenant !== undefined) base = base.where('incident.tenant', '=', filter.tenant);
      if (filter.q !== undefined && filter.q.trim() !== '') {
        const pattern = `%${filter.q.trim().replace(/[\\%_]/g, '\\$&')}%`;
        const number = /^(?:inc-)?(\d{1,9})$/i.exec(filter.q.trim())?.[1];
        base = base.where((eb) =>
          eb.or([
            eb('title', 'ilike', pattern),
            sql<boolean>`entities::text ILIKE ${pattern}`,
            ...(number === undefined ? [] : [eb('incident.id', '=', Number(number))]),
          ]),
        );
      }
      const { total } = await base
        .select((eb) => eb.fn.countAll<string>().as('total'))
        .executeTakeFirstOrThrow();
      let page = base
        .leftJoin('account', 'account.id', 'incident.owner_id')
        .leftJoinLateral(dueOfIncident, (join) => join.onTrue())
        .selectAll('incident')
        .select(['account.name as owner_name', 'due.due_at', 'due.clock_state', DUE_ORDER.as('due_order')]);
      const cursor = decodeCursor(filter.cursor);
      if (filter.sort === 'severity') {
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
          page = page.where(sql<boolean>`(${DUE_ORDER}, incident.id) > (${cursor[1]}, ${cursor[2]})`);
        page = page.orderBy('due_order').orderBy('incident.id');
      } else {
        if (cursor !== undefined)
          page = page.where(sql<boolean>`(incident.created_at, incident.id) > (${cursor[1]}, ${cursor[2]})`);
        page = page.orderBy('incident.created_at').orderBy('incident.id');
      }
      const rows = await page.limit(filter.limit + 1).execute();
      const more = rows.length > filter.limit;
      const items = rows.slice(0, filter.limit);
      const last = items.at(-1);
      return {
        items: items.map(summary),
        total: Number(total),
        ...(more && last !== undefined
          ? {
              next: encodeCursor(
                last.level_rank,
                filter.sort === 'due'
                  ? last.due_order
                  : filter.sort === 'age'
                    ? last.created_at
                    : last.last_at,
                last.id,
              ),
            }
          : {}),
      };
    });
  }

  get(scope: Scope, id: number) {
    return withTenants(this.#db, scope, async (trx) => {
      const row = await trx
        .selectFrom('incident')
        .leftJoin('account', 'account.id', 'incident.owner_id')
        .leftJoinLateral(dueOfIncident, (join) => join.onTrue())
        .selectAll('incident')
        .select(['account.name as owner_name', 'due.due_at', 'due.clock_state'])
        .where('incident.id', '=', id)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      const alertRows = await trx
        .selectFrom('alert')
        .selectAll()
        .where('tenant', '=', row.tenant)
        .where('incident_id', '=', id)
        .orderBy('first_at')
        .limit(ALERTS_SHOWN)
        .execute();
      const detections = await sql<{
        alert_id: string;
        id: string;
        time: number;
        matched: AlertView['evidence'][number]['matched'];
        events: { id: string; time: number; source: string }[];
      }>`SELECT d.* FROM unnest(${alertRows.map((a) => a.id)}::text[]) AS a(id)
         CROSS JOIN LATERAL (SELECT alert_id, id, time, matched, events FROM detection
           WHERE tenant = ${row.tenant} AND alert_id = a.id ORDER BY time DESC LIMIT ${EVIDENCE_SHOWN}) d`.execute(
        trx,
      );
      const evidence = new Map<string, AlertView['evidence']>();
      for (const d of detections.rows) {
        const list = evidence.get(d.alert_id) ?? [];
        list.push({
          detectionId: d.id,
          at: d.time,
          matched: d.matched,
          events: d.events.map((e) => ({ id: e.id, at: e.time, source: e.source })),
        });
        evidence.set(d.alert_id, list);
      }
      const log = await trx
        .selectFrom('incident_log')
        .selectAll()
        .where('tenant', '=', row.tenant)
        .where('incident_id', '=', id)
        .orderBy('at')
        .limit(2000)
        .execute();
      const mails = await trx
        .selectFrom('outbox')
        .selectAll()
        .where('tenant', '=', row.tenant)
        .where('incident_id', '=', id)
        .orderBy('created_at')
        .execute();
      const merged = await trx
        .selectFrom('incident_merge')
        .select(['gone as id', 'at', 'actor'])
        .where('tenant', '=', row.tenant)
        .where('kept', '=', id)
        .where('undone_at', 'is', null)
        .orderBy('at')
        .limit(200)
        .execute();
      return {
        incident: summary(row),
        grouping: { reason: row.reason, mergedInto: row.merged_into, merged },
        alerts: alertRows.map((a) => ({
          id: a.id,
          ruleId: a.rule_id,
          title: a.title,
          level: a.level as Level,
          count: a.count,
          firstAt: a.first_at,
          lastAt: a.last_at,
          entities: a.entities,
          techniques: techniques(a.techniques),
          diagnosis: '',
          advice: [],
          falsePositives: [],
          part: a.part,
          pinned: a.pinned,
          reason: a.reason,
          evidence: evidence.get(a.id) ?? [],
        })),
        log: log.map(
          (entry): TimelineEntry => ({
            at: entry.at,
            kind: entry.kind,
            text: entry.text,
            ...(entry.actor === null ? {} : { actor: entry.actor }),
          }),
        ),
        mails: mails.map(mailView),
        facts: new Map(alertRows.map((a) => [a.id, a.facts])),
      };
    });
  }

  update(
    scope: Scope,
    id: number,
    patch: Parameters<IncidentStore['update']>[2],
    actor: Identity,
  ): Promise<boolean> {
    return withTenants(this.#db, scope, async (trx) => {
      const row = await trx
        .selectFrom('incident')
        .selectAll()
        .where('id', '=', id)
        .forUpdate()
        .executeTakeFirst();
      if (row === undefined) return false;
      const now = this.#now();
      const notes: { kind: 'status' | 'comment'; text: string }[] = [];
      const { status, verdict, owner, comment } = patch;
      if (status !== undefined && status !== row.status)
        notes.push({ kind: 'status', text: `Status: ${row.status} → ${status}` });
      if (verdict !== undefined && verdict !== row.verdict)
        notes.push({ kind: 'status', text: `Verdict: ${verdict ?? 'none'}` });
      if (owner !== undefined && owner !== row.owner_id) {
        const name =
          owner === null
            ? 'nobody'
            : ((await trx.selectFrom('account').select('name').where('id', '=', owner).executeTakeFirst())
                ?.name ?? owner);
        notes.push({ kind: 'status', text: `Owner: ${name}` });
      }
      if (comment !== undefined) notes.push({ kind: 'comment', text: comment });
      if (notes.length === 0) return true;
      await trx
        .updateTable('incident')
        .set({
          ...(status === undefined ? {} : { status, closed_at: status === 'closed' ? now : null }),
          ...(verdict === undefined ? {} : { verdict }),
          ...(owner === undefined ? {} : { owner_id: owner }),
          // Without a change PostgreSQL wants something to set.
          tenant: row.tenant,
        })
        .where('id', '=', id)
        .execute();
      await trx
        .insertInto('incident_log')
        .values(
          notes.map((note) => ({ tenant: row.tenant, incident_id: id, at: now, actor: actor.name, ...note })),
        )
        .execute();
      return true;
    });
  }
}

/** Mails as the API shows them. */
export class PostgresOutboxView implements OutboxView {
  readonly #db: Kysely<Database>;
  readonly #now: () => number;
  readonly #wake: () => void;

  constructor(db: Kysely<Database>, now: () => number, wake: () => void) {
    this.#db = db;
    this.#now = now;
    this.#wake = wake;
  }

  list(
    scope: Scope,
    filter: {
      readonly state?: string;
      readonly tenant?: string;
      readonly cursor?: string;
      readonly limit: number;
    },
  ) {
    return withTenants(this.#db, scope, async (trx) => {
      let query = trx.selectFrom('outbox').selectAll();
      if (filter.state !== undefined) query = query.where('state', '=', filter.state as MailView['state']);
      if (filter.tenant !== undefined) query = query.where('tenant', '=', filter.tenant);
      const at = filter.cursor === undefined ? undefined : Number(filter.cursor.split('_', 1)[0]);
      const after = filter.cursor?.slice(filter.cursor.indexOf('_') + 1);
      if (at !== undefined && Number.isFinite(at))
        query = query.where(sql<boolean>`(created_at, id) < (${at}, ${after})`);
      const rows = await query
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(filter.limit + 1)
        .execute();
      const items = rows.slice(0, filter.limit);
      const last = items.at(-1);
      return {
        items: items.map(mailView),
        ...(rows.length > filter.limit && last ? { next: `${last.created_at}_${last.id}` } : {}),
      };
    });
  }

  get(scope: Scope, id: string): Promise<MailDetail | undefined> {
    return withTenants(this.#db, scope, async (trx) => {
      const row = await trx.selectFrom('outbox').selectAll().where('id', '=', id).executeTakeFirst();
      if (row === undefined) return undefined;
      return { ...mailView(row), html: withoutLinks(row.html), text: withoutLinks(row.text) };
    });
  }

  async retry(scope: Scope, id: string): Promise<boolean> {
    const done = await withTenants(this.#db, scope, async (trx) => {
      const result = await trx
        .updateTable('outbox')
        .set({
          state: 'pending',
          attempts: 0,
          not_before: this.#now(),
          created_at: this.#now(),
          last_error: null,
        })
        .where('id', '=', id)
        .where('state', 'in', ['dead', 'pending'])
        .executeTakeFirst();
      return result.numUpdatedRows > 0n;
    });
    if (done) this.#wake();
    return done;
  }
}

function summary(row: IncidentRow): IncidentSummary {
  return {
    id: row.id,
    tenant: row.tenant,
    title: row.title,
    status: row.status,
    level: row.level as Level,
    verdict: row.verdict,
    owner: row.owner_id === null ? null : { id: row.owner_id, name: row.owner_name ?? row.owner_id },
    firstAt: row.first_at,
    lastAt: row.last_at,
    createdAt: row.created_at,
    alerts: row.alert_count,
    detections: row.detection_count,
    entities: row.entities,
    techniques: techniques(row.techniques),
    demo: row.demo,
    dueAt: row.due_at,
    clockState: row.clock_state,
  };
}

/** The link of a call acts in the name of whom it was sent to: nobody else sees it. */
function withoutLinks(text: string): string {
  return text.replace(/\/api\/calls\/[\w.-]+/g, '/api/calls/…');
}

/** Names are put in by the API, which knows ATT&CK's. */
function techniques(ids: readonly string[]) {
  return ids.map((id) => ({ id, name: '', tactic: '' }));
}

function mailView(row: Selectable<OutboxTable>): MailView {
  return {
    id: row.id,
    tenant: row.tenant,
    incident: row.incident_id,
    to: row.recipient,
    subject: row.subject,
    state: row.state,
    attempts: row.attempts,
    createdAt: row.created_at,
    nextAttemptAt: row.state === 'pending' ? row.not_before : null,
    sentAt: row.sent_at,
    lastError: row.last_error,
  };
}

function encodeCursor(rank: number, at: number, id: number): string {
  return Buffer.from(JSON.stringify([rank, at, id])).toString('base64url');
}

function decodeCursor(text: string | undefined): [number, number, number] | undefined {
  if (text === undefined) return undefined;
  const parts = /^\[(\d+),(\d+(?:\.\d+)?),(\d+)\]$/.exec(Buffer.from(text, 'base64url').toString());
  if (parts === null) throw new SyntaxError('cursor: not one of ours');
  return [Number(parts[1]), Number(parts[2]), Number(parts[3])];
}
