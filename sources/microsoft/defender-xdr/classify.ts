import { type Categorisation, type EventType, WHAT } from '../../kit/categorise.ts';

type What = Pick<Categorisation, 'category' | 'type'>;

/** Tables of advanced hunting and what their rows are about. */
const TABLES: ReadonlyMap<string, What> = new Map<string, What>([
  ['AlertInfo', { category: ['threat'], type: ['indicator'] }],
  ['AlertEvidence', { category: ['threat'], type: ['indicator'] }],
  ['AADSignInEventsBeta', WHAT.login],
  ['AADSpnSignInEventsBeta', WHAT.login],
  ['EntraIdSignInEvents', WHAT.login],
  ['EntraIdSpnSignInEvents', WHAT.login],
  ['BehaviorEntities', WHAT.intrusion],
  ['BehaviorInfo', WHAT.intrusion],
  ['CampaignInfo', WHAT.mail],
  ['CloudAppEvents', { category: ['intrusion_detection'], type: ['info'] }],
  ['CloudAuditEvents', WHAT.apiCall],
  ['CloudDnsEvents', WHAT.dns],
  ['CloudProcessEvents', WHAT.processStart],
  ['CloudStorageAggregatedEvents', { category: ['network'], type: ['info'] }],
  ['DeviceEvents', WHAT.hostInfo],
  ['DeviceFileCertificateInfo', { category: ['file'], type: ['info'] }],
  ['DeviceFileEvents', { category: ['file'], type: ['info'] }],
  ['DeviceImageLoadEvents', { category: ['process'], type: ['info'] }],
  ['DeviceInfo', WHAT.hostInfo],
  ['DeviceLogonEvents', WHAT.login],
  ['DeviceNetworkEvents', { category: ['network'], type: ['info'] }],
  ['DeviceNetworkInfo', WHAT.hostInfo],
  ['DeviceProcessEvents', WHAT.processStart],
  ['DeviceRegistryEvents', { category: ['registry'], type: ['info'] }],
  ['EmailAttachmentInfo', WHAT.mail],
  ['EmailEvents', WHAT.mail],
  ['EmailPostDeliveryEvents', WHAT.mail],
  ['EmailUrlInfo', WHAT.mail],
  ['IdentityDirectoryEvents', { category: ['iam'], type: ['info'] }],
  ['IdentityInfo', { category: ['iam'], type: ['info'] }],
  ['IdentityLogonEvents', { category: ['authentication'], type: ['info'] }],
  ['IdentityQueryEvents', { category: ['iam'], type: ['info'] }],
  ['MessageEvents', WHAT.mail],
  ['MessagePostDeliveryEvents', WHAT.mail],
  ['MessageUrlInfo', { category: ['web'], type: ['info'] }],
  ['UrlClickEvents', { category: ['web'], type: ['info'] }],
]);

const FILE: ReadonlyMap<string, What> = new Map<string, What>([
  ['FileCreated', WHAT.fileCreated],
  ['FileModified', WHAT.fileChanged],
  ['FileRenamed', WHAT.fileChanged],
  ['FileDeleted', WHAT.fileDeleted],
]);

/** How an action in the network or registry ends, in ECS's types. */
const ACTIONS: ReadonlyMap<string, readonly EventType[]> = new Map<string, readonly EventType[]>([
  ['ConnectionSuccess', ['connection', 'start']],
  ['ConnectionAttempt', ['connection', 'start']],
  ['ConnectionFailed', ['connection', 'error']],
  ['InboundConnectionAccepted', ['connection', 'start']],
  ['InboundConnectionAttempt', ['connection', 'start']],
  ['ListeningConnectionCreated', ['start']],
  ['DnsConnectionInspected', ['connection', 'protocol']],
  ['HttpConnectionInspected', ['connection', 'protocol']],
  ['SslConnectionInspected', ['connection', 'protocol']],
  ['RegistryKeyCreated', ['creation']],
  ['RegistryKeyDeleted', ['deletion']],
  ['RegistryKeyRenamed', ['change']],
  ['RegistryValueDeleted', ['deletion']],
  ['RegistryValueSet', ['change']],
  ['LogonSuccess', ['start']],
  ['LogonFailed', ['start']],
  ['LogonAttempted', ['start']],
  ['ClickAllowed', ['access', 'allowed']],
  ['ClickBlocked', ['access', 'denied']],
  ['ClickBlockedByTenantPolicy', ['access', 'denied']],
]);

/** Actions of `DeviceEvents` that are about something other than the machine as such. */
const EVENTS: ReadonlyMap<string, What> = new Map<string, What>([
  ['AntivirusDetection', { category: ['malware'], type: ['info'] }],
  ['AntivirusReport', { category: ['malware'], type: ['info'] }],
  ['UserAccountCreated', WHAT.userCreated],
  ['UserAccountDeleted', WHAT.userDeleted],
  ['UserAccountModified', WHAT.userChanged],
  ['UserAccountAddedToLocalGroup', WHAT.groupChanged],
  ['UserAccountRemovedFromLocalGroup', WHAT.groupChanged],
  ['PasswordChangeAttempt', WHAT.userChanged],
  ['SecurityGroupCreated', WHAT.groupCreated],
  ['SecurityGroupDeleted', WHAT.groupDeleted],
  ['ServiceInstalled', WHAT.configurationCreated],
  ['ScheduledTaskCreated', WHAT.configurationCreated],
  ['ScheduledTaskUpdated', WHAT.configurationChanged],
  ['ScheduledTaskDeleted', WHAT.configurationDeleted],
  ['DnsQueryResponse', WHAT.dns],
  ['DriverLoad', { category: ['driver'], type: ['start'] }],
  ['FirewallInboundConnectionBlocked', { category: ['network'], type: ['connection', 'denied'] }],
  ['FirewallOutboundConnectionBlocked', { category: ['network'], type: ['connection', 'denied'] }],
  ['FirewallInboundConnectionToAppBlocked', { category: ['network'], type: ['connection', 'denied'] }],
]);

/** What a row of a table says in ECS's words; `undefined` where the table is not known. */
export function classify(table: string, action: string | undefined): What | undefined {
  const base = TABLES.get(table);
  if (base === undefined || action === undefined) return base;
  if (table === 'DeviceFileEvents') return FILE.get(action) ?? base;
  if (table === 'DeviceEvents') return EVENTS.get(action) ?? base;
  const type = ACTIONS.get(action);
  return type === undefined ? base : { category: base.category, type };
}
