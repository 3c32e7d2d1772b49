/** What kind of address this is; only `public` ones have a place on the map. */
export type AddressScope =
  | 'public'
  | 'private'
  | 'loopback'
  | 'link-local'
  | 'multicast'
  | 'documentation'
  | 'reserved';

/** IPv4 text as an unsigned 32-bit number; the text must be canonical. */
export function v4Number(text: string): number {
  let value = 0;
  let part = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 46) {
      value = value * 256 + part;
      part = 0;
    } else part = part * 10 + code - 48;
  }
  return value * 256 + part;
}

/** Upper 64 bits of an IPv6 address; the text must be valid, zone and brackets taken off. */
export function v6High(text: string): bigint {
  const gap = text.indexOf('::');
  const head = gap < 0 ? text : text.slice(0, gap);
  const left = head === '' ? [] : head.split(':');
  let groups = left;
  if (gap >= 0) {
    const tail = text.slice(gap + 2);
    const right = tail === '' ? [] : tail.split(':');
    const width = right.at(-1)?.includes('.') ? right.length + 1 : right.length;
    groups = [...left, ...new Array<string>(Math.max(0, 8 - left.length - width)).fill('0'), ...right];
  }
  let value = 0n;
  for (let i = 0; i < 4; i++) value = (value << 16n) | BigInt(Number.parseInt(groups[i] ?? '0', 16) || 0);
  return value;
}

// IANA special-purpose registries (RFC 6890 and its successors): first, last address, scope.
const V4: readonly (readonly [string, string, AddressScope])[] = [
  ['0.0.0.0', '0.255.255.255', 'reserved'],
  ['10.0.0.0', '10.255.255.255', 'private'],
  ['100.64.0.0', '100.127.255.255', 'private'],
  ['127.0.0.0', '127.255.255.255', 'loopback'],
  ['169.254.0.0', '169.254.255.255', 'link-local'],
  ['172.16.0.0', '172.31.255.255', 'private'],
  ['192.0.0.0', '192.0.0.255', 'reserved'],
  ['192.0.2.0', '192.0.2.255', 'documentation'],
  ['192.168.0.0', '192.168.255.255', 'private'],
  ['198.18.0.0', '198.19.255.255', 'reserved'],
  ['198.51.100.0', '198.51.100.255', 'documentation'],
  ['203.0.113.0', '203.0.113.255', 'documentation'],
  ['224.0.0.0', '239.255.255.255', 'multicast'],
  ['240.0.0.0', '255.255.255.255', 'reserved'],
];
const RANGES = V4.map(([first, last, scope]) => ({ first: v4Number(first), last: v4Number(last), scope }));

/** Scope of an IPv4 address given as a number. */
export function v4Scope(address: number): AddressScope {
  for (const range of RANGES) if (address >= range.first && address <= range.last) return range.scope;
  return 'public';
}

/** Scope of an IPv6 address given as text and upper half. */
export function v6Scope(text: string, high: bigint): AddressScope {
  if (text === '::1') return 'loopback';
  const top = Number(high >> 48n);
  if ((top & 0xfe00) === 0xfc00) return 'private';
  if ((top & 0xffc0) === 0xfe80) return 'link-local';
  if ((top & 0xff00) === 0xff00) return 'multicast';
  if (high >> 32n === 0x20010db8n || high >> 44n === 0x3fff0n) return 'documentation';
  return (top & 0xe000) === 0x2000 ? 'public' : 'reserved';
}
