import type { EcsFields, JsonObject } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { dnsRecordType } from '../../kit/dns-record-types.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { firstOf, text } from '../../kit/json.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint, toLong } from '../../kit/types.ts';
import { completeUrl, putUrl } from '../../kit/url.ts';
import { verdictOf } from '../../kit/verdict.ts';
import { type Dataset, datasetOf, RESPONSE_CODES } from './datasets.ts';

const TABLE = fieldTable(
  'cloudflare.',
  `
  AccountID               cloud.account.id              text
  OwnerID                 cloud.account.id              text
  Action                  event.action                  text
  ActionType              event.action                  text
  ActorEmail              user.email                    text
  ActorID                 user.id                       text
  ActorIP                 source                        endpoint
  AppDomain               url.domain                    own
  BlockedFileName         file.name                     text
  BlockedFileHash         file.hash                     hash
  BlockedFileSize         file.size                     long
  ClientASN               source.as.number              long
  ClientASNDescription    source.as.organization.name   text
  ClientCountry           source.geo.country_name       text
  Country                 source.geo.country_name       text
  ClientIP                source                        endpoint
  ClientSrcPort           source.port                   port?
  ClientRequestBytes      http.request.bytes            long
  ClientRequestMethod     http.request.method           text
  ClientRequestReferer    http.request.referrer         text
  ClientRequestUserAgent  user_agent.original           text
  ClientSSLProtocol       tls.version                   tls-version
  ClientSSLCipher         tls.cipher                    text
  ClientRequestProtocol   http.version                  text
  Description             event.reason                  text
  DestinationIP           destination                   endpoint
  DestinationPort         destination.port              port
  DeviceID                device.id                     text
  DeviceName              host.name                     text
  EdgeResponseBytes       http.response.bytes           long
  EdgeResponseStatus      http.response.status_code     long
  EdgeResponseContentType http.response.mime_type       text
  Email                   user.email                    text
  HTTPMethod              http.request.method           text
  HTTPStatusCode          http.response.status_code     long
  HTTPVersion             http.version                  text
  ID                      event.id                      text
  IPAddress               source                        endpoint
  OriginIP                server                        endpoint
  PolicyID                rule.id                       text
  PolicyName              rule.name                     text
  QueryName               dns.question.name             own
  QueryType               dns.question.type             own
  RayID                   http.request.id               text
  Referer                 http.request.referrer         text
  ResponseCode            dns.response_code             own
  RuleID                  rule.id                       text
  SNI                     tls.client.server_name        text
  SourceIP                source                        endpoint
  SrcIP                   source                        endpoint
  DstIP                   destination                   endpoint
  SourcePort              source.port                   port
  SrcPort                 source.port                   port
  DstPort                 destination.port              port
  Transport               network.transport             transport
  URL                     url                           url
  UserAgent               user_agent.original           text
  UserID                  user.id                       text
  UserUID                 user.id                       text
`,
);

/** What each dataset calls its time. */
const TIMES = ['EdgeStartTimestamp', 'Datetime', 'Timestamp', 'When', 'CreatedAt'] as const;
const UTC = { timeZone: 'UTC', receivedAt: 0 };

function timeOf(value: unknown): number | undefined {
  const stated = text(value);
  return stated === undefined ? undefined : parseDate(stated, UTC);
}

function putDns(doc: EcsFields, json: JsonObject): void {
  const name = text(json['QueryName']);
  if (name !== undefined) doc['dns.question.name'] = name.endsWith('.') ? name.slice(0, -1) : name;
  const type = text(json['QueryTypeName']) ?? text(json['QueryType']);
  if (type !== undefined) doc['dns.question.type'] = dnsRecordType(type) ?? type;
  const code = text(json['RCode']) ?? text(json['ResponseCode']);
  if (code !== undefined) doc['dns.response_code'] = RESPONSE_CODES[toLong(code) ?? -1] ?? code;
  categorise(doc, WHAT.dns);
}

function putRequest(doc: EcsFields, json: JsonObject): void {
  const host = text(json['ClientRequestHost']);
  let target = text(json['ClientRequestURI']);
  if (target === undefined) {
    const path = text(json['ClientRequestPath']);
    const query = text(json['ClientRequestQuery']);
    if (path !== undefined)
      target = query === undefined ? path : `${path}${query.startsWith('?') ? '' : '?'}${query}`;
  }
  if (target !== undefined) putUrl(doc, target);
  if (host === undefined) return;
  completeUrl(doc, host, text(json['ClientRequestScheme']));
  putEndpoint(doc, 'destination', host);
}

/** The application is a host, or a path of one. */
function putApplication(doc: EcsFields, application: string | undefined): void {
  if (application === undefined) return;
  const slash = application.indexOf('/');
  doc['url.domain'] = slash < 0 ? application : application.slice(0, slash);
  if (slash >= 0) doc['url.path'] = application.slice(slash);
}

const OBSERVERS: Readonly<Record<Dataset, string>> = {
  'http-requests': 'proxy',
  'firewall-events': 'firewall',
  'gateway-http': 'proxy',
  'gateway-network': 'proxy',
  dns: 'dns',
  'access-requests': 'proxy',
  audit: 'proxy',
};

function putMeaning(doc: EcsFields, dataset: Dataset, json: JsonObject): void {
  const action = text(json['Action']);
  const verdict = verdictOf(action?.replace(/OnNoRuleMatch$|ed_?by.*$/i, ''));
  switch (dataset) {
    case 'dns':
      putDns(doc, json);
      if (verdict !== undefined) doc['event.type'] = ['protocol', verdict];
      return;
    case 'audit': {
      const type = text(json['ActionType']) ?? '';
      const step = /create|add/.test(type) ? 'creation' : /delete|remove/.test(type) ? 'deletion' : 'change';
      categorise(
        doc,
        /^log(?:in|out)/.test(type) ? WHAT.login : { category: ['configuration'], type: [step] },
      );
      const result = json['ActionResult'];
      if (typeof result === 'boolean') doc['event.outcome'] = result ? 'success' : 'failure';
      return;
    }
    case 'access-requests': {
      const allowed = json['Allowed'];
      categorise(doc, { category: ['authentication', 'network'], type: ['info'] });
      if (typeof allowed === 'boolean') doc['event.outcome'] = allowed ? 'success' : 'failure';
      putEndpoint(doc, 'client', text(json['IPAddress']));
      putApplication(doc, text(json['AppDomain']));
      return;
    }
    case 'http-requests':
      categorise(doc, WHAT.webRequest);
      putRequest(doc, json);
      return;
    case 'firewall-events':
      categorise(doc, { category: ['network', 'web'], type: ['access', verdict ?? 'info'] });
      if (verdict === 'denied') doc['event.kind'] = 'alert';
      putRequest(doc, json);
      return;
    default:
      categorise(doc, {
        category: ['network'],
        type: verdict === undefined ? ['connection'] : ['connection', verdict],
      });
      if (doc['destination.address'] === undefined) putEndpoint(doc, 'destination', text(json['HTTPHost']));
      put(doc, 'destination.domain', dataset === 'gateway-network' ? text(json['SNI']) : undefined);
      if (dataset === 'gateway-http') doc['network.protocol'] = 'http';
  }
}

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  const dataset = json === undefined ? undefined : datasetOf(json);
  if (json === undefined || dataset === undefined) return 'rejected';
  TABLE.putObject(doc, json);
  doc['event.dataset'] = `cloudflare.logpush.${dataset}`;
  putDate(doc, '@timestamp', timeOf(firstOf(json, ...TIMES)));
  putDate(doc, 'event.start', timeOf(json['EdgeStartTimestamp']));
  putDate(doc, 'event.end', timeOf(json['EdgeEndTimestamp']));
  doc['observer.vendor'] = 'Cloudflare';
  doc['observer.type'] = OBSERVERS[dataset];
  put(doc, 'host.hostname', doc['host.name']);
  putMeaning(doc, dataset, json);
  return 'parsed';
}

/** Records of Cloudflare Logpush, whatever the dataset. */
export default defineSource({
  id: 'cloudflare.logpush',
  signatures: [
    { kind: 'json', keys: ['ActionType', 'ActorIP'] },
    { kind: 'json', keys: ['ActionType', 'ActorEmail'] },
    { kind: 'json', keys: ['AppDomain', 'RayID'] },
    { kind: 'json', keys: ['AppDomain', 'AppUUID'] },
    { kind: 'json', keys: ['QueryName', 'Timestamp'] },
    { kind: 'json', keys: ['QueryName', 'Datetime'] },
    { kind: 'json', keys: ['HTTPHost', 'SourceIP'] },
    { kind: 'json', keys: ['SourceIP', 'PolicyID'] },
    { kind: 'json', keys: ['SourceIP', 'SNI'] },
    { kind: 'json', keys: ['ClientRequestHost'], test: (json) => datasetOf(json) !== undefined },
    { kind: 'json', keys: ['EdgeStartTimestamp'] },
    { kind: 'json', keys: ['RayID'], test: (json) => datasetOf(json) !== undefined },
    { kind: 'json', keys: ['ZoneName', 'WorkerStatus'] },
  ],
  parse,
});
