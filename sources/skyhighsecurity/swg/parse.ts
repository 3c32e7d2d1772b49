import type { EcsFields } from '@vigie/contracts';
import { categorise, type EventType } from '../../kit/categorise.ts';
import { parseDate, parseEpoch, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parsePort } from '../../kit/ip.ts';
import { type Pairs, parseKeyValue } from '../../kit/key-value.ts';
import { type Observer, putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { completeUrl, putUrl } from '../../kit/url.ts';

const VENDOR = 'skyhighsecurity.swg.';
const OBSERVER: Observer = { vendor: 'Skyhigh Security', product: 'Secure Web Gateway', type: 'proxy' };

/** Keys of the appliance's log handler. */
const APPLIANCE = fieldTable(
  VENDOR,
  `
  date                     event.start                own
  hostname                 observer.hostname          text
  username                 user                       account
  source_ip                source                     side
  source_port              source.port                port
  destination_ip           destination                side
  destination_host         destination.domain         domain
  destination_port         destination.port           port
  http_status_code         http.response.status_code  long
  media_type               http.response.mime_type    text
  source_bytes             http.request.bytes         long
  destination_bytes        http.response.bytes        long
  http_request_first_line  http.request.method        own
  url_categories           rule.category              text
  ruleset_name             rule.ruleset               text
  rule_name                rule.name                  text
  block_id                 event.code                 text
  block_reason             event.reason               text
  application_name         network.application        text
  http_referer             http.request.referrer      text
  user_agent               user_agent.original        text
  virus_names              skyhighsecurity.swg.virus  text
  `,
);

/** Keys of the cloud service. */
const CLOUD = fieldTable(
  VENDOR,
  `
  username                 user                       account
  source_ip                source.nat.ip              ip
  client_ip                source                     side
  http_action              http.request.method        text
  server_to_client_bytes   destination.bytes          long
  client_to_server_bytes   source.bytes               long
  requested_host           destination.domain         domain
  requested_path           url.path                   own
  uri_scheme               url.scheme                 own
  request_timestamp        @timestamp                 own
  request_timestamp_epoch  @timestamp                 own
  category                 rule.category              text
  media_type               http.response.mime_type    text
  application_type         network.application        text
  last_rule                rule.name                  text
  http_status_code         http.response.status_code  long
  block_reason             event.reason               text
  user_agent_product       user_agent.name            own
  user_agent_version       user_agent.version         own
  user_agent_comment       user_agent.original        own
  process_name             process.name               text
  destination_ip           destination                side
  destination_port         destination.port           port
  referer                  http.request.referrer      text
  client_system_name       host.name                  text
  filename                 file                       file
  virus                    skyhighsecurity.swg.virus  text
  result                   event.action               own
  `,
);

/** Keys of the cloud service's line, whose values hold blanks without quotes: a value ends before the next key. */
const KEY = / ([a-z][a-z_]{1,40})=/g;

function readBare(line: string): Pairs {
  const pairs: Pairs = new Map();
  const padded = ` ${line}`;
  let name: string | undefined;
  let from = 0;
  for (const match of padded.matchAll(KEY)) {
    if (name !== undefined && !pairs.has(name)) pairs.set(name, padded.slice(from, match.index).trim());
    name = match[1]!;
    from = match.index + match[0].length;
    if (pairs.size > 200) break;
  }
  if (name !== undefined && !pairs.has(name)) pairs.set(name, padded.slice(from).trim());
  return pairs;
}

function finish(doc: EcsFields, isBlocked: boolean, virus: string | undefined): void {
  putObserver(doc, OBSERVER);
  doc['network.direction'] = 'egress';
  doc['event.action'] = isBlocked ? 'denied' : 'allowed';
  const types: EventType[] = ['access', isBlocked ? 'denied' : 'allowed', 'connection'];
  const hasVirus = virus !== undefined && virus !== '';
  categorise(doc, { category: hasVirus ? ['network', 'malware'] : ['network'], type: types });
  doc['event.kind'] = hasVirus ? 'alert' : 'event';
  const host = doc['destination.domain'];
  if (host !== undefined) doc['destination.address'] = host;
}

function parseAppliance(pairs: Pairs, input: ParseInput, doc: EcsFields): void {
  for (const [key, value] of pairs) if (value !== '' && value !== '-') APPLIANCE.put(doc, key, value);
  const time = parseDate(pairs.get('date') ?? '', input);
  putDate(doc, 'event.start', time);
  putDate(doc, '@timestamp', time);
  const [method, target] = (pairs.get('http_request_first_line') ?? '').split(' ', 3);
  if (method) doc['http.request.method'] = method;
  if (method === 'CONNECT' && target !== undefined) {
    // The target of a tunnel is `host:port`, no URL.
    const colon = target.lastIndexOf(':');
    const port = parsePort(target.slice(colon + 1));
    if (colon > 0) {
      doc['url.domain'] = target.slice(0, colon);
      if (port !== undefined) {
        doc['url.port'] = port;
        doc['destination.port'] ??= port;
      }
    }
  } else if (target) putUrl(doc, target);
  const status = Number(pairs.get('http_status_code'));
  const code = pairs.get('block_id');
  finish(
    doc,
    (code !== undefined && code !== '' && code !== '0') || status === 403,
    pairs.get('virus_names'),
  );
}

function parseCloud(pairs: Pairs, input: ParseInput, doc: EcsFields): void {
  for (const [key, value] of pairs) if (value !== '' && value !== '-') CLOUD.put(doc, key, value);
  const epoch = parseEpoch(pairs.get('request_timestamp_epoch') ?? '');
  putDate(doc, '@timestamp', epoch ?? parseDate(pairs.get('request_timestamp') ?? '', input));
  const path = pairs.get('requested_path');
  const scheme = pairs.get('uri_scheme');
  if (path !== undefined && path !== '') putUrl(doc, path);
  const host = pairs.get('requested_host');
  if (scheme === 'http' || scheme === 'https') completeUrl(doc, host, scheme);
  else completeUrl(doc, host);
  const product = pairs.get('user_agent_product');
  const comment = pairs.get('user_agent_comment');
  if (comment) doc['user_agent.original'] = comment;
  else if (product && product !== 'Other') doc['user_agent.name'] = product;
  if (pairs.get('result')) doc[`${VENDOR}result`] = pairs.get('result')!;
  const type = pairs.get('media_type');
  if (type) doc['http.request.mime_type'] = type;
  const result = pairs.get('result') ?? '';
  finish(doc, /^(?:denied|blocked)/i.test(result), pairs.get('virus'));
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const line = input.text;
  if (line.includes('http_request_first_line=')) {
    parseAppliance(parseKeyValue(line), input, doc);
    return 'parsed';
  }
  const pairs = readBare(line);
  if (!pairs.has('requested_host') && !pairs.has('http_action')) return 'rejected';
  parseCloud(pairs, input, doc);
  return 'parsed';
}

/** Skyhigh Secure Web Gateway and McAfee Web Gateway 7 to 12, and their cloud service. */
export default defineSource({
  id: 'skyhighsecurity.swg',
  signatures: [
    { kind: 'text', literals: ['http_request_first_line=', 'source_ip='] },
    { kind: 'text', literals: ['requested_host=', 'http_action='] },
    { kind: 'text', literals: ['server_to_client_bytes=', 'request_timestamp'] },
  ],
  parse,
});
