import { LEVELS, type Level } from '@vigie/contracts';
import { type Logsource, type Metadata, type Position, type Related, STATUSES, type Status } from './ast.ts';
import { IssueError } from './issue.ts';
import { child, toJson, type YamlEntry, type YamlMap, type YamlNode } from './yaml.ts';

const MAX_TITLE = 256;
const MAX_TEXT = 65_535;

/** Attributes every kind of document may have. */
const COMMON = [
  'title', 'id', 'name', 'taxonomy', 'status', 'description', 'license', 'author', 'date', 'modified', 'level',
  'references', 'tags', 'fields', 'falsepositives', 'related', 'scope',
]; // biome-ignore format: a table

/**
 * Reads the attributes that all Sigma documents share.
 *
 * @param own attributes of this kind of document; what is neither common nor own is kept as custom
 * @throws IssueError
 */
export function readMetadata(map: YamlMap, own: readonly string[], file: string | undefined): Metadata {
  const optional: Record<string, string> = {};
  for (const name of ['id', 'name', 'taxonomy', 'license', 'author', 'date', 'modified', 'description']) {
    const text = readText(child(map, name), MAX_TEXT);
    if (text !== undefined) optional[name] = text;
  }
  const title = readText(child(map, 'title'), MAX_TITLE);
  if (title === undefined || title === '')
    throw new IssueError('attribute_missing', 'the title is missing', map);
  const custom = map.entries.filter((entry) => !COMMON.includes(entry.key) && !own.includes(entry.key));
  const status = readChoice<Status>(child(map, 'status'), STATUSES);
  const level = readChoice<Level>(child(map, 'level'), LEVELS);
  return {
    ...optional,
    title,
    ...(status ? { status } : {}),
    ...(level ? { level } : {}),
    references: readTexts(child(map, 'references')),
    tags: readTexts(child(map, 'tags')),
    fields: readTexts(child(map, 'fields')),
    falsepositives: readTexts(child(map, 'falsepositives')),
    related: readRelated(child(map, 'related')),
    scope: readTexts(child(map, 'scope')),
    custom: Object.fromEntries(custom.map((entry) => [entry.key, toJson(entry.value)])),
    ...(file === undefined ? {} : { file }),
    line: map.line,
  };
}

/** Reads a logsource; at least one of product, category and service is needed. @throws IssueError */
export function readLogsource(map: YamlMap): Logsource {
  const entry = child(map, 'logsource');
  if (!entry) throw new IssueError('attribute_missing', 'the logsource is missing', map);
  if (entry.value.kind !== 'map')
    throw new IssueError('attribute_type', 'logsource must be a map', entry.position);
  const logsource: { -readonly [K in keyof Logsource]: Logsource[K] } = {};
  for (const name of ['product', 'category', 'service', 'definition'] as const) {
    const text = readText(child(entry.value, name), MAX_TEXT);
    if (text !== undefined && text !== '') logsource[name] = text;
  }
  if (logsource.product === undefined && logsource.category === undefined && logsource.service === undefined)
    throw new IssueError(
      'attribute_missing',
      'logsource needs a product, category or service',
      entry.position,
    );
  return logsource;
}

/** Text of an entry; numbers and dates as written; `undefined` if the entry is absent or null. @throws IssueError */
export function readText(entry: YamlEntry | undefined, longest: number): string | undefined {
  if (!entry) return undefined;
  const { value } = entry;
  if (value.kind !== 'scalar')
    throw new IssueError('attribute_type', `${entry.key} must be text`, entry.position);
  if (value.value === null) return undefined;
  const text = typeof value.value === 'string' ? value.value : value.text;
  if (text.length > longest)
    throw new IssueError(
      'attribute_value',
      `${entry.key} is longer than ${longest} characters`,
      entry.position,
    );
  return text;
}

/** A list of texts; a single text is a list of one; absent is empty. @throws IssueError */
export function readTexts(entry: YamlEntry | undefined): string[] {
  if (!entry) return [];
  const nodes: readonly YamlNode[] = entry.value.kind === 'list' ? entry.value.items : [entry.value];
  return nodes.flatMap((node) => {
    const text = readText({ key: entry.key, position: node, value: node }, MAX_TEXT);
    return text === undefined ? [] : [text];
  });
}

function readChoice<T extends string>(entry: YamlEntry | undefined, choices: readonly T[]): T | undefined {
  const text = readText(entry, MAX_TITLE)?.toLowerCase();
  if (text === undefined) return undefined;
  const found = choices.find((choice) => choice === text);
  if (found === undefined)
    throw new IssueError(
      'attribute_value',
      `${entry!.key} must be one of ${choices.join(', ')}`,
      entry!.position,
    );
  return found;
}

function readRelated(entry: YamlEntry | undefined): Related[] {
  if (!entry || (entry.value.kind === 'scalar' && entry.value.value === null)) return [];
  const fail = (position: Position): never => {
    throw new IssueError('attribute_type', 'related must be a list of maps with id and type', position);
  };
  if (entry.value.kind !== 'list') return fail(entry.position);
  return entry.value.items.map((item) => {
    const id = readText(child(item, 'id'), MAX_TITLE);
    const type = readText(child(item, 'type'), MAX_TITLE);
    return id === undefined || type === undefined ? fail(item) : { id, type };
  });
}
