import type { EcsFields } from '@vigie/contracts';
import { categorise, type EventCategory, type EventType } from '../../kit/categorise.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { type Observer, putObserver, putTotals } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';

const OBSERVER: Observer = { vendor: 'Clavister', product: 'NGFW', type: 'firewall' };

/** Keys of cOS Core's log reference. */
const TABLE = fieldTable(
  'clavister.netwall.',
  `
  id              event.code                       text
  event           event.action                     text
  action          clavister.netwall.action         text
  message         event.reason                     own
  rule            rule.name                        text
  connsrcip       source                           side
  conndestip      destination                      side
  connsrcport     source.port                      port
  conndestport    destination.port                 port
  newconnsrcip    source.nat.ip                    ip
  newconnsrcport  source.nat.port                  port
  newconndestip   destination.nat.ip               own
  newconndestport destination.nat.port             own
  connipproto     network.transport                transport
  srcip           source                           side
  destip          destination                      side
  srcport         source.port                      port
  destport        destination.port                 port
  local_ip        source                           side
  remote_ip       destination                      side
  ipaddr          source                           side
  client_ip       source                           side
  hwsender        source.mac                       mac
  hwdest          destination.mac                  mac
  connrecvif      observer.ingress.interface.name  text
  conndestif      observer.egress.interface.name   text
  recvif          observer.ingress.interface.name  text
  iface           observer.ingress.interface.name  text
  connrecvzone    observer.ingress.zone            text
  conndestzone    observer.egress.zone             text
  recvzone        observer.ingress.zone            text
  origsent        source.bytes                     own
  termsent        destination.bytes                own
  application     network.application              text
  username        user                             account
  user            user                             account
  server          server.ip                        ip
  url             url                              url
  categories      rule.category                    text
  vlanid          network.vlan.id                  text
  reason          clavister.netwall.reason         text
  `,
);

/** Where the words of a message end: at the first key behind it. */
const NEXT_KEY = / [a-z][A-Za-z_0-9]{0,40}=/;

function messageOf(text: string): string | undefined {
  const at = text.indexOf('[message=');
  if (at < 0) return undefined;
  const from = at + 9;
  const close = text.indexOf(' ]', from);
  const body = text.slice(from, close < 0 ? undefined : close);
  const end = body.search(NEXT_KEY);
  return (end < 0 ? body : body.slice(0, end)).trim();
}

function categoryOf(event: string): readonly EventCategory[] {
  if (/^dns_cache/.test(event)) return ['database'];
  if (/session|_server_(?:dis)?connect(?!ed)/.test(event)) return ['session'];
  if (/login|auth/.test(event)) return ['authentication'];
  return ['network'];
}

function typeOf(event: string, action: string | undefined, message: string): EventType {
  if (
    action === 'drop' ||
    action === 'reject' ||
    /_drop|^drop|dropped/.test(event) ||
    /\bdropp(?:ed|ing)\b/i.test(message)
  )
    return 'denied';
  if (/_(?:end|closed?|disconnect(?:ed)?|logout)(?:_|$)/.test(event)) return 'end';
  if (/_(?:open(?:ed)?|connected|created|login)(?:_|$)/.test(event)) return 'start';
  if (/_connecting$/.test(event)) return 'connection';
  if (/^dns_cache/.test(event)) return 'change';
  if (action === 'close' && /^invalid/.test(event)) return 'info';
  return /^invalid|blocked|_denied/.test(event) ? 'denied' : 'info';
}

/** Amounts are written with a suffix where they are large: `52.0`, `1.3 K`. */
function putAmount(doc: EcsFields, field: string, text: string | undefined): void {
  if (text === undefined || !/^\d{1,15}(?:\.0)?$/.test(text)) return;
  doc[field] = Number(text);
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const text = input.text.trim();
  const pairs = parseKeyValue(text.replace(/[[\]]/g, ' '));
  const event = pairs.get('event');
  if (event === undefined || !pairs.has('id')) return 'rejected';
  putObserver(doc, OBSERVER);
  for (const [key, value] of pairs) if (value !== '' && !key.includes('#')) TABLE.put(doc, key, value);
  const translated = pairs.get('newconndestip');
  if (translated !== undefined && translated !== pairs.get('conndestip')) {
    NAT.put(doc, 'ip', translated);
    const port = pairs.get('newconndestport');
    if (port !== undefined && port !== pairs.get('conndestport')) NAT.put(doc, 'port', port);
  }
  putAmount(doc, 'source.bytes', pairs.get('origsent'));
  putAmount(doc, 'destination.bytes', pairs.get('termsent'));
  putTotals(doc);
  const message = messageOf(text) ?? '';
  if (message !== '') doc['event.reason'] = message;
  const action = pairs.get('action');
  const isFailure = /error|unable|failed to/i.test(message.slice(0, 200));
  categorise(doc, {
    category: categoryOf(event),
    type: [typeOf(event, action, message)],
    outcome: isFailure ? 'failure' : undefined,
  });
  doc['event.kind'] = event.endsWith('_statistics') ? 'metric' : 'event';
  return 'parsed';
}

const NAT = fieldTable('clavister.netwall.nat_', 'ip destination.nat.ip ip\n port destination.nat.port port');

/** Clavister NetWall, cOS Core 11 to 15. */
export default defineSource({
  id: 'clavister.netwall',
  signatures: [{ kind: 'text', literals: ['id=', ' event=', '[message='] }],
  parse,
});
