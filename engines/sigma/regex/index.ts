/** Regular expressions of rules: parsed, checked and run so that no pattern and no text can stall the engine. */
import type { RegexFlags } from '../ast.ts';
import { LinearRegex } from './automaton.ts';
import { Backtracker } from './backtrack.ts';
import { everyRequiredLiteral, shortestMatch } from './literals.ts';
import { isRegular } from './shape.ts';
import { RegexTooLargeError } from './size.ts';
import { parseRegex, type Regex, RegexSyntaxError } from './syntax.ts';

export interface CompiledRegex {
  /**
   * Whether the pattern matches anywhere in the text.
   *
   * @throws RegexBudgetError where look-around or back-references would cost more than linear time
   */
  test(text: string): boolean;
  /** Lower-case literals: a text that matches holds, whatever its case, at least one of each list. */
  readonly required?: readonly (readonly string[])[];
  /** Length of the shortest text that can match. */
  readonly shortest: number;
}

/** Shortest literal that is looked for before a pattern is run. */
const SHORTEST = 2;
/** Longer lists cost more than they save. */
const MAX_CHOICES = 24;

/** Runs a pattern on a text; most texts are too short or lack a literal that it needs, which is cheaper to see. */
export function testText(regex: CompiledRegex, text: string, lower: string): boolean {
  if (text.length < regex.shortest) return false;
  for (const literals of regex.required ?? [])
    if (!literals.some((literal) => lower.includes(literal))) return false;
  return regex.test(text);
}

export type RegexFailure = { readonly code: 'regex_syntax' | 'regex_unsafe'; readonly message: string };

/**
 * Compiles a pattern.
 *
 * Patterns without look-around and back-references, which is all that the specification knows, run on an
 * automaton in time linear in the text. The others run on a backtracking matcher whose steps are bounded by a
 * multiple of the text's length.
 */
export function compileRegex(pattern: string, flags: RegexFlags): CompiledRegex | RegexFailure {
  const regex = readRegex(pattern, flags);
  if ('code' in regex) return regex;
  try {
    const machine = isRegular(regex) ? new LinearRegex(regex) : new Backtracker(regex);
    const required = everyRequiredLiteral(regex, SHORTEST).filter(({ length }) => length <= MAX_CHOICES);
    const test = (text: string) => machine.test(text);
    const shortest = shortestMatch(regex);
    return required.length === 0 ? { shortest, test } : { required, shortest, test };
  } catch (error) {
    if (error instanceof RegexTooLargeError) return { code: 'regex_unsafe', message: error.message };
    throw error;
  }
}

/** Parses a pattern; what is wrong with it is a value. */
export function readRegex(pattern: string, flags: RegexFlags): Regex | RegexFailure {
  try {
    return parseRegex(pattern, flags);
  } catch (error) {
    if (error instanceof RegexSyntaxError) return { code: 'regex_syntax', message: error.message };
    throw error;
  }
}

export function isRegexFailure(result: CompiledRegex | Regex | RegexFailure): result is RegexFailure {
  return 'code' in result;
}
