import type { EcsFields, JsonObject } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { baseName } from '../../kit/file.ts';
import { at, object, objects, strings, text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { putTransport } from '../../kit/network.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';
import { VENDOR } from './telemetry.ts';

const TABLE = jsonTable(
  VENDOR,
  `
metadata.eventCreationTime      @timestamp              date
event.UTCTimestamp              @timestamp              date
event.timestamp                 @timestamp              date
metadata.customerIDString       organization.id         text
metadata.eventType              event.code              text
metadata.offset                 event.sequence          long
event.CompositeId               event.id                text
event.DetectId                  event.id                text
event.IncidentId                event.id                text
event.Severity                  event.severity          long
event.SeverityName              log.level               lower
event.AgentId                   agent.id                text
event.SensorId                  agent.id                text
event.AgentIdString             agent.id                text
event.ComputerName              host.name               text
event.Hostname                  host.name               text
event.HostName                  host.name               text
event.LocalIP                   host.ip                 ip
event.MACAddress                host.mac                mac
event.MachineDomain             host.domain             text
event.LogonDomain               user.domain             text
event.PlatformName              host.os.type            os-type
event.UserName                  user.name               own
event.UserId                    user.id                 text
event.SourceAccountName         user.name               text
event.SourceAccountDomain       user.domain             text
event.SourceAccountObjectSid    user.id                 text
event.SourceAccountUpn          user.email              text
event.AccountName               user.name               text
event.AccountDomain             user.domain             text
event.UserNames                 user.name               own
event.TargetAccountName         user.target.name        text
event.TargetAccountDomain       user.target.domain      text
event.TargetAccountObjectSid    user.target.id          text
event.TargetAccountUpn          user.target.email       text
event.SourceEndpointHostName    host.name               text
event.SourceEndpointSensorId    agent.id                text
event.SourceEndpointIpAddress   source                  side
event.SourceEndpointAddressIP4  source                  side
event.SourceIPs                 source.ip               own
event.TargetEndpointHostName    destination.domain      domain
event.TargetEndpointIpAddress   destination             side
event.TargetServiceName         service.name            text
event.HostnameField             host.name               text
event.HostNames                 host.name               own
event.UserUUID                  user.id                 text
event.UserIp                    source                  side
event.ServiceName               service.name            text
event.OperationName             event.action            text
event.EventType                 event.action            text
event.Success                   event.outcome           outcome
event.FileName                  process.name            text
event.FilePath                  process.executable      own
event.ImageFileName             process                 exe
event.CommandLine               process.command_line    text
event.ProcessId                 process.pid             long
event.ProcessStartTime          process.start           own
event.ProcessEndTime            process.end             own
event.ParentProcessId           process.parent.pid      long
event.ParentCommandLine         process.parent.command_line  text
event.ParentImageFileName       process.parent          exe
event.ParentImageFilePath       process.parent.executable    text
event.MD5String                 file.hash               hash
event.SHA1String                file.hash               hash
event.SHA256String              file.hash               hash
event.PatternDispositionDescription  threat.indicator.description  text
event.IOCValue                  threat.indicator.name   text
event.IOCType                   threat.indicator.type   own
event.FalconHostLink            event.url               text
event.DetectName                rule.name               text
event.Name                      rule.name               text
event.DetectDescription         event.reason            text
event.Description               event.reason            text
event.LocalAddress              source                  side
event.LocalPort                 source.port             port
event.RemoteAddress             destination             side
event.RemotePort                destination.port        port
event.RuleId                    rule.id                 text
event.RuleName                  rule.name               text
event.RuleGroupName             rule.category           text
event.PolicyName                rule.ruleset            text
event.Protocol                  network.iana_number     own
event.Ipv                       network.type            lower
event.ConnectionDirection       network.direction       own
event.SourceVendors             observer.vendor         text
event.SourceProducts            observer.product        text
event.ExecutionMetadata.ReportFileName  file.name       text
event.properties.ComputerName   host.name               text
event.properties.UserName       user.name               text
event.properties.UserSid        user.id                 text
event.properties.LogonDomain    user.domain             text
event.properties.LocalAddressIP4     source             side
event.properties.externalIpAddress   source.nat.ip      ip
event.properties.accountId      cloud.account.id        text
event.properties.instanceId     cloud.instance.id       text
event.properties.zone_group     cloud.region            text
event.properties.TargetFileName file                    file
event.edges.assigned_ipv4_address.properties.LocalAddressIP4  host.ip  ip
event.edges.assigned_ipv4_address.properties.PhysicalAddress  host.mac mac
event.StartTime                 event.start             date
event.EndTime                   event.end               date
event.StartTimeEpoch            event.start             date
event.EndTimeEpoch              event.end               date
`,
);

type What = Pick<Categorisation, 'category' | 'type'>;

/** Types of events of the streaming API, besides detections. */
const TYPES: ReadonlyMap<string, What> = new Map<string, What>([
  ['AuthActivityAuditEvent', WHAT.authentication],
  ['UserActivityAuditEvent', WHAT.configurationChanged],
  ['FirewallMatchEvent', { category: ['network', 'intrusion_detection'], type: ['denied'] }],
  ['IncidentSummaryEvent', WHAT.intrusion],
  ['DataProtectionDetectionSummaryEvent', WHAT.intrusion],
  ['RemoteResponseSessionStartEvent', WHAT.sessionStart],
  ['RemoteResponseSessionEndEvent', WHAT.sessionEnd],
  ['ScheduledReportNotificationEvent', WHAT.intrusion],
  ['HashSpreadingEvent', WHAT.malware],
  ['ReconNotificationSummaryEvent', WHAT.intrusion],
  ['CustomerIOCEvent', WHAT.intrusion],
  ['IdentityProtectionEvent', WHAT.intrusion],
  ['IdpDetectionSummaryEvent', WHAT.intrusion],
  ['CSPMSearchStreamingEvent', WHAT.configurationRead],
  ['CSPMIOAStreamingEvent', WHAT.intrusion],
  ['Vertex', WHAT.hostInfo],
]);

const OPERATIONS: readonly (readonly [pattern: RegExp, what: What])[] = [
  [/^(?:userAuthenticate|twoFactorAuthenticate|saml2Assert)/i, WHAT.login],
  [/^(?:streamStopped|sessionEnd)/i, WHAT.sessionEnd],
  [/^streamStarted/i, WHAT.sessionStart],
  [/^createUser$/i, WHAT.userCreated],
  [/^deleteUser$/i, WHAT.userDeleted],
  [
    /^(?:grant|revoke)UserRoles|(?:changePassword|resetAuthSecret|activateUser|deactivateUser|updateUser)/i,
    WHAT.userChanged,
  ],
  [/^(?:create|add)/i, WHAT.configurationCreated],
  [/^(?:delete|remove)/i, WHAT.configurationDeleted],
];

/** Seconds in most events, milliseconds in some, 0 for none. */
function putEpoch(doc: EcsFields, field: string, value: unknown): void {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0) return;
  putDate(doc, field, number < 1e11 ? number * 1000 : number);
}

/** Detections over several products list accounts, machines and addresses: the first stands for them. */
function putMany(doc: EcsFields, event: JsonObject): void {
  for (const [key, field] of [
    ['UserNames', 'user.name'],
    ['HostNames', 'host.name'],
  ] as const) {
    const all = strings(event[key]);
    if (all[0] !== undefined) doc[field] ??= all[0];
    if (all.length > 1) doc[`${VENDOR}event.${key}`] = all;
  }
  const addresses = strings(event['SourceIPs']);
  if (addresses[0] !== undefined) putEndpoint(doc, 'source', addresses[0]);
  if (addresses.length > 1) doc[`${VENDOR}event.SourceIPs`] = addresses;
}

function putIndicator(doc: EcsFields, event: JsonObject): void {
  const type = text(event['IOCType'])?.toLowerCase();
  const value = text(event['IOCValue']);
  if (type === undefined || value === undefined) return;
  if (type.startsWith('hash')) {
    doc['threat.indicator.type'] = 'file';
    if (value.length === 64) doc['threat.indicator.file.hash.sha256'] = value.toLowerCase();
    else if (value.length === 32) doc['threat.indicator.file.hash.md5'] = value.toLowerCase();
  } else if (type === 'domain') {
    doc['threat.indicator.type'] = 'domain-name';
    doc['threat.indicator.url.domain'] = value;
  } else if (type.startsWith('ip')) {
    doc['threat.indicator.type'] = value.includes(':') ? 'ipv6-addr' : 'ipv4-addr';
    put(doc, 'threat.indicator.ip', value);
  } else if (type === 'filename' || type === 'file') doc['threat.indicator.type'] = 'file';
}

function putAttack(doc: EcsFields, event: JsonObject): void {
  const attacks = objects(event['MitreAttack']);
  const names = (key: string, own: string): string[] => {
    const found = strings(event[own]);
    for (const attack of attacks)
      for (const item of strings(attack[key])) if (!found.includes(item)) found.push(item);
    return found;
  };
  for (const [field, key, own] of [
    ['threat.tactic.name', 'Tactic', 'Tactic'],
    ['threat.tactic.id', 'TacticID', 'TacticId'],
    ['threat.technique.name', 'Technique', 'Technique'],
    ['threat.technique.id', 'TechniqueID', 'TechniqueId'],
  ] as const) {
    const found = names(key, own);
    if (found.length > 0) doc[field] = found;
  }
}

/** Writes an event of the streaming API; returns whether its type is known. */
export function readStreaming(json: JsonObject, doc: EcsFields, receivedAt: number): boolean {
  TABLE.put(doc, json);
  const event = object(json['event']) ?? {};
  const kind = text(at(json, 'metadata', 'eventType')) ?? text(event['eventType']) ?? '';
  const isVertex = kind === '' || kind === 'Vertex';
  doc['observer.vendor'] ??= 'CrowdStrike';
  doc['observer.product'] ??= 'Falcon';
  if (doc['@timestamp'] === undefined)
    putDate(doc, '@timestamp', parseDate(text(event['Timestamp']) ?? '', { timeZone: 'UTC', receivedAt }));
  putAccount(doc, 'user', text(event['UserName']));
  putEpoch(doc, 'process.start', event['ProcessStartTime']);
  putEpoch(doc, 'process.end', event['ProcessEndTime']);
  const folder = text(event['FilePath']);
  const name = text(event['FileName']);
  if (folder !== undefined && name !== undefined) {
    const isWhole = baseName(folder) === name;
    const separator = folder.includes('/') ? '/' : '\\';
    doc['process.executable'] = isWhole
      ? folder
      : folder.endsWith(separator)
        ? folder + name
        : folder + separator + name;
  }
  const parent = text(event['ParentImageFilePath']);
  if (parent !== undefined)
    put(doc, 'process.parent.name', text(event['ParentImageFileName']) ?? baseName(parent));
  putMany(doc, event);
  putIndicator(doc, event);
  putAttack(doc, event);
  const protocol = text(event['Protocol']);
  if (protocol !== undefined) putTransport(doc, protocol);
  const direction = text(event['ConnectionDirection']);
  if (direction !== undefined) doc['network.direction'] = direction === '1' ? 'inbound' : 'outbound';
  const link = doc['event.url'];
  if (typeof link === 'string' && kind === 'IdentityProtectionEvent') doc['event.reference'] = link;
  if (text(event['RequestUrl']) !== undefined) putUrl(doc, text(event['RequestUrl']));
  const operation = text(event['OperationName']) ?? '';
  const isDetection = /Detection|Incident|Ioc|IOC|FirewallMatch|Recon|IdentityProtection|HashSpreading/.test(
    kind,
  );
  const audit = kind.endsWith('AuditEvent')
    ? OPERATIONS.find(([pattern]) => pattern.test(operation))?.[1]
    : undefined;
  const known =
    audit ?? TYPES.get(kind) ?? (isDetection ? WHAT.intrusion : isVertex ? WHAT.hostInfo : undefined);
  if (isDetection || kind === 'ScheduledReportNotificationEvent') doc['event.kind'] = 'alert';
  categorise(doc, known ?? WHAT.hostInfo);
  return known !== undefined;
}
