/** Building search text from what a person clicks. The grammar is that of `EventSearch.q`. */

/** A term `field:value`, quoted where the value needs it; `-` in front for "not". */
export function termOf(field: string, value: string | number | boolean, negate = false): string {
  const text = String(value);
  const plain = /^[A-Za-z0-9_.@%+-]+$/.test(text) && !/^(?:and|or|not)$/i.test(text) && !text.startsWith('-');
  const quoted = plain ? text : `"${text.replace(/[\\"]/g, '\\$&')}"`;
  return `${negate ? '-' : ''}${field}:${quoted}`;
}

/**
 * Adds a term to a query. A query with `or` outside parentheses is wrapped first, or the new term would bind
 * to its last part only. The opposite of the term is taken away; a term that is there already is not doubled.
 */
export function addTerm(q: string, term: string): string {
  const opposite = term.startsWith('-') ? term.slice(1) : `-${term}`;
  const parts = tokens(q.trim());
  const kept = parts.filter((part) => part !== opposite);
  if (kept.includes(term)) return kept.join(' ');
  const rest = kept.join(' ');
  if (rest === '') return term;
  return hasOuterOr(kept) ? `(${rest}) ${term}` : `${rest} ${term}`;
}

/** Splits at spaces outside quotes; parentheses stay attached to their neighbours. */
export function tokens(q: string): string[] {
  const out: string[] = [];
  let current = '';
  let quoted = false;
  for (let index = 0; index < q.length; index++) {
    const character = q[index]!;
    if (quoted && character === '\\' && index + 1 < q.length) {
      current += character + q[++index]!;
      continue;
    }
    if (character === '"') quoted = !quoted;
    if (!quoted && /\s/.test(character)) {
      if (current !== '') out.push(current);
      current = '';
    } else current += character;
  }
  if (current !== '') out.push(current);
  return out;
}

function hasOuterOr(parts: readonly string[]): boolean {
  let depth = 0;
  for (const part of parts) {
    if (depth === 0 && /^or$/i.test(part)) return true;
    const bare = part.replace(/"(?:[^"\\]|\\.)*"/g, '');
    depth += (bare.match(/\(/g)?.length ?? 0) - (bare.match(/\)/g)?.length ?? 0);
  }
  return false;
}
