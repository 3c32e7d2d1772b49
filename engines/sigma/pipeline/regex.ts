/** Regular expressions of pipelines: checked like those of rules, since pipelines come from strangers too. */
import type { Position, RegexFlags } from '../ast.ts';
import { emitRegex } from '../regex/emit.ts';
import { type CompiledRegex, compileRegex, isRegexFailure } from '../regex/index.ts';
import { childrenOf, findRisk } from '../regex/safety.ts';
import { parseRegex, type Regex, RegexSyntaxError } from '../regex/syntax.ts';
import { PipelineError, type Replacer } from './types.ts';

const PLAIN: RegexFlags = { i: false, m: false, s: false };
/** Texts longer than this are not run through expressions that may backtrack with a power of their length. */
const SHORT = 512;
const LONG = 16_384;
/** Open repetitions side by side; the time is at most the length to this power. */
const MAX_REPETITIONS = 3;

/** A pattern that must match from the start of a text, as pySigma's conditions ask. @throws PipelineError */
export function compileMatcher(pattern: string, at: Position): CompiledRegex {
  const compiled = compileRegex(`^(?:${pattern})`, PLAIN);
  if (isRegexFailure(compiled)) throw new PipelineError('pipeline_regex', compiled.message, at);
  return compiled;
}

/**
 * A pattern and what its matches become. The replacement refers to groups as Python does: `\1`, `\g<1>`,
 * and `\\` for a backslash.
 *
 * @throws PipelineError
 */
export function compileReplacer(pattern: string, replacement: string, at: Position): Replacer {
  let regex: Regex;
  try {
    regex = parseRegex(pattern, PLAIN);
  } catch (error) {
    if (error instanceof RegexSyntaxError) throw new PipelineError('pipeline_regex', error.message, at);
    throw error;
  }
  const risk = findRisk(regex);
  const polynomial = risk?.startsWith('several ') === true && repetitions(regex) <= MAX_REPETITIONS;
  if (risk !== undefined && !polynomial) throw new PipelineError('pipeline_regex', risk, at);
  const groups = captures(regex);
  return {
    regex: new RegExp(emitRegex(regex), 'g'),
    limit: polynomial ? SHORT : LONG,
    replacement: readReplacement(replacement, groups, at),
  };
}

/** Replaces all matches. @throws PipelineError for a text that is too long */
export function replaceAll(text: string, { regex, limit, replacement }: Replacer): string {
  if (text.length > limit)
    throw new PipelineError(
      'pipeline_failed_rule',
      `a value of ${text.length} characters is too long for this expression (at most ${limit})`,
    );
  return text.replace(regex, (...found: unknown[]) =>
    replacement.map((part) => (typeof part === 'string' ? part : String(found[part] ?? ''))).join(''),
  );
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

function captures(regex: Regex): number {
  const own = regex.type === 'capture' ? 1 : 0;
  return childrenOf(regex).reduce((sum, item) => sum + captures(item), own);
}

function repetitions(regex: Regex): number {
  const own = regex.type === 'repeat' && regex.max - regex.min > 1 ? 1 : 0;
  return childrenOf(regex).reduce((sum, item) => sum + repetitions(item), own);
}
