import { isIP, isIPv4, isIPv6 } from 'node:net';

const ZERO = 48;
const NINE = 57;

/** Whether `text` is a dotted-quad IPv4 address without leading zeros, read by character codes. */
function isQuad(text: string): boolean {
  const length = text.length;
  if (length < 7 || length > 15) return false;
  let part = -1;
  let digits = 0;
  let dots = 0;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i);
    if (code >= ZERO && code <= NINE) {
      if (digits === 1 && part === 0) return false;
      part = digits === 0 ? code - ZERO : part * 10 + code - ZERO;
      if (++digits > 3 || part > 255) return false;
    } else if (code === 46 && digits > 0) {
      if (++dots > 3) return false;
      digits = 0;
    } else return false;
  }
  return dots === 3 && digits > 0;
}

/**
 * The canonical text of an IP address (RFC 5952 for IPv6: lower case, longest zero run shortened, embedded
 * IPv4 kept), or `undefined` where `text` is none. Brackets, a zone (`%eth0`) and surrounding blanks are
 * taken off; an IPv4-mapped IPv6 address becomes the IPv4 address, so that joins work.
 */
export function parseIp(text: string): string | undefined {
  if (isQuad(text)) return text;
  if (text.length < 2 || text.length > 80) return undefined;
  let address = text.trim();
  if (address.charCodeAt(0) === 91 && address.endsWith(']')) address = address.slice(1, -1);
  const zone = address.indexOf('%');
  if (zone > 0) address = address.slice(0, zone);
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return undefined;
  return canonical6(address);
}

function canonical6(address: string): string {
  const lower = address.toLowerCase();
  let tail = '';
  let head = lower;
  const lastColon = lower.lastIndexOf(':');
  if (lower.indexOf('.', lastColon) > 0) {
    tail = lower.slice(lastColon + 1);
    const quad = tail.split('.').map(Number);
    head = `${lower.slice(0, lastColon + 1)}${((quad[0]! << 8) | quad[1]!).toString(16)}:${((quad[2]! << 8) | quad[3]!).toString(16)}`;
  }
  const gap = head.indexOf('::');
  let groups: string[];
  if (gap < 0) groups = head.split(':');
  else {
    const left = gap === 0 ? [] : head.slice(0, gap).split(':');
    const right = gap + 2 >= head.length ? [] : head.slice(gap + 2).split(':');
    groups = [...left, ...new Array<string>(8 - left.length - right.length).fill('0'), ...right];
  }
  const words = groups.map((group) => Number.parseInt(group, 16));
  if (words[5] === 0xffff && words.slice(0, 5).every((word) => word === 0))
    return `${words[6]! >> 8}.${words[6]! & 255}.${words[7]! >> 8}.${words[7]! & 255}`;
  let best = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; ) {
    let j = i;
    while (j < 8 && words[j] === 0) j++;
    if (j - i > bestLength) {
      best = i;
      bestLength = j - i;
    }
    i = j === i ? i + 1 : j;
  }
  const text = words.map((word) => word.toString(16));
  if (best < 0) return text.join(':');
  return `${text.slice(0, best).join(':')}::${text.slice(best + bestLength).join(':')}`;
}

/** Whether `text` is an IP address, in any accepted spelling. */
export function isIp(text: string): boolean {
  return isQuad(text) || isIP(text) !== 0;
}

/** A port number 0–65535, or `undefined`. */
export function parsePort(text: string): number | undefined {
  const length = text.length;
  if (length === 0 || length > 5) return undefined;
  let port = 0;
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i) - ZERO;
    if (code < 0 || code > 9) return undefined;
    port = port * 10 + code;
  }
  return port <= 65535 ? port : undefined;
}

/**
 * Splits `host:port`, `[v6]:port`, `v4`, `v6` or `host`. An unbracketed IPv6 address is never cut at its
 * last colon. The host is returned as written, without brackets.
 */
export function splitHostPort(text: string): { host: string; port?: number } {
  if (text.charCodeAt(0) === 91) {
    const close = text.indexOf(']');
    if (close > 0) {
      const port = text.charCodeAt(close + 1) === 58 ? parsePort(text.slice(close + 2)) : undefined;
      return { host: text.slice(1, close), port };
    }
  }
  const colon = text.indexOf(':');
  if (colon > 0 && text.indexOf(':', colon + 1) < 0) {
    const port = parsePort(text.slice(colon + 1));
    if (port !== undefined) return { host: text.slice(0, colon), port };
  }
  return { host: text };
}
