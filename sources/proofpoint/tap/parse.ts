import type { EventType } from '../../kit/categorise.ts';
import { categorise } from '../../kit/categorise.ts';
import { objects, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';

const TABLE = jsonTable(
  'proofpoint.tap.',
  `
messageTime           @timestamp                          date
clickTime             @timestamp                          date
threatTime            proofpoint.tap.threatTime           text
GUID                  event.id                            text
id                    event.id                            text
QID                   email.local_id                      text
messageID             email.message_id                    own
subject               email.subject                       text
fromAddress           email.from.address                  text
sender                email.sender.address                text
toAddresses           email.to.address                    text
recipient             email.to.address                    text
ccAddresses           email.cc.address                    text
replyToAddress        email.reply_to.address              text
xmailer               email.x_mailer                      text
clickIP               source                              side
senderIP              source                              side
url                   url                                 url
userAgent             user_agent.original                 text
cluster               observer.name                       text
threatStatus          proofpoint.tap.threatStatus         text
threatURL             event.reference                     text
classification        rule.category                       text
messageParts.filename email.attachments.file.name         text
messageParts.md5      email.attachments.file.hash.md5     text
messageParts.sha256   email.attachments.file.hash.sha256  text
messageSize           email.size                          own
`,
);

export default defineSource({
  id: 'proofpoint.tap',
  signatures: [
    { kind: 'json', keys: ['GUID', 'messageID', 'threatsInfoMap'] },
    { kind: 'json', keys: ['GUID', 'QID'] },
    { kind: 'json', keys: ['clickIP', 'campaignId'] },
    { kind: 'json', keys: ['clickIP', 'clickTime'] },
    { kind: 'json', keys: ['threatsInfoMap', 'phishScore'] },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Proofpoint';
    doc['observer.product'] = 'TAP';
    const id = text(json['messageID']);
    if (id !== undefined) doc['email.message_id'] = id.replace(/^<|>$/g, '');
    const isClick = Object.hasOwn(json, 'clickIP') || Object.hasOwn(json, 'clickTime');
    // Who clicked is the recipient of the message.
    if (isClick) putAccount(doc, 'user', text(json['recipient']));
    const kind = (text(json['eventType']) ?? text(json['type']) ?? '').toLowerCase();
    const quarantined = text(json['quarantineFolder']) !== undefined || kind.includes('block');
    const verdict =
      kind.includes('permit') || kind.includes('deliver') ? 'allowed' : quarantined ? 'denied' : undefined;
    const threats = objects(json['threatsInfoMap']);
    put(doc, 'threat.indicator.name', threats[0] === undefined ? undefined : text(threats[0]['threat']));
    if (doc['rule.category'] === undefined) put(doc, 'rule.category', text(threats[0]?.['classification']));
    if (threats.length > 0 || isClick) doc['event.kind'] = 'alert';
    const type: EventType[] = verdict === undefined ? ['info'] : ['info', verdict];
    categorise(doc, { category: isClick ? ['email', 'web'] : ['email'], type });
    return 'parsed';
  },
});
