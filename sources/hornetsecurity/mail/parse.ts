import { categorise, WHAT } from '../../kit/categorise.ts';
import { text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { defineSource } from '../../kit/source.ts';

const TABLE = jsonTable(
  'hornetsecurity.mail.',
  `
date                  @timestamp          date
msg_id                event.id            text
message_id            email.message_id    text
subject               email.subject       text
reason                event.reason        text
source_ip             source              side
destination_ip        destination         side
source_hostname       hornetsecurity.source_hostname  text
owner                 email.to.address    own
comm_partner          email.from.address  own
direction             email.direction     own
last_remediation_actions  event.action    own
gateway               observer.name       text
`,
);

export default defineSource({
  id: 'hornetsecurity.mail',
  signatures: [
    { kind: 'json', keys: ['smtp_dialog', 'comm_partner'] },
    { kind: 'json', keys: ['smtp_status', 'comm_partner', 'owner_domain'] },
    { kind: 'json', keys: ['smtp_status_code', 'msg_id', 'gateway'] },
  ],
  parse({ json }, doc) {
    if (json === undefined) return 'rejected';
    TABLE.put(doc, json);
    doc['observer.vendor'] = 'Hornetsecurity';
    doc['observer.product'] = 'Mail Protection';
    const incoming = String(json['direction']) !== '2';
    const owner = text(json['owner']);
    const partner = text(json['comm_partner']);
    const [from, to] = incoming ? [partner, owner] : [owner, partner];
    if (from !== undefined) doc['email.from.address'] = [from];
    if (to !== undefined) doc['email.to.address'] = [to];
    doc['email.direction'] = incoming ? 'inbound' : 'outbound';
    doc['event.action'] = text(json['last_remediation_actions']) ?? 'No action';
    categorise(doc, { ...WHAT.mail, action: String(doc['event.action']) });
    return 'parsed';
  },
});
