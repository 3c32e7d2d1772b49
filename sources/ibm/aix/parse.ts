import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';

const VENDOR = 'ibm.aix.';
/** `event command login real status day month year time roles`: columns of `auditpr`, with the tail behind them. */
const RECORD =
  /^(?:(filename \S{1,1000}) )?([A-Z][A-Za-z0-9]{0,20}_[A-Za-z0-9_]{1,40}) +(\S{1,64}) +(\S{1,64}) +(\S{1,64}) +([A-Z][A-Z_]{1,20}) +(\d{1,2} [A-Za-z]{3} \d{4} \d\d:\d\d:\d\d(?:\.\d{1,6})?) +(No associated roles|\S{1,400})? ?(.*)$/s;

/** What an event's class is about; the names' first parts are AIX's own classes. */
const CLASSES: readonly (readonly [RegExp, Categorisation])[] = [
  [/^(?:USER_Login|TERM_Logout|S_LOGIN|USER_SU)/, WHAT.authentication],
  [/^(?:USER_Create|GROUP_Create)/, WHAT.userCreated],
  [/^(?:USER_Remove|GROUP_Remove)/, WHAT.userDeleted],
  [/^(?:USER_|GROUP_|PASSWORD_|S_USER_|S_GROUP_|S_PASSWD_)/, WHAT.userChanged],
  [/^(?:FILE_|S_|FS_|DEV_)/, { category: ['file', 'process'], type: ['change'] }],
  [/^(?:TCP|TCPIP|SOCK|NET)/, { category: ['network', 'process'], type: ['connection'] }],
];

/** The file or folder that the tail names. */
function putObject(doc: EcsFields, tail: string): void {
  const link = /\blinkname (\S{1,1000})/.exec(tail)?.[1];
  if (link !== undefined) doc['file.target_path'] = link;
  const directory = /\bdir: (\S{1,1000})/.exec(tail)?.[1];
  if (directory !== undefined) doc['file.directory'] = directory;
  const file =
    /\bfilename:? (\S{1,1000})/.exec(tail)?.[1] ??
    /\bevent detected (\S{1,1000})/.exec(tail)?.[1] ??
    /\bdirectory to: (\S{1,1000})/.exec(tail)?.[1];
  if (file === undefined) return;
  doc['file.path'] = file;
  doc['file.name'] = file;
}

function putPeer(doc: EcsFields, tail: string): void {
  const peer = /\bPort (\S{2,45}) (\d{1,5})\b/i.exec(tail);
  const ip = peer === null ? undefined : parseIp(peer[1]!);
  if (ip === undefined) return;
  doc['source.ip'] = ip;
  doc['source.address'] = ip;
  doc['source.port'] = parsePort(peer![2]!)!;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const text = input.text.trim();
  const record = RECORD.exec(text);
  if (record === null) return 'rejected';
  const [, lead, event, command, user, real, status, date, roles, rest] = record as unknown as (
    | string
    | undefined
  )[];
  const tail = lead === undefined ? rest! : `${lead} ${rest!}`;
  const found = CLASSES.find(([words]) => words.test(event!));
  const what = found?.[1] ?? { category: ['process'] as const, type: ['info'] as const };
  categorise(doc, { ...what, action: event!, outcome: status === 'OK' ? 'success' : 'failure' });
  putObject(doc, tail);
  if (/^TCP|^SOCK/.test(event!)) putPeer(doc, tail);
  doc['process.name'] = command!;
  doc['process.user.name'] = user!;
  doc['user.name'] = user!;
  doc['process.real_user.name'] = real!;
  doc['group.name'] = real!;
  const pid = toLong(/\bpid(?::| =) (\d{1,10})/.exec(tail)?.[1]);
  if (pid !== undefined) doc['process.pid'] = pid;
  doc[`${VENDOR}status`] = status!;
  if (roles !== undefined && roles !== 'No associated roles') doc['user.roles'] = roles.split(',', 50);
  if (rest !== '') doc['event.reason'] = tail;
  putDate(doc, '@timestamp', parseDate(date!, input));
  doc['message'] = text;
  doc['observer.vendor'] = 'IBM';
  doc['observer.product'] = 'AIX';
  doc['host.os.type'] = 'unix';
  return 'parsed';
}

const isRecord = (input: ParseInput): boolean => RECORD.test(input.text.trim().slice(0, 2_000));

/** The audit trail of IBM AIX, as `auditpr` prints it. */
export default defineSource({
  id: 'ibm.aix',
  signatures: [
    { kind: 'text', literals: ['_', ' OK ', ' No associated roles'], test: isRecord },
    { kind: 'text', literals: ['_', ' FAIL', ' No associated roles'], test: isRecord },
    { kind: 'app', names: ['auditpr', 'aixaudit', 'audit_aix'], test: isRecord },
  ],
  parse,
});
