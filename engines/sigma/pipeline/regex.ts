/** Regular expressions of pipelines: checked like those of rules, since pipelines come from strangers too. */
import type { Position, RegexFlags } from '../ast.ts';
import { Backtracker, RegexBudgetError } from '../regex/backtrack.ts';
import { type CompiledRegex, compileRegex, isRegexFailure, readRegex } from '../regex/index.ts';
import { RegexTooLargeError } from '../regex/size.ts';
import { PipelineError, type Replacer } from './types.ts';

const PLAIN: RegexFlags = { i: false, m: false, s: false };
/** Characters of a value before and after its replacements. */
const LONGEST = 16_384;

/** A pattern that must match from the start of a text, as pySigma's conditions ask. @throws PipelineError */
export function compileMatcher(pattern: string, at: Position): CompiledRegex {
  const compiled = compileRegex(`^(?:${pattern})`, PLAIN);
  if (isRegexFailure(compiled)) throw new PipelineError('pipeline_regex', compiled.message, at);
  return { ...compiled, test: (text) => withinBudget(() => compiled.test(text)) };
}

/**
 * A pattern and what its matches become. The replacement refers to groups as Python does: `\1`, `\g<1>`,
 * and `\\` for a backslash.
 *
 * @throws PipelineError
 */
export function compileReplacer(pattern: string, replacement: string, at: Position): Replacer {
  const regex = readRegex(pattern, PLAIN);
  if (isRegexFailure(regex)) throw new PipelineError('pipeline_regex', regex.message, at);
  let matcher: Backtracker;
  try {
    matcher = new Backtracker(regex);
  } catch (error) {
    if (error instanceof RegexTooLargeError) throw new PipelineError('pipeline_regex', error.message, at);
    throw error;
  }
  return { regex: matcher, replacement: readReplacement(replacement, matcher.groups, at) };
}

/** Replaces all matches. @throws PipelineError for a text that is or becomes too long, or costs too much */
export function replaceAll(text: string, { regex, replacement }: Replacer): string {
  if (text.length > LONGEST)
    throw new PipelineError(
      'pipeline_failed_rule',
      `a value of ${text.length} characters is too long for this expression (at most ${LONGEST})`,
    );
  const matches = withinBudget(() => regex.matches(text));
  let made = '';
  let from = 0;
  for (const found of matches) {
    made += text.slice(from, found[0]);
    for (const part of replacement)
      made += typeof part === 'string' ? part : groupText(text, found[part * 2]!, found[part * 2 + 1]!);
    from = found[1]!;
    if (made.length > LONGEST)
      throw new PipelineError(
        'pipeline_failed_rule',
        `the replacement makes a value of more than ${LONGEST} characters`,
      );
  }
  return made + text.slice(from);
}

function groupText(text: string, from: number, to: number): string {
  return from < 0 || to < 0 ? '' : text.slice(from, to);
}

function withinBudget<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof RegexBudgetError) throw new PipelineError('pipeline_failed_rule', error.message);
    throw error;
  }
}

function readReplacement(text: string, groups: number, at: Position): (string | number)[] {
  const parts: (string | number)[] = [];
  let from = 0;
  for (const match of text.matchAll(/\\(?:(\d{1,2})|g<(\d{1,2})>|g<(\w{1,64})>|(\\))/g)) {
    parts.push(text.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[4] !== undefined) {
      parts.push('\\');
      continue;
    }
    if (match[3] !== undefined)
      throw new PipelineError('pipeline_regex', `use the number of the group instead of ${match[3]}`, at);
    const group = Number(match[1] ?? match[2]);
    if (group > groups) throw new PipelineError('pipeline_regex', `there is no group ${group}`, at);
    parts.push(group);
  }
  parts.push(text.slice(from));
  return parts.filter((part) => part !== '');
}
