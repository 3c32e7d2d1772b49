import { cefTable } from '../../kit/cef-fields.ts';
import { jsonTable } from '../../kit/json-table.ts';

const VENDOR = 'paloalto.cortex-xdr.';

/** Members of an alert (Cortex XDR REST API, "Get Alerts Multi-Events v2"). */
export const ALERT = jsonTable(
  `${VENDOR}alert.`,
  `
alert_id                  event.id             text
detection_timestamp       @timestamp           date
local_insert_ts           paloalto.cortex-xdr.alert.local_insert_ts text
name                      rule.name            text
matching_service_rule_id  rule.id              text
category                  rule.category        text
description               event.reason         text
source                    event.provider       text
action                    event.action         text
severity                  log.level            severity
endpoint_id               host.id              text
host_name                 host.name            text
host_ip                   host.ip              ip-list
mac                       host.mac             mac-list
agent_fqdn                host.name            text
agent_device_domain       host.domain          text
agent_version             agent.version        text
agent_os_type             host.os.name         own
agent_os_sub_type         host.os.full         text
user_name                 user                 account
`,
);

/** Members of an event of an alert: the actor is the process that did it, `action_*` what it did. */
export const EVENT = jsonTable(
  `${VENDOR}event.`,
  `
event_timestamp                     @timestamp                     date
event_id                            event.sequence                 own
event_type                          event.action                   text
user_name                           user                           account
actor_process_image_name            process.name                   text
actor_process_image_path            process                        exe
actor_process_command_line          process.command_line           text
actor_process_image_md5             process.hash.md5               lower
actor_process_image_sha256          process.hash.sha256            lower
actor_process_os_pid                process.pid                    long
actor_thread_thread_id              process.thread.id              long
actor_process_instance_id           process.entity_id              text
actor_process_signature_vendor      process.code_signature.subject_name text
os_actor_process_image_path         process.parent                 exe
os_actor_process_image_name         process.parent.name            text
os_actor_process_command_line       process.parent.command_line    text
os_actor_process_os_pid             process.parent.pid             long
os_actor_process_image_sha256       process.parent.hash.sha256     lower
action_file_path                    file                           file
action_file_name                    file.name                      text
action_file_md5                     file.hash.md5                  lower
action_file_sha256                  file.hash.sha256               lower
action_process_image_name           process.name                   text
action_process_image_command_line   process.command_line           text
action_process_image_sha256         process.hash.sha256            lower
action_registry_data                registry.data.strings          own
action_registry_key_name            registry.key                   own
action_registry_full_key            registry.key                   own
action_registry_value_name          registry.value                 own
action_local_ip                     source                         side
action_local_ip_v6                  source                         side
action_local_port                   source.port                    port
action_remote_ip                    destination                    side
action_remote_ip_v6                 destination                    side
action_remote_port                  destination.port               port
action_external_hostname            destination.domain             domain
dns_query_name                      dns.question.name              text
fw_interface_from                   observer.ingress.interface.name text
fw_interface_to                     observer.egress.interface.name text
fw_rule                             rule.name                      text
fw_rule_id                          rule.id                        text
fw_device_name                      observer.name                  text
fw_serial_number                    observer.serial_number         text
fw_app_id                           network.application            lower
fw_url_domain                       url.domain                     text
fw_email_subject                    email.subject                  text
fw_email_sender                     email.from.address             text
fw_email_recipient                  email.to.address               text
fw_xff                              network.forwarded_ip           ip
container_id                        container.id                   text
container_name                      container.name                 text
image_name                          container.image.name           text
namespace                           orchestrator.namespace         text
cluster_name                        orchestrator.cluster.name      text
cloud_provider                      cloud.provider                 lower
project                             cloud.project.name             text
user_agent                          user_agent.original            text
`,
);

/** Members of an incident ("Get Incidents"). */
export const INCIDENT = jsonTable(
  `${VENDOR}incident.`,
  `
incident_id        event.id         text
creation_time      @timestamp       date
description        event.reason     text
incident_name      rule.name        text
severity           log.level        severity
xdr_url            event.url        text
status             event.action     text
hosts              related.hosts    own
users              related.user     own
`,
);

/** Members of a record of the management audit log. */
export const AUDIT = jsonTable(
  `${VENDOR}audit.`,
  `
AUDIT_ID              event.id         text
AUDIT_INSERT_TIME     @timestamp       date
AUDIT_OWNER_NAME      user.full_name   text
AUDIT_OWNER_EMAIL     user             account
AUDIT_DESCRIPTION     event.reason     text
AUDIT_ENTITY_SUBTYPE  event.action     text
AUDIT_RESULT          event.outcome    own
AUDIT_SEVERITY        log.level        severity
AUDIT_HOSTNAME        host.name        text
`,
);

/** CEF as Cortex XDR forwards it; the standard keys keep their meaning. */
export const CEF = cefTable(
  `${VENDOR}cef.`,
  `
shost          host.name         text
suser          user              account
deviceFacility event.provider    text
cat            rule.category     text
msg            event.reason      text
request        event.url         text
Target_process_name    process.name         text
Target_process_CMD     process.command_line text
Target_process_SHA256    process.hash.sha256  lower
Initiated_by            process.name         text
Initiator_CMD           process.command_line text
Initiator_SHA256        process.hash.sha256  lower
Initiator_Path          process.executable   text
CGO_name                process.group_leader.name text
CGO_CMD                 process.group_leader.command_line text
tenantname             organization.name    text
`,
);
