import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { object, text } from '../../kit/json.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';
import { logOf, putEntry } from '../_shared/entry.ts';

const TABLE = fieldTable(
  'google.vpc-flow.',
  `
  connection.src_ip       source               endpoint
  connection.src_port     source.port          port
  connection.dest_ip      destination          endpoint
  connection.dest_port    destination.port     port
  connection.protocol     network.transport    transport
  src_instance.vm_name    source.domain        text
  dest_instance.vm_name   destination.domain   text
  start_time              event.start          date
  end_time                event.end            date
  bytes_sent              source.bytes         own
  packets_sent            source.packets       own
`,
);

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  const payload = object(json?.['jsonPayload']);
  if (json === undefined || object(payload?.['connection']) === undefined) return 'rejected';
  TABLE.putObject(doc, payload!);
  putEntry(doc, json);
  // One record holds one direction: what was sent is what there was.
  const bytes = toLong(payload?.['bytes_sent']);
  const packets = toLong(payload?.['packets_sent']);
  if (bytes !== undefined) {
    doc['source.bytes'] = bytes;
    doc['network.bytes'] = bytes;
  }
  if (packets !== undefined) {
    doc['source.packets'] = packets;
    doc['network.packets'] = packets;
  }
  const start = text(payload?.['start_time']);
  if (start !== undefined && doc['event.start'] !== undefined) doc['@timestamp'] = doc['event.start'];
  categorise(doc, WHAT.connection);
  return 'parsed';
}

/** VPC flow logs of Google Cloud, as Cloud Logging exports them. */
export default defineSource({
  id: 'google.vpc-flow',
  signatures: [
    {
      kind: 'json',
      keys: ['jsonPayload', 'logName'],
      test: (json) =>
        logOf(json).endsWith('/vpc_flows') ||
        object(object(json['jsonPayload'])?.['connection'])?.['src_ip'] !== undefined,
    },
  ],
  parse,
});
