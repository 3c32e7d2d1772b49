import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { isHostName } from '../../kit/field-table.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { parseMac } from '../../kit/mac.ts';
import { type Observer, putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putTlsVersion } from '../../kit/tls.ts';

const OBSERVER: Observer = { vendor: 'OpenVPN', product: 'OpenVPN', type: 'vpn' };

/** `2026-03-02 10:00:00 ` or `Mon Mar  2 10:00:00 2026 us=340080 `, as a log file has in front of each line. */
const TIME =
  /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d|[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4})(?: us=\d{1,6})? /;
/** `alice/192.0.2.10:50000 `, `192.0.2.10:50000 `: common name, address and port of the client. */
const CLIENT = /^(?:([^/\t]{1,64})\/)?(?:tcp[46]-server:|udp[46]:)?(\[?[0-9A-Fa-f.:]{3,45}?\]?):(\d{1,5}) /;
const PEER = /^\[([^\]\s]{1,64})\] Peer Connection Initiated with \[AF_INET6?\](\S{3,45}):(\d{1,5})/;
const LEARN = /^MULTI: Learn: ([0-9A-Fa-f.:]{3,45}) -> /;
const ASSIGNED = /^MULTI: primary virtual IP for .{1,160}: ([0-9A-Fa-f.:]{3,45})$/;
const POOL = /^IFCONFIG POOL IPv[46]: base=([0-9A-Fa-f.:]{3,45}) /;
const CONTROL = /^Control Channel: (TLSv[\d.]{1,4}), cipher (?:TLSv[\d.]{1,4} |SSLv3 )?([A-Za-z0-9_-]{3,64})/;
const CHANNEL = /^(?:Incoming|Outgoing) Data Channel: (Cipher '([^']{1,40})' .{1,80})$/;
const ACCOUNT =
  /^(?:TLS: )?(Username\/Password authentication (succeeded|deferred|failed)) for username '([^']{1,128})'/;
const LDAP_USER = /^LDAP user "([^"]{1,128})" was not found/;
const GATEWAY = /^ROUTE6?_GATEWAY .{0,80}?IFACE=(\S{1,40})(?: HWADDR=(\S{11,17}))?/;
const BEST_ROUTE = /^net_route_v[46]_best_gw result: via \S{3,45} dev (\S{1,40})/;
const DEVICE = /^TUN\/TAP device (\S{1,40}) opened/;

/** OpenVPN Access Server and the management interface name the user so. */
const FAILURE =
  /AUTH_FAILED|^ldap_bind|^LDAP bind failed|Incorrect password|authentication failed|auth-user-pass-verify.{0,80}(?:fail|error)|^TLS Auth Error|TLS handshake failed|VERIFY ERROR/i;

function putClient(doc: EcsFields, address: string, port: string): void {
  const ip = parseIp(address);
  if (ip !== undefined) {
    for (const side of ['client', 'source'] as const) {
      doc[side === 'client' ? 'client.address' : 'source.address'] = ip;
      doc[side === 'client' ? 'client.ip' : 'source.ip'] = ip;
    }
  }
  const number = parsePort(port);
  if (number === undefined) return;
  doc['client.port'] = number;
  doc['source.port'] = number;
}

/** The common name of a client's certificate: a host's or a person's. */
function putCommonName(doc: EcsFields, name: string): void {
  doc['user.name'] = name;
  if (!isHostName(name)) return;
  doc['client.domain'] = name;
  doc['client.address'] = name;
}

function putInterface(doc: EcsFields, text: string): boolean {
  const gateway = GATEWAY.exec(text) ?? BEST_ROUTE.exec(text);
  if (gateway !== null) {
    doc['observer.egress.interface.name'] = gateway[1]!;
    const mac = gateway[2] === undefined ? undefined : parseMac(gateway[2]);
    if (mac !== undefined) doc['observer.mac'] = [mac];
    return true;
  }
  const device = DEVICE.exec(text);
  if (device !== null) doc['observer.ingress.interface.name'] = device[1]!;
  return device !== null;
}

const INFO: Categorisation = { category: ['network'], type: ['info'] };

/** What a message says; fields that only it has are written. */
function readMessage(doc: EcsFields, text: string, name: string | undefined): Categorisation {
  const account = ACCOUNT.exec(text);
  if (account !== null) {
    doc['event.reason'] = account[1]!;
    doc['user.name'] = account[3]!;
    if (account[2] === 'deferred') return WHAT.authentication;
    return { ...WHAT.login, outcome: account[2] === 'succeeded' ? 'success' : 'failure' };
  }
  const peer = PEER.exec(text);
  if (peer !== null) {
    putClient(doc, peer[2]!, peer[3]!);
    putCommonName(doc, peer[1]!);
    return { ...INFO, type: ['connection', 'start', 'info'], outcome: 'success' };
  }
  const learn = LEARN.exec(text) ?? ASSIGNED.exec(text);
  if (learn !== null) {
    const ip = parseIp(learn[1]!);
    if (ip !== undefined) doc['client.nat.ip'] = ip;
    if (name !== undefined) putCommonName(doc, name);
    return INFO;
  }
  const control = CONTROL.exec(text);
  if (control !== null) {
    putTlsVersion(doc, control[1]!);
    doc['tls.cipher'] = control[2]!;
    return INFO;
  }
  const channel = CHANNEL.exec(text);
  if (channel !== null) {
    doc['event.reason'] = channel[1]!;
    doc['tls.cipher'] = channel[2]!;
    return INFO;
  }
  const pool = POOL.exec(text);
  if (pool !== null) {
    const ip = parseIp(pool[1]!);
    if (ip !== undefined) doc['observer.ip'] = [ip];
    return INFO;
  }
  const missing = LDAP_USER.exec(text);
  if (missing !== null) doc['user.name'] = missing[1]!;
  if (missing !== null || FAILURE.test(text)) return { ...WHAT.login, outcome: 'failure' };
  if (/client-instance (?:exiting|restarting)|^SIGTERM.{0,40}client/i.test(text))
    return { ...WHAT.vpnEnd, category: ['network', 'session'] };
  putInterface(doc, text);
  return INFO;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  let text = input.text.trim();
  const stamp = TIME.exec(text);
  if (stamp !== null) text = text.slice(stamp[0].length);
  if (text === '') return 'rejected';
  putObserver(doc, OBSERVER);
  if (stamp !== null) putDate(doc, '@timestamp', parseDate(stamp[1]!, input));
  const client = CLIENT.exec(text);
  let name: string | undefined;
  if (client !== null) {
    putClient(doc, client[2]!, client[3]!);
    name = client[1];
    if (name !== undefined) doc['user.name'] = name;
    text = text.slice(client[0].length);
  }
  doc['message'] = text;
  const what = readMessage(doc, text, name);
  doc['event.reason'] ??= text;
  categorise(doc, what);
  return 'parsed';
}

/** Beginnings and parts of messages by which lines of a log file are known. */
const WORDS = [
  'peer info: IV_',
  'MULTI: Learn: ',
  'MULTI: primary virtual IP',
  'MULTI: multi_create_instance',
  'MULTI_sva: pool returned',
  'Peer Connection Initiated with [AF_INET',
  'Control Channel: TLSv',
  'Data Channel: Cipher ',
  'Data Channel: using ',
  'PUSH: Received control message',
  'SENT CONTROL [',
  'TLS: Initial packet from [AF_INET',
  'TLS: soft reset sec=',
  'TLS: Username/Password authentication ',
  'TLS Error: ',
  'TLS Auth Error: ',
  'VERIFY OK: depth=',
  'VERIFY ERROR: depth=',
  'TUN/TAP device ',
  'ROUTE_GATEWAY ',
  'net_route_v4_best_gw ',
  'net_addr_v4_add: ',
  'net_iface_up: ',
  'net_iface_mtu_set: ',
  'ifconfig_pool_set(',
  'IFCONFIG POOL IPv',
  'UDPv4 link ',
  'UDPv6 link ',
  'TCPv4_SERVER link ',
  'Socket Buffers: R=[',
  'Diffie-Hellman initialized with ',
  'Initialization Sequence Completed',
  'Timers: ping ',
  'LDAP user "',
  'ldap_bind with ',
  'client-instance exiting',
] as const;

/** OpenVPN 2.3 to 2.6, from syslog and log files. */
export default defineSource({
  id: 'openvpn.openvpn',
  signatures: [
    {
      kind: 'app',
      names: ['openvpn', 'ovpn-server', 'openvpn-server', 'openvpnas', 'ovpns1', 'ovpns2'],
      test: ({ text }) => !text.startsWith('id="'),
    },
    ...WORDS.map((words) => ({ kind: 'text' as const, literals: [words] })),
  ],
  parse,
});
