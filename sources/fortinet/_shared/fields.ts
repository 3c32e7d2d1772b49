import type { EcsFields } from '@vigie/contracts';
import { fieldTable } from '../../kit/field-table.ts';

/** Prefix of what has no ECS field, under FortiOS's own names. */
export const VENDOR = 'fortinet.firewall.';

/** FortiOS keys; those marked `own` depend on others and are read by `parse.ts`. */
const TABLE = fieldTable(
  VENDOR,
  `
devname         observer.name                        text
devid           observer.serial_number               text
tz              event.timezone                       text
logid           event.code                           text
level           log.level                            text
srcip           source                               endpoint
srcport         source.port                          port
srcname         source.domain                        domain
srcmac          source.mac                           mac
srcintf         observer.ingress.interface.name      text
srcintfrole     observer.ingress.interface.alias     own
transip         source.nat.ip                        ip?
transport       source.nat.port                      port?
dstip           destination                          endpoint
dstport         destination.port                     port
dstname         destination.domain                   domain
dstmac          destination.mac                      mac
dstintf         observer.egress.interface.name       text
dstintfrole     observer.egress.interface.alias      own
tranip          destination.nat.ip                   ip?
tranport        destination.nat.port                 port?
sentbyte        source.bytes                         long
sentpkt         source.packets                       long
rcvdbyte        destination.bytes                    long
rcvdpkt         destination.packets                  long
proto           network.transport                    transport
service         network.protocol                     lower
app             network.application                  text
appname         network.application                  text
vlan            network.vlan.id                      text
ssid            network.name                         text+
forwardedfor    network.forwarded_ip                 ip?
policyname      rule.name                            text+
poluuid         rule.uuid                            text
policyid        rule.id                              text+
ref             rule.reference                       text
appcat          rule.category                        text+
hostname        destination.domain                   domain
agent           user_agent.original                  text
referralurl     http.request.referrer                text
httpmethod      http.request.method                  text
httpcode        http.response.status_code            long
statuscode      http.response.status_code            long
src_port        source.port                          port
dst_port        destination.port                     port
src_int         observer.ingress.interface.name      text
dst_int         observer.egress.interface.name       text
policy_id       rule.id                              text
reqlength       http.request.body.bytes              long
resplength      http.response.body.bytes             long
contenttype     http.response.mime_type              text
filename        file.name                            text
filesize        file.size                            long
qclass          dns.question.class                   text
qtype           dns.question.type                    text
xid             dns.id                               text
rcode           dns.response_code                    text
sni             tls.client.server_name               text
cipher          tls.cipher                           text
scertcname      tls.server.x509.subject.common_name  list
scertissuer     tls.server.issuer                    text
ccertissuer     tls.client.issuer                    text
from            email.from.address                   list
sender          email.sender.address                 text
recipient       email.to.address                     list
to              email.to.address                     list
cc              email.cc.address                     list
subject         email.subject                        text
messageid       email.message_id                     text
remip           source                               endpoint
remport         source.port                          port
locip           destination                          endpoint
locport         destination.port                     port
outintf         observer.egress.interface.name       text
tunnelip        source.nat.ip                        ip?+
stamac          source.mac                           mac+
group           group.name                           text
daemon          process.name                         text+
process         process.name                         text+
pid             process.pid                          long
crscore         event.risk_score                     float+
cve             vulnerability.id                     text+
vulnid          vulnerability.reference              text+
vulnname        vulnerability.description            text+
vulncat         vulnerability.category               list+
sentdelta       source.bytes                         own
rcvddelta       destination.bytes                    own
sentpktdelta    source.packets                       own
rcvdpktdelta    destination.packets                  own
date            @timestamp                           own
time            @timestamp                           own
eventtime       @timestamp                           own
timestamp       @timestamp                           own
itime           @timestamp                           own
user            user                                 own
unauthuser      user                                 own
dstuser         destination.user                     own
xauthuser       user                                 own
url             url                                  own
msg             message                              own
reason          event.reason                         own
action          event.action                         own
duration        event.duration                       own
durationdelta   event.duration                       own
direction       network.direction                    own
qname           dns.question.name                    own
ipaddr          dns.resolved_ip                      own
filehash        file.hash                            own
analyticscksum  file.hash                            own
tlsver          tls.version                          own
`,
);

/** FortiOS's ways of writing "nothing". */
export function isNothing(value: string): boolean {
  return value === '' || value === 'N/A' || value === '(null)' || value === 'n/a' || value === '-';
}

/** Second names of an address: events of one kind may carry both spellings, and the explicit one wins. */
const SECOND_NAMES = new Set(['remip', 'locip', 'remport', 'locport']);

/** Writes one value by the table; what does not fit its type is kept below {@link VENDOR}. */
export function putField(doc: EcsFields, key: string, value: string): void {
  if (SECOND_NAMES.has(key)) {
    const field = TABLE.fieldOf(key)!;
    if (doc[field] !== undefined || doc[`${field}.address`] !== undefined) {
      doc[VENDOR + key] = value;
      return;
    }
  }
  TABLE.put(doc, key, value);
}
