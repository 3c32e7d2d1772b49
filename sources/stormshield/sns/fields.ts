import type { EcsFields } from '@vigie/contracts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { toLong } from '../../kit/types.ts';

/** Prefix of what has no ECS field, under the firewall's own key names. */
export const VENDOR = 'stormshield.';

type Kind = 'text' | 'lower' | 'endpoint' | 'ip' | 'port' | 'long' | 'mac' | 'domain' | 'composed';

interface Target {
  readonly field: string;
  readonly kind: Kind;
}

/** Log key → ECS field. Object names (`srcname`) are the administrator's, so they stay with the vendor. */
const TABLE = `
fw              observer.name                       text
tz              event.timezone                      text
srcif           observer.ingress.interface.name     text
srcifname       observer.ingress.interface.alias    text
dstif           observer.egress.interface.name      text
dstifname       observer.egress.interface.alias     text
ipproto         network.transport                   lower
proto           network.protocol                    lower
src             source                              endpoint
address         source                              endpoint
srcport         source.port                         port
port            source.port                         port
srcmac          source.mac                          mac
dst             destination                         endpoint
dstport         destination.port                    port
dstmac          destination.mac                     mac
modsrc          source.nat.ip                       ip
modsrcport      source.nat.port                     port
sent            source.bytes                        long
rcvd            destination.bytes                   long
ruleid          rule.id                             text
rulename        rule.name                           text
vlanid          network.vlan.id                     text
hostname        source.domain                       domain
mailfrom        email.from.address                  composed
time            @timestamp                          composed
startime        event.start                         composed
duration        event.duration                      composed
pri             log.syslog                          composed
ipv             network.type                        composed
dst_nat         destination.nat.ip                  composed
origdst         destination.nat.ip                  composed
origdstport     destination.nat.port                composed
user            user.name                           composed
domain          user.domain                         composed
msg             message                             composed
error           error.code                          composed
op              event.action                        composed
action          event.action                        composed
arg             url.original                        composed
result          http.response                       composed
hash            file.hash                           composed
remotenet       client.ip                           composed
service         process.name                        composed
logtype         event.dataset                       composed
dstname         destination.domain                  composed
`;

const TARGETS: ReadonlyMap<string, Target> = new Map(
  TABLE.trim()
    .split('\n')
    .map((line) => {
      const [key, field, kind] = line.trim().split(/\s+/) as [string, string, Kind];
      return [key, { field, kind }] as const;
    }),
);

/** Writes one pair by the table; what does not fit or is not listed goes below {@link VENDOR}. */
export function putField(doc: EcsFields, key: string, value: string): void {
  const target = TARGETS.get(key);
  if (target === undefined || !write(doc, target, value)) doc[VENDOR + key] = value;
}

function write(doc: EcsFields, target: Target, value: string): boolean {
  const field = target.field;
  switch (target.kind) {
    case 'composed':
      return true;
    case 'text':
      doc[field] = value;
      return true;
    case 'lower':
      doc[field] = value.toLowerCase();
      return true;
    case 'endpoint': {
      const ip = parseIp(value);
      if (ip === undefined) return false;
      doc[`${field}.address`] = ip;
      doc[`${field}.ip`] = ip;
      return true;
    }
    case 'ip': {
      const ip = parseIp(value);
      if (ip !== undefined) doc[field] = ip;
      return ip !== undefined;
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
    case 'mac':
      if (!/^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i.test(value)) return false;
      doc[field] = value.replaceAll(':', '-').toUpperCase();
      return true;
    case 'domain':
      doc[field] = value;
      return true;
  }
}
