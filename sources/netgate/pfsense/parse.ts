import type { EcsFields } from '@vigie/contracts';
import { categorise, type EventType } from '../../kit/categorise.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { type Observer, putDirection, putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';
import { verdictOf } from '../../kit/verdict.ts';
import { isInterface, readInterface } from './interface.ts';

const VENDOR = 'netgate.pfsense.';
const OBSERVER: Observer = { vendor: 'Netgate', product: 'pfSense', type: 'firewall' };
const MAX_COLUMNS = 60;
/** `rule,sub-rule,anchor,tracker,interface,reason,action,direction,4|6,` */
const START =
  /^\d{0,10},[^,]{0,40},[^,]{0,80},[^,]{0,64},[^,\s]{1,40},[a-z-]{2,30},[a-z]{2,12},(?:in|out|in\/out),[46],/;

/** Where the columns of the addresses stand, by the version of IP. */
const V4 = { tos: 9, ttl: 11, id: 12, offset: 13, flags: 14, number: 15, name: 16, length: 17, source: 18 };
const V6 = { class: 9, flow: 10, hops: 11, name: 12, number: 13, length: 14, source: 15 };

/** Columns that the transport adds: ports, flags, and what ICMP and CARP say. */
function putTransportPart(doc: EcsFields, name: string, columns: readonly string[], at: number): void {
  if (name === 'tcp' || name === 'udp') {
    const source = parsePort(columns[at] ?? '');
    const destination = parsePort(columns[at + 1] ?? '');
    if (source !== undefined) doc['source.port'] = source;
    if (destination !== undefined) doc['destination.port'] = destination;
    const length = toLong(columns[at + 2]);
    if (length !== undefined) doc[`${VENDOR}data_length`] = length;
    const flags = columns[at + 3];
    if (name === 'tcp' && flags !== undefined && flags !== '') doc[`${VENDOR}tcp_flags`] = flags;
    return;
  }
  if (name !== 'icmp' && name !== 'icmp6' && name !== 'ipv6-icmp') return;
  const kind = columns[at];
  if (kind === undefined || kind === '') return;
  doc[`${VENDOR}icmp_type`] = kind;
  // The router's words on what it could not deliver.
  if (kind.startsWith('unreach') || kind === 'timexceed' || kind === 'paramprob') {
    doc['error.type'] = kind;
    const words = columns
      .slice(at + 1)
      .join(',')
      .trim();
    if (words !== '') doc['error.message'] = words;
  }
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const text = input.text.trim();
  if (isInterface(text)) {
    if (!readInterface(text, doc)) return 'rejected';
    putObserver(doc, OBSERVER);
    if (input.syslog?.hostname !== undefined) doc['observer.name'] = input.syslog.hostname;
    return 'parsed';
  }
  if (!START.test(text)) return 'rejected';
  const columns = text.split(',', MAX_COLUMNS);
  const [rule, subRule, anchor, tracker, device, reason, action, direction, version] = columns as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  putObserver(doc, OBSERVER);
  if (rule !== '') doc['rule.id'] = rule;
  if (subRule !== '') doc[`${VENDOR}sub_rule`] = subRule;
  if (anchor !== '') doc['rule.ruleset'] = anchor;
  if (tracker !== '') doc['rule.uuid'] = tracker;
  doc[direction === 'out' ? 'observer.egress.interface.name' : 'observer.ingress.interface.name'] = device;
  if (reason !== '') doc['event.reason'] = reason;
  doc['event.action'] = action;
  putDirection(doc, direction);
  const types: EventType[] = [];
  const verdict = verdictOf(action);
  if (verdict !== undefined) types.push(verdict);
  categorise(doc, { category: ['network'], type: types.length > 0 ? types : ['info'] });
  doc['network.type'] = version === '6' ? 'ipv6' : 'ipv4';

  const layout = version === '6' ? V6 : V4;
  // Some releases put the fragment's columns in front of the protocol of version 6 as well.
  const shift = version === '6' && parseIp(columns[V6.source] ?? '') === undefined ? shiftOf(columns) : 0;
  let name = (columns[layout.name + shift] ?? '').toLowerCase();
  let number = columns[layout.number + shift] ?? '';
  if (/^\d+$/.test(name) && !/^\d+$/.test(number)) [name, number] = [number.toLowerCase(), name];
  if (toLong(number) !== undefined) doc['network.iana_number'] = number;
  if (name !== '') doc['network.transport'] = name === 'icmpv6' ? 'ipv6-icmp' : name;
  const length = toLong(columns[layout.length + shift]);
  if (length !== undefined) doc['network.bytes'] = length;
  const source = parseIp(columns[layout.source + shift] ?? '');
  const destination = parseIp(columns[layout.source + shift + 1] ?? '');
  if (source !== undefined) {
    doc['source.address'] = source;
    doc['source.ip'] = source;
  }
  if (destination !== undefined) {
    doc['destination.address'] = destination;
    doc['destination.ip'] = destination;
  }
  const hops = toLong(columns[version === '6' ? V6.hops : V4.ttl]);
  if (hops !== undefined) doc[`${VENDOR}ttl`] = hops;
  putTransportPart(doc, name, columns, layout.source + shift + 2);
  return source === undefined ? 'partial' : 'parsed';
}

/** How many columns further than documented the first address stands; 0 where there is none. */
function shiftOf(columns: readonly string[]): number {
  for (let i = V6.source + 1; i < Math.min(columns.length, V6.source + 6); i++)
    if (parseIp(columns[i]!) !== undefined) return i - V6.source;
  return 0;
}

/** The packet filter's log of pfSense and OPNsense (`filterlog`), and who used their web interface. */
export default defineSource({
  id: 'netgate.pfsense',
  signatures: [
    { kind: 'app', names: ['filterlog'], test: ({ text }) => START.test(text) },
    { kind: 'app', names: ['php-fpm', 'audit'], test: ({ text }) => isInterface(text.trim()) },
    ...['pass,', 'block,', 'reject,', 'rdr,', 'nat,'].map((verb) => ({
      kind: 'text' as const,
      literals: [`,match,${verb}`],
      test: ({ text }: ParseInput) => START.test(text),
    })),
  ],
  parse,
});
