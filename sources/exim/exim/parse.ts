import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { isHostName } from '../../kit/field-table.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putTlsVersion } from '../../kit/tls.ts';
import { toLong } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';

const OWN = 'exim.exim.';
/** `2026-03-01 10:15:02 [4411] 1abcde-0000xx-1y `: date, process and message, each where Exim was told to write it. */
const HEAD =
  /^(?:(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?(?: [+-]\d{4})?) )?(?:\[(\d{1,10})\] )?(?:([A-Za-z0-9]{6}-[A-Za-z0-9]{6,11}-[A-Za-z0-9]{2,4}) )?/;
/** `H=name (helo) [192.0.2.1]:50022`, or the same behind `from`. */
const HOST =
  /(?:H=|from |for )([A-Za-z0-9_.-]{1,255} )?(?:\(([^)\s]{0,255})\) )?\[([0-9A-Fa-f:.]{2,45})\](?::(\d{1,5}))?/;
const PATH = /^(?:<([^>\s]{0,320})>|([^\s<>=]{1,320}))/;
const PAIR = / ([A-Z][A-Za-z]{0,4})=(?:"([^"]{0,1000})"|(\S{1,500}))/g;
const MAX_PAIRS = 40;

/** Marks between a message's number and what happens to it. */
const FLAGS: Readonly<Record<string, Categorisation>> = {
  '<=': { ...WHAT.mail, action: 'message-received', outcome: 'success' },
  '=>': { ...WHAT.mail, action: 'message-delivered', outcome: 'success' },
  '->': { ...WHAT.mail, action: 'message-delivered', outcome: 'success' },
  '>>': { ...WHAT.mail, action: 'message-delivered', outcome: 'success' },
  '*>': { ...WHAT.mail, action: 'delivery-suppressed' },
  '**': { ...WHAT.mail, action: 'message-bounced', outcome: 'failure' },
  '==': { ...WHAT.mail, action: 'message-deferred', outcome: 'failure' },
  '(=': { ...WHAT.mail, action: 'message-fakerejected', outcome: 'failure' },
};

const REFUSED: Categorisation = { ...WHAT.mail, action: 'message-rejected', outcome: 'failure' };
const DROPPED: Categorisation = { ...WHAT.connectionEnd, action: 'connection-dropped' };

/** Sentences without a mark, by words that only they have. */
const SENTENCES: readonly (readonly [RegExp, Categorisation])[] = [
  [/ authenticator failed for /, { ...WHAT.login, action: 'login-failed', outcome: 'failure' }],
  [/ rejected (?:RCPT|MAIL|EHLO|HELO|AUTH|VRFY|EXPN|DATA|after DATA|connection|I?TRN|BDAT)/, REFUSED],
  [/^rejected (?:connection|HELO|EHLO|MAIL|RCPT|AUTH)/, REFUSED],
  [/ rejected from <|^SMTP protocol synchronization error|^SMTP syntax error/, REFUSED],
  [/ temporarily rejected /, REFUSED],
  [/^SMTP call from .{1,300} dropped|^SMTP connection from .{1,300} lost|^unexpected disconnection/, DROPPED],
  [
    /^SMTP connection from .{1,300} closed by|^no MAIL in SMTP connection/,
    { ...DROPPED, action: 'connection-closed' },
  ],
  [/^SMTP connection from /, { ...WHAT.connectionStart, action: 'connection-started' }],
  [/^TLS error|^TLS client disconnected/, { ...WHAT.connection, action: 'tls-error', outcome: 'failure' }],
  [/^Completed/, { ...WHAT.mail, action: 'message-completed', outcome: 'success' }],
  [/^Frozen|^Message is frozen/, { ...WHAT.mail, action: 'message-frozen' }],
  [/^removed by |^cancelled by /, { category: ['email'], type: ['deletion'], action: 'message-removed' }],
  [/^exim .{1,80} daemon started/, { category: ['process'], type: ['start'], action: 'service-started' }],
  [/^Start queue run|^End queue run/, { ...WHAT.hostInfo, action: 'queue-run' }],
];

function putHost(doc: EcsFields, text: string): void {
  const found = HOST.exec(text);
  if (found === null) return;
  const name = found[1]?.trim();
  if (name !== undefined && isHostName(name)) doc['source.domain'] = name;
  if (found[2] !== undefined && found[2] !== '') doc[`${OWN}helo`] = found[2];
  const ip = parseIp(found[3]!);
  if (ip !== undefined) {
    doc['source.address'] = ip;
    doc['source.ip'] = ip;
  }
  const port = parsePort(found[4] ?? '');
  if (port !== undefined) doc['source.port'] = port;
}

/** What stands behind the mark, named by one or two letters. */
function putPairs(doc: EcsFields, text: string): void {
  let left = MAX_PAIRS;
  for (const found of text.matchAll(PAIR)) {
    if (left-- === 0) return;
    const name = found[1]!;
    const value = found[2] ?? found[3]!;
    if (name === 'T') doc[found[2] === undefined ? `${OWN}transport` : 'email.subject'] = value;
    else if (name === 'S') {
      const size = toLong(value);
      if (size !== undefined) doc[`${OWN}size`] = size;
    } else if (name === 'id') doc['email.message_id'] = value;
    else if (name === 'R') doc[`${OWN}router`] = value;
    else if (name === 'P') doc[`${OWN}protocol`] = value;
    else if (name === 'A') {
      const colon = value.indexOf(':');
      if (colon > 0) putAccount(doc, 'user', value.slice(colon + 1));
      doc[`${OWN}authenticator`] = colon > 0 ? value.slice(0, colon) : value;
    } else if (name === 'X') {
      const [version, cipher] = value.split(':', 2);
      putTlsVersion(doc, version!);
      if (cipher !== undefined) doc['tls.cipher'] = cipher;
      doc['tls.established'] = true;
    } else if (name === 'F' && value.startsWith('<')) putFrom(doc, value.slice(1, -1));
    else if (name === 'C') doc['event.reason'] = value;
  }
}

function putFrom(doc: EcsFields, address: string): void {
  if (address.includes('@')) doc['email.from.address'] = [address];
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const app = input.syslog?.app?.toLowerCase();
  const head = HEAD.exec(input.text)!;
  const rest = input.text.slice(head[0].length).trim();
  const flag = Object.hasOwn(FLAGS, rest.slice(0, 2)) && rest[2] === ' ' ? rest.slice(0, 2) : undefined;
  const sentence = flag === undefined ? SENTENCES.find(([pattern]) => pattern.test(rest)) : undefined;
  const isOwn = app === 'exim' || app === 'exim4' || (head[3] !== undefined && head[1] !== undefined);
  if (!isOwn && sentence === undefined) return 'rejected';
  if (head[1] !== undefined) putDate(doc, '@timestamp', parseDate(head[1], input));
  doc['process.name'] = 'exim';
  const pid = toLong(head[2] ?? input.syslog?.procid);
  if (pid !== undefined) doc['process.pid'] = pid;
  if (head[3] !== undefined) doc['email.local_id'] = head[3];
  doc['network.protocol'] = 'smtp';
  doc['message'] = rest;
  if (flag !== undefined) {
    categorise(doc, FLAGS[flag]!);
    const path = PATH.exec(rest.slice(3));
    const address = path?.[1] ?? path?.[2];
    if (address !== undefined && address !== '') {
      if (flag === '<=') putFrom(doc, address);
      else doc['email.to.address'] = [address];
    }
    // The host of a delivery is where the mail goes; only a message that comes in has a source.
    if (flag === '<=') putHost(doc, rest);
    else putDestination(doc, rest);
    if (flag === '**' || flag === '==') {
      const colon = rest.lastIndexOf(': ');
      if (colon > 0) doc['event.reason'] = rest.slice(colon + 2);
    }
    putPairs(doc, rest);
    return 'parsed';
  }
  putHost(doc, rest);
  putPairs(doc, rest);
  if (sentence === undefined) {
    categorise(doc, WHAT.mail);
    return 'partial';
  }
  categorise(doc, sentence[1]);
  const account = /\(set_id=([^)]{1,320})\)/.exec(rest)?.[1];
  if (account !== undefined) putAccount(doc, 'user', account);
  const authenticator = /^(\S{1,64}) authenticator failed/.exec(rest)?.[1];
  if (authenticator !== undefined) doc[`${OWN}authenticator`] = authenticator;
  const recipient = /rejected (?:RCPT|after DATA|DATA)[^<]{0,20}<([^>\s]{1,320})>/.exec(rest)?.[1];
  if (recipient !== undefined) doc['email.to.address'] = [recipient];
  const reason = / rejected [A-Z ]{2,12}[^:]{0,330}: (.{1,500})$/s.exec(rest)?.[1];
  if (reason !== undefined) doc['event.reason'] = reason;
  return 'parsed';
}

function putDestination(doc: EcsFields, text: string): void {
  const found = HOST.exec(text);
  if (found === null) return;
  const name = found[1]?.trim();
  if (name !== undefined && isHostName(name)) doc['destination.domain'] = name;
  const ip = parseIp(found[3]!);
  if (ip === undefined) return;
  doc['destination.address'] = ip;
  doc['destination.ip'] = ip;
}

export default defineSource({
  id: 'exim.exim',
  signatures: [
    { kind: 'app', names: ['exim', 'exim4'] },
    ...[' <= ', ' => ', ' -> ', ' ** ', ' == ', ' Completed'].map((literal) => ({
      kind: 'text' as const,
      literals: [literal],
      test: ({ text }: ParseInput) => {
        const head = HEAD.exec(text);
        return head?.[1] !== undefined && head[3] !== undefined;
      },
    })),
    ...[
      ' authenticator failed for ',
      'SMTP connection from ',
      'SMTP call from ',
      'SMTP protocol synchronization error',
      ' rejected RCPT <',
      ' rejected MAIL <',
      'no MAIL in SMTP connection',
      'unexpected disconnection while reading SMTP',
    ].map((literal) => ({
      kind: 'text' as const,
      literals: [literal],
      test: ({ text }: ParseInput) => HEAD.exec(text)?.[1] !== undefined,
    })),
  ],
  parse,
});
