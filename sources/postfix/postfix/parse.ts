import type { EcsFields } from '@vigie/contracts';
import { parseIp } from '../../kit/ip.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toFloat, toLong } from '../../kit/types.ts';
import { putHeader } from './header.ts';
import { POLICY, REST, SPF, STARTS } from './literals.ts';
import { findPeer, mailDomain, putReceiver, putSender, readAddress } from './peer.ts';
import { isSpf, readSpf } from './spf.ts';

/** Short queue ids are hexadecimal, long ones base 52 (no vowels). */
const QUEUE_ID = /^([0-9A-F]{6,17}|[0-9B-DF-HJ-NP-TV-Zb-df-hj-np-tv-z]{10,20}|NOQUEUE): ?/;
const LEVEL = /^(warning|error|fatal|panic|info|notice): /;
/** Keys that Postfix and its policy servers write, with what may stand behind them. */
const PAIR =
  /(?:^|[\s,;])(to|from|orig_to|relay|delay|delays|dsn|status|message-id|resent-message-id|size|nrcpt|proto|helo|sasl_method|sasl_username|sasl_sender|action|reason|client_name|client_address|client|sender|recipient|conn_use|milter)=(<[^<>]{0,998}>|[^\s,;]{0,998})/g;

type Pairs = Map<string, string>;

function readPairs(text: string): Pairs {
  const pairs: Pairs = new Map();
  for (const match of text.matchAll(PAIR)) {
    const key = match[1]!;
    let value = match[2]!;
    if (value.startsWith('<') && value.endsWith('>')) value = value.slice(1, -1);
    if (!pairs.has(key)) pairs.set(key, value);
  }
  return pairs;
}

/** Verbs at the start of a message, with the action they mean and the side that the machine behind them is on. */
const VERBS: readonly (readonly [string, string, 'source' | 'destination'])[] = [
  ['connect from ', 'connect', 'source'],
  ['disconnect from ', 'disconnect', 'source'],
  ['lost connection after ', 'lost-connection', 'source'],
  ['lost connection with ', 'lost-connection', 'destination'],
  ['timeout after ', 'timeout', 'source'],
  ['improper command pipelining after ', 'improper-pipelining', 'source'],
  ['too many errors after ', 'too-many-errors', 'source'],
  ['SSL_accept error from ', 'tls-error', 'source'],
  ['SSL_connect error to ', 'tls-error', 'destination'],
  ['setting up TLS connection from ', 'tls', 'source'],
  ['setting up TLS connection to ', 'tls', 'destination'],
  ['Used TLS for ', 'tls', 'destination'],
  ['connect to ', 'connect', 'destination'],
  ['host ', 'reply', 'destination'],
  ['whitelisted: ', 'allowed', 'source'],
  ['Anonymous TLS connection established ', 'tls', 'source'],
  ['Trusted TLS connection established ', 'tls', 'source'],
  ['Untrusted TLS connection established ', 'tls', 'source'],
  ['Verified TLS connection established ', 'tls', 'source'],
  ['statistics: ', 'statistics', 'source'],
  ['CONNECT from ', 'connect', 'source'],
  ['DISCONNECT ', 'disconnect', 'source'],
  ['HANGUP ', 'hangup', 'source'],
  ['PREGREET ', 'pregreet', 'source'],
  ['DNSBL rank ', 'blocked', 'source'],
  ['PASS ', 'pass', 'source'],
  ['BARE NEWLINE ', 'bare-newline', 'source'],
  ['removed', 'removed', 'source'],
];
/** What Postfix did with a command, a header or a message: `reject: RCPT from mx[…]: 554 …`. */
const ACTION =
  /^(?:milter-)?(reject|discard|hold|redirect|filter|replace|prepend|strip|proxy-accept|proxy-reject|warning|accept|reject_warning|bcc): (.*)$/s;
const TLS = /(?:: |: .{0,40}\b)(TLSv[\d.]+|SSLv\d) with cipher (\S{1,64})/;
const REPLY = /^(\d{3}) (?:(\d\.\d{1,3}\.\d{1,3}) )?(.*)$/s;
const DENIED = new Set(['reject', 'proxy-reject', 'discard', 'blocked', 'hold', 'greylist', 'defer']);
/** Delivery states that mean that the mail did not arrive. */
const UNDELIVERED = new Set(['bounced', 'deferred', 'undeliverable', 'expired']);
const STATES = new Set([...UNDELIVERED, 'sent', 'deliverable']);
/** Relays that are no machine: nothing was handed on. */
const NO_RELAY = new Set(['none', 'local', 'virtual', 'localhost', 'unknown']);

function putAddresses(doc: EcsFields, pairs: Pairs): void {
  const from = pairs.get('from') ?? pairs.get('sender');
  if (from?.includes('@') === true) doc['email.from.address'] = [from];
  const to = pairs.get('to') ?? pairs.get('recipient');
  if (to !== undefined && to !== '') doc['email.to.address'] = [to];
  const id = pairs.get('message-id') ?? pairs.get('resent-message-id');
  if (id !== undefined && id !== '') doc['email.message_id'] = id;
  for (const key of ['orig_to', 'dsn', 'proto', 'helo', 'sasl_method', 'milter'] as const) {
    const value = pairs.get(key);
    if (value !== undefined && value !== '') doc[`postfix.${key}`] = value;
  }
  const delay = toFloat(pairs.get('delay'));
  if (delay !== undefined) doc['postfix.delay'] = delay;
  for (const key of ['size', 'nrcpt'] as const) {
    const value = toLong(pairs.get(key));
    if (value !== undefined) doc[`postfix.${key}`] = value;
  }
  const login = pairs.get('sasl_username');
  if (login !== undefined && login !== '') {
    doc['user.name'] = login;
    if (login.includes('@')) doc['user.email'] = login;
  }
}

/** `relay=mx.example.org[192.0.2.1]:25`, `relay=none`, `relay=/var/spool/mail/socket`. */
function putRelay(doc: EcsFields, relay: string): void {
  doc['postfix.relay'] = relay;
  const peer = findPeer(relay);
  if (peer !== undefined) {
    putReceiver(doc, peer.name === 'localhost' ? { ip: peer.ip, port: peer.port } : peer);
    return;
  }
  const colon = relay.lastIndexOf(':');
  const host = colon > 0 ? relay.slice(0, colon) : relay;
  const ip = parseIp(host);
  const port = colon > 0 ? toLong(relay.slice(colon + 1)) : undefined;
  if (ip !== undefined) putReceiver(doc, { ip, port });
  else if (port !== undefined && !NO_RELAY.has(host)) putReceiver(doc, { name: host, port });
}

/** Where only the addresses of the mail are known, their domains say whence and whither. */
function completeSides(doc: EcsFields, pairs: Pairs): void {
  const helo = pairs.get('helo');
  const sender = doc['email.from.address'];
  if (doc['source.domain'] === undefined || doc['source.domain'] === 'localhost') {
    const named = helo?.includes('.') === true && !helo.startsWith('[') ? helo : undefined;
    const domain =
      named ??
      (Array.isArray(sender) && doc['source.domain'] === undefined
        ? mailDomain(String(sender[0]))
        : undefined);
    if (domain !== undefined) {
      doc['source.domain'] = domain;
      if (named !== undefined || doc['source.ip'] === undefined) doc['source.address'] = domain;
    }
  }
  const to = doc['email.to.address'];
  if (Array.isArray(to) && doc['destination.domain'] === undefined) {
    const domain = mailDomain(String(to[0]));
    if (domain !== undefined) {
      doc['destination.domain'] = domain;
      doc['destination.address'] ??= domain;
    }
  }
}

/** The words behind the machine and its colon: a reply with its codes, or an error. */
function putReason(doc: EcsFields, text: string): void {
  const end = text.indexOf('; from=<');
  const reason = (end < 0 ? text : text.slice(0, end)).trim();
  const reply = REPLY.exec(reason);
  if (reply !== null) {
    doc['postfix.smtp_code'] = reply[1]!;
    if (reply[2] !== undefined) doc['postfix.dsn'] ??= reply[2];
  }
  const words = reply?.[3] ?? reason;
  if (words !== '') doc['event.reason'] = words;
}

/** Reads the message behind queue id and level; returns its action, or `undefined` where it is not known. */
function readMessage(text: string, pairs: Pairs, doc: EcsFields): string | undefined {
  const state = pairs.get('status')?.toLowerCase();
  if (state !== undefined && STATES.has(state)) {
    const open = text.indexOf('(', text.indexOf('status='));
    const close = text.lastIndexOf(')');
    if (open > 0 && close > open) putReason(doc, text.slice(open + 1, close));
    const remote = / queued as ([0-9A-Za-z]{4,40})/.exec(text);
    if (remote !== null) doc['postfix.remote_queue_id'] = remote[1]!;
    doc['event.outcome'] = UNDELIVERED.has(state) ? 'failure' : 'success';
    return state;
  }
  if (pairs.has('client')) {
    const peer = findPeer(text, text.indexOf('client='));
    if (peer !== undefined) putSender(doc, peer);
    if (pairs.has('sasl_username')) {
      doc['event.category'] = ['authentication', 'email'];
      doc['event.type'] = ['start'];
      doc['event.outcome'] = 'success';
    }
    return 'client';
  }
  if (pairs.has('client_address')) return readPolicy(text, pairs, doc);
  for (const [verb, action, side] of VERBS) {
    if (!text.startsWith(verb)) continue;
    readVerb(text, verb, text.includes(' established to ') ? 'destination' : side, doc);
    return action;
  }
  const acted = ACTION.exec(text);
  if (acted !== null) return readAction(acted[1]!, acted[2]!, doc);
  if (/^(?:mime-|nested-)?header /.test(text)) return readAction('warn', text, doc);
  if (pairs.has('message-id')) return 'message-id';
  if (pairs.has('nrcpt')) return 'queued';
  return readWarning(text, doc);
}

function readVerb(text: string, verb: string, side: 'source' | 'destination', doc: EcsFields): void {
  const peer = findPeer(text, verb.length);
  if (peer !== undefined) {
    if (side === 'source') putSender(doc, peer);
    else putReceiver(doc, peer);
    const rest = text.slice(peer.end);
    if (verb === 'host ') putReason(doc, rest.replace(/^ (?:said|refused to talk to me): /, ''));
    else if (rest.startsWith(': ') && !rest.includes(' with cipher ')) putReason(doc, rest.slice(2));
  }
  if (verb.startsWith('statistics')) {
    const counted = /\((?:[a-z0-9]+:)?([0-9a-f.:]{2,45})\)/i.exec(text.slice(0, 400));
    const ip = counted === null ? undefined : parseIp(counted[1]!);
    if (ip !== undefined) putSender(doc, { ip });
  }
  const after = /^lost connection after ([A-Z-]{2,30})/.exec(text)?.[1];
  if (after !== undefined) doc['postfix.command'] = after;
  const tls = TLS.exec(text);
  if (tls !== null) {
    doc['tls.cipher'] = tls[2]!;
    doc['tls.version'] = tls[1]!.replace(/^(?:TLSv|SSLv)/, '');
    doc['tls.version_protocol'] = tls[1]!.startsWith('TLS') ? 'tls' : 'ssl';
    doc['tls.established'] = true;
  }
}

function readAction(action: string, rest: string, doc: EcsFields): string {
  const isHeader = /^(?:mime-|nested-)?header /.test(rest);
  if (isHeader) putHeader(doc, rest);
  const stop = rest.lastIndexOf('; from=<');
  const head = stop < 0 ? rest : rest.slice(0, stop);
  const at = isHeader ? head.lastIndexOf(' from ') : 0;
  const peer = at < 0 ? undefined : findPeer(head, at);
  if (peer !== undefined) {
    putSender(doc, peer);
    if (rest.startsWith(': ', peer.end)) putReason(doc, rest.slice(peer.end + 2));
  }
  if (action.startsWith('proxy-')) {
    const colon = rest.indexOf(': ');
    if (colon > 0) putReason(doc, rest.slice(colon + 2));
  }
  if (action !== 'warn') doc['event.outcome'] = 'success';
  return action;
}

/** Postgrey and other policy servers: `action=greylist, reason=new, client_name=…, client_address=…, …`. */
function readPolicy(text: string, pairs: Pairs, doc: EcsFields): string | undefined {
  const ip = readAddress(pairs.get('client_address') ?? '');
  const name = pairs.get('client_name');
  putSender(doc, {
    ...(ip === undefined ? {} : { ip }),
    ...(name === undefined || name === '' || name === 'unknown' ? {} : { name }),
  });
  const reason = /(?:^|, )reason=([^,]{1,500})/.exec(text)?.[1];
  if (reason !== undefined) doc['event.reason'] = reason;
  doc['event.outcome'] = 'success';
  return pairs.get('action');
}

const SASL = /^SASL ([A-Za-z0-9-]{2,30}) authentication failed(?::|$)/;

function readWarning(text: string, doc: EcsFields): string | undefined {
  const unresolved =
    /^(?:hostname (\S{1,255}) does not resolve to address|(\S{1,255}): hostname \S{1,255} verification failed) ?([0-9A-Fa-f.:]{2,45})?(?:: (.*))?$/s.exec(
      text,
    );
  if (unresolved !== null) {
    const ip = parseIp((unresolved[3] ?? '').replace(/:$/, ''));
    const name = unresolved[1] ?? unresolved[2];
    putSender(doc, { ...(name === undefined ? {} : { name }), ...(ip === undefined ? {} : { ip }) });
    if (unresolved[4] !== undefined) doc['event.reason'] = unresolved[4];
    return 'unresolved-client';
  }
  const map = /^read TCP map reply from ([^\s:]{1,255}):(\d{1,5}): (.*)$/s.exec(text);
  if (map !== null) {
    const ip = parseIp(map[1]!);
    putReceiver(doc, { ...(ip === undefined ? { name: map[1]! } : { ip }), port: toLong(map[2]!) });
    doc['event.reason'] = map[3]!;
    return 'map-error';
  }
  const peer = findPeer(text);
  if (peer === undefined) return undefined;
  putSender(doc, peer);
  const rest = text.slice(peer.end).replace(/^: /, '');
  if (rest !== '') doc['event.reason'] = rest;
  const sasl = SASL.exec(rest);
  if (sasl === null) return rest === '' ? undefined : 'warning';
  doc['postfix.sasl_method'] = sasl[1]!;
  doc['event.category'] = ['authentication', 'email'];
  doc['event.type'] = ['start'];
  doc['event.outcome'] = 'failure';
  return 'sasl-login';
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  let text = input.text.trim();
  const app = input.syslog?.app?.toLowerCase();
  const isPostfix = app !== undefined && APPS.test(app);
  if (!isPostfix && !looksLikePostfix(input)) return 'rejected';
  doc['event.category'] = ['email'];
  doc['event.type'] = ['info'];
  doc['network.protocol'] = 'smtp';
  doc['message'] = text;
  const slash = app?.lastIndexOf('/') ?? -1;
  if (isPostfix) doc['process.name'] = app.slice(slash + 1);
  const pid = toLong(input.syslog?.procid);
  if (isPostfix && pid !== undefined) doc['process.pid'] = pid;
  if (isSpf(text)) {
    readSpf(text, doc);
    return 'parsed';
  }
  const id = QUEUE_ID.exec(text)?.[1];
  if (id !== undefined) {
    text = text.slice(id.length + 1).trimStart();
    if (id !== 'NOQUEUE') doc['postfix.queue_id'] = id;
  }
  const level = LEVEL.exec(text)?.[1];
  if (level !== undefined) {
    doc['log.level'] = level;
    text = text.slice(level.length + 2);
  }
  const pairs = readPairs(text);
  putAddresses(doc, pairs);
  if (pairs.has('relay')) putRelay(doc, pairs.get('relay')!);
  const action = readMessage(text, pairs, doc);
  completeSides(doc, pairs);
  if (action === undefined) return 'partial';
  doc['event.action'] = action;
  if (action === 'connect' || action === 'disconnect')
    doc['event.outcome'] ??= text.startsWith('connect to ') ? 'failure' : 'success';
  if (DENIED.has(action)) doc['event.type'] = ['denied'];
  return 'parsed';
}

const APPS =
  /^(?:postfix[a-z0-9-]{0,30}(?:\/.{1,60})?|postgrey|policyd-spf|postscreen|dnsblog|cleanup|qmgr)$/;

/** Whether a line without Postfix's tag is Postfix's all the same. */
function looksLikePostfix(input: ParseInput): boolean {
  const app = input.syslog?.app;
  if (app !== undefined && !APPS.test(app.toLowerCase())) return false;
  const text = input.text.trimStart();
  return (
    QUEUE_ID.test(text) ||
    STARTS.some(([start]) => text.startsWith(start!)) ||
    (text.includes('client_address=') && text.includes('action=')) ||
    isSpf(text)
  );
}

/** Postfix and the policy servers that answer it: Postgrey, policyd-spf. */
export default defineSource({
  id: 'postfix.postfix',
  signatures: [
    {
      kind: 'app',
      names: [
        ...['anvil', 'bounce', 'cleanup', 'discard', 'dnsblog', 'error', 'flush', 'local', 'lmtp', 'master'],
        ...[
          'pickup',
          'pipe',
          'postscreen',
          'postsuper',
          'proxymap',
          'qmgr',
          'qmqpd',
          'retry',
          'scache',
          'script',
        ],
        ...[
          'showq',
          'smtp',
          'smtpd',
          'submission',
          'smtps',
          'tlsmgr',
          'tlsproxy',
          'trivial-rewrite',
          'verify',
          'virtual',
        ],
        ...['postfix', 'postgrey', 'policyd-spf', 'postfix-script', 'postfix-in', 'postfix-out'],
      ],
      test: ({ syslog }) => APPS.test(syslog?.app?.toLowerCase() ?? ''),
    },
    ...[...REST, ...STARTS, POLICY, SPF].map((literals) => ({
      kind: 'text' as const,
      literals,
      test: looksLikePostfix,
    })),
  ],
  parse,
});
