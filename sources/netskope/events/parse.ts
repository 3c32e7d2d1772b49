import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, type EventType, WHAT } from '../../kit/categorise.ts';
import { parseEpoch, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
import { firstOf, text } from '../../kit/json.ts';
import { type Observer, putDuration, putObserver, putTotals } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putUrl } from '../../kit/url.ts';
import { verdictOf } from '../../kit/verdict.ts';
import { putTransaction, readTransaction } from './transactions.ts';

const VENDOR = 'netskope.events.';
const OBSERVER: Observer = { vendor: 'Netskope', product: 'Netskope', type: 'proxy' };

/** Members of events and alerts. */
const TABLE = fieldTable(
  VENDOR,
  `
  _id                  event.id                   text
  timestamp            @timestamp                 own
  start_time           event.start                date
  end_time             event.end                  date
  activity             event.action               own
  action               event.action               own
  audit_log_event      event.reason               text
  user                 user                       account
  acting_user          user                       own
  from_user            user                       own
  to_user              user.target                account
  userip               client                     side
  srcip                source                     side
  srcport              source.port                port?
  dstip                destination                side
  dstport              destination.port           port?
  dsthost              destination                endpoint
  client_bytes         source.bytes               long
  server_bytes         destination.bytes          long
  numbytes             network.bytes              long
  client_packets       source.packets             long
  server_packets       destination.packets        long
  total_packets        network.packets            long
  ip_protocol          network.transport          transport
  protocol             network.protocol           own
  app                  network.application        text
  policy               rule.name                  text
  policy_id            rule.id                    text
  profile              rule.ruleset               text
  category             rule.category              text
  url                  url                        url
  referer              http.request.referrer      text
  useragent            user_agent.original        text
  hostname             host.name                  text
  os                   host.os.name               text
  os_version           host.os.version            text
  device               host.type                  text
  nsdeviceuid          host.id                    text
  instance_id          cloud.instance.id          text
  object               file.name                  own
  file_name            file.name                  own
  file_path            file.path                  own
  file_size            file.size                  long
  file_type            file.mime_type             text
  md5                  file.hash                  hash
  sha256               file.hash                  hash
  local_md5            file.hash                  hash
  local_sha256         file.hash                  hash
  severity             log.level                  text
  ja3                  tls.client.ja3             own
  ja3s                 tls.server.ja3s            own
  malware_name         rule.name                  own
  alert_name           rule.name                  own
  conn_duration        event.duration             own
  src_country          source.geo.country_iso_code       country
  dst_country          destination.geo.country_iso_code  country
  src_location         source.geo.city_name              text
  dst_location         destination.geo.city_name         text
  src_region           source.geo.region_name            text
  dst_region           destination.geo.region_name       text
  src_zipcode          source.geo.postal_code            text
  dst_zipcode          destination.geo.postal_code       text
  src_timezone         source.geo.timezone               text
  dst_timezone         destination.geo.timezone          text
  conn_starttime       event.start                date
  conn_endtime         event.end                  date
  instance_name        cloud.instance.name        text
  org                  organization.name          text
  bypass_reason        event.reason               text
  user_agent           user_agent.original        text
  user_role            user.roles                 list
  severity_level       event.severity             long
  `,
);

const NOTHING = new Set(['', 'NA', 'N/A', 'n/a', 'None', 'unknown', 'NotAvailable', '-', 'unmapped']);
/** Places of both sides as numbers: enrichment knows them better. */
const LEFT = /^(?:src|dst)_(?:latitude|longitude)$/;

function tidy(json: JsonObject): JsonObject {
  const out: JsonObject = {};
  for (const key of Object.keys(json)) {
    const value = json[key];
    if (value === null || value === undefined || LEFT.test(key)) continue;
    if (typeof value === 'string' && NOTHING.has(value)) continue;
    out[key] = value;
  }
  return out;
}

const PLATFORMS = [
  [/windows/i, 'windows', 'windows'],
  [/mac|darwin|monterey|ventura|sonoma|sequoia|big sur|catalina|os x/i, 'macos', 'darwin'],
  [/ios|iphone|ipad/i, 'ios', 'ios'],
  [/android/i, 'android', 'android'],
  [/linux|ubuntu|debian|chrome/i, 'linux', 'linux'],
] as const;

function putPlatform(doc: EcsFields, json: JsonObject): void {
  const words = `${text(json['device']) ?? ''} ${text(json['os']) ?? ''}`;
  if (words.trim() === '' || text(json['device']) === undefined || !/device/i.test(words)) return;
  const found = PLATFORMS.find(([pattern]) => pattern.test(words));
  if (found === undefined) return;
  doc['host.os.type'] = found[1];
  doc['host.os.platform'] = found[2];
}

/** What administrators did, by the words of the audit log. */
function classifyAudit(words: string): Categorisation {
  if (/log ?out/i.test(words)) return WHAT.logout;
  if (/log ?in/i.test(words))
    return {
      ...WHAT.login,
      outcome: /fail/i.test(words) ? 'failure' : /success/i.test(words) ? 'success' : undefined,
    };
  if (/password|admin (?:created|deleted|updated)|role/i.test(words))
    return { category: ['iam'], type: ['change'] };
  if (/creat|add/i.test(words)) return WHAT.configurationCreated;
  if (/delet|remov/i.test(words)) return WHAT.configurationDeleted;
  return WHAT.configurationChanged;
}

function classify(json: JsonObject, type: string): Categorisation {
  const verdict = verdictOf(text(json['action']));
  const types = (base: EventType): EventType[] => (verdict === undefined ? [base] : [base, verdict]);
  if (/malware/.test(type)) return { category: ['malware'], type: types('info') };
  if (/dlp|quarantine|watchlist|legal/.test(type)) return { category: ['file'], type: types('info') };
  if (/anomaly|uba|compromised/.test(type)) return { category: ['authentication'], type: ['info'] };
  if (type === 'network') return { category: ['network'], type: types('connection') };
  return { category: ['network'], type: types('info') };
}

function putFileName(doc: EcsFields, json: JsonObject): void {
  const name = text(firstOf(json, 'file_name', 'filename', 'object'));
  const kind = text(json['object_type']);
  if (name !== undefined && (kind === undefined || /file|document|folder/i.test(kind)))
    doc['file.name'] = name;
  else if (name !== undefined) doc[`${VENDOR}object`] = name;
  const path = text(json['file_path']);
  if (path !== undefined) doc['file.path'] = path;
}

function parseEvent(json: JsonObject, doc: EcsFields): ParseOutcome {
  putObserver(doc, OBSERVER);
  TABLE.putObject(doc, json);
  const stamp = json['timestamp'];
  if (typeof stamp === 'number' || typeof stamp === 'string') putDate(doc, '@timestamp', parseEpoch(stamp));
  const who = text(firstOf(json, 'user', 'acting_user', 'from_user', 'ur_normalized'));
  if (who !== undefined && doc['user.name'] === undefined) TABLE.put(doc, 'user', who);
  const browser = text(json['browser']);
  if (browser !== undefined && doc['user_agent.original'] === undefined) doc['user_agent.name'] = browser;
  const version = text(json['browser_version']);
  if (version !== undefined && doc['user_agent.original'] === undefined) doc['user_agent.version'] = version;
  putPlatform(doc, json);
  putFileName(doc, json);
  const target = text(json['url']);
  const page = text(json['page']);
  if (target === undefined && page !== undefined) putUrl(doc, page);
  // Addresses of sites are written without their scheme.
  const original = doc['url.original'];
  if (typeof original === 'string' && doc['url.domain'] === undefined && !original.startsWith('/')) {
    delete doc['url.path'];
    putUrl(doc, `//${original}`);
    doc['url.original'] = original;
    doc['url.path'] ??= '/';
    const protocol = /^(https?)\b/i.exec(text(json['protocol']) ?? '')?.[1]?.toLowerCase();
    if (protocol !== undefined) {
      doc['url.scheme'] = protocol;
      doc['url.full'] = `${protocol}://${original}`;
      doc['url.port'] ??= protocol === 'https' ? 443 : 80;
    }
  }
  const address = doc['client.ip'];
  if (address !== undefined && doc['source.ip'] === undefined) {
    doc['source.ip'] = address;
    doc['source.address'] = address;
  }
  for (const [key, field] of [
    ['ja3', 'tls.client.ja3'],
    ['ja3s', 'tls.server.ja3s'],
  ] as const) {
    const digest = text(json[key]);
    if (digest !== undefined) doc[field] = digest;
  }
  putDuration(doc, json['conn_duration']);
  putTotals(doc);
  const protocol = text(json['protocol']);
  if (protocol !== undefined) doc['network.protocol'] = protocol.split('/', 1)[0]!.toLowerCase();
  const audit = text(json['audit_log_event']);
  if (audit !== undefined) {
    categorise(doc, classifyAudit(audit));
    doc['event.kind'] = 'event';
    return 'parsed';
  }
  const type = (text(firstOf(json, 'alert_type', 'type', 'record_type')) ?? '').toLowerCase();
  // Every record has the number of a DLP incident; where there was none it is 0, or the record says what it is.
  const isDlp = type === '' || type === 'dlp' ? Boolean(json['dlp_incident_id']) : false;
  const isAlert = text(json['alert'])?.toLowerCase() === 'yes' || isDlp;
  categorise(doc, classify(json, isDlp ? 'dlp' : type));
  doc['event.kind'] = isAlert ? 'alert' : 'event';
  const action = text(json['activity']) ?? text(json['action']);
  if (action !== undefined) doc['event.action'] = action;
  const decision = text(json['action']);
  if (decision !== undefined) doc[`${VENDOR}action`] = decision;
  const threat = text(firstOf(json, 'malware_name', 'detection_name'));
  if (threat !== undefined) doc['rule.name'] ??= threat;
  return type === '' && !isAlert ? 'partial' : 'parsed';
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  if (input.json !== undefined) return parseEvent(tidy(input.json), doc);
  const record = readTransaction(input.text);
  if (record === undefined) return 'rejected';
  putTransaction(doc, record);
  const peer = doc['destination.address'];
  if (typeof peer === 'string' && parseIp(peer) === undefined) doc['destination.domain'] = peer;
  return 'parsed';
}

/** Netskope: events, alerts, audit log and web transactions. */
export default defineSource({
  id: 'netskope.events',
  signatures: [
    ...[
      ['audit_log_event', 'severity_level'],
      ['audit_log_event', 'timestamp'],
      ['access_method', 'app_session_id'],
      ['access_method', 'traffic_type', 'ur_normalized'],
      ['access_method', 'network_session_id'],
      ['dlp_incident_id', 'timestamp'],
      ['alert_type', 'acked', 'timestamp'],
      ['ur_normalized', 'alert_type'],
      ['ur_normalized', 'ccl'],
      ['userkey', 'traffic_type'],
      ['malsite_id', 'timestamp'],
      ['access_method', 'timestamp', 'cci'],
    ].map((keys) => ({ kind: 'json' as const, keys })),
    {
      kind: 'text',
      literals: [',http_transaction,'],
      test: ({ text: line }) => readTransaction(line) !== undefined,
    },
  ],
  parse,
});
