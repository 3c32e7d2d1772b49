import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { readPam } from '../_shared/pam.ts';
import { putLogger } from '../_shared/process.ts';
import { putPeer } from './peer.ts';
import { NOTE, readMessage } from './rules.ts';

const LEVELS = ['error: ', 'fatal: ', 'info: ', 'warning: '];

function strip(text: string): { message: string; level?: string } {
  let message = text.trim();
  let level: string | undefined;
  for (const prefix of LEVELS) {
    if (!message.startsWith(prefix)) continue;
    level = prefix.slice(0, -2);
    message = message.slice(prefix.length);
    break;
  }
  if (message.endsWith(' [preauth]')) message = message.slice(0, -10);
  return { message, level };
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const { message, level } = strip(input.text);
  const isSshd = input.syslog?.app?.toLowerCase().includes('sshd') === true;
  const known = readMessage(message, doc) || (mentionsSshd(message, isSshd) && readPam(message, doc));
  if (!known && !isSshd) return 'rejected';
  if (doc['user.name'] !== undefined) doc['source.user.name'] ??= doc['user.name'];
  putLogger(doc, input.syslog, 'sshd');
  if (level !== undefined) doc['log.level'] = level;
  doc['observer.vendor'] = 'openbsd project';
  doc['observer.product'] = 'openssh';
  doc['observer.type'] = 'server';
  doc['message'] = input.text.trim();
  if (known) return 'parsed';
  const from = message.lastIndexOf(' from ');
  if (from > 0 && message.indexOf(' port ', from) > 0) putPeer(doc, message.slice(from + 6));
  categorise(doc, { ...NOTE, outcome: level === 'error' || level === 'fatal' ? 'failure' : undefined });
  return 'partial';
}

/** Without a tag, PAM's text is sshd's only where it says so. */
function mentionsSshd(message: string, isSshd: boolean): boolean {
  return isSshd || message.includes('(sshd:') || message.startsWith('PAM ');
}

/** Messages that are sshd's even without a tag, as senders that strip the header leave them: start, then parts. */
const BARE = [
  ['Accepted ', ' for ', ' from ', ' port '],
  ['Accepted ', ' for '],
  ['Accepted key ', ' found at '],
  ['Failed ', ' for ', ' from ', ' port '],
  ['Invalid user ', ' from '],
  ['Illegal user ', ' from '],
  ['input_userauth_request: '],
  ['Disconnected from ', ' port '],
  ['Disconnecting ', ' port '],
  ['Received disconnect from '],
  ['Connection closed by '],
  ['Connection reset by '],
  ['Connection from ', ' port '],
  ['Unable to negotiate with '],
  ['maximum authentication attempts exceeded for '],
  ['Timeout before authentication for '],
  ['Did not receive identification string from '],
  ['userauth_finish: '],
  ['User ', ' not allowed because '],
  ['User child is on pid '],
  ['PAM adding faulty module: '],
  ['PAM service(sshd)'],
  ['PAM ', 'more authentication failure'],
  ['pam_', '(sshd:'],
  ['reverse mapping checking getaddrinfo for '],
  ['Address ', 'POSSIBLE BREAK-IN ATTEMPT!'],
  ['Postponed ', ' for ', ' from '],
];

export default defineSource({
  id: 'linux.sshd',
  signatures: [
    { kind: 'app', names: ['sshd', 'sshd-session', 'sshd-auth'] },
    ...BARE.map((literals) => ({
      kind: 'text' as const,
      literals,
      // Another application's tag makes a similar sentence that application's own.
      test: (input: ParseInput) =>
        input.syslog?.app === undefined && strip(input.text).message.startsWith(literals[0]!),
    })),
  ],
  parse,
});
