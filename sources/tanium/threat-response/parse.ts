import { categorise, WHAT } from '../../kit/categorise.ts';
import { putFile } from '../../kit/file.ts';
import { at, object, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource } from '../../kit/source.ts';

const TABLE = jsonTable(
  'tanium.threat-response.',
  `
fields.timestamp                 @timestamp                   date
fields.create_time               process.start                date
event                            event.action                 own
hostname                         host.name                    text
host                             host.ip                      ip
fields.full_path                 file                         file
fields.process__file__full_path  process                      exe
fields.file__full_path           process                      exe
fields.process__pid              process.pid                  long
fields.pid                       process.pid                  long
fields.tanium_process_id         process.entity_id            text
fields.process__command_line     process.command_line         text
fields.command_line              process.command_line         text
fields.file__md5                 process.hash                 hash
fields.file__sha1                process.hash                 hash
fields.file__sha256              process.hash                 hash
fields.process__user__name       user                         account
fields.user__name                user                         account
fields.process__user__group      group.name                   text
fields.user__group               group.name                   text
fields.process__login__user_id   user.id                      text
fields.login__user_id            user.id                      text
fields.parent__file__full_path   process.parent               exe
fields.parent__command_line      process.parent.command_line  text
fields.parent_pid                process.parent.pid           long
fields.local_ip                  source                       side
fields.local_port                source.port                  port
fields.remote_ip                 destination                  side
fields.remote_port               destination.port             port
fields.key_path                  registry.path                text
fields.query                     dns.question.name            text
`,
);

export default defineSource({
  id: 'tanium.threat-response',
  signatures: [
    {
      kind: 'json',
      keys: ['event', 'hostname', 'fields'],
      test: (json) => object(json['fields']) !== undefined,
    },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Tanium';
    doc['observer.product'] = 'XEM';
    doc['observer.type'] = 'sensor';
    const name = text(json['hostname']);
    if (name !== undefined) {
      doc['host.hostname'] = name;
      doc['observer.name'] = name;
    }
    const event = text(json['event']) ?? '';
    doc['event.action'] = event.replaceAll('_', '-');
    if (event === 'process_start' || event === 'process') {
      const image = text(at(json, 'fields', 'file__full_path'));
      if (image !== undefined) putFile(doc, image);
      categorise(doc, WHAT.processStart);
    } else if (event === 'process_end') categorise(doc, WHAT.processEnd);
    else if (event.startsWith('network')) categorise(doc, { category: ['network'], type: ['start'] });
    else if (event.startsWith('dns')) categorise(doc, WHAT.dns);
    else if (event.startsWith('registry')) categorise(doc, { category: ['registry'], type: ['change'] });
    else if (event === 'file_create') categorise(doc, WHAT.fileCreated);
    else if (event === 'file_delete') categorise(doc, WHAT.fileDeleted);
    else if (event.startsWith('file')) categorise(doc, { category: ['file'], type: ['info'] });
    else return 'partial';
    return 'parsed';
  },
});
