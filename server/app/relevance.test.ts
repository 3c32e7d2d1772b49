import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Notice } from '../api/index.ts';
import { PostgresOutcomes } from '../storage/state/outcome-store.ts';
import { PostgresRelevance } from '../storage/state/relevance-store.ts';
import { openTestState, type TestState } from '../storage/state/testing/test-state.ts';
import { RelevanceService } from './relevance.ts';

const DAY = 86_400_000;

let state: TestState;
let notices: Notice[];

beforeAll(async () => {
  state = await openTestState();
});
afterAll(async () => {
  await state?.close();
});
beforeEach(async () => {
  notices = [];
  await state.db.deleteFrom('tenant').execute();
  await state.db.deleteFrom('relevance_model').execute();
  await sql`INSERT INTO tenant (id, name, language, time_zone, retention_days, created_at)
    VALUES ('acme', 'acme', 'en', 'UTC', 30, 0)`.execute(state.db);
});

/** A thousand closed incidents of twelve weeks; `truth` is SQL that says whether number n was true. */
async function history(truth: string): Promise<void> {
  const now = Date.now();
  await sql`INSERT INTO incident (id, tenant, title, status, level, level_rank, verdict, first_at, last_at, created_at,
      closed_at, entities, techniques, alert_count, detection_count)
    SELECT n, 'acme', 'x', 'closed', 'medium', 2,
      CASE WHEN ${sql.raw(truth)} THEN 'true-positive' ELSE 'false-positive' END, at, at, at, at + 3600000, '[]', '{}', 1, 1
    FROM generate_series(1, 1000) n, LATERAL (SELECT ${now - 84.1 * DAY}::float8 + n * ${(84 * DAY) / 1000}::float8 AS at) x`.execute(
    state.db,
  );
  await sql`INSERT INTO incident_opening (tenant, incident_id, opened_at, facts)
    SELECT tenant, id, created_at, jsonb_build_object('rules', ARRAY['rule-' || id % 10], 'techniques', 1, 'level', 2,
      'rarity', 0, 'criticality', 1, 'entities', ARRAY['host:h' || id % 37], 'sourceKinds', ARRAY['linux'],
      'offHours', id % 3 = 0, 'late', false) FROM incident`.execute(state.db);
  await sql`INSERT INTO verdict (tenant, incident_id, verdict, note, rules, actor_id, actor, side, at)
    SELECT tenant, id, verdict, '', '{}', 'a', 'a', 'provider', closed_at FROM incident`.execute(state.db);
}

/** An incident of one alert of a rule, opened now. */
async function opened(id: number, rule: string): Promise<void> {
  const now = Date.now();
  await sql`INSERT INTO incident (id, tenant, title, level, level_rank, first_at, last_at, created_at, entities,
      techniques, alert_count, detection_count) VALUES (${id}, 'acme', 'x', 'medium', 2, ${now}, ${now}, ${now},
      '[{"type": "host", "value": "new"}]', '{}', 1, 1)`.execute(state.db);
  await sql`INSERT INTO alert (tenant, id, rule_id, title, level, fold_key, incident_id, count, first_at, last_at,
      entities, techniques, facts, created_at) VALUES ('acme', ${`a${id}`}, ${rule}, 'x', 'medium', 'f', ${id}, 1,
      ${now}, ${now}, '[{"type": "host", "value": "new"}]', '{}', '{}', ${now})`.execute(state.db);
}

async function service(): Promise<RelevanceService> {
  const made = new RelevanceService({
    store: new PostgresRelevance(state.db),
    outcomes: new PostgresOutcomes(state.db),
    timeZone: () => 'Europe/Brussels',
    sourceKind: () => 'linux',
    publish: (notice) => notices.push(notice),
    now: Date.now,
    log: { info: () => undefined, warn: (fields) => expect.fail(String((fields as { err?: unknown }).err)) },
  });
  await made.start();
  return made;
}

const row = (id: number) =>
  state.db
    .selectFrom('incident')
    .select(['confidence', 'urgency'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

test('verdicts that follow the rule: what opens next is ranked by it, explained, and told', async () => {
  await history('n % 10 < 3');
  const relevance = await service();
  try {
    expect((await relevance.train()).report).toMatchObject({ used: true, reason: 'better', verdicts: 1000 });
    await opened(2001, 'rule-1');
    await opened(2002, 'rule-7');
    relevance.heard({ type: 'incident', id: 2001, tenant: 'acme' });
    await expect.poll(async () => (await row(2002)).confidence, { timeout: 10_000 }).not.toBeNull();
    const [good, bad] = [await row(2001), await row(2002)];
    expect(good.confidence).toBeGreaterThan(0.8);
    expect(bad.confidence).toBeLessThan(0.2);
    // Medium, nothing written down, just opened: 4 × (0.4 + 1.2 p).
    expect(good.urgency).toBeCloseTo(4 * (0.4 + 1.2 * good.confidence!));
    expect(notices).toContainEqual({ type: 'incident', id: 2001, tenant: 'acme' });

    const told = (await relevance.of('all', 2001))!;
    expect(told.terms.find(({ feature }) => feature === 'rule-overall')).toMatchObject({
      subject: 'rule-1',
      right: 100,
      of: 100,
    });
    // How often it was right elsewhere is not the client's to know; another tenant's incident is not there.
    const theirs = (await relevance.of(['acme'], 2001))!.terms;
    expect(theirs.find(({ feature }) => feature === 'rule-overall')).toMatchObject({ right: null, of: null });
    expect(await relevance.of(['globex'], 2001)).toBeUndefined();

    // The verdicts turn to noise: it is no longer used, and the queue forgets what it said.
    await sql`UPDATE incident SET verdict = CASE WHEN hashint4(id) % 3 = 0
      THEN 'true-positive' ELSE 'false-positive' END WHERE id <= 1000`.execute(state.db);
    expect((await relevance.train()).report!.used).toBe(false);
    expect(await row(2001)).toEqual({ confidence: null, urgency: 4 });
  } finally {
    await relevance.stop();
  }
});

test('what was not written down at the opening is counted, not learnt from', async () => {
  await history('n % 10 < 3');
  await sql`DELETE FROM incident_opening`.execute(state.db);
  const relevance = await service();
  try {
    await expect
      .poll(
        async () => {
          const { rows } = await sql<{ n: number }>`SELECT count(*)::int AS n FROM incident_opening`.execute(
            state.db,
          );
          return rows[0]!.n;
        },
        { timeout: 10_000 },
      )
      .toBe(1000);
    expect((await relevance.train()).report).toMatchObject({ used: false, reason: 'too-few', verdicts: 0 });
  } finally {
    await relevance.stop();
  }
});
