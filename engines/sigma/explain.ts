import type { ConditionNode, Detection, DetectionItem, SelectionNode, SigmaRule } from './ast.ts';
import { belongsTo } from './compile/logsource-tree.ts';
import { type ItemOutcome, itemOutcome, type Situation } from './semantics.ts';
import { IDENTITY_TAXONOMY, resolveLogsource, type Taxonomy } from './taxonomy.ts';
import type { EventFields } from './values.ts';

/** Why a rule matches an event or not: the condition's tree down to each value. */
export interface Explanation {
  readonly rule: string;
  readonly matches: boolean;
  /** `unmapped`: the taxonomy does not know the logsource; `other`: the event is not of it. */
  readonly logsource: 'holds' | 'other' | 'unmapped';
  readonly conditions: readonly ExplainedNode[];
}

export type ExplainedNode =
  | { readonly kind: 'and' | 'or' | 'not'; readonly holds: boolean; readonly items: readonly ExplainedNode[] }
  | {
      readonly kind: 'of';
      readonly text: string;
      readonly holds: boolean;
      readonly items: readonly ExplainedNode[];
    }
  | {
      readonly kind: 'selection';
      readonly name: string;
      readonly holds: boolean;
      readonly items: readonly ExplainedNode[];
    }
  | ExplainedItem;

export interface ExplainedItem {
  readonly kind: 'item';
  readonly holds: boolean;
  /** Modifier `neq`. */
  readonly negated: boolean;
  /** Field and modifiers as written, empty for keywords. */
  readonly text: string;
  /** Event fields that were looked at, in order. */
  readonly fields: readonly string[];
  /** What the event holds there; empty: the field is absent. */
  readonly present: readonly { readonly name: string; readonly text: string }[];
  /** The rule's values and the event value each one fits. */
  readonly values: readonly {
    readonly raw: string;
    readonly holds: boolean;
    readonly on?: { readonly name: string; readonly text: string };
  }[];
}

/** Explains a rule's verdict on an event. Placeholders have to be resolved already. */
export function explain(
  rule: SigmaRule,
  fields: EventFields,
  taxonomy: Taxonomy = IDENTITY_TAXONOMY,
): Explanation {
  const resolved = resolveLogsource(taxonomy, rule.logsource);
  const logsource = resolved === undefined ? 'unmapped' : belongsTo(resolved, fields) ? 'holds' : 'other';
  const explainer = new Explainer(rule.detection, { fields, logsource: rule.logsource, taxonomy });
  const conditions = rule.detection.conditions.map(({ node }) => explainer.condition(node));
  const holds = conditions.some((condition) => condition.holds);
  return { rule: rule.title, matches: logsource === 'holds' && holds, logsource, conditions };
}

class Explainer {
  private readonly nodes: ReadonlyMap<string, SelectionNode>;
  private readonly situation: Situation;
  private readonly known = new Map<string, ExplainedNode>();

  constructor(detection: Detection, situation: Situation) {
    this.nodes = new Map(detection.selections.map((selection) => [selection.name, selection.node]));
    this.situation = situation;
  }

  condition(node: ConditionNode): ExplainedNode {
    switch (node.op) {
      case 'and':
      case 'or': {
        const items = node.items.map((item) => this.condition(item));
        const holds =
          node.op === 'and' ? items.every((item) => item.holds) : items.some((item) => item.holds);
        return { kind: node.op, holds, items };
      }
      case 'not': {
        const item = this.condition(node.item);
        return { kind: 'not', holds: !item.holds, items: [item] };
      }
      case 'ref':
        return this.selection(node.name);
      case 'of': {
        const items = node.names.map((name) => this.selection(name));
        const count = items.filter((item) => item.holds).length;
        const holds = count >= (node.count === 'all' ? items.length : node.count);
        return { kind: 'of', text: `${node.count} of ${node.pattern}`, holds, items };
      }
    }
  }

  private selection(name: string): ExplainedNode {
    let explained = this.known.get(name);
    if (!explained) {
      const item = this.node(this.nodes.get(name)!);
      explained = { kind: 'selection', name, holds: item.holds, items: [item] };
      this.known.set(name, explained);
    }
    return explained;
  }

  private node(node: SelectionNode): ExplainedNode {
    if (node.type === 'item') return explainedItem(node, itemOutcome(node, this.situation));
    const items = node.items.map((item) => this.node(item));
    const holds = node.type === 'and' ? items.every((item) => item.holds) : items.some((item) => item.holds);
    return { kind: node.type, holds, items };
  }
}

function explainedItem(item: DetectionItem, outcome: ItemOutcome): ExplainedItem {
  return {
    kind: 'item',
    holds: outcome.holds,
    negated: item.negated,
    text: [item.field ?? '', ...item.modifiers].join('|'),
    fields: outcome.resolved.candidates,
    present: item.field === undefined ? [] : outcome.present,
    values: outcome.values,
  };
}
