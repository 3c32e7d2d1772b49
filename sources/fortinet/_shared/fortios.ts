import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseDate, parseEpoch, parseIso, putDate } from '../../kit/dates.ts';
import { putHash } from '../../kit/hash.ts';
import { parseIp } from '../../kit/ip.ts';
import { type Pairs, parseKeyValue } from '../../kit/key-value.ts';
import { type Observer, putDirection, putDuration, putObserver, putTotals } from '../../kit/network.ts';
import type { ParseInput, ParseOutcome } from '../../kit/source.ts';
import { putTlsVersion } from '../../kit/tls.ts';
import { toLong } from '../../kit/types.ts';
import { completeUrl, putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import { readCef } from './cef-keys.ts';
import { classify } from './classify.ts';
import { isNothing, putField, VENDOR } from './fields.ts';

/** Keys of FortiOS 5.0 and older → those since 5.2. */
const OLD_KEYS: ReadonlyMap<string, string> = new Map([
  ['device_id', 'devid'],
  ['log_id', 'logid'],
  ['pri', 'level'],
  ['src', 'srcip'],
  ['src_port', 'srcport'],
  ['src_int', 'srcintf'],
  ['dst', 'dstip'],
  ['dst_port', 'dstport'],
  ['dst_int', 'dstintf'],
  ['sent', 'sentbyte'],
  ['rcvd', 'rcvdbyte'],
  ['sent_pkt', 'sentpkt'],
  ['rcvd_pkt', 'rcvdpkt'],
]);

/** `GUI(192.0.2.7)`, `ssh(192.0.2.7)`: the way in which an administrator came, and from where. */
const UI = /^([A-Za-z][\w.-]{0,30})\(([0-9a-fA-F.:]{3,45})\)$/;

/** Whether pairs are separated by commas (`set csv enable`): the first pair shows it. */
function isCommaSeparated(text: string): boolean {
  const equals = text.indexOf('=');
  if (equals < 0 || equals > 64) return false;
  let end = equals + 1;
  if (text.charCodeAt(end) === 34) end = text.indexOf('"', end + 1) + 1;
  else while (end < text.length && text.charCodeAt(end) > 32 && text.charCodeAt(end) !== 44) end++;
  return text.charCodeAt(end) === 44;
}

function readPairs(text: string): Pairs {
  const pairs = isCommaSeparated(text) ? parseKeyValue(text, { separator: ',' }) : parseKeyValue(text);
  if (pairs.has('device_id') || pairs.has('log_id')) {
    for (const [old, name] of OLD_KEYS) {
      const value = pairs.get(old);
      if (value === undefined) continue;
      pairs.delete(old);
      pairs.set(name, value);
    }
    const status = pairs.get('status');
    if (status !== undefined && pairs.get('type') === 'traffic') pairs.set('action', status);
  }
  return pairs;
}

/** A pair's value, unless it stands for nothing. */
function get(pairs: Pairs, key: string): string | undefined {
  const value = pairs.get(key);
  return value === undefined || isNothing(value) ? undefined : value;
}

/**
 * The instant: `eventtime` is the finest (seconds in 5.6 to 6.0, nanoseconds since 6.2) and free of zones;
 * else the device's clock with its zone.
 */
function readTime(pairs: Pairs, input: ParseInput): number | undefined {
  const event = get(pairs, 'eventtime');
  if (event !== undefined) {
    const time = parseEpoch(event);
    if (time !== undefined && time > 0) return time;
  }
  const date = get(pairs, 'date');
  const clock = get(pairs, 'time');
  if (date !== undefined && clock !== undefined) {
    const zone = get(pairs, 'tz');
    const time = parseDate(zone === undefined ? `${date} ${clock}` : `${date} ${clock} ${zone}`, input);
    if (time !== undefined) return time;
    const local = parseIso(`${date} ${clock}`, input.timeZone);
    if (local !== undefined) return local;
  }
  const stamp = get(pairs, 'timestamp') ?? get(pairs, 'itime');
  return stamp === undefined ? undefined : parseDate(stamp, input);
}

function putPeople(doc: EcsFields, pairs: Pairs): void {
  const user = get(pairs, 'user') ?? get(pairs, 'xauthuser') ?? get(pairs, 'unauthuser');
  if (user !== undefined) {
    // An LDAP peer may be logged as `name,cn=name`.
    const comma = user.indexOf(',');
    const name = comma > 0 && user.indexOf('=') > comma ? user.slice(0, comma) : user;
    putAccount(doc, 'source.user', name);
    putAccount(doc, 'user', name);
    if (name !== user) {
      doc['source.user.full_name'] = user;
      doc['user.full_name'] = user;
    }
  }
  const other = get(pairs, 'dstuser');
  if (other !== undefined) putAccount(doc, 'destination.user', other);
  const unauthenticated = get(pairs, 'unauthuser');
  if (unauthenticated !== undefined) doc[`${VENDOR}unauthuser`] = unauthenticated;
}

function putHashes(doc: EcsFields, pairs: Pairs): void {
  for (const key of ['analyticscksum', 'filehash']) {
    const hash = get(pairs, key);
    if (hash !== undefined && !putHash(doc, 'file.hash', hash)) doc[VENDOR + key] = hash;
  }
}

function putDns(doc: EcsFields, pairs: Pairs): void {
  const name = get(pairs, 'qname');
  if (name !== undefined) {
    const bare = name.startsWith('[') && name.endsWith(']') ? name.slice(1, -1) : name;
    if (bare !== '') doc['dns.question.name'] = bare;
  }
  const kind = get(pairs, 'eventtype') ?? get(pairs, 'subtype');
  if (kind === 'dns-query') doc['dns.type'] = 'query';
  else if (kind === 'dns-response') doc['dns.type'] = 'answer';
  const addresses = get(pairs, 'ipaddr');
  if (addresses !== undefined) {
    const resolved: string[] = [];
    for (const item of addresses.split(',', 100)) {
      const ip = parseIp(item);
      if (ip !== undefined) resolved.push(ip);
    }
    if (resolved.length > 0) doc['dns.resolved_ip'] = resolved;
    else doc[`${VENDOR}ipaddr`] = addresses;
  }
}

/** What an interface leads to: `lan`, `wan`, `dmz`; `undefined` is a role too, and says nothing. */
const ROLES = [
  ['srcintfrole', 'observer.ingress.interface.alias'],
  ['dstintfrole', 'observer.egress.interface.alias'],
] as const;

/** The rule that fired: the signature where there is one, else the firewall policy of the table. */
function putRule(doc: EcsFields, pairs: Pairs, type: string, subtype: string): void {
  const ruleset = get(pairs, 'applist') ?? get(pairs, 'policytype');
  if (ruleset !== undefined) doc['rule.ruleset'] = ruleset;
  const category = get(pairs, 'catdesc');
  if (category !== undefined) doc['rule.category'] = category;
  const signature = get(pairs, 'attack') ?? get(pairs, 'virus');
  if (type !== 'traffic' && signature !== undefined) {
    doc['rule.name'] = signature;
    const id = get(pairs, 'attackid') ?? get(pairs, 'virusid');
    if (id !== undefined) doc['rule.id'] = id;
    else delete doc['rule.id'];
  } else if (subtype === 'dlp' && get(pairs, 'rulename') !== undefined)
    doc['rule.name'] = get(pairs, 'rulename')!;
}

/** Counters since the previous log of a session that goes on → the totals since its beginning. */
const DELTAS = [
  ['sentdelta', 'source.bytes', 'sentbyte'],
  ['rcvddelta', 'destination.bytes', 'rcvdbyte'],
  ['sentpktdelta', 'source.packets', 'sentpkt'],
  ['rcvdpktdelta', 'destination.packets', 'rcvdpkt'],
] as const;

/**
 * Amounts. A long session is logged every few minutes with totals that grow: sums over logs are right only with
 * what came since the previous one, so that is what ECS's fields hold; the totals keep FortiOS's names.
 */
function putAmounts(doc: EcsFields, pairs: Pairs, type: string, time: number | undefined): void {
  for (const [key, field, total] of DELTAS) {
    const delta = get(pairs, key);
    if (delta === undefined) continue;
    const amount = toLong(delta);
    const whole = get(pairs, total);
    if (whole !== undefined) doc[VENDOR + total] = whole;
    if (amount === undefined) doc[VENDOR + key] = delta;
    else doc[field] = amount;
  }
  putTotals(doc);
  const whole = get(pairs, 'duration');
  const delta = get(pairs, 'durationdelta');
  if (delta !== undefined && whole !== undefined) doc[`${VENDOR}duration`] = whole;
  const duration = delta ?? whole;
  if (duration === undefined) return;
  const seconds = putDuration(doc, duration);
  if (seconds === undefined) doc[`${VENDOR}${delta === undefined ? 'duration' : 'durationdelta'}`] = duration;
  // A traffic log tells of the time until now.
  else if (type === 'traffic' && time !== undefined) putDate(doc, 'event.start', time - seconds * 1000);
}

function putUi(doc: EcsFields, pairs: Pairs): void {
  const ui = get(pairs, 'ui');
  const match = ui === undefined ? null : UI.exec(ui);
  if (match !== null) {
    const way = match[1]!.toLowerCase();
    if (way === 'ssh' || way === 'https' || way === 'http' || way === 'telnet')
      doc['network.protocol'] ??= way;
    const ip = doc['source.ip'] === undefined ? parseIp(match[2]!) : undefined;
    if (ip !== undefined) {
      doc['source.address'] = ip;
      doc['source.ip'] = ip;
    }
  }
  // Addresses that events of other kinds carry under plainer names.
  if (doc['source.ip'] === undefined) {
    const plain = get(pairs, 'ip') ?? get(pairs, 'userip') ?? get(pairs, 'clientip');
    const ip = plain === undefined ? undefined : parseIp(plain);
    if (ip !== undefined) {
      doc['source.address'] = ip;
      doc['source.ip'] = ip;
    }
  }
  if (doc['source.mac'] === undefined) {
    const mac = get(pairs, 'mac');
    if (mac !== undefined) putField(doc, 'srcmac', mac);
  }
}

function putWeb(doc: EcsFields, pairs: Pairs, type: string): void {
  const url = get(pairs, 'url');
  const host = get(pairs, 'hostname');
  if (url !== undefined) {
    putUrl(doc, url);
    const service = doc['network.protocol'];
    completeUrl(doc, host, service === 'http' || service === 'https' ? service : undefined);
  } else if (host !== undefined && type === 'event') {
    // In events `hostname` is the device that the event is about, not a server asked for.
    if (doc['destination.domain'] === host) delete doc['destination.domain'];
    doc['source.domain'] ??= host;
  }
  const version = get(pairs, 'tlsver');
  if (version !== undefined && !putTlsVersion(doc, version)) doc[`${VENDOR}tlsver`] = version;
}

/**
 * Reads a log of FortiOS, in its default, CSV and CEF formats, of whatever product runs on it.
 *
 * @param observer the product
 */
export function parseFortiOs(input: ParseInput, doc: EcsFields, observer: Observer): ParseOutcome {
  const text = input.text;
  let pairs: Pairs;
  let version: string | undefined;
  if (text.startsWith('CEF:') || text.startsWith('0|Fortinet|')) {
    const cef = readCef(text);
    if (cef === undefined) return 'rejected';
    pairs = cef.pairs;
    version = cef.version;
  } else pairs = readPairs(text);
  const type = pairs.get('type');
  const subtype = pairs.get('subtype') ?? '';
  if (
    type === undefined ||
    !(pairs.has('logid') || pairs.has('vd') || pairs.has('devid') || pairs.has('logdesc'))
  )
    return 'rejected';

  const time = readTime(pairs, input);
  putDate(doc, '@timestamp', time);
  putObserver(doc, observer);
  if (version !== undefined) doc['observer.version'] = version;

  for (const [key, value] of pairs) if (!isNothing(value)) putField(doc, key, value);
  const name = doc['observer.name'];
  if (name !== undefined) doc['observer.hostname'] = name;

  putAmounts(doc, pairs, type, time);
  const direction = get(pairs, 'direction') ?? get(pairs, 'dir');
  if (direction !== undefined && !putDirection(doc, direction)) doc[`${VENDOR}direction`] = direction;
  for (const [key, field] of ROLES) {
    const role = get(pairs, key);
    if (role !== undefined && role !== 'undefined') doc[field] = role;
  }
  putPeople(doc, pairs);
  putRule(doc, pairs, type, subtype);
  putWeb(doc, pairs, type);
  putUi(doc, pairs);
  if (subtype.startsWith('dns')) putDns(doc, pairs);
  putHashes(doc, pairs);

  const message = get(pairs, 'msg')?.trim();
  if (message !== undefined && message !== '') doc['message'] = message;
  const stated = get(pairs, 'reason');
  const reason = stated === undefined || stated === 'none' ? message : stated;
  if (reason !== undefined && reason !== '') doc['event.reason'] = reason;

  const action = get(pairs, 'action');
  const logdesc = get(pairs, 'logdesc');
  const verdict = classify({
    type,
    subtype,
    action,
    status: get(pairs, 'status'),
    logdesc,
    cfgpath: get(pairs, 'cfgpath'),
  });
  categorise(doc, verdict.what);
  doc['event.kind'] = verdict.alert ? 'alert' : action === 'perf-stats' ? 'metric' : 'event';
  const named = action ?? get(pairs, 'eventtype');
  if (named !== undefined) doc['event.action'] = named;
  return verdict.known ? 'parsed' : 'partial';
}
