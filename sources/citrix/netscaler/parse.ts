import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseClf, parseIso, putDate } from '../../kit/dates.ts';
import { parseIp, parsePort, splitHostPort } from '../../kit/ip.ts';
import { type Observer, putDuration, putObserver, putTotals } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putTlsVersion } from '../../kit/tls.ts';
import { put } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';

const VENDOR = 'citrix.netscaler.';
const OBSERVER: Observer = { vendor: 'Citrix', product: 'NetScaler ADC', type: 'proxy' };

/** `date:clock zone host n-PPE-n : partition module event number flag : body` */
const START =
  /^(\d{2}|\d{4})\/(\d{2})\/(\d{2,4}):(\d\d:\d\d:\d\d) {1,2}(?:([A-Z]{2,5}) )? {0,2}(\S{1,128}) {1,2}(\d-PPE-\d{1,3}) : (?:(\S{1,40}) )?(\S{1,40}) (\S{1,60}) (\d{1,20}) \d{1,3} : {0,3}/;
const ACCESS =
  /^(\S{3,45}) -> (\S{3,45})(?: \S{1,60} \S{1,60} \[([^\]]{10,40})\] \[(\d{1,9})\])? "([A-Z]{3,16}) (\S{1,8000}) HTTP\/(\d(?:\.\d)?)" (\d{3}) (\d{1,15}|-) "([^"]{0,2000})" "([^"]{0,2000})" "Time: (\d{1,15}) microsecs"/;
const SHELL = /^(\S{1,64}) on (\(null\)|\S{1,64}) shell_command="/;
const MAX_PARTS = 80;

/** `Key value - Key value`: keys are one word, values may be quoted or begin with a colon. */
function readBody(body: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const part of body.split(' - ', MAX_PARTS)) {
    const item = part.trim();
    const space = item.indexOf(' ');
    if (space <= 0) continue;
    let key = item.slice(0, space).replace(/:$/, '');
    let value = item.slice(space + 1).trim();
    if ((key === 'Start' || key === 'End') && value.startsWith('Time ')) {
      key = `${key}_time`;
      value = value.slice(5).trim();
    }
    if (value.startsWith('"')) value = unquote(value);
    if (value !== '' && !pairs.has(key)) pairs.set(key, value);
  }
  return pairs;
}

/** Takes quotes off both ends, however many: a line of CSV doubles them. */
function unquote(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && text.charCodeAt(from) === 34) from++;
  while (to > from && text.charCodeAt(to - 1) === 34) to--;
  return text.slice(from, to).trim();
}

/** Month first, unless that is no month; some appliances write the year first. */
function readTime(match: RegExpExecArray, input: ParseInput): number | undefined {
  const [, a, b, c, clock, zone] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    string | undefined,
  ];
  let [year, month, day] = [c, a, b];
  if (a.length === 4) [year, month, day] = [a, b, c];
  else if (Number(a) > 12) [month, day] = [b, a];
  return parseIso(
    `${year}-${month}-${day} ${clock}`,
    zone === 'GMT' || zone === 'UTC' ? 'UTC' : input.timeZone,
  );
}

function putSide(doc: EcsFields, side: 'source' | 'destination' | 'client', text: string | undefined): void {
  if (text === undefined) return;
  const { host, port } = splitHostPort(text.split(' ', 1)[0]!);
  const ip = parseIp(host);
  if (ip === undefined) return;
  doc[`${side}.ip`] = ip;
  doc[`${side}.address`] = ip;
  if (port !== undefined) doc[`${side}.port`] = port;
}

const MESSAGE_IPS = /\bSrcip: ([0-9A-Fa-f.:]{3,45}), Dstip: ([0-9A-Fa-f.:]{3,45})/;
const RESULT = /Authorize result is (\w{3,20})/;
const REQUEST = /\b(GET|POST|PUT|DELETE|HEAD|OPTIONS|PATCH|CONNECT) (\/\S{0,4000})/;

function classify(module: string, event: string, body: string): Categorisation {
  const failed = /fail|denied|reject|error/i.test(event);
  if (event === 'LOGIN' || event === 'LOGIN_FAILED' || event === 'LOGIN_FAILURE')
    return { ...WHAT.login, outcome: failed ? 'failure' : 'success' };
  if (event === 'LOGOUT') return { ...WHAT.logout, outcome: 'success' };
  if (/^CMD_EXECUTED$/.test(event)) {
    const isRead = /Command "(?:show|stat|login|logout)/.test(body);
    const outcome = /Status "(?:Success|SUCCESS)/.test(body)
      ? 'success'
      : /Status "/.test(body)
        ? 'failure'
        : undefined;
    return { ...(isRead ? WHAT.configurationRead : WHAT.configurationChanged), outcome };
  }
  const authorised = event === 'Message' && module === 'SSLVPN' ? RESULT.exec(body) : null;
  if (authorised !== null)
    return { ...WHAT.login, outcome: authorised[1]!.toLowerCase() === 'allow' ? 'success' : 'failure' };
  if (event === 'Message') return { category: ['network'], type: ['info'] };
  if (module === 'APPFW') return { category: ['network', 'web', 'intrusion_detection'], type: ['info'] };
  return {
    category: ['network'],
    type: failed && /DENIED/.test(event) ? ['connection', 'denied'] : ['connection'],
  };
}

function putBody(doc: EcsFields, body: string): void {
  const pairs = readBody(body);
  const get = (...keys: string[]): string | undefined => {
    for (const key of keys) if (pairs.has(key)) return pairs.get(key);
    return undefined;
  };
  putSide(doc, 'client', get('Client_ip', 'Remote_ip'));
  if (pairs.has('Source')) putSide(doc, 'source', pairs.get('Source'));
  else putSide(doc, 'source', get('ClientIP', 'Client_ip', 'Remote_ip'));
  put(doc, 'source.port', get('ClientPort'));
  putSide(doc, 'destination', get('Destination', 'VserverServiceIP', 'Vserver'));
  const port = parsePort(get('VserverServicePort') ?? '');
  if (port !== undefined) doc['destination.port'] = port;
  const nat = parseIp(get('Nat_ip', 'NatIP')?.split(':', 1)[0] ?? '');
  if (nat !== undefined) doc['source.nat.ip'] = nat;
  const context = get('Context');
  const user = get('User') ?? (context === undefined ? undefined : context.split('@', 1)[0]);
  if (user !== undefined && user !== 'N/A') doc['user.name'] = user.split(' ', 1)[0]!;
  put(doc, 'source.bytes', get('Total_bytes_send'));
  put(doc, 'destination.bytes', get('Total_bytes_recv'));
  put(doc, 'rule.name', get('Denied_by_policy'));
  put(doc, 'tls.cipher', get('CipherSuite'));
  putTlsVersion(doc, get('ClientVersion'));
  const command = get('Command');
  if (command !== undefined) doc['process.command_line'] = command;
  put(doc, 'user_agent.original', get('Browser_type', 'Browser'));
  const span = /^(\d{1,4}):(\d\d):(\d\d)/.exec(get('Duration') ?? '');
  if (span !== null) putDuration(doc, Number(span[1]) * 3600 + Number(span[2]) * 60 + Number(span[3]));
  for (const key of [
    'SessionId',
    'SPCBId',
    'Session',
    'HandshakeTime',
    'Vserver',
    'Group(s)',
    'Status',
    'Context',
  ]) {
    const value = pairs.get(key);
    if (value !== undefined) doc[VENDOR + key] = value;
  }
  putTotals(doc);
}

function parseEvent(match: RegExpExecArray, text: string, input: ParseInput, doc: EcsFields): ParseOutcome {
  const [all, , , , , , host, , , module, event] = match as unknown as string[];
  putObserver(doc, OBSERVER);
  putDate(doc, '@timestamp', readTime(match, input));
  doc['observer.name'] = host!;
  doc['event.code'] = event!;
  doc['event.provider'] = module!;
  let body = text.slice(all!.length).trim();
  if (event === 'Message') {
    body = body.replace(/^"|"$/g, '');
    doc['event.reason'] = body;
    const sides = MESSAGE_IPS.exec(body);
    if (sides !== null) {
      putSide(doc, 'source', sides[1]);
      putSide(doc, 'destination', sides[2]);
    }
  } else {
    putBody(doc, body);
    const request = event === 'HTTPREQUEST' ? REQUEST.exec(body) : null;
    if (request !== null) {
      doc['http.request.method'] = request[1]!;
      putUrl(doc, request[2]!);
      const name = /User (\S{1,128}) :/.exec(body);
      if (name !== null) doc['user.name'] = name[1]!;
      const client = /Context \S{1,128}@([0-9A-Fa-f.:]{3,45}) /.exec(body);
      if (client !== null) {
        putSide(doc, 'client', client[1]);
        putSide(doc, 'source', client[1]);
      }
    }
  }
  categorise(doc, classify(module!, event!, body));
  return 'parsed';
}

/** Requests to the management interface. */
function parseAccess(match: RegExpExecArray, input: ParseInput, doc: EcsFields): ParseOutcome {
  const [, source, destination, time, pid, method, url, version, status, bytes, referrer, agent, micros] =
    match as unknown as string[];
  putObserver(doc, OBSERVER);
  if (time !== undefined) putDate(doc, '@timestamp', parseClf(time, input.timeZone));
  putSide(doc, 'source', source);
  putSide(doc, 'destination', destination);
  put(doc, 'process.pid', pid);
  doc['http.request.method'] = method!;
  doc['http.version'] = version!;
  putUrl(doc, url);
  put(doc, 'http.response.status_code', status);
  put(doc, 'http.response.body.bytes', bytes);
  put(doc, 'http.request.referrer', referrer);
  put(doc, 'user_agent.original', agent);
  putDuration(doc, micros, 1e6);
  categorise(doc, { category: ['network', 'web'], type: ['connection', 'access'] });
  return 'parsed';
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  let text = input.text.trim();
  const shell = SHELL.exec(text);
  if (shell !== null) {
    putObserver(doc, OBSERVER);
    doc['user.name'] = shell[1]!;
    doc['process.name'] = 'bash';
    doc['process.command_line'] = text.slice(shell[0].length).replace(/"$/, '');
    if (shell[2] !== '(null)') doc['process.interactive'] = true;
    categorise(doc, {
      category: ['process', 'configuration'],
      type: ['change'],
      action: 'execute_shell_command',
    });
    return 'parsed';
  }
  const access = ACCESS.exec(text);
  if (access !== null) return parseAccess(access, input, doc);
  // Written as a field of CSV: quotes around the line and doubled inside.
  if (text.startsWith('"')) text = text.replace(/^"|"$/g, '').replaceAll('""', '"');
  const start = START.exec(text);
  return start === null ? 'rejected' : parseEvent(start, text, input, doc);
}

/** NetScaler ADC and NetScaler Gateway, 10.5 to 14.1. */
export default defineSource({
  id: 'citrix.netscaler',
  signatures: [
    {
      kind: 'text',
      literals: ['-PPE-', ' : '],
      test: ({ text }) => START.test(text.trim().replace(/^"/, '')),
    },
    { kind: 'text', literals: [' shell_command="'], test: ({ text }) => SHELL.test(text.trim()) },
    { kind: 'text', literals: [' -> ', '"Time: ', ' microsecs"'] },
  ],
  parse,
});
