import { Readable } from 'node:stream';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verifyExport } from '../../../cli/commands/audit.ts';
import { exportLines, seal } from '../../audit/index.ts';
import type { AuditEntry, ChainHead, Verification } from '../../audit/ports.ts';
import { PostgresAudit } from './audit-store.ts';
import { withTenants } from './database.ts';
import { openTestState, type TestState } from './testing/test-state.ts';

let state: TestState;
let store: PostgresAudit;
/** Whoever owns the machine: the database's superuser, without our roles and triggers in the way. */
let superuser: pg.Client;

beforeAll(async () => {
  state = await openTestState({ maxConnections: 8 });
  store = new PostgresAudit(state.db, seal);
  superuser = new pg.Client(state.connection);
  await superuser.connect();
  await superuser.query('SET search_path = vigie; SET session_replication_role = replica');
});
afterAll(async () => {
  await superuser?.end();
  await state?.close();
});
beforeEach(async () => {
  await superuser.query('DELETE FROM audit_personal; DELETE FROM audit_record; DELETE FROM audit_queue');
});

let n = 0;
function entry(more: Partial<AuditEntry> = {}): AuditEntry {
  n++;
  return {
    at: 1_790_000_000_000 + n,
    tenant: n % 2 === 0 ? 'acme' : 'globex',
    actor: { kind: 'account', id: 'anna' },
    action: 'incidents.change',
    object: { kind: 'incident', id: String(n) },
    outcome: 'done',
    status: 200,
    who: { name: 'Anna', email: 'anna@example.org', address: '192.0.2.7' },
    about: { changes: { status: { before: 'new', after: 'closed' } } },
    ...more,
  };
}

/** Twenty records, and the anchor of the end. */
async function chain(): Promise<ChainHead> {
  await store.finish(Array.from({ length: 20 }, () => ({ entry: entry() })));
  return store.head();
}

/** Verifies as the command line does: from an export. */
function verify(anchors: readonly ChainHead[] = []): Promise<Verification> {
  const head = { vigieAudit: 1, tenants: null, filtered: false, exportedAt: 0 } as const;
  return verifyExport(Readable.from(exportLines(head, store.stream('all', {}))), anchors);
}

const found = async (anchors: readonly ChainHead[] = []) =>
  (await verify(anchors)).problems.map(({ kind, seq }) => `${kind} ${seq}`);

describe('audit tamper: somebody edits the database behind our back', () => {
  it('an untouched chain verifies', async () => {
    const anchor = await chain();
    expect(await verify([anchor])).toMatchObject({ ok: true, records: 20, anchors: 1, head: anchor });
  });

  it.each([
    ['a changed column', `UPDATE audit_record SET outcome = 'failed' WHERE seq = 7`, ['changed 7']],
    ['a moved tenant', `UPDATE audit_record SET tenant = 'other' WHERE seq = 7`, ['changed 7']],
    ['a time put back', 'UPDATE audit_record SET at = at - 1 WHERE seq = 7', ['changed 7']],
    [
      'another name',
      `UPDATE audit_personal SET data = replace(data, 'Anna', 'Bob') WHERE seq = 7`,
      ['personal 7'],
    ],
    [
      'a name taken away',
      `DELETE FROM audit_personal WHERE seq = 7 AND part = 'actor'`,
      ['missing-personal 7'],
    ],
    ['a removed record', 'DELETE FROM audit_record WHERE seq = 7', ['gap 8']],
    ['the first record removed', 'DELETE FROM audit_record WHERE seq = 1', ['gap 2']],
    [
      'a removed record, the rest moved up',
      'DELETE FROM audit_record WHERE seq = 20; DELETE FROM audit_record WHERE seq = 7; UPDATE audit_record SET seq = -seq WHERE seq > 7; UPDATE audit_record SET seq = -seq - 1 WHERE seq < 0',
      ['changed 7', 'link 7'],
    ],
    [
      'two records exchanged',
      'UPDATE audit_record SET seq = -7 WHERE seq = 7; UPDATE audit_record SET seq = 7 WHERE seq = 8; UPDATE audit_record SET seq = 8 WHERE seq = -7',
      ['changed 7', 'link 7', 'changed 8', 'link 8', 'link 9'],
    ],
    [
      'an added record',
      `ALTER TABLE audit_record DROP CONSTRAINT IF EXISTS audit_record_seq_check; UPDATE audit_record SET seq = -seq WHERE seq > 10; UPDATE audit_record SET seq = -seq + 1 WHERE seq < 0;
       INSERT INTO audit_record SELECT 11, at, tenant, actor_kind, actor_id, 'rules.remove', object_kind, object_id, outcome, status, NULL, NULL, NULL, NULL, hash, 'ab' FROM audit_record WHERE seq = 10`,
      ['changed 11', 'changed 12', 'link 12'],
    ],
  ])('%s', async (_name, statement, expected) => {
    await chain();
    await superuser.query('ALTER TABLE audit_record DROP CONSTRAINT IF EXISTS audit_record_seq_check');
    await superuser.query(statement);
    const problems = await found();
    expect(problems).toEqual(expect.arrayContaining(expected));
    expect(problems.length).toBeGreaterThan(0);
  });

  it('a tail that was cut off, by its anchor', async () => {
    const anchor = await chain();
    await superuser.query(
      'DELETE FROM audit_personal WHERE seq > 15; DELETE FROM audit_record WHERE seq > 15',
    );
    expect(await found()).toEqual([]);
    expect(await found([anchor])).toEqual(['tail 20']);
    // Going on afterwards does not cover it.
    await chain();
    expect(await found([anchor])).toEqual(['anchor 20']);
  });

  it('a chain that was computed anew from somewhere, by its anchor', async () => {
    const anchor = await chain();
    const records = await store.list('all', {}, { limit: 100 });
    records.reverse();
    await superuser.query(
      'DELETE FROM audit_personal WHERE seq >= 5; DELETE FROM audit_record WHERE seq >= 5',
    );
    // With our own code: the forged part is a perfect chain.
    await store.finish(
      records.slice(4).map((one) => ({ entry: { ...one, outcome: 'done', who: { name: 'Mallory' } } })),
    );
    expect(await found()).toEqual([]);
    expect(await found([anchor])).toEqual(['anchor 20']);
  });
});

describe('rights', () => {
  it.each([
    ['change a record', `UPDATE audit_record SET action = 'x'`],
    ['remove a record', 'DELETE FROM audit_record'],
    ['remove personal data', 'DELETE FROM audit_personal'],
    ['empty it', 'TRUNCATE audit_record CASCADE'],
  ])('the API’s role can’t %s, and nor can the owner by mistake', async (_name, statement) => {
    await chain();
    const asApi = withTenants(state.db, 'all', (trx) => trx.executeQuery(rawQuery(statement)));
    await expect(asApi).rejects.toThrow(/permission denied/);
    if (!statement.includes('personal'))
      await expect(state.db.executeQuery(rawQuery(statement))).rejects.toThrow(/never changed/);
    expect((await verify()).ok).toBe(true);
  });

  it('a client sees its own records only', async () => {
    await store.finish([
      { entry: entry({ tenant: 'acme' }) },
      { entry: entry({ tenant: 'globex' }) },
      { entry: entry({ tenant: null }) },
    ]);
    expect((await store.list(['acme'], {}, { limit: 10 })).map(({ tenant }) => tenant)).toEqual(['acme']);
    expect(await store.list([], {}, { limit: 10 })).toEqual([]);
  });
});

describe('order and durability', () => {
  it('many writers at once make one chain without a gap', async () => {
    const other = new PostgresAudit(state.db, seal);
    await Promise.all(
      Array.from({ length: 60 }, (_, i) =>
        (i % 2 === 0 ? store : other).finish([{ entry: entry() }, { entry: entry() }]),
      ),
    );
    expect(await verify()).toMatchObject({ ok: true, records: 120 });
  });

  it('what a killed process had begun becomes a record of unknown outcome', async () => {
    const ids = await store.begin([entry({ action: 'tenants.remove' }), entry()]);
    await store.finish([{ id: ids[1]!, entry: entry() }]);
    expect(await new PostgresAudit(state.db, seal).recover()).toBe(1);
    const [last] = await store.list('all', {}, { limit: 1 });
    expect(last).toMatchObject({ action: 'tenants.remove', outcome: 'unknown', status: null });
    expect(await store.recover()).toBe(0);
  });

  it('mails and triage’s merges are noted in the transaction that makes them, and linked after it', async () => {
    const statements = `DELETE FROM outbox; DELETE FROM tenant;
      SET session_replication_role = origin;
      INSERT INTO tenant (id, name, language, time_zone, retention_days, created_at) VALUES ('acme', 'acme', 'en', 'UTC', 30, 0);
      INSERT INTO incident (id, tenant, title, level, level_rank, first_at, last_at, created_at, entities, techniques, alert_count, detection_count)
        VALUES (1, 'acme', 'a', 'high', 3, 1, 1, 1, '[]', '{}', 1, 1), (2, 'acme', 'b', 'high', 3, 1, 1, 1, '[]', '{}', 1, 1);
      INSERT INTO outbox (id, tenant, kind, unique_key, recipient, subject, html, text, not_before, created_at)
        VALUES ('m1', 'acme', 'incident', 'k1', 'c@example.org', 'Look', '', '', 0, 0);
      BEGIN; UPDATE outbox SET state = 'sent'; ROLLBACK;
      UPDATE outbox SET state = 'sending'; UPDATE outbox SET state = 'sent';
      INSERT INTO incident_merge (tenant, kept, gone, at, actor, alerts, status) VALUES ('acme', 1, 2, 1, NULL, '{}', 'new');
      INSERT INTO incident_merge (tenant, kept, gone, at, actor, alerts, status) VALUES ('acme', 1, 2, 1, 'Anna', '{}', 'new');
      SET session_replication_role = replica`;
    // One at a time: together they would be one transaction.
    for (const statement of statements.split(';')) await superuser.query(statement);
    expect(await store.drain()).toBe(2);
    expect(await store.drain()).toBe(0);
    expect(await store.list(['acme'], {}, { limit: 9 })).toMatchObject([
      {
        action: 'incidents.merge',
        actor: { kind: 'automation', id: 'triage' },
        object: { kind: 'incident', id: '1' },
      },
      {
        action: 'mail.send',
        actor: { kind: 'automation', id: 'mail' },
        personal: { subject: { data: expect.stringContaining('c@example.org') } },
      },
    ]);
    expect((await verify()).ok).toBe(true);
  });

  it('hostile text is kept as far as PostgreSQL can, and verifies', async () => {
    await store.finish([
      { entry: entry({ who: { name: 'a\0b\uD800c\u2028"\\' }, about: { text: '\u0007=HYPERLINK(1)' } }) },
    ]);
    expect((await verify()).ok).toBe(true);
  });
});

describe('erasure', () => {
  const by = () =>
    entry({
      action: 'audit.erasure',
      tenant: null,
      actor: { kind: 'account', id: 'eve' },
      who: { name: 'Eve' },
      about: undefined,
    });

  it('takes a person away by account or address, says so in the chain, and leaves the chain whole', async () => {
    await store.finish([
      { entry: entry() },
      {
        entry: entry({
          actor: { kind: 'account', id: 'bob' },
          who: { name: 'Bob', email: 'joanna@example.org' },
          about: { label: 'Anna@Example.org' },
        }),
      },
      {
        entry: entry({
          actor: { kind: 'nobody', id: null },
          who: { address: '192.0.2.1' },
          about: { text: 'mail to anna@example.org.' },
        }),
      },
    ]);
    const before = await store.head();
    // Of the first who acted, of the others what names her.
    expect(await store.erase('anna@example.org', by())).toBe(3);
    const { rows } = await superuser.query('SELECT data FROM audit_personal');
    expect(JSON.stringify(rows)).not.toMatch(/[^o]anna@example/i);
    expect(JSON.stringify(rows)).toMatch(/joanna@example\.org/);
    expect(await verify([before])).toMatchObject({ ok: true, records: 4, erasedParts: 3 });
    expect(await store.erase('anna@example.org', by())).toBe(0);
  });

  it('an erasure that nobody asked for is found', async () => {
    await store.finish([{ entry: entry() }, { entry: entry() }]);
    await superuser.query('DELETE FROM audit_personal WHERE seq = 1');
    await store.erase('anna', by());
    expect(await found()).toEqual(['missing-personal 1', 'missing-personal 1']);
  });
});

function rawQuery(sql: string) {
  return { sql, parameters: [], query: { kind: 'RawNode' }, queryId: { queryId: sql } } as never;
}
