import type { EcsFields } from '@vigie/contracts';
import { categorise, type EventType } from '../../kit/categorise.ts';
import { parseDate, parseEpoch, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { text } from '../../kit/json.ts';
import { type Observer, putDuration, putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { verdictOf } from '../../kit/verdict.ts';

const VENDOR = 'olfeo.proxy.';
const SAAS: Observer = { vendor: 'Olfeo', product: 'Olfeo SAAS', type: 'proxy' };
const GATEWAY: Observer = { vendor: 'Olfeo', product: 'Olfeo Secure Web Gateway', type: 'proxy' };

/** Members of the live log of Olfeo SaaS. */
const TABLE = fieldTable(
  VENDOR,
  `
  user_id                user.id                    text
  display_name           source.user.name           text
  category_label         rule.category              text
  url                    url                        url
  action                 event.action               text
  domain                 destination.domain         own
  src_ip                 source                     side
  src_port               source.port                port
  dest_ip                destination                side
  dest_port              destination.port           port
  dns_answer             destination                side
  timestamp              @timestamp                 own
  http_method            http.request.method        text
  http_version           http.version               text
  user_received_bytes    http.response.bytes        long
  user_sent_bytes        http.request.bytes         long
  user_status_code       http.response.status_code  long
  user_agent             user_agent.original        text
  user_response_time_ms  event.duration             own
  policy_name            rule.ruleset               own
  rule_name              rule.name                  own
  groups_name            group.name                 text
  mime_type              http.response.mime_type    text
  referer                http.request.referrer      text
  `,
);

/** `address - user [day/month/year clock] "method url version" status bytes - time category` */
const LINE =
  /^(\S{1,64}) (\S{1,128}) (.{1,128}?) \[(\d\d)\/(\d\d)\/(\d{4}) (\d\d:\d\d:\d\d)\] "([A-Z]{3,16}) (\S{1,8000}) HTTP\/(\d(?:\.\d)?)" (\d{3}) (\S{1,18}) (\S{1,64}) (\d{1,9}|-)(?: (.{0,200}))?$/;

function types(action: string | undefined): EventType[] {
  const verdict = verdictOf(action);
  return verdict === undefined ? ['access'] : ['access', verdict];
}

function parseSaas(input: ParseInput, doc: EcsFields): ParseOutcome {
  const json = input.json!;
  const known: typeof json = {};
  for (const key of Object.keys(json)) {
    const value = json[key];
    if (value !== null && value !== '' && value !== '-' && value !== 'None' && value !== undefined)
      known[key] = value;
  }
  putObserver(doc, SAAS);
  TABLE.putObject(doc, known);
  const stamp = json['timestamp'];
  if (typeof stamp === 'number' || typeof stamp === 'string') putDate(doc, '@timestamp', parseEpoch(stamp));
  const domain = text(known['domain']);
  if (domain !== undefined && doc['url.domain'] === undefined) doc['url.domain'] = domain;
  putDuration(doc, known['user_response_time_ms'], 1e3);
  for (const [key, field] of [
    ['policy_name', 'rule.ruleset'],
    ['rule_name', 'rule.name'],
  ] as const)
    put(doc, field, text(known[key]));
  if (text(known['threat']) !== undefined) doc['event.kind'] = 'alert';
  categorise(doc, { category: ['web'], type: types(text(known['action'])) });
  return 'parsed';
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  if (input.json !== undefined) return parseSaas(input, doc);
  const match = LINE.exec(input.text.trim());
  if (match === null) return 'rejected';
  const [, address, , user, day, month, year, clock, method, url, version, status, bytes, , taken, category] =
    match as unknown as string[];
  putObserver(doc, GATEWAY);
  putDate(doc, '@timestamp', parseDate(`${year}-${month}-${day} ${clock}`, input));
  putEndpoint(doc, 'source', address);
  put(doc, 'source.user.name', user);
  put(doc, 'http.request.method', method);
  putUrl(doc, url);
  doc['http.version'] = version!;
  put(doc, 'http.response.status_code', status);
  put(doc, 'http.response.bytes', bytes);
  if (taken !== '-') putDuration(doc, taken, 1e3);
  put(doc, 'rule.category', category);
  categorise(doc, { category: ['web'], type: ['access'] });
  return 'parsed';
}

/** Olfeo SaaS and Olfeo Secure Web Gateway. */
export default defineSource({
  id: 'olfeo.proxy',
  signatures: [
    { kind: 'json', keys: ['category_label', 'theme_label'] },
    { kind: 'json', keys: ['user_sent_bytes', 'user_received_bytes'] },
    { kind: 'json', keys: ['user_status_code', 'peer_status_code'] },
    { kind: 'json', keys: ['category_label', 'http_method', 'src_ip'] },
    {
      kind: 'text',
      literals: ['] "', ' HTTP/', '" ', ' - - ['],
      test: ({ text: line }) => LINE.test(line.trim()),
    },
    {
      kind: 'text',
      literals: ['] "', ' HTTP/', '" ', ' - '],
      test: ({ text: line }) => LINE.test(line.trim()),
    },
  ],
  parse,
});
