import { describe, expect, it } from 'vitest';
import { parseRules } from '../parse.ts';
import { CorrelationEngine } from './engine.ts';
import type { CorrelationEvent, CorrelationOptions } from './types.ts';

const BASE = ['logon_failed', 'logon_ok', 'recon_a', 'recon_b', 'recon_c']
  .map(
    (name) => `
title: ${name}
name: ${name}
logsource: { product: harbour }
detection:
  selection: { action: ${name} }
  condition: selection
`,
  )
  .join('---');

function engine(correlation: string, options: Partial<CorrelationOptions> = {}): CorrelationEngine {
  const parsed = parseRules(`${BASE}---\n${correlation}`);
  expect(parsed.errors).toEqual([]);
  const made = new CorrelationEngine(parsed.correlations, { rules: parsed.rules, ...options });
  expect(made.rejected).toEqual([]);
  return made;
}

const rules = new Map(parseRules(BASE).rules.map((rule) => [rule.name!, rule]));
let counter = 0;
function see(
  made: CorrelationEngine,
  name: string,
  time: number,
  fields: CorrelationEvent['fields'] = {},
  id?: string,
) {
  const event = { id: id ?? `e${++counter}`, time, fields: { user: 'alva', ip: '192.0.2.7', ...fields } };
  return made.observe([{ rule: rules.get(name)! }], event);
}

const BRUTE_FORCE = `
title: Many failed logons
id: many-failed
correlation:
  type: event_count
  rules: [logon_failed]
  group-by: [user]
  timespan: 60s
  condition: { gte: 5 }
`;

const temporal = (type: string, extra = '') => `
title: Reconnaissance
correlation:
  type: ${type}
  rules: [recon_a, recon_b, recon_c]
  group-by: [user]
  timespan: 10s
  ${extra}
`;

describe('event_count', () => {
  it('fires on the event that reaches the threshold, once a window, and lists the events', () => {
    const made = engine(BRUTE_FORCE);
    for (let i = 0; i < 4; i++) expect(see(made, 'logon_failed', 1000 + i)).toEqual([]);
    const [match] = see(made, 'logon_failed', 1004.5);
    expect(match).toMatchObject({
      from: 1000,
      time: 1004.5,
      value: 5,
      eventCount: 5,
      group: [{ field: 'user', value: 'alva' }],
    });
    expect(match!.events).toHaveLength(5);
    for (let i = 0; i < 20; i++) expect(see(made, 'logon_failed', 2000 + i)).toEqual([]);
    for (let i = 0; i < 4; i++) expect(see(made, 'logon_failed', 90_000 + i)).toEqual([]);
    expect(see(made, 'logon_failed', 90_010)).toHaveLength(1);
  });

  it('does not count events further apart than the timespan', () => {
    const made = engine(BRUTE_FORCE);
    for (let i = 0; i < 20; i++) expect(see(made, 'logon_failed', i * 15_001)).toEqual([]);
    expect(see(made, 'logon_failed', 20 * 15_001 - 14_000)[0]).toMatchObject({ from: 16 * 15_001, value: 5 });
  });

  it('keeps groups apart, ignoring case, and skips events without the group field', () => {
    const made = engine(BRUTE_FORCE);
    for (let i = 0; i < 4; i++) {
      see(made, 'logon_failed', i, { user: 'ALVA' });
      see(made, 'logon_failed', i, { user: 'bo' });
    }
    expect(see(made, 'logon_failed', 10, { user: [] })).toEqual([]);
    expect(made.stats.incomplete).toBe(1);
    expect(see(made, 'logon_failed', 10, { user: 'Alva' })).toHaveLength(1);
  });

  it('puts late events where they belong', () => {
    const made = engine(BRUTE_FORCE);
    for (const time of [0, 1, 2, 100_000]) expect(see(made, 'logon_failed', time)).toEqual([]);
    expect(see(made, 'logon_failed', 200_000 - 61_000)).toEqual([]);
    expect(see(made, 'logon_failed', 4)).toEqual([]);
    expect(see(made, 'logon_failed', 3)[0]).toMatchObject({ from: 0, time: 4, value: 5 });
    const strict = engine(BRUTE_FORCE, { lateness: 0 });
    for (const time of [0, 1, 2, 3, 100_000]) see(strict, 'logon_failed', time);
    expect(see(strict, 'logon_failed', 4)).toEqual([]);
    expect(strict.stats.late).toBe(1);
  });

  it('decides ranges with an upper bound when the window is over', () => {
    const made = engine(BRUTE_FORCE.replace('{ gte: 5 }', '{ gt: 2, lte: 4 }'), { lateness: 0 });
    for (let i = 0; i < 3; i++) expect(see(made, 'logon_failed', i)).toEqual([]);
    for (let i = 0; i < 6; i++) expect(see(made, 'logon_failed', i, { user: 'bo' })).toEqual([]);
    expect(made.advance(60_000)).toEqual([]);
    expect(made.advance(60_001).map((match) => match.group[0]!.value)).toEqual(['alva']);
    expect(made.flush()).toEqual([]);
  });
});

describe('replay and restart', () => {
  it('counts an event that is seen twice once', () => {
    const made = engine(BRUTE_FORCE);
    for (let round = 0; round < 3; round++)
      for (let i = 0; i < 4; i++) expect(see(made, 'logon_failed', i, {}, `x${i}`)).toEqual([]);
    expect(see(made, 'logon_failed', 5, {}, 'x5')).toHaveLength(1);
    for (let i = 0; i < 6; i++) expect(see(made, 'logon_failed', i, {}, `x${i}`)).toEqual([]);
  });

  it('fires exactly once, with the same key, when a restart splits the sequence', () => {
    const whole = engine(BRUTE_FORCE);
    for (let i = 0; i < 4; i++) see(whole, 'logon_failed', i, {}, `y${i}`);
    const saved = JSON.parse(JSON.stringify(whole.snapshot()));
    const [expected] = see(whole, 'logon_failed', 4, {}, 'y4');
    const restored = engine(BRUTE_FORCE);
    expect(restored.restore(saved)).toBe(0);
    expect(see(restored, 'logon_failed', 3, {}, 'y3')).toEqual([]);
    const found = see(restored, 'logon_failed', 4, {}, 'y4');
    expect(found.map(({ key }) => key)).toEqual([expected!.key]);
    const again = engine(BRUTE_FORCE);
    again.restore(JSON.parse(JSON.stringify(restored.snapshot())));
    expect(see(again, 'logon_failed', 4, {}, 'y4')).toEqual([]);
    expect(engine(BRUTE_FORCE.replace('gte: 5', 'gte: 6')).restore(saved)).toBe(1);
  });
});

describe('value_count', () => {
  const SPRAY = `
title: Password spraying
correlation:
  type: value_count
  rules: [logon_failed]
  group-by: [ip]
  timespan: 1m
  condition: { field: user, gte: 3 }
`;
  it('counts distinct values in the window', () => {
    const made = engine(SPRAY);
    for (let i = 0; i < 10; i++)
      expect(see(made, 'logon_failed', i, { user: i % 2 ? 'Alva' : 'alva' })).toEqual([]);
    expect(see(made, 'logon_failed', 20, { user: 'bo' })).toEqual([]);
    expect(see(made, 'logon_failed', 60_021, { user: 'cy' })).toEqual([]);
    expect(see(made, 'logon_failed', 60_022, { user: 'di' })).toEqual([]);
    expect(see(made, 'logon_failed', 60_023, { user: 'el' })[0]).toMatchObject({ value: 3, from: 60_021 });
  });

  it('counts combinations of several fields', () => {
    const made = engine(SPRAY.replace('field: user', 'field: [user, host]'));
    see(made, 'logon_failed', 1, { user: 'a', host: 'x' });
    see(made, 'logon_failed', 2, { user: 'a', host: 'y' });
    expect(see(made, 'logon_failed', 3, { user: 'a', host: 'x' })).toEqual([]);
    expect(see(made, 'logon_failed', 4, { user: 'b', host: 'x' })).toHaveLength(1);
  });
});

describe('temporal', () => {
  it('needs every rule, in any order', () => {
    const made = engine(temporal('temporal'));
    for (const name of ['recon_c', 'recon_c', 'recon_a']) expect(see(made, name, 1000)).toEqual([]);
    expect(see(made, 'recon_b', 11_001)).toEqual([]);
    expect(see(made, 'recon_c', 11_000)).toEqual([]);
    expect(see(made, 'recon_a', 12_000)[0]).toMatchObject({ value: 3, time: 12_000 });
  });

  it('takes a count and a boolean expression', () => {
    const two = engine(temporal('temporal', 'condition: { gte: 2 }'));
    expect(see(two, 'recon_a', 1)).toEqual([]);
    expect(see(two, 'recon_c', 2)).toHaveLength(1);
    const expression = engine(temporal('temporal', 'condition: recon_a and (recon_b or recon_c)'));
    see(expression, 'recon_b', 1);
    expect(see(expression, 'recon_c', 2)).toEqual([]);
    expect(see(expression, 'recon_a', 3)).toHaveLength(1);
    const without = engine(temporal('temporal', 'condition: recon_a and not recon_b'), { lateness: 0 });
    see(without, 'recon_a', 1);
    expect(see(without, 'recon_b', 2)).toEqual([]);
    expect(see(without, 'recon_a', 20_000)).toEqual([]);
    expect(see(without, 'recon_c', 40_000)).toHaveLength(1);
  });

  it('temporal_ordered needs the order, below the second too, and copes with late events', () => {
    const made = engine(temporal('temporal_ordered'));
    see(made, 'recon_b', 1000.25);
    see(made, 'recon_a', 1000.5);
    expect(see(made, 'recon_c', 1000.75)).toEqual([]);
    expect(see(made, 'recon_b', 1000.6)[0]).toMatchObject({ from: 1000.5, time: 1000.75 });
  });

  it('temporal_ordered does not stretch beyond the timespan', () => {
    const made = engine(temporal('temporal_ordered'));
    see(made, 'recon_a', 0);
    see(made, 'recon_b', 5_000);
    expect(see(made, 'recon_c', 10_001)).toEqual([]);
    see(made, 'recon_a', 11_000);
    see(made, 'recon_b', 12_000);
    expect(see(made, 'recon_c', 21_000)).toHaveLength(1);
  });

  it('joins different fields by aliases', () => {
    const made = engine(
      temporal(
        'temporal',
        'aliases: { address: { recon_a: source.ip, recon_b: destination.ip, recon_c: ip } }',
      ).replace('[user]', '[address]'),
    );
    see(made, 'recon_a', 1, { 'source.ip': '203.0.113.9' });
    see(made, 'recon_b', 2, { 'destination.ip': '203.0.113.9' });
    expect(see(made, 'recon_c', 3)).toEqual([]);
    expect(see(made, 'recon_c', 3, { ip: '203.0.113.9' })[0]!.group).toEqual([
      { field: 'address', value: '203.0.113.9' },
    ]);
  });
});

describe('values', () => {
  const values = (type: string, condition: string) => `
title: Values
correlation:
  type: ${type}
  rules: [recon_a]
  group-by: [user]
  timespan: 10s
  condition: ${condition}
`;
  const feed = (made: CorrelationEngine, numbers: readonly number[]) => [
    ...numbers.flatMap((bytes, index) => see(made, 'recon_a', index, { bytes })),
    ...made.flush(),
  ];
  it('sums, averages and ranks', () => {
    expect(feed(engine(values('value_sum', '{ field: bytes, gt: 10 }')), [4, 4])).toEqual([]);
    expect(feed(engine(values('value_sum', '{ field: bytes, gt: 10 }')), [4, 4, 4])[0]!.value).toBe(12);
    expect(feed(engine(values('value_avg', '{ field: bytes, gte: 4 }')), [1, 2, 9])[0]!.value).toBe(4);
    expect(feed(engine(values('value_avg', '{ field: bytes, gt: 4 }')), [9, 1, 2])).toEqual([]);
    expect(feed(engine(values('value_median', '{ field: bytes, lt: 3 }')), [9, 1, 2])[0]!.value).toBe(2);
    expect(
      feed(engine(values('value_percentile', '{ field: bytes, percentile: 75, gt: 3 }')), [1, 2, 3, 4, 5])[0]!
        .value,
    ).toBe(4);
    expect(
      feed(engine(values('value_percentile', '{ field: bytes, percentile: 75, gt: 4 }')), [1, 2, 3, 4, 5]),
    ).toEqual([]);
  });
});

describe('closed windows', () => {
  it('are decided in the order in which they end, whatever the groups', () => {
    const made = engine(BRUTE_FORCE.replace('{ gte: 5 }', '{ eq: 1 }'), { lateness: 0 });
    for (const [user, time] of [
      ['cy', 30],
      ['alva', 10],
      ['bo', 20],
    ] as const)
      see(made, 'logon_failed', time, { user });
    expect(made.advance(60_025).map((match) => match.group[0]!.value)).toEqual(['alva', 'bo']);
    expect(see(made, 'logon_failed', 61_000, { user: 'di' }).map((match) => match.group[0]!.value)).toEqual([
      'cy',
    ]);
    expect(see(made, 'logon_failed', 15, { user: 'alva' })).toEqual([]);
    expect(made.stats.late).toBe(1);
  });
});

describe('groups that are too full', () => {
  it('still count all events of a closed window, over a restart too, and say what is an estimate', () => {
    const rule = BRUTE_FORCE.replace('{ gte: 5 }', '{ gt: 2, lt: 40 }');
    for (const [events, hits] of [
      [30, 1],
      [50, 0],
    ] as const) {
      let made = engine(rule, { maxEntries: 20 });
      for (let i = 0; i < events; i++) {
        see(made, 'logon_failed', i);
        const saved = JSON.parse(JSON.stringify(made.snapshot()));
        made = engine(rule, { maxEntries: 20 });
        made.restore(saved);
      }
      expect(made.flush().map(({ value }) => value)).toEqual(hits === 1 ? [events] : []);
    }
    const distinct = engine(
      BRUTE_FORCE.replace('event_count', 'value_count').replace('{ gte: 5 }', '{ field: n, gt: 2, lt: 40 }'),
      { maxEntries: 20 },
    );
    for (let i = 0; i < 50; i++) see(distinct, 'logon_failed', i, { n: i });
    expect(distinct.flush()).toMatchObject([{ value: 20, approximate: true }]);
  });
});

describe('chains and bounds', () => {
  const CHAIN = `${BRUTE_FORCE}name: many_failed
---
title: Failed logons, then one that worked
correlation:
  type: temporal_ordered
  rules: [many_failed, logon_ok]
  group-by: [user]
  timespan: 1h
`;
  it('correlates correlations', () => {
    const made = engine(CHAIN);
    expect(see(made, 'logon_ok', 0)).toEqual([]);
    for (let i = 0; i < 5; i++) see(made, 'logon_failed', 10 + i);
    const [match] = see(made, 'logon_ok', 100);
    expect(match).toMatchObject({ rule: { title: 'Failed logons, then one that worked' }, time: 100 });
    expect(made.alertsAlone(rules.get('logon_failed')!)).toBe(false);
    expect(made.alertsAlone(rules.get('recon_a')!)).toBe(true);
    expect(made.alertsAlone(made.rules[0]!)).toBe(false);
    expect(made.alertsAlone(made.rules[1]!)).toBe(true);
  });

  it('refuses unknown rules and cycles', () => {
    const text = `${BASE}---${BRUTE_FORCE.replace('[logon_failed]', '[nobody]')}---
title: Loop
id: loop
correlation: { type: temporal, rules: [loop, logon_ok], group-by: [user], timespan: 1h }
`;
    const parsed = parseRules(text);
    const made = new CorrelationEngine(parsed.correlations, { rules: parsed.rules });
    expect(made.rejected.map(({ issue }) => issue.code)).toEqual(['rule_unknown', 'correlation_cycle']);
  });

  it('bounds its memory and counts what it gives up', () => {
    const made = engine(BRUTE_FORCE, { maxGroups: 50 });
    for (let i = 0; i < 200; i++) see(made, 'logon_failed', i, { user: `u${i}` });
    expect(made.stats.groups).toBeLessThanOrEqual(50);
    expect(made.stats.evictedGroups).toBe(150);
    const full = engine(
      BRUTE_FORCE.replace('event_count', 'value_count').replace('gte: 5', 'field: ip, gte: 5'),
      { maxEntries: 100 },
    );
    for (let i = 0; i < 300; i++) see(full, 'logon_failed', i / 10);
    expect(full.stats.evictedEvents).toBeGreaterThanOrEqual(300 - 112);
    expect(full.stats.evictedEvents).toBeLessThanOrEqual(200);
  });

  it('estimates different values where it can no longer hold them, says so, and goes back to counting', () => {
    const many = BRUTE_FORCE.replace('event_count', 'value_count').replace('gte: 5', 'field: ip, gte: 5000');
    const options = { maxEntries: 100, lateness: 1_000 };
    const made = engine(many, options);
    const found = [];
    for (let i = 0; i < 6_000; i++) {
      // A restart in the middle changes nothing.
      if (i === 3_000) made.restore(JSON.parse(JSON.stringify(made.snapshot())));
      found.push(...see(made, 'logon_failed', i, { ip: `v${i}` }));
    }
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ approximate: true });
    expect(found[0]!.value).toBeGreaterThanOrEqual(5_000);
    expect(found[0]!.time).toBeGreaterThan(4_500);
    expect(found[0]!.time).toBeLessThan(5_500);
    // Ten values, however often, are not five thousand.
    for (let i = 0; i < 20_000; i++)
      expect(see(made, 'logon_failed', 100_000 + i, { ip: `v${i % 10}` })).toEqual([]);
    const exact = engine(many.replace('5000', '50'), options);
    for (let i = 0; i < 3_000; i++) see(exact, 'logon_failed', i, { ip: `v${i % 10}` });
    const later = Array.from({ length: 50 }, (_, i) =>
      see(exact, 'logon_failed', 500_000 + i, { ip: `w${i}` }),
    ).flat();
    expect(later).toHaveLength(1);
    expect(later[0]!.approximate).toBeUndefined();
    expect(later[0]!.value).toBe(50);
  });

  it('forgets a later step without its first when no late event can bring that any more', () => {
    const ordered = temporal('temporal_ordered');
    const made = engine(ordered, { lateness: 60_000 });
    for (let i = 0; i < 1000; i++) see(made, 'recon_c', i, { user: `u${i}` });
    expect(made.stats.groups).toBe(1000);
    see(made, 'recon_a', 61_500);
    expect(made.stats.groups).toBe(1);
    expect(made.stats.evictedGroups).toBe(0);
  });

  it('still correlates what one source delivers hours late', () => {
    const made = engine(BRUTE_FORCE, { lateness: 60_000 });
    see(made, 'logon_ok', 10_000_000);
    for (let i = 0; i < 4; i++) {
      expect(see(made, 'logon_failed', i)).toEqual([]);
      see(made, 'logon_ok', 10_000_000 + i);
    }
    expect(see(made, 'logon_failed', 5)).toHaveLength(1);
  });
});

describe('events that overtake each other', () => {
  it('give what they give in order, window by window', () => {
    let state = 7;
    const random = () => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return state / 0x7fffffff;
    };
    for (const text of [BRUTE_FORCE, temporal('temporal_ordered'), temporal('temporal')])
      for (let round = 0; round < 200; round++) {
        const names = text === BRUTE_FORCE ? ['logon_failed'] : ['recon_a', 'recon_b', 'recon_c'];
        const events = Array.from({ length: 12 }, (_, i) => ({
          name: names[Math.floor(random() * names.length)]!,
          time: Math.floor(random() * 40_000),
          id: `r${round}-${i}`,
        }));
        const sorted = events.toSorted((a, b) => a.time - b.time);
        // Whether anything fires must not depend on the order in which events arrive.
        const fires = (list: typeof events) => {
          const made = engine(text);
          return list.flatMap(({ name, time, id }) => see(made, name, time, {}, id)).length > 0;
        };
        expect(fires(events)).toBe(fires(sorted));
      }
  });
});

describe('what a correlation may say', () => {
  const made = (more: string, rules = '[recon_a, recon_b]') => {
    const parsed = parseRules(
      `${BASE}---\ntitle: Both\ncorrelation:\n  type: temporal\n  rules: ${rules}\n  timespan: 5m\n${more}`,
    );
    expect(parsed.errors).toEqual([]);
    return new CorrelationEngine(parsed.correlations, { rules: parsed.rules });
  };

  it.each([
    ['recon_z: ip', 'names recon_z, which is not among the rules'],
    ['recon_a: ip', 'names no field of recon_b'],
  ])('refuses an alias that could never group: %s', (fields, message) => {
    const { rejected } = made(`  group-by: [who]\n  aliases:\n    who: { ${fields} }\n`);
    expect(rejected.map(({ issue }) => issue.message)).toEqual([`the alias who ${message}`]);
  });

  it('takes the rules from a condition over them', () => {
    const both = engine(
      'title: Both\ncorrelation:\n  type: temporal\n  timespan: 5m\n  condition: recon_a and (recon_b or recon_c)\n',
    );
    expect(see(both, 'recon_a', 0)).toHaveLength(0);
    expect(see(both, 'recon_c', 1000)).toHaveLength(1);
  });

  it.each([
    ['2w', 14 * 86_400_000],
    ['1M', 2_629_746_000],
    ['1y', 31_556_952_000],
  ])('a timespan of %s', (timespan, milliseconds) => {
    const { correlations, errors } = parseRules(BRUTE_FORCE.replace('60s', timespan));
    expect(errors).toEqual([]);
    expect(correlations[0]!.correlation.timespan).toBe(milliseconds);
  });

  it.each(['2y', '5', '1D', '0m'])('no timespan of %s', (timespan) => {
    expect(parseRules(BRUTE_FORCE.replace('60s', timespan)).errors).toMatchObject([
      { code: 'attribute_value' },
    ]);
  });
});
