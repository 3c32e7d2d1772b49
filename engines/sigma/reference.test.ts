import { join } from 'node:path';
import type { MatchedField } from '@vigie/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SigmaRule, ValueTest } from './ast.ts';
import { type ExplainedNode, explain } from './explain.ts';
import { compile } from './matcher.ts';
import { readRuleFolder } from './node.ts';
import { parseRules } from './parse.ts';
import { referenceMatch } from './reference.ts';
import { emitRegex } from './regex/emit.ts';
import { parseRegex } from './regex/syntax.ts';
import type { Taxonomy } from './taxonomy.ts';
import { windowsEvents } from './testing/windows-events.ts';
import { WINDOWS_TAXONOMY } from './testing/windows-taxonomy.ts';
import type { EventFields } from './values.ts';

/** Runs patterns on JavaScript's own engine, which the fast matcher does not use. */
const native = new Map<string, RegExp>();
function nativeRegex(test: ValueTest & { kind: 'regex' }, text: string): boolean {
  const key = JSON.stringify([test.pattern, test.flags]);
  let regex = native.get(key);
  if (!regex) {
    regex = new RegExp(emitRegex(parseRegex(test.pattern, test.flags)));
    native.set(key, regex);
  }
  return regex.test(text);
}

const TAXONOMY: Taxonomy = {
  name: 'test',
  logsources: [
    { product: 'p', when: [{ kind: ['a', 'b'] }] },
    { product: 'p', category: 'c', when: [{ kind: 'a', sub: '1*' }, { sub: 'x' }] },
    { service: 's', when: [{ sub: '*' }] },
  ],
  fields: [
    {
      product: 'p',
      map: {
        A: ['f.a', 'g.a'],
        B: { any: ['f.b', 'g.b'] },
        C: { first: ['f.c'], values: { yes: 'on', '1': 'one' } },
      },
      fallback: ['f.{field}'],
    },
  ],
};

// A small alphabet makes accidental matches frequent; it holds the characters that folding finds difficult.
const CHARS = [
  'a',
  'A',
  'b',
  'B',
  'k',
  'K',
  'i',
  'I',
  '\\',
  '/',
  '-',
  ' ',
  '.',
  '\u0130',
  '\u212a',
  '\u00e9',
  '\u00c9',
  '\u{1f600}',
  '1',
];
const text = fc.string({ unit: fc.constantFrom(...CHARS), maxLength: 8 });
const pattern = fc.string({ unit: fc.constantFrom(...CHARS, '*', '?', '\\*', '\\\\'), maxLength: 8 });
const regexText = fc.constantFrom(
  'a+b',
  '^a.*b$',
  '(?i)ab|ki',
  '[^a-c]k',
  '\\bA',
  'a{2,3}',
  '(ab)*k',
  'i?b$',
  '\\.\\S',
  '\u00e9',
);
const stringKey = fc.constantFrom(
  '', '|contains', '|startswith', '|endswith', '|contains|all', '|cased', '|contains|cased', '|windash|contains',
  '|neq', '|base64', '|wide', '|utf16be|contains', '|contains|neq',
); // biome-ignore format: a table
const scalarValue = fc.oneof(
  pattern,
  fc.integer({ min: 0, max: 3 }),
  fc.boolean(),
  fc.constantFrom('yes', 'on'),
);
const fieldName = fc.constantFrom('A', 'B', 'C', 'D', 'constructor', '__proto__');

const item = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fieldName, stringKey, fc.array(scalarValue, { minLength: 1, maxLength: 4 })) },
  fc.tuple(fieldName, fc.constantFrom('|re', '|re|i', '|re|s|m'), fc.array(regexText, { minLength: 1, maxLength: 2 })),
  fc.tuple(fieldName, fc.constantFrom('|lt', '|gte', '|hour', '|month|lte'), fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 1, maxLength: 2 })),
  fc.tuple(fieldName, fc.constant('|exists'), fc.array(fc.boolean(), { minLength: 1, maxLength: 1 })),
  fc.tuple(fieldName, fc.constantFrom('|fieldref', '|fieldref|contains', '|fieldref|neq'), fc.array(fieldName, { minLength: 1, maxLength: 2 })),
  fc.tuple(fieldName, fc.constant('|cidr'), fc.array(fc.constantFrom('10.0.0.0/8', '2001:db8::/32', '192.0.2.7'), { minLength: 1, maxLength: 2 })),
  fc.tuple(fieldName, fc.constantFrom('', '|neq'), fc.constant([null])),
); // biome-ignore format: a table
const map = fc
  .array(item, { minLength: 1, maxLength: 3 })
  .map((items) => items.map(([name, modifiers, values]) => [`${name}${modifiers}`, values] as const))
  // JSON text is written by hand, so that `__proto__` is an ordinary key.
  .map(
    (items) =>
      `{${[...new Map(items)].map(([key, values]) => `${JSON.stringify(key)}:${JSON.stringify(values)}`).join()}}`,
  );
const selection = fc.oneof(
  { weight: 4, arbitrary: map },
  fc.array(map, { minLength: 1, maxLength: 3 }).map((maps) => `[${maps.join()}]`),
  fc
    .array(
      pattern.filter((value) => value !== ''),
      { minLength: 1, maxLength: 2 },
    )
    .map((words) => JSON.stringify(words)),
  fc.array(pattern, { minLength: 1, maxLength: 2 }).map((words) => JSON.stringify({ '|all': words })),
);
const condition = fc.constantFrom(
  'sel_a', 'not sel_a', 'sel_a and not sel_b', '1 of sel_*', 'all of them', 'sel_a or (sel_b and not sel_c)',
  'not 1 of sel_*', '2 of them', 'not (sel_a or sel_b) and sel_c', 'sel_a or not sel_b',
); // biome-ignore format: a table
const logsource = fc.constantFrom(
  { product: 'p' },
  { product: 'p', category: 'c' },
  { service: 's' },
  { product: 'p', service: 's' },
);

const ruleText = fc
  .record({ logsource, a: selection, b: selection, c: selection, condition })
  .map(
    (parts) =>
      `{"title":"t","logsource":${JSON.stringify(parts.logsource)},"detection":{"sel_a":${parts.a},"sel_b":${parts.b},"sel_c":${parts.c},"condition":${JSON.stringify(parts.condition)}}}`,
  );
const scalar = fc.oneof(
  { weight: 5, arbitrary: text },
  fc.integer({ min: 0, max: 12 }),
  fc.boolean(),
  fc.constantFrom(
    '10.1.2.3',
    '2001:db8::1',
    '192.0.2.7',
    '2026-03-04T05:06:07Z',
    'on',
    'one',
    'YWI=',
    'a\u0000b\u0000',
  ),
);
const value = fc.oneof({ weight: 5, arbitrary: scalar }, fc.array(scalar, { maxLength: 3 }));
const event = fc
  .record(
    {
      kind: fc.constantFrom('a', 'b', 'c'),
      sub: fc.constantFrom('1', '12', 'x', 'y'),
      'f.a': value, 'g.a': value, 'f.b': value, 'g.b': value, 'f.c': value, 'f.D': value, D: value,
    },
    { requiredKeys: [] },
  ); // biome-ignore format: a table

/** The fields that made a rule match, read off its plain explanation. */
function explained(rule: SigmaRule, fields: EventFields, taxonomy: Taxonomy): MatchedField[] {
  const found = new Map<string, MatchedField>();
  const visit = (node: ExplainedNode): void => {
    if (!node.holds || node.kind === 'not') return;
    if (node.kind !== 'item') {
      for (const item of node.items) visit(item);
      return;
    }
    for (const own of node.values) {
      // Under `neq` it is the values that do not hold which make the item hold.
      if (own.holds === node.negated) continue;
      const condition = node.text === '' ? own.raw : `${node.text}: ${own.raw}`;
      const on = own.on ?? node.present[0] ?? { name: node.fields[0] ?? '', text: '' };
      if (on.name !== '') found.set(`${on.name} ${condition}`, { field: on.name, value: on.text, condition });
    }
  };
  for (const node of explain(rule, fields, taxonomy).conditions) visit(node);
  return [...found.values()];
}

describe('the matcher and the full scan', () => {
  it('agree on random rules and events', () => {
    let fired = 0;
    let compared = 0;
    fc.assert(
      fc.property(
        fc.array(ruleText, { minLength: 1, maxLength: 8 }),
        fc.array(event, { minLength: 1, maxLength: 6 }),
        fc.option(fc.constant(['f.a', 'kind']), { nil: undefined }),
        (texts, events, keywords) => {
          const rules = texts.flatMap((source, index): SigmaRule[] => {
            const parsed = parseRules(source);
            return parsed.rules.map((rule) => ({ ...rule, id: `rule-${index}` }));
          });
          const taxonomy = keywords ? { ...TAXONOMY, keywords } : TAXONOMY;
          const matcher = compile(rules, { taxonomy });
          for (const fields of events) {
            const matches = matcher.match(fields);
            const fast = matches.map((match) => match.rule.id);
            for (const { rule, matched } of matches)
              expect(matched).toEqual(explained(rule, fields, taxonomy));
            const slow = referenceMatch(rules, fields, { taxonomy, regex: nativeRegex }).map(
              (rule) => rule.id,
            );
            expect(fast).toEqual(slow);
            fired += slow.length;
            compared += rules.length;
          }
        },
      ),
      { numRuns: Number(process.env['VIGIE_SIGMA_RUNS'] ?? 1200) },
    );
    // The generator is of no use if nothing, or everything, matches.
    expect(fired).toBeGreaterThan(compared / 20);
    expect(fired).toBeLessThan(compared);
  }, 180_000);

  const corpus = process.env['VIGIE_CORPUS'];
  it.runIf(corpus !== undefined)(
    'agree on a corpus of rules, on events made from the rules’ own values',
    () => {
      const parsed = readRuleFolder(join(corpus!, 'sigma', 'rules')).map(({ path, text: source }) =>
        parseRules(source, { file: path }),
      );
      expect(parsed.flatMap(({ errors }) => errors)).toEqual([]);
      const rules = parsed.flatMap((file) => file.rules);
      const taxonomy: Taxonomy = {
        name: 'all',
        logsources: [
          { product: '*', when: [{}] },
          { category: '*', when: [{}] },
          { service: '*', when: [{}] },
        ],
        fields: [],
      };
      const matcher = compile(rules, { taxonomy, placeholders: {} });
      const live = matcher.rules;
      let fired = 0;
      for (const [index, rule] of live.entries()) {
        if (index % 8 !== 0) continue;
        const fields = provoke(rule, index);
        const matches = matcher.match(fields);
        const fast = matches.map((match) => match.rule.title);
        for (const match of matches) expect(match.matched).toEqual(explained(match.rule, fields, taxonomy));
        const slow = referenceMatch(live, fields, { taxonomy, regex: nativeRegex }).map((own) => own.title);
        expect(fast).toEqual(slow);
        fired += slow.length;
      }
      expect(fired).toBeGreaterThan(live.length / 16);
      for (const fields of windowsEvents(100)) {
        const options = { taxonomy: WINDOWS_TAXONOMY };
        const own = compile(live, options);
        expect(own.match(fields).map((match) => match.rule.title)).toEqual(
          referenceMatch(live, fields, options).map((match) => match.title),
        );
        if (fields['event.code'] === '4624') break;
      }
    },
    600_000,
  );
  if (corpus === undefined)
    console.info('VIGIE_CORPUS is not set: the comparison on a corpus of rules is left out');
});

/** An event that gives every field of a rule one of the values the rule asks for. */
function provoke(rule: SigmaRule, seed: number): Record<string, string | number | boolean> {
  const fields: Record<string, string | number | boolean> = {};
  const visit = (node: SigmaRule['detection']['selections'][number]['node']): void => {
    if (node.type !== 'item') {
      for (const inner of node.items) visit(inner);
      return;
    }
    const chosen = node.values[seed % node.values.length]!.test;
    const test = chosen.kind === 'any' ? chosen.tests[seed % chosen.tests.length]! : chosen;
    const name = node.field ?? 'message';
    if (test.kind === 'number' || test.kind === 'boolean') fields[name] ??= test.value;
    if (test.kind !== 'pattern') return;
    const made = test.pattern
      .map((part) => (typeof part === 'string' ? part : part === 1 ? 'q' : ''))
      .join('');
    const before = fields[name];
    fields[name] =
      node.linking === 'and' && typeof before === 'string' ? `${before} ${made}` : (before ?? made);
  };
  for (const { name, node } of rule.detection.selections) if (!name.startsWith('filter')) visit(node);
  return fields;
}
