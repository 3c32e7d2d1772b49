/** Field name transformations, wherever a document names fields. */
import {
  ANY_RUN,
  type DetectionItem,
  type ItemValue,
  type SelectionNode,
  type SigmaCorrelation,
} from '../ast.ts';
import { normalizePattern } from '../pattern.ts';
import { appliesToField, appliesToItem } from './conditions.ts';
import type { Processed, RunContext } from './context.ts';
import { mapItems, markAll } from './detection.ts';
import { type FieldTransformation, PipelineError, type ProcessingItem } from './types.ts';

/** Renames the fields of a document. @throws PipelineError */
export function transformFields(
  step: ProcessingItem,
  transformation: FieldTransformation,
  document: Processed,
  context: RunContext,
): Processed {
  /** The new names of a field that stands outside a detection item. */
  const rename = (field: string): readonly string[] => {
    const names = newNames(transformation, field);
    if (names === undefined || !appliesToField(step, field, context)) return [field];
    for (const name of names) {
      context.spend(1, name.length);
      context.markField(name, step.id);
    }
    return names;
  };
  const changed = mapItems(document, (item) => {
    if (!appliesToItem(step, item, context)) return item;
    const made = renameItem(renameReferences(item, rename), transformation, context);
    if (made !== item) markAll(made, item, step.id, context);
    return made;
  });
  const fields = changed.fields.flatMap(rename);
  const named = sameTexts(fields, changed.fields) ? changed : { ...changed, fields };
  return named.kind === 'correlation' ? renameCorrelation(named, rename) : named;
}

/** @returns `undefined` for a field that the transformation leaves */
function newNames(transformation: FieldTransformation, field: string): readonly string[] | undefined {
  switch (transformation.type) {
    case 'field_name_mapping':
      return transformation.mapping.get(field);
    case 'field_name_prefix_mapping':
      for (const [prefix, names] of transformation.mapping)
        if (field.startsWith(prefix)) return names.map((name) => name + field.slice(prefix.length));
      return undefined;
    case 'field_name_prefix':
      return [transformation.prefix + field];
    case 'field_name_suffix':
      return [field + transformation.suffix];
  }
}

function renameItem(
  item: DetectionItem,
  transformation: FieldTransformation,
  context: RunContext,
): SelectionNode {
  if (item.field !== undefined) return spread(item, newNames(transformation, item.field), context);
  const names = transformation.type === 'field_name_mapping' ? transformation.keywords : undefined;
  if (names === undefined) return item;
  // Keywords are looked for anywhere in an event, so in their field too they may stand anywhere.
  const values = item.values.map((value): ItemValue => {
    const { test } = value;
    if (test.kind !== 'pattern') return value;
    return { ...value, test: { ...test, pattern: normalizePattern([ANY_RUN, ...test.pattern, ANY_RUN]) } };
  });
  return spread({ ...item, values }, names, context);
}

/** One item for each name, joined by or; under `neq`, where no name may hold a value, by and. */
function spread(
  item: DetectionItem,
  names: readonly string[] | undefined,
  context: RunContext,
): SelectionNode {
  if (names === undefined) return item;
  context.spend(
    names.length,
    names.reduce((sum, name) => sum + name.length, 0),
  );
  const items = names.map((field) => ({ ...item, field }));
  return items.length === 1 ? items[0]! : { type: item.negated ? 'and' : 'or', items };
}

function renameReferences(item: DetectionItem, rename: (field: string) => readonly string[]): DetectionItem {
  if (!item.values.some(({ test }) => test.kind === 'fieldref')) return item;
  const values = item.values.flatMap((value): ItemValue[] => {
    const { test } = value;
    if (test.kind !== 'fieldref') return [value];
    const names = rename(test.field);
    if (names.length === 1 && names[0] === test.field) return [value];
    return names.map((field) => ({ raw: field, test: { ...test, field } }));
  });
  return values.every((value, i) => value === item.values[i]) ? item : { ...item, values };
}

function renameCorrelation(
  document: SigmaCorrelation,
  rename: (field: string) => readonly string[],
): SigmaCorrelation {
  const { correlation } = document;
  const one = (field: string, where: string): string => {
    const names = rename(field);
    if (names.length === 1) return names[0]!;
    throw new PipelineError(
      'pipeline_failed_rule',
      `${field} in ${where} of a correlation can't become several fields`,
    );
  };
  const aliases = correlation.aliases.map(({ name, fields }) => ({
    name,
    fields: fields.map(({ rule, field }) => ({ rule, field: one(field, 'an alias') })),
  }));
  const own = new Set(aliases.map(({ name }) => name));
  const groupBy = correlation.groupBy.flatMap((field) => (own.has(field) ? [field] : rename(field)));
  const fields = correlation.fields.map((field) => one(field, 'the condition'));
  return { ...document, correlation: { ...correlation, aliases, groupBy, fields } };
}

function sameTexts(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((text, i) => text === right[i]);
}
