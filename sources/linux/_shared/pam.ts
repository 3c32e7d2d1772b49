import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { put, putEndpoint } from '../../kit/types.ts';

/** Characters of a user name up to a blank, bracket, comma or semicolon at `at`. */
function wordAt(text: string, at: number): string {
  let i = at;
  while (i < text.length) {
    const code = text.charCodeAt(i);
    if (code <= 32 || code === 40 || code === 44 || code === 59) break;
    i++;
  }
  return text.slice(at, i);
}

function after(text: string, marker: string): number {
  const at = text.indexOf(marker);
  return at < 0 ? -1 : at + marker.length;
}

/**
 * Reads a message of a PAM module (`pam_unix(sshd:auth): …`, also the old `(pam_unix) …` and sshd's own
 * `PAM 2 more authentication failures; …`).
 *
 * @returns whether the message is PAM's; `doc` is untouched otherwise
 */
export function readPam(text: string, doc: EcsFields): boolean {
  const colon = text.startsWith('pam_') ? text.indexOf('): ') : -1;
  let message = text;
  if (colon > 0 && colon < 80) {
    const open = text.indexOf('(');
    doc['system.auth.pam.module'] = text.slice(0, open);
    const service = text.slice(open + 1, colon);
    const stage = service.indexOf(':');
    doc['system.auth.pam.service'] = stage < 0 ? service : service.slice(0, stage);
    if (stage > 0) doc['system.auth.pam.stage'] = service.slice(stage + 1);
    message = text.slice(colon + 3);
  } else if (text.startsWith('pam_')) {
    const end = text.indexOf(': ');
    if (end < 0 || end > 60) return false;
    doc['system.auth.pam.module'] = text.slice(0, end);
    message = text.slice(end + 2);
  } else if (!isBare(text)) return false;
  readMessage(message, doc);
  return true;
}

/** Messages that name no module, because the tag does (`su(pam_unix)[4711]: session opened …`). */
function isBare(text: string): boolean {
  return (
    text.startsWith('session opened for user ') ||
    text.startsWith('session closed for user ') ||
    text.startsWith('authentication failure; ') ||
    text.startsWith('check pass; user unknown') ||
    /^\d{1,4} more authentication failure/.test(text) ||
    (text.startsWith('PAM ') && text.indexOf('more authentication failure') > 0)
  );
}

function readMessage(message: string, doc: EcsFields): void {
  if (message.startsWith('session opened for user ')) {
    readSession(message, doc);
    categorise(doc, { category: ['session'], type: ['start'], action: 'session-opened', outcome: 'success' });
  } else if (message.startsWith('session closed for user ')) {
    put(doc, 'user.name', wordAt(message, 24));
    categorise(doc, { category: ['session'], type: ['end'], action: 'session-closed', outcome: 'success' });
  } else if (message.indexOf('authentication failure') >= 0) {
    readFailure(message, doc);
    categorise(doc, AUTH_FAILED);
  } else if (message.startsWith('check pass; user unknown') || message.startsWith('User unknown')) {
    doc['event.reason'] = 'user unknown';
    categorise(doc, AUTH_FAILED);
  } else if (message.startsWith('Consecutive login failures for user ')) {
    put(doc, 'user.name', wordAt(message, 36));
    doc['event.reason'] = 'account temporarily locked';
    categorise(doc, { ...AUTH_FAILED, action: 'account-locked' });
  } else if (message.startsWith('password changed for ')) {
    put(doc, 'user.target.name', wordAt(message, 21));
    categorise(doc, {
      category: ['iam'],
      type: ['user', 'change'],
      action: 'password-changed',
      outcome: 'success',
    });
  } else if (message.startsWith('authentication success')) {
    readFailure(message, doc);
    categorise(doc, {
      category: ['authentication'],
      type: ['start'],
      action: 'authentication',
      outcome: 'success',
    });
  } else readOther(message, doc);
}

const AUTH_FAILED = {
  category: ['authentication'],
  type: ['end'],
  action: 'authentication',
  outcome: 'failure',
} as const;

function readSession(message: string, doc: EcsFields): void {
  const user = wordAt(message, 24);
  put(doc, 'user.name', user);
  const uid = 24 + user.length;
  if (message.startsWith('(uid=', uid))
    put(doc, 'user.id', message.slice(uid + 5, message.indexOf(')', uid)));
  const by = message.indexOf(' by ', uid);
  if (by < 0) return;
  const actor = wordAt(message, by + 4);
  const actorUid = message.indexOf('(uid=', by);
  if (actor !== '') put(doc, 'system.auth.pam.by.name', actor);
  if (actorUid > 0)
    put(doc, 'system.auth.pam.by.id', message.slice(actorUid + 5, message.indexOf(')', actorUid)));
}

/** `authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1  user=root` */
function readFailure(message: string, doc: EcsFields): void {
  const semicolon = message.indexOf(';');
  if (semicolon < 0) return;
  const pairs = parseKeyValue(message.slice(semicolon + 1), { limit: 20 });
  putEndpoint(doc, 'source', pairs.get('rhost'));
  put(doc, 'user.name', pairs.get('user'));
  put(doc, 'source.user.name', pairs.get('ruser'));
  put(doc, 'system.auth.pam.tty', pairs.get('tty'));
  put(doc, 'system.auth.pam.logname', pairs.get('logname'));
  put(doc, 'system.auth.pam.uid', pairs.get('uid'));
  put(doc, 'system.auth.pam.euid', pairs.get('euid'));
}

function readOther(message: string, doc: EcsFields): void {
  let user = after(message, 'for user ');
  if (user < 0) user = after(message, "for '");
  if (user > 0) put(doc, 'user.name', wordAt(message, user).replace(/'$/, ''));
  const failed = /fail|denied|expired|refused|locked|unknown|error|could not|unable/i.test(message);
  doc['event.reason'] = message;
  const stage = doc['system.auth.pam.stage'];
  categorise(doc, {
    category: [stage === 'session' ? 'session' : 'authentication'],
    type: ['info'],
    outcome: failed ? 'failure' : 'unknown',
  });
}
