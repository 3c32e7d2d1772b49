import type { Pattern, Position, ValueTest } from './ast.ts';
import { IssueError } from './issue.ts';

/** Characters of one value, as written and as its modifiers make it. */
export const MAX_VALUE = 16_384;

/**
 * What the rules of one file may come to. A file is at most a megabyte, but a few modifiers, repetitions or
 * `1 of them` can make gigabytes of it. The largest file of the public rules takes a twentieth of any of these.
 */
const LIMITS = {
  /** Values as written, once for each rule of a collection that inherits them. */
  values: 100_000,
  /** Values that modifiers make: five dashes under `windash` are 3,125. */
  variants: 200_000,
  /** Characters of those. */
  characters: 8_000_000,
  /** States of regular expressions. */
  states: 400_000,
  /** Selections that conditions name, each as often as it is named or covered by a pattern. */
  names: 200_000,
} as const;

const WORDS: Readonly<Record<keyof typeof LIMITS, string>> = {
  values: 'values',
  variants: 'values once their modifiers are applied',
  characters: 'characters once their modifiers are applied',
  states: 'states of regular expressions',
  names: 'selections named in conditions',
};

/** Counts what a file's rules come to, and refuses the rule that is too much. */
export class RuleBudget {
  private readonly spent: Record<keyof typeof LIMITS, number> = {
    values: 0,
    variants: 0,
    characters: 0,
    states: 0,
    names: 0,
  };

  /** @throws IssueError */
  spend(what: keyof typeof LIMITS, amount: number, at: Position): void {
    this.spent[what] += amount;
    if (this.spent[what] > LIMITS[what])
      throw new IssueError('rule_too_large', `the rules of a file may have ${LIMITS[what]} ${WORDS[what]}`, {
        line: at.line,
        column: at.column,
      });
  }

  /** Counts a value as its modifiers made it. @throws IssueError */
  spendTest(test: ValueTest, at: Position): void {
    const tests = test.kind === 'any' ? test.tests : [test];
    let characters = 0;
    for (const own of tests) if (own.kind === 'pattern') characters += patternLength(own.pattern);
    this.spend('variants', tests.length, at);
    this.spend('characters', characters, at);
  }
}

/** Characters of a pattern; a wildcard is one. */
export function patternLength(pattern: Pattern): number {
  return pattern.reduce<number>((sum, part) => sum + (typeof part === 'string' ? part.length : 1), 0);
}
