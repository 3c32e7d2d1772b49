import { categorise } from '../../kit/categorise.ts';
import { text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { osTypeOf } from '../../kit/os-type.ts';
import { defineSource } from '../../kit/source.ts';

const TABLE = jsonTable(
  'nucleon.edr.',
  `
timestamp             @timestamp                           date
policy                event.code                           text
action                event.action                         own
authenticator         agent.id                             text
hostname              host.name                            text
ip                    host.ip                              ip
os                    host.os.full                         text
user                  user                                 account
process_path          process                              exe
process_md5           process.hash                         hash
process_sha1          process.hash                         hash
process_sha256        process.hash                         hash
process_signature     process.code_signature.subject_name  text
process_signed        process.code_signature.valid         own
pid                   process.pid                          long
ppid                  process.parent.pid                   long
file_path             file                                 file
file_size             file.size                            long
file_signed           file.code_signature.valid            own
source_ip             source                               side
source_port           source.port                          port
destination_ip        destination                          side
destination_port      destination.port                     port
protocol              network.transport                    transport
`,
);

export default defineSource({
  id: 'nucleon.edr',
  signatures: [
    { kind: 'json', keys: ['process_path', 'authenticator'] },
    { kind: 'json', keys: ['process_path', 'process_signature', 'policy'] },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Nucleon Security';
    doc['observer.product'] = 'Nucleon EDR';
    doc['agent.name'] = 'nucleon-edr';
    const name = doc['host.name'];
    if (typeof name === 'string') doc['host.hostname'] = name;
    const system = osTypeOf(text(json['os']) ?? '');
    if (system !== undefined) doc['host.os.type'] = system;
    // 2 says that the signature was checked and holds.
    if (json['process_signed'] !== undefined)
      doc['process.code_signature.valid'] = Number(json['process_signed']) === 2;
    if (json['file_signed'] !== undefined)
      doc['file.code_signature.valid'] = Number(json['file_signed']) === 2;
    const kind = text(json['type']);
    if (kind === 'network') categorise(doc, { category: ['process', 'network'], type: ['info'] });
    else if (kind === 'file') categorise(doc, { category: ['process', 'file'], type: ['info'] });
    else categorise(doc, { category: ['process'], type: ['info'] });
    return 'parsed';
  },
});
