import { categorise, WHAT } from '../../kit/categorise.ts';
import { text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource } from '../../kit/source.ts';

const TABLE = jsonTable(
  'trendmicro.email-security.',
  `
timestamp               @timestamp                         date
genTime                 @timestamp                         date
eventType               event.code                         text
action                  event.action                       text
mailID                  email.local_id                     text
messageID               email.message_id                   own
headerFrom              email.from.address                 list
sender                  email.sender.address               text
headerTo                email.to.address                   text
recipient               email.to.address                   text
subject                 email.subject                      text
direction               email.direction                    own
senderIP                source                             side
deliveredTo             destination                        own
deliveryTime            email.delivery_timestamp           own
reason                  event.reason                       text
policyName              rule.name                          text
attachments.fileName    email.attachments.file.name        text
attachments.sha256      email.attachments.file.hash.sha256 text
`,
);

export default defineSource({
  id: 'trendmicro.email-security',
  signatures: [
    { kind: 'json', keys: ['mailID', 'headerFrom'] },
    { kind: 'json', keys: ['mailID', 'genTime'] },
    { kind: 'json', keys: ['mailID', 'senderIP', 'messageID'] },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Trend Micro';
    doc['observer.product'] = 'Email Security';
    const id = text(json['messageID']);
    if (id !== undefined) doc['email.message_id'] = id.replace(/^<|>$/g, '');
    const direction = text(json['direction'])?.toLowerCase();
    if (direction === 'in' || direction === 'out')
      doc['email.direction'] = direction === 'in' ? 'inbound' : 'outbound';
    categorise(doc, WHAT.mail);
    return 'parsed';
  },
});
