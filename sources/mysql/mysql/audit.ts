import type { EcsFields, JsonObject } from '@vigie/contracts';
import { parseCsv } from '../../kit/csv.ts';
import { digits, instant, parseDate, putDate } from '../../kit/dates.ts';
import { parseIp } from '../../kit/ip.ts';
import { at, object, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import type { ParseInput } from '../../kit/source.ts';
import { zonedToUtc } from '../../kit/time-zone.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putSignIn, putSignOut, putStatement } from './statement.ts';

const VENDOR = 'mysql.mysql.';

/** Where a client is: an address, or a name that the server looked up; `localhost` is the server's own socket. */
export function putClient(doc: EcsFields, host: string | undefined): void {
  if (host === undefined || host === '' || host === 'localhost') return;
  putEndpoint(doc, 'source', parseIp(host) ?? host);
}

/** `20260301 10:00:00` in the server's zone. */
function compactTime(value: string, zone: string): number | undefined {
  const local = instant(
    digits(value, 0, 4),
    digits(value, 4, 6) - 1,
    digits(value, 6, 8),
    digits(value, 9, 11),
    digits(value, 12, 14),
    digits(value, 15, 17),
    0,
  );
  return local === undefined ? undefined : zonedToUtc(local, zone);
}

const TIMED = /^\d{8} \d{2}:\d{2}:\d{2},/;
const OPERATIONS = new Set(
  'CONNECT DISCONNECT FAILED_CONNECT QUERY READ WRITE CREATE ALTER RENAME DROP'.split(' '),
);

/**
 * MariaDB's plugin: `[time,]server,user,host,connection,query,operation,database,object,retcode`; in syslog without
 * the time. The object of a query is in single quotes and may hold commas.
 *
 * @returns whether the line is one
 */
export function readMariaDb(input: ParseInput, doc: EcsFields): boolean {
  const timed = TIMED.test(input.text);
  const line = timed ? input.text.slice(18) : input.text;
  const open = line.indexOf(",'");
  const close = line.lastIndexOf("',");
  const quoted = open >= 0 && close > open + 1;
  const head = parseCsv(quoted ? line.slice(0, open) : line, { limit: 12 });
  const [server, user, host, connection, query, operation, database = ''] = head;
  if (operation === undefined || !OPERATIONS.has(operation) || !/^\d+$/.test(connection ?? '')) return false;
  const statement = quoted ? line.slice(open + 2, close) : (head[7] ?? '');
  const code = quoted ? line.slice(close + 2).trim() : (head[8] ?? '').trim();
  if (timed) putDate(doc, '@timestamp', compactTime(input.text, input.timeZone));
  put(doc, 'host.name', server);
  put(doc, 'user.name', user);
  putClient(doc, host);
  put(doc, `${VENDOR}connection_id`, connection);
  put(doc, `${VENDOR}query_id`, query);
  put(doc, `${VENDOR}database`, database);
  put(doc, 'event.code', code);
  const outcome = code === '' ? undefined : code === '0' ? ('success' as const) : ('failure' as const);
  doc['event.dataset'] = 'mysql.mysql.audit';
  if (operation === 'CONNECT') putSignIn(doc, 'success');
  else if (operation === 'FAILED_CONNECT') putSignIn(doc, 'failure');
  else if (operation === 'DISCONNECT') putSignOut(doc);
  else if (operation === 'QUERY')
    putStatement(doc, statement.replaceAll("\\'", "'").replaceAll('\\\\', '\\'), outcome);
  else {
    put(doc, `${VENDOR}table`, statement.trim());
    putStatement(doc, undefined, outcome, operation);
  }
  return true;
}

const TABLE = jsonTable(
  VENDOR,
  `
  timestamp                                @timestamp          own
  class                                    mysql.mysql.class   text
  event                                    event.action        own
  account.user                             user.name           text
  account.host                             source              own
  login.user                               mysql.mysql.login.user  text
  login.ip                                 source              own
  connection_id                            mysql.mysql.connection_id  own
  general_data.query                       mysql.mysql.query   own
  table_access_data.query                  mysql.mysql.query   own
  general_data.status                      event.code          text
  connection_data.status                   event.code          text
  connection_data.db                       mysql.mysql.database  text
  table_access_data.db                     mysql.mysql.database  text
  table_access_data.table                  mysql.mysql.table   text
  connection_data.connection_attributes.program_name  process.name  text
`,
);

/** MySQL Enterprise Audit's JSON. @returns whether the object is one */
export function readEnterprise(json: JsonObject, input: ParseInput, doc: EcsFields): boolean {
  const kind = text(json['class']);
  const event = text(json['event']);
  const when = text(json['timestamp']);
  if (kind === undefined || event === undefined || when === undefined) return false;
  TABLE.put(doc, json);
  // Written in UTC, without saying so.
  putDate(doc, '@timestamp', parseDate(when, { timeZone: 'UTC', receivedAt: input.receivedAt }));
  doc['event.dataset'] = 'mysql.mysql.audit';
  putClient(doc, text(at(json, 'login', 'ip')) || text(at(json, 'account', 'host')));
  put(doc, `${VENDOR}connection_id`, text(json['connection_id']));
  const status = text(at(json, `${kind}_data`, 'status'));
  const outcome =
    status === undefined ? undefined : status === '0' ? ('success' as const) : ('failure' as const);
  if (kind === 'connection') {
    if (event === 'disconnect') putSignOut(doc);
    else putSignIn(doc, outcome);
  } else {
    const query = text(at(json, `${kind}_data`, 'query'));
    putStatement(doc, query, outcome, text(at(json, `${kind}_data`, 'sql_command')) ?? event);
  }
  return true;
}

/** Percona's audit log in JSON: `{"audit_record": {…}}`. @returns whether the object is one */
export function readPercona(json: JsonObject, input: ParseInput, doc: EcsFields): boolean {
  const record = object(json['audit_record']);
  const name = text(record?.['name']);
  if (record === undefined || name === undefined) return false;
  const when = text(record['timestamp']);
  if (when !== undefined)
    putDate(
      doc,
      '@timestamp',
      parseDate(when.replace(/ UTC$/, 'Z').replace(' ', 'T'), {
        timeZone: 'UTC',
        receivedAt: input.receivedAt,
      }),
    );
  doc['event.dataset'] = 'mysql.mysql.audit';
  // `root[root] @ localhost []`
  const user = /^([^[\s]{1,128})/.exec(text(record['user']) ?? '')?.[1];
  put(doc, 'user.name', user);
  putClient(doc, text(record['ip']) || text(record['host']));
  put(doc, `${VENDOR}connection_id`, text(record['connection_id']));
  put(doc, `${VENDOR}database`, text(record['db']));
  put(doc, 'event.id', text(record['record']));
  const status = text(record['status']);
  put(doc, 'event.code', status);
  const outcome =
    status === undefined ? undefined : status === '0' ? ('success' as const) : ('failure' as const);
  if (name === 'Connect') putSignIn(doc, outcome);
  else if (name === 'Quit') putSignOut(doc);
  else putStatement(doc, text(record['sqltext']), outcome, text(record['command_class']) ?? name);
  return true;
}
