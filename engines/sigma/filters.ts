import type { Logsource, SigmaFilter, SigmaRule } from './ast.ts';

/**
 * The filters that apply to a rule: those that name it (or `any` rule) and whose logsource is the rule's or
 * wider.
 */
export function filtersFor(rule: SigmaRule, filters: readonly SigmaFilter[]): SigmaFilter[] {
  return filters.filter(
    (filter) =>
      covers(filter.logsource, rule.logsource) &&
      (filter.rules === 'any' ||
        (rule.id !== undefined && filter.rules.includes(rule.id)) ||
        (rule.name !== undefined && filter.rules.includes(rule.name))),
  );
}

function covers(filter: Logsource, rule: Logsource): boolean {
  return (['product', 'category', 'service'] as const).every(
    (name) => filter[name] === undefined || filter[name].toLowerCase() === rule[name]?.toLowerCase(),
  );
}
