/** Regular expressions of rules: parsed, checked and run so that no pattern and no text can stall the engine. */
import type { RegexFlags } from '../ast.ts';
import { LinearRegex, RegexTooLargeError } from './automaton.ts';
import { emitRegex } from './emit.ts';
import { findRisk, isRegular } from './safety.ts';
import { parseRegex, RegexSyntaxError } from './syntax.ts';

export interface CompiledRegex {
  /** Whether the pattern matches anywhere in the text. */
  test(text: string): boolean;
}

/** Texts longer than this are cut for patterns that only a backtracking engine can run. */
export const BACKTRACKING_LIMIT = 16_384;

export type RegexFailure = { readonly code: 'regex_syntax' | 'regex_unsafe'; readonly message: string };

/**
 * Compiles a pattern.
 *
 * Patterns without look-around and back-references, that is nearly all, run on an automaton in time linear in
 * the text. The others run on JavaScript's engine, and only if their shape can't make it backtrack
 * exponentially or with a high power.
 */
export function compileRegex(pattern: string, flags: RegexFlags): CompiledRegex | RegexFailure {
  try {
    const regex = parseRegex(pattern, flags);
    if (isRegular(regex)) return new LinearRegex(regex);
    const risk = findRisk(regex);
    if (risk !== undefined) return { code: 'regex_unsafe', message: risk };
    const native = new RegExp(emitRegex(regex));
    return {
      test: (text) =>
        native.test(text.length > BACKTRACKING_LIMIT ? text.slice(0, BACKTRACKING_LIMIT) : text),
    };
  } catch (error) {
    if (error instanceof RegexSyntaxError) return { code: 'regex_syntax', message: error.message };
    if (error instanceof RegexTooLargeError) return { code: 'regex_unsafe', message: error.message };
    if (error instanceof SyntaxError) return { code: 'regex_syntax', message: error.message };
    throw error;
  }
}

export function isRegexFailure(result: CompiledRegex | RegexFailure): result is RegexFailure {
  return 'code' in result;
}
