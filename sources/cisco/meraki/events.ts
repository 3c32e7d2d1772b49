import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise } from '../../kit/categorise.ts';
import { compileDissect, type Dissection } from '../../kit/dissect.ts';
import { parseIp, splitHostPort } from '../../kit/ip.ts';
import { type Pairs, parseKeyValue } from '../../kit/key-value.ts';
import { parseMac, putMac } from '../../kit/mac.ts';
import { put, toFloat } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import { shownUrl, VENDOR } from './names.ts';

const CONNECTED: Categorisation = { category: ['network', 'session'], type: ['connection', 'start'] };
const DISCONNECTED: Categorisation = { category: ['network', 'session'], type: ['connection', 'end'] };
const LOGIN: Categorisation = { category: ['authentication'], type: ['start'], outcome: 'success' };
const LOGIN_FAILED: Categorisation = { category: ['authentication'], type: ['start'], outcome: 'failure' };
const LOGOUT: Categorisation = { category: ['authentication'], type: ['end'], outcome: 'success' };
const NETWORK: Categorisation = { category: ['network'], type: ['info'] };
const HOST: Categorisation = { category: ['host'], type: ['info'] };
const DENIED: Categorisation = { category: ['network', 'web'], type: ['access', 'denied'] };
const ATTACK: Categorisation = { category: ['network', 'intrusion_detection'], type: ['info'] };

/** Events by their `type`. */
const TYPES: ReadonlyMap<string, Categorisation> = new Map<string, Categorisation>([
  ['association', CONNECTED],
  ['disassociation', DISCONNECTED],
  ['deauthentication', DISCONNECTED],
  ['wpa_auth', LOGIN],
  ['wpa_deauth', LOGOUT],
  ['8021x_auth', LOGIN],
  ['8021x_eap_success', LOGIN],
  ['8021x_eap_failure', LOGIN_FAILED],
  ['8021x_deauth', LOGOUT],
  ['8021x_client_deauth', LOGOUT],
  ['splash_auth', LOGIN],
  ['client_vpn_connect', CONNECTED],
  ['client_vpn_disconnect', DISCONNECTED],
  ['anyconnect_vpn_connect', CONNECTED],
  ['anyconnect_vpn_disconnect', DISCONNECTED],
  ['anyconnect_vpn_auth_success', LOGIN],
  ['anyconnect_vpn_auth_failure', LOGIN_FAILED],
  ['anyconnect_vpn_session_manager', NETWORK],
  ['vpn_connectivity_change', NETWORK],
  ['vpn_registry_change', NETWORK],
  ['content_filtering_block', DENIED],
  ['device_packet_flood', ATTACK],
  ['packet_flood', ATTACK],
  ['rogue_ssid_detected', ATTACK],
  ['ssid_spoofing_detected', ATTACK],
  ['dhcp_lease', NETWORK],
  ['multiple_dhcp_servers_detected', NETWORK],
]);

function putRemote(doc: EcsFields, text: string | undefined): void {
  if (text === undefined) return;
  const split = parseIp(text) === undefined ? splitHostPort(text) : { host: text };
  const ip = parseIp(split.host);
  if (ip === undefined) return;
  doc['source.address'] = ip;
  doc['source.ip'] = ip;
  if (split.port !== undefined) doc['source.port'] = split.port;
}

/** Keys that stand in ECS fields. */
const READ = new Set([
  'type',
  'identity',
  'user_id',
  'client_mac',
  'mac',
  'url',
  'server',
  'client_ip',
  'remote_ip',
  'reason',
]);
const MAX_KEPT = 40;

/** `type=association radio='0' vap='1' client_mac='…' identity='alice' aid='1813578850'` */
function readTyped(pairs: Pairs, doc: EcsFields): boolean {
  const type = pairs.get('type')!;
  const what = TYPES.get(type);
  categorise(doc, { ...(what ?? NETWORK), action: type.replaceAll('_', '-') });
  if (type === 'vpn_connectivity_change')
    doc['event.type'] = ['connection', pairs.get('connectivity') === 'false' ? 'end' : 'start'];
  putAccount(doc, 'user', pairs.get('identity') ?? pairs.get('user_id') ?? pairs.get('user'));
  putMac(doc, 'source.mac', pairs.get('client_mac') ?? pairs.get('mac'));
  putRemote(
    doc,
    pairs.get('remote_ip') ?? pairs.get('client_ip') ?? pairs.get('ip') ?? pairs.get('peer_contact'),
  );
  const inner = parseIp(pairs.get('local_ip') ?? '');
  if (inner !== undefined) doc['source.nat.ip'] = inner;
  if (type === 'content_filtering_block') {
    putUrl(doc, shownUrl(pairs.get('url')));
    putServer(doc, pairs.get('server'));
  }
  put(doc, 'event.reason', pairs.get('reason'));
  const seconds = toFloat(pairs.get('duration'));
  if (seconds !== undefined && seconds >= 0 && seconds < 1e9)
    doc['event.duration'] = Math.round(seconds * 1e9);
  let kept = 0;
  for (const [key, value] of pairs) {
    if (READ.has(key) || value === '' || !/^\w{1,48}$/.test(key) || kept++ >= MAX_KEPT) continue;
    doc[`${VENDOR}${key}`] = value;
  }
  return what !== undefined;
}

function putServer(doc: EcsFields, text: string | undefined): void {
  const split = splitHostPort(text ?? '');
  const ip = parseIp(split.host);
  if (ip !== undefined) {
    doc['destination.address'] = ip;
    doc['destination.ip'] = ip;
  }
  if (split.port !== undefined) doc['destination.port'] = split.port;
}

const MAC = /\b(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}\b/;

type Writer = (doc: EcsFields, values: readonly string[]) => void;
const card = (doc: EcsFields, text: string): void => {
  putMac(doc, 'source.mac', text);
};

/** Events in words. */
const SENTENCES: readonly (readonly [Dissection, Categorisation, Writer])[] = [
  ...['server', 'mx'].map(
    (kind) =>
      [
        compileDissect(
          `dhcp lease of ip {} from ${kind} mac {} for client mac {} with hostname {} from router {} on subnet {} with dns {}`,
        ),
        { ...NETWORK, action: 'dhcp-lease' },
        (doc: EcsFields, [ip, server, client, name]: readonly string[]) => {
          putRemote(doc, ip);
          putMac(doc, 'destination.mac', server);
          card(doc, client!);
          if (name !== '') doc['source.domain'] = name!;
        },
      ] as const,
  ),
  [
    compileDissect(
      'dhcp lease of ip {} from server mac {} for client mac {} from router {} on subnet {} with dns {}',
    ),
    { ...NETWORK, action: 'dhcp-lease' },
    (doc, [ip, server, client]) => {
      putRemote(doc, ip);
      putMac(doc, 'destination.mac', server);
      card(doc, client!);
    },
  ],
  [
    compileDissect(
      'dhcp lease of ip {} from mx mac {} for client mac {} from router {} on subnet {} with dns {}',
    ),
    { ...NETWORK, action: 'dhcp-lease' },
    (doc, [ip, server, client]) => {
      putRemote(doc, ip);
      putMac(doc, 'destination.mac', server);
      card(doc, client!);
    },
  ],
  [
    compileDissect('dhcp no offers for mac {} host = {}'),
    { ...NETWORK, action: 'dhcp-no-offers' },
    (doc, [client]) => card(doc, client!),
  ],
  [
    compileDissect("content_filtering_block url='{}' category0='{}' server='{}' {?}"),
    { ...DENIED, action: 'content-filtering-block' },
    (doc, [url, category, server, rest]) => {
      putUrl(doc, shownUrl(url));
      doc[`${VENDOR}url_category`] = category!;
      putServer(doc, server);
      putMac(doc, 'source.mac', MAC.exec(rest!)?.[0]);
    },
  ],
  [
    compileDissect("content_filtering_block url='{}' server='{}'"),
    { ...DENIED, action: 'content-filtering-block' },
    (doc, [url, server]) => {
      putUrl(doc, shownUrl(url));
      putServer(doc, server);
    },
  ],
  [
    compileDissect("client_vpn_connect user id '{}' local ip {} connected from {}"),
    { ...CONNECTED, action: 'client-vpn-connect' },
    (doc, [user, inner, remote]) => {
      putAccount(doc, 'user', user);
      putRemote(doc, remote);
      const ip = parseIp(inner!);
      if (ip !== undefined) doc['source.nat.ip'] = ip;
    },
  ],
  [
    compileDissect('Site-to-site VPN: {}'),
    { ...NETWORK, action: 'site-to-site-vpn' },
    (doc, [text]) => {
      doc['event.reason'] = text!;
      const peer = /\b(\d{1,3}(?:\.\d{1,3}){3})(?:\[\d{1,5}\])?[^\d]{1,8}(\d{1,3}(?:\.\d{1,3}){3})\b/.exec(
        text!.slice(0, 512),
      );
      if (peer === null) return;
      putRemote(doc, peer[1]);
      putServer(doc, peer[2]);
    },
  ],
  [
    compileDissect('port {} status changed from {} to {}'),
    { ...HOST, action: 'port-status-changed' },
    (doc, [port, from, to]) => {
      doc[`${VENDOR}port`] = port!;
      doc[`${VENDOR}state.old`] = from!;
      doc[`${VENDOR}state.new`] = to!;
    },
  ],
  [
    compileDissect('Port {} received an STP BPDU from {} so the port was blocked'),
    { ...HOST, action: 'port-blocked' },
    (doc, [port, mac]) => {
      doc[`${VENDOR}port`] = port!;
      card(doc, mac!);
    },
  ],
  [
    compileDissect('Port {} changed STP role from {} to {}'),
    { ...HOST, action: 'stp-role-changed' },
    (doc, [port]) => {
      doc[`${VENDOR}port`] = port!;
    },
  ],
  [
    compileDissect('Blocked DHCP server response from {} on VLAN {}'),
    { category: ['network', 'intrusion_detection'], type: ['denied'], action: 'dhcp-server-blocked' },
    (doc, [mac, vlan]) => {
      card(doc, mac!);
      if (/^\d{1,4}$/.test(vlan!)) doc['network.vlan.id'] = vlan!;
    },
  ],
  [
    compileDissect('Auth failure resulted in authentication group change for {} from {} to {}'),
    LOGIN_FAILED,
    (doc, [mac]) => card(doc, mac!),
  ],
  [
    compileDissect('Virtual router {} collision with {}'),
    { ...HOST, action: 'vrrp-collision' },
    () => undefined,
  ],
  [
    compileDissect('failover to {}'),
    { ...HOST, action: 'uplink-failover' },
    (doc, [uplink]) => put(doc, `${VENDOR}uplink`, uplink),
  ],
  [
    compileDissect('{} connection {}'),
    { ...HOST, action: 'uplink-changed' },
    (doc, [uplink, state]) => {
      doc[`${VENDOR}uplink`] = uplink!;
      doc[`${VENDOR}state.new`] = state!;
    },
  ],
];

/**
 * Reads an event: `type=… key='…'`, or a sentence.
 *
 * @returns whether its type or its form is known
 */
export function readEvent(rest: string, doc: EcsFields): boolean {
  const text = rest.trim();
  if (text.startsWith('type=')) return readTyped(parseKeyValue(text), doc);
  // `anyconnect_vpn_auth_success[123] Peer IP=… User[alice] …`
  const bracket = /^(anyconnect_vpn_\w{1,40})\b(.{0,1024})/s.exec(text);
  if (bracket !== null) return readAnyconnect(bracket[1]!, bracket[2]!, doc);
  for (const [form, what, write] of SENTENCES) {
    const values = form.match(text);
    if (values === undefined) continue;
    categorise(doc, what);
    write(doc, values);
    return true;
  }
  categorise(doc, HOST);
  if (text !== '') doc['event.reason'] = text;
  const mac = MAC.exec(text);
  if (mac !== null) putMac(doc, 'source.mac', parseMac(mac[0]));
  return false;
}

const PEER = /\bPeer IP ?= ?\[?([0-9A-Fa-f.:]{3,45})/;
const USER = /\bUser ?(?:name)? ?(?:= ?|\[)\[?([^\s[\]]{1,128})/i;
const GIVEN = /\bLocal IP ?= ?\[?([0-9A-Fa-f.:]{3,45})/;

function readAnyconnect(type: string, rest: string, doc: EcsFields): boolean {
  const what = TYPES.get(type);
  categorise(doc, { ...(what ?? NETWORK), action: type.replaceAll('_', '-') });
  putRemote(doc, PEER.exec(rest)?.[1]);
  putAccount(doc, 'user', USER.exec(rest)?.[1]);
  const given = parseIp(GIVEN.exec(rest)?.[1] ?? '');
  if (given !== undefined) doc['source.nat.ip'] = given;
  return what !== undefined;
}
