import type { EcsFields } from '@vigie/contracts';
import { categorise, type EventType, WHAT } from '../../kit/categorise.ts';
import { compileDissect } from '../../kit/dissect.ts';
import { parseIp } from '../../kit/ip.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { parseLeef } from '../../kit/leef.ts';
import { leefTable, putLeef } from '../../kit/leef-fields.ts';
import { parseMac } from '../../kit/mac.ts';
import { putDuration, putTotals } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putTlsVersion } from '../../kit/tls.ts';
import { completeUrl, putUrl } from '../../kit/url.ts';
import { verdictOf } from '../../kit/verdict.ts';

const VENDOR = 'watchguard.firebox.';

/** Attributes of Fireware beside LEEF's own. */
const TABLE = leefTable(
  VENDOR,
  `
  sys_name        observer.name                    text
  host_name       observer.name                    text
  serial          observer.serial_number           text
  policy          rule.ruleset                     text
  rule_name       rule.name                        text
  disp            event.action                     text
  in_if           observer.ingress.interface.name  text
  out_if          observer.egress.interface.name   text
  geo_src         source.geo.country_name          text
  geo_dst         destination.geo.country_name     text
  srcPostNATPORT  source.nat.port                  port?
  dstPostNATPORT  destination.nat.port             port?
  src_user        user                             account
  dst_user        destination.user                 account
  duration        event.duration                   own
  sent_bytes      source.bytes                     long
  rcvd_bytes      destination.bytes                long
  msg             event.reason                     own
  dstname         destination.domain               domain
  sni             tls.client.server_name           text
  cn              tls.server.x509.subject.common_name  text
  op              http.request.method              text
  arg             url                              own
  agent           user_agent.original              text
  content_type    http.response.mime_type          text
  cats            rule.category                    own
  proxy_act       rule.category                    text
  app_name        network.application              text
  app_cat_name    network.type                     own
  protocol        network.protocol                 lower
  query_type      dns.question.type                text
  question        dns.question.name                text
  server_ssl      tls.cipher                       text
  client_ssl      tls.cipher                       text
  tls_version     tls.version                      own
  action          rule.category                    own
  signature_name  rule.name                        text
  signature_id    rule.id                          text
  signature_cat   rule.category                    text
  virus           rule.name                        text
  file_name       file                             file
  md5             file.hash                        hash
  sender          email.from.address               list
  recipients      email.to.address                 list
  `,
);

const LEASE = compileDissect('{} on {ip} to {mac} {name}via {interface}');
const LOGIN =
  /\b[Uu]ser (\S{1,128}?)(?:@(\S{1,128}))? from ([0-9A-Fa-f.:]{3,45}) (log ?in attempt was rejected|logged in|logged out|log ?in attempt failed)/;
/** `Authentication of Firewall user [alice@Firebox-DB] from 192.0.2.1 was accepted`. */
const AUTHENTICATION =
  /^Authentication of (?:\S{1,40} )?user \[([^\]@]{1,128})(?:@([^\]]{1,128}))?\] from ([0-9A-Fa-f.:]{3,45}) was (accepted|rejected|denied)/;

function putSource(doc: EcsFields, text: string): void {
  const ip = parseIp(text);
  if (ip === undefined) return;
  doc['source.address'] = ip;
  doc['source.ip'] = ip;
}

/** DHCP and logins, which stand in the message alone. */
function putMessage(doc: EcsFields, message: string): boolean {
  doc['event.reason'] = message;
  if (message.startsWith('DHCP')) {
    const values = LEASE.match(message);
    if (values !== undefined) {
      const [, ip, mac, name] = values as [string, string, string, string];
      putSource(doc, ip);
      const parsed = parseMac(mac);
      if (parsed !== undefined) doc['source.mac'] = parsed;
      const host = name.trim().replace(/^\(|\)$/g, '');
      if (host !== '') {
        doc['source.domain'] = host;
        doc['source.address'] = host;
      }
    }
    categorise(doc, { category: ['network'], type: ['info', 'protocol'] });
    doc['event.action'] ??= message.split(' ', 1)[0]!.toLowerCase();
    return true;
  }
  const login = LOGIN.exec(message) ?? AUTHENTICATION.exec(message);
  if (login === null) return false;
  const [, name, domain, address, verb] = login as unknown as string[];
  // `<missing user name>` is no name.
  if (!name!.includes('>') && !name!.includes('<')) {
    doc['user.name'] = name!;
    if (domain !== undefined) doc['user.domain'] = domain;
  }
  putSource(doc, address!);
  const failed = /reject|fail|denied/.test(verb!);
  if (verb === 'logged out') categorise(doc, { ...WHAT.logout, outcome: 'success' });
  else categorise(doc, { ...WHAT.login, outcome: failed ? 'failure' : 'success' });
  return true;
}

function putWeb(doc: EcsFields, get: (key: string) => string | undefined): void {
  const target = get('arg');
  const host = get('dstname');
  if (host !== undefined) doc['destination.address'] = host;
  if (target !== undefined) {
    putUrl(doc, target);
    const scheme = get('protocol')?.toLowerCase();
    completeUrl(doc, host, scheme === 'http' || scheme === 'https' ? scheme : undefined);
  }
  const categories = get('cats');
  if (categories !== undefined) doc[`${VENDOR}cats`] = categories;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  let text = input.text;
  if (text.startsWith('1.0|WatchGuard|')) text = `LEEF:${text}`;
  // Syslog daemons write a tab as its octal number.
  if (text.includes('#011')) text = text.replaceAll('#011', '\t');
  let attributes: ReadonlyMap<string, string>;
  if (text.includes('LEEF:')) {
    const leef = parseLeef(text);
    if (leef === undefined || leef.vendor !== 'WatchGuard') return 'rejected';
    putLeef(doc, leef, TABLE, input);
    attributes = leef.attributes;
  } else {
    const id = /\bmsg_id="([0-9A-F]{4}-?[0-9A-F]{4})"/.exec(text);
    if (id === null) return 'rejected';
    attributes = readSyslog(text, id.index);
    for (const [key, value] of attributes) if (value !== '') TABLE.put(doc, key, value);
    doc['event.code'] = id[1]!.replace('-', '');
    doc['observer.vendor'] = 'WatchGuard';
    doc['observer.product'] = 'XTM';
    putTotals(doc);
  }
  doc['observer.type'] = 'firewall';
  const get = (key: string): string | undefined => attributes.get(key) || undefined;
  const duration = get('duration');
  if (duration !== undefined && putDuration(doc, duration) === undefined) doc[`${VENDOR}duration`] = duration;
  // `TLS_V13`
  const version = get('tls_version');
  if (version !== undefined && !putTlsVersion(doc, version.replace(/^TLS_V(\d)(\d)$/, 'TLSv$1.$2')))
    doc[`${VENDOR}tls_version`] = version;
  const matched = get('action');
  if (matched !== undefined) doc[`${VENDOR}action`] = matched;
  const user = get('src_user');
  if (user !== undefined && user.indexOf('@') > 0) doc['user.email'] ??= user;
  putWeb(doc, get);
  const message = get('msg');
  if (message !== undefined && putMessage(doc, message)) return 'parsed';
  const disposition = get('disp');
  const verdict = verdictOf(disposition);
  const types: EventType[] = ['connection'];
  if (verdict !== undefined) types.push(verdict);
  if (disposition !== undefined || doc['source.ip'] !== undefined)
    categorise(doc, { category: ['network'], type: types });
  else categorise(doc, WHAT.hostInfo);
  const isAlert = doc['rule.id'] !== undefined || get('virus') !== undefined;
  if (isAlert) {
    doc['event.kind'] = 'alert';
    doc['event.category'] = ['network', get('virus') !== undefined ? 'malware' : 'intrusion_detection'];
  }
  return disposition !== undefined || message !== undefined ? 'parsed' : 'partial';
}

const POSITIONAL =
  /^(Allow|Deny|Block|Drop)\b (\S{1,80}) (\S{1,80}) (?:\d{1,6} )?(tcp|udp|icmp|\S{1,20}) (?:\d{1,3} \d{1,3} )?([0-9A-Fa-f.:]{3,45}) ([0-9A-Fa-f.:]{3,45}) (?:(\d{1,5}) (\d{1,5}))?/i;

/** The syslog form: `msg_id="…" Allow 1-Trusted 0-External tcp 192.0.2.1 198.51.100.1 50000 443 … (Policy-00)` and pairs. */
function readSyslog(text: string, at: number): Map<string, string> {
  const close = text.indexOf('"', at + 8);
  const rest = text.slice(close + 1).trim();
  const pairs = parseKeyValue(rest);
  const words = POSITIONAL.exec(rest);
  if (words !== null) {
    const names = ['disp', 'in_if', 'out_if', 'proto', 'src', 'dst', 'srcPort', 'dstPort'];
    names.forEach((name, i) => {
      const value = words[i + 1];
      if (value !== undefined) pairs.set(name, value);
    });
    const policy = /\(([^()=]{1,120}-\d\d)\)/.exec(rest.slice(0, 1_000));
    if (policy !== null) pairs.set('policy', policy[1]!);
  } else if (!pairs.has('msg')) {
    const end = rest.search(/ \w{1,40}="/);
    pairs.set('msg', (end < 0 ? rest : rest.slice(0, end)).trim());
  }
  return pairs;
}

/** WatchGuard Firebox, Fireware 11 to 2025, in LEEF and syslog form. */
export default defineSource({
  id: 'watchguard.firebox',
  signatures: [
    { kind: 'text', prefix: 'LEEF:', literals: ['|WatchGuard|'] },
    { kind: 'text', prefix: '1.0|WatchGuard|' },
    {
      kind: 'text',
      literals: ['msg_id="'],
      test: ({ text }) => /\bmsg_id="[0-9A-F]{4}-?[0-9A-F]{4}"/.test(text),
    },
  ],
  parse,
});
