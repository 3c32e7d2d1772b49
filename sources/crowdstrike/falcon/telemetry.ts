import type { EcsFields, JsonObject } from '@vigie/contracts';
import {
  type Categorisation,
  categorise,
  type EventCategory,
  type EventType,
  WHAT,
} from '../../kit/categorise.ts';
import { dnsRecordType } from '../../kit/dns-record-types.ts';
import { text } from '../../kit/json.ts';
import { jsonTable } from '../../kit/json-table.ts';
import { osTypeOf } from '../../kit/os-type.ts';
import { putRegistryKey } from '../../kit/registry-key.ts';
import { put } from '../../kit/types.ts';

/** Prefix of what has no ECS field, under Falcon's own names. */
export const VENDOR = 'crowdstrike.';

const COMMON = `
timestamp               @timestamp                  date
_time                   @timestamp                  date
ContextTimeStamp        event.start                 own
event_simpleName        event.action                text
id                      event.id                    text
aid                     agent.id                    text
AgentVersion            agent.version               text
cid                     organization.id             text
ComputerName            host.name                   text
MachineDomain           host.domain                 text
MAC                     host.mac                    mac
aip                     host.ip                     ip
event_platform          host.os.platform            own
Version                 host.os.version             text
ProductType             host.type                   own
LocalAddressIP4         source                      side
LocalAddressIP6         source                      side
LocalPort               source.port                 port
RemoteAddressIP4        destination                 side
RemoteAddressIP6        destination                 side
RemoteAddressString     destination                 side
RemotePort              destination.port            port
Protocol                network.transport           transport
ConnectionDirection     network.direction           own
DomainName              dns.question.name           text
RequestType             dns.question.type           own
IP4Records              dns.resolved_ip             own
IP6Records              dns.resolved_ip             own
OriginatingURL          url                         url
HttpUrl                 url                         url
HostUrl                 url                         url
UserName                user.name                   text
UserSid                 user.id                     text
UserPrincipal           user.email                  text
LogonDomain             user.domain                 text
UserRid                 user.target.id              text
GroupRid                user.target.group.id        text
ClientComputerName      source.domain               domain
RemoteIP                source                      side
TargetFileName          file                        file
TargetDirectoryName     file                        file
Size                    file.size                   long
RegObjectName           registry.path               own
RegValueName            registry.value              own
RegStringValue          registry.data.strings       text
RegNumericValue         registry.data.strings       text
ServiceDisplayName      service.name                text
FirewallRule            rule.name                   text
TargetProcessId         process.entity_id           text
ContextProcessId        process.entity_id           text
SourceThreadId          process.thread.id           long
ContextThreadId         process.thread.id           own
ContextBaseFileName     process                     exe
CommandLine             process.command_line        text
RawProcessId            process.pid                 long
ParentBaseFileName      process.parent              exe
ParentProcessId         process.parent.entity_id    text
ProcessStartTime        process.start               date
ProcessEndTime          process.end                 date
ExitCode                process.exit_code           long
OriginalFilename        process.pe.original_file_name  text
`;

/** Events about a program: its image and digests are those of the process. */
const PROCESS = jsonTable(
  VENDOR,
  `${COMMON}
ImageFileName           process                     exe
SHA256HashData          process.hash                hash
SHA1HashData            process.hash                hash
MD5HashData             process.hash                hash
`,
);

/** Events about a module that is loaded. */
const MODULE = jsonTable(
  VENDOR,
  `${COMMON}
ImageFileName           dll                         own
SHA256HashData          dll.hash                    hash
SHA1HashData            dll.hash                    hash
MD5HashData             dll.hash                    hash
`,
);

/** All others: digests are those of the file. */
const OTHER = jsonTable(
  VENDOR,
  `${COMMON}
ImageFileName           process                     exe
SHA256HashData          file.hash                   hash
SHA1HashData            file.hash                   hash
MD5HashData             file.hash                   hash
`,
);

type What = Pick<Categorisation, 'category' | 'type'>;
const what = (category: EventCategory, ...type: EventType[]): What => ({ category: [category], type });

/** Names of events by how they begin or what they hold; the first that fits counts. */
const NAMES: readonly (readonly [pattern: RegExp, what: What])[] = [
  [/^(?:Synthetic)?ProcessRollup|^ProcessCreat/, WHAT.processStart],
  [/^EndOfProcess|^TerminateProcess/, WHAT.processEnd],
  [/ModuleLoad|ImageHash|DriverLoad/, what('library', 'start')],
  [/^Network(?:Connect|ReceiveAccept)/, what('network', 'connection', 'start')],
  [/^Network|^RawBind|^Neighbor|^LocalIpAddress/, what('network', 'info')],
  [/^Dns|^Suspicious.?Dns/, what('network', 'protocol')],
  [/^Http|Url/, what('web', 'info')],
  [/^Asep|^Reg|Registry/, what('registry', 'change')],
  [/Written$|^DirectoryCreate|FileCreate|^NewExecutable|^NewScript/, WHAT.fileCreated],
  [/Deleted$|FileDelete|DirectoryDelete/, WHAT.fileDeleted],
  [/^File|Rename/, WHAT.fileChanged],
  [/^UserLogonFailed/, what('authentication', 'start')],
  [/^UserLogon|^UserIdentity/, what('authentication', 'start')],
  [/^UserLogoff/, what('authentication', 'end')],
  [/^UserAccountCreated/, WHAT.userCreated],
  [/^UserAccountDeleted/, WHAT.userDeleted],
  [/^UserAccountAddedTo|^UserAccountRemoved/, WHAT.groupChanged],
  [/^Service(?:Started|Installed)|^HostedServiceStarted/, what('process', 'start')],
  [/^(?:Hosted)?ServiceStopped/, what('process', 'end')],
  [/^FirewallDelete/, WHAT.configurationDeleted],
  [/^Firewall(?:Set|Change|Create|Enable|Disable)/, WHAT.configurationChanged],
  [/^ScheduledTaskRegistered/, WHAT.configurationCreated],
  [/^ScheduledTaskDeleted/, WHAT.configurationDeleted],
  [/^ScheduledTask/, WHAT.configurationChanged],
  [
    /^(?:Current)?SystemTags|^CurrentSystemTags|^ChannelVersion|^ConfigState|Policy/,
    WHAT.configurationChanged,
  ],
  [/^Detection|^SpotlightEntity|Exploit|^Suspicious|^Quarantine/, WHAT.intrusion],
  [/^AssociateIndicator|Process|Thread|Script|Injected|Command/, what('process', 'info')],
];

const KNOWN = new Map<string, What>();
const MAX_KNOWN = 5_000;

function classify(name: string): What {
  let found = KNOWN.get(name);
  if (found === undefined) {
    found = NAMES.find(([pattern]) => pattern.test(name))?.[1] ?? WHAT.hostInfo;
    if (KNOWN.size < MAX_KNOWN) KNOWN.set(name, found);
  }
  return found;
}

const PLATFORMS: Readonly<Record<string, string>> = {
  Win: 'windows',
  Mac: 'macos',
  Lin: 'linux',
  And: 'android',
  iOS: 'ios',
};
/** Writes an event of Falcon Data Replicator. */
export function readTelemetry(json: JsonObject, doc: EcsFields): void {
  const name = text(json['event_simpleName']) ?? '';
  const isProcess = /ProcessRollup|^EndOfProcess|^TerminateProcess/.test(name);
  const isModule = /ModuleLoad|DriverLoad/.test(name);
  (isProcess ? PROCESS : isModule ? MODULE : OTHER).put(doc, json);
  doc['observer.vendor'] = 'CrowdStrike';
  doc['observer.product'] = 'Falcon';
  if (doc['@timestamp'] === undefined) put(doc, '@timestamp', doc['process.start']);
  const platform = text(json['event_platform']);
  if (platform !== undefined) {
    doc['host.os.platform'] = platform.toLowerCase();
    const type = PLATFORMS[platform] ?? osTypeOf(platform);
    if (type !== undefined) doc['host.os.type'] = type;
  }
  // `aip` is the address by which the cloud sees the machine.
  const outside = text(json['aip']);
  if (outside !== undefined) put(doc, 'source.nat.ip', outside);
  if (isModule) {
    const path = text(json['ImageFileName']);
    if (path !== undefined) {
      doc['dll.path'] = path;
      doc['dll.name'] = path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1);
    }
  }
  const direction = text(json['ConnectionDirection']);
  if (direction === '0') doc['network.direction'] = 'outbound';
  else if (direction === '1') doc['network.direction'] = 'inbound';
  const type = text(json['RequestType']);
  if (type !== undefined && name.includes('Dns')) doc['dns.question.type'] = dnsRecordType(type) ?? type;
  const records = `${text(json['IP4Records']) ?? ''};${text(json['IP6Records']) ?? ''}`;
  if (records.length > 1) put(doc, 'dns.resolved_ip', records.split(';', 100));
  putRegistryKey(doc, text(json['RegObjectName']), text(json['RegValueName']));
  const data = doc['registry.data.strings'];
  if (data !== undefined && !Array.isArray(data)) doc['registry.data.strings'] = [String(data)];
  const found = classify(name);
  if (name === 'UserLogonFailed' || name === 'UserLogonFailed2')
    categorise(doc, { ...found, outcome: 'failure' });
  else if (name === 'UserLogon') categorise(doc, { ...found, outcome: 'success' });
  else categorise(doc, found);
}
