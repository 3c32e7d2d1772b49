import type { EcsFields, JsonObject } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { splitHostPort } from '../../kit/ip.ts';
import { object, text } from '../../kit/json.ts';
import { putDuration, putObserver, putTotals } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { completeUrl, putUrl } from '../../kit/url.ts';
import { putResource } from '../_shared/resource.ts';

const TABLE = fieldTable(
  'azure.application-gateway.',
  `
  instanceId                cloud.instance.id           text
  clientIP                  source                      endpoint
  clientIp                  source                      endpoint
  clientPort                source.port                 port?
  httpMethod                http.request.method         text
  httpStatus                http.response.status_code   long
  httpVersion               http.version                own
  receivedBytes             source.bytes                long
  sentBytes                 destination.bytes           long
  timeTaken                 event.duration              own
  userAgent                 user_agent.original         text
  sslProtocol               tls.version                 tls-version
  sslCipher                 tls.cipher                  text
  originalRequestUriWithArgs url                        url
  requestUri                url.original                own
  action                    event.action                text
  message                   event.reason                text
  ruleId                    rule.id                     text
  ruleSetType               rule.ruleset                text
  ruleSetVersion            rule.version                text
  transactionId             transaction.id              text
  contentType               http.response.mime_type     text
`,
);

const CATEGORY = /^ApplicationGateway(?:Access|Firewall)Log$/;
const METRIC = /\/applicationgateways\//i;

/** A measurement of a gateway (`Throughput`, `FailedRequests`), which has no category. */
function parseMetric(json: JsonObject, doc: EcsFields): ParseOutcome {
  const name = text(json['metricName']);
  if (name === undefined || !METRIC.test(text(json['resourceId']) ?? '')) return 'rejected';
  putResource(doc, json['resourceId']);
  doc['cloud.service.name'] = 'Azure Application Gateway';
  doc['event.dataset'] = 'azure.application-gateway.metric';
  doc['event.kind'] = 'metric';
  putObserver(doc, { vendor: 'Microsoft', product: 'Azure Application Gateway', type: 'proxy' });
  categorise(doc, { category: ['network'], type: ['info'], action: name });
  for (const key of ['total', 'count', 'minimum', 'maximum', 'average', 'timeGrain'] as const)
    put(doc, `azure.application-gateway.metric.${key}`, json[key]);
  const when = text(json['time']);
  if (when !== undefined) putDate(doc, '@timestamp', parseIso(when, 'UTC'));
  return 'parsed';
}

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  if (json !== undefined && json['metricName'] !== undefined) return parseMetric(json, doc);
  const properties = json === undefined ? undefined : object(json['properties']);
  const category = text(json?.['category']);
  if (json === undefined || properties === undefined || category === undefined || !CATEGORY.test(category))
    return 'rejected';
  TABLE.putObject(doc, properties);
  putResource(doc, json['resourceId']);
  doc['cloud.service.name'] = 'Azure Application Gateway';
  for (const key of [
    'listenerName',
    'ruleName',
    'backendPoolName',
    'backendSettingName',
    'operationName',
  ] as const)
    put(doc, `azure.application-gateway.${key}`, json[key]);
  const when = text(json['timeStamp']) ?? text(json['time']);
  if (when !== undefined) putDate(doc, '@timestamp', parseIso(when, 'UTC'));
  if (doc['url.original'] === undefined) putUrl(doc, text(properties['requestUri']));
  // Both kinds name the host as the client asked for it, with or without its port.
  const asked = text(properties['originalHost']) ?? text(properties['hostname']) ?? text(properties['host']);
  const { host, port } = splitHostPort(asked ?? '');
  const isTls = properties['sslEnabled'] === 'on';

  if (category === 'ApplicationGatewayFirewallLog') {
    doc['event.dataset'] = 'azure.application-gateway.firewall';
    doc['event.kind'] = 'alert';
    const isBlock = /^block/i.test(text(properties['action']) ?? '');
    putObserver(doc, { vendor: 'Microsoft', product: 'Azure Application Gateway', type: 'waf' });
    categorise(doc, {
      category: ['network', 'web', 'intrusion_detection'],
      type: ['access', 'connection', isBlock ? 'denied' : 'info'],
    });
  } else {
    doc['event.dataset'] = 'azure.application-gateway.access';
    putObserver(doc, { vendor: 'Microsoft', product: 'Azure Application Gateway', type: 'proxy' });
    categorise(doc, { category: ['network', 'web'], type: ['access', 'connection'] });
    put(doc, 'http.version', text(properties['httpVersion'])?.replace('HTTP/', ''));
    putDuration(doc, properties['timeTaken']);
    putTotals(doc);
  }
  completeUrl(doc, asked, isTls ? 'https' : 'http');
  if (host !== '') {
    putEndpoint(doc, 'destination', host);
    put(doc, 'destination.port', port ?? (isTls ? 443 : 80));
  }
  return 'parsed';
}

/** Access and firewall logs of Azure Application Gateway, as diagnostic settings deliver them. */
export default defineSource({
  id: 'azure.application-gateway',
  signatures: [
    {
      kind: 'json',
      keys: ['category', 'properties'],
      test: (json) => typeof json['category'] === 'string' && CATEGORY.test(json['category']),
    },
    {
      kind: 'json',
      keys: ['metricName', 'resourceId', 'timeGrain'],
      test: (json) => METRIC.test(String(json['resourceId'])),
    },
  ],
  parse,
});
