import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseEpoch, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { at, object, objects, text } from '../../kit/json.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { completeUrl, putUrl } from '../../kit/url.ts';
import { verdictOf } from '../../kit/verdict.ts';
import { decoded } from './encoded.ts';

const TABLE = fieldTable(
  'akamai.siem.',
  `
  attackData.clientIP                   source                         endpoint
  attackData.appliedAction              event.action                   text
  httpMessage.requestId                 http.request.id                text
  httpMessage.start                     @timestamp                     own
  httpMessage.protocol                  http.version                   text
  httpMessage.method                    http.request.method            text
  httpMessage.bytes                     http.response.bytes            long
  httpMessage.status                    http.response.status_code      long
  httpMessage.tls                       tls.version                    tls-version
  httpMessage.requestHeaders.User-Agent user_agent.original            text
  httpMessage.requestHeaders.referrer   http.request.referrer          text
  httpMessage.requestHeaders.Referer    http.request.referrer          text
  geo.continent                         source.geo.continent_code      text
  geo.country                           source.geo.country_iso_code    text
  geo.city                              source.geo.city_name           text
  geo.regionCode                        source.geo.region_iso_code     text
  geo.asn                               source.as.number               long
  httpMessage.host                      url.domain                     own
  httpMessage.port                      url.port                       own
  httpMessage.path                      url.path                       own
  httpMessage.query                     url.query                      own
`,
);

function parse({ json: given }: ParseInput, doc: EcsFields): ParseOutcome {
  if (object(given?.['attackData']) === undefined) return 'rejected';
  const json = decoded(given!);
  const attack = object(json['attackData'])!;
  const message = object(json['httpMessage']);
  TABLE.putObject(doc, json);
  putDate(doc, '@timestamp', parseEpoch(text(message?.['start']) ?? ''));
  putObserver(doc, { vendor: 'Akamai', product: 'Akamai WAF', type: 'waf' });
  putEndpoint(doc, 'client', text(attack['clientIP']));

  const rules = objects(attack['rules']);
  put(doc, 'rule.id', text(rules[0]?.['rule']));
  put(doc, 'rule.category', text(rules[0]?.['ruleTag']));
  put(
    doc,
    'event.reason',
    rules.map((rule) => text(rule['ruleMessage'])).find((reason) => reason !== undefined),
  );
  const path = text(message?.['path']);
  const query = text(message?.['query']);
  const port = text(message?.['port']);
  const host = text(message?.['host']);
  if (path !== undefined) putUrl(doc, query === undefined ? path : `${path}?${query}`);
  const isTls = text(message?.['tls']) !== undefined || port === '443';
  const isUsual = port === undefined || port === (isTls ? '443' : '80');
  completeUrl(doc, host === undefined || isUsual ? host : `${host}:${port}`, isTls ? 'https' : 'http');

  // Where the interface does not say what was applied, a rule that refuses decides over those that only warn.
  const actions = rules.map((rule) => text(at(rule, 'ruleAction'))).filter((item) => item !== undefined);
  const action =
    text(attack['appliedAction']) ?? actions.find((item) => verdictOf(item) === 'denied') ?? actions[0];
  const verdict = verdictOf(action);
  categorise(doc, { category: ['network'], type: [verdict ?? 'info'] });
  doc['event.kind'] = 'alert';
  if (doc['event.action'] === undefined) put(doc, 'event.action', action);
  return 'parsed';
}

/** Events of Akamai's SIEM interface. */
export default defineSource({
  id: 'akamai.waf',
  signatures: [
    {
      kind: 'json',
      keys: ['attackData'],
      test: (json) => json['type'] === 'akamai_siem' || 'httpMessage' in json,
    },
  ],
  parse,
});
