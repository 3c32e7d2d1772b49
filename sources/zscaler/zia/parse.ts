import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, type EventType, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
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
  applicationname      network.application         text
  nwapplication        network.application         text
  urlcategory          rule.category               text
  urlcat               rule.category               text
  rulelabel            rule.name                   text
  ruletype             rule.ruleset                text
  user                 user                        own
  login                user                        own
  elogin               user                        own
  deviceowner          user                        own
  owner                file.owner                  text
  adminid              user                        own
  clientip             source                      side
  ClientIP             source                      side
  cip                  source                      side
  csip                 source                      side
  sourceip             source                      side
  srcip                source                      side
  clt_sip              source                      side
  clt_sport            source.port                 port?
  sport                source.port                 port?
  ssip                 source.nat.ip               ip?
  ssport               source.nat.port             port?
  clientpublicIP       source.nat.ip               ip
  cintip               source                      side
  sourceport           source.port                 port?
  csport               source.port                 port?
  serverip             destination                 side
  sip                  destination                 side
  cdip                 destination                 side
  srv_dip              destination                 side
  srv_dport            destination.port            port?
  srvdip               destination                 side
  sdip                 destination.nat.ip          ip?
  sdport               destination.nat.port        port?
  destcountry          destination.geo.country_name text
  srcipcountry         source.geo.country_name     text
  destinationip        destination                 side
  destip               destination                 side
  destinationport      destination.port            port?
  cdport               destination.port            port?
  hostname             destination.domain          domain
  host                 destination.domain          domain
  url                  url                         url
  fullurl              url                         url
  refererURL           http.request.referrer       text
  referrerURL          http.request.referrer       text
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
  malwaretype          rule.name                   own
  rulename             rule.name                   text
  policy               rule.ruleset                text
  md5                  file.hash.md5               text
  bamd5                file.hash.md5               text
  filemd5              file.hash.md5               lower
  sha256               file.hash.sha256            lower
  filename             file                        file
  upload_filename      file                        file
  object_name_1        file                        file
  filesource           file.directory              text
  company              organization.name           text
  department           user.group.name             text
  devicehostname       host.name                   text
  deviceostype         host.os.name                text
  dnsreq               dns.question.name           text
  dns_req              dns.question.name           text
  req                  dns.question.name           text
  dns_reqtype          dns.question.type           text
  dns_resp             dns.response_code           own
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
  const name = text(firstOf(json, 'user', 'login', 'elogin', 'adminid', 'deviceowner'));
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

/** The answer to a DNS question: an address, or the response code. */
function putAnswer(doc: EcsFields, answer: string): void {
  const ip = parseIp(answer);
  if (ip !== undefined) doc['dns.resolved_ip'] = [ip];
  else if (/^[A-Z]{4,16}$/.test(answer)) doc['dns.response_code'] = answer;
  else doc['dns.answers.data'] = [answer];
}

type Kind = 'audit' | 'dns' | 'tunnel' | 'firewall' | 'web' | 'casb';

/** Kinds of feed by members that only they have. */
const MARKS: readonly (readonly [Kind, readonly string[]])[] = [
  ['audit', ['auditlogtype', 'preaction', 'postaction', 'adminid']],
  ['tunnel', ['tunneltype', 'Recordtype', 'tunnelprotocol']],
  ['dns', ['dnsreq', 'dnsreqtype', 'dns_req', 'dns_reqtype', 'restype']],
  ['firewall', ['csip', 'cdip', 'nwapp', 'nwsvc', 'ipproto']],
  ['casb', ['dlpenginenames', 'dlpdictnames', 'malwareclass', 'applicationname']],
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

/** What the feed calls itself in its frame. */
const FEEDS: Readonly<Record<string, Kind>> = {
  'zscalernss-audit': 'audit',
  'zscalernss-tunnel': 'tunnel',
  'zscalernss-dns': 'dns',
  'zscalernss-fw': 'firewall',
  'zscalernss-web': 'web',
  'zscalernss-casb': 'casb',
};

function kindOf(json: JsonObject, feed: string | undefined): Kind | undefined {
  if (feed !== undefined && Object.hasOwn(FEEDS, feed)) return FEEDS[feed];
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
  if (kind === 'casb') {
    const isThreat = text(json['threatname']) !== undefined || text(json['malwaretype']) !== undefined;
    return { category: isThreat ? ['file', 'malware'] : ['file'], type: withVerdict('info') };
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
  const kind = kindOf(event, text(outer['sourcetype']));
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
  const threat = text(firstOf(json, 'threatname', 'malwaretype'));
  if (threat !== undefined) {
    doc['rule.name'] = threat;
    doc['event.kind'] = 'alert';
  }
  const answer = text(firstOf(json, 'dns_resp', 'dnsresp'));
  if (answer !== undefined) putAnswer(doc, answer);
  // Firewall feeds without the client's view of the connection have the server's alone.
  if (doc['destination.ip'] === undefined && typeof doc['destination.nat.ip'] === 'string') {
    doc['destination.ip'] = doc['destination.nat.ip'];
    doc['destination.address'] ??= doc['destination.nat.ip'];
    const port = doc['destination.nat.port'];
    if (port !== undefined) doc['destination.port'] ??= port;
    delete doc['destination.nat.ip'];
    delete doc['destination.nat.port'];
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
    {
      kind: 'json',
      keys: ['sourcetype', 'event'],
      test: (json) => typeof json['sourcetype'] === 'string' && Object.hasOwn(FEEDS, json['sourcetype']),
    },
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
