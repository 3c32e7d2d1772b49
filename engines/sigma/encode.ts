/** The encodings that Sigma's modifiers apply to values. Byte strings are strings of code units 0–255. */

/** UTF-8 bytes of a text, as a byte string. Lone surrogates become U+FFFD. */
export function utf8(text: string): string {
  let out = '';
  for (const byte of new TextEncoder().encode(text)) out += String.fromCharCode(byte);
  return out;
}

/** UTF-16 bytes of a text, as a byte string, without byte order mark. */
export function utf16(text: string, order: 'le' | 'be'): string {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const high = String.fromCharCode(unit >> 8);
    const low = String.fromCharCode(unit & 0xff);
    out += order === 'le' ? low + high : high + low;
  }
  return out;
}

/** Base64 (RFC 4648, section 4) of a byte string, with padding. */
export function base64(bytes: string): string {
  return btoa(bytes);
}

/**
 * The parts of the three possible base64 forms of `bytes` inside a longer encoded text that do not depend on
 * the neighbouring bytes: at shift 0, 1 and 2 the first 0, 2 and 3 characters vary, and the last 0, 3 or 2
 * where (length + shift) mod 3 is 0, 1 or 2.
 */
export function base64Offsets(bytes: string): string[] {
  const starts = [0, 2, 3];
  const ends = [0, 3, 2];
  const variants: string[] = [];
  for (let shift = 0; shift < 3; shift++) {
    const encoded = base64(' '.repeat(shift) + bytes);
    const cut = ends[(bytes.length + shift) % 3]!;
    const variant = encoded.slice(starts[shift]!, encoded.length - cut);
    if (variant !== '') variants.push(variant);
  }
  return variants;
}
