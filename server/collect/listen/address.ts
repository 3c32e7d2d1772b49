import { isIPv6 } from 'node:net';

/**
 * The one text of a peer's address: IPv4-mapped IPv6 (`::ffff:192.0.2.1`) becomes IPv4, a zone (`%eth0`) is
 * taken off, letters are lower case. A socket that is gone has none: `unknown`.
 */
export function peerAddress(address: string | undefined): string {
  if (address === undefined || address === '') return 'unknown';
  let text = address;
  const zone = text.indexOf('%');
  if (zone >= 0) text = text.slice(0, zone);
  if (!isIPv6(text)) return text;
  text = text.toLowerCase();
  if (!text.startsWith('::ffff:')) return text;
  const rest = text.slice(7);
  if (rest.includes('.')) return rest;
  // `::ffff:c000:201` is the same address in its other spelling.
  const [high, low] = rest.split(':');
  if (high === undefined || low === undefined) return text;
  const value = Number.parseInt(high, 16) * 0x10000 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 0xff).join('.');
}
