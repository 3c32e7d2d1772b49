import { parseRules } from '@vigie/sigma';
import { type AnyRule, unitOf } from '../detect/index.ts';
import type { HistoryHead } from '../storage/state/rule-version-store.ts';

/** A rule that has versions, none of which is in force. */
export interface ShelfRule {
  readonly head: HistoryHead;
  /** As the newest version has it; undefined where that can't be read. */
  readonly rule: AnyRule | undefined;
}

/**
 * Reads what a rule's newest version says of itself.
 *
 * @param before the rule as it was read the last time
 */
export function shelve(head: HistoryHead, before: ShelfRule | undefined): ShelfRule {
  if (before?.head.last.text === head.last.text) return { head, rule: before.rule };
  return { head, rule: unitOf(parseRules(head.last.text), () => undefined, head.ruleId)?.subject };
}
