import type { EcsFields } from '@vigie/contracts';
import { categorise, type EventType } from '../../kit/categorise.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { type Pairs, parseKeyValue } from '../../kit/key-value.ts';
import { parseMac } from '../../kit/mac.ts';
import { type Observer, putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { isPacket } from '../_shared/packet.ts';

const VENDOR = 'linux.netfilter.';
const OBSERVER: Observer = { vendor: 'Linux', product: 'Netfilter', type: 'firewall' };

/** Keys of the kernel's log of packets (nf_log_syslog). */
const TABLE = fieldTable(
  VENDOR,
  `
  IN       observer.ingress.interface.name  text
  OUT      observer.egress.interface.name   text
  PHYSIN   linux.netfilter.PHYSIN           text
  PHYSOUT  linux.netfilter.PHYSOUT          text
  SRC      source                           side
  DST      destination                      side
  SPT      source.port                      port
  DPT      destination.port                 port
  PROTO    network.transport                own
  LEN      source.bytes                     long
  MAC      source.mac                       own
  MACSRC   source.mac                       mac
  MACDST   destination.mac                  mac
  UID      user.id                          text
  GID      group.id                         text
  `,
);

const DENIED = /\b(?:drop(?:ped)?|denied|deny|reject(?:ed)?|block(?:ed)?|BLOCK|bad|invalid)\b/i;
const ALLOWED = /\b(?:accept(?:ed)?|allow(?:ed)?|pass(?:ed)?|permit(?:ted)?)\b/i;

/** Destination, source and type of the Ethernet header, in one row of octets. */
function putMacs(doc: EcsFields, text: string): void {
  if (text.length < 35) return;
  const destination = parseMac(text.slice(0, 17));
  const source = parseMac(text.slice(18, 35));
  if (destination !== undefined) doc['destination.mac'] = destination;
  if (source !== undefined) doc['source.mac'] = source;
}

function putProtocol(doc: EcsFields, pairs: Pairs): void {
  const protocol = pairs.get('PROTO');
  if (protocol === undefined || protocol === '') return;
  const number = /^\d{1,3}$/.test(protocol);
  if (number) {
    TRANSPORT.put(doc, 'PROTO', protocol);
    return;
  }
  doc['network.transport'] = protocol.toLowerCase() === 'icmpv6' ? 'ipv6-icmp' : protocol.toLowerCase();
}

const TRANSPORT = fieldTable(VENDOR, 'PROTO network.transport transport');
/** What stands in front is short: iptables takes 29 characters, nftables 127. */
const MAX_PREFIX = 200;
const FLAGS = ['URG', 'ACK', 'PSH', 'RST', 'SYN', 'FIN'];

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const text = input.text;
  const at = text.indexOf('IN=');
  if (at < 0 || text.indexOf('SRC=', at) < 0) return 'rejected';
  const body = text.slice(at);
  const pairs = parseKeyValue(body);
  if (!pairs.has('SRC') || !pairs.has('OUT')) return 'rejected';
  putObserver(doc, OBSERVER);
  for (const [key, value] of pairs) if (value !== '' && !key.includes('#')) TABLE.put(doc, key, value);
  const mac = pairs.get('MAC');
  if (mac !== undefined) putMacs(doc, mac);
  putProtocol(doc, pairs);
  const flags = FLAGS.filter((flag) => body.includes(` ${flag} `) || body.endsWith(` ${flag}`));
  if (flags.length > 0) doc[`${VENDOR}flags`] = flags;
  // In front: the kernel's uptime, then the prefix that the rule's author chose.
  const prefix = text
    .slice(Math.max(0, at - MAX_PREFIX), at)
    .replace(/^\[\s*\d{1,12}\.\d{1,6}\]\s*/, '')
    .trim();
  if (prefix !== '') doc[`${VENDOR}prefix`] = prefix;
  const types: EventType[] = ['connection'];
  if (DENIED.test(prefix)) types.push('denied');
  else if (ALLOWED.test(prefix)) types.push('allowed');
  // A rule that logs has matched: what it says was done.
  categorise(doc, { category: ['network'], type: types, outcome: 'success' });
  if (prefix !== '') {
    const bare = prefix.replace(/^\[|[\]:\s-]+$/g, '').replace(/\]$/, '');
    if (bare !== '') {
      doc['rule.name'] = bare;
      doc['event.action'] = types[1] === 'denied' ? 'drop' : types[1] === 'allowed' ? 'accept' : 'log';
    }
  }
  if (doc['observer.egress.interface.name'] === undefined) doc['network.direction'] = 'ingress';
  else if (doc['observer.ingress.interface.name'] === undefined) doc['network.direction'] = 'egress';
  return 'parsed';
}

/** Packets logged by the Linux kernel: iptables, nftables, ufw, firewalld, Shorewall. */
export default defineSource({
  id: 'linux.netfilter',
  signatures: [
    { kind: 'app', names: ['kernel'], test: isPacket },
    { kind: 'text', literals: ['IN=', ' OUT=', ' SRC=', ' DST=', ' PROTO='] },
  ],
  parse,
});
