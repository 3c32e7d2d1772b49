/** Rules, events and pipelines that small texts make huge: refused with a reason and a place, or done in bounds. */
import { describe, expect, it } from 'vitest';
import type { SigmaRule } from './ast.ts';
import { compile } from './matcher.ts';
import { parseRules } from './parse.ts';
import { applyPipelines } from './pipeline/apply.ts';
import { parsePipeline } from './pipeline/read.ts';

const rule = (detection: string) =>
  `title: t\nlogsource: { product: p }\ndetection:\n${detection.replace(/^/gm, '  ')}\n`;
const list = (count: number, make: (at: number) => string) =>
  Array.from({ length: count }, (_, at) => make(at)).join('');

function only(text: string): SigmaRule {
  const { rules, errors } = parseRules(text);
  expect(errors).toEqual([]);
  return rules[0]!;
}

describe('what a few lines make gigabytes of is refused, with its place', () => {
  it.each([
    ['a value of a megabyte', rule(`s: { A|base64offset|contains: ${'x'.repeat(1_000_000)} }\ncondition: s`), 'rule_too_large', 4],
    ['twenty thousand values with five dashes', rule(`s:\n  A|windash:\n${list(19_000, () => "  - ' -a -b -c -d -e'\n")}condition: s`), 'rule_too_large', undefined],
    ['many dashes', rule(`s: { A|windash: '${' -a'.repeat(5000)}' }\ncondition: s`), 'value_invalid', 4],
    ['dashes among thousands of wildcards', rule(`s: { A|windash: '${'a?'.repeat(4000)} -a -b -c' }\ncondition: s`), 'value_invalid', 4],
    ['expressions of a thousand states each', rule(`s:\n  A|re:\n${list(1000, (at) => `  - 'x${at}.{1000}'\n`)}condition: s`), 'rule_too_large', undefined],
    ['one of thousands, hundreds of times', rule(`${list(20_000, (at) => `s${at}: { A: b }\n`)}condition: ${'1 of them or '.repeat(500)}s1`), 'rule_too_large', 20_004],
    ['thousands of conditions', rule(`${list(5000, (at) => `s${at}: { A: b }\n`)}condition:\n${list(5000, () => '- 1 of s*\n')}`), 'rule_too_large', undefined],
    ['a global document that thousands inherit', `action: global\n${rule(`s:\n  A:\n${list(10_000, (at) => `  - v${at}\n`)}condition: s`)}${list(1500, () => '---\ntitle: x\n')}`, 'rule_too_large', undefined],
    ['an expression that expands', rule("s: { A|re: '((a{1000}){1000}){1000}' }\ncondition: s"), 'regex_unsafe', 4],
    ['thousands of documents', list(3000, () => 'a: b\n...\n'), 'yaml_too_large', undefined],
  ] as const)('%s', (_name, text, code, line) => {
    const { errors } = parseRules(text, { file: 'bomb.yml' });
    const found = errors.find((error) => error.code === code);
    expect(found).toMatchObject({ file: 'bomb.yml', code });
    expect(found!.message.length).toBeLessThan(1000);
    if (line !== undefined) expect(found!.line).toBe(line);
  }); // biome-ignore format: a table
});

describe('what is large but allowed is done in bounds', () => {
  it('a selection named thousands of times', () => {
    const maps = list(5000, (at) => `  - { A: v${at}, B: w${at} }\n`);
    const matcher = compile([
      only(rule(`s:\n${maps}t: { C: x }\ncondition: ${'s or not t and '.repeat(1000)}s`)),
    ]);
    for (let at = 0; at < 20; at++)
      expect(matcher.match({ A: `v${at}`, B: at % 2 === 0 ? `w${at}` : 'x', C: 'x' })).toHaveLength(
        at % 2 === 0 ? 1 : 0,
      );
  });

  it('hundreds of wildcards, and literals that nearly occur everywhere', () => {
    const many = `*${'a*'.repeat(500)}b`;
    const near = `*b${'a'.repeat(8000)}*`;
    const nearGlob = `*${'a'.repeat(4000)}?${'a'.repeat(4000)}b?*`;
    const rules = [many, near, nearGlob].map((value, at) => ({
      ...only(rule(`s: { A: '${value}' }\ncondition: s`)),
      id: `${at}`,
    }));
    const matcher = compile(rules);
    const text = 'a'.repeat(200_000);
    expect(matcher.match({ A: text })).toEqual([]);
    expect(matcher.match({ A: `${text}b` }).map((match) => match.rule.id)).toEqual(['0']);
    expect(matcher.match({ A: `b${text}ba${text}bxx` }).map((match) => match.rule.id)).toEqual(['1', '2']);
  });

  it('an event with a list of hundreds of thousands, searched for keywords', () => {
    const matcher = compile([only(rule("s: ['needle', 'x?y']\ncondition: s"))]);
    const values = Array.from({ length: 300_000 }, (_, at) => `v${at}`);
    expect(matcher.match({ A: values })).toEqual([]);
    expect(matcher.match({ A: [...values, 'a needle'] })).toHaveLength(1);
  });

  it('lists of an event that are compared with each other are given up, and counted, where they are too long', () => {
    const matcher = compile([only(rule('s: { A|fieldref|contains: B }\ncondition: s'))]);
    const values = Array.from({ length: 2000 }, (_, at) => `v${at}-`);
    expect(matcher.match({ A: values.slice(0, 900), B: ['v7-'] })).toHaveLength(1);
    expect(matcher.match({ A: values, B: values })).toEqual([]);
    expect([...matcher.failures.values()]).toEqual([1]);
    const equal = compile([only(rule('s: { A|fieldref: B }\ncondition: s'))]);
    expect(equal.match({ A: values, B: [...values].reverse() })).toHaveLength(1);
  });

  it('an expression that only backtracking can run is given up on a text, and counted', () => {
    const errors: unknown[] = [];
    const matcher = compile([only(rule("s: { A|re: '(a+)+(?!b)c' }\ncondition: s"))], {
      onError: (_rule, error) => errors.push(error),
    });
    expect(matcher.match({ A: 'aac' })).toHaveLength(1);
    expect(matcher.match({ A: 'a'.repeat(100_000) })).toEqual([]);
    expect(errors).toMatchObject([{ code: 'VIGIE_SIGMA_REGEX_BUDGET' }]);
  });

  it('twenty thousand networks', () => {
    const networks = list(15_000, (at) => `  - 10.${at >> 8}.${at & 255}.0/24\n`);
    const matcher = compile([only(rule(`s:\n  A|cidr:\n${networks}condition: s`))]);
    expect(matcher.match({ A: '10.1.2.3' })).toHaveLength(1);
    expect(matcher.match({ A: '192.0.2.1' })).toEqual([]);
  });
});

describe('pipelines that multiply', () => {
  const base = only(rule("s: { A: a, B: 'b%x%' }\ncondition: s"));

  it.each([
    [
      'a field mapped to itself four times, forty times over',
      list(40, () => '- { type: field_name_mapping, mapping: { A: [A, A, A, A] } }\n'),
    ],
    [
      'a value mapped to two, forty times over',
      list(40, () => '- { type: map_string, mapping: { a: [a, a] } }\n'),
    ],
    [
      'a letter doubled, forty times over',
      list(40, () => '- { type: replace_string, regex: a, replacement: aa }\n'),
    ],
    [
      'a letter replaced by a novel',
      `- { type: replace_string, regex: a, replacement: '${'novel '.repeat(10_000)}' }\n`,
    ],
  ])('%s', (_name, steps) => {
    const { pipeline, errors } = parsePipeline(`name: p\ntransformations:\n${steps}`, { file: 'p.yml' });
    expect(errors).toEqual([]);
    const applied = applyPipelines([{ ...base, file: 'r.yml' }], [pipeline!]);
    expect(applied.rules).toEqual([]);
    expect(applied.errors).toMatchObject([
      { code: 'pipeline_failed_rule', file: 'r.yml', line: 1, rule: 't' },
    ]);
  });
});
