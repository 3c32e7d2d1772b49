import type { EcsFields } from '@vigie/contracts';
import { put } from '../../kit/types.ts';
import { dataOf, putAddress, putUser } from '../_shared/fields.ts';
import type { WindowsEvent } from '../_shared/windows-event.ts';
import type { EventMapping } from '../_shared/winlog.ts';

/** One account acts on another: `user` acts, `user.target` is acted upon. */
function account(event: WindowsEvent, doc: EcsFields): void {
  putUser(event, doc, 'user', 'Subject');
  putLogonId(event, doc);
  const id = dataOf(event, 'TargetSid');
  putUser(event, doc, 'user.target', 'Target');
  put(doc, 'user.target.id', id);
  const changed = dataOf(event, 'NewTargetUserName');
  const former = dataOf(event, 'OldTargetUserName');
  put(doc, 'user.target.name', former);
  put(doc, 'user.changes.name', changed);
}

function putLogonId(event: WindowsEvent, doc: EcsFields): void {
  const id = dataOf(event, 'SubjectLogonId');
  if (id !== undefined) doc['winlog.logon.id'] = id.toLowerCase();
}

/** 4740: the lockout names the computer the wrong passwords came from where others have a domain. */
function lockout(event: WindowsEvent, doc: EcsFields): void {
  putUser(event, doc, 'user', 'Subject');
  putLogonId(event, doc);
  put(doc, 'user.target.name', dataOf(event, 'TargetUserName'));
  put(doc, 'user.target.id', dataOf(event, 'TargetSid'));
  const computer = dataOf(event, 'TargetDomainName')?.replace(/^\\\\/, '');
  if (computer !== undefined && !putAddress(doc, 'source', computer)) doc['source.domain'] = computer;
}

/** An account acts on a group, perhaps on one of its members. */
function group(event: WindowsEvent, doc: EcsFields): void {
  putUser(event, doc, 'user', 'Subject');
  putLogonId(event, doc);
  put(doc, 'group.id', dataOf(event, 'TargetSid'));
  put(doc, 'group.name', dataOf(event, 'TargetUserName'));
  put(doc, 'group.domain', dataOf(event, 'TargetDomainName'));
  const sid = dataOf(event, 'MemberSid');
  const name = dataOf(event, 'MemberName');
  if (sid === undefined && name === undefined) return;
  put(doc, 'user.target.id', sid);
  put(doc, 'user.target.name', name === undefined ? undefined : commonName(name));
  put(doc, 'user.target.group.id', dataOf(event, 'TargetSid'));
  put(doc, 'user.target.group.name', dataOf(event, 'TargetUserName'));
  put(doc, 'user.target.group.domain', dataOf(event, 'TargetDomainName'));
}

/** The first CN of a distinguished name (`CN=Ann\, Bee,OU=…` → `Ann, Bee`); other text as it is. */
function commonName(name: string): string {
  if (!/^cn=/i.test(name)) return name;
  let out = '';
  for (let at = 3; at < name.length; at++) {
    const char = name[at]!;
    if (char === ',') break;
    if (char === '\\' && at + 1 < name.length) at++;
    out += name[at];
  }
  return out.trim();
}

/** 4798, 4799: a process lists the groups of a user or the members of a group. */
function userEnumeration(event: WindowsEvent, doc: EcsFields): void {
  account(event, doc);
  putCaller(event, doc);
}

function groupEnumeration(event: WindowsEvent, doc: EcsFields): void {
  group(event, doc);
  putCaller(event, doc);
}

function putCaller(event: WindowsEvent, doc: EcsFields): void {
  const path = dataOf(event, 'CallerProcessName');
  if (path !== undefined) {
    doc['process.executable'] = path;
    doc['process.name'] = path.slice(path.lastIndexOf('\\') + 1);
  }
  const pid = Number(dataOf(event, 'CallerProcessId'));
  if (Number.isSafeInteger(pid) && pid > 0) doc['process.pid'] = pid;
}

const iam = ['iam'] as const;

function user(action: string, ...type: EventMapping['type']): EventMapping {
  return { category: iam, type: ['user', ...type], action, map: account };
}

function computer(action: string, ...type: EventMapping['type']): EventMapping {
  return { category: iam, type: ['admin', ...type], action, map: account };
}

function ofGroup(action: string, ...type: EventMapping['type']): EventMapping {
  return { category: iam, type: ['group', ...type], action, map: group };
}

/** The five events of one kind of group, in the order of their ids. */
function groupFamily(first: number, kind: string): Record<number, EventMapping> {
  return {
    [first]: ofGroup(`added-${kind}-account`, 'creation'),
    [first + 1]: ofGroup(`modified-${kind}-account`, 'change'),
    [first + 2]: ofGroup(`added-member-to-${kind}`, 'user', 'change'),
    [first + 3]: ofGroup(`removed-member-from-${kind}`, 'user', 'change'),
    [first + 4]: ofGroup(`deleted-${kind}-account`, 'deletion'),
  };
}

/** Events of user, computer and group management. */
export const ACCOUNT_EVENTS: Readonly<Record<number, EventMapping>> = {
  4720: user('added-user-account', 'creation'),
  4722: user('enabled-user-account', 'change'),
  4723: user('changed-password', 'change'),
  4724: user('reset-password', 'change'),
  4725: user('disabled-user-account', 'change'),
  4726: user('deleted-user-account', 'deletion'),
  4738: user('modified-user-account', 'change'),
  4740: { category: iam, type: ['user', 'change'], action: 'locked-out-user-account', map: lockout },
  4765: user('added-sid-history', 'change'),
  4766: user('failed-to-add-sid-history', 'change'),
  4767: user('unlocked-user-account', 'change'),
  4781: user('renamed-user-account', 'change'),
  4782: user('password-hash-accessed', 'info'),
  4793: user('password-policy-checked', 'info'),
  4794: user('attempted-to-set-dsrm-administrator-password', 'change'),
  4780: user('set-acl-of-administrators-group-members', 'change'),
  4741: computer('added-computer-account', 'creation'),
  4742: computer('changed-computer-account', 'change'),
  4743: computer('deleted-computer-account', 'deletion'),
  4727: ofGroup('added-group-account', 'creation'),
  4728: ofGroup('added-member-to-group', 'user', 'change'),
  4729: ofGroup('removed-member-from-group', 'user', 'change'),
  4730: ofGroup('deleted-group-account', 'deletion'),
  4731: ofGroup('added-group-account', 'creation'),
  4732: ofGroup('added-member-to-group', 'user', 'change'),
  4733: ofGroup('removed-member-from-group', 'user', 'change'),
  4734: ofGroup('deleted-group-account', 'deletion'),
  4735: ofGroup('modified-group-account', 'change'),
  4737: ofGroup('modified-group-account', 'change'),
  4754: ofGroup('added-group-account', 'creation'),
  4755: ofGroup('modified-group-account', 'change'),
  4756: ofGroup('added-member-to-group', 'user', 'change'),
  4757: ofGroup('removed-member-from-group', 'user', 'change'),
  4758: ofGroup('deleted-group-account', 'deletion'),
  4764: ofGroup('type-changed-group-account', 'change'),
  ...groupFamily(4744, 'distribution-group'),
  ...groupFamily(4749, 'distribution-group'),
  ...groupFamily(4759, 'distribution-group'),
  4798: {
    category: iam,
    type: ['user', 'info'],
    action: 'group-membership-enumerated',
    map: userEnumeration,
  },
  4799: { category: iam, type: ['group', 'info'], action: 'user-member-enumerated', map: groupEnumeration },
  4704: user('user-right-assigned', 'change'),
  4705: user('user-right-removed', 'change'),
  4703: user('token-right-adjusted', 'change'),
  4717: user('system-security-access-granted', 'change'),
  4718: user('system-security-access-removed', 'change'),
};
