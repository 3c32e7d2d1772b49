import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import type { ParseInput } from '../../kit/source.ts';
import { putAccount } from '../../kit/user.ts';
import { putPeer, readUserAt } from '../_shared/originator.ts';

export const VENDOR = 'vmware.vcenter.';

/** `Event [id] [1-1] [time] [type] [severity] [user] [entity] [chain] [text]`; the text may be cut off. */
const EVENT =
  /^Event \[(\d{1,12})\] \[\d{1,4}-\d{1,4}\] \[([^\]]{10,40})\] \[([A-Za-z0-9_.-]{3,120})\] \[([a-z]{2,12})\] \[([^\]]{0,255})\] \[([^\]]{0,255})\] \[([^\]]{0,20})\] \[?(.*)$/s;

/** What a type of event means: the first whose words stand in it. */
const TYPES: readonly (readonly [RegExp, Categorisation])[] = [
  [
    /(?:BadUsernameSession|NoAccessUser|LoginFailure|AlreadyAuthenticatedSession)/,
    { ...WHAT.login, outcome: 'failure' },
  ],
  [/(?:UserLoginSession|SessionStart|LoginSuccess)/, { ...WHAT.login, outcome: 'success' }],
  [/(?:UserLogoutSession|SessionTerminated|LogoutSuccess)/, { ...WHAT.logout, outcome: 'success' }],
  [/(?:AccountCreated|UserAdded)/, WHAT.userCreated],
  [/(?:AccountRemoved|UserRemoved)/, WHAT.userDeleted],
  [/(?:AccountUpdated|UserPasswordChanged|PasswordChange)/, WHAT.userChanged],
  [/(?:Permission|RoleAdded|RoleRemoved|RoleUpdated)/, WHAT.accessChanged],
  [
    /(?:VmCreated|VmCloned|VmDeployed|VmRegistered|DatacenterCreated|ClusterCreated|DVPortgroupCreated|ScheduledTaskCreated)/,
    WHAT.configurationCreated,
  ],
  [
    /(?:VmRemoved|DatastoreDestroyed|ClusterDestroyed|DVPortgroupDestroyed|ScheduledTaskRemoved|SnapshotRemoved|DatastoreRemoved)/,
    WHAT.configurationDeleted,
  ],
  [
    /(?:Reconfigured|Renamed|Relocated|Migrated|DrsVmMigrated|Moved|Upgraded|AdvancedSettings)/,
    WHAT.configurationChanged,
  ],
  [
    /(?:VmPoweredOn|VmStarting|VmResuming|HostConnected|VmResetting)/,
    { category: ['host'], type: ['start'] },
  ],
  [
    /(?:VmPoweredOff|VmStopping|VmSuspended|VmGuestShutdown|HostDisconnected|HostShutdown)/,
    { category: ['host'], type: ['end'] },
  ],
];

/** What an event's words mean where its type says nothing (`vim.event.EventEx`). */
const WORDS: readonly (readonly [RegExp, Categorisation])[] = [
  [/^Successful login /, { ...WHAT.login, outcome: 'success' }],
  [/^(?:Failed login|Cannot login|Login failed)/i, { ...WHAT.login, outcome: 'failure' }],
  [
    /^SSH session was opened|^SSH access has been enabled/,
    { category: ['authentication'], type: ['start'], outcome: 'success' },
  ],
  [/^SSH session was closed/, { category: ['authentication'], type: ['end'], outcome: 'success' }],
];

/** Writes what a type of event or its words mean; returns whether either is known. */
export function classify(doc: EcsFields, type: string, text: string): boolean {
  const found = TYPES.find(([words]) => words.test(type)) ?? WORDS.find(([words]) => words.test(text));
  categorise(doc, found?.[1] ?? WHAT.hostInfo);
  return found !== undefined;
}

/** Who acted from where, as the text of an event says it. */
export function putActor(doc: EcsFields, text: string): void {
  const session = /^(?:User |Cannot login )?(\S{1,200}@[0-9a-fA-F.:]{2,45}?)(?= |\.?$|\))/.exec(
    text.replace(/^User /, ''),
  );
  const opened = /\bSSH session was (?:opened|closed) for '?([^\s']{1,200}?)'?\.?$/.exec(text);
  const login = /\blogin (?:attempt )?(\S{1,200}) from ([0-9a-fA-F.:]{2,45})\b/i.exec(text);
  if (login !== null) {
    if (doc['user.name'] === undefined) putAccount(doc, 'user', login[1]);
    putPeer(doc, 'source', login[2]!);
    return;
  }
  const found = session?.[1] ?? opened?.[1];
  if (found === undefined) return;
  const { user, ip } = readUserAt(found.replace(/\.$/, ''));
  if (doc['user.name'] === undefined) putAccount(doc, 'user', user);
  if (ip !== undefined) putPeer(doc, 'source', ip);
}

/** Reads an event of the vCenter inventory service; returns whether it is one. */
export function readEvent(text: string, input: ParseInput, doc: EcsFields): boolean {
  const event = EVENT.exec(text) ?? shortEvent(text);
  if (event === null) return false;
  const [, id, time, type, severity, user, entity, chain, tail] = event as unknown as string[];
  const message = tail!.endsWith(']') ? tail!.slice(0, -1) : tail!;
  classify(doc, type!, message);
  doc['event.code'] = type!;
  doc['event.action'] = type!.slice(type!.lastIndexOf('.') + 1);
  doc['event.sequence'] = Number(id);
  putDate(doc, '@timestamp', parseIso(time!, input.timeZone));
  doc['log.level'] = severity!;
  if (user !== '') putAccount(doc, 'user', user);
  if (entity !== '') doc[`${VENDOR}entity`] = entity!;
  if (chain !== '') doc[`${VENDOR}chain_id`] = chain!;
  doc['event.reason'] = message.replace(/^(User \S{1,200} logged out) \(.*$/s, '$1');
  const agent =
    /\buser agent: (.{1,400}?)\)$/s.exec(message)?.[1] ?? /\blogged in as (.{1,400})$/s.exec(message)?.[1];
  if (agent !== undefined) doc['user_agent.original'] = agent;
  putActor(doc, message);
  const machine = /\bon (\S{1,255}) in /.exec(message)?.[1]?.replace(/,$/, '');
  if (machine !== undefined) putPeer(doc, 'source', machine);
  return true;
}

/** Events without a severity between type and user. */
function shortEvent(text: string): RegExpExecArray | null {
  const match =
    /^Event \[(\d{1,12})\] \[\d{1,4}-\d{1,4}\] \[([^\]]{10,40})\] \[([A-Za-z0-9_.-]{3,120})\] ()\[([^\]]{0,255})\] \[([^\]]{0,255})\] \[(\d{0,20})\] \[?(.*)$/s.exec(
      text,
    );
  return match;
}
