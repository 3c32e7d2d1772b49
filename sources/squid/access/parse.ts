import type { EcsFields } from '@vigie/contracts';
import { putAccess, readAccessLine } from '../../kit/access-log.ts';
import { parseEpoch, putDate } from '../../kit/dates.ts';
import { parseIp } from '../../kit/ip.ts';
import { type Observer, putDuration, putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';

/** `time elapsed client result/status bytes method URL user hierarchy/peer type` */
const NATIVE =
  /^(\d{9,10}\.\d{3}) +(-?\d{1,12}) (\S+) ([A-Z_]{3,60})\/(\d{3}) (\d{1,18}) (\S+) (\S+) (\S+) ([A-Z_]{3,60})\/(\S+) ?(\S*)/;
const RESULT = /(?:^| )((?:TCP|UDP|NONE)[A-Z_]*):([A-Z_]{3,60})$/;

/** Hit, miss and the like, from the words of a result code (`TCP_REFRESH_UNMODIFIED_ABORTED`). */
function cacheStatus(code: string): string | undefined {
  for (const status of ['DENIED', 'HIT', 'MISS', 'TUNNEL', 'REFRESH', 'REDIRECT'])
    if (code.includes(status)) return status.toLowerCase();
  return undefined;
}

const OBSERVER: Observer = { vendor: 'Squid', product: 'Squid', type: 'proxy' };

function putResult(doc: EcsFields, code: string, hierarchy: string): void {
  doc['squid.access.result_code'] = code;
  put(doc, 'squid.access.cache_status', cacheStatus(code));
  doc['squid.access.hierarchy_code'] = hierarchy;
  if (code.startsWith('TCP')) doc['network.transport'] = 'tcp';
  else if (code.startsWith('UDP')) doc['network.transport'] = 'udp';
  const status = doc['http.response.status_code'];
  const denied = code.includes('DENIED');
  const broken =
    code.includes('ABORTED') || code.includes('TIMEOUT') || code.includes('FAIL') || code.startsWith('NONE');
  const failed = denied || broken || (typeof status === 'number' && status >= 400);
  doc['event.category'] = ['network', 'web'];
  const types = ['connection', 'access'];
  if (denied) types.push('denied');
  else if (!failed) types.push('allowed');
  if (failed && !denied) types.push('error');
  doc['event.type'] = types;
  doc['event.outcome'] = failed ? 'failure' : 'success';
  doc['event.action'] = code.toLowerCase();
  putObserver(doc, OBSERVER);
}

/** Where the request went: the peer's address where Squid says it, else the host of the URL. */
function putDestination(doc: EcsFields, peer: string, isTunnel: boolean): void {
  const domain = doc['url.domain'];
  if (typeof domain === 'string') {
    putEndpoint(doc, 'destination', domain);
    const port = doc['url.port'];
    if (typeof port === 'number' && isTunnel) doc['destination.port'] = port;
  }
  const ip = parseIp(peer);
  if (ip !== undefined) {
    doc['destination.ip'] = ip;
    doc['destination.address'] = ip;
  } else if (domain === undefined) putEndpoint(doc, 'destination', peer === '-' ? undefined : peer);
}

/** Referrer and agent, which some formats append in quotes. */
function putQuoted(doc: EcsFields, rest: string): void {
  const parts = rest.match(/"[^"]*"/g);
  if (parts === null) return;
  put(doc, 'http.request.referrer', parts[0]?.slice(1, -1));
  put(doc, 'user_agent.original', parts[1]?.slice(1, -1));
}

function parseNative(match: RegExpExecArray, text: string, doc: EcsFields): void {
  const [all, time, elapsed, client, code, status, bytes, method, url, user, hierarchy, peer, type] =
    match as unknown as string[];
  putDate(doc, '@timestamp', parseEpoch(time!));
  putDuration(doc, elapsed, 1e3);
  putEndpoint(doc, 'source', client);
  if (status !== '000') put(doc, 'http.response.status_code', status);
  put(doc, 'http.response.bytes', bytes);
  if (method !== 'NONE') put(doc, 'http.request.method', method);
  const isTunnel = method === 'CONNECT';
  // `error:invalid-request` and the like stand where there was no URL.
  if (url!.startsWith('error:')) doc['url.original'] = url!;
  else putUrl(doc, url, 'url', isTunnel);
  put(doc, 'user.name', user);
  put(doc, 'http.response.mime_type', type);
  putResult(doc, code!, hierarchy!);
  putDestination(doc, peer!, isTunnel);
  putQuoted(doc, text.slice(all!.length));
}

/** Squid's `combined` and `common` formats end in `TCP_MISS:HIER_DIRECT`. */
function parseCombined(input: ParseInput, doc: EcsFields): boolean {
  const result = RESULT.exec(input.text.trimEnd());
  if (result === null) return false;
  const line = readAccessLine(input.text, input.timeZone);
  if (line === undefined) return false;
  putAccess(line, doc);
  delete doc['http.response.body.bytes'];
  put(doc, 'http.response.bytes', line.bytes);
  putResult(doc, result[1]!, result[2]!);
  putDestination(doc, '-', doc['http.request.method'] === 'CONNECT');
  return true;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const native = NATIVE.exec(input.text);
  if (native !== null) {
    parseNative(native, input.text, doc);
    return 'parsed';
  }
  return parseCombined(input, doc) ? 'parsed' : 'rejected';
}

const isSquid = (input: ParseInput): boolean => NATIVE.test(input.text) || RESULT.test(input.text.trimEnd());

export default defineSource({
  id: 'squid.access',
  signatures: [
    { kind: 'app', names: ['squid', '(squid)', 'squid-1', 'squid_access'], test: isSquid },
    ...['TCP_', 'UDP_', 'NONE'].map((literal) => ({
      kind: 'text' as const,
      literals: [literal, '_', '/'],
      test: isSquid,
    })),
    ...['TCP_', 'UDP_', 'NONE'].map((literal) => ({
      kind: 'text' as const,
      literals: [literal, '] "', ':HIER_'],
      test: isSquid,
    })),
  ],
  parse,
});
