/** How the logs of a new source are written. */
export const FORMATS = ['key-value', 'json', 'cef', 'csv', 'text'] as const;
export type Format = (typeof FORMATS)[number];

/** What depends on the format: the parser and its first sample. */
export interface Template {
  /** Name of the sample's file. */
  readonly sample: string;
  readonly log: string;
  readonly parser: string;
}

/** Names that the templates put in. */
export interface Names {
  /** `<vendor>.<product>` */
  readonly id: string;
  readonly vendor: string;
  readonly product: string;
}

const HEAD = `import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';`;

/** A parser that reads its own sample, to be changed into the one for the product's logs. */
export function templateOf(format: Format, names: Names): Template {
  switch (format) {
    case 'key-value':
      return keyValue(names);
    case 'json':
      return json(names);
    case 'cef':
      return cef(names);
    case 'csv':
      return csv(names);
    case 'text':
      return text(names);
  }
}

const observer = ({ vendor, product }: Names): string =>
  `const OBSERVER: Observer = { vendor: ${quote(vendor)}, product: ${quote(product)}, type: 'firewall' };`;

function keyValue(names: Names): Template {
  const mark = names.id.replace('.', '-');
  return {
    sample: 'example.lines.log',
    log: `<134>Mar  1 10:00:00 fw1 ${mark}: time="2026-03-01T10:00:00Z" device=fw1 action=deny src=192.0.2.10 spt=50122 dst=198.51.100.20 dpt=443 proto=tcp sent=320 rcvd=0 rule=12
<134>Mar  1 10:00:05 fw1 ${mark}: time="2026-03-01T10:00:05Z" device=fw1 action=allow src=192.0.2.11 spt=50123 dst=198.51.100.20 dpt=443 proto=tcp sent=1200 rcvd=5300 user="CORP\\\\alice" rule=4
`,
    parser: `import type { EcsFields } from '@vigie/contracts';
import { categorise, type EventType, WHAT } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { type Observer, putObserver, putTotals } from '../../kit/network.ts';
${HEAD}
import { verdictOf } from '../../kit/verdict.ts';

${observer(names)}

/** The product's keys; what is not listed is kept below the prefix. */
const TABLE = fieldTable(
  '${names.id}.',
  \`
  time    @timestamp         own
  device  observer.name      text
  action  event.action       text
  src     source             endpoint
  spt     source.port        port
  dst     destination        endpoint
  dpt     destination.port   port
  proto   network.transport  transport
  sent    source.bytes       long
  rcvd    destination.bytes  long
  user    source.user        account
  rule    rule.id            text
\`,
);

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const pairs = parseKeyValue(input.text);
  const action = pairs.get('action');
  if (action === undefined || !pairs.has('src')) return 'rejected';
  const time = pairs.get('time');
  if (time !== undefined) putDate(doc, '@timestamp', parseIso(time, input.timeZone));
  putObserver(doc, OBSERVER);
  for (const [key, value] of pairs) if (value !== '') TABLE.put(doc, key, value);
  putTotals(doc);
  const verdict = verdictOf(action);
  const type: EventType[] = verdict === undefined ? ['connection'] : ['connection', verdict];
  categorise(doc, { ...WHAT.connection, type });
  return 'parsed';
}

export default defineSource({
  id: '${names.id}',
  signatures: [
    { kind: 'app', names: ['${mark}'] },
    { kind: 'text', prefix: 'time="', literals: ['" device=', ' action='] },
  ],
  parse,
});
`,
  };
}

function json(names: Names): Template {
  const key = names.id.replace(/\W/g, '_');
  return {
    sample: 'example.ndjson',
    log: `{"${key}_event":"login","time":"2026-03-01T10:00:00Z","actor":{"email":"alice@example.com","ip":"192.0.2.10"},"result":"success","userAgent":"curl/8.5.0"}
{"${key}_event":"login","time":"2026-03-01T10:00:05Z","actor":{"email":"bob@example.com","ip":"192.0.2.11"},"result":"failure","detail":{"reason":"wrong password"}}
`,
    parser: `import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { text } from '../../kit/json.ts';
${HEAD}
import { outcomeOf } from '../../kit/verdict.ts';

/** Members by their path; what is not listed is kept below the prefix. */
const TABLE = fieldTable(
  '${names.id}.',
  \`
  ${key}_event   event.action         text
  time           @timestamp           date
  actor.email    user                 account
  actor.ip       source               side
  userAgent      user_agent.original  text
  result         event.outcome        own
  detail.reason  event.reason         text
\`,
);

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const record = input.json;
  const kind = record === undefined ? undefined : text(record['${key}_event']);
  if (record === undefined || kind === undefined) return 'rejected';
  TABLE.putObject(doc, record);
  const outcome = outcomeOf(text(record['result']));
  if (kind !== 'login') {
    categorise(doc, { category: ['session'], type: ['info'], outcome });
    return 'partial';
  }
  categorise(doc, { ...WHAT.login, outcome });
  return 'parsed';
}

export default defineSource({
  id: '${names.id}',
  signatures: [{ kind: 'json', keys: ['${key}_event', 'actor'] }],
  parse,
});
`,
  };
}

function cef(names: Names): Template {
  const { vendor, product } = names;
  return {
    sample: 'example.lines.log',
    log: `<134>Mar  1 10:00:00 fw1 CEF:0|${vendor}|${product}|2.1|100|Connection blocked|6|rt=Mar 01 2026 10:00:00 UTC src=192.0.2.10 spt=50122 dst=198.51.100.20 dpt=443 proto=TCP act=blocked cs1=Outbound cs1Label=Rule Name
`,
    parser: `import type { EcsFields } from '@vigie/contracts';
import { categorise, type EventType, WHAT } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
${HEAD}
import { verdictOf } from '../../kit/verdict.ts';

/** What this product means beside CEF's own dictionary; custom columns have their label as the key. */
const TABLE = cefTable(
  '${names.id}.',
  \`
  Rule_Name  rule.name  text
\`,
);

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const cef = parseCef(input.text);
  if (cef === undefined || cef.vendor !== ${quote(vendor)} || cef.product !== ${quote(product)}) return 'rejected';
  const pairs = putCef(doc, cef, TABLE, input);
  if (cef.name !== '') doc['message'] ??= cef.name;
  const verdict = verdictOf(pairs.get('act'));
  const type: EventType[] = verdict === undefined ? ['info'] : ['connection', verdict];
  categorise(doc, { ...WHAT.connection, type });
  return verdict === undefined ? 'partial' : 'parsed';
}

export default defineSource({
  id: '${names.id}',
  signatures: [{ kind: 'text', prefix: 'CEF:', literals: [${quote(`|${vendor}|${product}|`)}] }],
  parse,
});
`,
  };
}

function csv(names: Names): Template {
  const mark = names.id.replace('.', '-');
  return {
    sample: 'example.lines.log',
    log: `<134>Mar  1 10:00:00 dns1 ${mark}: 2026-03-01 10:00:00,query,192.0.2.10,www.example.com,A,NOERROR
<134>Mar  1 10:00:01 dns1 ${mark}: 2026-03-01 10:00:01,query,192.0.2.11,"mail.example.org",MX,NXDOMAIN
`,
    parser: `import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { byHeader, parseCsv } from '../../kit/csv.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
${HEAD}

const COLUMNS = ['time', 'kind', 'client', 'name', 'type', 'code'];

/** The columns; what is not listed is kept below the prefix. */
const TABLE = fieldTable(
  '${names.id}.',
  \`
  time    @timestamp         own
  kind    event.action       text
  client  source             side
  name    dns.question.name  text
  type    dns.question.type  text
  code    dns.response_code  text
\`,
);

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const record = byHeader(COLUMNS, parseCsv(input.text, { limit: 20 }));
  const time = parseIso(record.get('time') ?? '', input.timeZone);
  if (time === undefined || !record.has('client')) return 'rejected';
  putDate(doc, '@timestamp', time);
  for (const [key, value] of record) TABLE.put(doc, key, value);
  categorise(doc, WHAT.dns);
  return record.get('kind') === 'query' ? 'parsed' : 'partial';
}

export default defineSource({
  id: '${names.id}',
  signatures: [{ kind: 'app', names: ['${mark}'] }],
  parse,
});
`,
  };
}

function text(names: Names): Template {
  const mark = names.id.replace('.', '-');
  return {
    sample: 'example.lines.log',
    log: `<38>Mar  1 10:00:00 gw1 ${mark}[4711]: user alice logged in from 192.0.2.10
<38>Mar  1 10:00:05 gw1 ${mark}[4711]: login of user bob refused from 192.0.2.11: wrong password
<38>Mar  1 10:00:09 gw1 ${mark}[4711]: cleaning up
`,
    parser: `import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { compileDissect } from '../../kit/dissect.ts';
import { fieldTable } from '../../kit/field-table.ts';
${HEAD}

/** The parts of all messages. */
const TABLE = fieldTable(
  '${names.id}.',
  \`
  user    user          account
  from    source        endpoint
  reason  event.reason  text
\`,
);

/** Forms of messages, the most specific first, with what they mean. */
const MESSAGES = (
  [
    [
      'login of user {user} refused from {from}: {reason}',
      { ...WHAT.login, action: 'login-refused', outcome: 'failure' },
    ],
    ['user {user} logged in from {from}', { ...WHAT.login, action: 'login', outcome: 'success' }],
  ] satisfies [string, Categorisation][]
).map(([pattern, what]) => ({ ...compileDissect(pattern), what }));

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  doc['message'] = input.text;
  for (const { keys, match, what } of MESSAGES) {
    const values = match(input.text);
    if (values === undefined) continue;
    categorise(doc, what);
    keys.forEach((key, i) => {
      TABLE.put(doc, key, values[i]!);
    });
    return 'parsed';
  }
  categorise(doc, WHAT.hostInfo);
  return 'partial';
}

export default defineSource({
  id: '${names.id}',
  signatures: [{ kind: 'app', names: ['${mark}'] }],
  parse,
});
`,
  };
}

function quote(value: string): string {
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
