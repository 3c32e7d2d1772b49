import type { EcsFields, JsonObject } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseEpoch, parseIso, putDate } from '../../kit/dates.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { at, firstOf, objects, strings, text } from '../../kit/json.ts';
import { parseMac } from '../../kit/mac.ts';
import { putTotals, putTransport } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint, toLong } from '../../kit/types.ts';
import { putResource } from '../_shared/resource.ts';

const PROTOCOLS: Readonly<Record<string, string>> = { T: 'tcp', U: 'udp' };
const OPERATION = /^(?:NetworkSecurityGroupFlowEvents|FlowLogFlowEvent)$/;
/** Tuples of one record that are looked at for `related.ip`. */
const MAX_TUPLES = 100;

/** A flow tuple in the terms of both kinds of flow log. */
interface Flow {
  readonly time: string;
  readonly columns: readonly string[];
  readonly isInbound: boolean;
  readonly isDenied: boolean;
  /** `B` begin, `C` continuing, `E` end. */
  readonly state: string;
  /** Packets and bytes from source to destination, then back. */
  readonly counts: readonly (string | undefined)[];
}

/**
 * Splits a tuple. Network security groups: time, source, destination, ports, `T`/`U`, `I`/`O`, `A`/`D`, and from
 * version 2 on `B`/`C`/`E` and counts. Virtual networks: time in milliseconds, the protocol's number, `I`/`O`, then
 * the state, where `D` is a denied flow, the encryption, and counts.
 */
function readTuple(tuple: string): Flow | undefined {
  const columns = tuple.split(',', 14);
  if (columns.length < 8) return undefined;
  const isGroup = columns[5] === 'T' || columns[5] === 'U';
  const state = isGroup ? (columns[8] ?? '') : columns[7]!;
  return {
    time: columns[0]!,
    columns,
    isInbound: columns[6] === 'I',
    isDenied: (isGroup ? columns[7] : state) === 'D',
    state,
    counts: columns.slice(9, 13),
  };
}

function putFlow(doc: EcsFields, flow: Flow): void {
  const [, source, destination, sourcePort, destinationPort, protocol] = flow.columns;
  putEndpoint(doc, 'source', source);
  putEndpoint(doc, 'destination', destination);
  put(doc, 'source.port', parsePort(sourcePort ?? ''));
  put(doc, 'destination.port', parsePort(destinationPort ?? ''));
  putTransport(doc, PROTOCOLS[protocol ?? ''] ?? protocol);
  doc['network.direction'] = flow.isInbound ? 'inbound' : 'outbound';
  const [sentPackets, sentBytes, receivedPackets, receivedBytes] = flow.counts;
  put(doc, 'source.packets', toLong(sentPackets));
  put(doc, 'source.bytes', toLong(sentBytes));
  put(doc, 'destination.packets', toLong(receivedPackets));
  put(doc, 'destination.bytes', toLong(receivedBytes));
  putTotals(doc);
  const type = flow.isDenied ? 'denied' : 'allowed';
  const step = flow.state === 'B' ? ['start'] : flow.state === 'E' ? ['end'] : [];
  categorise(doc, {
    ...WHAT.connection,
    type: ['connection', type, ...(step as ('start' | 'end')[])],
    action: flow.isDenied ? 'deny' : 'accept',
    outcome: 'success',
  });
}

/** The tuples of a whole record, with rule and interface of the first. */
function tuplesOf(json: JsonObject): { tuples: string[]; rule?: string; mac?: string } {
  const outer = at(json, 'properties', 'flows') ?? at(json, 'flowRecords', 'flows');
  const tuples: string[] = [];
  let rule: string | undefined;
  let mac: string | undefined;
  for (const group of objects(outer)) {
    for (const flow of objects(group['flows'] ?? group['flowGroups'])) {
      rule ??= text(group['rule']) ?? text(flow['rule']);
      mac ??= text(flow['mac']);
      for (const tuple of strings(flow['flowTuples'])) if (tuples.length < MAX_TUPLES) tuples.push(tuple);
    }
  }
  return { tuples, rule, mac };
}

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  const operation = text(json?.['operationName']);
  if (json === undefined) return 'rejected';
  const single = text(json['flow.0']) ?? text(at(json, 'flow', '0'));
  const record = single === undefined ? tuplesOf(json) : undefined;
  const flow = readTuple(single ?? record?.tuples[0] ?? '');
  if (flow === undefined && (operation === undefined || !OPERATION.test(operation))) return 'rejected';

  put(doc, 'event.code', operation);
  putResource(doc, json['resourceId'] ?? json['flowLogResourceID']);
  put(doc, 'rule.name', text(json['rule']) ?? record?.rule);
  const address = text(json['macAddress']) ?? record?.mac;
  const mac = address === undefined ? undefined : parseMac(address);
  for (const key of [
    'flowLogGUID',
    'aclID',
    'version',
    'flowLogVersion',
    'flow_state',
    'targetResourceID',
    'systemId',
  ] as const)
    put(doc, `azure.nsg-flow.${key}`, json[key]);
  const logged = text(firstOf(json, 'time'));
  const time = logged === undefined ? undefined : parseIso(logged, 'UTC');
  if (flow === undefined) {
    putDate(doc, '@timestamp', time);
    categorise(doc, WHAT.connection);
    return 'partial';
  }
  const start = parseEpoch(flow.time);
  putDate(doc, '@timestamp', start ?? time);
  putDate(doc, 'event.start', start ?? time);
  putFlow(doc, flow);
  // A forwarder that read the source itself knows it better than the tuple, where it is behind a translation.
  putEndpoint(doc, 'source', text(json['source_addr']));
  // The interface is that of the machine in the network: it begins what goes out.
  if (mac !== undefined) doc[flow.isInbound ? 'destination.mac' : 'source.mac'] = mac;
  const tuples = record?.tuples ?? [];
  if (tuples.length > 1) {
    doc['azure.nsg-flow.flowTuples'] = [...tuples];
    doc['related.ip'] = [...new Set(tuples.flatMap((tuple) => tuple.split(',', 3).slice(1)))].filter(
      (ip) => parseIp(ip) !== undefined,
    );
    return 'partial';
  }
  return 'parsed';
}

/**
 * Flow logs of network security groups and virtual networks: one tuple, or a whole record, of which the first flow is
 * read and the others are kept as they are.
 */
export default defineSource({
  id: 'azure.nsg-flow',
  signatures: [
    { kind: 'json', keys: ['flow.0'], test: (json) => 'rule' in json || 'macAddress' in json },
    {
      kind: 'json',
      keys: ['operationName'],
      test: (json) => typeof json['operationName'] === 'string' && OPERATION.test(json['operationName']),
    },
  ],
  parse,
});
