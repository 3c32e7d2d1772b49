import type { EcsFields } from '@vigie/contracts';
import type { Categorisation } from '../../kit/categorise.ts';
import { parseIp } from '../../kit/ip.ts';
import { putAccount } from '../../kit/user.ts';
import { VENDOR } from './fields.ts';

/** A value in quotes, or bare up to a comma, blank or the sentence's end. */
const USER =
  /\b(?:for user|User name:|user:|^User(?= \S+ logged)|by user|login by|from user|authenticating user|upgraded from version \S{1,40}(?: to \S{1,40})? by) ?'?([^\s',]{1,256})'?/i;
const FROM = /(?:\bFrom:|\bLogin from:|\bfrom|initiated by:?|\bclient ip:?) ?'?([0-9a-fA-F.:]{3,45})'?/;
const REASON = /\bReason: ?(.{1,500}?)(?: {1,2}auth profile|,? {1,2}(?:From|Auth type|Client OS|vsys)\b|$)/i;
const SERVER = /\bserver address '?([\w.:-]{1,255})'?/;
const CONNECTED =
  /\b(?:connected to server|Public Cloud|ELECTION:|\w{1,40} server:|sync to server|connect to address:|Cloud) ([\w-]{1,63}(?:\.[\w-]{1,63}){1,10})/;
const CONNECTED_PORT = /\bconnect to address: [\d.]{7,15} port: (\d{1,5})\b/;
/** `DHCP RENEW: interface eth0, ip 192.0.2.9 netmask 255.255.255.0 dhcp server: 192.0.2.1` */
const LEASE =
  /^DHCP \w{1,12}: interface (\S{1,64}), ip ([0-9a-fA-F.:]{3,45})(?: netmask \S{1,45})?(?: dhcp server: (\S{1,255}))?/;
/** `Port ethernet1/2: Up 1Gb/s-full duplex`, `ethernet1/2: Down` */
const PORT = /^(?:Port )?([\w/.-]{3,64}): (Up|Down|MAC Up|MAC Down)\b/;
const MONITOR = /\bserver monitor ([\w.-]{1,255})\(/;
const ELECTED = /\bIP: ([0-9a-fA-F.:]{3,45}) was elected\b/;
const PACKAGE = /\bpackage: ([\w.-]{1,200}\.\w{2,4})\b/;
const PROFILES: readonly (readonly [string, RegExp])[] = [
  ['auth_profile', /\bauth profile '?([^',]{1,128})'?/],
  ['server_profile', /\bserver profile '?([^',]{1,128})'?/],
  ['auth_protocol', /\bauth protocol '?([^',]{1,128})'?/],
  ['admin_role', /\badmin role '?([^',]{1,128})'?/],
];
const PROTOCOL = /\busing (https?|ssh|telnet)\b/i;
const SUCCESS = /\bsucce(?:ss|eded)|\bauthenticated for user|\blogged in\b|\bconnected\b|-succ(?:ess)?$/i;
const FAILURE =
  /\bfail|\bdenied\b|\binvalid\b|\brefused\b|\bunauthori[sz]ed\b|\brejected\b|-fail(?:ed|ure)?$/i;
const LOGIN = /\blogged in\b|^auth-|\bauthenticat|login|-auth-/i;
const LOGOUT = /\blogged out\b|logout/i;

/** An address that an interface of the firewall was given, and an interface that went up or down. */
function putInterface(doc: EcsFields, text: string): void {
  const lease = LEASE.exec(text);
  if (lease !== null) {
    doc['observer.ingress.interface.name'] = lease[1]!;
    const ip = parseIp(lease[2]!);
    if (ip !== undefined) {
      doc['source.address'] = ip;
      doc['source.ip'] = ip;
    }
    const server = lease[3];
    if (server !== undefined) {
      doc['destination.address'] = server;
      const address = parseIp(server);
      if (address !== undefined) doc['destination.ip'] = address;
    }
    return;
  }
  const port = PORT.exec(text);
  if (port !== null) doc['observer.ingress.interface.name'] = port[1]!;
}

/**
 * Reads what a SYSTEM log's description says: PAN-OS has no columns for user, address and reason there.
 * Text is cut first, so that hostile descriptions cost little.
 *
 * @returns the categorisation that the description and the event's name give
 */
export function putSystem(
  doc: EcsFields,
  subtype: string,
  eventId: string | undefined,
  description: string | undefined,
): Categorisation {
  const text = (description ?? '').slice(0, 2000);
  const authentication = subtype === 'auth' || LOGIN.test(eventId ?? '') || LOGIN.test(text);
  const logout = LOGOUT.test(eventId ?? '') || LOGOUT.test(text);
  if (description !== undefined) {
    doc['message'] = description;
    const reason = REASON.exec(text)?.[1]?.trim();
    doc['event.reason'] = reason !== undefined && reason !== '' ? reason : description;
    const user = USER.exec(text)?.[1]?.replace(/\.$/, '');
    if (user !== undefined && user !== '') putAccount(doc, 'user', user);
    const from = FROM.exec(text)?.[1]?.replace(/[.:]$/, '');
    const ip = from === undefined ? undefined : parseIp(from);
    if (ip !== undefined) {
      doc['source.address'] = ip;
      doc['source.ip'] = ip;
    }
    const server = (SERVER.exec(text) ?? CONNECTED.exec(text) ?? MONITOR.exec(text))?.[1]?.replace(/\.$/, '');
    if (server !== undefined) {
      const bare = /^[\d.]+:\d+$/.test(server) ? server.slice(0, server.indexOf(':')) : server;
      const address = parseIp(bare);
      doc['destination.address'] = address ?? bare;
      if (address === undefined) doc['destination.domain'] = bare;
      else doc['destination.ip'] = address;
    }
    const port = CONNECTED_PORT.exec(text)?.[1];
    if (port !== undefined) doc['destination.port'] = Number(port);
    putInterface(doc, text);
    const elected = parseIp(ELECTED.exec(text)?.[1] ?? '');
    if (elected !== undefined) doc['destination.ip'] = elected;
    const file = PACKAGE.exec(text)?.[1];
    if (file !== undefined) doc['file.name'] = file;
    for (const [name, pattern] of PROFILES) {
      const value = pattern.exec(text)?.[1]?.trim();
      if (value !== undefined && value !== '') doc[VENDOR + name] = value;
    }
    const protocol = PROTOCOL.exec(text)?.[1];
    if (protocol !== undefined) doc['network.protocol'] = protocol.toLowerCase();
  }
  const failed = FAILURE.test(eventId ?? '') || FAILURE.test(text);
  const succeeded = SUCCESS.test(eventId ?? '') || SUCCESS.test(text);
  const outcome = failed ? 'failure' : succeeded ? 'success' : undefined;
  if (logout) return { category: ['authentication', 'session'], type: ['end'], outcome };
  if (authentication) return { category: ['authentication'], type: ['start'], outcome };
  switch (subtype) {
    case 'general':
      return {
        category: /\bcommit|config/i.test(text) ? ['configuration'] : ['host'],
        type: ['info'],
        outcome,
      };
    case 'vpn':
    case 'globalprotect':
    case 'routing':
    case 'port':
    case 'nat':
    case 'dhcp':
    case 'dns-proxy':
    case 'dnsproxy':
    case 'url-filtering':
    case 'userid':
    case 'ras':
    case 'sslmgr':
    case 'wildfire':
    case 'fb':
    case 'lldp':
    case 'bfd':
    case 'sdwan':
      return { category: ['network'], type: ['info'], outcome };
    default:
      return { category: ['host'], type: ['info'], outcome };
  }
}
