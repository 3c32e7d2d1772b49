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

export function contains(set: CharSet, unit: number): boolean {
  for (let i = 0; i < set.length; i += 2) {
    if (unit < set[i]!) return false;
    if (unit <= set[i + 1]!) return true;
  }
  return false;
}

/** Adds the other case of every letter. Wide non-ASCII ranges hold both cases already and are left alone. */
export function foldCase(set: CharSet): CharSet {
  const extra: number[] = [];
  const add = (text: string) => {
    if (text.length === 1) extra.push(text.charCodeAt(0), text.charCodeAt(0));
  };
  for (let i = 0; i < set.length; i += 2) {
    const to = Math.min(set[i + 1]!, set[i]! + 2048);
    for (let unit = set[i]!; unit <= to; unit++) {
      const char = String.fromCharCode(unit);
      add(char.toLowerCase());
      add(char.toUpperCase());
    }
  }
  return union(set, toRanges(extra));
}

function toRanges(pairs: number[]): CharSet {
  const sets: CharSet[] = [];
  for (let i = 0; i < pairs.length; i += 2) sets.push([pairs[i]!, pairs[i + 1]!]);
  return union(...sets);
}

/**
 * Code units with a Unicode property (`\p{…}`).
 *
 * @returns `undefined` for a property that JavaScript does not know
 */
export function unicodeProperty(name: string): CharSet | undefined {
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
  return out;
}
