import { type ParsedRules, parseRules, type SigmaRule } from '@vigie/sigma';
import { describe, expect, test } from 'vitest';
import { type AnyRule, textOf, unitOf } from './rule-unit.ts';

const rule = (name: string) =>
  `title: ${name}\nid: 00000000-0000-4000-8000-00000000000${name.length}\nname: ${name}\nlogsource:\n  product: linux\ndetection:\n  s:\n    a.b: ${name}\n  condition: s\n`;
const count = (name: string, ...of: string[]) =>
  `title: ${name}\nname: ${name}\ncorrelation:\n  type: event_count\n  rules: [${of.join(', ')}]\n  timespan: 1m\n  condition:\n    gte: 2\n`;

const inOrder = ({ rules, correlations }: ParsedRules): AnyRule[] =>
  [...rules, ...correlations].sort((a, b) => a.line - b.line);
const titles = (rules: readonly { readonly title: string }[]) => rules.map(({ title }) => title);

describe('unitOf', () => {
  const text = [rule('a'), rule('bb'), count('few', 'a'), count('many', 'few', 'elsewhere')].join('---\n');
  const elsewhere = parseRules(rule('elsewhere')).rules[0]!;

  test('takes the last correlation, what it counts through others, and what stands elsewhere', () => {
    const unit = unitOf(parseRules(text), (name) => (name === 'elsewhere' ? elsewhere : undefined))!;
    expect(unit.subject.title).toBe('many');
    expect(titles(unit.rules)).toEqual(['a', 'elsewhere']);
    expect(titles(unit.correlations)).toEqual(['few', 'many']);
    expect(titles(unit.unused)).toEqual(['bb']);
    expect(unit.missing).toEqual([]);
  });

  test('takes the rule that is asked for, and names what is nowhere', () => {
    expect(unitOf(parseRules(text), () => undefined, 'few')).toMatchObject({
      subject: { title: 'few' },
      missing: [],
    });
    expect(unitOf(parseRules(text), () => undefined)!.missing).toMatchObject([
      { name: 'elsewhere', by: { title: 'many' } },
    ]);
    expect(unitOf(parseRules('a: 1'), () => undefined)).toBeUndefined();
  });

  test('ends with correlations that count each other', () => {
    const unit = unitOf(parseRules([count('x', 'y'), count('y', 'x')].join('---\n')), () => undefined)!;
    expect(titles(unit.correlations).sort()).toEqual(['x', 'y']);
  });
});

describe('textOf', () => {
  const file = `# Ours.\n${rule('a')}---\n# The second.\n${rule('bb')}--- # last\n${count('many', 'a')}`;
  const all = inOrder(parseRules(file));
  const of = (title: string) => {
    const own = textOf({ text: file }, all.find((one) => one.title === title)!, all);
    return 'text' in own ? own.text : own.refused;
  };

  test('leaves a file with one rule as it is', () => {
    const alone = parseRules(rule('a')).rules as readonly SigmaRule[];
    expect(textOf({ text: `${rule('a')}\n\n` }, alone[0]!, alone)).toEqual({ text: `${rule('a')}\n\n` });
  });

  test('cuts out the rule, with what it counts and the comments of both', () => {
    expect(of('bb')).toBe(`# The second.\n${rule('bb')}`);
    expect(of('many')).toBe(`# Ours.\n${rule('a')}---\n${count('many', 'a')}`);
    for (const title of ['a', 'bb', 'many']) {
      const { errors, rules, correlations } = parseRules(of(title));
      expect(errors).toEqual([]);
      expect(titles([...rules, ...correlations])).toContain(title);
    }
  });

  test('refuses a collection, whose documents are no rules by themselves', () => {
    const text = `action: global\nlevel: high\n---\n${rule('a')}---\n${rule('bb')}`;
    const rules = inOrder(parseRules(text));
    expect(textOf({ text }, rules[0]!, rules)).toHaveProperty('refused');
  });
});
