import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinearRegex } from './automaton.ts';
import { emitRegex } from './emit.ts';
import { compileRegex, isRegexFailure } from './index.ts';
import { requiredLiterals } from './literals.ts';
import { parseRegex } from './syntax.ts';

const NONE = { i: false, m: false, s: false };

function test(pattern: string, text: string, flags = NONE): boolean {
  const compiled = compileRegex(pattern, flags);
  if (isRegexFailure(compiled)) throw new Error(compiled.message);
  return compiled.test(text);
}

describe('patterns of rules', () => {
  it.each([
    ['(?i)invoke-\\w+', 'INVOKE-Thing', true],
    ['invoke', 'Invoke', false],
    ['a(?i)b', 'aB', true],
    ['a(?i)b', 'AB', false],
    ['(?i:a)b', 'Ab', true],
    ['(?i:a)b', 'AB', false],
    ['(a(?i)b|c)d', 'aBd', true],
    ['(a(?i)b|c)d', 'aBD', false],
    ['^\\\\\\\\[a-z]+\\\\c\\$$', '\\\\host\\c$', true],
    ['\\bnet\\b', 'x net y', true],
    ['\\bnet\\b', 'internet', false],
    ['[\\w-]+@[a-z.]+', 'a-b@example.org', true],
    ['[^\\]]{3}', ']a]]bcd', true],
    ['[]a]', ']', true],
    ['x{,2}y', 'xxy', true],
    ['x{a}', 'x{a}', true],
    ['\\p{Lu}', 'é', false],
    ['\\p{Lu}', 'É', true],
    ['\\x41\\u0042', 'AB', true],
    ['[[:digit:]]{2}', 'a12', true],
    ['a.c', 'a\nc', false],
    ['(?s)a.c', 'a\nc', true],
    ['(?m)^b$', 'a\nb\nc', true],
    ['^b$', 'a\nb', false],
    ['(?<name>a)b', 'ab', true],
    ['a(?!b)', 'ab', false],
    ['a(?!b)', 'ac', true],
    ['(?<=x)y', 'xy', true],
    ['(ab)\\1', 'abab', true],
    ['', '', true],
  ])('%s on %j', (pattern, text, expected) => {
    expect(test(pattern, text)).toBe(expected);
  });

  it.each([
    '(',
    'a)',
    '[a',
    '*a',
    'a**',
    '\\',
    '(?<=a',
    'a{3,1}',
    'a{2000}',
    '\\q',
    '(?x)a',
    '[z-a]',
    '\\p{Nothing}',
    'a++',
  ])('refuses %s', (pattern) => {
    const compiled = compileRegex(pattern, NONE);
    expect(isRegexFailure(compiled) && compiled.code).toBe('regex_syntax');
  });
});

describe('no pattern stalls', () => {
  it.each([
    ['(a+)+$', `${'a'.repeat(50_000)}b`],
    ['(a|aa)+$', `${'a'.repeat(50_000)}b`],
    ['(.*a){20}', 'b'.repeat(50_000)],
    ['\\+.*\\+.*\\+.*\\+.*\\+.*\\+.*\\+.*X', '+'.repeat(50_000)],
    ['^(([a-z])+.)+[A-Z]([a-z])+$', 'a'.repeat(50_000)],
    ['(x+x+)+y', 'x'.repeat(50_000)],
    ['.{200,}z', 'q'.repeat(50_000)],
    ['(a?){500}a{500}b', 'a'.repeat(5_000)],
  ])('%s', (pattern, text) => {
    const start = performance.now();
    expect(test(pattern, text)).toBe(false);
    expect(performance.now() - start).toBeLessThan(3000);
  });

  it('refuses what only backtracking can run and may explode', () => {
    for (const pattern of ['(a+)+(?!b)', '(?=.*a.*b)(.*c)', '(a|b)*\\1', '((a{500}){500})']) {
      const compiled = compileRegex(pattern, NONE);
      expect(isRegexFailure(compiled) && compiled.code).toBe('regex_unsafe');
    }
  });
});

const atom = fc.constantFrom(
  'a',
  'b',
  'B',
  '.',
  '[ab]',
  '[^a]',
  '\\w',
  '\\s',
  '\\.',
  '^',
  '$',
  '\\b',
  'é',
  '[a-c1]',
);
const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,2}', '*?', '{0,}');
// Groups of one level only: JavaScript's engine, the judge here, takes exponential time on deeper ones.
const piece = fc.tuple(atom, quantifier).map(([own, times]) => (/^[\^$]|^\\b/.test(own) ? own : own + times));
const choiceOf = (item: fc.Arbitrary<string>) =>
  fc
    .array(fc.array(item, { maxLength: 3 }), { minLength: 1, maxLength: 3 })
    .map((branches) => branches.map((branch) => branch.join('')).join('|'));
const group = fc.tuple(choiceOf(piece), quantifier).map(([own, times]) => `(${own})${times}`);
const pattern = choiceOf(fc.oneof(piece, group));
const text = fc.string({
  unit: fc.constantFrom('a', 'b', 'A', 'B', 'c', ' ', '.', '\n', 'é', 'É', '1'),
  maxLength: 10,
});
const flags = fc.record({ i: fc.boolean(), m: fc.boolean(), s: fc.boolean() });

describe('the automaton', () => {
  it('agrees with JavaScript’s engine', () => {
    let hits = 0;
    fc.assert(
      fc.property(pattern, flags, fc.array(text, { minLength: 1, maxLength: 5 }), (source, own, texts) => {
        const regex = parseRegex(source, own);
        const linear = new LinearRegex(regex);
        const native = new RegExp(emitRegex(regex));
        for (const sample of texts) {
          const expected = native.test(sample);
          if (expected) hits++;
          expect(linear.test(sample)).toBe(expected);
        }
      }),
      { numRuns: 4000 },
    );
    expect(hits).toBeGreaterThan(1000);
  });

  it('holds a required literal in every text it matches', () => {
    let used = 0;
    fc.assert(
      fc.property(pattern, flags, fc.array(text, { minLength: 8, maxLength: 16 }), (source, own, samples) => {
        const regex = parseRegex(source, own);
        const literals = requiredLiterals(regex, 1);
        if (!literals) return;
        const linear = new LinearRegex(regex);
        for (const sample of samples.filter((one) => linear.test(one))) {
          used++;
          expect(literals.some((literal) => sample.toLowerCase().includes(literal))).toBe(true);
        }
      }),
      { numRuns: 4000 },
    );
    expect(used).toBeGreaterThan(50);
  });
});
