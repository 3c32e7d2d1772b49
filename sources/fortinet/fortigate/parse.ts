import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseDate, parseEpoch, parseIso, putDate } from '../../kit/dates.ts';
import { parseIp } from '../../kit/ip.ts';
import { type Pairs, parseKeyValue } from '../../kit/key-value.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toFloat } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import { readCef } from './cef-keys.ts';
import { classify } from './classify.ts';
import { COMPOSED, isNothing, putField, TARGETS, VENDOR } from './fields.ts';

/** IANA protocol number → the keyword that ECS's `network.transport` holds. */
const TRANSPORTS: ReadonlyMap<string, string> = new Map([
  ['1', 'icmp'],
  ['2', 'igmp'],
  ['6', 'tcp'],
  ['17', 'udp'],
  ['41', 'ipv6'],
  ['47', 'gre'],
  ['50', 'esp'],
  ['51', 'ah'],
  ['58', 'ipv6-icmp'],
  ['89', 'ospf'],
  ['103', 'pim'],
  ['112', 'vrrp'],
  ['132', 'sctp'],
]);

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

/** Nanoseconds of a longer duration exceed 64 bits. */
const MAX_SECONDS = 9e9;

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

function putHash(doc: EcsFields, pairs: Pairs): void {
  for (const key of ['analyticscksum', 'filehash']) {
    const hash = get(pairs, key);
    if (hash === undefined) continue;
    if (/^[0-9a-f]+$/i.test(hash)) {
      if (hash.length === 64) doc['file.hash.sha256'] = hash.toLowerCase();
      else if (hash.length === 40) doc['file.hash.sha1'] = hash.toLowerCase();
      else if (hash.length === 32) doc['file.hash.md5'] = hash.toLowerCase();
      else doc[VENDOR + key] = hash;
    } else doc[VENDOR + key] = hash;
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

function putDerived(doc: EcsFields, pairs: Pairs, type: string, time: number | undefined): void {
  const number = doc['network.iana_number'];
  if (typeof number === 'string') {
    const transport = TRANSPORTS.get(number);
    if (transport !== undefined) doc['network.transport'] = transport;
  }
  const sent = doc['source.bytes'];
  const received = doc['destination.bytes'];
  if (typeof sent === 'number' && typeof received === 'number') doc['network.bytes'] = sent + received;
  const out = doc['source.packets'];
  const back = doc['destination.packets'];
  if (typeof out === 'number' && typeof back === 'number') doc['network.packets'] = out + back;

  const duration = get(pairs, 'duration');
  if (duration !== undefined) {
    const seconds = toFloat(duration);
    if (seconds === undefined || seconds < 0 || seconds > MAX_SECONDS) doc[`${VENDOR}duration`] = duration;
    else {
      doc['event.duration'] = Math.round(seconds * 1e9);
      // A traffic log is written when the session ends, or for what it has been until now.
      if (type === 'traffic' && time !== undefined) {
        putDate(doc, 'event.start', time - seconds * 1000);
        putDate(doc, 'event.end', time);
      }
    }
  }
  const direction = get(pairs, 'direction') ?? get(pairs, 'dir');
  if (direction !== undefined) {
    if (direction === 'outgoing' || direction === 'outbound') doc['network.direction'] = 'outbound';
    else if (direction === 'incoming' || direction === 'inbound') doc['network.direction'] = 'inbound';
    else doc[`${VENDOR}direction`] = direction;
  }
}

function putUi(doc: EcsFields, pairs: Pairs): void {
  const ui = get(pairs, 'ui');
  const match = ui === undefined ? null : UI.exec(ui);
  if (match !== null && doc['source.ip'] === undefined) {
    const ip = parseIp(match[2]!);
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
    if (host !== undefined) doc['url.domain'] ??= host;
  } else if (host !== undefined && type === 'event') {
    // In events `hostname` is the device that the event is about, not a server asked for.
    if (doc['destination.domain'] === host) delete doc['destination.domain'];
    doc['source.domain'] ??= host;
  }
  const version = get(pairs, 'tlsver');
  if (version !== undefined) {
    const match = /^(tls|ssl)v?(\d(?:\.\d)?)$/i.exec(version);
    if (match === null) doc[`${VENDOR}tlsver`] = version;
    else {
      doc['tls.version'] = match[2]!;
      doc['tls.version_protocol'] = match[1]!.toLowerCase();
    }
  }
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
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
  doc['observer.vendor'] = 'Fortinet';
  doc['observer.product'] = 'FortiGate';
  doc['observer.type'] = 'firewall';
  if (version !== undefined) doc['observer.version'] = version;

  for (const [key, value] of pairs) {
    if (COMPOSED.has(key) || isNothing(value)) continue;
    // Events of one kind may carry both spellings of an address: the explicit one wins.
    if (
      (key === 'remip' || key === 'locip' || key === 'remport' || key === 'locport') &&
      doc[TARGETS.get(key)!.field] !== undefined
    )
      doc[VENDOR + key] = value;
    else putField(doc, key, value);
  }
  const name = doc['observer.name'];
  if (name !== undefined) doc['observer.hostname'] = name;

  putDerived(doc, pairs, type, time);
  putPeople(doc, pairs);
  putRule(doc, pairs, type, subtype);
  putWeb(doc, pairs, type);
  putUi(doc, pairs);
  if (subtype.startsWith('dns')) putDns(doc, pairs);
  putHash(doc, pairs);

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

/** FortiOS marks its lines with the serial number of the device: `FGT`, `FWF`, `FG1`… are firewalls. */
function isFirewallLine(input: ParseInput): boolean {
  const text = input.text;
  if (!/\b(?:logid|log_id|vd|logdesc)=/.test(text)) return false;
  // Other Fortinet products write nearly the same lines; their serial numbers tell them apart.
  return !/\bdev(?:ice_)?id="?(?:FPX|FML|FE[0-9-]|FV[0-9-]|FAC|FAZ|FMG|FMR|FSA|FCT|FEMS|FAD|FDD|FI[0-9])/i.test(
    text,
  );
}

/** Fortinet FortiGate logs, FortiOS 5.2 to 7.6, in the default, CSV and CEF formats. */
export default defineSource({
  id: 'fortinet.fortigate',
  signatures: [
    { kind: 'text', prefix: 'CEF:', literals: ['|Fortinet|Fortigate|'] },
    { kind: 'text', prefix: 'CEF:', literals: ['|Fortinet|FortiGate'] },
    { kind: 'text', prefix: '0|Fortinet|Forti', literals: ['logid='] },
    { kind: 'text', literals: ['type=', 'subtype=', 'level='], test: isFirewallLine },
    { kind: 'text', literals: ['device_id=FG', 'log_id=', 'type='], test: isFirewallLine },
  ],
  parse,
});
