import type { EcsFields } from '@vigie/contracts';
import { isHostName } from '../../kit/field-table.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { parseMac } from '../../kit/mac.ts';
import { toLong } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import type { Writers } from '../_shared/messages.ts';
import { putEnd, putIcmp, putProtocol, putTranslated, type Side, VENDOR } from './endpoint.ts';

const CLOCK = /^(?:(\d{1,5})d )?(\d{1,5}):(\d{2}):(\d{2})$/;
const LETTERS = /^(?:(\d{1,5})d:)?(\d{1,5})h:(\d{1,2})m:(\d{1,2})s$/;
const ICMP = /type (\d{1,3}),? code (\d{1,3})/;

/** `0:10:06`, `2h:28m:09s`, `1d:02h:03m:04s` as seconds. */
export function parseDuration(text: string): number | undefined {
  const match = CLOCK.exec(text) ?? LETTERS.exec(text);
  if (match === null) return undefined;
  return Number(match[1] ?? 0) * 86_400 + Number(match[2]) * 3_600 + Number(match[3]) * 60 + Number(match[4]);
}

/** A name in quotes or bare; the device masks unknown names with asterisks. */
export function putUser(doc: EcsFields, text: string): void {
  let name = text.trim();
  const first = name.charCodeAt(0);
  if ((first === 34 || first === 39) && name.length > 1 && name.charCodeAt(name.length - 1) === first)
    name = name.slice(1, -1);
  if (name === '' || name === '*****' || name === '<unknown>' || name.toLowerCase() === 'unknown') return;
  putAccount(doc, 'user', name);
}

const text =
  (field: string) =>
  (doc: EcsFields, value: string): void => {
    doc[field] = value.trim();
  };
const number =
  (field: string) =>
  (doc: EcsFields, value: string): void => {
    const amount = toLong(value.trim());
    if (amount !== undefined) doc[field] = amount;
  };

function putReason(doc: EcsFields, value: string): void {
  const reason = value.trim();
  if (reason !== '') doc['event.reason'] = reason;
}

/** `FIN Timeout from outside (alice)`: why the connection ended, and whose it was. */
function putEndReason(doc: EcsFields, value: string): void {
  let reason = value.trim();
  if (reason.endsWith(')')) {
    const open = reason.lastIndexOf('(');
    const user = reason.slice(open + 1, -1);
    if (open >= 0 && user !== '') {
      if (!/^(?:type|code) /.test(user))
        putAccount(doc, 'user', user.startsWith('LOCAL\\') ? user.slice(6) : user);
      reason = reason.slice(0, open).trim();
    }
  }
  putReason(doc, reason);
}

/** `(admin)`, `type 8 code 0`: what may stand behind the addresses of an ICMP connection. */
function putIcmpTail(doc: EcsFields, value: string): void {
  const icmp = ICMP.exec(value);
  if (icmp !== null) putIcmp(doc, icmp[1]!, icmp[2]);
  const open = value.indexOf('(');
  const close = value.indexOf(')', open);
  if (open < 0 || close < 0) return;
  const user = value.slice(open + 1, close);
  if (user !== '') putUser(doc, user.startsWith('LOCAL\\') ? user.slice(6) : user);
}

/** `192.0.2.7/0 (admin) type 8 code 0`: an end, and what may stand behind it. */
function putIcmpEnd(doc: EcsFields, side: Side, value: string): void {
  const blank = value.indexOf(' ');
  const paren = value.indexOf('(');
  const end = paren > 0 && (blank < 0 || paren < blank) ? paren : blank;
  putEnd(doc, side, end < 0 ? value : value.slice(0, end));
  if (end > 0) putIcmpTail(doc, value.slice(end));
}

/**
 * The side of the end that the device names first. It names the far end first whatever the direction, so of an
 * outbound connection that is the destination.
 */
function firstSide(doc: EcsFields): Side {
  return doc['network.direction'] === 'outbound' ? 'destination' : 'source';
}
function secondSide(doc: EcsFields): Side {
  return doc['network.direction'] === 'outbound' ? 'source' : 'destination';
}

const ALLOWING = new Set(['permitted', 'est-allowed', 'allowed']);

/** The verdict of an access list, added to the connection's types. */
function putVerdict(doc: EcsFields, value: string): void {
  doc['event.type'] = ['connection', ALLOWING.has(value.toLowerCase()) ? 'allowed' : 'denied'];
}

/** `192.0.2.7` or `alice@192.0.2.7`: who fetched a page. */
function putReader(doc: EcsFields, value: string): void {
  const at = value.lastIndexOf('@');
  putEnd(doc, 'source', value.slice(at + 1));
  if (at > 0) putUser(doc, value.slice(0, at));
}

/** `192.0.2.7:http://example.com/`, `192.0.2.7:/index.html`: a server and what was fetched from it. */
function putPage(doc: EcsFields, value: string): void {
  const colon = value.indexOf(':');
  if (colon <= 0) return;
  const url = value.slice(colon + 1).trim();
  putUrl(doc, url);
  const host = value.slice(0, colon);
  const ip = parseIp(host);
  if (ip === undefined) {
    if (isHostName(host)) {
      doc['destination.address'] = host;
      doc['destination.domain'] = host;
    }
    return;
  }
  doc['destination.address'] = ip;
  doc['destination.ip'] = ip;
}

/** `0100.5e10.0001 (192.0.2.7)`: the client of a lease and its address. */
function putLease(doc: EcsFields, value: string): void {
  const open = value.indexOf('(');
  const client = (open < 0 ? value : value.slice(0, open)).trim();
  // A client id of an Ethernet card is its address with the hardware type 01 before it.
  const bare = client.replaceAll('.', '').replaceAll(':', '');
  const mac =
    parseMac(client) ?? (bare.length === 14 && bare.startsWith('01') ? parseMac(bare.slice(2)) : undefined);
  if (mac !== undefined) doc['source.mac'] = mac;
  if (open >= 0) putEnd(doc, 'source', value.slice(open + 1).replace(/\)$/, ''));
}

/** How the parts of ASA's messages are written, by the names that the patterns give them. */
export const WRITERS: Writers = {
  src: (doc, value) => putEnd(doc, 'source', value),
  dst: (doc, value) => putEnd(doc, 'destination', value),
  src_nat: (doc, value) => putTranslated(doc, 'source', value),
  dst_nat: (doc, value) => putTranslated(doc, 'destination', value),
  first: (doc, value) => putEnd(doc, firstSide(doc), value),
  second: (doc, value) => putEnd(doc, secondSide(doc), value),
  first_nat: (doc, value) => putTranslated(doc, firstSide(doc), value),
  second_nat: (doc, value) => putTranslated(doc, secondSide(doc), value),
  far: (doc, value) => putIcmpEnd(doc, firstSide(doc), value),
  near: (doc, value) => putIcmpEnd(doc, secondSide(doc), value),
  verdict: putVerdict,
  accessed: putReader,
  page: putPage,
  granted: putLease,
  src_port: (doc, value) => {
    const port = parsePort(value.trim());
    if (port !== undefined) doc['source.port'] = port;
  },
  dst_port: (doc, value) => {
    const port = parsePort(value.trim());
    if (port !== undefined) doc['destination.port'] = port;
  },
  transport: (doc, value) => putProtocol(doc, value),
  direction: (doc, value) => {
    const word = value.toLowerCase();
    if (word === 'inbound' || word === 'outbound') doc['network.direction'] = word;
  },
  protocol: (doc, value) => {
    doc['network.protocol'] = value.toLowerCase();
  },
  in: text('observer.ingress.interface.name'),
  out: text('observer.egress.interface.name'),
  interface: text(`${VENDOR}interface`),
  user: putUser,
  group: (doc, value) => {
    if (value !== '' && value !== '<unknown>') doc[`${VENDOR}group`] = value;
  },
  policy: text(`${VENDOR}policy`),
  acl: text('rule.name'),
  connection: text(`${VENDOR}connection_id`),
  session: text(`${VENDOR}session_type`),
  flags: text(`${VENDOR}flags`),
  hits: number(`${VENDOR}hit_count`),
  icmp: (doc, value) => {
    const icmp = ICMP.exec(value);
    if (icmp !== null) putIcmp(doc, icmp[1]!, icmp[2]);
  },
  icmp_type: (doc, value) => putIcmp(doc, value.trim(), undefined),
  icmp_code: text(`${VENDOR}icmp.code`),
  duration: (doc, value) => {
    const seconds = parseDuration(value.trim());
    if (seconds !== undefined) doc['event.duration'] = seconds * 1e9;
  },
  seconds: (doc, value) => {
    const seconds = toLong(value.trim());
    if (seconds !== undefined && seconds >= 0 && seconds < 1e9) doc['event.duration'] = seconds * 1e9;
  },
  task: (doc, value) => {
    const amount = toLong(value.trim());
    if (amount === undefined || amount < 0 || amount >= 1e9) return;
    doc['event.duration'] = amount * 1e6;
    doc['event.reason'] = `Task ran for ${amount} msec`;
  },
  bytes: number('network.bytes'),
  bytes_out: number('destination.bytes'),
  bytes_in: number('source.bytes'),
  reason: putReason,
  end_reason: putEndReason,
  ended: (doc, value) => {
    doc['event.outcome'] = value.trim().toUpperCase().startsWith('OK') ? 'success' : 'failure';
  },
  command: (doc, value) => {
    const command = value.trim();
    if (command !== '') doc['process.command_line'] = command;
  },
  application: text(`${VENDOR}application`),
  process: text('process.name'),
  mac: (doc, value) => {
    const mac = parseMac(value.trim());
    if (mac !== undefined) doc['source.mac'] = mac;
  },
  url: (doc, value) => putUrl(doc, value.trim()),
  file: text('file.name'),
  list: text(`${VENDOR}threat.list`),
  threat: text(`${VENDOR}threat.category`),
  threat_level: text(`${VENDOR}threat.level`),
  signature: text('rule.name'),
  signature_id: text('rule.id'),
  pool_address: (doc, value) => {
    const ip = parseIp(value.trim());
    if (ip === undefined) return;
    doc['source.nat.ip'] = ip;
  },
  state: (doc, value) => {
    doc['event.action'] = `interface-${value.trim().toLowerCase().replaceAll(' ', '-')}`;
  },
  from_level: number(`${VENDOR}privilege.old`),
  level: number(`${VENDOR}privilege.new`),
  client: text(`${VENDOR}client_type`),
  limit: text(`${VENDOR}limit`),
};
