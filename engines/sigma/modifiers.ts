/**
 * Value modifiers (specification, "Modifiers" appendix v2.1): they turn the value written in a rule into the
 * test that is made on an event's value, in the order they are written.
 */
import {
  ANY_RUN,
  type CompareOperator,
  type ItemValue,
  type Pattern,
  type PatternPart,
  type Position,
  type RegexFlags,
  type TimePart,
  type ValueTest,
} from './ast.ts';
import { MAX_VALUE, patternLength, type RuleBudget } from './budget.ts';
import { parseNetwork } from './cidr.ts';
import { base64, base64Offsets, utf8, utf16 } from './encode.ts';
import { IssueError } from './issue.ts';
import { mapLiterals, markPlaceholders, normalizePattern, parsePattern, plainText } from './pattern.ts';
import { isRegexFailure, readRegex } from './regex/index.ts';
import { expandedSize, MAX_STATES, RegexTooLargeError } from './regex/size.ts';
import type { YamlNode, YamlScalar } from './yaml.ts';

export const MODIFIERS = [
  'all', 'startswith', 'endswith', 'contains', 'exists', 'cased', 'neq', 'windash', 're', 'i', 'm', 's',
  'base64', 'base64offset', 'wide', 'utf16le', 'utf16be', 'utf16', 'lt', 'lte', 'gt', 'gte', 'cidr',
  'expand', 'fieldref', 'minute', 'hour', 'day', 'week', 'month', 'year',
] as const; // biome-ignore format: a table
export type Modifier = (typeof MODIFIERS)[number];

const COMPARE: readonly string[] = ['lt', 'lte', 'gt', 'gte'];
const TIME: readonly string[] = ['minute', 'hour', 'day', 'week', 'month', 'year'];
const POSITIONAL: readonly string[] = ['startswith', 'endswith', 'contains'];
const STRING_ONLY: readonly string[] = [
  ...POSITIONAL, 'cased', 'windash', 'base64', 'base64offset', 'wide', 'utf16le', 'utf16be', 'utf16', 'expand',
]; // biome-ignore format: a table
/** At most one of these gives a value its type. */
const TYPES: readonly string[] = ['re', 'cidr', 'exists', 'fieldref', ...COMPARE];
/** Values that one value may become; five dashes in three places are 125. */
const MAX_VARIANTS = 3125;
/** Characters of those. */
const MAX_VARIANT_CHARACTERS = 1_000_000;

/** Checks the modifiers of an item. @throws IssueError */
export function checkModifiers(names: readonly string[], position: Position): readonly Modifier[] {
  const fail = (message: string): never => {
    throw new IssueError('modifier_combination', message, position);
  };
  for (const name of names) {
    if (!(MODIFIERS as readonly string[]).includes(name))
      throw new IssueError('modifier_unknown', `unknown modifier ${JSON.stringify(name)}`, position);
  }
  if (new Set(names).size < names.length) fail('a modifier is given twice');
  const types = names.filter((name) => TYPES.includes(name));
  if (types.length > 1) fail(`${types.join(' and ')} exclude each other`);
  const type = types[0];
  const regex = names.indexOf('re');
  for (const flag of ['i', 'm', 's']) {
    const at = names.indexOf(flag);
    if (at !== -1 && (regex === -1 || at < regex)) fail(`${flag} may only follow re`);
  }
  const times = names.filter((name) => TIME.includes(name));
  if (times.length > 1) fail(`${times.join(' and ')} exclude each other`);
  if (times.length === 1 && type !== undefined && !COMPARE.includes(type))
    fail(`${times[0]} does not go with ${type}`);
  const strings = names.filter((name) => STRING_ONLY.includes(name));
  const allowed = type === 'fieldref' ? [...POSITIONAL, 'cased'] : type === 'cidr' ? ['expand'] : [];
  const wrong =
    type === undefined && times.length === 0 ? undefined : strings.find((name) => !allowed.includes(name));
  if (wrong !== undefined) fail(`${wrong} does not go with ${type ?? times[0]}`);
  if (strings.filter((name) => POSITIONAL.includes(name)).length > 1)
    fail('startswith, endswith and contains exclude each other');
  return names as readonly Modifier[];
}

/** A string value on its way through the modifiers. */
interface Draft {
  pattern: Pattern;
  /** True once an encoding made it a byte string. */
  bytes: boolean;
}

/**
 * Applies an item's modifiers to one value.
 *
 * @param keyword the value stands in no field
 * @param budget counts for all rules of a file
 * @throws IssueError
 */
export function applyModifiers(
  modifiers: readonly Modifier[],
  node: YamlNode,
  keyword: boolean,
  budget: RuleBudget,
): ItemValue {
  if (node.kind !== 'scalar')
    throw new IssueError('value_type', 'a value must be text, a number, true, false or null', node);
  if (node.text.length > MAX_VALUE)
    throw new IssueError(
      'rule_too_large',
      `a value may have ${MAX_VALUE} characters; this one has ${node.text.length}`,
      node,
    );
  const test = buildTest(modifiers, node, keyword, budget);
  budget.spendTest(test, node);
  return { raw: node.text === '' && node.value === null ? 'null' : node.text, test };
}

function buildTest(
  modifiers: readonly Modifier[],
  node: YamlScalar,
  keyword: boolean,
  budget: RuleBudget,
): ValueTest {
  const has = (name: Modifier) => modifiers.includes(name);
  const { value } = node;
  const fail = (message: string): never => {
    throw new IssueError('value_invalid', message, node);
  };
  if (has('exists')) {
    const wanted = typeof value === 'string' ? truthOf(value) : value;
    return {
      kind: 'exists',
      value: typeof wanted === 'boolean' ? wanted : fail('exists takes true or false'),
    };
  }
  const operator = modifiers.find((name) => COMPARE.includes(name)) as CompareOperator | undefined;
  const part = modifiers.find((name) => TIME.includes(name)) as TimePart | undefined;
  if (operator !== undefined || part !== undefined) {
    const number = typeof value === 'number' ? value : readNumber(String(value));
    if (number === undefined) return fail(`${JSON.stringify(node.text)} is not a number`);
    if (part !== undefined) return { kind: 'time', part, operator: operator ?? 'eq', value: number };
    return { kind: 'compare', operator: operator!, value: number };
  }
  if (value === null) {
    if (modifiers.some((name) => name !== 'all' && name !== 'neq' && name !== 'cased') || keyword)
      throw new IssueError('value_type', 'null goes with no modifier but neq and all', node);
    return { kind: 'null' };
  }
  const text = typeof value === 'string' ? value : node.text;
  if (has('re')) {
    const flags: RegexFlags = { i: has('i'), m: has('m'), s: has('s') };
    const regex = readRegex(text, flags);
    if (isRegexFailure(regex)) throw new IssueError(regex.code, regex.message, node);
    const states = expandedSize(regex);
    if (states > MAX_STATES) throw new IssueError('regex_unsafe', new RegexTooLargeError().message, node);
    budget.spend('states', states, node);
    return { kind: 'regex', pattern: text, flags };
  }
  if (has('fieldref')) {
    if (text === '') fail('fieldref takes the name of a field');
    const match = modifiers.find((name) => POSITIONAL.includes(name)) as 'contains' | undefined;
    return { kind: 'fieldref', field: text, match: match ?? 'equals', cased: has('cased') };
  }
  if (has('cidr')) {
    const placeholder = has('expand') && /^%\w{1,128}%$/.test(text);
    if (!placeholder && !parseNetwork(text)) fail(`${JSON.stringify(text)} is not an IP network`);
    return { kind: 'cidr', network: text };
  }
  const strings = modifiers.filter((name) => STRING_ONLY.includes(name));
  if (strings.length === 0 && !keyword) {
    if (typeof value === 'number') return numberTest(value, text);
    if (typeof value === 'boolean') return { kind: 'boolean', value };
  }
  let drafts: Draft[] = [{ pattern: parsePattern(text), bytes: false }];
  for (const name of modifiers) {
    drafts = drafts.flatMap((draft) => applyOne(name, draft, node));
    if (drafts.length > MAX_VARIANTS) fail(`${name} makes more than ${MAX_VARIANTS} values of this one`);
    if (drafts.some(({ pattern }) => patternLength(pattern) > 2 * MAX_VALUE))
      throw new IssueError('rule_too_large', `${name} makes more than ${2 * MAX_VALUE} characters`, node);
  }
  const positional = modifiers.some((name) => POSITIONAL.includes(name));
  const tests = drafts.map(({ pattern }): ValueTest => {
    // A keyword is looked for anywhere in the event's text.
    const whole = keyword && !positional ? normalizePattern([ANY_RUN, ...pattern, ANY_RUN]) : pattern;
    return { kind: 'pattern', pattern: whole, cased: has('cased') };
  });
  return tests.length === 1 ? tests[0]! : { kind: 'any', tests };
}

/** Words that YAML 1.1 took for true and false, and 1.2 takes for text. */
const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['on', true],
  ['false', false],
  ['no', false],
  ['off', false],
]);

function truthOf(word: string): boolean | undefined {
  return TRUTHS.get(word.toLowerCase());
}

/**
 * A number holds for its value, and for itself as the rule writes it: an event may say `0x17`, `007` or `1.0`
 * as text, where whoever wrote the rule saw just that.
 */
function numberTest(value: number, written: string): ValueTest {
  const number: ValueTest = { kind: 'number', value };
  if (written === String(value)) return number;
  return { kind: 'any', tests: [number, { kind: 'pattern', pattern: [written], cased: false }] };
}

function applyOne(name: Modifier, draft: Draft, at: Position): Draft[] {
  const { pattern, bytes } = draft;
  switch (name) {
    case 'contains':
      return [{ bytes, pattern: normalizePattern([ANY_RUN, ...pattern, ANY_RUN]) }];
    case 'startswith':
      return [{ bytes, pattern: normalizePattern([...pattern, ANY_RUN]) }];
    case 'endswith':
      return [{ bytes, pattern: normalizePattern([ANY_RUN, ...pattern]) }];
    case 'windash':
      return windash(pattern, at).map((variant) => ({ bytes, pattern: variant }));
    case 'expand':
      return [{ bytes, pattern: markPlaceholders(pattern) }];
    case 'wide':
    case 'utf16le':
      return [{ bytes: true, pattern: mapLiterals(pattern, (literal) => [utf16(literal, 'le')]) }];
    case 'utf16be':
      return [{ bytes: true, pattern: mapLiterals(pattern, (literal) => [utf16(literal, 'be')]) }];
    case 'utf16':
      return [{ bytes: true, pattern: [`\xff\xfe${utf16(wholeText(name, pattern, at), 'le')}`] }];
    case 'base64': {
      const text = wholeText(name, pattern, at);
      return [{ bytes: false, pattern: normalizePattern([base64(bytes ? text : utf8(text))]) }];
    }
    case 'base64offset': {
      const text = wholeText(name, pattern, at);
      const variants = base64Offsets(bytes ? text : utf8(text));
      if (variants.length === 0) throw new IssueError('value_invalid', 'too short for base64offset', at);
      return variants.map((variant) => ({ bytes: false, pattern: [variant] }));
    }
    default:
      return [draft];
  }
}

function wholeText(name: Modifier, pattern: Pattern, at: Position): string {
  const text = plainText(pattern);
  if (text === undefined)
    throw new IssueError('value_invalid', `${name} does not go with wildcards in the value`, at);
  return text;
}

/** Hyphen, slash, en dash, em dash, horizontal bar. */
const DASHES = ['-', '/', '\u2013', '\u2014', '\u2015'];

const OPTION_DASH = /(?<![\p{L}\p{N}_])([-/\u2013\u2014\u2015])(?=[\p{L}\p{N}_])/u;

/**
 * All forms of a pattern with its option dashes replaced. A dash counts where a word starts after it and none
 * ends before it (` -enc`, but not `a-b`). The form as written comes first.
 */
function windash(pattern: Pattern, at: Position): Pattern[] {
  // Splitting by a group puts what it matched at the odd places.
  const pieces = pattern.flatMap((part): { readonly part: PatternPart; readonly dash: boolean }[] =>
    typeof part === 'string'
      ? part.split(OPTION_DASH).map((text, place) => ({ part: text, dash: place % 2 === 1 }))
      : [{ part, dash: false }],
  );
  const dashes = pieces.filter(({ dash }) => dash).length;
  const variants = dashes > 5 ? Infinity : 5 ** dashes;
  if (variants > MAX_VARIANTS || variants * patternLength(pattern) > MAX_VARIANT_CHARACTERS)
    throw new IssueError(
      'value_invalid',
      `windash makes more than ${MAX_VARIANTS} values, or ${MAX_VARIANT_CHARACTERS} characters, of this one`,
      at,
    );
  return Array.from({ length: variants }, (_, number) => {
    let rest = number;
    return normalizePattern(
      pieces.map(({ part, dash }): PatternPart => {
        if (!dash) return part;
        const forms = [part, ...DASHES.filter((form) => form !== part)];
        const form = forms[rest % forms.length]!;
        rest = Math.floor(rest / forms.length);
        return form;
      }),
    );
  });
}

/** Reads a decimal number; `undefined` if the text is not one. */
export function readNumber(text: string): number | undefined {
  return text.length <= 64 && /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/.test(text)
    ? Number(text)
    : undefined;
}
