/** Sets of UTF-16 code units: sorted, disjoint, non-adjacent inclusive ranges `[from, to, from, to, …]`. */
export type CharSet = readonly number[];

export const MAX_UNIT = 0xffff;
export const ALL: CharSet = [0, MAX_UNIT];
export const DIGIT: CharSet = [48, 57];
export const WORD: CharSet = [48, 57, 65, 90, 95, 95, 97, 122];
export const SPACE: CharSet = [9, 13, 32, 32];
export const BLANK: CharSet = [9, 9, 32, 32];
export const NEWLINE: CharSet = [10, 10];

export function union(...sets: readonly CharSet[]): CharSet {
  return unionOf(sets);
}

/** The union of any number of sets, in time n log n of all their ranges. */
export function unionOf(sets: readonly CharSet[]): CharSet {
  // A set that is one already stays the same object, so that what is made of it can be remembered.
  if (sets.length === 1) return sets[0]!;
  const ranges: [number, number][] = [];
  for (const set of sets) for (let i = 0; i < set.length; i += 2) ranges.push([set[i]!, set[i + 1]!]);
  ranges.sort((a, b) => a[0] - b[0]);
  const out: number[] = [];
  for (const [from, to] of ranges) {
    const last = out.length - 1;
    if (last > 0 && from <= out[last]! + 1) out[last] = Math.max(out[last]!, to);
    else out.push(from, to);
  }
  return out;
}

export function complement(set: CharSet): CharSet {
  const out: number[] = [];
  let next = 0;
  for (let i = 0; i < set.length; i += 2) {
    if (set[i]! > next) out.push(next, set[i]! - 1);
    next = set[i + 1]! + 1;
  }
  if (next <= MAX_UNIT) out.push(next, MAX_UNIT);
  return out;
}

/** Whether a unit is in a set: a search by halves, since a class of a hostile pattern has thousands of ranges. */
export function contains(set: CharSet, unit: number): boolean {
  let low = 0;
  let high = set.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (unit > set[middle * 2 + 1]!) low = middle + 1;
    else high = middle;
  }
  return low < set.length >> 1 && unit >= set[low * 2]!;
}

/** Units that have another case, and each one's other cases; made once, when first needed. */
let cases: Map<number, readonly number[]> | undefined;

function otherCases(): Map<number, readonly number[]> {
  if (cases) return cases;
  cases = new Map();
  for (let unit = 0; unit <= MAX_UNIT; unit++) {
    const char = String.fromCharCode(unit);
    const others = [char.toLowerCase(), char.toUpperCase()]
      .filter((text) => text.length === 1 && text !== char)
      .map((text) => text.charCodeAt(0));
    if (others.length > 0) cases.set(unit, others);
  }
  return cases;
}

const folded = new WeakMap<CharSet, CharSet>();

/** Adds the other case of every letter of the set. */
export function foldCase(set: CharSet): CharSet {
  const before = folded.get(set);
  if (before) return before;
  const known = otherCases();
  const extra: CharSet[] = [set];
  const add = (others: readonly number[]) => {
    for (const other of others) extra.push([other, other]);
  };
  if (set.length === 2 && set[1]! - set[0]! < 64) {
    for (let unit = set[0]!; unit <= set[1]!; unit++) add(known.get(unit) ?? []);
  } else for (const [unit, others] of known) if (contains(set, unit)) add(others);
  const made = unionOf(extra);
  folded.set(set, made);
  return made;
}

/** Properties that were asked for; JavaScript knows a few hundred names, so this stays small. */
const properties = new Map<string, CharSet>();

/**
 * Code units with a Unicode property (`\p{…}`).
 *
 * @returns `undefined` for a property that JavaScript does not know
 */
export function unicodeProperty(name: string): CharSet | undefined {
  const known = properties.get(name);
  if (known) return known;
  let test: RegExp;
  try {
    test = new RegExp(`^\\p{${name}}$`, 'u');
  } catch {
    return undefined;
  }
  const out: number[] = [];
  for (let unit = 0; unit <= MAX_UNIT; unit++) {
    if (!test.test(String.fromCharCode(unit))) continue;
    if (out.at(-1) === unit - 1) out[out.length - 1] = unit;
    else out.push(unit, unit);
  }
  properties.set(name, out);
  return out;
}
