import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
import { parseDate, parseIso, putDate } from '../../kit/dates.ts';
import { parseIp } from '../../kit/ip.ts';
import { parseMac } from '../../kit/mac.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';

const VENDOR = 'claroty.xdome.';
const TABLE = cefTable(
  VENDOR,
  `
  device_asset_id         device.id                 text
  device_uid              host.id                   text
  device_manufacturer     device.manufacturer       text
  device_model            device.model.name         text
  device_os               host.os.full              text
  device_type             host.type                 text
  device_ip_list          host.ip                   own
  device_mac_list         host.mac                  own
  device_name             host.name                 text
  src_ip                  source                    side
  dst_ip                  destination               side
  src_mac                 source.mac                mac
  dst_mac                 destination.mac           mac
  src_port                source.port               port
  dst_port                destination.port          port
  domain                  destination.domain        domain
  protocol                network.protocol          text
  file_name               file                      own
  event_type              event.code                text
  event_id                event.id                  text
  event_description       event.reason              text
  change_type             event.action              text
  change_id               event.id                  text
  change_description      event.reason              text
  alert_name              rule.name                 text
  alert_id                rule.id                   text
  event_timestamp         @timestamp                own
  change_timestamp        event.start               own
  certificate_thumbprint  tls.server.hash.sha1      own
  certificate_CN          tls.server.x509.subject.common_name list
  certificate_C           tls.server.x509.subject.country     list
  certificate_L           tls.server.x509.subject.locality    list
  certificate_O           tls.server.x509.subject.organization list
  certificate_expiry_date tls.server.x509.not_after own
  certificate_start_date  tls.server.x509.not_before own
`,
);

/** `['a', None, 'b']`: a list as Python prints it. */
function pythonList(text: string | undefined): string[] {
  const out: string[] = [];
  for (const match of (text ?? '').slice(0, 4_000).matchAll(/'([^']{1,200})'/g)) out.push(match[1]!);
  return out;
}

const EMPTY = new Set(['None', '[]', '[None]', '']);

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const cef = parseCef(input.text);
  if (cef === undefined || cef.vendor !== 'Claroty') return 'rejected';
  const extension = new Map([...cef.extension].filter(([, value]) => !EMPTY.has(value)));
  const pairs = putCef(doc, { ...cef, extension }, TABLE, input);
  const ips = pythonList(pairs.get('device_ip_list')).flatMap((ip) => parseIp(ip) ?? []);
  if (ips.length > 0) doc['host.ip'] = ips;
  const macs = pythonList(pairs.get('device_mac_list')).flatMap((mac) => parseMac(mac) ?? []);
  if (macs.length > 0) doc['host.mac'] = macs;
  const domain = doc['destination.domain'];
  if (domain !== undefined) doc['destination.address'] = domain;
  const file = pairs.get('file_name')?.replace(/ file$/, '');
  if (file !== undefined) doc['file.name'] = file;
  const time = pairs.get('event_timestamp') ?? pairs.get('change_timestamp');
  if (time !== undefined) putDate(doc, '@timestamp', parseDate(time, input));
  for (const [key, field] of CERTIFICATE) {
    const stamp = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(pairs.get(key) ?? '');
    if (stamp !== null)
      putDate(doc, field, parseIso(`${stamp.slice(1, 4).join('-')}T${stamp.slice(4, 7).join(':')}Z`, 'UTC'));
  }
  const thumbprint = pairs.get('certificate_thumbprint');
  // ECS writes digests of certificates without separators.
  if (thumbprint !== undefined && /^[0-9A-Fa-f:]{59}$/.test(thumbprint))
    doc['tls.server.hash.sha1'] = thumbprint.replaceAll(':', '').toUpperCase();
  const isChange = cef.name === 'device_change_event' || pairs.has('change_type');
  categorise(
    doc,
    isChange
      ? { category: ['configuration'], type: ['change'] }
      : { category: ['network'], type: ['connection'] },
  );
  doc['event.kind'] = 'alert';
  if (pairs.get('event_description') === undefined && pairs.get('change_description') === undefined)
    doc['event.reason'] = cef.name;
  doc['message'] = String(doc['event.reason']);
  return 'parsed';
}

const CERTIFICATE = [
  ['certificate_expiry_date', 'tls.server.x509.not_after'],
  ['certificate_start_date', 'tls.server.x509.not_before'],
] as const;

/** Claroty xDome: events and changes of industrial and medical devices. */
export default defineSource({
  id: 'claroty.xdome',
  signatures: [{ kind: 'text', literals: ['CEF:', '|Claroty|'] }],
  parse,
});
