/** Expressions as steps: one predicate after the other, each naming the next by its answer. */

import type { EventView } from './event-view.ts';
import type { Expression, PredicateTable } from './expression.ts';

/** Where a program ends: the rule matches, or it does not. */
const TRUE = -1;
const FALSE = -2;
/** An expression of more steps is walked as the tree that it is: parts that stand in it often would be written often. */
const MOST_STEPS = 4096;
const STEP = 3;

/** The programs of a rule set, in one array of steps: a predicate, the step after it holds, the step after it fails. */
export class Programs {
  private steps = new Int32Array(1024);
  private used = 0;
  private readonly table: PredicateTable;

  constructor(table: PredicateTable) {
    this.table = table;
  }

  /** @returns where the expression's program begins, for {@link run}; undefined: it is no plain and, or and not */
  add(expression: Expression): number | undefined {
    if (stepsOf(expression) > MOST_STEPS) return undefined;
    return this.write(expression, TRUE, FALSE);
  }

  /** Whether the event satisfies the expression that {@link add} was given. */
  run(start: number, view: EventView): boolean {
    const { steps, table } = this;
    let at = start;
    while (at >= 0) at = steps[at + (table.holds(steps[at]!, view) ? 1 : 2)]!;
    return at === TRUE;
  }

  /** Written from its end, so that each step knows where it leads. */
  private write(expression: Expression, holds: number, fails: number): number {
    switch (expression.op) {
      case 'predicate':
        return this.step(expression.id, holds, fails);
      case 'not':
        return this.write(expression.item, fails, holds);
      case 'once':
        return this.write(expression.item, holds, fails);
      case 'and': {
        let next = holds;
        for (let i = expression.items.length - 1; i >= 0; i--)
          next = this.write(expression.items[i]!, next, fails);
        return next;
      }
      case 'or': {
        let next = fails;
        for (let i = expression.items.length - 1; i >= 0; i--)
          next = this.write(expression.items[i]!, holds, next);
        return next;
      }
      case 'atLeast':
        throw new TypeError('a count is no sequence of steps');
    }
  }

  private step(predicate: number, holds: number, fails: number): number {
    if (this.used + STEP > this.steps.length) {
      const grown = new Int32Array(this.steps.length * 2);
      grown.set(this.steps);
      this.steps = grown;
    }
    const at = this.used;
    this.steps[at] = predicate;
    this.steps[at + 1] = holds;
    this.steps[at + 2] = fails;
    this.used += STEP;
    return at;
  }
}

/** Steps that an expression needs; infinite where it cannot be written as steps. */
function stepsOf(expression: Expression, known = new Map<Expression, number>()): number {
  const counted = known.get(expression);
  if (counted !== undefined) return counted;
  const steps =
    expression.op === 'predicate'
      ? 1
      : expression.op === 'atLeast'
        ? Number.POSITIVE_INFINITY
        : expression.op === 'not' || expression.op === 'once'
          ? stepsOf(expression.item, known)
          : expression.items.reduce((sum, item) => sum + stepsOf(item, known), 0);
  known.set(expression, steps);
  return steps;
}
