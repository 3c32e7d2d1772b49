import type { EcsFields } from '@vigie/contracts';
import { parseDate, putDate } from './dates.ts';
import { type FieldTable, fieldTable } from './field-table.ts';
import type { Leef } from './leef.ts';
import { putTotals } from './network.ts';
import { putSeverity } from './severity.ts';
import type { ParseInput } from './source.ts';

/** Predefined attributes of LEEF (version 2) and the ECS fields they mean. */
const STANDARD = `
accountName        user                       account
action             event.action               text
devTime            @timestamp                 own
devTimeFormat      @timestamp                 own
domain             user.domain                text
dst                destination                side
dstBytes           destination.bytes          long
dstMAC             destination.mac            mac
dstPackets         destination.packets        long
dstPort            destination.port           port
dstPostNAT         destination.nat.ip         ip?
dstPostNATPort     destination.nat.port       port?
groupID            group.id                   text
identHostName      host.name                  text
identMAC           host.mac                   list
identNetBios       host.hostname              text
identSrc           host.ip                    ip-list
policy             rule.name                  text
proto              network.transport          transport
realm              user.domain                text
resource           service.name               text
role               user.roles                 list
sev                event.severity             own
src                source                     side
srcBytes           source.bytes               long
srcMAC             source.mac                 mac
srcPackets         source.packets             long
srcPort            source.port                port
srcPostNAT         source.nat.ip              ip?
srcPostNATPort     source.nat.port            port?
totalPackets       network.packets            long
url                url                        url
usrName            user                       account
`;

/**
 * A table of LEEF attributes: the predefined ones under a vendor's own lines, which win.
 *
 * @param vendor prefix of what has no ECS field, with its dot
 */
export function leefTable(vendor: string, own = ''): FieldTable {
  const taken = new Set(own.split('\n').map((line) => line.trim().split(/\s+/, 1)[0]));
  const standard = STANDARD.split('\n').filter((line) => !taken.has(line.split(/\s+/, 1)[0]));
  return fieldTable(vendor, `${own}\n${standard.join('\n')}`);
}

/** Writes what every LEEF record shares: header, time, severity, and the attributes by the table. */
export function putLeef(
  doc: EcsFields,
  leef: Leef,
  table: FieldTable,
  input: Pick<ParseInput, 'timeZone' | 'receivedAt'>,
): void {
  for (const [key, value] of leef.attributes) if (value !== '') table.put(doc, key, value);
  doc['observer.vendor'] = leef.vendor;
  doc['observer.product'] = leef.product;
  if (leef.productVersion !== '') doc['observer.version'] = leef.productVersion;
  if (leef.eventId !== '') doc['event.code'] ??= leef.eventId;
  putSeverity(doc, leef.attributes.get('sev'));
  const time = leef.attributes.get('devTime');
  if (time !== undefined) putDate(doc, '@timestamp', parseDate(time, input));
  putTotals(doc);
}
