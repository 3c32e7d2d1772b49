import { categorise, WHAT } from '../../kit/categorise.ts';
import { at, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource } from '../../kit/source.ts';

const TABLE = jsonTable(
  'retarus.email.',
  `
ts                           @timestamp          date
rmxId                        event.id            text
type                         event.code          text
class                        event.provider      own
customer                     organization.id     text
host                         observer.hostname   text
version                      observer.version    text
sender                       email.from.address  own
recipient                    email.to.address    list
mimeId                       email.message_id    own
direction                    email.direction     lower
sourceIp                     source              side
metaData.header.subject      email.subject       text
metaData.details             threat.software.name  own
`,
);

function domainOf(address: string | undefined): string | undefined {
  const cut = address === undefined ? -1 : address.lastIndexOf('@');
  return address === undefined || cut < 0 || cut === address.length - 1 ? undefined : address.slice(cut + 1);
}

export default defineSource({
  id: 'retarus.email',
  signatures: [
    { kind: 'json', keys: ['rmxId', 'class'] },
    { kind: 'json', keys: ['rmxId', 'mimeId'] },
    { kind: 'json', keys: ['mimeId', 'customer'] },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Retarus';
    doc['observer.product'] = 'Email Security';
    const sender = text(json['sender']);
    const recipient = text(json['recipient']);
    if (sender !== undefined) doc['email.from.address'] = [sender];
    const id = text(json['mimeId']);
    if (id !== undefined) doc['email.message_id'] = id.replace(/^<|>$/g, '');
    const from = domainOf(sender);
    if (from !== undefined) {
      doc['source.domain'] = from;
      doc['source.address'] ??= from;
    }
    const to = domainOf(recipient);
    if (to !== undefined) {
      doc['destination.domain'] = to;
      doc['destination.address'] = to;
    }
    const status = (text(json['status']) ?? '').toUpperCase();
    if (status !== '') doc['event.action'] = status.toLowerCase();
    const isThreat = text(json['class']) === 'THREAT' || status === 'INFECTED';
    const details = text(at(json, 'metaData', 'details'));
    if (isThreat && details !== undefined) doc['threat.software.name'] = details;
    if (isThreat) doc['event.kind'] = 'alert';
    if (/ACCEPTED|DELIVERED|SENT|QUEUED|CLEAN|SUCCESS/.test(status))
      categorise(doc, { ...WHAT.mail, outcome: 'success' });
    else if (isThreat) categorise(doc, { ...WHAT.malware, outcome: 'failure' });
    else if (/REJECT|BOUNCE|FAIL|BLOCK|QUARANTINE/.test(status))
      categorise(doc, { ...WHAT.mail, outcome: 'failure' });
    else categorise(doc, WHAT.mail);
    return 'parsed';
  },
});
