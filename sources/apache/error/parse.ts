import type { EcsFields } from '@vigie/contracts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { splitHostPort } from '../../kit/ip.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';

const LEVEL = /^(?:([a-z0-9_-]{0,40}):)?(emerg|alert|crit|error|warn|notice|info|debug|trace[1-8])$/;
const WEEKDAY = /^\[(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) /;
const CODE = /^(AH\d{5}): /;
const PROCESS = /^pid (\d{1,10})(?::tid (\d{1,20}))?$/;
/** ModSecurity's details: `[id "920350"] [msg "…"]`. */
const DETAIL = /\[(file|line|id|msg|data|severity|hostname|uri|unique_id|tag|ver|rev) "((?:[^"\\]|\\.)*)"\]/g;
const MAX_BRACKETS = 8;

/** Takes `[…]` off the front. */
function bracket(text: string, at: number): { inside: string; end: number } | undefined {
  if (text.charCodeAt(at) !== 91) return undefined;
  const close = text.indexOf(']', at);
  if (close < 0) return undefined;
  let end = close + 1;
  while (text.charCodeAt(end) === 32) end++;
  return { inside: text.slice(at + 1, close), end };
}

function putClient(doc: EcsFields, client: string): void {
  // `[client 192.0.2.1 :42114]` has a blank before the port in some builds.
  const split = splitHostPort(client.replace(' :', ':'));
  putEndpoint(doc, 'source', split.host);
  if (split.port !== undefined) doc['source.port'] = split.port;
}

function putModSecurity(doc: EcsFields, text: string): void {
  const end = text.indexOf(' [');
  if (end > 0) doc['error.message'] = text.slice(0, end);
  const details = new Map<string, string>();
  const tags: string[] = [];
  for (const match of text.matchAll(DETAIL)) {
    if (match[1] === 'tag') tags.push(match[2]!);
    else if (!details.has(match[1]!)) details.set(match[1]!, match[2]!);
  }
  put(doc, 'rule.id', details.get('id'));
  put(doc, 'rule.name', details.get('msg'));
  put(doc, 'rule.version', details.get('rev'));
  put(doc, 'rule.ruleset', details.get('ver'));
  put(doc, 'event.reason', details.get('msg'));
  put(doc, 'apache.error.modsecurity.file', details.get('file'));
  put(doc, 'apache.error.modsecurity.line', details.get('line'));
  put(doc, 'apache.error.modsecurity.data', details.get('data'));
  put(doc, 'apache.error.modsecurity.severity', details.get('severity'));
  if (tags.length > 0) doc['apache.error.modsecurity.tags'] = tags;
  put(doc, 'http.request.id', details.get('unique_id'));
  putEndpoint(doc, 'destination', details.get('hostname'));
  putUrl(doc, details.get('uri'));
  const host = details.get('hostname');
  if (host !== undefined) doc['url.domain'] ??= host;
  doc['event.category'] = ['web', 'intrusion_detection'];
  doc['event.type'] = text.includes('Access denied') ? ['denied', 'error'] : ['error'];
  if (text.includes('Access denied')) doc['event.action'] = 'denied';
}

interface Head {
  readonly at: number;
  readonly level?: string;
  readonly clients: readonly string[];
}

/** Reads the brackets in front of the message; an errno (`(13)Permission denied: `) may stand among them. */
function readHead(input: ParseInput, doc: EcsFields): Head {
  const { text } = input;
  let at = 0;
  let level: string | undefined;
  const clients: string[] = [];
  for (let n = 0; n < MAX_BRACKETS; n++) {
    if (text.charCodeAt(at) === 40) {
      const next = text.indexOf(': [client ', at);
      if (next < 0 || next - at > 200) break;
      doc['error.message'] = text.slice(at, next);
      const errno = /^\((\d{1,10})\)/.exec(text.slice(at, at + 14));
      if (errno !== null) doc['error.code'] = errno[1]!;
      at = next + 2;
    }
    const part = bracket(text, at);
    if (part === undefined) break;
    const { inside } = part;
    const named = LEVEL.exec(inside);
    const process = PROCESS.exec(inside);
    if (n === 0 && WEEKDAY.test(text)) putDate(doc, '@timestamp', parseDate(inside, input));
    else if (named !== null) {
      level = named[2];
      put(doc, 'apache.error.module', named[1]);
    } else if (process !== null) {
      put(doc, 'process.pid', process[1]);
      // Thread ids are addresses and exceed what a number holds exactly in some builds.
      put(doc, 'process.thread.id', process[2], 'apache.error.thread_id');
    } else if (inside.startsWith('client ')) clients.push(inside.slice(7));
    else if (inside.startsWith('remote ')) clients.push(inside.slice(7));
    else break;
    at = part.end;
  }
  return { at, level, clients };
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const first = bracket(input.text, 0);
  if (first === undefined || !(WEEKDAY.test(input.text) || LEVEL.test(first.inside))) return 'rejected';
  const { at, level, clients } = readHead(input, doc);
  let message = input.text.slice(at);
  const code = CODE.exec(message);
  if (code !== null) {
    doc['event.code'] = code[1]!;
    message = message.slice(code[0].length);
  }
  // The first client has the port, a second one repeats the address.
  if (clients[0] !== undefined) putClient(doc, clients[0]);
  const failed = level === undefined || /^(?:emerg|alert|crit|error|warn)$/.test(level);
  doc['event.category'] = ['web'];
  doc['event.type'] = [failed ? 'error' : 'info'];
  doc['event.outcome'] = failed ? 'failure' : 'success';
  if (level !== undefined) doc['log.level'] = level;
  const referrer = message.lastIndexOf(', referer: ');
  if (referrer >= 0) {
    put(doc, 'http.request.referrer', message.slice(referrer + 11));
    message = message.slice(0, referrer);
  }
  if (message !== '') doc['message'] = message;
  if (failed && doc['error.message'] === undefined && message !== '') doc['error.message'] = message;
  if (message.startsWith('ModSecurity: ')) putModSecurity(doc, message);
  return 'parsed';
}

/** Beginnings of what the server says of itself, where a relay has cut off all but the level. */
const OWN_WORDS =
  /^(?:Apache\b|AH\d{5}: |caught SIG|SIG[A-Z0-9]{2,6} received|child (?:pid|process) \d|server (?:reached|is within|seems busy)|Digest: |suEXEC |mod_[a-z]{2,20}|File does not exist: |script (?:not found|'\/)|Directory index forbidden|client denied|ModSecurity: |httpd |LoadModule |Graceful restart|Parent: |Child \d|Init: |RSA server|PHP )/;

export default defineSource({
  id: 'apache.error',
  signatures: [
    {
      kind: 'app',
      names: ['apache', 'apache2', 'httpd', 'apache-error', 'apache_error', 'httpd_error'],
      test: (input) => input.text.charCodeAt(0) === 91,
    },
    { kind: 'text', prefix: '[', literals: ['] ['], test: (input) => WEEKDAY.test(input.text) },
    // Its syslog form has no date; some relays drop the tag as well.
    { kind: 'text', prefix: '[', literals: ['] [client '] },
    ...['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info'].map((level) => ({
      kind: 'text' as const,
      prefix: `[${level}] `,
      test: ({ text }: ParseInput) => OWN_WORDS.test(text.slice(level.length + 3, level.length + 200)),
    })),
  ],
  parse,
});
