import type { EcsFields } from '@vigie/contracts';
import { WHAT } from './categorise.ts';
import { parseIp } from './ip.ts';
import { parseMac } from './mac.ts';
import { toLong } from './types.ts';

/** Messages of RFC 2131 and 3203, and BOOTP's, as dhcpd writes them. */
const MESSAGE =
  /^((?:DHCP(?:DISCOVER|OFFER|REQUEST|ACK|NAK|DECLINE|RELEASE|INFORM|LEASEQUERY|LEASEACTIVE|LEASEUNKNOWN|LEASEUNASSIGNED|EXPIRE))|BOOTREQUEST|BOOTREPLY)(?= |$)/;

/** Whether a message is one of DHCP as dhcpd writes it. */
export function isDhcpMessage(text: string): boolean {
  return MESSAGE.test(text);
}

const MAX_WORDS = 40;

function putAddress(doc: EcsFields, ip: string): void {
  for (const side of ['source', 'client'] as const) {
    doc[`${side}.ip`] = ip;
    doc[`${side}.address`] = ip;
  }
}

/** The client's own name, in brackets behind its hardware address. */
function putName(doc: EcsFields, name: string): void {
  doc['source.domain'] = name;
  doc['source.address'] = name;
  doc['host.hostname'] = name;
}

/**
 * Reads `DHCPREQUEST for 10.1.1.9 (10.1.0.1) from 52:54:00:aa:bb:cc (pc9) via 10.1.1.1: wrong network.` and its
 * siblings, with what appliances append: relay, transaction, client identifier, lease, state.
 *
 * @param vendor prefix of what has no ECS field, with its dot
 * @returns whether it is such a message
 */
export function readDhcp(text: string, vendor: string, doc: EcsFields): boolean {
  const found = MESSAGE.exec(text);
  if (found === null) return false;
  const words = text.slice(found[0].length).trim().split(/ +/, MAX_WORDS);
  let after: 'ip' | 'mac' | undefined;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const next = words[i + 1];
    if (word.startsWith('(') && word.endsWith(')') && after !== undefined) {
      const inside = word.slice(1, -1);
      const ip = parseIp(inside);
      if (after === 'mac') putName(doc, inside);
      else if (ip !== undefined) {
        doc['server.ip'] = ip;
        doc['server.address'] = ip;
      }
      after = undefined;
      continue;
    }
    if (next === undefined) {
      putTail(doc, word, vendor);
      continue;
    }
    const value = next.replace(/[:,]$/, '');
    switch (word) {
      case 'on':
      case 'for':
      case 'of':
      case 'from':
      case 'to': {
        const ip = parseIp(value);
        const mac = ip === undefined ? parseMac(value) : undefined;
        if (ip !== undefined) {
          putAddress(doc, ip);
          after = 'ip';
        } else if (mac !== undefined) {
          doc['source.mac'] = mac;
          doc['client.mac'] = mac;
          after = 'mac';
        }
        i++;
        break;
      }
      case 'via':
        putVia(doc, value, vendor);
        after = undefined;
        i++;
        if (next.endsWith(':')) {
          doc['event.reason'] = words.slice(i + 1).join(' ');
          i = words.length;
        }
        break;
      case 'relay':
        doc[`${vendor}relay`] = value;
        i++;
        break;
      case 'TransID':
        doc[`${vendor}transaction`] = value;
        i++;
        if (next.endsWith(':')) {
          doc['event.reason'] = words.slice(i + 1).join(' ');
          i = words.length;
        }
        break;
      case 'uid':
        doc[`${vendor}client_identifier`] = value;
        i++;
        break;
      case 'lease-duration':
      case 'offered-duration':
        doc[`${vendor}${word.replace('-', '_')}`] = toLong(value) ?? value;
        i++;
        break;
      default:
        if (word.endsWith(':') && i + 1 < words.length) {
          doc['event.reason'] = words.slice(i + 1).join(' ');
          i = words.length;
        } else putTail(doc, word, vendor);
    }
  }
  const action = found[1]!;
  doc['event.category'] = WHAT.dhcp.category.slice();
  doc['event.type'] = WHAT.dhcp.type.slice();
  doc['event.action'] = action;
  if (action === 'DHCPNAK' || action === 'DHCPDECLINE') doc['event.outcome'] = 'failure';
  else if (action === 'DHCPACK') doc['event.outcome'] = 'success';
  doc['network.protocol'] = 'dhcp';
  doc['network.transport'] = 'udp';
  return true;
}

/** `(RENEW)`, `(found)`: the state; `[3600]`: the lease in seconds. */
function putTail(doc: EcsFields, word: string, vendor: string): void {
  const lease = /^\[(\d{1,10})\]$/.exec(word);
  if (lease !== null) doc[`${vendor}lease_duration`] = Number(lease[1]);
  else if (/^\([A-Za-z-]{2,30}\)$/.test(word)) doc['event.reason'] = word.slice(1, -1);
}

/** The relay agent by its address, or the server's own interface. */
function putVia(doc: EcsFields, via: string, vendor: string): void {
  const ip = parseIp(via);
  doc[`${vendor}via`] = ip ?? via;
  if (ip === undefined) doc['observer.ingress.interface.name'] = via;
  else {
    doc['destination.ip'] = ip;
    doc['destination.address'] = ip;
  }
}
