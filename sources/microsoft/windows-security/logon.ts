import type { EcsFields } from '@vigie/contracts';
import { dataOf, putAddress, putExecutable, putPid, putSource, putUser } from '../_shared/fields.ts';
import type { WindowsEvent } from '../_shared/windows-event.ts';
import type { EventMapping } from '../_shared/winlog.ts';

/** Logon types (4624, "Logon Type"). */
const LOGON_TYPES: Readonly<Record<string, string>> = {
  '0': 'System',
  '2': 'Interactive',
  '3': 'Network',
  '4': 'Batch',
  '5': 'Service',
  '7': 'Unlock',
  '8': 'NetworkCleartext',
  '9': 'NewCredentials',
  '10': 'RemoteInteractive',
  '11': 'CachedInteractive',
  '12': 'CachedRemoteInteractive',
  '13': 'CachedUnlock',
};

/** Why a logon failed, by NTSTATUS (4625 and 4776), in words an analyst reads. */
const FAILURES: Readonly<Record<string, string>> = {
  '0xc000005e': 'No logon servers are available',
  '0xc0000064': 'User name does not exist',
  '0xc000006a': 'User name is correct but the password is wrong',
  '0xc000006c': 'Password does not meet the policy',
  '0xc000006d': 'User name or password is wrong',
  '0xc000006e': 'Account restriction',
  '0xc000006f': 'Logon outside of permitted hours',
  '0xc0000070': 'Logon from an unauthorised workstation',
  '0xc0000071': 'Password has expired',
  '0xc0000072': 'Account is disabled',
  '0xc00000dc': 'Server is in the wrong state for the operation',
  '0xc0000133': 'Clocks of client and domain controller are too far apart',
  '0xc000015b': 'Logon type is not granted to the user',
  '0xc000018c': 'Trust between the domains has failed',
  '0xc0000192': 'Netlogon service was not started',
  '0xc0000193': 'Account has expired',
  '0xc0000224': 'Password must be changed at next logon',
  '0xc0000234': 'Account is locked out',
  '0xc0000413': 'Authentication firewall forbids the logon',
};

/** Why Kerberos refused (RFC 4120 7.5.9), by error code of 4768, 4769 and 4771. */
const KERBEROS: Readonly<Record<string, string>> = {
  '0x6': 'Client not found in the Kerberos database',
  '0x7': 'Server not found in the Kerberos database',
  '0x9': 'Client or server has a null key',
  '0xc': 'Policy rejects the request',
  '0xd': 'Requested option cannot be granted',
  '0xe': 'Encryption type is not supported',
  '0x12': 'Client credentials are revoked, disabled or locked out',
  '0x17': 'Password has expired',
  '0x18': 'Pre-authentication failed: wrong password',
  '0x19': 'Pre-authentication is required',
  '0x1b': 'Server principal is valid for user-to-user only',
  '0x1f': 'Integrity check on decrypted field failed',
  '0x20': 'Ticket has expired',
  '0x22': 'Request is a replay',
  '0x25': 'Clock skew too great',
  '0x29': 'Message stream modified',
};

function putLogon(event: WindowsEvent, doc: EcsFields, side: string): void {
  const type = dataOf(event, 'LogonType');
  const name = type === undefined ? undefined : (LOGON_TYPES[type] ?? type);
  if (name !== undefined) doc['winlog.logon.type'] = name;
  const id = dataOf(event, `${side}LogonId`);
  if (id !== undefined) doc['winlog.logon.id'] = id.toLowerCase();
}

/** The account that logs on is the event's user; who asked for the logon stays in `winlog.event_data`. */
function logon(event: WindowsEvent, doc: EcsFields): void {
  putUser(event, doc, 'user', 'Target');
  putLogon(event, doc, 'Target');
  putSource(event, doc, 'IpAddress', 'IpPort', 'WorkstationName');
  putExecutable(doc, 'process', dataOf(event, 'ProcessName'));
  putPid(doc, 'process.pid', dataOf(event, 'ProcessId'));
}

function failedLogon(event: WindowsEvent, doc: EcsFields): void {
  logon(event, doc);
  const status = dataOf(event, 'Status')?.toLowerCase();
  const sub = dataOf(event, 'SubStatus')?.toLowerCase();
  if (status !== undefined) doc['winlog.logon.failure.status'] = status;
  if (sub !== undefined) doc['winlog.logon.failure.sub_status'] = sub;
  const reason = FAILURES[sub ?? ''] ?? FAILURES[status ?? ''];
  if (reason === undefined) return;
  doc['winlog.logon.failure.reason'] = reason;
  doc['event.reason'] = reason;
}

function explicitLogon(event: WindowsEvent, doc: EcsFields): void {
  putUser(event, doc, 'user', 'Subject');
  putUser(event, doc, 'user.effective', 'Target');
  putLogon(event, doc, 'Subject');
  putSource(event, doc, 'IpAddress', 'IpPort');
  putExecutable(doc, 'process', dataOf(event, 'ProcessName'));
  putPid(doc, 'process.pid', dataOf(event, 'ProcessId'));
  const server = dataOf(event, 'TargetServerName');
  if (server !== undefined && server !== 'localhost') {
    if (!putAddress(doc, 'destination', server)) doc['destination.domain'] = server;
  }
}

function subject(event: WindowsEvent, doc: EcsFields): void {
  putUser(event, doc, 'user', 'Subject');
  putLogon(event, doc, 'Subject');
}

function kerberos(event: WindowsEvent, doc: EcsFields): void {
  const id = dataOf(event, 'TargetSid');
  putUser(event, doc, 'user', 'Target');
  if (id !== undefined) doc['user.id'] = id;
  splitPrincipal(doc);
  putSource(event, doc, 'IpAddress', 'IpPort');
  const service = dataOf(event, 'ServiceName');
  if (service !== undefined) doc['service.name'] = service;
  const status = (dataOf(event, 'Status') ?? dataOf(event, 'FailureCode'))?.toLowerCase();
  if (status === undefined || status === '0x0') return;
  doc['event.outcome'] = 'failure';
  const reason = KERBEROS[status];
  if (reason !== undefined) doc['event.reason'] = reason;
}

/** Ticket events name the account as `name@REALM`; its domain stands beside it. */
function splitPrincipal(doc: EcsFields): void {
  const name = doc['user.name'];
  if (typeof name !== 'string') return;
  const at = name.lastIndexOf('@');
  if (at <= 0) return;
  doc['user.name'] = name.slice(0, at);
  doc['user.domain'] ??= name.slice(at + 1);
}

function credentialValidation(event: WindowsEvent, doc: EcsFields): void {
  putUser(event, doc, 'user', 'Target');
  putSource(event, doc, 'Workstation', undefined, 'Workstation');
  const status = dataOf(event, 'Status')?.toLowerCase();
  if (status === undefined || status === '0x0') return;
  doc['event.outcome'] = 'failure';
  doc['winlog.logon.failure.status'] = status;
  const reason = FAILURES[status];
  if (reason !== undefined) doc['event.reason'] = reason;
}

/** 4778, 4779: a session over Remote Desktop, named in other fields than a logon. */
function session(event: WindowsEvent, doc: EcsFields): void {
  const name = dataOf(event, 'AccountName');
  if (name !== undefined) {
    delete doc['user.id'];
    doc['user.name'] = name;
    const domain = dataOf(event, 'AccountDomain');
    if (domain !== undefined) doc['user.domain'] = domain;
  }
  putSource(event, doc, 'ClientAddress', undefined, 'ClientName');
  const id = dataOf(event, 'LogonID');
  if (id !== undefined) doc['winlog.logon.id'] = id.toLowerCase();
}

/** 4800 to 4803: the workstation is locked, unlocked, or its screen saver works. */
function workstation(event: WindowsEvent, doc: EcsFields): void {
  putUser(event, doc, 'user', 'Target');
  putLogon(event, doc, 'Target');
}

/** 6272 to 6280: what the network policy server decided about an access request (RADIUS). */
function networkPolicy(event: WindowsEvent, doc: EcsFields): void {
  putUser(event, doc, 'user', 'Subject');
  const calling = dataOf(event, 'CallingStationID');
  if (calling !== undefined) {
    const mac = /^[0-9a-f]{2}([-:][0-9a-f]{2}){5}$/i.test(calling);
    if (mac) doc['source.mac'] = calling.replaceAll(':', '-').toUpperCase();
    else putAddress(doc, 'source', calling);
  }
  const nas = dataOf(event, 'NASIPv4Address') ?? dataOf(event, 'ClientIPAddress');
  if (nas !== undefined && putAddress(doc, 'client', nas)) {
    const client = dataOf(event, 'ClientName');
    if (client !== undefined) doc['client.domain'] = client;
  }
  const reason = dataOf(event, 'Reason');
  if (reason !== undefined) doc['event.reason'] = reason;
  const policy = dataOf(event, 'NetworkPolicyName');
  if (policy !== undefined) doc['rule.name'] = policy;
}

const authentication = ['authentication'] as const;
const start = ['start'] as const;
const end = ['end'] as const;
const session_ = ['authentication', 'session'] as const;

/** Events of logons, sessions and credentials. */
export const LOGON_EVENTS: Readonly<Record<number, EventMapping>> = {
  4624: { category: authentication, type: start, action: 'logged-in', outcome: 'success', map: logon },
  4625: {
    category: authentication,
    type: start,
    action: 'logon-failed',
    outcome: 'failure',
    map: failedLogon,
  },
  4634: { category: authentication, type: end, action: 'logged-out', outcome: 'success', map: workstation },
  4647: { category: authentication, type: end, action: 'logged-out', outcome: 'success', map: workstation },
  4648: {
    category: authentication,
    type: start,
    action: 'logged-in-explicit',
    outcome: 'success',
    map: explicitLogon,
  },
  4672: { category: ['iam'], type: ['admin'], action: 'logged-in-special', outcome: 'success', map: subject },
  4675: { category: authentication, type: start, action: 'sids-filtered', map: workstation },
  4964: { category: ['iam'], type: ['admin'], action: 'logged-in-special', map: workstation },
  4768: {
    category: authentication,
    type: start,
    action: 'kerberos-authentication-ticket-requested',
    map: kerberos,
  },
  4769: { category: authentication, type: start, action: 'kerberos-service-ticket-requested', map: kerberos },
  4770: { category: authentication, type: start, action: 'kerberos-service-ticket-renewed', map: kerberos },
  4771: {
    category: authentication,
    type: start,
    action: 'kerberos-preauth-failed',
    outcome: 'failure',
    map: kerberos,
  },
  4772: {
    category: authentication,
    type: start,
    action: 'kerberos-authentication-ticket-failed',
    outcome: 'failure',
    map: kerberos,
  },
  4773: {
    category: authentication,
    type: start,
    action: 'kerberos-service-ticket-failed',
    outcome: 'failure',
    map: kerberos,
  },
  4776: {
    category: authentication,
    type: start,
    action: 'credential-validated',
    outcome: 'success',
    map: credentialValidation,
  },
  4777: {
    category: authentication,
    type: start,
    action: 'credential-validated',
    outcome: 'failure',
    map: credentialValidation,
  },
  4778: { category: session_, type: start, action: 'session-reconnected', map: session },
  4779: { category: session_, type: end, action: 'session-disconnected', map: session },
  4800: { category: session_, type: end, action: 'locked-workstation', map: workstation },
  4801: { category: session_, type: start, action: 'unlocked-workstation', map: workstation },
  4802: { category: ['session'], type: ['info'], action: 'invoked-screensaver', map: workstation },
  4803: { category: ['session'], type: ['info'], action: 'dismissed-screensaver', map: workstation },
  5378: { category: authentication, type: ['denied'], action: 'credential-delegation-denied', map: subject },
  6272: {
    category: authentication,
    type: ['start', 'allowed'],
    action: 'network-policy-server-granted-access',
    outcome: 'success',
    map: networkPolicy,
  },
  6273: {
    category: authentication,
    type: ['start', 'denied'],
    action: 'network-policy-server-denied-access',
    outcome: 'failure',
    map: networkPolicy,
  },
  6274: {
    category: authentication,
    type: ['start', 'error'],
    action: 'network-policy-server-discarded-request',
    outcome: 'failure',
    map: networkPolicy,
  },
  6275: {
    category: authentication,
    type: ['start', 'error'],
    action: 'network-policy-server-discarded-accounting-request',
    outcome: 'failure',
    map: networkPolicy,
  },
  6276: {
    category: authentication,
    type: ['start', 'denied'],
    action: 'network-policy-server-quarantined-user',
    map: networkPolicy,
  },
  6277: {
    category: authentication,
    type: ['start', 'allowed'],
    action: 'network-policy-server-granted-access-probation',
    map: networkPolicy,
  },
  6278: {
    category: authentication,
    type: ['start', 'allowed'],
    action: 'network-policy-server-granted-full-access',
    outcome: 'success',
    map: networkPolicy,
  },
  6279: {
    category: ['iam'],
    type: ['user', 'change'],
    action: 'network-policy-server-locked-account',
    map: networkPolicy,
  },
  6280: {
    category: ['iam'],
    type: ['user', 'change'],
    action: 'network-policy-server-unlocked-account',
    map: networkPolicy,
  },
};
