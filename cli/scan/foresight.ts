import {
  type ConditionNode,
  type EventFields,
  resolveField,
  type SelectionNode,
  type SigmaRule,
  type Taxonomy,
} from '@vigie/sigma';
import { testItem } from '@vigie/sigma/item-test.ts';

/** True, false, or open: decided by fields that are not known yet. */
type Verdict = boolean | undefined;

/** Whether a rule looks at one of these fields in a way that may rule it out before the others are known. */
export function isDecidedBy(rule: SigmaRule, taxonomy: Taxonomy, names: readonly string[]): boolean {
  const visit = (node: SelectionNode): boolean =>
    node.type === 'item'
      ? node.field !== undefined && resolvesWithin(rule, node.field, taxonomy, names)
      : node.items.some(visit);
  return rule.detection.selections.some(({ node }) => visit(node));
}

/**
 * Whether a rule may hold for an event of which only some fields are known; false only where no values of
 * the other fields can make it hold.
 *
 * @param known the event's values of the fields `names`, those it lacks left out
 */
export function couldHold(
  rule: SigmaRule,
  taxonomy: Taxonomy,
  known: EventFields,
  names: readonly string[],
): boolean {
  const verdicts = new Map<string, Verdict>();
  const selection = (name: string): Verdict => {
    if (verdicts.has(name)) return verdicts.get(name);
    const found = rule.detection.selections.find((own) => own.name === name)!;
    const verdict = node(found.node);
    verdicts.set(name, verdict);
    return verdict;
  };
  const node = (of: SelectionNode): Verdict => {
    if (of.type !== 'item') return join(of.type, of.items.map(node));
    if (of.field === undefined || !resolvesWithin(rule, of.field, taxonomy, names)) return undefined;
    // A comparison with another field is open unless that one is known as well; placeholders never decide.
    if (of.values.some(({ test }) => !['pattern', 'number', 'boolean'].includes(test.kind))) return undefined;
    return testItem(of, { fields: known, logsource: rule.logsource, taxonomy }).holds;
  };
  const condition = (of: ConditionNode): Verdict => {
    switch (of.op) {
      case 'and':
      case 'or':
        return join(of.op, of.items.map(condition));
      case 'not': {
        const inner = condition(of.item);
        return inner === undefined ? undefined : !inner;
      }
      case 'ref':
        return selection(of.name);
      case 'of': {
        const all = of.names.map(selection);
        const needed = of.count === 'all' ? all.length : of.count;
        if (all.filter((verdict) => verdict === true).length >= needed) return true;
        return all.filter((verdict) => verdict !== false).length < needed ? false : undefined;
      }
    }
  };
  return rule.detection.conditions.some((own) => condition(own.node) !== false);
}

function join(op: 'and' | 'or', verdicts: readonly Verdict[]): Verdict {
  const decisive = op === 'or';
  if (verdicts.includes(decisive)) return decisive;
  return verdicts.includes(undefined) ? undefined : !decisive;
}

/** Answers by taxonomy: thousands of rules ask about the same few fields. */
const answers = new WeakMap<Taxonomy, Map<string, boolean>>();

function resolvesWithin(
  rule: SigmaRule,
  field: string,
  taxonomy: Taxonomy,
  names: readonly string[],
): boolean {
  let known = answers.get(taxonomy);
  if (known === undefined) {
    known = new Map();
    answers.set(taxonomy, known);
  }
  const { product, category, service } = rule.logsource;
  const key = `${product}\0${category}\0${service}\0${field}\0${names.join()}`;
  let answer = known.get(key);
  if (answer === undefined) {
    const { candidates } = resolveField(taxonomy, rule.logsource, field);
    answer = candidates.length > 0 && candidates.every((name) => names.includes(name));
    known.set(key, answer);
  }
  return answer;
}
