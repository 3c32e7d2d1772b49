import type { EcsFields, Event } from '@vigie/contracts';
import type { BacktestResult } from '@vigie/contracts/api';
import { parseRules, type Taxonomy } from '@vigie/sigma';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SupervisedEventStore } from '../storage/events/options.ts';
import { eventOf, TestStores } from '../storage/events/test-store.ts';
import { Backtest } from './backtest.ts';
import { Tally } from './tally.ts';

const DAY = 86_400_000;
const TODAY = Math.floor(Date.now() / DAY) * DAY;
const FROM = TODAY - 10 * DAY;
const RANGE = { from: FROM, to: TODAY };
const FOLD = ['user.name', 'source.ip'];

const TAXONOMY: Taxonomy = {
  name: 'test',
  logsources: [{ product: 'linux', when: [{ 'event.module': 'linux' }] }],
  fields: [
    { map: { user: 'user.name', ip: 'source.ip', outcome: 'event.outcome', cmd: 'process.command_line' } },
  ],
};

const rule = (detection: string, id = 'r1') =>
  `title: Failed sign-in\nid: ${id}\nname: failed\nlogsource:\n  product: linux\ndetection:\n  sel:\n    ${detection}\n  condition: sel\n`;
const CORRELATION = `---
title: Many failures
id: c1
correlation:
  type: event_count
  rules: [failed]
  group-by: [ip]
  timespan: 5m
  condition:
    gte: 4
`;

const stores = new TestStores();
let store: SupervisedEventStore;
let backtest: Backtest;
let events: Event[];

beforeAll(async () => {
  store = await stores.open();
  events = [];
  for (let i = 0; i < 600; i++) {
    // Bursts of six within a minute, about four hours apart.
    const time = FROM + Math.floor(i / 6) * 8_000_000 + (i % 6) * 1000;
    const fields: EcsFields = {
      'host.name': `host-${i % 25}`,
      'user.name': ['anna', 'BERT', 'Anna'][i % 3]!,
      'source.ip': `192.0.2.${Math.floor(i / 6) % (i < 300 ? 7 : 13)}`,
      'event.outcome': i % 5 === 0 ? 'success' : 'failure',
      'process.command_line': `sshd: ${'x'.repeat(i % 4)} [net]`,
    };
    events.push(eventOf(i + 1, time, fields, i % 4 === 3 ? 'beta' : 'acme'));
  }
  await store.insert({ sequence: 1, events });
  const known = parseRules(rule('outcome: failure', 'known')).rules[0]!;
  backtest = new Backtest({
    search: store.ruleSearch,
    taxonomy: TAXONOMY,
    find: (name) => (name === 'known' ? { rule: known, foldBy: FOLD } : undefined),
    filters: () => [],
    now: Date.now,
  });
}, 60_000);
afterAll(() => stores.cleanUp());

async function run(text: string, tenants = ['acme', 'beta']): Promise<BacktestResult> {
  const result = await backtest.run({ text, ...RANGE }, tenants);
  if ('message' in result) throw new Error(result.message);
  return result;
}

/** The figures as a count of the events one by one gives them. */
function counted(matches: (event: Event) => boolean, tenants: readonly string[], foldBy = FOLD) {
  const tally = new Tally(foldBy);
  for (const event of events) if (tenants.includes(event.tenant) && matches(event)) tally.add(event);
  return tally.hits();
}

const failed = ({ fields }: Event) => fields['event.outcome'] === 'failure';
const byCount = (a: { count: number; host: string; tenant: string }, b: typeof a) =>
  b.count - a.count || (a.tenant + a.host < b.tenant + b.host ? -1 : 1);

describe('a rule on stored events', () => {
  it('counts hits, days, hosts and folded alerts as going through them does', async () => {
    const result = await backtest.run({ id: 'known', ...RANGE }, ['acme', 'beta']);
    if ('message' in result) throw new Error(result.message);
    const expected = counted(failed, ['acme', 'beta']);
    expect(result).toMatchObject({
      method: 'sql',
      complete: true,
      hits: 480,
      alerts: expected.alerts,
      byDay: expected.byDay,
    });
    expect(result.alerts).toBeGreaterThan(20);
    expect(result.alerts).toBeLessThan(480);
    const all = new Map<string, { tenant: string; host: string; count: number }>();
    for (const { tenant, fields } of events.filter(failed)) {
      const host = String(fields['host.name']);
      const own = all.get(tenant + host) ?? { tenant, host, count: 0 };
      all.set(tenant + host, { ...own, count: own.count + 1 });
    }
    expect(result.byHost.map(({ count }) => count)).toEqual(
      [...all.values()]
        .sort(byCount)
        .slice(0, 20)
        .map(({ count }) => count),
    );
    for (const row of result.byHost) expect(all.get(row.tenant + row.host)).toEqual(row);
    expect(result.samples).toHaveLength(10);
    expect(result.samples[0]!.at).toBe(Math.max(...events.filter(failed).map(({ time }) => time)));
    expect(result.samples.every(({ fields }) => fields['event.outcome'] === 'failure')).toBe(true);
  });

  it('sees the tenants it was given only', async () => {
    const result = await run(rule('outcome: failure'), ['beta']);
    expect(result.hits).toBe(counted(failed, ['beta']).count);
    expect(result.samples.every(({ tenant }) => tenant === 'beta')).toBe(true);
    expect((await run(rule('outcome: failure'), [])).hits).toBe(0);
  });

  it('reads the events where SQL cannot say what the rule means, and says so', async () => {
    const result = await run(rule("cmd|re: 'sshd: x(?!x)'"));
    expect(result).toMatchObject({ method: 'scan', complete: true, scanned: 600 });
    expect(result.reason).toContain('looks ahead');
    const expected = counted(
      ({ fields }) => /sshd: x(?!x)/.test(String(fields['process.command_line'])),
      ['acme', 'beta'],
    );
    expect(result.hits).toBe(expected.count);
    expect(result.hits).toBeGreaterThan(100);
  });

  it('runs correlations over the matches of their rules', async () => {
    const result = await run(rule('outcome: failure') + CORRELATION, ['acme']);
    expect(result).toMatchObject({ method: 'scan', rule: { id: 'c1', kind: 'correlation' } });
    expect(result.scanned).toBe(counted(failed, ['acme']).count);
    const bursts = new Map<number, number>();
    for (const event of events)
      if (event.tenant === 'acme' && failed(event)) {
        const burst = Math.floor((event.time - FROM) / 8_000_000);
        bursts.set(burst, (bursts.get(burst) ?? 0) + 1);
      }
    expect(result.hits).toBe([...bursts.values()].filter((n) => n >= 4).length);
    expect(result.hits).toBeGreaterThan(0);
  });

  it('says what is wrong with a rule', async () => {
    const refusal = async (text: string) => await backtest.run({ text, ...RANGE }, ['acme']);
    expect(await refusal('title: x')).toMatchObject({ code: 'invalid' });
    expect(await refusal(rule("cmd|re: '('"))).toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('line'),
    });
    expect(await refusal(rule('user: a').replace('linux', 'toaster'))).toMatchObject({ code: 'invalid' });
    expect(await backtest.run({ id: 'none', ...RANGE }, ['acme'])).toMatchObject({ code: 'not_found' });
    expect(await refusal(CORRELATION.slice(4))).toMatchObject({ code: 'invalid' });
  });
});
