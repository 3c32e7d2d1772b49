import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
import { parseEpoch, putDate } from '../../kit/dates.ts';
import { splitHostPort } from '../../kit/ip.ts';
import { type Observer, putObserver, putTransport } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';

const VENDOR = 'netscout.aed.';
const OBSERVER: Observer = { vendor: 'NETSCOUT', product: 'Arbor Edge Defense', type: 'ids' };

const CEF = cefTable(
  VENDOR,
  `
  Protection_Group_Name   netscout.aed.protection_group  text
  Protection_Group_ID     netscout.aed.protection_group_id  text
  Threat_Category         rule.category                  text
  Threat_Name             threat.indicator.name          text
  Category                rule.category                  text
  `,
);

const BLOCKED: Categorisation = {
  category: ['network', 'intrusion_detection'],
  type: ['connection', 'denied'],
  action: 'host-blocked',
};

/** Kinds of notification by the words in front of the first colon, in lower case. */
const KINDS: Readonly<Record<string, { readonly what: Categorisation; readonly alert?: true }>> = {
  'blocked host': { what: BLOCKED, alert: true },
  bandwidth: {
    what: { category: ['network', 'intrusion_detection'], type: ['info'], action: 'traffic-above-baseline' },
    alert: true,
  },
  traffic: {
    what: { category: ['network', 'intrusion_detection'], type: ['info'], action: 'traffic-above-baseline' },
    alert: true,
  },
  'cloud signaling': { what: { category: ['network'], type: ['info'], action: 'cloud-signalling' } },
  'protection mode': { what: { ...WHAT.configurationChanged, action: 'protection-changed' } },
  'protection level': { what: { ...WHAT.configurationChanged, action: 'protection-changed' } },
  protection: { what: { ...WHAT.configurationChanged, action: 'protection-changed' } },
  deployment: { what: { ...WHAT.configurationChanged, action: 'deployment-changed' } },
  'deployment mode': { what: { ...WHAT.configurationChanged, action: 'deployment-changed' } },
  'change log': { what: { ...WHAT.configurationChanged, action: 'configuration-changed' } },
  infrastructure: { what: { ...WHAT.hostInfo, action: 'infrastructure' } },
  system: { what: { ...WHAT.hostInfo, action: 'system' } },
  license: { what: { category: ['configuration'], type: ['info'], action: 'licence' } },
  'license limit': { what: { category: ['configuration'], type: ['info'], action: 'licence' } },
  test: { what: { ...WHAT.hostInfo, action: 'test' } },
};

/** `Blocked host A at 10:02 by Invalid Packets using TCP/23 (TELNET) destination B source port 4711` */
const HOST =
  /^Blocked host (\S{1,64})(?: at (\S{1,20}))? by (.{1,120}?) using ([A-Za-z0-9-]{1,16})(?:\/(\d{1,5}))?(?: \(([^)]{1,40})\))?(?: destination (\S{1,64}))?(?: source port (\S{1,10}))?$/;
const GROUP = /\bprotection group '([^']{1,512})'/;
const LEVEL = /\bThe traffic level was ([\d.]{1,16} ?[A-Za-z]{1,8})/;
/** What stands behind the message, in this order: `,EPOCH: 1772359200,PGID: 69,PGNAME: web,URL: https://…`. */
const DETAILS = ['EPOCH', 'PGID', 'PGNAME', 'URL'] as const;

/** Takes the details off the end of a message. */
function readDetails(text: string): { message: string; details: ReadonlyMap<string, string> } {
  const details = new Map<string, string>();
  let message = text;
  for (const name of DETAILS.toReversed()) {
    const at = message.lastIndexOf(`,${name}:`);
    if (at < 0) continue;
    details.set(name, message.slice(at + name.length + 2).trim());
    message = message.slice(0, at);
  }
  return { message: message.trim(), details };
}

/** `Username: system, Subsystem: …, Setting Type: …, Message: …` */
function putChange(doc: EcsFields, message: string): void {
  const found =
    /^Username: ?([^,]{0,128}), Subsystem: ?([^,]{0,256})(?:, Setting Type: ?([^,]{0,256}))?(?:, Message: ?(.*))?$/s.exec(
      message,
    );
  if (found === null) return;
  putAccount(doc, 'user', found[1]);
  put(doc, `${VENDOR}subsystem`, found[2]);
  put(doc, `${VENDOR}setting_type`, found[3]);
  put(doc, 'event.reason', found[4]);
}

function putHost(doc: EcsFields, message: string): boolean {
  const found = HOST.exec(message);
  if (found === null) return false;
  const [, address, , rule, protocol, port, service, target, sourcePort] = found;
  const { host, port: own } = splitHostPort(address!);
  putEndpoint(doc, 'source', host);
  put(doc, 'source.port', own ?? sourcePort, `${VENDOR}source_port`);
  putEndpoint(doc, 'destination', target);
  put(doc, 'destination.port', port);
  putTransport(doc, protocol);
  doc['rule.name'] = rule!;
  if (service !== undefined) doc['network.protocol'] = service.toLowerCase();
  return true;
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  if (input.text.includes('CEF:')) {
    const cef = parseCef(input.text);
    if (cef === undefined || !/^(?:NETSCOUT|Arbor Networks|Arbor)$/i.test(cef.vendor)) return 'rejected';
    putCef(doc, cef, CEF, input);
    putObserver(doc, OBSERVER);
    if (input.syslog?.hostname !== undefined) doc['observer.name'] ??= input.syslog.hostname;
    const kind = KINDS[cef.name.toLowerCase()] ?? KINDS[cef.signatureId.toLowerCase()];
    categorise(doc, kind?.what ?? { category: ['network'], type: ['info'] });
    if (kind?.alert === true) doc['event.kind'] = 'alert';
    doc['event.action'] ??= cef.name;
    return kind === undefined ? 'partial' : 'parsed';
  }
  let text = input.text.trim();
  // Its older versions leave no blank behind the tag, so that the reader does not take it off.
  const tag = /^arbor-networks-(?:aps|aed): ?/.exec(text);
  if (tag !== null) text = text.slice(tag[0].length);
  const colon = text.indexOf(':');
  if (colon <= 0 || colon > 40) return 'rejected';
  const name = text.slice(0, colon);
  const kind = KINDS[name.toLowerCase()];
  putObserver(doc, OBSERVER);
  if (input.syslog?.hostname !== undefined) doc['observer.name'] = input.syslog.hostname;
  const { message, details } = readDetails(text.slice(colon + 1).trim());
  doc['message'] = message;
  doc['rule.category'] = name;
  const url = details.get('URL');
  if (url !== undefined) doc['event.url'] = url;
  put(doc, `${VENDOR}protection_group_id`, details.get('PGID'));
  put(doc, `${VENDOR}protection_group`, details.get('PGNAME') ?? GROUP.exec(message)?.[1]);
  const epoch = details.get('EPOCH');
  if (epoch !== undefined) putDate(doc, '@timestamp', parseEpoch(epoch));
  put(doc, `${VENDOR}traffic_level`, LEVEL.exec(message)?.[1]);
  categorise(doc, kind?.what ?? { category: ['network'], type: ['info'] });
  if (kind?.alert === true) doc['event.kind'] = 'alert';
  if (name === 'Change Log') putChange(doc, message);
  if (kind?.what !== BLOCKED) doc['event.reason'] ??= message;
  else if (!putHost(doc, message)) return 'partial';
  return kind === undefined ? 'partial' : 'parsed';
}

/** NETSCOUT Arbor Edge Defense and Availability Protection System. */
export default defineSource({
  id: 'netscout.aed',
  signatures: [
    {
      kind: 'app',
      names: ['arbor-networks-aps', 'arbor-networks-aed', 'arbor-networks-pravail', 'pravail'],
      test: ({ text }) => /^[A-Za-z][A-Za-z ]{2,38}:/.test(text),
    },
    { kind: 'text', literals: ['arbor-networks-aps:'] },
    { kind: 'text', literals: ['arbor-networks-aed:'] },
    ...[
      '|NETSCOUT|Arbor Edge Defense|',
      '|NETSCOUT|AED|',
      '|Arbor Networks|APS|',
      '|Arbor Networks|Pravail|',
    ].map((literal) => ({ kind: 'text' as const, literals: ['CEF:', literal] })),
  ],
  parse,
});
