import type { EcsFields } from '@vigie/contracts';
import { categorise, type EventCategory, type EventOutcome, type EventType } from '../../kit/categorise.ts';
import { type Cef, parseCef } from '../../kit/cef.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
import type { ParseInput } from '../../kit/source.ts';
import { VENDOR } from './writers.ts';

const TABLE = fieldTable(
  VENDOR,
  `
  deviceExternalId      observer.serial_number  text
  dvc                   observer.ip             own
  ESAMID                email.local_id          text
  suser                 email.sender.address    own
  ESAFriendlyFrom       email.from.address      own
  duser                 email.to.address        own
  ESAReplyTo            email.reply_to.address  own
  msg                   email.subject           own
  subject               email.subject           own
  startTime             event.start             own
  endTime               event.end               own
  sourceAddress         source                  side
  src                   source                  side
  sourceHostName        source.domain           domain
  shost                 source.domain           domain
  destinationAddress    destination             side
  deviceDirection       email.direction         own
  act                   event.action            own
  ESAFinalActionDetails event.reason            text
  ESATLSInProtocol      tls.version             tls-version+
  ESATLSInCipher        tls.cipher              text+
  ESAAttachmentDetails  email.attachments       own
  cs1Label              -                       own
  cs2Label              -                       own
  cs3Label              -                       own
  cs4Label              -                       own
  cs5Label              -                       own
  cs6Label              -                       own
  cfp1Label             -                       own
  cfp2Label             -                       own
  cs1                   -                       own
  cs2                   -                       own
  cs3                   -                       own
  cs4                   -                       own
  cs5                   -                       own
  cs6                   -                       own
  cfp1                  -                       own
  cfp2                  -                       own
  `,
);

/** What the appliance did with a message: whether that stopped it. */
const ACTIONS: ReadonlyMap<string, readonly [EventType, EventOutcome]> = new Map<
  string,
  readonly [EventType, EventOutcome]
>([
  ['DELIVERED', ['allowed', 'success']],
  ['QUEUED', ['allowed', 'success']],
  ['DQ', ['allowed', 'success']],
  ['FORWARDED', ['allowed', 'success']],
  ['DROPPED', ['denied', 'failure']],
  ['ABORTED', ['denied', 'failure']],
  ['BOUNCED', ['denied', 'failure']],
  ['QUARANTINED', ['denied', 'failure']],
  ['REJECTED', ['denied', 'failure']],
]);
/** What stands for no value. */
const NOTHING = new Set(['', 'unknown', 'not enabled', 'NA', 'None']);
const BAD = /^(?:POSITIVE|VIRAL|MALICIOUS|REPAIRED|FA_PENDING_MALICIOUS|MATCH_MALICIOUS)$/i;

function addresses(text: string | undefined): string[] | undefined {
  const items: string[] = [];
  for (const item of (text ?? '').split(/[,;]/, 500)) {
    const angle = /<([^<>\s]{1,320})>/.exec(item);
    const bare = (angle?.[1] ?? item).trim().replace(/^["']|["']$/g, '');
    if (bare !== '' && bare.includes('@')) items.push(bare);
  }
  return items.length === 0 ? undefined : items;
}

const unquote = (text: string): string =>
  text
    .trim()
    .replace(/^'(.*)'$/s, '$1')
    .replace(/^"(.*)"$/s, '$1');

/** `{'invoice.pdf': {'AMP': {'Verdict': 'FILE UNKNOWN', 'fileHash': '…'}, …}}`: attachments, as Python prints them. */
function putAttachments(doc: EcsFields, text: string): void {
  const names: string[] = [];
  const hashes: string[] = [];
  const shown = text.slice(0, 16_384);
  for (const match of shown.matchAll(/'([^']{1,255})': \{'(?:AMP|BodyScanner)'/g))
    if (names.length < 100) names.push(match[1]!);
  for (const match of shown.matchAll(/'fileHash': '([0-9a-fA-F]{64})'/g))
    if (hashes.length < 100) hashes.push(match[1]!.toLowerCase());
  if (names.length > 0) doc['email.attachments.file.name'] = names;
  if (hashes.length > 0) doc['email.attachments.file.hash.sha256'] = hashes;
}

/** Custom fields by the names that their labels give them. */
function putLabelled(doc: EcsFields, extension: Cef['extension']): void {
  for (const key of ['cs1', 'cs2', 'cs3', 'cs4', 'cs5', 'cs6', 'cfp1', 'cfp2']) {
    const value = extension.get(key);
    const label = extension.get(`${key}Label`);
    if (value === undefined || NOTHING.has(value) || label === undefined || !/^[\w ]{1,48}$/.test(label))
      continue;
    if (label === 'ExternalMsgID') {
      const id = unquote(value).replace(/^<|>$/g, '');
      if (id !== '') doc['email.message_id'] = id;
    } else if (label === 'MailPolicy') doc['rule.ruleset'] = value;
    else doc[VENDOR + label.replaceAll(' ', '_')] = value;
  }
}

/**
 * Reads a record of the consolidated event log: one line a message, with all verdicts.
 *
 * @returns whether there is one
 */
export function readConsolidated(input: ParseInput, doc: EcsFields): boolean {
  const cef = parseCef(input.text);
  if (cef === undefined || cef.vendor !== 'Cisco' || cef.signatureId !== 'ESA_CONSOLIDATED_LOG_EVENT')
    return false;
  const { extension } = cef;
  for (const [key, value] of extension) if (!NOTHING.has(value)) TABLE.put(doc, key, value);
  if (cef.deviceVersion !== '') doc['observer.version'] = cef.deviceVersion;
  doc['event.code'] = cef.signatureId;
  const device = parseIp(extension.get('dvc') ?? '');
  if (device !== undefined) doc['observer.ip'] = [device];

  const envelope = addresses(extension.get('suser'));
  const from = addresses(extension.get('ESAFriendlyFrom')) ?? envelope;
  if (from !== undefined) doc['email.from.address'] = from;
  if (envelope !== undefined && envelope[0] !== from?.[0]) doc['email.sender.address'] = envelope[0]!;
  const to = addresses(extension.get('duser'));
  if (to !== undefined) doc['email.to.address'] = to;
  const reply = addresses(extension.get('ESAReplyTo'));
  if (reply !== undefined) doc['email.reply_to.address'] = reply;
  const subject = extension.get('msg') ?? extension.get('subject');
  if (subject !== undefined && unquote(subject) !== '') doc['email.subject'] = unquote(subject);
  const direction = extension.get('deviceDirection');
  if (direction === '0' || direction === '1')
    doc['email.direction'] = direction === '0' ? 'inbound' : 'outbound';
  putAttachments(doc, extension.get('ESAAttachmentDetails') ?? '');
  putLabelled(doc, extension);

  const start = parseDate(extension.get('startTime') ?? '', input);
  const end = parseDate(extension.get('endTime') ?? '', input);
  putDate(doc, 'event.start', start);
  putDate(doc, 'event.end', end);
  const before = /^\w{3} (\w{3} {1,2}\d{1,2} \d{2}:\d{2}:\d{2} \d{4}): /.exec(input.text);
  const written = before === null ? undefined : parseDate(before[1]!, input);
  if (written !== undefined || input.syslog?.time === undefined)
    putDate(doc, '@timestamp', written ?? end ?? start);
  putMeaning(doc, extension);
  return true;
}

function putMeaning(doc: EcsFields, extension: Cef['extension']): void {
  const action = extension.get('act')?.toUpperCase();
  const known = action === undefined ? undefined : ACTIONS.get(action);
  const category: EventCategory[] = ['email'];
  const virus =
    BAD.test(extension.get('ESAAVVerdict') ?? '') || BAD.test(extension.get('ESAAMPVerdict') ?? '');
  if (virus) category.push('malware');
  const spam = BAD.test(extension.get('ESAASVerdict') ?? '') || BAD.test(extension.get('ESAOFVerdict') ?? '');
  if (virus || spam) doc['event.kind'] = 'alert';
  categorise(doc, {
    category,
    type: known === undefined ? ['info'] : ['info', known[0]],
    ...(known === undefined ? {} : { outcome: known[1] }),
    ...(action === undefined ? {} : { action: action.toLowerCase() }),
  });
}
