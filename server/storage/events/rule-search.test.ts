import type { EcsFields, Event } from '@vigie/contracts';
import { parseRules, referenceMatch, type Taxonomy } from '@vigie/sigma';
import { toSql } from '@vigie/sigma/sql/index.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SupervisedEventStore } from './options.ts';
import { eventOf, TestStores } from './test-store.ts';

const stores = new TestStores();
const NOW = Math.floor(Date.now() / 86_400_000) * 86_400_000 - 86_400_000;
const RANGE = { from: NOW, to: NOW + 100_000 };

const TAXONOMY: Taxonomy = {
  name: 'test',
  logsources: [
    { product: 'p', when: [{ kind: ['a', 'b'] }] },
    { product: 'p', category: 'c', when: [{ kind: 'a', 'event.code': '1*' }, { 'event.code': 'x' }] },
    { service: 's', when: [{ 'event.code': '*' }] },
    { service: 'port', when: [{ 'source.port': [1, 2] }] },
  ],
  fields: [
    {
      map: {
        A: ['process.name', 'f.a'],
        B: { any: ['f.b', 'tags', 'source.port'] },
        C: { first: ['f.c'], values: { yes: 'on', '1': 'one' } },
        E: 'event.original',
        I: ['source.ip', 'f.a'],
        P: ['source.port', 'f.b'],
        T: 'f.t',
      },
      fallback: ['f.{field}'],
    },
  ],
};

// A small alphabet makes accidental matches frequent; it holds what folding, escaping and counting find hard.
const CHARS = [
  'a', 'A', 'b', 'B', 'k', 'K', 'i', 'I', '\\', '/', '-', ' ', '.', "'", '%', '_', '1', '\n', '\u0130',
  '\u212a', '\u00e9', '\u00c9', '\u03a3', '\u{1f600}', '\u0001', '\u0002', '\u0003', '\u0000',
  '\ufdd0', '\u{10ffff}',
]; // biome-ignore format: a table
const text = fc.string({ unit: fc.constantFrom(...CHARS), maxLength: 8 });
const pattern = fc.string({ unit: fc.constantFrom(...CHARS, '*', '?', '*', '\\*', '\\\\'), maxLength: 6 });
const ATOMS = [
  'a', 'B', '.', '[ab]', '[^a]', '\\w', '\\s', '\\S', '\\.', '^', '$', '\\b', '\\B', '\u00e9', '[a-c1]', '\\x41',
  '\u{1f600}', '\\x03', '[\\x00-\\x05]', '\\\\', '%', "'", '\\W', '\u212a',
]; // biome-ignore format: a table
const piece = fc
  .tuple(fc.constantFrom(...ATOMS), fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,2}', '*?'))
  .map(([atom, times]) => (/^(\^|\$|\\b|\\B|\u{1f600})$/u.test(atom) ? atom : atom + times));
const branch = fc.array(piece, { minLength: 1, maxLength: 3 }).map((pieces) => pieces.join(''));
const regexText = fc.oneof(
  branch,
  fc.tuple(branch, branch, branch).map(([a, b, c]) => `(${a}|${b})${c}`),
  fc.tuple(fc.constantFrom('(?i)', '(?s)', '(?m)', '(?:'), branch).map(([flag, own]) => (flag === '(?:' ? `(?:${own})+` : flag + own)),
); // biome-ignore format: one a line
const stringKey = fc.constantFrom(
  '', '|contains', '|startswith', '|endswith', '|contains|all', '|cased', '|contains|cased', '|windash|contains',
  '|neq', '|base64', '|wide', '|utf16be|contains', '|contains|neq', '|startswith|cased',
); // biome-ignore format: a table
const scalarValue = fc.oneof(
  { weight: 5, arbitrary: pattern },
  fc.integer({ min: -1, max: 3 }),
  fc.boolean(),
  fc.constantFrom('yes', 'on', '10.1.2.3', '2001:db8::1', '443', '1.50'),
);
const HOSTILE_FIELD = "x'] OR 1=1 OR rest['";
const fieldName = fc.constantFrom(
  'A',
  'B',
  'C',
  'D',
  'E',
  'I',
  'P',
  'T',
  'constructor',
  '__proto__',
  HOSTILE_FIELD,
);
const number = fc.constantFrom(-1, 0, 1, 2, 3, 12, 2.5, 443, 1e21, 30, 53, 2026, 1970);
const several = <T>(own: fc.Arbitrary<T>, maxLength = 2) => fc.array(own, { minLength: 1, maxLength });
const item = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fieldName, stringKey, several(scalarValue, 4)) },
  { weight: 2, arbitrary: fc.tuple(fieldName, fc.constantFrom('|re', '|re|i', '|re|s|m'), several(regexText)) },
  fc.tuple(fc.constantFrom('P', 'B', 'T', 'A'), fc.constantFrom('|lt', '|gte', '|gt'), several(number)),
  fc.tuple(fc.constantFrom('T', 'B'), fc.constantFrom('|minute', '|hour|gt', '|day', '|week', '|month|lte', '|year|gte'), several(number)),
  fc.tuple(fieldName, fc.constant('|exists'), several(fc.boolean(), 1)),
  fc.tuple(fieldName, fc.constantFrom('|fieldref', '|fieldref|contains', '|fieldref|neq', '|fieldref|startswith|cased', '|fieldref|endswith'), several(fieldName)),
  fc.tuple(fc.constantFrom('I', 'A', 'B'), fc.constant('|cidr'), several(fc.constantFrom('10.0.0.0/8', '2001:db8::/32', '192.0.2.7', '0.0.0.0/0', '::/0', '::ffff:10.0.0.0/104'))),
  fc.tuple(fieldName, fc.constantFrom('', '|neq'), fc.constant([null])),
); // biome-ignore format: a table
const map = several(item, 3)
  .map((items) => items.map(([name, modifiers, values]) => [`${name}${modifiers}`, values] as const))
  .map((items) => `{${[...new Map(items as [string, unknown][])].map(([key, values]) => `${JSON.stringify(key)}:${JSON.stringify(values)}`).join()}}`); // biome-ignore format: one a line
const selection = fc.oneof(
  { weight: 5, arbitrary: map },
  several(map).map((maps) => `[${maps.join()}]`),
  several(pattern.filter((value) => value !== '')).map((words) => JSON.stringify(words)),
  several(pattern).map((words) => JSON.stringify({ '|all': words })),
  several(regexText).map((words) => JSON.stringify({ '|re': words })),
);
const condition = fc.constantFrom(
  'sel_a', 'sel_a', 'not sel_a', 'sel_a and not sel_b', '1 of sel_*', 'all of them', '2 of them',
  'sel_a or (sel_b and not sel_c)', 'not 1 of sel_*', 'not (sel_a or sel_b) and sel_c',
); // biome-ignore format: a table
const logsource = fc.constantFrom(
  { product: 'p' }, { product: 'p', category: 'c' }, { service: 's' }, { product: 'p', service: 's' }, { service: 'port' },
); // biome-ignore format: a table
const ruleText = fc
  .record({ logsource, a: selection, b: selection, c: selection, condition })
  .map(
    (own) =>
      `{"title":"t","logsource":${JSON.stringify(own.logsource)},"detection":{"sel_a":${own.a},"sel_b":${own.b},"sel_c":${own.c},"condition":${JSON.stringify(own.condition)}}}`,
  );

const DATES = [
  '2026-03-04T05:06:07Z', '2024-12-30', '2021-01-03T23:59:00+02:00', '2000-02-29 12:30', '1900-02-29', '0099-01-01T00:00',
  '2026-03-04T22:75', '2026-03-04T23:60', '1767225599', '1767225600000', '9999999999999999', '951782400.5', '2020-12-31T10:00',
]; // biome-ignore format: a table
const ADDRESSES = [
  '10.1.2.3', '010.001.002.003', '2001:db8::1', '2001:DB8:0:0:0:0:0:1', '192.0.2.7', '::ffff:10.9.9.9', '::1', '::1:2',
  '::102:304', 'fe80::1%eth0', '10.1.2.3%x', '1:2:3:4:5:6:7::', '1::2:3:4:5:6:7:8', '1:2:3:4:5:6:1.2.3.4', '256.1.1.1', '::',
]; // biome-ignore format: a table
const NUMBERS = [
  ' 12 ',
  '+1',
  '.5',
  '2.',
  '1e3',
  '-0',
  '1e999',
  '0x10',
  '443',
  '2.5',
  '\u00a03',
  '1_000',
  '9'.repeat(65),
];
const scalar = fc.oneof(
  { weight: 6, arbitrary: text },
  fc.integer({ min: -1, max: 12 }),
  fc.constantFrom(443, 2.5, 1e21, -0, 1767225599),
  fc.boolean(),
  fc.constantFrom(...DATES),
  fc.constantFrom(...ADDRESSES),
  fc.constantFrom(...NUMBERS),
  fc.constantFrom('on', 'one', 'YWI=', 'a\u0000b\u0000'),
);
const value = fc.oneof({ weight: 4, arbitrary: scalar }, fc.array(scalar, { maxLength: 3 }));
const fields = fc.record(
  {
    kind: fc.constantFrom('a', 'b', 'a', 'c'), 'event.code': fc.constantFrom('1', '12', 'x', 'y', 1),
    'process.name': value, 'f.a': value, 'f.b': value, tags: value, 'f.c': value, 'f.D': value, 'f.t': value,
    'source.ip': fc.oneof(fc.constantFrom(...ADDRESSES), value),
    'source.port': fc.oneof(fc.constantFrom(1, 2, 443, 65535, -0, 2.5), value), 'event.original': value,
    '__proto__x': value,
  },
  { requiredKeys: ['kind'] },
); // biome-ignore format: a table

let store: SupervisedEventStore;
let stored: Event[];

beforeAll(async () => {
  store = await stores.open();
  const made = fc.sample(fields, { numRuns: 400, seed: 7 }) as EcsFields[];
  const events = made.map((own, i) => {
    const event = eventOf(i + 1, NOW + i, own);
    if (!Object.hasOwn(own, 'event.original')) delete event.fields['event.original'];
    return event;
  });
  await store.insert({ sequence: 1, events });
  stored = await idsAndEvents('true');
}, 60_000);
afterAll(() => stores.cleanUp());

async function idsAndEvents(where: string, tenants = ['acme']): Promise<Event[]> {
  const found: Event[] = [];
  for await (const page of store.ruleSearch.pages({ tenants, range: RANGE, where }, 1000))
    found.push(...page);
  return found;
}

describe('rules as SQL', () => {
  it('find the events that the full scan finds', async () => {
    expect(stored).toHaveLength(400);
    let fired = 0;
    let expressed = 0;
    const reasons = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        ruleText,
        fc.option(fc.constant(['f.a', 'event.original']), { nil: undefined }),
        async (source, keywords) => {
          const taxonomy = keywords ? { ...TAXONOMY, keywords } : TAXONOMY;
          const [rule] = parseRules(source).rules;
          if (rule === undefined) return;
          const made = toSql(rule, { taxonomy, columns: store.ruleSearch.columns });
          if ('unsupported' in made) {
            reasons.set(made.unsupported, (reasons.get(made.unsupported) ?? 0) + 1);
            return;
          }
          expressed++;
          const bySql = new Set((await idsAndEvents(made.where)).map(({ id }) => id));
          const differing = stored.filter(({ id, fields: own }) => {
            const matches = referenceMatch([rule], own, { taxonomy }).length > 0;
            if (matches) fired++;
            return matches !== bySql.has(id);
          });
          expect(differing.map((event) => event.fields)).toEqual([]);
        },
      ),
      {
        numRuns: Number(process.env['VIGIE_SQL_RUNS'] ?? 120),
        seed: process.env['VIGIE_SQL_SEED'] ? Number(process.env['VIGIE_SQL_SEED']) : 11,
      },
    );
    // The comparison is of no use if nothing, or everything, matches.
    expect(expressed).toBeGreaterThan(80);
    expect(fired).toBeGreaterThan(expressed);
    expect(fired).toBeLessThan(expressed * 350);
    console.info(
      `${expressed} rules expressed, ${fired} events found; unsupported:`,
      Object.fromEntries(reasons),
    );
  }, 120_000);
});
