/** The engine against {@link specMatches}, which is written from the specification and shares no code with it. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SigmaRule } from './ast.ts';
import { compile } from './matcher.ts';
import { MODIFIERS } from './modifiers.ts';
import { parseRules } from './parse.ts';
import { type SpecEvent, type SpecItem, type SpecSelection, specMatches } from './testing/spec-reference.ts';

const UNITS = [
  'a',
  'b',
  'A',
  'B',
  'k',
  'K',
  '1',
  ' ',
  '.',
  '/',
  '-',
  '\\',
  '\u2013',
  '_',
  '\u00e9',
  '\u00c9',
  '\u212a',
  '%',
];
const text = fc.string({ unit: fc.constantFrom(...UNITS), maxLength: 8 });
const word = fc.string({
  unit: fc.constantFrom('a', 'b', 'A', 'k', '1', '\u00e9'),
  minLength: 1,
  maxLength: 6,
});
const pattern = fc.string({ unit: fc.constantFrom(...UNITS, '*', '?', '\\*', '\\?', '\\\\'), maxLength: 8 });
const PLACEHOLDERS = { p: ['ab', 'k*', '\\*'], q: ['1'], net: ['10.0.0.0/8', '2001:db8::/32'] };

/** A text that a Sigma string would match, as a person would write it down. */
function example(value: string, filler: string): string {
  return value.replace(
    /\\([*?\\])|([*?])/g,
    (_all, plain: string | undefined, wildcard: string | undefined) =>
      plain ?? (wildcard === '*' ? filler : (filler[0] ?? 'q')),
  );
}

/** The same cases every time, so that the counts below are no matter of luck; another number makes others. */
const SEED = fc.readConfigureGlobal()?.seed ?? Date.now();

interface Chance {
  readonly before: string;
  readonly after: string;
  /** A number from 0 to 99. */
  readonly dice: number;
}

interface Kind {
  readonly keys: readonly string[];
  readonly value: fc.Arbitrary<string | number | boolean | null>;
  /** Texts of events that often fit a value. */
  readonly provoke: (value: string, chance: Chance) => string | number;
  readonly other?: fc.Arbitrary<string | number>;
}

const dash = (own: string, dice: number) =>
  own.replace(/[-/\u2013]/, ['-', '/', '\u2013', '\u2014', '\u2015'][dice % 5]!);
const cased = (own: string, dice: number) =>
  dice % 3 === 0 ? own.toUpperCase() : dice % 3 === 1 ? own.toLowerCase() : own;
const around = (own: string, { before, after, dice }: Chance) =>
  dice % 4 === 0 ? own : dice % 4 === 1 ? before + own : dice % 4 === 2 ? own + after : before + own + after;
const utf16 = (own: string, big: boolean) => {
  const bytes = Buffer.from(own, 'utf16le');
  return big ? bytes.swap16() : bytes;
};

const instant = fc
  .tuple(
    fc.integer({ min: 0, max: 86_400 * 366 * 30 }),
    fc.constantFrom('Z', '+14:00', '-09:30', '', '.123Z'),
  )
  .map(
    ([seconds, zone]) =>
      `${new Date(Date.UTC(2000, 0, 1) + seconds * 1000).toISOString().slice(0, 19)}${zone}`,
  );
const edges = fc.constantFrom(
  '2024-12-30T23:59:59Z',
  '2026-03-29T02:30:00+02:00',
  '2020-12-31',
  '2021-01-03T00:00Z',
  '2024-02-29T12:00:00',
  '2023-02-29T12:00:00Z',
  'never',
);

const time = (part: string, from: number, to: number): Kind => ({
  keys: [part, `${part}|lt`, `${part}|lte`, `${part}|gt`, `${part}|gte`, `${part}|neq`, `${part}|all|gte`],
  value: fc.integer({ min: from, max: to }),
  provoke: (value, { dice }) => {
    const two = (number: number) => String(number).padStart(2, '0');
    const own = Number(value);
    const at = (name: string, usual: number) => (part === name ? own : usual);
    const year = part === 'week' ? 2026 : at('year', 2026);
    const day = part === 'week' ? Math.min(28, 1 + (dice % 28)) : at('day', 15);
    const month =
      part === 'week' ? Math.min(12, Math.max(1, Math.round(own / 4.35) + (dice % 2))) : at('month', 7);
    return `${year}-${two(month)}-${two(day)}T${two(at('hour', 12))}:${two(at('minute', 30))}:00Z`;
  },
  other: fc.oneof(instant, edges),
});

const KINDS: readonly Kind[] = [
  {
    keys: ['', 'contains', 'startswith', 'endswith', 'cased', 'contains|cased', 'startswith|cased', 'endswith|cased', 'all', 'contains|all', 'startswith|all', 'endswith|all', 'neq', 'contains|neq', 'all|neq', 'contains|all|neq', 'contains|all|cased'],
    value: pattern,
    provoke: (value, chance) => around(cased(example(value, chance.before), chance.dice), chance),
  },
  {
    keys: ['windash', 'windash|contains', 'windash|contains|all', 'windash|startswith', 'windash|endswith|cased', 'windash|neq'],
    value: fc.tuple(text, fc.constantFrom(' -a', '/k', '-1 -b', '\u2013e', ' x-a')).map(([own, option]) => own.slice(0, 3) + option),
    provoke: (value, chance) => around(dash(example(value, ''), chance.dice), chance),
  },
  {
    keys: ['base64', 'base64|contains', 'base64|cased', 'base64|startswith'],
    value: word,
    provoke: (value, { after, dice }) =>
      Buffer.from(value).toString('base64') + (dice % 3 === 0 ? after : ''),
  },
  {
    keys: ['base64offset|contains', 'base64offset|contains|cased'],
    value: word.filter((own) => own.length > 2),
    provoke: (value, { before, after }) => Buffer.from(before + value + after).toString('base64'),
  },
  {
    keys: ['wide', 'wide|contains', 'utf16le', 'utf16le|contains|cased', 'utf16le|startswith'],
    value: word,
    provoke: (value, chance) => utf16(around(value, { ...chance, dice: chance.dice % 3 }), false).toString('latin1'),
  },
  {
    keys: ['utf16be', 'utf16be|contains', 'utf16be|endswith'],
    value: word,
    provoke: (value, chance) => utf16(around(value, { ...chance, dice: chance.dice % 3 }), true).toString('latin1'),
  },
  {
    keys: ['utf16', 'utf16|startswith', 'utf16|cased'],
    value: word,
    provoke: (value, { after, dice }) => `\u00ff\u00fe${utf16(value + (dice % 2 === 0 ? after : ''), false).toString('latin1')}`,
  },
  {
    keys: ['wide|base64offset|contains', 'utf16le|base64offset|contains'],
    value: word,
    provoke: (value, { before, after }) => utf16(before + value + after, false).toString('base64'),
  },
  {
    keys: ['utf16be|base64offset|contains'],
    value: word,
    provoke: (value, { before, after }) => utf16(before + value + after, true).toString('base64'),
  },
  {
    keys: ['utf16|base64', 'utf16|base64offset|contains'],
    value: word,
    provoke: (value) => Buffer.concat([Buffer.from([0xff, 0xfe]), utf16(value, false)]).toString('base64'),
  },
  {
    keys: ['re', 're|i', 're|m', 're|s', 're|i|m|s', 're|neq', 're|all', 're|i|all'],
    value: fc.constantFrom('a+b', '^a.*b', 'A|k', '[^a-c]k', '^b.k$', '(ab)+', 'a.b', '^a$', 'a{2,3}', 'b?k$', '(a|b)(1|k)', '\u00e9'),
    provoke: (_value, { before, dice }) => ['ab', 'aab', 'AB', 'k', 'a\nb', 'bxk', 'x\na', 'b1', 'aak', '\u00c9', 'a\nbxk\nz'][dice % 11]! + (dice % 5 === 0 ? before : ''),
    other: fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'k', 'K', '1', '\n', '\u00e9'), maxLength: 6 }),
  },
  {
    keys: ['lt', 'lte', 'gt', 'gte', 'lt|neq', 'gte|all', 'lte|all|neq'],
    value: fc.oneof(fc.integer({ min: -5, max: 5 }), fc.constantFrom(0.5, 1e3, -0)),
    provoke: (value, { dice }) => (dice % 5 === 0 ? value : Number(value) + (dice % 5) - 2),
    other: fc.constantFrom('', ' ', 'x', '1x', '0x10', '1e3', '.5', '5.', '+3', '-', 'Infinity'),
  },
  {
    keys: ['cidr', 'cidr|neq', 'cidr|all'],
    value: fc.constantFrom('10.0.0.0/8', '10.1.0.0/16', '192.0.2.7', '192.0.2.0/31', '0.0.0.0/0', '2001:db8::/32', '2001:db8::1', '::/0', '2001:db8:8000::/33'),
    provoke: (_value, { dice }) => ['10.1.2.3', '10.200.0.1', '192.0.2.7', '192.0.2.1', '2001:db8::1', '2001:db8:8000::', '2001:db9::', '11.0.0.0', '::1'][dice % 9]!,
    other: fc.constantFrom('', '10.1.2', '10.1.2.256', '1:2', 'x', '10.0.0.0/8', ':::'),
  },
  {
    keys: ['cidr|expand', 'cidr|expand|neq'],
    value: fc.constantFrom('%net%', '192.0.2.0/24'),
    provoke: (_value, { dice }) => ['10.1.2.3', '2001:db8::1', '192.0.2.1', '203.0.113.1'][dice % 4]!,
  },
  {
    keys: ['expand', 'expand|contains', 'expand|endswith', 'expand|startswith|cased', 'expand|neq', 'expand|contains|all'],
    value: fc.tuple(word, fc.constantFrom('%p%', '%q%', ''), word).map(([left, name, right]) => left.slice(0, 2) + name + right.slice(0, 2)),
    provoke: (value, chance) =>
      around(value.replace('%p%', chance.dice % 3 === 0 ? 'ab' : chance.dice % 3 === 1 ? 'kx' : '*').replace('%q%', '1'), { ...chance, dice: chance.dice >> 1 }),
  },
  { keys: ['exists', 'exists|neq'], value: fc.boolean(), provoke: () => 'x', other: fc.constantFrom('', 'null', 0) },
  { keys: ['', 'neq', 'all', 'all|neq'], value: fc.constant(null), provoke: () => '', other: fc.constantFrom('null', 'x') },
  {
    keys: ['', 'neq', 'all', 'contains', 'startswith'],
    value: fc.oneof(fc.integer({ min: -20, max: 20 }), fc.boolean()),
    provoke: (value, chance) => (chance.dice % 2 === 0 ? value : around(value, chance)),
    other: fc.integer({ min: -20, max: 20 }),
  },
  {
    keys: ['fieldref', 'fieldref|contains', 'fieldref|startswith', 'fieldref|endswith', 'fieldref|cased', 'fieldref|contains|cased', 'fieldref|neq', 'fieldref|all'],
    value: fc.constantFrom('G', 'G', 'G', 'H'),
    provoke: (_value, chance) => around(cased('ab', chance.dice), chance),
    other: fc.constantFrom('ab', 'AB', 'b', 'a', ''),
  },
  time('minute', 0, 59), time('hour', 0, 23), time('day', 1, 28), time('week', 1, 52), time('month', 1, 12), time('year', 2000, 2030),
]; // biome-ignore format: a table

/** JSON with the keys in the order given, whatever they are called. */
function ruleOf(
  selections: readonly (readonly [string, SpecSelection])[],
  condition: string | readonly string[],
): SigmaRule {
  const parts = selections.map(([name, selection]) => `${JSON.stringify(name)}:${JSON.stringify(selection)}`);
  const { rules, errors } = parseRules(
    `{"title":"t","logsource":{"product":"p"},"detection":{${parts.join()},"condition":${JSON.stringify(condition)}}}`,
  );
  if (rules.length !== 1) throw new Error(`${JSON.stringify(errors)} for ${parts.join()}`);
  return rules[0]!;
}

function engineMatches(rule: SigmaRule, event: SpecEvent): boolean {
  const matcher = compile([rule], { placeholders: PLACEHOLDERS });
  expect(matcher.report.rejected).toEqual([]);
  return matcher.match(event as Record<string, string>).length > 0;
}

const chance = fc.record({ before: word, after: word, dice: fc.integer({ min: 0, max: 99 }) });

/** An item of a rule, and what the event's field F holds. */
function itemAndField({ value, provoke, other }: Kind) {
  return fc
    .tuple(
      fc.array(value, { minLength: 1, maxLength: 3 }),
      fc.array(chance, { minLength: 1, maxLength: 2 }),
      fc.integer({ min: 0, max: 9 }),
      other ?? text,
    )
    .map(([values, chances, dice, odd]) => {
      const fitting = chances.map((own, at) => provoke(`${values[(at + own.dice) % values.length]}`, own));
      const field =
        dice < 4 ? fitting[0] : dice < 6 ? [...fitting, odd] : dice === 6 ? undefined : dice === 7 ? [] : odd;
      return { values: (values.length === 1 ? values[0]! : values) as SpecItem, field };
    });
}

describe('every modifier means what the specification says', () => {
  const seen = new Set<string>();
  for (const kind of KINDS) {
    for (const key of kind.keys) {
      for (const name of key.split('|')) seen.add(name);
      it(`${key === '' ? 'none' : key}, such as ${JSON.stringify(fc.sample(kind.value, { numRuns: 1, seed: 1 })[0])}`, () => {
        const verdicts = { hits: 0, misses: 0 };
        fc.assert(
          fc.property(
            itemAndField(kind),
            fc.array(fc.constantFrom('ab', 'AB', 'b', 'x'), { maxLength: 2 }),
            ({ values, field }, others) => {
              const selection = { [`F${key === '' ? '' : `|${key}`}`]: values };
              const event: SpecEvent = { ...(field === undefined ? {} : { F: field }), G: others, Z: 'z' };
              const expected = specMatches(
                { selections: { s: selection }, condition: 's' },
                event,
                PLACEHOLDERS,
              );
              expect(engineMatches(ruleOf([['s', selection]], 's'), event)).toBe(expected);
              if (expected) verdicts.hits++;
              else verdicts.misses++;
            },
          ),
          { numRuns: 200, seed: SEED },
        );
        // Of no use if all, or none, of the events match.
        expect(verdicts.hits).toBeGreaterThanOrEqual(4);
        expect(verdicts.misses).toBeGreaterThanOrEqual(4);
      });
    }
  }

  it('and none is left out', () => {
    expect(MODIFIERS.filter((name) => !seen.has(name))).toEqual([]);
  });
});

const words = pattern.filter((own) => own !== '');
const item = fc.oneof(
  fc.tuple(
    fc.constantFrom('F', 'G', 'F|contains', 'G|startswith', 'F|endswith|cased', 'G|neq', 'F|contains|all'),
    fc.array(pattern, { minLength: 1, maxLength: 3 }),
  ),
  fc.tuple(fc.constantFrom('F', 'G', 'H'), fc.constantFrom(null, 1, 2, 'a', 'b')),
);
const map = fc
  .array(item, { minLength: 1, maxLength: 2 })
  .map((items) => Object.fromEntries(items) as { [key: string]: SpecItem });
const keywords = fc.array(words, { minLength: 1, maxLength: 2 });
const selection: fc.Arbitrary<SpecSelection> = fc.oneof(
  { weight: 4, arbitrary: map },
  fc.array(map, { minLength: 1, maxLength: 3 }),
  keywords,
  words,
  keywords.map((own) => ({ '|all': own })),
  fc.tuple(map, words).map(([own, keyword]) => [keyword, own]),
);
const leaf = fc.constantFrom(
  'sel_a',
  'sel_b',
  '_c',
  'other',
  '1 of sel_*',
  'all of sel_*',
  '1 of them',
  'all of them',
  'any of *',
  '2 of them',
  '1 of _c',
);
const condition: fc.Arbitrary<string> = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    leaf,
    tie('node').map((own) => `not ${/ (?:and|or) /i.test(own) ? `(${own})` : own}`),
    fc
      .tuple(tie('node'), fc.constantFrom('and', 'or', 'AND', 'Or'), tie('node'))
      .map((parts) => parts.join(' ')),
    tie('node').map((own) => `(${own})`),
  ),
})).node;
const scalar = fc.oneof(text, fc.constantFrom('a', 'b', 1, 2, true));
const field = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }));

describe('conditions, keywords, lists and maps', () => {
  it('mean what the specification says', () => {
    const verdicts = { hits: 0, misses: 0 };
    fc.assert(
      fc.property(
        fc.tuple(selection, selection, selection, selection),
        fc.oneof({ weight: 4, arbitrary: condition }, fc.array(condition, { minLength: 2, maxLength: 3 })),
        fc.array(fc.record({ F: field, G: field, H: field }, { requiredKeys: [] }), {
          minLength: 2,
          maxLength: 4,
        }),
        ([a, b, c, d], own, events) => {
          const selections = { sel_a: a, sel_b: b, _c: c, other: d };
          const rule = ruleOf(Object.entries(selections), own);
          for (const event of events) {
            const expected = specMatches({ selections, condition: own }, event);
            expect(engineMatches(rule, event)).toBe(expected);
            if (expected) verdicts.hits++;
            else verdicts.misses++;
          }
        },
      ),
      { numRuns: 2000, seed: SEED },
    );
    expect(Math.min(verdicts.hits, verdicts.misses)).toBeGreaterThan(500);
  });

  it('escapes as the specification’s table has it', () => {
    // Written in the rule, and what the text of the event is.
    const table = [
      ['\\*', '*', 'x'], ['\\\\*', '\\x', 'x'], ['\\\\\\*', '\\*', '\\x'], ['\\', '\\', '\\\\'], ['\\\\', '\\', '\\\\'], ['C:\\Windows', 'C:\\Windows', 'C:Windows'],
      ['a\\?b', 'a?b', 'axb'], ['a\\\\?b', 'a\\xb', 'a?b'], ['\\\\\\\\host', '\\\\host', '\\\\\\\\host'], ['\\x', '\\x', 'x'],
    ] as const; // biome-ignore format: a table
    for (const [value, matching, other] of table) {
      const own = { F: value };
      for (const [candidate, expected] of [
        [matching, true],
        [other, false],
      ] as const) {
        expect(engineMatches(ruleOf([['s', own]], 's'), { F: candidate }), `${value} on ${candidate}`).toBe(
          expected,
        );
        expect(specMatches({ selections: { s: own }, condition: 's' }, { F: candidate })).toBe(expected);
      }
    }
  });
});
