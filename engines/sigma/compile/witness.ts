/**
 * Witnesses: literals of which at least one must occur in an event for a rule to match. They are what the
 * index looks for; only rules with a witness in the event are evaluated.
 */
import type { Pattern, ValueTest } from '../ast.ts';
import { plainText } from '../pattern.ts';
import { isTelling, requiredLiterals } from '../regex/literals.ts';
import { parseRegex } from '../regex/syntax.ts';
import type { Expression, PredicateExpression } from './expression.ts';
import type { FieldRef } from './predicate.ts';

export interface Witness {
  readonly field: FieldRef;
  /** Lower-case. */
  readonly literal: string;
  /** The whole text equals the literal: looked up in a map, not searched. */
  readonly whole: boolean;
  readonly atStart: boolean;
  readonly atEnd: boolean;
}

/** Shorter literals of common characters occur everywhere and would only slow the search down. */
const SHORTEST = 3;
/** Longer ones add states but hardly any selectivity. */
const LONGEST = 20;

/** Estimates how many events hold a literal; lower is better. */
export type Frequency = (witness: Witness) => number;

/**
 * The cheapest set of witnesses of an expression.
 *
 * @returns `undefined` when there is none and the rule has to be evaluated on every event of its logsource
 */
export function findWitnesses(expression: Expression, frequency: Frequency): Witness[] | undefined {
  const found = new Map<Expression, Found | undefined>();
  return search(expression, frequency, found)?.witnesses;
}

/** All literals of an expression's predicates, for counting how common each is among rules. */
export function allWitnesses(expression: Expression): Witness[] {
  const all: Witness[] = [];
  const seen = new Set<Expression>();
  const visit = (node: Expression): void => {
    if (seen.has(node)) return;
    seen.add(node);
    if (node.op === 'predicate') for (const witness of witnessesOf(node) ?? []) all.push(witness);
    else if (node.op === 'once') visit(node.item);
    else if (node.op !== 'not') for (const item of node.items) visit(item);
  };
  visit(expression);
  return all;
}

interface Found {
  readonly witnesses: Witness[];
  readonly cost: number;
}

/** Beyond, a rule is tried on every event of its logsource: an index of them would cost more than it saves. */
const MOST = 100_000;

/** @param known what was found for parts that occur several times */
function search(
  expression: Expression,
  frequency: Frequency,
  known: Map<Expression, Found | undefined>,
): Found | undefined {
  if (known.has(expression)) return known.get(expression);
  const found = searchIn(expression, frequency, known);
  known.set(expression, found);
  return found;
}

function searchIn(
  expression: Expression,
  frequency: Frequency,
  known: Map<Expression, Found | undefined>,
): Found | undefined {
  switch (expression.op) {
    case 'predicate': {
      const witnesses = witnessesOf(expression);
      return (
        witnesses && { witnesses, cost: witnesses.reduce((sum, witness) => sum + frequency(witness), 0) }
      );
    }
    case 'and': {
      let best: Found | undefined;
      for (const item of expression.items) {
        const found = search(item, frequency, known);
        if (found && (!best || found.cost < best.cost)) best = found;
      }
      return best;
    }
    case 'or':
    case 'atLeast': {
      const witnesses: Witness[] = [];
      let cost = 0;
      for (const item of new Set(expression.items)) {
        const found = search(item, frequency, known);
        if (!found || witnesses.length + found.witnesses.length > MOST) return undefined;
        for (const witness of found.witnesses) witnesses.push(witness);
        cost += found.cost;
      }
      return { witnesses, cost };
    }
    case 'once':
      return search(expression.item, frequency, known);
    case 'not':
      return undefined;
  }
}

const cache = new WeakMap<PredicateExpression, Witness[] | null>();

function witnessesOf(predicate: PredicateExpression): Witness[] | undefined {
  const known = cache.get(predicate);
  if (known !== undefined) return known ?? undefined;
  const witnesses: Witness[] = [];
  let complete = true;
  for (const test of predicate.tests) {
    const own = ofTest(test, predicate.field);
    if (!own) {
      complete = false;
      break;
    }
    for (const witness of own) witnesses.push(witness);
  }
  cache.set(predicate, complete ? witnesses : null);
  return complete ? witnesses : undefined;
}

function ofTest(test: ValueTest, field: FieldRef): Witness[] | undefined {
  if (test.kind === 'number' || test.kind === 'boolean') return [wholeWitness(field, String(test.value))];
  if (test.kind === 'pattern') {
    const witness = ofPattern(test.pattern, field);
    return witness && [witness];
  }
  if (test.kind === 'regex') {
    const literals = requiredLiterals(parseRegex(test.pattern, test.flags), SHORTEST);
    return literals?.map((literal) => ({
      field,
      literal: literal.slice(0, LONGEST),
      whole: false,
      atStart: false,
      atEnd: false,
    }));
  }
  return undefined;
}

function wholeWitness(field: FieldRef, literal: string): Witness {
  return { field, literal: literal.toLowerCase(), whole: true, atStart: true, atEnd: true };
}

function ofPattern(pattern: Pattern, field: FieldRef): Witness | undefined {
  const plain = plainText(pattern);
  if (plain !== undefined && !field.keywords) return wholeWitness(field, plain);
  let best: Witness | undefined;
  let worth = 0;
  pattern.forEach((part, index) => {
    if (typeof part !== 'string') return;
    const lower = part.toLowerCase();
    const first = index === 0;
    const last = index === pattern.length - 1;
    if (!isTelling(lower, first ? SHORTEST - 1 : SHORTEST)) return;
    const own = worthOf(lower, first, last);
    if (own <= worth) return;
    worth = own;
    // The end of a path says more than its start, even of one that must stand at the start of the text.
    const cut = lower.length > LONGEST;
    best = { field, literal: lower.slice(-LONGEST), whole: false, atStart: first && !cut, atEnd: last };
  });
  return best;
}

/** An end that names the kind of a file, as `.exe` does. */
const EXTENSION = /^\.[a-z0-9]{1,4}$/;

/** What a piece of a pattern says, in characters: where it must stand counts, and an extension says little. */
function worthOf(literal: string, first: boolean, last: boolean): number {
  if (last && EXTENSION.test(literal)) return 2;
  return literal.length + (first || last ? 1 : 0);
}
