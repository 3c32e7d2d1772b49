import type { Matched } from '../api/types.ts';

/** A piece of a text; `hit` pieces are what made a rule match. */
export interface Piece {
  readonly text: string;
  readonly hit: boolean;
}

/** More marks than this help nobody and would slow the page down on a hostile log. */
const MAX_MARKS = 400;

/**
 * The literal parts of a matched field that are worth lighting: for `contains`, `startswith` and `endswith`
 * the piece the rule asked for, where the value really holds it; for everything else the value itself.
 */
export function needlesOf(matched: Matched): string[] {
  const asked = literalsOf(matched.condition);
  const value = matched.value.toLowerCase();
  const found = asked.filter((literal) => value.includes(literal.toLowerCase()));
  return found.length > 0 ? found : matched.value === '' ? [] : [matched.value];
}

/** `CommandLine|contains: 'a*b'` → `a`, `b`. Regular expressions, networks and comparisons have no literal. */
function literalsOf(condition: string): string[] {
  const colon = condition.indexOf(': ');
  if (colon < 0) return [];
  const modifiers = condition.slice(0, colon).toLowerCase().split('|').slice(1);
  if (modifiers.some((name) => ['re', 'cidr', 'gt', 'gte', 'lt', 'lte', 'exists', 'fieldref'].includes(name)))
    return [];
  const value = condition
    .slice(colon + 2)
    .trim()
    .replace(/^(['"])(.*)\1$/s, '$2');
  return value.split(/[*?]+/).filter((part) => part.length > 1);
}

/**
 * Cuts a text at every occurrence of the needles, ignoring case; overlapping marks are joined.
 *
 * Runs in O(text × needles); stops marking after 400 marks, the rest of the text stays plain.
 */
export function cutAt(text: string, needles: readonly string[]): Piece[] {
  const lower = text.toLowerCase();
  // A few letters change length in lower case (`İ`): positions would not fit, so those texts stay plain.
  const spans: [number, number][] = [];
  if (lower.length === text.length)
    for (const needle of new Set(needles.map((each) => each.toLowerCase()))) {
      if (needle === '') continue;
      let from = lower.indexOf(needle);
      while (from >= 0 && spans.length < MAX_MARKS) {
        spans.push([from, from + needle.length]);
        from = lower.indexOf(needle, from + needle.length);
      }
    }
  if (spans.length === 0) return text === '' ? [] : [{ text, hit: false }];
  spans.sort((a, b) => a[0] - b[0]);
  const pieces: Piece[] = [];
  let end = 0;
  for (let index = 0; index < spans.length; index++) {
    let [start, stop] = spans[index]!;
    while (index + 1 < spans.length && spans[index + 1]![0] <= stop) {
      index++;
      stop = Math.max(stop, spans[index]![1]);
    }
    start = Math.max(start, end);
    if (start > end) pieces.push({ text: text.slice(end, start), hit: false });
    pieces.push({ text: text.slice(start, stop), hit: true });
    end = stop;
  }
  if (end < text.length) pieces.push({ text: text.slice(end), hit: false });
  return pieces;
}
