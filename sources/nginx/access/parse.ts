import type { EcsFields, JsonObject } from '@vigie/contracts';
import { putAccess, putRequest, putStatus, readAccessLine } from '../../kit/access-log.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { parseIp, splitHostPort } from '../../kit/ip.ts';
import { firstOf, text } from '../../kit/json.ts';
import { putDuration } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putTlsVersion } from '../../kit/tls.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { completeUrl } from '../../kit/url.ts';

/** Seconds with a fraction, as `$request_time` and `$upstream_response_time` are written. */
const SECONDS = /^\d{1,7}\.\d{3}$/;

/** What people append to nginx's combined format: forwarded addresses, times, upstream, pipelining. */
function putExtra(extra: readonly string[], doc: EcsFields): void {
  let times = 0;
  for (const word of extra) {
    if (SECONDS.test(word)) {
      if (times++ === 0) putDuration(doc, word);
      else put(doc, 'nginx.access.upstream_response_time', word);
    } else if (times === 0) {
      const comma = word.indexOf(',');
      const ip = parseIp(comma < 0 ? word : word.slice(0, comma));
      if (ip !== undefined) doc['network.forwarded_ip'] ??= ip;
    }
  }
}

function parseText(input: ParseInput, doc: EcsFields): ParseOutcome {
  const line = readAccessLine(input.text, input.timeZone);
  if (line === undefined) return 'rejected';
  putAccess(line, doc);
  putExtra(line.extra, doc);
  return 'parsed';
}

function parseJson(json: JsonObject, input: ParseInput, doc: EcsFields): ParseOutcome {
  const stamp = firstOf(
    json,
    'time_iso8601',
    'timestamp',
    '@timestamp',
    'time_local',
    'time',
    'msec',
    'date',
  );
  if (typeof stamp === 'string' || typeof stamp === 'number')
    putDate(doc, '@timestamp', parseDate(stamp, input));
  putEndpoint(
    doc,
    'source',
    text(firstOf(json, 'remote_addr', 'client_address', 'client_ip', 'client', 'remote_ip')),
  );
  put(doc, 'source.port', firstOf(json, 'remote_port', 'client_port'));
  const host = text(firstOf(json, 'host', 'http_host', 'server_name', 'vhost'));
  if (host !== undefined) putEndpoint(doc, 'destination', splitHostPort(host).host);
  const server = text(firstOf(json, 'server_addr'));
  const serverIp = server === undefined ? undefined : parseIp(server);
  if (serverIp !== undefined) doc['destination.ip'] = serverIp;
  put(doc, 'destination.port', firstOf(json, 'server_port'));
  put(doc, 'host.name', firstOf(json, 'host_name', 'hostname'));
  putRequest(doc, text(firstOf(json, 'request')));
  put(doc, 'http.request.method', firstOf(json, 'request_method', 'method'));
  if (doc['url.original'] === undefined) {
    const uri = text(firstOf(json, 'request_uri', 'uri'));
    putRequest(doc, uri === undefined ? undefined : `GET ${uri}`);
    put(doc, 'http.request.method', firstOf(json, 'request_method', 'method'));
  }
  completeUrl(doc, host, text(firstOf(json, 'scheme', 'http_scheme')));
  put(doc, 'http.version', text(firstOf(json, 'server_protocol', 'http_version'))?.replace(/^HTTP\//, ''));
  put(doc, 'url.query', firstOf(json, 'query_string', 'args'));
  putStatus(doc, firstOf(json, 'status', 'response_status'));
  put(doc, 'http.response.body.bytes', firstOf(json, 'body_bytes_sent'));
  put(doc, 'http.response.bytes', firstOf(json, 'bytes_sent'));
  put(doc, 'http.request.bytes', firstOf(json, 'request_length'));
  put(doc, 'http.request.id', firstOf(json, 'request_id'));
  put(doc, 'http.response.mime_type', firstOf(json, 'sent_http_content_type', 'content_type'));
  put(doc, 'http.request.referrer', firstOf(json, 'http_referer', 'http_referrer', 'referer', 'referrer'));
  put(doc, 'user_agent.original', firstOf(json, 'http_user_agent', 'user_agent', 'agent'));
  put(doc, 'user.name', firstOf(json, 'remote_user'));
  put(doc, 'tls.cipher', firstOf(json, 'ssl_cipher'));
  putTlsVersion(doc, text(firstOf(json, 'ssl_protocol')));
  const forwarded = text(
    firstOf(json, 'http_x_forwarded_for', 'proxy_add_x_forwarded_for', 'http_x_real_ip'),
  );
  put(doc, 'network.forwarded_ip', forwarded?.split(',', 1)[0]?.trim());
  put(doc, 'nginx.access.upstream_address', firstOf(json, 'upstream_addr'));
  put(doc, 'nginx.access.upstream_response_time', firstOf(json, 'upstream_response_time'));
  putDuration(doc, firstOf(json, 'request_time'));
  return 'parsed';
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const outcome = input.json === undefined ? parseText(input, doc) : parseJson(input.json, input, doc);
  if (outcome === 'rejected') return outcome;
  doc['observer.vendor'] = 'F5';
  doc['observer.product'] = 'nginx';
  return outcome;
}

/** Combined lines are the same for nginx and Apache; only what surrounds them tells. */
function saysNginx(input: ParseInput): boolean {
  if (input.path?.includes('nginx') === true) return true;
  // `"agent" 0.239 0.223 .`: times with three decimals behind the agent.
  const quote = input.text.lastIndexOf('"');
  const tail = input.text
    .slice(quote + 1)
    .trim()
    .split(' ', 2);
  return tail.some((word) => SECONDS.test(word));
}

export default defineSource({
  id: 'nginx.access',
  signatures: [
    {
      kind: 'app',
      names: ['nginx', 'nginx_access', 'nginx-access'],
      test: (input) => input.text.includes('] "'),
    },
    { kind: 'json', keys: ['request', 'body_bytes_sent'] },
    { kind: 'json', keys: ['remote_addr', 'http_user_agent'] },
    { kind: 'json', keys: ['request_uri', 'body_bytes_sent'] },
    { kind: 'text', literals: ['] "', '" ', ' - '], test: (input) => saysNginx(input) },
  ],
  parse,
});
