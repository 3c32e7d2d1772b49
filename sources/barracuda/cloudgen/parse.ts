import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, type EventType, WHAT } from '../../kit/categorise.ts';
import { parseEpoch, putDate } from '../../kit/dates.ts';
import { putFile } from '../../kit/file.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { parseMac } from '../../kit/mac.ts';
import { type Observer, putDuration, putObserver, putTotals, putTransport } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { verdictOf } from '../../kit/verdict.ts';

const VENDOR = 'barracuda.cloudgen.';
const OBSERVER: Observer = { vendor: 'Barracuda', product: 'CloudGen Firewall', type: 'firewall' };

const START = /^(Info|Notice|Warning|Error|Security|Fatal|Panic) {1,8}(\S{1,128}) {1,2}/;
const ACTIVITY =
  /^(Allow|Block|LocalAllow|LocalBlock|Deny|Drop|Fail|Remove|Detect|Scan|LocalFail|LocalRemove): ([^|]{1,60})\|/;
const THREAT =
  /^firewall: \[[^\]]{1,40}\] (\w{3,20}): {1,4}(\S{1,20}) (\S{1,40}) ([0-9A-Fa-f.:]{3,45}?)(?::(\d{1,5}))? -> ([0-9A-Fa-f.:]{3,45}?)(?::(\d{1,5}))? \|\[ID: (\S{1,20}) ([^\]]{1,200})\]/;
const SECURITY_EVENT = /SecurityEvent: \(([^)]{1,80})\).{0,120}? source IP ([0-9A-Fa-f.:]{3,45})/;
const ATTEMPT =
  /^LOGIN ATTEMPT: Login (?:of (\S{1,80}) )?from ([0-9A-Fa-f.:]{3,45}): (\w{3,20})(?:: (.{1,300}))?/;
const AUTHENTICATION =
  /^phibs: Authentication (.{1,60}?) for peer=([0-9A-Fa-f.:]{3,45}) .{0,400}?(?:user=(\S{1,128})|box=\S{1,128} ([^|\s]{1,128})\|)/;
const SESSION = /\bSession(?: from |\()([0-9A-Fa-f.]{3,45}):(\d{1,5})/;
const NAMED_SESSION =
  /\bNew Session \S{1,20}?_([A-Za-z][\w.-]{0,60}?)_.{0,120}_([\d.]{7,15})_(\d{1,5})_\d{1,9}$/;
const MASTER = /^\[\w{1,30}@([0-9A-Fa-f.:]{3,45})_(\d{1,5})\] {1,2}(.{1,2000})/;
const EVENT =
  /^event: \[(\d{1,12})\] (\w{2,20}) Event \(([^)]{1,300})\)(?: to Control Center ([0-9A-Fa-f.:]{3,45}))?/;
const PROCESS = /\bping process (\d{1,9}) \((\/[^)]{1,300})\)/;
const ACCOUNT_START = /^(start|update|stop|logout|login)\|/;

function putSide(
  doc: EcsFields,
  side: 'source' | 'destination',
  address: string | undefined,
  port?: string,
): void {
  const ip = parseIp(address ?? '');
  if (ip !== undefined) {
    doc[side === 'source' ? 'source.ip' : 'destination.ip'] = ip;
    doc[side === 'source' ? 'source.address' : 'destination.address'] = ip;
  }
  const number = port === undefined ? undefined : parsePort(port);
  if (number !== undefined) doc[side === 'source' ? 'source.port' : 'destination.port'] = number;
}

/** Columns of firewall activity, between bars. */
function putActivity(doc: EcsFields, action: string, columns: readonly string[]): Categorisation {
  const [
    kind,
    protocol,
    device,
    source,
    sourcePort,
    mac,
    destination,
    port,
    service,
    target,
    rule,
    reason,
    nat,
    toNat,
  ] = columns;
  const [milliseconds, , toServer, toClient, packetsOut, packetsIn] = columns.slice(14);
  doc['event.action'] = action;
  put(doc, `${VENDOR}type`, kind);
  putTransport(doc, protocol);
  put(doc, 'observer.ingress.interface.name', device);
  putSide(doc, 'source', source, sourcePort);
  putSide(doc, 'destination', destination, port);
  const parsed = mac === undefined ? undefined : parseMac(mac);
  if (parsed !== undefined) doc['source.mac'] = parsed;
  put(doc, 'service.target.name', service);
  put(doc, `${VENDOR}target`, target);
  put(doc, 'rule.name', rule);
  put(doc, 'event.code', reason === '0' ? undefined : reason);
  for (const [address, field] of [
    [nat, 'source.nat.ip'],
    [toNat, 'destination.nat.ip'],
  ] as const) {
    const ip = parseIp(address ?? '');
    if (ip !== undefined) doc[field] = ip;
  }
  putDuration(doc, milliseconds, 1e3);
  put(doc, 'source.bytes', toServer);
  put(doc, 'destination.bytes', toClient);
  put(doc, 'source.packets', packetsOut);
  put(doc, 'destination.packets', packetsIn);
  putTotals(doc);
  const verdict = verdictOf(action.replace(/^Local/, ''));
  const types: EventType[] = ['info'];
  if (verdict !== undefined) types.push(verdict);
  return { category: ['network'], type: types };
}

function readMessage(doc: EcsFields, text: string): Categorisation | undefined {
  const activity = ACTIVITY.exec(text);
  if (activity !== null) {
    const at = activity[1]!.length + 2;
    return putActivity(doc, activity[1]!, text.slice(at).split('|', 40));
  }
  const threat = THREAT.exec(text);
  if (threat !== null) {
    doc['event.action'] = threat[1]!;
    putSide(doc, 'source', threat[4], threat[5]);
    putSide(doc, 'destination', threat[6], threat[7]);
    doc['rule.id'] = threat[8]!;
    doc['rule.name'] = threat[9]!;
    const rest = text.slice(threat[0].length).split('|', 6);
    put(doc, 'event.severity', rest[2]);
    put(doc, 'rule.category', rest[3]);
    doc['event.kind'] = 'alert';
    const type: EventType = verdictOf(threat[1]!) ?? 'info';
    return { category: ['network', 'intrusion_detection'], type: [type] };
  }
  const security = SECURITY_EVENT.exec(text);
  if (security !== null) {
    doc['rule.name'] = security[1]!;
    putSide(doc, 'source', security[2]);
    doc['event.kind'] = 'alert';
    return { category: ['network'], type: ['info'] };
  }
  if (ACCOUNT_START.test(text)) return putAccounting(doc, text.split('|', 30));
  const attempt = ATTEMPT.exec(text);
  if (attempt !== null) {
    put(doc, 'user.name', attempt[1]);
    putSide(doc, 'source', attempt[2]);
    put(doc, 'error.message', attempt[4]);
    return { ...WHAT.login, outcome: verdictOf(attempt[3]) === 'denied' ? 'failure' : 'success' };
  }
  const login = AUTHENTICATION.exec(text);
  if (login !== null) {
    doc['event.action'] = login[1]!;
    putSide(doc, 'source', login[2]);
    put(doc, 'user.name', login[3] ?? login[4]);
    return WHAT.login;
  }
  return readHousekeeping(doc, text);
}

/** `update|firewall|group||||||from|until|received|sent|client|||user` */
function putAccounting(doc: EcsFields, columns: readonly string[]): Categorisation {
  doc['event.action'] = columns[0]!;
  const [from, until] = [columns[8], columns[9]].map((column) => parseEpoch(column ?? ''));
  putDate(doc, 'event.start', from);
  putDate(doc, 'event.end', until);
  put(doc, 'destination.bytes', columns[10]);
  put(doc, 'source.bytes', columns[11]);
  const ip = parseIp(columns[12] ?? '');
  if (ip !== undefined) {
    doc['client.ip'] = ip;
    doc['client.address'] = ip;
  }
  put(doc, 'client.user.name', columns[15]);
  put(doc, 'group.name', columns[2]);
  putTotals(doc);
  return { category: ['network'], type: ['info'] };
}

/** Sessions of the management, files of the configuration, watchdog and events. */
function readHousekeeping(doc: EcsFields, text: string): Categorisation | undefined {
  const master = MASTER.exec(text);
  if (master !== null) {
    putSide(doc, 'source', master[1], master[2]);
    const words = master[3]!;
    doc['event.reason'] = words;
    const path = /File (\/\S{1,400})/.exec(words)?.[1];
    if (path !== undefined) putFile(doc, path);
    else {
      const copy = /Copy: (\S{1,200}) from (\S{1,200})/.exec(words);
      if (copy !== null) {
        putFile(doc, copy[1]!);
        doc['file.directory'] = copy[2]!;
      }
    }
    put(doc, 'file.size', /\bsize=(\d{1,15})/.exec(master[3]!)?.[1]);
    return { category: ['file'], type: ['info'] };
  }
  const named = NAMED_SESSION.exec(text);
  if (named !== null) {
    doc['host.name'] = named[1]!;
    putSide(doc, 'source', named[2], named[3]);
    return WHAT.sessionStart;
  }
  const session = SESSION.exec(text);
  if (session !== null) {
    putSide(doc, 'source', session[1], session[2]);
    return /exits|closed|terminated/.test(text) ? WHAT.sessionEnd : WHAT.sessionStart;
  }
  const challenge = /^challenge sent for ([A-Za-z][\w.-]{0,60}?)_/.exec(text);
  if (challenge !== null) {
    doc['host.name'] = challenge[1]!;
    return WHAT.sessionStart;
  }
  const event = EVENT.exec(text);
  if (event !== null) {
    const columns = event[3]!.split('|', 12);
    doc['event.id'] = event[1]!;
    doc['event.action'] = event[2]!;
    put(doc, 'event.severity', columns[1]);
    put(doc, 'service.name', columns[2]);
    put(doc, 'user.name', columns[6]);
    put(doc, 'process.thread.name', columns[7]);
    putSide(doc, 'destination', event[4]);
    return { category: ['network'], type: ['info'] };
  }
  const process = PROCESS.exec(text);
  doc['event.reason'] = text;
  if (process !== null) {
    put(doc, 'process.pid', process[1]);
    putFile(doc, process[2]!);
    return { category: ['process'], type: ['info'] };
  }
  return /^still alive after|^was able to/.test(text) ? { category: ['process'], type: ['info'] } : undefined;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const start = START.exec(input.text);
  if (start === null) return 'rejected';
  const text = input.text.slice(start[0].length).trim();
  if (text === '') return 'rejected';
  putObserver(doc, OBSERVER);
  doc['log.level'] = start[1]!;
  doc['observer.name'] = start[2]!;
  const what = readMessage(doc, text);
  doc['message'] = text;
  categorise(doc, what ?? WHAT.hostInfo);
  return what === undefined ? 'partial' : 'parsed';
}

/** Barracuda CloudGen Firewall (NextGen Firewall F), 7 to 9. */
export default defineSource({
  id: 'barracuda.cloudgen',
  signatures: ['Info     ', 'Notice   ', 'Warning  ', 'Error    ', 'Security ', 'Fatal    ', 'Panic    '].map(
    (prefix) => ({
      kind: 'text' as const,
      prefix,
      test: ({ text }: ParseInput) => START.test(text),
    }),
  ),
  parse,
});
