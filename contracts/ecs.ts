/**
 * The ECS document as it travels through Vigie.
 *
 * A document is *flat*: every key is a dotted ECS field name (`source.ip`), never a nested object. Flat
 * keys make a rule's field look-up, a hot column and a stored map entry the same cheap operation;
 * {@link nest} builds the nested form when a person or another program wants it.
 */

/** A scalar as ECS allows it. Dates are ISO 8601 strings in UTC; IP addresses are their canonical text. */
export type EcsScalar = string | number | boolean;

/** A field's value: a scalar, or a list of scalars. `null` and empty strings are left out, never stored. */
export type EcsValue = EcsScalar | EcsScalar[];

/** A flat ECS document: dotted field name → value. */
export type EcsFields = Record<string, EcsValue>;

/** The ECS version our documents follow; written to `ecs.version`. */
export const ECS_VERSION = '8.17.0';

/**
 * Builds the nested form of a flat document.
 *
 * Where a field is both a leaf and a prefix of another (`a` and `a.b`), the longer one is kept under its
 * dotted name, so that nothing is lost.
 *
 * @param fields flat document
 * @returns nested plain object, keys in the order of the flat document
 */
export function nest(fields: EcsFields): Record<string, unknown> {
  const root: Record<string, unknown> = {};
  for (const key of Object.keys(fields)) {
    const value = fields[key];
    if (value === undefined) continue;
    const path = pathOf(key);
    let node = root;
    let depth = 0;
    for (; depth < path.length - 1; depth++) {
      const name = path[depth]!;
      const next = Object.hasOwn(node, name) ? node[name] : undefined;
      if (next === undefined) {
        const child: Record<string, unknown> = {};
        define(node, name, child);
        node = child;
      } else if (typeof next === 'object' && next !== null && !Array.isArray(next)) {
        node = next as Record<string, unknown>;
      } else break;
    }
    const leaf = depth === path.length - 1 ? path[depth]! : path.slice(depth).join('.');
    const branch = Object.hasOwn(node, leaf) ? node[leaf] : undefined;
    if (typeof branch === 'object' && branch !== null && !Array.isArray(branch)) rehome(node, leaf, branch);
    define(node, leaf, value);
  }
  return root;
}

/** Sets a member. A log may name a field `__proto__`: that becomes data, never the prototype. */
function define(node: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') node[name] = value;
  else Object.defineProperty(node, name, { value, enumerable: true, writable: true, configurable: true });
}

const PATHS = 10_000;
/** Field names repeat from document to document; logs can invent more, so only so many are kept. */
const paths = new Map<string, readonly string[]>();

function pathOf(key: string): readonly string[] {
  let path = paths.get(key);
  if (path === undefined) {
    path = key.split('.');
    if (paths.size >= PATHS) paths.clear();
    paths.set(key, path);
  }
  return path;
}

/** Moves what hangs below a name up under dotted names, to make room for the name's own value. */
function rehome(node: Record<string, unknown>, name: string, branch: object): void {
  for (const [key, value] of Object.entries(branch)) define(node, `${name}.${key}`, value);
}

/**
 * Flattens a nested object into dotted keys; lists of objects become one list per inner key, as
 * Elasticsearch indexes them. `null`, `undefined` and empty strings are left out.
 *
 * @param value nested object, typically parsed JSON
 * @param prefix prepended to every key, with its dot (`"winlog."`)
 * @param out document written to
 * @param depth objects nested deeper than this are kept as JSON text, so hostile nesting stays bounded
 */
export function flatten(value: object, prefix = '', out: EcsFields = {}, depth = 16): EcsFields {
  for (const name of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[name];
    flattenValue(prefix + name, item, out, depth);
  }
  return out;
}

function flattenValue(key: string, item: unknown, out: EcsFields, depth: number): void {
  if (item === null || item === undefined || item === '') return;
  if (typeof item !== 'object') {
    if (typeof item === 'string' || typeof item === 'number' || typeof item === 'boolean')
      append(out, key, item);
    return;
  }
  if (depth === 0) {
    append(out, key, JSON.stringify(item));
    return;
  }
  if (Array.isArray(item)) {
    for (const element of item) flattenValue(key, element, out, depth - 1);
    // A one-element list stays a list, so the type of a field does not depend on the count.
    const seen = Object.hasOwn(out, key) ? out[key] : undefined;
    if (seen !== undefined && !Array.isArray(seen)) set(out, key, [seen]);
    return;
  }
  flatten(item, `${key}.`, out, depth - 1);
}

function append(out: EcsFields, key: string, item: EcsScalar): void {
  const seen = Object.hasOwn(out, key) ? out[key] : undefined;
  if (Array.isArray(seen)) seen.push(item);
  else set(out, key, seen === undefined ? item : [seen, item]);
}

/** Assigns a field; a log that names one `__proto__` gets a field of that name, never another prototype. */
function set(out: EcsFields, key: string, value: EcsValue): void {
  if (key === '__proto__')
    Object.defineProperty(out, key, { value, enumerable: true, writable: true, configurable: true });
  else out[key] = value;
}
