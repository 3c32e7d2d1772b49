import { filtersFor, type ParsedRules, type SigmaFilter, type SigmaRule } from '@vigie/sigma';
import { PlaceholderError, resolvePlaceholders } from '@vigie/sigma/compile/placeholders.ts';
import type { Problem } from './types.ts';

/**
 * Takes out the rules that can't run because a placeholder (`expand`) of theirs, or of a filter that applies to
 * them, has no values; and says how many and which placeholders, since a rule that is silently missing looks
 * like one that found nothing.
 */
export function runnable(parsed: ParsedRules): { parsed: ParsedRules; problems: Problem[] } {
  const problems: Problem[] = [];
  const names = new Set<string>();
  let waiting = 0;
  const blind = parsed.filters.filter((filter) => missing(filter) !== undefined);
  const rules = parsed.rules.filter((rule) => {
    const name = missing(rule) ?? filtersFor(rule, blind).map(missing)[0];
    if (name === undefined) return true;
    names.add(name);
    waiting++;
    return false;
  });
  if (waiting > 0)
    problems.push({
      path: 'rules',
      message: `${waiting} not run for want of values for ${[...names].sort().join(', ')}; --pipeline can give them`,
    });
  return { parsed: { ...parsed, rules }, problems };
}

/** The placeholder that has no value, as `%name%`. */
function missing({ detection }: SigmaRule | SigmaFilter): string | undefined {
  try {
    resolvePlaceholders(detection, {});
    return undefined;
  } catch (error) {
    if (!(error instanceof PlaceholderError)) throw error;
    return /%\w+%/.exec(error.message)?.[0] ?? error.message;
  }
}
