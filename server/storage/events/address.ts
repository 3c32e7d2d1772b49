/** IP addresses as the 16 bytes of ClickHouse's `IPv6` type. Pure functions; bad text is `false` or `undefined`. */

const HEX = '0123456789abcdef';

/** Digits of an octet at `from`; returns -1 unless canonical (0–255, no leading zero) and ended by `stop`. */
function parseIpv4(text: string, out: Uint8Array, at: number): boolean {
  let octet = 0;
  let digits = 0;
  let count = 0;
  for (let i = 0; i <= text.length; i++) {
    const code = i < text.length ? text.charCodeAt(i) : 46;
    if (code === 46) {
      if (digits === 0 || octet > 255 || count === 4) return false;
      out[at + count++] = octet;
      octet = 0;
      digits = 0;
    } else {
      if (code < 48 || code > 57 || digits === 3 || (digits > 0 && octet === 0)) return false;
      octet = octet * 10 + code - 48;
      digits++;
    }
  }
  return count === 4;
}

function parseIpv6(text: string, out: Uint8Array, at: number): boolean {
  if (text.length > 45) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups: number[] = [];
  let head = 0;
  for (let half = 0; half < halves.length; half++) {
    const part = halves[half]!;
    if (part !== '')
      for (const [index, word, all] of part.split(':').map((w, i, a) => [i, w, a] as const)) {
        if (word.includes('.')) {
          const quad = new Uint8Array(4);
          if (half !== halves.length - 1 || index !== all.length - 1 || !parseIpv4(word, quad, 0))
            return false;
          groups.push(quad[0]! * 256 + quad[1]!, quad[2]! * 256 + quad[3]!);
        } else {
          if (!/^[0-9a-fA-F]{1,4}$/.test(word)) return false;
          groups.push(Number.parseInt(word, 16));
        }
      }
    if (half === 0) head = groups.length;
  }
  if (halves.length === 1 ? groups.length !== 8 : groups.length > 7) return false;
  const gap = 8 - groups.length;
  out.fill(0, at, at + 16);
  groups.forEach((group, index) => {
    const to = at + 2 * (index < head ? index : index + gap);
    out[to] = group >> 8;
    out[to + 1] = group & 255;
  });
  return true;
}

/**
 * Writes an address of any textual form; IPv4 as IPv4-mapped IPv6. Leading zeros in an octet are refused,
 * since programs disagree on what they mean.
 *
 * @returns whether `text` is an address; the bytes are undefined where it is not
 */
export function parseAddress(text: string, out: Uint8Array, at = 0): boolean {
  if (text.includes(':')) return parseIpv6(text, out, at);
  out.fill(0, at, at + 10);
  out[at + 10] = 255;
  out[at + 11] = 255;
  return parseIpv4(text, out, at + 12);
}

/** Whether the 16 bytes are an IPv4 address in its mapped form. */
export function isMapped(bytes: Uint8Array, at = 0): boolean {
  for (let i = 0; i < 10; i++) if (bytes[at + i] !== 0) return false;
  return bytes[at + 10] === 255 && bytes[at + 11] === 255;
}

/** Canonical text: dotted quad for mapped addresses, otherwise RFC 5952. */
export function formatAddress(bytes: Uint8Array, at = 0): string {
  if (isMapped(bytes, at)) return `${bytes[at + 12]}.${bytes[at + 13]}.${bytes[at + 14]}.${bytes[at + 15]}`;
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    let length = 0;
    while (i + length < 8 && bytes[at + 2 * (i + length)] === 0 && bytes[at + 2 * (i + length) + 1] === 0)
      length++;
    if (length > bestLength) {
      best = i;
      bestLength = length;
    }
    if (length > 0) i += length - 1;
  }
  let text = '';
  for (let i = 0; i < 8; i++) {
    if (i === best) {
      text += '::';
      i += bestLength - 1;
      continue;
    }
    if (text !== '' && !text.endsWith(':')) text += ':';
    text += ((bytes[at + 2 * i]! << 8) | bytes[at + 2 * i + 1]!).toString(16);
  }
  return text;
}

/** First and last address of a network in CIDR notation; a bare address is a network of one. */
export function parseNetwork(
  text: string,
): { first: Uint8Array; last: Uint8Array; mapped: boolean } | undefined {
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const first = new Uint8Array(16);
  if (!parseAddress(address, first)) return undefined;
  const offset = address.includes(':') ? 0 : 96;
  let bits = 128;
  if (slash >= 0) {
    const length = text.slice(slash + 1);
    if (!/^\d{1,3}$/.test(length)) return undefined;
    bits = offset + Number(length);
    if (bits > 128) return undefined;
  }
  const mapped = isMapped(first) && bits >= 96;
  const last = first.slice();
  for (let i = 0; i < 16; i++) {
    const keep = Math.max(0, Math.min(8, bits - 8 * i));
    const mask = (0xff << (8 - keep)) & 0xff;
    first[i] = first[i]! & mask;
    last[i] = first[i]! | (~mask & 0xff);
  }
  return { first, last, mapped };
}

/** 32 hexadecimal digits of 16 bytes. */
export function toHex(bytes: Uint8Array, at = 0, length = 16): string {
  let text = '';
  for (let i = at; i < at + length; i++) text += HEX[bytes[i]! >> 4]! + HEX[bytes[i]! & 15]!;
  return text;
}
