import type { EcsFields } from '@vigie/contracts';
import type { Cef } from './cef.ts';
import { parseDate, putDate, toIso } from './dates.ts';
import { type FieldTable, fieldTable } from './field-table.ts';
import { putTotals } from './network.ts';
import { CEF_SEVERITIES, putSeverity } from './severity.ts';
import type { ParseInput } from './source.ts';
import { outcomeOf } from './verdict.ts';

/**
 * Keys of CEF's extension dictionary (Common Event Format, revision 25) for producers and consumers, in their short
 * and their full names, and the ECS fields they mean; by that dictionary `in` flows from source to destination, and
 * the custom IPv6 addresses 1 to 3 are those of device, source and destination. Keys without a field of ECS (zones,
 * ArcSight's own categories, files before a change) are kept under their names. A vendor's own meaning for a key goes into its own table, which
 * `cefTable` puts in front.
 */
const STANDARD = `
act                           event.action                     text
app                           network.protocol                 lower
destinationDnsDomain          destination.domain               domain
destinationTranslatedAddress  destination.nat.ip               ip?
destinationTranslatedPort     destination.nat.port             port?
deviceAddress                 observer.ip                      ip-list
deviceDirection               network.direction                own
deviceExternalId              observer.serial_number           text
deviceInboundInterface        observer.ingress.interface.name  text
deviceOutboundInterface       observer.egress.interface.name   text
dhost                         destination.domain               domain
dmac                          destination.mac                  mac
dntdom                        destination.user.domain          text
dpt                           destination.port                 port
dst                           destination                      side
duid                          destination.user.id              text
duser                         destination.user                 account
dvc                           observer.ip                      ip-list
dvchost                       observer.name                    text
dvcmac                        observer.mac                     mac-list
end                           event.end                        own
externalId                    event.id                         text
fileHash                      file.hash                        hash
filePath                      file                             file
fname                         file                             file
fsize                         file.size                        long
in                            source.bytes                     long
msg                           message                          text
out                           destination.bytes                long
outcome                       event.outcome                    own
proto                         network.transport                transport
reason                        event.reason                     text
request                       url                              url
requestClientApplication      user_agent.original              text
requestMethod                 http.request.method              text
rt                            @timestamp                       own
shost                         source.domain                    domain
smac                          source.mac                       mac
sntdom                        source.user.domain               text
sourceDnsDomain               source.domain                    domain
sourceTranslatedAddress       source.nat.ip                    ip?
sourceTranslatedPort          source.nat.port                  port?
spid                          process.pid                      long
sproc                         process                          exe
spt                           source.port                      port
src                           source                           side
start                         event.start                      own
suid                          source.user.id                   text
suser                         source.user                      account
ahost                         agent.name                       text
aid                           agent.id                         text
av                            agent.version                    text
destinationServiceName        service.name                     text
dpriv                         destination.user.roles           list
dvcpid                        process.pid                      long
fileCreateTime                file.created                     date
fileModificationTime          file.mtime                       date
filePermission                file.mode                        text
fileType                      file.type                        lower
sourceServiceName             service.origin.name              text
spriv                         source.user.roles                list
Source_IPv6_Address           source                           side
Destination_IPv6_Address      destination                      side
Device_IPv6_Address           observer.ip                      ip-list
deviceAction                  event.action                     text
applicationProtocol           network.protocol                 lower
bytesIn                       source.bytes                     long
bytesOut                      destination.bytes                long
destinationAddress            destination                      side
destinationHostName           destination.domain               domain
destinationMacAddress         destination.mac                  mac
destinationNtDomain           destination.user.domain          text
destinationPort               destination.port                 port
destinationUserId             destination.user.id              text
destinationUserName           destination.user                 account
destinationUserPrivileges     destination.user.roles           list
deviceHostName                observer.name                    text
deviceMacAddress              observer.mac                     mac-list
deviceProcessId               process.pid                      long
deviceReceiptTime             @timestamp                       own
endTime                       event.end                        own
eventOutcome                  event.outcome                    own
fileName                      file                             file
fileSize                      file.size                        long
message                       message                          text
requestUrl                    url                              url
sourceAddress                 source                           side
sourceHostName                source.domain                    domain
sourceMacAddress              source.mac                       mac
sourceNtDomain                source.user.domain               text
sourcePort                    source.port                      port
sourceProcessId               process.pid                      long
sourceProcessName             process                          exe
sourceUserId                  source.user.id                   text
sourceUserName                source.user                      account
sourceUserPrivileges          source.user.roles                list
startTime                     event.start                      own
transportProtocol             network.transport                transport
`;

/**
 * A table of CEF keys: the standard dictionary under a vendor's own lines, which win.
 *
 * @param vendor prefix of what has no ECS field, with its dot
 * @param own the vendor's lines, as {@link fieldTable} takes them
 */
export function cefTable(vendor: string, own = ''): FieldTable {
  const taken = new Set(own.split('\n').map((line) => line.trim().split(/\s+/, 1)[0]));
  const standard = STANDARD.split('\n').filter((line) => !taken.has(line.split(/\s+/, 1)[0]));
  return fieldTable(vendor, `${own}\n${standard.join('\n')}`);
}

/** Keys that carry a vendor's own value beside a label: `cs1`, `cn2`, `flexString1`, `c6a3`, `cfp1`, … */
const LABELLED = /^(?:c[ns][1-6]|cfp[1-4]|c6a[1-4]|deviceCustomDate[12]|flex(?:String|Number|Date)[12])$/;

/**
 * The extension's pairs with custom columns under the names of their labels, in the vendor's spelling with blanks
 * as underscores: `cs1=Policy A cs1Label=Rule Name` → `Rule_Name` → `Policy A`.
 */
export function labelled(extension: ReadonlyMap<string, string>): Map<string, string> {
  const out = new Map<string, string>();
  for (const [key, value] of extension) {
    if (value === '') continue;
    if (key.endsWith('Label') && extension.has(key.slice(0, -5))) continue;
    const label = LABELLED.test(key) ? extension.get(`${key}Label`) : undefined;
    const name = label === undefined ? key : label.trim().replace(/\s+/g, '_');
    if (name !== '' && !out.has(name)) out.set(name, value);
  }
  return out;
}

/**
 * Writes what every CEF record shares: header, times, and the extension by the table.
 *
 * @returns the labelled pairs, for what the parser reads itself
 */
export function putCef(
  doc: EcsFields,
  cef: Cef,
  table: FieldTable,
  input: Pick<ParseInput, 'timeZone' | 'receivedAt'>,
): Map<string, string> {
  const pairs = labelled(cef.extension);
  // Custom dates are instants like others, whatever their label, unless the vendor's table reads them.
  for (const key of CUSTOM_DATES) {
    const value = cef.extension.get(key);
    if (value === undefined || value === '') continue;
    const name = cef.extension.get(`${key}Label`)?.trim().replace(/\s+/g, '_') ?? key;
    const time = parseDate(value, input);
    if (time !== undefined && pairs.get(name) === value && table.fieldOf(name) === undefined)
      pairs.set(name, toIso(time));
  }
  for (const [key, value] of pairs) {
    // The custom IPv6 addresses stand in for the plain ones, which older producers could only fill with IPv4.
    const plain = Object.hasOwn(IPV6_FOR, key) ? IPV6_FOR[key] : undefined;
    table.put(doc, plain !== undefined && pairs.has(plain) ? `${key}_2` : key, value);
  }
  doc['observer.vendor'] = cef.vendor;
  doc['observer.product'] = cef.product;
  if (cef.deviceVersion !== '') doc['observer.version'] = cef.deviceVersion;
  if (cef.signatureId !== '') doc['event.code'] ??= cef.signatureId;
  putSeverity(doc, cef.severity, CEF_SEVERITIES);
  for (const [key, field] of TIMES) {
    const value = pairs.get(key);
    if (value !== undefined) putDate(doc, field, parseDate(value, input));
  }
  if (doc['@timestamp'] === undefined) {
    const start = doc['event.start'] ?? doc['event.end'];
    if (start !== undefined) doc['@timestamp'] = start;
  }
  const stated = pairs.get('outcome') ?? pairs.get('eventOutcome');
  const outcome = outcomeOf(stated);
  if (outcome !== undefined) doc['event.outcome'] = outcome;
  putTotals(doc);
  const direction = pairs.get('deviceDirection');
  if (direction === '0') doc['network.direction'] = 'inbound';
  else if (direction === '1') doc['network.direction'] = 'outbound';
  return pairs;
}

const IPV6_FOR: Readonly<Record<string, string>> = {
  Source_IPv6_Address: 'src',
  Destination_IPv6_Address: 'dst',
  Device_IPv6_Address: 'dvc',
};

const CUSTOM_DATES = ['deviceCustomDate1', 'deviceCustomDate2', 'flexDate1', 'flexDate2'] as const;

const TIMES = [
  ['deviceReceiptTime', '@timestamp'],
  ['startTime', 'event.start'],
  ['endTime', 'event.end'],
  ['rt', '@timestamp'],
  ['start', 'event.start'],
  ['end', 'event.end'],
] as const;
