/**
 * The meaning of rules, spelt out plainly and without any index or compilation: what {@link explain} shows,
 * and what the fast matcher is tested against.
 */
import {
  ANY_CHAR,
  ANY_RUN,
  type DetectionItem,
  type Logsource,
  type Pattern,
  type ValueTest,
} from './ast.ts';
import { inNetwork, parseAddress, parseNetwork } from './cidr.ts';
import { mapValues } from './compile/expression.ts';
import { readNumber } from './modifiers.ts';
import { RegexBudgetError } from './regex/backtrack.ts';
import { compileRegex, isRegexFailure } from './regex/index.ts';
import { type ResolvedField, resolveField, type Taxonomy } from './taxonomy.ts';
import { compareNumbers, timePart } from './time-part.ts';
import { type EventFields, textsOf, valuesOf } from './values.ts';

/** An event under one rule's view. */
export interface Situation {
  readonly fields: EventFields;
  readonly logsource: Logsource;
  readonly taxonomy: Taxonomy;
  /** Runs a regular expression; by default the engine's own. */
  readonly regex?: (test: ValueTest & { kind: 'regex' }, text: string) => boolean;
}

/** One value of an item: whether it holds, and on which event value. */
export interface ValueOutcome {
  readonly raw: string;
  readonly holds: boolean;
  readonly on?: { readonly name: string; readonly text: string };
}

export interface ItemOutcome {
  readonly holds: boolean;
  /** The values the event has for the item's field, in the order they are tried. */
  readonly present: readonly { readonly name: string; readonly text: string }[];
  readonly values: readonly ValueOutcome[];
  readonly resolved: ResolvedField;
}

/** Evaluates one item of a detection. */
export function itemOutcome(item: DetectionItem, situation: Situation): ItemOutcome {
  const resolved = resolveItemField(item, situation);
  const present =
    item.field === undefined && situation.taxonomy.keywords === undefined
      ? everyValue(situation.fields)
      : valuesOf(situation.fields, resolved);
  const values = item.values.map(({ raw, test }): ValueOutcome => {
    const mapped = mapValues(test, resolved);
    const on = present.find((value) => textHolds(mapped, value.text, situation));
    return { raw, holds: on !== undefined || fieldHolds(mapped, present.length > 0), ...(on ? { on } : {}) };
  });
  const holds =
    item.linking === 'and' ? values.every((value) => value.holds) : values.some((value) => value.holds);
  return { holds: holds !== item.negated, present, values, resolved };
}

function resolveItemField(item: DetectionItem, { taxonomy, logsource }: Situation): ResolvedField {
  if (item.field === undefined) return { candidates: taxonomy.keywords ?? [], any: true };
  return resolveField(taxonomy, logsource, item.field);
}

function everyValue(fields: EventFields): { name: string; text: string }[] {
  return Object.keys(fields).flatMap((name) => (textsOf(fields, name) ?? []).map((text) => ({ name, text })));
}

/** Tests about the field rather than one of its values. */
function fieldHolds(test: ValueTest, present: boolean): boolean {
  if (test.kind === 'null') return !present;
  if (test.kind === 'exists') return present === test.value;
  return test.kind === 'any' && test.tests.some((inner) => fieldHolds(inner, present));
}

function textHolds(test: ValueTest, text: string, situation: Situation): boolean {
  switch (test.kind) {
    case 'pattern':
      return patternHolds(test.pattern, text, test.cased);
    case 'number':
    case 'boolean':
      return patternHolds([String(test.value)], text, false);
    case 'null':
    case 'exists':
      return false;
    case 'regex':
      return (situation.regex ?? ownRegex)(test, text);
    case 'cidr': {
      const network = parseNetwork(test.network);
      const address = parseAddress(text);
      return network !== undefined && address !== undefined && inNetwork(network, address);
    }
    case 'compare': {
      const number = readNumber(text);
      return number !== undefined && compareNumbers(number, test.operator, test.value);
    }
    case 'time': {
      const number = timePart(text, test.part);
      return number !== undefined && compareNumbers(number, test.operator, test.value);
    }
    case 'fieldref': {
      const other = resolveField(situation.taxonomy, situation.logsource, test.field);
      return valuesOf(situation.fields, other).some((value) => {
        const [left, right] = test.cased
          ? [text, value.text]
          : [text.toLowerCase(), value.text.toLowerCase()];
        if (test.match === 'equals') return left === right;
        if (test.match === 'startswith') return left.startsWith(right);
        return test.match === 'endswith' ? left.endsWith(right) : left.includes(right);
      });
    }
    case 'any':
      return test.tests.some((inner) => textHolds(inner, text, situation));
  }
}

/**
 * Whether a text fits a pattern: for every length of the text, whether that much of it fits the parts so far
 * (quadratic, but without a trick that could be wrong).
 */
export function patternHolds(pattern: Pattern, text: string, cased: boolean): boolean {
  const target = cased ? text : text.toLowerCase();
  let reached = new Array<boolean>(target.length + 1).fill(false);
  reached[0] = true;
  for (const part of pattern) {
    const after = new Array<boolean>(target.length + 1).fill(false);
    for (let at = 0; at <= target.length; at++) {
      if (!reached[at]) continue;
      if (part === ANY_RUN) {
        after.fill(true, at);
        break;
      }
      if (part === ANY_CHAR) {
        if (at < target.length) after[at + 1] = true;
      } else if (typeof part === 'string') {
        const literal = cased ? part : part.toLowerCase();
        if (target.startsWith(literal, at)) after[at + literal.length] = true;
      }
    }
    reached = after;
  }
  return reached[target.length]!;
}

function ownRegex(test: ValueTest & { kind: 'regex' }, text: string): boolean {
  const compiled = compileRegex(test.pattern, test.flags);
  if (isRegexFailure(compiled)) return false;
  try {
    return compiled.test(text);
  } catch (error) {
    // Matching has given the rule up and counted it; an explanation says what holds of the rest.
    if (error instanceof RegexBudgetError) return false;
    throw error;
  }
}
