/** Transformations of detection items, and what is left of a condition when items are dropped. */
import type { ConditionNode, Detection, DetectionItem, ParsedCondition, SelectionNode } from '../ast.ts';
import { appliesToItem } from './conditions.ts';
import type { Processed, RunContext } from './context.ts';
import {
  type DetectionTransformation,
  PipelineError,
  type ProcessingItem,
  type ValueTransformation,
} from './types.ts';
import { plainForm, readPlainForm, transformItem } from './values.ts';

/** Applies a transformation of items to a document; correlations have none. @throws PipelineError */
export function transformDetection(
  step: ProcessingItem,
  transformation: DetectionTransformation | ValueTransformation,
  document: Processed,
  context: RunContext,
): Processed {
  return mapItems(document, (item) => {
    const free = step.itemConditions.conditions.size + step.fieldConditions.conditions.size === 0;
    if (transformation.type === 'hashes_fields' && free && !/^hash(?:es)?$/i.test(item.field ?? ''))
      return item;
    if (!appliesToItem(step, item, context)) return item;
    const made = transformOne(item, transformation, context);
    if (made !== undefined && made !== item) markAll(made, item, step.id, context);
    return made;
  });
}

function transformOne(
  item: DetectionItem,
  transformation: DetectionTransformation | ValueTransformation,
  context: RunContext,
): SelectionNode | undefined {
  switch (transformation.type) {
    case 'drop_detection_item':
      return undefined;
    case 'detection_item_failure':
      throw new PipelineError('pipeline_refused_rule', transformation.message);
    case 'hashes_fields':
      return splitHashes(item, transformation);
    default:
      return transformItem(item, transformation, context);
  }
}

/**
 * Rebuilds a document's detection from its items. An item that becomes `undefined` is dropped, and so is what
 * is empty without it, up to the conditions.
 *
 * @throws PipelineError when a whole condition is gone
 */
export function mapItems(
  document: Processed,
  change: (item: DetectionItem) => SelectionNode | undefined,
): Processed {
  if (document.kind === 'correlation') return document;
  const { detection } = document;
  let changed = false;
  const visit = (node: SelectionNode): SelectionNode | undefined => {
    if (node.type === 'item') {
      const made = change(node);
      if (made !== node) changed = true;
      return made;
    }
    const items = node.items.flatMap((item) => visit(item) ?? []);
    if (items.length <= 1) return items[0];
    return items.every((item, i) => item === node.items[i]) ? node : { type: node.type, items };
  };
  const selections = detection.selections.flatMap(({ name, node }) => {
    const made = visit(node);
    return made === undefined ? [] : [{ name, node: made }];
  });
  if (!changed) return document;
  const left = new Set(selections.map(({ name }) => name));
  const conditions =
    left.size === detection.selections.length
      ? detection.conditions
      : detection.conditions.map((condition) => pruneCondition(condition, left));
  return { ...document, detection: { selections, conditions } satisfies Detection };
}

function pruneCondition(condition: ParsedCondition, left: ReadonlySet<string>): ParsedCondition {
  const node = prune(condition.node, left);
  if (node === undefined) throw new PipelineError('pipeline_failed_rule', 'nothing is left of the condition');
  return node === condition.node ? condition : { text: formatCondition(node), node };
}

function prune(node: ConditionNode, left: ReadonlySet<string>): ConditionNode | undefined {
  switch (node.op) {
    case 'ref':
      return left.has(node.name) ? node : undefined;
    case 'of': {
      const names = node.names.filter((name) => left.has(name));
      if (names.length === node.names.length) return node;
      if (names.length === 0) return undefined;
      // `3 of` four selections of which two are gone asks for what is left.
      const count = node.count === 'all' ? 'all' : Math.min(node.count, names.length);
      return { ...node, count, names };
    }
    case 'not': {
      const item = prune(node.item, left);
      return item === node.item ? node : item && { op: 'not', item };
    }
    default: {
      const items = node.items.flatMap((item) => prune(item, left) ?? []);
      if (items.length === node.items.length && items.every((item, i) => item === node.items[i])) return node;
      return items.length <= 1 ? items[0] : { op: node.op, items };
    }
  }
}

/** A condition as text, with as few brackets as it needs. */
export function formatCondition(node: ConditionNode): string {
  switch (node.op) {
    case 'ref':
      return node.name;
    case 'of':
      return `${node.count} of ${node.pattern}`;
    case 'not':
      return `not ${bracketed(node.item)}`;
    case 'and':
      return node.items.map(bracketed).join(' and ');
    case 'or':
      return node.items.map(formatCondition).join(' or ');
  }
}

function bracketed(node: ConditionNode): string {
  const text = formatCondition(node);
  return node.op === 'or' || node.op === 'and' ? `(${text})` : text;
}

/** Notes on every item of a node that a step made it. */
export function markAll(
  node: SelectionNode,
  from: DetectionItem,
  id: string | undefined,
  context: RunContext,
): void {
  if (node.type === 'item') context.mark(node, from, id);
  else for (const item of node.items) markAll(item, from, id, context);
}

/** Lengths of hashes in hexadecimal digits. */
const BY_LENGTH: Readonly<Record<number, string>> = { 32: 'MD5', 40: 'SHA1', 64: 'SHA256', 128: 'SHA512' };

/**
 * `Hashes: [SHA1=…, MD5=…]` becomes one item for each algorithm. The wildcards around a hash are dropped:
 * they stand for the other hashes in the list that the field held.
 */
function splitHashes(
  item: DetectionItem,
  { algorithms, prefix, dropAlgorithm }: DetectionTransformation & { type: 'hashes_fields' },
): SelectionNode {
  const values = new Map<string, string[]>();
  for (const { test } of item.values) {
    if (test.kind !== 'pattern') return item;
    const text = plainForm(test.pattern).replace(/^\*|\*$/g, '');
    const parts = /^([A-Za-z0-9-]{2,16})[=|](.*)$/s.exec(text);
    const hash = parts?.[2] ?? text;
    const algorithm = parts?.[1]?.toUpperCase() ?? BY_LENGTH[hash.length] ?? '';
    if (!algorithms.includes(algorithm)) continue;
    const field = `${prefix}${dropAlgorithm ? '' : algorithm}`;
    const known = values.get(field);
    if (known) known.push(hash);
    else values.set(field, [hash]);
  }
  if (values.size === 0)
    throw new PipelineError(
      'pipeline_failed_rule',
      `${item.field ?? 'the item'} names no hash of ${algorithms.join(', ')}`,
    );
  const items = [...values].map(
    ([field, hashes]): DetectionItem => ({
      ...item,
      ...(field === '' ? {} : { field }),
      modifiers: item.negated ? ['neq'] : [],
      values: hashes.map((raw) => ({
        raw,
        test: { kind: 'pattern', pattern: readPlainForm(raw), cased: false },
      })),
    }),
  );
  if (items.length === 1) return items[0]!;
  // All of the hashes where the rule asked for all; and none of them is a conjunction too.
  return { type: item.linking === 'and' || item.negated ? 'and' : 'or', items };
}
