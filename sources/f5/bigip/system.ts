import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseClf, putDate } from '../../kit/dates.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { putTransport } from '../../kit/network.ts';
import type { ParseInput } from '../../kit/source.ts';
import { putTlsVersion } from '../../kit/tls.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import { outcomeOf } from '../../kit/verdict.ts';
import { putRequest } from './cef.ts';
import { VENDOR } from './fields.ts';

/** `/Common/profile:Common:1f2e3d4c: `: access profile, partition and session. */
const SESSION = /^(\/\S{1,255}?):([A-Za-z0-9_.-]{1,128}):([0-9a-f]{6,8}): /;
const FLOW =
  /\b(TCP|UDP|ICMP|tcp|udp|icmp) ([0-9a-fA-F.:]{2,45}?)(?::(\d{1,5}))? -> ([0-9a-fA-F.:]{2,45}?)(?::(\d{1,5}))?(?=$|[\s,;])/;

function putSide(doc: EcsFields, side: 'source' | 'destination', address: string, port?: string): void {
  putEndpoint(doc, side, address);
  const number = port === undefined ? undefined : parsePort(port);
  if (number !== undefined) doc[`${side}.port`] = number;
}

function putFlow(doc: EcsFields, text: string): boolean {
  const flow = FLOW.exec(text);
  if (flow === null) return false;
  putTransport(doc, flow[1]);
  putSide(doc, 'source', flow[2]!, flow[3]);
  putSide(doc, 'destination', flow[4]!, flow[5]);
  return true;
}

/** What the access policy manager says of a session. */
export function readAccess(text: string, doc: EcsFields): boolean {
  const session = SESSION.exec(text);
  if (session === null) return false;
  doc['rule.name'] = session[1]!;
  doc[`${VENDOR}partition`] = session[2]!;
  doc[`${VENDOR}session`] = session[3]!;
  const message = text.slice(session[0].length);
  const acl = /^(allow|discard|reject|continue) ACL: (\S{1,255}?)(?::\d{1,6})? packet: /i.exec(message);
  if (acl !== null) {
    const allowed = acl[1] === 'allow' || acl[1] === 'continue';
    categorise(doc, {
      category: ['network'],
      type: ['connection', allowed ? 'allowed' : 'denied'],
      action: acl[1]!,
    });
    doc['rule.name'] = acl[2]!;
    doc[`${VENDOR}access_profile`] = session[1]!;
    return putFlow(doc, message);
  }
  categorise(doc, WHAT.authentication);
  doc['event.reason'] = message;
  const rule =
    /^Following rule '([^']{1,255})' from item '([^']{1,255})' to (?:ending|terminalout|item) '([^']{1,255})'/.exec(
      message,
    );
  if (rule !== null) {
    doc['rule.name'] = rule[1]!;
    doc[`${VENDOR}access_profile`] = session[1]!;
    doc['event.action'] = 'access-policy';
    doc['event.outcome'] = /^(?:Allow|Successful|Out|Redirect)/i.test(rule[3]!)
      ? 'success'
      : /Deny|Fail/i.test(rule[3]!)
        ? 'failure'
        : 'unknown';
    return true;
  }
  const user = /^(?:Username|User name|Retrieved user name:?) '?([^'\s]{1,255})'?/.exec(message);
  if (user !== null) {
    putAccount(doc, 'user', user[1]!);
    doc['event.action'] = 'username';
    doc['event.outcome'] = 'success';
    return true;
  }
  const start =
    /^(?:Received )?[Nn]ew session from client IP ([0-9a-fA-F.:]{2,45})(?: \(([^)]{0,255})\))? at VIP ([0-9a-fA-F.:]{2,45})/.exec(
      message,
    );
  if (start !== null) {
    categorise(doc, { ...WHAT.vpnStart, action: 'session-start', outcome: 'success' });
    putSide(doc, 'source', start[1]!);
    putSide(doc, 'destination', start[3]!);
    return true;
  }
  const checked =
    /^(\w{2,12}) (?:agent|module): (?:(?:[Aa]uthentication|[Qq]uery) with )?'([^']{1,255})'? (?:successful|failed)|^(\w{2,12}) (?:agent|module): (?:Auth|Query)/.exec(
      message,
    );
  if (checked !== null) {
    if (checked[2] !== undefined) putAccount(doc, 'user', checked[2]);
    categorise(doc, {
      ...WHAT.login,
      action: 'authentication',
      outcome: /fail/i.test(message) ? 'failure' : 'success',
    });
    return true;
  }
  if (/^(?:Session (?:deleted|statistics)|.{0,20}session (?:timed out|terminated))/i.test(message)) {
    categorise(doc, { ...WHAT.vpnEnd, action: 'session-end', outcome: 'success' });
    const sent = /bytes in: (\d{1,18}), bytes out: (\d{1,18})/.exec(message);
    if (sent !== null) {
      put(doc, 'source.bytes', sent[1]);
      put(doc, 'destination.bytes', sent[2]);
    }
    return true;
  }
  const address = /\bclient IP:? ([0-9a-fA-F.:]{2,45})/i.exec(message);
  if (address !== null) putSide(doc, 'source', address[1]!);
  doc['event.action'] = 'access-policy';
  return true;
}

const PAIR = /([a-z_]{2,40})=("[^"]{0,4000}"|\S{0,4000})/g;

/** What an iRule logged: an administrator's own words, read where they follow the usual patterns. */
export function readRule(text: string, doc: EcsFields): boolean {
  const rule = /^(?:TCL error: )?Rule (\/\S{1,255}) <([A-Z_]{3,60})>: ?(.*)$/s.exec(text);
  if (rule === null) return false;
  categorise(doc, { category: ['network'], type: ['info'] });
  doc['rule.name'] = rule[1]!;
  doc[`${VENDOR}irule_event`] = rule[2]!;
  const message = rule[3]!;
  const answer =
    /^([0-9a-fA-F.:]{2,45}):(\d{1,5}): HTTP: (\d{3}) response to from ([0-9a-fA-F.:]{2,45}):(\d{1,5}) URL: (\S{1,4000})(?: in (\S{1,12}))?/.exec(
      message,
    );
  if (answer !== null) {
    // The response travels from the server to the client.
    putSide(doc, 'destination', answer[1]!, answer[2]);
    putSide(doc, 'source', answer[4]!, answer[5]);
    put(doc, 'http.response.status_code', answer[3]);
    doc['url.original'] = answer[6]!;
    const slash = answer[6]!.indexOf('/');
    doc['url.domain'] = slash < 0 ? answer[6]! : answer[6]!.slice(0, slash);
    if (slash >= 0) doc['url.path'] = answer[6]!.slice(slash).split('?', 1)[0]!;
    if (answer[7] !== undefined) putTlsVersion(doc, answer[7]);
    return true;
  }
  if (message.includes('client_ip=')) {
    readPairs(message, doc);
    return true;
  }
  const words = message.replace(/^LOGS: /, '');
  doc['event.reason'] = words;
  const header = /^(Referer|User-Agent|Host): (.{1,4000})$/i.exec(words);
  if (header !== null) {
    const name = header[1]!.toLowerCase();
    if (name === 'referer') doc['http.request.referrer'] = header[2]!;
    else if (name === 'host') doc['url.domain'] = header[2]!;
    else doc['user_agent.original'] = header[2]!;
  }
  return true;
}

function readPairs(text: string, doc: EcsFields): void {
  const pairs = new Map<string, string>();
  for (const match of text.matchAll(PAIR)) {
    const value = match[2]!;
    pairs.set(match[1]!, value.startsWith('"') ? value.slice(1, -1) : value);
  }
  putSide(doc, 'source', pairs.get('client_ip') ?? '', pairs.get('client_port'));
  const host = pairs.get('host');
  const server = /^([0-9a-fA-F.:]{2,45}):(\d{1,5})$/.exec(pairs.get('lb_server') ?? '');
  if (server !== null) putSide(doc, 'destination', server[1]!, server[2]);
  const request = pairs.get('request');
  if (request !== undefined) putRequest(doc, request);
  if (host !== undefined && host !== '') {
    doc['destination.domain'] = host;
    doc['destination.address'] = host;
    doc['url.domain'] ??= host;
  }
  put(doc, 'http.response.status_code', pairs.get('server_status') ?? pairs.get('status'));
  put(doc, 'http.response.bytes', pairs.get('content_length'));
  put(doc, 'http.response.mime_type', pairs.get('content_type')?.replace(/;$/, ''));
  put(doc, 'user_agent.original', pairs.get('user_agent'));
  put(doc, 'http.request.referrer', pairs.get('referer'));
  put(doc, 'user.name', pairs.get('username')?.replace(/^\/.*/, ''));
  put(doc, `${VENDOR}virtual_server`, pairs.get('virtual'));
}

const SECURITY = /^\[SECEV\] (Request violations): (.*?)\. Support id: (\d{1,24})/s;

/** ASM's security event as syslog text: `key: value` separated by commas and full stops. */
export function readSecurityEvent(text: string, doc: EcsFields): boolean {
  const event = SECURITY.exec(text.slice(0, 20_000));
  if (event === null) return false;
  const tail = text.slice(event[0].length);
  const get = (key: string): string | undefined => {
    const at = tail.indexOf(`, ${key}: `);
    if (at < 0) return undefined;
    const from = at + key.length + 4;
    const end = tail.indexOf(', ', from);
    const value = tail.slice(from, end < 0 ? undefined : end).trim();
    return value === '' || value === 'N/A' ? undefined : value;
  };
  categorise(doc, WHAT.networkIntrusion);
  doc['event.kind'] = 'alert';
  doc['rule.name'] = event[1]!;
  doc['rule.ruleset'] = 'SECEV';
  doc['event.reason'] = event[2]!;
  doc[`${VENDOR}support_id`] = event[3]!;
  putSide(doc, 'source', get('source ip') ?? '', get('source port'));
  putSide(doc, 'destination', get('destination ip') ?? '', get('destination port'));
  const forwarded = parseIp(get('xff ip') ?? '');
  if (forwarded !== undefined) doc['network.forwarded_ip'] = forwarded;
  put(doc, `${VENDOR}http_class`, get('HTTP classifier'));
  const scheme = /, scheme (HTTPS?)/.exec(tail)?.[1]?.toLowerCase();
  const at = tail.indexOf(', request: <');
  if (at >= 0) putRequest(doc, tail.slice(at + 12).split('>, ', 1)[0]!, scheme);
  put(doc, 'user.name', get('username'));
  put(doc, `${VENDOR}session`, get('session_id')?.replace(/^<|>$/g, ''));
  return true;
}

/** Requests to the management interface, TLS failures, the audit trail. */
export function readOther(text: string, input: ParseInput, doc: EcsFields): boolean {
  const ssl =
    /^\[ssl_req\]\[([^\]]{10,40})\] ([0-9a-fA-F.:]{2,45}) (\S{3,12}) (\S{3,64}) "([^"]{0,4000})" (\d{1,12}|-)/.exec(
      text,
    );
  if (ssl !== null) {
    categorise(doc, WHAT.webRequest);
    putDate(doc, '@timestamp', parseClf(ssl[1]!, input.timeZone));
    putSide(doc, 'source', ssl[2]!);
    putTlsVersion(doc, ssl[3]!);
    doc['tls.cipher'] = ssl[4]!;
    const request = /^(?:([A-Z]{3,10}) )?(\S{1,4000})/.exec(ssl[5]!);
    if (request !== null) {
      put(doc, 'http.request.method', request[1]);
      putUrl(doc, request[2]);
    }
    put(doc, 'http.response.body.bytes', ssl[6]);
    return true;
  }
  if (text.startsWith('SSL Handshake failed')) {
    categorise(doc, {
      category: ['network'],
      type: ['connection', 'error'],
      action: 'ssl-handshake',
      outcome: 'failure',
    });
    doc['event.reason'] = 'SSL Handshake failed';
    return putFlow(doc, text);
  }
  const audit = /^AUDIT - (?:pid=\d{1,10} )?user[= ](\S{1,128})/.exec(text);
  if (audit !== null) {
    readAudit(text, audit[1]!, doc);
    return true;
  }
  return false;
}

function readAudit(text: string, user: string, doc: EcsFields): void {
  putAccount(doc, 'user', /\bUser=(\S{1,128})/.exec(text)?.[1] ?? user);
  const login = / (?:httpd|sshd)\(pam_audit\)/.test(text);
  const outcome = /failed to login|attempts=[2-9]|status=\[(?!Command OK)/.test(text) ? 'failure' : 'success';
  categorise(
    doc,
    login
      ? { ...WHAT.login, action: 'login', outcome }
      : { ...WHAT.configurationChanged, action: 'audit', outcome },
  );
  const host = parseIp(/\bhost=(\S{2,45})/.exec(text)?.[1] ?? '');
  if (host !== undefined) putSide(doc, 'source', host);
  const command = /\bcmd_data=(.{1,4000})$/s.exec(text)?.[1];
  if (command !== undefined) doc['process.command_line'] = command;
  if (!login)
    doc['event.outcome'] =
      outcomeOf(/status=\[([^\]]{1,40})\]/.exec(text)?.[1]?.replace('Command ', '')) ?? outcome;
}
