import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { parseIp } from '../../kit/ip.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putEndpoint } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';

const VENDOR = 'microsoft.sql_server.';
/** `2026-03-02 10:28:01.37 Logon       `: time, what wrote it. */
const HEAD =
  /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{2,3}) (Logon|Server|Backup|Error|spid\d{1,6}s?|SQLAgent|\w{2,12}) {1,12}(?=\S)/;
const LOGIN = /^Login (succeeded|failed) for user '([^']{0,256})'\.?\s?/;
const CLIENT = /\[CLIENT: ([^\]]{1,64})\]/;
const ERROR = /^Error: (\d{1,6}), Severity: (\d{1,2}), State: (\d{1,3})/;
const OPTION = /^Configuration option '([^']{1,80})' changed from (\S{1,20}) to (\S{1,20})\./;

function meaningOf(text: string): Categorisation | undefined {
  if (/^(?:Database backed up|Log was backed up|BACKUP |Database differential)/.test(text))
    return { category: ['database'], type: ['access'], action: 'backup' };
  if (/^(?:Database was restored|RESTORE |Starting up database)/.test(text))
    return { category: ['database'], type: ['change'], action: 'database-started' };
  if (/^(?:Server is listening|SQL Server is (?:now ready|starting)|Microsoft SQL Server)/.test(text))
    return { category: ['database', 'process'], type: ['start'], action: 'server-started' };
  if (/^SQL (?:Server )?(?:is terminating|Trace was stopped|Server shutdown)/.test(text))
    return { category: ['database', 'process'], type: ['end'], action: 'server-stopped' };
  if (/^(?:Using 'xp\w+\.dll'|Attempting to load library)/.test(text))
    return { category: ['database', 'library'], type: ['start'], action: 'library-loaded' };
  if (/^(?:Setting database option|The database .{1,120} (?:was|has been))/.test(text))
    return WHAT.configurationChanged;
  return undefined;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const head = HEAD.exec(input.text);
  if (head === null) return 'rejected';
  const text = input.text.slice(head[0].length).trim();
  const login = LOGIN.exec(text);
  const error = ERROR.exec(text);
  const option = OPTION.exec(text);
  const other = meaningOf(text);
  const own = /^(?:Logon|Server|Backup|spid\d{1,6}s?)$/.test(head[2]!);
  if (!own && login === null) return 'rejected';
  putDate(doc, '@timestamp', parseIso(head[1]!, input.timeZone));
  doc['event.provider'] = head[2]!;
  doc['message'] = text;
  doc['service.type'] = 'mssql';
  doc['observer.vendor'] = 'Microsoft';
  doc['observer.product'] = 'SQL Server';
  const client = CLIENT.exec(text)?.[1]?.trim();
  if (client !== undefined) {
    if (parseIp(client) !== undefined) putEndpoint(doc, 'source', client);
    else doc[`${VENDOR}client`] = client;
  }
  if (login !== null) {
    putAccount(doc, 'user', login[2]!);
    categorise(doc, {
      category: ['authentication', 'database'],
      type: ['start'],
      action: 'login',
      outcome: login[1] === 'succeeded' ? 'success' : 'failure',
    });
    const rest = text
      .slice(login[0].length)
      .replace(CLIENT, '')
      .replace(/^Reason: /, '')
      .trim();
    if (rest !== '') doc['event.reason'] = rest;
    return 'parsed';
  }
  if (option !== null) {
    categorise(doc, { category: ['configuration', 'database'], type: ['change'], action: 'option-changed' });
    doc[`${VENDOR}option`] = option[1]!;
    doc[`${VENDOR}value`] = option[3]!;
    doc['event.reason'] = text;
    return 'parsed';
  }
  if (error !== null) {
    categorise(doc, { category: ['database'], type: ['error'], action: 'error' });
    doc['error.code'] = error[1]!;
    doc['event.severity'] = Number(error[2]);
    doc[`${VENDOR}state`] = error[3]!;
    return 'parsed';
  }
  categorise(doc, other ?? { category: ['database'], type: ['info'] });
  doc['event.reason'] = text;
  return other === undefined ? 'partial' : 'parsed';
}

/** Lines of SQL Server's ERRORLOG, 2005 to 2025. */
export default defineSource({
  id: 'microsoft.sql-server',
  signatures: [
    { kind: 'text', literals: [" for user '", '[CLIENT: '], test: ({ text }) => HEAD.test(text) },
    ...['Logon  ', 'Server  ', ' spid', 'Backup  '].map((word) => ({
      kind: 'text' as const,
      prefix: '20',
      literals: [word],
      test: ({ text }: ParseInput) =>
        /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d\d (?:Logon|Server|Backup|spid\d{1,6}s?) {2,}/.test(text),
    })),
  ],
  parse,
});
