import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseCsv } from '../../kit/csv.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { putDuration } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { completeUrl, putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import { isTracking, readTracking } from './tracking.ts';

const VENDOR = 'microsoft.exchange.';

/** Columns of HttpProxy logs, the same for all protocols, as their `#Fields` line has them. */
const COLUMNS =
  'DateTime RequestId MajorVersion MinorVersion BuildVersion RevisionVersion ClientRequestId Protocol UrlHost UrlStem ProtocolAction AuthenticationType IsAuthenticated AuthenticatedUser Organization AnchorMailbox UserAgent ClientIpAddress ServerHostName HttpStatus BackEndStatus ErrorCode Method ProxyAction TargetServer TargetServerVersion RoutingType RoutingHint BackEndCookie ServerLocatorHost ServerLocatorLatency RequestBytes ResponseBytes TargetOutstandingRequests'.split(
    ' ',
  );
/** Where the columns of latencies end, counted from the last. */
const TAIL = ['GenericErrors', 'GenericInfo'];

const TABLE = fieldTable(
  VENDOR,
  `
  DateTime            @timestamp                     own
  RequestId           http.request.id                text
  Protocol            microsoft.exchange.Protocol    text
  UrlHost             url.domain                     own
  UrlStem             url.path                       own
  AuthenticatedUser   user                           account
  UserAgent           user_agent.original            text
  ClientIpAddress     source                         endpoint
  ServerHostName      host.name                      text
  HttpStatus          http.response.status_code      long
  ErrorCode           error.code                     text
  Method              http.request.method            text
  TargetServer        destination                    endpoint
  RequestBytes        http.request.bytes             long
  ResponseBytes       http.response.bytes            long
  Organization        organization.name              text
  GenericErrors       error.message                  text
  `,
);

const PROXY =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z,[0-9a-f-]{36},\d{1,4},\d{1,4},\d{1,6},\d{1,6},[^,]{0,128},(?:Autodiscover|Eas|Ecp|Ews|Mapi|Oab|Owa|OwaCalendar|PowerShell|PowerShellLiveId|PowerShellProxy|PushNotifications|ReportingWebService|Rest|RpcHttp|Psws|E4e|O365SuiteService|Microsoft\w{0,40}),/;
const SERVER =
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z,[A-Za-z0-9._-]{1,64},(ECP\.\w{2,40}|OWA\.\w{2,40}|ActivityContext\.\w{2,40}|ServerCommandStarted|CmdletLogStart),/;

function readProxy(input: ParseInput, doc: EcsFields): void {
  const columns = parseCsv(input.text, { limit: 200 });
  const pairs = new Map<string, string>();
  for (const [i, name] of COLUMNS.entries()) pairs.set(name, columns[i] ?? '');
  if (columns.length > COLUMNS.length + 4)
    // A comma at the end of the line is an empty last column: errors stand last, information before them.
    for (const [i, name] of TAIL.entries()) pairs.set(name, columns[columns.length - 1 - i] ?? '');
  for (const [key, value] of pairs) if (value !== '') TABLE.put(doc, key, value);
  putDate(doc, '@timestamp', parseIso(columns[0]!, 'UTC'));
  const path = pairs.get('UrlStem') ?? '';
  if (path !== '') {
    putUrl(doc, path);
    completeUrl(doc, pairs.get('UrlHost') === '' ? undefined : pairs.get('UrlHost'));
  }
  const status = Number(pairs.get('HttpStatus'));
  categorise(doc, WHAT.webRequest);
  doc['event.action'] = `${(pairs.get('Protocol') ?? '').toLowerCase()}-request`;
  if (status >= 100) doc['event.outcome'] = status < 400 ? 'success' : 'failure';
  const authenticated = pairs.get('IsAuthenticated');
  if (authenticated !== undefined && authenticated !== '')
    doc[`${VENDOR}IsAuthenticated`] = authenticated.toLowerCase() === 'true';
}

/** `S:TIME=4365;S:CMD=Set-X.Y='a;b';…`: pairs after `S:`, `I32:` and their like; quotes hold semicolons. */
function readData(text: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  let at = 0;
  while (at < text.length && pairs.size < 200) {
    const quoted = text.charCodeAt(at) === 39;
    let end = at + 1;
    if (quoted) {
      while (end < text.length && !(text.charCodeAt(end) === 39 && text.charCodeAt(end + 1) !== 39))
        end += text.charCodeAt(end) === 39 ? 2 : 1;
      const stop = text.indexOf(';', end);
      putPair(pairs, text.slice(at + 1, end).replaceAll("''", "'"));
      at = stop < 0 ? text.length : stop + 1;
      continue;
    }
    end = text.indexOf(';', at);
    if (end < 0) end = text.length;
    putPair(pairs, text.slice(at, end));
    at = end + 1;
  }
  return pairs;
}

function putPair(pairs: Map<string, string>, item: string): void {
  const found = /^(?:[A-Z][A-Za-z0-9]{0,8}:)?([A-Za-z][\w.]{0,60})=/.exec(item.slice(0, 80));
  if (found !== null && !pairs.has(found[1]!)) pairs.set(found[1]!, item.slice(found[0].length));
}

function readServer(input: ParseInput, doc: EcsFields): void {
  const columns = parseCsv(input.text, { limit: 20 });
  putDate(doc, '@timestamp', parseIso(columns[0]!, 'UTC'));
  doc['host.name'] = columns[1]!;
  doc['event.action'] = columns[2]!;
  const pairs = readData(columns[3] ?? '');
  for (const [key, value] of pairs) if (value !== '') doc[VENDOR + key] = value;
  const command = pairs.get('CMD');
  let what: Categorisation = WHAT.webRequest;
  if (command !== undefined && command !== '') {
    // `Set-OabVirtualDirectory.ExternalUrl='…'.Identity='…'`: the command and its parameters.
    doc['process.command_line'] = command;
    const verb = /^([A-Za-z]{2,16})-/.exec(command)?.[1]?.toLowerCase();
    const type =
      verb === 'new' || verb === 'add'
        ? ('creation' as const)
        : verb === 'remove'
          ? ('deletion' as const)
          : verb === 'get' || verb === 'test' || verb === 'search'
            ? ('access' as const)
            : ('change' as const);
    what = { category: ['configuration', 'web'], type: [type] };
    doc[`${VENDOR}command`] = command.split('.', 1)[0]!;
  }
  categorise(doc, what);
  putUrl(doc, pairs.get('URL'));
  put(doc, 'http.request.referrer', pairs.get('REFERRER'));
  put(doc, 'http.request.id', pairs.get('REQID') || pairs.get('ACTID'));
  putAccount(doc, 'user', pairs.get('USERID') || pairs.get('USER') || undefined);
  putEndpoint(doc, 'source', pairs.get('CLIENTIP') || undefined);
  put(doc, 'user_agent.original', pairs.get('UA') || undefined);
  put(doc, 'observer.version', pairs.get('BLD'));
  putDuration(doc, pairs.get('TIME'), 1e3);
  const error = pairs.get('EX');
  if (error !== undefined && error !== '') {
    doc['error.message'] = error;
    doc['event.outcome'] = 'failure';
  }
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const start = input.text.slice(0, 400);
  if (PROXY.test(start)) readProxy(input, doc);
  else if (SERVER.test(start)) readServer(input, doc);
  else if (isTracking(input.text)) readTracking(input.text, doc);
  else return 'rejected';
  doc['service.name'] = 'exchange';
  doc['observer.vendor'] = 'Microsoft';
  doc['observer.product'] = 'Exchange Server';
  return 'parsed';
}

/** Message tracking of Exchange Server 2007 to SE, HttpProxy and ECP server logs of 2013 to SE. */
export default defineSource({
  id: 'microsoft.exchange',
  signatures: [
    {
      kind: 'text',
      prefix: '20',
      literals: ['Z,', ',,'],
      test: ({ text }) => PROXY.test(text.slice(0, 400)),
    },
    ...[
      ',SMTP,',
      ',STOREDRIVER,',
      ',ROUTING,',
      ',DSN,',
      ',AGENT,',
      ',RESOLVER,',
      ',MAILBOXRULE,',
      ',POISON',
    ].map((words) => ({
      kind: 'text' as const,
      prefix: '20',
      literals: ['Z,', words],
      test: ({ text }: ParseInput) => isTracking(text),
    })),
    ...[',ECP.', ',OWA.', ',ActivityContext.'].map((words) => ({
      kind: 'text' as const,
      prefix: '20',
      literals: ['Z,', words],
      test: ({ text }: ParseInput) => SERVER.test(text.slice(0, 400)),
    })),
  ],
  parse,
});
