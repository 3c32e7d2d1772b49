import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { putFile } from '../../kit/file.ts';
import { putHash } from '../../kit/hash.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { type Pairs, parseKeyValue } from '../../kit/key-value.ts';
import { type Observer, putDuration, putObserver, putTotals } from '../../kit/network.ts';
import { putSyslogSeverity } from '../../kit/severity.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import { classify } from './classify.ts';
import { TABLE, VENDOR } from './fields.ts';

/** Keys of which an unquoted value holds a blank: `time=2026-03-01 10:00:00`. */
const BARE_DATE = /\b(time|startime)=(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?=\s|$)/g;

/** Columns of `monitor`: counters of each interface (`name,in,in max,out,out max,accepted,blocked`). */
const INTERFACE_COLUMNS = [
  'name',
  'in',
  'in_max',
  'out',
  'out_max',
  'packets_accepted',
  'packets_blocked',
] as const;
const CPU_COLUMNS = ['user', 'kernel', 'interrupts'] as const;
const PVM_COLUMNS = [
  'total',
  'remote',
  'server',
  'critical',
  'minor',
  'major',
  'with_fix',
  'info_total',
  'info_minor',
  'info_major',
  'hosts',
] as const;

function get(pairs: Pairs, key: string): string | undefined {
  const value = pairs.get(key);
  return value === undefined || value === '' ? undefined : value;
}

/** A local time with the log's own zone. */
function instant(text: string | undefined, zone: string | undefined, input: ParseInput): number | undefined {
  if (text === undefined) return undefined;
  return zone === undefined
    ? parseIso(text, input.timeZone)
    : (parseIso(text + zone, 'UTC') ?? parseIso(text, input.timeZone));
}

function putCounters(doc: EcsFields, prefix: string, value: string, columns: readonly string[]): void {
  const parts = value.split(',', columns.length);
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    if (part !== '') doc[`${prefix}.${columns[i]!}`] = columns[i] === 'name' ? part : (toLong(part) ?? part);
  }
}

/** `monitor` lists interfaces, queues and processors, each as one comma-separated value. */
function putMonitor(doc: EcsFields, pairs: Pairs): void {
  for (const [key, value] of pairs) {
    if (!value.includes(',')) continue;
    const name = key.toLowerCase();
    if (!/^[a-z]{2,16}\d{0,4}$/.test(name)) continue;
    delete doc[VENDOR + key];
    if (name === 'cpu') putCounters(doc, `${VENDOR}monitor.cpu`, value, CPU_COLUMNS);
    else if (name === 'pvm') putCounters(doc, `${VENDOR}monitor.pvm`, value, PVM_COLUMNS);
    else putCounters(doc, `${VENDOR}monitor.interface.${name}`, value, INTERFACE_COLUMNS);
  }
}

/** Requests of the protocol plugins: `op` with its argument and result. */
function putRequest(doc: EcsFields, pairs: Pairs, logtype: string): void {
  const operation = get(pairs, 'op');
  const argument = get(pairs, 'arg');
  const result = get(pairs, 'result');
  if (logtype === 'web' || (logtype === 'plugin' && /^https?/.test(get(pairs, 'proto') ?? ''))) {
    if (operation !== undefined) doc['http.request.method'] = operation;
    const status = result === undefined ? undefined : toLong(result);
    if (status !== undefined && status >= 100 && status < 600) doc['http.response.status_code'] = status;
    else if (result !== undefined) doc[`${VENDOR}result`] = result;
    const host = get(pairs, 'dstname');
    if (argument !== undefined) putUrl(doc, argument);
    if (host !== undefined && parseIp(host) === undefined) {
      doc['destination.domain'] = host;
      if (argument !== undefined) doc['url.domain'] ??= host;
    }
    const category = get(pairs, 'cat_site');
    if (category !== undefined) doc['rule.category'] = category;
    return;
  }
  if (operation !== undefined) doc[`${VENDOR}op`] = operation;
  if (result !== undefined) doc[`${VENDOR}result`] = result;
  if (argument === undefined) return;
  if (logtype === 'ftp') putFile(doc, argument);
  else doc[`${VENDOR}arg`] = argument;
}

/** Log types whose user is the one that the event is about. */
const ABOUT_PEOPLE = new Set(['auth', 'xvpn', 'server']);

function putPeople(doc: EcsFields, pairs: Pairs, logtype: string): void {
  const user = get(pairs, 'user');
  if (user !== undefined) {
    if (logtype === 'smtp' && user.includes('@')) doc['email.from.address'] = [user];
    else {
      putAccount(doc, 'user', user);
      // Of a session the user is the source's; logs about people themselves have one user.
      if (!ABOUT_PEOPLE.has(logtype)) putAccount(doc, 'source.user', user);
    }
  }
  const domain = get(pairs, 'domain');
  if (domain !== undefined && doc['user.name'] !== undefined) {
    doc['user.domain'] = domain;
    if (doc['source.user.name'] !== undefined) doc['source.user.domain'] = domain;
  }
}

/**
 * Destination translation: `origdst` is what the client asked for, `dst` where the packet went. ECS's
 * `destination.ip` is the former, `destination.nat.ip` the translated one.
 */
function putTranslation(doc: EcsFields, pairs: Pairs): void {
  const original = parseIp(get(pairs, 'origdst') ?? '');
  const translated = doc['destination.ip'];
  if (original !== undefined && original !== translated) {
    doc['destination.address'] = original;
    doc['destination.ip'] = original;
    if (translated !== undefined) doc['destination.nat.ip'] = translated;
  }
  const port = parsePort(get(pairs, 'origdstport') ?? '');
  const translatedPort = doc['destination.port'];
  if (port !== undefined && port !== translatedPort) {
    doc['destination.port'] = port;
    if (translatedPort !== undefined) doc['destination.nat.port'] = translatedPort;
  }
}

const OBSERVER: Observer = {
  vendor: 'Stormshield',
  product: 'Stormshield Network Security',
  type: 'firewall',
};

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  let text = input.text;
  if (text.includes('time=2')) text = text.replace(BARE_DATE, '$1="$2"');
  const pairs = parseKeyValue(text);
  const logtype = get(pairs, 'logtype');
  const firewall = get(pairs, 'fw');
  if (logtype === undefined || firewall === undefined) return 'rejected';

  const zone = get(pairs, 'tz');
  putDate(doc, '@timestamp', instant(get(pairs, 'time'), zone, input));
  putDate(doc, 'event.start', instant(get(pairs, 'startime'), zone, input));
  putObserver(doc, OBSERVER);
  for (const [key, value] of pairs) {
    if (value !== '' && key !== 'id') TABLE.put(doc, key, value);
  }
  doc['observer.hostname'] = firewall;
  // A firewall that was not given a name signs with its serial number.
  if (/^[A-Z]{1,4}[A-Z0-9]*\d{6,}[A-Z0-9]*$/.test(firewall)) doc['observer.serial_number'] = firewall;

  putSyslogSeverity(doc, get(pairs, 'pri'));
  const version = get(pairs, 'ipv');
  if (version === '4' || version === '6') doc['network.type'] = `ipv${version}`;
  else if (logtype === 'vpn') doc['network.type'] = 'ipsec';
  putTranslation(doc, pairs);
  putTotals(doc);
  const duration = get(pairs, 'duration');
  if (duration !== undefined && putDuration(doc, duration) === undefined) doc[`${VENDOR}duration`] = duration;
  putPeople(doc, pairs, logtype);
  putRequest(doc, pairs, logtype);
  if (logtype === 'monitor') putMonitor(doc, pairs);

  const name = get(pairs, 'dstname');
  if (name !== undefined && doc['destination.domain'] === undefined) doc[`${VENDOR}dstname`] = name;
  const network = get(pairs, 'remotenet');
  if (network !== undefined) {
    doc[`${VENDOR}remotenet`] = network;
    const ip = logtype === 'xvpn' ? parseIp(network) : undefined;
    if (ip !== undefined) {
      doc['client.address'] = ip;
      doc['client.ip'] = ip;
    }
  }
  if (logtype === 'server' && doc['source.ip'] !== undefined) {
    doc['client.address'] = doc['source.ip'];
    doc['client.ip'] = doc['source.ip'];
  }
  const service = get(pairs, 'service');
  if (service !== undefined) {
    if (logtype === 'system') doc['process.name'] = service;
    else doc[`${VENDOR}service`] = service;
  }
  const hash = get(pairs, 'hash');
  if (hash !== undefined && !putHash(doc, 'file.hash', hash)) doc[`${VENDOR}hash`] = hash;
  const message = get(pairs, 'msg');
  const error = get(pairs, 'error');
  // Zero says that there was no error.
  if (error !== undefined && error !== '0') doc['error.code'] = error;
  if (message !== undefined) {
    doc['message'] = message;
    if (logtype === 'server') doc['process.command_line'] = message;
    if (logtype === 'alarm') doc['rule.name'] ??= message;
    const method = /^(SSH|HTTPS?|CONSOLE|SSL ?VPN)\b/i.exec(message);
    if (
      logtype === 'auth' &&
      method !== null &&
      doc['network.protocol'] === undefined &&
      /^(?:ssh|https?)$/i.test(method[1]!)
    )
      doc['network.protocol'] = method[1]!.toLowerCase();
  }
  const alarm = get(pairs, 'alarmid');
  if (alarm !== undefined) doc['event.code'] = alarm;

  const action = get(pairs, 'action');
  const { what, kind, known } = classify({ logtype, action, message, error, result: get(pairs, 'result') });
  categorise(doc, what);
  if (what.outcome === 'failure' && message !== undefined) doc['event.reason'] = message;
  doc['event.kind'] = kind;
  const named =
    action ?? (logtype !== 'auth' ? undefined : what.type[0] === 'end' ? 'logout' : 'authentication');
  if (named !== undefined) doc['event.action'] = named;
  doc['event.dataset'] = `stormshield.sns.${logtype.replace(/[^a-z0-9_-]/gi, '').toLowerCase() || 'other'}`;
  return known ? 'parsed' : 'partial';
}

/** Stormshield Network Security firewalls: audit logs of every type. */
export default defineSource({
  id: 'stormshield.sns',
  signatures: [
    { kind: 'text', prefix: 'id=firewall', literals: ['fw=', 'logtype='] },
    { kind: 'text', prefix: 'time=', literals: ['fw=', 'logtype=', 'startime='] },
    { kind: 'text', literals: [' fw=', 'logtype=', 'startime='] },
  ],
  parse,
});
