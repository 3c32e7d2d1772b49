/** One item of a detection in SQL. */
import { ANY_RUN, type DetectionItem, type Pattern, type ValueTest } from '../ast.ts';
import { parseAddress } from '../cidr.ts';
import { mapValues } from '../compile/expression.ts';
import { plainText } from '../pattern.ts';
import { parseRegex } from '../regex/syntax.ts';
import type { ResolvedField } from '../taxonomy.ts';
import { addressInNetworks, inRange } from './address.ts';
import { allOf, anyOf, numberLiteral, stringArray, stringLiteral } from './literal.ts';
import { re2Of, re2OfPattern } from './re2.ts';
import { HIDDEN, ITEM, imageOf, type Texts } from './texts.ts';
import { timePartSql } from './time.ts';

/** Finds what an item looks at. */
export type TextsResolver = (field: string | undefined) => {
  readonly resolved: ResolvedField | undefined;
  readonly texts: readonly Texts[];
};

const OPERATORS = { lt: '<', lte: '<=', gt: '>', gte: '>=', eq: '=' } as const;
/** The database's multi-search takes 255 needles. */
const MAX_NEEDLES = 250;
/** What JavaScript's `\s` means: the spaces that a number may stand between. */
const SPACES =
  '[\\t-\\r \\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}\\x{feff}]*';
const NUMBER = `^${SPACES}[+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][+-]?[0-9]+)?${SPACES}$`;

/** @throws UnsupportedError */
export function itemSql(item: DetectionItem, resolve: TextsResolver): string {
  const { resolved, texts } = resolve(item.field);
  const groups = item.values.map(({ test }) => flatten(mapValues(test, resolved)));
  const holds =
    item.linking === 'and'
      ? allOf(groups.map((tests) => anyTest(tests, texts, resolve)))
      : anyTest(groups.flat(), texts, resolve);
  return item.negated ? `NOT ${holds}` : holds;
}

function flatten(test: ValueTest): ValueTest[] {
  return test.kind === 'any' ? test.tests.flatMap(flatten) : [test];
}

/** Whether one of the tests holds. */
function anyTest(tests: readonly ValueTest[], texts: readonly Texts[], resolve: TextsResolver): string {
  const present = () => anyOf(texts.map((own) => own.present));
  const parts = tests.flatMap((test) => {
    if (test.kind === 'null') return [`NOT ${present()}`];
    if (test.kind === 'exists') return [test.value ? present() : `NOT ${present()}`];
    return [];
  });
  for (const own of texts) parts.push(textTests(tests, own, resolve));
  return anyOf(parts);
}

/** Whether one of the tests holds on one of the texts. */
export function textTests(tests: readonly ValueTest[], texts: Texts, resolve: TextsResolver): string {
  const { direct, otherwise } = texts;
  const answered: string[] = [];
  const typed: ValueTest[] = [];
  const left: ValueTest[] = [];
  for (const test of tests) {
    const sql = direct && otherwise ? directTest(test, direct) : undefined;
    if (sql === undefined) left.push(test);
    else {
      answered.push(sql);
      typed.push(test);
    }
  }
  const parts: string[] = [];
  if (direct && otherwise && typed.length > 0) {
    const own = anyOf(answered);
    if (own !== 'false') parts.push(`(${direct.has} AND ${own})`);
    parts.push(textTests(typed, otherwise, resolve));
  }
  parts.push(...patternTests(left, texts));
  const networks = left.flatMap((test) => (test.kind === 'cidr' ? [test.network] : []));
  if (networks.length > 0)
    parts.push(`arrayExists(t -> ${addressInNetworks(networks)}, ${texts.list(false)})`);
  for (const test of left) {
    const one = singleTest(test, texts, resolve);
    if (one !== undefined) parts.push(one);
  }
  return anyOf(parts);
}

/** A test that a typed column answers by itself. */
function directTest(test: ValueTest, { kind, column }: NonNullable<Texts['direct']>): string | undefined {
  if (kind === 'text') return undefined;
  if (kind === 'integer') {
    if (test.kind === 'compare') return `${column} ${OPERATORS[test.operator]} ${numberLiteral(test.value)}`;
    const text = exactText(test);
    if (text === undefined) return undefined;
    const number = Number(text);
    const same = Number.isSafeInteger(number) && !Object.is(number, -0) && String(number) === text;
    return same ? `${column} = ${numberLiteral(number)}` : 'false';
  }
  if (test.kind === 'cidr') return inRange(column, test.network);
  const text = exactText(test);
  // The column's text is canonical: equal text means equal address, but not the other way round.
  if (text === undefined || (text.includes(':') && test.kind === 'pattern' && text !== text.toLowerCase()))
    return undefined;
  const address = parseAddress(text);
  if (address === undefined) return 'false';
  if (address.version === 6 || text.includes(':')) return undefined;
  const canonical = address.words.flatMap((word) => [
    word >>> 24,
    (word >>> 16) & 255,
    (word >>> 8) & 255,
    word & 255,
  ]);
  return canonical.join('.') === text ? `${column} = toIPv6(${stringLiteral(text)})` : 'false';
}

/** The text that a test asks for as a whole. */
function exactText(test: ValueTest): string | undefined {
  if (test.kind === 'number' || test.kind === 'boolean') return String(test.value);
  if (test.kind !== 'pattern') return undefined;
  const text = plainText(test.pattern);
  return text === '' ? undefined : text;
}

function patternOf(test: ValueTest): { pattern: Pattern; cased: boolean } | undefined {
  if (test.kind === 'number' || test.kind === 'boolean')
    return { pattern: [String(test.value)], cased: false };
  return test.kind === 'pattern' ? test : undefined;
}

/** The patterns among the tests: literals by one search for all of them, others by expressions. */
function patternTests(tests: readonly ValueTest[], texts: Texts): string[] {
  const parts: string[] = [];
  for (const lower of [true, false]) {
    const needles = new Set<string>();
    for (const test of tests) {
      const own = patternOf(test);
      if (own === undefined || own.cased === lower) continue;
      const pattern = lower
        ? own.pattern.map((part) => (typeof part === 'string' ? part.toLowerCase() : part))
        : own.pattern;
      if (pattern.length === 1 && pattern[0] === ANY_RUN) parts.push(texts.present);
      else {
        const needle = needleOf(pattern);
        if (needle === undefined) parts.push(glob(pattern, texts, lower));
        else needles.add(needle);
      }
    }
    const all = [...needles];
    for (let i = 0; i < all.length; i += MAX_NEEDLES) {
      const some = all.slice(i, i + MAX_NEEDLES);
      parts.push(
        some.length === 1
          ? `position(${texts.search(lower)}, ${stringLiteral(some[0]!)}) > 0`
          : `multiSearchAny(${texts.search(lower)}, ${stringArray(some)})`,
      );
    }
  }
  return parts;
}

const MARKS: readonly string[] = ['\x01', '\x02', ITEM, HIDDEN];

/** What to look for in the texts between their marks; only for a literal with `*` at its ends. */
function needleOf(pattern: Pattern): string | undefined {
  const open = pattern[0] === ANY_RUN ? 1 : 0;
  const close = pattern.length > open && pattern.at(-1) === ANY_RUN ? 1 : 0;
  const [literal, ...more] = pattern.slice(open, pattern.length - close);
  if (typeof literal !== 'string' || literal === '' || more.length > 0 || hasMarks(literal)) return undefined;
  return `${open === 1 ? '' : ITEM}${literal}${close === 1 ? '' : ITEM}`;
}

function hasMarks(literal: string): boolean {
  return MARKS.some((mark) => literal.includes(mark));
}

function glob(pattern: Pattern, texts: Texts, lower: boolean): string {
  const marked = pattern.length === 0 || pattern.some((part) => typeof part === 'string' && hasMarks(part));
  if (marked) {
    const { source, image } = re2OfPattern(pattern, '[\\x{0}-\\x{10ffff}]');
    return `arrayExists(t -> match(${image ? imageOf('t') : 't'}, ${stringLiteral(`\\A${source}\\z`)}), ${texts.list(lower)})`;
  }
  const open = pattern[0] === ANY_RUN;
  const close = pattern.at(-1) === ANY_RUN;
  const { source, image } = re2OfPattern(pattern.slice(open ? 1 : 0, close ? -1 : undefined), '[^\\x{3}]');
  // Within an open end a `?` must still find a character, which the expression sees to; two marks in a row
  // would be an empty text, which has none.
  const expression = `${open ? '' : ITEM}${source}${close ? '' : ITEM}`;
  const search = texts.search(lower);
  return `match(${image ? imageOf(search) : search}, ${stringLiteral(expression)})`;
}

/** A test that is made on each text. */
function singleTest(test: ValueTest, texts: Texts, resolve: TextsResolver): string | undefined {
  const some = (condition: string, lower = false) => `arrayExists(t -> ${condition}, ${texts.list(lower)})`;
  switch (test.kind) {
    case 'regex': {
      const { source, image } = re2Of(parseRegex(test.pattern, test.flags));
      return some(`match(${image ? imageOf('t') : 't'}, ${stringLiteral(source)})`);
    }
    case 'compare': {
      const bare = `replaceRegexpAll(t, ${stringLiteral(`^${SPACES}|${SPACES}$`)}, '')`;
      const number = `ifNull(toFloat64OrNull(${bare}), nan)`;
      return some(
        `lengthUTF8(t) <= 64 AND match(t, ${stringLiteral(NUMBER)}) AND ${number} ${OPERATORS[test.operator]} ${numberLiteral(test.value)}`,
      );
    }
    case 'time': {
      const part = timePartSql(test.part);
      return some(
        `arrayExists(x -> x >= 0 AND x ${OPERATORS[test.operator]} ${numberLiteral(test.value)}, [${part}])`,
      );
    }
    case 'fieldref': {
      const compare = {
        equals: 't = o',
        startswith: 'startsWith(t, o)',
        endswith: 'endsWith(t, o)',
        contains: "(o = '' OR position(t, o) > 0)",
      }[test.match];
      const lower = !test.cased;
      return anyOf(
        resolve(test.field).texts.map((other) =>
          some(`arrayExists(o -> ${compare}, ${other.list(lower)})`, lower),
        ),
      );
    }
    default:
      return undefined;
  }
}
