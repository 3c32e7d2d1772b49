import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { splitHostPort } from '../../kit/ip.ts';
import { at, object, text } from '../../kit/json.ts';
import { putDuration, putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { verdictOf } from '../../kit/verdict.ts';
import { putEntry } from '../_shared/entry.ts';

const TABLE = fieldTable(
  'google.load-balancing.',
  `
  httpRequest.requestMethod   http.request.method         text
  httpRequest.requestUrl      url                         url
  httpRequest.requestSize     http.request.bytes          long
  httpRequest.responseSize    http.response.bytes         long
  httpRequest.status          http.response.status_code   long
  httpRequest.userAgent       user_agent.original         text
  httpRequest.referer         http.request.referrer       text
  httpRequest.remoteIp        source                      own
  httpRequest.serverIp        server                      endpoint
  httpRequest.protocol        http.version                own
  httpRequest.latency         event.duration              own
  jsonPayload.enforcedSecurityPolicy.name              rule.name     text
  jsonPayload.enforcedSecurityPolicy.configuredAction  event.action  text
  jsonPayload.statusDetails                            event.reason  text
  insertId logName own
  logName logName own
  timestamp @timestamp own
  receiveTimestamp @timestamp own
  severity log.level own
  trace trace.id own
`,
);

const TYPE = /^type\.googleapis\.com\/google\.cloud\.loadbalancing\.type\./;

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  const request = object(json?.['httpRequest']);
  if (json === undefined || request === undefined) return 'rejected';
  TABLE.putObject(doc, json);
  putEntry(doc, json);
  doc['cloud.service.name'] = 'Load Balancing';
  putObserver(doc, { vendor: 'Google', product: 'Cloud Load Balancing', type: 'proxy' });
  const remote = splitHostPort(text(request['remoteIp']) ?? '');
  if (remote.host !== '') putEndpoint(doc, 'source', remote.host);
  if (remote.port !== undefined) doc['source.port'] = remote.port;
  put(doc, 'http.version', text(request['protocol'])?.replace('HTTP/', ''));
  putDuration(doc, text(request['latency'])?.replace(/s$/, ''));
  const outcome = text(at(json, 'jsonPayload', 'enforcedSecurityPolicy', 'outcome'));
  const verdict = verdictOf(outcome);
  categorise(doc, { category: ['web'], type: verdict === 'denied' ? ['access', 'denied'] : ['access'] });
  return 'parsed';
}

/** Request logs of Google Cloud load balancers. */
export default defineSource({
  id: 'google.load-balancing',
  signatures: [
    {
      kind: 'json',
      keys: ['httpRequest', 'resource'],
      test: (json) =>
        TYPE.test(text(at(json, 'jsonPayload', '@type')) ?? '') ||
        /^(?:http_(?:external|internal)|http_load_balancer|internal_http)/.test(
          text(at(json, 'resource', 'type')) ?? '',
        ),
    },
  ],
  parse,
});
