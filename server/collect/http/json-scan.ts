/**
 * Finds where JSON values end in a byte stream without parsing them, so that each item of a request can be
 * kept exactly as it was sent and parsed once.
 */
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const LF = 0x0a;

/** Position of the first byte at or behind `at` that is not JSON white space. */
export function skipSpace(bytes: Buffer, at: number, end = bytes.length): number {
  let position = at;
  while (position < end) {
    const byte = bytes[position]!;
    if (byte !== 0x20 && byte !== LF && byte !== 0x0d && byte !== 0x09) break;
    position++;
  }
  return position;
}

/**
 * End (exclusive) of the JSON value that starts at `at`; -1 when the bytes end inside it. Brackets and
 * strings are followed, grammar is not checked: the parser does that.
 */
export function valueEnd(bytes: Buffer, at: number, end = bytes.length): number {
  const first = bytes[at];
  if (first === QUOTE) return stringEnd(bytes, at, end);
  if (first !== OPEN_BRACE && first !== OPEN_BRACKET) {
    let position = at;
    while (position < end && !isDelimiter(bytes[position]!)) position++;
    // A stray delimiter is a value of one byte, so that a scan always advances.
    return position === at ? at + 1 : position;
  }
  let depth = 0;
  for (let position = at; position < end; position++) {
    const byte = bytes[position]!;
    if (byte === QUOTE) {
      position = stringEnd(bytes, position, end) - 1;
      if (position < 0) return -1;
    } else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (--depth === 0) return position + 1;
    }
  }
  return -1;
}

function stringEnd(bytes: Buffer, at: number, end: number): number {
  let quote = bytes.indexOf(QUOTE, at + 1);
  while (quote >= 0 && quote < end) {
    let slashes = 0;
    while (bytes[quote - 1 - slashes] === BACKSLASH && quote - 1 - slashes > at) slashes++;
    if (slashes % 2 === 0) return quote + 1;
    quote = bytes.indexOf(QUOTE, quote + 1);
  }
  return -1;
}

function isDelimiter(byte: number): boolean {
  return (
    byte <= 0x20 ||
    byte === COMMA ||
    byte === OPEN_BRACE ||
    byte === CLOSE_BRACE ||
    byte === OPEN_BRACKET ||
    byte === CLOSE_BRACKET ||
    byte === QUOTE
  );
}

/** One value found by {@link values}; `whole` is false when the bytes end inside it. */
export interface JsonSlice {
  readonly start: number;
  readonly end: number;
  readonly whole: boolean;
}

/**
 * The values of a body of concatenated JSON, with or without white space or newlines between them. Arrays
 * at the top are taken apart into their elements when `spreadArrays` is set.
 *
 * After something that is not JSON the scan goes on at the next line, so that one bad item does not take the
 * good ones behind it along.
 */
export function* values(bytes: Buffer, spreadArrays: boolean): Generator<JsonSlice> {
  let at = skipSpace(bytes, 0);
  while (at < bytes.length) {
    const first = bytes[at]!;
    if (spreadArrays && first === OPEN_BRACKET) {
      at = yield* elements(bytes, at);
    } else if (first === OPEN_BRACE || first === OPEN_BRACKET || first === QUOTE) {
      const end = valueEnd(bytes, at);
      yield end < 0 ? { start: at, end: bytes.length, whole: false } : { start: at, end, whole: true };
      at = end < 0 ? bytes.length : end;
    } else {
      const line = bytes.indexOf(LF, at);
      const end = line < 0 ? bytes.length : line;
      yield { start: at, end, whole: true };
      at = end;
    }
    at = skipSpace(bytes, at);
  }
}

function* elements(bytes: Buffer, open: number): Generator<JsonSlice, number> {
  let at = skipSpace(bytes, open + 1);
  while (at < bytes.length) {
    const byte = bytes[at]!;
    if (byte === CLOSE_BRACKET) return at + 1;
    if (byte === COMMA) {
      at = skipSpace(bytes, at + 1);
      continue;
    }
    const end = valueEnd(bytes, at);
    if (end < 0) {
      yield { start: at, end: bytes.length, whole: false };
      return bytes.length;
    }
    yield { start: at, end, whole: true };
    at = skipSpace(bytes, end);
  }
  return bytes.length;
}

/** Bytes of a member's value in the object that `bytes` is, or `undefined`. The last of equal names wins. */
export function memberBytes(bytes: Buffer, name: string): Buffer | undefined {
  const wanted = JSON.stringify(name);
  let found: Buffer | undefined;
  let at = skipSpace(bytes, skipSpace(bytes, 0) + 1);
  while (at < bytes.length && bytes[at] === QUOTE) {
    const keyEnd = stringEnd(bytes, at, bytes.length);
    if (keyEnd < 0) return found;
    const key = bytes.toString('utf8', at, keyEnd);
    const start = skipSpace(bytes, skipSpace(bytes, keyEnd) + 1);
    const end = valueEnd(bytes, start);
    if (end < 0) return found;
    if (key === wanted) found = bytes.subarray(start, end);
    at = skipSpace(bytes, end);
    if (bytes[at] === COMMA) at = skipSpace(bytes, at + 1);
  }
  return found;
}

/** Whether a JSON text nests deeper than `limit`. Linear, and a few native searches for ordinary items. */
export function nestsDeeper(text: string, limit: number): boolean {
  if (!hasMoreThan(text, limit)) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      for (at++; at < text.length && text.charCodeAt(at) !== QUOTE; at++)
        if (text.charCodeAt(at) === BACKSLASH) at++;
    } else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++depth > limit) return true;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
  }
  return false;
}

/** Whether a text has more opening brackets than `limit`, wherever they are. */
function hasMoreThan(text: string, limit: number): boolean {
  let count = 0;
  for (const open of ['{', '['])
    for (let at = text.indexOf(open); at >= 0; at = text.indexOf(open, at + 1))
      if (++count > limit) return true;
  return false;
}
