import type { EcsFields } from '@vigie/contracts';
import { isHostName } from '../../kit/field-table.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { putMac } from '../../kit/mac.ts';
import { putTransport } from '../../kit/network.ts';
import { putAccount } from '../../kit/user.ts';

/** Services that stand for a port (`outside:192.0.2.7/ssh`), by the protocol that they mean. */
const SERVICES = new Set(['ssh', 'telnet', 'https', 'http', 'snmp', 'domain', 'ntp', 'ftp', 'smtp']);
/** `(type 8, code 0)` behind an address. */
const ICMP = /^type (\d{1,3}), code (\d{1,3})$/;

/** Prefix of what has no ECS field. */
export const VENDOR = 'cisco.asa.';

/** Writes `network.transport` from ASA's names: `TCP`, `icmp`, `47`, `protocol 47`; `IP` says nothing. */
export function putProtocol(doc: EcsFields, text: string): void {
  const word = text.startsWith('protocol ') ? text.slice(9) : text;
  if (word.length > 24 || word.includes(' ')) return;
  const name = word.toLowerCase();
  if (name === 'ip' || name === 'protocol' || name === '') return;
  putTransport(doc, name === 'icmp6' || name === 'icmpv6' ? 'ipv6-icmp' : name);
}

/** The side's interface: where its packets come in, or go out. */
function putInterface(doc: EcsFields, side: Side, name: string): void {
  if (name === '') return;
  doc[side === 'source' ? 'observer.ingress.interface.name' : 'observer.egress.interface.name'] = name;
}

/** A side of a connection. */
export type Side = 'source' | 'destination';

/** Writes an address, or the name that stands for it where `names` are switched on. */
export function putAddress(doc: EcsFields, side: Side, text: string): boolean {
  const ip = parseIp(text);
  if (ip !== undefined) {
    doc[`${side}.address`] = ip;
    doc[`${side}.ip`] = ip;
    return true;
  }
  if (!isHostName(text)) return false;
  doc[`${side}.address`] = text;
  doc[`${side}.domain`] = text;
  return true;
}

/** What stands in brackets behind an address: a port, an identity, a type of ICMP. */
function putBrackets(doc: EcsFields, side: Side, text: string): void {
  const port = parsePort(text);
  if (port !== undefined) {
    doc[`${side}.port`] = port;
    return;
  }
  const icmp = ICMP.exec(text);
  if (icmp !== null) {
    putIcmp(doc, icmp[1]!, icmp[2]);
    return;
  }
  if (text === '' || parseIp(text) !== undefined) return;
  // Security groups (`tag:name`) and names of hosts stand here as well; an identity has its domain before it.
  if (text.includes('\\')) putIdentity(doc, side, text);
}

/** `LOCAL\alice`, `EXAMPLE\alice`: the identity firewall's user; `LOCAL` is the device's own list. */
export function putIdentity(doc: EcsFields, side: Side, text: string): void {
  const name = text.startsWith('LOCAL\\') ? text.slice(6) : text;
  if (name === '' || name === '<unknown>' || name === '*****') return;
  putAccount(doc, side === 'source' ? 'user' : 'destination.user', name);
}

/** Writes type and code of ICMP, for which ECS has no fields. */
export function putIcmp(doc: EcsFields, type: string, code: string | undefined): void {
  doc[`${VENDOR}icmp.type`] = type;
  if (code !== undefined) doc[`${VENDOR}icmp.code`] = code;
}

/**
 * Reads an end of a connection in all of ASA's notations: `outside:192.0.2.7/443`, `192.0.2.7/443`, `192.0.2.7`,
 * `outside/192.0.2.7(443)`, `outside:2001:db8::7/443`, `outside:web1/https`, each with an identity or a type
 * of ICMP in brackets behind it.
 */
export function putEnd(doc: EcsFields, side: Side, token: string): void {
  let text = token;
  const open = text.indexOf('(');
  if (open >= 0) {
    for (let at = open; at >= 0; ) {
      const close = text.indexOf(')', at);
      putBrackets(doc, side, text.slice(at + 1, close < 0 ? text.length : close).trim());
      at = close < 0 ? -1 : text.indexOf('(', close);
    }
    text = text.slice(0, open);
  }
  text = text.trim();
  if (text.startsWith('laddr ') || text.startsWith('faddr ')) text = text.slice(6);
  // An end holds no blank: what follows one is the rest of a wording that the pattern does not know.
  const blank = text.indexOf(' ');
  if (blank > 0) text = text.slice(0, blank);
  const slash = text.lastIndexOf('/');
  if (slash > 0) {
    const right = text.slice(slash + 1);
    const port = parsePort(right);
    if (port !== undefined) {
      doc[`${side}.port`] = port;
      text = text.slice(0, slash);
    } else if (parseIp(right) !== undefined) {
      putInterface(doc, side, text.slice(0, slash));
      text = right;
    } else {
      putMac(doc, `${side}.mac`, right);
      if (SERVICES.has(right)) doc['network.protocol'] = right === 'domain' ? 'dns' : right;
      text = text.slice(0, slash);
    }
  }
  if (putAddress(doc, side, text)) return;
  const colon = text.indexOf(':');
  if (colon <= 0) return;
  putInterface(doc, side, text.slice(0, colon).trim());
  putAddress(doc, side, text.slice(colon + 1).trim());
}

/** The translated end: `192.0.2.7/443`, with an identity in brackets behind it. */
export function putTranslated(doc: EcsFields, side: Side, token: string): void {
  let text = token;
  const close = text.indexOf(')');
  if (close >= 0) {
    const open = text.indexOf('(', close);
    if (open > 0) {
      const identity = text
        .slice(open + 1)
        .replace(/\)$/, '')
        .trim();
      if (identity.includes('\\')) putIdentity(doc, side, identity);
      // Behind the second end stands the user who authenticated, without a domain.
      else if (identity !== '' && parsePort(identity) === undefined && doc['user.name'] === undefined)
        putAccount(doc, 'user', identity);
    }
    text = text.slice(0, close);
  }
  const slash = text.lastIndexOf('/');
  const colon = text.indexOf(':');
  // Later releases write the interface here as well.
  const from =
    colon > 0 && parseIp(text.slice(0, slash < 0 ? undefined : slash)) === undefined ? colon + 1 : 0;
  const ip = parseIp(slash < 0 ? text.slice(from) : text.slice(from, slash));
  if (ip === undefined) return;
  doc[`${side}.nat.ip`] = ip;
  const port = slash < 0 ? undefined : parsePort(text.slice(slash + 1));
  if (port !== undefined) doc[`${side}.nat.port`] = port;
}

const SIDES = ['address', 'ip', 'domain', 'port', 'bytes', 'nat.ip', 'nat.port'] as const;
const PAIRS: readonly (readonly [string, string])[] = [
  ...SIDES.map((part) => [`source.${part}`, `destination.${part}`] as const),
  ['observer.ingress.interface.name', 'observer.egress.interface.name'],
];
const LAST_SYSTEM_PORT = 1023;

/**
 * When a connection ends, the device names its far end first and doesn't say who began it. Where the first end has
 * a system port (RFC 6335: 0 to 1023) and the second has none, the second is the client: then the sides are
 * exchanged, so that they are those of the message about the beginning.
 */
export function putClientFirst(doc: EcsFields): void {
  const first = doc['source.port'];
  const second = doc['destination.port'];
  if (typeof first !== 'number' || typeof second !== 'number') return;
  if (first > LAST_SYSTEM_PORT || second <= LAST_SYSTEM_PORT) return;
  for (const [one, other] of PAIRS) {
    const kept = doc[one];
    const moved = doc[other];
    if (moved !== undefined) doc[one] = moved;
    else if (kept !== undefined) delete doc[one];
    if (kept !== undefined) doc[other] = kept;
    else if (moved !== undefined) delete doc[other];
  }
}
