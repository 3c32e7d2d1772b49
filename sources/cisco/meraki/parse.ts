import type { EcsFields } from '@vigie/contracts';
import { categorise, type EventType } from '../../kit/categorise.ts';
import { parseEpoch, putDate } from '../../kit/dates.ts';
import { putHash } from '../../kit/hash.ts';
import { parseIp, parsePort, splitHostPort } from '../../kit/ip.ts';
import { type Pairs, parseKeyValue } from '../../kit/key-value.ts';
import { parseMac, putMac } from '../../kit/mac.ts';
import { putObserver, putTransport } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { readEvent } from './events.ts';
import { readHead } from './head.ts';
import { shownUrl, VENDOR } from './names.ts';

/** `192.0.2.7`, `192.0.2.7:4711`, `[2001:db8::7]:443`. */
function putSide(
  doc: EcsFields,
  side: 'source' | 'destination',
  text: string | undefined,
  port?: string,
): void {
  if (text === undefined || text === '') return;
  const whole = parseIp(text);
  const split = whole === undefined ? splitHostPort(text) : { host: whole };
  const ip = whole ?? parseIp(split.host);
  if (ip === undefined) {
    // Air Marshal and IDS write the card where others write the address.
    putMac(doc, `${side}.mac`, text);
    return;
  }
  doc[`${side}.address`] = ip;
  doc[`${side}.ip`] = ip;
  const number = port === undefined ? split.port : parsePort(port);
  if (number !== undefined) doc[`${side}.port`] = number;
}

function putFlow(doc: EcsFields, pairs: Pairs): void {
  putSide(doc, 'source', pairs.get('src'), pairs.get('sport'));
  putSide(doc, 'destination', pairs.get('dst'), pairs.get('dport'));
  putMac(doc, 'source.mac', pairs.get('mac') ?? pairs.get('smac'));
  const protocol = pairs.get('protocol')?.replace(/\/ip$/, '');
  if (protocol !== undefined && /^[a-z0-9-]{1,12}$/i.test(protocol)) putTransport(doc, protocol);
  const inner = parseIp(pairs.get('translated_src_ip') ?? '');
  if (inner !== undefined) doc['source.nat.ip'] = inner;
  const outer = parseIp(pairs.get('translated_dst_ip') ?? '');
  if (outer !== undefined) doc['destination.nat.ip'] = outer;
  const port = parsePort(pairs.get('translated_port') ?? '');
  if (port !== undefined) doc[outer === undefined ? 'source.nat.port' : 'destination.nat.port'] = port;
  const type = pairs.get('type');
  if (type !== undefined) doc[`${VENDOR}icmp.type`] = type;
}

/** Rules decide by words, those for traffic from outside by numbers: 0 lets through, 1 stops. */
function verdictOf(word: string): EventType | undefined {
  if (word === 'deny' || word === '1' || word === 'Blocked' || word === 'block') return 'denied';
  return word === 'allow' || word === '0' ? 'allowed' : undefined;
}

const PATTERN = /\bpattern: (\S+)(?: (.{1,1024}))?/;

/** `allow src=… dst=… protocol=udp sport=1 dport=2`, `src=… pattern: allow all`. */
function readFlow(kind: string, rest: string, doc: EcsFields): void {
  const blank = rest.indexOf(' ');
  const first = verdictOf(rest.slice(0, blank < 0 ? undefined : blank));
  putFlow(doc, parseKeyValue(rest));
  const pattern = PATTERN.exec(rest);
  const decided = first ?? (pattern === null ? undefined : verdictOf(pattern[1]!));
  if (pattern !== null) doc['rule.name'] = `${pattern[1]}${pattern[2] === undefined ? '' : ` ${pattern[2]}`}`;
  const type: EventType[] = ['connection'];
  if (kind === 'ip_flow_start') type.push('start');
  else if (kind === 'ip_flow_end') type.push('end');
  if (decided !== undefined) type.push(decided);
  categorise(doc, { category: ['network'], type });
}

const REQUEST = /\brequest: (\S{1,32})(?: (\S+))?/;
const AGENT = /\bagent='([^']{1,2048})'/;

/** `src=… dst=… mac=… agent='…' request: GET https://…` */
function readUrl(rest: string, doc: EcsFields): void {
  putFlow(doc, parseKeyValue(rest, { limit: 20 }));
  const request = REQUEST.exec(rest);
  if (request !== null) {
    if (request[1] !== 'UNKNOWN') doc['http.request.method'] = request[1]!;
    putUrl(doc, shownUrl(request[2]));
    const domain = doc['url.domain'];
    if (typeof domain === 'string' && parseIp(domain) === undefined) doc['destination.domain'] = domain;
  }
  put(doc, 'user_agent.original', AGENT.exec(rest)?.[1]);
  categorise(doc, { category: ['network', 'web'], type: ['access'] });
}

const MESSAGE = /\bmessage: (.{1,1024})$/s;

/** `[ids_alerted] signature=1:28423:1 priority=1 timestamp=… dhost=… direction=ingress protocol=tcp/ip src=… dst=… message: …` */
function readIds(rest: string, doc: EcsFields): void {
  const pairs = parseKeyValue(rest);
  putFlow(doc, pairs);
  putMac(doc, 'destination.mac', pairs.get('dhost'));
  putMac(doc, 'source.mac', pairs.get('shost'));
  const signature = pairs.get('signature');
  if (signature !== undefined) {
    doc['rule.id'] = signature;
    const revision = signature.split(':')[2];
    if (revision !== undefined) doc['rule.version'] = revision;
  }
  put(doc, 'event.severity', pairs.get('priority'));
  const direction = pairs.get('direction');
  if (direction === 'ingress' || direction === 'egress') doc['network.direction'] = direction;
  put(doc, 'rule.name', MESSAGE.exec(rest)?.[1]?.trim());
  const decided = verdictOf(
    pairs.get('decision')?.toLowerCase() === 'blocked' ? 'block' : (pairs.get('action') ?? ''),
  );
  doc['event.kind'] = 'alert';
  categorise(doc, {
    category: ['network', 'intrusion_detection'],
    type: decided === undefined ? ['info'] : [decided],
  });
  const time = parseEpoch(pairs.get('timestamp') ?? '');
  if (time !== undefined && time > 0) putDate(doc, 'event.start', time);
}

/** `security_filtering_file_scanned url=… src=… dst=… mac=… name='…' sha256=… disposition=malicious action=block` */
function readFile(rest: string, doc: EcsFields): void {
  const pairs = parseKeyValue(rest);
  putFlow(doc, pairs);
  putUrl(doc, pairs.get('url'));
  putHash(doc, 'file.hash', pairs.get('sha256'));
  put(doc, 'file.name', pairs.get('name'));
  const disposition = pairs.get('disposition');
  put(doc, `${VENDOR}disposition`, disposition);
  const action = pairs.get('action');
  const bad = disposition === 'malicious' || rest.startsWith('security_filtering_disposition_change');
  if (bad) doc['event.kind'] = 'alert';
  const decided = action === undefined ? undefined : verdictOf(action);
  const type: EventType[] = decided === undefined ? ['info'] : [decided];
  categorise(doc, { category: bad ? ['malware', 'network'] : ['network', 'file'], type });
}

function readSecurity(rest: string, doc: EcsFields): void {
  const blank = rest.indexOf(' ');
  const name = rest.slice(0, blank < 0 ? undefined : blank);
  if (name.includes('=')) readIds(rest, doc);
  else {
    if (name.startsWith('security_filtering')) readFile(rest, doc);
    else readIds(rest.slice(name.length + 1), doc);
    doc['event.action'] = name.replaceAll('_', '-');
  }
}

/** `type=rogue_ssid_detected ssid='…' bssid='…' src='…' dst='…' channel='36' rssi='31'`: radio that is not ours. */
function readRadio(rest: string, doc: EcsFields): void {
  const pairs = parseKeyValue(rest);
  putMac(doc, 'source.mac', pairs.get('src'));
  putMac(doc, 'destination.mac', pairs.get('dst'));
  for (const name of ['ssid', 'vap', 'channel', 'rssi', 'wired_mac', 'vlan_id', 'fc_type', 'fc_subtype'])
    put(doc, `${VENDOR}wireless.${name}`, pairs.get(name));
  const bssid = parseMac(pairs.get('bssid') ?? '');
  if (bssid !== undefined) doc[`${VENDOR}wireless.bssid`] = bssid;
  const vlan = pairs.get('vlan_id');
  if (vlan !== '0') put(doc, 'network.vlan.id', vlan);
  const type = pairs.get('type');
  doc['event.kind'] = 'alert';
  categorise(doc, {
    category: ['network', 'intrusion_detection'],
    type: ['info'],
    ...(type === undefined || type === '' ? {} : { action: type.replaceAll('_', '-') }),
  });
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const head = readHead(input);
  if (head === undefined) return 'rejected';
  const { kind, rest } = head;
  if (head.time !== undefined) putDate(doc, '@timestamp', head.time);
  putObserver(doc, { vendor: 'Cisco', product: 'Meraki' });
  if (head.device !== undefined) doc['observer.name'] = head.device;
  doc[`${VENDOR}type`] = kind;
  doc['message'] = `${kind} ${rest}`.trim();
  switch (kind) {
    case 'urls':
      readUrl(rest, doc);
      return 'parsed';
    case 'ids-alerts':
      readIds(rest, doc);
      return 'parsed';
    case 'security_event':
      readSecurity(rest, doc);
      return 'parsed';
    case 'airmarshal_events':
      readRadio(rest, doc);
      return 'parsed';
    case 'events':
      return readEvent(rest, doc) ? 'parsed' : 'partial';
    default:
      readFlow(kind, rest, doc);
      return 'parsed';
  }
}

const recognised = (input: ParseInput): boolean => readHead(input) !== undefined;

export default defineSource({
  id: 'cisco.meraki',
  signatures: [
    ['urls src=', 'request: '],
    ['flows ', 'src='],
    ['firewall ', 'src=', ' dst='],
    ['ip_flow_start ', 'src='],
    ['ip_flow_end ', 'src='],
    ['ids-alerts ', 'signature='],
    ['security_event '],
    ['airmarshal_events ', 'type='],
    ['events '],
  ].map((literals) => ({ kind: 'text' as const, literals, test: recognised })),
  parse,
});
