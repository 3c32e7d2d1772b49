import type { MatchedField } from '@vigie/contracts';
import type { ConditionNode, Detection, Logsource, SelectionNode } from './ast.ts';
import { type ItemVerdict, testItem } from './item-test.ts';
import type { Situation } from './semantics.ts';
import type { Taxonomy } from './taxonomy.ts';
import type { EventFields } from './values.ts';

/** The event fields that made a detection hold, without what only failed to exclude it. */
export function matchedFields(
  detection: Detection,
  logsource: Logsource,
  fields: EventFields,
  taxonomy: Taxonomy,
): MatchedField[] {
  const collector = new Collector(detection, { fields, logsource, taxonomy });
  for (const { node } of detection.conditions) collector.condition(node);
  return collector.fields;
}

/** Walks what holds, and notes the values on which it does. */
class Collector {
  readonly #nodes: ReadonlyMap<string, SelectionNode>;
  readonly #situation: Situation;
  readonly #selections = new Map<string, boolean>();
  readonly #noted = new Set<string>();
  readonly #items = new Map<SelectionNode, ItemVerdict>();
  readonly #found = new Map<string, MatchedField>();

  constructor(detection: Detection, situation: Situation) {
    this.#nodes = new Map(detection.selections.map(({ name, node }) => [name, node]));
    this.#situation = situation;
  }

  get fields(): MatchedField[] {
    return [...this.#found.values()];
  }

  condition(node: ConditionNode): void {
    if (!this.#conditionHolds(node) || node.op === 'not') return;
    switch (node.op) {
      case 'and':
      case 'or':
        for (const item of node.items) this.condition(item);
        return;
      case 'ref':
        this.#note(node.name);
        return;
      case 'of':
        for (const name of node.names) this.#note(name);
    }
  }

  #note(name: string): void {
    if (this.#noted.has(name) || !this.#selectionHolds(name)) return;
    this.#noted.add(name);
    this.#collect(this.#selection(name));
  }

  #collect(node: SelectionNode): void {
    if (!this.#holds(node)) return;
    if (node.type !== 'item') {
      for (const item of node.items) this.#collect(item);
      return;
    }
    const { present, resolved, values, on } = this.#items.get(node)!;
    const text = [node.field ?? '', ...node.modifiers].join('|');
    for (const [index, holds] of values.entries()) {
      // Under `neq` it is the values that do not hold which make the item hold.
      if (holds === node.negated) continue;
      const { raw } = node.values[index]!;
      const condition = text === '' ? raw : `${text}: ${raw}`;
      const shown = node.field === undefined ? undefined : present[0];
      const at = on(index) ?? shown ?? { name: resolved.candidates[0] ?? '', text: '' };
      if (at.name !== '')
        this.#found.set(`${at.name}\u0000${condition}`, { field: at.name, value: at.text, condition });
    }
  }

  #conditionHolds(node: ConditionNode): boolean {
    switch (node.op) {
      case 'and':
        return node.items.every((item) => this.#conditionHolds(item));
      case 'or':
        return node.items.some((item) => this.#conditionHolds(item));
      case 'not':
        return !this.#conditionHolds(node.item);
      case 'ref':
        return this.#selectionHolds(node.name);
      case 'of': {
        const count = node.names.filter((name) => this.#selectionHolds(name)).length;
        return count >= (node.count === 'all' ? node.names.length : node.count);
      }
    }
  }

  #selectionHolds(name: string): boolean {
    let holds = this.#selections.get(name);
    if (holds === undefined) {
      holds = this.#holds(this.#selection(name));
      this.#selections.set(name, holds);
    }
    return holds;
  }

  #selection(name: string): SelectionNode {
    return this.#nodes.get(name)!;
  }

  #holds(node: SelectionNode): boolean {
    if (node.type !== 'item')
      return node.type === 'and'
        ? node.items.every((item) => this.#holds(item))
        : node.items.some((item) => this.#holds(item));
    let verdict = this.#items.get(node);
    if (verdict === undefined) {
      verdict = testItem(node, this.#situation);
      this.#items.set(node, verdict);
    }
    return verdict.holds;
  }
}
