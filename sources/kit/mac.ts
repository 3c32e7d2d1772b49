import type { EcsFields } from '@vigie/contracts';

/** Digits of a MAC address (EUI-48) and of an EUI-64, as InfiniBand and ZigBee use it. */
const LENGTHS = new Set([12, 16]);
/** Longest spelling: eight pairs and seven separators. */
const MAX_TEXT = 23;

/**
 * A MAC address in the notation that ECS asks for (RFC 7042: pairs of upper-case hexadecimal digits, separated
 * by hyphens), from any of the usual spellings: `00:0c:29:1a:2b:3c`, `00-0C-29-…`, `000c.291a.2b3c`,
 * `000c291a2b3c`, `0:c:29:1a:2b:3c`.
 *
 * @returns `undefined` where `text` is no MAC address
 */
export function parseMac(text: string): string | undefined {
  const length = text.length;
  if (length < 11 || length > MAX_TEXT) return undefined;
  let digits = '';
  let group = '';
  let separator = 0;
  for (let i = 0; i <= length; i++) {
    const code = i < length ? text.charCodeAt(i) : -1;
    if (isHex(code)) {
      group += text[i];
      continue;
    }
    if (i < length) {
      // One kind of separator throughout: a colon, a hyphen or a dot.
      if (code !== 58 && code !== 45 && code !== 46) return undefined;
      if (separator !== 0 && code !== separator) return undefined;
      separator = code;
    }
    // Some systems leave leading zeros of a pair out.
    if (group.length === 1 && separator === 58) group = `0${group}`;
    if (group.length === 0 || group.length % 2 !== 0) return undefined;
    digits += group;
    group = '';
  }
  if (!LENGTHS.has(digits.length)) return undefined;
  const upper = digits.toUpperCase();
  let out = upper.slice(0, 2);
  for (let i = 2; i < upper.length; i += 2) out += `-${upper.slice(i, i + 2)}`;
  return out;
}

function isHex(code: number): boolean {
  return (code >= 48 && code <= 57) || (code >= 65 && code <= 70) || (code >= 97 && code <= 102);
}

/** Writes a MAC address to `field` (`source.mac`); returns whether `text` was one. */
export function putMac(doc: EcsFields, field: string, text: string | undefined): boolean {
  const mac = text === undefined ? undefined : parseMac(text);
  if (mac === undefined) return false;
  doc[field] = mac;
  return true;
}
