import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putCommand } from '../_shared/process.ts';

/** A reader of one program's messages: `false` leaves `doc` untouched. */
export type Reader = (message: string, doc: EcsFields) => boolean;

/** `(to root) alice on pts/0`, `FAILED SU (to root) alice on pts/0`, `+ pts/0 alice:root`, `Successful su for root by alice` */
export const readSu: Reader = (message, doc) => {
  const to = /^(FAILED SU )?\(to ([^)]*)\) (\S+) on (\S+)/.exec(message);
  const sign = to === null ? /^([+-]) (\S+) ([^:\s]+)[:-](\S+)$/.exec(message) : null;
  const words = /^(Successful|FAILED) su for (\S+) by (\S+)/.exec(message);
  const bad = /^BAD SU (\S+) to (\S+)(?: on (\S+))?/.exec(message);
  const done = /^(\S+) to (\S+)(?: on (\S+))?$/.exec(message);
  let target: string | undefined;
  let user: string | undefined;
  let tty: string | undefined;
  let success = true;
  if (to !== null) [success, target, user, tty] = [to[1] === undefined, to[2], to[3], to[4]];
  else if (sign !== null) [success, tty, user, target] = [sign[1] === '+', sign[2], sign[3], sign[4]];
  else if (words !== null) [success, target, user] = [words[1] === 'Successful', words[2], words[3]];
  else if (bad !== null) [success, user, target, tty] = [false, bad[1], bad[2], bad[3]];
  else if (done !== null) [user, target, tty] = [done[1], done[2], done[3]];
  else return false;
  put(doc, 'user.name', user);
  put(doc, 'user.effective.name', target);
  put(doc, 'system.auth.su.tty', tty);
  categorise(doc, {
    category: ['authentication'],
    type: [success ? 'start' : 'end'],
    action: 'su',
    outcome: success ? 'success' : 'failure',
  });
  return true;
};

/** `FAILED LOGIN (1) on '/dev/tty1' FOR 'bob', Authentication failure`, `ROOT LOGIN ON tty1`, `LOGIN ON tty1 BY bob FROM host` */
export const readLogin: Reader = (message, doc) => {
  const failed =
    /^FAILED LOGIN (?:SESSION )?\(?(\d+)\)?(?: on '([^']*)')?(?: FROM '?(\S+?)'?)? FOR '?([^',]+)'?/i.exec(
      message,
    );
  const login = /^(ROOT )?LOGIN ON (\S+)(?: BY (\S+))?(?: FROM (\S+))?/.exec(message);
  if (failed !== null) {
    put(doc, 'user.name', failed[4]);
    put(doc, 'system.auth.login.tty', failed[2]);
    putEndpoint(doc, 'source', failed[3] === '(null)' ? undefined : failed[3]);
    categorise(doc, { category: ['authentication'], type: ['end'], action: 'login', outcome: 'failure' });
    return true;
  }
  if (login === null) return false;
  put(doc, 'user.name', login[1] === undefined ? login[3] : 'root');
  put(doc, 'system.auth.login.tty', login[2]);
  putEndpoint(doc, 'source', login[4]);
  categorise(doc, { category: ['authentication'], type: ['start'], action: 'login', outcome: 'success' });
  return true;
};

/** `(root) CMD (command)`, `(root) RELOAD (crontabs/root)`, `(bob) REPLACE (bob)`, `(*system*) …` */
export const readCron: Reader = (message, doc) => {
  const match = /^\(([^)]*)\) ([A-Za-z][A-Za-z ]*[A-Za-z]) \(/.exec(message);
  if (match === null) return false;
  const what = match[2]!;
  const detail = message.slice(match[0].length, message.endsWith(')') ? -1 : undefined).trim();
  put(doc, 'user.name', match[1]);
  if (what === 'CMD' || what === 'CMDEND') {
    putCommand(doc, detail.replace(/^\[[^\]]*\] /, ''));
    const end = what === 'CMDEND';
    categorise(doc, {
      category: ['process'],
      type: [end ? 'end' : 'start'],
      action: 'cron_command',
      outcome: 'success',
    });
    return true;
  }
  put(doc, 'system.auth.cron.detail', detail);
  const failed = /ERROR|FAIL|BAD|denied|not allowed/i.test(what);
  categorise(doc, {
    category: ['configuration'],
    type: [/REPLACE|RELOAD|BEGIN EDIT|END EDIT|DELETE|INSTALL/.test(what) ? 'change' : 'info'],
    action: `cron_${what.toLowerCase().replaceAll(' ', '_')}`,
    outcome: failed ? 'failure' : 'success',
  });
  return true;
};

/** `New session 12 of user alice.`, `Removed session 12.`, `Session 12 logged out. Waiting …`, `Power key pressed` */
export const readLogind: Reader = (message, doc) => {
  const opened = /^New session '?([^ ']+)'? of user '?([^ ']{1,256}?)'?\.?(?: |$)/.exec(message);
  const closed = /^(?:Removed session ([^ .]+)|Session ([^ .]+) logged out)/.exec(message);
  if (opened !== null) {
    put(doc, 'system.auth.session.id', opened[1]);
    put(doc, 'user.name', opened[2]);
    categorise(doc, { category: ['session'], type: ['start'], action: 'session-opened', outcome: 'success' });
    return true;
  }
  if (closed !== null) {
    put(doc, 'system.auth.session.id', closed[1] ?? closed[2]);
    categorise(doc, { category: ['session'], type: ['end'], action: 'session-closed', outcome: 'success' });
    return true;
  }
  if (!/^(?:Power key|Lid |System is |New seat|Watching system buttons|Suspend)/.test(message)) return false;
  categorise(doc, { category: ['host'], type: ['info'] });
  return true;
};

/** polkit: `Operator of unix-session:1 successfully authenticated as unix-user:alice to gain …authorization for action x for unix-process:4711:123 [command] (owned by unix-user:bob)` */
export const readPolkit: Reader = (message, doc) => {
  const match =
    /^Operator of (\S+) (successfully authenticated|FAILED to authenticate) (?:as unix-user:(\S+) )?to gain (?:\S+ )?authorization for action (\S+)/.exec(
      message,
    );
  if (match === null) return pkexec(message, doc);
  const owner = /\(owned by unix-user:([^)]+)\)/.exec(message);
  const command = /for unix-process:(\d+):\d+ \[([^\]]*)\]/.exec(message);
  put(doc, 'system.auth.polkit.session', match[1]);
  put(doc, 'user.effective.name', match[3]);
  put(doc, 'user.name', owner?.[1]);
  put(doc, 'system.auth.polkit.action', match[4]);
  const success = match[2]!.startsWith('success');
  if (command !== null) {
    putCommand(doc, command[2]!);
    put(doc, 'process.pid', command[1]);
  }
  categorise(doc, {
    category: ['authentication'],
    type: [success ? 'start' : 'end'],
    action: 'polkit_authorization',
    outcome: success ? 'success' : 'failure',
  });
  return true;
};

/** `alice: Executing command [USER=root] [TTY=/dev/pts/0] [CWD=/home/alice] [COMMAND=/bin/sh]` */
function pkexec(message: string, doc: EcsFields): boolean {
  const match =
    /^(\S+): (Executing command|The value [^[]*|Error executing command as another user: [^[]*) ?\[/.exec(
      message,
    );
  if (match === null) return false;
  const command = /\[COMMAND=([^\]]*)\]/.exec(message);
  put(doc, 'user.name', match[1]);
  put(doc, 'user.effective.name', /\[USER=([^\]]*)\]/.exec(message)?.[1]);
  put(doc, 'process.working_directory', /\[CWD=([^\]]*)\]/.exec(message)?.[1]);
  if (command !== null) putCommand(doc, command[1]!);
  const success = match[2] === 'Executing command';
  if (!success) put(doc, 'event.reason', match[2]!.trim());
  categorise(doc, {
    category: ['process'],
    type: [success ? 'start' : 'info'],
    action: 'pkexec_command',
    outcome: success ? 'success' : 'failure',
  });
  return true;
}
