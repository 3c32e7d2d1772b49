import type { EcsFields } from '@vigie/contracts';
import { categorise, type EventType } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putTlsVersion } from '../../kit/tls.ts';
import { toLong } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';

const VENDOR = 'imperva.waf.';
const TABLE = cefTable(
  VENDOR,
  `
  sourceServiceName  destination               endpoint
  requestMethod      http.request.method       text
  requestmethod      http.request.method       text
  requestClientApplication  user_agent.original  text
  deviceExternalId   http.request.id           text
  deviceExternalID   http.request.id           text
  cn1                http.response.status_code long
  cpt                source.port               port
  spt                destination.port          port?
  sip                destination.ip            ip?
  src                source                    side
  dhost              destination               endpoint
  in                 http.request.bytes        long
  xff                network.forwarded_ip      ip
  ref                http.request.referrer     text
  cicode             source.geo.city_name      text
  Rule_name          rule.name                 text
  Customer           organization.name         text
  ccode              source.geo.country_iso_code country
  request            url                       own
  app                network.protocol          lower
  ver                tls                       own
  act                event.action              text
  postbody           http.request.body.content text
  qstr               url.query                 text
  filePermission     rule.id                   text
  fileType           rule.category             text
  msg                message                   text
  ImpervaAACves      vulnerability.id          list
  ImpervaAAAttackType rule.category            text
`,
);

/** What the service did with a request; its documentation lists the words. */
function verdict(action: string): { type: EventType; reason?: string } {
  const word = action.toUpperCase();
  if (/^(?:REQ_PASSED|REQ_CACHED|ALERT)/.test(word)) return { type: 'allowed' };
  if (/^REQ_CHALLENGE/.test(word)) return { type: 'denied', reason: 'The client was challenged' };
  if (/BLACKLIST/.test(word)) return { type: 'denied', reason: 'The destination was blacklisted' };
  if (/BLOCKED|^BLOCK|DENIED/.test(word)) return { type: 'denied', reason: 'The connection was blocked' };
  if (/IPV6/.test(word)) return { type: 'error', reason: "The destination doesn't support IPv6 addresses" };
  if (/UNRESOLVED/.test(word))
    return { type: 'error', reason: 'The proxy failed to resolve the destination' };
  if (/^REQ_BAD|ERROR|TIMEOUT|SSL|PARSE/.test(word)) return { type: 'error' };
  return { type: 'access' };
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const cef = parseCef(input.text);
  if (cef === undefined || !/^(?:Incapsula|Imperva)/.test(cef.vendor)) return 'rejected';
  const pairs = putCef(doc, cef, TABLE, input);
  const action = pairs.get('act') ?? pairs.get('deviceAction');
  // A type of attack, or what Attack Analytics made of many; a blocked country is no attack yet.
  const isAttack = pairs.has('fileType') || cef.product === 'Attack Analytics';
  const { type, reason } =
    action === undefined ? { type: 'access' as const, reason: undefined } : verdict(action);
  categorise(doc, {
    category: isAttack ? ['network', 'intrusion_detection'] : ['network'],
    type: ['connection', type],
  });
  if (reason !== undefined) doc['event.reason'] = reason;
  if (cef.name !== 'Normal') doc['rule.name'] ??= cef.name.trim();
  const request = pairs.get('request');
  if (request !== undefined) putRequest(doc, request, pairs.get('app')?.toLowerCase());
  const version = /^(\S{3,12})(?: (\S{3,64}))?/.exec(pairs.get('ver') ?? '');
  if (version !== null) {
    putTlsVersion(doc, version[1]!);
    if (version[2] !== undefined) doc['tls.cipher'] = version[2];
  }
  const from = toLong(pairs.get('start'));
  const to = toLong(pairs.get('end'));
  if (from !== undefined && to !== undefined && to >= from) doc['event.duration'] = (to - from) * 1e6;
  doc['observer.vendor'] = 'Imperva';
  doc['observer.product'] = 'Web Application Firewall';
  doc['observer.type'] = 'firewall';
  return 'parsed';
}

/** `www.example.com/path`: a host and a path without a scheme. */
function putRequest(doc: EcsFields, request: string, scheme: string | undefined): void {
  const slash = request.indexOf('/');
  if (slash <= 0 || request.includes('://')) {
    putUrl(doc, request);
    return;
  }
  const known = scheme === 'http' || scheme === 'https' ? scheme : undefined;
  putUrl(doc, known === undefined ? `//${request}` : `${known}://${request}`);
  doc['url.original'] = request;
}

/** Imperva Cloud WAF (Incapsula) and Attack Analytics, in Common Event Format. */
export default defineSource({
  id: 'imperva.waf',
  signatures: [
    { kind: 'text', literals: ['CEF:', '|Incapsula|SIEMintegration|'] },
    { kind: 'text', literals: ['CEF:', '|Imperva Inc'] },
    { kind: 'text', literals: ['CEF:', '|Imperva|'] },
  ],
  parse,
});
