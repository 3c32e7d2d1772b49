import { cefTable } from '../../kit/cef-fields.ts';

/** Prefix of what has no ECS field, with Check Point's own names behind it. */
export const VENDOR = 'checkpoint.firewall.';

/** Keys of Log Exporter: those that its CEF form renames, and the product's own, which all forms share. */
export const TABLE = cefTable(
  VENDOR,
  `
  dhost                    destination.domain               text
  shost                    source.domain                    text
  duser                    destination.user.name            text
  suser                    source.user.name                 text
  externalId               event.id                         text
  loguid                   event.id                         text
  time                     @timestamp                       own
  action                   event.action                     text
  ifdir                    network.direction                own
  ifname                   observer.ingress.interface.name  text
  deviceInboundInterface   observer.ingress.interface.name  text
  inzone                   observer.ingress.zone            text
  outzone                  observer.egress.zone             text
  origin                   observer.ip                      own
  hostname                 observer.name                    text
  service                  destination.port                 port
  service_id               service.id                       text
  s_port                   source.port                      port
  src_machine_name         source.domain                    text
  dst_machine_name         destination.domain               text
  src_user_name            source.user.name                 text
  dst_user_name            destination.user.name            text
  user                     user                             account
  user_name                user                             account
  orig_from                source.user.email                text
  xlatesrc                 source.nat.ip                    ip?
  xlatedst                 destination.nat.ip               ip?
  xlatesport               source.nat.port                  port?
  xlatedport               destination.nat.port             port?
  mac_source_address       source.mac                       mac
  mac_destination_address  destination.mac                  mac
  src_mac                  source.mac                       mac
  proxy_src_ip             network.forwarded_ip             ip
  sent_bytes               source.bytes                     long
  received_bytes           destination.bytes                long
  client_outbound_bytes    source.bytes                     long
  client_inbound_bytes     destination.bytes                long
  client_outbound_packets  source.packets                   long
  client_inbound_packets   destination.packets              long
  bytes                    network.bytes                    long
  packets                  network.packets                  long
  rule                     rule.id                          text
  rule_uid                 rule.uuid                        text
  rule_name                rule.name                        text
  Rule_Name                rule.name                        text
  Threat_Prevention_Rule_Name  rule.name                    text
  layer_name               rule.ruleset                     text
  policy                   rule.ruleset                     text+
  category                 rule.category                    text
  appi_name                network.application              text
  app                      network.application              text
  Application_Name         network.application              text
  resource                 url                              url
  http_host                url.domain                       domain
  method                   http.request.method              text
  referrer                 http.request.referrer            text
  http_status              http.response.status_code        long
  user_agent               user_agent.original              text
  web_client_type          user_agent.name                  text
  file_name                file                             file
  file_type                file.mime_type                   own
  file_size                file.size                        long
  file_md5                 file.hash.md5                    text
  file_sha1                file.hash.sha1                   text
  file_sha256              file.hash.sha256                 text
  dns_query                dns.question.name                text
  dns_type                 dns.question.type                text
  from                     email.from.address               list
  to                       email.to.address                 list
  email_subject            email.subject                    text
  email_message_id         email.message_id                 text
  os_name                  host.os.name                     text
  cp_severity              log.level                        text
  severity                 log.level                        text
  description_url          rule.reference                   text
  information              event.reason                     text
  reason                   event.reason                     text
  msg                      event.reason                     text
  sequencenum              event.sequence                   long
  elapsed                  event.duration                   own
  product                  observer.product                 own
  cs2Label                 rule.name                        own
  cs4Label                 rule.name                        own
  cs5Label                 rule.name                        own
  flexNumber1Label         event.severity                   own
  flexNumber2Label         event.severity                   own
  `,
);
