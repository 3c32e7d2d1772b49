import type { RuleCheck } from '@vigie/contracts/api';
import { describe, expect, test } from 'vitest';
import { FLOOD, readFilter } from '../detect/index.ts';
import {
  ANNA,
  BASE,
  BRAM,
  CASES,
  COUNTED,
  MANY,
  OWN,
  refused,
  rule,
  SHIPPED,
  TestWorkshop,
} from './testing/workshop.ts';

const shop = TestWorkshop.use();
const { event, judge, move, save } = shop;

describe('a rule of one’s own', () => {
  test('goes from draft to test to live, back to an earlier version, and away', async () => {
    const words = (word: string) => event(`Failed password for ${word} from 192.0.2.7 port 40000 ssh2`);
    const saved = await save(OWN, rule(OWN, 'anchor'), 0, { cases: CASES, note: 'seen at the harbour' });
    expect(saved).toMatchObject({ number: 1, state: 'draft', author: 'Anna', note: 'seen at the harbour' });
    // A draft judges nothing, and is listed all the same.
    expect(judge([words('anchor')])).toEqual({ alerts: [], trials: [] });
    expect(await shop.bench.rules.get(OWN, 'all')).toMatchObject({
      state: 'draft',
      title: 'The word anchor',
    });
    expect(await shop.bench.rules.get(OWN, ['harbour'])).toBeUndefined();

    // In test its hits are counted, and it alerts nobody.
    let view = await move(OWN, 1, 'test', 1);
    expect(view.versions).toMatchObject([{ number: 1, state: 'test', stateBy: 'Bram' }]);
    const found = judge([words('anchor'), words('sailor'), words('anchor')]);
    expect(found.alerts).toEqual([]);
    expect(found.trials).toMatchObject([{ ruleId: OWN, number: 1, tenant: 'harbour', hits: 2 }]);
    await shop.bench.trials.count(found.trials, 7, shop.clock);
    view = (await shop.bench.workshop.versions(OWN))!;
    expect(view.trials).toMatchObject([
      {
        number: 1,
        hits: 2,
        byDay: [{ day: '2026-03-04', count: 2 }],
        byTenant: [{ tenant: 'harbour', count: 2 }],
      },
    ]);
    expect(view.trials[0]!.samples.map(({ id }) => id)).toEqual(
      expect.arrayContaining(found.trials[0]!.samples.map(({ id }) => id)),
    );

    // Live it alerts, and is no trial any more.
    await move(OWN, 1, 'live', 2);
    expect(judge([words('anchor')])).toEqual({ alerts: [OWN], trials: [] });
    expect(await shop.bench.rules.get(OWN, ['harbour'])).toMatchObject({
      state: 'live',
      origin: 'workshop',
      versions: { newest: 1, live: 1, test: null, override: false },
      cases: null,
    });
    expect(await shop.bench.rules.get(OWN, 'all')).toMatchObject({ state: 'live', cases: CASES });

    // A second version in test beside it: the first one still alerts.
    await save(OWN, rule(OWN, 'harpoon'), 3);
    await move(OWN, 2, 'test', 4);
    expect(judge([words('anchor'), words('harpoon')])).toMatchObject({
      alerts: [OWN],
      trials: [{ number: 2, hits: 1 }],
    });
    view = await move(OWN, 2, 'live', 5);
    expect(view.versions.map(({ number: n, state: s }) => [n, s])).toEqual([
      [2, 'live'],
      [1, 'retired'],
    ]);
    expect(judge([words('anchor')]).alerts).toEqual([]);
    expect(judge([words('harpoon')]).alerts).toEqual([OWN]);

    // Back to the first.
    view = await move(OWN, 1, 'live', 6);
    expect(view.versions.map(({ state: s }) => s)).toEqual(['retired', 'live']);
    expect(judge([words('harpoon'), words('anchor')]).alerts).toEqual([OWN]);

    // And away.
    view = await move(OWN, 1, 'retired', 7);
    expect(judge([words('anchor')])).toEqual({ alerts: [], trials: [] });
    expect(await shop.bench.rules.get(OWN, 'all')).toMatchObject({ state: 'retired' });
    expect(view.changes.map(({ change, actor, number: n }) => [change, actor, n])).toEqual([
      ['retired', 'Bram', 1],
      ['rolled-back', 'Bram', 1],
      ['live', 'Bram', 2],
      ['tested', 'Bram', 2],
      ['saved', 'Anna', 2],
      ['live', 'Bram', 1],
      ['tested', 'Bram', 1],
      ['saved', 'Anna', 1],
    ]);
    expect(shop.bench.logged).toHaveLength(8);
    expect(shop.bench.logged[1]).toMatchObject({ rule: OWN, version: 1, change: 'tested', by: 'u2' });
  });

  test('outlives a restart in the state it was left in', async () => {
    await save(OWN, rule(OWN, 'anchor'), 0);
    await move(OWN, 1, 'test', 1);
    await move(OWN, 1, 'live', 2);
    await save(OWN, rule(OWN, 'harpoon'), 3);
    await move(OWN, 2, 'test', 4);
    const again = await shop.open();
    expect(judge([event('an anchor and a harpoon')], again)).toMatchObject({
      alerts: [OWN],
      trials: [{ number: 2, hits: 1 }],
    });
  });

  test('goes live by way of test only, and is made under an id that nothing has', async () => {
    await save(OWN, rule(OWN, 'anchor'), 0);
    expect(
      refused(await shop.bench.workshop.move(OWN, 1, { to: 'live', note: '', revision: 1 }, ANNA)),
    ).toMatchObject({ refused: 'not-allowed' });
    expect(
      refused(await shop.bench.workshop.move(OWN, 9, { to: 'test', note: '', revision: 1 }, ANNA)),
    ).toMatchObject({ refused: 'not-found' });
    expect(
      refused(
        await shop.bench.workshop.save('a title', { text: 'x', cases: '', note: '', revision: 0 }, ANNA),
      ),
    ).toMatchObject({ refused: 'not-allowed' });
    expect(await shop.bench.workshop.versions('7d0f8c1e-0000-4000-8000-000000000000')).toBeUndefined();
  });
});

describe('a shipped rule', () => {
  test('is edited as a version over it, which can be taken back', async () => {
    const beacon = event('the beacon is lit');
    expect(judge([beacon]).alerts).toEqual([SHIPPED]);
    const before = (await shop.bench.workshop.versions(SHIPPED))!;
    expect(before).toMatchObject({
      revision: 0,
      locked: null,
      versions: [],
      upstream: { origin: 'vigie', path: 'shipped.yml', text: rule(SHIPPED, 'beacon'), changed: false },
    });
    expect(before.upstream!.cases).toContain('Failed password for beacon');

    await save(SHIPPED, rule(SHIPPED, 'signal'), 0);
    // Until it is live the shipped rule is in force.
    expect(judge([beacon]).alerts).toEqual([SHIPPED]);
    await move(SHIPPED, 1, 'test', 1);
    expect(judge([beacon, event('a signal')])).toMatchObject({
      alerts: [SHIPPED],
      trials: [{ hits: 1 }],
    });
    await move(SHIPPED, 1, 'live', 2);
    expect(judge([beacon]).alerts).toEqual([]);
    expect(judge([event('a signal')]).alerts).toEqual([SHIPPED]);
    expect(await shop.bench.rules.get(SHIPPED, 'all')).toMatchObject({
      versions: { live: 1, override: true },
    });

    // Another text below it, as after an update.
    shop.ship('shipped.yml', rule(SHIPPED, 'lighthouse'));
    await shop.bench.rules.reload();
    expect((await shop.bench.workshop.versions(SHIPPED))!.upstream).toMatchObject({ changed: true });
    await move(SHIPPED, 1, 'retired', 3);
    expect(judge([event('a lighthouse')]).alerts).toEqual([SHIPPED]);
    shop.ship('shipped.yml', rule(SHIPPED, 'beacon'));
  });

  test('stays in force when the version over it can’t be read any more', async () => {
    await save(SHIPPED, rule(SHIPPED, 'signal'), 0);
    await move(SHIPPED, 1, 'test', 1);
    await move(SHIPPED, 1, 'live', 2);
    await shop.state.db.updateTable('rule_version').set({ text: 'title: [' }).execute();
    const report = await shop.bench.rules.reload();
    expect(report.rejected).toMatchObject([{ path: `${SHIPPED}@1`, code: 'yaml_syntax' }]);
    expect(judge([event('the beacon and the lantern')]).alerts).toEqual([SHIPPED]);
  });

  test('of several documents is cut to what it needs; what is counted can’t lose its name', async () => {
    const many = (await shop.bench.workshop.versions(MANY))!.upstream!;
    expect(many.text).toBe(COUNTED);
    const base = (await shop.bench.workshop.versions(BASE))!.upstream!;
    expect(base.text).toBe(rule(BASE, 'lantern', 'name: lantern_seen\n'));

    // As a trial the count runs beside the one in force.
    const three = [1, 2, 3].map((n) => event(`lantern ${n}`));
    await save(MANY, COUNTED.replace('gte: 3', 'gte: 2'), 0);
    await move(MANY, 1, 'test', 1);
    const found = judge(three);
    expect(found.alerts).toEqual([MANY]);
    expect(found.trials).toMatchObject([{ ruleId: MANY, number: 1, hits: 1 }]);

    await save(BASE, rule(BASE, 'lantern', 'name: lamp_seen\n'), 0);
    const outcome = refused(
      await shop.bench.workshop.move(BASE, 1, { to: 'test', note: '', revision: 1 }, ANNA),
    );
    expect(outcome).toMatchObject({ refused: 'not-ready' });
    expect((outcome.details as RuleCheck).issues).toContainEqual(
      expect.objectContaining({ code: 'rule_needed', severity: 'error' }),
    );
  });

  test('that counts one in force can be written without it, and is tested with it', async () => {
    const count = COUNTED.split('---\n')[1]!.replace(MANY, OWN).replace('gte: 3', 'gte: 2');
    await save(OWN, count, 0);
    await move(OWN, 1, 'test', 1);
    expect(judge([event('lantern'), event('lantern')]).trials).toMatchObject([{ ruleId: OWN, hits: 1 }]);
    await move(OWN, 1, 'live', 2);
    expect(judge([event('lantern'), event('lantern')]).alerts).toContain(OWN);
  });
});

describe('two people at one rule', () => {
  test('the second to save is refused with what the first has saved', async () => {
    await save(OWN, rule(OWN, 'anchor'), 0);
    const outcome = refused(
      await shop.bench.workshop.save(
        OWN,
        { text: rule(OWN, 'rope'), cases: '', note: '', revision: 0 },
        BRAM,
      ),
    );
    expect(outcome).toMatchObject({
      refused: 'conflict',
      details: { revision: 1, current: { number: 1, author: 'Anna', text: rule(OWN, 'anchor') } },
    });
    expect((await shop.bench.workshop.versions(OWN))!.versions).toHaveLength(1);
  });

  test('of many at the same moment one wins', async () => {
    await save(OWN, rule(OWN, 'anchor'), 0);
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, n) =>
        n % 2 === 0
          ? shop.bench.workshop.save(
              OWN,
              { text: rule(OWN, `w${n}`), cases: '', note: '', revision: 1 },
              ANNA,
            )
          : shop.bench.workshop.move(OWN, 1, { to: 'test', note: '', revision: 1 }, BRAM),
      ),
    );
    expect(outcomes.filter((outcome) => !('refused' in outcome))).toHaveLength(1);
    expect(outcomes.filter((outcome) => 'refused' in outcome && outcome.refused === 'conflict')).toHaveLength(
      7,
    );
    expect((await shop.bench.workshop.versions(OWN))!.revision).toBe(2);
  });

  test('a first save that is refused leaves nothing behind', async () => {
    refused(
      await shop.bench.workshop.save(OWN, { text: rule(OWN, 'x'), cases: '', note: '', revision: 3 }, ANNA),
    );
    expect(await shop.bench.workshop.versions(OWN)).toBeUndefined();
  });
});

describe('trials', () => {
  test('a batch that is delivered twice is counted once; a tenant that is gone is left out', async () => {
    await save(OWN, rule(OWN, 'anchor'), 0);
    await move(OWN, 1, 'test', 1);
    const { trials } = judge([event('anchor'), event('anchor', 'mill'), event('anchor', 'gone')]);
    expect(trials).toHaveLength(3);
    await shop.bench.trials.count(trials, 3, shop.clock);
    await shop.bench.trials.count(trials, 3, shop.clock);
    await shop.bench.trials.count(trials, 2, shop.clock);
    const [trial] = (await shop.bench.workshop.versions(OWN))!.trials;
    expect(trial).toMatchObject({ hits: 2 });
    expect(trial!.byTenant.map(({ tenant }) => tenant).sort()).toEqual(['harbour', 'mill']);
  });

  test('a few events are kept, and days for a quarter of a year', async () => {
    await save(OWN, rule(OWN, 'anchor'), 0);
    await move(OWN, 1, 'test', 1);
    const before = shop.clock;
    let sequence = 0;
    for (const day of [0, 1, 100]) {
      shop.clock = before + day * 86_400_000;
      for (let n = 0; n < 4; n++) {
        const { trials } = judge(Array.from({ length: 9 }, () => event('anchor')));
        await shop.bench.trials.count(trials, ++sequence, shop.clock);
      }
    }
    shop.clock = before;
    const [trial] = (await shop.bench.workshop.versions(OWN))!.trials;
    expect(trial).toMatchObject({ hits: 36, byDay: [{ day: '2026-06-12', count: 36 }] });
    expect(trial!.samples).toHaveLength(5);
  });

  test('a version that matches everything is stopped, and says so', async () => {
    await save(OWN, rule(OWN, 'e'), 0);
    await move(OWN, 1, 'test', 1);
    const batch = Array.from({ length: 10_000 }, () => event('the beacon'));
    let hits = 0;
    for (let n = 0; n < FLOOD / 10_000 + 2; n++) for (const one of judge(batch).trials) hits += one.hits;
    expect(hits).toBe(FLOOD);
    expect((await shop.bench.workshop.versions(OWN))!.trialProblem).toMatch(/stopped/);
    // It stays so when other rules are loaded, until it is put in test again.
    await shop.bench.rules.reload();
    expect(judge([event('the beacon')])).toMatchObject({ alerts: [SHIPPED], trials: [] });
    await move(OWN, 1, 'draft', 2);
    await move(OWN, 1, 'test', 3);
    expect(judge([event('the beacon')]).trials).toMatchObject([{ hits: 1 }]);
  });

  test('what an exception silences is silent in test, too, and counts for no exception', async () => {
    const read = readFilter(
      `title: agreed\nlogsource: {product: linux}\nfilter:\n  rules: [${OWN}]\n  s: {host.name: pilot01}\n  condition: not s\n`,
    );
    if (!('filter' in read)) throw new Error(read.problem);
    shop.bench.exceptions.replace([
      { id: 'x1', tenant: 'harbour', filter: read.filter, from: 0, until: Number.MAX_SAFE_INTEGER },
    ]);
    await save(OWN, rule(OWN, 'anchor'), 0);
    await move(OWN, 1, 'test', 1);
    expect(judge([event('anchor'), event('anchor', 'mill')]).trials).toMatchObject([
      { tenant: 'mill', hits: 1 },
    ]);
    shop.bench.exceptions.endBatch(1);
    expect(shop.bench.exceptions.takeCounts()).toEqual([]);
    await move(OWN, 1, 'live', 2);
    expect(judge([event('anchor'), event('anchor', 'mill')]).alerts).toEqual([OWN]);
    shop.bench.exceptions.endBatch(2);
    expect(shop.bench.exceptions.takeCounts()).toMatchObject([{ exception: 'x1', hits: 1 }]);
  });

  test('the state of a count in test is kept over a load and a restart', async () => {
    await save(MANY, COUNTED.replace('gte: 3', 'gte: 2'), 0);
    await move(MANY, 1, 'test', 1);
    expect(judge([event('lantern')]).trials).toEqual([]);
    await shop.bench.rules.reload();
    const saved = JSON.parse(JSON.stringify(shop.bench.rules.snapshot()));
    expect(judge([event('lantern')]).trials).toMatchObject([{ hits: 1 }]);
    const again = await shop.open();
    again.rules.restore(saved);
    expect(judge([event('lantern')], again).trials).toMatchObject([{ hits: 1 }]);
  });
});
