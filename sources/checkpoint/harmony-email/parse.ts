import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { putHash } from '../../kit/hash.ts';
import { parseIp } from '../../kit/ip.ts';
import { at, object, objects, strings, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';

const VENDOR = 'checkpoint.harmony-email.';

/** The security event as it is exported, below `event.security_event`. */
const EVENT = jsonTable(
  VENDOR,
  `
time                                        @timestamp            date
entity_info.entity_created                  event.start           own
entity_info.entity_reporter                 observer.name         text
entity_info.customer_domain                 organization.name     text
entity_info.customer_region                 cloud.region          text
entity_info.entity_id                       event.id              text
entity_payload.description_text             event.reason          text
entity_payload.description                  event.reason          own
entity_payload.description_short            event.reason          own
entity_payload.description_tooltips         event.reason          own
entity_payload.matched_security_tool        event.provider        text
entity_payload.severity                     event.severity        long
entity_payload.policy_rule_id               rule.id               text
saas_info.saas_actor_payload.email          user.email            own
saas_info.saas_actor_payload.full_name      user.full_name        own
saas_info.saas_actor_payload.entity_id      user.id               own
`,
);

/** The mail or file that the event is about, below `event.entity`. */
const ENTITY = jsonTable(
  `${VENDOR}entity.`,
  `
entity_payload.from_email                   email.from.address           text
entity_payload.recipients                   email.to.address             text
entity_payload.to                           email.to.address             own
entity_payload.cc                           email.cc.address             text
entity_payload.bcc                          email.bcc.address            text
entity_payload.reply_to_email               email.reply_to.address       text
entity_payload.subject                      email.subject                text
entity_payload.internet_message_id          email.message_id             text
entity_payload.network_message_id           email.local_id               text
entity_payload.sent_datetime                email.origination_timestamp  date
entity_payload.body_content_type            email.content_type           own
entity_payload.sender_client_ip             source                       own
`,
);

/** An item of the events API (`/event/query`), which is flat. */
const ITEM = jsonTable(
  VENDOR,
  `
eventId              event.id          text
eventCreated         @timestamp        date
description          event.reason      text
severity             event.severity    severity
customerId           organization.name text
senderAddress        email.from.address text
`,
);

/** Security events by their type, with the spellings of export and API. */
function whatOf(type: string): Categorisation {
  const word = type.toLowerCase().replace(/[\s_-]+/g, '');
  if (word.includes('malware')) return { category: ['email', 'malware'], type: ['info'] };
  if (word.includes('phish') || word.includes('maliciousurl'))
    return { category: ['email', 'threat'], type: ['indicator'] };
  if (word.includes('anomal') || word.includes('accounttakeover'))
    return { category: ['iam'], type: ['info'] };
  return WHAT.mail;
}

function putEntity(doc: EcsFields, entity: JsonObject): void {
  ENTITY.put(doc, entity);
  const payload = object(entity['entity_payload']) ?? {};
  const ip = parseIp(text(payload['sender_client_ip']) ?? '');
  if (ip !== undefined && ip !== '0.0.0.0') {
    doc['source.ip'] = ip;
    doc['source.address'] = ip;
  }
  const direction =
    payload['is_internal'] === true
      ? 'internal'
      : payload['is_incoming'] === true
        ? 'inbound'
        : payload['is_outgoing'] === true
          ? 'outbound'
          : undefined;
  put(doc, 'email.direction', direction);
  const names: string[] = [];
  for (const file of objects(payload['attachments'])) {
    const name = text(file['name']) ?? text(file['filename']);
    if (name !== undefined) names.push(name);
    putHash(doc, 'file.hash', text(file['sha256']) ?? text(file['md5']));
  }
  if (names.length > 0) doc['email.attachments.file.name'] = names;
  putUrl(doc, strings(payload['email_links'])[0]);
  for (const found of objects(at(entity, 'entity_security_result', 'dlp')))
    put(doc, 'rule.description', text(found['status_description']));
}

function parse({ json }: ParseInput, doc: EcsFields): ParseOutcome {
  if (json === undefined) return 'rejected';
  // Shippers that send `event` as Splunk's envelope leave what is in it.
  const outer = object(json['event']) ?? json;
  const event = object(outer['security_event']);
  let type: string | undefined;
  let action: string | undefined;
  if (event !== undefined) {
    const { security_event_action: actions, ...rest } = event;
    EVENT.put(doc, rest);
    type = text(at(event, 'entity_payload', 'category'));
    action = text(objects(actions)[0]?.['action_type']);
    const entity = object(outer['entity']);
    if (entity !== undefined) putEntity(doc, entity);
    // Whose mailbox or account it is: the sender of what went out, the receiver of what came in.
    const actor = object(at(event, 'saas_info', 'saas_actor_payload'));
    const side = doc['email.direction'] === 'inbound' ? 'destination.user' : 'source.user';
    if (actor !== undefined) {
      putAccount(doc, side, text(actor['email']));
      put(doc, `${side}.full_name`, text(actor['full_name']));
      put(doc, `${side}.id`, text(actor['entity_id']));
    }
  } else if (json['confidenceIndicator'] !== undefined) {
    ITEM.put(doc, json);
    type = text(json['type']);
    action = text(objects(json['actions'])[0]?.['actionType']);
  } else return 'rejected';
  putObserver(doc, { vendor: 'Check Point', product: 'Harmony Email and Collaboration' });
  doc['event.kind'] = 'alert';
  categorise(doc, whatOf(type ?? ''));
  put(doc, 'event.action', action ?? type);
  return 'parsed';
}

/** Check Point Harmony Email & Collaboration: security events, exported or of the API. */
export default defineSource({
  id: 'checkpoint.harmony-email',
  signatures: [
    {
      kind: 'json',
      keys: ['event'],
      test: (json) => object(at(json, 'event', 'security_event', 'entity_payload')) !== undefined,
    },
    {
      kind: 'json',
      keys: ['security_event'],
      test: (json) => object(at(json, 'security_event', 'entity_payload')) !== undefined,
    },
    { kind: 'json', keys: ['eventId', 'confidenceIndicator', 'entityId', 'saas'] },
  ],
  parse,
});
