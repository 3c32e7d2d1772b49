import type { EcsFields } from '@vigie/contracts';
import { type DateContext, parseDate, putDate } from '../../kit/dates.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { toFloat, toLong } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import type { PanRecord } from './names.ts';

/** Prefix of what has no ECS field, under PAN-OS's variable names. */
export const VENDOR = 'panw.panos.';

/** Nanoseconds of a longer duration exceed 64 bits. */
export const MAX_SECONDS = 9e9;

type Kind =
  | 'text'
  | 'lower'
  | 'ip'
  | 'endpoint'
  | 'nat'
  | 'natport'
  | 'port'
  | 'long'
  | 'mac'
  | 'list'
  | 'account'
  | 'composed';

interface Target {
  readonly field: string;
  readonly kind: Kind;
  readonly keep: boolean;
}

/** PAN-OS variable → ECS field; `+` keeps the variable below {@link VENDOR} too. */
const TABLE = `
serial              observer.serial_number           text
device_name         observer.name                    text
inbound_if          observer.ingress.interface.name  text
outbound_if         observer.egress.interface.name   text
from                observer.ingress.zone            text
to                  observer.egress.zone             text
src                 source                           endpoint
ip                  source                           endpoint
dst                 destination                      endpoint
dns_resolver_ip     destination                      endpoint
natsrc              source.nat.ip                    nat
natdst              destination.nat.ip               nat
sport               source.port                      port
dport               destination.port                 port
natsport            source.nat.port                  natport
natdport            destination.nat.port             natport
src_mac             source.mac                       mac
dst_mac             destination.mac                  mac
proto               network.transport                lower
app                 network.application              text
bytes               network.bytes                    long
bytes_sent          source.bytes                     long
bytes_received      destination.bytes                long
packets             network.packets                  long
pkts_sent           source.packets                   long
pkts_received       destination.packets              long
rule                rule.name                        text
rule_uuid           rule.uuid                        text
severity            log.level                        text
http_method         http.request.method              text
user_agent          user_agent.original              text
referer             http.request.referrer            text
contenttype         http.response.mime_type          text
sender              email.from.address               list
recipient           email.to.address                 list
subject             email.subject                    text
tls_enc             tls.cipher                       text
ec_curve            tls.curve                        text
sni                 tls.client.server_name           text
cn                  tls.server.x509.subject.common_name  list
issuer_cn           tls.server.x509.issuer.common_name   list
cert_serial         tls.server.x509.serial_number    text
cert_ver            tls.server.x509.version_number   text
cert_size           tls.server.x509.public_key_size  long
srcuser             user                             composed
dstuser             user                             composed
user                user                             composed
admin               user                             composed
users               user                             composed
normalize_user      user                             composed
user_domain         user                             composed
user_by_source      user                             composed
userbysource        user                             composed
action              event.action                     composed
eventid             event.action                     composed
event_id            event.action                     composed
cmd                 event.action                     composed
type                event.dataset                    composed
subtype             event.dataset                    composed
receive_time        @timestamp                       composed
time_generated      @timestamp                       composed
high_res_timestamp  @timestamp                       composed
dtz                 event.timezone                   composed
start               event.start                      composed
elapsed             event.duration                   composed
misc                url                              composed
xff                 network.forwarded_ip             composed
xff_ip              network.forwarded_ip             composed
filedigest          file.hash                        composed
fingerprint         tls.server.hash                  composed
notbefore           tls.server.not_before            composed
notafter            tls.server.not_after             composed
tls_version         tls.version                      composed
opaque              message                          composed
machinename         host.name                        composed
hostid              host.id                          composed
`;

const TARGETS: ReadonlyMap<string, Target> = new Map(
  TABLE.trim()
    .split('\n')
    .map((line) => {
      const [key, field, word] = line.trim().split(/\s+/) as [string, string, string];
      const keep = word.endsWith('+');
      return [key, { field, kind: (keep ? word.slice(0, -1) : word) as Kind, keep }] as const;
    }),
);

const VENDOR_KEYS = new Map<string, string>();

/** `panw.panos.<name>`, built once a name. */
function vendorKey(name: string): string {
  let key = VENDOR_KEYS.get(name);
  if (key === undefined) {
    key = VENDOR + name;
    if (VENDOR_KEYS.size < 2048) VENDOR_KEYS.set(name, key);
  }
  return key;
}

/** Writes all of a record that the table knows; the rest goes below {@link VENDOR}. */
export function putRecord(doc: EcsFields, record: PanRecord): void {
  for (const [name, value] of record) {
    const target = TARGETS.get(name);
    if (target === undefined) doc[vendorKey(name)] = value;
    else if (!write(doc, target, value)) doc[vendorKey(name)] = value;
  }
  const name = doc['observer.name'];
  if (name !== undefined) doc['observer.hostname'] = name;
  // A zone is the logical name of an interface (`trust`, `untrust`): ECS has a field for either view.
  const ingress = doc['observer.ingress.zone'];
  if (ingress !== undefined) doc['observer.ingress.interface.alias'] = ingress;
  const egress = doc['observer.egress.zone'];
  if (egress !== undefined) doc['observer.egress.interface.alias'] = egress;
}

function write(doc: EcsFields, target: Target, value: string): boolean {
  const field = target.field;
  switch (target.kind) {
    case 'composed':
      return true;
    case 'text':
      doc[field] = value;
      return true;
    case 'lower':
      doc[field] = value.toLowerCase();
      return true;
    case 'endpoint': {
      const ip = parseIp(value);
      if (ip === undefined) return false;
      doc[`${field}.address`] = ip;
      doc[`${field}.ip`] = ip;
      return true;
    }
    case 'nat': {
      const ip = parseIp(value);
      if (ip === undefined) return false;
      // All zeros say that nothing was translated.
      if (ip !== '0.0.0.0' && ip !== '::') doc[field] = ip;
      return true;
    }
    case 'natport': {
      const port = parsePort(value);
      if (port === undefined) return false;
      if (port !== 0) doc[field] = port;
      return true;
    }
    case 'ip': {
      const ip = parseIp(value);
      if (ip !== undefined) doc[field] = ip;
      return ip !== undefined;
    }
    case 'port': {
      const port = parsePort(value);
      if (port !== undefined) doc[field] = port;
      return port !== undefined;
    }
    case 'long': {
      const number = toLong(value);
      if (number !== undefined) doc[field] = number;
      return number !== undefined;
    }
    case 'mac':
      if (!/^(?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2}$/i.test(value)) return false;
      doc[field] = value
        .replace(/[:-]/g, '')
        .toUpperCase()
        .replace(/(..)(?!$)/g, '$1-');
      return true;
    case 'list':
      doc[field] = value
        .split(/[;,]/, 100)
        .map((item) => item.trim())
        .filter((item) => item !== '');
      return true;
    case 'account':
      putAccount(doc, field, value);
      return true;
  }
}

/** A hash by its length; `false` where it is none. */
export function putHash(doc: EcsFields, prefix: string, value: string): boolean {
  const hex = value.replaceAll(':', '').toLowerCase();
  if (!/^[0-9a-f]+$/.test(hex)) return false;
  const name =
    hex.length === 64 ? 'sha256' : hex.length === 40 ? 'sha1' : hex.length === 32 ? 'md5' : undefined;
  if (name === undefined) return false;
  doc[`${prefix}.${name}`] = hex;
  return true;
}

/** Session times: `start` is an instant, `elapsed` is in seconds. */
export function putSession(doc: EcsFields, record: PanRecord, context: DateContext): void {
  const start = record.get('start');
  const began = start === undefined ? undefined : parseDate(start, context);
  putDate(doc, 'event.start', began);
  const elapsed = record.get('elapsed');
  if (elapsed === undefined) return;
  const seconds = toFloat(elapsed);
  if (seconds === undefined || seconds < 0 || seconds > MAX_SECONDS) doc[`${VENDOR}elapsed`] = elapsed;
  else {
    doc['event.duration'] = Math.round(seconds * 1e9);
    if (began !== undefined) putDate(doc, 'event.end', began + seconds * 1000);
  }
}

/** Who: the source user is the user that the event is about. */
export function putPeople(doc: EcsFields, record: PanRecord): void {
  const source = record.get('srcuser');
  if (source !== undefined) {
    if (source.startsWith('x-fwd-for: ')) {
      // With X-Forwarded-For in the user column, PAN-OS writes the client's address there.
      const ip = parseIp(source.slice(11));
      if (ip !== undefined) doc['network.forwarded_ip'] = ip;
    } else {
      putAccount(doc, 'source.user', source);
      putAccount(doc, 'user', source);
    }
  }
  const destination = record.get('dstuser');
  if (destination !== undefined) putAccount(doc, 'destination.user', destination);
  const user = record.get('user') ?? record.get('admin') ?? record.get('normalize_user');
  if (user !== undefined && source === undefined) {
    putAccount(doc, 'user', user);
    const domain = record.get('user_domain');
    if (domain !== undefined) doc['user.domain'] ??= domain;
  }
}

/** The address that a proxy in front forwarded for. */
export function putForwarded(doc: EcsFields, record: PanRecord): void {
  for (const name of ['xff_ip', 'xff']) {
    const value = record.get(name);
    if (value === undefined) continue;
    const ip = parseIp(value.split(',', 1)[0]!);
    if (ip !== undefined) doc['network.forwarded_ip'] = ip;
    else doc[VENDOR + name] = value;
  }
}

/** `misc` holds a URL without scheme, or a file's name or path, as the subtype has it. */
export function putMisc(doc: EcsFields, record: PanRecord, subtype: string): void {
  const misc = record.get('misc');
  if (misc === undefined) return;
  if (
    subtype === 'url' ||
    (subtype !== 'file' && subtype !== 'data' && /^[\w.-]+(?::\d{1,5})?\/|:\/\//.test(misc))
  ) {
    putUrl(doc, misc, 'url', !misc.includes('://'));
    const domain = doc['url.domain'];
    if (typeof domain === 'string' && parseIp(domain) === undefined) doc['destination.domain'] = domain;
    if (subtype === 'url') return;
    const path = doc['url.path'];
    if (typeof path !== 'string' || !/virus|wildfire/.test(subtype)) return;
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (name !== '') doc['file.name'] = name;
    return;
  }
  const slash = Math.max(misc.lastIndexOf('/'), misc.lastIndexOf('\\'));
  if (slash >= 0) doc['file.path'] = misc;
  const name = misc.slice(slash + 1);
  if (name !== '') doc['file.name'] = name;
  const dot = name.lastIndexOf('.');
  if (dot > 0 && name.length - dot <= 11 && /^\w+$/.test(name.slice(dot + 1)))
    doc['file.extension'] = name.slice(dot + 1);
}

/** What the decryption log says of the server's certificate and the handshake. */
export function putTls(doc: EcsFields, record: PanRecord, context: DateContext): void {
  const version = record.get('tls_version');
  if (version !== undefined) {
    const match = /^(TLS|SSL)v?\s?(\d(?:\.\d)?)/i.exec(version);
    if (match === null) doc[`${VENDOR}tls_version`] = version;
    else {
      doc['tls.version'] = match[2]!;
      doc['tls.version_protocol'] = match[1]!.toLowerCase();
    }
  }
  const fingerprint = record.get('fingerprint');
  if (fingerprint !== undefined && !putHash(doc, 'tls.server.hash', fingerprint))
    doc[`${VENDOR}fingerprint`] = fingerprint;
  const from = record.get('notbefore');
  if (from !== undefined) putDate(doc, 'tls.server.not_before', parseDate(from, context));
  const to = record.get('notafter');
  if (to !== undefined) putDate(doc, 'tls.server.not_after', parseDate(to, context));
}
