/** Compiled tests on one text. */
import { ANY_CHAR, ANY_RUN, type Pattern } from '../ast.ts';
import { PieceSearch, searchFor } from './search.ts';

/** Alternatives on a text that is already lower-cased (or left alone, for `cased`). */
export interface TextSet {
  readonly exact: Set<string>;
  readonly prefixes: string[];
  readonly suffixes: string[];
  readonly substrings: string[];
  /** Those that are too long for a plain search. */
  readonly searches: ((text: string) => boolean)[];
  readonly globs: Glob[];
}

/** A pattern with wildcards within: literal runs with the number of `?` and whether a `*` stands before each. */
export interface Glob {
  readonly pieces: readonly GlobPiece[];
  /** By piece: a search that is linear whatever the text, made when the plain one turns out slow. */
  readonly searches: (PieceSearch | undefined)[];
  readonly openStart: boolean;
  readonly openEnd: boolean;
}
/** Units of the piece; `ANY` units stand for `?`. */
type GlobPiece = Int32Array;
const ANY = -1;
/** Longer literals are searched for in another way. */
const PLAIN = 64;
/** Comparisons a character after which a piece is searched for in another way. */
const PATIENCE = 16;

export function emptyTextSet(): TextSet {
  return { exact: new Set(), prefixes: [], suffixes: [], substrings: [], searches: [], globs: [] };
}

/** Adds a pattern, whose literals are already in the case of the texts, to a set. */
export function addPattern(set: TextSet, pattern: Pattern): void {
  const first = pattern[0];
  const last = pattern.at(-1);
  if (pattern.length === 0) set.exact.add('');
  else if (pattern.length === 1 && typeof first === 'string') set.exact.add(first);
  else if (pattern.length === 2 && typeof first === 'string' && last === ANY_RUN) set.prefixes.push(first);
  else if (pattern.length === 2 && first === ANY_RUN && typeof last === 'string') set.suffixes.push(last);
  else if (pattern.length === 3 && first === ANY_RUN && last === ANY_RUN && typeof pattern[1] === 'string') {
    if (pattern[1].length <= PLAIN) set.substrings.push(pattern[1]);
    else set.searches.push(searchFor(pattern[1]));
  } else set.globs.push(toGlob(pattern));
}

export function holdsAny(set: TextSet, text: string): boolean {
  if (set.exact.size > 0 && set.exact.has(text)) return true;
  const { suffixes, substrings, prefixes, globs } = set;
  for (let i = 0; i < suffixes.length; i++) if (text.endsWith(suffixes[i]!)) return true;
  for (let i = 0; i < substrings.length; i++) if (text.includes(substrings[i]!)) return true;
  for (let i = 0; i < prefixes.length; i++) if (text.startsWith(prefixes[i]!)) return true;
  for (let i = 0; i < globs.length; i++) if (matchGlob(globs[i]!, text)) return true;
  return set.searches.some((search) => search(text));
}

function toGlob(pattern: Pattern): Glob {
  const pieces: GlobPiece[] = [];
  let units: number[] = [];
  for (const part of pattern) {
    if (part === ANY_RUN) {
      if (units.length > 0) pieces.push(Int32Array.from(units));
      units = [];
    } else if (part === ANY_CHAR) units.push(ANY);
    else if (typeof part === 'string') for (let i = 0; i < part.length; i++) units.push(part.charCodeAt(i));
  }
  if (units.length > 0) pieces.push(Int32Array.from(units));
  return { pieces, searches: [], openStart: pattern[0] === ANY_RUN, openEnd: pattern.at(-1) === ANY_RUN };
}

/** Greedy from the left: with only `*` between pieces, the earliest place of each piece is never worse. */
function matchGlob(glob: Glob, text: string): boolean {
  const { pieces } = glob;
  let from = 0;
  let to = text.length;
  let first = 0;
  let end = pieces.length;
  if (!glob.openStart && end > 0) {
    const piece = pieces[0]!;
    if (end === 1 && !glob.openEnd && piece.length !== to) return false;
    if (!fitsAt(piece, text, 0)) return false;
    from = piece.length;
    first = 1;
  }
  if (!glob.openEnd && end > first) {
    const piece = pieces[end - 1]!;
    to -= piece.length;
    if (to < from || !fitsAt(piece, text, to)) return false;
    end--;
  }
  for (let i = first; i < end; i++) {
    const piece = pieces[i]!;
    const at = findPiece(glob, i, text, from, to);
    if (at === -1) return false;
    from = at + piece.length;
  }
  return true;
}

/** First place of a piece between two positions; -1 if there is none. */
function findPiece(glob: Glob, index: number, text: string, from: number, to: number): number {
  const piece = glob.pieces[index]!;
  const last = to - piece.length;
  const allowed = PATIENCE * (last - from + 64);
  let compared = 0;
  for (let at = from; at <= last; at++) {
    let i = 0;
    while (i < piece.length && (piece[i] === ANY || piece[i] === text.charCodeAt(at + i))) i++;
    if (i === piece.length) return at;
    compared += i;
    if (compared > allowed) {
      glob.searches[index] ??= new PieceSearch(piece);
      return glob.searches[index].find(text, at + 1, to);
    }
  }
  return -1;
}

function fitsAt(piece: GlobPiece, text: string, at: number): boolean {
  if (at + piece.length > text.length) return false;
  for (let i = 0; i < piece.length; i++) {
    const unit = piece[i]!;
    if (unit !== ANY && unit !== text.charCodeAt(at + i)) return false;
  }
  return true;
}
