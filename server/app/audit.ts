import { existsSync, readFileSync } from 'node:fs';
import type { AuditCheck, AuditPage, AuditQuery, AuditState, AuditView } from '@vigie/contracts/api';
import type { AuditBook, Identity } from '../api/index.ts';
import {
  type AnchorSender,
  type AuditEntry,
  type AuditFilter,
  type AuditLog,
  type AuditRecord,
  type AuditStore,
  ChainVerifier,
  type CheckNote,
  exportLines,
  type FieldChange,
  readAnchors,
} from '../audit/index.ts';
import { csvLine, csvTime } from '../report/index.ts';

/** Anchors shown and, of the database's own, verified against. */
const ANCHORS_SHOWN = 20;
const ANCHORS_CHECKED = 10_000;

export interface AuditServiceOptions {
  readonly store: AuditStore;
  readonly log: AuditLog;
  readonly anchors: AnchorSender;
  /** File that anchors are written to; the chain is held against what it says. */
  readonly anchorFile: string | undefined;
  readonly now: () => number;
  readonly warn: (fields: object, message: string) => void;
}

/** The audit log for people: lists, exports, verification, erasure. */
export class AuditService implements AuditBook {
  readonly #options: AuditServiceOptions;
  #checking: Promise<CheckNote> | undefined;
  #last: CheckNote | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: AuditServiceOptions) {
    this.#options = options;
  }

  /** Begins to verify the chain by itself. @param every milliseconds; the first one is due when the last is as old */
  async start(every: number): Promise<void> {
    this.#last = await this.#options.store.lastCheck();
    const look = () => {
      if (this.#options.now() - (this.#last?.at ?? 0) < every) return;
      this.verify().catch((error: unknown) =>
        this.#options.warn({ err: error }, 'audit log not verified; it will be tried again'),
      );
    };
    this.#timer = setInterval(look, Math.min(every, 600_000));
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  begin(entry: AuditEntry): Promise<string | undefined> {
    return this.#options.log.begin(entry);
  }

  finish(entry: AuditEntry, id?: string): Promise<void> {
    return this.#options.log.finish(entry, id);
  }

  async list(identity: Identity, query: AuditQuery): Promise<AuditPage> {
    const { cursor, limit, ...filter } = query;
    const rows = await this.#options.store.list(identity.scope, filter, {
      ...(cursor === undefined ? {} : { before: Number(cursor) }),
      limit: limit + 1,
    });
    const items = rows.slice(0, limit).map(viewOf);
    return { items, ...(rows.length > limit ? { next: String(items.at(-1)!.seq) } : {}) };
  }

  async *export(identity: Identity, filter: AuditFilter, format: 'ndjson' | 'csv'): AsyncGenerator<string> {
    const { store, now } = this.#options;
    const records = store.stream(identity.scope, filter);
    if (format === 'csv') return yield* csvOf(records);
    const { scope } = identity;
    const filtered = Object.values(filter).some((value) => value !== undefined);
    const head = {
      vigieAudit: 1,
      tenants: scope === 'all' ? null : scope,
      filtered,
      exportedAt: now(),
    } as const;
    yield* exportLines(head, records);
  }

  async state(identity: Identity): Promise<AuditState> {
    const { store, anchors } = this.#options;
    const actions = await store.actions(identity.scope);
    if (identity.scope !== 'all')
      return { records: null, head: null, lastCheck: null, targets: [], anchors: [], actions };
    const [head, sent] = await Promise.all([store.head(), store.anchors(ANCHORS_SHOWN)]);
    return {
      records: head.seq,
      head: head.hash,
      lastCheck: this.#last === undefined ? null : checkView(this.#last),
      targets: [...anchors.targets],
      anchors: sent,
      actions,
    };
  }

  async verify(): Promise<AuditCheck> {
    this.#checking ??= this.#verify().finally(() => {
      this.#checking = undefined;
    });
    return checkView(await this.#checking);
  }

  async anchor(): Promise<void> {
    await this.#options.anchors.send();
  }

  async erase(person: string, by: Identity): Promise<number> {
    const { store, log, now } = this.#options;
    await log.drain();
    const local = by.kind === 'key' && by.id === 'local';
    return store.erase(person, {
      at: Math.floor(now()),
      tenant: null,
      actor: local ? { kind: 'local', id: null } : { kind: by.kind, id: by.id },
      action: 'audit.erasure',
      object: { kind: 'person', id: null },
      outcome: 'done',
      status: null,
      who: { name: by.name, ...(by.email === '' ? {} : { email: by.email }) },
    });
  }

  /** What a person must see at once, for the status page. */
  warnings(): { code: string; message: string; since: number }[] {
    const last = this.#last;
    if (last === undefined || last.ok) return [];
    const first = last.problems[0];
    return [
      {
        code: 'VIGIE_AUDIT_BROKEN',
        message: `the audit log was tampered with or damaged${first === undefined ? '' : `: record ${first.seq}: ${first.message}`}`,
        since: last.at,
      },
    ];
  }

  async #verify(): Promise<CheckNote> {
    const { store, anchorFile, now } = this.#options;
    const began = now();
    const noted = (await store.anchors(ANCHORS_CHECKED)).filter(({ problem }) => problem === null);
    const outside =
      anchorFile !== undefined && existsSync(anchorFile) ? readAnchors(readFileSync(anchorFile, 'utf8')) : [];
    const verifier = new ChainVerifier([...noted, ...outside]);
    for await (const record of store.stream('all', {})) verifier.add(record);
    const { ok, records, anchors, problems } = verifier.finish();
    const check: CheckNote = { at: began, tookMs: now() - began, ok, records, anchors, problems };
    await store.noteCheck(check);
    if (!ok) this.#options.warn({ problems: problems.slice(0, 5) }, 'the audit log does not verify');
    this.#last = check;
    return check;
  }
}

function checkView({ at, tookMs, ok, records, anchors, problems }: CheckNote): AuditCheck {
  return { at, tookMs, ok, records, anchors, problems: [...problems] };
}

function viewOf(record: AuditRecord): AuditView {
  const who = read(record.personal.actor?.data);
  const about = read(record.personal.subject?.data);
  const changes = (about['changes'] ?? {}) as Readonly<Record<string, FieldChange>>;
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  return {
    seq: record.seq,
    at: record.at,
    tenant: record.tenant,
    actor: {
      ...record.actor,
      name: text(who['name']),
      email: text(who['email']),
      address: text(who['address']),
      erased: record.commitments.actor !== null && record.personal.actor === null,
    },
    action: record.action,
    object:
      record.object === null
        ? null
        : { kind: record.object.kind, id: record.object.id, label: text(about['label']) },
    outcome: record.outcome,
    status: record.status,
    changes: Object.entries(changes).map(([field, change]) => ({ field, ...change })),
    text: text(about['text']) ?? (record.object === null ? text(about['label']) : null),
    erased: record.commitments.subject !== null && record.personal.subject === null,
    hash: record.hash,
  };
}

/** Personal data as an object. Data that was tampered with may be no JSON: it is shown as none. */
function read(data: string | undefined): Readonly<Record<string, unknown>> {
  if (data === undefined) return {};
  try {
    return JSON.parse(data) as Record<string, unknown>;
  } catch {
    return {};
  }
}

async function* csvOf(records: AsyncIterable<AuditRecord>): AsyncGenerator<string> {
  let chunk = `\uFEFF${csvLine(['seq', 'time', 'tenant', 'actor', 'name', 'email', 'address', 'action', 'object', 'label', 'outcome', 'status', 'changes', 'text', 'hash'])}`;
  for await (const record of records) {
    const v = viewOf(record);
    const { actor, object } = v;
    const on = object === null ? '' : object.id === null ? object.kind : `${object.kind}/${object.id}`;
    const changes = v.changes.length === 0 ? '' : JSON.stringify(v.changes);
    chunk += csvLine([
      v.seq,
      csvTime(v.at),
      v.tenant,
      actor.id === null ? actor.kind : `${actor.kind}/${actor.id}`,
      actor.name,
      actor.email,
      actor.address,
      v.action,
      on,
      object?.label,
      v.outcome,
      v.status,
      changes,
      v.text,
      v.hash,
    ]);
    if (chunk.length < 65_536) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}
