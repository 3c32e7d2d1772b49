import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, type EventType, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { fieldTable } from '../../kit/field-table.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { type Observer, putDuration, putObserver, putTotals } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { completeUrl } from '../../kit/url.ts';
import { verdictOf } from '../../kit/verdict.ts';
import { readPlain } from './plain.ts';
import { putSystem } from './system.ts';

const VENDOR = 'juniper.srx.';
const OBSERVER: Observer = { vendor: 'Juniper Networks', product: 'SRX', type: 'firewall' };

/** Parameters of structured logs; the plain form is read into the same names. */
const TABLE = fieldTable(
  VENDOR,
  `
  source-address               source                           endpoint
  source-port                  source.port                      port
  destination-address          destination                      endpoint
  destination-port             destination.port                 port
  nat-source-address           source.nat.ip                    ip?
  nat-source-port              source.nat.port                  port?
  nat-destination-address      destination.nat.ip               ip?
  nat-destination-port         destination.nat.port             port?
  protocol-id                  network.transport                transport
  protocol-name                network.transport                transport
  protocol                     network.transport                transport
  service-name                 service.name                     text
  application-name             network.application              lower
  application                  network.application              lower
  username                     source.user                      account
  roles                        source.user.roles                list
  policy-name                  rule.name                        text
  rule-name                    rule.name                        text
  rulebase-name                rule.ruleset                     text
  attack-name                  rule.name                        text
  threat-severity              log.level                        text
  severity                     log.level                        text
  source-zone-name             observer.ingress.zone            text
  source-zone                  observer.ingress.zone            text
  destination-zone-name        observer.egress.zone             text
  destination-zone             observer.egress.zone             text
  packet-incoming-interface    observer.ingress.interface.name  text
  incoming-interface           observer.ingress.interface.name  text
  source-interface-name        observer.ingress.interface.name  text
  interface-name               observer.ingress.interface.name  text
  destination-interface-name   observer.egress.interface.name   text
  packets-from-client          source.packets                   long
  bytes-from-client            source.bytes                     long
  packets-from-server          destination.packets              long
  bytes-from-server            destination.bytes                long
  inbound-bytes                source.bytes                     long
  outbound-bytes               destination.bytes                long
  inbound-packets              source.packets                   long
  outbound-packets             destination.packets              long
  elapsed-time                 event.duration                   own
  epoch-time                   @timestamp                       own
  reason                       event.reason                     text
  action                       event.action                     own
  url                          url.path                         own
  obj                          url.path                         own
  category                     rule.category                    text
  profile-name                 rule.ruleset                     text
  profile                      rule.ruleset                     text
  name                         rule.name                        text
  filename                     file                             file
  file-name                    file                             file
  hostname                     source.domain                    domain
  `,
);

const isNothing = (value: string): boolean =>
  value === '' || value === 'N/A' || value === 'NA' || value === 'None' || value === 'UNKNOWN';

/** Kinds of log by the beginning of their tag. */
function classify(tag: string, action: string | undefined): { what: Categorisation; alert: boolean } {
  const verdict = action === 'alarm-without-drop' ? 'allowed' : verdictOf(action);
  const withVerdict = (base: EventType): EventType[] => (verdict === undefined ? [base] : [base, verdict]);
  if (tag.startsWith('RT_FLOW_') || tag.startsWith('APPTRACK_')) {
    const type: EventType | undefined = /CREATE/.test(tag)
      ? 'start'
      : /CLOSE/.test(tag)
        ? 'end'
        : /DENY/.test(tag)
          ? 'denied'
          : undefined;
    return {
      what: {
        category: ['network', 'session'],
        type: type === undefined ? ['connection'] : ['connection', type],
        outcome: 'success',
      },
      alert: false,
    };
  }
  if (tag.startsWith('RT_SCREEN_')) {
    const type: EventType[] = [verdict ?? 'info'];
    return { what: { category: ['intrusion_detection'], type, outcome: 'success' }, alert: true };
  }
  if (tag.startsWith('IDP_') || tag.startsWith('RT_IDP'))
    return { what: { category: ['network', 'intrusion_detection'], type: withVerdict('info') }, alert: true };
  if (tag.startsWith('AV_') || tag.startsWith('AAMW_') || tag.startsWith('SECINTEL_'))
    return { what: { category: ['network', 'malware'], type: withVerdict('info') }, alert: true };
  if (tag.startsWith('WEBFILTER_') || tag.startsWith('CONTENT_FILTERING')) {
    const types: EventType[] = ['access'];
    if (tag.includes('BLOCKED')) types.push('denied');
    else if (tag.includes('PERMITTED')) types.push('allowed');
    return { what: { category: ['network', 'web'], type: types }, alert: false };
  }
  if (tag.startsWith('ANTISPAM_')) return { what: WHAT.mail, alert: false };
  return { what: { category: ['network'], type: ['info'] }, alert: false };
}

const TRAFFIC = /^(?:RT_|APPTRACK_|IDP_|AV_|AAMW_|SECINTEL_|WEBFILTER_|CONTENT_FILTERING|ANTISPAM_|FLOW_)/;
/** A tag of Junos: words in capitals. */
const TAG = /^([A-Z][A-Z0-9]{1,30}(?:_[A-Z0-9]{1,40}){1,12})(?::? |$)/;

/** A whole structured log behind a relay's header: date, device, program, its id, the log's tag. */
const INNER =
  /^(?:<\d{1,3}>)?(?:1 )?(\d{4}-\d\d-\d\dT[0-9:.]{8,18}(?:Z|[+-]\d\d:?\d\d)) (\S{1,255}) ([A-Za-z][\w-]{0,40}) (\S{1,12}) (?=[A-Z][A-Z0-9]{1,30}_[A-Z0-9_]{1,80} \[junos@)/;

/** The device's own log, where a relay has put a header of its own in front. */
function unwrapRelay(input: ParseInput, doc: EcsFields): ParseInput {
  const inner = INNER.exec(input.text.slice(0, 400));
  if (inner === null) return input;
  putDate(doc, '@timestamp', parseDate(inner[1]!, input));
  doc['observer.name'] = inner[2]!;
  const procid = inner[4] === '-' ? undefined : inner[4];
  return {
    ...input,
    text: input.text.slice(inner[0].length),
    syslog: {
      ...input.syslog,
      hostname: inner[2]!,
      app: inner[3]!,
      ...(procid === undefined ? {} : { procid }),
    },
  };
}

function tagOf(input: ParseInput): string | undefined {
  const found = TAG.exec(input.text.slice(0, 400))?.[1];
  if (found !== undefined) return found;
  const id = input.syslog?.msgid;
  if (id !== undefined && TAG.test(id)) return id;
  const app = input.syslog?.app;
  return app !== undefined && TAG.test(app) ? app : undefined;
}

function structuredOf(input: ParseInput): ReadonlyMap<string, string> | undefined {
  const structured = input.syslog?.structured;
  if (structured !== undefined)
    for (const id of Object.keys(structured))
      if (id.startsWith('junos')) return new Map(Object.entries(structured[id]!));
  const at = input.text.search(/\[(?:junos|[a-z-]{3,40}=")/);
  if (at < 0) return undefined;
  const end = input.text.lastIndexOf(']');
  return parseKeyValue(input.text.slice(at + 1, end > at ? end : undefined));
}

function putTraffic(
  doc: EcsFields,
  tag: string,
  pairs: ReadonlyMap<string, string>,
  input: ParseInput,
): void {
  for (const [key, value] of pairs) if (!isNothing(value)) TABLE.put(doc, key, value);
  putDuration(doc, pairs.get('elapsed-time'));
  const epoch = pairs.get('epoch-time');
  if (epoch !== undefined) putDate(doc, '@timestamp', parseDate(epoch, input));
  const target = pairs.get('obj');
  const host = pairs.get('url');
  if (target?.startsWith('/')) {
    doc['url.path'] = target;
    completeUrl(doc, host);
  } else if (host !== undefined && !isNothing(host)) doc['url.original'] = host;
  putTotals(doc);
  const action = pairs.get('action');
  const { what, alert } = classify(tag, action);
  categorise(doc, what);
  doc['event.kind'] = alert ? 'alert' : 'event';
  doc['event.action'] = tag;
  if (action !== undefined && action !== '') doc[`${VENDOR}action`] = action;
}

function parse(received: ParseInput, doc: EcsFields): ParseOutcome {
  const fields: EcsFields = {};
  const input = unwrapRelay(received, fields);
  const tag = tagOf(input);
  const structured = structuredOf(input);
  const app = input.syslog?.app;
  if (tag === undefined && !(app !== undefined && DAEMONS.has(app.toLowerCase()))) return 'rejected';
  putObserver(doc, OBSERVER);
  Object.assign(doc, fields);
  const rest =
    tag !== undefined && input.text.startsWith(tag)
      ? input.text.slice(tag.length + 1).trim()
      : input.text.trim();
  if (app !== undefined && !TAG.test(app)) doc['event.provider'] = app;
  if (tag !== undefined && TRAFFIC.test(tag)) {
    const pairs = structured ?? readPlain(tag, rest);
    putTraffic(doc, tag, pairs ?? new Map<string, string>(), input);
    if (structured === undefined && rest !== '') doc['message'] = rest;
    return pairs === undefined ? 'partial' : 'parsed';
  }
  if (structured !== undefined) for (const [key, value] of structured) doc[VENDOR + key] = value;
  if (rest !== '') doc['message'] = rest;
  return putSystem(doc, tag, rest, structured) ? 'parsed' : 'partial';
}

/** Programs of Junos that other systems do not have. */
const JUNOS = [
  'mgd',
  'rpd',
  'chassisd',
  'dcd',
  'l2ald',
  'pfed',
  'keyadmin',
  'kmd',
  'jsrpd',
  'nsd',
  'idpd',
  'utmd',
  'appidd',
  'alarmd',
  'craftd',
  'eswd',
  'l2cpd',
  'l2cpmd',
  'cosd',
  'mib2d',
  'sampled',
  'ppmd',
  'bfdd',
  'lacpd',
  'dfwd',
  'jlaunchd',
  'rtlogd',
  'eventd',
  'jkmd',
  'iked',
  'fwauthd',
  'httpd-gk',
  'jdhcpd',
  'aamwd',
  'secinteld',
  'userid',
  'license-check',
];
const DAEMONS: ReadonlySet<string> = new Set([...JUNOS, 'rshd']);
/** Programs that write Junos's tags as well as other systems' messages. */
const SHARED = [
  'sshd',
  'login',
  'snmpd',
  'cron',
  'init',
  'kernel',
  'cli',
  'xntpd',
  'inetd',
  'lldpd',
  'file',
  'junos',
];

/** Juniper SRX and Junos, 12.1 to 24, structured and plain. */
export default defineSource({
  id: 'juniper.srx',
  signatures: [
    {
      kind: 'app',
      names: [
        'RT_FLOW',
        'RT_IDS',
        'RT_UTM',
        'RT_IDP',
        'RT_AAMW',
        'RT_SECINTEL',
        'RT_SCREEN',
        'RT_LOG',
        ...JUNOS,
      ],
    },
    { kind: 'app', names: SHARED, test: (input) => isJunosTag(input) },
    // Other systems have an rshd as well, which says other things.
    { kind: 'app', names: ['rshd'], test: ({ text }) => text.includes(" cmd='") },
    { kind: 'text', literals: ['[junos@2636.'] },
    { kind: 'text', literals: [' [junos@'], test: ({ text }) => INNER.test(text.slice(0, 400)) },
    { kind: 'text', literals: ['[junos ', '="'] },
    { kind: 'text', prefix: 'RT_FLOW_SESSION_' },
    { kind: 'text', prefix: 'RT_SCREEN_' },
    { kind: 'text', prefix: 'APPTRACK_SESSION_' },
    ...[
      'UI_AUTH_EVENT:',
      'UI_LOGIN_EVENT:',
      'UI_LOGOUT_EVENT:',
      'UI_CMDLINE_READ_LINE:',
      'UI_COMMIT:',
      'UI_CFG_AUDIT_',
    ].map((prefix) => ({ kind: 'text' as const, prefix })),
  ],
  parse,
});

function isJunosTag(input: ParseInput): boolean {
  // A rule of netfilter may have a prefix that looks like a tag.
  if (/ OUT=\S{0,32} .{0,200}\bSRC=/.test(input.text.slice(0, 600))) return false;
  return (
    TAG.test(input.text.slice(0, 400)) ||
    input.text.includes('[junos') ||
    Object.keys(input.syslog?.structured ?? {}).some((id) => id.startsWith('junos'))
  );
}
