import type { EcsFields } from '@vigie/contracts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { toFloat, toLong } from '../../kit/types.ts';

/** Prefix of what has no ECS field, under FortiOS's own names. */
export const VENDOR = 'fortinet.firewall.';

/** How a value is read: see {@link putField}. */
type Kind =
  | 'text'
  | 'lower'
  | 'ip'
  | 'endpoint'
  | 'port'
  | 'long'
  | 'float'
  | 'mac'
  | 'list'
  | 'role'
  | 'domain';

interface Target {
  readonly field: string;
  readonly kind: Kind;
  /** Kept under its own name as well, because rules and people ask for it so. */
  readonly keep: boolean;
}

/** FortiOS key → ECS field; `+` keeps the key below {@link VENDOR} too. Order of keys in a log decides nothing. */
const SOURCE_TABLE = `
devname       observer.name                       text
devid         observer.serial_number              text
tz            event.timezone                      text
logid         event.code                          text
level         log.level                           text
srcip         source                              endpoint
srcport       source.port                         port
srcname       source.domain                       domain
srcmac        source.mac                          mac
srcintf       observer.ingress.interface.name     text
srcintfrole   observer.ingress.interface.alias    role
transip       source.nat.ip                       ip
transport     source.nat.port                     port
dstip         destination                         endpoint
dstport       destination.port                    port
dstname       destination.domain                  domain
dstmac        destination.mac                     mac
dstintf       observer.egress.interface.name      text
dstintfrole   observer.egress.interface.alias     role
tranip        destination.nat.ip                  ip
tranport      destination.nat.port                port
sentbyte      source.bytes                        long
sentpkt       source.packets                      long
rcvdbyte      destination.bytes                   long
rcvdpkt       destination.packets                 long
proto         network.iana_number                 text
service       network.protocol                    lower
app           network.application                 text
appname       network.application                 text
vlan          network.vlan.id                     text
ssid          network.name                        text+
forwardedfor  network.forwarded_ip                ip
policyname    rule.name                           text+
poluuid       rule.uuid                           text
policyid      rule.id                             text+
ref           rule.reference                      text
appcat        rule.category                       text+
hostname      destination.domain                  domain
agent         user_agent.original                 text
referralurl   http.request.referrer               text
httpmethod    http.request.method                 text
httpcode      http.response.status_code           long
statuscode    http.response.status_code           long
src_port      source.port                         port
dst_port      destination.port                    port
src_int       observer.ingress.interface.name     text
dst_int       observer.egress.interface.name      text
policy_id     rule.id                             text
reqlength     http.request.body.bytes             long
resplength    http.response.body.bytes            long
contenttype   http.response.mime_type             text
filename      file.name                           text
filesize      file.size                           long
qclass        dns.question.class                  text
qtype         dns.question.type                   text
xid           dns.id                              text
rcode         dns.response_code                   text
sni           tls.client.server_name              text
cipher        tls.cipher                          text
scertcname    tls.server.x509.subject.common_name list
scertissuer   tls.server.issuer                   text
ccertissuer   tls.client.issuer                   text
from          email.from.address                  list
sender        email.sender.address                text
recipient     email.to.address                    list
to            email.to.address                    list
cc            email.cc.address                    list
subject       email.subject                       text
messageid     email.message_id                    text
remip         source                              endpoint
remport       source.port                         port
locip         destination                         endpoint
locport       destination.port                    port
outintf       observer.egress.interface.name      text
tunnelip      source.nat.ip                       ip+
stamac        source.mac                          mac+
group         group.name                          text
daemon        process.name                        text+
process       process.name                        text+
pid           process.pid                         long
crscore       event.risk_score                    float+
cve           vulnerability.id                    text+
vulnid        vulnerability.reference             text+
vulnname      vulnerability.description           text+
vulncat       vulnerability.category              list+
`;

export const TARGETS: ReadonlyMap<string, Target> = new Map(
  SOURCE_TABLE.trim()
    .split('\n')
    .map((line) => {
      const [key, field, word] = line.trim().split(/\s+/) as [string, string, string];
      const keep = word.endsWith('+');
      return [key, { field, kind: (keep ? word.slice(0, -1) : word) as Kind, keep }] as const;
    }),
);

/** Keys whose meaning depends on others: read one by one in `parse.ts`, not by the table. */
export const COMPOSED: ReadonlySet<string> = new Set([
  'date',
  'time',
  'eventtime',
  'timestamp',
  'itime',
  'user',
  'unauthuser',
  'dstuser',
  'xauthuser',
  'url',
  'msg',
  'reason',
  'action',
  'duration',
  'direction',
  'qname',
  'ipaddr',
  'filehash',
  'analyticscksum',
  'tlsver',
]);

/** FortiOS's ways of writing "nothing". */
export function isNothing(value: string): boolean {
  return value === '' || value === 'N/A' || value === '(null)' || value === 'n/a' || value === '-';
}

/** `aa:bb:cc:dd:ee:ff` → `AA-BB-CC-DD-EE-FF`, the form that ECS asks for (RFC 7042). */
export function macAddress(value: string): string | undefined {
  if (value.length !== 17) return undefined;
  return /^[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}$/i.test(value)
    ? value.replaceAll(':', '-').toUpperCase()
    : undefined;
}

/** A name that could be a host's: no blanks, no list, not only digits. */
function isHostName(value: string): boolean {
  return value.length <= 255 && /^[*\w](?:[\w.*-]*\w)?$/.test(value) && /[a-z]/i.test(value);
}

/** Writes one value by the table; what does not fit its type is kept below {@link VENDOR}. */
export function putField(doc: EcsFields, key: string, value: string): void {
  const target = TARGETS.get(key);
  if (target === undefined) {
    doc[VENDOR + key] = value;
    return;
  }
  if (target.keep || !write(doc, target.field, target.kind, value)) doc[VENDOR + key] = value;
  if (target.keep) write(doc, target.field, target.kind, value);
}

function write(doc: EcsFields, field: string, kind: Kind, value: string): boolean {
  switch (kind) {
    case 'text':
      doc[field] = value;
      return true;
    case 'lower':
      doc[field] = value.toLowerCase();
      return true;
    case 'ip': {
      const ip = parseIp(value);
      if (ip === undefined) return false;
      // 0.0.0.0 stands for "not translated", "no tunnel".
      if (ip !== '0.0.0.0' && ip !== '::') doc[field] = ip;
      return true;
    }
    case 'endpoint': {
      const ip = parseIp(value);
      if (ip !== undefined) {
        doc[`${field}.address`] = ip;
        doc[`${field}.ip`] = ip;
        return true;
      }
      if (!isHostName(value)) return false;
      doc[`${field}.address`] = value;
      doc[`${field}.domain`] ??= value;
      return true;
    }
    case 'port': {
      const port = parsePort(value);
      if (port !== undefined) doc[field] = port;
      return port !== undefined;
    }
    case 'long': {
      const number = toLong(value);
      if (number !== undefined) doc[field] = number;
      return number !== undefined;
    }
    case 'float': {
      const number = toFloat(value);
      if (number !== undefined) doc[field] = number;
      return number !== undefined;
    }
    case 'mac': {
      const mac = macAddress(value);
      if (mac !== undefined) doc[field] = mac;
      return mac !== undefined;
    }
    case 'role':
      if (value === 'undefined') return true;
      doc[field] = value;
      return true;
    case 'domain':
      if (parseIp(value) !== undefined || !isHostName(value)) return false;
      doc[field] = value;
      return true;
    case 'list':
      doc[field] =
        value.indexOf(',') < 0
          ? [value]
          : value.split(',', 50).flatMap((item) => (item.trim() === '' ? [] : [item.trim()]));
      return true;
  }
}
