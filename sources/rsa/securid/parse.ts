import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { byHeader, parseCsv } from '../../kit/csv.ts';
import { parseDate, parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { outcomeOf } from '../../kit/verdict.ts';

const VENDOR = 'rsa.securid.';
const HEAD = [
  'time',
  'host',
  'logger',
  'level',
  'event_id',
  'instance',
  'client',
  'server',
  'action',
  'code',
  'result',
  'reason',
];
/** Columns behind the result, by log: of authentication, of administration, of the system. */
const RUNTIME = [
  'session',
  'user_id',
  'identity_source',
  'security_domain',
  'user',
  'first_name',
  'last_name',
  'agent_id',
  'agent_domain',
  'agent_ip',
  'agent_name',
  'agent_type',
  'agent_security_domain',
  'method',
  'policy',
  'policy_expression',
];
const ADMIN = [
  'session',
  'actor',
  'user_id',
  'identity_source',
  'security_domain',
  'user',
  'first_name',
  'last_name',
  'object_type',
  'object_id',
  'object_source',
  'object_domain',
  'object_name',
];
const TABLE = fieldTable(
  VENDOR,
  `
  time         @timestamp               own
  host         observer.hostname        own
  level        log.level                own
  event_id     event.id                 text
  instance     observer.serial_number   text
  client       source                   side
  server       destination              side
  action       event.action             text
  code         event.code               text
  result       event.outcome            own
  reason       event.reason             text
  user_id      user.id                  text
  user         user.name                text
  agent_id     agent.id                 text
  agent_name   agent.name               text
  agent_ip     host.ip                  own
  security_domain rsa.securid.security_domain text
`,
);

function classify(logger: string, action: string): Categorisation {
  if (/^AUTHN_LOGIN|^AUTHENTICATION|_LOGIN_/.test(action)) return WHAT.login;
  if (/LOGOUT/.test(action)) return { category: ['authentication'], type: ['end'] };
  const type = /^CREATE|_CREATED|^ADD|^ISSUE|^ASSIGN/.test(action)
    ? 'creation'
    : /^DELETE|_DELETED|^REMOVE/.test(action)
      ? 'deletion'
      : /^(?:UPDATE|CONF|SET|EDIT|ENABLE|DISABLE|UNLOCK|RESET|CHANGE)|_UPDATED|_CHANGED/.test(action)
        ? 'change'
        : 'info';
  if (logger.startsWith('audit.admin'))
    return { category: type === 'info' ? ['configuration'] : ['configuration', 'iam'], type: [type] };
  return type === 'info' ? WHAT.hostInfo : { category: ['configuration'], type: [type] };
}

/** `22:12:54,239, host, audit.runtime.…`: the time's own comma is one of the separators. */
function readColumns(text: string): Map<string, string> | undefined {
  const cells = parseCsv(text);
  const first = cells[0]?.trim() ?? '';
  if (!/\d\d:\d\d:\d\d$/.test(first) || cells.length < 9) return undefined;
  const merged = /^\d{3}$/.test(cells[1]?.trim() ?? '')
    ? [`${first}.${cells[1]!.trim()}`, ...cells.slice(2)]
    : cells;
  const values = merged.map((cell) => cell.trim());
  const logger = values[2] ?? '';
  if (!/\b(?:com\.rsa|rsa\.)/.test(logger)) return undefined;
  const rest = logger.startsWith('audit.runtime') ? RUNTIME : logger.startsWith('audit.admin') ? ADMIN : [];
  return byHeader([...HEAD, ...rest], values);
}

/** Only a time of day: the day is that of the header or of the receipt. */
function putTime(doc: EcsFields, time: string, input: ParseInput): void {
  if (/^\d\d:/.test(time)) {
    const day = new Date(input.syslog?.time ?? input.receivedAt).toISOString().slice(0, 10);
    if (input.syslog?.time !== undefined)
      putDate(doc, '@timestamp', parseIso(`${day}T${time}`, input.timeZone));
  } else putDate(doc, '@timestamp', parseDate(time.replace(',', '.'), input));
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const columns = readColumns(input.text.trim());
  if (columns === undefined) return 'rejected';
  for (const [key, value] of columns) if (value !== '') TABLE.put(doc, key, value);
  categorise(doc, {
    ...classify(columns.get('logger') ?? '', columns.get('action') ?? ''),
    action: columns.get('action'),
  });
  const outcome = outcomeOf(columns.get('result'));
  if (outcome !== undefined) doc['event.outcome'] = outcome;
  const host = columns.get('host');
  if (host !== undefined && host !== '') doc['observer.hostname'] = host;
  const level = columns.get('level');
  if (level !== undefined && level !== '') doc['log.level'] = level;
  const agent = parseIp(columns.get('agent_ip') ?? '');
  if (agent !== undefined) doc['host.ip'] = [agent];
  const first = columns.get('first_name');
  const last = columns.get('last_name');
  if (first !== undefined && first !== '')
    doc['user.full_name'] = [first, last].filter((part) => part !== undefined && part !== '').join(' ');
  putTime(doc, columns.get('time') ?? '', input);
  doc['message'] = input.text.trim();
  doc['observer.vendor'] = 'RSA';
  doc['observer.product'] = 'Authentication Manager';
  return 'parsed';
}

const fits = (input: ParseInput): boolean =>
  /^(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d[,.]/.test(input.text.trimStart());

/** RSA SecurID Authentication Manager: authentication, administration, system. */
export default defineSource({
  id: 'rsa.securid',
  signatures: [
    { kind: 'text', literals: ['audit.runtime.com.rsa.', ','], test: fits },
    { kind: 'text', literals: ['audit.admin.com.rsa.', ','], test: fits },
    { kind: 'text', literals: ['system.com.rsa.', ','], test: fits },
  ],
  parse,
});
