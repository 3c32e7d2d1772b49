import type { EcsFields } from '@vigie/contracts';
import { toFloat, toLong } from './types.ts';

/** IANA protocol number → the keyword that ECS's `network.transport` holds. */
const KEYWORDS: ReadonlyMap<string, string> = new Map([
  ['1', 'icmp'],
  ['2', 'igmp'],
  ['4', 'ipip'],
  ['6', 'tcp'],
  ['17', 'udp'],
  ['41', 'ipv6'],
  ['46', 'rsvp'],
  ['47', 'gre'],
  ['50', 'esp'],
  ['51', 'ah'],
  ['58', 'ipv6-icmp'],
  ['88', 'eigrp'],
  ['89', 'ospf'],
  ['103', 'pim'],
  ['112', 'vrrp'],
  ['115', 'l2tp'],
  ['132', 'sctp'],
]);

/** Nanoseconds of a longer duration exceed 64 bits. */
const MAX_SECONDS = 9e9;

/** The keyword of an IANA protocol number (`6` → `tcp`), or `undefined`. */
export function transportKeyword(number: string): string | undefined {
  return KEYWORDS.get(number);
}

/**
 * Writes `network.transport` (lower-case keyword), and `network.iana_number` where the log gives the number.
 *
 * @returns whether `text` names a protocol
 */
export function putTransport(doc: EcsFields, text: string | undefined): boolean {
  if (text === undefined || text === '' || text === '-') return false;
  const first = text.charCodeAt(0);
  if (first >= 48 && first <= 57) {
    const number = toLong(text);
    if (number === undefined || number > 255) return false;
    doc['network.iana_number'] = text;
    const keyword = KEYWORDS.get(text);
    if (keyword !== undefined) doc['network.transport'] = keyword;
    return true;
  }
  doc['network.transport'] = text.toLowerCase();
  return true;
}

/** Writes `network.bytes` and `network.packets` as the sum of both sides, where both are known. */
export function putTotals(doc: EcsFields): void {
  for (const unit of ['bytes', 'packets'] as const) {
    const sent = doc[SIDES[unit].source];
    const received = doc[SIDES[unit].destination];
    if (typeof sent === 'number' && typeof received === 'number')
      doc[SIDES[unit].network] ??= sent + received;
  }
}

const SIDES = {
  bytes: { source: 'source.bytes', destination: 'destination.bytes', network: 'network.bytes' },
  packets: { source: 'source.packets', destination: 'destination.packets', network: 'network.packets' },
} as const;

const DIRECTIONS: ReadonlyMap<string, string> = new Map([
  ['in', 'inbound'],
  ['inbound', 'inbound'],
  ['incoming', 'inbound'],
  ['out', 'outbound'],
  ['outbound', 'outbound'],
  ['outgoing', 'outbound'],
  ['internal', 'internal'],
  ['external', 'external'],
  ['ingress', 'ingress'],
  ['egress', 'egress'],
]);

/** Writes `network.direction` in ECS's words; returns whether `text` is one of the usual words for it. */
export function putDirection(doc: EcsFields, text: string | undefined): boolean {
  const direction = text === undefined ? undefined : DIRECTIONS.get(text.toLowerCase());
  if (direction === undefined) return false;
  doc['network.direction'] = direction;
  return true;
}

/**
 * Writes `event.duration`, which ECS counts in nanoseconds.
 *
 * @param value number or its text
 * @param unit of a second: 1 for seconds, 1e3 for milliseconds, 1e6 for microseconds
 * @returns seconds; `undefined` where `value` is no duration (negative, no number, over 285 years)
 */
export function putDuration(doc: EcsFields, value: unknown, unit = 1): number | undefined {
  const amount = toFloat(value);
  if (amount === undefined || amount < 0) return undefined;
  const seconds = amount / unit;
  if (seconds > MAX_SECONDS) return undefined;
  // Sources count in microseconds at best: rounding there keeps fractions of a second exact.
  doc['event.duration'] = Math.round(seconds * 1e6) * 1000;
  return seconds;
}

/** The device that saw the event; the same words for every log of a product. */
export interface Observer {
  readonly vendor: string;
  readonly product: string;
  /** ECS's examples: `firewall`, `proxy`, `ids`, `ips`, `switch`, `router`, `wap`, `vpn`. */
  readonly type?: string;
}

/** Writes `observer.vendor`, `observer.product` and `observer.type`. */
export function putObserver(doc: EcsFields, observer: Observer): void {
  doc['observer.vendor'] = observer.vendor;
  doc['observer.product'] = observer.product;
  if (observer.type !== undefined) doc['observer.type'] = observer.type;
}
