import { fieldTable } from '../../kit/field-table.ts';

/** Prefix of what has no ECS field. */
export const VENDOR = 'ocsf.';

/** A side of a connection: OCSF's network endpoint object. */
const side = (from: string, to: string): string => `
  ${from}.ip        ${to}         own
  ${from}.hostname  ${to}.domain  own
  ${from}.port      ${to}.port    port
  ${from}.mac       ${to}.mac     mac
  ${from}.domain    ${to}.domain  own
`;

/** A process object, its file, its user, its hashes. */
const process = (from: string, to: string): string => `
  ${from}.name       ${to}.name          text
  ${from}.pid        ${to}.pid           long
  ${from}.uid        ${to}.entity_id     text
  ${from}.cmd_line   ${to}.command_line  text
  ${from}.file.path  ${to}.executable    text
  ${from}.user.name  ${to}.user.name     text
  ${from}.user.uid   ${to}.user.id       text
  ${from}.created_time    ${to}.start    own
  ${from}.terminated_time ${to}.end      own
`;

/** OCSF's attributes, by their paths, and the ECS fields they mean. */
export const TABLE = fieldTable(
  VENDOR,
  `
  activity_name                 event.action                lower
  metadata.uid                  event.id                    text
  metadata.log_provider         event.provider              text
  metadata.sequence             event.sequence              long
  metadata.product.name         observer.product            text
  metadata.product.vendor_name  observer.vendor             text
  metadata.product.version      observer.version            text
  message                       event.reason                text
  severity_id                   event.severity              long
  status                        event.outcome               own
  time                          @timestamp                  own
  time_dt                       @timestamp                  own
  start_time                    event.start                 own
  end_time                      event.end                   own
  duration                      event.duration              own
  risk_score                    event.risk_score            float
  raw_data                      event.original              own
  cloud.provider                cloud.provider              text
  cloud.region                  cloud.region                text
  cloud.zone                    cloud.availability_zone     text
  cloud.account.uid             cloud.account.id            text
  cloud.account.name            cloud.account.name          text
  cloud.account_uid             cloud.account.id            text
  cloud.project_uid             cloud.project.id            text
  cloud.org.uid                 organization.id             text
  cloud.org.name                organization.name           text
  device.hostname               host.hostname               text
  device.name                   host.name                   own
  device.uid                    host.id                     text
  device.type                   host.type                   text
  device.domain                 host.domain                 text
  device.ip                     host.ip                     own
  device.mac                    host.mac                    own
  device.os.name                host.os.name                text
  device.os.type                host.os.type                own
  device.os.version             host.os.version             text
  device.os.kernel_release      host.os.kernel              text
  device.risk_level             host.risk.static_level      text
  device.risk_score             host.risk.static_score      float
  device.org.name               organization.name           text
  device.org.uid                organization.id             text
  actor.user.name               user.name                   text
  actor.user.uid                user.id                     text
  actor.user.domain             user.domain                 text
  actor.user.email_addr         user.email                  text
  actor.user.full_name          user.full_name              text
  user.name                     user.target.name            own
  user.uid                      user.target.id              own
  user.domain                   user.target.domain          own
  user.email_addr               user.target.email           own
  user.full_name                user.target.full_name       own
  connection_info.protocol_num  network.iana_number         text
  connection_info.protocol_name network.transport           own
  connection_info.direction     network.direction           own
  connection_info.uid           network.community_id        own
  dst_endpoint.svc_name         network.application         text
  traffic.bytes                 network.bytes               long
  traffic.packets               network.packets             long
  traffic.bytes_in              destination.bytes           long
  traffic.bytes_out             source.bytes                long
  traffic.packets_in            destination.packets         long
  traffic.packets_out           source.packets              long
  http_request.http_method      http.request.method         text
  http_request.version          http.version                text
  http_request.uid              http.request.id             text
  http_request.user_agent       user_agent.original         text
  http_request.referrer         http.request.referrer       text
  http_request.url.url_string   url.original                text
  http_request.url.hostname     url.domain                  text
  http_request.url.path         url.path                    text
  http_request.url.port         url.port                    long
  http_request.url.query_string url.query                   text
  http_request.url.scheme       url.scheme                  text
  http_response.code            http.response.status_code   long
  http_response.length          http.response.bytes         long
  request.uid                   http.request.id             text
  response.code                 http.response.status_code   long
  api.service.name              service.name                text
  query.hostname                dns.question.name           text
  query.type                    dns.question.type           text
  query.class                   dns.question.class          text
  rcode                         dns.response_code           text
  tls.version                   tls.version                 text
  tls.cipher                    tls.cipher                  text
  tls.sni                       tls.client.server_name      text
  tls.ja3_hash.value            tls.client.ja3              text
  tls.ja3s_hash.value           tls.server.ja3s             text
  email.from                    email.from.address          list
  email.to                      email.to.address            list
  email.subject                 email.subject               text
  email.message_uid             email.message_id            text
  finding.title                 rule.name                   text
  finding.uid                   rule.id                     text
  finding.desc                  rule.description            text
  finding_info.title            rule.name                   text
  finding_info.uid              rule.id                     text
  finding_info.desc             rule.description            text
  finding_info.src_url          event.url                   text
  rule.name                     rule.name                   text
  rule.uid                      rule.id                     text
  ${side('src_endpoint', 'source')}
  ${side('dst_endpoint', 'destination')}
  ${process('process', 'process')}
  ${process('process.parent_process', 'process.parent')}
`,
);

/** A file object's attributes; the file may be the event's, a process's or a driver's. */
export const FILE_TABLE = fieldTable(
  'ocsf.file.',
  `
  name           file.name           text
  path           file.path           text
  parent_folder  file.directory      text
  type           file.type           text
  ext            file.extension      text
  mime_type      file.mime_type      text
  size           file.size           long
  owner.name     file.owner          text
  uid            file.inode          text
  accessed_time  file.accessed       own
  modified_time  file.mtime          own
  created_time   file.created        own
  signature.certificate.issuer        file.x509.issuer.distinguished_name  text
  signature.certificate.subject       file.x509.subject.distinguished_name text
  signature.certificate.serial_number file.x509.serial_number              text
  signature.certificate.version       file.x509.version_number             text
  signature.certificate.expiration_time file.x509.not_after                own
  signature.certificate.created_time    file.x509.not_before               own
`,
);
