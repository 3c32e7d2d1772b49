import {
  CORRELATION_TYPES,
  type CorrelationRange,
  type CorrelationType,
  type Metadata,
  type SigmaCorrelation,
} from '../ast.ts';
import type { RuleBudget } from '../budget.ts';
import { parseCondition } from '../condition.ts';
import { IssueError } from '../issue.ts';
import { readText, readTexts } from '../metadata.ts';
import { readNumber } from '../modifiers.ts';
import { child, type YamlEntry, type YamlMap } from '../yaml.ts';

/** Milliseconds; months and years are those of pySigma, a twelfth of a Gregorian year and one of them. */
const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  M: 2_629_746_000,
  y: 31_556_952_000,
};
const OPERATORS = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq'] as const;
const MAX_TIMESPAN = 366 * 86_400_000;

/** Reads the `correlation` section of a document. @throws IssueError */
export function readCorrelation(
  metadata: Metadata,
  entry: YamlEntry,
  generate: boolean,
  budget: RuleBudget,
): SigmaCorrelation {
  const map = entry.value;
  if (map.kind !== 'map') throw new IssueError('attribute_type', 'correlation must be a map', entry.position);
  const type = readText(child(map, 'type'), 64) as CorrelationType | undefined;
  if (type === undefined || !CORRELATION_TYPES.includes(type))
    throw new IssueError(
      'attribute_value',
      `type must be one of ${CORRELATION_TYPES.join(', ')}`,
      position(map, 'type'),
    );
  const temporal = type === 'temporal' || type === 'temporal_ordered';
  const condition = child(map, 'condition');
  const text = condition?.value.kind === 'scalar' ? readText(condition, 16_384) : undefined;
  const listed = readTexts(child(map, 'rules'));
  const rules = listed.length === 0 && temporal && text !== undefined ? namesIn(text) : listed;
  if (rules.length === 0)
    throw new IssueError('attribute_missing', 'rules are missing', position(map, 'rules'));
  if (new Set(rules).size < rules.length && type !== 'temporal_ordered')
    throw new IssueError('attribute_value', 'a rule is named twice', position(map, 'rules'));
  const { range, fields, percentile } =
    condition?.value.kind === 'map'
      ? readRange(condition.value)
      : { range: {}, fields: [], percentile: undefined };
  if (text !== undefined && !temporal)
    throw new IssueError(
      'attribute_type',
      `${type} needs a condition such as {gte: 10}`,
      condition!.position,
    );
  if (!temporal && Object.keys(range).length === 0)
    throw new IssueError(
      'attribute_missing',
      `${type} needs a condition such as {gte: 10}`,
      position(map, 'condition'),
    );
  const needsField = type.startsWith('value_');
  if (needsField && fields.length === 0)
    throw new IssueError('attribute_missing', `${type} needs condition.field`, position(map, 'condition'));
  if (fields.length > 1 && type !== 'value_count')
    throw new IssueError('attribute_value', `${type} takes one field`, position(map, 'condition'));
  return {
    ...metadata,
    kind: 'correlation',
    correlation: {
      type,
      rules,
      groupBy: readTexts(child(map, 'group-by')),
      timespan: readTimespan(map),
      range,
      ...(text === undefined
        ? {}
        : { expression: { text, node: parseCondition(text, rules, condition!.position, budget) } }),
      fields,
      ...(type === 'value_percentile' ? { percentile: percentile ?? 50 } : {}),
      aliases: readAliases(child(map, 'aliases')),
      generate: generate || isTrue(child(map, 'generate')),
    },
  };
}

/** The rules that a condition names, in their order: a condition over rules may stand without their list. */
function namesIn(condition: string): string[] {
  const words = condition.split(/[\s()]+/).filter((word) => word !== '' && !/^(?:and|or|not)$/i.test(word));
  return [...new Set(words)];
}

/** Whether an entry is there and true. */
export function isTrue(entry: YamlEntry | undefined): boolean {
  return entry?.value.kind === 'scalar' && entry.value.value === true;
}

function readTimespan(map: YamlMap): number {
  const entry = child(map, 'timespan') ?? child(map, 'timeframe');
  const text = readText(entry, 16);
  const match = /^(\d{1,9})([smhdwMy])$/.exec(text ?? '');
  const span = match ? Number(match[1]) * UNITS[match[2]!]! : 0;
  if (span <= 0 || span > MAX_TIMESPAN)
    throw new IssueError(
      'attribute_value',
      span > MAX_TIMESPAN
        ? 'timespan may be 366 days at most'
        : 'timespan must be a number and s, m, h, d, w, M or y, such as 15m',
      position(map, 'timespan'),
    );
  return span;
}

function readRange(map: YamlMap): {
  range: CorrelationRange;
  fields: string[];
  percentile: number | undefined;
} {
  const range: { -readonly [K in keyof CorrelationRange]: CorrelationRange[K] } = {};
  let percentile: number | undefined;
  for (const entry of map.entries) {
    if (entry.key === 'field') continue;
    const number = readNumber(readText(entry, 64) ?? '');
    if (number === undefined)
      throw new IssueError('value_type', `${entry.key} must be a number`, entry.position);
    const operator = OPERATORS.find((name) => name === entry.key);
    if (operator !== undefined) range[operator] = number;
    else if (entry.key === 'percentile' && number >= 0 && number <= 100) percentile = number;
    else throw new IssueError('attribute_value', `${entry.key} is not a valid condition`, entry.position);
  }
  return { range, percentile, fields: readTexts(child(map, 'field')) };
}

function readAliases(entry: YamlEntry | undefined): SigmaCorrelation['correlation']['aliases'] {
  if (!entry) return [];
  if (entry.value.kind !== 'map')
    throw new IssueError('attribute_type', 'aliases must be a map', entry.position);
  return entry.value.entries.map((alias) => {
    if (alias.value.kind !== 'map')
      throw new IssueError('attribute_type', 'an alias must map rules to fields', alias.position);
    const fields = alias.value.entries.map((rule) => {
      const field = readText(rule, 256);
      if (field === undefined)
        throw new IssueError('attribute_missing', 'the field is missing', rule.position);
      return { rule: rule.key, field };
    });
    return { name: alias.key, fields };
  });
}

function position(map: YamlMap, key: string): { line: number; column: number } {
  return child(map, key)?.position ?? map;
}
