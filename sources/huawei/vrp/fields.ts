import { fieldTable } from '../../kit/field-table.ts';

export const VENDOR = 'huawei.vrp.';

/**
 * Parameters of VRP's modules. Each module spells them its own way (`SrcIp`, `SourceIP`, `source-ip`); the keys here
 * are in lower case and without hyphens, blanks and underscores.
 */
export const TABLE = fieldTable(
  VENDOR,
  `
  srcip                source                            endpoint
  sourceip             source                            endpoint
  sourceaddress        source                            endpoint
  src                  source                            own
  ip                   source                            endpoint
  ipaddress            source                            endpoint
  useraddress          source                            endpoint
  userip               source                            endpoint
  loginip              source                            endpoint
  peeraddress          source                            endpoint
  remoteip             source                            endpoint
  srcport              source.port                       port?
  sourceport           source.port                       port?
  sourcenatip          source.nat.ip                     ip?
  srcnatip             source.nat.ip                     ip?
  sourcenatport        source.nat.port                   port?
  srcnatport           source.nat.port                   port?
  mac                  source.mac                        mac
  devicemac            source.mac                        mac
  usermac              source.mac                        mac
  dstip                destination                       endpoint
  destinationip        destination                       endpoint
  destinationaddress   destination                       endpoint
  destip               destination                       endpoint
  dst                  destination                       own
  localaddress         destination                       endpoint
  localip              destination                       endpoint
  dstport              destination.port                  port?
  destinationport      destination.port                  port?
  destport             destination.port                  port?
  destinationnatip     destination.nat.ip                ip?
  dstnatip             destination.nat.ip                ip?
  destinationnatport   destination.nat.port              port?
  dstnatport           destination.nat.port              port?
  protocol             network.transport                 transport
  proto                network.transport                 transport
  application          network.application               lower
  app                  network.application               lower
  appname              network.application               lower
  user                 user                              own
  username             user                              own
  policy               rule.name                         text
  policyname           rule.name                         text
  rulename             rule.name                         text
  signname             rule.name                         text
  attacktype           rule.name                         text
  virusname            threat.software.name              text
  signid               rule.id                           text
  profile              rule.ruleset                      text
  category             rule.category                     text
  subcategory          huawei.vrp.SubCategory            text
  severity             log.level                         lower
  srczone              observer.ingress.zone             text
  sourcezone           observer.ingress.zone             text
  dstzone              observer.egress.zone              text
  destinationzone      observer.egress.zone              text
  destzone             observer.egress.zone              text
  receiveinterface     observer.ingress.interface.name   text
  ininterface          observer.ingress.interface.name   text
  interface            observer.ingress.interface.name   text
  interfacename        observer.ingress.interface.name   text
  ifname               observer.ingress.interface.name   text
  outinterface         observer.egress.interface.name    text
  vlan                 network.vlan.id                   text
  vlanid               network.vlan.id                   text
  vsys                 observer.ingress.vlan.name        own
  sendpkts             source.packets                    long
  sendbytes            source.bytes                      long
  rcvpkts              destination.packets               long
  rcvbytes             destination.bytes                 long
  receivepkts          destination.packets               long
  receivebytes         destination.bytes                 long
  begintime            event.start                       own
  starttime            event.start                       own
  endtime              event.end                         own
  time                 event.created                     own
  action               event.action                      own
  result               event.outcome                     own
  reason               event.reason                      text
  failreason           event.reason                      text
  closereason          event.reason                      text
  host                 url.domain                        text
  page                 url.path                          own
  url                  url                               url
  filename             file                              file
  filetype             file.extension                    lower
  filesize             file.size                         long
  hash                 file.hash                         hash
  direction            network.direction                 direction
  sender               email.from.address                list
  recipient            email.to.address                  list
  receiver             email.to.address                  list
  subject              email.subject                     text
  command              process.command_line              text
  syslogid             event.sequence                    long
  `,
);

/** `Source-IP` → `sourceip`. */
export const bare = (key: string): string => key.replace(/[-_\s]/g, '').toLowerCase();
