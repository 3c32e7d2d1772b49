import type { EcsFields } from '@vigie/contracts';
import { WHAT } from '../../kit/categorise.ts';
import { isHostName } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { programSource } from '../../kit/program-source.ts';
import { toLong } from '../../kit/types.ts';

const OWN = 'openbsd.opensmtpd.';
const SESSION = `{${OWN}session}`;

/** `<a@b>` → `a@b`; an empty path is a bounce and names nobody. */
function address(value: string | undefined): string | undefined {
  const bare = value?.replace(/^"?<?|>?"?$/g, '');
  return bare === undefined || bare === '' ? undefined : bare;
}

/** `session smtp event=message address=… from=<…> to=<…>`: newer releases name everything. */
function putPairs(doc: EcsFields, text: string): void {
  const separated = text.includes(', ');
  const pairs = parseKeyValue(text, separated ? { separator: ',', limit: 40 } : { limit: 40 });
  const get = (name: string): string | undefined => {
    for (const [key, value] of pairs) if (key === name || key.endsWith(` ${name}`)) return value;
    return undefined;
  };
  const from = address(get('from'));
  if (from !== undefined) doc['email.from.address'] = [from];
  const to = address(get('to'));
  if (to !== undefined) doc['email.to.address'] = [to];
  const relay = get('relay') ?? get('address');
  const ip = relay === undefined ? undefined : /([0-9a-fA-F:.]{3,45})/.exec(relay)?.[1];
  if (ip !== undefined && ip.length > 6) doc[`${OWN}relay`] = relay!;
  const size = toLong(get('size'));
  if (size !== undefined) doc[`${OWN}size`] = size;
  const stat = get('stat') ?? get('result');
  if (stat !== undefined) doc['event.reason'] = stat.replace(/^"|"$/g, '');
  const version = /version=TLSv([\d.]{1,4})/.exec(text)?.[1];
  if (version !== undefined) {
    doc['tls.version'] = version;
    doc['tls.version_protocol'] = 'tls';
    doc['tls.established'] = true;
  }
  const cipher = get('cipher');
  if (cipher !== undefined) doc['tls.cipher'] = cipher;
}

/** Messages of `smtpd`, of releases before and after 6.4. */
export default programSource({
  id: 'openbsd.opensmtpd',
  programs: ['smtpd'],
  // Postfix has a process of this name in its tag: `postfix/smtpd`.
  except: ({ syslog }) => /^postfix[\w-]*\//i.test(syslog?.app ?? ''),
  otherwise: WHAT.mail,
  messages: [
    [
      `smtp-in: New session ${SESSION} from host {source@endpoint} [{${OWN}peer}]`,
      { ...WHAT.connectionStart, action: 'session-started' },
    ],
    [
      `smtp-in: Accepted message {${OWN}message} on session ${SESSION}: {}`,
      { ...WHAT.mail, action: 'message-accepted', outcome: 'success' },
    ],
    [
      `smtp-in: Failed command on session ${SESSION}: "{${OWN}command}" => {event.reason}`,
      { ...WHAT.mail, action: 'command-failed', outcome: 'failure' },
    ],
    [
      `smtp-in: Authentication failed on session ${SESSION}`,
      { ...WHAT.login, action: 'login-failed', outcome: 'failure' },
    ],
    [
      `smtp-in: Accepted authentication for user {user@account} on session ${SESSION}`,
      { ...WHAT.login, action: 'login', outcome: 'success' },
    ],
    [
      `smtp-in: Started TLS on session ${SESSION}: {}`,
      { ...WHAT.connection, action: 'tls-started', outcome: 'success' },
    ],
    [`smtp-in: Closing session ${SESSION}`, { ...WHAT.connectionEnd, action: 'session-ended' }],
    [
      `smtp-in: Received disconnect from session ${SESSION}`,
      { ...WHAT.connectionEnd, action: 'session-ended' },
    ],
    [
      `smtp-in: Disconnecting session ${SESSION}: {event.reason}`,
      { ...WHAT.connectionEnd, action: 'session-ended' },
    ],
    [`relay: Ok for {${OWN}message}: {}`, { ...WHAT.mail, action: 'message-relayed', outcome: 'success' }],
    [
      `relay: TempFail for {${OWN}message}: {}`,
      { ...WHAT.mail, action: 'message-deferred', outcome: 'failure' },
    ],
    [
      `relay: PermFail for {${OWN}message}: {}`,
      { ...WHAT.mail, action: 'message-refused', outcome: 'failure' },
    ],
    [
      `delivery: Ok for {${OWN}message}: {}`,
      { ...WHAT.mail, action: 'message-delivered', outcome: 'success' },
    ],
    [
      `{${OWN}session} smtp connected address={source@endpoint} host={${OWN}peer}`,
      { ...WHAT.connectionStart, action: 'session-started' },
    ],
    [
      `{${OWN}session} smtp authentication user={user@account} result=ok`,
      { ...WHAT.login, action: 'login', outcome: 'success' },
    ],
    [
      `{${OWN}session} smtp authentication user={user@account} result={event.reason}`,
      { ...WHAT.login, action: 'login-failed', outcome: 'failure' },
    ],
    [`{${OWN}session} smtp message {}`, { ...WHAT.mail, action: 'message-accepted', outcome: 'success' }],
    [
      `{${OWN}session} smtp failed-command command="{${OWN}command}" result="{event.reason}"`,
      { ...WHAT.mail, action: 'command-failed', outcome: 'failure' },
    ],
    [`{${OWN}session} smtp tls {}`, { ...WHAT.connection, action: 'tls-started', outcome: 'success' }],
    [
      `{${OWN}session} smtp disconnected reason={event.reason}`,
      { ...WHAT.connectionEnd, action: 'session-ended' },
    ],
    [
      `{${OWN}session} mta delivery {} result="Ok"{?}`,
      { ...WHAT.mail, action: 'message-relayed', outcome: 'success' },
    ],
    [`{${OWN}session} mta delivery {}`, { ...WHAT.mail, action: 'message-deferred', outcome: 'failure' }],
    [`{${OWN}session} mda delivery {}`, { ...WHAT.mail, action: 'message-delivered', outcome: 'success' }],
  ],
  after(doc, text) {
    doc['network.protocol'] = 'smtp';
    putPairs(doc, text);
    const peer = doc[`${OWN}peer`];
    const ip = typeof peer === 'string' ? parseIp(peer) : undefined;
    if (ip !== undefined) doc['source.ip'] = ip;
    else if (typeof peer === 'string' && isHostName(peer)) doc['source.domain'] = peer;
  },
});
