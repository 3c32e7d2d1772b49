import type { Detection, DetectionItem, Pattern, PatternPart, SelectionNode, ValueTest } from '../ast.ts';
import { patternLength } from '../budget.ts';
import { parseNetwork } from '../cidr.ts';
import { normalizePattern, parsePattern, placeholdersOf } from '../pattern.ts';

/** Placeholder name → the values that stand for it, written as Sigma strings. */
export type Placeholders = Readonly<Record<string, readonly string[]>>;

/** Replacements that one value may become. */
const MAX_COMBINATIONS = 10_000;

/** Characters of those. */
const MAX_CHARACTERS = 8_000_000;

/** Why a rule's placeholders can't be resolved. */
export class PlaceholderError extends Error {}

/** A detection whose placeholders are replaced. @throws PlaceholderError */
export function resolvePlaceholders(detection: Detection, placeholders: Placeholders): Detection {
  let changed = false;
  const visit = (node: SelectionNode): SelectionNode => {
    if (node.type !== 'item') return { type: node.type, items: node.items.map(visit) };
    const values = node.values.map((value) => {
      const test = resolveTest(value.test, placeholders);
      if (test !== value.test) changed = true;
      return { raw: value.raw, test };
    });
    return { ...node, values } satisfies DetectionItem;
  };
  const selections = detection.selections.map(({ name, node }) => ({ name, node: visit(node) }));
  return changed ? { ...detection, selections } : detection;
}

function resolveTest(test: ValueTest, placeholders: Placeholders): ValueTest {
  if (test.kind === 'any') {
    const tests = test.tests.map((inner) => resolveTest(inner, placeholders));
    return tests.every((inner, index) => inner === test.tests[index]) ? test : { kind: 'any', tests };
  }
  if (test.kind === 'cidr') {
    const match = /^%(\w{1,128})%$/.exec(test.network);
    if (!match) return test;
    const networks = lookUp(placeholders, match[1]!);
    const wrong = networks.find((network) => !parseNetwork(network));
    if (wrong !== undefined) throw new PlaceholderError(`${JSON.stringify(wrong)} is not an IP network`);
    return { kind: 'any', tests: networks.map((network) => ({ kind: 'cidr', network })) };
  }
  if (test.kind !== 'pattern' || placeholdersOf(test.pattern).length === 0) return test;
  const patterns = combinations(test.pattern, placeholders);
  return { kind: 'any', tests: patterns.map((pattern) => ({ kind: 'pattern', pattern, cased: test.cased })) };
}

function combinations(pattern: Pattern, placeholders: Placeholders): Pattern[] {
  let made: PatternPart[][] = [[]];
  for (const part of pattern) {
    const choices: readonly Pattern[] =
      typeof part === 'object' ? lookUp(placeholders, part.placeholder).map(parsePattern) : [[part]];
    if (made.length * choices.length > MAX_COMBINATIONS)
      throw new PlaceholderError(`the placeholders make more than ${MAX_COMBINATIONS} values`);
    // Without a choice to make there is nothing to copy: a pattern may have thousands of parts.
    if (choices.length === 1) {
      for (const head of made) for (const own of choices[0]!) head.push(own);
    } else made = made.flatMap((head) => choices.map((choice) => [...head, ...choice]));
  }
  if (made.reduce((sum, parts) => sum + patternLength(parts), 0) > MAX_CHARACTERS)
    throw new PlaceholderError(`the placeholders make more than ${MAX_CHARACTERS} characters of a value`);
  return made.map(normalizePattern);
}

function lookUp(placeholders: Placeholders, name: string): readonly string[] {
  const values = Object.hasOwn(placeholders, name) ? placeholders[name] : undefined;
  if (values === undefined) throw new PlaceholderError(`the placeholder %${name}% has no values`);
  return values;
}
