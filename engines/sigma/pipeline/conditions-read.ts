import type { ConditionNode } from '../ast.ts';
import { parseCondition } from '../condition.ts';
import { IssueError } from '../issue.ts';
import type { YamlNode } from '../yaml.ts';
import { Attributes } from './attributes.ts';
import { compileMatcher } from './regex.ts';
import {
  type AppliedCondition,
  type AttributeOperator,
  type ConditionJoin,
  type ConditionSet,
  type FieldCondition,
  type ItemCondition,
  type JoinExpression,
  PipelineError,
  type RuleCondition,
  type StateCondition,
} from './types.ts';

const COMPARISONS = ['eq', 'ne', 'gte', 'gt', 'lte', 'lt'] as const;
const ATTRIBUTE_OPERATORS: readonly AttributeOperator[] = [...COMPARISONS, 'in', 'not_in'];

/**
 * Reads one of an item's three sets of conditions: `<kind>_conditions` (list, or map of names), `_cond_op`,
 * `_cond_not` and `_cond_expr`.
 *
 * @throws PipelineError
 */
export function readConditions<C>(
  item: Attributes,
  kind: 'rule' | 'detection_item' | 'field_name',
  read: (type: string, condition: Attributes) => C,
): ConditionSet<C> {
  const conditions = new Map<string, C>();
  const entry = item.entry(`${kind}_conditions`);
  const add = (name: string, node: YamlNode) => {
    const condition = new Attributes(node, `a condition of ${kind}_conditions`);
    const type = condition.needText('type');
    conditions.set(name, read(type, condition));
    condition.finish();
  };
  if (entry?.value.kind === 'list')
    for (const [index, node] of entry.value.items.entries()) add(String(index), node);
  else if (entry?.value.kind === 'map') for (const { key, value } of entry.value.entries) add(key, value);
  else if (entry)
    throw new PipelineError('pipeline_attribute', `${kind}_conditions must be a list or a map`, entry.value);
  const operator = item.choice(`${kind}_cond_op`, ['and', 'or'] as const);
  const negated = item.flag(`${kind}_cond_not`);
  const expression = item.entry(`${kind}_cond_expr`);
  let join: ConditionJoin = operator ?? 'and';
  if (expression) {
    if (operator !== undefined || entry?.value.kind !== 'map')
      throw new PipelineError(
        'pipeline_condition',
        `${kind}_cond_expr goes with a map of conditions and without ${kind}_cond_op`,
        expression.position,
      );
    join = readExpression(item.needText(`${kind}_cond_expr`), [...conditions.keys()], expression.value);
  }
  return { conditions, join, negated };
}

function readExpression(text: string, names: readonly string[], node: YamlNode): JoinExpression {
  try {
    return toJoin(parseCondition(text, names, node), node);
  } catch (error) {
    if (error instanceof IssueError) throw new PipelineError('pipeline_condition', error.message, node);
    throw error;
  }
}

function toJoin(node: ConditionNode, at: YamlNode): JoinExpression {
  switch (node.op) {
    case 'and':
    case 'or':
      return { op: node.op, items: node.items.map((item) => toJoin(item, at)) };
    case 'not':
      return { op: 'not', item: toJoin(node.item, at) };
    case 'ref':
      return node;
    case 'of':
      throw new PipelineError('pipeline_condition', '"of" has no meaning between conditions', at);
  }
}

/** @throws PipelineError */
export function readRuleCondition(type: string, condition: Attributes): RuleCondition {
  switch (type) {
    case 'logsource': {
      const [category, product, service] = ['category', 'product', 'service'].map((name) =>
        condition.text(name),
      );
      if (category === undefined && product === undefined && service === undefined)
        return condition.missing('category, product or service');
      return { type, logsource: { category, product, service } };
    }
    case 'contains_field':
      return { type, field: condition.needText('field') };
    case 'contains_detection_item':
      return { type, field: condition.needText('field'), value: condition.needScalar('value').value };
    case 'is_sigma_rule':
    case 'is_sigma_correlation_rule':
      return { type };
    case 'rule_attribute':
      return {
        type,
        attribute: condition.needText('attribute'),
        value: condition.needScalar('value').value,
        operator: condition.choice('op', ATTRIBUTE_OPERATORS) ?? 'eq',
      };
    case 'tag':
      return { type, tag: condition.needText('tag').toLowerCase() };
    default:
      return readTracking(type, condition);
  }
}

/** @throws PipelineError */
export function readItemCondition(type: string, condition: Attributes): ItemCondition {
  const all = () => condition.choice('cond', ['any', 'all'] as const) === 'all';
  switch (type) {
    case 'match_string':
      return {
        type,
        all: all(),
        regex: compileMatcher(condition.needText('pattern'), condition.entry('pattern')!.value),
        negate: condition.flag('negate'),
      };
    case 'match_value':
      return { type, all: all(), value: condition.needScalar('value').value };
    case 'contains_wildcard':
    case 'is_null':
      return { type, all: all() };
    default:
      return readTracking(type, condition);
  }
}

/** @throws PipelineError */
export function readFieldCondition(type: string, condition: Attributes): FieldCondition {
  if (type !== 'include_fields' && type !== 'exclude_fields') return readTracking(type, condition);
  const names = condition.needTexts('fields');
  const mode = condition.choice('mode', ['plain', 're'] as const) ?? 'plain';
  if (mode === 'plain') {
    const known = new Set(names);
    return { type, matches: (field) => known.has(field) };
  }
  const patterns = names.map((name) => compileMatcher(name, condition.entry('fields')!.value));
  return { type, matches: (field) => patterns.some((pattern) => pattern.test(field)) };
}

/** The conditions that all three kinds share: on the state and on what was applied before. */
function readTracking(type: string, condition: Attributes): AppliedCondition | StateCondition {
  switch (type) {
    case 'processing_item_applied':
      return { type, id: condition.needText('processing_item_id') };
    case 'processing_state':
      return {
        type,
        key: condition.needText('key'),
        value: condition.needScalar('val').value,
        operator: condition.choice('op', COMPARISONS) ?? 'eq',
      };
    default:
      throw new PipelineError(
        'pipeline_unknown_type',
        `there is no condition of type ${JSON.stringify(type)} here`,
        condition.map,
      );
  }
}
