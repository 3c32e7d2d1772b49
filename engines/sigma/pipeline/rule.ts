/** Transformations of a document as a whole. */
import type { ConditionNode, Logsource, ParsedCondition, SelectionNode, SigmaRule } from '../ast.ts';
import type { YamlEntry, YamlMap, YamlNode } from '../yaml.ts';
import type { Processed, RunContext } from './context.ts';
import { formatCondition } from './detection.ts';
import { readAdded } from './read.ts';
import { PipelineError, type ProcessingItem, type RuleTransformation } from './types.ts';

/** Applies a transformation to a document. @throws PipelineError */
export function transformRule(
  step: ProcessingItem,
  transformation: Exclude<RuleTransformation, { type: 'nest' }>,
  document: Processed,
  context: RunContext,
): Processed {
  switch (transformation.type) {
    case 'add_condition':
      // A filter excludes events: narrowing it would let more of them through.
      return document.kind === 'rule' ? addCondition(step, transformation, document, context) : document;
    case 'change_logsource': {
      if (document.kind === 'correlation') return document;
      const { definition } = document.logsource;
      return {
        ...document,
        logsource: { ...transformation.logsource, ...(definition === undefined ? {} : { definition }) },
      };
    }
    case 'set_state':
      context.state.set(transformation.key, transformation.value);
      return document;
    case 'add_field':
      context.spend(document.fields.length + transformation.fields.length, 0);
      return { ...document, fields: [...document.fields, ...transformation.fields] };
    case 'remove_field':
      return { ...document, fields: document.fields.filter((name) => !transformation.fields.includes(name)) };
    case 'set_field':
      return { ...document, fields: transformation.fields };
    case 'set_custom_attribute': {
      const custom = Object.entries(document.custom).filter(([name]) => name !== transformation.attribute);
      // From entries, so that a name such as __proto__ is data.
      return {
        ...document,
        custom: Object.fromEntries([...custom, [transformation.attribute, transformation.value]]),
      };
    }
    case 'rule_failure':
      throw new PipelineError('pipeline_refused_rule', transformation.message);
  }
}

function addCondition(
  step: ProcessingItem,
  transformation: RuleTransformation & { type: 'add_condition' },
  rule: SigmaRule,
  context: RunContext,
): SigmaRule {
  const known = new Set(rule.detection.selections.map(({ name }) => name));
  let name = transformation.name ?? `_cond_${context.nextAdded()}`;
  while (known.has(name)) name = `_cond_${context.nextAdded()}`;
  const map = transformation.template
    ? (fill(transformation.conditions, rule.logsource) as YamlMap)
    : transformation.conditions;
  const added = readAdded(map, name, step.position);
  context.spend(count(added.node), 0);
  mark(added.node, step, context);
  const conditions = rule.detection.conditions.map(({ node }): ParsedCondition => {
    const ref: ConditionNode = { op: 'ref', name };
    const own: ConditionNode = transformation.negated ? { op: 'not', item: ref } : ref;
    const both: ConditionNode = { op: 'and', items: [own, node] };
    return { text: formatCondition(both), node: both };
  });
  return { ...rule, detection: { selections: [...rule.detection.selections, added], conditions } };
}

function count(node: SelectionNode): number {
  return node.type === 'item' ? node.values.length : node.items.reduce((sum, item) => sum + count(item), 1);
}

function mark(node: SelectionNode, step: ProcessingItem, context: RunContext): void {
  if (node.type === 'item') context.mark(node, undefined, step.id);
  else for (const item of node.items) mark(item, step, context);
}

/** Fills `$category`, `$product` and `$service`, also in braces; `$$` is a dollar sign. */
function fill(node: YamlNode, logsource: Logsource): YamlNode {
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => fill(item, logsource)) };
  if (node.kind === 'map')
    return {
      ...node,
      entries: node.entries.map((entry): YamlEntry => ({ ...entry, value: fill(entry.value, logsource) })),
    };
  if (typeof node.value !== 'string') return node;
  const text = node.value.replace(
    /\$(?:(\$)|(category|product|service)\b|\{(category|product|service)\})/g,
    (_whole, dollar: string | undefined, bare: string | undefined, braced: string | undefined) =>
      dollar ?? logsource[(bare ?? braced) as 'category' | 'product' | 'service'] ?? '',
  );
  return { ...node, value: text, text };
}
