import type { Detection, DetectionItem, NamedSelection, ParsedCondition, SelectionNode } from './ast.ts';
import { RuleBudget } from './budget.ts';
import { parseCondition } from './condition.ts';
import { IssueError } from './issue.ts';
import { applyModifiers, checkModifiers } from './modifiers.ts';
import type { YamlEntry, YamlMap, YamlNode } from './yaml.ts';

/** Values of one rule; more is an indicator list, not a rule. */
const MAX_VALUES = 20_000;

/**
 * Reads a `detection` section: selections and condition.
 *
 * @param ignored keys of the section that are neither selections nor the condition
 * @param budget counts for all rules of a file
 * @throws IssueError
 */
export function readDetection(
  entry: YamlEntry,
  ignored: readonly string[],
  budget: RuleBudget = new RuleBudget(),
): Detection {
  const map = entry.value;
  if (map.kind !== 'map')
    throw new IssueError('attribute_type', `${entry.key} must be a map`, entry.position);
  const reader = new SelectionReader(budget);
  const selections: NamedSelection[] = [];
  for (const { key, value, position } of map.entries) {
    if (key === 'condition' || ignored.includes(key)) continue;
    selections.push({ name: key, node: reader.read(value, `${key} is empty`, position) });
  }
  if (selections.length === 0)
    throw new IssueError('detection_empty', 'there are no selections', entry.position);
  return { selections, conditions: readConditions(map, selections, entry, budget) };
}

function readConditions(
  map: YamlMap,
  selections: readonly NamedSelection[],
  section: YamlEntry,
  budget: RuleBudget,
): ParsedCondition[] {
  const entry = map.entries.find(({ key }) => key === 'condition');
  if (!entry) throw new IssueError('attribute_missing', 'the condition is missing', section.position);
  const nodes = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  if (nodes.length === 0) throw new IssueError('condition_syntax', 'the condition is empty', entry.position);
  const names = selections.map(({ name }) => name);
  return nodes.map((node) => {
    if (node.kind !== 'scalar' || node.value === null)
      throw new IssueError('attribute_type', 'the condition must be text', entry.position);
    const text = node.text;
    return { text, node: parseCondition(text, names, node, budget) };
  });
}

class SelectionReader {
  private values = 0;
  private readonly budget: RuleBudget;

  constructor(budget: RuleBudget) {
    this.budget = budget;
  }

  read(node: YamlNode, empty: string, position: { line: number; column: number }): SelectionNode {
    if (node.kind === 'map') {
      if (node.entries.length === 0) throw new IssueError('detection_empty', empty, position);
      const items = node.entries.map((entry) => this.item(entry));
      return items.length === 1 ? items[0]! : { type: 'and', items };
    }
    if (node.kind === 'scalar') {
      if (node.value === null) throw new IssueError('detection_empty', empty, position);
      return this.keywords([node], position);
    }
    if (node.items.length === 0) throw new IssueError('detection_empty', empty, position);
    const scalars = node.items.filter((item) => item.kind === 'scalar');
    const others = node.items.filter((item) => item.kind !== 'scalar');
    const items = others.map((item) => this.read(item, empty, item));
    if (scalars.length > 0) items.unshift(this.keywords(scalars, position));
    return items.length === 1 ? items[0]! : { type: 'or', items };
  }

  private keywords(nodes: readonly YamlNode[], position: { line: number; column: number }): DetectionItem {
    this.count(nodes.length, position);
    const values = nodes.map((node) => applyModifiers([], node, true, this.budget));
    return { type: 'item', modifiers: [], linking: 'or', negated: false, values, position: at(position) };
  }

  private item({ key, value, position }: YamlEntry): DetectionItem {
    const [name = '', ...names] = key.split('|');
    const modifiers = checkModifiers(names, position);
    const field = name.trim();
    const nodes = value.kind === 'list' ? value.items : [value];
    if (nodes.length === 0) throw new IssueError('detection_empty', `${key} has no values`, position);
    this.count(nodes.length, position);
    if (field === '' && modifiers.some((modifier) => modifier === 'exists' || modifier === 'fieldref'))
      throw new IssueError('modifier_combination', 'exists and fieldref need a field', position);
    return {
      type: 'item',
      ...(field === '' ? {} : { field }),
      modifiers,
      linking: modifiers.includes('all') ? 'and' : 'or',
      negated: modifiers.includes('neq'),
      values: nodes.map((node) => applyModifiers(modifiers, node, field === '', this.budget)),
      position: at(position),
    };
  }

  private count(values: number, position: { line: number; column: number }): void {
    this.values += values;
    this.budget.spend('values', values, position);
    if (this.values > MAX_VALUES)
      throw new IssueError('rule_too_large', `a rule may hold at most ${MAX_VALUES} values`, position);
  }
}

function at({ line, column }: { line: number; column: number }): { line: number; column: number } {
  return { line, column };
}
