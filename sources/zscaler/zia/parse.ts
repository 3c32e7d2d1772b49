import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, type EventType, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { firstOf, object, text } from '../../kit/json.ts';
import { type Observer, putDuration, putObserver, putTotals } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { completeUrl } from '../../kit/url.ts';
import { outcomeOf, verdictOf } from '../../kit/verdict.ts';

const VENDOR = 'zscaler.zia.';
const OBSERVER: Observer = { vendor: 'Zscaler', product: 'Internet Access', type: 'proxy' };

/** Fields of NSS feeds, in the spellings of their templates. */
const TABLE = fieldTable(
  VENDOR,
  `
  datetime             @timestamp                  own
  time                 @timestamp                  own
  epochtime            @timestamp                  own
  event_id             event.id                    text
  recordid             event.id                    text
  action               event.action                own
  reason               event.reason                text
  eventreason          error.code                  text
  event                event.action                own
  protocol             network.protocol            text
  proto                network.transport           transport
  ipproto              network.transport           transport
  nwapp                network.application         text
  nwsvc                network.protocol            lower
  appname              network.application         text
  urlcategory          rule.category               text
  urlcat               rule.category               text
  rulelabel            rule.name                   text
  ruletype             rule.ruleset                text
  user                 user                        own
  login                user                        own
  elogin               user                        own
  adminid              user                        own
  clientip             source                      side
  ClientIP             source                      side
  cip                  source                      side
  csip                 source                      side
  sourceip             source                      side
  srcip                source                      side
  clientpublicIP       source.nat.ip               ip
  cintip               source                      side
  sourceport           source.port                 port?
  csport               source.port                 port?
  serverip             destination                 side
  sip                  destination                 side
  cdip                 destination                 side
  sdip                 destination.nat.ip          ip
  destinationip        destination                 side
  destip               destination                 side
  destinationport      destination.port            port?
  cdport               destination.port            port?
  hostname             destination.domain          domain
  host                 destination.domain          domain
  url                  url                         url
  refererURL           http.request.referrer       text
  referer              http.request.referrer       text
  useragent            user_agent.original         text
  ua                   user_agent.original         text
  requestmethod        http.request.method         text
  reqmethod            http.request.method         text
  status               http.response.status_code   long
  respcode             http.response.status_code   long
  contenttype          http.response.mime_type     text
  requestsize          http.request.bytes          long
  reqsize              http.request.bytes          long
  responsesize         http.response.bytes         long
  respsize             http.response.bytes         long
  outbytes             source.bytes                long
  inbytes              destination.bytes           long
  threatname           rule.name                   own
  md5                  file.hash.md5               text
  bamd5                file.hash.md5               text
  filename             file                        file
  devicehostname       host.name                   text
  deviceostype         host.os.name                text
  dnsreq               dns.question.name           text
  req                  dns.question.name           text
  reqtype              dns.question.type           text
  dnsreqtype           dns.question.type           text
  durationms           event.duration              own
  tunneltype           network.type                text
  error                event.reason                text
  errorcode            error.code                  text
  clientsslcipher      tls.cipher                  text
  clienttlsversion     tls.version                 tls-version
  ja3                  tls.client.ja3              text
  result               event.outcome               own
  vendor               observer.vendor             own
  product              observer.product            own
  `,
);

const NOTHING = new Set(['', '-', 'None', 'NA', 'N/A', 'none', 'Unknown']);

/** Members that say something; percent signs are how feeds protect their separators. */
function tidy(json: JsonObject): JsonObject {
  const out: JsonObject = {};
  for (const key of Object.keys(json)) {
    const value = json[key];
    if (typeof value === 'string') {
      if (!NOTHING.has(value) && !value.startsWith('%')) out[key] = value;
    } else if (value !== undefined && value !== null) out[key] = value;
  }
  return out;
}

/** The e-mail address that names an account; `Road%20Warrior` is a place. */
function putUser(doc: EcsFields, json: JsonObject): void {
  const name = text(firstOf(json, 'user', 'login', 'elogin', 'adminid'));
  if (name === undefined) return;
  const at = name.indexOf('@');
  doc['user.name'] = at > 0 ? name.slice(0, at) : name;
  if (at > 0) {
    doc['user.email'] = name;
    doc['user.domain'] = name.slice(at + 1);
  }
}

/** `%20` and the like in the name of an agent. */
function decodeAgent(doc: EcsFields): void {
  const agent = doc['user_agent.original'];
  if (typeof agent !== 'string' || !agent.includes('%20') || agent.length > 4_000) return;
  doc['user_agent.original'] = agent.replace(/%([0-7][0-9A-Fa-f])/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}

type Kind = 'audit' | 'dns' | 'tunnel' | 'firewall' | 'web';

/** Kinds of feed by members that only they have. */
const MARKS: readonly (readonly [Kind, readonly string[]])[] = [
  ['audit', ['auditlogtype', 'preaction', 'postaction', 'adminid']],
  ['tunnel', ['tunneltype', 'Recordtype', 'tunnelprotocol']],
  ['dns', ['dnsreq', 'dnsreqtype', 'restype']],
  ['firewall', ['csip', 'cdip', 'nwapp', 'nwsvc', 'ipproto']],
  [
    'web',
    [
      'urlsupercategory',
      'urlcategory',
      'urlcat',
      'refererURL',
      'requestmethod',
      'transactionsize',
      'clientpublicIP',
    ],
  ],
];

function kindOf(json: JsonObject): Kind | undefined {
  return MARKS.find(([, keys]) => keys.some((key) => Object.hasOwn(json, key)))?.[0];
}

function classify(kind: Kind, json: JsonObject): Categorisation {
  const action = text(json['action']);
  const verdict = verdictOf(action) ?? (action?.toLowerCase().startsWith('block') ? 'denied' : undefined);
  const withVerdict = (base: EventType): EventType[] => (verdict === undefined ? [base] : [base, verdict]);
  if (kind === 'audit') {
    const outcome = outcomeOf(text(json['result']));
    if (action === 'SIGN_IN') return { ...WHAT.login, outcome };
    if (action === 'SIGN_OUT') return { ...WHAT.logout, outcome };
    const made =
      action === 'CREATE'
        ? WHAT.configurationCreated
        : action === 'DELETE'
          ? WHAT.configurationDeleted
          : WHAT.configurationChanged;
    return { ...made, outcome };
  }
  if (kind === 'dns') return { category: ['network'], type: withVerdict('protocol') };
  if (kind === 'web') {
    const threat = text(json['threatname']);
    if (threat !== undefined && !NOTHING.has(threat))
      return { category: ['network', 'web', 'malware'], type: withVerdict('info') };
    return { category: ['network', 'web'], type: withVerdict('info') };
  }
  return { category: ['network'], type: withVerdict('connection') };
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const outer = input.json;
  if (outer === undefined) return 'rejected';
  // The frame of feeds (`sourcetype`, `event`) is that of a known shipper and may have been taken off.
  const event = object(outer['event']) ?? outer;
  const kind = kindOf(event);
  if (kind === undefined) return 'rejected';
  const json = tidy(event);
  putObserver(doc, OBSERVER);
  TABLE.putObject(doc, json);
  const stamp = text(firstOf(json, 'epochtime', 'datetime', 'time'));
  if (stamp !== undefined) putDate(doc, '@timestamp', parseDate(stamp, input));
  putUser(doc, json);
  decodeAgent(doc);
  const host = text(firstOf(json, 'hostname', 'host'));
  const target = doc['url.original'];
  if (typeof target === 'string' && host !== undefined && doc['url.domain'] === undefined) {
    // Feeds leave the scheme out: `www.example.org/index.html`.
    if (target.startsWith(host)) {
      const path = target.slice(host.length).split('?', 1)[0]!;
      delete doc['url.path'];
      if (path !== '') doc['url.path'] = path;
    }
    const scheme = text(json['protocol'])?.toLowerCase();
    completeUrl(doc, host, scheme === 'http' || scheme === 'https' ? scheme : undefined);
    if (doc['url.scheme'] !== undefined) doc['url.full'] = `${doc['url.scheme']}://${target}`;
  }
  if (host !== undefined && doc['destination.domain'] !== undefined) doc['destination.address'] = host;
  const action = text(firstOf(json, 'action', 'event'));
  if (action !== undefined) doc['event.action'] = action.toLowerCase();
  const threat = text(json['threatname']);
  if (threat !== undefined) {
    doc['rule.name'] = threat;
    doc['event.kind'] = 'alert';
  }
  const duration = json['durationms'];
  if (duration !== undefined) putDuration(doc, duration, 1e3);
  putTotals(doc);
  const what = classify(kind, json);
  categorise(doc, what);
  return 'parsed';
}

/** Zscaler Internet Access, Nanolog Streaming Service in JSON. */
export default defineSource({
  id: 'zscaler.zia',
  signatures: [
    ...[
      ['auditlogtype', 'adminid'],
      ['auditlogtype', 'preaction'],
      ['adminid', 'postaction'],
      ['tunneltype', 'Recordtype'],
      ['tunneltype', 'recordid', 'sourceip'],
      ['dnsreq', 'dnsreqtype'],
      ['csip', 'cdip', 'ipproto'],
      ['nwapp', 'nwsvc'],
      ['urlsupercategory', 'urlclass'],
      ['urlsupercategory', 'serverip'],
      ['urlcategory', 'transactionsize'],
      ['urlcategory', 'clientpublicIP'],
      ['urlcategory', 'refererURL'],
      ['urlcategory', 'ClientIP'],
      ['requestmethod', 'ClientIP', 'serverip'],
    ].map((keys) => ({ kind: 'json' as const, keys })),
  ],
  parse,
});
