import type { EcsFields, JsonObject } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { at, objects, strings, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { putTlsVersion } from '../../kit/tls.ts';
import { put, putEndpoint, putList } from '../../kit/types.ts';
import { verdictOf } from '../../kit/verdict.ts';

/** Prefix of what has no ECS field. */
export const VENDOR = 'proofpoint.on-demand.';

/** Members of `message`, `maillog` and `audit` records of the log interface. */
const TABLE = jsonTable(
  VENDOR,
  `
ts                              @timestamp                         date
guid                            event.id                           text
id                              event.id                           text
pps.agent                       observer.name                      text
pps.version                     observer.version                   text
pps.cid                         organization.id                    text
connection.ip                   source                             side
connection.host                 source.domain                      domain
connection.country              source.geo.country_iso_code        own
connection.protocol             network.protocol                   own
connection.tls.inbound.cipher   tls.cipher                         text
connection.tls.inbound.version  tls.version                        own
envelope.from                   email.sender.address               text
envelope.rcpts                  email.to.address                   text
msg.parsedAddresses.from        email.from.address                 text
msg.parsedAddresses.cc          email.cc.address                   text
msg.header.message-id           email.message_id                   own
msg.header.subject              email.subject                      text
msg.normalizedHeader.subject    email.subject                      text
msg.header.reply-to             email.reply_to.address             own
msg.header.x-mailer             email.x_mailer                     text
msgParts.detectedName           email.attachments.file.name        own
msgParts.labeledName            email.attachments.file.name        own
msgParts.md5                    email.attachments.file.hash.md5    own
msgParts.sha256                 email.attachments.file.hash.sha256  own
msgParts.detectedMime           email.attachments.file.mime_type   own
filter.qid                      email.local_id                     text
filter.disposition              event.action                       text
filter.routeDirection           email.direction                    own
filter.quarantine.rule          rule.name                          text
filter.quarantine.module        rule.category                      text
filter.startTime                event.start                        date
sm.qid                          email.local_id                     text
sm.from                         email.sender.address               own
sm.to                           email.to.address                   own
sm.msgid                        email.message_id                   own
sm.stat                         event.reason                       text
tls.cipher                      tls.cipher                         own
tls.version                     tls.version                        own
data                            message                            text
audit.action                    event.action                       text
audit.level                     log.level                          lower
audit.user.email                user                               account
audit.user.id                   user.id                            text
audit.user.ipAddress            source                             side
`,
);

const bare = (address: string): string => {
  const open = address.lastIndexOf('<');
  const close = address.indexOf('>', open);
  return open >= 0 && close > open ? address.slice(open + 1, close) : address.trim();
};

const all = (value: unknown): string[] =>
  (typeof value === 'string' ? [value] : strings(value)).slice(0, 200);

/** Parts that came attached; the text of the message itself has no name and is no attachment. */
function putAttachments(doc: EcsFields, json: JsonObject): void {
  const names: string[] = [];
  const md5: string[] = [];
  const sha256: string[] = [];
  const types: string[] = [];
  for (const part of objects(json['msgParts']).slice(0, 100)) {
    if (text(part['disposition']) === 'inline' || part['isVirtual'] === true) continue;
    const name = text(part['labeledName']) ?? text(part['detectedName']);
    if (name === undefined) continue;
    names.push(name);
    for (const [list, key] of [
      [md5, 'md5'],
      [sha256, 'sha256'],
      [types, 'detectedMime'],
    ] as const) {
      const value = text(part[key]);
      if (value !== undefined) list.push(value);
    }
  }
  putList(doc, 'email.attachments.file.name', names);
  putList(doc, 'email.attachments.file.hash.md5', md5);
  putList(doc, 'email.attachments.file.hash.sha256', sha256);
  putList(doc, 'email.attachments.file.mime_type', types);
}

const DIRECTIONS = new Set(['inbound', 'outbound', 'internal']);

/** What the filters said, by whichever of them has an opinion. */
function isHostile(json: JsonObject): boolean {
  const viruses = strings(at(json, 'filter', 'modules', 'av', 'virusNames'));
  const spam = text(at(json, 'filter', 'modules', 'spam', 'triggeredClassifier'));
  const sandbox = text(at(json, 'filter', 'modules', 'sandbox', 'sandboxStatus')) ?? '';
  return viruses.length > 0 || /phish|malware|impostor/i.test(spam ?? '') || /threat/i.test(sandbox);
}

/** Reads a record of the log interface; false where it is none. */
export function readRecord(json: JsonObject, doc: EcsFields): boolean {
  const isMessage = Object.hasOwn(json, 'filter') || Object.hasOwn(json, 'envelope');
  const isTransfer = Object.hasOwn(json, 'sm');
  const isAudit = Object.hasOwn(json, 'audit');
  if (!isMessage && !isTransfer && !isAudit) return false;
  TABLE.put(doc, json);
  if (isAudit) {
    categorise(doc, WHAT.configurationChanged);
    doc['event.dataset'] = 'proofpoint.on-demand.audit';
    return true;
  }
  const id = all(at(json, 'msg', 'header', 'message-id'))[0] ?? text(at(json, 'sm', 'msgid'));
  if (id !== undefined) doc['email.message_id'] = id.trim().replace(/^<|>$/g, '');
  const replies = all(at(json, 'msg', 'header', 'reply-to')).map(bare);
  putList(doc, 'email.reply_to.address', replies);
  putTlsVersion(doc, text(at(json, 'connection', 'tls', 'inbound', 'version')));
  if (isTransfer) return readTransfer(json, doc);

  doc['event.dataset'] = 'proofpoint.on-demand.message';
  const country = text(at(json, 'connection', 'country'));
  // The service writes `**` where it does not know.
  if (country !== undefined && /^[a-z]{2}$/i.test(country))
    doc['source.geo.country_iso_code'] = country.toUpperCase();
  const direction = text(at(json, 'filter', 'routeDirection'));
  if (direction !== undefined && DIRECTIONS.has(direction)) doc['email.direction'] = direction;
  doc['network.protocol'] = 'smtp';
  if (doc['email.from.address'] === undefined)
    putList(doc, 'email.from.address', all(at(json, 'msg', 'header', 'from')).map(bare));
  putAttachments(doc, json);
  const disposition = text(at(json, 'filter', 'disposition'));
  const isHeld = text(at(json, 'filter', 'quarantine', 'folder')) !== undefined;
  const verdict = isHeld
    ? 'denied'
    : disposition === 'continue'
      ? 'allowed'
      : verdictOf(disposition === 'discard' ? 'drop' : disposition);
  categorise(doc, { ...WHAT.mail, type: verdict === undefined ? ['info'] : ['info', verdict] });
  const virus = strings(at(json, 'filter', 'modules', 'av', 'virusNames'))[0];
  put(doc, 'threat.software.name', virus);
  if (virus !== undefined) doc['event.category'] = ['email', 'malware'];
  if (isHostile(json)) doc['event.kind'] = 'alert';
  return true;
}

function readTransfer(json: JsonObject, doc: EcsFields): boolean {
  doc['event.dataset'] = 'proofpoint.on-demand.maillog';
  const from = text(at(json, 'sm', 'from'));
  if (from !== undefined && from !== '<>') doc['email.sender.address'] = bare(from);
  putList(doc, 'email.to.address', all(at(json, 'sm', 'to')).map(bare));
  const version = text(at(json, 'tls', 'version'));
  const cipher = text(at(json, 'tls', 'cipher'));
  if (version !== undefined && version !== 'NONE') putTlsVersion(doc, version);
  if (cipher !== undefined && cipher !== 'NONE') doc['tls.cipher'] = cipher;
  // `mx.example.net [198.51.100.9]`: who handed it over, or whom it was handed to.
  const relay = /^(\S{0,255})\s?\[([0-9A-Fa-f:.]{2,45})\]/.exec(text(at(json, 'sm', 'relay')) ?? '');
  if (relay !== null) {
    const side = from === undefined ? 'destination' : 'source';
    putEndpoint(doc, side, relay[2]);
    if (relay[1] !== '') doc[`${side}.domain`] = relay[1]!.replace(/\.$/, '');
  }
  const stat = text(at(json, 'sm', 'stat'));
  categorise(doc, {
    ...WHAT.mail,
    action: from === undefined ? 'delivery' : 'received',
    ...(stat === undefined ? {} : { outcome: /^(?:Sent|queued)/i.test(stat) ? 'success' : 'failure' }),
  });
  return true;
}
