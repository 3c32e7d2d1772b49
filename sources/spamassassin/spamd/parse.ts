import type { EcsFields } from '@vigie/contracts';
import { isHostName } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toFloat, toLong } from '../../kit/types.ts';

/** `result: Y 12 - RULE,RULE scantime=…,size=…,user=…`: verdict, score, rules that hit, pairs. */
const RESULT = /^result: ([.Y]) (-?\d{1,5}(?:\.\d{1,3})?) - (\S{0,8000}) ?(scantime=.*)$/s;
const CONNECTION =
  /^connection from (\S{1,255}) \[([0-9a-fA-F:.]{2,45})\](?::(\d{1,5}))? (?:to port (\d{1,5})|at port (\d{1,5}))/;
const MESSAGE =
  /^(?:processing|checking) message (<[^\s]{1,998}>|\(unknown\))(?: aka <[^\s]{1,998}>)? for ([^\s:]{1,255})(?::(\d{1,10}))?/;
const VERDICT =
  /^(identified spam|clean message) \((-?\d{1,5}(?:\.\d{1,3})?)\/(-?\d{1,5}(?:\.\d{1,3})?)\) for ([^\s:]{1,255}):(\d{1,10}) in (\d{1,6}(?:\.\d{1,6})?) seconds, (\d{1,12}) bytes/;
const SWITCH = /^setuid to (\S{1,64}) succeeded/;
const DOMAIN = /^dns: new_dns_packet: [^:]{1,80}: (\S{1,255})$/;

function putSender(
  doc: EcsFields,
  name: string | undefined,
  address: string | undefined,
  port?: string,
): void {
  const ip = parseIp(address ?? '');
  if (ip !== undefined) doc['source.ip'] = ip;
  const named = name !== undefined && isHostName(name) && parseIp(name) === undefined;
  if (named) doc['source.domain'] = name;
  const shown = named ? name : ip;
  if (shown !== undefined) doc['source.address'] = shown;
  const number = toLong(port);
  if (number !== undefined && number > 0 && number < 65_536) doc['source.port'] = number;
}

function bare(id: string): string {
  return id.startsWith('<') && id.endsWith('>') ? id.slice(1, -1) : id;
}

function putVerdict(doc: EcsFields, isSpam: boolean, score: string): void {
  doc['spamassassin.spamd.is_spam'] = isSpam;
  const number = toFloat(score);
  if (number !== undefined) doc['spamassassin.spamd.score'] = number;
  doc['event.action'] = isSpam ? 'spam' : 'clean';
}

function readResult(match: RegExpExecArray, doc: EcsFields): void {
  const [, verdict, score, rules, rest] = match as unknown as string[];
  putVerdict(doc, verdict === 'Y', score!);
  if (rules !== '' && rules !== 'none') doc['spamassassin.spamd.rules'] = rules!.split(',', 300);
  const pairs = new Map<string, string>();
  for (const part of rest!.split(',', 50)) {
    const equals = part.indexOf('=');
    if (equals > 0) pairs.set(part.slice(0, equals), part.slice(equals + 1).trim());
  }
  putSender(doc, pairs.get('rhost'), pairs.get('raddr'), pairs.get('rport'));
  const user = pairs.get('user');
  if (user !== undefined && user !== '' && user !== '(unknown)') doc['user.name'] = user;
  const uid = pairs.get('uid');
  if (uid !== undefined && uid !== '') doc['user.id'] = uid;
  const id = pairs.get('mid');
  if (id !== undefined && id !== '' && id !== '(unknown)') doc['email.message_id'] = bare(id);
  for (const key of ['scantime', 'size', 'required_score', 'bayes'] as const) {
    const value = toFloat(pairs.get(key));
    if (value !== undefined) doc[`spamassassin.spamd.${key}`] = value;
  }
  const learned = pairs.get('autolearn');
  if (learned !== undefined && learned !== '') doc['spamassassin.spamd.autolearn'] = learned;
}

function readMessage(text: string, doc: EcsFields): boolean {
  const result = RESULT.exec(text);
  if (result !== null) {
    readResult(result, doc);
    return true;
  }
  const connection = CONNECTION.exec(text);
  if (connection !== null) {
    putSender(doc, connection[1], connection[2], connection[3]);
    const port = toLong(connection[4] ?? connection[5]);
    // The older spelling, `at port`, has the client's port.
    if (port !== undefined) doc[connection[4] === undefined ? 'source.port' : 'destination.port'] = port;
    doc['event.action'] = 'connection';
    return true;
  }
  const message = MESSAGE.exec(text);
  if (message !== null) {
    if (message[1] !== '(unknown)') doc['email.message_id'] = bare(message[1]!);
    doc['user.name'] = message[2]!;
    if (message[3] !== undefined) doc['user.id'] = message[3];
    doc['event.action'] = 'processing';
    return true;
  }
  const verdict = VERDICT.exec(text);
  if (verdict !== null) {
    putVerdict(doc, verdict[1] === 'identified spam', verdict[2]!);
    doc['spamassassin.spamd.required_score'] = Number(verdict[3]);
    doc['user.name'] = verdict[4]!;
    doc['user.id'] = verdict[5]!;
    doc['spamassassin.spamd.scantime'] = Number(verdict[6]);
    doc['spamassassin.spamd.size'] = Number(verdict[7]);
    return true;
  }
  const other = DOMAIN.exec(text);
  if (other !== null) {
    // A name in a packet that was asked or answered; no machine that took part.
    doc['dns.question.name'] = other[1]!;
    doc['event.action'] = 'dns';
    return true;
  }
  const user = SWITCH.exec(text)?.[1];
  if (user !== undefined) {
    doc['user.name'] = user;
    doc['event.action'] = 'setuid';
    return true;
  }
  return /^prefork: |^handled cleanup |^server (?:started|pid|hit|killed|successfully)/.test(text);
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  let text = input.text.trim();
  const isSpamd = input.syslog?.app?.toLowerCase() === 'spamd';
  if (text.startsWith('spamd: ')) text = text.slice(7);
  else if (!isSpamd && !text.startsWith('dns: new_dns_packet: ')) return 'rejected';
  const known = readMessage(text, doc);
  doc['event.category'] = ['email'];
  doc['event.type'] = ['info'];
  doc['network.protocol'] = 'smtp';
  doc['message'] = input.text.trim();
  const pid = toLong(input.syslog?.procid);
  if (pid !== undefined) doc['process.pid'] = pid;
  doc['process.name'] = 'spamd';
  return known ? 'parsed' : 'partial';
}

/** SpamAssassin's daemon: connections, messages and verdicts. */
export default defineSource({
  id: 'spamassassin.spamd',
  signatures: [
    { kind: 'app', names: ['spamd', 'spamd child'] },
    { kind: 'text', prefix: 'spamd: ' },
    { kind: 'text', prefix: 'dns: new_dns_packet: ' },
  ],
  parse,
});
