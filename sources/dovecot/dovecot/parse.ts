import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { messageTable } from '../../kit/message-table.ts';
import { putObserver } from '../../kit/network.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';
import { putAccount } from '../../kit/user.ts';

const OWN = 'dovecot.dovecot.';
const FAILED = { ...WHAT.login, action: 'login-failed', outcome: 'failure' } as const;

/** `imap-login: `, `auth-worker(default): `, `imap(user)<123><session>: `: the service and what it works for. */
const SERVICE =
  /^(?:(Info|Warn|Warning|Error|Fatal|Panic|Debug): )?(imap-login|pop3-login|managesieve-login|submission-login|lmtp|auth-worker|auth|master|imap|pop3|managesieve|indexer-worker|anvil|log|config|doveadm|dict|lda|replicator|stats|submission)(?:\(([^()\s]{1,255})\))?(?:<(\d{1,10})>)?(?:<([^<>\s]{1,128})>)?: /i;
const LEVEL = /^(Info|Warn|Warning|Error|Fatal|Panic|Debug): /;
/** `sql(user@example.com,192.0.2.1,<session>): `: the database of accounts, whom it was asked about, and for whom. */
const LOOKUP = /^([a-z][a-z-]{1,24})\(([^,()]{0,255})(?:,([0-9A-Fa-f.:]{2,45}))?(?:,(?:[^()]{0,128}))?\): /;
const REFUSED =
  /auth failed|authentication failed|Password mismatch|password mismatch|unknown user|user not found|User not known|Authentication failure|pam_authenticate\(\) failed|invalid password|Account is disabled|tried to use disallowed/i;

/** What a mail process says of the mailbox, once somebody is in. */
const MAILBOX = messageTable(OWN, [
  ['Disconnected: Logged out{?}', { ...WHAT.logout, action: 'logout', outcome: 'success' }],
  ['Logged out{?}', { ...WHAT.logout, action: 'logout', outcome: 'success' }],
  ['Disconnected{?}', { ...WHAT.sessionEnd, action: 'disconnected' }],
  ['Connection closed{?}', { ...WHAT.sessionEnd, action: 'disconnected' }],
  ['delete: box={}', { category: ['email'], type: ['deletion'], action: 'mail-deleted' }],
  ['expunge: box={}', { category: ['email'], type: ['deletion'], action: 'mail-expunged' }],
  ['copy from {}', { category: ['email'], type: ['change'], action: 'mail-copied' }],
  ['save: box={}', { category: ['email'], type: ['creation'], action: 'mail-saved' }],
  ['sieve: msgid={}', { ...WHAT.mail, action: 'mail-stored', outcome: 'success' }],
  ['msgid={}', { ...WHAT.mail, action: 'mail-stored', outcome: 'success' }],
]);

/** What the server says of itself. */
const SERVER = messageTable(OWN, [
  [
    'Dovecot v{service.version} ({}) starting up{?}',
    { category: ['process'], type: ['start'], action: 'service-started' },
  ],
  [
    'Dovecot v{service.version} starting up{?}',
    { category: ['process'], type: ['start'], action: 'service-started' },
  ],
  ['Warning: Killed with signal {}', { category: ['process'], type: ['end'], action: 'service-stopped' }],
  ['Killed with signal {}', { category: ['process'], type: ['end'], action: 'service-stopped' }],
]);

/** The pairs behind the first sentence of a login process: `user=<…>, method=PLAIN, rip=…, lip=…, TLS`. */
function putSession(doc: EcsFields, text: string): void {
  const pairs = parseKeyValue(text, { separator: ',', limit: 40 });
  // The first pair stands behind the sentence: `Login: user=<…>`.
  const named = new Map([...pairs].map(([key, value]) => [key.slice(key.lastIndexOf(' ') + 1), value]));
  const bare = (name: string): string | undefined => {
    const value = named.get(name);
    if (value === undefined) return undefined;
    const inner = value.startsWith('<') && value.endsWith('>') ? value.slice(1, -1) : value;
    return inner === '' ? undefined : inner;
  };
  const user = bare('user');
  if (user !== undefined) putAccount(doc, 'user', user);
  for (const [key, side] of [
    ['rip', 'source'],
    ['lip', 'destination'],
  ] as const) {
    const ip = parseIp(bare(key) ?? '');
    if (ip === undefined) continue;
    doc[`${side}.address`] = ip;
    doc[`${side}.ip`] = ip;
  }
  const rport = parsePort(bare('rport') ?? '');
  if (rport !== undefined) doc['source.port'] = rport;
  const lport = parsePort(bare('lport') ?? '');
  if (lport !== undefined) doc['destination.port'] = lport;
  const method = bare('method');
  if (method !== undefined) doc[`${OWN}method`] = method;
  const session = bare('session');
  if (session !== undefined) doc[`${OWN}session`] = session;
  const pid = toLong(bare('mpid'));
  if (pid !== undefined) doc[`${OWN}mpid`] = pid;
  if (/, TLS(?:,|:|$)|, secured/.test(text)) doc['tls.established'] = true;
}

function putLookup(doc: EcsFields, text: string): void {
  const found = LOOKUP.exec(text);
  if (found === null) return;
  doc[`${OWN}driver`] = found[1]!;
  if (found[2] !== '') putAccount(doc, 'user', found[2]!);
  const ip = parseIp(found[3] ?? '');
  if (ip !== undefined) {
    doc['source.address'] = ip;
    doc['source.ip'] = ip;
  }
}

function readService(doc: EcsFields, service: string, of: string | undefined, text: string): boolean {
  if (service.endsWith('-login')) {
    doc['network.protocol'] = service.slice(0, -'-login'.length);
    putSession(doc, text);
    if (text.startsWith('Login:')) categorise(doc, { ...WHAT.login, action: 'login', outcome: 'success' });
    else if (REFUSED.test(text)) categorise(doc, FAILED);
    else if (text.startsWith('Aborted login')) categorise(doc, { ...FAILED, action: 'login-aborted' });
    else categorise(doc, { ...WHAT.connectionEnd, action: 'disconnected' });
    return true;
  }
  if (service.startsWith('auth')) {
    putLookup(doc, text);
    if (REFUSED.test(text)) categorise(doc, FAILED);
    else categorise(doc, { ...WHAT.authentication, action: 'account-lookup' });
    return REFUSED.test(text);
  }
  if (of !== undefined && of !== 'default') {
    putAccount(doc, 'user', of);
    if (service === 'imap' || service === 'pop3') doc['network.protocol'] = service;
    if (service === 'lmtp' || service === 'lda') doc['network.protocol'] = 'lmtp';
    return MAILBOX.read(doc, text);
  }
  return SERVER.read(doc, text);
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const app = input.syslog?.app?.toLowerCase();
  const head = SERVICE.exec(app === 'dovecot' ? input.text : `${input.syslog?.app ?? ''}: ${input.text}`);
  if (app !== 'dovecot' && head === null && SERVICE.exec(input.text) === null) return 'rejected';
  const found = head ?? SERVICE.exec(input.text);
  const text = input.text.trim();
  doc['message'] = text;
  doc['process.name'] = 'dovecot';
  const pid = toLong(input.syslog?.procid);
  if (pid !== undefined) doc['process.pid'] = pid;
  putObserver(doc, { vendor: 'Dovecot', product: 'Dovecot' });
  const level =
    found?.[1] ??
    LEVEL.exec(text)?.[1] ??
    (LEVEL.test(`${input.syslog?.app}: `) ? input.syslog?.app : undefined);
  if (level !== undefined) doc['log.level'] = level.toLowerCase();
  let known = false;
  if (found !== null) {
    const service = found[2]!.toLowerCase();
    doc['service.type'] = service;
    if (found[5] !== undefined) doc[`${OWN}session`] = found[5];
    const whole =
      head === null || app === 'dovecot' ? input.text : `${input.syslog?.app ?? ''}: ${input.text}`;
    known = readService(doc, service, found[3], whole.slice(found[0].length).trim());
  } else known = SERVER.read(doc, text);
  if (known) return 'parsed';
  if (doc['event.category'] === undefined)
    categorise(doc, /^(?:Error|Fatal|Panic): /.test(text) ? WHAT.hostError : WHAT.hostInfo);
  return 'partial';
}

export default defineSource({
  id: 'dovecot.dovecot',
  signatures: [
    { kind: 'app', names: ['dovecot'] },
    // Its own log file has the level, or the service, where the program's name would stand.
    { kind: 'text', literals: ['-login: ', 'rip='] },
    { kind: 'text', prefix: 'auth(default): ' },
    { kind: 'text', prefix: 'auth-worker(' },
    { kind: 'text', prefix: 'imap(' },
    { kind: 'text', prefix: 'IMAP(' },
    { kind: 'text', prefix: 'pop3(' },
    { kind: 'text', prefix: 'POP3(' },
  ],
  parse,
});
