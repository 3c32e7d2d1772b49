import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { putFile } from '../../kit/file.ts';
import { putHash } from '../../kit/hash.ts';
import { parseIp } from '../../kit/ip.ts';
import { type Pairs, parseKeyValue } from '../../kit/key-value.ts';
import { type Observer, putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putUrl } from '../../kit/url.ts';

const VENDOR = 'fortinet.fortimail.';
const OBSERVER: Observer = { vendor: 'Fortinet', product: 'FortiMail', type: 'mail-gateway' };

/** Keys of the log reference. */
const TABLE = fieldTable(
  VENDOR,
  `
  date            @timestamp            own
  time            @timestamp            own
  device_id       observer.serial_number  text
  log_id          event.code            text
  pri             log.level             text
  client_name     source.domain         text
  client_ip       source                side
  client_cc       source.geo.country_iso_code  country
  dst_ip          destination           side
  from            email.from.address    list
  hfrom           email.sender.address  text
  to              email.to.address      list
  subject         email.subject         text
  message_id      email.message_id      text
  msg             message               own
  user            user.name             own
  action          event.action          own
  direction       network.direction     direction
  virus           rule.name             own
  disposition     event.action          own
  attach_name     email.attachments.file.name  list
  polid           rule.id               text
  classifier      rule.category         text
  `,
);

/** Pairs of the message of a mail event: sendmail's own, and its words on TLS. */
const MAIL = fieldTable(
  VENDOR,
  `
  from            email.from.address    own
  to              email.to.address      own
  relay           destination           own
  stat            event.reason          own
  STARTTLS        tls.established       own
  msgid           email.message_id      own
  proto           network.protocol      lower
  version         tls.version           tls-version
  cipher          tls.cipher            text
  cert-subject    tls.server.subject    text
  cert-issuer     tls.server.issuer     text
  verifymsg       event.reason          text
  `,
);

/** Takes `<alice@example.com>` out of its brackets; several are separated by commas. */
function addresses(text: string): string[] {
  const out: string[] = [];
  for (const item of text.split(/[,\s]+/, 100)) {
    const bare = item.replace(/^<|>$/g, '');
    if (bare !== '' && !out.includes(bare)) out.push(bare);
  }
  return out;
}

/** `mail.example.org [192.0.2.25]`, `[192.0.2.25]`: the other server, with its name where it has one. */
function putRelay(doc: EcsFields, side: 'source' | 'destination', relay: string): void {
  const open = relay.indexOf('[');
  const close = relay.indexOf(']', open);
  const name = (open < 0 ? relay : relay.slice(0, open)).trim().split(' ', 1)[0]!;
  const ip = open < 0 ? parseIp(name) : parseIp(relay.slice(open + 1, close < 0 ? undefined : close));
  if (ip !== undefined) doc[side === 'source' ? 'source.ip' : 'destination.ip'] = ip;
  const address = name === '' || name === ip ? ip : name;
  if (address !== undefined) doc[side === 'source' ? 'source.address' : 'destination.address'] = address;
  if (name !== '' && name !== ip) doc[side === 'source' ? 'source.domain' : 'destination.domain'] = name;
}

/** The message of the mail server: `from=<…>, size=…`, `to=<…>, delay=…, stat=Sent (…)`, `STARTTLS=server, …`. */
function putMail(doc: EcsFields, message: string): Categorisation | undefined {
  const isFrom = message.startsWith('from=');
  const isTo = message.startsWith('to=') || message.startsWith('ctladdr=');
  const isTls = message.startsWith('STARTTLS=');
  if (!isFrom && !isTo && !isTls) return undefined;
  const pairs = parseKeyValue(message, { separator: ',' });
  for (const [key, value] of pairs) if (value !== '') MAIL.put(doc, key, value);
  const from = pairs.get('from');
  if (from !== undefined && from !== '') doc['email.from.address'] = addresses(from);
  const to = pairs.get('to');
  if (to !== undefined && to !== '') {
    const end = message.indexOf(', delay=');
    const all = addresses(end > 3 && message.startsWith('to=') ? message.slice(3, end) : to);
    doc['email.to.address'] = all;
    doc['user.email'] = all[0] ?? to;
  }
  const id = pairs.get('msgid');
  if (id !== undefined && id !== '') doc['email.message_id'] = id.replace(/^<|>$/g, '');
  const relay = pairs.get('relay');
  // Who hands a mail over is the source, who takes it the destination.
  const fromClient = isFrom || pairs.get('STARTTLS') === 'server';
  if (relay !== undefined && relay !== '') putRelay(doc, fromClient ? 'source' : 'destination', relay);
  if (isTls) {
    if (pairs.has('cipher')) doc['tls.established'] = true;
    doc[`${VENDOR}starttls`] = pairs.get('STARTTLS')!;
    return { category: ['email', 'network'], type: ['protocol'] };
  }
  const at = message.indexOf('stat=');
  if (at < 0) return WHAT.mail;
  const status = message.slice(at + 5);
  doc['event.reason'] = status;
  if (status.startsWith('Sent')) return { ...WHAT.mail, outcome: 'success' };
  return status.startsWith('Deferred') || status.startsWith('queued')
    ? WHAT.mail
    : { ...WHAT.mail, outcome: 'failure' };
}

const SCANNED = /^(?:File (\S{1,256}) \(checksum: ([0-9A-Fa-f]{5,128})\)|URL (\S{1,4096})) has been scanned/;
const RATING = /\brating=([A-Z_]{2,20})/i;
const WEB_FILTER =
  /identified URL(?:\(category: ([^,)]{1,80})[^)]{0,40}\))?: ([^\s,]{3,2048})(?:, category: ([^,]{1,80}))?/;
const LOGIN = /^(?:User|Admin(?:istrator)?) (\S{1,128}) (?:login|logged in|logged into)\b(.{0,200})/i;

/** What anti-virus, anti-spam and sandbox say. */
function putFinding(doc: EcsFields, message: string): void {
  const scanned = SCANNED.exec(message);
  if (scanned !== null) {
    if (scanned[1] !== undefined) putFile(doc, scanned[1]);
    if (scanned[2] !== undefined && !putHash(doc, 'file.hash', scanned[2]))
      doc[`${VENDOR}checksum`] = scanned[2];
    putUrl(doc, scanned[3]);
    const rating = RATING.exec(message);
    if (rating !== null) doc[`${VENDOR}rating`] = rating[1]!;
  }
  const web = WEB_FILTER.exec(message);
  if (web !== null) {
    putUrl(doc, web[2]!.replace(/[.,]+$/, ''));
    doc['url.full'] ??= doc['url.original']!;
    const category = web[1] ?? web[3];
    if (category !== undefined) doc['rule.category'] = category;
  }
}

function categoryOf(doc: EcsFields, pairs: Pairs, message: string): Categorisation | undefined {
  const type = pairs.get('type');
  switch (type) {
    case 'virus':
      putFinding(doc, message);
      return { category: ['email', 'malware'], type: ['info'] };
    case 'spam':
      putFinding(doc, message);
      return WHAT.mail;
    case 'statistics':
    case 'encrypt':
      return WHAT.mail;
    case 'alert':
    case 'kevent':
      return pairs.get('subtype') === 'dns' ? WHAT.dns : WHAT.hostInfo;
    case 'event': {
      const mail = putMail(doc, message);
      if (mail !== undefined) return mail;
      const login = LOGIN.exec(message);
      if (login !== null) {
        doc['user.name'] = login[1]!;
        const failed = /fail|denied|invalid/i.test(login[2]!) || pairs.get('status') === 'failure';
        return { ...WHAT.login, outcome: failed ? 'failure' : 'success' };
      }
      return pairs.get('subtype') === 'config' ? WHAT.configurationChanged : WHAT.hostInfo;
    }
    default:
      return undefined;
  }
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const pairs = parseKeyValue(input.text);
  if (!pairs.has('log_id') || !pairs.has('type')) return 'rejected';
  putObserver(doc, OBSERVER);
  for (const [key, value] of pairs) if (value !== '' && value !== 'N/A') TABLE.put(doc, key, value);
  const name = doc['source.domain'];
  if (name !== undefined) doc['source.address'] = name;
  const date = pairs.get('date');
  const time = pairs.get('time');
  if (date !== undefined && time !== undefined)
    putDate(doc, '@timestamp', parseDate(`${date} ${time}`, input));
  const user = pairs.get('user');
  // `mail` is the mail server itself.
  if (user !== undefined && user !== '' && user !== 'mail') doc['user.name'] = user;
  const action = pairs.get('action') ?? pairs.get('disposition');
  if (action !== undefined && action !== '') doc['event.action'] = action;
  const virus = pairs.get('virus');
  if (virus !== undefined && virus !== '') doc['rule.name'] = virus;
  const message = pairs.get('msg')?.trim() ?? '';
  if (message !== '') doc['message'] = message;
  const what = categoryOf(doc, pairs, message);
  categorise(doc, what ?? WHAT.hostInfo);
  const disposition = pairs.get('disposition');
  if (disposition !== undefined && /reject|discard|quarantine|block/i.test(disposition))
    doc['event.type'] = ['info', 'denied'];
  const isFinding = pairs.get('type') === 'virus' || pairs.get('type') === 'spam';
  // What the sandbox found clean is no alert.
  doc['event.kind'] = isFinding && doc[`${VENDOR}rating`] !== 'CLEAN' ? 'alert' : 'event';
  return what === undefined ? 'partial' : 'parsed';
}

/** FortiGate of old releases and FortiMail share keys; types and serial numbers tell them apart. */
const MARK = /\btype="?(?:event|spam|virus|statistics|encrypt|kevent|alert)"?(?: |$)/;

/** Fortinet FortiMail, version 5 to 7.6. */
export default defineSource({
  id: 'fortinet.fortimail',
  signatures: [
    {
      kind: 'text',
      literals: ['device_id=', 'log_id=', 'type=', 'pri='],
      test: (input) => MARK.test(input.text) && !/\bdevice_id="?F[GW]/.test(input.text),
    },
  ],
  parse,
});
