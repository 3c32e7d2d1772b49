import { jsonTable } from '../../kit/json-table.ts';

/** Prefix of what has no ECS field, under HarfangLab's own names. */
export const VENDOR = 'harfanglab.';

const AGENT = `
agent.agentid          agent.id          text
agent.version          agent.version     text
agent.hostname         host.name         text
agent.domainname       host.domain       text
agent.domain           host.domain       text
agent.osproducttype    host.os.full      text
agent.osversion        host.os.version   text
agent.ostype           host.os.type      os-type
agent.ipaddress        host.ip           ip
agent.ipmask           host.ip           own
agent.macaddress       host.mac          mac
tenant                 organization.id   text
groups.name            user.group.name   own
`;

/** Members that describe a program, at the top of a process event or below `process` in an alert. */
const program = (from: string): string => `
${from}image_name                   process.executable             text
${from}process_name                 process.name                   text
${from}commandline                  process.command_line           text
${from}pid                          process.pid                    long
${from}process_unique_id            process.entity_id              text
${from}current_directory            process.working_directory      text
${from}create_time                  process.start                  date
${from}parent_image                 process.parent                 exe
${from}parent_commandline           process.parent.command_line    text
${from}ppid                         process.parent.pid             long
${from}parent_unique_id             process.parent.entity_id       text
${from}pe_imphash                   process.pe.imphash             text
${from}pe_info.company_name         process.pe.company             text
${from}pe_info.file_description     process.pe.description         text
${from}pe_info.file_version         process.pe.file_version        text
${from}pe_info.original_filename    process.pe.original_file_name  text
${from}pe_info.product_name         process.pe.product             text
${from}signature_info.signer_info.display_name  process.code_signature.subject_name  text
${from}integrity_level              process.integrity              own
`;

/** A Windows event, at the top of what was forwarded or below `eventlog` in an alert about one. */
const windowsEvent = (from: string): string => `
${from}event_data.SubjectUserName    user.name             text
${from}event_data.SubjectDomainName  user.domain           text
${from}event_data.SubjectUserSid     user.id               text
${from}event_data.TargetUserName     user.target.name      text
${from}event_data.TargetDomainName   user.target.domain    text
${from}event_data.TargetUserSid      user.target.id        text
${from}event_data.IpAddress          source                side
${from}event_data.IpPort             source.port           port
${from}event_data.ServiceName        service.name          text
${from}event_data.ScriptBlockText    powershell.file.script_block_text  text
${from}event_data.LogonProcessName   harfanglab.logon_process  text
`;

/** What alerts of each subtype say of the event behind them. */
const BEHIND_ALERT = `
details_library.image_loaded    dll.path        text
details_library.hashes.md5      dll.hash        hash
details_library.hashes.sha1     dll.hash        hash
details_library.hashes.sha256   dll.hash        hash
details_registry.target_object  registry.path   own
details_registry.details        registry.data.strings  list
details_network.saddr       source              side
details_network.sport       source.port         port
details_network.daddr       destination         side
details_network.dport       destination.port    port
details_dns_resolution.requested_name  dns.question.name  text
details_dns.requested_name  dns.question.name   text
details_dns.query_type      dns.question.type   own
details_url_request.url     url                 url
details_url_request.user_agent  user_agent.original  text
details_file.target_filename  file              file
details_powershell.PowershellScriptPath  file   file
details_powershell.PowershellCommand  powershell.file.script_block_text  text
saddr                       source              side
sport                       source.port         port
daddr                       destination         side
dport                       destination.port    port
pid                         process.pid         long
username                    user                account
eventlog.event_id           event.code          text
eventlog.source_name        event.provider      text
event_id                    event.code          text
source_name                 event.provider      text
`;

const EVENT = `
@event_create_date     @timestamp        date
utc_time               @timestamp        date
timestamp              @timestamp        date
event_id               event.code        text
source_name            event.provider    text
record_number          event.sequence    long
id                     event.id          text
log_name               log.logger        own
image_name             process.executable  text
process_image_path     process.executable  text
process_name           process.name      text
username               user              account
usersid                user.id           text
user_sid               user.id           text
saddr                  source            side
sport                  source.port       port
daddr                  destination       side
dport                  destination.port  port
`;

/** Events about a process. */
export const PROCESS = jsonTable(
  VENDOR,
  `${AGENT}${program('')}
@event_create_date     @timestamp        date
utc_time               @timestamp        date
username               user              account
usersid                user.id           text
hashes.md5             file.hash         hash
hashes.sha1            file.hash         hash
hashes.sha256          file.hash         hash
size                   file.size         long
`,
);

/** Alerts: about a process, a file, a driver or a library. */
export const ALERT = jsonTable(
  VENDOR,
  `${AGENT}${program('process.')}
alert_time                  @timestamp          date
detection_date              @timestamp          date
@event_create_date          @timestamp          date
alert_unique_id             event.id            text
id                          event.id            text
rule_name                   rule.name           text
rules.rule_name             rule.name           text
rule_id                     rule.id             text
msg                         rule.description    text
alert_type                  rule.category       text
level                       log.level           lower
level_int                   event.severity      long
first_seen                  event.start         date
last_seen                   event.end           date
image_name                  process.executable  text
detection.file_path         file                file
driverload.imagepath        file                file
driverload.imagesize        file.size           long
detection.file_hashes.md5     file.hash         hash
detection.file_hashes.sha1    file.hash         hash
detection.file_hashes.sha256  file.hash         hash
driverload.hashes.md5       file.hash           hash
driverload.hashes.sha1      file.hash           hash
driverload.hashes.sha256    file.hash           hash
driverload.pe_imphash       file.pe.imphash     text
driverload.pe_info.company_name       file.pe.company             text
driverload.pe_info.file_description   file.pe.description         text
driverload.pe_info.file_version       file.pe.file_version        text
driverload.pe_info.product_name       file.pe.product             text
driverload.pe_info.original_filename  file.pe.original_file_name  text
process.hashes.md5          file.hash           hash
process.hashes.sha1         file.hash           hash
process.hashes.sha256       file.hash           hash
process.username            user                account
process.usersid             user.id             text
mitre_cells                 threat.technique.id own
${BEHIND_ALERT}${windowsEvent('eventlog.')}${windowsEvent('')}`,
);

/** A driver that was loaded: the file of the event. */
export const DRIVER = jsonTable(
  VENDOR,
  `${AGENT}
@event_create_date     @timestamp                  date
imagepath              file                        file
imagename              file.name                   text
imagesize              file.size                   long
hashes.md5             file.hash                   hash
hashes.sha1            file.hash                   hash
hashes.sha256          file.hash                   hash
pe_imphash             file.pe.imphash             text
pe_info.company_name       file.pe.company             text
pe_info.file_description   file.pe.description         text
pe_info.file_version       file.pe.file_version        text
pe_info.original_filename  file.pe.original_file_name  text
pe_info.product_name       file.pe.product             text
`,
);

/** All other telemetry. */
export const OTHER = jsonTable(
  VENDOR,
  `${AGENT}${EVENT}
pid                              process.pid           long
tid                              process.thread.id     long
process_unique_id                process.entity_id     text
event_path                       file                  file
library_path                     dll.path              text
hashes.md5                       file.hash             hash
hashes.sha1                      file.hash             hash
hashes.sha256                    file.hash             hash
pipe_name                        file.name             text
source_url                       url                   url
path                             file                  file
source_username                  user                  account
target_username                  user.target           account
source_address                   source                endpoint
auth_type                        event.action          own
${windowsEvent('')}event_data.ProcessName           process               exe
event_data.ProcessId             process.pid           long
event_data.ClientProcessId       process.pid           long
windows.event_id                 event.code            text
windows.event_title              event.reason          text
windows.source_sid               user.id               text
windows.target_sid               user.target.id        text
process_imagename                process               exe
process_commandline              process.command_line  text
process_image                    process               exe
process_id                       process.pid           long
thread_id                        process.thread.id     long
script_path                      file                  file
script_block                     powershell.file.script_block_text  text
binaryinfo.fullpath              file                  file
binaryinfo.filename              file.name             text
binaryinfo.binaryinfo.md5        file.hash             hash
binaryinfo.binaryinfo.sha1       file.hash             hash
binaryinfo.binaryinfo.sha256     file.hash             hash
binaryinfo.binaryinfo.filesize   file.size             long
binaryinfo.binaryinfo.pe_file_description    file.pe.description         text
binaryinfo.binaryinfo.pe_original_filename   file.pe.original_file_name  text
binaryinfo.binaryinfo.pe_file_version        file.pe.file_version        text
binaryinfo.binaryinfo.pe_company_name        file.pe.company             text
binaryinfo.binaryinfo.pe_product_name        file.pe.product             text
binaryinfo.binaryinfo.pe_imphash             file.pe.imphash             text
url                              url                   url
user_agent                       user_agent.original   text
details_registry.target_object   registry.path         own
target_object                    registry.path         own
details                          registry.data.strings own
referrer_url                     http.request.referrer text
host_url                         url                   url
requested_name                   dns.question.name     text
query_type                       dns.question.type     own
ip_addresses                     dns.resolved_ip       ip
dns_query                        dns.question.name     text
query                            dns.question.name     text
`,
);

/** The agents' own state. */
export const STATE = jsonTable(
  VENDOR,
  `
id               agent.id           text
version          agent.version      text
hostname         host.name          text
domainname       host.domain        text
osproducttype    host.os.full       text
osversion        host.os.version    text
ostype           host.os.type       os-type
ipaddress        host.ip            ip
bitness          host.architecture  text
firstseen        event.start        date
lastseen         event.end          date
lastseen_error   error.message      text
`,
);

/** Threats: alerts that belong together. */
export const THREAT = jsonTable(
  VENDOR,
  `
last_update      @timestamp       date
creation_date    @timestamp       date
first_seen       event.start      date
last_seen        event.end        date
id               event.id         text
level            log.level        lower
tenant           organization.id  text
`,
);

/** What people did in the console: each request to the manager. */
export const AUDIT = jsonTable(
  VENDOR,
  `
@event_create_date    @timestamp                 date
timestamp             @timestamp                 date
date                  @timestamp                 date
id                    event.id                   text
log_slug              event.action               text
log_description       event.reason               text
username              user                       account
user_id               user.id                    text
ip_address            source                     side
request_method        http.request.method        text
request_path          url.path                   text
response_status_code  http.response.status_code  long
user_agent            user_agent.original        text
tenant                organization.id            text
`,
);

/** What an agent says of itself, and when it connects to the manager. */
export const AGENT_LOG = jsonTable(
  VENDOR,
  `
@event_create_date    @timestamp        date
timestamp             @timestamp        date
date                  @timestamp        date
level                 log.level         lower
message               event.reason      text
agent_id              agent.id          text
agent.agentid         agent.id          text
agent.version         agent.version     text
hostname              host.name         text
agent.hostname        host.name         text
ip_address            host.ip           ip
tenant                organization.id   text
`,
);
