import type { SigmaIssue } from './issue.ts';
import type {
  FieldMapping,
  FieldScope,
  LogsourceMapping,
  LogsourceTest,
  Taxonomy,
  TestValue,
} from './taxonomy.ts';
import { isScalar } from './values.ts';
import { readYaml, toJson } from './yaml.ts';

/** A taxonomy as read; `errors` lists everything in it that was left out. */
export interface ParsedTaxonomy {
  readonly taxonomy: Taxonomy;
  readonly errors: SigmaIssue[];
}

/** Parses a taxonomy file (YAML, hence JSON too). */
export function parseTaxonomy(text: string, options: { readonly file?: string } = {}): ParsedTaxonomy {
  const { documents, issues } = readYaml(text);
  const read = readTaxonomy(documents[0] ? toJson(documents[0]) : undefined, options.file);
  const file = options.file === undefined ? {} : { file: options.file };
  return {
    taxonomy: read.taxonomy,
    errors: [...issues.map((issue) => ({ ...file, ...issue })), ...read.errors],
  };
}

/** Checks data from elsewhere for the shape of a {@link Taxonomy}. */
export function readTaxonomy(value: unknown, file?: string): ParsedTaxonomy {
  const errors: SigmaIssue[] = [];
  const problem = (message: string) => {
    errors.push({ ...(file === undefined ? {} : { file }), code: 'taxonomy_invalid', message });
  };
  const root = asRecord(value);
  if (!root) problem('a taxonomy is a map');
  const keywords = asTexts(root?.['keywords']);
  const timestamp = root?.['timestamp'];
  const logsources = asList(root?.['logsources']).flatMap((entry, index) => {
    const made = readLogsourceMapping(entry);
    if (typeof made === 'string') problem(`logsources[${index}]: ${made}`);
    return typeof made === 'string' ? [] : [made];
  });
  const fields = asList(root?.['fields']).flatMap((entry, index) => {
    const made = readScope(entry, (message) => problem(`fields[${index}]: ${message}`));
    return made ? [made] : [];
  });
  const taxonomy: Taxonomy = {
    name: typeof root?.['name'] === 'string' ? root['name'] : (file ?? 'taxonomy'),
    logsources,
    fields,
    ...(keywords ? { keywords } : {}),
    ...(typeof timestamp === 'string' ? { timestamp } : {}),
  };
  return { taxonomy, errors };
}

type Attributes = { product?: string; category?: string; service?: string };

function readAttributes(entry: Record<string, unknown>): Attributes {
  const found: Attributes = {};
  for (const name of ['product', 'category', 'service'] as const) {
    const value = entry[name];
    if (isScalar(value)) found[name] = String(value);
  }
  return found;
}

function readLogsourceMapping(value: unknown): LogsourceMapping | string {
  const entry = asRecord(value);
  if (!entry) return 'must be a map';
  const attributes = readAttributes(entry);
  if (Object.keys(attributes).length === 0) return 'needs a product, category or service';
  const when: LogsourceTest[] = [];
  for (const alternative of Array.isArray(entry['when']) ? entry['when'] : [entry['when']]) {
    const tests = asRecord(alternative);
    if (!tests) return 'when must be a list of maps of event fields to values';
    for (const [name, wanted] of Object.entries(tests)) {
      const values: unknown[] = Array.isArray(wanted) ? wanted : [wanted];
      if (values.length === 0 || !values.every(isScalar))
        return `when: ${name} must be a value or a list of values`;
    }
    when.push(tests as Record<string, TestValue | TestValue[]>);
  }
  return { ...attributes, when };
}

function readScope(value: unknown, problem: (message: string) => void): FieldScope | undefined {
  const entry = asRecord(value);
  if (!entry) {
    problem('must be a map');
    return undefined;
  }
  const fallback = asTexts(entry['fallback']);
  const map: [string, FieldMapping][] = [];
  const names = entry['map'] === undefined ? {} : asRecord(entry['map']);
  if (!names) problem('map must be a map');
  for (const [name, mapping] of Object.entries(names ?? {})) {
    const made = readMapping(mapping);
    if (made === undefined)
      problem(`map.${name} must be a field, a list of fields, or a map with first or any`);
    else map.push([name, made]);
  }
  return {
    ...readAttributes(entry),
    map: Object.fromEntries(map),
    ...(fallback ? { fallback } : {}),
  };
}

function readMapping(value: unknown): FieldMapping | undefined {
  if (typeof value === 'string' && value !== '') return value;
  const list = Array.isArray(value) ? asTexts(value) : undefined;
  if (list) return list.length > 0 ? list : undefined;
  const entry = asRecord(value);
  if (!entry) return undefined;
  const first = asTexts(entry['first']);
  const any = asTexts(entry['any']);
  const values = asRecord(entry['values']);
  if ((first === undefined) === (any === undefined)) return undefined;
  if (entry['values'] !== undefined && !(values && Object.values(values).every(isReplacement)))
    return undefined;
  const texts =
    values &&
    Object.fromEntries(
      Object.entries(values).map(([key, value]) => [
        key,
        Array.isArray(value) ? value.map(String) : String(value),
      ]),
    );
  return { ...(first ? { first } : {}), ...(any ? { any } : {}), ...(texts ? { values: texts } : {}) };
}

/** A value, or several of which each may stand for the rule's. */
function isReplacement(value: unknown): boolean {
  return isScalar(value) || (Array.isArray(value) && value.length > 0 && value.every(isScalar));
}

function asRecord(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function asTexts(value: unknown): string[] | undefined {
  const list: unknown[] = typeof value === 'string' ? [value] : Array.isArray(value) ? value : [];
  const texts = list.filter((item) => typeof item === 'string');
  return texts.length > 0 && texts.length === list.length ? texts : undefined;
}
