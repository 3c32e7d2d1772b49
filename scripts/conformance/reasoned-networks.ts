import type { ReasonedDifference } from './reasoned-case.ts';
import {
  CATEGORISATION,
  isExtra,
  isMissing,
  isOther,
  isOurs,
  isStated,
  isStatedText,
  isTheirs,
  values,
} from './reasoned-case.ts';

/** Differences of firewalls, proxies, gateways and sensors. */
export const NETWORK_DIFFERENCES: readonly ReasonedDifference[] = [
  {
    id: 'event time',
    reason:
      '@timestamp is when the event happened, to the precision given: PAN-OS says so in its high-resolution column, Sysmon in UtcTime; the corpus has the time of receipt or writing',
    covers: (c) =>
      c.field === '@timestamp' &&
      isOther(c) &&
      /paloalto-ngfw$|paloalto-prisma-access$|winlogbeat$/.test(c.technology) &&
      Math.abs(Number(c.found) - Number(c.expected)) < 86_400_000,
  },
  {
    id: 'log type as logger',
    reason: 'log.logger is the logger inside an application; the type of a PAN-OS log is its dataset',
    covers: (c) =>
      /paloalto-(?:ngfw|prisma-access)$/.test(c.technology) &&
      c.field === 'log.logger' &&
      isMissing(c) &&
      isStatedText(c, c.expected!),
  },
  {
    id: 'firewall as host',
    reason: 'the firewall that wrote the log is the observer; host.* is the machine that the event is about',
    covers: (c) =>
      c.technology.endsWith('paloalto-ngfw') &&
      (/^host\./.test(c.field)
        ? isMissing(c)
          ? isOurs(c, /^(?:observer|source|destination|log\.syslog)\./)
          : c.found === undefined || isStated(c)
        : isExtra(c) && /^observer\.|^source\.mac$/.test(c.field) && (isStated(c) || isTheirs(c, /^host\./))),
  },
  {
    id: 'direction not stated',
    reason: 'a Squid access log does not say where client and server are, so not the direction either',
    covers: (c) => c.technology === 'Squid/squid' && c.field === 'network.direction' && isMissing(c),
  },
  {
    id: "FortiOS's duser",
    reason:
      "by FortiOS's own table its CEF form has the user of the source in `duser`; in all its other forms that user is source.user",
    covers: (c) =>
      c.technology === 'Fortinet/fortigate' &&
      c.raw.includes('duser=') &&
      ((/^destination\.user\./.test(c.field) && isMissing(c) && isOurs(c, /^(?:source\.)?user\./)) ||
        (/^(?:source\.)?user\./.test(c.field) &&
          (isExtra(c) || isOther(c)) &&
          (isTheirs(c, /^destination\.user\./) || isStated(c)))),
  },
  {
    id: 'service is a protocol',
    reason:
      'FortiOS names the application in appname; `app` of its CEF form is the service: network.protocol',
    covers: (c) =>
      c.technology === 'Fortinet/fortigate' &&
      c.field === 'network.application' &&
      c.expected?.toLowerCase() === c.have.get('network.protocol'),
  },
  {
    id: 'way of login',
    reason:
      'event.provider is the software that logged the event, not the way in which an administrator came',
    covers: (c) =>
      c.technology === 'Fortinet/fortigate' &&
      c.field === 'event.provider' &&
      isMissing(c) &&
      isStatedText(c, c.expected!),
  },
  {
    id: 'priority is a severity',
    reason: 'the priority of a Stormshield log is a syslog severity: event.severity, not a score of risk',
    covers: (c) =>
      /stormshield/.test(c.technology) &&
      ((c.field === 'event.risk_score' && c.expected === c.have.get('event.severity')) ||
        (c.field === 'event.severity' && c.found === c.want.get('event.risk_score'))),
  },
  {
    id: 'bytes of the connection',
    reason:
      'bytes that a firewall counted in a connection are those of source and destination, not of a host',
    covers: (c) =>
      /stormshield/.test(c.technology) &&
      ((/^host\.network\./.test(c.field) && isMissing(c) && isOurs(c, /^(?:source|destination)\.bytes$/)) ||
        (/^(?:source|destination)\.bytes$/.test(c.field) && isExtra(c) && isStated(c))),
  },
  {
    id: 'translated to the source',
    reason: 'the corpus has the address and port of the source as the translated destination',
    covers: (c) =>
      /stormshield/.test(c.technology) &&
      ((c.field === 'destination.nat.ip' && c.expected === c.want.get('source.ip')) ||
        (c.field === 'destination.nat.port' && c.expected === c.want.get('source.port'))),
  },
  {
    id: 'sensor is no host',
    reason: 'host.ip is the address of the machine that the event happened on, not the source of the traffic',
    covers: (c) =>
      (c.technology === 'Suricata/suricata' || c.technology === 'SesameIT/jizo') &&
      c.field === 'host.ip' &&
      isMissing(c) &&
      isOurs(c, /^(?:source|destination)\.ip$/),
  },
  {
    id: 'whose certificate',
    reason: "Suricata logs the server's certificate; the corpus has it as the client's",
    covers: (c) =>
      c.technology === 'Suricata/suricata' &&
      ((/^tls\.client\./.test(c.field) &&
        isMissing(c) &&
        (isOurs(c, /^tls\.server\./) || isStatedText(c, c.expected!))) ||
        (/^tls\.server\./.test(c.field) && isExtra(c) && (isTheirs(c, /^tls\.client\./) || isStated(c)))),
  },
  {
    id: 'version of the log format',
    reason: "`version` of a Check Point log is that of the log's format, not of the rule",
    covers: (c) => c.technology === 'Checkpoint/checkpoint' && c.field === 'rule.version' && isMissing(c),
  },
  {
    id: 'number of an application',
    reason: 'the number of an application or signature is neither a process nor its identifier',
    covers: (c) =>
      /fortiproxy$|sonicwall-fw$/.test(c.technology) &&
      /^process\.(?:pid|entity_id)$/.test(c.field) &&
      isMissing(c),
  },
  {
    id: 'bytes of the traffic',
    reason:
      'bytes that a firewall counted in a connection are those of source and destination, not of a host',
    covers: (c) => c.technology === 'SonicWall/sonicwall-fw' && c.field.startsWith('host.network.'),
  },
  {
    id: 'start rounded',
    reason:
      'event.start is the instant that the log gives; the corpus rounds it to a tenth of a second, and has the end of a session there',
    covers: (c) => c.technology === 'Fortinet/fortiproxy' && c.field === 'event.start' && isOther(c),
  },
  {
    id: 'who hands a mail over',
    reason:
      'the relay of a `from=` record and of a TLS session to the server is the client, so the source; the corpus has it as the destination throughout',
    covers: (c) =>
      c.technology === 'Fortinet/fortimail' &&
      ((isMissing(c) && /^destination\.(?:address|ip|domain|.*_domain|subdomain)$/.test(c.field)) ||
        (isExtra(c) && /^source\.(?:address|ip|domain|.*_domain|subdomain)$/.test(c.field))),
  },
  {
    id: 'product named by its kind',
    reason: 'observer.vendor and observer.product name vendor and product as they are called',
    covers: (c) =>
      (c.technology === 'Juniper/juniper-ngfw' && c.field === 'observer.product') ||
      (/^(?:Forcepoint|SkyhighSecurity)\//.test(c.technology) &&
        /^observer\.(?:vendor|product)$/.test(c.field) &&
        isOther(c)),
  },
  {
    id: 'header cut off',
    reason: 'the corpus takes the name of the program from a header that the log does not have any more',
    covers: (c) =>
      c.technology === 'Juniper/juniper-ngfw' &&
      ((c.field === 'log.syslog.appname' && isMissing(c)) ||
        // cron and sshd write the same on every system.
        (c.have.get('observer.vendor') !== 'Juniper Networks' &&
          (/^observer\.(?:vendor|product|type)$/.test(c.field) ||
            c.found === undefined ||
            isStated(c) ||
            CATEGORISATION.test(c.field)))),
  },
  {
    id: 'engine is no host',
    reason: 'the engine that wrote the log is the observer; host.* is the machine that the event is about',
    covers: (c) =>
      /^(?:Forcepoint\/|Checkpoint\/checkpoint$)/.test(c.technology) &&
      ((isMissing(c) && /^host\.(?:name|ip)$/.test(c.field)) || (isExtra(c) && c.field === 'observer.name')),
  },
  {
    id: 'attack as intrusion',
    reason:
      'an attack that an application firewall found is category intrusion_detection, and its family the category of the rule; threat.indicator.* describes indicators of compromise',
    covers: (c) =>
      c.technology === 'Ubika/ubika_waap' &&
      (c.field === 'event.category'
        ? values(c.found).includes('intrusion_detection')
        : c.field === 'event.type'
          ? isOther(c) && c.have.get('event.category')?.includes('intrusion_detection') === true
          : c.field === 'threat.indicator.type' && isMissing(c)),
  },
  {
    id: 'source as indicator',
    reason:
      'the corpus has the source of any traffic as the indicator, its address as the reference, and `ip` as the type, which ECS calls ipv4-addr',
    covers: (c) =>
      c.technology === 'CatoNetworks/cato-sase' &&
      c.field.startsWith('threat.indicator.') &&
      isMissing(c) &&
      (c.expected === 'ip' || isOurs(c, /^source\./) || isStatedText(c, c.expected!)),
  },
  {
    id: 'version of IP',
    reason: 'network.type is computed from the version of IP, which the log states',
    covers: (c) =>
      c.technology === 'OpenBSD/openbsd-packet-filter' && c.field === 'network.type' && isExtra(c),
  },
];
