import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, type EventType } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { putDuration, putTotals } from '../../kit/network.ts';
import type { ParseInput } from '../../kit/source.ts';
import { putProtocol } from './endpoint.ts';
import { putUser } from './writers.ts';

/** Prefix of what has no ECS field, under Firepower's own key names. */
const VENDOR = 'cisco.ftd.';

const TABLE = fieldTable(
  VENDOR,
  `
  EventPriority           log.level                       text
  FirstPacketSecond       event.start                     own
  ConnectionDuration      event.duration                  own
  SrcIP                   source                          side
  DstIP                   destination                     side
  SrcPort                 source.port                     port
  DstPort                 destination.port                port
  Protocol                network.transport               own
  IngressInterface        observer.ingress.interface.name text
  EgressInterface         observer.egress.interface.name  text
  IngressZone             observer.ingress.zone           text
  EgressZone              observer.egress.zone            text
  ACPolicy                rule.ruleset                    text
  AccessControlRuleName   rule.name                       text
  AccessControlRuleReason event.reason                    text
  InitiatorPackets        source.packets                  long
  ResponderPackets        destination.packets             long
  InitiatorBytes          source.bytes                    long
  ResponderBytes          destination.bytes               long
  NAT_InitiatorIP         source.nat.ip                   ip?
  NAT_InitiatorPort       source.nat.port                 port?
  NAT_ResponderIP         destination.nat.ip              ip?
  NAT_ResponderPort       destination.nat.port            port?
  VLAN_ID                 network.vlan.id                 text
  OriginalClientSrcIP     network.forwarded_ip            ip
  Client                  network.application             lower
  ApplicationProtocol     network.protocol                own
  User                    user.name                       own
  UserAgent               user_agent.original             text
  URL                     url                             url
  URI                     url                             url
  HTTPReferer             http.request.referrer           text
  HTTPResponse            http.response.status_code       long
  ReferencedHost          destination.domain              domain
  HTTP_Hostname           destination.domain              domain
  DNSQuery                dns.question.name               own
  DNSRecordType           dns.question.type               own
  DNSResponseType         dns.response_code               own
  FileName                file                            file
  FileSHA256              file.hash                       hash
  FileSize                file.size                       long
  ThreatName              threat.software.name            text
  SID                     rule.id                         text
  Revision                rule.version                    text
  Message                 rule.name                       own
  Classification          rule.category                   text
  IntrusionPolicy         rule.ruleset                    own
  Priority                event.severity                  long
  SSLCipherSuite          tls.cipher                      text
  SSLVersion              tls.version                     tls-version
  SSLServerName           tls.client.server_name          text
  `,
);

const RESPONSES: ReadonlyMap<string, string> = new Map([
  ['No Error', 'NOERROR'],
  ['Non-Existent Domain', 'NXDOMAIN'],
  ['Server Failure', 'SERVFAIL'],
  ['Query Refused', 'REFUSED'],
  ['Format Error', 'FORMERR'],
  ['Not Implemented', 'NOTIMP'],
]);
/** Firepower describes the types of DNS records in words (RFC 1035, 3.2.2). */
const RECORDS: ReadonlyMap<string, string> = new Map([
  ['a host address', 'A'],
  ['IP6 Address', 'AAAA'],
  ['the canonical name for an alias', 'CNAME'],
  ['mail exchange', 'MX'],
  ['text strings', 'TXT'],
  ['an authoritative name server', 'NS'],
  ['a domain name pointer', 'PTR'],
  ['marks the start of a zone of authority', 'SOA'],
  ['Server Selection', 'SRV'],
]);
/** What stands for the user where nobody is known. */
const NOBODY = new Set([
  'Not Found',
  'No Authentication Required',
  'Unknown',
  'Failed Authentication',
  'Guest',
]);
const HOST = /^[\w*](?:[\w.*-]{0,251}[\w.])?$/;
const MAX_PAIRS = 200;

/** Whether `Key: ` stands at `at`: words of letters, digits and `_`, the first with a capital; its end, or −1. */
function keyEnd(text: string, at: number): number {
  const first = text.charCodeAt(at);
  if (first < 65 || first > 90) return -1;
  for (let i = at + 1; i < at + 48; i++) {
    const code = text.charCodeAt(i);
    if (code === 58) return text.charCodeAt(i + 1) === 32 ? i : -1;
    const letter = (code | 32) >= 97 && (code | 32) <= 122;
    if (!letter && !(code >= 48 && code <= 57) && code !== 95 && code !== 32) return -1;
  }
  return -1;
}

/** `Key: value, Key: value`: a value runs to the comma before the next key, so that it may hold commas. */
function readPairs(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  let at = 0;
  let colon = keyEnd(text, 0);
  while (colon >= 0 && pairs.size < MAX_PAIRS) {
    // `Prefilter Policy`, `Tunnel or Prefilter Rule`: the other names have no blanks.
    const key = text.slice(at, colon).replaceAll(' ', '');
    const from = colon + 2;
    let next = text.indexOf(', ', from);
    colon = -1;
    while (next >= 0) {
      colon = keyEnd(text, next + 2);
      if (colon >= 0) break;
      next = text.indexOf(', ', next + 2);
    }
    const value = text.slice(from, next < 0 ? text.length : next).trim();
    if (value !== '' && !pairs.has(key)) pairs.set(key, value);
    at = next + 2;
  }
  return pairs;
}

function unquote(text: string): string {
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}

/** What the event is about, by its id. */
const KINDS: Readonly<Record<string, Categorisation>> = {
  '430001': {
    category: ['network', 'intrusion_detection'],
    type: ['info'],
    action: 'intrusion-detected',
  },
  '430002': { category: ['network'], type: ['connection', 'start'], action: 'connection-started' },
  '430003': { category: ['network'], type: ['connection', 'end'], action: 'connection-finished' },
  '430004': { category: ['file'], type: ['info'], action: 'file-detected' },
  '430005': { category: ['malware'], type: ['info'], action: 'malware-detected' },
};

/** Whether the device let it through, in the words of the three kinds of policy. */
function verdict(pairs: ReadonlyMap<string, string>): EventType | undefined {
  const action = pairs.get('AccessControlRuleAction') ?? pairs.get('InlineResult') ?? pairs.get('FileAction');
  if (action === undefined) return undefined;
  if (/\b(?:would|detect|lookup|log)\b/i.test(action)) return undefined;
  if (/block|drop|reject|deny/i.test(action)) return 'denied';
  return /allow|trust|fastpath|permit|monitor/i.test(action) ? 'allowed' : undefined;
}

/**
 * Reads the security events of Firepower Threat Defense and of the older NGIPS: intrusion (430001), connection
 * (430002, 430003), file (430004), malware (430005).
 *
 * @returns whether the id and the form are those of a security event
 */
export function readSecurityEvent(code: string, text: string, input: ParseInput, doc: EcsFields): boolean {
  const kind = Object.hasOwn(KINDS, code) ? KINDS[code] : undefined;
  if (kind === undefined) return false;
  const pairs = readPairs(text);
  if (pairs.size === 0) return false;
  const decided = verdict(pairs);
  categorise(doc, decided === undefined ? kind : { ...kind, type: [...kind.type, decided] });
  if (code === '430001' || code === '430005') doc['event.kind'] = 'alert';
  for (const [key, value] of pairs) TABLE.put(doc, key, value);

  putProtocol(doc, pairs.get('Protocol') ?? '');
  const protocol = pairs.get('ApplicationProtocol')?.toLowerCase();
  // Of ICMP the transport is repeated as the application's protocol.
  if (protocol !== undefined && protocol !== doc['network.transport']) doc['network.protocol'] = protocol;
  const user = pairs.get('User');
  if (user !== undefined && !NOBODY.has(user)) putUser(doc, user);
  const message = pairs.get('Message');
  if (message !== undefined) doc['rule.name'] = unquote(message);
  doc['rule.ruleset'] = pairs.get('IntrusionPolicy') ?? doc['rule.ruleset'] ?? '';
  putQuery(doc, pairs);
  putTotals(doc);
  putTimes(doc, pairs, code, input);
  return true;
}

function putQuery(doc: EcsFields, pairs: ReadonlyMap<string, string>): void {
  const name = pairs.get('DNSQuery');
  if (name !== undefined) {
    const bare = name.endsWith('.') ? name.slice(0, -1) : name;
    if (HOST.test(bare)) doc['dns.question.name'] = bare;
    else doc[`${VENDOR}DNSQuery`] = name;
  }
  const type = pairs.get('DNSRecordType');
  if (type !== undefined) {
    const record = RECORDS.get(type);
    if (record === undefined) doc[`${VENDOR}DNSRecordType`] = type;
    else doc['dns.question.type'] = record;
  }
  const response = pairs.get('DNSResponseType');
  if (response !== undefined) doc['dns.response_code'] = RESPONSES.get(response) ?? response;
}

/** The first packet's time is when the connection began; the header's, when the event was written. */
function putTimes(doc: EcsFields, pairs: ReadonlyMap<string, string>, code: string, input: ParseInput): void {
  const text = pairs.get('FirstPacketSecond');
  const start = text === undefined ? undefined : parseIso(text, input.timeZone);
  const seconds = putDuration(doc, pairs.get('ConnectionDuration'));
  if (start === undefined) return;
  const hasOwn = doc['@timestamp'] !== undefined || input.syslog?.time !== undefined;
  if (code === '430003') putDate(doc, 'event.start', start);
  if (!hasOwn) putDate(doc, '@timestamp', code === '430003' ? start + (seconds ?? 0) * 1000 : start);
}
