import type { EcsFields, Event } from '@vigie/contracts';
import { parseRules, type Taxonomy } from '@vigie/sigma';
import { toSql } from '@vigie/sigma/sql/index.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SupervisedEventStore } from './options.ts';
import { eventOf, TestStores } from './test-store.ts';

const DAY = 86_400_000;
const FROM = Math.floor(Date.now() / DAY) * DAY - 5 * DAY;
const RANGE = { from: FROM, to: FROM + 4 * DAY };
const TAXONOMY: Taxonomy = { name: 'test', logsources: [{ product: 'p', when: [{}] }], fields: [] };

const stores = new TestStores();
let store: SupervisedEventStore;
let events: Event[];

beforeAll(async () => {
  store = await stores.open();
  const users = ['svc', 'svc', 'svc', 'anna', 'O’Neill\u0003x', undefined];
  events = Array.from({ length: 260 }, (_, n) => {
    const user = users[n % users.length];
    const fields: EcsFields = { 'event.code': n, ...(user === undefined ? {} : { 'user.name': user }) };
    return eventOf(n + 1, FROM + n * 60_000 + 0.125, fields, n % 2 === 0 ? 'acme' : 'beta');
  });
  await store.insert({ sequence: 1, events });
}, 60_000);
afterAll(() => stores.cleanUp());

const where = (detection: string) => {
  const made = toSql(
    parseRules(`title: T\nlogsource: { product: p }\ndetection: { s: ${detection}, condition: s }`).rules[0]!,
    { taxonomy: TAXONOMY, columns: store.ruleSearch.columns },
  );
  if ('unsupported' in made) throw new Error(made.unsupported);
  return made.where;
};
const query = (detection: string, tenants = ['acme', 'beta']) => ({
  tenants,
  range: RANGE,
  where: where(detection),
});

describe('numbers', () => {
  it('are found by their value, however the rule writes them', async () => {
    const count = async (written: string) =>
      (await store.ruleSearch.countEach(query(`{ event.code: ${written} }`), [])).total;
    expect(await count('0x17')).toBe(1);
    expect(await count('[007, 1.0, 2]')).toBe(3);
    expect(await count('0x1000')).toBe(0);
  });
});

describe('counting conditions', () => {
  it('gives the whole and each part, within the tenants', async () => {
    const parts = [where('{ user.name: svc }'), where('{ user.name: anna }'), where('{ user.name: nobody }')];
    const of = (tenant?: string) => (user: string | undefined) =>
      events.filter(
        (event) => (tenant === undefined || event.tenant === tenant) && event.fields['user.name'] === user,
      ).length;
    expect(await store.ruleSearch.countEach(query('{ event.code|exists: true }'), parts)).toEqual({
      total: 260,
      each: [of()('svc'), of()('anna'), 0],
    });
    expect(await store.ruleSearch.countEach(query('{ event.code|exists: true }', ['beta']), parts)).toEqual({
      total: 130,
      each: [of('beta')('svc'), of('beta')('anna'), 0],
    });
    expect(await store.ruleSearch.countEach(query('{ event.code|exists: true }', []), parts)).toEqual({
      total: 0,
      each: [0, 0, 0],
    });
  });
});

describe('the most frequent values', () => {
  it('come by tenant, the absent one as the empty text', async () => {
    const found = await store.ruleSearch.topValues(query('{ event.code|exists: true }'), 'user.name', 100);
    expect(found[0]).toMatchObject({ value: 'svc' });
    const counted = new Map<string, number>();
    for (const { tenant, fields } of events) {
      const key = JSON.stringify([tenant, fields['user.name'] ?? '']);
      counted.set(key, (counted.get(key) ?? 0) + 1);
    }
    expect(new Map(found.map((one) => [JSON.stringify([one.tenant, one.value]), one.count]))).toEqual(
      counted,
    );
    expect(found.map(({ count }) => count)).toEqual(
      [...found.map(({ count }) => count)].sort((a, b) => b - a),
    );
    expect(
      await store.ruleSearch.topValues(query('{ event.code|exists: true }'), 'user.name', 2),
    ).toHaveLength(2);
    expect(
      await store.ruleSearch.topValues(query('{ event.code|exists: true }', []), 'user.name', 2),
    ).toEqual([]);
  });
});

describe('events by their ids', () => {
  it('are found by tenant, id and time, any number of them', async () => {
    const refs = events.map(({ tenant, id, time }) => ({ tenant, id, time }));
    const found = await store.ruleSearch.eventsOf(refs);
    const sorted = (list: readonly Event[]) => [...list].sort((a, b) => a.time - b.time);
    expect(sorted(found)).toEqual(sorted(events));
    expect(await store.ruleSearch.eventsOf([])).toEqual([]);
    expect(await store.ruleSearch.eventsOf([{ ...refs[0]!, tenant: 'beta' }])).toEqual([]);
    expect(await store.ruleSearch.eventsOf([{ ...refs[0]!, id: 'f'.repeat(32) }])).toEqual([]);
    await expect(store.ruleSearch.eventsOf([{ ...refs[0]!, id: "' OR 1" }])).rejects.toThrow(RangeError);
  });
});
