import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseEpoch, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { splitHostPort } from '../../kit/ip.ts';
import { object, objects, text } from '../../kit/json.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint, toLong } from '../../kit/types.ts';
import { verdictOf } from '../../kit/verdict.ts';

const TABLE = fieldTable(
  'aws.waf.',
  `
  timestamp                  @timestamp                  own
  action                     event.action                text
  terminatingRuleId          rule.name                   text
  terminatingRuleType        rule.category               text
  webaclId                   rule.ruleset                own
  ja3Fingerprint             tls.client.ja3              text
  responseCodeSent           http.response.status_code   long
  httpRequest.clientIp       source                      endpoint
  httpRequest.country        source.geo.country_iso_code country
  httpRequest.uri            url                         url
  httpRequest.args           url.query                   text
  httpRequest.httpVersion    http.version                text
  httpRequest.httpMethod     http.request.method         text
  httpRequest.requestId      http.request.id             text
  httpRequest.host           url.domain                  own
  httpRequest.scheme         url.scheme                  own
  httpRequest.headers.name   aws.waf.headers             own
  httpRequest.headers.value  aws.waf.headers             own
`,
);

/** Headers with a field of their own. */
const HEADERS: Readonly<Record<string, string>> = {
  'user-agent': 'user_agent.original',
  referer: 'http.request.referrer',
  'content-type': 'http.request.mime_type',
};

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  const request = object(json?.['httpRequest']);
  if (json === undefined || request === undefined) return 'rejected';
  TABLE.putObject(doc, json);
  putDate(doc, '@timestamp', parseEpoch(text(json['timestamp']) ?? ''));
  doc['cloud.provider'] = 'aws';
  doc['cloud.service.name'] = 'waf';
  doc['observer.vendor'] = 'Amazon Web Services';
  doc['observer.product'] = 'AWS WAF';
  doc['observer.type'] = 'waf';
  // `arn:aws:wafv2:<region>:<account>:regional/webacl/<name>/<id>`
  const arn = (text(json['webaclId']) ?? '').split(':', 6);
  put(doc, 'cloud.region', arn[3]);
  put(doc, 'cloud.account.id', arn[4]);
  put(doc, 'rule.ruleset', arn[5]?.split('/', 3)[2]);

  let host = text(request['host']);
  for (const header of objects(request['headers'])) {
    const name = text(header['name'])?.toLowerCase() ?? '';
    const value = text(header['value']);
    if (value === undefined) continue;
    if (name === 'host') host = value;
    else if (name === 'content-length') put(doc, 'http.request.body.bytes', toLong(value));
    else if (Object.hasOwn(HEADERS, name)) doc[HEADERS[name]!] = value;
    else doc[`aws.waf.header.${name}`] = value;
  }
  if (host !== undefined) {
    const split = splitHostPort(host);
    putEndpoint(doc, 'destination', split.host);
    put(doc, 'destination.port', split.port);
  }
  const kinds = objects(json['terminatingRuleMatchDetails'])
    .map((detail) => text(detail['conditionType']))
    .filter((kind) => kind !== undefined);
  put(doc, 'event.reason', kinds[0]);
  const verdict = verdictOf(text(json['action']));
  categorise(doc, {
    category: ['network', 'web'],
    type: verdict === undefined ? ['access'] : ['access', verdict],
  });
  if (verdict === 'denied' || kinds.length > 0) doc['event.kind'] = 'alert';
  return 'parsed';
}

/** Logs of AWS WAF. */
export default defineSource({
  id: 'aws.waf',
  signatures: [
    { kind: 'json', keys: ['webaclId', 'httpRequest'] },
    { kind: 'json', keys: ['terminatingRuleId', 'httpRequest'] },
  ],
  parse,
});
