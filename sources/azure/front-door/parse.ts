import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { at, object, text } from '../../kit/json.ts';
import { putDuration, putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { verdictOf } from '../../kit/verdict.ts';
import { putResource } from '../_shared/resource.ts';

const TABLE = fieldTable(
  'azure.front-door.',
  `
  clientIP           source                      endpoint
  clientIp           source                      endpoint
  clientPort         source.port                 port?
  requestUri         url                         url
  httpMethod         http.request.method         text
  httpStatusCode     http.response.status_code   long
  httpVersion        http.version                own
  requestBytes       http.request.bytes          long
  responseBytes      http.response.bytes         long
  userAgent          user_agent.original         text
  referer            http.request.referrer       text
  originName         server                      endpoint
  originIp           server.ip                   own
  securityProtocol   tls.version                 tls-version
  securityCipher     tls.cipher                  text
  timeTaken          event.duration              own
  ruleName           rule.name                   text
  policy             rule.ruleset                text
  action             event.action                lower
  details.msg        event.reason                text
  trackingReference  transaction.id              text
`,
);

const CATEGORY = /^Front[dD]oor(?:AccessLog|WebApplicationFirewallLog)$/;

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  const properties = object(json?.['properties']);
  const category = text(json?.['category']) ?? '';
  if (json === undefined || properties === undefined || !CATEGORY.test(category)) return 'rejected';
  TABLE.putObject(doc, properties);
  putResource(doc, json['resourceId']);
  const when = text(json['time']);
  if (when !== undefined) putDate(doc, '@timestamp', parseIso(when, 'UTC'));
  put(doc, 'url.domain', text(properties['host'])?.replace(/:\d{1,5}$/, ''));
  if (category.endsWith('FirewallLog')) {
    doc['event.dataset'] = 'azure.front-door.firewall';
    doc['event.kind'] = 'alert';
    putObserver(doc, { vendor: 'Microsoft', product: 'Azure Front Door', type: 'waf' });
    const verdict = verdictOf(text(properties['action']));
    categorise(doc, {
      category: ['web', 'intrusion_detection'],
      type: verdict === 'denied' ? ['access', 'denied'] : ['access'],
    });
    const message = at(properties, 'details', 'msg');
    if (text(message) === undefined) put(doc, 'event.reason', at(properties, 'details', 'data'));
  } else {
    doc['event.dataset'] = 'azure.front-door.access';
    putObserver(doc, { vendor: 'Microsoft', product: 'Azure Front Door', type: 'proxy' });
    categorise(doc, WHAT.webRequest);
    putDuration(doc, properties['timeTaken']);
    put(doc, 'http.version', text(properties['httpVersion'])?.replace(/\.0$/, ''));
    put(
      doc,
      'server.ip',
      text(properties['originIp'])?.replace(/:\d{1,5}$/, ''),
      'azure.front-door.originIp',
    );
  }
  return 'parsed';
}

/** Access and firewall logs of Azure Front Door, as diagnostic settings deliver them. */
export default defineSource({
  id: 'azure.front-door',
  signatures: [
    {
      kind: 'json',
      keys: ['category', 'properties'],
      test: (json) => typeof json['category'] === 'string' && CATEGORY.test(json['category']),
    },
  ],
  parse,
});
