import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise } from '../../kit/categorise.ts';
import { compileDissect, type Dissection } from '../../kit/dissect.ts';
import { parseIp } from '../../kit/ip.ts';
import { toLong } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';
import { putAddress, putEnd, VENDOR } from './endpoint.ts';
import { AUTHENTICATION, HOST_ERROR, LOGIN, LOGIN_FAILED, SESSION, SESSION_END, TUNNEL } from './meanings.ts';
import { parseDuration, putUser } from './writers.ts';

/*
 * Families of messages that begin alike whatever their id: remote access sessions, IKE negotiations, AAA
 * transactions. The beginning says who and from where; the rest says what.
 */

/** What the words after the beginning mean; the first that fits counts. */
const STEPS: readonly (readonly [words: readonly string[], what: Categorisation])[] = [
  [['Authentication: successful'], LOGIN],
  [['Authentication: rejected'], LOGIN_FAILED],
  [['session started'], SESSION],
  [['session terminated'], SESSION_END],
  [['session ended'], SESSION_END],
  [['Session disconnected'], SESSION_END],
  [['SVC connection established'], TUNNEL],
  [['connection established'], TUNNEL],
  [['session lost connection'], TUNNEL],
  [['session resumed'], TUNNEL],
  [['SVC'], TUNNEL],
  [['login failed'], LOGIN_FAILED],
  [['PHASE 1 COMPLETED'], { category: ['network', 'session'], type: ['connection', 'start'] }],
  [['PHASE 2 COMPLETED'], TUNNEL],
  [['User', 'authenticated'], LOGIN],
  [['uthentication', 'failed'], LOGIN_FAILED],
  [['uthentication', 'rejected'], LOGIN_FAILED],
  [
    ['Negotiation aborted'],
    { category: ['network'], type: ['connection', 'error'], action: 'connection-error' },
  ],
  [['SA UP'], { category: ['network', 'session'], type: ['connection', 'start'] }],
  [['SA DOWN'], { category: ['network', 'session'], type: ['connection', 'end'] }],
  [['Connection terminated'], { category: ['network', 'session'], type: ['connection', 'end'] }],
];

/** Says what the rest of a message of these families means. */
function meaning(rest: string): Categorisation {
  for (const [words, what] of STEPS) if (words.every((word) => rest.includes(word))) return what;
  return TUNNEL;
}

const ANGLES = [
  compileDissect('Group <{}> User <{}> IP <{}> {}'),
  compileDissect('Group <{}> User <{?}> IP <{}> {}'),
];
/** `Group User <alice> IP <192.0.2.7> …`: some releases leave the group out. */
const ANGLES_NO_GROUP = compileDissect('Group User <{}> IP <{}> {}');
const ASSIGNED = compileDissect('IPv4 Address <{?}> IPv6 address <{?}> assigned to session');
const ASSIGNED_SHORT = compileDissect('Address <{}> assigned to session');
const CLIENT = compileDissect('Client Type: {}');
const CLOSING = compileDissect('SVC closing connection: {}');
const MESSAGE = compileDissect('SVC Message: {}/{}: {}');
const TERMINATED = compileDissect('{}: {}');

/** `Group <vpn> User <alice> IP <192.0.2.7> …`: remote access with a browser or AnyConnect (716, 722, 113039). */
function readAngles(text: string, doc: EcsFields): boolean {
  let values: string[] | undefined;
  for (const form of ANGLES) values ??= form.match(text);
  if (values === undefined) {
    const short = ANGLES_NO_GROUP.match(text);
    if (short === undefined) return false;
    values = ['', ...short];
  }
  const [group, user, ip, rest] = values as [string, string, string, string];
  if (group !== '') doc[`${VENDOR}group`] = group;
  putUser(doc, user);
  putAddress(doc, 'source', ip.trim());
  categorise(doc, meaning(rest));
  putSession(doc, rest);
  return true;
}

/** The rest of a session's message: reason, client, addresses given. */
function putSession(doc: EcsFields, rest: string): void {
  const assigned = ASSIGNED.match(rest) ?? ASSIGNED_SHORT.match(rest);
  if (assigned !== undefined) {
    // The address inside the tunnel is where this user's later connections come from.
    const inner = assigned.map((text) => parseIp(text)).filter((ip) => ip !== undefined && ip !== '::');
    if (inner.length > 0) doc['source.nat.ip'] = inner[0]!;
    if (inner.length > 1) doc[`${VENDOR}assigned_ip`] = inner as string[];
    doc['event.action'] = 'address-assigned';
    doc['event.reason'] = rest;
    return;
  }
  const client = CLIENT.match(rest);
  if (client !== undefined) {
    doc[`${VENDOR}client_type`] = client[0]!;
    return;
  }
  const session = rest.indexOf('Session Type: ');
  if (session >= 0) {
    const end = rest.slice(session + 14).search(/[.,;]|$/);
    doc[`${VENDOR}session_type`] = rest.slice(session + 14, session + 14 + end);
  }
  const message = MESSAGE.match(rest);
  const reason = CLOSING.match(rest)?.[0] ?? message?.[2];
  if (reason !== undefined) doc['event.reason'] = reason;
  else if (rest.includes('session terminated')) doc['event.reason'] = TERMINATED.match(rest)?.[1] ?? rest;
  else if (doc['event.outcome'] === undefined) doc['event.reason'] = rest;
  else if (doc['event.outcome'] === 'failure') {
    const at = rest.indexOf('eason: ');
    if (at >= 0) doc['event.reason'] = rest.slice(at + 7);
  }
}

const DISCONNECTED = compileDissect(
  'Session disconnected. Session Type: {}, Duration: {}, Bytes xmt: {}, Bytes rcv: {}, Reason: {}',
);

/** One `Name = value, ` at `at`; values hold blanks, never `, `. */
const HEAD = /(Group|Username|IP|User) = ([^,]{0,256}), ?/y;

/** `Group = vpn, Username = alice, IP = 192.0.2.7, …`: IPsec remote access and sites (113019, 713, 715). */
function readEquals(text: string, doc: EcsFields): boolean {
  let at = 0;
  for (let count = 0; count < 3; count++) {
    HEAD.lastIndex = at;
    const part = HEAD.exec(text);
    if (part === null) break;
    at = HEAD.lastIndex;
    const value = part[2]!.trim();
    if (part[1] === 'Group') {
      if (value !== '') doc[`${VENDOR}group`] = value;
    } else if (part[1] === 'IP') putAddress(doc, 'source', value);
    else putUser(doc, value);
  }
  if (at === 0) return false;
  const rest = text.slice(at);
  categorise(doc, meaning(rest));
  const ended = DISCONNECTED.match(rest);
  if (ended === undefined) {
    if (rest !== '') doc['event.reason'] = rest;
    return true;
  }
  const [type, duration, sent, received, reason] = ended as [string, string, string, string, string];
  doc[`${VENDOR}session_type`] = type;
  const seconds = parseDuration(duration);
  if (seconds !== undefined) doc['event.duration'] = seconds * 1e9;
  // Counted at the device: what it transmitted is what the client received.
  const out = toLong(sent);
  const back = toLong(received);
  if (back !== undefined) doc['source.bytes'] = back;
  if (out !== undefined) doc['destination.bytes'] = out;
  doc['event.reason'] = reason;
  return true;
}

const IKEV2: readonly Dissection[] = [
  compileDissect('Local:{}:{} Remote:{}:{} Username:{} {}'),
  compileDissect('Local:{}:{} Remote:{}:{} Username: {} {}'),
];

/** `Local:198.51.100.1:500 Remote:192.0.2.7:500 Username:alice IKEv2 …` (750, 751). */
function readIke(text: string, doc: EcsFields): boolean {
  for (const form of IKEV2) {
    const values = form.match(text);
    if (values === undefined) continue;
    const [local, localPort, remote, remotePort, user, rest] = values as [
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    putEnd(doc, 'source', `${local}/${localPort}`);
    putEnd(doc, 'destination', `${remote}/${remotePort}`);
    putUser(doc, user);
    categorise(doc, meaning(rest));
    const error = rest.indexOf('ERROR: ');
    const reason = error < 0 ? rest.indexOf('eason: ') : error;
    doc['event.reason'] = reason < 0 ? rest : rest.slice(reason + 7);
    return true;
  }
  return false;
}

/** Keys of AAA messages, which stand between colons or commas. */
const AAA_KEY = /(?:^|[:,] ?)(reason|server|user IP|user|local database)(?: ?= ?| ?(?=[:,]))/gi;

/** `AAA user authentication Rejected : reason = … : server = … : user = alice : user IP = …` (113003 to 113017). */
function readAaa(text: string, doc: EcsFields): boolean {
  const head = text.startsWith('AAA ') ? text.slice(0, 96).toLowerCase() : '';
  if (head === '') return false;
  const rejected = head.includes('rejected') || head.includes('status reject');
  const accepted = head.includes('successful') || head.includes('status accept');
  const broken = head.includes('unable to complete') || head.includes('not accessible');
  categorise(doc, rejected ? LOGIN_FAILED : accepted ? LOGIN : broken ? HOST_ERROR : AUTHENTICATION);
  AAA_KEY.lastIndex = 0;
  let key: string | undefined;
  let from = 0;
  const store = (to: number): void => {
    const value = text.slice(from, to).trim();
    if (value === '' || key === undefined) return;
    if (key === 'user') putUser(doc, value);
    else if (key === 'user ip') putAddress(doc, 'source', value);
    else if (key === 'server') putAddress(doc, 'destination', value);
    else if (key === 'reason') doc['event.reason'] = value;
  };
  for (let match = AAA_KEY.exec(text); match !== null; match = AAA_KEY.exec(text)) {
    store(match.index);
    key = match[1]!.toLowerCase();
    from = AAA_KEY.lastIndex;
  }
  store(text.length);
  return true;
}

const SYSLOG =
  /^(?:[A-Z][a-z]{2} {1,2}\d{1,2} \d{2}:\d{2}:\d{2} )?([\w./-]{1,64})(?:\[(\d{1,10})\])?: (.*)$/s;

/** `Mar  6 21:58:53 Ipc[1234]: …`: what programs of the operating system wrote (199011 to 199021). */
function readProgram(text: string, doc: EcsFields): boolean {
  const match = SYSLOG.exec(text);
  if (match === null) return false;
  categorise(doc, { category: ['host'], type: ['info'] });
  doc['process.name'] = match[1]!;
  const pid = match[2] === undefined ? undefined : toLong(match[2]);
  if (pid !== undefined) doc['process.pid'] = pid;
  doc['event.reason'] = match[3]!;
  return true;
}

const IPAA = /^(?:IPAA: )?(?:Session=\w{1,20}, )?/;
const ADDRESS = /(?:address|assigned) ([0-9a-f.:]{3,45})/i;

/** `IPAA: Session=0x1, Freeing local pool address 10.1.2.3`: addresses inside the tunnel (737). */
function readAssignment(text: string, doc: EcsFields): boolean {
  if (!text.startsWith('IPAA')) return false;
  const rest = text.slice(IPAA.exec(text)![0].length);
  categorise(doc, TUNNEL);
  const address = ADDRESS.exec(rest);
  if (address !== null) putAddress(doc, 'source', address[1]!);
  const group = rest.indexOf("tunnel-group '");
  if (group >= 0) {
    const end = rest.indexOf("'", group + 14);
    if (end > 0) doc[`${VENDOR}group`] = rest.slice(group + 14, end);
  }
  doc['event.action'] = /free/i.test(rest) ? 'address-freed' : 'address-assigned';
  doc['event.reason'] = rest;
  return true;
}

const MAPPING = compileDissect('user-identity: {} IP-User mapping {} - {} {}');

/** `user-identity: Add IP-User mapping 10.1.2.3 - EXAMPLE\alice Succeeded - VPN user` (746012, 746013). */
function readIdentity(text: string, doc: EcsFields): boolean {
  const values = MAPPING.match(text);
  if (values === undefined) return false;
  const [verb, ip, user, rest] = values as [string, string, string, string];
  categorise(doc, {
    category: ['session'],
    type: [verb === 'Delete' ? 'end' : 'start'],
    outcome: rest.startsWith('Failed') ? 'failure' : 'success',
  });
  putAddress(doc, 'source', ip);
  putAccount(doc, 'user', user.startsWith('LOCAL\\') ? user.slice(6) : user);
  const reason = rest.indexOf(' - ');
  if (reason > 0) doc['event.reason'] = rest.slice(reason + 3);
  return true;
}

const DAP = [
  compileDissect('DAP: User {}, Addr {}, Connection {}: {}'),
  compileDissect('DAP: User {}, Addr {}: {}'),
];

/** `DAP: User alice, Addr 192.0.2.7, Connection AnyConnect: …`: dynamic access policies (734). */
function readPolicy(text: string, doc: EcsFields): boolean {
  for (const form of DAP) {
    const values = form.match(text);
    if (values === undefined) continue;
    putUser(doc, values[0]!);
    putAddress(doc, 'source', values[1]!);
    if (values.length === 4) doc[`${VENDOR}session_type`] = values[2]!;
    categorise(doc, { category: ['session'], type: ['info'] });
    const rest = values.at(-1)!;
    const records = rest.indexOf('for this connection: ');
    if (records >= 0) doc['rule.name'] = rest.slice(records + 21);
    else doc['event.reason'] = rest;
    return true;
  }
  return false;
}

const POOL = compileDissect('({}) {} session for client user {}, IP {} has been {}');

/** `(WebVPN-Primary) WebVPN session for client user alice, IP 192.0.2.7 has been created` (721). */
function readFailoverSession(text: string, doc: EcsFields): boolean {
  const values = POOL.match(text);
  if (values === undefined) return false;
  categorise(doc, values[4]!.startsWith('created') ? SESSION : SESSION_END);
  doc[`${VENDOR}session_type`] = values[1]!;
  putUser(doc, values[2]!);
  putAddress(doc, 'source', values[3]!);
  return true;
}

const BROKEN: Categorisation = { category: ['network'], type: ['connection', 'error'] };
const CLOSED: Categorisation = { category: ['network'], type: ['connection', 'end'] };
const HANDSHAKES: readonly (readonly [Dissection, Categorisation])[] = [
  [compileDissect('Starting SSL handshake with {peer} {end} to {other} for {version}'), TUNNEL],
  [compileDissect('Starting SSL handshake with {peer} {end} for {version}'), TUNNEL],
  [compileDissect('Device completed SSL handshake with {peer} {end} to {other} for {version}'), TUNNEL],
  [compileDissect('Device completed SSL handshake with {peer} {end} for {version}'), TUNNEL],
  [compileDissect('Device completed SSL handshake with {peer} {end}'), TUNNEL],
  [compileDissect('Device failed SSL handshake with {peer} {end} to {other}'), BROKEN],
  [compileDissect('Device failed SSL handshake with {peer} {end}'), BROKEN],
  [compileDissect('SSL session with {peer} {end} to {other} terminated'), CLOSED],
  [compileDissect('SSL session with {peer} {end} terminated'), CLOSED],
];
const TLS = /\bTLSv?(\d(?:\.\d)?)/i;

/** `Device completed SSL handshake with client outside:192.0.2.7/4711 to 198.51.100.1/443 for TLSv1.2 session` (725). */
function readHandshake(text: string, doc: EcsFields): boolean {
  for (const [form, what] of HANDSHAKES) {
    const values = form.match(text);
    if (values === undefined) continue;
    categorise(doc, what);
    const part = (key: string): string | undefined => values[form.keys.indexOf(key)];
    // The device is the client where it fetches something itself.
    const isServer = part('peer') === 'server';
    putEnd(doc, isServer ? 'destination' : 'source', part('end')!);
    const other = part('other');
    if (other !== undefined) putEnd(doc, isServer ? 'source' : 'destination', other);
    const version = TLS.exec(part('version') ?? '');
    if (version !== null) {
      doc['tls.version'] = version[1]!;
      doc['tls.version_protocol'] = 'tls';
    }
    if (what.type.includes('end')) doc['event.reason'] = 'terminated';
    return true;
  }
  return false;
}

/** Tries the families in turn; false where none fits, the document then being untouched. */
export function readFamily(code: string, text: string, doc: EcsFields): boolean {
  // These begin with the name of a month, so with any of the letters below.
  if (code.startsWith('1990') && code > '199010' && readProgram(text, doc)) return true;
  switch (text.charCodeAt(0)) {
    case 71: // Group
      return readAngles(text, doc) || readEquals(text, doc);
    case 73: // IP, IPAA
      return readAssignment(text, doc) || readEquals(text, doc);
    case 76: // Local
      return readIke(text, doc);
    case 65: // AAA
      return readAaa(text, doc);
    case 68: // DAP, Device
      return readPolicy(text, doc) || readHandshake(text, doc);
    case 83: // Starting, SSL
      return readHandshake(text, doc);
    case 40: // (
      return readFailoverSession(text, doc);
    case 117: // user-identity
      return readIdentity(text, doc);
    default:
      return false;
  }
}
