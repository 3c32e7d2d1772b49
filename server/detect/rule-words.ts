import type { RuleWords } from '@vigie/contracts/api';
import {
  type DetectionItem,
  type Logsource,
  resolveField,
  type SelectionNode,
  type SigmaCorrelation,
  type Taxonomy,
} from '@vigie/sigma';
import type { AnyRule } from './rule-unit.ts';

/** Values of an item that are listed; the others are counted. */
const VALUES = 40;
const LONGEST_VALUE = 400;
/** Lines of a selection. */
const LINES = 400;

type Line = RuleWords['selections'][number]['lines'][number];

/** Says what a rule looks for. */
export function wordsOf(
  rule: AnyRule,
  taxonomy: Taxonomy,
  find: (name: string) => AnyRule | undefined,
): RuleWords {
  if (rule.kind === 'correlation')
    return {
      conditions: rule.correlation.expression === undefined ? [] : [rule.correlation.expression.text],
      selections: [],
      correlation: {
        sentence: sentenceOf(rule),
        rules: rule.correlation.rules.map((name) => {
          const known = find(name);
          return { name, id: known?.id ?? null, title: known?.title ?? name };
        }),
        groupBy: [...rule.correlation.groupBy],
        timespan: rule.correlation.timespan,
      },
    };
  return {
    conditions: rule.detection.conditions.map(({ text }) => text),
    selections: rule.detection.selections.map(({ name, node }) => {
      const lines: Line[] = [];
      write(node, 0, lines, rule.logsource, taxonomy);
      return { name, lines };
    }),
    correlation: null,
  };
}

function write(
  node: SelectionNode,
  depth: number,
  lines: Line[],
  logsource: Logsource,
  taxonomy: Taxonomy,
): void {
  if (lines.length >= LINES) return;
  if (node.type === 'item') {
    lines.push(itemLine(node, depth, logsource, taxonomy));
    return;
  }
  const [only] = node.items;
  // A list or map of one thing says no more than the thing.
  if (node.items.length === 1 && only !== undefined) {
    write(only, depth, lines, logsource, taxonomy);
    return;
  }
  lines.push({
    depth,
    kind: node.type === 'and' ? 'all' : 'any',
    field: '',
    test: '',
    negated: false,
    every: false,
    values: [],
    more: 0,
    found: [],
  });
  for (const item of node.items) write(item, depth + 1, lines, logsource, taxonomy);
}

function itemLine(item: DetectionItem, depth: number, logsource: Logsource, taxonomy: Taxonomy): Line {
  const { field, modifiers, values } = item;
  const plain = modifiers.includes('exists') || (values.length === 1 && values[0]?.test.kind === 'null');
  return {
    depth,
    kind: 'item',
    field: field ?? '',
    test: testOf(item),
    negated: item.negated,
    every: item.linking === 'and',
    values: plain ? [] : values.slice(0, VALUES).map(({ raw }) => raw.slice(0, LONGEST_VALUE)),
    more: plain ? 0 : Math.max(0, values.length - VALUES),
    found:
      field === undefined
        ? [...(taxonomy.keywords ?? [])]
        : [...resolveField(taxonomy, logsource, field).candidates],
  };
}

const COMPARE = { lt: 'is below', lte: 'is at most', gt: 'is above', gte: 'is at least' } as const;
const POSITION = { contains: 'contains', startswith: 'starts with', endswith: 'ends with' } as const;
const TIME = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;

/** What an item's modifiers make of its values, in words. */
function testOf({ field, modifiers, values }: DetectionItem): string {
  const has = (name: string) => modifiers.includes(name);
  const [first] = values;
  if (has('exists')) return first?.test.kind === 'exists' && !first.test.value ? 'is absent' : 'is present';
  if (values.length === 1 && first?.test.kind === 'null') return 'is absent or null';
  const time = TIME.find(has);
  const compare = (Object.keys(COMPARE) as (keyof typeof COMPARE)[]).find(has);
  if (time !== undefined) return `(its ${time}) ${compare === undefined ? 'is' : COMPARE[compare]}`;
  if (compare !== undefined) return COMPARE[compare];
  if (has('cidr')) return 'is an address in';
  if (has('re')) {
    const flags = ['i', 'm', 's'].filter(has).join('');
    return `matches the expression${flags === '' ? '' : ` (${flags})`}`;
  }
  const position = (Object.keys(POSITION) as (keyof typeof POSITION)[]).find(has);
  const how = [
    ...(has('windash') ? ['with any dash'] : []),
    ...(has('base64offset') ? ['in Base64 at any offset'] : has('base64') ? ['in Base64'] : []),
    ...(['wide', 'utf16le', 'utf16be', 'utf16'].some(has) ? ['as UTF-16'] : []),
    ...(has('cased') ? ['in this exact case'] : []),
    ...(has('expand') ? ['from a list of this installation'] : []),
  ];
  const verb = position === undefined ? (field === undefined ? 'contain' : 'is') : POSITION[position];
  return `${verb}${has('fieldref') ? ' the value of' : ''}${how.length === 0 ? '' : ` (${how.join(', ')})`}`;
}

const AGGREGATE = {
  event_count: 'events',
  value_count: 'different values of',
  value_sum: 'the sum of',
  value_avg: 'the average of',
  value_percentile: 'the percentile of',
  value_median: 'the median of',
} as const;
const BOUND = {
  gte: (n: number) => `${n} or more`,
  gt: (n: number) => `more than ${n}`,
  lte: (n: number) => `at most ${n}`,
  lt: (n: number) => `fewer than ${n}`,
  eq: (n: number) => `exactly ${n}`,
  neq: (n: number) => `not ${n}`,
} as const;

/** A correlation as a sentence without its rules' titles, which are listed beside it. */
export function sentenceOf({ correlation }: SigmaCorrelation): string {
  const { type, range, timespan, groupBy, fields, percentile } = correlation;
  const bounds = (Object.keys(BOUND) as (keyof typeof BOUND)[])
    .filter((operator) => range[operator] !== undefined)
    .map((operator) => BOUND[operator](range[operator]!));
  const within = `within ${durationText(timespan)}`;
  const same = groupBy.length === 0 ? '' : `, with the same ${listText(groupBy)}`;
  if (type === 'temporal' || type === 'temporal_ordered') {
    const what =
      correlation.expression === undefined
        ? bounds.length === 0
          ? 'All of these'
          : `${capital(bounds.join(' and '))} of these`
        : 'These, as the condition says,';
    return `${what} happen${type === 'temporal_ordered' ? ' in this order' : ''} ${within}${same}.`;
  }
  const of = fields.length === 0 ? '' : ` ${listText(fields)}`;
  if (type === 'event_count' || type === 'value_count')
    return `${capital(bounds.join(' and '))} ${AGGREGATE[type]}${of} ${within}${same}.`;
  const which = type === 'value_percentile' ? `the ${percentile ?? 50}th percentile of` : AGGREGATE[type];
  return `${capital(which)}${of} is ${bounds.join(' and ')} ${within}${same}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function listText(names: readonly string[]): string {
  return names.length < 2
    ? (names[0] ?? '')
    : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}

function durationText(ms: number): string {
  const units = [
    ['day', 86_400_000],
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1000],
  ] as const;
  for (const [name, length] of units)
    if (ms >= length && ms % length === 0) return `${ms / length} ${name}${ms === length ? '' : 's'}`;
  return `${ms / 1000} seconds`;
}
