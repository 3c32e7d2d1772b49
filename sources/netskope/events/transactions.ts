import type { EcsFields } from '@vigie/contracts';
import { categorise, type EventType } from '../../kit/categorise.ts';
import { parseCsv } from '../../kit/csv.ts';
import { parseEpoch, parseIso, putDate } from '../../kit/dates.ts';
import { parseIp } from '../../kit/ip.ts';
import { putDuration, putTotals } from '../../kit/network.ts';
import { put } from '../../kit/types.ts';
import { completeUrl, putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import { verdictOf } from '../../kit/verdict.ts';

/** Columns of web transactions, by their place in the default selection; those between are kept by no name. */
const AT = {
  date: 0,
  clock: 1,
  taken: 2,
  fromServer: 3,
  fromClient: 4,
  bytes: 5,
  serverIp: 6,
  clientIp: 7,
  user: 8,
  method: 9,
  scheme: 10,
  query: 11,
  agent: 12,
  status: 14,
  type: 15,
  host: 16,
  dnsHost: 17,
  uri: 18,
  port: 19,
  referrer: 20,
} as const;
const DATE = /^\d{4}-\d\d-\d\d,\d\d:\d\d:\d\d,/;
const FULL = /^https?:\/\//;

/** Splits a line of web transactions; `undefined` where it is none. */
export function readTransaction(line: string): string[] | undefined {
  if (!DATE.test(line)) return undefined;
  const columns = parseCsv(line, { limit: 300 });
  return columns.includes('http_transaction') ? columns : undefined;
}

/** Writes a web transaction. */
export function putTransaction(doc: EcsFields, columns: readonly string[]): void {
  const get = (name: keyof typeof AT): string | undefined => {
    const value = columns[AT[name]];
    return value === '-' ? undefined : value;
  };
  doc['observer.vendor'] = 'Netskope';
  doc['observer.product'] = 'Netskope log stream';
  doc['observer.type'] = 'proxy';
  // The server's clock in whole seconds stands further behind; date and time are those of the log.
  const kindAt = columns.indexOf('http_transaction');
  const epoch = columns.slice(kindAt - 12, kindAt).find((column) => /^1\d{9}$/.test(column));
  const time = epoch === undefined ? undefined : parseEpoch(epoch);
  putDate(doc, '@timestamp', time ?? parseIso(`${get('date')} ${get('clock')}`, 'UTC'));
  put(doc, 'destination.bytes', get('fromServer'));
  put(doc, 'source.bytes', get('fromClient'));
  put(doc, 'network.bytes', get('bytes'));
  putDuration(doc, get('taken'), 1e3);
  putTotals(doc);
  for (const [name, side] of [
    ['serverIp', 'destination'],
    ['clientIp', 'source'],
  ] as const) {
    const ip = parseIp(get(name) ?? '');
    if (ip === undefined) continue;
    doc[side === 'source' ? 'source.ip' : 'destination.ip'] = ip;
    doc[side === 'source' ? 'source.address' : 'destination.address'] = ip;
  }
  putAccount(doc, 'user', get('user'));
  put(doc, 'http.request.method', get('method'));
  put(doc, 'user_agent.original', get('agent'));
  put(doc, 'http.response.status_code', get('status'));
  put(doc, 'http.response.mime_type', get('type'));
  put(doc, 'http.request.referrer', get('referrer'));
  const full = columns.find((column, i) => i > kindAt && FULL.test(column));
  if (full !== undefined) putUrl(doc, full);
  else {
    putUrl(doc, get('uri'));
    const scheme = get('scheme');
    completeUrl(doc, get('host'), scheme === 'http' || scheme === 'https' ? scheme : undefined);
  }
  const cipherAt = columns.findIndex((column, i) => i > kindAt && /^TLSv1(?:\.\d)?$/.test(column));
  if (cipherAt >= 0) {
    doc['tls.version'] = columns[cipherAt]!.slice(4);
    doc['tls.version_protocol'] = 'tls';
    const cipher = columns[cipherAt + 1];
    if (cipher?.startsWith('TLS_')) doc['tls.cipher'] = cipher;
    else if (cipher?.includes('-') && cipher.length > 1) doc['tls.cipher'] = cipher;
  }
  const ja3 = columns.find((column, i) => i > kindAt && /^[0-9a-f]{32}$/.test(column));
  if (ja3 !== undefined) doc['tls.client.ja3'] = ja3;
  const sniAt = columns.findIndex((column, i) => i > kindAt && column === 'Sni');
  const name = columns[sniAt - 1];
  if (sniAt > 0 && name !== undefined && name !== '-') doc['tls.client.server_name'] = name;
  // Decision and policy stand behind the time of the policy's decision.
  const decided = columns.findIndex(
    (column, i) => i > kindAt && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(column),
  );
  const decision = decided < 0 ? undefined : columns[decided + 1];
  const types: EventType[] = ['info'];
  if (decision !== undefined && decision !== '-') {
    doc['event.action'] = decision;
    const verdict = verdictOf(decision);
    if (verdict !== undefined) types.push(verdict);
    const policy = columns[decided + 2];
    if (policy !== undefined && policy !== '-' && policy !== '') doc['rule.ruleset'] = policy;
  }
  categorise(doc, { category: ['network', 'web'], type: types });
}
