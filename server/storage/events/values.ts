import type { EcsScalar, EcsValue } from '@vigie/contracts';

/**
 * How a field's value is written as one string, so that its type comes back exactly and a search needs no
 * parsing:
 *
 * - a string is itself (`anna`);
 * - a number or boolean is `\x02` and its JavaScript text (`\x02443`, `\x02true`);
 * - a list is its items, each between `\x03` (`\x03network\x03session\x03`; the empty list is `\x03`).
 *
 * `\x01`, `\x02`, `\x03` inside a string become `\x01A`, `\x01B`, `\x01C`. With a `\x03` put on both sides of
 * the whole, "the value or any item of it equals x" is one substring search for `\x03x\x03`.
 */
export const ESCAPE = '\x01';
export const TYPED = '\x02';
export const ITEM = '\x03';

// biome-ignore lint/complexity/useRegexLiterals: control characters are clearer as escapes in a string
const CONTROL = new RegExp('[\\x01-\\x03]', 'g');
const CONTROL_ONCE = /[\x01-\x03]/;
const ESCAPED = /\x01([ABC])/g;

/** Escapes the three characters that structure an encoded value. */
export function escapeText(text: string): string {
  if (!CONTROL_ONCE.test(text)) return text;
  return text.replace(CONTROL, (character) => ESCAPE + String.fromCharCode(character.charCodeAt(0) + 0x40));
}

function unescapeText(text: string): string {
  if (!text.includes(ESCAPE)) return text;
  return text.replace(ESCAPED, (_, letter: string) => String.fromCharCode(letter.charCodeAt(0) - 0x40));
}

/** Encodes one scalar. */
export function encodeScalar(value: EcsScalar): string {
  if (typeof value === 'string') return escapeText(value);
  return TYPED + (Object.is(value, -0) ? '-0' : String(value));
}

/** Encodes a value of any type; see {@link ITEM}. */
export function encodeValue(value: EcsValue): string {
  if (!Array.isArray(value)) return encodeScalar(value);
  let out = ITEM;
  for (const item of value) out += encodeScalar(item) + ITEM;
  return out;
}

function decodeScalar(text: string): EcsScalar {
  if (text.charCodeAt(0) !== 2) return unescapeText(text);
  const literal = text.slice(1);
  return literal === 'true' ? true : literal === 'false' ? false : Number(literal);
}

/** Inverse of {@link encodeValue}. */
export function decodeValue(text: string): EcsValue {
  if (text.charCodeAt(0) !== 3) return decodeScalar(text);
  if (text.length === 1) return [];
  return text.slice(1, -1).split(ITEM).map(decodeScalar);
}
