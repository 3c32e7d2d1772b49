import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseIp, splitHostPort } from '../../kit/ip.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { type Observer, putDuration, putObserver, putTotals, putTransport } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { verdictOf } from '../../kit/verdict.ts';
import { MESSAGES, VENDOR } from './messages.ts';

const OBSERVER: Observer = { vendor: 'Juniper Networks', product: 'ScreenOS', type: 'firewall' };
/** `NetScreen device_id=0275…  [Root]system-notification-00257(traffic): ` */
const HEAD =
  /NetScreen device_id=(\S{1,64}) {1,4}(?:\[([^\]]{0,64})\])?\s?system-(emergency|alert|critical|error|warning|notification|notice|information|informational|info|debugging|debug)-(\d{5})(?:\((\w{1,20})\))?: ?/;
const LEVELS: Readonly<Record<string, number>> = {
  emergency: 0,
  alert: 1,
  critical: 2,
  error: 3,
  warning: 4,
  notification: 5,
  notice: 5,
  information: 6,
  informational: 6,
  info: 6,
  debugging: 7,
  debug: 7,
};

const TRAFFIC = fieldTable(
  VENDOR,
  `
  start_time      event.start                 own
  duration        event.duration              own
  policy_id       rule.id                     text
  service         network.protocol            own
  proto           network.transport           transport
  src_zone        observer.ingress.zone       text
  dst_zone        observer.egress.zone        text
  action          event.action                lower
  sent            source.bytes                long
  rcvd            destination.bytes           long
  src             source                      side
  dst             destination                 side
  src_port        source.port                 port
  dst_port        destination.port            port
  src_xlated_ip   source.nat.ip               ip?
  port            source.nat.port             port?
  dst_xlated_ip   destination.nat.ip          ip?
  port#2          destination.nat.port        port?
  reason          event.reason                text
  session_id      juniper.screenos.session_id text
  interface       observer.ingress.interface.name  text
  user            source.user                 account
  `,
);

/** `Port scan! From 192.0.2.1:4711 to 198.51.100.5:80, proto TCP (zone Untrust, int ethernet0/0). Occurred 3 times.` */
const ATTACK =
  /^(.{2,80}?)!? From (\S{3,64}?) to (\S{3,64}?), (?:using protocol|proto) (\S{1,16}?)(?:,? \(zone (\S{1,32}?),? int(?:erface)? {1,3}(\S{1,32})\)|, and arriving at interface (\S{1,32}?)(?: in zone (\S{1,32}?))?)?\.? ?(?:(?:The attack )?[Oo]ccurred (\d{1,10}) times)?\.?$/;
const WHEN = /\s?\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\)\s*$/;

/** Words of two, made one, so that pairs can be read. */
function joined(text: string): string {
  return text
    .replace(/\b(src|dst) zone=/g, '$1_zone=')
    .replace(/\b(src|dst)-xlated ip=/g, '$1_xlated_ip=')
    .replace(/\bicmp type=/g, 'icmp_type=');
}

function putTraffic(doc: EcsFields, text: string, input: ParseInput): void {
  const pairs = new Map(parseKeyValue(joined(text)));
  // Both may hold blanks, and stand before a known word or at the end.
  const service = /\bservice=(.{1,80}?) proto=/.exec(text)?.[1];
  const reason = /\breason=(.{1,80})$/.exec(text)?.[1];
  if (service !== undefined) pairs.set('service', service);
  if (reason !== undefined) pairs.set('reason', reason.trim());
  for (const [key, value] of pairs) if (value !== '' && value !== 'N/A') TRAFFIC.put(doc, key, value);
  if (service !== undefined) {
    if (/^[A-Za-z][\w -]{0,40}$/.test(service)) doc['network.protocol'] = service.toLowerCase();
    else doc[`${VENDOR}service`] = service;
  }
  const start = pairs.get('start_time');
  if (start !== undefined) {
    const time = parseDate(start.replace(/^\\?"|\\?"$/g, ''), input);
    putDate(doc, 'event.start', time);
    putDate(doc, '@timestamp', time);
  }
  putDuration(doc, pairs.get('duration'));
  putTotals(doc);
  const action = pairs.get('action');
  const verdict = verdictOf(action) ?? (action === 'Permit' || action === 'Tunnel' ? 'allowed' : undefined);
  const phase = /^creation/i.test(reason ?? '')
    ? 'start'
    : /^close|^traffic/i.test(reason ?? '')
      ? 'end'
      : undefined;
  categorise(doc, {
    category: ['network'],
    type: [
      'connection',
      ...(phase === undefined ? [] : ([phase] as const)),
      ...(verdict === undefined ? [] : [verdict]),
    ],
  });
}

function putAttack(doc: EcsFields, text: string): boolean {
  const found = ATTACK.exec(text);
  if (found === null) return false;
  const [, name, from, to, protocol, zone, port, port2, zone2, times] = found;
  doc['rule.name'] = name!;
  for (const [side, address] of [
    ['source', from!],
    ['destination', to!],
  ] as const) {
    const { host, port: number } = splitHostPort(address);
    if (parseIp(host) !== undefined) putEndpoint(doc, side, host);
    if (number !== undefined && number > 0) doc[`${side}.port`] = number;
  }
  putTransport(doc, protocol);
  put(doc, 'observer.ingress.zone', zone ?? zone2);
  put(doc, 'observer.ingress.interface.name', port ?? port2);
  put(doc, `${VENDOR}occurred`, times);
  categorise(doc, { ...WHAT.networkIntrusion, action: 'attack' });
  doc['event.kind'] = 'alert';
  return true;
}

const BY =
  /\b(added|created|modified|changed|deleted|removed|set|unset|saved|enabled|disabled|edited|reset|moved|cleared|updated|imported|loaded)\b[^()]{0,200}? by (?:admin )?([^\s,:]{0,63}[^\s.,:])(?: via (\w{2,16}))?(?: from host ([0-9A-Fa-f.:]{3,45}))?(?: to ([0-9A-Fa-f.]{3,45}?)(?::(\d{1,5}))?(?=[\s,]|\.?$|\. ))?/;

/** `was modified by kim via web from host 192.0.2.5 to 198.51.100.1:443`: who changed what, and from where. */
function putChange(doc: EcsFields, text: string): Categorisation | undefined {
  const by = BY.exec(text);
  if (by === null) return undefined;
  const [, verb, user, method, from, to, port] = by;
  doc['user.name'] = user!;
  put(doc, `${VENDOR}method`, method);
  putEndpoint(doc, 'source', from);
  putEndpoint(doc, 'destination', to?.replace(/:$/, ''));
  put(doc, 'destination.port', port);
  const type = /^(?:added|created)$/.test(verb!)
    ? 'creation'
    : /^(?:deleted|removed)$/.test(verb!)
      ? 'deletion'
      : 'change';
  return { category: ['configuration'], type: [type], action: `configuration-${verb}` };
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const head = HEAD.exec(input.text.slice(0, 400));
  if (head === null) return 'rejected';
  const [all, device, vsys, level, code, kind] = head;
  let text = input.text.slice(head.index + all.length).trim();
  putObserver(doc, OBSERVER);
  doc['observer.name'] = /^\d{10,}$/.test(device!) ? (input.syslog?.hostname ?? device!) : device!;
  if (/^\d{10,}$/.test(device!)) doc['observer.serial_number'] = device!;
  doc['event.code'] = code!;
  doc['event.severity'] = LEVELS[level!]!;
  doc['log.level'] = level!;
  if (vsys !== undefined && vsys !== '' && vsys !== 'No Name') doc[`${VENDOR}vsys`] = vsys;
  doc['message'] = text;
  if (kind === 'traffic' || text.startsWith('start_time=')) {
    putTraffic(doc, text, input);
    return 'parsed';
  }
  const when = WHEN.exec(text);
  if (when !== null) {
    putDate(doc, '@timestamp', parseDate(when[1]!, input));
    text = text.slice(0, when.index);
  }
  text = text.trim();
  if (putAttack(doc, text)) return 'parsed';
  doc['event.reason'] = text;
  if (MESSAGES.read(doc, text.replace(/\.$/, ''))) return 'parsed';
  const change = putChange(doc, text);
  categorise(doc, change ?? (LEVELS[level!]! <= 3 ? WHAT.hostError : WHAT.hostInfo));
  return change === undefined ? 'partial' : 'parsed';
}

/** NetScreen firewalls with ScreenOS 4 to 6.3. */
export default defineSource({
  id: 'juniper.screenos',
  signatures: [{ kind: 'text', literals: ['NetScreen device_id=', 'system-'] }],
  parse,
});
