import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, type EventType, WHAT } from '../../kit/categorise.ts';
import { parseEpoch, parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
import { text } from '../../kit/json.ts';
import { parseMac } from '../../kit/mac.ts';
import { type Observer, putDirection, putObserver, putTotals } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { outcomeOf, verdictOf } from '../../kit/verdict.ts';

const VENDOR = 'catonetworks.sase.';
const OBSERVER: Observer = { vendor: 'Cato Networks', product: 'SASE Cloud', type: 'firewall' };

/** Members of events. */
const TABLE = fieldTable(
  VENDOR,
  `
  internalId           event.id                         text
  event_time           @timestamp                       own
  event_timestamp      @timestamp                       own
  time                 @timestamp                       own
  time_str             @timestamp                       own
  action               event.action                     lower
  event_message        event.reason                     text
  src_ip               source                           side
  src_port             source.port                      port
  src_isp_ip           source.nat.ip                    ip
  src_country_code     source.geo.country_iso_code      country
  dest_ip              destination                      side
  dest_port            destination.port                 port
  dest_country_code    destination.geo.country_iso_code country
  domain_name          destination.domain               own
  full_path_url        url                              own
  url                  url                              own
  referer_url          http.request.referrer            text
  http_request_method  http.request.method              text
  user_agent           user_agent.original              text
  ip_protocol          network.transport                transport
  traffic_direction    network.direction                own
  application          network.application              text
  rule                 rule.id                          own
  rule_id              rule.id                          own
  rule_name            rule.name                        text
  categories           rule.category                    text
  file_name            file                             file
  file_size            file.size                        long
  file_hash            file.hash                        hash
  file_type            catonetworks.sase.file_type      own
  host_ip              host.ip                          own
  host_mac             host.mac                         own
  device_name          host.name                        text
  os_type              host.os.type                     own
  os_version           host.os.version                  text
  client_version       agent.version                    text
  user_name            user.name                        text
  user_id              user.id                          text
  vpn_user_email       user.email                       text
  dns_query            dns.question.name                text
  bytes_upload         source.bytes                     long
  bytes_download       destination.bytes                long
  upstream_bytes       source.bytes                     long
  downstream_bytes     destination.bytes                long
  threat_name          catonetworks.sase.threat_name    own
  threat_reference     rule.reference                   text
  signature_id         catonetworks.sase.signature_id   own
  pop_name             observer.geo.name                text
  `,
);

const SYSTEMS: ReadonlyMap<string, string> = new Map([
  ['OS_WINDOWS', 'windows'],
  ['OS_MAC', 'macos'],
  ['OS_LINUX', 'linux'],
  ['OS_IOS', 'ios'],
  ['OS_ANDROID', 'android'],
]);

/** `Initial Access (TA0001), Reconnaissance (TA0043)`: names and numbers of ATT&CK. */
const ATTACK = /([^,()]{2,80}?) ?\((TA?\d{4}(?:\.\d{3})?)\)/g;

function putAttack(
  doc: EcsFields,
  prefix: 'threat.tactic' | 'threat.technique' | 'threat.technique.subtechnique',
  value: unknown,
): void {
  const words = text(value);
  if (words === undefined || words === '') return;
  const names: string[] = [];
  const ids: string[] = [];
  for (const match of words.slice(0, 2_000).matchAll(ATTACK)) {
    names.push(match[1]!.trim());
    ids.push(match[2]!);
  }
  if (ids.length === 0) return;
  doc[`${prefix}.id`] = ids;
  doc[`${prefix}.name`] = names;
}

function tidy(json: JsonObject): JsonObject {
  const out: JsonObject = {};
  for (const key of Object.keys(json)) {
    const value = json[key];
    if (value !== '' && value !== null && value !== undefined && value !== 'N/A') out[key] = value;
  }
  return out;
}

function classify(json: JsonObject): { what: Categorisation; alert: boolean } {
  const kind = (text(json['event_sub_type']) ?? '').toLowerCase();
  const action = text(json['action']);
  const verdict = verdictOf(action);
  if (kind.includes('malware')) {
    const type: EventType = verdict === 'denied' ? 'denied' : 'info';
    const isClean =
      text(json['threat_verdict'])?.toLowerCase() === 'clean' || text(json['threat_name']) === 'clean';
    return { what: { category: ['malware'], type: [type] }, alert: !isClean };
  }
  if (kind === 'ips' || kind.includes('suspicious activity') || kind.includes('anomaly')) {
    const type: EventType = verdict ?? 'info';
    return { what: { category: ['intrusion_detection'], type: [type] }, alert: true };
  }
  if (
    kind.includes('management application') ||
    json['login_type'] !== undefined ||
    json['authentication_type'] !== undefined
  )
    return { what: { ...WHAT.login, outcome: outcomeOf(action) }, alert: false };
  const isConnectivity = text(json['event_type']) === 'Connectivity';
  if (isConnectivity) {
    if (/^connected$/i.test(action ?? kind)) return { what: WHAT.vpnStart, alert: false };
    if (/^disconnected$/i.test(action ?? kind)) return { what: WHAT.vpnEnd, alert: false };
    return { what: WHAT.connection, alert: false };
  }
  return {
    what: {
      category: ['network'],
      type: ['info'].concat(verdict === 'denied' ? ['denied'] : []) as EventType[],
    },
    alert: false,
  };
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  if (input.json === undefined) return 'rejected';
  const json = tidy(input.json);
  putObserver(doc, OBSERVER);
  TABLE.putObject(doc, json);
  const iso = text(json['event_time']) ?? text(json['event_timestamp']) ?? text(json['time_str']);
  const epoch = json['time'];
  const time =
    (iso === undefined ? undefined : parseIso(iso, 'UTC')) ??
    (typeof epoch === 'string' || typeof epoch === 'number' ? parseEpoch(epoch) : undefined);
  putDate(doc, '@timestamp', time);
  const system = text(json['os_type']);
  const family = system === undefined ? undefined : SYSTEMS.get(system);
  if (family !== undefined) doc['host.os.type'] = family;
  putDirection(doc, text(json['traffic_direction']));
  const rule = text(json['rule']) ?? text(json['rule_id']);
  if (rule !== undefined) doc['rule.id'] = rule;
  const host = text(json['domain_name']);
  const url = text(json['full_path_url']) ?? text(json['url']);
  if (url !== undefined) TARGET.put(doc, 'url', url);
  if (host !== undefined) doc['destination.domain'] = host;
  const mac = text(json['host_mac']);
  const parsed = mac === undefined ? undefined : parseMac(mac);
  if (parsed !== undefined) doc['host.mac'] = [parsed];
  const hostIp = parseIp(text(json['host_ip']) ?? '');
  if (hostIp !== undefined) doc['host.ip'] = [hostIp];
  const threat = text(json['threat_name']);
  const { what, alert } = classify(json);
  if (threat !== undefined && threat !== 'clean') {
    doc[`${VENDOR}threat_name`] = threat;
    if (alert) doc['rule.description'] = threat;
    // Of what came in by a bad reputation, the source is what is known to be bad.
    const source = doc['source.ip'];
    if (text(json['threat_type']) === 'Reputation' && text(json['event_sub_type']) === 'IPS') {
      doc['threat.indicator.description'] = threat;
      if (typeof source === 'string' && doc['network.direction'] === 'inbound') {
        doc['threat.indicator.ip'] = source;
        doc['threat.indicator.name'] = source;
        doc['threat.indicator.type'] = source.includes(':') ? 'ipv6-addr' : 'ipv4-addr';
      }
    }
  }
  const signature = text(json['signature_id']);
  if (signature !== undefined) doc[`${VENDOR}signature_id`] = signature;
  putAttack(doc, 'threat.tactic', json['mitre_attack_tactics']);
  putAttack(doc, 'threat.technique', json['mitre_attack_techniques']);
  putAttack(doc, 'threat.technique.subtechnique', json['mitre_attack_subtechniques']);
  putTotals(doc);
  categorise(doc, what);
  doc['event.kind'] = alert ? 'alert' : 'event';
  return json['event_type'] === undefined && json['event_sub_type'] === undefined ? 'partial' : 'parsed';
}

const TARGET = fieldTable(VENDOR, 'url url url');

/** Cato SASE Cloud, events as JSON. */
export default defineSource({
  id: 'catonetworks.sase',
  signatures: [
    ...[
      ['event_sub_type', 'event_type', 'account_id'],
      ['event_sub_type', 'internalId'],
      ['event_sub_type', 'src_is_site_or_vpn'],
      ['event_sub_type', 'event_count'],
      ['internalId', 'src_ip', 'account_id'],
    ].map((keys) => ({ kind: 'json' as const, keys })),
  ],
  parse,
});
