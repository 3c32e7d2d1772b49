import type { EcsFields, JsonObject } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseClf, parseEpoch, putDate } from '../../kit/dates.ts';
import { parseObject } from '../../kit/envelope.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { putDuration } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putTlsVersion } from '../../kit/tls.ts';
import { put, toLong } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';

const VENDOR = 'haproxy.haproxy.';
/** Client, date and what follows: every format of HAProxy begins so. */
const HEAD =
  /^(?:([0-9a-fA-F.:]{2,45}|unix):(\d{1,5})|([0-9a-fA-F.:]{2,45})) \[(\d\d\/[A-Z][a-z]{2}\/\d{4}:[^\]]{8,24})\] (\S{1,255})/;
/** `option httplog`: timers, status, bytes, cookies, state, connections, queues, captured headers, request. */
const HTTP =
  /^ (\S{1,255})\/(\S{0,255}) ([+-]?\d{1,10}(?:\/[+-]?\d{1,10}){3,5}) (-?\d{1,3}) \+?(\d{1,18}) (\S{1,1000}) (\S{1,1000}) ([A-Za-z-]{4}) (\d{1,10}\/\d{1,10}\/\d{1,10}\/\d{1,10}\/\+?\d{1,10}) (\d{1,10}\/\d{1,10})((?: \{[^}]{0,8000}\}){0,2})/;
const TCP =
  /^ (\S{1,255})\/(\S{0,255}) (-?\d{1,10}\/-?\d{1,10}\/\+?-?\d{1,10}) \+?(\d{1,18}) ([A-Za-z-]{2}) (\d{1,10}\/\d{1,10}\/\d{1,10}\/\d{1,10}\/\+?\d{1,10}) (\d{1,10}\/\d{1,10})/;
const REQUEST = /"(\S{1,32}) (.{0,8192}?)(?: (?:HTTP|http)\/(\d(?:\.\d)?))?"(.*)$/s;
/** The first letter of a session's end: who ended it, and why. */
const FAILED = new Set(['C', 'S', 'R', 'P', 'I', 'K', 'U', 'c', 's']);

function putClient(doc: EcsFields, address: string, port: string | undefined): void {
  const ip = parseIp(address);
  if (ip === undefined) return;
  doc['source.address'] = ip;
  doc['source.ip'] = ip;
  const number = port === undefined ? undefined : parsePort(port);
  if (number !== undefined && number > 0) doc['source.port'] = number;
}

function putBackend(doc: EcsFields, backend: string, server: string | undefined): void {
  doc[`${VENDOR}backend`] = backend;
  // `<NOSRV>` and `-`: the request got no server.
  if (server !== undefined && server !== '' && server !== '-' && !server.startsWith('<'))
    doc[`${VENDOR}server`] = server;
}

function putState(doc: EcsFields, state: string): void {
  doc[`${VENDOR}termination_state`] = state;
  const status = doc['http.response.status_code'];
  const failed = FAILED.has(state.charAt(0)) || (typeof status === 'number' && status >= 400);
  doc['event.outcome'] = failed ? 'failure' : 'success';
}

/** HTTP's own fields by ECS; the time a request took stands last among the timers. */
function readHttp(match: RegExpExecArray, text: string, doc: EcsFields): void {
  const [all, backend, server, timers, status, bytes, , , state, connections, queues, captured] =
    match as unknown as string[];
  categorise(doc, WHAT.webRequest);
  const request = REQUEST.exec(text.slice(all!.length));
  if (request !== null) putRequest(doc, request);
  putBackend(doc, backend!, server);
  const code = toLong(status);
  if (code !== undefined && code > 0) doc['http.response.status_code'] = code;
  put(doc, 'http.response.bytes', bytes);
  doc[`${VENDOR}timers`] = timers!;
  doc[`${VENDOR}connections`] = connections!;
  doc[`${VENDOR}queues`] = queues!;
  if (captured !== '') doc[`${VENDOR}captured_headers`] = captured!.trim();
  putTook(doc, timers!);
  putState(doc, state!);
}

function putTook(doc: EcsFields, timers: string): void {
  const total = timers.slice(timers.lastIndexOf('/') + 1).replace('+', '');
  putDuration(doc, total, 1e3);
}

function putRequest(doc: EcsFields, request: RegExpExecArray): void {
  const [, method, target, version, rest] = request as unknown as (string | undefined)[];
  // `<BADREQ>`: what came was no request.
  if (method?.startsWith('<') === true) return;
  put(doc, 'http.request.method', method);
  putUrl(doc, target, 'url', method === 'CONNECT');
  put(doc, 'http.version', version);
  const tls = /(?:^| )(TLSv[\d.]{1,3}|SSLv\d)(?=[ ,/]|$)/.exec(rest ?? '');
  if (tls !== null) putTlsVersion(doc, tls[1]!);
  const cipher = /(?:^| )((?:TLS_|ECDHE-|DHE-|AES)[A-Z0-9_-]{4,60})(?= |$)/.exec(rest ?? '');
  if (cipher !== null) doc['tls.cipher'] = cipher[1]!;
}

/** A JSON object as HAProxy Enterprise's custom formats write it. */
function readJson(json: JsonObject, doc: EcsFields): boolean {
  const text = (key: string): string | undefined => {
    const value = json[key];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  };
  const client = text('ip') ?? text('client_ip') ?? text('src');
  const status = text('code') ?? text('status_code') ?? text('status');
  if (client === undefined || status === undefined) return false;
  categorise(doc, WHAT.webRequest);
  putClient(doc, client, text('port') ?? text('client_port'));
  put(doc, 'http.request.method', text('meth') ?? text('method'));
  const host = text('fqdn') ?? text('host') ?? text('backend');
  const path = text('path') ?? text('uri');
  if (path !== undefined) {
    putUrl(doc, path);
    if (host !== undefined && path.startsWith('/')) {
      doc['url.domain'] = host;
      doc['url.original'] = host + path;
    }
  }
  if (host !== undefined) {
    doc['destination.domain'] = host;
    doc['destination.address'] = host;
  }
  put(doc, 'http.response.status_code', status);
  put(doc, 'http.response.bytes', text('bytes'));
  put(doc, 'http.version', text('vers')?.replace(/^HTTP\//, ''));
  put(doc, 'user_agent.original', text('ua'));
  put(doc, 'url.query', text('query'));
  const date = text('date');
  if (date !== undefined) putDate(doc, '@timestamp', parseEpoch(date));
  putDuration(doc, text('tt'), 1e3);
  for (const key of ['backend', 'server', 'frontend', 'action', 'uniqueid', 'country'])
    put(doc, VENDOR + key, text(key));
  const state = text('state');
  if (state !== undefined && state.length === 4) putState(doc, state);
  return true;
}

/** The server's own words: proxies that start, servers that go down. */
function readNotice(text: string, doc: EcsFields): boolean {
  const server = /^(?:Backup )?Server (\S{1,255})\/(\S{1,255}) is (UP|DOWN|going)/.exec(text);
  if (server !== null) {
    putBackend(doc, server[1]!, server[2]);
    categorise(doc, { ...WHAT.hostInfo, action: server[3] === 'UP' ? 'server-up' : 'server-down' });
    doc['event.reason'] = text;
    return true;
  }
  categorise(doc, WHAT.hostInfo);
  const proxy = /^(?:Proxy|backend|Stopping (?:proxy|backend|frontend)) (\S{1,255})/.exec(text);
  if (proxy === null) return false;
  doc[`${VENDOR}backend`] = proxy[1]!;
  doc['event.reason'] = text;
  return true;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const text = input.text.trim();
  const isTagged = input.syslog?.app !== undefined;
  const head = HEAD.exec(text);
  let known = false;
  if (head === null) {
    const brace = text.indexOf('{"');
    const json = input.json ?? (brace >= 0 && brace < 200 ? parseObject(text.slice(brace)) : undefined);
    if (json !== undefined) known = readJson(json, doc);
    if (!known && !isTagged) return 'rejected';
    known ||= readNotice(text, doc);
  } else {
    const rest = text.slice(head[0].length);
    const http = HTTP.exec(rest);
    const tcp = http === null ? TCP.exec(rest) : null;
    if (http === null && tcp === null && !isTagged) return 'rejected';
    putClient(doc, head[1] ?? head[3]!, head[2]);
    putDate(doc, '@timestamp', parseClf(head[4]!, input.timeZone));
    doc[`${VENDOR}frontend`] = head[5]!.replace(/~$|~?:$|~?\/\d{1,6}:$/, '');
    known = true;
    if (http !== null) readHttp(http, rest, doc);
    else if (tcp !== null) {
      categorise(doc, WHAT.connectionEnd);
      putBackend(doc, tcp[1]!, tcp[2]);
      putTook(doc, tcp[3]!);
      put(doc, 'destination.bytes', tcp[4]);
      doc['network.transport'] = 'tcp';
      putState(doc, tcp[5]!);
    } else {
      categorise(doc, { category: ['network'], type: ['connection', 'error'], outcome: 'failure' });
      doc['event.reason'] = rest.replace(/^:? /, '');
    }
  }
  doc['message'] = text;
  doc['process.name'] = 'haproxy';
  const pid = toLong(input.syslog?.procid);
  if (pid !== undefined) doc['process.pid'] = pid;
  return known ? 'parsed' : 'partial';
}

const looksLikeAccess = (input: ParseInput): boolean => {
  const text = input.text.trimStart();
  const head = HEAD.exec(text);
  if (head === null) return false;
  const rest = text.slice(head[0].length);
  return HTTP.test(rest) || TCP.test(rest);
};

/** HAProxy: HTTP and TCP log formats, errors, servers that come and go. */
export default defineSource({
  id: 'haproxy.haproxy',
  signatures: [
    { kind: 'app', names: ['haproxy', 'hapee-lb', 'haproxy-lb'] },
    { kind: 'text', literals: [':', ' [', '] ', '/', ' - - ', ' "'], test: looksLikeAccess },
    { kind: 'text', literals: ['] ', '/', ' -- '], test: looksLikeAccess },
  ],
  parse,
});
