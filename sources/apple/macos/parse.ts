import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { text as textOf } from '../../kit/json.ts';
import { messageTable } from '../../kit/message-table.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';

const OWN = 'apple.macos.';

/** `log show --style syslog`: `2026-03-01 10:15:02.123456+0100  localhost tccd[1030]: (library) [subsystem:category] text`. */
const LINE =
  /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,6}[+-]\d{4}) {1,4}(\S{1,255}) ([^[\]]{1,128})\[(\d{1,10})\](?: <([A-Za-z]{1,16})>)?: (.*)$/s;
const LIBRARY = /^\(([^()]{1,128})\) /;
const SUBSYSTEM = /^\[([A-Za-z0-9_.-]{1,128}):([^\]]{0,128})\] /;

const LOCKED = 'screenIsLocked';
const MESSAGES = messageTable(OWN, [
  [
    `Authentication: FAILED :: User Name: {user@account} :: Viewer Address: {source@endpoint} :: Type: {${OWN}method}`,
    { ...WHAT.login, action: 'screen-sharing-login-failed', outcome: 'failure' },
  ],
  [
    `Authentication: SUCCEEDED :: User Name: {user@account} :: Viewer Address: {source@endpoint} :: Type: {${OWN}method}`,
    { ...WHAT.login, action: 'screen-sharing-login', outcome: 'success' },
  ],
  [
    `Update Access Record: {${OWN}tcc.service} for {${OWN}tcc.client} to Allowed{?}`,
    { ...WHAT.accessChanged, action: 'privacy-access-allowed', outcome: 'success' },
  ],
  [
    `Update Access Record: {${OWN}tcc.service} for {${OWN}tcc.client} to Denied{?}`,
    { ...WHAT.accessChanged, action: 'privacy-access-denied', outcome: 'failure' },
  ],
  [
    `{} | sendBSDNotification: com.apple.sessionagent.${LOCKED}, with userID:{user.id}`,
    { ...WHAT.sessionEnd, action: 'screen-locked' },
  ],
  [
    '{} | sendBSDNotification: com.apple.sessionagent.screenIsUnlocked, with userID:{user.id}',
    { ...WHAT.sessionStart, action: 'screen-unlocked' },
  ],
  [
    '{} | sendDistributedNotification: com.apple.sessionDidLogin, with userID:{user.id}',
    { ...WHAT.login, action: 'login', outcome: 'success' },
  ],
  [
    '{} | sendDistributedNotification: com.apple.sessionDidLogout, with userID:{user.id}',
    { ...WHAT.logout, action: 'logout', outcome: 'success' },
  ],
  ['{}logout is complete.', { ...WHAT.logout, action: 'logout', outcome: 'success' }],
  [
    `{} Session {${OWN}session} created, uid:{user.id} sessionId:{}`,
    { ...WHAT.sessionStart, action: 'security-session-created' },
  ],
  [`{} Session {${OWN}session} created`, { ...WHAT.sessionStart, action: 'security-session-created' }],
  [`{} Session {${OWN}session} destroyed`, { ...WHAT.sessionEnd, action: 'security-session-destroyed' }],
  [
    'Failed to authenticate user <{user@account}> (error: {error.code}).',
    { ...WHAT.login, action: 'login-failed', outcome: 'failure' },
  ],
  [
    "Authentication failed for user '{user@account}'{?}",
    { ...WHAT.login, action: 'login-failed', outcome: 'failure' },
  ],
  [
    "Succeeded authorizing right '{}' by client '{process.executable}' [{}] for authorization created by '{}' [{}] ({},{}) ({} timestamp: {})",
    { ...WHAT.authentication, action: 'right-granted', outcome: 'success' },
  ],
  [
    "Succeeded authorizing right '{}' by client '{process.executable}' [{}] {}",
    { ...WHAT.authentication, action: 'right-granted', outcome: 'success' },
  ],
  [
    "Failed to authorize right '{}' by client '{process.executable}' [{}] {}",
    { ...WHAT.authentication, action: 'right-refused', outcome: 'failure' },
  ],
  ['GK evaluateScanResult: {} {}', { category: ['process'], type: ['info'], action: 'gatekeeper-scan' }],
]);

const LEVELS: Readonly<Record<string, string>> = {
  Default: 'notice',
  Info: 'info',
  Debug: 'debug',
  Error: 'error',
  Fault: 'fault',
  Notice: 'notice',
};

interface Entry {
  readonly process: string;
  readonly pid: string | undefined;
  readonly text: string;
}

function readLine(input: ParseInput, doc: EcsFields): Entry | undefined {
  const found = LINE.exec(input.text);
  if (found === null) return undefined;
  putDate(doc, '@timestamp', parseIso(found[1]!, 'UTC'));
  doc['host.name'] = found[2]!;
  if (found[5] !== undefined) doc['log.level'] = LEVELS[found[5]] ?? found[5].toLowerCase();
  return { process: found[3]!.trim(), pid: found[4]!, text: found[6]! };
}

/** `log show --style ndjson`: one object an entry. */
function readObject(input: ParseInput, doc: EcsFields): Entry | undefined {
  const { json } = input;
  if (json === undefined) return undefined;
  const path = textOf(json['processImagePath']);
  const message = textOf(json['eventMessage']);
  if (path === undefined || message === undefined) return undefined;
  const stamp = textOf(json['timestamp']);
  if (stamp !== undefined) putDate(doc, '@timestamp', parseIso(stamp, 'UTC'));
  const level = textOf(json['messageType']);
  if (level !== undefined) doc['log.level'] = LEVELS[level] ?? level.toLowerCase();
  const subsystem = textOf(json['subsystem']);
  if (subsystem !== undefined && subsystem !== '') doc[`${OWN}subsystem`] = subsystem;
  const category = textOf(json['category']);
  if (category !== undefined && category !== '') doc[`${OWN}category`] = category;
  const sender = textOf(json['senderImagePath']);
  if (sender !== undefined && sender !== path)
    doc[`${OWN}library`] = sender.slice(sender.lastIndexOf('/') + 1);
  doc['process.executable'] = path;
  const user = textOf(json['userID']);
  if (user !== undefined) doc['user.id'] = user;
  const thread = toLong(json['threadID']);
  if (thread !== undefined) doc['process.thread.id'] = thread;
  return {
    process: path.slice(path.lastIndexOf('/') + 1),
    pid: textOf(json['processID']),
    text: message,
  };
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const entry = readObject(input, doc) ?? readLine(input, doc);
  if (entry === undefined) return 'rejected';
  doc['process.name'] = entry.process;
  const pid = toLong(entry.pid);
  if (pid !== undefined) doc['process.pid'] = pid;
  doc['host.os.type'] = 'macos';
  let { text } = entry;
  const library = LIBRARY.exec(text);
  if (library !== null) {
    doc[`${OWN}library`] = library[1]!;
    text = text.slice(library[0].length);
  }
  const subsystem = SUBSYSTEM.exec(text);
  if (subsystem !== null) {
    doc[`${OWN}subsystem`] = subsystem[1]!;
    if (subsystem[2] !== '') doc[`${OWN}category`] = subsystem[2]!;
    text = text.slice(subsystem[0].length);
  }
  doc['message'] = text;
  if (MESSAGES.read(doc, text)) return 'parsed';
  categorise(doc, WHAT.hostInfo);
  return 'partial';
}

/** The unified log, as text and as JSON. */
export default defineSource({
  id: 'apple.macos',
  signatures: [
    ...[']: ', '] <'].map((literal) => ({
      kind: 'text' as const,
      literals: [literal],
      // Two blanks before the host are this tool's; the zone stands at the seconds without one.
      test: ({ text }: ParseInput) => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}[+-]\d{4} {2}\S/.test(text),
    })),
    { kind: 'json', keys: ['eventMessage', 'processImagePath', 'timestamp'] },
  ],
  parse,
});
