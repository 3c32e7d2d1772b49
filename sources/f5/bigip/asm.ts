import type { EcsFields } from '@vigie/contracts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import type { ParseInput } from '../../kit/source.ts';
import { putUrl } from '../../kit/url.ts';
import { verdictOf } from '../../kit/verdict.ts';
import { putRequest } from './cef.ts';
import { VENDOR } from './fields.ts';

/** Keys of ASM's log for reporting servers; the others are kept under their own names. */
const TABLE = fieldTable(
  VENDOR,
  `
  unit_hostname          observer.hostname          text
  management_ip_address  observer.ip                ip-list
  policy_name            rule.ruleset               text
  violations             event.reason               text
  support_id             event.id                   text
  response_code          http.response.status_code  own
  ip_client              source                     endpoint
  src_port               source.port                port
  method                 http.request.method        text
  protocol               network.protocol           lower
  x_forwarded_for_header_value  network.forwarded_ip  own
  sig_ids                rule.id                    text
  sig_names              rule.name                  text
  date_time              @timestamp                 own
  severity               log.level                  lower
  attack_type            rule.category              text
  geo_location           source.geo.country_iso_code  own
  username               user                       account
  dest_port              destination.port           port
  dest_ip                destination                endpoint
  virus_name             threat.software.name       text
  uri                    url.path                   own
  query_string           url.query                  own
  request                url.original               own
  request_status         event.action               lower
  `,
);

/** `ASM:` and pairs in quotes, separated by commas: the form `Key-Value Pairs (Splunk)` of a logging profile. */
export const ASM =
  /^(?:ASM:)?\s?(?:unit_hostname|ip_client|attack_type|date_time|dest_ip|policy_name|support_id|uri|http_class_name|management_ip_address)="/;

/** Reads a request that ASM logged as key-value pairs; false where the line is none. */
export function readAsm(input: ParseInput, doc: EcsFields): boolean {
  const text = input.text.trim();
  if (!ASM.test(text.slice(0, 60))) return false;
  const pairs = parseKeyValue(text.replace(/^ASM:\s?/, ''), { separator: ',', limit: 200 });
  if (!pairs.has('ip_client') && !pairs.has('support_id')) return false;
  for (const [key, value] of pairs) if (value !== '' && value !== 'N/A') TABLE.put(doc, key, value);
  const time = pairs.get('date_time');
  if (time !== undefined) putDate(doc, '@timestamp', parseDate(time, input));
  const status = Number(pairs.get('response_code'));
  if (status >= 100 && status < 600) doc['http.response.status_code'] = status;
  const forwarded = parseIp(pairs.get('x_forwarded_for_header_value')?.split(',', 1)[0]?.trim() ?? '');
  if (forwarded !== undefined) doc['network.forwarded_ip'] = forwarded;
  const country = pairs.get('geo_location');
  if (country !== undefined && /^[A-Z]{2}$/.test(country)) doc['source.geo.country_iso_code'] = country;
  const scheme = pairs.get('protocol')?.toLowerCase();
  const request = pairs.get('request');
  if (request !== undefined)
    putRequest(doc, request, scheme === 'http' || scheme === 'https' ? scheme : undefined);
  const path = pairs.get('uri');
  if (doc['url.original'] === undefined && path !== undefined && path !== '') {
    const query = pairs.get('query_string');
    putUrl(doc, query === undefined || query === '' || query === 'N/A' ? path : `${path}?${query}`);
  }
  const action = pairs.get('request_status');
  const verdict = verdictOf(action === 'alarmed' ? 'alert' : action);
  // A profile for all requests logs those without a violation as well.
  const isClean = action === 'passed' && (pairs.get('violations') ?? '') === '';
  if (!isClean) doc['event.kind'] = 'alert';
  doc['event.category'] = isClean ? ['network', 'web'] : ['network', 'intrusion_detection'];
  const type = isClean ? 'access' : 'info';
  doc['event.type'] = verdict === undefined ? [type] : [type, verdict];
  doc['observer.type'] = 'waf';
  doc[`${VENDOR}module`] = 'ASM';
  return true;
}
