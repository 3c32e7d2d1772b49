import { EXCEPTION_PREVIEW_DAYS, type ExceptionImpact, type ExceptionWarning } from '@vigie/contracts/api';
import { isBoundless, isInclusive, logsourceText, type RuleSet } from '../detect/index.ts';
import type { CheckedDraft } from './exception-refusals.ts';
import { involvedWith } from './exception-replay.ts';

/** From this part of a rule's hits on, an exception silences nearly everything. */
const NEARLY_ALL = 0.9;

/** What a person should know about a draft before saving it; see `ExceptionWarning`. */
export function warningsOf(draft: CheckedDraft, impact: ExceptionImpact, set: RuleSet): ExceptionWarning[] {
  const { filter, concerned, tenant } = draft;
  const warnings: ExceptionWarning[] = [];
  const where = tenant === null ? 'any tenant' : tenant;
  const span = `the last ${EXCEPTION_PREVIEW_DAYS} days`;
  for (const rule of impact.byRule) {
    if (rule.total === 0 || rule.silenced < rule.total * NEARLY_ALL) continue;
    const all = rule.silenced === rule.total;
    warnings.push({
      code: 'everything',
      ruleId: rule.id,
      message: all
        ? `It would have silenced everything that "${rule.title}" found at ${where} in ${span} (${rule.total})`
        : `It would have silenced nearly everything that "${rule.title}" found at ${where} in ${span}: ${rule.silenced} of ${rule.total}`,
    });
  }
  if (isBoundless(filter) && !warnings.some(({ code }) => code === 'everything'))
    warnings.push({
      code: 'everything',
      message: 'Any value fulfils it, so the rule would be silent whatever happens',
    });
  if (isInclusive(filter))
    warnings.push({
      code: 'inclusive',
      message:
        'The condition is joined to the rule with "and": the rule would fire only where the filter holds. To silence what it holds for, write the condition as "not …"',
    });
  if (filter.rules === 'any')
    warnings.push({
      code: 'any-rule',
      message: `It concerns every rule for ${logsourceText(filter.logsource)}, ${concerned.length} at present, and every one added later`,
    });
  if (tenant === null) warnings.push({ code: 'all-tenants', message: 'It holds for every tenant' });
  if (impact.total === 0)
    warnings.push({
      code: 'no-history',
      message: `Nothing was found at ${where} in ${span}, so nothing can be said about the effect`,
    });
  else if (impact.silenced === 0)
    warnings.push({
      code: 'no-effect',
      message: `Of ${impact.total} found at ${where} in ${span}, none would have been silenced`,
    });
  const keys = new Set(concerned.map(({ key }) => key));
  const counting = [...involvedWith(set, keys).counting].filter((key) => !keys.has(key));
  if (counting.length > 0) {
    const titles = counting.map((key) => `"${set.rules.get(key)?.rule.title ?? key}"`);
    const more = titles.length > 3 ? ` and ${titles.length - 3} more` : '';
    warnings.push({
      code: 'correlation',
      message: `${titles.slice(0, 3).join(', ')}${more} ${counting.length === 1 ? 'counts' : 'count'} what is found here, and would not count what is silenced`,
    });
  }
  if (!impact.complete) {
    const left = impact.byRule.find(({ reason }) => reason !== null);
    warnings.push({
      code: 'incomplete',
      message: `The figures are of a part only${left?.reason == null ? '' : `: ${left.title}: ${left.reason}`}`,
    });
  }
  return warnings;
}
