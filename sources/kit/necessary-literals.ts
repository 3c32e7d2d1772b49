/** Shorter literals occur in nearly every text and tell nothing. */
const MIN_LENGTH = 3;
/** More alternatives than this cost more to look for than they spare. */
const MAX_ALTERNATIVES = 24;

/**
 * Literals without which a regular expression can't match: one list an alternative, each list a set of texts
 * that must all occur. It reads the outermost sequence of the expression, and takes the best of what it finds
 * there: the longest literal, or a group `(a|b|c)` each of whose branches is literal enough.
 *
 * The answer is cautious: `[[]]` (one alternative without literals: always to be tried) wherever a part could be
 * absent or is not understood.
 */
export function necessaryLiterals(source: string): string[][] {
  const alternatives = splitAlternatives(source);
  if (alternatives.length > MAX_ALTERNATIVES) return [[]];
  const out: string[][] = [];
  for (const alternative of alternatives) {
    const found = ofSequence(alternative);
    if (found === undefined) return [[]];
    out.push(...found);
  }
  return out.length > MAX_ALTERNATIVES ? [[]] : out;
}

/** The literal needs of one sequence without a bar of its own; `undefined` where it has none. */
function ofSequence(sequence: string): string[][] | undefined {
  const runs: string[] = [];
  let groups: string[][] | undefined;
  let run = '';
  const flush = (): void => {
    if (run.length >= MIN_LENGTH) runs.push(run);
    run = '';
  };
  let i = 0;
  while (i < sequence.length) {
    const character = sequence[i]!;
    if (character === '(') {
      const end = closing(sequence, i);
      if (end < 0) return undefined;
      const body = groupBody(sequence.slice(i + 1, end));
      const { min, next } = quantifier(sequence, end + 1);
      flush();
      if (min > 0 && body !== undefined) {
        const needs = necessaryLiterals(body);
        const isBetter = groups === undefined || shortest(needs) > shortest(groups);
        if (shortest(needs) > 0 && isBetter) groups = needs;
      }
      i = next;
      continue;
    }
    const atom = readAtom(sequence, i);
    if (atom === undefined) return undefined;
    const { min, next, exact } = quantifier(sequence, atom.end);
    if (atom.literal === undefined || min === 0) flush();
    else {
      run += atom.literal;
      if (!exact) flush();
    }
    i = next;
  }
  flush();
  const longest = runs.sort((a, b) => b.length - a.length)[0];
  if (longest !== undefined && (groups === undefined || longest.length >= shortest(groups)))
    return [[longest]];
  return groups;
}

/** Length of the shortest alternative; 0 where one needs nothing. */
function shortest(needs: readonly (readonly string[])[]): number {
  return Math.min(...needs.map((set) => Math.max(0, ...set.map((literal) => literal.length))));
}

/** What stands in a group that must match; `undefined` for look-around. */
function groupBody(inside: string): string | undefined {
  if (!inside.startsWith('?')) return inside;
  return inside.startsWith('?:') ? inside.slice(2) : undefined;
}

function readAtom(text: string, at: number): { end: number; literal?: string } | undefined {
  const character = text[at]!;
  if (character === '[') {
    let i = at + 1;
    if (text[i] === '^') i++;
    if (text[i] === ']') i++;
    while (i < text.length && text[i] !== ']') i += text[i] === '\\' ? 2 : 1;
    return i >= text.length ? undefined : { end: i + 1 };
  }
  if (character === '\\') {
    const next = text[at + 1];
    if (next === undefined) return undefined;
    // Escaped punctuation is itself; escaped letters and digits are classes, boundaries and references.
    return /[A-Za-z0-9]/.test(next) ? { end: at + 2 } : { end: at + 2, literal: next };
  }
  if ('.^$'.includes(character)) return { end: at + 1 };
  if (')*+?{|'.includes(character) || character.charCodeAt(0) > 127) return undefined;
  return { end: at + 1, literal: character };
}

/** Reads `?`, `*`, `+`, `{m,n}` with a lazy mark; `exact` where the part occurs once. */
function quantifier(text: string, at: number): { min: number; next: number; exact: boolean } {
  const character = text[at];
  let min = 1;
  let next = at;
  let exact = true;
  if (character === '?' || character === '*') {
    min = 0;
    next = at + 1;
    exact = false;
  } else if (character === '+') {
    next = at + 1;
    exact = false;
  } else if (character === '{') {
    const match = /^\{(\d+)(?:,\d*)?\}/.exec(text.slice(at, at + 16));
    if (match !== null) {
      min = Number(match[1]);
      next = at + match[0].length;
      exact = false;
    }
  }
  if (next > at && text[next] === '?') next++;
  return { min, next, exact };
}

/** Index of the bracket that closes the one at `at`; −1 where none does. */
function closing(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const character = text[i];
    if (character === '\\') i++;
    else if (character === '[') {
      const atom = readAtom(text, i);
      if (atom === undefined) return -1;
      i = atom.end - 1;
    } else if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return i;
  }
  return -1;
}

/** Splits at the bars outside of groups and classes. */
function splitAlternatives(text: string): string[] {
  const out: string[] = [];
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const character = text[i];
    if (character === '\\') i++;
    else if (character === '[') {
      const atom = readAtom(text, i);
      if (atom !== undefined) i = atom.end - 1;
    } else if (character === '(') {
      const end = closing(text, i);
      if (end > 0) i = end;
    } else if (character === '|') {
      out.push(text.slice(from, i));
      from = i + 1;
    }
  }
  out.push(text.slice(from));
  return out;
}
