/**
 * Parser for the regular expressions of Sigma rules: the specification's PCRE subset and what rules use
 * beyond it (inline flags such as `(?i)`, lazy quantifiers, look-around, `\b`, `\x41`, `\p{L}`).
 *
 * Flags are applied while parsing: sets are already case-folded, and `.` already knows about newlines. Classes
 * such as `\w` are ASCII, as in PCRE.
 */
import type { RegexFlags } from '../ast.ts';
import {
  ALL,
  BLANK,
  type CharSet,
  complement,
  DIGIT,
  foldCase,
  NEWLINE,
  SPACE,
  unicodeProperty,
  unionOf,
  WORD,
} from './charset.ts';

export type Regex =
  | { readonly type: 'empty' }
  | { readonly type: 'set'; readonly set: CharSet }
  | { readonly type: 'sequence' | 'choice'; readonly items: readonly Regex[] }
  | {
      readonly type: 'repeat';
      readonly item: Regex;
      readonly min: number;
      readonly max: number;
      readonly lazy: boolean;
    }
  | { readonly type: 'assert'; readonly kind: AssertKind }
  | { readonly type: 'look'; readonly ahead: boolean; readonly negative: boolean; readonly item: Regex }
  | { readonly type: 'capture'; readonly item: Regex; readonly index: number }
  /** `fold`: compared without case. */
  | { readonly type: 'backreference'; readonly index: number; readonly fold: boolean };

/** `lineStart` and `lineEnd` also hold at the ends of the text. */
export type AssertKind = 'start' | 'end' | 'lineStart' | 'lineEnd' | 'word' | 'notWord';

/** A pattern that is not valid, or uses something we don't support; the message says which and where. */
export class RegexSyntaxError extends Error {
  constructor(message: string, offset: number) {
    super(`${message} at character ${offset + 1}`);
    this.name = 'RegexSyntaxError';
  }
}

const MAX_LENGTH = 8192;
const MAX_DEPTH = 100;
const MAX_COUNT = 1000;
/** Members of a character class. */
const MAX_MEMBERS = 4096;

/** @throws RegexSyntaxError */
export function parseRegex(pattern: string, flags: RegexFlags): Regex {
  if (pattern.length > MAX_LENGTH)
    throw new RegexSyntaxError(`longer than ${MAX_LENGTH} characters`, MAX_LENGTH);
  return new Parser(pattern, flags).parse();
}

class Parser {
  private readonly text: string;
  private flags: RegexFlags;
  private at = 0;
  private depth = 0;
  private captures = 0;
  private highestReference = 0;

  constructor(text: string, flags: RegexFlags) {
    this.text = text;
    this.flags = flags;
  }

  parse(): Regex {
    const result = this.choice();
    if (this.at < this.text.length) this.fail('unmatched )');
    if (this.highestReference > this.captures) this.fail(`there is no group ${this.highestReference}`, 0);
    return result;
  }

  private choice(): Regex {
    if (++this.depth > MAX_DEPTH) this.fail('groups nested too deeply');
    const outer = this.flags;
    const items = [this.sequence()];
    while (this.take('|')) items.push(this.sequence());
    this.flags = outer;
    this.depth--;
    return items.length === 1 ? items[0]! : { type: 'choice', items };
  }

  private sequence(): Regex {
    const items: Regex[] = [];
    while (this.at < this.text.length && this.text[this.at] !== '|' && this.text[this.at] !== ')') {
      const atom = this.atom();
      items.push(this.quantified(atom));
    }
    if (items.length === 0) return { type: 'empty' };
    return items.length === 1 ? items[0]! : { type: 'sequence', items };
  }

  /** An atom with the quantifier that follows it, if any; a counted repetition may be repeated in turn. */
  private quantified(atom: Regex): Regex {
    let result = atom;
    for (let levels = 0; ; levels++) {
      const start = this.at;
      const counts = this.counts();
      if (!counts) return result;
      const [min, max] = counts;
      if (levels >= MAX_DEPTH) this.fail('repetitions nested too deeply', start);
      if (min > MAX_COUNT || (max !== Infinity && max > MAX_COUNT))
        this.fail(`more than ${MAX_COUNT} repetitions`, start);
      if (max < min) this.fail('the repetition counts are the wrong way round', start);
      if (atom.type === 'assert' || atom.type === 'look') this.fail('nothing to repeat', start);
      const lazy = this.take('?');
      if (!lazy && this.take('+')) this.fail('possessive quantifiers are not supported', start);
      const again = this.text[this.at];
      if (again === '*' || again === '+' || again === '?') this.fail('a quantifier follows a quantifier');
      result = { type: 'repeat', item: result, min, max, lazy };
    }
  }

  private counts(): [min: number, max: number] | undefined {
    if (this.take('*')) return [0, Infinity];
    if (this.take('+')) return [1, Infinity];
    if (this.take('?')) return [0, 1];
    const counted = /^\{(\d*)(?:(,)(\d*))?\}/.exec(this.text.slice(this.at, this.at + 16));
    if (!counted || (counted[1] === '' && (counted[3] ?? '') === '')) return undefined;
    this.at += counted[0].length;
    const min = Number(counted[1] || 0);
    return [min, counted[2] ? (counted[3] ? Number(counted[3]) : Infinity) : min];
  }

  private atom(): Regex {
    const char = this.text[this.at]!;
    if (char === '(') return this.group();
    if (char === '[') return { type: 'set', set: this.charClass() };
    if (char === '\\') return this.escape();
    if (char === '*' || char === '+' || char === '?') this.fail('nothing to repeat');
    this.at++;
    if (char === '.') return { type: 'set', set: this.flags.s ? ALL : complement(NEWLINE) };
    if (char === '^') return { type: 'assert', kind: this.flags.m ? 'lineStart' : 'start' };
    if (char === '$') return { type: 'assert', kind: this.flags.m ? 'lineEnd' : 'end' };
    return this.unit(char.charCodeAt(0));
  }

  private group(): Regex {
    const start = this.at++;
    if (!this.take('?')) {
      const index = ++this.captures;
      return { type: 'capture', index, item: this.body(start) };
    }
    const rest = this.text.slice(this.at, this.at + 64);
    const look = /^(<?)([=!])/.exec(rest);
    if (look) {
      this.at += look[0].length;
      return { type: 'look', ahead: look[1] === '', negative: look[2] === '!', item: this.body(start) };
    }
    const named = /^(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/.exec(rest);
    if (named) {
      this.at += named[0].length;
      const index = ++this.captures;
      return { type: 'capture', index, item: this.body(start) };
    }
    const flags = /^([a-zA-Z]*)(?:-([a-zA-Z]+))?([:)])/.exec(rest);
    if (!flags) this.fail('unsupported kind of group', start);
    const outer = this.flags;
    const changed = { ...this.flags };
    for (const name of flags![1]!) this.setFlag(changed, name, true);
    for (const name of flags![2] ?? '') this.setFlag(changed, name, false);
    this.at += flags![0].length;
    this.flags = changed;
    // `(?i)` holds to the end of the enclosing group, which restores the flags itself.
    if (flags![3] === ')') return { type: 'empty' };
    const item = this.body(start);
    this.flags = outer;
    return item;
  }

  private setFlag(flags: { i: boolean; m: boolean; s: boolean }, name: string, on: boolean): void {
    if (name !== 'i' && name !== 'm' && name !== 's') this.fail(`the flag ${name} is not supported`);
    else flags[name] = on;
  }

  private body(start: number): Regex {
    const item = this.choice();
    if (!this.take(')')) this.fail('the group is not closed', start);
    return item;
  }

  private escape(): Regex {
    const start = this.at;
    const char = this.text[this.at + 1];
    if (char === undefined) this.fail('nothing follows the backslash');
    if (char === 'b' || char === 'B') {
      this.at += 2;
      return { type: 'assert', kind: char === 'b' ? 'word' : 'notWord' };
    }
    if (char === 'A' || char === 'z' || char === 'Z') {
      this.at += 2;
      return { type: 'assert', kind: char === 'A' ? 'start' : 'end' };
    }
    const reference = /^\\([1-9]\d?)/.exec(this.text.slice(start, start + 3));
    if (reference) {
      this.at += reference[0].length;
      const index = Number(reference[1]);
      this.highestReference = Math.max(this.highestReference, index);
      return { type: 'backreference', index, fold: this.flags.i };
    }
    const set = this.escapedSet();
    return typeof set === 'number' ? this.unit(set) : { type: 'set', set };
  }

  /** Reads an escape that means a character (a number) or a set, in or outside a class. */
  private escapedSet(): number | CharSet {
    const start = this.at;
    const char = this.text[this.at + 1]!;
    this.at += 2;
    switch (char) {
      case 'd':
        return DIGIT;
      case 'D':
        return complement(DIGIT);
      case 'w':
        return WORD;
      case 'W':
        return complement(WORD);
      case 's':
        return SPACE;
      case 'S':
        return complement(SPACE);
      case 'h':
        return BLANK;
      case 'H':
        return complement(BLANK);
      case 'R':
      case 'v':
        return [10, 13];
      case 'N':
        return complement(NEWLINE);
      case 'n':
        return 10;
      case 'r':
        return 13;
      case 't':
        return 9;
      case 'f':
        return 12;
      case 'e':
        return 27;
      case 'a':
        return 7;
      case '0':
        return 0;
      case 'x':
      case 'u': {
        const hex = /^(?:\{([0-9a-fA-F]{1,4})\}|([0-9a-fA-F]{2,4}))/.exec(
          this.text.slice(this.at, this.at + 6),
        );
        const digits = hex?.[1] ?? hex?.[2]?.slice(0, char === 'x' ? 2 : 4);
        if (!hex || digits === undefined || (char === 'u' && !hex[1] && digits.length !== 4))
          this.fail('invalid hexadecimal escape', start);
        this.at += hex![1] !== undefined ? hex![0].length : digits!.length;
        return Number.parseInt(digits!, 16);
      }
      case 'p':
      case 'P': {
        const name = /^(?:\{(\^?)([A-Za-z_=]{1,64})\}|([A-Z]))/.exec(this.text.slice(this.at, this.at + 70));
        const set = name ? unicodeProperty(name[2] ?? name[3]!) : undefined;
        if (!name || !set) this.fail('unknown Unicode property', start);
        this.at += name![0].length;
        return (char === 'P') !== (name![1] === '^') ? complement(set!) : set!;
      }
      default:
        if (/[A-Za-z0-9]/.test(char)) this.fail(`the escape \\${char} is not supported`, start);
        return char.charCodeAt(0);
    }
  }

  private charClass(): CharSet {
    const start = this.at++;
    const negated = this.take('^');
    const parts: CharSet[] = [];
    for (let first = true; ; first = false) {
      if (this.at >= this.text.length) this.fail('the character class is not closed', start);
      if (this.text[this.at] === ']' && !first) break;
      const low = this.classMember();
      const range =
        this.text[this.at] === '-' && this.text[this.at + 1] !== ']' && this.at + 1 < this.text.length;
      if (typeof low !== 'number' || !range) {
        parts.push(typeof low === 'number' ? [low, low] : low);
        continue;
      }
      this.at++;
      const high = this.classMember();
      // `[\w-x]` and `[a-\w]`: the dash is plain.
      if (typeof high !== 'number') parts.push([low, low], [45, 45], high);
      else if (high < low) this.fail('the range is the wrong way round');
      else parts.push([low, high]);
    }
    this.at++;
    if (parts.length > MAX_MEMBERS) this.fail(`a class of more than ${MAX_MEMBERS} members`, start);
    // A property has hundreds of ranges: naming it again changes nothing.
    let set = unionOf([...new Set(parts)]);
    if (this.flags.i) set = foldCase(set);
    return negated ? complement(set) : set;
  }

  private classMember(): number | CharSet {
    const char = this.text[this.at]!;
    if (char === '\\') {
      if (this.at + 1 >= this.text.length) this.fail('nothing follows the backslash');
      if (this.text[this.at + 1] === 'b') {
        this.at += 2;
        return 8;
      }
      return this.escapedSet();
    }
    const posix = /^\[:(\^?)([a-z]+):\]/.exec(this.text.slice(this.at, this.at + 16));
    if (posix) {
      const set = POSIX[posix[2]!];
      if (!set) this.fail(`unknown class [:${posix[2]}:]`);
      this.at += posix[0].length;
      return posix[1] === '^' ? complement(set!) : set!;
    }
    const unit = char.charCodeAt(0);
    if (unit >= 0xd800 && unit <= 0xdfff) this.fail('characters beyond U+FFFF are not supported in a class');
    this.at++;
    return unit;
  }

  private unit(unit: number): Regex {
    return { type: 'set', set: this.flags.i ? foldCase([unit, unit]) : [unit, unit] };
  }

  private take(char: string): boolean {
    if (this.text[this.at] !== char) return false;
    this.at++;
    return true;
  }

  private fail(message: string, offset = this.at): never {
    throw new RegexSyntaxError(message, offset);
  }
}

const POSIX: Readonly<Record<string, CharSet>> = {
  alpha: [65, 90, 97, 122],
  digit: DIGIT,
  alnum: [48, 57, 65, 90, 97, 122],
  upper: [65, 90],
  lower: [97, 122],
  space: SPACE,
  blank: BLANK,
  word: WORD,
  xdigit: [48, 57, 65, 70, 97, 102],
  punct: [33, 47, 58, 64, 91, 96, 123, 126],
};
