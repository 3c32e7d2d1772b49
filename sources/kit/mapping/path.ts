import type { EcsFields, EcsValue, JsonObject } from '@vigie/contracts';

/** A step of a path: a member's name, an item's place, or every item. */
export type PathStep = string | number | typeof EVERY;
/** Stands for every item of a list. */
export const EVERY = Symbol('every item');

/** A parsed path to a member. */
export interface MemberPath {
  /** As it was written. */
  readonly text: string;
  readonly steps: readonly PathStep[];
  /** The key under which `flatten` puts the member: names joined by dots, places left out. */
  readonly flat: string;
  /** Whether the flat key alone names the member: no places, and no dot inside a name. */
  readonly simple: boolean;
}

const MAX_STEPS = 32;
const MAX_ITEMS = 100;

/**
 * Reads a path: names between dots, `[2]` and `[]` behind a list, `\` before a dot, bracket or backslash that is
 * part of a name.
 *
 * @throws SyntaxError with a sentence for the person who wrote it
 */
export function parsePath(text: string): MemberPath {
  const steps: PathStep[] = [];
  let name = '';
  let named = false;
  let i = 0;
  const close = (): void => {
    if (!named || name === '') throw new SyntaxError(`"${text}": a name is missing`);
    steps.push(name);
    name = '';
    named = false;
  };
  while (i < text.length) {
    const character = text[i]!;
    if (character === '\\') {
      if (i + 1 >= text.length) throw new SyntaxError(`"${text}": nothing follows the last backslash`);
      name += text[i + 1];
      named = true;
      i += 2;
    } else if (character === '.') {
      if (named || typeof steps.at(-1) === 'string' || steps.length === 0) close();
      i++;
      if (i === text.length) throw new SyntaxError(`"${text}": a name is missing`);
    } else if (character === '[') {
      if (named) close();
      if (steps.length === 0) throw new SyntaxError(`"${text}": a place stands behind a name`);
      const end = text.indexOf(']', i);
      const place = end < 0 ? 'x' : text.slice(i + 1, end);
      if (!/^\d{0,3}$/.test(place))
        throw new SyntaxError(
          `"${text}": expected [] or a place such as [0]; a bracket in a name is written \\[`,
        );
      steps.push(place === '' ? EVERY : Number(place));
      i = end + 1;
      if (i < text.length && text[i] !== '.' && text[i] !== '[')
        throw new SyntaxError(`"${text}": a dot is missing behind ]`);
    } else {
      name += character;
      named = true;
      i++;
    }
  }
  if (named) close();
  if (steps.length === 0) throw new SyntaxError('a path is empty');
  if (steps.length > MAX_STEPS) throw new SyntaxError(`"${text}": more than ${MAX_STEPS} steps`);
  const names = steps.filter((step): step is string => typeof step === 'string');
  return {
    text,
    steps,
    flat: names.join('.'),
    simple: names.length === steps.length && !names.some((each) => each.includes('.')),
  };
}

/** A member's flat key as a path that finds it: what would be read as a place is escaped. */
export function pathOfKey(key: string): string {
  const path = key.replace(/[\\[\]]/g, '\\$&');
  // A name that begins or ends with a dot, or holds two, can only be meant as one name.
  return /^\.|\.\.|\.$/.test(path) ? path.replaceAll('.', '\\.') : path;
}

/** The value at a path; objects are no values; several items become a list. */
export function valueAt(
  path: MemberPath,
  json: JsonObject | undefined,
  flat: EcsFields,
): EcsValue | undefined {
  if (path.simple || json === undefined) return Object.hasOwn(flat, path.flat) ? flat[path.flat] : undefined;
  return walk(json, path.steps, 0);
}

function walk(node: unknown, steps: readonly PathStep[], at: number): EcsValue | undefined {
  let value = node;
  for (let i = at; i < steps.length; i++) {
    const step = steps[i]!;
    if (typeof step === 'string') {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
      value = (value as Record<string, unknown>)[step];
    } else if (!Array.isArray(value)) return undefined;
    else if (step === EVERY) {
      const all: EcsValue[] = [];
      for (const item of value.slice(0, MAX_ITEMS)) {
        const found = walk(item, steps, i + 1);
        if (found !== undefined) all.push(found);
      }
      const items = all.flat();
      return items.length === 0 ? undefined : items;
    } else value = value[step];
  }
  if (Array.isArray(value)) {
    const items = value.filter(isScalar).slice(0, MAX_ITEMS);
    return items.length === 0 ? undefined : items;
  }
  return isScalar(value) ? value : undefined;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
