import { type EcsFields, flatten, type JsonObject } from '@vigie/contracts';

/** Prefix of what has no ECS field, under the schema's own names. */
export const VENDOR = 'o365.audit.';

/** Records that carry JSON as text are read into fields up to this length. */
const MAX_EMBEDDED = 65_536;
/** Pairs of one property list that are kept by name. */
const MAX_PAIRS = 200;

/** The value as an object, or `undefined`. */
export function object(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** The value as text that says something, or `undefined`. */
export function text(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '' || value === '<null>' || value === 'Not Available')
    return undefined;
  return value;
}

/** The objects of a list. */
export function objects(value: unknown): JsonObject[] {
  const out: JsonObject[] = [];
  if (!Array.isArray(value)) return out;
  for (const item of value) {
    const found = object(item);
    if (found !== undefined) out.push(found);
  }
  return out;
}

/** The strings of a list, or of text separated by semicolons. */
export function strings(value: unknown): string[] {
  const items: readonly unknown[] = Array.isArray(value)
    ? value
    : typeof value === 'string'
      ? value.split(';', MAX_PAIRS)
      : [];
  const out: string[] = [];
  for (const item of items) {
    if (typeof item === 'string' && item.trim() !== '') out.push(item.trim());
  }
  return out;
}

/** Parses JSON held as text; `undefined` where it is none, or too long to be read twice. */
export function embedded(value: unknown): unknown {
  if (typeof value !== 'string' || value.length < 2 || value.length > MAX_EMBEDDED) return undefined;
  const first = value.charCodeAt(0);
  if (first !== 123 && first !== 91) return undefined;
  try {
    return JSON.parse(value);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * The value of one named property in a list of pairs (`[{Name, Value}]` or `[{Key, Value}]`).
 */
export function property(list: unknown, name: string): string | undefined {
  if (!Array.isArray(list)) return undefined;
  for (const item of list) {
    const pair = object(item);
    if (pair !== undefined && (pair['Name'] ?? pair['Key']) === name)
      return text(pair['Value'] ?? pair['NewValue']);
  }
  return undefined;
}

/** Whether a list holds named pairs. */
function isPairList(list: readonly unknown[]): boolean {
  const first = object(list[0]);
  return (
    first !== undefined &&
    (typeof first['Name'] === 'string' || typeof first['Key'] === 'string') &&
    ('Value' in first || 'NewValue' in first || 'OldValue' in first)
  );
}

/**
 * Writes a property list under its names: `Parameters.ForwardTo`, `ModifiedProperties.Role.DisplayName.NewValue`.
 * Lists of other shape are flattened.
 */
function putList(doc: EcsFields, key: string, list: readonly unknown[]): void {
  if (!isPairList(list)) {
    flatten({ [key]: list }, '', doc, 8);
    return;
  }
  let count = 0;
  for (const item of list) {
    const pair = object(item);
    const name = pair === undefined ? undefined : (text(pair['Name']) ?? text(pair['Key']));
    if (pair === undefined || name === undefined || ++count > MAX_PAIRS) continue;
    for (const part of ['Value', 'NewValue', 'OldValue'] as const) {
      const value = pair[part];
      if (value === null || value === undefined || value === '') continue;
      const field = part === 'Value' ? `${key}.${name}` : `${key}.${name}.${part}`;
      if (typeof value === 'object') flatten({ [field]: value }, '', doc, 6);
      else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
        doc[field] = value;
    }
  }
}

/** Writes the whole record below {@link VENDOR}, so that nothing of it is lost. */
export function putRest(doc: EcsFields, record: JsonObject): void {
  for (const key of Object.keys(record)) {
    const value = record[key];
    if (value === null || value === undefined || value === '' || value === '<null>') continue;
    const field = VENDOR + key;
    if (typeof value === 'string') {
      const inner = key === 'Data' || key === 'PropertyCollection' ? embedded(value) : undefined;
      if (inner === undefined) doc[field] = value;
      else flatten({ [key]: inner }, VENDOR, doc, 8);
    } else if (typeof value === 'number' || typeof value === 'boolean') doc[field] = value;
    else if (Array.isArray(value)) putList(doc, field, value);
    else flatten(value as object, `${field}.`, doc, 8);
  }
}
