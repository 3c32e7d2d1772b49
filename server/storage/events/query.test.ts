import type { EcsFields, EcsScalar, Event, EventQuery, QueryNode } from '@vigie/contracts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatAddress, parseAddress, parseNetwork } from './address.ts';
import type { SupervisedEventStore } from './options.ts';
import { eventOf, TestStores } from './test-store.ts';

const stores = new TestStores();
const NOW = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 7_200_000;
const RANGE = { from: NOW, to: NOW + 10_000 };

/** Texts that have broken out of somebody's quotes before. */
const HOSTILE = [
  "' OR 1=1 --",
  "'; DROP TABLE event; --",
  "\\' OR tenant != '",
  '") OR (1=1',
  'a\\',
  "'",
  '`tenant`',
  '\u0000',
  '\n-- x',
  "x') UNION ALL SELECT * FROM event --",
  '{tenant:String}',
  '%',
  '_',
  '\\%',
  '*/ OR /*',
  '\x01A\x02\x03',
  '\ud800',
  '‮',
  'ＯＲ １＝１',
  'toString(1)',
  '__proto__',
];

/** What a field may hold here; small sets, so that conditions meet. */
const WORDS = [
  'root',
  'Root',
  'ROOT',
  'alice',
  'a.b',
  '10',
  '443',
  'true',
  'É',
  'é',
  'x_y',
  'x%y',
  'C:\\Windows\\cmd.exe',
  ...HOSTILE,
];
const ADDRESSES = [
  '192.0.2.1',
  '192.0.2.200',
  '10.0.0.1',
  '0.0.0.0',
  '2001:db8::1',
  '2001:DB8::2',
  '::',
  '::1',
  '::ffff:10.0.0.1',
  'none',
  '010.0.0.1',
  '10.0.0',
];
const NUMBERS = [0, -1, 10, 443, 443.5, 1e15, -2.25];
const FIELDS = [
  'host.name',
  'user.name',
  'process.command_line',
  'event.category',
  'source.ip',
  'destination.ip',
  'source.port',
  'http.response.status_code',
  'related.ip',
  'x.custom',
  'event.original',
  '@timestamp',
  "it's.odd`",
  '__proto__',
];

const scalar = fc.oneof(
  fc.constantFrom<EcsScalar>(...WORDS.filter((word) => word !== '\ud800')),
  fc.constantFrom<EcsScalar>(...ADDRESSES),
  fc.constantFrom<EcsScalar>(...NUMBERS, true, false),
);
const value = fc.oneof(
  { weight: 3, arbitrary: scalar },
  { weight: 1, arbitrary: fc.array(scalar, { maxLength: 3 }) },
);
const fields = fc.array(fc.tuple(fc.constantFrom(...FIELDS), value), { maxLength: 8 }).map((entries) => {
  const made: EcsFields = {};
  for (const [name, item] of entries)
    Object.defineProperty(made, name, { value: item, enumerable: true, writable: true, configurable: true });
  return made;
});

const text = fc.constantFrom(...WORDS, ...ADDRESSES, ...NUMBERS.map(String), '');
const pattern = fc
  .array(fc.constantFrom('*', '?', 'r', 'OO', 't', 'a', '.', '1', '4', '_', '%', '\\', "'", 'É'), {
    minLength: 1,
    maxLength: 5,
  })
  .map((parts) => parts.join(''));
const bound = fc.constantFrom(...NUMBERS, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
const field = fc.constantFrom(...FIELDS);
const { node } = fc.letrec<{ node: QueryNode }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({ op: fc.constant('eq' as const), field, value: text }),
    fc.record({ op: fc.constant('wildcard' as const), field, pattern }),
    fc.record(
      { op: fc.constant('range' as const), field, gt: bound, lte: bound },
      { requiredKeys: ['op', 'field'] },
    ),
    fc.record(
      { op: fc.constant('range' as const), field, gte: bound, lt: bound },
      { requiredKeys: ['op', 'field'] },
    ),
    fc.record({
      op: fc.constant('cidr' as const),
      field,
      network: fc.constantFrom(
        '192.0.2.0/24',
        '10.0.0.0/8',
        '0.0.0.0/0',
        '::/0',
        '2001:db8::/32',
        '10.0.0.1',
        '::1/128',
        '::ffff:0:0/96',
      ),
    }),
    fc.record({ op: fc.constant('exists' as const), field }),
    fc.record({ op: fc.constant('text' as const), value: text }),
    fc.record({ op: fc.constant('not' as const), item: tie('node') }),
    fc.record({
      op: fc.constantFrom('and' as const, 'or' as const),
      items: fc.array(tie('node'), { maxLength: 3 }),
    }),
  ) as fc.Arbitrary<QueryNode>,
}));

const lower = (input: string) => input.replace(/[A-Z]/g, (letter) => letter.toLowerCase());

function items(event: Event, name: string): EcsScalar[] {
  if (!Object.hasOwn(event.fields, name)) return [];
  const found = event.fields[name]!;
  return Array.isArray(found) ? found : [found];
}

function glob(input: string, wanted: string): boolean {
  const [text, pattern] = [[...lower(input)], [...lower(wanted)]];
  let reach = new Set([0]);
  for (const character of pattern) {
    const next = new Set<number>();
    for (const at of reach) {
      if (character === '*') for (let to = at; to <= text.length; to++) next.add(to);
      else if (at < text.length && (character === '?' || text[at] === character)) next.add(at + 1);
    }
    reach = next;
  }
  return reach.has(text.length);
}

function inNetwork(address: EcsScalar, network: string): boolean {
  const bytes = new Uint8Array(16);
  if (typeof address !== 'string' || !parseAddress(address, bytes)) return false;
  const { first, last, mapped } = parseNetwork(network)!;
  const isV4 = formatAddress(bytes).includes('.');
  if (!mapped && isV4) return false;
  return Buffer.compare(bytes, first) >= 0 && Buffer.compare(bytes, last) <= 0;
}

/** The texts that count as equal: an address in any spelling finds its canonical one. */
function spellings({ field, value }: { field: string; value: string }): Set<string> {
  const bytes = new Uint8Array(16);
  const isAddress = (field === 'source.ip' || field === 'destination.ip') && parseAddress(value, bytes);
  return new Set([lower(value), ...(isAddress ? [formatAddress(bytes)] : [])]);
}

/** The meaning of a query tree, written as plainly as possible. */
function matches(event: Event, tree: QueryNode): boolean {
  switch (tree.op) {
    case 'and':
      return tree.items.every((item) => matches(event, item));
    case 'or':
      return tree.items.some((item) => matches(event, item));
    case 'not':
      return !matches(event, tree.item);
    case 'eq':
      return (
        tree.value !== '' && items(event, tree.field).some((item) => spellings(tree).has(lower(String(item))))
      );
    case 'wildcard':
      return items(event, tree.field).some((item) => glob(String(item), tree.pattern));
    case 'range':
      return items(event, tree.field).some((item) => {
        if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(String(item))) return false;
        const number = Number(item);
        return !(
          (tree.gt !== undefined && !(number > tree.gt)) ||
          (tree.gte !== undefined && !(number >= tree.gte)) ||
          (tree.lt !== undefined && !(number < tree.lt)) ||
          (tree.lte !== undefined && !(number <= tree.lte))
        );
      });
    case 'cidr':
      return items(event, tree.field).some((item) => inNetwork(item, tree.network));
    case 'exists':
      return Object.hasOwn(event.fields, tree.field);
    case 'text': {
      const original = event.fields['event.original'];
      return typeof original === 'string' && lower(original).includes(lower(tree.value));
    }
  }
}

describe('a query', () => {
  let store: SupervisedEventStore;
  const events: Event[] = [];

  beforeAll(async () => {
    store = await stores.open();
    const made = fc.sample(fields, { numRuns: 400, seed: 20260101 });
    for (const [index, extra] of made.entries()) {
      const event = eventOf(index, NOW + index, {}, ['acme', 'globex', "o'hara"][index % 3]);
      for (const name of Object.keys(extra))
        Object.defineProperty(event.fields, name, {
          value: extra[name],
          enumerable: true,
          writable: true,
          configurable: true,
        });
      events.push(event);
    }
    await store.insert({ sequence: 1, events: events.slice(0, 150) });
    await store.insert({ sequence: 2, events: events.slice(150) });
  });
  afterAll(() => stores.cleanUp());

  async function found(query: EventQuery): Promise<string[]> {
    const { items } = await store.search(query, { limit: 1000 });
    return items.map(({ id }) => id);
  }

  function wanted({ tenants, range, where }: EventQuery): string[] {
    return events
      .filter(
        (event) =>
          tenants.includes(event.tenant) &&
          event.time >= range.from &&
          event.time < range.to &&
          (where === undefined || matches(event, where)),
      )
      .map(({ id }) => id)
      .reverse();
  }

  it('finds what a plain filter over the same events finds, for any tree', async () => {
    await fc.assert(
      fc.asyncProperty(
        node,
        fc.subarray(['acme', 'globex', "o'hara", 'unknown']),
        fc.tuple(fc.integer({ min: -5, max: 405 }), fc.integer({ min: -5, max: 405 })),
        async (where, tenants, [a, b]) => {
          const query = { tenants, range: { from: NOW + Math.min(a, b), to: NOW + Math.max(a, b) }, where };
          expect(await found(query)).toEqual(wanted(query));
        },
      ),
      { numRuns: 400 },
    );
  }, 120_000);

  it('takes hostile text as text in every place', async () => {
    const trees = HOSTILE.flatMap((text): QueryNode[] => [
      { op: 'eq', field: text, value: 'x' },
      { op: 'eq', field: 'host.name', value: text },
      { op: 'eq', field: 'source.port', value: text },
      { op: 'eq', field: 'source.ip', value: text },
      { op: 'exists', field: text },
      { op: 'text', value: text },
      { op: 'not', item: { op: 'eq', field: text, value: text } },
      { op: 'range', field: text, gt: 1 },
      { op: 'cidr', field: text, network: '10.0.0.0/8' },
      { op: 'wildcard', field: text, pattern: '*' },
    ]);
    for (const where of trees) {
      const query = { tenants: ['globex'], range: RANGE, where };
      expect([where, await found(query)]).toEqual([where, wanted(query)]);
    }
    for (const tenant of HOSTILE) expect(await found({ tenants: [tenant], range: RANGE })).toEqual([]);
    for (const tenant of HOSTILE) {
      expect(await store.get(tenant, events[0]!.id)).toBeUndefined();
      expect(await store.existing(tenant, [events[0]!.id], RANGE)).toEqual(new Set());
    }
    for (const id of HOSTILE) expect(await store.get('acme', id)).toBeUndefined();
    for (const network of HOSTILE)
      await expect(
        found({ tenants: ['acme'], range: RANGE, where: { op: 'cidr', field: 'source.ip', network } }),
      ).rejects.toMatchObject({ code: 'VIGIE_EVENTS_QUERY_INVALID' });
    for (const text of HOSTILE) {
      const forged = Buffer.from(`1:${events[0]!.id}:${text}`).toString('base64url');
      const page = await store.search({ tenants: ['acme'], range: RANGE }, { limit: 10, cursor: forged });
      expect(page.items).toEqual([]);
    }
    expect(await store.status()).toMatchObject({ rows: events.length });
  }, 60_000);

  it('never shows another tenant, and nothing to nobody', async () => {
    expect(await found({ tenants: [], range: RANGE })).toEqual([]);
    const everything: QueryNode = { op: 'or', items: [{ op: 'not', item: { op: 'or', items: [] } }] };
    const { items } = await store.search(
      { tenants: ['acme'], range: RANGE, where: everything },
      { limit: 1000 },
    );
    expect(new Set(items.map(({ tenant }) => tenant))).toEqual(new Set(['acme']));
    expect(await store.get('acme', events.find(({ tenant }) => tenant === 'globex')!.id)).toBeUndefined();
  });

  it('refuses trees that are too large, and values that are no numbers', async () => {
    let deep: QueryNode = { op: 'exists', field: 'host.name' };
    for (let level = 0; level < 100; level++) deep = { op: 'not', item: deep };
    const wide: QueryNode = {
      op: 'or',
      items: Array.from({ length: 5000 }, () => ({ op: 'exists' as const, field: 'host.name' })),
    };
    const long: QueryNode = { op: 'text', value: 'x'.repeat(20_000) };
    const notNumber: QueryNode = { op: 'range', field: 'source.port', gt: Number.NaN };
    for (const where of [deep, wide, long, notNumber])
      await expect(found({ tenants: ['acme'], range: RANGE, where })).rejects.toMatchObject({
        code: 'VIGIE_EVENTS_QUERY_INVALID',
      });
    await expect(store.search({ tenants: ['acme'], range: RANGE }, { limit: 0 })).rejects.toMatchObject({
      code: 'VIGIE_EVENTS_QUERY_INVALID',
    });
  });
});
