import {
  ANY_RUN,
  type Detection,
  type DetectionItem,
  filtersFor,
  type Logsource,
  parseRules,
  type SelectionNode,
  type SigmaCorrelation,
  type SigmaFilter,
  type SigmaRule,
} from '@vigie/sigma';
import { stringify } from 'yaml';

/** Values of one exception; more is an indicator list, not an exception. */
const MAX_VALUES = 1_000;
const MAX_RULES = 100;

/** One field that must hold for an event to be silenced; of several values one is enough. */
export interface FilterField {
  readonly field: string;
  readonly match: 'equals' | 'contains' | 'startswith' | 'endswith' | 'cidr';
  readonly values: readonly string[];
}

/** A filter as read, or why it can't be one of an exception. */
export type ReadFilter = { readonly filter: SigmaFilter } | { readonly problem: string };

/**
 * Reads the filter of an exception: one Sigma document of kind filter, without placeholders (there is nothing
 * to fill them with) and within bounds.
 */
export function readFilter(text: string): ReadFilter {
  const parsed = parseRules(text);
  const error = parsed.errors[0];
  if (error !== undefined)
    return { problem: `${error.line === undefined ? '' : `line ${error.line}: `}${error.message}` };
  const filter = parsed.filters[0];
  if (
    filter === undefined ||
    parsed.filters.length > 1 ||
    parsed.rules.length + parsed.correlations.length > 0
  )
    return { problem: 'the text must hold one Sigma filter and nothing else' };
  if (filter.rules !== 'any' && filter.rules.length > MAX_RULES)
    return { problem: `an exception may name at most ${MAX_RULES} rules` };
  const items = [...itemsOf(filter.detection)];
  if (items.reduce((sum, item) => sum + item.values.length, 0) > MAX_VALUES)
    return { problem: `an exception may hold at most ${MAX_VALUES} values` };
  const expanding = items.find(({ modifiers }) => modifiers.includes('expand'));
  if (expanding !== undefined)
    return {
      problem: `line ${expanding.position.line}: placeholders (expand) can't be used in an exception`,
    };
  return { filter };
}

/** Every item of a detection, whatever its condition says of it. */
export function* itemsOf({ selections }: Detection): Generator<DetectionItem> {
  for (const { node } of selections) yield* itemsBelow(node);
}

function* itemsBelow(node: SelectionNode): Generator<DetectionItem> {
  if (node.type === 'item') yield node;
  else for (const item of node.items) yield* itemsBelow(item);
}

/**
 * Whether a filter concerns a rule. Detection rules by Sigma's own terms: named (or `any`) and of a logsource
 * that the filter's covers. Correlations have no logsource: they are concerned where they are named, by no `any`.
 */
export function concerns(filter: SigmaFilter, rule: SigmaRule | SigmaCorrelation): boolean {
  if (rule.kind === 'rule') return filtersFor(rule, [filter]).length > 0;
  return (
    filter.rules !== 'any' &&
    ((rule.id !== undefined && filter.rules.includes(rule.id)) ||
      (rule.name !== undefined && filter.rules.includes(rule.name)))
  );
}

/** The name by which a filter can name a rule; undefined where the rule has neither id nor name. */
export function nameFor(rule: SigmaRule | SigmaCorrelation): string | undefined {
  return rule.id ?? rule.name;
}

/** Why a filter that names this rule can't be an exception for it; undefined: it can. */
export function misfit(filter: SigmaFilter, rule: SigmaRule | SigmaCorrelation): string | undefined {
  if (rule.kind === 'rule')
    return concerns(filter, rule)
      ? undefined
      : `the filter's logsource does not cover that of "${rule.title}"`;
  const { groupBy } = rule.correlation;
  if (groupBy.length === 0)
    return `"${rule.title}" has no group-by, so nothing tells one firing from another; make an exception for the rules that it counts`;
  const strange = [...itemsOf(filter.detection)].find(
    (item) =>
      item.field === undefined ||
      !groupBy.includes(item.field) ||
      item.values.some(({ test }) => test.kind === 'fieldref' && !groupBy.includes(test.field)),
  );
  if (strange === undefined) return undefined;
  return `an exception for the correlation "${rule.title}" can only look at what it groups by (${groupBy.join(', ')}), not at ${strange.field ?? 'keywords'}; make an exception for the rules that it counts`;
}

/** Whether no selection of the filter is negated: then the rule fires only where the filter holds. */
export function isInclusive({ detection }: SigmaFilter): boolean {
  const negates = (node: Detection['conditions'][number]['node']): boolean => {
    if (node.op === 'not') return true;
    return (node.op === 'and' || node.op === 'or') && node.items.some(negates);
  };
  return (
    !detection.conditions.some(({ node }) => negates(node)) &&
    ![...itemsOf(detection)].some((item) => item.negated)
  );
}

/** Whether every value that the filter asks for is any value: it silences without telling anything apart. */
export function isBoundless({ detection }: SigmaFilter): boolean {
  const items = [...itemsOf(detection)];
  return items.every((item) =>
    item.values.every(
      ({ test }) =>
        (test.kind === 'pattern' && test.pattern.every((part) => part === ANY_RUN)) ||
        (test.kind === 'exists' && test.value) ||
        (test.kind === 'cidr' && test.network.endsWith('/0')) ||
        (test.kind === 'regex' && /^\^?(?:\.[*+])?\$?$/.test(test.pattern)),
    ),
  );
}

/**
 * The complement of a filter: holds for what the filter silences.
 *
 * Sigma joins a filter to a rule with `and` (https://sigmahq.io/docs/meta/filters.html: `(rule) and (filter)`),
 * so the rule is silent where none of the filter's conditions holds.
 */
export function silencedBy({ selections, conditions }: Detection): Detection {
  const items = conditions.map(({ node }) =>
    node.op === 'not' ? node.item : { op: 'not' as const, item: node },
  );
  return {
    selections,
    conditions: [
      {
        text: conditions.map(({ text }) => `not (${text})`).join(' and '),
        node: items.length === 1 ? items[0]! : { op: 'and', items },
      },
    ],
  };
}

/** A detection rule that holds for what the filter silences, on events of a logsource. */
export function silencingRule(filter: SigmaFilter, id: string, logsource: Logsource): SigmaRule {
  return {
    kind: 'rule',
    title: filter.title,
    id,
    logsource,
    detection: silencedBy(filter.detection),
    line: 1,
    references: [],
    tags: [],
    fields: [],
    falsepositives: [],
    related: [],
    scope: [],
    custom: {},
  };
}

/** The rule, held against what the filter silences only; for searching stored events. */
export function silencedPart(rule: SigmaRule, filter: SigmaFilter): SigmaRule {
  const other = silencedBy(filter.detection);
  // Names of selections are looked up exactly, and one that no YAML key can have never meets the rule's own.
  const renamed = (name: string) => `\u0000exception\u0000${name}`;
  const rename = (node: Detection['conditions'][number]['node']): typeof node => {
    switch (node.op) {
      case 'and':
      case 'or':
        return { op: node.op, items: node.items.map(rename) };
      case 'not':
        return { op: 'not', item: rename(node.item) };
      case 'ref':
        return { op: 'ref', name: renamed(node.name) };
      case 'of':
        return { ...node, names: node.names.map(renamed) };
    }
  };
  const silenced = rename(other.conditions[0]!.node);
  return {
    ...rule,
    detection: {
      selections: [
        ...rule.detection.selections,
        ...other.selections.map(({ name, node }) => ({ name: renamed(name), node })),
      ],
      conditions: rule.detection.conditions.map(({ text, node }) => ({
        text,
        node: { op: 'and', items: [node, silenced] },
      })),
    },
  };
}

/** Writes a filter that silences what all the given fields hold for. */
export function composeFilter(parts: {
  readonly title: string;
  readonly logsource: Logsource;
  readonly rules: readonly string[];
  readonly fields: readonly FilterField[];
}): string {
  const selection = new Map<string, string | string[]>();
  for (const { field, match, values } of parts.fields) {
    const key = match === 'equals' ? field : `${field}|${match}`;
    const written = values.map((value) => (match === 'cidr' ? value : escapeValue(value)));
    const known = selection.get(key);
    const all = known === undefined ? written : [known, written].flat();
    selection.set(key, all.length === 1 ? all[0]! : all);
  }
  const { product, category, service } = parts.logsource;
  return stringify(
    {
      title: parts.title,
      logsource: {
        ...(product === undefined ? {} : { product }),
        ...(category === undefined ? {} : { category }),
        ...(service === undefined ? {} : { service }),
      },
      filter: { rules: [...parts.rules], selection, condition: 'not selection' },
    },
    // A block keeps less of a text's last line breaks than its quotes do.
    { lineWidth: 0, blockQuote: false, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER },
  );
}

/**
 * A text as a Sigma value that means exactly it: `*` and `?` are escaped, and so are backslashes that would
 * otherwise escape or be escaped. A backslash alone before an ordinary character stays as it is, for the eye.
 */
export function escapeValue(text: string): string {
  return text.replace(/\\+(?=[*?]|$)|\\{2,}|[*?]/g, (part) => (part[0] === '\\' ? part + part : `\\${part}`));
}
