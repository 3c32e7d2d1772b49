import type { Entity, Level } from '@vigie/contracts';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Identity } from '../../api/ports.ts';
import { createTriage, groupingWords, type JudgedDetection } from '../../triage/index.ts';
import { PostgresGrouping } from './incident-grouping.ts';
import { PostgresIncidents } from './incident-store.ts';
import { addTenants, openTestState, type TestState } from './testing/test-state.ts';
import { createTriageStore } from './triage-store.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.parse('2026-03-02T00:00:00Z');
const TACTICS: Readonly<Record<string, string>> = { T1595: 'Reconnaissance', T1048: 'Exfiltration' };
const ANALYST = { id: 'a', name: 'Ann', kind: 'user', role: 'analyst', scope: 'all' } as unknown as Identity;

let state: TestState;
let sequence = 0;
let made = 0;

beforeAll(async () => {
  state = await openTestState();
});
afterAll(async () => {
  await state?.close();
});
beforeEach(async () => {
  await state.db.deleteFrom('tenant').execute();
  await addTenants(state.db, ['acme', 'globex']);
});

const stage = () =>
  createTriage({
    store: createTriageStore(state.db),
    rule: (id) => ({
      id,
      title: id,
      level: 'low',
      techniques: id === 'scan' ? ['T1595'] : id === 'upload' ? ['T1048'] : [],
      alertTitle: () => id,
    }),
    tactic: (id) => TACTICS[id],
    now: () => START,
    foldWindow: DAY,
    incidentWindow: 4 * HOUR,
  });

const host = (value: string): Entity => ({ type: 'host', value });
const user = (value: string): Entity => ({ type: 'user', value });

function detection(
  ruleId: string,
  at: number,
  entities: readonly Entity[],
  level: Level = 'low',
  tenant = 'acme',
): JudgedDetection {
  const id = `${ruleId}-${++made}`;
  const time = START + at;
  return {
    id,
    tenant,
    ruleId,
    level,
    time,
    detectedAt: time,
    events: [{ id, time, source: 's' }],
    entities,
    foldBy: entities,
    matched: [],
    facts: {},
  };
}

const apply = (list: readonly JudgedDetection[], tenant = 'acme') => stage().apply(tenant, ++sequence, list);

/** Something every hour for so many days, an hour a batch of one day. */
async function routine(
  ruleId: string,
  days: number,
  entities: readonly Entity[],
  level: Level = 'low',
  tenant = 'acme',
) {
  for (let day = 0; day < days; day++)
    await apply(
      Array.from({ length: 24 }, (_, hour) =>
        detection(ruleId, day * DAY + hour * HOUR, entities, level, tenant),
      ),
      tenant,
    );
}

const incidents = () =>
  state.db.selectFrom('incident').selectAll().where('merged_into', 'is', null).orderBy('id').execute();
const alerts = () => state.db.selectFrom('alert').selectAll().orderBy('first_at').execute();

describe('what opens an incident', () => {
  test('a routine of medium level opens none after a week, is counted, and listed', async () => {
    await routine('backup', 8, [host('db-1')], 'medium');
    const [first] = await incidents();
    expect(first).toBeDefined();
    await state.db.updateTable('incident').set({ status: 'closed' }).execute();
    await apply([detection('backup', 8 * DAY, [host('db-1')], 'medium')]);
    expect((await incidents()).filter(({ status }) => status !== 'closed')).toEqual([]);
    const grouping = new PostgresGrouping(state.db, () => START, groupingWords(4 * HOUR));
    const { items } = await grouping.loose(['acme'], {
      group: 'routine',
      review: 'all',
      sort: 'recent',
      limit: 10,
    });
    expect(items).toMatchObject([{ ruleId: 'backup', count: 1, routine: true }]);
    expect(
      (await grouping.loose(['globex'], { group: 'all', review: 'all', sort: 'recent', limit: 10 })).items,
    ).toEqual([]);
  });

  test('the same rule with another entity is no routine, nor is a high level ever', async () => {
    await routine('backup', 8, [host('db-1')], 'medium');
    await state.db.updateTable('incident').set({ status: 'closed' }).execute();
    await apply([
      detection('backup', 8 * DAY, [host('db-1'), { type: 'ip', value: '203.0.113.9' }], 'medium'),
    ]);
    await apply([detection('backup', 8 * DAY + MINUTE, [host('db-1')], 'high')]);
    const open = (await incidents()).filter(({ status }) => status !== 'closed');
    expect(open).toHaveLength(1);
    expect(open[0]!.reason?.terms[0]).toMatchObject({ term: 'level' });
  });

  test('what a person called true is never a routine', async () => {
    await routine('beacon', 8, [host('db-1')], 'medium');
    await state.db.updateTable('incident').set({ status: 'closed', verdict: 'true-positive' }).execute();
    await apply([detection('beacon', 8 * DAY, [host('db-1')], 'medium')]);
    expect((await incidents()).filter(({ status }) => status !== 'closed')).toHaveLength(1);
  });

  test('a routine that bursts is none', async () => {
    await routine('noise', 9, [host('db-1')], 'medium');
    await state.db.updateTable('incident').set({ status: 'closed' }).execute();
    await apply(
      Array.from({ length: 60 }, (_, n) => detection('noise', 9 * DAY + n * 1000, [host('db-1')], 'medium')),
    );
    expect((await incidents()).filter(({ status }) => status !== 'closed')).toHaveLength(1);
  });

  test('low alerts, rare and together, open one that says why; one alone or an hour apart do not', async () => {
    await routine('usual', 2, [host('web-1')]);
    await apply([detection('a', 2 * DAY, [host('web-1')])]);
    await apply([detection('b', 2 * DAY + 2 * HOUR, [host('web-1')])]);
    expect(await incidents()).toEqual([]);
    await apply([detection('c', 2 * DAY + 6 * HOUR, [host('web-1')])]);
    expect(await incidents()).toEqual([]);
    await apply([detection('d', 2 * DAY + 6 * HOUR + MINUTE, [host('web-1')])]);
    const [opened] = await incidents();
    expect(opened!.reason).toMatchObject({ total: 12, needed: 12 });
    expect(opened!.reason!.terms.map(({ text }) => text)).toEqual([
      '“c”: new at the tenant',
      '“d”: new at the tenant',
    ]);
    const joined = (await alerts()).filter(({ incident_id }) => incident_id === opened!.id);
    for (const alert of joined) {
      expect(alert.reason).not.toBeNull();
      const sum = alert.reason!.terms.reduce((all, { weight }) => all + weight, 0);
      expect(sum).toBeCloseTo(alert.reason!.total, 1);
    }
    expect(joined.find(({ rule_id }) => rule_id === 'usual')?.part ?? 'context').toBe('context');
  });

  test('in the first day nothing is unusual yet', async () => {
    await apply(['a', 'b', 'c', 'd'].map((rule) => detection(rule, 12 * HOUR, [host('web-1')])));
    expect(await incidents()).toEqual([]);
  });
});

describe('what is one incident', () => {
  test('one scan over several hosts', async () => {
    await routine('usual', 2, [host('web-1')]);
    for (const [n, name] of ['web-1', 'mail-1', 'vpn-1'].entries())
      await apply(
        ['scan', 'probe', 'bad-request'].map((rule) =>
          detection(rule, 2 * DAY + n * 3 * MINUTE, [host(name)]),
        ),
      );
    const all = await incidents();
    expect(all).toHaveLength(1);
    const hosts = all[0]!.entities.map(({ value }) => value);
    expect(hosts).toEqual(expect.arrayContaining(['web-1', 'mail-1', 'vpn-1']));
    const far = (await alerts()).find((a) => a.entities[0]!.value === 'vpn-1')!;
    expect(far.reason!.terms.map(({ term }) => term)).toContain('same-deed');
  });

  test('the same deed elsewhere belongs to it, whether it came before the incident or after', async () => {
    await routine('usual', 2, [host('web-1')]);
    // Rules that the machine has heard in the first day are too little to open anything there.
    await apply(['scan', 'probe'].map((rule) => detection(rule, 12 * HOUR, [host('mail-1')])));
    await apply(['scan', 'probe'].map((rule) => detection(rule, 2 * DAY, [host('mail-1')])));
    expect(await incidents()).toEqual([]);
    await apply(
      ['scan', 'probe', 'bad-request', 'bad-login'].map((rule) =>
        detection(rule, 2 * DAY + 5 * MINUTE, [host('web-1')]),
      ),
    );
    const [incident] = await incidents();
    const before = (await alerts()).filter(
      (a) => a.entities[0]!.value === 'mail-1' && a.last_at === START + 2 * DAY,
    );
    expect(before.map((a) => [a.incident_id, a.part])).toEqual([
      [incident!.id, 'evidence'],
      [incident!.id, 'evidence'],
    ]);
  });

  test('one rule is a sweep on the third machine, and no more than an echo on the second', async () => {
    await routine('usual', 4, [host('web-1')]);
    await apply([
      detection('scan', 4 * DAY, [host('web-1')]),
      detection('exploit', 4 * DAY, [host('web-1')]),
      detection('scan', 4 * DAY + MINUTE, [host('web-2')]),
      detection('exploit', 4 * DAY + MINUTE, [host('web-2')]),
    ]);
    await apply([detection('scan', 4 * DAY + 2 * MINUTE, [host('web-3')])]);
    const third = (await alerts()).find(({ entities }) => entities[0]!.value === 'web-3')!;
    const [incident, ...rest] = await incidents();
    expect(rest).toEqual([]);
    expect(third).toMatchObject({ part: 'evidence', incident_id: incident!.id });
    expect(third.reason!.terms.find(({ term }) => term === 'same-deed')!.text).toContain(
      'on 2 of its machines',
    );
  });

  test('what is common on a host neither glues two stories nor keeps one going', async () => {
    await routine('usual', 3, [host('web-1')]);
    await apply([detection('evil', 3 * DAY, [host('web-1')], 'high')]);
    for (let hour = 1; hour < 30; hour++)
      await apply([detection('usual', 3 * DAY + hour * HOUR, [host('web-1')])]);
    await apply([detection('other', 3 * DAY + 30 * HOUR, [host('web-1')], 'high')]);
    expect((await incidents()).map(({ title }) => title)).toEqual(['evil', 'other']);
  });

  test('a later step of an attack is said to be one', async () => {
    await apply([detection('scan', 0, [host('web-1')], 'medium')]);
    await apply([detection('upload', HOUR, [host('web-1')], 'medium')]);
    const upload = (await alerts()).find(({ rule_id }) => rule_id === 'upload')!;
    expect(upload.reason!.terms.map(({ term }) => term)).toContain('progress');
    expect(await incidents()).toHaveLength(1);
  });

  test('an alert that ties two together makes one of them: the older, which says so', async () => {
    await apply([detection('x', 0, [host('web-1')], 'medium')]);
    await apply([detection('y', MINUTE, [host('db-1')], 'medium')]);
    const [older, younger] = await incidents();
    await apply([detection('z', 2 * MINUTE, [host('web-1'), host('db-1')], 'high')]);
    const [one, ...rest] = await incidents();
    expect(rest).toEqual([]);
    expect(one).toMatchObject({ id: older!.id, alert_count: 3 });
    const log = await state.db.selectFrom('incident_log').selectAll().execute();
    expect(log.map(({ text }) => text).join('\n')).toContain(`INC-${younger!.id} was merged into this one`);
  });

  test('one that somebody works on is not merged away', async () => {
    await apply([detection('x', 0, [host('web-1')], 'medium')]);
    await apply([detection('y', MINUTE, [host('db-1')], 'medium')]);
    await state.db.updateTable('incident').set({ status: 'in-progress' }).execute();
    await apply([detection('z', 2 * MINUTE, [host('web-1'), host('db-1')], 'high')]);
    expect(await incidents()).toHaveLength(2);
  });

  test('an incident is full some time', async () => {
    await apply([detection('first', 0, [host('web-1')], 'medium')]);
    for (let part = 0; part < 4; part++)
      await apply(
        Array.from({ length: 100 }, (_, n) =>
          detection(`r${part}-${n}`, MINUTE * (part + 1), [host('web-1')], 'medium'),
        ),
      );
    const all = await incidents();
    expect(all.length).toBeGreaterThan(1);
    for (const { alert_count } of all) expect(alert_count).toBeLessThanOrEqual(300);
    const log = await state.db.selectFrom('incident_log').select('text').execute();
    expect(log.some(({ text }) => text.startsWith('Goes on from'))).toBe(true);
  });

  test('tenants never meet', async () => {
    await apply([detection('x', 0, [host('web-1')], 'medium')]);
    await apply([detection('y', MINUTE, [host('web-1')], 'medium', 'globex')], 'globex');
    expect((await incidents()).map(({ tenant }) => tenant)).toEqual(['acme', 'globex']);
    const rhythms = await state.db
      .selectFrom('alert_rhythm')
      .selectAll()
      .where('tenant', '=', 'globex')
      .execute();
    expect(rhythms.every(({ rule_id }) => rule_id === '' || rule_id === 'y')).toBe(true);
  });
});

describe('what an incident shows beside its evidence', () => {
  /** Opens an incident on a host on the fourth day: two rules that the tenant has never seen. */
  const attack = (name: string, at = 4 * DAY) =>
    apply([detection('probe', at, [host(name)]), detection('exploit', at + MINUTE, [host(name)])]);
  const beside = async () => (await alerts()).filter(({ part }) => part === 'context');

  test('what was rare on its machines in the days before, and nothing of when or what it is', async () => {
    await routine('usual', 4, [host('share-1')]);
    await apply([detection('service-stopped', 2 * DAY - HOUR, [host('share-1'), user('eve')])]);
    await apply([detection('service-stopped', 2 * DAY - HOUR, [host('share-2')])]);
    await attack('share-1');
    const [incident] = await incidents();
    const [early, ...others] = await beside();
    expect(others).toEqual([]);
    expect(early).toMatchObject({ rule_id: 'service-stopped', incident_id: incident!.id });
    expect(early!.entities).toContainEqual(host('share-1'));
    const { terms, total, needed } = early!.reason!;
    expect(terms.map(({ term }) => term)).toEqual(['shared', 'unusual', 'before']);
    expect(terms.at(-1)!.text).toContain('2 days before');
    expect(terms.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(total, 1);
    expect(total).toBeGreaterThanOrEqual(needed);
    expect(incident).toMatchObject({ first_at: START + 4 * DAY, active_at: START + 4 * DAY + MINUTE });
    expect(incident!.entities).toEqual([host('share-1')]);
    expect(incident!.title).not.toContain('service-stopped');
  });

  test('not what chance would bring in that time, nor what somebody looked at, nor another client’s', async () => {
    await routine('usual', 4, [host('share-1')]);
    // Six times in four days: nobody wonders that one of them was two days ago.
    for (const day of [0, 0.5, 1.2, 1.6, 1.9, 2.1])
      await apply([detection('updated', day * DAY, [host('share-1')])]);
    await apply([detection('seen', 2 * DAY + HOUR, [host('share-1')])]);
    await state.db
      .updateTable('alert')
      .set({ reviewed_at: START, reviewed_by: 'Ann' })
      .where('rule_id', '=', 'seen')
      .execute();
    await routine('usual', 4, [host('share-1')], 'low', 'globex');
    await apply([detection('theirs', 2 * DAY, [host('share-1')], 'low', 'globex')], 'globex');
    await attack('share-1');
    expect(await incidents()).toHaveLength(1);
    expect(await beside()).toEqual([]);
  });

  test('five for each machine at most, the most telling', async () => {
    await routine('usual', 4, [host('share-1')]);
    // What comes again within the hours folds, so that each is another rule; the later ones are the rarer.
    for (let n = 0; n < 9; n++)
      await apply([detection(`odd-${n}`, 2 * DAY + n * 3 * HOUR, [host('share-1')])]);
    await attack('share-1');
    expect((await beside()).map(({ rule_id }) => rule_id).sort()).toEqual(
      [4, 5, 6, 7, 8].map((n) => `odd-${n}`),
    );
  });

  test('the echo of one of its rules on another machine, where that is rare at the client', async () => {
    await routine('usual', 4, [host('web-1')]);
    await attack('web-1');
    await apply([detection('exploit', 4 * DAY + 40 * MINUTE, [host('web-2')])]);
    const echo = (await alerts()).find(({ entities }) => entities[0]!.value === 'web-2')!;
    const [incident] = await incidents();
    expect(echo).toMatchObject({ part: 'context', incident_id: incident!.id });
    expect(echo.reason!.terms.map(({ term }) => term)).toContain('echo');
    expect(echo.reason!.total).toBeLessThan(echo.reason!.needed);
    expect(incident!.entities).toEqual([host('web-1')]);
    // What follows on that machine is not the incident’s.
    await apply([detection('other', 4 * DAY + 50 * MINUTE, [host('web-2')])]);
    expect((await alerts()).find(({ rule_id }) => rule_id === 'other')!.incident_id).toBeNull();
  });
});

describe('rhythms', () => {
  test('a batch that comes again counts once; one that failed counts not at all', async () => {
    const list = [detection('a', 0, [host('web-1')]), detection('a', 1000, [host('web-1')])];
    const store = createTriageStore(state.db);
    await expect(
      store.transaction('acme', async (tx) => {
        await tx.saveRhythms('acme', [
          {
            rule: 'a',
            entity: 'host:web-1',
            firstAt: 0,
            lastAt: 0,
            total: 9,
            slots: 1,
            days: 1,
            peak: 0,
            inSlot: 9,
            signalAt: null,
            signal: 0,
            signalTerm: 'usual',
          },
        ]);
        throw new Error('killed');
      }),
    ).rejects.toThrow('killed');
    const number = ++sequence;
    await stage().apply('acme', number, list);
    expect((await stage().apply('acme', number, list)).fresh).toBe(0);
    const row = await state.db
      .selectFrom('alert_rhythm')
      .selectAll()
      .where('entity', '=', 'host:web-1')
      .executeTakeFirstOrThrow();
    expect(Number(row.total)).toBe(2);
  });

  test('invented hosts neither fill the table nor push out what is known', async () => {
    await routine('usual', 2, [host('web-1')]);
    await sql`INSERT INTO alert_rhythm SELECT 'acme', 'host:fake-' || n, 'r', 0, ${START}, 1, 1, 1, 0, 1, NULL, 0, 'usual'
      FROM generate_series(1, 20000) n`.execute(state.db);
    await apply([detection('r', 2 * DAY, [host('one-more')])]);
    const rows = await state.db.selectFrom('alert_rhythm').select('entity').execute();
    expect(rows.length).toBeLessThanOrEqual(20_000);
    expect(rows.map(({ entity }) => entity)).toContain('host:web-1');
  });

  test('a flood of one kind on one host is a few rows', async () => {
    const flood = Array.from({ length: 20_000 }, (_, n) => detection('dir', n * 10, [host('web-1')]));
    await apply(flood);
    const {
      alerts: a,
      detections: d,
      rhythms: r,
    } = (
      await sql<{ alerts: number; detections: number; rhythms: number }>`SELECT
        (SELECT count(*)::int FROM alert) AS alerts, (SELECT count(*)::int FROM detection) AS detections,
        (SELECT count(*)::int FROM alert_rhythm) AS rhythms`.execute(state.db)
    ).rows[0]!;
    expect([a, d, r]).toEqual([1, 10, 3]);
  });
});

describe('by hand', () => {
  const grouping = () => new PostgresGrouping(state.db, () => START, groupingWords(4 * HOUR));
  const of = async (id: number) =>
    (await state.db.selectFrom('alert').select('id').where('incident_id', '=', id).execute()).map(
      (a) => a.id,
    );

  async function two() {
    await apply([
      detection('x', 0, [host('web-1')], 'medium'),
      detection('x2', 10, [host('web-1')], 'medium'),
    ]);
    await apply([detection('y', MINUTE, [host('db-1')], 'high')]);
    return (await incidents()).map(({ id }) => id) as [number, number];
  }

  test('a merge is undone as it was, and triage does not make it again', async () => {
    const [a, b] = await two();
    expect(await grouping().merge(['acme'], a, [b], ANALYST)).toBe(a);
    expect(await incidents()).toMatchObject([{ id: a, alert_count: 3, level: 'high' }]);
    expect(await grouping().merge(['acme'], b, [a], ANALYST)).toBe('merged');
    const view = await new PostgresIncidents(state.db, () => START).get(['acme'], a);
    expect(view!.grouping.merged).toMatchObject([{ id: b, actor: 'Ann' }]);
    expect(await grouping().unmerge(['acme'], b, ANALYST)).toBe(b);
    expect(await incidents()).toMatchObject([
      { id: a, alert_count: 2, level: 'medium', status: 'new' },
      { id: b, alert_count: 1, level: 'high', status: 'new' },
    ]);
    await apply([detection('z', 2 * MINUTE, [host('web-1'), host('db-1')], 'high')]);
    expect(await incidents()).toHaveLength(2);
    const log = await state.db.selectFrom('incident_log').selectAll().where('actor', '=', 'Ann').execute();
    expect(log).toHaveLength(4);
  });

  test('split, move and detach', async () => {
    const [a, b] = await two();
    const [first, second] = (await of(a)) as [string, string];
    const split = await grouping().split(['acme'], a, [second], ANALYST);
    expect(typeof split).toBe('number');
    expect(await of(split as number)).toEqual([second]);
    expect(await grouping().detach(['acme'], a, [first], ANALYST)).toBe('empty');
    expect(await grouping().move(['acme'], split as number, [second], a, ANALYST)).toBe('empty');
    await grouping().merge(['acme'], a, [split as number], ANALYST);
    expect(await grouping().move(['acme'], a, [second], b, ANALYST)).toBe(b);
    expect(await of(b)).toContain(second);
    expect(await grouping().detach(['acme'], b, [second], ANALYST)).toBe(b);
    // What a person took out stays out.
    await apply([detection('x2', 3 * MINUTE, [host('web-1')], 'medium')]);
    expect(await of(a)).toEqual([first]);
    const loose = await grouping().loose(['acme'], {
      group: 'all',
      review: 'all',
      sort: 'recent',
      limit: 10,
    });
    expect(loose.items).toMatchObject([{ id: second, count: 2 }]);
  });

  test('what is not the caller’s is not there; tenants are not mixed; a refusal changes nothing', async () => {
    const [a, b] = await two();
    await apply([detection('y', 0, [host('web-1')], 'high', 'globex')], 'globex');
    const other = (await incidents()).find(({ tenant }) => tenant === 'globex')!.id;
    expect(await grouping().merge(['globex'], a, [b], ANALYST)).toBe('incident');
    expect(await grouping().merge(['globex'], other, [a], ANALYST)).toBe('incident');
    expect(await grouping().merge('all', a, [b, other], ANALYST)).toBe('tenant');
    expect(await grouping().move('all', a, [(await of(a))[0]!], other, ANALYST)).toBe('tenant');
    expect(await grouping().split('all', a, await of(other), ANALYST)).toBe('alert');
    expect(await grouping().merge('all', a, [a], ANALYST)).toBe('itself');
    expect(await incidents()).toHaveLength(3);
  });

  test('a loose alert says in which incidents it could be, and goes into one', async () => {
    await routine('usual', 2, [host('web-1')]);
    await apply([detection('scan', 2 * DAY, [host('web-1')], 'medium')]);
    await apply([detection('quiet', 2 * DAY + HOUR, [host('db-1'), user('eve')])]);
    await apply([detection('breach', 2 * DAY + 3 * HOUR, [host('db-2'), user('eve')], 'high')]);
    await apply([detection('theirs', 2 * DAY + HOUR, [host('db-1')], 'high', 'globex')], 'globex');
    const all = await incidents();
    const breach = all.find(({ title }) => title === 'breach')!;
    const quiet = (await alerts()).find(({ rule_id }) => rule_id === 'quiet')!;
    // Triage found it itself; somebody took it out, and thinks again.
    expect(quiet.incident_id).toBe(breach.id);
    await grouping().detach(['acme'], breach.id, [quiet.id], ANALYST);

    const ties = (await grouping().ties(['acme'], 'acme', quiet.id))!;
    expect(ties).toMatchObject({ alert: quiet.id, incident: null, joinsAt: 5, opensAt: 12 });
    expect(ties.incidents).toMatchObject([
      { id: breach.id, shared: [user('eve')], apart: -2 * HOUR, sameRule: false },
    ]);
    expect(ties.incidents[0]!.total).toBeGreaterThan(0);
    expect(await grouping().ties(['globex'], 'acme', quiet.id)).toBeUndefined();
    expect(await grouping().ties(['acme', 'globex'], 'globex', quiet.id)).toBeUndefined();

    const theirs = all.find(({ tenant }) => tenant === 'globex')!;
    expect(await grouping().join(['acme'], 'acme', [quiet.id], theirs.id, ANALYST)).toBe('incident');
    expect(await grouping().join('all', 'acme', [quiet.id], theirs.id, ANALYST)).toBe('tenant');
    expect(await grouping().join('all', 'globex', [quiet.id], theirs.id, ANALYST)).toBe('alert');
    expect(await grouping().join(['acme'], 'acme', [quiet.id], breach.id, ANALYST)).toBe(breach.id);
    const joined = (await alerts()).find(({ id }) => id === quiet.id)!;
    expect(joined).toMatchObject({ incident_id: breach.id, pinned: true, part: 'evidence' });
    expect((await incidents()).find(({ id }) => id === breach.id)!.entities).toContainEqual(host('db-1'));
    const log = await state.db.selectFrom('incident_log').selectAll().execute();
    expect(log.some(({ text, actor }) => text.includes('put here') && actor === 'Ann')).toBe(true);
    // What is in an incident is loose no more, and says where it is.
    expect(await grouping().ties(['acme'], 'acme', quiet.id)).toMatchObject({
      incident: breach.id,
      incidents: [],
    });
    expect(await grouping().ties(['globex'], 'acme', quiet.id)).toBeUndefined();
    expect(await grouping().ties(['acme'], 'acme', 'no-such-alert')).toBeUndefined();
    expect(await grouping().join(['acme'], 'acme', [quiet.id], breach.id, ANALYST)).toBe('alert');
  });
});
