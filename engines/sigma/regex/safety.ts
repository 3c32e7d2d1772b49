import type { Regex } from './syntax.ts';

/** Whether the pattern describes a regular language, so that an automaton can run it. */
export function isRegular(regex: Regex): boolean {
  if (regex.type === 'look' || regex.type === 'backreference') return false;
  return childrenOf(regex).every(isRegular);
}

/** Bounded repetitions up to this many are not counted as a source of backtracking. */
const HARMLESS = 8;

/**
 * Looks for shapes that make a backtracking engine slow: a repetition within a repetition (exponential), a
 * choice within a repetition (possibly exponential), or more than one long repetition in a row (polynomial).
 * Deliberately strict: it only judges the rare patterns that need backtracking at all.
 *
 * @returns what is wrong, or `undefined`
 */
export function findRisk(regex: Regex): string | undefined {
  let long = 0;
  const visit = (node: Regex, inLoop: boolean): string | undefined => {
    if (inLoop && node.type === 'choice') return 'a choice inside a repetition may backtrack without end';
    if (inLoop && node.type === 'backreference')
      return 'a back-reference inside a repetition may backtrack without end';
    let loop = inLoop;
    if (node.type === 'repeat' && node.max > node.min) {
      if (inLoop) return 'a repetition inside a repetition may backtrack without end';
      if (node.max - node.min > HARMLESS && ++long > 1)
        return 'several long repetitions together with look-around';
      loop = node.max > 1;
    } else if (node.type === 'repeat' && node.max > 1) loop = true;
    for (const item of childrenOf(node)) {
      const found = visit(item, loop);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return visit(regex, false);
}

export function childrenOf(regex: Regex): readonly Regex[] {
  if (regex.type === 'sequence' || regex.type === 'choice') return regex.items;
  if (regex.type === 'repeat' || regex.type === 'look' || regex.type === 'capture') return [regex.item];
  return [];
}
