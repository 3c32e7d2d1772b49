import { describe, expect, it } from 'vitest';
import { parseRules } from '../parse.ts';
import { CorrelationEngine } from './engine.ts';
import type { CorrelationOptions } from './types.ts';

const RULES = `
title: Heartbeat
name: heartbeat
logsource: { product: harbour }
detection:
  selection: { action: beat }
  condition: selection
---
title: Too few heartbeats
name: few
correlation:
  type: event_count
  rules: [heartbeat]
  group-by: [host]
  timespan: 60s
  condition: { lt: 3 }
---
title: Hosts that fall silent together
name: outage
correlation:
  type: value_count
  rules: [few]
  group-by: [site]
  timespan: 10m
  condition: { gte: 2, field: host }
`;

const parsed = parseRules(RULES.replace('group-by: [host]', 'group-by: [host, site]'));
const [heartbeat] = parsed.rules;

function engine(options: Partial<CorrelationOptions> = {}) {
  const made = new CorrelationEngine(parsed.correlations, { rules: parsed.rules, lateness: 0, ...options });
  expect(made.rejected).toEqual([]);
  return made;
}

const beat = (made: CorrelationEngine, host: string, time: number, scope = 'acme') =>
  made.observe([{ rule: heartbeat! }], {
    id: `${host}-${time}`,
    time,
    fields: { host, site: 'quay' },
    scope,
  });

describe('windows that are decided at their end', () => {
  it('say by scope when the first of them is over', () => {
    const made = engine({ lateness: 5_000 });
    expect([...made.dues()]).toEqual([]);
    beat(made, 'a', 10_000);
    beat(made, 'b', 20_000);
    beat(made, 'c', 1_000, 'globex');
    expect([...made.dues()]).toEqual([
      ['acme', 75_000],
      ['globex', 66_000],
    ]);
    expect(made.advance(75_000, 'acme')).toEqual([]);
    expect(made.advance(75_001, 'acme').map(({ rule }) => rule.name)).toEqual(['few']);
    expect([...made.dues()]).toEqual([
      ['acme', 85_000],
      ['globex', 66_000],
    ]);
    expect(made.advance(90_000, 'acme').map(({ rule }) => rule.name)).toEqual(['few', 'outage']);
    expect([...made.dues()]).toEqual([['globex', 66_000]]);
  });

  it('are due after a restart as before', () => {
    const made = engine();
    beat(made, 'a', 10_000);
    const next = engine();
    expect(next.restore(JSON.parse(JSON.stringify(made.snapshot())))).toBe(0);
    expect([...next.dues()]).toEqual([['acme', 70_000]]);
    expect(next.advance(80_000, 'acme')).toEqual(made.advance(80_000, 'acme'));
    expect([...next.dues()]).toEqual([]);
  });
});

describe('a match that is suppressed', () => {
  it('is told to nobody and counted by no other correlation', () => {
    const found = (quiet: string | undefined) => {
      const made = engine({
        suppress: ({ rule, group }) =>
          rule.name === 'few' && group.some(({ field, value }) => field === 'host' && value === quiet),
      });
      beat(made, 'a', 10_000);
      beat(made, 'b', 20_000);
      return made.advance(200_000, 'acme').map(({ rule }) => rule.name);
    };
    expect(found(undefined)).toEqual(['few', 'few', 'outage']);
    expect(found('a')).toEqual(['few']);
    expect(found('b')).toEqual(['few']);
  });

  it('does not come back with the next event of its window', () => {
    const asked: number[] = [];
    const made = engine({
      suppress: ({ from }) => {
        asked.push(from);
        return true;
      },
    });
    beat(made, 'a', 10_000);
    expect(made.advance(200_000, 'acme')).toEqual([]);
    expect(made.advance(900_000, 'acme')).toEqual([]);
    expect(asked).toEqual([10_000]);
  });
});
