import type { JsonObject } from '@vigie/contracts';

/** JSON held as text is read up to this length: it is read a second time. */
const MAX_EMBEDDED = 65_536;
/** Items of a list that are looked at. */
const MAX_ITEMS = 1_000;

/** The value as an object that is no list, or `undefined`. */
export function object(value: unknown): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

/** The value as text that is not empty; numbers as their text; else `undefined`. */
export function text(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined;
}

/** The value as a list, or `undefined`. */
export function list(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** The objects of a list; one object alone counts as a list of one. */
export function objects(value: unknown): JsonObject[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const out: JsonObject[] = [];
  for (const item of items) {
    if (out.length >= MAX_ITEMS) break;
    const found = object(item);
    if (found !== undefined) out.push(found);
  }
  return out;
}

/** The texts of a list, blanks around them off, empty ones left out; one text alone counts as a list of one. */
export function strings(value: unknown): string[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  const out: string[] = [];
  for (const item of items) {
    if (out.length >= MAX_ITEMS) break;
    const found = text(item)?.trim();
    if (found !== undefined && found !== '') out.push(found);
  }
  return out;
}

/**
 * The member at a path of names: `at(json, 'target', 'user', 'id')`. Only own members count, so that a name from
 * a log never reaches the prototype.
 */
export function at(json: unknown, ...path: readonly string[]): unknown {
  let node: unknown = json;
  for (const name of path) {
    const parent = object(node);
    if (parent === undefined || !Object.hasOwn(parent, name)) return undefined;
    node = parent[name];
  }
  return node;
}

/** The first of several members that holds something: products rename their keys between versions. */
export function firstOf(json: JsonObject, ...names: readonly string[]): unknown {
  for (const name of names) {
    const value = Object.hasOwn(json, name) ? json[name] : undefined;
    if (value !== undefined && value !== null && value !== '' && value !== '-') return value;
  }
  return undefined;
}

/** JSON that a member holds as text; `undefined` where it is none or too long to be read again. */
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
