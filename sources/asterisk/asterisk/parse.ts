import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { messageTable } from '../../kit/message-table.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';

const OWN = 'asterisk.asterisk.';
/** `[2026-03-01 10:15:02] NOTICE[4411][C-0000001a] chan_sip.c: text`: the messages log. */
const LINE =
  /^\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)\] (NOTICE|WARNING|ERROR|VERBOSE|DEBUG|SECURITY|DTMF|FAX)\[(\d{1,10})\](?:\[([^\]]{1,32})\])?:? (?:([A-Za-z0-9_./-]{1,64}\.c): )?(?:in [a-z_0-9]{1,64}: )?(.*)$/s;
const START = /^\[(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\] Asterisk (\S{1,32}) built by /;
/** FreePBX's own log: `[2026-Mar-01 10:15:02] [INFO] (file:line) - text`, `[…] [freepbx.INFO]: text`. */
const PBX =
  /^\[(\d{4}-[A-Z][a-z]{2}-\d\d \d\d:\d\d:\d\d)\] \[(?:freepbx\.|security\.)?([A-Z]{4,9})\]:? (?:\(([^)]{1,200})\) - )?(.*)$/s;
const BARE = /^(NOTICE|WARNING|ERROR|VERBOSE|SECURITY)\[(\d{1,10})\]/;

const FAILED = { ...WHAT.login, action: 'registration-failed', outcome: 'failure' } as const;
const FROM = "'{source@endpoint}:{source.port@port}'";

const MESSAGES = messageTable(OWN, [
  [`Registration from '{${OWN}peer}' failed for ${FROM} - {event.reason}`, FAILED],
  [`Registration from '{${OWN}peer}' failed for '{source@endpoint}' - {event.reason}`, FAILED],
  [
    `Request '{${OWN}method}' from '{${OWN}peer}' failed for ${FROM} (callid: {${OWN}call_id}) - {event.reason}`,
    FAILED,
  ],
  [
    `Call from '{user@account?}' ({source@endpoint}:{source.port@port}) to extension '{${OWN}extension}' rejected because {event.reason}`,
    { category: ['network'], type: ['connection', 'denied'], action: 'call-rejected', outcome: 'failure' },
  ],
  ['Failed to authenticate device {user@account} for {}', FAILED],
  ['Failed to authenticate user {user@account} for {}', FAILED],
  ['Failed to authenticate device {user@account}', FAILED],
  ["Host {source@endpoint} failed to authenticate as '{user@account}'", FAILED],
  ["No registration for peer '{user@account}' (from {source@endpoint})", FAILED],
  [`{source@endpoint} tried to authenticate with nonexistent user '{user@account}'`, FAILED],
  [`{source@endpoint} failed to pass IP ACL as '{user@account}'`, FAILED],
  [`Peer '{user@account}' is now {event.reason}`, { ...WHAT.hostInfo, action: 'peer-state' }],
  [`Unable to load config file '{file.name}'`, { ...WHAT.hostError, action: 'configuration-missing' }],
]);

/** The security log: `SecurityEvent="InvalidPassword",…,AccountID="100",RemoteAddress="IPV4/UDP/192.0.2.1/5060"`. */
function putSecurity(doc: EcsFields, text: string): boolean {
  const pairs = parseKeyValue(text, { separator: ',', limit: 40 });
  const event = pairs.get('SecurityEvent');
  if (event === undefined) return false;
  const failed = !/^(?:SuccessfulAuth|ChallengeSent)$/.test(event);
  categorise(doc, {
    ...WHAT.login,
    action: event.replace(/(?<=[a-z])(?=[A-Z])/g, '-').toLowerCase(),
    ...(event === 'ChallengeSent' ? {} : { outcome: failed ? ('failure' as const) : ('success' as const) }),
  });
  const user = pairs.get('AccountID');
  if (user !== undefined && user !== '<unknown>') doc['user.name'] = user;
  const service = pairs.get('Service');
  if (service !== undefined) doc['network.protocol'] = service === 'PJSIP' ? 'sip' : service.toLowerCase();
  for (const [key, side] of [
    ['RemoteAddress', 'source'],
    ['LocalAddress', 'destination'],
  ] as const) {
    const [, transport, address, port] = (pairs.get(key) ?? '').split('/');
    const ip = parseIp(address ?? '');
    if (ip === undefined) continue;
    doc[`${side}.address`] = ip;
    doc[`${side}.ip`] = ip;
    const number = parsePort(port ?? '');
    if (number !== undefined) doc[`${side}.port`] = number;
    if (transport !== undefined) doc['network.transport'] = transport === 'UDP' ? 'udp' : 'tcp';
  }
  return true;
}

function putLevel(doc: EcsFields, level: string): void {
  doc['log.level'] = level.toLowerCase();
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const { syslog } = input;
  const isSyslog = syslog?.app?.toLowerCase() === 'asterisk';
  const start = START.exec(input.text);
  const line = LINE.exec(isSyslog && BARE.test(input.text) ? `[Jan  1 00:00:00] ${input.text}` : input.text);
  const pbx = line === null ? PBX.exec(input.text) : null;
  if (start === null && line === null && pbx === null && !isSyslog) return 'rejected';
  putObserver(doc, { vendor: 'Sangoma', product: pbx === null ? 'Asterisk' : 'FreePBX' });
  doc['process.name'] = pbx === null ? 'asterisk' : 'freepbx';
  if (start !== null) {
    putDate(doc, '@timestamp', parseDate(start[1]!, input));
    doc['service.version'] = start[2]!;
    doc['message'] = input.text.slice(input.text.indexOf('] ') + 2);
    categorise(doc, { category: ['process'], type: ['start'], action: 'service-started' });
    return 'parsed';
  }
  if (pbx !== null) {
    putDate(doc, '@timestamp', parseDate(pbx[1]!, input));
    putLevel(doc, pbx[2]!);
    if (pbx[3] !== undefined) doc['log.origin.file.name'] = pbx[3];
    doc['message'] = pbx[4]!;
    const failed = /^Authentication failure for (\S{1,128}) from (\S{2,45})/.exec(pbx[4]!);
    if (failed !== null) {
      doc['user.name'] = failed[1]!;
      const ip = parseIp(failed[2]!);
      if (ip !== undefined) {
        doc['source.address'] = ip;
        doc['source.ip'] = ip;
      }
      categorise(doc, { ...WHAT.login, action: 'login-failed', outcome: 'failure' });
      return 'parsed';
    }
    categorise(doc, WHAT.hostInfo);
    return 'parsed';
  }
  if (line === null) {
    doc['message'] = input.text;
    categorise(doc, WHAT.hostInfo);
    return 'partial';
  }
  const [, date, level, thread, call, origin, text] = line;
  if (!isSyslog || syslog?.time === undefined) putDate(doc, '@timestamp', parseDate(date!, input));
  putLevel(doc, level!);
  const id = toLong(thread);
  if (id !== undefined) doc['process.thread.id'] = id;
  if (call !== undefined) doc[`${OWN}call`] = call;
  if (origin !== undefined) doc['log.origin.file.name'] = origin;
  doc['message'] = text!;
  if (level === 'SECURITY' && putSecurity(doc, text!)) return 'parsed';
  if (MESSAGES.read(doc, text!)) {
    doc['network.protocol'] ??= 'sip';
    return 'parsed';
  }
  categorise(doc, level === 'ERROR' ? WHAT.hostError : WHAT.hostInfo);
  return 'partial';
}

export default defineSource({
  id: 'asterisk.asterisk',
  signatures: [
    { kind: 'app', names: ['asterisk'] },
    ...['NOTICE[', 'WARNING[', 'ERROR[', 'VERBOSE[', 'SECURITY['].map((literal) => ({
      kind: 'text' as const,
      prefix: '[',
      literals: [`] ${literal}`],
      test: ({ text }: ParseInput) => LINE.test(text),
    })),
    { kind: 'text', prefix: '[', literals: ['] Asterisk ', ' built by '] },
    { kind: 'text', prefix: '[', literals: [' [freepbx.'] },
    {
      kind: 'text',
      prefix: '[',
      literals: ['] [', '.class.php:', ') - '],
      test: ({ text }) => PBX.test(text),
    },
  ],
  parse,
});
