const BACKSLASH = 92;
const QUOTE = 34;

export interface KeyValueOptions {
  /** Character between pairs besides blanks; default none (blanks only). */
  readonly separator?: ',' | ';' | '|' | '\t';
  /** Character between key and value; default `=`. */
  readonly assign?: '=' | ':';
  /** Pairs beyond this are left unread; default 1,000. */
  readonly limit?: number;
}

/** Pairs in the order of the line; a repeated key keeps its first value, later ones get the key with `#2`, `#3`. */
export type Pairs = Map<string, string>;

/**
 * Reads `key=value` pairs in one pass: values bare, or in double or single quotes with `\"`, `\\` and `""`
 * escapes. Pairs are separated by blanks, or by `separator` with blanks around it; with a separator a bare
 * value may hold blanks. Words without `=` are skipped. A value cut in its quotes runs to the end.
 */
export function parseKeyValue(text: string, options: KeyValueOptions = {}): Pairs {
  const pairs: Pairs = new Map();
  const separator = options.separator === undefined ? -1 : options.separator.charCodeAt(0);
  const assign = (options.assign ?? '=').charCodeAt(0);
  const limit = options.limit ?? 1_000;
  const length = text.length;
  let i = 0;
  while (i < length && pairs.size < limit) {
    let code = text.charCodeAt(i);
    if (code <= 32 || code === separator) {
      i++;
      continue;
    }
    const start = i;
    while (i < length) {
      code = text.charCodeAt(i);
      if (code === assign || code === separator || (code <= 32 && separator < 0)) break;
      i++;
    }
    if (i >= length || code !== assign) continue;
    const key = separator < 0 ? text.slice(start, i) : text.slice(start, i).trimEnd();
    i++;
    if (separator >= 0) while (i < length && text.charCodeAt(i) === 32) i++;
    code = text.charCodeAt(i);
    let value: string;
    if (code === QUOTE || code === 39) {
      const end = closingQuote(text, i + 1, code);
      value = unescapeQuoted(text, i + 1, end, code);
      i = end + 1;
    } else {
      const from = i;
      while (i < length) {
        code = text.charCodeAt(i);
        if (separator < 0 ? code <= 32 : code === separator) break;
        i++;
      }
      value = separator < 0 ? text.slice(from, i) : text.slice(from, i).trimEnd();
    }
    if (key.length > 0) store(pairs, key, value);
  }
  return pairs;
}

function store(pairs: Pairs, key: string, value: string): void {
  if (!pairs.has(key)) {
    pairs.set(key, value);
    return;
  }
  // Counting is bounded: a line that repeats one key thousands of times would be quadratic otherwise.
  for (let n = 2; n <= 8; n++) {
    const numbered = `${key}#${n}`;
    if (!pairs.has(numbered)) {
      pairs.set(numbered, value);
      return;
    }
  }
}

/** Index of the quote that closes a value starting at `from`, or the text's length. */
function closingQuote(text: string, from: number, quote: number): number {
  const length = text.length;
  for (let i = from; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code === BACKSLASH && isEscape(text, i, quote)) i++;
    else if (code === quote) {
      if (text.charCodeAt(i + 1) === quote && quote === QUOTE && !isPairEnd(text, i + 2)) i++;
      else return i;
    }
  }
  return length;
}

/** A backslash escapes only the quote and itself, so that Windows paths survive. */
function isEscape(text: string, at: number, quote: number): boolean {
  const next = text.charCodeAt(at + 1);
  if (next === BACKSLASH) return true;
  // `path="C:\"` ends there: a backslash before a quote that closes the pair is a plain backslash.
  return next === quote && !closesPair(text, at + 2);
}

function isPairEnd(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return Number.isNaN(code) || code <= 32 || code === 44 || code === 59 || code === 124;
}

/** Whether what follows looks like the next `key=`, or the end of the line. */
function closesPair(text: string, at: number): boolean {
  if (at >= text.length) return true;
  if (text.charCodeAt(at) !== 32) return false;
  for (let i = at + 1; i < text.length && i < at + 64; i++) {
    const code = text.charCodeAt(i);
    if (code === 61) return i > at + 1;
    const isName = (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
    if (!isName && code !== 95 && code !== 45 && code !== 46) return false;
  }
  return false;
}

function unescapeQuoted(text: string, from: number, to: number, quote: number): string {
  const raw = text.slice(from, to);
  if (raw.indexOf('\\') < 0 && (quote !== QUOTE || raw.indexOf('""') < 0)) return raw;
  let out = '';
  let last = 0;
  for (let i = 0; i < raw.length; i++) {
    const code = raw.charCodeAt(i);
    const next = raw.charCodeAt(i + 1);
    if (
      (code === BACKSLASH && (next === quote || next === BACKSLASH)) ||
      (code === quote && next === quote)
    ) {
      out += raw.slice(last, i);
      last = i + 1;
      i++;
    }
  }
  return out + raw.slice(last);
}
