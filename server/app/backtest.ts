import type { SigmaFilter, Taxonomy } from '@vigie/sigma';
import { findRule, type KnownRule, type RuleSet } from '../detect/index.ts';
import { Backtest, DEFAULT_FOLD_FIELDS, type RuleSearch } from '../hunt/index.ts';

/** Backtests over the rules in force. */
export function createBacktest(
  search: RuleSearch,
  taxonomy: Taxonomy,
  current: () => RuleSet,
  now: () => number,
): Backtest {
  return new Backtest({
    search,
    taxonomy,
    now,
    find: (name) => {
      const known = findRule(current().rules, name);
      return known && { rule: known.rule, foldBy: foldFields(known) };
    },
    filters: filtersInForce(current),
    adapt: (parsed, id) => current().adapt(parsed, id),
  });
}

/** The filters among the rule files in force. */
export function filtersInForce(current: () => RuleSet): () => readonly SigmaFilter[] {
  return () => current().filters;
}

/** The fields that fold a rule's detections, as detection takes them. */
export function foldFields({ content }: KnownRule): readonly string[] {
  if (content === undefined) return DEFAULT_FOLD_FIELDS;
  return [...new Set(Object.values(content.entities).flatMap((fields) => fields ?? []))];
}
