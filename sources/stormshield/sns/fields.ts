import { fieldTable } from '../../kit/field-table.ts';

/** Prefix of what has no ECS field, under the firewall's own key names. */
export const VENDOR = 'stormshield.';

/**
 * Keys of the audit logs; those marked `own` depend on others and are read by `parse.ts`. Object names
 * (`srcname`) are the administrator's, so they stay with the vendor.
 */
export const TABLE = fieldTable(
  VENDOR,
  `
fw           observer.name                     text
tz           event.timezone                    text
srcif        observer.ingress.interface.name   text
srcifname    observer.ingress.interface.alias  text
dstif        observer.egress.interface.name    text
dstifname    observer.egress.interface.alias   text
ipproto      network.transport                 transport
proto        network.protocol                  lower
src          source                            side
address      source                            side
srcport      source.port                       port
port         source.port                       port
srcmac       source.mac                        mac
dst          destination                       side
dstport      destination.port                  port
dstmac       destination.mac                   mac
modsrc       source.nat.ip                     ip
modsrcport   source.nat.port                   port
sent         source.bytes                      long
rcvd         destination.bytes                 long
ruleid       rule.id                           text
rulename     rule.name                         text
vlanid       network.vlan.id                   text
hostname     source.domain                     domain
mailfrom     email.from.address                own
time         @timestamp                        own
startime     event.start                       own
duration     event.duration                    own
pri          log.syslog                        own
ipv          network.type                      own
dst_nat      destination.nat.ip                own
origdst      destination.nat.ip                own
origdstport  destination.nat.port              own
user         user.name                         own
domain       user.domain                       own
msg          message                           own
error        error.code                        own
op           event.action                      own
action       event.action                      own
arg          url.original                      own
result       http.response                     own
hash         file.hash                         own
remotenet    client.ip                         own
service      process.name                      own
logtype      event.dataset                     own
dstname      destination.domain                own
`,
);
