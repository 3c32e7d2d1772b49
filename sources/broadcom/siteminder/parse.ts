import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import { REASONS } from './reasons.ts';

const VENDOR = 'broadcom.siteminder.';

/** Access events of the Policy Server (Broadcom knowledge article 373186). */
const EVENTS: Readonly<Record<string, Categorisation>> = {
  AuthAccept: { ...WHAT.login, outcome: 'success' },
  AuthReject: { ...WHAT.login, outcome: 'failure' },
  AuthAttempt: { ...WHAT.login, outcome: 'failure' },
  AuthChallenge: WHAT.authentication,
  AuthLogout: { ...WHAT.logout, outcome: 'success' },
  AdminLogin: { ...WHAT.login, outcome: 'success' },
  AdminReject: { ...WHAT.login, outcome: 'failure' },
  AdminLogout: { ...WHAT.logout, outcome: 'success' },
  AzAccept: { category: ['web'], type: ['access', 'allowed'], outcome: 'success' },
  AzReject: { category: ['web'], type: ['access', 'denied'], outcome: 'failure' },
  ValidateAccept: { category: ['web', 'session'], type: ['access', 'allowed'], outcome: 'success' },
  ValidateReject: { category: ['web', 'session'], type: ['access', 'denied'], outcome: 'failure' },
};

const METHOD = /^(?:GET|POST|PUT|DELETE|HEAD|OPTIONS|PATCH|TRACE|CONNECT)$/;
/** `AuthAccept host [date] "ip user" "agent action resource" [transaction] [reason] text [impersonator] [directory]`. */
const LINE =
  /^\s*([A-Z][A-Za-z]{3,30}) (\S{1,255}) \[([^\]]{10,40})\] "([^"]*)"\s{1,4}"([^"]*)"\s{0,4}(?:\[([^\]]*)\])?\s{0,4}(?:\[(\d{1,4})\])?([^[]*)(?:\[([^\]]*)\]\s{0,4})?(?:\[([^\]]*)\])?/;
/** Columns of the form with "Enable Enhance Tracing", each in brackets (Broadcom knowledge article 23644). */
const COLUMNS = [
  'category',
  'event',
  'reason',
  'host',
  'time',
  'agent',
  'session',
  'user',
  'domain_oid',
  'realm',
  'realm_oid',
  'client',
  'resource',
  'action',
  'directory',
  'directory_server',
  'directory_namespace',
  'transaction',
  'status',
  'domain',
  'impersonator',
  'impersonator_directory',
  'object',
  'object_oid',
  'field',
] as const; // prettier-ignore
type Column = (typeof COLUMNS)[number];

/** A record in either form, by the names of its columns. */
type Entry = Partial<Record<Column, string>>;

/** Splits at the first blank. */
function cut(text: string): readonly [string, string] {
  const at = text.indexOf(' ');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function readPlain(text: string): Entry | undefined {
  const match = LINE.exec(text);
  if (match === null || !Object.hasOwn(EVENTS, match[1]!)) return undefined;
  const [client, user] = cut(match[4]!);
  const [agent, request] = cut(match[5]!.trim());
  const [action, resource] = cut(request);
  return {
    event: match[1]!,
    host: match[2]!,
    time: match[3]!,
    client,
    user: user.trim(),
    agent,
    action,
    resource: resource.trim(),
    transaction: match[6] ?? '',
    reason: match[7] ?? '',
    status: match[8]!.trim(),
    impersonator: match[9] ?? '',
    impersonator_directory: match[10] ?? '',
  };
}

function readBracketed(text: string): Entry | undefined {
  const line = text.trim();
  if (!line.startsWith('[') || !line.endsWith(']')) return undefined;
  const values = line.slice(1, -1).split('][', COLUMNS.length);
  if (values.length < 14 || !Object.hasOwn(EVENTS, values[1]!)) return undefined;
  const record: Entry = {};
  for (const [i, name] of COLUMNS.entries()) record[name] = values[i]?.trim() ?? '';
  return record;
}

/** The account of a distinguished name: its first part is the login, `dc` parts spell the domain. */
function putUser(doc: EcsFields, user: string): void {
  if (user === '') return;
  const first = /^(?:uid|cn|samaccountname|userprincipalname|mail)=([^,]{1,256})/i.exec(user);
  if (first === null) {
    putAccount(doc, 'user', user);
    return;
  }
  doc['user.name'] = first[1]!;
  doc[`${VENDOR}user_dn`] = user;
  const domain = [...user.slice(0, 2_000).matchAll(/(?:^|,)\s?dc=([^,]{1,64})/gi)].map((part) => part[1]!);
  if (domain.length > 0) doc['user.domain'] = domain.join('.');
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const record = readPlain(input.text) ?? readBracketed(input.text);
  if (record === undefined) return 'rejected';
  const event = record.event!;
  putObserver(doc, { vendor: 'Broadcom', product: 'SiteMinder' });
  if (record.host !== '') {
    doc['observer.name'] = record.host!;
    doc['observer.hostname'] = record.host!;
  }
  doc['event.dataset'] = 'broadcom.siteminder.smaccess';
  const time = record.time!;
  putDate(doc, '@timestamp', parseDate(time, input));
  // The web agent is asked by a client: both views are ECS's for an exchange of request and answer.
  putEndpoint(doc, 'source', record.client);
  putEndpoint(doc, 'client', record.client);
  putUser(doc, record.user!);
  put(doc, `${VENDOR}agent`, record.agent);
  if (METHOD.test(record.action ?? '')) doc['http.request.method'] = record.action!;
  else put(doc, `${VENDOR}action`, record.action);
  if (record.resource !== '') {
    putUrl(doc, record.resource);
  }
  const transaction = record.transaction ?? '';
  const session = /^idletime=(\d{1,9});maxtime=(\d{1,9});authlevel=(\d{1,5})/.exec(transaction);
  if (session !== null) {
    put(doc, `${VENDOR}idletime`, Number(session[1]));
    put(doc, `${VENDOR}maxtime`, Number(session[2]));
    put(doc, `${VENDOR}authlevel`, Number(session[3]));
  } else put(doc, 'transaction.id', transaction);
  put(doc, `${VENDOR}session_id`, record.session);
  const reason = record.reason ?? '';
  put(doc, `${VENDOR}reason_code`, reason);
  put(
    doc,
    'event.reason',
    REASONS[Number(reason)] === undefined || reason === '' ? reason : REASONS[Number(reason)],
  );
  put(doc, 'message', record.status);
  put(doc, 'user.effective.name', record.impersonator);
  for (const column of ['realm', 'directory', 'domain', 'object', 'impersonator_directory'] as const)
    put(doc, VENDOR + column, record[column]);
  categorise(doc, { ...EVENTS[event]!, action: event });
  return 'parsed';
}

const NAMES = Object.keys(EVENTS);

/** Broadcom (CA) SiteMinder: the access log of the Policy Server. */
export default defineSource({
  id: 'broadcom.siteminder',
  signatures: [
    ...NAMES.map((name) => ({
      kind: 'text' as const,
      prefix: `${name} `,
      literals: [' [', '] "', '" "'],
      test: ({ text }: ParseInput) => LINE.test(text),
    })),
    ...NAMES.map((name) => ({
      kind: 'text' as const,
      literals: [`${name} `, '] "', '"'],
      test: ({ text }: ParseInput) => readPlain(text) !== undefined,
    })),
    ...NAMES.map((name) => ({
      kind: 'text' as const,
      prefix: '[',
      literals: [`][${name}][`],
      test: ({ text }: ParseInput) => readBracketed(text) !== undefined,
    })),
  ],
  parse,
});
