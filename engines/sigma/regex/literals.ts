import type { CharSet } from './charset.ts';
import type { Regex } from './syntax.ts';

/** Characters that stand in few texts of logs: one of them makes the shortest literal worth looking for. */
const RARE = /[`^|~{}<>!#[\]]|[^\u0000-\u007f]/;
/** Literals into which a run of characters with small sets among them is written out, at most. */
const MOST_WRITTEN = 12;
/** Characters of a set that is written out. */
const MOST_OF_SET = 4;

/** Whether a literal is worth looking for before anything else is tried. @param shortest length of a plain one */
export function isTelling(literal: string, shortest: number): boolean {
  return literal.length >= shortest || RARE.test(literal);
}

/**
 * Literals, lower-cased ASCII, of which every text that matches the pattern holds at least one (comparing
 * without case).
 *
 * @param shortest literals below this length are useless to the caller, unless {@link isTelling}
 * @returns `undefined` when the pattern has no such set
 */
export function requiredLiterals(regex: Regex, shortest: number): string[] | undefined {
  switch (regex.type) {
    case 'capture':
      return requiredLiterals(regex.item, shortest);
    case 'repeat':
      return regex.min > 0 ? requiredLiterals(regex.item, shortest) : undefined;
    case 'choice': {
      const all: string[] = [];
      for (const item of regex.items) {
        const own = requiredLiterals(item, shortest);
        if (!own) return undefined;
        all.push(...own);
      }
      return all;
    }
    case 'sequence':
      return bestOf(regex.items, shortest);
    case 'set':
    case 'empty':
    case 'assert':
    case 'look':
    case 'backreference':
      return undefined;
  }
}

/**
 * All such sets that follow from the parts of a pattern: a text that matches holds at least one literal of each.
 */
export function everyRequiredLiteral(regex: Regex, shortest: number): string[][] {
  switch (regex.type) {
    case 'capture':
      return everyRequiredLiteral(regex.item, shortest);
    case 'repeat':
      return regex.min > 0 ? everyRequiredLiteral(regex.item, shortest) : [];
    case 'sequence':
      return offersOf(regex.items, shortest);
    default: {
      const own = requiredLiterals(regex, shortest);
      return own === undefined ? [] : [own];
    }
  }
}

function bestOf(items: readonly Regex[], shortest: number): string[] | undefined {
  const worth = (literals: string[]) =>
    Math.min(...literals.map((literal) => literal.length)) - literals.length / 4;
  let best: string[] | undefined;
  for (const found of offersOf(items, shortest)) if (!best || worth(found) > worth(best)) best = found;
  return best;
}

/** Small sets are written out only where there is no better: more literals cost more to look for. */
function offersOf(items: readonly Regex[], shortest: number): string[][] {
  const flat = flatten(items);
  const plain = runsOf(flat, shortest, 1);
  return plain.length > 0 ? plain : runsOf(flat, shortest, MOST_OF_SET);
}

/** @param mostOfSet characters of a set that still counts as written out */
function runsOf(items: readonly Regex[], shortest: number, mostOfSet: number): string[][] {
  const offers: string[][] = [];
  const offer = (found: string[] | undefined) => {
    if (found) offers.push(found);
  };
  let run = [''];
  const endRun = () => {
    if (run.every((literal) => isTelling(literal, shortest))) offer(run);
    run = [''];
  };
  for (const item of items) {
    const chars = item.type === 'set' ? foldedChars(item.set, mostOfSet) : undefined;
    if (chars !== undefined) {
      if (run.length * chars.length > MOST_WRITTEN) endRun();
      run = run.flatMap((begun) => chars.map((char) => begun + char));
    } else if (item.type !== 'assert' && item.type !== 'empty') {
      endRun();
      offer(requiredLiterals(item, shortest));
    }
  }
  endRun();
  return offers;
}

/** Opens groups that stand in a row, so that `(ab)c` gives the run `abc`. */
function flatten(items: readonly Regex[]): Regex[] {
  return items.flatMap((item): Regex[] => {
    if (item.type === 'sequence') return flatten(item.items);
    if (item.type === 'capture') return flatten([item.item]);
    if (item.type === 'repeat' && item.min === item.max && item.min > 0 && item.min <= 4) {
      return flatten(new Array<Regex>(item.min).fill(item.item));
    }
    return [item];
  });
}

/** The different ASCII characters of a set, lower-cased; undefined: others as well, or more than `most`. */
function foldedChars(set: CharSet, most: number): string[] | undefined {
  const chars = new Set<string>();
  for (let i = 0; i < set.length; i += 2) {
    const [first, last] = [set[i]!, set[i + 1]!];
    if (last > 127 || last - first >= 2 * MOST_OF_SET) return undefined;
    for (let unit = first; unit <= last; unit++) chars.add(String.fromCharCode(unit).toLowerCase());
    if (chars.size > most) return undefined;
  }
  return chars.size === 0 ? undefined : [...chars];
}

/** Length of the shortest text in which the pattern can be found. */
export function shortestMatch(regex: Regex): number {
  switch (regex.type) {
    case 'set':
      return 1;
    case 'capture':
      return shortestMatch(regex.item);
    case 'repeat':
      return regex.min * shortestMatch(regex.item);
    case 'sequence':
      return regex.items.reduce((sum, item) => sum + shortestMatch(item), 0);
    case 'choice':
      return regex.items.length === 0 ? 0 : Math.min(...regex.items.map(shortestMatch));
    case 'empty':
    case 'assert':
    case 'look':
    case 'backreference':
      return 0;
  }
}
