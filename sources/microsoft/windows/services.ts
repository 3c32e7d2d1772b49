import type { EcsFields } from '@vigie/contracts';
import { dnsRecordType } from '../../kit/dns-record-types.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putDns } from '../_shared/dns.ts';
import {
  dataOf,
  putAccountText,
  putAddress,
  putExecutable,
  putFile,
  putPid,
  putProtocol,
} from '../_shared/fields.ts';
import type { WindowsEvent } from '../_shared/windows-event.ts';
import type { EventMapping } from '../_shared/winlog.ts';

const configuration = ['configuration'] as const;
const process = ['process'] as const;
const change = ['change'] as const;
const session = ['session'] as const;

function taskUser(event: WindowsEvent, doc: EcsFields): void {
  putAccountText(doc, 'user', dataOf(event, 'UserContext') ?? dataOf(event, 'UserName'));
}

function taskProcess(event: WindowsEvent, doc: EcsFields): void {
  taskUser(event, doc);
  const path = dataOf(event, 'Path') ?? dataOf(event, 'ActionName');
  if (path !== undefined && /[\\/.]/.test(path)) putExecutable(doc, 'process', path.replace(/^"|"$/g, ''));
  putPid(doc, 'process.pid', dataOf(event, 'ProcessID') ?? dataOf(event, 'EnginePID'));
}

/** Microsoft-Windows-TaskScheduler. */
export const TASK_SCHEDULER_EVENTS: Readonly<Record<number, EventMapping>> = {
  100: { category: process, type: ['start'], action: 'scheduled-task-started', map: taskUser },
  101: {
    category: process,
    type: ['error'],
    action: 'scheduled-task-start-failed',
    outcome: 'failure',
    map: taskUser,
  },
  102: { category: process, type: ['end'], action: 'scheduled-task-completed', map: taskUser },
  103: {
    category: process,
    type: ['error'],
    action: 'scheduled-task-action-failed',
    outcome: 'failure',
    map: taskUser,
  },
  106: { category: configuration, type: ['creation'], action: 'scheduled-task-registered', map: taskUser },
  110: { category: process, type: ['start'], action: 'scheduled-task-triggered-by-user', map: taskUser },
  111: { category: process, type: ['end'], action: 'scheduled-task-terminated', map: taskUser },
  119: { category: process, type: ['start'], action: 'scheduled-task-triggered-at-logon', map: taskUser },
  129: { category: process, type: ['start'], action: 'scheduled-task-process-created', map: taskProcess },
  140: { category: configuration, type: change, action: 'scheduled-task-updated', map: taskUser },
  141: { category: configuration, type: ['deletion'], action: 'scheduled-task-deleted', map: taskUser },
  142: { category: configuration, type: change, action: 'scheduled-task-disabled', map: taskUser },
  200: { category: process, type: ['start'], action: 'scheduled-task-action-started', map: taskProcess },
  201: { category: process, type: ['end'], action: 'scheduled-task-action-completed', map: taskProcess },
};

/** AppLocker's sentence begins with the path, which English goes on from so. */
const APP_LOCKER_PATH = /^([^\r\n]{3,1024}?) was (?:allowed to run|prevented from running)/;

/**
 * AppLocker gives its data as an element of `UserData`, which some shippers leave out: then only the rendered
 * text has the path.
 */
function appLocker(event: WindowsEvent, doc: EcsFields): void {
  const path = dataOf(event, 'FullFilePath') ?? dataOf(event, 'FilePath');
  putFile(doc, 'file', path ?? APP_LOCKER_PATH.exec(event.message ?? '')?.[1]);
  const hash = dataOf(event, 'FileHash')?.toLowerCase();
  if (hash !== undefined && /^[0-9a-f]{64}$/.test(hash)) doc['file.hash.sha256'] = hash;
  put(doc, 'rule.name', dataOf(event, 'RuleName'));
  put(doc, 'rule.id', dataOf(event, 'RuleId'));
  put(doc, 'rule.ruleset', dataOf(event, 'PolicyName') ?? dataOf(event, 'PolicyNameBuffer'));
  put(doc, 'user.id', dataOf(event, 'TargetUser'));
  putPid(doc, 'process.pid', dataOf(event, 'TargetProcessId'));
}

const allowed = (action: string): EventMapping => ({
  category: process,
  type: ['allowed'],
  action,
  map: appLocker,
});
const denied = (action: string): EventMapping => ({
  category: process,
  type: ['denied'],
  action,
  map: appLocker,
});

/** Microsoft-Windows-AppLocker. */
export const APP_LOCKER_EVENTS: Readonly<Record<number, EventMapping>> = {
  8001: { category: configuration, type: change, action: 'application-policy-applied' },
  8002: allowed('execution-allowed'),
  8003: { category: process, type: ['info'], action: 'execution-audited', map: appLocker },
  8004: denied('execution-denied'),
  8005: allowed('script-allowed'),
  8006: { category: process, type: ['info'], action: 'script-audited', map: appLocker },
  8007: denied('script-denied'),
  8020: allowed('packaged-app-allowed'),
  8021: { category: process, type: ['info'], action: 'packaged-app-audited', map: appLocker },
  8022: denied('packaged-app-denied'),
  8023: allowed('packaged-app-installation-allowed'),
  8024: { category: process, type: ['info'], action: 'packaged-app-installation-audited', map: appLocker },
  8025: denied('packaged-app-installation-denied'),
};

function wmi(event: WindowsEvent, doc: EcsFields): void {
  putAccountText(doc, 'user', dataOf(event, 'User'));
  putPid(
    doc,
    'process.pid',
    dataOf(event, 'ClientProcessId') ?? dataOf(event, 'processid') ?? dataOf(event, 'ProcessId'),
  );
  const machine = dataOf(event, 'ClientMachine');
  if (machine !== undefined && !putAddress(doc, 'source', machine)) doc['source.domain'] = machine;
}

/** Microsoft-Windows-WMI-Activity. */
export const WMI_EVENTS: Readonly<Record<number, EventMapping>> = {
  5857: { category: process, type: ['start'], action: 'wmi-provider-started', map: wmi },
  5858: { category: process, type: ['error'], action: 'wmi-operation-failed', outcome: 'failure', map: wmi },
  5859: { category: configuration, type: ['creation'], action: 'wmi-subscription-registered', map: wmi },
  5860: {
    category: configuration,
    type: ['creation'],
    action: 'wmi-temporary-subscription-created',
    map: wmi,
  },
  5861: {
    category: configuration,
    type: ['creation'],
    action: 'wmi-permanent-subscription-created',
    map: wmi,
  },
};

/** Sessions of Remote Desktop; the account and the address stand in different fields of each channel. */
function terminal(event: WindowsEvent, doc: EcsFields): void {
  const name = dataOf(event, 'User') ?? dataOf(event, 'param1') ?? dataOf(event, 'Param1');
  putAccountText(doc, 'user', name);
  const domain = dataOf(event, 'param2') ?? dataOf(event, 'Param2');
  if (domain !== undefined && doc['user.domain'] === undefined) doc['user.domain'] = domain;
  putAddress(doc, 'source', dataOf(event, 'Address') ?? dataOf(event, 'param3') ?? dataOf(event, 'Param3'));
}

/** Microsoft-Windows-TerminalServices-LocalSessionManager. */
export const LOCAL_SESSION_EVENTS: Readonly<Record<number, EventMapping>> = {
  21: {
    category: ['authentication', 'session'],
    type: ['start'],
    action: 'session-logged-on',
    outcome: 'success',
    map: terminal,
  },
  22: { category: session, type: ['start'], action: 'shell-started', map: terminal },
  23: { category: ['authentication', 'session'], type: ['end'], action: 'session-logged-off', map: terminal },
  24: { category: session, type: ['end'], action: 'session-disconnected', map: terminal },
  25: { category: session, type: ['start'], action: 'session-reconnected', map: terminal },
  39: { category: session, type: ['end'], action: 'session-disconnected-by-other', map: terminal },
  40: { category: session, type: ['end'], action: 'session-disconnected', map: terminal },
};

/** Microsoft-Windows-TerminalServices-RemoteConnectionManager. */
export const REMOTE_CONNECTION_EVENTS: Readonly<Record<number, EventMapping>> = {
  261: { category: ['network'], type: ['connection', 'start'], action: 'connection-received' },
  1149: { category: ['authentication'], type: ['start'], action: 'user-authenticated', map: terminal },
};

function dnsClient(event: WindowsEvent, doc: EcsFields): void {
  putDns(
    doc,
    dataOf(event, 'QueryName'),
    dataOf(event, 'QueryResults'),
    dataOf(event, 'QueryStatus') ?? dataOf(event, 'Status'),
  );
  const type = dnsRecordType(dataOf(event, 'QueryType') ?? '');
  if (type !== undefined) doc['dns.question.type'] = type;
}

const dnsQuery: EventMapping = {
  category: ['network'],
  type: ['protocol', 'info'],
  action: 'dns-query',
  map: dnsClient,
};

/** Microsoft-Windows-DNS-Client. */
export const DNS_CLIENT_EVENTS: Readonly<Record<number, EventMapping>> = {
  1014: { ...dnsQuery, type: ['protocol', 'error'], action: 'dns-query-timeout' },
  3006: dnsQuery,
  3008: { ...dnsQuery, action: 'dns-query-completed' },
  3016: dnsQuery,
  3018: { ...dnsQuery, action: 'dns-cache-lookup' },
  3020: { ...dnsQuery, action: 'dns-query-response' },
};

function dnsServer(event: WindowsEvent, doc: EcsFields): void {
  put(doc, 'dns.question.name', dataOf(event, 'QNAME') ?? dataOf(event, 'NAME'));
  const type = dnsRecordType(dataOf(event, 'QTYPE') ?? dataOf(event, 'Type') ?? '');
  if (type !== undefined) doc['dns.question.type'] = type;
  putAddress(doc, 'source', dataOf(event, 'Source'));
  put(doc, 'source.port', dataOf(event, 'Port'));
}

const dnsChange = (action: string, ...type: EventMapping['type']): EventMapping => ({
  category: configuration,
  type,
  action,
  map: dnsServer,
});

/** Microsoft-Windows-DNSServer and the classic DNS server log. */
export const DNS_SERVER_EVENTS: Readonly<Record<number, EventMapping>> = {
  150: {
    category: ['process'],
    type: ['error'],
    action: 'dns-server-plugin-load-failed',
    outcome: 'failure',
  },
  256: { category: ['network'], type: ['protocol', 'info'], action: 'dns-query-received', map: dnsServer },
  257: { category: ['network'], type: ['protocol', 'info'], action: 'dns-response-sent', map: dnsServer },
  513: dnsChange('dns-zone-deleted', 'deletion'),
  514: dnsChange('dns-zone-updated', 'change'),
  515: dnsChange('dns-record-created', 'creation'),
  516: dnsChange('dns-record-deleted', 'deletion'),
  519: dnsChange('dns-record-created-by-update', 'creation'),
  520: dnsChange('dns-record-deleted-by-update', 'deletion'),
  541: dnsChange('dns-setting-changed', 'change'),
  770: { category: configuration, type: change, action: 'dns-server-plugin-loaded' },
  6004: {
    category: ['network'],
    type: ['denied', 'protocol'],
    action: 'dns-zone-transfer-refused',
    map: dnsServer,
  },
};

/** Background transfers: what is fetched, from where, into which file. */
function bits(event: WindowsEvent, doc: EcsFields): void {
  putUrl(doc, dataOf(event, 'url') ?? dataOf(event, 'RemoteName'));
  // The machine itself talks to the host of the URL.
  const host = doc['url.domain'];
  if (typeof host === 'string') putEndpoint(doc, 'destination', host);
  putFile(doc, 'file', dataOf(event, 'LocalName'));
  const length = Number(dataOf(event, 'fileLength'));
  if (Number.isSafeInteger(length) && length >= 0) doc['file.size'] = length;
  putAccountText(doc, 'user', dataOf(event, 'User') ?? dataOf(event, 'jobOwner'));
  putExecutable(doc, 'process', dataOf(event, 'processPath'));
  putPid(doc, 'process.pid', dataOf(event, 'processId') ?? dataOf(event, 'ClientProcessId'));
}

const transfer = (action: string, ...type: EventMapping['type']): EventMapping => ({
  category: ['network'],
  type,
  action,
  map: bits,
});

/** Microsoft-Windows-Bits-Client. */
export const BITS_EVENTS: Readonly<Record<number, EventMapping>> = {
  3: transfer('transfer-job-created', 'info'),
  4: transfer('transfer-job-completed', 'end'),
  5: transfer('transfer-job-cancelled', 'end'),
  59: transfer('transfer-started', 'connection', 'start'),
  60: transfer('transfer-stopped', 'connection', 'end'),
  61: transfer('transfer-failed', 'connection', 'error'),
  16403: transfer('transfer-job-file-added', 'info'),
};

function firewallRule(event: WindowsEvent, doc: EcsFields): void {
  put(doc, 'rule.id', dataOf(event, 'RuleId'));
  put(doc, 'rule.name', dataOf(event, 'RuleName'));
  putProtocol(doc, dataOf(event, 'Protocol'));
  putExecutable(doc, 'process', dataOf(event, 'ModifyingApplication'));
  put(doc, 'user.id', dataOf(event, 'ModifyingUser'));
}

const rule = (action: string, ...type: EventMapping['type']): EventMapping => ({
  category: configuration,
  type,
  action,
  map: firewallRule,
});

/** Microsoft-Windows-Windows Firewall With Advanced Security. */
export const FIREWALL_EVENTS: Readonly<Record<number, EventMapping>> = {
  2002: rule('firewall-setting-changed', 'change'),
  2003: rule('firewall-profile-setting-changed', 'change'),
  2004: rule('firewall-rule-added', 'creation'),
  2005: rule('firewall-rule-modified', 'change'),
  2006: rule('firewall-rule-deleted', 'deletion'),
  2009: rule('firewall-policy-load-failed', 'error'),
  2032: rule('firewall-reset', 'change'),
  2033: rule('firewall-all-rules-deleted', 'deletion'),
  2097: rule('firewall-rule-added', 'creation'),
  2099: rule('firewall-rule-modified', 'change'),
};

const MAX_MESSAGE = 4_096;
const ADDRESS_AND_PORT = /^\[?[0-9a-fA-F.:]{3,45}\]?:\d{1,5}$/;

/** The directory service's own log: who fetched a managed password, who binds without signing. */
function directoryCaller(event: WindowsEvent, doc: EcsFields): void {
  const { param1, param2, param3 } = event.data;
  // Shippers that leave unnamed data out have each value on a line of the text, in every language.
  const lines =
    param1 === undefined
      ? (event.message?.slice(0, MAX_MESSAGE).split(/\r?\n/, 60) ?? []).map((line) => line.trim())
      : [];
  const account = param1 ?? lines.find((line) => line.startsWith('CN='));
  const sid = param2 ?? lines.find((line) => line.startsWith('S-1-'));
  const address = param3 ?? lines.find((line) => ADDRESS_AND_PORT.test(line));
  if (account?.startsWith('CN=')) put(doc, 'user.target.name', account.slice(3).split(',', 1)[0]);
  if (sid?.startsWith('S-1-')) doc['user.id'] = sid;
  const colon = address?.lastIndexOf(':') ?? -1;
  if (address !== undefined && colon > 0 && putAddress(doc, 'source', address.slice(0, colon)))
    put(doc, 'source.port', address.slice(colon + 1));
}

function unsignedBind(event: WindowsEvent, doc: EcsFields): void {
  const address = event.data['param1'];
  const colon = address?.lastIndexOf(':') ?? -1;
  if (address !== undefined && colon > 0 && putAddress(doc, 'source', address.slice(0, colon)))
    put(doc, 'source.port', address.slice(colon + 1));
  putAccountText(doc, 'user', dataOf(event, 'param2'));
}

/** Microsoft-Windows-ActiveDirectory_DomainService. */
export const DIRECTORY_EVENTS: Readonly<Record<number, EventMapping>> = {
  2889: { category: ['authentication'], type: ['start'], action: 'ldap-bind-unsigned', map: unsignedBind },
  2946: {
    category: ['iam'],
    type: ['info'],
    action: 'managed-password-fetched',
    outcome: 'success',
    map: directoryCaller,
  },
  2947: {
    category: ['iam'],
    type: ['denied'],
    action: 'managed-password-refused',
    outcome: 'failure',
    map: directoryCaller,
  },
};

/** Programs that end badly, and packages that are installed: what the Application log tells. */
function crash(event: WindowsEvent, doc: EcsFields): void {
  put(doc, 'process.name', dataOf(event, 'AppName') ?? dataOf(event, 'param1'));
  put(doc, 'process.executable', dataOf(event, 'AppPath') ?? dataOf(event, 'param11'));
  putPid(doc, 'process.pid', dataOf(event, 'ProcessId'));
}

export const APPLICATION_ERROR_EVENTS: Readonly<Record<number, EventMapping>> = {
  1000: { category: process, type: ['error', 'end'], action: 'application-crashed', map: crash },
};

function installer(event: WindowsEvent, doc: EcsFields): void {
  put(doc, 'package.name', dataOf(event, 'param1'));
  if (event.eventId === 1033 || event.eventId === 1034) put(doc, 'package.version', dataOf(event, 'param2'));
}

export const INSTALLER_EVENTS: Readonly<Record<number, EventMapping>> = {
  1033: { category: ['package'], type: ['installation'], action: 'package-installed', map: installer },
  1034: { category: ['package'], type: ['deletion'], action: 'package-removed', map: installer },
  11707: { category: ['package'], type: ['installation'], action: 'package-installed', outcome: 'success' },
  11708: {
    category: ['package'],
    type: ['error'],
    action: 'package-installation-failed',
    outcome: 'failure',
  },
  11724: { category: ['package'], type: ['deletion'], action: 'package-removed', outcome: 'success' },
};
