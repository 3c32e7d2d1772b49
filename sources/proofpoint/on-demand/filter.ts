import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { verdictOf } from '../../kit/verdict.ts';
import { VENDOR } from './message.ts';

const TABLE = fieldTable(
  VENDOR,
  `
  s          proofpoint.on-demand.session  text
  x          event.id                      text
  ip         source                        endpoint
  hops-ip    source                        endpoint
  host       source.domain                 domain
  reverse    source.domain                 domain
  lip        destination                   endpoint
  prot       network.protocol              own
  qid        email.local_id                text
  hdr_mid    email.message_id              own
  subject    email.subject                 text
  from       email.from.address            list
  module     rule.category                 text
  rule       rule.name                     text
  action     event.action                  own
  value      email.address                 own
  file       email.attachments.file.name   list
  sha256     email.attachments.file.hash.sha256  list
  md5        email.attachments.file.hash.md5     list
  mime       email.attachments.file.mime_type    list
  name       threat.software.name          text
  cipher     tls.cipher                    text
  result     event.outcome                 own
  domain     proofpoint.on-demand.domain   text
  `,
);

/** `rprt s=… mod=… cmd=…`, the reports of the filter; `info`, `warn` and `err` carry the same pairs. */
export const FILTER = /^(?:rprt|info|warn|err|note|verb|dbug)\s{1,4}(?=(?:s|eid|pid|mod|m|x|type)=)/;

const COMMANDS: Readonly<Record<string, Categorisation>> = {
  connect: { category: ['network', 'email'], type: ['connection', 'start'] },
  disconnect: { category: ['network', 'email'], type: ['connection', 'end'] },
};

/** Reads a line of the filter log of Protection Server; false where it is none. */
export function readFilter(line: string, doc: EcsFields): boolean {
  const head = FILTER.exec(line.slice(0, 40));
  if (head === null) return false;
  const pairs = parseKeyValue(line.slice(head[0].length), { limit: 120 });
  if (!pairs.has('mod') && !pairs.has('cmd')) return false;
  for (const [key, value] of pairs) if (value !== '') TABLE.put(doc, key, value);
  const module = pairs.get('mod') ?? '';
  const command = pairs.get('cmd') ?? '';
  const id = pairs.get('hdr_mid');
  if (id !== undefined && id !== '') doc['email.message_id'] = id.replace(/^<|>$/g, '');
  const value = pairs.get('value');
  if (command === 'env_from' && value) doc['email.sender.address'] = value;
  if (command === 'env_rcpt' && value) doc['email.to.address'] = [value];
  const action = pairs.get('action');
  doc['event.action'] = action || command || module;
  doc['network.protocol'] = 'smtp';
  const verdict = verdictOf(action === 'discard' ? 'drop' : action === 'continue' ? 'allow' : action);
  const isVirus = module === 'av' && (pairs.get('name') ?? '') !== '';
  categorise(doc, {
    ...(isVirus ? { category: ['email', 'malware'], type: ['info'] } : (COMMANDS[command] ?? WHAT.mail)),
    ...(verdict === undefined ? {} : { type: ['info', verdict] }),
  });
  if (isVirus) doc['event.kind'] = 'alert';
  if (module !== '') doc[`${VENDOR}mod`] = module;
  return true;
}
