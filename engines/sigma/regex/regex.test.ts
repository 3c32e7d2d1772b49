import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LinearRegex } from './automaton.ts';
import { Backtracker, RegexBudgetError } from './backtrack.ts';
import { emitRegex } from './emit.ts';
import { compileRegex, isRegexFailure } from './index.ts';
import { everyRequiredLiteral, requiredLiterals, shortestMatch } from './literals.ts';
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
    ['(ab)\\1', 'abAB', false],
    ['(?i)(ab)\\1', 'abAB', true],
    ['(a)|b\\1', 'b', false],
    ['^(a{2}){3}$', 'aaaaaa', true],
    ['^a{2}{3}$', 'aaaaaa', true],
    ['^a{2}{3}$', 'aaaaa', false],
    ['(?<=(a|bc)x)y', 'bcxy', true],
    ['(?<!a.)b', 'axb', false],
    ['(?=(a+))a*b\\1', 'aaaba', true],
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
    '(a)\\2',
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
    expect(test(pattern, text)).toBe(false);
  });

  it.each([
    ['a repetition in a repetition', '((a{500}){500})'],
    ['ninety of them', `${'('.repeat(90)}a${'){1000}'.repeat(90)}`],
    // They take no states, but time.
    ['repeated empty groups', `${'('.repeat(90)}${'){1000}'.repeat(90)}`],
    ['a counted repetition that is counted again', 'a{1000}{1000}'],
    ['eight thousand empty branches', `(${'|'.repeat(8000)})`],
    ['repeated empty branches', `(${'|'.repeat(3000)}){1000}`],
    ['repetitions that are looked ahead to', '(?=((a{100}){100}){100})b'],
  ])('refuses %s', (_name, pattern) => {
    const compiled = compileRegex(pattern, NONE);
    expect(isRegexFailure(compiled) && compiled.code).toBe('regex_unsafe');
  });

  it.each([
    ['four hundred runs of any characters', '.*'.repeat(400)],
    [
      'a repeated class of four thousand members',
      `[${Array.from({ length: 4000 }, (_, i) => String.fromCharCode(0x4e00 + 2 * i)).join('')}]{1000}X`,
    ],
    ['thousands of Unicode properties', '\\pL'.repeat(2700)],
    ['thousands of folded properties', `(?i)${'[\\pL]'.repeat(1600)}`],
    ['hundreds of folded ranges', `(?i)${'[\\u0000-\\uffff]'.repeat(400)}`],
    ['nested small repetitions', '((((a{4}){4}){4}){4}){4}'],
    ['a state for each text', 'a[ab]{1000}X'],
    ['runs that may be empty', '([ab]{1,1000}){1}[ab]{1,900}X'],
  ])('compiles %s, and runs it on any text', (_name, pattern) => {
    const compiled = compileRegex(pattern, NONE);
    if (isRegexFailure(compiled)) throw new Error(compiled.message);
    requiredLiterals(parseRegex(pattern, NONE), 3);
    let seed = 1;
    const next = () => {
      seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
      return (seed >>> 8) & 1;
    };
    for (const text of ['a'.repeat(5000), Array.from({ length: 5000 }, () => 'ab'[next()]).join('')])
      expect(typeof compiled.test(text)).toBe('boolean');
  });

  it.each([
    ['(a+)+(?!b)c', 'a'.repeat(50_000)],
    ['(?=.*a.*b)(.*c)', 'a'.repeat(50_000)],
    ['(a*)\\1b', 'a'.repeat(50_000)],
    [`(?!X)${'(a|a)'.repeat(40)}X`, 'a'.repeat(50_000)],
    [`(?!X)${'a?'.repeat(60)}${'a'.repeat(60)}`, 'ab'.repeat(20_000)],
  ])('gives up, and says so, rather than backtrack without end: %#', (pattern, text) => {
    const compiled = compileRegex(pattern, NONE);
    if (isRegexFailure(compiled)) throw new Error(compiled.message);
    expect(() => compiled.test(text)).toThrow(RegexBudgetError);
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

describe('the backtracking matcher', () => {
  const look = fc
    .tuple(fc.constantFrom('(?=', '(?!', '(?<=', '(?<!'), pattern)
    .map(([open, inner]) => `${open}${inner})`);
  const mixed = fc
    .array(fc.oneof(piece, group, look), { minLength: 1, maxLength: 4 })
    .map((all) => all.join(''));

  it('agrees with JavaScript’s engine, look-around included', () => {
    let hits = 0;
    let misses = 0;
    fc.assert(
      fc.property(mixed, flags, fc.array(text, { minLength: 1, maxLength: 5 }), (source, own, texts) => {
        const regex = parseRegex(source, own);
        const matcher = new Backtracker(regex);
        const native = new RegExp(emitRegex(regex));
        for (const sample of texts) {
          const expected = native.exec(sample);
          let found: Int32Array | undefined;
          try {
            [found] = matcher.matches(sample);
          } catch (error) {
            // Empty repetitions within each other: JavaScript takes as long.
            expect(error).toBeInstanceOf(RegexBudgetError);
            continue;
          }
          expect(found && [found[0], found[1]]).toEqual(
            expected ? [expected.index, expected.index + expected[0].length] : undefined,
          );
          if (expected) hits++;
          else misses++;
        }
      }),
      { numRuns: 3000 },
    );
    expect(Math.min(hits, misses)).toBeGreaterThan(1000);
  });
});

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

  it('holds a literal of each required list in every text it matches, none of them too short', () => {
    let used = 0;
    fc.assert(
      fc.property(pattern, flags, fc.array(text, { minLength: 8, maxLength: 16 }), (source, own, samples) => {
        const regex = parseRegex(source, own);
        const literals = requiredLiterals(regex, 1);
        const every = [1, 2, 3].flatMap((shortest) => everyRequiredLiteral(regex, shortest));
        const linear = new LinearRegex(regex);
        for (const sample of samples.filter((one) => linear.test(one))) {
          if (literals !== undefined) used++;
          const lower = sample.toLowerCase();
          for (const some of literals === undefined ? every : [literals, ...every])
            expect(some.some((literal) => lower.includes(literal))).toBe(true);
          expect(sample.length).toBeGreaterThanOrEqual(shortestMatch(regex));
        }
      }),
      { numRuns: 4000 },
    );
    expect(used).toBeGreaterThan(50);
  });
});
