import type { EcsFields } from '@vigie/contracts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';
import { ASM, readAsm } from './asm.ts';
import { readCef } from './cef.ts';
import { NUMBER, putNumber, readNumbered } from './numbered.ts';
import { readAccess, readOther, readRule, readSecurityEvent } from './system.ts';

/** Level and process that BIG-IP's own syslog puts behind the host; relays change the level's word. */
const TAG = /^(?:([a-z]{3,11}) )?([a-z][a-z0-9_.-]{1,30})(?:\[(\d{1,10})\])?: /;
const LEVELS: ReadonlySet<string> = new Set(
  'emerg emergency alert crit critical err error warning notice info debug'.split(' '),
);

/** The message behind level, process and number. */
function strip(text: string): { message: string; process?: string; pid?: string; number?: RegExpExecArray } {
  let message = text.trim();
  const tag = TAG.exec(message);
  const isTag =
    tag !== null &&
    (tag[3] !== undefined || (tag[1] !== undefined && LEVELS.has(tag[1]))) &&
    // A word that is no level is one only in front of a number.
    (tag[1] === undefined || LEVELS.has(tag[1]) || NUMBER.test(message.slice(tag[0].length)));
  if (isTag) message = message.slice(tag[0].length);
  const number = NUMBER.exec(message);
  if (number !== null) message = message.slice(number[0].length);
  return {
    message,
    ...(isTag ? { process: tag[2]!, pid: tag[3] } : {}),
    ...(number === null ? {} : { number }),
  };
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  if (readAsm(input, doc)) {
    doc['observer.vendor'] = 'F5';
    doc['observer.product'] = 'BIG-IP';
    const name = input.syslog?.hostname;
    if (name !== undefined) doc['observer.name'] = name;
    return 'parsed';
  }
  if (input.text.includes('CEF:0|F5|')) return readCef(input, doc) ? 'parsed' : 'rejected';
  const { message, process, pid, number } = strip(input.text);
  let known =
    readAccess(message, doc) ||
    readRule(message, doc) ||
    readSecurityEvent(message, doc) ||
    readOther(message, input, doc);
  const app = input.syslog?.app;
  if (!known && number === undefined) return 'rejected';
  if (!known) known = readNumbered(message, number?.[2], doc);
  if (number !== undefined) putNumber(doc, number[1]!, number[2]!);
  const name = process ?? app;
  if (name !== undefined) doc['process.name'] = name;
  const id = toLong(pid ?? input.syslog?.procid);
  if (id !== undefined) doc['process.pid'] = id;
  doc['message'] = message;
  doc['observer.vendor'] = 'F5';
  doc['observer.product'] = 'BIG-IP';
  const host = input.syslog?.hostname;
  if (host !== undefined) doc['observer.name'] = host;
  return known ? 'parsed' : 'partial';
}

const isNumbered = (input: ParseInput): boolean => strip(input.text.slice(0, 400)).number !== undefined;
const SESSION = /^(?:[0-9a-f]{8}:[0-7]: )?\/\S{1,255}:\S{1,128}:[0-9a-f]{6,8}: /;

/** F5 BIG-IP: ASM, AFM and PSM in CEF, access policies, iRules, the traffic kernel, the audit trail. */
export default defineSource({
  id: 'f5.bigip',
  signatures: [
    { kind: 'text', literals: ['CEF:0|F5|'] },
    ...[
      ['support_id="', 'request_status="'],
      ['ip_client="', 'policy_name="'],
    ].map((literals) => ({
      kind: 'text' as const,
      literals,
      test: ({ text }: ParseInput) => ASM.test(text.trimStart().slice(0, 60)),
    })),
    {
      kind: 'app',
      names: ['tmm', ...Array.from({ length: 32 }, (_, index) => `tmm${index}`)],
    },
    {
      kind: 'app',
      names: [
        'apmd',
        'apd',
        'mcpd',
        'bigd',
        'sod',
        'lind',
        'bd',
        'perl',
        'websso',
        'rba',
        'acctd',
        'gtmd',
        'big3d',
        'alertd',
        'asmlogd',
      ],
      test: isNumbered,
    },
    { kind: 'app', names: ['logger', 'httpd'], test: ({ text }) => text.startsWith('[ssl_req][') },
    {
      kind: 'app',
      names: ['tmsh', 'httpd', 'mcpd', 'notice', 'sshd', 'info', 'audit_forwarder'],
      test: ({ text }) => / ?AUDIT - (?:pid=|user)/.test(text.slice(0, 200)),
    },
    {
      kind: 'text',
      literals: ['AUDIT - pid=', ' cmd_data='],
      test: ({ text }) => / ?AUDIT - pid=/.test(text.slice(0, 200)),
    },
    {
      kind: 'text',
      literals: ['Rule /', ' <', '>: '],
      test: ({ text }) => /^(?:TCL error: )?Rule \/\S{1,255} <[A-Z_]{3,60}>: /.test(text.trimStart()),
    },
    // Any daemon, known by number and level; syslog's readers leave its tag in the text or take it off.
    ...Array.from({ length: 8 }, (_, level) => [
      { kind: 'text' as const, literals: [']: 01', `:${level}: `], test: isNumbered },
      { kind: 'text' as const, prefix: '01', literals: [`:${level}: `], test: isNumbered },
    ]).flat(),
    ...[
      ": Username '",
      ": Following rule '",
      ': New session from client IP ',
      ': Session deleted ',
      ': Received client info',
      ' ACL: ',
    ].map((literal) => ({
      kind: 'text' as const,
      literals: [':', literal],
      test: (input: ParseInput) =>
        SESSION.test(strip(input.text.slice(0, 1_000)).message) || SESSION.test(input.text),
    })),
    { kind: 'text', literals: ['[SECEV] Request violations: '] },
    { kind: 'text', prefix: '[ssl_req][', literals: ['] '] },
  ],
  parse,
});
