import type { EcsFields, JsonObject } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, parseEpoch, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { putTotals } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';

const VENDOR = 'netflow.';
/** NetFlow's and IPFIX's names for the same thing, as collectors write them, and the field each means. */
const NAMES: readonly (readonly [string, string, string])[] = [
  [
    'IPV4_SRC_ADDR IPV6_SRC_ADDR sourceIPv4Address sourceIPv6Address srcaddr src_addr ipv4_src_addr ipv6_src_addr SrcAddr ip_src',
    'source',
    'side',
  ],
  [
    'IPV4_DST_ADDR IPV6_DST_ADDR destinationIPv4Address destinationIPv6Address dstaddr dst_addr ipv4_dst_addr ipv6_dst_addr DstAddr ip_dst',
    'destination',
    'side',
  ],
  [
    'SRC_PORT L4_SRC_PORT sourceTransportPort srcport src_port l4_src_port SrcPort port_src',
    'source.port',
    'port',
  ],
  [
    'DST_PORT L4_DST_PORT destinationTransportPort dstport dst_port l4_dst_port DstPort port_dst',
    'destination.port',
    'port',
  ],
  ['PROTO PROTOCOL protocolIdentifier protocol proto Proto ip_proto', 'network.transport', 'transport'],
  ['postNATSourceIPv4Address XLATE_SRC_ADDR_IPV4', 'source.nat.ip', 'ip?'],
  ['postNATDestinationIPv4Address XLATE_DST_ADDR_IPV4', 'destination.nat.ip', 'ip?'],
  ['postNAPTSourceTransportPort XLATE_SRC_PORT', 'source.nat.port', 'port?'],
  ['postNAPTDestinationTransportPort XLATE_DST_PORT', 'destination.nat.port', 'port?'],
  ['SRC_MAC IN_SRC_MAC sourceMacAddress SrcMac', 'source.mac', 'mac'],
  ['DST_MAC OUT_DST_MAC IN_DST_MAC destinationMacAddress DstMac', 'destination.mac', 'mac'],
  ['INPUT INPUT_SNMP ingressInterface in_if InIf', 'observer.ingress.interface.id', 'text'],
  ['OUTPUT OUTPUT_SNMP egressInterface out_if OutIf', 'observer.egress.interface.id', 'text'],
  ['SRC_VLAN vlanId', 'network.vlan.id', 'text'],
  ['APPLICATION_NAME applicationName', 'network.application', 'lower'],
  ['postNATSourceIPv6Address', 'source.nat.ip', 'ip?'],
  ['postNATDestinationIPv6Address', 'destination.nat.ip', 'ip?'],
  ['dot1qVlanId', 'network.vlan.id', 'text'],
  ['exporter exporterAddress sampler_address SamplerAddress peer_ip_src', 'observer.ip', 'ip-list'],
];
const TABLE = fieldTable(
  VENDOR,
  NAMES.flatMap(([names, field, kind]) => names.split(' ').map((name) => `${name} ${field} ${kind}`)).join(
    '\n',
  ),
);

const BYTES = [
  'IN_OCTETS',
  'IN_BYTES',
  'octetDeltaCount',
  'dOctets',
  'in_bytes',
  'Bytes',
  'bytes',
  'octetTotalCount',
  'initiatorOctets',
];
const PACKETS = [
  'IN_PACKETS',
  'IN_PKTS',
  'packetDeltaCount',
  'dPkts',
  'in_pkts',
  'Packets',
  'packets',
  'packetTotalCount',
  'initiatorPackets',
];
const BYTES_BACK = ['OUT_BYTES', 'reverseOctetDeltaCount', 'out_bytes', 'responderOctets'];
const PACKETS_BACK = ['OUT_PKTS', 'reversePacketDeltaCount', 'out_pkts', 'responderPackets'];
/** Milliseconds since the exporter started. */
const SINCE_START = [
  ['FIRST_SWITCHED', 'LAST_SWITCHED'],
  ['flowStartSysUpTime', 'flowEndSysUpTime'],
  ['first_switched', 'last_switched'],
  ['first', 'last'],
] as const;
const INSTANTS = [
  ['flowStartMilliseconds', 'flowEndMilliseconds'],
  ['flowStartSeconds', 'flowEndSeconds'],
  ['flowStartMicroseconds', 'flowEndMicroseconds'],
  ['time_flow_start_ns', 'time_flow_end_ns'],
  ['timestamp_start', 'timestamp_end'],
] as const;

function firstLong(json: JsonObject, keys: readonly string[]): number | undefined {
  for (const key of keys) {
    const value = toLong(json[key]);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** What a flow counted: of one direction the whole, of both each side's. */
function putCounts(doc: EcsFields, json: JsonObject): void {
  const bytes = firstLong(json, BYTES);
  const packets = firstLong(json, PACKETS);
  const bytesBack = firstLong(json, BYTES_BACK);
  const packetsBack = firstLong(json, PACKETS_BACK);
  if (bytes !== undefined) doc['source.bytes'] = bytes;
  if (packets !== undefined) doc['source.packets'] = packets;
  if (bytesBack !== undefined) doc['destination.bytes'] = bytesBack;
  if (packetsBack !== undefined) doc['destination.packets'] = packetsBack;
  putTotals(doc);
  if (bytes !== undefined) doc['network.bytes'] ??= bytes;
  if (packets !== undefined) doc['network.packets'] ??= packets;
}

function instant(value: unknown, input: ParseInput): number | undefined {
  if (typeof value === 'number') return parseEpoch(value);
  return typeof value === 'string' ? parseDate(value, input) : undefined;
}

function putTimes(doc: EcsFields, json: JsonObject, input: ParseInput): void {
  for (const [from, to] of SINCE_START) {
    const start = toLong(json[from]);
    const end = toLong(json[to]);
    if (start === undefined || end === undefined) continue;
    if (start > 1e11) {
      putDate(doc, 'event.start', parseEpoch(start));
      putDate(doc, 'event.end', parseEpoch(end));
      if (doc['event.end'] !== undefined) doc['@timestamp'] = doc['event.end'];
    }
    if (end >= start) doc['event.duration'] = (end - start) * 1e6;
    return;
  }
  for (const [from, to] of INSTANTS) {
    const start = instant(json[from], input);
    const end = instant(json[to], input);
    if (start !== undefined) putDate(doc, 'event.start', start);
    if (end !== undefined) {
      putDate(doc, 'event.end', end);
      if (doc['event.end'] !== undefined) doc['@timestamp'] = doc['event.end'];
    }
    if (start !== undefined && end !== undefined && end >= start)
      doc['event.duration'] = Math.round((end - start) * 1e6);
    if (start !== undefined || end !== undefined) return;
  }
}

/** 0 is seen coming in at the interface, 1 going out. */
function putDirectionOf(doc: EcsFields, json: JsonObject): void {
  const direction = toLong(json['flowDirection'] ?? json['DIRECTION']);
  if (direction === 0) doc['network.direction'] = 'ingress';
  else if (direction === 1) doc['network.direction'] = 'egress';
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const outer = input.json;
  if (outer === undefined) return 'rejected';
  const inner = outer['netflow'] ?? outer['ipfix'];
  const json =
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as JsonObject) : outer;
  TABLE.putObject(doc, json);
  if (doc['source.ip'] === undefined && doc['destination.ip'] === undefined) {
    for (const key of Object.keys(doc)) delete doc[key];
    return 'rejected';
  }
  categorise(doc, WHAT.connection);
  putCounts(doc, json);
  putTimes(doc, json, input);
  const ip = doc['source.ip'] ?? doc['destination.ip'];
  doc['network.type'] = typeof ip === 'string' && ip.includes(':') ? 'ipv6' : 'ipv4';
  putDirectionOf(doc, json);
  for (const key of ['observer.ingress.interface.id', 'observer.egress.interface.id'])
    if (doc[key] === '0') delete doc[key];
  return 'parsed';
}

/** NetFlow 5 and 9 and IPFIX as collectors write them in JSON, our own listener among them. */
export default defineSource({
  id: 'netflow.netflow',
  signatures: [
    { kind: 'json', keys: ['IPV4_SRC_ADDR', 'IPV4_DST_ADDR'] },
    { kind: 'json', keys: ['IPV6_SRC_ADDR', 'IPV6_DST_ADDR'] },
    { kind: 'json', keys: ['sourceIPv4Address', 'destinationIPv4Address'] },
    { kind: 'json', keys: ['sourceIPv6Address', 'destinationIPv6Address'] },
    { kind: 'json', keys: ['ipv4_src_addr', 'ipv4_dst_addr'] },
    { kind: 'json', keys: ['src_addr', 'dst_addr', 'time_flow_start_ns'] },
    { kind: 'json', keys: ['ip_src', 'ip_dst', 'port_src', 'packets'] },
    { kind: 'json', keys: ['netflow'], test: (json) => typeof json['netflow'] === 'object' },
  ],
  parse,
});
