import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toFloat, toLong } from '../../kit/types.ts';

/** `[4711:0] info: `: process, thread, severity. */
const HEAD =
  /^(?:\[(\d{9,10})\] )?(?:unbound)?\[(\d{1,8}):([0-9a-f]{1,4})\] (query|reply|info|debug|notice|warning|error|fatal error): /;
const QUESTION =
  /^([0-9a-fA-F.:]{2,45})(?:@(\d{1,5}))? (\S{1,255}) ([A-Z][A-Z0-9]{0,12}) ([A-Z]{1,8}\d{0,5})(?: ([A-Z]{3,12}) (\d{1,6}\.\d{1,6}) ([01]) (\d{1,6}))?/;
/** `example.com. redirect 10.1.2.3@4711 www.example.com. A IN`: a local zone or a policy zone that hit. */
const ZONE =
  /^(?:(rpz): applied \[([^\]]{1,128})\] )?(\S{1,255}) ([a-z_-]{3,24}) ([0-9a-fA-F.:]{2,45})@(\d{1,5}) (\S{1,255}) ([A-Z][A-Z0-9]{0,12}) ([A-Z]{1,8})/;

function putClient(doc: EcsFields, address: string, port?: string): boolean {
  const ip = parseIp(address);
  if (ip === undefined) return false;
  doc['source.address'] = ip;
  doc['source.ip'] = ip;
  const number = port === undefined ? undefined : parsePort(port);
  if (number !== undefined) doc['source.port'] = number;
  return true;
}

function putQuestion(doc: EcsFields, name: string, type: string, klass: string): void {
  doc['dns.question.name'] = name.length > 1 && name.endsWith('.') ? name.slice(0, -1) : name;
  doc['dns.question.type'] = type;
  doc['dns.question.class'] = klass;
}

function readMessage(level: string, text: string, doc: EcsFields): boolean {
  const question = QUESTION.exec(text);
  if (question !== null && putClient(doc, question[1]!, question[2])) {
    categorise(doc, WHAT.dns);
    putQuestion(doc, question[3]!, question[4]!, question[5]!);
    const code = question[6];
    doc['dns.type'] = code === undefined ? 'query' : 'answer';
    doc['event.action'] = code === undefined ? 'query' : 'reply';
    if (code === undefined) return true;
    doc['dns.response_code'] = code;
    const seconds = toFloat(question[7]);
    if (seconds !== undefined) doc['event.duration'] = Math.round(seconds * 1e6) * 1000;
    doc['nlnetlabs.unbound.from_cache'] = question[8] === '1';
    doc['nlnetlabs.unbound.response_size'] = Number(question[9]);
    return true;
  }
  const zone = ZONE.exec(text);
  if (zone !== null && putClient(doc, zone[5]!, zone[6])) {
    categorise(doc, { category: ['network', 'intrusion_detection'], type: ['protocol'], action: zone[4]! });
    putQuestion(doc, zone[7]!, zone[8]!, zone[9]!);
    doc['dns.type'] = 'query';
    doc['rule.name'] = zone[2] ?? zone[3]!;
    return true;
  }
  categorise(doc, level.endsWith('error') ? WHAT.hostError : WHAT.hostInfo);
  if (level === 'error' || level === 'fatal error' || level === 'warning') {
    const typed = /^([a-z][a-z ]{2,40}): (.*)$/s.exec(text);
    if (typed !== null) doc['error.type'] = typed[1]!;
    doc['error.message'] = typed?.[2] ?? text;
    return true;
  }
  return /^(?:start of service|service stopped|server stats|validation failure|generate keytag|resolving|response for)/.test(
    text,
  );
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const text = input.text.trim();
  const head = HEAD.exec(text);
  if (head === null && input.syslog?.app !== 'unbound') return 'rejected';
  const level = head?.[4] ?? 'info';
  const known = readMessage(level, head === null ? text : text.slice(head[0].length), doc);
  if (head !== null) {
    const pid = toLong(head[2]);
    if (pid !== undefined) doc['process.pid'] = pid;
    const thread = Number.parseInt(head[3]!, 16);
    doc['process.thread.id'] = thread;
    if (head[1] !== undefined) doc['@timestamp'] = new Date(Number(head[1]) * 1000).toISOString();
  }
  doc['process.name'] = 'unbound';
  doc['log.level'] = level === 'query' || level === 'reply' ? 'info' : level;
  if (doc['dns.question.name'] !== undefined) doc['network.protocol'] = 'dns';
  doc['message'] = text;
  return known ? 'parsed' : 'partial';
}

const fits = (input: ParseInput): boolean => HEAD.test(input.text.trimStart());

/** NLnet Labs Unbound: queries, replies, hits of policy zones, errors. */
export default defineSource({
  id: 'nlnetlabs.unbound',
  signatures: [
    { kind: 'app', names: ['unbound'] },
    ...['] info: ', '] query: ', '] reply: ', '] error: ', '] warning: ', '] notice: '].map((literal) => ({
      kind: 'text' as const,
      literals: ['[', ':', literal],
      test: fits,
    })),
  ],
  parse,
});
