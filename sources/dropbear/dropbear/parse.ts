import { WHAT } from '../../kit/categorise.ts';
import { programSource } from '../../kit/program-source.ts';

const FAILED = { ...WHAT.login, action: 'login-failed', outcome: 'failure' } as const;
const LOGIN = { ...WHAT.login, action: 'login', outcome: 'success' } as const;
const FROM = '{source@endpoint}:{source.port@port}';

/** Messages of Dropbear's `svr-*.c` and `common-session.c`. */
export default programSource({
  id: 'dropbear.dropbear',
  programs: ['dropbear'],
  otherwise: WHAT.connection,
  messages: [
    [`Bad password attempt for '{user@account}' from ${FROM}`, FAILED],
    [`Bad PAM password attempt for '{user@account}' from ${FROM}`, FAILED],
    [
      `Login attempt for nonexistent user '{user@account}' from ${FROM}`,
      FAILED,
      { 'event.reason': 'nonexistent user' },
    ],
    [`Login attempt for nonexistent user from ${FROM}`, FAILED, { 'event.reason': 'nonexistent user' }],
    [`Login attempt with wrong user {user@account} from ${FROM}`, FAILED, { 'event.reason': 'wrong user' }],
    [
      `Max auth tries reached - user '{user@account}' from ${FROM}`,
      FAILED,
      { 'event.reason': 'too many attempts' },
    ],
    [
      `Max auth tries reached - user is '{user@account}' from ${FROM}`,
      FAILED,
      { 'event.reason': 'too many attempts' },
    ],
    [`Password auth succeeded for '{user@account}' from ${FROM}`, LOGIN],
    [`PAM password auth succeeded for '{user@account}' from ${FROM}`, LOGIN],
    [
      `Pubkey auth succeeded for '{user@account}' with ssh-{dropbear.dropbear.key_type} key {dropbear.dropbear.fingerprint} from ${FROM}`,
      LOGIN,
    ],
    [
      `Pubkey auth succeeded for '{user@account}' with key {dropbear.dropbear.fingerprint} from ${FROM}`,
      LOGIN,
    ],
    [`Auth succeeded with blank password for '{user@account}' from ${FROM}`, LOGIN],
    [`Child connection from ${FROM}`, { ...WHAT.connectionStart, action: 'connection-started' }],
    [`Exit ({user@account}) from <${FROM}>: {event.reason}`, { ...WHAT.sessionEnd, action: 'session-ended' }],
    [
      `Exit before auth from <${FROM}>: {event.reason}`,
      { ...WHAT.connectionEnd, action: 'connection-ended' },
    ],
    [`Exit ({user@account}): {event.reason}`, { ...WHAT.sessionEnd, action: 'session-ended' }],
    ["Exit before auth (user '{user@account}', {dropbear.dropbear.failures} fails): {event.reason}", FAILED],
    ['Exit before auth: {event.reason}', { ...WHAT.connectionEnd, action: 'connection-ended' }],
    ["User account '{user@account}' is locked", FAILED, { 'event.reason': 'account is locked' }],
    ["User '{user@account}' has blank password, rejected", FAILED, { 'event.reason': 'blank password' }],
    ["User '{user@account}' has invalid shell, rejected", FAILED, { 'event.reason': 'invalid shell' }],
    ['root login rejected', FAILED, { 'event.reason': 'root login rejected', 'user.name': 'root' }],
  ],
  after(doc) {
    doc['network.protocol'] = 'ssh';
  },
});
