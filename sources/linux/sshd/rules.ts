import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise } from '../../kit/categorise.ts';
import { toLong } from '../../kit/types.ts';
import { putPeer, putUser, putUserAndPeer } from './peer.ts';

const LOGIN: Categorisation = {
  category: ['authentication'],
  type: ['start'],
  action: 'ssh_login',
  outcome: 'success',
};
const LOGIN_FAILED: Categorisation = {
  category: ['authentication'],
  type: ['end'],
  action: 'ssh_login',
  outcome: 'failure',
};
const REFUSED: Categorisation = {
  category: ['session'],
  type: ['end'],
  action: 'ssh_connection',
  outcome: 'failure',
};
const OPENED: Categorisation = {
  category: ['network'],
  type: ['start'],
  action: 'ssh_connection',
  outcome: 'success',
};
const CLOSED: Categorisation = {
  category: ['network'],
  type: ['end'],
  action: 'ssh_disconnect',
  outcome: 'success',
};
const SESSION: Categorisation = {
  category: ['session'],
  type: ['start'],
  action: 'ssh_session',
  outcome: 'success',
};
const SESSION_END: Categorisation = {
  category: ['session'],
  type: ['end'],
  action: 'ssh_session',
  outcome: 'success',
};
export const NOTE: Categorisation = { category: ['session'], type: ['info'] };

/** A message that begins with `start`; `rest` is what follows, without `[preauth]`. */
type Rule = readonly [start: string, read: (rest: string, doc: EcsFields) => void];

/** `password for alice from 192.0.2.1 port 4711 ssh2: RSA SHA256:…` */
function readLogin(rest: string, doc: EcsFields): void {
  const target = rest.indexOf(' for ');
  if (target < 0) return;
  doc['system.auth.ssh.method'] = rest.slice(0, target);
  const from = rest.lastIndexOf(' from ');
  putUser(doc, rest.slice(target + 5, from < target ? rest.length : from));
  if (from < target) return;
  const peer = rest.slice(from + 6);
  putPeer(doc, peer);
  const key = peer.indexOf(' ssh2: ');
  if (key > 0) doc['system.auth.ssh.signature'] = peer.slice(key + 7);
}

/** `alice from 192.0.2.1 port 4711`, either half optional. */
function readUserFrom(rest: string, doc: EcsFields): void {
  const from = rest.lastIndexOf(' from ');
  if (from < 0 && rest.startsWith('from ')) {
    putPeer(doc, rest.slice(5));
    return;
  }
  putUser(doc, from < 0 ? rest : rest.slice(0, from));
  if (from >= 0) putPeer(doc, rest.slice(from + 6));
}

const readPeer = (rest: string, doc: EcsFields): void => putUserAndPeer(doc, rest);

/** Splits `peer: reason` at the colon after the peer. */
function readPeerAndReason(rest: string, doc: EcsFields): void {
  let colon = rest.indexOf(': ');
  if (colon < 0) colon = rest.endsWith(':') ? rest.length - 1 : rest.length;
  putUserAndPeer(doc, rest.slice(0, colon));
  const reason = rest.slice(colon + 2).trim();
  if (reason !== '') doc['event.reason'] = reason;
}

/** `192.0.2.1 port 4711:11: disconnected by user` and the older `192.0.2.1: 11: Bye`. */
function readDisconnect(rest: string, doc: EcsFields): void {
  const code = /(?: port \d{1,5})?:\s?\d{1,3}:/.exec(rest);
  const end = code === null ? rest.length : code.index;
  const port = code === null || !code[0].startsWith(' port') ? '' : code[0].slice(0, code[0].indexOf(':'));
  putPeer(doc, rest.slice(0, end) + port);
  const reason = code === null ? '' : rest.slice(end + code[0].length).trim();
  if (reason !== '') doc['event.reason'] = reason;
}

const as =
  (what: Categorisation, read: (rest: string, doc: EcsFields) => void) =>
  (rest: string, doc: EcsFields): void => {
    categorise(doc, what);
    read(rest, doc);
  };

const reason = (rest: string, doc: EcsFields): void => {
  if (rest.trim() !== '') doc['event.reason'] = rest.trim();
};

/** `root from 192.0.2.1 not allowed because listed in DenyUsers` */
function readNotAllowed(rest: string, doc: EcsFields): void {
  const because = rest.indexOf(' not allowed because ');
  if (because < 0) {
    const child = rest.indexOf(' is on pid ');
    categorise(doc, child < 0 ? NOTE : SESSION);
    if (child > 0) {
      putUser(doc, rest.slice(0, child));
      const pid = toLong(rest.slice(child + 11));
      if (pid !== undefined) doc['process.pid'] = pid;
    }
    return;
  }
  categorise(doc, LOGIN_FAILED);
  readUserFrom(rest.slice(0, because), doc);
  doc['event.reason'] = rest.slice(because + 1);
}

/** `command 'uptime' for alice from 192.0.2.1 port 4711 id 0`, `shell on pts/0 for …` */
function readStartingSession(rest: string, doc: EcsFields): void {
  categorise(doc, SESSION);
  const target = rest.lastIndexOf(' for ');
  if (target < 0) return;
  readUserFrom(rest.slice(target + 5), doc);
  doc['system.auth.ssh.session'] = rest.slice(0, target);
}

/** Timeout lines: `192.0.2.1 port 4711`, newer `connection from 192.0.2.1 to 198.51.100.2, pid = 4711`. */
function readTimeout(rest: string, doc: EcsFields): void {
  doc['event.reason'] = 'timeout before authentication';
  if (!rest.startsWith('connection from ')) {
    putPeer(doc, rest);
    return;
  }
  const to = rest.indexOf(' to ', 16);
  putPeer(doc, rest.slice(16, to < 0 ? rest.length : to));
  const comma = rest.indexOf(',', to);
  if (to > 0) putPeer(doc, rest.slice(to + 4, comma < 0 ? rest.length : comma), 'destination');
}

const RULES: readonly Rule[] = [
  [
    'Accepted key ',
    as(LOGIN, (rest, doc) => {
      doc['system.auth.ssh.signature'] = rest;
    }),
  ],
  [
    'Accepted certificate ',
    as(LOGIN, (rest, doc) => {
      doc['system.auth.ssh.signature'] = rest;
    }),
  ],
  ['Accepted ', as(LOGIN, readLogin)],
  ['Failed ', as(LOGIN_FAILED, readLogin)],
  [
    'Postponed ',
    as({ category: ['authentication'], type: ['info'], action: 'ssh_login', outcome: 'unknown' }, readLogin),
  ],
  [
    'Partial ',
    as({ category: ['authentication'], type: ['info'], action: 'ssh_login', outcome: 'unknown' }, readLogin),
  ],
  ['Invalid user ', as(LOGIN_FAILED, (rest, doc) => readUserFrom(`invalid user ${rest}`, doc))],
  ['Illegal user ', as(LOGIN_FAILED, (rest, doc) => readUserFrom(`invalid user ${rest}`, doc))],
  ['input_userauth_request: ', as(LOGIN_FAILED, (rest, doc) => putUser(doc, rest))],
  [
    'maximum authentication attempts exceeded for ',
    as({ ...REFUSED, action: 'ssh_login' }, (rest, doc) => {
      readUserFrom(rest, doc);
      doc['event.reason'] = 'maximum authentication attempts exceeded';
    }),
  ],
  ['Too many authentication failures for ', as({ ...REFUSED, action: 'ssh_login' }, readUserFrom)],
  [
    'PAM: ',
    as(LOGIN_FAILED, (rest, doc) => {
      const target = rest.indexOf(' for ');
      doc['event.reason'] = target < 0 ? rest : rest.slice(0, target);
      if (target > 0) readUserFrom(rest.slice(target + 5), doc);
    }),
  ],
  [
    'PAM adding faulty module: ',
    as({ category: ['library'], type: ['start'], outcome: 'failure' }, (rest, doc) => {
      if (rest !== '') doc['dll.name'] = rest.slice(rest.lastIndexOf('/') + 1) || rest;
    }),
  ],
  ['PAM service(', as({ category: ['session'], type: ['start'], outcome: 'failure' }, reason)],
  ['User ', readNotAllowed],
  [
    'Connection from ',
    as(OPENED, (rest, doc) => {
      const on = rest.indexOf(' on ');
      putPeer(doc, on < 0 ? rest : rest.slice(0, on));
      if (on > 0) putPeer(doc, rest.slice(on + 4), 'destination');
    }),
  ],
  ['Connection closed by ', as(CLOSED, readPeer)],
  ['Connection reset by ', as(CLOSED, readPeer)],
  ['Connection reset', as(CLOSED, reason)],
  ['Disconnected from ', as(CLOSED, readPeer)],
  ['Received disconnect from ', as(CLOSED, readDisconnect)],
  ['Disconnecting: ', as(REFUSED, reason)],
  ['Disconnecting ', as({ ...LOGIN_FAILED, action: 'ssh_disconnect' }, readPeerAndReason)],
  [
    'Did not receive identification string from ',
    as(REFUSED, (rest, doc) => {
      putPeer(doc, rest);
      doc['event.reason'] = 'no identification string';
    }),
  ],
  [
    'Bad protocol version identification ',
    as(REFUSED, (rest, doc) => {
      const from = rest.lastIndexOf(' from ');
      doc['event.reason'] = 'bad protocol version identification';
      if (from >= 0) putPeer(doc, rest.slice(from + 6));
    }),
  ],
  ['banner exchange: Connection from ', as(REFUSED, readPeerAndReason)],
  ['ssh_dispatch_run_fatal: Connection from ', as(REFUSED, readPeerAndReason)],
  ['Unable to negotiate with ', as({ ...REFUSED, action: 'ssh_negotiation' }, readPeerAndReason)],
  ['Unable to negotiate ', as({ ...REFUSED, action: 'ssh_negotiation' }, reason)],
  ['kex_exchange_identification: ', as(REFUSED, reason)],
  ['Protocol major versions differ for ', as(REFUSED, readPeerAndReason)],
  ['Timeout before authentication for ', as(REFUSED, readTimeout)],
  ['userauth_finish: ', as(REFUSED, reason)],
  [
    'reverse mapping checking getaddrinfo for ',
    as({ ...NOTE, action: 'ssh_reverse_mapping', outcome: 'failure' }, (rest, doc) => {
      const open = rest.indexOf('[');
      if (open > 0) putPeer(doc, rest.slice(open + 1, rest.indexOf(']', open)));
      if (open > 0) doc['source.domain'] = rest.slice(0, open).trim();
    }),
  ],
  [
    'Address ',
    as({ ...NOTE, action: 'ssh_reverse_mapping', outcome: 'failure' }, (rest, doc) => {
      putPeer(doc, rest);
      const maps = rest.indexOf(' maps to ');
      if (maps > 0)
        doc['source.domain'] = rest.slice(
          maps + 9,
          rest.indexOf(',', maps) < 0 ? undefined : rest.indexOf(',', maps),
        );
    }),
  ],
  ['Starting session: ', readStartingSession],
  ['Close session: ', as(SESSION_END, (rest, doc) => readUserFrom(rest, doc))],
  [
    'subsystem request for ',
    as(SESSION, (rest, doc) => {
      const by = rest.indexOf(' by user ');
      doc['system.auth.ssh.session'] = `subsystem ${by < 0 ? rest : rest.slice(0, by)}`;
      if (by > 0) {
        const failed = rest.indexOf(' failed');
        putUser(doc, rest.slice(by + 9, failed < 0 ? undefined : failed));
        if (failed > 0) categorise(doc, { ...SESSION, outcome: 'failure' });
      }
    }),
  ],
  ['Authentication refused: ', as(LOGIN_FAILED, reason)],
  [
    'Could not get shadow information for ',
    as({ category: ['authentication'], type: ['info'], outcome: 'failure' }, (rest, doc) =>
      putUser(doc, rest),
    ),
  ],
  [
    'Server listening on ',
    as(
      { category: ['process'], type: ['start'], action: 'ssh_server_listening', outcome: 'success' },
      (rest, doc) => {
        putPeer(doc, rest.replace(/\.$/, ''), 'server');
      },
    ),
  ],
  [
    'Received signal ',
    as({ category: ['process'], type: ['end'], action: 'ssh_server_signal', outcome: 'success' }, reason),
  ],
  [
    'Exiting on signal ',
    as({ category: ['process'], type: ['end'], action: 'ssh_server_signal', outcome: 'success' }, reason),
  ],
  [
    'Bad packet length ',
    as(REFUSED, (_, doc) => {
      doc['event.reason'] = 'bad packet length';
    }),
  ],
  [
    'Corrupted MAC on input',
    as(REFUSED, (_, doc) => {
      doc['event.reason'] = 'corrupted MAC on input';
    }),
  ],
];

/** Rules by the first letter of what they begin with, in their order. */
const BY_LETTER = new Map<number, Rule[]>();
for (const rule of RULES) {
  const letter = rule[0].charCodeAt(0);
  const list = BY_LETTER.get(letter);
  if (list === undefined) BY_LETTER.set(letter, [rule]);
  else list.push(rule);
}

/** Reads one message without level and `[preauth]`; `false` leaves `doc` untouched: no rule knows it. */
export function readMessage(message: string, doc: EcsFields): boolean {
  for (const [start, read] of BY_LETTER.get(message.charCodeAt(0)) ?? []) {
    if (!message.startsWith(start)) continue;
    read(message.slice(start.length), doc);
    return true;
  }
  return false;
}
