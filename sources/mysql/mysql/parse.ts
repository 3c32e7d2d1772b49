import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate, readIso } from '../../kit/dates.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putClient, readEnterprise, readMariaDb, readPercona } from './audit.ts';
import { putSignIn, putSignOut, putStatement } from './statement.ts';

/** Behind the date: thread, label in brackets, and since MySQL 8 code and subsystem. */
const ERROR =
  /^\s{0,4}(\d{1,19}) \[(System|Note|Warning|Error|ERROR|Warn)\] (?:\[(MY-\d{6})\] )?(?:\[([A-Za-z][\w ]{0,40})\] )?/;
const REFUSED = /Access denied for user '([^']{0,128})'@'([^']{0,255})'/;
const ABORTED =
  /Aborted connection \d{1,19} to db: '([^']{0,128})' user: '([^']{0,128})' host: '([^']{0,255})'/;
/** Behind the date: connection, command, argument. */
const GENERAL =
  /^\s{0,8}(\d{1,19}) (Connect|Query|Quit|Init DB|Prepare|Execute|Close stmt|Field List|Statistics|Change user|Reset stmt|Binlog Dump|Ping|Shutdown|Kill|Create DB|Drop DB|Refresh|Fetch|Set option)(?:\t|\s|$)/;
const SHORT_DATE = /^(\d{2})(\d{2})(\d{2})\s{1,2}(\d{1,2}:\d{2}:\d{2})/;

/** The date at the line's beginning: ISO, or MariaDB's and MySQL 5's shorter ones. */
function readTime(input: ParseInput): { time: number | undefined; at: number } | undefined {
  const { text, timeZone, receivedAt } = input;
  const end = { at: 0 };
  const padded = /^\d{4}-\d{2}-\d{2} {1,2}\d:/.test(text);
  if (!padded) {
    const time = readIso(text, 0, timeZone, end);
    if (time !== undefined) return { time, at: end.at };
  } else {
    // MariaDB pads the hour with a blank.
    const found = /^(\d{4}-\d{2}-\d{2}) {1,2}(\d:\d{2}:\d{2})/.exec(text);
    if (found === null) return undefined;
    return {
      time: parseDate(`${found[1]} 0${found[2]}`, { timeZone, receivedAt }),
      at: found[0].length,
    };
  }
  const short = SHORT_DATE.exec(text);
  if (short === null) return undefined;
  const [, year, month, day, clock = ''] = short;
  return {
    time: parseDate(`20${year}-${month}-${day} ${clock.padStart(8, '0')}`, { timeZone, receivedAt }),
    at: short[0].length,
  };
}

function readError(rest: string, match: RegExpExecArray, doc: EcsFields): void {
  const [head, thread, label = '', code, subsystem] = match;
  const message = rest.slice(head.length);
  doc['event.dataset'] = 'mysql.mysql.error';
  put(doc, 'mysql.mysql.thread', thread);
  put(doc, 'log.level', label.toLowerCase());
  put(doc, 'event.code', code);
  put(doc, 'mysql.mysql.subsystem', subsystem);
  put(doc, 'message', message);
  const refused = REFUSED.exec(message);
  if (refused !== null) {
    put(doc, 'user.name', refused[1]);
    putClient(doc, refused[2]);
    putSignIn(doc, 'failure');
    return;
  }
  const aborted = ABORTED.exec(message);
  if (aborted !== null) {
    const [, database, user, host] = aborted;
    if (database !== 'unconnected') put(doc, 'mysql.mysql.database', database);
    if (user !== 'unauthenticated') put(doc, 'user.name', user);
    putClient(doc, host);
    categorise(doc, { category: ['session', 'database'], type: ['end'], action: 'aborted' });
    return;
  }
  if (/ready for connections/.test(message)) categorise(doc, { ...WHAT.processStart, action: 'ready' });
  else if (/starting as process/.test(message)) categorise(doc, { ...WHAT.processStart, action: 'starting' });
  else if (/[Ss]hutdown complete|shutting down|Normal shutdown/.test(message))
    categorise(doc, { ...WHAT.processEnd, action: 'shutdown' });
  else categorise(doc, label.toLowerCase() === 'error' ? WHAT.hostError : WHAT.hostInfo);
}

function readGeneral(rest: string, match: RegExpExecArray, doc: EcsFields): void {
  const [head, connection, command = ''] = match;
  const argument = rest.slice(head.length).trim();
  doc['event.dataset'] = 'mysql.mysql.general';
  put(doc, 'mysql.mysql.connection_id', connection);
  if (command === 'Connect' || command === 'Change user') {
    const refused = REFUSED.exec(argument);
    if (refused !== null) {
      put(doc, 'user.name', refused[1]);
      putClient(doc, refused[2]);
      putSignIn(doc, 'failure');
      return;
    }
    const found = /^([^@\s]{0,128})@(\S{0,255})(?: (?:as \S{0,128} )?on (\S{0,128}))?/.exec(argument);
    put(doc, 'user.name', found?.[1]);
    putClient(doc, found?.[2]);
    if (found?.[3] !== 'using') put(doc, 'mysql.mysql.database', found?.[3]);
    // The log has the attempt; one that was refused is a line of its own.
    putSignIn(doc, undefined);
  } else if (command === 'Quit') putSignOut(doc);
  else if (command === 'Query' || command === 'Prepare' || command === 'Execute')
    putStatement(doc, argument, undefined);
  else {
    put(doc, 'message', argument);
    categorise(doc, { category: ['database'], type: ['access'], action: command.toLowerCase() });
  }
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const { json, text } = input;
  if (json !== undefined)
    return readPercona(json, input, doc) || readEnterprise(json, input, doc) ? 'parsed' : 'rejected';
  if (readMariaDb(input, doc)) return 'parsed';
  const begun = readTime(input);
  const rest = text.slice(begun?.at ?? 0).replace(/^[\t ]+/, '');
  const error = ERROR.exec(rest);
  const general = error === null ? GENERAL.exec(rest) : null;
  if (error === null && general === null) return 'rejected';
  putDate(doc, '@timestamp', begun?.time);
  if (error !== null) readError(rest, error, doc);
  else readGeneral(rest, general!, doc);
  return 'parsed';
}

const AUDIT =
  /^(?:\d{8} \d{2}:\d{2}:\d{2},)?[^,]{0,255},[^,]{0,128},[^,]{0,255},\d{1,19},\d{1,19},[A-Z_]{4,16},/;
const DATED = /^\d{4}-\d{2}-\d{2}[T ]|^\d{6} {1,2}\d/;

/** Error log, general log and audit plugins of MySQL, MariaDB and Percona Server. */
export default defineSource({
  id: 'mysql.mysql',
  signatures: [
    {
      kind: 'app',
      names: ['mysqld', 'mariadbd', 'mariadb', 'mysql', 'mysql-server_auditing', 'mysqld_safe'],
    },
    { kind: 'text', literals: [' [MY-'], test: ({ text }) => DATED.test(text) },
    ...['[Note] ', '[Warning] ', '[ERROR] '].map((literal) => ({
      kind: 'text' as const,
      literals: [literal],
      test: ({ text }: ParseInput) => /^\d{4}-\d{2}-\d{2}[T ][^[]{7,24} \d{1,19} \[/.test(text),
    })),
    ...[
      ',CONNECT,',
      ',DISCONNECT,',
      ',FAILED_CONNECT,',
      ',QUERY,',
      ',READ,',
      ',WRITE,',
      ',CREATE,',
      ',ALTER,',
      ',RENAME,',
      ',DROP,',
    ].map((literal) => ({
      kind: 'text' as const,
      literals: [literal],
      test: ({ text }: ParseInput) => AUDIT.test(text),
    })),
    ...[' Connect\t', ' Query\t', ' Quit\t', ' Init DB\t', ' Prepare\t', ' Execute\t'].map((literal) => ({
      kind: 'text' as const,
      literals: [literal],
      test: ({ text }: ParseInput) => DATED.test(text) || /^\s{1,20}\d{1,19} /.test(text),
    })),
    { kind: 'json', keys: ['timestamp', 'class', 'event', 'connection_id', 'account'] },
    { kind: 'json', keys: ['audit_record'] },
  ],
  parse,
});
