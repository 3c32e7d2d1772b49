import type { EcsFields } from '@vigie/contracts';
import { isIp, parseIp, parsePort } from '../../kit/ip.ts';
import { putEndpoint } from '../../kit/types.ts';

/** What sshd writes before an account it has no entry for. */
const UNKNOWN = ['invalid user ', 'illegal user '];
const KNOWN = ['authenticating user ', 'user '];

/** Writes an account as sshd names it; `invalid user ` before it says that it does not exist. */
export function putUser(doc: EcsFields, text: string): void {
  let name = text;
  for (const prefix of UNKNOWN) {
    if (!name.startsWith(prefix)) continue;
    name = name.slice(prefix.length);
    doc['system.auth.ssh.invalid_user'] = true;
    break;
  }
  for (const prefix of KNOWN) if (name.startsWith(prefix)) name = name.slice(prefix.length);
  name = name.trim();
  // Redacted by the site: stars are no name.
  if (name === '' || /^\*+$/.test(name)) return;
  doc['user.name'] = name;
  doc['source.user.name'] = name;
}

/** Writes `192.0.2.1 port 4711` (port optional, ` ssh2` and the like after it ignored). */
export function putPeer(doc: EcsFields, text: string, side = 'source'): boolean {
  const space = text.indexOf(' ');
  const host = space < 0 ? text : text.slice(0, space);
  if (host === '' || host === 'UNKNOWN') return false;
  putEndpoint(doc, side, host.endsWith(':') && !isIp(host) ? host.slice(0, -1) : host);
  if (space > 0 && text.startsWith('port ', space + 1)) {
    const from = space + 6;
    let end = from;
    while (end < text.length && end < from + 5 && text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57)
      end++;
    const port = parsePort(text.slice(from, end));
    if (port !== undefined) doc[`${side}.port`] = port;
  }
  return true;
}

/**
 * Reads `[user ]address[ port n]` after words like "Disconnected from". The account is text of the
 * client's choosing and may hold blanks, even a faked address: the last address in the text is the true one.
 */
export function putUserAndPeer(doc: EcsFields, text: string): void {
  const port = text.lastIndexOf(' port ');
  const end = port < 0 ? text.length : port;
  const start = text.lastIndexOf(' ', end - 1) + 1;
  const host = text.slice(start, end);
  if (parseIp(host) === undefined && start === 0 && port < 0) {
    if (host !== '') putEndpoint(doc, 'source', host);
    return;
  }
  putPeer(doc, text.slice(start));
  if (start > 0) putUser(doc, text.slice(0, start));
}
