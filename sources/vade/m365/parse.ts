import { categorise, WHAT } from '../../kit/categorise.ts';
import { text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource } from '../../kit/source.ts';

const TABLE = jsonTable(
  'vade.m365.',
  `
date                     @timestamp                         date
id                       email.local_id                     text
sender_ip                source                             side
from                     email.from.address                 list
to                       email.to.address                   list
subject                  email.subject                      text
message_id               email.message_id                   text
action                   event.action                       text
status                   event.reason                       text
reply_to                 email.reply_to.address             list
attachments.filename     email.attachments.file.name        text
attachments.extension    email.attachments.file.extension   text
attachments.size         email.attachments.file.size        long
`,
);

export default defineSource({
  id: 'vade.m365',
  signatures: [
    { kind: 'json', keys: ['sender_ip', 'from_header', 'to_header'] },
    { kind: 'json', keys: ['sender_ip', 'message_id', 'attachments'] },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Vade';
    doc['observer.product'] = 'Vade for M365';
    const action = text(json['action']);
    if (action !== undefined) doc['event.action'] = action.toLowerCase();
    categorise(doc, WHAT.mail);
    return 'parsed';
  },
});
