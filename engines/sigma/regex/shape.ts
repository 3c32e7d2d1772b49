import type { Regex } from './syntax.ts';

/** Whether the pattern describes a regular language, so that an automaton can run it. */
export function isRegular(regex: Regex): boolean {
  if (regex.type === 'look' || regex.type === 'backreference') return false;
  return childrenOf(regex).every(isRegular);
}

export function childrenOf(regex: Regex): readonly Regex[] {
  if (regex.type === 'sequence' || regex.type === 'choice') return regex.items;
  if (regex.type === 'repeat' || regex.type === 'look' || regex.type === 'capture') return [regex.item];
  return [];
}
