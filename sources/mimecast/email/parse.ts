import { categorise } from '../../kit/categorise.ts';
import { parseCsv } from '../../kit/csv.ts';
import { text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource } from '../../kit/source.ts';

const TABLE = jsonTable(
  'mimecast.email.',
  `
timestamp          @timestamp                          date
accountId          organization.id                     text
aggregateId        event.id                            text
action             event.action                        text
subtype            event.action                        text
subType            event.action                        text
eventType          event.code                          text
type               event.code                          text
subject            email.subject                       text
messageId          email.message_id                    own
senderEnvelope     email.from.address                  list
senderHeader       email.sender.address                own
recipients         email.to.address                    list
direction          email.direction                     lower
route              network.direction                   direction
senderIp           source                              side
sourceIp           source                              own
destinationIp      destination                         side
rejectionInfo      event.reason                        text
rejectionType      event.reason                        text
holdReason         event.reason                        text
blockReason        event.reason                        text
virusFound         threat.software.name                text
tlsVersion         tls.version                         tls-version
tlsCipher          tls.cipher                          text
fileName           email.attachments.file.name         text
fileExtension      email.attachments.file.extension    text
md5                email.attachments.file.hash         hash
sha1               email.attachments.file.hash         hash
sha256             email.attachments.file.hash         hash
url                url                                 url
`,
);

/** Domain of the first address of a list. */
function domainOf(addresses: string | undefined): string | undefined {
  const first = addresses?.split(/[,;]/, 1)[0]?.trim();
  const cut = first === undefined ? -1 : first.lastIndexOf('@');
  return first === undefined || cut < 0 || cut === first.length - 1
    ? undefined
    : first.slice(cut + 1).replace(/>$/, '');
}

export default defineSource({
  id: 'mimecast.email',
  signatures: [{ kind: 'json', keys: ['processingId', 'aggregateId'] }],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Mimecast';
    doc['observer.product'] = 'Email Security';
    const id = text(json['messageId']);
    if (id !== undefined) doc['email.message_id'] = id.replace(/^<|>$/g, '');
    const file = text(json['fileName']);
    if (file !== undefined) doc['file.name'] = file;
    const attachments = parseCsv(text(json['attachments']) ?? '')
      .map((name) => name.trim())
      .filter((name) => name !== '');
    if (attachments.length > 0) doc['email.attachments.file.name'] = attachments.slice(0, 100);
    const sender = domainOf(text(json['senderEnvelope'])) ?? text(json['senderDomain']);
    if (sender !== undefined) doc['source.user.domain'] = sender;
    const recipient = domainOf(text(json['recipients']));
    if (recipient !== undefined) doc['destination.user.domain'] = recipient;
    doc['event.provider'] = 'Mimecast';
    const action = (text(json['action']) ?? '').toLowerCase();
    categorise(doc, { category: ['email'], type: [/^rej/.test(action) ? 'denied' : 'info'] });
    return 'parsed';
  },
});
