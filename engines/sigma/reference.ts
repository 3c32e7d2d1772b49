import type { ConditionNode, Detection, SelectionNode, SigmaFilter, SigmaRule } from './ast.ts';
import { belongsTo } from './compile/logsource-tree.ts';
import { type Placeholders, resolvePlaceholders } from './compile/placeholders.ts';
import { filtersFor } from './filters.ts';
import { itemOutcome, type Situation } from './semantics.ts';
import { IDENTITY_TAXONOMY, resolveLogsource, type Taxonomy } from './taxonomy.ts';
import type { EventFields } from './values.ts';

export interface ReferenceOptions {
  readonly taxonomy?: Taxonomy;
  readonly placeholders?: Placeholders;
  readonly filters?: readonly SigmaFilter[];
  readonly regex?: Situation['regex'];
}

/**
 * Matches by trying every rule in full, straight from its tree: slow and simple. The fast matcher must always
 * give the same rules.
 */
export function referenceMatch(
  rules: readonly SigmaRule[],
  fields: EventFields,
  options: ReferenceOptions = {},
): SigmaRule[] {
  const taxonomy = options.taxonomy ?? IDENTITY_TAXONOMY;
  return rules.filter((rule) => {
    const logsource = resolveLogsource(taxonomy, rule.logsource);
    if (logsource === undefined || !belongsTo(logsource, fields)) return false;
    const regex = options.regex ? { regex: options.regex } : {};
    const situation: Situation = { fields, logsource: rule.logsource, taxonomy, ...regex };
    const holds = (detection: Detection) =>
      detectionHolds(resolvePlaceholders(detection, options.placeholders ?? {}), situation);
    const filters = filtersFor(rule, options.filters ?? []);
    return holds(rule.detection) && filters.every((filter) => holds(filter.detection));
  });
}

function detectionHolds(detection: Detection, situation: Situation): boolean {
  const selection = (name: string) =>
    selectionHolds(detection.selections.find((own) => own.name === name)!.node, situation);
  const condition = (node: ConditionNode): boolean => {
    switch (node.op) {
      case 'and':
        return node.items.every(condition);
      case 'or':
        return node.items.some(condition);
      case 'not':
        return !condition(node.item);
      case 'ref':
        return selection(node.name);
      case 'of': {
        const count = node.names.filter(selection).length;
        return node.count === 'all' ? count === node.names.length : count >= node.count;
      }
    }
  };
  return detection.conditions.some(({ node }) => condition(node));
}

function selectionHolds(node: SelectionNode, situation: Situation): boolean {
  if (node.type === 'item') return itemOutcome(node, situation).holds;
  const holds = (item: SelectionNode) => selectionHolds(item, situation);
  return node.type === 'and' ? node.items.every(holds) : node.items.some(holds);
}
