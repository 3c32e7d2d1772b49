import type { Entity, Level } from '@vigie/contracts';
import { permissionsOf, UNDO_FOR } from '@vigie/contracts/api';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Identity, IncidentFilter, Scope } from '../../api/ports.ts';
import { beginOf, precisionOf } from '../../relevance/index.ts';
import { createTriage, groupingWords, type JudgedDetection } from '../../triage/index.ts';
import { withTenants } from './database.ts';
import { PostgresGrouping } from './incident-grouping.ts';
import { PostgresIncidents } from './incident-store.ts';
import { NoticeStore } from './notice-store.ts';
import { PostgresOutcomes } from './outcome-store.ts';
import { PostgresQueueViews } from './queue-view-store.ts';
import { PostgresRelevance } from './relevance-store.ts';
import { addTenants, openTestState, type TestState } from './testing/test-state.ts';
import { createTriageStore } from './triage-store.ts';
import { PostgresVerdicts } from './verdict-store.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

let state: TestState;
/** The stores' clock; urgency goes by the database's own. */
let now: number;
let made = 0;
let sequence = 0;

const person = (id: string, scope: Scope, kind: 'account' | 'key' = 'account') =>
  ({
    id,
    name: id,
    kind,
    role: 'analyst',
    scope,
    permissions: permissionsOf('analyst'),
  }) as unknown as Identity;
const ANN = person('ann', 'all');
const BOB = person('bob', 'all');
const CLIENT = person('cleo', ['acme']);
const FILTER: IncidentFilter = { status: 'open', minRank: 0, sort: 'urgency', limit: 50 };

const store = () => new PostgresIncidents(state.db, () => now);
const verdicts = () => new PostgresVerdicts(state.db, () => now);
const grouping = () => new PostgresGrouping(state.db, () => now, groupingWords(4 * HOUR));
const views = () => new PostgresQueueViews(state.db, () => now);
const queue = async (filter: Partial<IncidentFilter> = {}, scope: Scope = 'all', viewer = 'ann') =>
  (await store().list(scope, { ...FILTER, viewer, ...filter })).items;
const one = async (id: number, viewer = 'ann') => (await store().get('all', id, viewer))!.incident;

beforeAll(async () => {
  state = await openTestState();
});
afterAll(async () => {
  await state?.close();
});
beforeEach(async () => {
  now = Date.now();
  await state.db.deleteFrom('tenant').execute();
  await state.db.deleteFrom('account').execute();
  await addTenants(state.db, ['acme', 'globex']);
  for (const id of ['ann', 'bob', 'cleo'])
    await state.db
      .insertInto('account')
      .values({
        id,
        email: `${id}@example.org`,
        name: id,
        role: 'analyst',
        tenants: id === 'cleo' ? ['acme'] : null,
        password_hash: '',
        must_change_password: false,
        created_at: 0,
        last_sign_in_at: null,
      })
      .execute();
});

const host = (value: string): Entity => ({ type: 'host', value });

/** One batch of detections, an entity and a level each; returns the number of the incident it opened. */
async function seen(
  rule: string,
  entity: Entity,
  level: Level,
  { tenant = 'acme', ago = 0 }: { tenant?: string; ago?: number } = {},
): Promise<number> {
  const id = `d${++made}`;
  const time = now - ago;
  const detection: JudgedDetection = {
    id,
    tenant,
    ruleId: rule,
    level,
    time,
    detectedAt: time,
    events: [{ id, time, source: 's' }],
    entities: [entity],
    foldBy: [entity],
    matched: [],
    facts: {},
  };
  const triage = createTriage({
    store: createTriageStore(state.db),
    rule: (rid) => ({ id: rid, title: rid, level, techniques: ['T1110.001'], alertTitle: () => rid }),
    tactic: () => undefined,
    now: () => time,
    foldWindow: DAY,
    incidentWindow: 4 * HOUR,
  });
  const { opened, changed } = await triage.apply(tenant, ++sequence, [detection]);
  return (opened[0] ?? changed[0])?.id ?? 0;
}

describe('urgency', () => {
  test('severity × criticality × confidence × age, in this order of the queue, and explained', async () => {
    await state.db
      .insertInto('asset')
      .values({
        tenant: 'acme',
        id: 'mri',
        kind: 'host',
        name: 'mri-console',
        criticality: 'critical',
        created_at: 0,
        changed_at: 0,
      })
      .execute();
    await state.db
      .insertInto('asset_identifier')
      .values({
        tenant: 'acme',
        kind: 'host',
        key: 'name:mri-console',
        asset_id: 'mri',
        first_at: 0,
        last_at: 0,
      })
      .execute();
    const medium = await seen('a', host('pc-1'), 'medium');
    const mri = await seen('a', host('MRI-Console'), 'medium');
    const high = await seen('b', host('pc-2'), 'high', { ago: 10 * MINUTE });
    const late = await seen('b', host('pc-3'), 'high', { ago: 5 * HOUR });
    const order = await queue();
    expect(order.map(({ id }) => id)).toEqual([late, mri, high, medium]);
    expect(order.map(({ urgency }) => urgency.score)).toEqual([16, 8, 8, 4]);
    expect(order[1]!.urgency.terms).toMatchObject([
      { term: 'severity', factor: 4 },
      { term: 'criticality', factor: 2, criticality: 'critical', asset: 'host:mri-console' },
      { term: 'confidence', factor: 1, probability: null },
      { term: 'age', factor: 1, fallback: true },
    ]);
    await state.db.updateTable('asset').set({ criticality: 'low' }).execute();
    expect((await one(mri)).urgency.score).toBe(2);
    await state.db.updateTable('incident').set({ confidence: 0.5 }).where('id', '=', mri).execute();
    expect((await one(mri)).urgency.score).toBe(2);
    await state.db.updateTable('incident').set({ confidence: 1 }).where('id', '=', medium).execute();
    expect((await one(medium)).urgency.score).toBeCloseTo(6.4);
  });

  test('a contract’s clock counts before that of the level, and age goes on in steps', async () => {
    const id = await seen('a', host('pc-1'), 'medium', { ago: 60 * MINUTE });
    expect((await one(id)).urgency.score).toBe(4);
    const age = async (minutes: number) => {
      await state.db
        .updateTable('incident')
        .set({ due_at: now - 60 * MINUTE + minutes * MINUTE })
        .where('id', '=', id)
        .execute();
      return (await one(id)).urgency.terms[3]!.factor;
    };
    expect([await age(200), await age(100), await age(70), await age(50)]).toEqual([1, 1.25, 1.5, 2]);
    // As if the step had come only now: nothing else touches the row.
    await age(200);
    await state.db.updateTable('incident').set({ due_at: null }).where('id', '=', id).execute();
    const next = async () =>
      (
        await state.db
          .selectFrom('incident')
          .select('urgency_next_at')
          .where('id', '=', id)
          .executeTakeFirstOrThrow()
      ).urgency_next_at;
    expect(await next()).toBeCloseTo(now - HOUR + 12 * HOUR, -3);
    const ageOn = new PostgresRelevance(state.db);
    expect(await ageOn.ageOn(Date.now())).toEqual([]);
    expect(await ageOn.ageOn(now + 13 * HOUR)).toEqual([{ tenant: 'acme', id }]);
    await store().update('all', id, { status: 'closed' }, ANN);
    expect((await one(id)).urgency).toEqual({ score: 0, terms: [] });
    expect(await next()).toBeNull();
  });

  test('pages hold together while scores are equal', async () => {
    const all = [];
    for (let i = 0; i < 7; i++) all.push(await seen('a', host(`pc-${i}`), 'high'));
    const read: number[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await store().list('all', {
        ...FILTER,
        limit: 3,
        ...(cursor === undefined ? {} : { cursor }),
      });
      read.push(...page.items.map(({ id }) => id));
      cursor = page.next;
      if (cursor === undefined) break;
    }
    expect(read).toEqual(all);
  });
});

describe('filters', () => {
  test('each finds what it says, and nothing of another tenant', async () => {
    const a = await seen('a', host('pc-1'), 'high');
    const b = await seen('b', host('pc-2'), 'medium', { tenant: 'globex', ago: 3 * HOUR });
    await store().update('all', a, { owner: 'ann', verdict: 'true-positive', reason: 'attempt' }, ANN);
    const ids = async (filter: Partial<IncidentFilter>, scope: Scope = 'all') =>
      (await queue(filter, scope)).map(({ id }) => id);
    expect(await ids({ owner: 'me' })).toEqual([a]);
    expect(await ids({ owner: 'nobody' })).toEqual([b]);
    expect(await ids({ owner: 'bob' })).toEqual([]);
    expect(await ids({ verdict: 'none' })).toEqual([b]);
    expect(await ids({ verdict: 'true-positive' })).toEqual([a]);
    expect(await ids({ technique: 't1110' })).toEqual([a, b]);
    expect(await ids({ technique: 'T1110.002' })).toEqual([]);
    expect(await ids({ entity: 'pc-2' })).toEqual([b]);
    expect(await ids({ entity: 'user:pc-2' })).toEqual([]);
    expect(await ids({ sinceAt: now - HOUR })).toEqual([a]);
    expect(await ids({ q: 'PC-2' })).toEqual([b]);
    for (const filter of [{}, { entity: 'pc-2' }, { technique: 'T1110' }, { q: 'pc-2' }])
      expect(await ids({ ...filter, status: 'all' }, ['acme'])).not.toContain(b);
  });
});

describe('what changed since somebody looked', () => {
  test('alerts, comments and level; per person; one’s own changes are no news', async () => {
    const id = await seen('a', host('pc-1'), 'medium');
    expect(await one(id)).toMatchObject({ seen: false, changed: null });
    await store().look('all', id, 'ann');
    expect(await one(id)).toMatchObject({ seen: true, changed: null });
    await seen('b', host('pc-1'), 'high');
    now = Date.now() + 1000;
    await store().update('all', id, { comment: 'called them' }, BOB);
    expect((await one(id)).changed).toMatchObject({ alerts: 1, comments: 1, level: 'medium' });
    expect(await one(id, 'bob')).toMatchObject({ seen: true, changed: null });
    expect((await queue({ changed: true })).map((each) => each.id)).toEqual([id]);
    expect(await queue({ changed: true }, 'all', 'bob')).toEqual([]);
    now += 1000;
    await store().look('all', id, 'ann');
    expect(await queue({ changed: true })).toEqual([]);
    expect(await store().look(['globex'], id, 'ann')).toBe(false);
  });
});

describe('changes in bulk', () => {
  test('are taken back, but not where somebody changed the incident since, nor by others, nor late', async () => {
    const a = await seen('a', host('pc-1'), 'high');
    const b = await seen('b', host('pc-2'), 'high');
    const other = await seen('c', host('pc-3'), 'high', { tenant: 'globex' });
    const close = { status: 'closed', verdict: 'false-positive', reason: 'wrong-data' } as const;
    const { done, missing, undo } = await store().change(['acme'], [a, b, other, 99_999_999], close, ANN);
    expect(done.map(({ id }) => id)).toEqual([a, b]);
    expect(missing).toEqual([other, 99_999_999]);
    expect(await one(other)).toMatchObject({ status: 'new', verdict: null });
    expect(await one(a)).toMatchObject({
      status: 'closed',
      verdict: 'false-positive',
      verdictReason: 'wrong-data',
    });
    await store().update('all', b, { status: 'in-progress' }, BOB);
    expect(await store().undo('all', undo!, BOB)).toBeUndefined();
    expect(await store().undo('all', undo!, ANN)).toEqual({ undone: [{ id: a, tenant: 'acme' }], kept: [b] });
    expect(await one(a)).toMatchObject({ status: 'new', verdict: null, verdictReason: null });
    expect(await store().undo('all', undo!, ANN)).toBeUndefined();
    // The verdict that was taken back stays in the history.
    expect((await verdicts().history('all', a))!.items.map(({ verdict }) => verdict)).toEqual([
      'false-positive',
      null,
    ]);
    const again = await store().change('all', [a], { owner: 'ann' }, ANN);
    now += UNDO_FOR + 1;
    expect(await store().undo('all', again.undo!, ANN)).toBeUndefined();
  });
});

describe('changing hands', () => {
  const news = async (account: string, scope: Scope = 'all') =>
    (await new NoticeStore(state.db).list(scope, account)).items.map(({ kind, excerpt, actor }) => [
      kind,
      actor,
      excerpt,
    ]);

  test('who gets it and who had it hear of it with the change itself; what one does oneself is no news', async () => {
    const id = await seen('a', host('pc-1'), 'medium');
    await store().update('all', id, { owner: 'ann' }, ANN);
    expect(await news('ann')).toEqual([]);
    const done = await store().update('all', id, { owner: 'bob' }, ANN);
    expect(done).toEqual({
      tenant: 'acme',
      handed: {
        id,
        tenant: 'acme',
        title: 'a',
        from: { id: 'ann', name: 'ann' },
        to: { id: 'bob', name: 'bob' },
      },
    });
    expect(await news('bob')).toEqual([['assigned', 'ann', 'a']]);
    expect(await news('ann')).toEqual([]);
    // The same again is no change, and no news.
    expect(await store().update('all', id, { owner: 'bob' }, ANN)).toEqual({ tenant: 'acme' });
    now += 1;
    const { undo, done: many } = await store().change('all', [id], { owner: null }, ANN);
    expect(many[0]?.handed).toMatchObject({ from: { id: 'bob' }, to: null });
    now += 1;
    await store().undo('all', undo!, ANN);
    expect(await news('bob')).toEqual([
      ['assigned', 'ann', 'a'],
      ['handed-on', 'ann', 'a'],
      ['assigned', 'ann', 'a'],
    ]);
    // News of a tenant that one may not see any more are not shown.
    expect(await news('bob', ['globex'])).toEqual([]);
  });
});

describe('an owner may see the tenant', () => {
  // Of the provider, for acme alone.
  const NAMED = 'cleo';

  test('who may not is refused, in one change, among many, by undoing, and whatever writes it', async () => {
    const ours = await seen('a', host('pc-1'), 'medium');
    const theirs = await seen('a', host('pc-1'), 'medium', { tenant: 'globex' });
    expect(await store().update('all', theirs, { owner: NAMED, status: 'closed' }, ANN)).toBe('owner');
    expect(await one(theirs)).toMatchObject({ owner: null, status: 'new' });
    const many = await store().change('all', [ours, theirs], { owner: NAMED }, ANN);
    expect(many).toMatchObject({ done: [{ id: ours }], refused: [theirs], missing: [] });
    // Automation writes past the API.
    await expect(
      state.db.updateTable('incident').set({ owner_id: NAMED }).where('id', '=', theirs).execute(),
    ).rejects.toMatchObject({ constraint: 'incident_owner_sees' });
    await state.db.updateTable('account').set({ active: false }).where('id', '=', 'bob').execute();
    expect(await store().update('all', ours, { owner: 'bob' }, ANN)).toBe('owner');

    const { undo } = await store().change('all', [ours], { owner: null }, ANN);
    await state.db
      .updateTable('account')
      .set({ tenants: ['globex'] })
      .where('id', '=', NAMED)
      .execute();
    expect(await store().undo('all', undo!, ANN)).toEqual({ undone: [], kept: [ours] });
    expect((await one(ours)).owner).toBeNull();
  });

  test('who may not any more gives back what is open, and it says so; what is closed stays theirs', async () => {
    const [open, closed, other] = [
      await seen('a', host('pc-1'), 'medium'),
      await seen('b', host('pc-2'), 'medium'),
      await seen('a', host('pc-1'), 'medium', { tenant: 'globex' }),
    ];
    await store().change('all', [open, closed, other], { owner: 'bob' }, ANN);
    await store().update('all', closed, { status: 'closed', verdict: 'false-positive' }, ANN);
    await state.db
      .updateTable('account')
      .set({ tenants: ['globex'] })
      .where('id', '=', 'bob')
      .execute();
    expect((await one(open)).owner).toBeNull();
    expect((await one(closed)).owner).toMatchObject({ id: 'bob' });
    expect((await one(other)).owner).toMatchObject({ id: 'bob' });
    const { log } = (await store().get('all', open))!;
    expect(log.map(({ text }) => text)).toEqual(expect.arrayContaining(['Owner: bob', 'Owner: nobody']));
  });
});

describe('verdicts', () => {
  test('are kept, answered by the client, given per alert, and counted by rule', async () => {
    const id = await seen('a', host('pc-1'), 'high');
    await seen('b', host('pc-1'), 'high');
    await store().look('all', id, 'ann');
    now += 12 * MINUTE;
    await store().update('all', id, { status: 'closed', verdict: 'true-positive', reason: 'attempt' }, ANN);
    const [first] = (await verdicts().history(['acme'], id))!.items;
    expect(first).toMatchObject({
      verdict: 'true-positive',
      reason: 'attempt',
      side: 'provider',
      actor: 'ann',
    });
    await verdicts().reply(
      ['acme'],
      'acme',
      first!.id,
      { agrees: false, comment: 'that was our test' },
      CLIENT,
    );
    expect(await verdicts().reply(['globex'], 'acme', first!.id, { agrees: true, comment: '' }, CLIENT)).toBe(
      undefined,
    );
    const alerts = (await store().get('all', id))!.alerts;
    const wrong = alerts.find(({ ruleId }) => ruleId === 'b')!;
    const given = { verdict: 'false-positive', reason: 'rule-too-broad', note: '', rules: [] } as const;
    expect(await verdicts().give(['globex'], id, { ...given, alerts: [] }, CLIENT)).toBe('incident');
    expect(await verdicts().give('all', id, { ...given, alerts: [wrong.id, 'guessed'] }, ANN)).toBe('alert');
    expect(await verdicts().give('all', id, { ...given, alerts: [wrong.id] }, ANN)).toEqual({
      tenant: 'acme',
    });
    const history = (await verdicts().history('all', id))!;
    expect(history.items).toMatchObject([
      { verdict: 'true-positive', alert: null, replies: [{ agrees: false, comment: 'that was our test' }] },
      { verdict: 'false-positive', alert: { id: wrong.id } },
    ]);
    expect(history.alerts).toEqual({ [wrong.id]: 'false-positive' });

    const from = beginOf(4, now + 1);
    const of = async (rule: string, scope: Scope = 'all') =>
      precisionOf(
        rule,
        await new PostgresOutcomes(state.db).outcomes(scope, { rule, from, weeks: 4 }),
        from,
        4,
      );
    expect((await of('a')).overall).toMatchObject({ judged: 1, truePositives: 1, value: 1 });
    expect((await of('b')).overall).toMatchObject({ judged: 1, falsePositives: 1, value: 0 });
    expect((await of('a')).minutes).toBeCloseTo(6, 0);
    expect((await of('a')).weeks.map(({ precision }) => precision.judged)).toEqual([0, 0, 0, 1]);
    expect((await of('a', ['globex'])).overall.judged).toBe(0);
  });

  test('of a false positive only the rules at fault were wrong', async () => {
    const id = await seen('a', host('pc-1'), 'high');
    await seen('b', host('pc-1'), 'high');
    const change = { verdict: 'false-positive', reason: 'rule-too-broad', rules: ['b'] } as const;
    await store().update('all', id, change, ANN);
    const rows = await state.db.selectFrom('rule_outcome').select(['rule_id', 'verdict']).execute();
    expect(rows).toEqual([{ rule_id: 'b', verdict: 'false-positive' }]);
  });

  test('nobody changes or deletes one: the API’s role can’t', async () => {
    const id = await seen('a', host('pc-1'), 'high');
    await store().update('all', id, { verdict: 'false-positive' }, ANN);
    await expect(
      withTenants(state.db, 'all', (trx) => trx.updateTable('verdict').set({ note: 'x' }).execute()),
    ).rejects.toThrow(/permission denied/);
    await expect(withTenants(state.db, 'all', (trx) => trx.deleteFrom('verdict').execute())).rejects.toThrow(
      /permission denied/,
    );
  });
});

describe('loose alerts', () => {
  const loose = async () =>
    (await grouping().loose(['acme'], { group: 'all', review: 'open', sort: 'rare', limit: 50 })).items;

  test('are reviewed, made an incident, or called routine, which opens nothing until that ends', async () => {
    await seen('quiet', host('pc-1'), 'low');
    await seen('quiet', host('pc-2'), 'low');
    const [a, b] = (await loose()).map(({ id }) => id) as [string, string];
    expect(await verdicts().review(['globex'], 'acme', [a], 'seen', CLIENT)).toBeUndefined();
    expect(await verdicts().review('all', 'acme', [a], 'seen', ANN)).toBe(1);
    expect((await loose()).map(({ id }) => id)).toEqual([b]);
    expect(await grouping().promote(['globex'], 'acme', [b], CLIENT)).toBe('alert');
    const id = (await grouping().promote(['acme'], 'acme', [b], ANN)) as number;
    expect(await one(id)).toMatchObject({ tenant: 'acme', alerts: 1, title: 'quiet', level: 'low' });
    expect(await loose()).toEqual([]);
    expect(await verdicts().review('all', 'acme', [b], 'seen', ANN)).toBeUndefined();

    const incident = await seen('nightly', host('db-1'), 'medium');
    const [alert] = (await store().get('all', incident))!.alerts;
    await seen('other', host('db-1'), 'high');
    await grouping().detach('all', incident, [alert!.id], ANN);
    await verdicts().review('all', 'acme', [alert!.id], 'routine', ANN);
    now += 2 * DAY;
    expect(await seen('nightly', host('db-1'), 'medium')).toBe(0);
    // A high level opens one whatever anybody said.
    expect(await seen('nightly', host('db-1'), 'high')).not.toBe(0);
    now += 91 * DAY;
    expect(await seen('nightly', host('db-1'), 'medium')).not.toBe(0);
  });
});

describe('saved views', () => {
  test('are one’s own; shared ones are seen by those who may see what they are about', async () => {
    const mine = (await views().add(ANN, { name: 'mine', shared: false, query: { owner: 'me' } }))!;
    await views().add(ANN, { name: 'all of us', shared: true, query: { status: 'new' } });
    await views().add(ANN, { name: 'globex night', shared: true, query: { tenant: 'globex' } });
    await views().add(ANN, { name: 'acme night', shared: true, query: { tenant: 'acme' } });
    const names = async (identity: Identity) => (await views().list(identity)).map(({ name }) => name);
    expect(await names(ANN)).toEqual(['acme night', 'all of us', 'globex night', 'mine']);
    expect(await names(BOB)).toEqual(['acme night', 'all of us', 'globex night']);
    expect(await names(CLIENT)).toEqual(['acme night']);
    expect(await views().change(BOB, mine.id, { name: 'taken' })).toBeUndefined();
    expect(await views().remove(BOB, mine.id)).toBe(false);
    expect(await views().change(ANN, mine.id, { shared: true })).toMatchObject({ shared: true, own: true });
    expect(await views().remove(ANN, mine.id)).toBe(true);
  });

  test('one for a tenant that is not the owner’s is refused by the database as well', async () => {
    await expect(
      views().add(CLIENT, { name: 'x', shared: true, query: { tenant: 'globex' } }),
    ).rejects.toThrow(/row-level security/);
  });
});

test('opening facts hold what came with the opening and nothing that came later', async () => {
  const id = await seen('a', host('pc-1'), 'medium', { ago: 5 * MINUTE });
  await seen('b', host('pc-1'), 'critical');
  const [opening] = await new PostgresRelevance(state.db).unread(0, 10);
  expect(opening).toMatchObject({
    incident: id,
    rules: ['a'],
    level: 2,
    entities: ['host:pc-1'],
    sources: ['s'],
  });
});
