import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, type EventType, WHAT } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { fieldTable, isHostName } from '../../kit/field-table.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { type Pairs, parseKeyValue } from '../../kit/key-value.ts';
import { parseMac } from '../../kit/mac.ts';
import { type Observer, putDuration, putObserver, putTotals, putTransport } from '../../kit/network.ts';
import { putSyslogSeverity } from '../../kit/severity.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { completeUrl, putUrl } from '../../kit/url.ts';
import { verdictOf } from '../../kit/verdict.ts';

const VENDOR = 'sonicwall.firewall.';
const OBSERVER: Observer = { vendor: 'SonicWall', product: 'SonicOS', type: 'firewall' };

/** Tags of SonicOS's enhanced syslog, and those that its ArcSight form has instead. */
const TABLE = fieldTable(
  VENDOR,
  `
  id                       observer.name                    own
  sn                       observer.serial_number           text
  fw                       observer.ip                      own
  time                     @timestamp                       own
  pri                      event.severity                   own
  m                        event.code                       text
  msg                      event.reason                     text
  src                      source                           own
  dst                      destination                      own
  spt                      source.port                      port
  dpt                      destination.port                 port
  natSrc                   source.nat                       own
  natDst                   destination.nat                  own
  snpt                     source.nat.port                  port?
  dnpt                     destination.nat.port             port?
  srcMac                   source.mac                       mac
  dstMac                   destination.mac                  mac
  smac                     source.mac                       mac
  dmac                     destination.mac                  mac
  deviceInboundInterface   observer.ingress.interface.name  text
  deviceOutboundInterface  observer.egress.interface.name   text
  srcZone                  observer.ingress.zone            text
  dstZone                  observer.egress.zone             text
  proto                    network.transport                own
  sent                     source.bytes                     long
  out                      source.bytes                     long
  rcvd                     destination.bytes                long
  in                       destination.bytes                long
  spkt                     source.packets                   long
  rpkt                     destination.packets              long
  cdur                     event.duration                   own
  usr                      user                             account
  user                     user                             account
  susr                     user                             account
  suser                    user                             account
  dur                      event.duration                   own
  appName                  network.application              text
  rule                     rule.name                        text
  op                       http.request.method              own
  result                   http.response.status_code        long
  dstname                  destination.domain               domain
  arg                      url                              own
  request                  url                              url
  fw_action                event.action                     own
  act                      event.action                     text

  ipscat                   rule.category                    text

  agent                    user_agent.original              text
  userAgent                user_agent.original              text
  filename                 file                             file
  fileid                   file.hash                        hash
  dns                      dns.question.name                text
  `,
);

/** Request methods by the numbers of the tag `op`. */
const METHODS: ReadonlyMap<string, string> = new Map([
  ['0', ''],
  ['1', 'GET'],
  ['2', 'POST'],
  ['3', 'HEAD'],
]);

/** `192.0.2.1:443:X1:www.example.org`: address, port, interface and name, each but the first may be left out. */
function putSide(doc: EcsFields, side: 'source' | 'destination', text: string): void {
  const keys = side === 'source' ? SOURCE : DESTINATION;
  const whole = parseIp(text);
  if (whole !== undefined) {
    doc[keys.address] = whole;
    doc[keys.ip] = whole;
    return;
  }
  // An address of version 6 is in brackets where more follows.
  const close = text.startsWith('[') ? text.indexOf(']') : -1;
  const head = close > 0 ? text.slice(0, close + 1) : text.split(':', 1)[0]!;
  const ip = parseIp(head);
  if (ip !== undefined) {
    doc[keys.address] = ip;
    doc[keys.ip] = ip;
  }
  const [port, device, name] = text.slice(head.length + 1).split(':', 3);
  const number = port === undefined ? undefined : parsePort(port);
  if (number !== undefined) doc[keys.port] = number;
  if (device !== undefined && device !== '') doc[keys.device] = device;
  if (name !== undefined && isHostName(name)) doc[keys.domain] = name;
}

const SOURCE = {
  address: 'source.address',
  ip: 'source.ip',
  port: 'source.port',
  domain: 'source.domain',
  device: 'observer.ingress.interface.name',
} as const;
const DESTINATION = {
  address: 'destination.address',
  ip: 'destination.ip',
  port: 'destination.port',
  domain: 'destination.domain',
  device: 'observer.egress.interface.name',
} as const;

function putTranslated(doc: EcsFields, side: 'source' | 'destination', text: string): void {
  const ip = parseIp(text) ?? parseIp(text.split(':', 1)[0]!);
  if (ip === undefined) return;
  if (ip !== '0.0.0.0') doc[side === 'source' ? 'source.nat.ip' : 'destination.nat.ip'] = ip;
  const port = text.includes('.') ? parsePort(text.split(':', 2)[1] ?? '') : undefined;
  if (port !== undefined && port !== 0)
    doc[side === 'source' ? 'source.nat.port' : 'destination.nat.port'] = port;
}

/** Labels of the ArcSight form hold values themselves: zones, translated addresses. */
function putLabels(doc: EcsFields, pairs: Pairs): void {
  for (const [key, value] of [
    ['cs1Label', 'source'],
    ['cs2Label', 'destination'],
  ] as const) {
    const text = pairs.get(key);
    if (text !== undefined) putTranslated(doc, value, text);
  }
  const from = pairs.get('cs3Label');
  if (from !== undefined && from !== '') doc['observer.ingress.zone'] = from;
  const to = pairs.get('cs4Label');
  if (to !== undefined && to !== '') doc['observer.egress.zone'] = to;
}

const LOGIN = /\blog ?in\b|\blogged in\b|authentication/i;
const LOGOUT = /\blog ?out\b|\blogged out\b|\blog ?off\b/i;
const ATTACK =
  /\bIPS\b|intrusion|attack|\bscan\b|spoof|\bflood\b|anti-?virus|anti-?spyware|botnet|malware|virus|detection alert|prevention alert/i;

function classify(
  message: string,
  verb: string | undefined,
  doc: EcsFields,
): { what: Categorisation; alert: boolean } {
  if (/^(?:system|config)/i.test(message) || /configuration .{0,40}(?:changed|saved)/i.test(message))
    return { what: WHAT.configurationChanged, alert: false };
  if (LOGOUT.test(message)) return { what: { ...WHAT.logout, outcome: 'success' }, alert: false };
  if (LOGIN.test(message)) {
    const failed = /fail|denied|incorrect|invalid|reject/i.test(message);
    return { what: { ...WHAT.login, outcome: failed ? 'failure' : 'success' }, alert: false };
  }
  const dropped = /\bdropped\b|\bdenied\b|\bblocked\b/i.test(message);
  const verdict = verdictOf(verb) ?? (dropped ? 'denied' : undefined);
  const types: EventType[] = [doc['network.protocol'] === undefined ? 'connection' : 'protocol'];
  if (/\bopened\b/i.test(message)) types.push('start');
  else if (/\bclosed\b/i.test(message)) types.push('end');
  if (verdict !== undefined) types.push(verdict);
  const isAttack = ATTACK.test(message);
  if (isAttack && !/application control/i.test(message))
    return { what: { category: ['network', 'intrusion_detection'], type: types }, alert: true };
  return {
    what: { category: doc['url.original'] === undefined ? ['network'] : ['network', 'web'], type: types },
    alert: isAttack,
  };
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const text = input.text;
  const cefAt = text.indexOf('CEF:');
  let pairs: Pairs;
  let name = '';
  if (cefAt >= 0) {
    const cef = parseCef(text);
    if (cef === undefined || cef.vendor !== 'SonicWall') return 'rejected';
    // The extension has quotes around values, which CEF itself does not know.
    const extension = text.indexOf(
      '|',
      text.indexOf(cef.name, text.indexOf('|SonicWall|')) + cef.name.length + 1,
    );
    pairs = parseKeyValue(text.slice(extension + 1).replace(/= (?=\d)/g, '='));
    doc['event.code'] = cef.signatureId;
    doc['observer.version'] = cef.deviceVersion;
    const severity = Number(cef.severity);
    if (Number.isInteger(severity)) doc['event.severity'] = severity;
    putObserver(doc, { ...OBSERVER, product: cef.product });
    name = cef.name;
  } else {
    pairs = parseKeyValue(text);
    if (!pairs.has('sn') && !pairs.has('fw')) return 'rejected';
    putObserver(doc, OBSERVER);
    putSyslogSeverity(doc, pairs.get('pri'));
    const id = pairs.get('id');
    if (id !== undefined && id !== 'firewall') doc['observer.name'] = id;
  }
  for (const [key, value] of pairs)
    if (value !== '' && !key.includes('#') && !key.endsWith('Label')) TABLE.put(doc, key, value);
  const time = pairs.get('time');
  if (time !== undefined) putDate(doc, '@timestamp', parseDate(time, input));
  const own = parseIp(pairs.get('fw') ?? '');
  if (own !== undefined) doc['observer.ip'] = [own];
  for (const side of ['source', 'destination'] as const) {
    const plain = pairs.get(side === 'source' ? 'src' : 'dst');
    if (plain !== undefined) putSide(doc, side, plain);
    const translated = pairs.get(side === 'source' ? 'natSrc' : 'natDst');
    if (translated !== undefined) putTranslated(doc, side, translated);
  }
  if (cefAt >= 0) putLabels(doc, pairs);
  const protocol = pairs.get('proto');
  if (protocol !== undefined) {
    const slash = protocol.indexOf('/');
    putTransport(doc, slash < 0 ? protocol : protocol.slice(0, slash));
    if (slash > 0 && !/^\d+$/.test(protocol.slice(slash + 1)))
      doc['network.protocol'] = protocol.slice(slash + 1).toLowerCase();
  }
  const mac = pairs.get('srcMac');
  if (mac !== undefined && doc['source.mac'] === undefined) {
    const parsed = parseMac(mac);
    if (parsed !== undefined) doc['source.mac'] = parsed;
  }
  const method = pairs.get('op');
  if (method !== undefined) {
    const word = METHODS.get(method) ?? method;
    if (word !== '') doc['http.request.method'] = word;
  }
  const target = pairs.get('arg');
  if (target !== undefined) {
    putUrl(doc, target);
    const protocolName = doc['network.protocol'];
    completeUrl(
      doc,
      pairs.get('dstname'),
      protocolName === 'http' || protocolName === 'https' ? protocolName : undefined,
    );
  }
  const milliseconds = pairs.get('cdur');
  if (milliseconds !== undefined) putDuration(doc, milliseconds, 1e3);
  else putDuration(doc, pairs.get('dur'));
  putTotals(doc);
  const category = pairs.get('website-category') ?? pairs.get('webCategory') ?? pairs.get('Category');
  if (category !== undefined) doc['rule.category'] ??= category;
  const verb = pairs.get('fw_action');
  if (verb !== undefined && verb !== 'NA') doc['event.action'] = verb;
  const message = pairs.get('msg') ?? name;
  const { what, alert } = classify(message, verb, doc);
  categorise(doc, what);
  doc['event.kind'] = alert ? 'alert' : 'event';
  if (message !== '') doc['message'] = message;
  return pairs.has('m') || cefAt >= 0 ? 'parsed' : 'partial';
}

/** SonicWall firewalls, SonicOS 5.8 to 7.2, in the enhanced syslog and the ArcSight format. */
export default defineSource({
  id: 'sonicwall.firewall',
  signatures: [
    { kind: 'text', prefix: 'CEF:', literals: ['|SonicWall|'] },
    { kind: 'text', literals: [' sn=', ' fw=', ' m='], test: ({ text }) => /\bpri="?\d\b/.test(text) },
  ],
  parse,
});
