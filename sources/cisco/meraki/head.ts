import { parseEpoch } from '../../kit/dates.ts';
import type { ParseInput } from '../../kit/source.ts';

/** A line cut into what all lines have. */
export interface Head {
  /** The device's clock, epoch milliseconds. */
  readonly time?: number;
  /** Name of the device. */
  readonly device?: string;
  /** `flows`, `urls`, `events`, … */
  readonly kind: string;
  /** What comes behind the kind. */
  readonly rest: string;
}

/** The kinds of lines that MX, MR and MS write. */
export const KINDS = new Set([
  'flows',
  'firewall',
  'vpn_firewall',
  'cellular_firewall',
  'bridge_anyconnect_client_vpn_firewall',
  'ip_flow_start',
  'ip_flow_end',
  'urls',
  'ids-alerts',
  'security_event',
  'events',
  'airmarshal_events',
]);

/** `[1 ]1772359200.123456789 device kind rest`, with the version of RFC 5424 or without it. */
const WITH_TIME =
  /^ ?(?:1 )?(\d{9,10}\.\d{1,9}) ([\w.()/&+-]{1,64}(?: [\w.()/&+-]{1,32}){0,3}?) ([a-z_-]{4,40}) (.+)$/s;
/** The same behind a header that took time and device. */
const BARE = /^([a-z_-]{4,40}) (.+)$/s;

/** Cuts a line; `undefined` where it is none of Meraki's. */
export function readHead(input: ParseInput): Head | undefined {
  const { text, syslog } = input;
  const full = WITH_TIME.exec(text);
  if (full !== null && KINDS.has(full[3]!))
    return { time: parseEpoch(full[1]!), device: full[2]!, kind: full[3]!, rest: full[4]! };
  const bare = BARE.exec(text);
  if (bare === null || !KINDS.has(bare[1]!)) return undefined;
  return { device: syslog?.hostname, kind: bare[1]!, rest: bare[2]! };
}
