import type { EcsFields } from '@vigie/contracts';
import { put } from '../../kit/types.ts';
import {
  dataOf,
  putAddress,
  putCommandLine,
  putExecutable,
  putPid,
  putProtocol,
  putUser,
} from '../_shared/fields.ts';
import type { WindowsEvent } from '../_shared/windows-event.ts';
import type { EventMapping } from '../_shared/winlog.ts';

function subject(event: WindowsEvent, doc: EcsFields): void {
  putUser(event, doc, 'user', 'Subject');
  const id = dataOf(event, 'SubjectLogonId');
  if (id !== undefined) doc['winlog.logon.id'] = id.toLowerCase();
}

function processStart(event: WindowsEvent, doc: EcsFields): void {
  subject(event, doc);
  putUser(event, doc, 'user.effective', 'Target');
  putExecutable(doc, 'process', dataOf(event, 'NewProcessName'));
  putPid(doc, 'process.pid', dataOf(event, 'NewProcessId'));
  putCommandLine(doc, 'process', dataOf(event, 'CommandLine'));
  putExecutable(doc, 'process.parent', dataOf(event, 'ParentProcessName'));
  putPid(doc, 'process.parent.pid', dataOf(event, 'ProcessId'));
}

function processEnd(event: WindowsEvent, doc: EcsFields): void {
  subject(event, doc);
  putExecutable(doc, 'process', dataOf(event, 'ProcessName'));
  putPid(doc, 'process.pid', dataOf(event, 'ProcessId'));
  const status = Number(dataOf(event, 'Status'));
  if (Number.isSafeInteger(status)) doc['process.exit_code'] = status;
}

function caller(event: WindowsEvent, doc: EcsFields): void {
  subject(event, doc);
  putExecutable(doc, 'process', dataOf(event, 'ProcessName'));
  putPid(doc, 'process.pid', dataOf(event, 'ProcessId'));
}

/** 5152 to 5159: the filtering platform (Windows Firewall) decides about a connection. */
function filteringPlatform(event: WindowsEvent, doc: EcsFields): void {
  const outbound = dataOf(event, 'Direction') === '%%14593';
  // `Source*` is the local side in every direction; a connection's source is who opens it.
  const [local, remote] = outbound ? ['source', 'destination'] : ['destination', 'source'];
  const listening = dataOf(event, 'DestAddress') === undefined;
  const own = listening ? 'source' : local!;
  putAddress(doc, own, dataOf(event, 'SourceAddress'));
  put(doc, `${own}.port`, dataOf(event, 'SourcePort'));
  if (!listening) {
    putAddress(doc, remote!, dataOf(event, 'DestAddress'));
    put(doc, `${remote}.port`, dataOf(event, 'DestPort'));
    doc['network.direction'] = outbound ? 'egress' : 'ingress';
  }
  putProtocol(doc, dataOf(event, 'Protocol'));
  putExecutable(doc, 'process', dataOf(event, 'Application'));
  putPid(doc, 'process.pid', dataOf(event, 'ProcessID') ?? dataOf(event, 'ProcessId'));
}

function connection(action: string, decision: 'allowed' | 'denied'): EventMapping {
  const type =
    decision === 'allowed' ? (['connection', 'allowed'] as const) : (['connection', 'denied'] as const);
  return { category: ['network'], type, action, map: filteringPlatform };
}

const configuration = ['configuration'] as const;
const change = ['change'] as const;
const host = ['host'] as const;

/** Events of processes, policy, the log itself and the network filter. */
export const SYSTEM_EVENTS: Readonly<Record<number, EventMapping>> = {
  1100: { category: ['process'], type: ['end'], action: 'logging-service-shutdown' },
  1101: { category: host, type: ['error'], action: 'audit-events-dropped' },
  1102: {
    category: ['iam'],
    type: ['admin', 'change'],
    action: 'audit-log-cleared',
    outcome: 'success',
    map: subject,
  },
  1104: { category: ['iam'], type: ['admin'], action: 'logging-full' },
  1105: { category: ['iam'], type: ['admin'], action: 'auditlog-archived' },
  1108: { category: ['iam'], type: ['admin'], action: 'logging-processing-error' },
  4608: { category: host, type: ['start'], action: 'windows-started' },
  4609: { category: host, type: ['end'], action: 'windows-shutdown' },
  4610: { category: configuration, type: ['access'], action: 'authentication-package-loaded' },
  4611: {
    category: configuration,
    type: ['access'],
    action: 'trusted-logon-process-registered',
    map: subject,
  },
  4614: { category: configuration, type: ['access'], action: 'notification-package-loaded' },
  4616: { category: configuration, type: change, action: 'system-time-changed', map: caller },
  4622: { category: configuration, type: ['access'], action: 'security-package-loaded' },
  4688: {
    category: ['process'],
    type: ['start'],
    action: 'created-process',
    outcome: 'success',
    map: processStart,
  },
  4689: {
    category: ['process'],
    type: ['end'],
    action: 'exited-process',
    outcome: 'success',
    map: processEnd,
  },
  4696: { category: ['process'], type: ['start'], action: 'primary-token-assigned', map: caller },
  4706: { category: configuration, type: ['creation'], action: 'domain-trust-added', map: subject },
  4707: { category: configuration, type: ['deletion'], action: 'domain-trust-removed', map: subject },
  4713: { category: configuration, type: change, action: 'kerberos-policy-changed', map: subject },
  4715: { category: configuration, type: change, action: 'audit-policy-changed', map: subject },
  4716: { category: configuration, type: change, action: 'trusted-domain-information-changed', map: subject },
  4719: {
    category: ['iam', 'configuration'],
    type: ['admin', 'change'],
    action: 'changed-audit-config',
    map: subject,
  },
  4739: { category: configuration, type: change, action: 'domain-policy-changed', map: subject },
  4907: { category: configuration, type: change, action: 'object-audit-changed', map: caller },
  4912: { category: configuration, type: change, action: 'per-user-audit-policy-changed', map: subject },
  4946: { category: configuration, type: change, action: 'firewall-rule-added' },
  4947: { category: configuration, type: change, action: 'firewall-rule-modified' },
  4948: { category: configuration, type: change, action: 'firewall-rule-deleted' },
  4950: { category: configuration, type: change, action: 'firewall-setting-changed' },
  4985: { category: ['file'], type: change, action: 'transaction-state-changed', map: caller },
  5024: { category: ['process'], type: ['start'], action: 'firewall-service-started' },
  5025: { category: ['process'], type: ['end'], action: 'firewall-service-stopped' },
  5058: { category: ['file'], type: ['access'], action: 'key-file-operation', map: subject },
  5059: { category: ['iam'], type: ['info'], action: 'key-migration-operation', map: subject },
  5061: { category: ['iam'], type: ['info'], action: 'cryptographic-operation', map: subject },
  5152: connection('windows-firewall-packet-block', 'denied'),
  5154: connection('windows-firewall-listen-permitted', 'allowed'),
  5155: connection('windows-firewall-listen-blocked', 'denied'),
  5156: connection('windows-firewall-connection', 'allowed'),
  5157: connection('windows-firewall-packet-drop', 'denied'),
  5158: connection('windows-firewall-bind-permitted', 'allowed'),
  5159: connection('windows-firewall-bind-blocked', 'denied'),
  6416: { category: host, type: ['device'], action: 'external-device-recognised', map: subject },
  6419: { category: host, type: ['device'], action: 'device-disable-requested', map: subject },
  6420: { category: host, type: ['device'], action: 'device-disabled', map: subject },
  6423: { category: host, type: ['device', 'denied'], action: 'device-installation-forbidden', map: subject },
};
