import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { withTenants } from './database.ts';
import { ExceptionEvidence } from './exception-evidence.ts';
import { type ExceptionRecord, ExceptionStore } from './exception-store.ts';
import { addTenants, openTestState, type TestState } from './testing/test-state.ts';

const NOW = Date.parse('2026-03-04T12:00:00Z');
const DAY = 86_400_000;

let state: TestState;
let store: ExceptionStore;
let evidence: ExceptionEvidence;

beforeAll(async () => {
  state = await openTestState({ maxConnections: 4 });
  store = new ExceptionStore(state.db);
  evidence = new ExceptionEvidence(state.db);
});
afterAll(async () => {
  await state?.close();
});
beforeEach(async () => {
  for (const table of ['exception', 'tenant', 'account', 'exception_progress'] as const)
    await state.db.deleteFrom(table).execute();
  await addTenants(state.db, ['acme', 'globex']);
  await state.db
    .insertInto('account')
    .values({
      id: 'anna',
      email: 'anna@example.org',
      name: 'Anna',
      role: 'analyst',
      tenants: null,
      password_hash: '',
      must_change_password: false,
      created_at: 0,
    })
    .execute();
});

const made = (id: string, more: Partial<ExceptionRecord> = {}) => ({
  id,
  tenant: 'acme',
  title: `Title of ${id}`,
  filter: `filter of ${id}`,
  reason: 'Backups run every night',
  owner: { id: 'anna', name: 'Anna' },
  createdAt: NOW,
  expiresAt: NOW + 90 * DAY,
  previewed: { from: NOW - 30 * DAY, to: NOW, total: 90, silenced: 83 },
  ...more,
});
const ids = (records: readonly ExceptionRecord[]) => records.map(({ id }) => id).sort();

describe('who sees and changes what', () => {
  beforeEach(async () => {
    await store.add(['acme'], made('a'), 'Anna');
    await store.add(['globex'], made('g', { tenant: 'globex' }), 'Gus');
    await store.add('all', made('all', { tenant: null }), 'Anna');
  });

  it('is decided by row-level security', async () => {
    expect(ids(await store.list(['acme']))).toEqual(['a']);
    expect(ids(await store.list(['acme', 'globex']))).toEqual(['a', 'g']);
    expect(ids(await store.list('all'))).toEqual(['a', 'all', 'g']);
    expect(await store.list([])).toEqual([]);
    expect(ids(await store.shared(['acme']))).toEqual(['all']);
    expect((await store.history(['acme'], 'g', 0)).changes).toEqual([]);
    expect((await store.history(['acme'], 'all', 0)).changes).toEqual([]);
    expect(await store.revoke(['acme'], 'g', NOW + 1, 'Mole', 'mine')).toBe(false);
    expect(await store.revoke(['acme'], 'all', NOW + 1, 'Mole', 'mine')).toBe(false);
    expect(await store.extend(['acme'], 'g', NOW + 1, NOW + 100 * DAY, 'Mole', 'mine')).toBe(false);
    await expect(store.add(['acme'], made('x', { tenant: 'globex' }), 'Mole')).rejects.toThrow(/row-level/);
    await expect(store.add(['acme'], made('x', { tenant: null }), 'Mole')).rejects.toThrow(/row-level/);
  });

  it('leaves no way to rewrite what was decided', async () => {
    const statements = [
      sql`UPDATE exception SET reason = 'nothing' WHERE id = 'a'`,
      sql`UPDATE exception SET filter = 'other' WHERE id = 'a'`,
      sql`DELETE FROM exception WHERE id = 'a'`,
      sql`UPDATE exception_change SET actor = 'Somebody'`,
      sql`DELETE FROM exception_change`,
      sql`DELETE FROM exception_hit`,
    ];
    for (const statement of statements)
      await expect(withTenants(state.db, 'all', (trx) => statement.execute(trx))).rejects.toThrow(
        /permission denied/,
      );
  });

  it('goes with its tenant', async () => {
    await state.db.deleteFrom('tenant').where('id', '=', 'acme').execute();
    expect(ids(await store.list('all'))).toEqual(['all', 'g']);
  });
});

describe('a life', () => {
  it('keeps who did what, when and why', async () => {
    await store.add(['acme'], made('a'), 'Anna');
    expect(await store.extend(['acme'], 'a', NOW + DAY, NOW + 120 * DAY, 'Bert', 'still needed')).toBe(true);
    expect(await store.revoke(['acme'], 'a', NOW + 2 * DAY, 'Carl', 'the account is gone')).toBe(true);
    const [record] = await store.list(['acme']);
    expect(record).toMatchObject({
      ...made('a'),
      expiresAt: NOW + 120 * DAY,
      changedAt: NOW + 2 * DAY,
      revokedAt: NOW + 2 * DAY,
      hits: 0,
      lastHitAt: null,
    });
    expect((await store.history(['acme'], 'a', 0)).changes).toEqual([
      { at: NOW, actor: 'Anna', kind: 'created', text: 'Backups run every night' },
      { at: NOW + DAY, actor: 'Bert', kind: 'extended', text: '2026-06-02 → 2026-07-02: still needed' },
      { at: NOW + 2 * DAY, actor: 'Carl', kind: 'revoked', text: 'the account is gone' },
    ]);
  });

  it('ends once', async () => {
    await store.add(['acme'], made('a'), 'Anna');
    expect(await store.revoke(['acme'], 'a', NOW + DAY, 'Carl', 'gone')).toBe(true);
    expect(await store.revoke(['acme'], 'a', NOW + DAY, 'Carl', 'gone')).toBe(false);
    expect(await store.extend(['acme'], 'a', NOW + DAY, NOW + 200 * DAY, 'Carl', 'more')).toBe(false);
    await store.add(['acme'], made('b'), 'Anna');
    expect(await store.extend(['acme'], 'b', NOW + 90 * DAY, NOW + 200 * DAY, 'Carl', 'late')).toBe(false);
  });

  it('outlives the owner’s account', async () => {
    await store.add(['acme'], made('a'), 'Anna');
    await state.db.deleteFrom('account').execute();
    expect((await store.list(['acme']))[0]?.owner).toEqual({ id: null, name: 'Anna' });
  });

  it('is told to the detector while anything may still be judged under it', async () => {
    await store.add(['acme'], made('a'), 'Anna');
    await store.add('all', made('b', { tenant: null, createdAt: NOW + 1, expiresAt: NOW + 10 }), 'Anna');
    await store.add(['acme'], made('c', { createdAt: NOW + 2 }), 'Anna');
    await store.revoke(['acme'], 'c', NOW + 20, 'Anna', 'gone');
    expect(await store.inForceSince(NOW + 5)).toEqual([
      { id: 'a', tenant: 'acme', filter: 'filter of a', from: NOW, until: NOW + 90 * DAY },
      { id: 'b', tenant: null, filter: 'filter of b', from: NOW + 1, until: NOW + 10 },
      { id: 'c', tenant: 'acme', filter: 'filter of c', from: NOW + 2, until: NOW + 20 },
    ]);
    expect((await store.inForceSince(NOW + 20)).map(({ id }) => id)).toEqual(['a']);
  });

  it('takes text as it comes', async () => {
    await store.add(['acme'], made('a', { reason: "Robert'); DROP TABLE exception; --\0" }), 'Anna\u202e');
    expect((await store.list(['acme']))[0]?.reason).toBe("Robert'); DROP TABLE exception; --");
  });
});

describe('what was silenced', () => {
  const hit = (exception: string, tenant: string, hits: number, lastAt: number, rule = 'r1') => ({
    exception,
    tenant,
    rule,
    day: Math.floor(lastAt / DAY) * DAY,
    hits,
    lastAt,
  });

  it('adds up, and is shown for the tenants that somebody sees', async () => {
    await store.add('all', made('all', { tenant: null }), 'Anna');
    await store.addHits([hit('all', 'acme', 2, NOW), hit('all', 'globex', 5, NOW + 1)], 7);
    await store.addHits([hit('all', 'acme', 3, NOW - 1), hit('all', 'acme', 1, NOW + DAY, 'r2')], 8);
    expect(await store.list('all')).toMatchObject([{ hits: 11, lastHitAt: NOW + DAY }]);
    expect(await store.shared(['acme'])).toMatchObject([{ hits: 6, lastHitAt: NOW + DAY }]);
    expect(await store.shared(['globex'])).toMatchObject([{ hits: 5, lastHitAt: NOW + 1 }]);
    expect((await store.history(['acme'], 'all', 0)).hits).toEqual([
      { tenant: 'acme', rule: 'r1', day: Math.floor(NOW / DAY) * DAY, hits: 5 },
      { tenant: 'acme', rule: 'r2', day: Math.floor(NOW / DAY) * DAY + DAY, hits: 1 },
    ]);
  });

  it('remembers through which batch it goes, no further than the event store', async () => {
    expect(await store.countedThrough(100)).toBe(0);
    await store.addHits([], 7);
    expect(await store.countedThrough(100)).toBe(7);
    expect(await store.countedThrough(5)).toBe(5);
  });

  it('of exceptions and tenants that are gone is left out', async () => {
    await store.add(['acme'], made('a'), 'Anna');
    await store.addHits([hit('gone', 'acme', 1, NOW), hit('a', 'gone', 1, NOW), hit('a', 'acme', 1, NOW)], 1);
    expect(await store.list('all')).toMatchObject([{ hits: 1 }]);
  });
});

describe('evidence', () => {
  beforeEach(async () => {
    for (const [tenant, verdict] of [
      ['acme', 'true-positive'],
      ['acme', 'false-positive'],
      ['globex', 'true-positive'],
    ] as const) {
      const { id } = await state.db
        .insertInto('incident')
        .values({
          tenant,
          title: `${tenant} ${verdict}`,
          level: 'high',
          level_rank: 3,
          verdict,
          first_at: NOW,
          last_at: NOW,
          created_at: NOW,
          entities: '[]',
          techniques: [],
          alert_count: 1,
          detection_count: 2,
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      await state.db
        .insertInto('alert')
        .values({
          tenant,
          id: `alert-${id}`,
          rule_id: 'r1',
          title: 't',
          level: 'high',
          fold_key: 'f',
          incident_id: id,
          count: 2,
          first_at: NOW,
          last_at: NOW + 1,
          entities: '[]',
          techniques: [],
          facts: '{}',
          created_at: NOW,
        })
        .execute();
      await state.db
        .insertInto('detection')
        .values(
          [0, 1].map((n) => ({
            tenant,
            id: `d${id}-${n}`,
            alert_id: `alert-${id}`,
            rule_id: 'r1',
            level: 'high' as const,
            time: NOW + n,
            detected_at: NOW,
            events: JSON.stringify([{ id: 'e', time: NOW + n, source: 's' }]),
            matched: JSON.stringify([{ field: 'source.ip', value: '192.0.2.1', condition: 'group-by' }]),
          })),
        )
        .execute();
    }
  });

  it('of true positives is found within the scope, newest first', async () => {
    const own = await evidence.truePositives(['acme'], ['r1', 'r2'], 10);
    expect(own.complete).toBe(true);
    expect(own.detections.map(({ tenant, incidentTitle, time }) => [tenant, incidentTitle, time])).toEqual([
      ['acme', 'acme true-positive', NOW + 1],
      ['acme', 'acme true-positive', NOW],
    ]);
    expect((await evidence.truePositives('all', ['r1'], 10)).detections).toHaveLength(4);
    expect((await evidence.truePositives('all', ['r2'], 10)).detections).toEqual([]);
    expect(await evidence.truePositives('all', ['r1'], 3)).toMatchObject({ complete: false });
  });

  it('of a rule is found by rule and time', async () => {
    expect(await evidence.detections(['acme'], 'r1', NOW + 1, 10)).toMatchObject([
      { tenant: 'acme', time: NOW + 1, rule: 'r1', matched: [{ value: '192.0.2.1' }] },
      { tenant: 'acme', time: NOW + 1 },
    ]);
    const [first] = await evidence.detections(['globex'], 'r1', 0, 1);
    expect(await evidence.detection(['globex'], 'globex', first!.id)).toMatchObject({ id: first!.id });
    expect(await evidence.detection(['acme'], 'globex', first!.id)).toBeUndefined();
  });
});
