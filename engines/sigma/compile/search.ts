/** Searches in time linear in the text, whatever is searched for. */

/**
 * Needles up to this length are searched by the language's own `includes`, whose worst case is their length
 * times the text's.
 */
const SHORT = 64;

/** Whether a text holds a needle. */
export function searchFor(needle: string): (text: string) => boolean {
  if (needle.length <= SHORT) return (text) => text.includes(needle);
  let borders: Int32Array | undefined;
  return (text) => {
    if (text.length < needle.length) return false;
    // Nearly every text fails here; a hostile one passes, and is searched the slow and steady way.
    if (!text.includes(needle.slice(0, SHORT))) return false;
    borders ??= bordersOf(needle);
    return findSteadily(needle, borders, text);
  };
}

/** Knuth, Morris and Pratt, "Fast pattern matching in strings", 1977. */
function findSteadily(needle: string, borders: Int32Array, text: string): boolean {
  let matched = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    while (matched > 0 && needle.charCodeAt(matched) !== unit) matched = borders[matched - 1]!;
    if (needle.charCodeAt(matched) === unit) matched++;
    if (matched === needle.length) return true;
  }
  return false;
}

/** For each prefix: the length of its longest proper prefix that is also its end. */
function bordersOf(needle: string): Int32Array {
  const borders = new Int32Array(needle.length);
  for (let i = 1, length = 0; i < needle.length; i++) {
    const unit = needle.charCodeAt(i);
    while (length > 0 && needle.charCodeAt(length) !== unit) length = borders[length - 1]!;
    if (needle.charCodeAt(length) === unit) length++;
    borders[i] = length;
  }
  return borders;
}

/**
 * Finds units in a text where -1 stands for any one unit: bit-parallel, one word for each 32 units of the
 * piece and character of the text (Baeza-Yates and Gonnet, "A new approach to text searching", 1992).
 */
export class PieceSearch {
  private readonly words: number;
  private readonly masks = new Map<number, Int32Array>();
  private readonly any: Int32Array;
  private readonly length: number;

  constructor(piece: Int32Array) {
    this.length = piece.length;
    this.words = Math.ceil(piece.length / 32);
    this.any = new Int32Array(this.words);
    for (const [at, unit] of piece.entries()) if (unit === -1) this.any[at >> 5]! |= 1 << (at & 31);
    for (const [at, unit] of piece.entries()) {
      if (unit === -1) continue;
      let mask = this.masks.get(unit);
      if (!mask) {
        mask = this.any.slice();
        this.masks.set(unit, mask);
      }
      mask[at >> 5]! |= 1 << (at & 31);
    }
  }

  /** First place from `from` where the piece stands and ends before or at `to`; -1 if there is none. */
  find(text: string, from: number, to: number): number {
    const { words, length } = this;
    const state = new Int32Array(words);
    const last = length - 1;
    for (let i = from; i < to; i++) {
      const mask = this.masks.get(text.charCodeAt(i)) ?? this.any;
      let carry = 1;
      for (let word = 0; word < words; word++) {
        const before = state[word]!;
        state[word] = ((before << 1) | carry) & mask[word]!;
        carry = before >>> 31;
      }
      if ((state[last >> 5]! >>> (last & 31)) & 1) return i - last;
    }
    return -1;
  }
}
