import { describe, expect, test } from 'vitest';
import { averagePrecision, type JudgedCase, readAsOpened, score, train, VerdictHistory } from './index.ts';
import { fit, probabilityOf } from './logistic.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.parse('2026-06-01T02:00:00Z');
const rest = async () => undefined;

/** Numbers from 0 to 1 that are the same each time (mulberry32). */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Incidents of twelve weeks, whose truth is told by `truth`. */
function world(
  seed: number,
  truth: (rule: number, draw: () => number, tenant: number) => boolean,
  count = 1200,
): JudgedCase[] {
  const draw = random(seed);
  return Array.from({ length: count }, (_, incident) => {
    const rule = Math.floor(draw() * 20);
    const tenant = Math.floor(draw() * 6);
    const openedAt = Math.floor(NOW - 84 * DAY * (1 - incident / count));
    return {
      tenant: `t${tenant}`,
      incident,
      openedAt,
      decidedAt: openedAt + Math.floor(draw() * 2 * DAY),
      truePositive: truth(rule, draw, tenant),
      facts: {
        rules: [`rule-${rule}`],
        techniques: 1 + Math.floor(draw() * 3),
        level: 2 + Math.floor(draw() * 2),
        rarity: draw() * 8,
        criticality: 1 + Math.floor(draw() * 2),
        entities: [`host:h${Math.floor(draw() * 60)}`],
        sourceKinds: [`kind-${Math.floor(draw() * 4)}`],
        offHours: draw() < 0.3,
        late: false,
      },
    };
  });
}

/** Five rules of twenty are right nine times of ten, the others one of ten. */
const byRule = (rule: number, draw: () => number) => draw() < (rule < 5 ? 0.9 : 0.1);

describe('a world in which verdicts follow the rule', () => {
  const judged = world(1, byRule);

  test('the model is used, its gain is measured week by week, and it knows the rules', async () => {
    const { model, report } = await train(judged, NOW, rest);
    expect(report).toMatchObject({ used: true, reason: 'better' });
    expect(report.gain).toBeGreaterThan(0.3);
    expect(report.weeks.length).toBe(8);
    const [good, bad] = [3, 12].map((rule) =>
      score(
        model!,
        [
          {
            tenant: 't1',
            incident: 1,
            openedAt: NOW,
            facts: { ...judged[0]!.facts, rules: [`rule-${rule}`] },
          },
        ],
        judged,
      ),
    );
    expect(good![0]!.probability).toBeGreaterThan(0.75);
    expect(bad![0]!.probability).toBeLessThan(0.25);
    const line = good![0]!.terms.find(({ feature }) => feature === 'rule-overall')!;
    const same = judged.filter(({ facts, decidedAt }) => facts.rules[0] === 'rule-3' && decidedAt < NOW);
    expect(line).toMatchObject({
      subject: 'rule-3',
      of: same.length,
      right: same.filter(({ truePositive }) => truePositive).length,
    });
    expect(line.weight).toBeGreaterThan(0.8);
  });

  test('the terms add up to the probability', async () => {
    const { model } = await train(judged, NOW, rest);
    for (const { probability, terms } of score(model!, judged.slice(500, 520), judged)) {
      const sum = terms.reduce((all, { weight }) => all + weight, model!.base);
      // Lines too faint to be shown are left out of the sum.
      expect(Math.abs(Math.log(probability / (1 - probability)) - sum)).toBeLessThan(12 * 0.05);
    }
  });

  test('the same cases in another order give the same answer', async () => {
    const shuffled = [...judged].sort((a, b) => ((a.incident * 7919) % 1201) - ((b.incident * 7919) % 1201));
    expect(await train(shuffled, NOW, rest)).toEqual(await train(judged, NOW, rest));
  });
});

test.each(Array.from({ length: 12 }, (_, seed) => seed + 100))(
  'verdicts that are noise: the model is not used (seed %i)',
  async (seed) => {
    const { report } = await train(
      world(seed, (_rule, draw) => draw() < 0.3),
      NOW,
      rest,
    );
    expect(report.used).toBe(false);
    expect(['not-better', 'unsteady']).toContain(report.reason);
  },
);

test('too few verdicts, or all of one kind: not used, and it says so', async () => {
  expect((await train(world(2, byRule, 80), NOW, rest)).report).toMatchObject({
    used: false,
    reason: 'too-few',
  });
  expect(
    (
      await train(
        world(2, () => false),
        NOW,
        rest,
      )
    ).report,
  ).toMatchObject({
    used: false,
    reason: 'too-few',
  });
  expect((await train([], NOW, rest)).report).toMatchObject({ reason: 'too-few', verdicts: 0 });
});

test('verdicts that once followed the rule and do so no more: not used', async () => {
  const turned = world(3, byRule).map((each) => ({
    ...each,
    truePositive: each.openedAt < NOW - 56 * DAY ? each.truePositive : random(each.incident)() < 0.35,
  }));
  expect((await train(turned, NOW, rest)).report.used).toBe(false);
});

describe('nothing from after the opening reaches a feature', () => {
  const judged = world(4, byRule, 400);
  const before = readAsOpened(judged, judged);

  test('turning every verdict given after an opening changes none of its features', () => {
    for (const at of [50, 150, 399]) {
      const { of, values } = before[at]!;
      const turned = judged.map((each) =>
        each.decidedAt >= of.openedAt ? { ...each, truePositive: !each.truePositive } : each,
      );
      expect(readAsOpened(turned, turned).find((each) => each.of.incident === of.incident)!.values).toEqual(
        values,
      );
    }
  });

  test('turning one given before does', () => {
    const { of, values } = before[399]!;
    const same = judged.find(
      (each) => each.decidedAt < of.openedAt && each.facts.rules[0] === of.facts.rules[0],
    )!;
    const turned = judged.map((each) =>
      each === same ? { ...each, truePositive: !each.truePositive } : each,
    );
    expect(readAsOpened(turned, turned).find((each) => each.of.incident === of.incident)!.values).not.toEqual(
      values,
    );
  });

  test('a label that is its own feature would be found out: the model does not know the future', async () => {
    // Each incident has a machine of its own, so only a leak could tell of it.
    const alone = world(5, (_rule, draw) => draw() < 0.4).map((each) => ({
      ...each,
      facts: { ...each.facts, rules: ['one'], entities: [`host:only-${each.incident}`], sourceKinds: [] },
    }));
    expect((await train(alone, NOW, rest)).report.used).toBe(false);
  });
});

test('a tenant of yesterday profits from the others, and speaks for itself when it has cases of its own', () => {
  const history = new VerdictHistory();
  const one = world(6, byRule, 1)[0]!;
  const facts = { ...one.facts, rules: ['r'] };
  for (let i = 0; i < 40; i++) history.add({ ...one, tenant: 'old', facts, truePositive: i % 2 === 0 });
  const fresh = history.read('new', facts);
  expect(fresh['rule-here'].value).toBe(0);
  expect(fresh['rule-overall']).toMatchObject({ right: 20, of: 40 });
  for (let i = 0; i < 10; i++) history.add({ ...one, tenant: 'new', facts, truePositive: true });
  const known = history.read('new', facts);
  expect(known['rule-here']).toMatchObject({ right: 10, of: 10 });
  expect(known['rule-here'].value).toBeGreaterThan(0.5);
});

test('the fit finds the weights that made the data', () => {
  const draw = random(9);
  const examples = Array.from({ length: 4000 }, () => {
    const values = Array.from({ length: 12 }, () => draw() * 2 - 1);
    return { values, label: draw() < 1 / (1 + Math.exp(-(0.5 + 2 * values[0]! - values[5]!))) };
  });
  const model = fit(examples);
  const raw = model.weights.map((weight, j) => weight / model.deviation[j]!);
  expect(raw[0]).toBeGreaterThan(1.75);
  expect(raw[0]).toBeLessThan(2.25);
  expect(raw[5]).toBeLessThan(-0.8);
  expect(raw[5]).toBeGreaterThan(-1.2);
  expect(Math.abs(raw[3]!)).toBeLessThan(0.2);
  const calm = fit(examples.map((each) => ({ ...each, label: true })));
  expect(probabilityOf(calm, examples[0]!.values)).toBeGreaterThan(0.99);
});

test('average precision, by hand', () => {
  expect(averagePrecision([true, false, true, false])).toBeCloseTo((1 + 2 / 3) / 2);
  expect(averagePrecision([false, false])).toBe(0);
});
