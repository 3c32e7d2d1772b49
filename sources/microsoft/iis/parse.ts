import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { putDuration } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { completeUrl, putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';

const VENDOR = 'microsoft.iis.';
/** What every selection of columns has, in the order in which IIS writes it; from the date to the client's address. */
const HEAD =
  /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) (?:(W3SVC\d{1,10}) (\S{1,63}) )?([0-9a-fA-F.:%]{2,60}|-) ([A-Z][A-Z_-]{1,30}) (\S{1,16384}) (\S{1,16384}) (\d{1,5}) (\S{1,255}) ([0-9a-fA-F.:%]{2,60}|-) /;
const VERSION = /^HTTP\/(\d(?:\.\d)?) /;
/** Status, substatus, Windows status, bytes where they are logged, milliseconds. */
const TAIL = / (\d{3}) (\d{1,5}) (\d{1,10})(?: (\d{1,18}) (\d{1,18}))?(?: (\d{1,12}))?$/;

/** Blanks are written as `+` in the columns that hold words. */
const words = (text: string): string => text.replaceAll('+', ' ');

interface Line {
  readonly head: RegExpExecArray;
  readonly tail: RegExpExecArray;
  readonly between: readonly string[];
  readonly version?: string;
}

function readLine(text: string): Line | undefined {
  const head = HEAD.exec(text);
  if (head === null) return undefined;
  // The tail is short; looking for it at the end alone keeps long lines cheap.
  const from = Math.max(head[0].length - 1, text.length - 90);
  const tail = TAIL.exec(text.slice(from));
  if (tail === null) return undefined;
  let middle = text.slice(head[0].length, from + tail.index);
  const version = VERSION.exec(`${middle} `)?.[1];
  if (version !== undefined) middle = middle.slice(6 + version.length);
  return {
    head,
    tail,
    between: middle === '' ? [] : middle.split(' ', 6),
    ...(version === undefined ? {} : { version }),
  };
}

/** The columns that a site may log between address and status: agent, cookie, referrer, host. */
function putBetween(doc: EcsFields, { between }: Line): void {
  if (between.length === 0) return;
  put(doc, 'user_agent.original', words(between[0]!));
  const referrer = between.length >= 3 ? between[2] : between[1];
  put(doc, 'http.request.referrer', referrer);
  if (between.length >= 3) put(doc, `${VENDOR}cookie`, between[1]);
  const host = between.length >= 4 ? between[3] : undefined;
  if (host !== undefined && host !== '-')
    completeUrl(doc, host, doc['destination.port'] === 443 ? 'https' : undefined);
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const text = input.text.trimEnd();
  const line = readLine(text);
  if (line === undefined) return 'rejected';
  const [, date, time, site, machine, server, method, stem, query, port, user, client] =
    line.head as unknown as (string | undefined)[];
  categorise(doc, WHAT.webRequest);
  // IIS writes W3C logs in UTC, whatever the machine's zone.
  putDate(doc, '@timestamp', parseIso(`${date!}T${time!}Z`, 'UTC'));
  doc['http.request.method'] = method!;
  putUrl(doc, query === '-' ? stem : `${stem!}?${query!}`);
  putEndpoint(doc, 'destination', server);
  put(doc, 'destination.port', port);
  putEndpoint(doc, 'source', client);
  putAccount(doc, 'user', user);
  put(doc, 'host.name', machine);
  put(doc, `${VENDOR}site`, site);
  put(doc, 'http.version', line.version);
  putBetween(doc, line);
  const [, status, substatus, system, sent, received, took] = line.tail as unknown as (string | undefined)[];
  put(doc, 'http.response.status_code', status);
  doc[`${VENDOR}substatus`] = Number(substatus);
  doc[`${VENDOR}win32_status`] = Number(system);
  put(doc, 'http.response.bytes', sent);
  put(doc, 'http.request.bytes', received);
  if (took !== undefined) putDuration(doc, took, 1e3);
  doc['event.outcome'] = Number(status) >= 400 ? 'failure' : 'success';
  doc['message'] = text;
  return 'parsed';
}

/** Internet Information Services: requests in the W3C extended format. */
export default defineSource({
  id: 'microsoft.iis',
  signatures: [
    ...['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND', 'PATCH', 'TRACE', 'DEBUG'].map(
      (method) => ({
        kind: 'text' as const,
        literals: ['-', ':', ` ${method} /`],
        test: (input: ParseInput) => readLine(input.text.trimEnd()) !== undefined,
      }),
    ),
  ],
  parse,
});
