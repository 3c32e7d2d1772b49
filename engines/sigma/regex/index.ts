/** Regular expressions of rules: parsed, checked and run so that no pattern and no text can stall the engine. */
import type { RegexFlags } from '../ast.ts';
import { LinearRegex } from './automaton.ts';
import { Backtracker } from './backtrack.ts';
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
    return isRegular(regex) ? new LinearRegex(regex) : new Backtracker(regex);
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
