/** Items of detections, compiled one by one: for questions about single values, which the matcher does not answer. */
import type { DetectionItem, ValueTest } from './ast.ts';
import { inNetwork, parseAddress, parseNetwork } from './cidr.ts';
import { mapValues } from './compile/expression.ts';
import { addPattern, emptyTextSet, holdsAny } from './compile/text-test.ts';
import { readNumber } from './modifiers.ts';
import { compileRegex, isRegexFailure, testText } from './regex/index.ts';
import { itemOutcome, type Situation } from './semantics.ts';
import { type ResolvedField, resolveField, type Taxonomy } from './taxonomy.ts';
import { compareNumbers, timePart } from './time-part.ts';
import { textsOf, valuesOf } from './values.ts';

/** A value of an event, under the name of the field that holds it. */
export interface Present {
  readonly name: string;
  readonly text: string;
}

/** What one item says of an event. */
export interface ItemVerdict {
  readonly holds: boolean;
  readonly present: readonly Present[];
  readonly resolved: ResolvedField;
  /** By value of the item: whether it holds; `on` answers which event value it fits. */
  readonly values: readonly boolean[];
  on(value: number): Present | undefined;
}

/** Whether a text fits; `lower` is the text in lower case. */
type TextTest = (text: string, lower: string) => boolean;

interface CompiledItem {
  readonly taxonomy: Taxonomy;
  readonly resolved: ResolvedField;
  readonly tests: readonly TextTest[];
  /** For values that ask about the field itself: what they say where it is present, and where it is not. */
  readonly whenPresent: readonly boolean[];
  readonly whenAbsent: readonly boolean[];
}

/** An item belongs to one rule, so to one logsource; the taxonomy is compared. */
const compiled = new WeakMap<DetectionItem, CompiledItem | 'by reference'>();

/** Evaluates one item of a detection; says what {@link itemOutcome} says, as fast as matching does. */
export function testItem(item: DetectionItem, situation: Situation): ItemVerdict {
  let own = compiled.get(item);
  if (own === undefined || (own !== 'by reference' && own.taxonomy !== situation.taxonomy)) {
    own = compileItem(item, situation);
    compiled.set(item, own);
  }
  if (own === 'by reference') {
    const { holds, present, resolved, values } = itemOutcome(item, situation);
    return { holds, present, resolved, values: values.map((value) => value.holds), on: (i) => values[i]?.on };
  }
  const { resolved, tests } = own;
  const present =
    item.field === undefined && situation.taxonomy.keywords === undefined
      ? everyValue(situation)
      : valuesOf(situation.fields, resolved);
  const lowered = present.map(({ text }) => text.toLowerCase());
  const about = present.length > 0 ? own.whenPresent : own.whenAbsent;
  const fit = (test: TextTest): number => present.findIndex(({ text }, at) => test(text, lowered[at]!));
  const values = tests.map((test, index) => about[index]! || fit(test) >= 0);
  const holds = item.linking === 'and' ? !values.includes(false) : values.includes(true);
  return { holds: holds !== item.negated, present, resolved, values, on: (i) => present[fit(tests[i]!)] };
}

function everyValue({ fields }: Situation): Present[] {
  return Object.keys(fields).flatMap((name) => (textsOf(fields, name) ?? []).map((text) => ({ name, text })));
}

function compileItem(item: DetectionItem, { taxonomy, logsource }: Situation): CompiledItem | 'by reference' {
  const resolved =
    item.field === undefined
      ? { candidates: taxonomy.keywords ?? [], any: true }
      : resolveField(taxonomy, logsource, item.field);
  const mapped = item.values.map(({ test }) => mapValues(test, resolved));
  // It compares fields of the event with each other.
  if (mapped.some(comparesFields)) return 'by reference';
  return {
    taxonomy,
    resolved,
    tests: mapped.map(textTest),
    whenPresent: mapped.map((test) => saysOfField(test, true)),
    whenAbsent: mapped.map((test) => saysOfField(test, false)),
  };
}

function comparesFields(test: ValueTest): boolean {
  return test.kind === 'fieldref' || (test.kind === 'any' && test.tests.some(comparesFields));
}

function saysOfField(test: ValueTest, present: boolean): boolean {
  if (test.kind === 'null') return !present;
  if (test.kind === 'exists') return present === test.value;
  return test.kind === 'any' && test.tests.some((inner) => saysOfField(inner, present));
}

function textTest(test: ValueTest): TextTest {
  switch (test.kind) {
    case 'pattern': {
      const { cased } = test;
      const set = emptyTextSet();
      addPattern(
        set,
        test.pattern.map((part) => (typeof part === 'string' && !cased ? part.toLowerCase() : part)),
      );
      return cased ? (text) => holdsAny(set, text) : (_, lower) => holdsAny(set, lower);
    }
    case 'number':
    case 'boolean': {
      const wanted = String(test.value).toLowerCase();
      return (_, lower) => lower === wanted;
    }
    case 'regex': {
      const regex = compileRegex(test.pattern, test.flags);
      return isRegexFailure(regex) ? () => false : (text, lower) => testText(regex, text, lower);
    }
    case 'cidr': {
      const network = parseNetwork(test.network);
      return (text) => {
        const address = network && parseAddress(text);
        return address !== undefined && inNetwork(network!, address);
      };
    }
    case 'compare':
      return (text) => {
        const number = readNumber(text);
        return number !== undefined && compareNumbers(number, test.operator, test.value);
      };
    case 'time':
      return (text) => {
        const number = timePart(text, test.part);
        return number !== undefined && compareNumbers(number, test.operator, test.value);
      };
    case 'any': {
      const tests = test.tests.map(textTest);
      return (text, lower) => tests.some((inner) => inner(text, lower));
    }
    case 'null':
    case 'exists':
    case 'fieldref':
      return () => false;
  }
}
