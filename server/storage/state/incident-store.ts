import type { Level } from '@vigie/contracts';
import type { AlertView, MailDetail, MailView, Side, TimelineEntry } from '@vigie/contracts/api';
import { type Kysely, type Selectable, sql } from 'kysely';
import type {
  Identity,
  IncidentChange,
  IncidentFilter,
  IncidentStore,
  OutboxView,
  Scope,
} from '../../api/ports.ts';
import { withTenants } from './database.ts';
import { changeIncident, changeMany, markSeen, undoMany } from './incident-change.ts';
import { readQueue, readRows, summaryOf } from './incident-queue.ts';
import type { Database, OutboxTable } from './schema.ts';
import { withSide } from './side.ts';

/** Detections of an alert that its page shows; the alert's count has them all. */
const EVIDENCE_SHOWN = 50;
const ALERTS_SHOWN = 500;

/** Incidents as the API reads and changes them, under row-level security. */
export class PostgresIncidents implements IncidentStore {
  readonly #db: Kysely<Database>;
  readonly #now: () => number;

  constructor(db: Kysely<Database>, now: () => number) {
    this.#db = db;
    this.#now = now;
  }

  list(scope: Scope, filter: IncidentFilter) {
    return withSide(this.#db, { scope, side: filter.side ?? 'client' }, (trx) =>
      readQueue(trx, scope, filter),
    );
  }

  get(scope: Scope, id: number, viewer?: string, side: Side = 'client') {
    return withSide(this.#db, { scope, side }, async (trx) => {
      const [row] = await readRows(trx, [id], viewer);
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
        incident: summaryOf(row),
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

  update(scope: Scope, id: number, patch: IncidentChange, actor: Identity) {
    return withTenants(this.#db, scope, async (trx) => {
      const changed = await changeIncident(trx, id, patch, actor, this.#now());
      if (changed === undefined || changed === 'owner') return changed;
      const { tenant, handed } = changed;
      return { tenant, ...(handed === undefined ? {} : { handed }) };
    });
  }

  change(scope: Scope, ids: readonly number[], patch: IncidentChange, actor: Identity) {
    return changeMany(this.#db, scope, ids, patch, actor, this.#now());
  }

  undo(scope: Scope, batch: string, actor: Identity) {
    return undoMany(this.#db, scope, batch, actor, this.#now());
  }

  look(scope: Scope, id: number, viewer: string) {
    return withTenants(this.#db, scope, async (trx) => {
      const row = await trx
        .selectFrom('incident')
        .select(['tenant', 'id', 'worked_from', 'status'])
        .where('id', '=', id)
        .executeTakeFirst();
      if (row === undefined) return false;
      const now = this.#now();
      if (row.worked_from === null && row.status !== 'closed')
        await trx.updateTable('incident').set({ worked_from: now }).where('id', '=', id).execute();
      await markSeen(trx, row.tenant, id, viewer, now);
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
          held: false,
          digest: null,
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
    nextAttemptAt: row.state === 'pending' && row.digest === null ? row.not_before : null,
    sentAt: row.sent_at,
    lastError: row.last_error,
    held: row.held && row.digest === null && row.state === 'pending',
    digest: row.digest,
  };
}
