import type { EcsFields } from '@vigie/contracts';
import { isHostName } from '../../kit/field-table.ts';
import { parseIp, parsePort, splitHostPort } from '../../kit/ip.ts';
import { parseMac } from '../../kit/mac.ts';
import { putTransport } from '../../kit/network.ts';
import { toLong } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import type { Writers } from '../_shared/messages.ts';

/** Prefix of what has no ECS field. */
export const VENDOR = 'cisco.ios.';

type Side = 'source' | 'destination';

/** `192.0.2.7`, `192.0.2.7:4711`, `192.0.2.7(4711)`, `2001:db8::7`, a host's name, or a line (`0.0.0.0`: the console). */
export function putEnd(doc: EcsFields, side: Side, text: string): boolean {
  let host = text.trim();
  const open = host.indexOf('(');
  if (open > 0) {
    const close = host.indexOf(')', open);
    const port = parsePort(host.slice(open + 1, close < 0 ? undefined : close));
    if (port !== undefined) doc[`${side}.port`] = port;
    const more = close < 0 ? -1 : host.indexOf('(', close);
    if (more > 0) putOrigin(doc, host.slice(more + 1).replace(/\)\s*$/, ''));
    host = host.slice(0, open).trim();
  } else if (parseIp(host) === undefined) {
    const split = splitHostPort(host);
    if (split.port !== undefined) doc[`${side}.port`] = split.port;
    host = split.host;
  }
  const ip = parseIp(host);
  if (ip !== undefined) {
    // The console's sessions come from nowhere.
    if (ip === '0.0.0.0' || ip === '::') return false;
    doc[`${side}.address`] = ip;
    doc[`${side}.ip`] = ip;
    return true;
  }
  if (!isHostName(host) || host.toUpperCase() === 'LOCAL' || !host.includes('.')) return false;
  doc[`${side}.address`] = host;
  doc[`${side}.domain`] = host;
  return true;
}

/** `GigabitEthernet0/1 0200.5e10.0001`: where a packet came in, and from whose card. */
function putOrigin(doc: EcsFields, text: string): void {
  for (const word of text.trim().split(/[ ,*]+/, 4)) {
    const mac = parseMac(word);
    if (mac !== undefined) doc['source.mac'] = mac;
    else if (/^[A-Za-z][A-Za-z-]*\d/.test(word)) doc['observer.ingress.interface.name'] = word;
  }
}

function putUser(doc: EcsFields, text: string): void {
  const name = text.trim().replace(/^'(.+)'$/, '$1');
  // `console` stands for the person at the console, of whom no name is known.
  if (name === '' || name === 'console' || name === 'unknown' || name === '-') return;
  putAccount(doc, 'user', name);
}

/** `GigabitEthernet1/0/1`, `Gi1/0/1`, `Vlan40`: an interface, and the VLAN that some are. */
export function putInterface(doc: EcsFields, text: string): void {
  const name = text.trim().replace(/[.,;]$/, '');
  if (name === '') return;
  doc[`${VENDOR}interface`] ??= name;
  const vlan = /^vlan0*(\d{1,4})$/i.exec(name);
  if (vlan !== null) doc['network.vlan.id'] ??= vlan[1]!;
}

const text =
  (field: string) =>
  (doc: EcsFields, value: string): void => {
    const bare = value.trim();
    if (bare !== '') doc[field] = bare;
  };
const long =
  (field: string) =>
  (doc: EcsFields, value: string): void => {
    const number = toLong(value.trim());
    if (number !== undefined) doc[field] = number;
  };
const outcome = (doc: EcsFields, value: string): void => {
  const word = value.trim().toLowerCase();
  if (/^(?:succe|pass|ok)/.test(word)) doc['event.outcome'] = 'success';
  else if (/^(?:fail|denied|reject)/.test(word)) doc['event.outcome'] = 'failure';
};

/** How the parts of the messages are written, by the names that the patterns give them. */
export const WRITERS: Writers = {
  source: (doc, value) => {
    putEnd(doc, 'source', value);
  },
  destination: (doc, value) => {
    putEnd(doc, 'destination', value);
  },
  destination_port: (doc, value) => {
    const port = parsePort(value.trim());
    if (port !== undefined) doc['destination.port'] = port;
  },
  source_port: (doc, value) => {
    const port = parsePort(value.trim());
    if (port !== undefined) doc['source.port'] = port;
  },
  user: putUser,
  target: (doc, value) => putAccount(doc, 'user.target', value.trim()),
  process: text('process.name'),
  command: (doc, value) => {
    const command = value.trim();
    // Passwords in commands are masked by the device; nothing more is to be taken away.
    if (command !== '') doc['process.command_line'] = command;
  },
  /** `192.0.2.7@pts/0`, `console0`, `vsh.bin.4711`: where a command of NX-OS was typed. */
  terminal: (doc, value) => {
    const at = value.indexOf('@');
    if (at > 0) putEnd(doc, 'source', value.slice(0, at));
    doc[`${VENDOR}line`] = at > 0 ? value.slice(at + 1) : value.trim();
  },
  line: text(`${VENDOR}line`),
  level: long(`${VENDOR}privilege_level`),
  password_type: long(`${VENDOR}password_type`),
  seconds: long(`${VENDOR}quiet_seconds`),
  interface: putInterface,
  other_interface: text(`${VENDOR}other_interface`),
  mac: (doc, value) => {
    const mac = parseMac(value.trim().replace(/[.,]$/, ''));
    if (mac !== undefined) doc['source.mac'] = mac;
  },
  claimed_mac: (doc, value) => {
    const mac = parseMac(value.trim());
    if (mac !== undefined) doc[`${VENDOR}chaddr`] = mac;
  },
  vlan: (doc, value) => {
    const vlan = /^(?:vlan)?0*(\d{1,4})/i.exec(value.trim());
    if (vlan !== null) doc['network.vlan.id'] = vlan[1]!;
  },
  transport: (doc, value) => {
    const name = value.trim().toLowerCase();
    if (name !== 'ip' && name !== 'ipv6' && /^\w[\w-]{0,15}$/.test(name)) putTransport(doc, name);
  },
  protocol: text('network.protocol'),
  list: text('rule.name'),
  verdict: (doc, value) => {
    doc['event.type'] = ['connection', value.trim().startsWith('permit') ? 'allowed' : 'denied'];
  },
  packets: long('network.packets'),
  state: (doc, value) => {
    doc['event.action'] = value.trim().toLowerCase().replace(/\.$/, '').replaceAll(' ', '-');
  },
  error: text(`${VENDOR}error`),
  reason: text('event.reason'),
  outcome,
  url: (doc, value) => putUrl(doc, value.trim()),
  method: text(`${VENDOR}method`),
  session: text(`${VENDOR}session_id`),
  signature_id: text('rule.id'),
  signature: text('rule.name'),
  signature_severity: long(`${VENDOR}signature_severity`),
  /** `netconf over ssh`: what somebody logged in to. */
  service: (doc, value) => {
    const bare = value.trim().replace(/\.$/, '');
    if (bare !== '') doc['network.protocol'] = bare.toLowerCase();
  },
  /** `192.0.2.9 (8/0)`: where an ICMP message went, with its type and code. */
  icmp_target: (doc, value) => {
    const open = value.indexOf('(');
    putEnd(doc, 'destination', open < 0 ? value : value.slice(0, open));
    if (open < 0) return;
    const [type, code] = value
      .slice(open + 1)
      .replace(/\).*$/s, '')
      .split('/');
    if (type !== undefined && toLong(type) !== undefined) doc[`${VENDOR}icmp.type`] = type;
    if (code !== undefined && toLong(code) !== undefined) doc[`${VENDOR}icmp.code`] = code;
  },
  /** `configure terminal ; shutdown (SUCCESS)`: a command and how it ended. */
  accounted: (doc, value) => {
    const command = value.trim();
    const open = command.endsWith(')') ? command.lastIndexOf(' (') : -1;
    const result = open < 0 ? '' : command.slice(open + 2, -1);
    if (result === 'SUCCESS' || result === 'FAILURE' || result === 'REDIRECT') {
      if (open > 0) doc['process.command_line'] = command.slice(0, open);
      doc['event.outcome'] = result === 'FAILURE' ? 'failure' : 'success';
    } else if (command !== '') doc['process.command_line'] = command;
  },
  /** `down (Administratively down)`, `up in mode access`: the state of an interface of NX-OS, and why. */
  nexus_state: (doc, value) => {
    const blank = value.indexOf(' ');
    doc['event.action'] = (blank < 0 ? value : value.slice(0, blank)).toLowerCase();
    const open = value.indexOf('(');
    if (open > 0 && value.endsWith(')')) doc['event.reason'] = value.slice(open + 1, -1);
  },
  failed_user: (doc, value) => {
    doc['event.outcome'] = 'failure';
    doc['event.type'] = ['start'];
    putUser(doc, value);
  },
  failed_source: (doc, value) => {
    doc['event.outcome'] = 'failure';
    doc['event.type'] = ['start'];
    putEnd(doc, 'source', value);
  },
};
