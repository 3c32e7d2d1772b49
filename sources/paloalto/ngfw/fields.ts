import type { EcsFields } from '@vigie/contracts';
import { type DateContext, parseDate, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { putFile } from '../../kit/file.ts';
import { putHash } from '../../kit/hash.ts';
import { parseIp } from '../../kit/ip.ts';
import { putDuration } from '../../kit/network.ts';
import { putTlsVersion } from '../../kit/tls.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import type { PanRecord } from './names.ts';

/** Prefix of what has no ECS field, under PAN-OS's variable names. */
export const VENDOR = 'panw.panos.';

/** PAN-OS variables; those marked `own` depend on others and are read one by one. */
const TABLE = fieldTable(
  VENDOR,
  `
serial              observer.serial_number               text
device_name         observer.name                        text
inbound_if          observer.ingress.interface.name      text
outbound_if         observer.egress.interface.name       text
from                observer.ingress.zone                text
to                  observer.egress.zone                 text
src                 source                               side
ip                  source                               side
dst                 destination                          side
dns_resolver_ip     destination                          side
natsrc              source.nat.ip                        ip?
natdst              destination.nat.ip                   ip?
sport               source.port                          port
dport               destination.port                     port
natsport            source.nat.port                      port?
natdport            destination.nat.port                 port?
src_mac             source.mac                           mac
dst_mac             destination.mac                      mac
proto               network.transport                    transport
app                 network.application                  text
bytes               network.bytes                        long
bytes_sent          source.bytes                         long
bytes_received      destination.bytes                    long
packets             network.packets                      long
pkts_sent           source.packets                       long
pkts_received       destination.packets                  long
rule                rule.name                            text
rule_uuid           rule.uuid                            text
severity            log.level                            text
http_method         http.request.method                  text
user_agent          user_agent.original                  text
referer             http.request.referrer                text
contenttype         http.response.mime_type              text
sender              email.from.address                   list
recipient           email.to.address                     list
subject             email.subject                        text
tls_enc             tls.cipher                           text
ec_curve            tls.curve                            text
sni                 tls.client.server_name               text
cn                  tls.server.x509.subject.common_name  list
issuer_cn           tls.server.x509.issuer.common_name   list
cert_serial         tls.server.x509.serial_number        text
cert_ver            tls.server.x509.version_number       text
cert_size           tls.server.x509.public_key_size      long
srcuser             user                                 own
dstuser             user                                 own
user                user                                 own
admin               user                                 own
users               user                                 own
normalize_user      user                                 own
user_domain         user                                 own
user_by_source      user                                 own
userbysource        user                                 own
action              event.action                         own
eventid             event.action                         own
event_id            event.action                         own
cmd                 event.action                         own
type                event.dataset                        own
subtype             event.dataset                        own
receive_time        @timestamp                           own
time_generated      @timestamp                           own
high_res_timestamp  @timestamp                           own
dtz                 event.timezone                       own
start               event.start                          own
elapsed             event.duration                       own
misc                url                                  own
xff                 network.forwarded_ip                 own
xff_ip              network.forwarded_ip                 own
filedigest          file.hash                            own
fingerprint         tls.server.hash                      own
notbefore           tls.server.not_before                own
notafter            tls.server.not_after                 own
tls_version         tls.version                          own
opaque              message                              own
machinename         host.name                            own
hostid              host.id                              own
`,
);

/** Writes all of a record that the table knows; the rest goes below {@link VENDOR}. */
export function putRecord(doc: EcsFields, record: PanRecord): void {
  for (const [name, value] of record) TABLE.put(doc, name, value);
  // A zone is the logical name of an interface (`trust`, `untrust`): ECS has a field for either view.
  const ingress = doc['observer.ingress.zone'];
  if (ingress !== undefined) doc['observer.ingress.interface.alias'] = ingress;
  const egress = doc['observer.egress.zone'];
  if (egress !== undefined) doc['observer.egress.interface.alias'] = egress;
}

/** Session times: `start` is an instant, `elapsed` is in seconds. */
export function putSession(doc: EcsFields, record: PanRecord, context: DateContext): void {
  const start = record.get('start');
  const began = start === undefined ? undefined : parseDate(start, context);
  putDate(doc, 'event.start', began);
  const elapsed = record.get('elapsed');
  if (elapsed === undefined) return;
  const seconds = putDuration(doc, elapsed);
  if (seconds === undefined) doc[`${VENDOR}elapsed`] = elapsed;
  else if (began !== undefined) putDate(doc, 'event.end', began + seconds * 1000);
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
  const path = /^"?([A-Za-z]:\\[^"]{1,4000})"?$/.exec(misc)?.[1];
  if (path !== undefined) {
    putFile(doc, path);
    return;
  }
  if (
    subtype === 'url' ||
    (subtype !== 'file' && subtype !== 'data' && /^[\w.-]+(?::\d{1,5})?\/|:\/\//.test(misc))
  ) {
    putUrl(doc, misc, 'url', !misc.includes('://'));
    const domain = doc['url.domain'];
    if (typeof domain === 'string' && parseIp(domain) === undefined) doc['destination.domain'] = domain;
    putScheme(doc, record, misc);
    if (subtype === 'url') return;
    const path = doc['url.path'];
    if (typeof path !== 'string' || !/virus|wildfire/.test(subtype)) return;
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (name !== '') doc['file.name'] = name;
    return;
  }
  putFile(doc, misc);
}

/** Scheme and whole of an address that PAN-OS writes without, where application or port tell. */
function putScheme(doc: EcsFields, record: PanRecord, misc: string): void {
  if (doc['url.scheme'] !== undefined || doc['url.domain'] === undefined) return;
  const application = record.get('app');
  const port = doc['destination.port'];
  const scheme =
    application === 'ssl' || port === 443
      ? 'https'
      : application === 'web-browsing' || port === 80
        ? 'http'
        : undefined;
  if (scheme === undefined) return;
  doc['url.scheme'] = scheme;
  doc['url.full'] = `${scheme}://${misc}`;
  if (doc['url.port'] === undefined && typeof port === 'number') doc['url.port'] = port;
}

/** What the decryption log says of the server's certificate and the handshake. */
export function putTls(doc: EcsFields, record: PanRecord, context: DateContext): void {
  const version = record.get('tls_version');
  if (version !== undefined && !putTlsVersion(doc, version)) doc[`${VENDOR}tls_version`] = version;
  const fingerprint = record.get('fingerprint');
  if (fingerprint !== undefined && !putHash(doc, 'tls.server.hash', fingerprint))
    doc[`${VENDOR}fingerprint`] = fingerprint;
  const from = record.get('notbefore');
  if (from !== undefined) putDate(doc, 'tls.server.not_before', parseDate(from, context));
  const to = record.get('notafter');
  if (to !== undefined) putDate(doc, 'tls.server.not_after', parseDate(to, context));
}
