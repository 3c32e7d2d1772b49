import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { parseIp, splitHostPort } from '../../kit/ip.ts';
import { parseMac } from '../../kit/mac.ts';
import { putDuration, putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';
import { putVendor, VENDOR } from './attributes.ts';
import { classify } from './classify.ts';
import { type Attributes, first, readAttributes } from './pairs.ts';

/** `CISE_Failed_Attempts 0001027727 2 0 `: category of the log, number of the message, its segments, this one's. */
const SEGMENT = /^ ?(?:(CISE_\w{1,60}) )?(\d{10}) (\d{1,3}) (\d{1,3}) +/;
/** `2026-03-01 10:00:00.301 +01:00 0015075255 5400 NOTICE Failed-Attempt: Authentication failed, ` */
const HEAD =
  /^(\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}[.:]\d{3} [+-]\d{2}:\d{2}) (\d{10}) (\d{4,6}) ([A-Z]{4,6}) {1,2}([A-Za-z][\w &/()+-]{0,80}): ([^,]{1,512})(?:, |,$|$)/;
/** `CISE_Alarm WARN: TrustSec deploy verification failed…: Device Name=…; `: an alarm. */
const ALARM =
  /^ ?(?:(CISE_\w{1,60}) )?(WARN|INFO|CRITICAL|ERROR): ([^=]{3,512}?)(?:: (?=[A-Z][\w ]{1,40}=)|$)/;
/** Attributes by which the later segment of a message is known, where a relay has cut the category off. */
const ATTRIBUTE =
  /\b(?:AcsSessionID|NetworkDeviceGroups|CPMSessionID|ConfigVersionId|SelectedAccessService|EndPointMACAddress|IdentityGroup|StepData)=/;

interface Head {
  /** `CISE_Failed_Attempts` */
  readonly category?: string;
  readonly time?: string;
  readonly code?: string;
  readonly severity?: string;
  /** `Failed-Attempt` */
  readonly group?: string;
  readonly text?: string;
  readonly attributes: Attributes;
}

function readHead(text: string): Head | undefined {
  const segment = SEGMENT.exec(text);
  const category = segment?.[1];
  const rest = segment === null ? text : text.slice(segment[0].length);
  const head = HEAD.exec(rest);
  if (head !== null)
    return {
      category,
      // The local store writes the milliseconds behind a colon.
      time: head[1]!.replace(/:(\d{3}) /, '.$1 '),
      code: head[3]!,
      severity: head[4]!,
      group: head[5]!,
      text: head[6]!.trim(),
      attributes: readAttributes(rest.slice(head[0].length)),
    };
  if (segment !== null) {
    if (category === undefined && !ATTRIBUTE.test(rest)) return undefined;
    return { category, attributes: readAttributes(rest) };
  }
  const alarm = ALARM.exec(text);
  if (alarm === null) return undefined;
  return {
    category: alarm[1],
    severity: alarm[2]!,
    group: 'Alarm',
    text: alarm[3]!.trim(),
    attributes: readAttributes(text.slice(alarm[0].length), '; '),
  };
}

const MAC_IN_RESPONSE = /\bUserName=([0-9A-Fa-f:.-]{12,17})/;

/**
 * The side that asks is the endpoint or the administrator, because that is who fails and who is let in; the network
 * device that asks on its behalf stands there only where nothing else is known. It is never joined with the
 * endpoint's card: that would say that the card has the device's address. The other side is the node of ISE.
 */
function putSides(doc: EcsFields, attributes: Attributes): void {
  const calling = first(attributes, 'Calling-Station-ID', 'CallingStationID');
  const mac =
    (calling === undefined ? undefined : parseMac(calling)) ??
    parseMac(first(attributes, 'EndPointMACAddress', 'EndpointMacAddress') ?? '') ??
    parseMac(MAC_IN_RESPONSE.exec(first(attributes, 'Response') ?? '')?.[1] ?? '');
  if (mac !== undefined) doc['source.mac'] = mac;
  const device = parseIp(
    first(attributes, 'Device IP Address', 'NAS-IP-Address', 'NetworkDeviceAddress', 'Device Ip') ?? '',
  );
  const asking =
    (calling === undefined ? undefined : parseIp(calling)) ??
    parseIp(
      first(attributes, 'Remote-Address', 'AdminIPAddress', 'Framed-IP-Address', 'FramedIPAddress') ?? '',
    );
  const ip = asking ?? (mac === undefined ? device : undefined);
  if (ip !== undefined) {
    doc['source.address'] = ip;
    doc['source.ip'] = ip;
  }
  if (device !== undefined) {
    doc[`${VENDOR}device_ip`] = device;
    if (device !== ip) doc['related.ip'] = [device];
  }
  const name = first(attributes, 'Device Name');
  if (name !== undefined && parseIp(name) === undefined) {
    doc['source.address'] = name;
    doc['source.domain'] = name;
  }

  putEndpoint(doc, 'destination', first(attributes, 'DestinationIPAddress'));
  put(doc, 'destination.port', first(attributes, 'DestinationPort'));
  const peer = first(attributes, 'PeerName');
  if (peer !== undefined) putEndpoint(doc, 'destination', splitHostPort(peer).host);
  const other = first(attributes, 'PeerAddress');
  const called = attributes.get('Called-Station-ID');
  const otherMac =
    parseMac(other ?? '') ??
    (doc['destination.ip'] === undefined && called?.length === 1 ? parseMac(called[0]!) : undefined);
  if (otherMac !== undefined) doc['destination.mac'] = otherMac;
}

/** `[ CmdAV=show CmdArgAV=version CmdArgAV=<cr> ]` → `show version <cr>` */
function commandOf(set: string): string {
  let inner = set.trim();
  if (inner.startsWith('[')) inner = inner.slice(1);
  if (inner.endsWith(']')) inner = inner.slice(0, -1);
  const words: string[] = [];
  for (const part of inner.split(/\s?Cmd(?:Arg)?AV=/, 200)) {
    const word = part.trim();
    if (word !== '') words.push(word);
  }
  return words.join(' ');
}

function putPeople(doc: EcsFields, attributes: Attributes): void {
  const name = first(
    attributes,
    'UserName',
    'User-Name',
    'User',
    'AdminName',
    'Device login username',
    'adminName',
    'UserAdminName',
  );
  putAccount(doc, 'user', name);
  const command = first(attributes, 'CmdSet', 'CmdAV');
  if (command === undefined) return;
  const line = commandOf(command);
  if (line !== '') doc['process.command_line'] = line;
}

function putTraffic(doc: EcsFields, attributes: Attributes): void {
  put(doc, 'source.bytes', first(attributes, 'Acct-Input-Octets'));
  put(doc, 'destination.bytes', first(attributes, 'Acct-Output-Octets'));
  put(doc, 'source.packets', first(attributes, 'Acct-Input-Packets'));
  put(doc, 'destination.packets', first(attributes, 'Acct-Output-Packets'));
  putDuration(doc, first(attributes, 'Acct-Session-Time'));
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const { text } = input;
  const head = readHead(text);
  if (head === undefined) return 'rejected';
  const { attributes } = head;
  const time = head.time === undefined ? undefined : parseIso(head.time, input.timeZone);
  putDate(doc, '@timestamp', time);
  putObserver(doc, { vendor: 'Cisco', product: 'Cisco ISE' });
  if (input.syslog?.hostname !== undefined) doc['observer.name'] = input.syslog.hostname;
  put(doc, 'event.code', head.code);
  put(doc, `${VENDOR}category`, head.category);
  put(doc, `${VENDOR}class`, head.group);
  put(doc, `${VENDOR}severity`, head.severity);
  doc['message'] = text.trim();

  putSides(doc, attributes);
  putPeople(doc, attributes);
  putTraffic(doc, attributes);
  const protocol = first(attributes, 'Protocol');
  if (protocol !== undefined) doc['network.protocol'] = protocol.toLowerCase();
  const model = first(attributes, 'Model Name');
  if (model !== undefined && !model.startsWith('Unknown')) doc['device.model.name'] = model;
  put(doc, 'rule.name', first(attributes, 'IdentityPolicyMatchedRule', 'AuthorizationPolicyMatchedRule'));
  put(doc, 'rule.ruleset', first(attributes, 'ISEPolicySetName'));
  put(doc, 'event.reason', first(attributes, 'FailureReason') ?? head.text);
  putVendor(doc, attributes);
  categorise(doc, classify({ ...head, attributes }));
  return head.code === undefined && head.text === undefined && attributes.size === 0 ? 'partial' : 'parsed';
}

/** Whether a text begins as a message of ISE does; its attributes are not read for this. */
function isIse({ text }: ParseInput): boolean {
  const segment = SEGMENT.exec(text);
  if (segment !== null)
    return segment[1] !== undefined || HEAD.test(text.slice(segment[0].length)) || ATTRIBUTE.test(text);
  return HEAD.test(text) || ALARM.test(text);
}

export default defineSource({
  id: 'cisco.ise',
  signatures: [
    { kind: 'text', literals: ['CISE_'], test: isIse },
    { kind: 'text', literals: [', ConfigVersionId='], test: isIse },
    ...['AcsSessionID=', 'NetworkDeviceGroups=', 'CPMSessionID=', 'StepData='].map((literal) => ({
      kind: 'text' as const,
      literals: [literal, ', '],
      test: isIse,
    })),
    { kind: 'text', literals: ['Device Name=', '; Device Ip='], test: isIse },
  ],
  parse,
});
