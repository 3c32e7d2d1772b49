import type { EcsFields } from '@vigie/contracts';
import { categorise } from '../../kit/categorise.ts';
import { parseKeyValue } from '../../kit/key-value.ts';
import { put } from '../../kit/types.ts';

/** Programs of the shadow suite, whose messages share one vocabulary. */
export const ACCOUNT_TOOLS = [
  'useradd',
  'userdel',
  'usermod',
  'groupadd',
  'groupdel',
  'groupmod',
  'groupmems',
  'gpasswd',
  'passwd',
  'chage',
  'chfn',
  'chsh',
  'chpasswd',
  'newusers',
  'adduser',
];

/** Text between the next two quotes (`'` or `"`) after `from`. */
function quoted(message: string, from: number): string | undefined {
  for (let i = from; i < message.length; i++) {
    const mark = message[i];
    if (mark !== "'" && mark !== '"' && mark !== '`') continue;
    const close = message.indexOf(mark === '`' ? "'" : mark, i + 1);
    return close < 0 ? undefined : message.slice(i + 1, close);
  }
  return undefined;
}

/** The member and group of `add 'alice' to [shadow ]group 'wheel'` and its variants. */
function readMembership(message: string, doc: EcsFields): boolean {
  const match =
    /\b(add|added|delete|deleted|remove|removed) (?:user )?['`]?([^ '`]+)'? (?:by (\S+) )?(?:to|from) (?:shadow )?group ['`]?([^ '`]+)'?/.exec(
      message,
    );
  const byRoot =
    match === null ? /^user (\S+) (added|removed) by (\S+) (?:to|from) group (\S+)$/.exec(message) : null;
  const verb = match?.[1] ?? byRoot?.[2];
  if (verb === undefined) return false;
  const added = verb.startsWith('add');
  put(doc, 'user.target.name', match?.[2] ?? byRoot?.[1]);
  put(doc, 'user.name', match?.[3] ?? byRoot?.[3]);
  put(doc, 'group.name', match?.[4] ?? byRoot?.[4]);
  categorise(doc, {
    category: ['iam'],
    type: ['group', 'change'],
    action: added ? 'added-user-to-group' : 'removed-user-from-group',
    outcome: 'success',
  });
  return true;
}

/** `new user: name=alice, UID=1001, GID=1001, home=/home/alice, shell=/bin/bash, from=/dev/pts/0` */
function readCreated(message: string, doc: EcsFields): boolean {
  const isUser = message.startsWith('new user: ') || message.startsWith('new account added');
  const isGroup = message.startsWith('new group: ');
  if (!isUser && !isGroup) return false;
  const pairs = parseKeyValue(message.slice(message.indexOf(isUser ? 'r: ' : 'p: ') + 3), {
    separator: ',',
    limit: 20,
  });
  if (isUser) {
    put(doc, 'user.target.name', pairs.get('name') ?? pairs.get('account'));
    put(doc, 'user.target.id', pairs.get('UID') ?? pairs.get('uid'));
    put(doc, 'user.target.group.id', pairs.get('GID') ?? pairs.get('gid'));
    put(doc, 'system.auth.useradd.home', pairs.get('home'));
    put(doc, 'system.auth.useradd.shell', pairs.get('shell'));
    put(doc, 'system.auth.useradd.from', pairs.get('from'));
  } else {
    put(doc, 'group.name', pairs.get('name'));
    put(doc, 'group.id', pairs.get('GID') ?? pairs.get('gid'));
  }
  categorise(doc, {
    category: ['iam'],
    type: [isUser ? 'user' : 'group', 'creation'],
    action: isUser ? 'added-user-account' : 'added-group-account',
    outcome: 'success',
  });
  return true;
}

/** `group added to /etc/group: name=ops, GID=2000`, `group 'ops' removed[ from …]`, `delete user 'bob'` */
function readDeleted(message: string, doc: EcsFields): boolean {
  const user = message.startsWith('delete user ');
  const group =
    message.startsWith('removed group ') ||
    (message.startsWith('group ') && message.includes(' removed')) ||
    message.startsWith('removed shadow group ');
  if (!user && !group) return false;
  put(doc, user ? 'user.target.name' : 'group.name', quoted(message, 0));
  categorise(doc, {
    category: ['iam'],
    type: [user ? 'user' : 'group', 'deletion'],
    action: user ? 'deleted-user-account' : 'deleted-group-account',
    outcome: 'success',
  });
  return true;
}

function actionOf(message: string): string {
  if (message.startsWith('failed adding')) return 'added-user-account';
  return message.includes('password') && !message.includes('expiry')
    ? 'changed-password'
    : 'modified-user-account';
}

function readChanged(message: string, doc: EcsFields): boolean {
  const change =
    /^(?:failed (?:adding|to change) (?:user|password for) |change user |changed? password expiry for |password (?:for )?|changed user |lock user |unlock user |changed? )/.exec(
      message,
    );
  const forUser = /(?:password (?:changed )?for (?:user )?|expiry for |information for )['`]?([^ '`]+)/.exec(
    message,
  );
  if (change === null && forUser === null) return false;
  const name = forUser?.[1] ?? quoted(message, 0);
  if (name === undefined) return false;
  put(doc, 'user.target.name', name);
  const by = /\bby ['`]?([^ '`]{1,64})'?$/.exec(message);
  if (by !== null) put(doc, 'user.name', by[1]);
  categorise(doc, {
    category: ['iam'],
    type: ['user', 'change'],
    action: actionOf(message),
    outcome: /^failed|failure/.test(message) ? 'failure' : 'success',
  });
  return true;
}

/**
 * Reads a message of the shadow suite's tools.
 *
 * @returns whether it was understood; `doc` is untouched otherwise
 */
export function readAccountTool(message: string, doc: EcsFields): boolean {
  if (message.startsWith('group added to ')) {
    return readCreated(`new group: ${message.slice(message.indexOf(': ') + 2)}`, doc);
  }
  return (
    readCreated(message, doc) ||
    readMembership(message, doc) ||
    readDeleted(message, doc) ||
    readChanged(message, doc)
  );
}
