/** The value transformations: what one value of a detection item becomes. */
import {
  ANY_CHAR,
  ANY_RUN,
  type DetectionItem,
  type ItemValue,
  type Pattern,
  type PatternPart,
  type ValueTest,
} from '../ast.ts';
import { MAX_VALUE, patternLength } from '../budget.ts';
import { parseNetwork } from '../cidr.ts';
import { readNumber } from '../modifiers.ts';
import { mapLiterals, normalizePattern, parsePattern, placeholdersOf } from '../pattern.ts';
import { compileRegex, isRegexFailure } from '../regex/index.ts';
import { replaceAll } from './regex.ts';
import { PipelineError, type PlaceholderChoice, type ValueTransformation } from './types.ts';

/** Values that one value with placeholders may become. */
const MAX_COMBINATIONS = 10_000;

/** The test of a text written as a Sigma string. */
export function textTest(text: string): ValueTest {
  return { kind: 'pattern', pattern: parsePattern(text), cased: false };
}

/**
 * A pattern as pySigma shows it to expressions: wildcards as `*` and `?`, literal ones escaped, backslashes
 * as they are.
 */
export function plainForm(pattern: Pattern): string {
  return pattern
    .map((part) => {
      if (part === ANY_RUN) return '*';
      if (part === ANY_CHAR) return '?';
      return typeof part === 'object' ? `%${part.placeholder}%` : part.replace(/[*?]/g, '\\$&');
    })
    .join('');
}

/** Reads {@link plainForm} back; `known` are the placeholders that `%name%` may stand for. */
export function readPlainForm(text: string, known: readonly string[] = []): Pattern {
  const pattern = parsePattern(text.replace(/\\(?![*?])/g, '\\\\'));
  if (known.length === 0) return pattern;
  return mapLiterals(pattern, (literal) =>
    literal
      .split(/(%\w{1,128}%)/)
      .map((part) =>
        part.startsWith('%') && known.includes(part.slice(1, -1)) ? { placeholder: part.slice(1, -1) } : part,
      ),
  );
}

/** What the transformations of one pipeline run may look at. */
export interface ValueContext {
  readonly vars: ReadonlyMap<string, readonly string[]>;
  /** Counts what is made. @throws PipelineError */
  spend(made: number, characters: number): void;
}

/**
 * Applies a value transformation to an item.
 *
 * @returns the same item if none of its values changed
 * @throws PipelineError where a value can't be transformed
 */
export function transformItem(
  item: DetectionItem,
  transformation: ValueTransformation,
  context: ValueContext,
): DetectionItem {
  const modifiers = new Set(item.modifiers);
  const values = item.values.flatMap((value): ItemValue[] => {
    const made = transformTest(value.test, transformation, context);
    if (made === undefined) return [value];
    for (const test of made) spendTest(test, context);
    // One value that becomes several stays one under `all`: any of them is enough, not each.
    const tests: ValueTest[] =
      item.linking === 'and' && made.length > 1 ? [{ kind: 'any', tests: made }] : [...made];
    return tests.map((test) => ({ raw: rawOf(test, modifiers), test }));
  });
  const same = values.length === item.values.length && values.every((value, i) => value === item.values[i]);
  return same ? item : { ...item, values };
}

function spendTest(test: ValueTest, context: ValueContext): void {
  if (test.kind === 'any') for (const inner of test.tests) spendTest(inner, context);
  else {
    const length = test.kind === 'pattern' ? patternLength(test.pattern) : 16;
    if (length > 2 * MAX_VALUE)
      throw new PipelineError(
        'pipeline_failed_rule',
        `a value would become longer than ${2 * MAX_VALUE} characters`,
      );
    context.spend(1, length);
  }
}

/** @returns the tests that replace this one; `undefined` to leave it */
function transformTest(
  test: ValueTest,
  transformation: ValueTransformation,
  context: ValueContext,
): readonly ValueTest[] | undefined {
  if (transformation.type === 'set_value') return [transformation.value];
  if (test.kind === 'any') {
    const made = test.tests.map((inner) => transformTest(inner, transformation, context));
    if (made.every((tests) => tests === undefined)) return undefined;
    return [{ kind: 'any', tests: made.flatMap((tests, i) => tests ?? [test.tests[i]!]) }];
  }
  switch (transformation.type) {
    case 'value_placeholders':
    case 'wildcard_placeholders':
      return replacePlaceholders(test, transformation, context);
    case 'convert_type':
      return convert(test, transformation.target);
    case 'replace_string': {
      // Numbers are texts for expressions.
      const pattern: Pattern | undefined =
        test.kind === 'number' ? [String(test.value)] : test.kind === 'pattern' ? test.pattern : undefined;
      if (pattern === undefined) return undefined;
      const replaced = replaceIn(pattern, transformation);
      if (replaced === undefined) return undefined;
      return [{ kind: 'pattern', pattern: replaced, cased: test.kind === 'pattern' && test.cased }];
    }
    default:
      return test.kind === 'pattern' ? transformText(test, transformation) : undefined;
  }
}

function replaceIn(
  pattern: Pattern,
  { replacer, skipSpecial, interpretSpecial }: ValueTransformation & { type: 'replace_string' },
): Pattern | undefined {
  const before = plainForm(pattern);
  const after = skipSpecial
    ? mapLiterals(pattern, (literal) => {
        const text = replaceAll(literal, replacer);
        return interpretSpecial ? readPlainForm(text) : [text];
      })
    : readPlainForm(replaceAll(before, replacer), placeholdersOf(pattern));
  return plainForm(after) === before ? undefined : after;
}

function transformText(
  test: ValueTest & { kind: 'pattern' },
  transformation: Exclude<
    ValueTransformation,
    { type: 'set_value' | 'value_placeholders' | 'wildcard_placeholders' | 'convert_type' | 'replace_string' }
  >,
): readonly ValueTest[] | undefined {
  switch (transformation.type) {
    case 'map_string':
      return transformation.mapping
        .get(plainForm(test.pattern))
        ?.map((text) => ({ ...test, pattern: parsePattern(text) }));
    case 'case': {
      const change = CASES[transformation.method];
      return [{ ...test, pattern: mapLiterals(test.pattern, (literal) => [change(literal)]) }];
    }
    case 'regex':
      return [toRegex(test, transformation.flags)];
  }
}

const CASES: Readonly<Record<'lower' | 'upper' | 'snake_case', (text: string) => string>> = {
  lower: (text) => text.toLowerCase(),
  upper: (text) => text.toUpperCase(),
  snake_case: (text) =>
    text
      .replace(/([A-Z]{1,64})([A-Z][a-z])/g, '$1_$2')
      .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
      .toLowerCase(),
};

/** An expression for the whole value, as the pattern was. */
function toRegex(
  test: ValueTest & { kind: 'pattern' },
  flags: { readonly i: boolean; readonly m: boolean; readonly s: boolean },
): ValueTest {
  const [placeholder] = placeholdersOf(test.pattern);
  if (placeholder !== undefined)
    throw new PipelineError(
      'pipeline_failed_rule',
      `the placeholder %${placeholder}% must be replaced before values become expressions`,
    );
  const body = test.pattern
    .map((part) => {
      if (part === ANY_RUN) return '[\\s\\S]*';
      if (part === ANY_CHAR) return '[\\s\\S]';
      return String(part).replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
    })
    .join('');
  const pattern = `^${body}$`;
  const compiled = compileRegex(pattern, flags);
  if (isRegexFailure(compiled)) throw new PipelineError('pipeline_failed_rule', compiled.message);
  return { kind: 'regex', pattern, flags };
}

function convert(test: ValueTest, target: 'str' | 'num'): readonly ValueTest[] | undefined {
  if (target === 'str') {
    if (test.kind !== 'number' && test.kind !== 'boolean') return undefined;
    return [{ kind: 'pattern', pattern: [String(test.value)], cased: false }];
  }
  if (test.kind !== 'pattern') return undefined;
  const number = readNumber(plainForm(test.pattern));
  if (number === undefined)
    throw new PipelineError(
      'pipeline_failed_rule',
      `the value ${JSON.stringify(plainForm(test.pattern))} can't become a number`,
    );
  return [{ kind: 'number', value: number }];
}

function replacePlaceholders(
  test: ValueTest,
  choice: { readonly type: 'value_placeholders' | 'wildcard_placeholders' } & PlaceholderChoice,
  { vars }: ValueContext,
): readonly ValueTest[] | undefined {
  const handled = (name: string) =>
    (choice.include?.includes(name) ?? true) && !(choice.exclude?.includes(name) ?? false);
  const values = (name: string): readonly string[] => {
    const found = vars.get(name);
    if (found) return found;
    throw new PipelineError('pipeline_failed_rule', `vars has no value for the placeholder %${name}%`);
  };
  if (test.kind === 'cidr') {
    const name = /^%(\w{1,128})%$/.exec(test.network)?.[1];
    if (name === undefined || !handled(name) || choice.type === 'wildcard_placeholders') return undefined;
    return values(name).map((network) => {
      if (parseNetwork(network)) return { kind: 'cidr', network };
      throw new PipelineError('pipeline_failed_rule', `${JSON.stringify(network)} is not an IP network`);
    });
  }
  if (test.kind !== 'pattern' || !placeholdersOf(test.pattern).some(handled)) return undefined;
  let made: PatternPart[][] = [[]];
  for (const part of test.pattern) {
    let choices: readonly Pattern[] = [[part]];
    if (typeof part === 'object' && handled(part.placeholder))
      choices =
        choice.type === 'wildcard_placeholders' ? [[ANY_RUN]] : values(part.placeholder).map(parsePattern);
    if (made.length * choices.length > MAX_COMBINATIONS)
      throw new PipelineError(
        'pipeline_failed_rule',
        `the placeholders make more than ${MAX_COMBINATIONS} values`,
      );
    const wanted = made.length * choices.length;
    // Without a choice to make there is nothing to copy.
    if (wanted === made.length) for (const head of made) head.push(...choices[0]!);
    else made = made.flatMap((head) => choices.map((tail) => [...head, ...tail]));
  }
  return made.map((pattern) => ({ ...test, pattern: normalizePattern(pattern) }));
}

/** How a changed value reads in the rule: without the wildcards that its modifiers add. */
function rawOf(test: ValueTest, modifiers: ReadonlySet<string>): string {
  switch (test.kind) {
    case 'pattern': {
      let { pattern } = test;
      if ((modifiers.has('contains') || modifiers.has('endswith')) && pattern[0] === ANY_RUN)
        pattern = pattern.slice(1);
      if ((modifiers.has('contains') || modifiers.has('startswith')) && pattern.at(-1) === ANY_RUN)
        pattern = pattern.slice(0, -1);
      return plainForm(pattern);
    }
    case 'any':
      return test.tests.map((inner) => rawOf(inner, modifiers)).join(' | ');
    case 'number':
    case 'boolean':
      return String(test.value);
    case 'cidr':
      return test.network;
    case 'regex':
      return test.pattern;
    case 'null':
      return 'null';
    default:
      return JSON.stringify(test);
  }
}
