import { jsonTable } from '../../kit/json-table.ts';

/** Prefix of what has no ECS field, under the column names of advanced hunting. */
export const VENDOR = 'microsoft.defender.';

const INITIATOR = `
InitiatingProcessFileName                {p}.name                     text
InitiatingProcessFolderPath              {p}.executable               text
InitiatingProcessId                      {p}.pid                      long
InitiatingProcessUniqueId                {p}.entity_id                text
InitiatingProcessCommandLine             {p}.command_line             text
InitiatingProcessCreationTime            {p}.start                    date
InitiatingProcessSHA1                    {p}.hash                     hash
InitiatingProcessSHA256                  {p}.hash                     hash
InitiatingProcessMD5                     {p}.hash                     hash
InitiatingProcessAccountName             {p}.user.name                text
InitiatingProcessAccountDomain           {p}.user.domain              text
InitiatingProcessAccountSid              {p}.user.id                  text
InitiatingProcessAccountUpn              {p}.user.email               text
InitiatingProcessVersionInfoCompanyName            {p}.pe.company             text
InitiatingProcessVersionInfoProductName            {p}.pe.product             text
InitiatingProcessVersionInfoProductVersion         {p}.pe.file_version        text
InitiatingProcessVersionInfoOriginalFileName       {p}.pe.original_file_name  text
InitiatingProcessVersionInfoFileDescription        {p}.pe.description         text
InitiatingProcessSignatureStatus         {p}.code_signature.status    text
`;

const initiator = (prefix: string): string => INITIATOR.replaceAll('{p}', prefix);

/** Columns that mean the same in every table. */
const COMMON = `
Timestamp                @timestamp             date
AlertId                  event.id               text+
ReportId                 event.id               text
DeviceId                 host.id                text
DeviceName               host.name              text
OSPlatform               host.os.full           text
OSDistribution           host.os.family         text
MacAddress               host.mac               mac
Model                    device.model.name      text
Vendor                   device.manufacturer    text
CertificateSerialNumber    file.x509.serial_number  text
CertificateExpirationTime  file.x509.not_after     date
CertificateCreationTime    file.x509.not_before    date
FileOriginUrl            url                    url
FileOriginReferrerUrl    http.request.referrer  text
OSVersion                host.os.version        text
OSVersionInfo            host.os.kernel         text
OSArchitecture           host.architecture      text
DeviceType               host.type              text
ClientVersion            agent.version          text
AccountName              user.name              text
AccountDomain            user.domain            text
AccountSid               user.id                text
AccountObjectId          user.id                text
AccountUpn               user.email             text
AccountDisplayName       user.full_name         text
NetworkMessageId         email.local_id         text
Subject                  email.subject          text
EmailSubject             email.subject          text
SenderFromAddress        email.from.address     list
SenderMailFromAddress    email.sender.address   text
RecipientEmailAddress    email.to.address       list
EmailDirection           email.direction        lower
Application              network.application    text+
LogonType                event.action           own
DestinationDeviceName    destination.domain     domain
DestinationIPAddress     destination            side
DestinationPort          destination.port       port
Port                     source.port            port
IPAddress                source                 side
SenderIPv4               source                 side
SenderIPv6               source                 side
PublicIP                 source                 side
ISP                      source.as.organization.name  text
CountryCode              source.geo.country_iso_code  country
City                     source.geo.city_name   text
UserAgent                user_agent.original    text
RemoteUrl                url                    own
RequestAccountName       user.name              text
RequestAccountDomain     user.domain            text
RequestAccountSid        user.id                text
RequestSourceIP          source                 side
RequestSourcePort        source.port            port
Url                      url                    url
UrlDomain                url.domain             domain
ServiceSource            service.name           text
DetectionSource          service.type           text
Title                    rule.name              text
ContainerName            container.name         text
ContainerId              container.id           text
ContainerImageName       container.image.name   text
FailureReason            event.reason           text
QueryTarget              dns.question.name      own
InternetMessageId        email.message_id       own
LocalIP                  source.ip              own
LocalPort                source.port            own
RemoteIP                 destination.ip         own
RemotePort               destination.port       own
RemoteDeviceName         source.domain          own
Protocol                 network.protocol       own
DeliveryAction           event.action           text
Action                   event.action           text
ActionType               event.action           text+
Severity                 log.level              severity
FileName                 file.name              own
FolderPath               file.path              own
RegistryKey              registry.path          own
RegistryValueName        registry.value         own
RegistryValueData        registry.data.strings  list
RegistryValueType        registry.data.type     text
PreviousRegistryKey      registry.path          own
PreviousRegistryValueName  registry.value       own
`;

/** Tables in which the initiating process is the actor and the file is what it acted on. */
export const ACTION = jsonTable(
  VENDOR,
  `${COMMON}${initiator('process')}
InitiatingProcessParentFileName      process.parent            exe
InitiatingProcessParentId            process.parent.pid        long
InitiatingProcessParentCreationTime  process.parent.start      date
ProcessId                            process.pid               long
ProcessCommandLine                   process.command_line      text
ProcessCreationTime                  process.start             date
SHA1                                 file.hash                 hash
SHA256                               file.hash                 hash
MD5                                  file.hash                 hash
FileSize                             file.size                 long
`,
);

/** Tables in which a process was created: the initiating process is its parent. */
export const CREATION = jsonTable(
  VENDOR,
  `${COMMON}${initiator('process.parent')}
ProcessId                            process.pid                          long
ProcessUniqueId                      process.entity_id                    text
ProcessName                          process                              exe
ProcessCommandLine                   process.command_line                 text
ProcessCreationTime                  process.start                        date
ProcessCurrentWorkingDirectory       process.working_directory            text
ParentProcessName                    process.parent                       exe
ParentProcessId                      process.parent.pid                   long
SHA1                                 process.hash                         hash
SHA256                               process.hash                         hash
MD5                                  process.hash                         hash
ProcessVersionInfoCompanyName        process.pe.company                   text
ProcessVersionInfoProductName        process.pe.product                   text
ProcessVersionInfoProductVersion     process.pe.file_version              text
ProcessVersionInfoOriginalFileName   process.pe.original_file_name        text
ProcessVersionInfoFileDescription    process.pe.description               text
`,
);
