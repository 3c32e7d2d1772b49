import { type EcsFields, flatten, type JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { list, object, strings, text } from '../../kit/json.ts';
import { putMac } from '../../kit/mac.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, toLong } from '../../kit/types.ts';
import { PROTOCOLS } from './protocols.ts';

const NETWORK_PROTOCOL: Categorisation = { category: ['network'], type: ['protocol', 'connection'] };
const NETWORK_FILE: Categorisation = { category: ['network', 'file'], type: ['info'] };
const AUTHENTICATION: Categorisation = {
  category: ['network', 'authentication'],
  type: ['protocol', 'info'],
};

/** Every `event_type` that Suricata 4 to 8 documents. */
const TYPES: ReadonlyMap<string, Categorisation> = new Map<string, Categorisation>([
  ['alert', { category: ['network', 'intrusion_detection'], type: ['connection'] }],
  ['anomaly', { category: ['network'], type: ['info'] }],
  ['drop', { category: ['network'], type: ['connection', 'denied'], outcome: 'failure' }],
  ['flow', { category: ['network'], type: ['connection', 'end'] }],
  ['netflow', { category: ['network'], type: ['connection'] }],
  ['frame', { category: ['network'], type: ['protocol'] }],
  ['packet', { category: ['network'], type: ['info'] }],
  ['arp', NETWORK_PROTOCOL],
  ['stats', { category: ['host'], type: ['info'] }],
  ['engine', { category: ['host'], type: ['info'] }],
  ['fileinfo', NETWORK_FILE],
  ['ftp_data', NETWORK_FILE],
  ['tftp', NETWORK_FILE],
  ['krb5', AUTHENTICATION],
  ['smtp', { category: ['network', 'email'], type: ['protocol', 'info'] }],
  ['http', { category: ['network', 'web'], type: ['access', 'protocol'] }],
  ['http2', { category: ['network', 'web'], type: ['access', 'protocol'] }],
  ['ldap', { category: ['network', 'iam'], type: ['protocol', 'info'] }],
  ['pgsql', { category: ['network', 'database'], type: ['protocol', 'access'] }],
  ...[
    'dns',
    'mdns',
    'tls',
    'ssh',
    'smb',
    'dcerpc',
    'nfs',
    'snmp',
    'sip',
    'rfb',
    'rdp',
    'mqtt',
    'dhcp',
    'ftp',
    'ike',
    'ikev2',
    'quic',
    'modbus',
    'dnp3',
    'enip',
    'bittorrent_dht',
    'websocket',
    'telnet',
    'template',
    'doh2',
  ].map((name) => [name, NETWORK_PROTOCOL] as const),
]);

/** Top-level keys that ECS fields hold in full; all others stay below `suricata.eve.`. */
const MAPPED = new Set([
  'timestamp',
  'src_ip',
  'src_port',
  'dest_ip',
  'dest_port',
  'proto',
  'in_iface',
  'community_id',
  'vlan',
  'host',
]);

/** Suricata's protocol names that differ from the IANA keywords which ECS asks for. */
const TRANSPORTS: ReadonlyMap<string, string> = new Map([
  ['TCP', 'tcp'],
  ['UDP', 'udp'],
  ['ICMP', 'icmp'],
  ['IPv6-ICMP', 'ipv6-icmp'],
  ['SCTP', 'sctp'],
]);

function putNetwork(doc: EcsFields, record: JsonObject): void {
  for (const [side, address, port] of [
    ['source', 'src_ip', 'src_port'],
    ['destination', 'dest_ip', 'dest_port'],
  ] as const) {
    const value = text(record[address]);
    if (value !== undefined) {
      const ip = parseIp(value);
      doc[`${side}.address`] = ip ?? value;
      if (ip !== undefined) doc[`${side}.ip`] = ip;
    }
    const number = record[port];
    if (typeof number === 'number') {
      if (Number.isInteger(number) && number >= 0 && number <= 65535) doc[`${side}.port`] = number;
    } else if (typeof number === 'string') put(doc, `${side}.port`, parsePort(number));
  }
  const proto = text(record['proto']);
  if (proto !== undefined) doc['network.transport'] = TRANSPORTS.get(proto) ?? proto.toLowerCase();
  const application = text(record['app_proto']);
  if (application !== undefined && application !== 'failed')
    doc['network.protocol'] = application.toLowerCase();
  put(doc, 'network.community_id', record['community_id']);
  put(doc, 'observer.ingress.interface.name', record['in_iface']);
  const vlan = list(record['vlan']);
  if (vlan !== undefined) {
    if (vlan[0] !== undefined) put(doc, 'network.vlan.id', vlan[0]);
    if (vlan[1] !== undefined) put(doc, 'network.inner.vlan.id', vlan[1]);
  } else put(doc, 'network.vlan.id', record['vlan']);
  put(doc, 'observer.name', record['host']);
  const ethernet = object(record['ether']);
  if (ethernet !== undefined) {
    putMac(doc, 'source.mac', text(ethernet['src_mac'] ?? strings(ethernet['src_macs'])[0]));
    putMac(doc, 'destination.mac', text(ethernet['dest_mac'] ?? strings(ethernet['dest_macs'])[0]));
  }
}

/** Counters and times of `flow`; sums only where both directions are known. */
function putFlow(doc: EcsFields, flow: JsonObject): void {
  const up = toLong(flow['bytes_toserver']);
  const down = toLong(flow['bytes_toclient']);
  const packetsUp = toLong(flow['pkts_toserver']);
  const packetsDown = toLong(flow['pkts_toclient']);
  if (up !== undefined) doc['source.bytes'] = up;
  if (down !== undefined) doc['destination.bytes'] = down;
  if (up !== undefined && down !== undefined) doc['network.bytes'] = up + down;
  if (packetsUp !== undefined) doc['source.packets'] = packetsUp;
  if (packetsDown !== undefined) doc['destination.packets'] = packetsDown;
  if (packetsUp !== undefined && packetsDown !== undefined) doc['network.packets'] = packetsUp + packetsDown;
  const start = instant(flow['start']);
  const end = instant(flow['end']);
  putDate(doc, 'event.start', start);
  putDate(doc, 'event.end', end);
  if (start !== undefined && end !== undefined && end >= start)
    // Times are exact to the microsecond: round there before going to nanoseconds.
    doc['event.duration'] = Math.round((end - start) * 1000) * 1000;
  put(doc, 'event.reason', flow['reason']);
}

/** `netflow` counts one direction only. */
function putNetflow(doc: EcsFields, flow: JsonObject): void {
  put(doc, 'source.bytes', flow['bytes']);
  put(doc, 'source.packets', flow['pkts']);
  put(doc, 'network.bytes', flow['bytes']);
  put(doc, 'network.packets', flow['pkts']);
  const start = instant(flow['start']);
  const end = instant(flow['end']);
  putDate(doc, 'event.start', start);
  putDate(doc, 'event.end', end);
  if (start !== undefined && end !== undefined && end >= start)
    doc['event.duration'] = Math.round((end - start) * 1000) * 1000;
}

function instant(value: unknown): number | undefined {
  return typeof value === 'string' ? parseIso(value, 'UTC') : undefined;
}

function putAlert(doc: EcsFields, alert: JsonObject): string | undefined {
  const action = text(alert['action']);
  put(doc, 'event.severity', alert['severity']);
  const id = toLong(alert['signature_id']);
  if (id !== undefined) doc['rule.id'] = String(id);
  put(doc, 'rule.name', alert['signature']);
  put(doc, 'rule.category', alert['category']);
  const revision = toLong(alert['rev']);
  if (revision !== undefined) doc['rule.version'] = String(revision);
  const metadata = object(alert['metadata']);
  if (metadata !== undefined) {
    // Keys of the rule sets' own metadata, always lists of text.
    for (const [key, field] of [
      ['mitre_technique_id', 'threat.technique.id'],
      ['mitre_technique_name', 'threat.technique.name'],
      ['mitre_tactic_id', 'threat.tactic.id'],
      ['mitre_tactic_name', 'threat.tactic.name'],
      ['cve', 'vulnerability.id'],
    ] as const) {
      const values = strings(metadata[key]).map((value) =>
        key === 'cve' ? value.replaceAll('_', '-').toUpperCase() : value.replaceAll('_', ' '),
      );
      if (values.length > 0) doc[field] = key === 'cve' ? values[0]! : values;
    }
  }
  return action;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const record = input.json;
  if (record === undefined) return 'rejected';
  const stated = record['event_type'];
  const type = typeof stated === 'string' && stated !== '' ? stated : undefined;
  const time = instant(record['timestamp']);
  // Suricata writes alerts without `event_type` nowhere, but shippers that rename it leave `alert` behind.
  const kind = type ?? (object(record['alert']) === undefined ? undefined : 'alert');
  if (kind === undefined || time === undefined) return 'rejected';

  putDate(doc, '@timestamp', time);
  const categorisation = TYPES.get(kind);
  categorise(doc, categorisation ?? { category: ['network'], type: ['info'] });
  doc['event.kind'] = kind === 'alert' ? 'alert' : kind === 'stats' ? 'metric' : 'event';
  putNetwork(doc, record);
  if (doc['network.protocol'] === undefined && categorisation === NETWORK_PROTOCOL)
    doc['network.protocol'] = kind;

  let action: string | undefined;
  for (const key of Object.keys(record)) {
    const body = object(record[key]);
    if (body === undefined) continue;
    const reader = PROTOCOLS.get(key);
    if (reader !== undefined) {
      const found = reader(doc, body, record);
      if (key === kind) action = found;
    }
    switch (key) {
      case 'flow':
        putFlow(doc, body);
        break;
      case 'netflow':
        putNetflow(doc, body);
        break;
      case 'alert':
        if (kind === 'alert') action = putAlert(doc, body);
        else putAlert(doc, body);
        break;
      case 'anomaly':
        action = text(body['event']) ?? action;
        put(doc, 'network.protocol', body['app_proto']);
        break;
      case 'drop':
        put(doc, 'event.reason', body['reason'] ?? record['reason']);
        break;
      default:
    }
    flatten(body, `suricata.eve.${key}.`, doc, 10);
  }
  if (kind === 'drop' || (kind === 'alert' && action === 'blocked'))
    doc['event.type'] = ['connection', 'denied'];
  doc['event.action'] = action ?? kind;
  doc['suricata.eve.event_type'] = kind;
  for (const key of Object.keys(record)) {
    if (MAPPED.has(key)) continue;
    const value = record[key];
    if (typeof value === 'string') {
      if (value !== '') doc[`suricata.eve.${key}`] = value;
    } else if (typeof value === 'number' || typeof value === 'boolean') doc[`suricata.eve.${key}`] = value;
    else if (Array.isArray(value)) flatten({ [key]: value }, 'suricata.eve.', doc, 6);
  }
  return categorisation === undefined ? 'partial' : 'parsed';
}

/** Suricata's EVE JSON log, every event type. */
export default defineSource({
  id: 'suricata.eve',
  signatures: [
    {
      kind: 'json',
      keys: ['timestamp', 'event_type'],
      test: (json) =>
        typeof json['event_type'] === 'string' &&
        ('flow_id' in json ||
          'src_ip' in json ||
          'stats' in json ||
          'engine' in json ||
          json['event_type'] === 'drop'),
    },
    { kind: 'json', keys: ['timestamp', 'flow_id', 'alert', 'src_ip', 'dest_ip'] },
  ],
  parse,
});
