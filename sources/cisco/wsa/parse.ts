import type { EcsFields } from '@vigie/contracts';
import { categorise, type EventCategory, type EventType } from '../../kit/categorise.ts';
import { parseEpoch, putDate } from '../../kit/dates.ts';
import { putDuration, putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint, toLong } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import { putVerdict, VENDOR } from './verdict.ts';

/**
 * `time elapsed client result/status bytes method URL user hierarchy/server type`, before it the log's level.
 * The access log of AsyncOS begins as Squid's does; the decision tag and the verdict behind it are its own.
 */
const LINE =
  /^(?:([A-Z][a-z]{2,8}): )?(\d{9,10}\.\d{1,6}) +(-?\d{1,12}) (\S{1,64}) ([A-Z_]{2,60})\/(\d{3}) (\d{1,18}) (\S{1,40}) (\S+) ("[^"]{0,512}"|\S+) ([A-Z_]{2,60})\/(\S{0,512}) ("[^"]{0,256}"|\S{1,256}) /;
const AGENT = /^(?:"[^"]*"|\S+) "([^"]{1,2048})"|^"([^"]{1,2048})"/;

/** How a line begins; the whole form is looked at by the parser. */
const START = /^(?:[A-Z][a-z]{2,8}: )?\d{9,10}\.\d{1,6} +-?\d{1,12} \S{1,64} [A-Z_]{2,60}\/\d{3} /;

function isWsa({ text }: ParseInput): boolean {
  return START.test(text);
}

/** `"EXAMPLE\\alice@realm"`: the realm is the appliance's name for the directory that it asked. */
function putUser(doc: EcsFields, text: string): void {
  const name = text.startsWith('"') ? text.slice(1, -1) : text;
  const at = name.lastIndexOf('@');
  const realm = at > 0 ? name.slice(at + 1) : '';
  // With a dot it is the domain of an address.
  if (realm === '' || realm.includes('.')) {
    putAccount(doc, 'user', name);
    return;
  }
  doc[`${VENDOR}authentication_realm`] = realm;
  putAccount(doc, 'user', name.slice(0, at));
}

/**
 * The decision: `BLOCK_WEBCAT_12-AccessPolicy-Identity-OutboundMalware-DataSecurity-ExternalDLP-Routing`. Names
 * of policies have `_` for blanks; one with a hyphen can't be told from two, then only the tag is taken.
 */
function putDecision(doc: EcsFields, tag: string): string {
  const parts = tag.split('-', 16);
  const decision = parts[0]!;
  doc['rule.id'] = decision;
  if (parts.length >= 7 && parts.length <= 8) {
    const [, access, identity, malware, data, dlp, routing] = parts as [
      string,
      string,
      string,
      string,
      string,
      string,
      string,
    ];
    if (access !== '' && access !== 'NONE') doc['rule.ruleset'] = access.replaceAll('_', ' ');
    put(doc, `${VENDOR}policy.identity`, identity.replaceAll('_', ' '));
    put(doc, `${VENDOR}policy.outbound_malware_scanning`, malware);
    put(doc, `${VENDOR}policy.data_security`, data);
    put(doc, `${VENDOR}policy.external_dlp`, dlp);
    put(doc, `${VENDOR}policy.routing`, routing);
  }
  return decision;
}

/** Hit, miss and the like, from the words of a result code. */
function cacheStatus(code: string): string | undefined {
  for (const status of ['DENIED', 'MISS', 'HIT', 'REFRESH'])
    if (code.includes(status)) return status.toLowerCase();
  return undefined;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const { text } = input;
  const match = LINE.exec(text);
  if (match === null) return 'rejected';
  const open = text.indexOf(' <', match[0].length - 1);
  const close = open < 0 ? -1 : text.indexOf('>', open);
  if (open < match[0].length || close < 0) return 'rejected';
  const [, level, time, elapsed, client, code, status, bytes, method, url, user, hierarchy, peer, type] =
    match as unknown as string[];

  const end = parseEpoch(time!);
  putDate(doc, '@timestamp', end);
  const seconds = putDuration(doc, elapsed, 1e3);
  // The time is that of the end of the transaction.
  if (end !== undefined && seconds !== undefined) putDate(doc, 'event.start', end - seconds * 1000);
  if (level !== undefined) doc['log.level'] = level.toLowerCase();
  putEndpoint(doc, 'source', client);
  if (status !== '000') put(doc, 'http.response.status_code', status);
  put(doc, 'http.response.bytes', bytes);
  if (method !== 'NONE') put(doc, 'http.request.method', method === 'TCP_CONNECT' ? 'CONNECT' : method);
  put(doc, 'http.response.mime_type', type!.replace(/^"|"$/g, ''));
  putUser(doc, user!);
  putUrl(doc, url, 'url', !url!.includes('/'));
  putServer(doc, hierarchy!, peer!);
  doc[`${VENDOR}result_code`] = code!;
  doc[`${VENDOR}hierarchy_code`] = hierarchy!;
  put(doc, `${VENDOR}cache_status`, cacheStatus(code!));
  if (code!.startsWith('TCP')) doc['network.transport'] = 'tcp';

  // Custom fields may stand before the decision.
  const before = text.slice(match[0].length, open);
  const decision = putDecision(doc, before.slice(before.lastIndexOf(' ') + 1));
  const isMalware = putVerdict(doc, text.slice(open + 2, close));
  const agent = AGENT.exec(text.slice(close + 2, close + 4_096));
  put(doc, 'user_agent.original', agent?.[1] ?? agent?.[2]);
  putMeaning(doc, code!, decision, toLong(status) ?? 0, isMalware);
  putObserver(doc, { vendor: 'Cisco', product: 'Cisco Web Security Appliances', type: 'proxy' });
  if (input.syslog?.hostname !== undefined) doc['observer.name'] = input.syslog.hostname;
  return 'parsed';
}

/** Where the request went: the server that the appliance asked, else the one of the URL. */
function putServer(doc: EcsFields, hierarchy: string, peer: string): void {
  const domain = doc['url.domain'];
  const asked = hierarchy === 'NONE' || peer === '-' || peer === '' ? undefined : peer;
  putEndpoint(doc, 'destination', asked ?? (typeof domain === 'string' ? domain : undefined));
  const port = doc['url.port'];
  if (doc['http.request.method'] === 'CONNECT' && typeof port === 'number') doc['destination.port'] = port;
}

/** `BLOCK_WEBCAT_12` → `block_webcat`: what the appliance did and by which of its services. */
function actionOf(decision: string): string {
  return decision.replace(/_\d{1,5}$/, '').toLowerCase();
}

function putMeaning(
  doc: EcsFields,
  code: string,
  decision: string,
  status: number,
  isMalware: boolean,
): void {
  const denied = decision.startsWith('BLOCK') || decision.startsWith('DROP') || code.includes('DENIED');
  const failed = denied || status >= 400 || decision.startsWith('NO_PASSWORD');
  const category: EventCategory[] = ['network', 'web'];
  const type: EventType[] = ['access'];
  if (denied) type.push('denied');
  else type.push(failed ? 'error' : 'allowed');
  if (isMalware || /_(?:AMW|AMP|WBRS)/.test(decision)) {
    doc['event.kind'] = 'alert';
    if (isMalware) category.push('malware');
  }
  categorise(doc, { category, type, action: actionOf(decision), outcome: failed ? 'failure' : 'success' });
}

export default defineSource({
  id: 'cisco.wsa',
  signatures: [
    { kind: 'text', literals: [' <', ',-,', '"-"', '/', '> '], test: isWsa },
    { kind: 'text', literals: [' <', ',-,', '-NONE', '/', '> '], test: isWsa },
    { kind: 'text', literals: [' <IW_', ',-,', '> '], test: isWsa },
    { kind: 'text', literals: [' <nc,', ',-,', '> '], test: isWsa },
  ],
  parse,
});
