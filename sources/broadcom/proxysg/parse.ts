import type { EcsFields, JsonObject } from '@vigie/contracts';
import { categorise, type EventType } from '../../kit/categorise.ts';
import { parseCsv } from '../../kit/csv.ts';
import { parseEpoch, parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { text } from '../../kit/json.ts';
import { type Observer, putDuration, putObserver, putTotals } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { completeUrl } from '../../kit/url.ts';
import { verdictOf } from '../../kit/verdict.ts';

const VENDOR = 'broadcom.proxysg.';
const CLOUD: Observer = { vendor: 'Broadcom', product: 'Cloud Secure Web Gateway', type: 'proxy' };
const APPLIANCE: Observer = { vendor: 'Broadcom', product: 'ProxySG', type: 'proxy' };

/** Names of the extended log file format as ProxySG and Cloud SWG use them. */
const TABLE = fieldTable(
  VENDOR,
  `
  date                               @timestamp                  own
  time                               @timestamp                  own
  x-timestamp-unix                   @timestamp                  own
  time-taken                         event.duration              own
  application-name                   network.application         text
  c-ip                               client                      side
  c-port                             client.port                 port?
  cs-userdn                          client.user.name            own
  cs-username                        client.user                 account
  cs-auth-group                      group.name                  text
  cs-bytes                           client.bytes                long
  sc-bytes                           server.bytes                long
  s-ip                               server                      side
  r-ip                               destination                 side
  s-supplier-ip                      destination                 own
  cs-host                            url.domain                  text
  cs-method                          http.request.method         text
  cs-uri-scheme                      url.scheme                  text
  cs-uri-port                        url.port                    port
  cs-uri-path                        url.path                    text
  cs-uri-query                       url.query                   own
  cs-uri-extension                   url.extension               own
  cs(Referer)                        http.request.referrer       text
  cs(referer)                        http.request.referrer       text
  cs(User-Agent)                     user_agent.original         text
  cs(X-Forwarded-For)                network.forwarded_ip        ip
  rs(Content-Type)                   http.response.mime_type     text
  rs(content-type)                   http.response.mime_type     text
  sc-status                          http.response.status_code   long
  s-action                           event.action                text
  cs-categories                      rule.category               own
  x-exception-id                     event.reason                text
  x-virus-id                         rule.name                   own
  s-computername                     observer.name               text
  x-client-os                        host.os.full                text
  x-client-device-name               host.hostname               own
  x-dns-cs-dns                       dns.question.name           text
  x-dns-cs-opcode                    dns.op_code                 text
  x-dns-cs-qclass                    dns.question.class          text
  x-dns-cs-qtype                     dns.question.type           text
  x-dns-rs-rcode                     dns.response_code           text
  x-rs-certificate-hostname          tls.server.x509.alternative_names  own
  x-bluecoat-transaction-uuid        event.id                    text
  `,
);

/** Columns of the format `main`. */
const MAIN =
  'date time time-taken c-ip cs-username cs-auth-group x-exception-id sc-filter-result cs-categories cs(Referer) sc-status s-action cs-method rs(Content-Type) cs-uri-scheme cs-host cs-uri-port cs-uri-path cs-uri-query cs-uri-extension cs(User-Agent) s-ip sc-bytes cs-bytes x-virus-id'.split(
    ' ',
  );

function tidy(json: JsonObject): JsonObject {
  const out: JsonObject = {};
  for (const key of Object.keys(json)) {
    const value = json[key];
    if (value !== '-' && value !== '' && value !== null && value !== undefined) out[key] = value;
  }
  return out;
}

/** A line of the format `main`; `undefined` where it is none. */
function readMain(line: string): JsonObject | undefined {
  const columns = parseCsv(line, { separator: ' ', limit: 60 });
  if (columns.length < 23 || !/^\d{4}-\d\d-\d\d$/.test(columns[0]!) || !/^\d\d:\d\d:\d\d$/.test(columns[1]!))
    return undefined;
  if (!/^(?:OBSERVED|PROXIED|DENIED|POLICY_DENIED|[a-z-]{3,20})$/i.test(columns[7]!)) return undefined;
  const json: JsonObject = {};
  MAIN.forEach((name, i) => {
    const value = columns[i];
    if (value !== undefined) json[name] = value;
  });
  return json;
}

function putAddress(doc: EcsFields, json: JsonObject): void {
  const client = doc['client.ip'];
  // Who asks is the source as well; the appliance stands between both sides.
  if (client !== undefined) {
    doc['source.ip'] = client;
    doc['source.address'] = client;
  }
  const query = text(json['cs-uri-query']);
  if (query !== undefined) doc['url.query'] = query.startsWith('?') ? query.slice(1) : query;
  const extension = text(json['cs-uri-extension']);
  if (extension !== undefined) doc['url.extension'] = extension.replace(/^\./, '');
  const scheme = doc['url.scheme'];
  const host = doc['url.domain'];
  if (typeof host !== 'string') return;
  doc['destination.domain'] = host;
  doc['destination.address'] ??= host;
  if (scheme === 'http' || scheme === 'https') completeUrl(doc, host, scheme);
}

function putRecord(doc: EcsFields, json: JsonObject): void {
  TABLE.putObject(doc, json);
  const unix = json['x-timestamp-unix'];
  const time =
    parseIso(`${text(json['date']) ?? ''} ${text(json['time']) ?? ''}`, 'UTC') ??
    (typeof unix === 'number' || typeof unix === 'string' ? parseEpoch(unix) : undefined);
  putDate(doc, '@timestamp', time);
  putDuration(doc, json['time-taken'], 1e3);
  const user = text(json['cs-userdn']);
  if (user !== undefined && doc['client.user.name'] === undefined) doc['client.user.name'] = user;
  const name = json['x-rs-certificate-hostname'];
  if (typeof name === 'string') doc['tls.server.x509.alternative_names'] = [name];
  const categories = json['cs-categories'];
  if (categories !== undefined)
    doc['rule.category'] = Array.isArray(categories) ? categories.join(', ') : String(categories);
  const virus = text(json['x-virus-id']);
  if (virus !== undefined && virus !== 'none') {
    doc['rule.name'] = virus;
    doc['event.kind'] = 'alert';
  }
  putAddress(doc, json);
  putTotals(doc);
  const verdict =
    verdictOf(text(json['sc-filter-result']) === 'OBSERVED' ? 'allowed' : text(json['sc-filter-result'])) ??
    (/DENIED/.test(text(json['s-action']) ?? '') ? 'denied' : undefined);
  const types: EventType[] = ['access'];
  if (verdict !== undefined) types.push(verdict);
  categorise(doc, { category: ['web'], type: types });
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const record = input.json ?? readMain(input.text);
  if (record === undefined) return 'rejected';
  putObserver(doc, input.json === undefined ? APPLIANCE : CLOUD);
  putRecord(doc, tidy(record));
  return 'parsed';
}

/** ProxySG and Edge SWG 6.5 to 7.4, Cloud SWG. */
export default defineSource({
  id: 'broadcom.proxysg',
  signatures: [
    ...[
      ['cs-host', 'cs-method'],
      ['cs-method', 'c-ip'],
      ['x-bluecoat-transaction-uuid', 's-action'],
      ['sc-filter-result', 'sc-status'],
    ].map((keys) => ({ kind: 'json' as const, keys })),
    ...[' OBSERVED ', ' PROXIED ', ' DENIED '].map((literal) => ({
      kind: 'text' as const,
      literals: [literal],
      test: ({ text: line }: ParseInput) =>
        /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /.test(line) && readMain(line) !== undefined,
    })),
  ],
  parse,
});
