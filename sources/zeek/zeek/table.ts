import { jsonTable } from '../../kit/json-table.ts';

/** Prefix of what has no ECS field; the log's name comes behind it, as in Zeek. */
export const VENDOR = 'zeek.';

const COMMON = `
ts                 @timestamp                     date
_write_ts          event.created                  own
uid                event.id                       text+
fuid               event.id                       text+
id.orig_h          source                         side
id.orig_p          source.port                    port
id.resp_h          destination                    side
id.resp_p          destination.port               port
orig_l2_addr       source.mac                     mac
resp_l2_addr       destination.mac                mac
proto              network.transport              transport
service            network.protocol               lower+
community_id       network.community_id           text
vlan               network.vlan.id                text
peer_descr         observer.name                  text
_system_name       observer.name                  text
duration           event.duration                 own
orig_bytes         source.bytes                   long
resp_bytes         destination.bytes              long
orig_pkts          source.packets                 long
resp_pkts          destination.packets            long
query              dns.question.name              text+
qtype_name         dns.question.type              text+
qclass_name        dns.question.class             text
rcode_name         dns.response_code              text+
trans_id           dns.id                         text
method             http.request.method            text+
host               url.domain                     own
uri                url.original                   own
referrer           http.request.referrer          text
user_agent         user_agent.original            text+
request_body_len   http.request.body.bytes        long
response_body_len  http.response.body.bytes       long
status_code        http.response.status_code      long+
resp_mime_types    http.response.mime_type        text+
username           user.name                      text+
user               user.name                      text+
domainname         user.domain                    text
hostname           source.domain                  own
server_name        tls.client.server_name         text+
cipher             tls.cipher                     text+
curve              tls.curve                      text
next_protocol      tls.next_protocol              text
established        tls.established                boolean
resumed            tls.resumed                    boolean
ja3                tls.client.ja3                 text
ja3s               tls.server.ja3s                text
subject            tls.server.subject             own
issuer             tls.server.issuer              own
filename           file.name                      own
mime_type          file.mime_type                 text+
total_bytes        file.size                      long
md5                file.hash                      hash
sha1               file.hash                      hash
sha256             file.hash                      hash
note               rule.name                      text+
msg                message                        text
src                source                         side
dst                destination                    side
client             zeek.client                    text
mailfrom           email.sender.address           text
rcptto             email.to.address               text
from               email.from.address             list
msg_id             email.message_id               text
path               file.path                      own
name               event.action                   own
`;

/** Logs in which a member means something of its own. */
export const GENERAL = jsonTable(VENDOR, COMMON);
