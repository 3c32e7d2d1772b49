import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseIp, splitHostPort } from '../../kit/ip.ts';
import { putSyslogSeverity } from '../../kit/severity.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';
import { VENDOR } from './fields.ts';

/** A message's number, `01` for BIG-IP, two digits of its subsystem and four of the message, and its level. */
export const NUMBER = /^(01[0-9a-f]{6}):([0-7]): ?/;

/** Subsystems of F5's log message reference, by the first four digits of a message's number. */
const SUBSYSTEMS: Readonly<Record<string, string>> = {
  '0101': 'traffic-management',
  '0103': 'bigd',
  '0106': 'monitoring',
  '0107': 'configuration',
  '0109': 'health-check',
  '010c': 'failover',
  '010d': 'chassis',
  '010e': 'database',
  '0110': 'big3d',
  '0111': 'gtm',
  '0114': 'gtm',
  '0115': 'lacp',
  '011a': 'gtm',
  '011d': 'alerts',
  '011e': 'rate-limit',
  '011f': 'http',
  '0121': 'statistics',
  '0122': 'irules',
  '0126': 'ssl',
  '0127': 'dnssec',
  '012a': 'hardware',
  '012b': 'license',
  '012c': 'switch',
  '012e': 'spanning-tree',
  '0131': 'asm',
  '0134': 'cluster',
  '013c': 'watchdog',
  '013e': 'tcpdump',
  '0140': 'analytics',
  '0141': 'ipsec',
  '0142': 'icontrol',
  '0149': 'apm',
  '0151': 'bandwidth',
  '0155': 'hardware',
  '0158': 'apm-acl',
  '0179': 'platform',
  '0180': 'syslog',
  '0186': 'sip',
  '0194': 'error-definitions',
  '01a7': 'platform',
};

const ATTACK: Categorisation = {
  category: ['network', 'intrusion_detection'],
  type: ['denied'],
  action: 'denial-of-service',
};
const LIMITED: Categorisation = { category: ['network'], type: ['denied'], action: 'rate-limited' };
const STATUS: Categorisation = { category: ['host'], type: ['change'], action: 'availability-changed' };

/** What messages say, by the words in which F5 writes them whatever daemon they are from; the first that fits. */
const MEANINGS: readonly (readonly [RegExp, Categorisation, alert?: true])[] = [
  [
    /syncookie (?:HW|SW|hardware|software) mode exited/i,
    { ...ATTACK, type: ['end'], action: 'denial-of-service-ended' },
  ],
  [/syncookie|SYN cookie|BDoS|DoS attack|attack (?:detected|started|ongoing)|flood/i, ATTACK, true],
  [
    /exceeded (?:the )?configured (?:rate|connection) limit|^Limiting |too many (?:media )?sessions/i,
    LIMITED,
  ],
  [
    /bad password|failed to authenticate|authentication fail|login (?:attempt )?failed|user name not found/i,
    { ...WHAT.login, action: 'login', outcome: 'failure' },
  ],
  [
    /^"?Access denied\b|\bconnection from .{1,200} denied\b|permission denied/i,
    { category: ['network'], type: ['access', 'denied'], action: 'access-denied' },
  ],
  [
    /SSL Handshake failed|Peer cert verify error|SSL connection error/i,
    { ...WHAT.connection, outcome: 'failure' },
  ],
  [
    /monitor status|session status|(?:pool member|node|virtual) .{1,200}(?:now (?:available|unavailable)|up|down)\b/i,
    STATUS,
  ],
  [
    /^(?:standby|active|offline|forced offline|go (?:active|standby))\b|failover|leaving active|becoming active/i,
    { category: ['host'], type: ['change'], action: 'failover' },
  ],
  [
    /tcpdump (?:starting|stopping)/i,
    { category: ['network', 'process'], type: ['info'], action: 'packet-capture' },
  ],
  [/licen[sc]e/i, { category: ['configuration'], type: ['info'], action: 'licence' }],
  [
    /(?:has been|was) (?:created|modified|deleted|loaded|saved|changed|updated)|sync(?:hronis|hroniz)/i,
    { ...WHAT.configurationChanged, action: 'configuration-changed' },
  ],
  [
    /critical (?:condition|alarm)|error condition|\bSDK error|sensor|hardware|fan |power supply|temperature/i,
    { ...WHAT.hostError, action: 'hardware' },
  ],
];

const MEMBER = /\b(?:Pool|pool) (\/\S{1,200}) member (\/\S{1,200}?)(?: |$)/;
const SERVER = /\b(?:server|virtual) = (\S{3,64}?)(?=,? |,?$)/;
const VIRTUAL = /\b(?:[Vv]irtual(?: [Ss]erver)?) (\/\S{1,200}?)(?=[\s,.]|$)/;
const USER = /\b[Uu]ser(?:name)?[ =]+'?([A-Za-z0-9_.@\\-]{1,128})'?/;
const FROM = /\bfrom (?:IP )?\(?([0-9A-Fa-f.:]{3,45}?)(?:%\d{1,5})?\)?\.?(?=[\s,;)]|$)/;

/** Writes number, level and subsystem; the level of the syslog message is another scale's word for the same. */
export function putNumber(doc: EcsFields, number: string, level: string): void {
  doc['event.code'] = number;
  putSyslogSeverity(doc, level);
  const subsystem = SUBSYSTEMS[number.slice(0, 4)];
  if (subsystem !== undefined) doc[`${VENDOR}subsystem`] = subsystem;
}

/**
 * Reads the message of a numbered log of any daemon.
 *
 * @param level its digit, by syslog's scale
 * @returns whether its meaning is known; the state of the machine otherwise
 */
export function readNumbered(message: string, level: string | undefined, doc: EcsFields): boolean {
  const found = MEANINGS.find(([words]) => words.test(message.slice(0, 1_000)));
  const head = message.slice(0, 1_000);
  const failed = level !== undefined && level <= '3';
  categorise(doc, found?.[1] ?? (failed ? WHAT.hostError : WHAT.hostInfo));
  if (found?.[2] === true) doc['event.kind'] = 'alert';
  const member = MEMBER.exec(head);
  if (member !== null) {
    doc[`${VENDOR}pool`] = member[1]!;
    doc[`${VENDOR}member`] = member[2]!;
  }
  const server = SERVER.exec(head);
  if (server !== null) {
    const { host, port } = splitHostPort(server[1]!);
    if (parseIp(host) !== undefined) {
      putEndpoint(doc, 'destination', host);
      put(doc, 'destination.port', port);
    } else doc[`${VENDOR}virtual_server`] = server[1]!;
  }
  const virtual = VIRTUAL.exec(head);
  if (virtual !== null) doc[`${VENDOR}virtual_server`] = virtual[1]!;
  if (found?.[1].category.includes('authentication') === true || /AUDIT|Access denied/i.test(head)) {
    const user = USER.exec(head);
    if (user !== null) putAccount(doc, 'user', user[1]!);
  }
  if (found !== undefined) {
    const from = FROM.exec(head);
    const ip = from === null ? undefined : parseIp(from[1]!);
    if (ip !== undefined) putEndpoint(doc, 'source', ip);
  }
  return found !== undefined;
}
