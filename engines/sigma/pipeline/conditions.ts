/** Whether the conditions of a step hold. */
import { LEVELS } from '@vigie/contracts';
import {
  ANY_CHAR,
  ANY_RUN,
  type DetectionItem,
  type Logsource,
  type SelectionNode,
  type STATUSES,
  type ValueTest,
} from '../ast.ts';
import { formatPattern, parsePattern } from '../pattern.ts';
import type { Processed, RunContext } from './context.ts';
import type {
  AttributeOperator,
  ConditionSet,
  FieldCondition,
  ItemCondition,
  JoinExpression,
  ProcessingItem,
  RuleCondition,
  Scalar,
  StateCondition,
} from './types.ts';
import { PipelineError } from './types.ts';
import { plainForm } from './values.ts';

/** Whether a set of conditions holds; an empty one does. */
function holds<C>({ conditions, join, negated }: ConditionSet<C>, test: (condition: C) => boolean): boolean {
  if (conditions.size === 0) return true;
  const evaluate = (node: JoinExpression): boolean => {
    if (node.op === 'ref') return test(conditions.get(node.name)!);
    if (node.op === 'not') return !evaluate(node.item);
    return node.op === 'and' ? node.items.every(evaluate) : node.items.some(evaluate);
  };
  const all = [...conditions.values()];
  const joined = join === 'and' ? all.every(test) : join === 'or' ? all.some(test) : evaluate(join);
  return joined !== negated;
}

/** Whether a step applies to a document at all. @throws PipelineError */
export function appliesToRule(step: ProcessingItem, document: Processed, context: RunContext): boolean {
  return holds(step.ruleConditions, (condition) => ruleHolds(condition, document, context));
}

/** Whether a step applies to a detection item. */
export function appliesToItem(step: ProcessingItem, item: DetectionItem, context: RunContext): boolean {
  return (
    holds(step.itemConditions, (condition) => itemHolds(condition, item, context)) &&
    holds(step.fieldConditions, (condition) =>
      condition.type === 'processing_item_applied'
        ? context.wasItemMadeBy(item, condition.id)
        : fieldHolds(condition, item.field, context),
    )
  );
}

/** Whether a step applies to a field named elsewhere: in `fields`, a field reference or a correlation. */
export function appliesToField(step: ProcessingItem, field: string, context: RunContext): boolean {
  return holds(step.fieldConditions, (condition) => fieldHolds(condition, field, context));
}

function ruleHolds(condition: RuleCondition, document: Processed, context: RunContext): boolean {
  switch (condition.type) {
    case 'logsource':
      return document.kind === 'correlation'
        ? context.referenced.some((logsource) => covers(condition.logsource, logsource))
        : covers(condition.logsource, document.logsource);
    case 'contains_field':
      return someItem(document, (item) => item.field === condition.field);
    case 'contains_detection_item':
      return someItem(
        document,
        (item) =>
          item.field === condition.field && item.values.some(({ test }) => sameValue(test, condition.value)),
      );
    case 'is_sigma_rule':
      return document.kind === 'rule';
    case 'is_sigma_correlation_rule':
      return document.kind === 'correlation';
    case 'rule_attribute':
      return attributeHolds(attributeOf(document, condition.attribute), condition);
    case 'tag':
      return document.tags.some((tag) => tag.toLowerCase() === condition.tag);
    case 'processing_item_applied':
      return context.applied.has(condition.id);
    case 'processing_state':
      return stateHolds(condition, context);
  }
}

function itemHolds(condition: ItemCondition, item: DetectionItem, context: RunContext): boolean {
  if (condition.type === 'processing_item_applied') return context.wasItemMadeBy(item, condition.id);
  if (condition.type === 'processing_state') return stateHolds(condition, context);
  const test = ({ test }: { readonly test: ValueTest }) => valueHolds(condition, test);
  return condition.all ? item.values.every(test) : item.values.some(test);
}

function valueHolds(
  condition: Exclude<ItemCondition, { type: 'processing_item_applied' | 'processing_state' }>,
  test: ValueTest,
): boolean {
  if (test.kind === 'any') return test.tests.some((inner) => valueHolds(condition, inner));
  switch (condition.type) {
    case 'match_string':
      return (test.kind === 'pattern' && condition.regex.test(plainForm(test.pattern))) !== condition.negate;
    case 'match_value':
      return sameValue(test, condition.value);
    case 'contains_wildcard':
      return test.kind === 'pattern' && test.pattern.some((part) => part === ANY_RUN || part === ANY_CHAR);
    case 'is_null':
      return test.kind === 'null';
  }
}

function fieldHolds(condition: FieldCondition, field: string | undefined, context: RunContext): boolean {
  switch (condition.type) {
    case 'include_fields':
      return field !== undefined && condition.matches(field);
    case 'exclude_fields':
      return field === undefined || !condition.matches(field);
    case 'processing_item_applied':
      return field !== undefined && context.fieldSteps.get(field)?.has(condition.id) === true;
    case 'processing_state':
      return stateHolds(condition, context);
  }
}

function stateHolds({ key, value, operator }: StateCondition, { state }: RunContext): boolean {
  return state.has(key) && compare(state.get(key)!, value, operator);
}

/** Texts are compared as texts, numbers as numbers; different kinds are only ever unequal. */
function compare(left: Scalar, right: Scalar, operator: AttributeOperator): boolean {
  if (operator === 'eq') return left === right;
  if (operator === 'ne') return left !== right;
  if (left === null || right === null || typeof left !== typeof right) return false;
  switch (operator) {
    case 'gte':
      return left >= right;
    case 'gt':
      return left > right;
    case 'lte':
      return left <= right;
    case 'lt':
      return left < right;
    default:
      return false;
  }
}

function covers(asked: Logsource, logsource: Logsource): boolean {
  return (['product', 'category', 'service'] as const).every(
    (name) => asked[name] === undefined || asked[name].toLowerCase() === logsource[name]?.toLowerCase(),
  );
}

function someItem(document: Processed, test: (item: DetectionItem) => boolean): boolean {
  if (document.kind === 'correlation') return false;
  const visit = (node: SelectionNode): boolean =>
    node.type === 'item' ? test(node) : node.items.some(visit);
  return document.detection.selections.some(({ node }) => visit(node));
}

function sameValue(test: ValueTest, value: Scalar): boolean {
  switch (test.kind) {
    case 'pattern':
      return typeof value === 'string' && formatPattern(test.pattern) === formatPattern(parsePattern(value));
    case 'number':
    case 'boolean':
    case 'exists':
      return test.value === value;
    case 'null':
      return value === null;
    case 'any':
      return test.tests.some((inner) => sameValue(inner, value));
    default:
      return false;
  }
}

/** Attributes a condition may ask for, by name; anything else is looked for among the custom ones. */
const ATTRIBUTES = [
  'title', 'id', 'name', 'taxonomy', 'status', 'description', 'license', 'author', 'date', 'modified',
  'level', 'references', 'tags', 'fields', 'falsepositives', 'scope',
] as const; // biome-ignore format: a table

function attributeOf(document: Processed, name: string): unknown {
  const known = ATTRIBUTES.find((attribute) => attribute === name);
  if (known !== undefined) return document[known];
  return Object.hasOwn(document.custom, name) ? document.custom[name] : undefined;
}

/** Attributes whose values have an order of their own, lowest first. */
const ORDERS: Readonly<Record<string, readonly string[]>> = {
  level: [...LEVELS],
  status: [
    'unsupported',
    'deprecated',
    'experimental',
    'test',
    'stable',
  ] satisfies (typeof STATUSES)[number][],
};

function attributeHolds(
  value: unknown,
  condition: RuleCondition & { readonly type: 'rule_attribute' },
): boolean {
  const { attribute, operator, value: asked } = condition;
  if (value === undefined) return false;
  if (Array.isArray(value)) {
    if (operator === 'in') return value.includes(asked);
    if (operator === 'not_in') return !value.includes(asked);
    return operator === 'ne';
  }
  if (operator === 'in' || operator === 'not_in')
    throw new PipelineError('pipeline_condition', `${operator} needs a list, and ${attribute} is none`);
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return false;
  const order = ORDERS[attribute];
  if (order === undefined) {
    const wanted = typeof value === 'number' && typeof asked === 'string' ? Number(asked) : asked;
    const dated = attribute === 'date' || attribute === 'modified';
    if (typeof value === 'string' && !dated && operator !== 'eq' && operator !== 'ne')
      throw new PipelineError('pipeline_condition', `the text of ${attribute} has no order: use eq or ne`);
    // ISO dates sort as texts; the older form has slashes.
    return dated
      ? compare(String(value).replaceAll('/', '-'), String(wanted).replaceAll('/', '-'), operator)
      : compare(value, wanted, operator);
  }
  const rank = order.indexOf(String(asked).toLowerCase());
  if (rank === -1)
    throw new PipelineError('pipeline_condition', `${JSON.stringify(asked)} is no ${attribute}`);
  return compare(order.indexOf(String(value)), rank, operator);
}
