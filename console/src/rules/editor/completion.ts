import type { SigmaFields, SigmaVocabulary } from '../../api/types.ts';
import { ATTRIBUTES, BOUNDS, CONDITION, CORRELATION, CORRELATION_TYPES, MODIFIERS } from './words.ts';
import { contextAt, documentAround, type Outline, outlineOf, type YamlContext } from './yaml-context.ts';

/** What can be written at the cursor. */
export interface Suggestion {
  readonly label: string;
  readonly detail?: string;
  /** Text to insert in place of what was typed. */
  readonly insert: string;
  readonly kind: 'key' | 'value' | 'field' | 'modifier';
}

export interface Suggestions {
  /** Column (from 0) of the line where the inserted text begins. */
  readonly column: number;
  readonly options: readonly Suggestion[];
}

/** The installation's words; absent while they are under way. */
export interface Words {
  readonly vocabulary?: SigmaVocabulary | undefined;
  readonly fields?: SigmaFields | undefined;
  /** Makes an id. */
  readonly newId: () => string;
  /** Today as `2026-03-04`. */
  readonly today: string;
}

/**
 * What Sigma allows at a place of a rule.
 *
 * @param at number of the line, from 0
 * @param column of the cursor, from 0
 */
export function suggest(
  lines: readonly string[],
  at: number,
  column: number,
  words: Words,
): Suggestions | null {
  const context = contextAt(lines, at, column);
  if (context === null) return null;
  const { from, to } = documentAround(lines, at);
  const outline = outlineOf(lines.slice(from, to));
  const options = context.kind === 'key' ? keys(context, outline, words) : values(context, outline, words);
  if (options.length === 0) return null;
  const bar = context.kind === 'key' ? context.typed.lastIndexOf('|') : -1;
  return { column: context.column + bar + 1, options };
}

function keys(context: YamlContext, outline: Outline, words: Words): Suggestion[] {
  const [top, second] = context.path;
  const inner = ' '.repeat(context.indent + 2);
  const open = ({ name, about, open: opens }: (typeof ATTRIBUTES)[number]): Suggestion => ({
    label: name,
    detail: about,
    insert: opens === undefined ? `${name}: ` : `${name}:\n${inner}${opens === 'list' ? '- ' : ''}`,
    kind: 'key',
  });
  if (top === undefined)
    return context.item ? [] : ATTRIBUTES.filter(({ name }) => !outline.keys.has(name)).map(open);
  if (context.item && context.path.length === 1) return listItems(top, words);
  switch (top) {
    case 'logsource':
      return ['product', 'category', 'service', 'definition']
        .filter((name) => !(name in outline.logsource))
        .map((name) => ({ label: name, insert: `${name}: `, kind: 'key' }));
    case 'detection':
      if (second === undefined) return selectionNames(outline);
      return second === 'condition' || context.path.length > 2 ? [] : fieldNames(context, words);
    case 'correlation':
      if (second === undefined) return CORRELATION.map(open);
      if (second === 'condition')
        return Object.entries(BOUNDS).map(([name, about]) => ({
          label: name,
          detail: about,
          insert: `${name}: `,
          kind: 'key',
        }));
      return second === 'group-by' ? plainFields(words) : [];
    case 'related':
      return ['id', 'type'].map((name) => ({ label: name, insert: `${name}: `, kind: 'key' }));
    default:
      return [];
  }
}

function values(context: YamlContext, outline: Outline, words: Words): Suggestion[] {
  const { vocabulary } = words;
  const plain = (list: readonly string[] | undefined): Suggestion[] =>
    (list ?? []).map((each) => ({ label: each, insert: each, kind: 'value' }));
  const explained = (list: Readonly<Record<string, string>>): Suggestion[] =>
    Object.entries(list).map(([name, about]) => ({
      label: name,
      ...(about === '' ? {} : { detail: about }),
      insert: name,
      kind: 'value',
    }));
  const [top] = context.path;
  if (top === undefined)
    switch (context.key) {
      case 'status':
        return plain(vocabulary?.statuses);
      case 'level':
        return plain(vocabulary?.levels);
      case 'id':
        return [{ label: 'a new id', insert: words.newId(), kind: 'value' }];
      case 'date':
      case 'modified':
        return plain([words.today]);
      default:
        return [];
    }
  if (top === 'logsource' && isAttribute(context.key)) return logsources(context.key, outline, vocabulary);
  if (top === 'detection' && context.path.length === 1 && context.key === 'condition')
    return [
      ...outline.selections.map((name): Suggestion => ({ label: name, insert: name, kind: 'value' })),
      ...prefixes(outline.selections).map(
        (prefix): Suggestion => ({
          label: `1 of ${prefix}`,
          detail: 'any of these selections',
          insert: `1 of ${prefix}`,
          kind: 'value',
        }),
      ),
      ...explained(CONDITION),
    ];
  if (top === 'correlation' && context.path.length === 1 && context.key === 'type')
    return explained(CORRELATION_TYPES);
  if (top === 'correlation' && context.key === 'field') return plainFields(words);
  if (top === 'related' && context.key === 'type')
    return plain(['derived', 'obsolete', 'merged', 'renamed', 'similar']);
  return [];
}

function listItems(top: string, words: Words): Suggestion[] {
  if (top === 'tags')
    return (words.vocabulary?.tags ?? []).map(({ tag, name }) => ({
      label: tag,
      detail: name,
      insert: tag,
      kind: 'value',
    }));
  if (top === 'fields') return plainFields(words);
  return [];
}

function selectionNames({ selections }: Outline): Suggestion[] {
  const free = (name: string) => !selections.includes(name);
  return [
    { label: 'condition', detail: 'which selections must hold', insert: 'condition: ', kind: 'key' },
    ...['selection', 'filter']
      .filter(free)
      .map((name): Suggestion => ({ label: name, insert: `${name}:\n    `, kind: 'key' })),
  ];
}

function fieldNames({ typed }: YamlContext, words: Words): Suggestion[] {
  const parts = typed.split('|');
  if (parts.length > 1) {
    const used = new Set(parts.slice(1, -1));
    const order = Object.keys(MODIFIERS);
    const place = (name: string) => (order.indexOf(name) + order.length) % order.length;
    return [...(words.vocabulary?.modifiers ?? order)]
      .filter((name) => !used.has(name))
      .sort((a, b) => place(a) - place(b))
      .map((name) => ({
        label: name,
        detail: MODIFIERS[name] ?? '',
        insert: name,
        kind: 'modifier',
      }));
  }
  return (words.fields?.fields ?? []).map(({ name, found }) => ({
    label: name,
    detail: found.length === 1 && found[0] === name ? '' : found.slice(0, 2).join(', '),
    insert: name,
    kind: 'field',
  }));
}

function plainFields(words: Words): Suggestion[] {
  return (words.fields?.fields ?? []).map(({ name }) => ({ label: name, insert: name, kind: 'field' }));
}

type Attribute = 'product' | 'category' | 'service';

function isAttribute(key: string): key is Attribute {
  return key === 'product' || key === 'category' || key === 'service';
}

/** Values of one attribute that go with what is written of the others, and then all the rest. */
function logsources(key: Attribute, outline: Outline, vocabulary: SigmaVocabulary | undefined): Suggestion[] {
  const others = (['product', 'category', 'service'] as const).filter((name) => name !== key);
  const fits = new Set<string>();
  const rest = new Set<string>();
  for (const entry of vocabulary?.logsources ?? []) {
    const value = entry[key];
    if (value === undefined) continue;
    const together = others.every(
      (name) => outline.logsource[name] === undefined || outline.logsource[name] === entry[name],
    );
    (together ? fits : rest).add(value);
  }
  return [
    ...[...fits].map((value): Suggestion => ({ label: value, insert: value, kind: 'value' })),
    ...[...rest]
      .filter((value) => !fits.has(value))
      .map(
        (value): Suggestion => ({
          label: value,
          detail: 'not with the rest',
          insert: value,
          kind: 'value',
        }),
      ),
  ];
}

/** `name_*` for names that share what stands before the first `_`. */
function prefixes(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of names) {
    const prefix = /^[a-zA-Z0-9]+(?=_)/.exec(name)?.[0];
    if (prefix !== undefined) counts.set(prefix, (counts.get(prefix) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > 1).map(([prefix]) => `${prefix}_*`);
}
