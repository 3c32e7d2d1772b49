import type { EcsFields } from '@vigie/contracts';
import { parseClf, putDate } from './dates.ts';
import { parseIp, parsePort } from './ip.ts';
import { put, putEndpoint, toLong } from './types.ts';
import { putUrl } from './url.ts';

/** What a web server's access line holds in its common positions, and what it adds after them. */
export interface AccessLine {
  /** Tokens before the date: addresses, identity, user. */
  readonly head: readonly string[];
  readonly time: number;
  readonly request: string;
  readonly status?: string;
  readonly bytes?: string;
  readonly referrer?: string;
  readonly userAgent?: string;
  /** Everything after the user agent; quoted parts without their quotes. */
  readonly extra: readonly string[];
}

interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

const MAX_TOKENS = 60;
const REQUEST = /^[A-Za-z][A-Za-z_-]{1,30} \S/;

/** Splits at blanks, keeping `"…"` (with `\"` inside) together. */
function tokens(text: string, from: number): Token[] {
  const out: Token[] = [];
  let i = from;
  while (i < text.length && out.length < MAX_TOKENS) {
    const code = text.charCodeAt(i);
    if (code === 32) {
      i++;
      continue;
    }
    if (code === 34) {
      let close = text.indexOf('"', i + 1);
      while (close > 0 && isEscaped(text, close)) close = text.indexOf('"', close + 1);
      if (close < 0) close = text.length;
      out.push({ text: text.slice(i + 1, close), quoted: true });
      i = close + 1;
    } else {
      let end = text.indexOf(' ', i);
      if (end < 0) end = text.length;
      out.push({ text: text.slice(i, end), quoted: false });
      i = end;
    }
  }
  return out;
}

/** Whether an odd number of backslashes stands before `at`. */
function isEscaped(text: string, at: number): boolean {
  let count = 0;
  while (count < 16 && text.charCodeAt(at - 1 - count) === 92) count++;
  return count % 2 === 1;
}

function isStatus(text: string): boolean {
  return text.length === 3 && text >= '000' && text <= '999' && toLong(text) !== undefined;
}

/**
 * Reads Common and Combined Log Format (`192.0.2.1 - alice [01/Mar/2026:10:00:00 +0000] "GET / HTTP/1.1" 200
 * 512 "referrer" "agent"`) and its usual extensions: a virtual host or several addresses in front, further
 * values behind or between.
 *
 * @returns `undefined` where the line has no date in brackets and no quoted request
 */
export function readAccessLine(text: string, timeZone: string): AccessLine | undefined {
  const open = text.indexOf(' [');
  if (open < 0 || open > 512) return undefined;
  const close = text.indexOf(']', open);
  if (close < 0 || close - open > 40) return undefined;
  const time = parseClf(text.slice(open + 2, close), timeZone);
  if (time === undefined) return undefined;
  const rest = tokens(text, close + 1);
  let at = rest.findIndex((token) => token.quoted && REQUEST.test(token.text));
  if (at < 0) at = rest.findIndex((token) => token.quoted);
  // Only quoted values may stand in front of the request: anything else is another product's format.
  if (at < 0 || !rest.slice(0, at).every((token) => token.quoted)) return undefined;
  const request = rest[at]!.text;
  let i = at + 1;
  const status = rest[i] !== undefined && isStatus(rest[i]!.text) ? rest[i++]!.text : undefined;
  if (status === undefined && !request.includes(' HTTP/')) return undefined;
  const bytes = rest[i]?.quoted === false ? rest[i++]!.text : undefined;
  // Some formats put a duration between size and referrer.
  const between: string[] = [];
  while (rest[i]?.quoted === false && rest.slice(i + 1, i + 4).some((token) => token.quoted))
    between.push(rest[i++]!.text);
  const referrer = rest[i]?.quoted === true ? rest[i++]!.text : undefined;
  const userAgent = rest[i]?.quoted === true ? rest[i++]!.text : undefined;
  const extra = [...between, ...rest.slice(i).map((token) => token.text)];
  return {
    head: text
      .slice(0, open)
      .split(' ')
      .filter((word) => word !== ''),
    time,
    request,
    status,
    bytes,
    referrer,
    userAgent,
    extra,
  };
}

/** Virtual host, client, forwarded address and user from the tokens before the date. */
function putHead(head: readonly string[], doc: EcsFields): void {
  let i = 0;
  let client = head.findIndex((word) => parseIp(word.replace(/,$/, '')) !== undefined);
  if (client < 0 || client > 2) client = 0;
  if (client > 0 && head[0] !== '-') putVirtualHost(head[0]!, doc);
  i = client;
  const address = head[i++];
  putEndpoint(doc, 'source', address?.replace(/,$/, ''));
  while (i < head.length) {
    const word = head[i]!;
    const ip = parseIp(word.replace(/,$/, ''));
    if (ip !== undefined) doc['network.forwarded_ip'] ??= ip;
    else if (!word.startsWith('(')) break;
    i++;
  }
  // Identity, then the user, whose name may hold blanks; some formats have a third dash.
  const user = head
    .slice(i + 1)
    .filter((word, n, all) => word !== '-' || (all.length > 2 && n > 0 && all[0] !== '-'))
    .join(' ');
  if (user !== '' && user !== '-') doc['user.name'] = user;
}

function putVirtualHost(word: string, doc: EcsFields): void {
  const colon = word.lastIndexOf(':');
  const port = colon > 0 ? parsePort(word.slice(colon + 1)) : undefined;
  const name = port === undefined ? word : word.slice(0, colon);
  putEndpoint(doc, 'destination', name);
  if (port !== undefined) doc['destination.port'] = port;
  doc['url.domain'] = name;
}

/** Writes `GET /path HTTP/1.1`: method, target and version; text that is no request is kept as it is. */
export function putRequest(doc: EcsFields, request: string | undefined): void {
  if (request === undefined || request === '' || request === '-') return;
  const space = request.indexOf(' ');
  if (!REQUEST.test(request) || space < 0) {
    doc['http.request.body.content'] ??= request;
    return;
  }
  const method = request.slice(0, space);
  doc['http.request.method'] = method;
  const last = request.lastIndexOf(' HTTP/');
  putUrl(
    doc,
    last > space ? request.slice(space + 1, last) : request.slice(space + 1),
    'url',
    method === 'CONNECT',
  );
  if (last >= space) put(doc, 'http.version', request.slice(last + 6));
}

/** What a status code says of the request: 4xx and 5xx are failures. */
export function putStatus(doc: EcsFields, status: unknown): void {
  const code = toLong(status);
  doc['event.category'] = ['web'];
  doc['event.type'] = ['access'];
  if (code === undefined || code < 100 || code > 999) return;
  doc['http.response.status_code'] = code;
  doc['event.outcome'] = code < 400 ? 'success' : 'failure';
}

/** Writes what all access lines share. */
export function putAccess(line: AccessLine, doc: EcsFields): void {
  putDate(doc, '@timestamp', line.time);
  putHead(line.head, doc);
  const host = doc['url.domain'];
  putRequest(doc, line.request);
  if (host !== undefined) doc['url.domain'] ??= host;
  putStatus(doc, line.status);
  put(doc, 'http.response.body.bytes', line.bytes);
  put(doc, 'http.request.referrer', line.referrer);
  put(doc, 'user_agent.original', line.userAgent);
}
