import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { text as textOf } from '../../kit/json.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, toLong } from '../../kit/types.ts';

const TABLE = fieldTable(
  'keycloak.',
  `
  type            event.code          text
  operationType   event.code          text
  clientId        event.provider      text
  userId          user.id             text
  username        user                account
  ipAddress       source              endpoint
  error           event.reason        text
  redirect_uri    url                 url
`,
);

/** `2026-03-01 10:00:00,123 WARN  [org.keycloak.events] (executor-thread-1) ` in front of the pairs. */
const HEADER = /^(\S{10}[ T]\S{8,20}) +([A-Z]{4,5}) +\[([\w.]{1,100})\] \(([^)]{1,100})\) /;

/** The layout's members that carry ECS names already. */
const LAYOUT = [
  'log.logger',
  'log.level',
  'process.thread.name',
  'process.name',
  'service.name',
  'service.version',
  'service.environment',
] as const;

function meaningOf(type: string): Categorisation {
  const isError = type.endsWith('_ERROR');
  const outcome = isError ? 'failure' : 'success';
  const name = isError ? type.slice(0, -6) : type;
  if (name === 'LOGIN' || name === 'IMPERSONATE') return { ...WHAT.login, outcome };
  if (name === 'LOGOUT') return { ...WHAT.logout, outcome };
  if (name === 'REGISTER') return { ...WHAT.userCreated, outcome };
  if (name === 'DELETE_ACCOUNT') return { ...WHAT.userDeleted, outcome };
  if (/^(?:UPDATE|REMOVE|VERIFY|RESET|GRANT|REVOKE)_/.test(name)) return { ...WHAT.userChanged, outcome };
  return { ...WHAT.authentication, outcome };
}

function administration(operation: string, resource: string): Categorisation {
  const step = operation === 'CREATE' ? 0 : operation === 'DELETE' ? 2 : 1;
  if (/^USER|^CREDENTIAL/.test(resource))
    return [WHAT.userCreated, WHAT.userChanged, WHAT.userDeleted][step]!;
  if (/GROUP/.test(resource)) return [WHAT.groupCreated, WHAT.groupChanged, WHAT.groupDeleted][step]!;
  if (/ROLE/.test(resource)) return WHAT.accessChanged;
  return [WHAT.configurationCreated, WHAT.configurationChanged, WHAT.configurationDeleted][step]!;
}

function parse({ text, json, timeZone, receivedAt }: ParseInput, doc: EcsFields): ParseOutcome {
  let line = text;
  if (json !== undefined) {
    const message = textOf(json['message']);
    if (message === undefined) return 'rejected';
    line = message;
  }
  const header = json === undefined ? HEADER.exec(line) : null;
  const pairs = parseKeyValue(header === null ? line : line.slice(header[0].length), { separator: ',' });
  const type = pairs.get('type');
  const operation = pairs.get('operationType');
  if (!pairs.has('realmId') || (type === undefined && operation === undefined)) return 'rejected';

  if (json !== undefined) {
    for (const name of LAYOUT) put(doc, name, json[name]);
    put(doc, 'host.name', textOf(json['host.hostname']) ?? textOf(json['hostName']));
    put(doc, 'process.pid', toLong(json['process.pid'] ?? json['processId']));
    put(doc, 'process.thread.id', toLong(json['process.thread.id'] ?? json['threadId']));
    put(doc, 'process.thread.name', json['threadName']);
    put(doc, 'log.level', json['level']);
    put(doc, 'log.logger', json['loggerName']);
    put(doc, 'event.sequence', toLong(json['event.sequence'] ?? json['sequence']));
    const when = textOf(json['@timestamp']) ?? textOf(json['timestamp']);
    if (when !== undefined) putDate(doc, '@timestamp', parseIso(when, timeZone));
  }
  if (header !== null) {
    putDate(doc, '@timestamp', parseDate(header[1]!, { timeZone, receivedAt }));
    doc['log.level'] = header[2]!;
    doc['log.logger'] = header[3]!;
    doc['process.thread.name'] = header[4]!;
  }
  for (const [key, value] of pairs) if (value !== '' && value !== 'null') TABLE.put(doc, key, value);
  if (operation !== undefined && type === undefined) {
    doc['event.dataset'] = 'keycloak.events.admin';
    categorise(doc, {
      ...administration(operation, pairs.get('resourceType') ?? ''),
      action: `${operation} ${pairs.get('resourceType') ?? ''}`.trim(),
      outcome: pairs.has('error') ? 'failure' : 'success',
    });
    return 'parsed';
  }
  categorise(doc, { ...meaningOf(type ?? ''), action: type?.toLowerCase() });
  return 'parsed';
}

/** Events that Keycloak's `jboss-logging` listener writes, as text or as JSON in the layout of ECS or of Quarkus. */
export default defineSource({
  id: 'keycloak.events',
  signatures: [
    { kind: 'text', literals: ['org.keycloak.events', 'realmId='] },
    { kind: 'text', prefix: 'type=', literals: ['realmId='] },
    { kind: 'text', prefix: 'operationType=', literals: ['realmId='] },
    {
      kind: 'json',
      keys: ['log.logger', 'message'],
      test: (json) => typeof json['message'] === 'string' && json['message'].includes('realmId='),
    },
    {
      kind: 'json',
      keys: ['loggerName', 'message'],
      test: (json) => typeof json['message'] === 'string' && json['message'].includes('realmId='),
    },
  ],
  parse,
});
