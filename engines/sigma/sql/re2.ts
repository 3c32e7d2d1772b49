/** Patterns as RE2 source (ClickHouse's `match`): https://github.com/google/re2/wiki/Syntax */
import { ANY_CHAR, ANY_RUN, type Pattern } from '../ast.ts';
import type { CharSet } from '../regex/charset.ts';
import { childrenOf } from '../regex/shape.ts';
import type { Regex } from '../regex/syntax.ts';
import { UnsupportedError } from './literal.ts';
import { FILLER } from './texts.ts';

const HIGH = 0xd800;
const LOW = 0xdc00;
const LAST = 0xdfff;
/** RE2 refuses nested repetitions whose counts multiply to more. */
const MAX_REPEAT = 1000;

/** A regular expression for {@link imageOf} a text where `image` says so, for the text itself otherwise. */
export interface Re2 {
  readonly source: string;
  readonly image: boolean;
}

/**
 * Writes a parsed regular expression for RE2. Both count differently: rules count UTF-16 units, RE2 characters;
 * see {@link FILLER}.
 *
 * @throws UnsupportedError
 */
export function re2Of(regex: Regex): Re2 {
  return { source: emit(regex, 1), image: countsUnits(regex) };
}

/** Whether a set of the pattern holds surrogates, that is, may match half of a character. */
function countsUnits(regex: Regex): boolean {
  return regex.type === 'set' ? touchesSurrogates(regex.set) : childrenOf(regex).some(countsUnits);
}

function touchesSurrogates(set: CharSet): boolean {
  for (let i = 0; i < set.length; i += 2) if (set[i]! <= LAST && set[i + 1]! >= HIGH) return true;
  return false;
}

function emit(regex: Regex, repeats: number): string {
  switch (regex.type) {
    case 'empty':
      return '(?:)';
    case 'set':
      return emitSet(regex.set);
    case 'capture':
      return `(?:${emit(regex.item, repeats)})`;
    case 'choice':
      return `(?:${regex.items.map((item) => emit(item, repeats)).join('|')})`;
    case 'sequence':
      return emitSequence(regex.items, repeats);
    case 'repeat': {
      const { min, max } = regex;
      const times = repeats * Math.max(1, min, max === Infinity ? 1 : max);
      if (times > MAX_REPEAT) throw new UnsupportedError(`nested repetitions make more than ${MAX_REPEAT}`);
      const item = `(?:${emit(regex.item, times)})`;
      if (max === Infinity) return min === 0 ? `${item}*` : min === 1 ? `${item}+` : `${item}{${min},}`;
      return `${item}{${min},${max}}`;
    }
    case 'assert':
      return {
        start: '\\A',
        end: '\\z',
        lineStart: '(?m:^)',
        lineEnd: '(?m:$)',
        word: '\\b',
        notWord: '\\B',
      }[regex.kind];
    case 'look':
      throw new UnsupportedError('a regular expression looks ahead or behind, which the database cannot');
    case 'backreference':
      throw new UnsupportedError('a regular expression refers back to a group, which the database cannot');
  }
}

/** Two halves of a character in a row are that character. */
function emitSequence(items: readonly Regex[], repeats: number): string {
  let source = '';
  for (let i = 0; i < items.length; i++) {
    const high = single(items[i]!);
    const low = items[i + 1] && single(items[i + 1]!);
    if (high !== undefined && low !== undefined && high >= HIGH && high < LOW && low >= LOW && low <= LAST) {
      source += literal(String.fromCharCode(high, low), true);
      i++;
    } else source += emit(items[i]!, repeats);
  }
  return source;
}

function single(regex: Regex): number | undefined {
  return regex.type === 'set' && regex.set.length === 2 && regex.set[0] === regex.set[1]
    ? regex.set[0]
    : undefined;
}

function emitSet(set: CharSet): string {
  if (set.length === 0) return '[^\\x{0}-\\x{10FFFF}]';
  if (set.length === 2 && set[0] === set[1] && !touchesSurrogates(set))
    return literal(String.fromCharCode(set[0]!), true);
  let source = '';
  for (let i = 0; i < set.length; i += 2) {
    const from = set[i]!;
    const to = set[i + 1]!;
    if (from > LAST || to < HIGH) source += span(from, to);
    else {
      if (from > HIGH || to < LAST)
        throw new UnsupportedError('a regular expression tells halves of a surrogate pair apart');
      if (from < HIGH) source += span(from, HIGH - 1);
      if (to > LAST) source += span(LAST + 1, to);
      source += '\\x{10000}-\\x{10FFFF}';
    }
  }
  return `[${source}]`;
}

function span(from: number, to: number): string {
  const hex = (unit: number) => `\\x{${unit.toString(16)}}`;
  return from === to ? hex(from) : `${hex(from)}-${hex(to)}`;
}

/** Text that stands for itself, as an image or not. @throws UnsupportedError */
function literal(text: string, image: boolean): string {
  let source = '';
  for (const character of text) {
    if (character === FILLER || /\p{Surrogate}/u.test(character))
      throw new UnsupportedError('a value holds a code point that stands for no character');
    // Control characters in a class: outside one, the database's own reading of escapes would be relied upon.
    if (/[\x00-\x1f\x7f]/.test(character))
      source += `[${span(character.charCodeAt(0), character.charCodeAt(0))}]`;
    else if (/[\\.+*?()|[\]{}^$]/.test(character)) source += `\\${character}`;
    else source += character.length === 2 && image ? character + FILLER : character;
  }
  return source;
}

/**
 * A Sigma pattern as the middle of an expression.
 *
 * @param any class of one character that wildcards match
 * @throws UnsupportedError
 */
export function re2OfPattern(pattern: Pattern, any: string): Re2 {
  const image = pattern.includes(ANY_CHAR);
  const source = pattern
    .map((part) => {
      if (part === ANY_RUN) return `${any}*`;
      if (part === ANY_CHAR) return any;
      if (typeof part === 'object')
        throw new UnsupportedError(`the placeholder %${part.placeholder}% has no values`);
      return literal(part, image);
    })
    .join('');
  return { source, image };
}
