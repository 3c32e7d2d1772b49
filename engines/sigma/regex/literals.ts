import type { CharSet } from './charset.ts';
import type { Regex } from './syntax.ts';

/**
 * Literals, lower-cased ASCII, of which every text that matches the pattern holds at least one (comparing
 * without case).
 *
 * @param shortest literals below this length are useless to the caller
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

function offersOf(items: readonly Regex[], shortest: number): string[][] {
  const offers: string[][] = [];
  const offer = (found: string[] | undefined) => {
    if (found) offers.push(found);
  };
  let run = '';
  const endRun = () => {
    if (run.length >= shortest) offer([run]);
    run = '';
  };
  for (const item of flatten(items)) {
    const char = item.type === 'set' ? foldedChar(item.set) : undefined;
    if (char !== undefined) run += char;
    else if (item.type !== 'assert' && item.type !== 'empty') {
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

/** The ASCII character, lower-cased, if the set is that character, with or without its other case. */
function foldedChar(set: CharSet): string | undefined {
  const unit = set[0];
  if (unit === undefined || unit > 127 || set[1] !== unit) return undefined;
  const lower = String.fromCharCode(unit).toLowerCase();
  if (set.length === 2) return lower;
  const other = set[2]!;
  const plain = set.length === 4 && other === set[3] && String.fromCharCode(other).toLowerCase() === lower;
  return plain ? lower : undefined;
}
