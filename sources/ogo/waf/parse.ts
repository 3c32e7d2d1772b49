import type { EcsFields } from '@vigie/contracts';
import { categorise, type EventType } from '../../kit/categorise.ts';
import { parseEpoch, parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { at, text } from '../../kit/json.ts';
import { type Observer, putDuration, putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';

const OBSERVER: Observer = { vendor: 'OGO Security', product: 'Web Application Firewall', type: 'firewall' };

/** Members of a request's record. */
const TABLE = fieldTable(
  'ogo.waf.',
  `
  @timestamp                    @timestamp                  own
  timestamp                     @timestamp                  own
  @version                      ogo.waf.version             own
  clientIP                      source                      side
  responseCode                  http.response.status_code   long
  responseContentSize           http.response.body.bytes    long
  responseTimeMs                event.duration              own
  requestUrl                    url                         own
  requestInfo.method            http.request.method         text
  requestInfo.protocol          http.version                own
  requestInfo.content-size      http.request.body.bytes     long
  requestHeaders.user-agent     user_agent.original         text
  requestHeaders.referer        http.request.referrer       text
  responseHeaders.content-type  http.response.mime_type     text
  ogo.appliedAction             event.action                text
  ogo.driveUid                  rule.uuid                   text
  ogo.driveLabel                rule.name                   text
  geoIp.countryCode             source.geo.country_iso_code country
  geoIp.cityName                source.geo.city_name        text
  geoIp.latitude                ogo.waf.latitude            own
  geoIp.longitude               ogo.waf.longitude           own
  `,
);

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const json = input.json;
  if (json === undefined || at(json, 'ogo') === undefined) return 'rejected';
  putObserver(doc, OBSERVER);
  TABLE.putObject(doc, json);
  const stamp = json['timestamp'];
  const time =
    (typeof stamp === 'number' || typeof stamp === 'string' ? parseEpoch(stamp) : undefined) ??
    parseIso(text(json['@timestamp']) ?? '', 'UTC');
  putDate(doc, '@timestamp', time);
  const client = text(json['clientIP']);
  if (client !== undefined) doc['client.address'] = client;
  putUrl(doc, text(json['requestUrl']));
  const protocol = text(at(json, 'requestInfo', 'protocol'));
  if (protocol?.startsWith('HTTP/')) put(doc, 'http.version', protocol.slice(5));
  putDuration(doc, json['responseTimeMs'], 1e3);
  const isBlocked = (name: string): boolean => String(at(json, 'ogo', name)) === 'true';
  const types: EventType[] = [
    'connection',
    isBlocked('blocked') || isBlocked('geoBlocked') ? 'denied' : 'access',
  ];
  categorise(doc, { category: ['network'], type: types });
  return 'parsed';
}

/** OGO Shield, requests as JSON. */
export default defineSource({
  id: 'ogo.waf',
  signatures: [
    { kind: 'json', keys: ['ogo', 'requestInfo'] },
    { kind: 'json', keys: ['ogo', 'clientIP'] },
    { kind: 'json', keys: ['ogo', 'requestUrl'] },
  ],
  parse,
});
