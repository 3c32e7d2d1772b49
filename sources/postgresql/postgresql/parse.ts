import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { putDuration } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';

const VENDOR = 'postgresql.';
const LEVEL = '(LOG|ERROR|FATAL|PANIC|WARNING|NOTICE|INFO|DETAIL|HINT|STATEMENT|CONTEXT|DEBUG[1-5]?)';
/** `[5-1] ` of syslog, date, `[pid]`, `user@database`, level: what `log_line_prefix` usually prints. */
const LINE = new RegExp(
  String.raw`^(?:\[\d{1,9}-\d{1,9}\] )?(?:(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?) ([A-Z]{2,5}|[+-]\d\d(?::?\d\d)?) )?(?:\[(\d{1,10})(?:-\d{1,9})?\]:? ?)?([^:]{0,300}?)\b${LEVEL}: {1,2}(.*)$`,
  's',
);
const WHO =
  /(?:^|[\s,])(?:user=)?([\p{L}\p{N}_.$-]{1,64}|\[unknown\])(?:@|,db=)([\p{L}\p{N}_.$-]{1,64}|\[unknown\])/u;

function putPeer(doc: EcsFields, host: string | undefined, port: string | undefined): void {
  const ip = host === undefined ? undefined : parseIp(host);
  if (ip !== undefined) {
    doc['source.ip'] = ip;
    doc['source.address'] = ip;
  } else if (host !== undefined && host !== '[local]') {
    doc['source.domain'] = host;
    doc['source.address'] = host;
  }
  const number = port === undefined ? undefined : parsePort(port);
  if (number !== undefined) doc['source.port'] = number;
}

function putNames(doc: EcsFields, text: string): void {
  const user = /\buser[= ]"?([^\s",]{1,64})/.exec(text)?.[1];
  if (user !== undefined && user !== '[unknown]') doc['user.name'] = user;
  const database = /\bdatabase[= ]"?([^\s",]{1,64})/.exec(text)?.[1];
  if (database !== undefined) doc[`${VENDOR}database`] = database;
}

function readMessage(level: string, text: string, doc: EcsFields): boolean {
  const connection = /^connection (received|authorized|authenticated): (.*)$/s.exec(text);
  if (connection !== null) {
    const started = connection[1] === 'received';
    categorise(
      doc,
      started
        ? { ...WHAT.connectionStart, action: 'connection' }
        : { ...WHAT.login, action: 'login', outcome: 'success' },
    );
    putPeer(doc, /\bhost=(\S{1,255})/.exec(text)?.[1], /\bport=(\d{1,5})/.exec(text)?.[1]);
    putNames(doc, text);
    return true;
  }
  if (text.startsWith('disconnection: ')) {
    categorise(doc, { ...WHAT.sessionEnd, action: 'disconnection' });
    putNames(doc, text);
    putPeer(doc, /\bhost=(\S{1,255})/.exec(text)?.[1], /\bport=(\d{1,5})/.exec(text)?.[1]);
    const time = /session time: (\d{1,6}):(\d\d):(\d\d(?:\.\d{1,3})?)/.exec(text);
    if (time !== null) putDuration(doc, Number(time[1]) * 3_600 + Number(time[2]) * 60 + Number(time[3]));
    return true;
  }
  if (
    / authentication failed for user |^no pg_hba\.conf entry for |^role ".{1,64}" (?:does not exist|is not permitted to log in)/.test(
      text,
    )
  ) {
    categorise(doc, { ...WHAT.login, action: 'login', outcome: 'failure' });
    putNames(doc, text.replace(/^role "/, 'user "'));
    putPeer(doc, /\bhost "([^"]{1,255})"/.exec(text)?.[1], undefined);
    doc['event.reason'] = text;
    return true;
  }
  const statement =
    /^(?:duration: (\d{1,12}\.\d{1,6}) ms {1,2})?(?:statement|execute [^:]{1,100}|parse [^:]{1,100}|bind [^:]{1,100}): (.*)$/s.exec(
      text,
    );
  if (statement !== null) {
    categorise(doc, { ...WHAT.databaseAccess, action: 'query' });
    doc[`${VENDOR}query`] = statement[2]!;
    if (statement[1] !== undefined) putDuration(doc, statement[1], 1e3);
    return true;
  }
  if (text.startsWith('AUDIT: ')) {
    categorise(doc, { ...WHAT.databaseAccess, action: 'audit' });
    doc[`${VENDOR}audit`] = text.slice(7);
    return true;
  }
  const failed = level === 'ERROR' || level === 'FATAL' || level === 'PANIC';
  categorise(
    doc,
    failed
      ? { category: ['database'], type: ['error'], outcome: 'failure' }
      : { category: ['database'], type: ['info'] },
  );
  if (failed) doc['error.message'] = text;
  return failed;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const text = input.text.trim();
  const line = LINE.exec(text.slice(0, 100_000));
  if (line === null) return 'rejected';
  const [, time, zone, pid, who, level, message] = line as unknown as (string | undefined)[];
  const known = readMessage(level!, message!, doc);
  const names = WHO.exec(who ?? '');
  if (names !== null) {
    if (names[1] !== '[unknown]') doc['user.name'] ??= names[1]!;
    if (names[2] !== '[unknown]') doc[`${VENDOR}database`] ??= names[2]!;
  }
  const client = parseIp(/(?:client=|\bhost=)([0-9a-fA-F.:]{2,45})/.exec(who ?? '')?.[1] ?? '');
  if (client !== undefined) putPeer(doc, client, undefined);
  if (time !== undefined)
    putDate(doc, '@timestamp', parseDate(`${time} ${zone!}`, input) ?? parseDate(time, input));
  const number = toLong(pid ?? input.syslog?.procid);
  if (number !== undefined) doc['process.pid'] = number;
  doc['process.name'] = 'postgres';
  doc['log.level'] = level!.toLowerCase();
  doc['message'] = message!;
  return known ? 'parsed' : 'partial';
}

const fits = (input: ParseInput): boolean => LINE.test(input.text.slice(0, 2_000));

/** PostgreSQL's server log, in stderr and syslog form. */
export default defineSource({
  id: 'postgresql.postgresql',
  signatures: [
    { kind: 'app', names: ['postgres', 'postgresql'], test: fits },
    ...[
      'LOG:  connection ',
      'LOG:  disconnection: ',
      'LOG:  statement: ',
      'LOG:  duration: ',
      'LOG:  execute ',
      'FATAL:  password authentication failed for user ',
      'FATAL:  no pg_hba.conf entry for ',
      'LOG:  AUDIT: ',
    ].map((literal) => ({
      kind: 'text' as const,
      literals: [literal],
      test: (input: ParseInput) => input.syslog?.app === undefined && fits(input),
    })),
  ],
  parse,
});
