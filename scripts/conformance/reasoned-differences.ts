import { parseMac } from '../../sources/kit/mac.ts';
import type { Case, ReasonedDifference } from './differences.ts';
import { SERVER_DIFFERENCES } from './reasoned-servers.ts';

const WINDOWS = /^(?:Windows\/windows|Beats\/winlogbeat)$/;
/** Endpoint protection whose documents the corpus makes in the same way. */
const ENDPOINT =
  /^(?:Microsoft\/microsoft-365-defender|SentinelOne|CrowdStrike|HarfangLab|Trellix|Tanium|NucleonSecurity|CybeReason|Trend Micro|Bitdefender)/;
const CATEGORISATION = /^event\.(?:kind|category|type|action|outcome)$/;
/** Windows events in which one account logs another one on. */
const LOGONS = new Set(['4624', '4625', '4634', '4648', '4768', '4769', '4771', '4776']);
const ACCOUNT = /^(?:user|user\.target)\.(?:id|name|domain)$/;

const isMissing = (c: Case): boolean => c.found === undefined;
const isExtra = (c: Case): boolean => c.expected === undefined;
const isOther = (c: Case): boolean => c.expected !== undefined && c.found !== undefined;
const values = (text: string | undefined): string[] => (text === undefined ? [] : text.split('\n'));
const within = (part: readonly string[], whole: readonly string[]): boolean =>
  part.every((item) => whole.includes(item));

/** Texts that stand for "no value" in logs. */
const isNothing = (text: string): boolean =>
  text === '-' || text === '0.0.0.0' || text === '::' || /^S-1-0-0$|^0+$/.test(text);

/** The differences, the most general first; the first that covers a field takes it. */
export const DIFFERENCES: readonly ReasonedDifference[] = [
  {
    id: 'categorisation left out',
    reason:
      'ECS asks for kind, category, type, action and outcome of every event; where the corpus has none of its allowed values there, ours is compared with nothing',
    covers: (c) => isExtra(c) && CATEGORISATION.test(c.field),
  },
  {
    id: 'broader categorisation',
    reason:
      'event.category and event.type are lists, and `info` is for events that nothing more telling fits: ours holds all that the corpus says, or replaces its `info`',
    covers: (c) =>
      isOther(c) &&
      (c.field === 'event.category' || c.field === 'event.type') &&
      within(
        values(c.expected).filter((value) => value !== 'info'),
        values(c.found),
      ),
  },
  {
    id: 'time left out',
    reason: 'every ECS document has @timestamp; the corpus leaves it out where it is the receive time',
    covers: (c) => isExtra(c) && c.field === '@timestamp',
  },
  {
    id: 'related values',
    reason:
      'related.* holds all addresses, hosts, users and hashes of the event: ours has those of the corpus and the others that the document names, without the marks for "none"',
    covers: (c) =>
      c.field.startsWith('related.') &&
      (isExtra(c) ||
        within(
          values(c.expected).filter((value) => !isNothing(value)),
          values(c.found),
        )),
  },
  {
    id: 'no value',
    reason: '`-`, 0.0.0.0, port 0 and zeroed digests say that there is no value; ECS leaves such a field out',
    covers: (c) =>
      c.expected !== undefined &&
      !c.field.endsWith('.bytes') &&
      (isNothing(c.expected) ||
        (c.field.startsWith('user_agent.') && c.want.get('user_agent.original') === '-')),
  },
  {
    id: 'parts and sums',
    reason:
      'computed from values that the document has: parts of domains, URLs, paths, command lines and names, numbers of protocols, sums of both directions, the observer of the product',
    covers: (c) =>
      isExtra(c) &&
      /(?:registered_domain|top_level_domain|subdomain)$|^url\.(?:full|scheme|port)$|^file\.(?:name|extension|directory|drive_letter)$|\.args(?:_count)?$|^process\.(?:parent\.)?name$|^host\.hostname$|^network\.(?:iana_number|transport|bytes|packets)$|^user_agent\.|^tls\.version_protocol$|^observer\.(?:vendor|product|type)$|^dns\.(?:type|header_flags|response_code)$|^registry\.|^event\.(?:start|end|duration)$/.test(
        c.field,
      ) &&
      !isMoved(c),
  },
  {
    id: 'stated by the log',
    reason:
      'the corpus leaves the field out, its value stands in the log, and the corpus has it in no field that ours lacks',
    covers: (c) => isExtra(c) && isStated(c) && !isMoved(c),
  },
  {
    id: 'MAC notation',
    reason: 'ECS writes MAC addresses by RFC 7042, in upper case with hyphens',
    covers: (c) => c.field.endsWith('.mac') && isOther(c) && parseMac(c.expected!) === c.found,
  },
  {
    id: 'observer type',
    reason: 'observer.type is the kind of device (firewall, proxy, ids, …), not the name of the product',
    covers: (c) => c.field === 'observer.type' && c.expected !== undefined,
  },
  {
    id: 'protocol names',
    reason:
      'network.transport, network.protocol and dns.question.type hold keywords in the case ECS shows, no numbers; the transport is not repeated as the application protocol',
    covers: (c) =>
      (c.field === 'network.transport' ||
        c.field === 'network.protocol' ||
        c.field === 'dns.question.type') &&
      c.expected !== undefined &&
      (c.expected.toLowerCase() === c.found?.toLowerCase() ||
        c.expected === c.have.get('network.iana_number') ||
        (c.field === 'network.protocol' &&
          c.expected.toLowerCase() === c.have.get('network.transport')?.toLowerCase())),
  },
  {
    id: 'network type',
    reason: 'network.type is a keyword of the network layer (ipv4, ipv6, ipsec)',
    covers: (c) => c.field === 'network.type' && isOther(c) && c.found === `ipv${c.expected}`,
  },
  {
    id: 'nanoseconds',
    reason: 'event.duration counts nanoseconds; the corpus has seconds or milliseconds here',
    covers: (c) =>
      c.field === 'event.duration' && isOther(c) && [1e6, 1e9].includes(Number(c.found) / Number(c.expected)),
  },
  {
    id: 'TLS version',
    reason: 'tls.version is the number alone; tls.version_protocol has the name',
    covers: (c) => c.field === 'tls.version' && isOther(c) && c.expected!.endsWith(c.found!),
  },
  {
    id: 'body bytes',
    reason:
      'these formats count the bytes of the body (Apache %b, nginx $body_bytes_sent, Suricata length): http.response.body.bytes, not http.response.bytes, which includes headers',
    covers: (c) =>
      (c.field === 'http.response.bytes' && c.expected === c.have.get('http.response.body.bytes')) ||
      (c.field === 'http.response.body.bytes' && c.found === c.want.get('http.response.bytes')),
  },
  {
    id: 'writer of the record',
    reason:
      'process.* is the process that the event is about; the corpus puts the process and thread there that wrote the record, which stand in winlog.process.*',
    covers: (c) =>
      WINDOWS.test(c.technology) &&
      (c.field === 'process.thread.id' || c.field === 'process.pid') &&
      c.expected !== undefined,
  },
  {
    id: 'account of the writer',
    reason:
      'user.* is the account that the event is about; the identifier of the account under which the record was written does not belong to it and stands in winlog.user.*',
    covers: (c) =>
      WINDOWS.test(c.technology) &&
      (c.field === 'user.id' || c.field === 'user.domain') &&
      c.expected !== undefined &&
      c.raw.includes(`"${c.field === 'user.id' ? 'UserID' : 'Domain'}":"${c.expected}"`) &&
      c.have.has('user.name'),
  },
  {
    id: 'description of a program',
    reason: "what a program says of itself is pe.description, not the event's reason",
    covers: (c) =>
      WINDOWS.test(c.technology) &&
      ((c.field === 'event.reason' &&
        [c.have.get('process.pe.description'), c.have.get('dll.pe.description')].includes(c.expected)) ||
        (isExtra(c) && c.field.endsWith('.pe.description') && isStated(c))),
  },
  {
    id: 'driver is a file',
    reason: 'a driver that is loaded is a file, with its path, hashes and signature; it is not a process',
    covers: (c) =>
      WINDOWS.test(c.technology) &&
      c.have.get('event.action') === 'driver-loaded' &&
      /^(?:process|file)\./.test(c.field),
  },
  {
    id: 'sides of a connection',
    reason:
      'the filtering platform writes the local address as the source in both directions; ECS has the initiator there, so an incoming connection is turned round',
    covers: (c) =>
      WINDOWS.test(c.technology) &&
      c.have.get('network.direction') === 'ingress' &&
      /^(?:source|destination)\.(?:address|ip|port)$|^network\.direction$/.test(c.field),
  },
  {
    id: 'working directory',
    reason: 'process.working_directory is the current directory, not the folder of the executable',
    covers: (c) =>
      WINDOWS.test(c.technology) && isMissing(c) && c.field.endsWith('working_directory') && isFolderOf(c),
  },
  {
    id: 'who logs on',
    reason:
      'in a logon event user.* is the account that logs on, as in other systems; the corpus has the account that asked for it there and the former in user.target.*',
    covers: (c) =>
      WINDOWS.test(c.technology) &&
      LOGONS.has(c.have.get('event.code') ?? '') &&
      (ACCOUNT.test(c.field) || c.field === 'related.user'),
  },
  {
    id: 'computer accounts',
    reason: 'the name of a computer account ends in `$`; without it, it is another account',
    covers: (c) =>
      /(?:^|\.)user\.name$|^related\.user$/.test(c.field) &&
      isOther(c) &&
      values(c.expected).every(
        (name) => within([name], values(c.found)) || within([`${name}$`], values(c.found)),
      ),
  },
  {
    id: "Windows' levels",
    reason:
      "log.level is the level as the source states it: Windows' `Information`, not the shipper's `INFO`",
    covers: (c) => c.field === 'log.level' && c.expected === 'info' && c.found === 'information',
  },
  {
    id: 'host name',
    reason: 'ECS recommends the fully qualified name for host.name; the short one is host.hostname',
    covers: (c) =>
      c.field === 'host.name' &&
      isOther(c) &&
      c.found!.toLowerCase().startsWith(`${c.expected!.toLowerCase()}.`),
  },
  {
    id: 'forwarded events',
    reason:
      'of an event that Windows forwarded, the shipper describes the collector under host.*, not the computer of the event',
    covers: (c) =>
      c.technology === 'Beats/winlogbeat' &&
      /^host\.|^server\.ip$|^related\.ip$/.test(c.field) &&
      !c.have.has('host.os.type') &&
      c.want.has('host.os.type'),
  },
  {
    id: 'rendered task',
    reason:
      'event.action is one word in every language; the corpus has the rendered task or a word of its own',
    covers: (c) => WINDOWS.test(c.technology) && c.field === 'event.action' && isOther(c),
  },
  {
    id: 'command line as written',
    reason: 'process.command_line is the line as it was typed, with its quotes',
    covers: (c) =>
      c.field.endsWith('command_line') &&
      isOther(c) &&
      c.found!.replaceAll('"', '').trim() === c.expected!.replaceAll('"', '').trim(),
  },
  {
    id: 'event time',
    reason:
      '@timestamp is when the event happened, to the precision given: PAN-OS says so in its high-resolution column, Sysmon in UtcTime; the corpus has the time of receipt or writing',
    covers: (c) => c.field === '@timestamp' && isOther(c) && /paloalto-ngfw$|winlogbeat$/.test(c.technology),
  },
  {
    id: 'CloudTrail categorisation',
    reason:
      'a call to a cloud interface is category api, with what it does to whom; not network and access throughout',
    covers: (c) => c.technology === 'AWS/aws-cloudtrail' && /^event\.(?:category|type)$/.test(c.field),
  },
  {
    id: 'log type as logger',
    reason: 'log.logger is the logger inside an application; the type of a PAN-OS log is its dataset',
    covers: (c) => c.technology.endsWith('paloalto-ngfw') && c.field === 'log.logger',
  },
  {
    id: 'zones',
    reason:
      'a zone is observer.ingress.zone and observer.egress.zone, and the alias of the interface; not the name of a VLAN',
    covers: (c) =>
      c.field.startsWith('observer.') &&
      ((isMissing(c) && c.field.endsWith('vlan.name')) ||
        (isExtra(c) && /\.(?:zone|interface\.alias)$/.test(c.field) && isStated(c))),
  },
  {
    id: 'firewall as host',
    reason: 'the firewall that wrote the log is the observer; host.* is the machine that the event is about',
    covers: (c) =>
      c.technology.endsWith('paloalto-ngfw') &&
      (/^host\./.test(c.field) || (isExtra(c) && /^observer\.|^source\.mac$/.test(c.field))),
  },
  {
    id: 'login names',
    reason:
      'a login written as an address is split into name and domain, so that the same person has the same name in every source; the whole is email',
    covers: (c) =>
      (/(?:^|\.)user\.name$/.test(c.field) &&
        isOther(c) &&
        c.expected!.toLowerCase().startsWith(`${c.found!.toLowerCase()}@`)) ||
      (c.field === 'related.user' &&
        isOther(c) &&
        within(
          values(c.expected).map((name) => name.replace(/@.*$/, '')),
          values(c.found),
        )) ||
      (isExtra(c) && /(?:^|\.)user\.(?:email|domain)$/.test(c.field)),
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
      /^(?:destination\.user|source\.user|user)\./.test(c.field),
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
    covers: (c) => c.technology === 'Fortinet/fortigate' && c.field === 'event.provider',
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
      (/^host\.network\./.test(c.field) || /^(?:source|destination)\.bytes$/.test(c.field)),
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
    covers: (c) => c.technology === 'Suricata/suricata' && c.field === 'host.ip' && isMissing(c),
  },
  {
    id: 'whose certificate',
    reason: "Suricata logs the server's certificate; the corpus has it as the client's",
    covers: (c) =>
      c.technology === 'Suricata/suricata' &&
      (/^tls\.client\./.test(c.field) || (isExtra(c) && /^tls\.server\./.test(c.field))),
  },
  {
    id: 'folder of the program',
    reason:
      "process.working_directory is the current directory; these products do not log it, the corpus has the executable's folder there",
    covers: (c) => ENDPOINT.test(c.technology) && isMissing(c) && c.field.endsWith('working_directory'),
  },
  {
    id: 'arguments without the program',
    reason: 'process.args begins with the program; the corpus has what follows it, sorted out of its order',
    covers: (c) =>
      ENDPOINT.test(c.technology) && isMissing(c) && /^process\.(?:parent\.)?args$/.test(c.field),
  },
  {
    id: 'domain before the account',
    reason: 'an account written with its domain is split into name and domain',
    covers: (c) =>
      ENDPOINT.test(c.technology) &&
      isOther(c) &&
      (/user\.name$|^user\.target\.name$/.test(c.field) || c.field === 'related.user') &&
      values(c.expected)
        .map((name) => name.replace(/^.*\\/, ''))
        .every((name) => values(c.found).includes(name)),
  },
  {
    id: 'digests in small letters',
    reason:
      'digests are hexadecimal numbers: in small letters, so that the same one is the same in every source',
    covers: (c) =>
      isOther(c) &&
      (/\.hash\.\w+$/.test(c.field) || c.field === 'related.hash') &&
      values(c.expected)
        .map((hash) => hash.toLowerCase())
        .every((hash) => values(c.found).includes(hash)),
  },
  {
    id: 'hives in their short names',
    reason: "ECS has registry hives in Windows' abbreviations (HKLM), and the path begins with that",
    covers: (c) =>
      isOther(c) &&
      ENDPOINT.test(c.technology) &&
      (c.field === 'registry.hive' ||
        (c.field === 'registry.path' &&
          c.expected!.replace(/^[A-Z_]+/, '') === c.found!.replace(/^[A-Z_]+/, ''))),
  },
  {
    id: 'evidence is of an alert',
    reason: 'event.kind of an alert and its evidence is alert; enrichment is for data from elsewhere',
    covers: (c) => c.technology.endsWith('microsoft-365-defender') && c.field === 'event.kind' && isOther(c),
  },
  {
    id: 'transport in one word',
    reason: '`TcpV4` says transport and network layer: network.transport is tcp, network.type ipv4',
    covers: (c) =>
      c.technology.endsWith('microsoft-365-defender') &&
      ((c.field === 'network.protocol' && isMissing(c)) || (c.field === 'network.type' && isExtra(c))),
  },
  {
    id: 'ports are not translated',
    reason:
      'LocalPort and RemotePort of a connection are its own ports; `nat` is for translated ones, and the sensor is no observer apart from the host',
    covers: (c) =>
      c.technology.endsWith('crowdstrike-telemetry') &&
      (/^(?:source|destination)\.(?:nat\.)?port$/.test(c.field) ||
        /^observer\.(?:ip|mac|egress)/.test(c.field)),
  },
  {
    id: 'digests of the program',
    reason:
      'digests of the program that started are process.hash; its identifier at the sensor is no process id',
    covers: (c) =>
      c.technology.endsWith('crowdstrike-telemetry') &&
      (/^(?:process|file|dll)\.hash\./.test(c.field) ||
        /^process\.parent\.(?:pid|entity_id)$/.test(c.field) ||
        (c.field.startsWith('url.') && isMissing(c))),
  },
  {
    id: 'groups are no roles',
    reason: "the groups of an agent are the administrator's, not roles of the account",
    covers: (c) => c.technology === 'HarfangLab/harfanglab' && c.field === 'user.roles',
  },
  {
    id: 'endpoint times',
    reason: 'start of the process, read from the log; the corpus leaves it out',
    covers: (c) => ENDPOINT.test(c.technology) && isExtra(c) && /^process\.(?:parent\.)?start$/.test(c.field),
  },
  {
    id: 'direction in words',
    reason: 'email.direction is inbound, outbound or internal',
    covers: (c) =>
      c.field === 'email.direction' &&
      (isExtra(c) || ['Incoming', 'Inbound', 'Outbound'].includes(c.expected ?? '')),
  },
  {
    id: 'fold of the file',
    reason: 'a path that stands in the name is file.path; file.name is its last part',
    covers: (c) =>
      ENDPOINT.test(c.technology) &&
      ((c.field === 'file.name' && isOther(c) && c.expected!.endsWith(c.found!)) ||
        (isExtra(c) && c.field === 'file.path') ||
        (c.field === 'file.directory' && isOther(c) && c.expected!.startsWith(c.found!))),
  },
  {
    id: 'identifiers of too many digits',
    reason: 'a JSON number beyond 2^53 is not exact, and no process has such an id',
    covers: (c) =>
      isOther(c) || isMissing(c)
        ? /^(?:process\.(?:parent\.)?pid|rule\.id)$/.test(c.field) && /^\d{16,}$/.test(c.expected ?? '')
        : false,
  },
  // Firewalls, proxies, gateways.
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
        c.have.get('observer.vendor') !== 'Juniper Networks'),
  },
  {
    id: 'outcome not stated',
    reason: 'what is not known is left out, not written as `unknown`',
    covers: (c) => isMissing(c) && c.expected === 'unknown',
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
      /^event\.(?:category|type)$|^threat\.indicator\.type$/.test(c.field),
  },
  {
    id: 'source as indicator',
    reason:
      'the corpus has the source of any traffic as the indicator, its address as the reference, and `ip` as the type, which ECS calls ipv4-addr',
    covers: (c) => c.technology === 'CatoNetworks/cato-sase' && c.field.startsWith('threat.indicator.'),
  },
  {
    id: 'direction in lower case',
    reason: 'network.direction holds keywords in lower case',
    covers: (c) => c.field === 'network.direction' && isOther(c) && c.expected!.toLowerCase() === c.found,
  },
  {
    id: 'version of IP',
    reason: 'network.type is computed from the version of IP, which the log states',
    covers: (c) =>
      c.technology === 'OpenBSD/openbsd-packet-filter' && c.field === 'network.type' && isExtra(c),
  },
  {
    id: 'cloud names',
    reason:
      "cloud.provider is one of ECS's words (aws, azure, gcp) in lower case, cloud.service.name the service's own name; the corpus spells both as each of its readers likes",
    covers: (c) =>
      (c.field === 'cloud.provider' &&
        isOther(c) &&
        (c.expected!.toLowerCase() === c.found || /^google/i.test(c.expected!))) ||
      (c.field === 'cloud.service.name' && c.technology === 'Microsoft/microsoft-entraid-graphapi'),
  },
  {
    id: 'cloud named',
    reason:
      'the log is from one cloud, whose provider belongs into every document; the corpus leaves it out here',
    covers: (c) => c.field === 'cloud.provider' && isExtra(c),
  },
  {
    id: 'TLS constant',
    reason: 'Azure writes TLS versions as constants (TLS1_3); tls.version is the number alone',
    covers: (c) => c.field === 'tls.version' && isOther(c) && /^TLS\d_\d$/.test(c.expected!),
  },
  {
    id: 'changes are configuration',
    reason:
      'a change of settings or an audit of them is category configuration or iam; the corpus has network and access, or process, throughout',
    covers: (c) =>
      /^(?:Azure\/azure-activity-logs|Cloudflare\/(?:audit_logs|access_requests)|Google Cloud\/Google Kubernetes Engine)$/.test(
        c.technology,
      ) &&
      isOther(c) &&
      /^event\.(?:category|type)$/.test(c.field),
  },
  {
    id: 'sessions of people',
    reason:
      'what happens in a privileged session is category session, files and logins have their own; not configuration',
    covers: (c) =>
      /^(?:BeyondTrust|CyberArk|Delinea)\//.test(c.technology) &&
      isOther(c) &&
      /^event\.(?:category|type)$/.test(c.field),
  },
  {
    id: 'path is no name',
    reason: 'file.name is the last part of a path; the path is file.path',
    covers: (c) =>
      /^(?:BeyondTrust|CyberArk)\//.test(c.technology) &&
      c.field === 'file.name' &&
      isOther(c) &&
      c.expected === c.have.get('file.path'),
  },
  {
    id: 'agent read',
    reason: 'user_agent.name is the name of the browser; the whole is user_agent.original',
    covers: (c) =>
      c.technology === 'LockSelf/lockself' &&
      c.field === 'user_agent.name' &&
      c.expected === c.have.get('user_agent.original'),
  },
  {
    id: 'domains in small letters',
    reason: 'names in DNS know no case: the parts of a domain are compared and written in lower case',
    covers: (c) =>
      /(?:registered_domain|subdomain|top_level_domain)$/.test(c.field) &&
      isOther(c) &&
      c.expected!.toLowerCase() === c.found,
  },
  {
    id: 'time of the flow',
    reason: 'the tuple has the time of the flow; the record around it that of its writing',
    covers: (c) =>
      c.technology === 'Azure/azure-network-watcher' &&
      isOther(c) &&
      /^(?:@timestamp|event\.start)$/.test(c.field),
  },
  {
    id: 'forms of one vault',
    reason: "observer.vendor is the vendor as the log's header spells it",
    covers: (c) =>
      c.technology === 'CyberArk/cyberark-audit-logs' && c.field === 'observer.vendor' && isOther(c),
  },
  ...SERVER_DIFFERENCES,
];

/** Whether the missing folder is only the executable's. */
function isFolderOf(c: Case): boolean {
  const executable = c.have.get(c.field.replace('working_directory', 'executable'));
  const folder = c.expected!.toLowerCase();
  return executable === undefined || executable.toLowerCase().startsWith(folder);
}

/** Whether the value is that of an expected field which ours lacks: then it is in another place, not more. */
function isMoved(c: Case): boolean {
  for (const [field, value] of c.want)
    if (value === c.found && !c.have.has(field) && value.length > 1) return true;
  return false;
}

/** Whether all of a field's values stand in the log, in whatever case and escaping. */
function isStated(c: Case): boolean {
  const text = plain(c.raw);
  return values(c.found).every((value) => text.includes(plain(value)));
}

function plain(text: string): string {
  return text.toLowerCase().replace(/[\\/"'\s:{}-]+/g, '');
}
