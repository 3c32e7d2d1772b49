/**
 * Sigma strings: literal text with the wildcards `*` and `?`.
 *
 * Escaping (specification, "Escaping"): a backslash makes a following `*`, `?` or `\` plain; before any
 * other character, and at the end, it is itself plain.
 */
import { ANY_CHAR, ANY_RUN, type Pattern, type PatternPart } from './ast.ts';

/** Parses a Sigma string. */
export function parsePattern(text: string): PatternPart[] {
  const parts: PatternPart[] = [];
  let literal = '';
  const flush = () => {
    if (literal !== '') parts.push(literal);
    literal = '';
  };
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!;
    if (char === '\\') {
      const next = text[i + 1];
      if (next === '*' || next === '?' || next === '\\') {
        literal += next;
        i++;
      } else literal += char;
    } else if (char === '*') {
      flush();
      if (parts.at(-1) !== ANY_RUN) parts.push(ANY_RUN);
    } else if (char === '?') {
      flush();
      parts.push(ANY_CHAR);
    } else literal += char;
  }
  flush();
  return parts;
}

/** Writes a pattern as a Sigma string that parses to the same pattern. */
export function formatPattern(pattern: Pattern): string {
  return pattern
    .map((part) => {
      if (part === ANY_RUN) return '*';
      if (part === ANY_CHAR) return '?';
      return typeof part === 'object' ? `%${part.placeholder}%` : part.replace(/[\\*?]/g, '\\$&');
    })
    .join('');
}

/** The literal text of a pattern without wildcards and placeholders; `undefined` if it has any. */
export function plainText(pattern: Pattern): string | undefined {
  if (pattern.length === 0) return '';
  return pattern.length === 1 && typeof pattern[0] === 'string' ? pattern[0] : undefined;
}

/** Joins neighbouring literals and runs of `*`. */
export function normalizePattern(parts: Pattern): PatternPart[] {
  const out: PatternPart[] = [];
  for (const part of parts) {
    const last = out.at(-1);
    if (part === '') continue;
    if (typeof part === 'string' && typeof last === 'string') out[out.length - 1] = last + part;
    else if (part !== ANY_RUN || last !== ANY_RUN) out.push(part);
  }
  return out;
}

/** Replaces every literal of a pattern by parts. */
export function mapLiterals(pattern: Pattern, change: (literal: string) => Pattern): PatternPart[] {
  return normalizePattern(pattern.flatMap((part) => (typeof part === 'string' ? change(part) : [part])));
}

/**
 * Finds `%name%` in the literals of a pattern (modifier `expand`). A percent sign after a backslash is plain.
 */
export function markPlaceholders(pattern: Pattern): PatternPart[] {
  return mapLiterals(pattern, (literal) => {
    const parts: PatternPart[] = [];
    let from = 0;
    for (const match of literal.matchAll(/(?<!\\)%(\w{1,128})%/g)) {
      parts.push(unescapePercent(literal.slice(from, match.index)), { placeholder: match[1]! });
      from = match.index + match[0].length;
    }
    parts.push(unescapePercent(literal.slice(from)));
    return parts;
  });
}

function unescapePercent(text: string): string {
  return text.replaceAll('\\%', '%');
}

/** Names of the placeholders in a pattern. */
export function placeholdersOf(pattern: Pattern): string[] {
  return pattern.flatMap((part) => (typeof part === 'object' ? [part.placeholder] : []));
}
