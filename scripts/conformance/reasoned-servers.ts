import { parseIp } from '../../sources/kit/ip.ts';
import type { ReasonedDifference } from './reasoned-case.ts';
import { isExtra, isMissing, isOther, isOurs, isStatedText, isTheirs, lines } from './reasoned-case.ts';

const DNS = /^(?:BIND\/|Unbound\/|Infoblox\/|EfficientIP\/|ISC DHCP\/)/;
const DHCP = /^(?:ISC DHCP|EfficientIP|Infoblox)\//;
const SERVERS =
  /^(?:BIND|Unbound|Infoblox|EfficientIP|ISC DHCP|Postfix|SpamAssassin|OpenLDAP|FreeRADIUS|HAProxy|F5 Networks|VMWare|Kubernetes|IBM|Imperva|Ivanti|RSA|Nozomi|OCSF|CEF)\//;

/** Differences of mail, name, directory and web servers, hypervisors and the open formats. */
export const SERVER_DIFFERENCES: readonly ReasonedDifference[] = [
  {
    id: 'tag not in the line',
    reason:
      'the name of the program stands in a header that the log does not have any more; what wrote a line that we recognise by its words is process.name',
    covers: (c) =>
      /^(?:Postfix|SpamAssassin)\//.test(c.technology) &&
      ((c.field === 'log.syslog.appname' && isMissing(c) && !c.raw.includes(`${c.expected!}[`)) ||
        // The part of Postfix that writes such a line.
        (c.field === 'process.name' && isExtra(c) && /^(?:postfix\/)?[a-z-]{2,20}$/.test(c.found!))),
  },
  {
    id: 'protocol of the server',
    reason: 'a mail, name, directory or login server speaks its protocol, whether its log repeats it or not',
    covers: (c) =>
      isExtra(c) && c.field === 'network.protocol' && /^(?:dns|dhcp|ldap|radius|smtp)$/.test(c.found ?? ''),
  },
  {
    id: 'addresses are no names',
    reason: 'an address is .ip and .address; .domain and related.hosts hold names',
    covers: (c) =>
      SERVERS.test(c.technology) &&
      ((c.field.endsWith('.domain') && parseIp(c.expected ?? '') !== undefined) ||
        (c.field === 'related.hosts' &&
          c.expected !== undefined &&
          lines(c.expected).every((name) => parseIp(name) !== undefined || lines(c.found).includes(name)))),
  },
  {
    id: 'message identifier',
    reason: 'email.message_id is the identifier without the brackets around it; `(unknown)` is none',
    covers: (c) =>
      c.field === 'email.message_id' && (c.expected === `<${c.found}>` || c.expected === '(unknown)'),
  },
  {
    id: 'mail that did not arrive',
    reason:
      'a mail that bounced or was deferred has failed, and a reply of a server is no outcome of its own',
    covers: (c) =>
      c.technology.startsWith('Postfix/') &&
      c.field === 'event.outcome' &&
      (isMissing(c) ||
        (c.found === 'failure' &&
          /status=(?:bounced|deferred|expired)|reject|fail|refused|timed out|lost|not found|error|warning/i.test(
            c.raw,
          ))),
  },
  {
    id: 'case of domain parts',
    reason: 'the parts of a name are computed in lower case, as names of hosts are compared',
    covers: (c) =>
      /(?:registered_domain|top_level_domain|subdomain)$/.test(c.field) &&
      isOther(c) &&
      c.expected!.toLowerCase() === c.found!.toLowerCase(),
  },
  {
    id: 'what is asked',
    reason:
      "in `name/type/class` the type comes before the class; dns.* describes a question or an answer, not a server's zones or DHCP",
    covers: (c) =>
      DNS.test(c.technology) &&
      (/^dns\.question\.(?:type|class)$/.test(c.field) ||
        (c.field === 'dns.type' && isMissing(c) && !c.have.has('dns.question.name'))),
  },
  {
    id: "BIND's lines",
    reason:
      'an appliance whose plain lines are those of BIND or dhcpd cannot be told by them: vendor and transport stay open',
    covers: (c) =>
      /^(?:EfficientIP|Infoblox)\//.test(c.technology) &&
      (c.field === 'observer.vendor'
        ? c.expected?.toLowerCase() === c.found?.toLowerCase() || c.found === undefined || c.found === 'ISC'
        : c.field === 'network.transport' && (c.found === undefined || isExtra(c))),
  },
  {
    id: 'leases',
    reason: 'DHCP is a protocol, event.type `protocol`; only an acknowledgement or a refusal has an outcome',
    covers: (c) =>
      DHCP.test(c.technology) &&
      (c.field === 'event.type'
        ? isOther(c) && lines(c.found).includes('protocol')
        : c.field === 'event.outcome' &&
          (c.found === undefined ? !/DHCPACK|DHCPNAK/.test(c.raw) : /DHCPACK|DHCPNAK/.test(c.raw))),
  },
  {
    id: 'spelling of the maker',
    reason: 'vendor and product as their maker writes them',
    covers: (c) =>
      /^observer\.(?:vendor|product)$/.test(c.field) &&
      isOther(c) &&
      (c.expected!.toLowerCase() === c.found!.toLowerCase() ||
        // With the maker's name in front, or shortened.
        c.expected!.toLowerCase().includes(c.found!.toLowerCase()) ||
        c.found!.toLowerCase().includes(c.expected!.toLowerCase()) ||
        (/^Nozomi\//.test(c.technology) && c.found === 'N2OS')),
  },
  {
    id: 'path with its name',
    reason: 'file.path is the whole path with the name; the folder alone is file.directory',
    covers: (c) =>
      c.technology === 'VMWare/vmware-esxi' &&
      c.field === 'file.path' &&
      c.found?.startsWith(`${c.expected!}/`) === true,
  },
  {
    id: 'any event of vCenter',
    reason:
      'the corpus calls what it does not know a connection, and has the datacenter as the host and the address of the client as that of the host',
    covers: (c) =>
      c.technology === 'VMWare/vmware-vcenter' &&
      (/^event\.(?:category|type)$/.test(c.field)
        ? isOther(c) && /^(?:network|connection|info)$/.test(c.expected!)
        : /^host\.(?:name|ip)$/.test(c.field)
          ? c.expected === undefined ||
            isOurs(c, /^(?:source|observer|log\.syslog)\./) ||
            isStatedText(c, c.expected)
          : /^source\.(?:ip|address)$/.test(c.field) &&
            (isTheirs(c, /^host\.ip$/) || (c.found === undefined ? false : c.raw.includes(c.found)))),
  },
  {
    id: 'lines of other programs',
    reason: 'sshd and sudo write the same on every system: their sources read them',
    covers: (c) =>
      c.technology.startsWith('VMWare/') &&
      (c.have.get('observer.product') === 'openssh' || c.have.has('user.effective.name')) &&
      ((/^observer\.(?:vendor|product|type)$/.test(c.field) &&
        (c.found === undefined || c.have.get('observer.product') === 'openssh')) ||
        (/^event\.(?:category|type|action|outcome)$/.test(c.field) && c.found !== undefined) ||
        (/^(?:event|process)\./.test(c.field) && (c.found === undefined || c.raw.includes(c.found)))),
  },
  {
    id: "services' messages",
    reason: 'event.reason is the message of the service; what kind of event it is, its words decide',
    covers: (c) =>
      c.technology === 'VMWare/vmware-esxi' &&
      isOther(c) &&
      (c.field === 'event.reason'
        ? c.raw.includes(c.found!) &&
          (c.expected!.includes(c.found!) || c.found!.includes(c.expected!) || c.raw.includes(c.expected!))
        : /^event\.(?:category|type)$/.test(c.field) && /^(?:process|info)$/.test(c.expected!)),
  },
  {
    id: 'appliance is no host',
    reason:
      'the appliance that wrote the log is the observer, neither the host nor the domain of a URL nor the source of the traffic',
    covers: (c) =>
      /^(?:F5 Networks|Nozomi|CEF)\//.test(c.technology) &&
      ((isMissing(c) &&
        (/^host\.(?:name|hostname)$/.test(c.field) ||
          /^(?:url|source)\.(?:domain|address|registered_domain|top_level_domain|subdomain)$/.test(
            c.field,
          ))) ||
        (isExtra(c) && /^observer\.(?:name|hostname)$|^log\.syslog\.hostname$/.test(c.field))),
  },
  {
    id: 'path without the query',
    reason: 'url.path holds no query and no host',
    covers: (c) =>
      /^url\.(?:path|full)$/.test(c.field) &&
      isOther(c) &&
      (c.expected!.startsWith(`${c.found!}?`) ||
        c.expected!.endsWith(c.found!) ||
        c.found!.endsWith(c.expected!)),
  },
  {
    id: 'audit identifier',
    reason: 'the identifier of one request is event.id; event.code names a kind of event',
    covers: (c) =>
      c.technology.startsWith('Kubernetes/') &&
      c.field === 'event.code' &&
      isMissing(c) &&
      c.raw.includes(`"${c.expected!}"`),
  },
  {
    id: 'columns of auditpr',
    reason:
      'the columns are command, login account and real account, whatever the command is called; files and connections have categories of their own',
    covers: (c) =>
      c.technology === 'IBM/ibm-aix' &&
      (c.field === 'host.os.type'
        ? c.found === 'unix'
        : c.field === 'event.category'
          ? isOther(c) &&
            lines(c.found).some((value) =>
              /^(?:file|network|authentication|iam|process|configuration|session)$/.test(value),
            )
          : /^(?:user\.name|related\.user|process\.(?:name|user\.name|real_user\.name))$/.test(c.field) &&
            (c.found === undefined || lines(c.found).every((value) => c.raw.includes(value)))),
  },
  {
    id: 'blanks around a value',
    reason: 'the blank behind a separator does not belong to the value',
    covers: (c) => isOther(c) && c.expected!.trim() === c.found!.trim(),
  },
  {
    id: 'target is another account',
    reason: 'user.target is whom somebody acts upon, not once more who acted',
    covers: (c) =>
      c.technology.startsWith('RSA/') &&
      c.field === 'user.target.name' &&
      c.expected === c.have.get('user.name'),
  },
  {
    id: 'gateway does not forward',
    reason: 'network.forwarded_ip is an address behind a proxy; that of the gateway is observer.ip',
    covers: (c) =>
      c.technology.startsWith('Ivanti/') &&
      c.field === 'network.forwarded_ip' &&
      c.expected === c.have.get('observer.ip'),
  },
  {
    id: 'NAS port',
    reason: "a RADIUS client's NAS port is a line of a device, not a port of TCP or UDP",
    covers: (c) =>
      c.technology.startsWith('FreeRADIUS/') &&
      (/^(?:source\.port|host\.name|network\.name)$/.test(c.field)
        ? isMissing(c) && c.raw.includes(c.expected!)
        : c.field === 'network.protocol' && (c.found === 'radius' || c.found === undefined)),
  },
  {
    id: 'words for the severity',
    reason: 'log.level is the word for the severity that the log states',
    covers: (c) =>
      SERVERS.test(c.technology) && isExtra(c) && c.field === 'log.level' && c.have.has('event.severity'),
  },
  {
    id: 'directory searches',
    reason: 'a search reads the directory: category database; the domain is what the dc parts spell',
    covers: (c) =>
      c.technology.startsWith('OpenLDAP/') &&
      ((c.field === 'event.category' &&
        isOther(c) &&
        lines(c.found).includes('database') &&
        /SRCH|SEARCH/.test(c.raw)) ||
        (c.field === 'user.domain' && c.expected?.endsWith(`.${c.found}`) === true)),
  },
  {
    id: 'domain of a message',
    reason:
      'the right part of a message identifier is no machine that took part, nor is a name that was looked up',
    covers: (c) =>
      c.technology.startsWith('SpamAssassin/') &&
      ((/^(?:source|destination)\.(?:address|domain|registered_domain|top_level_domain|subdomain)$/.test(
        c.field,
      ) &&
        isMissing(c)) ||
        (c.field === 'related.hosts' && lines(c.found).every((name) => c.raw.includes(name)))),
  },
  {
    id: 'established',
    reason: 'a cipher was agreed on, so the connection was established',
    covers: (c) => isExtra(c) && c.field === 'tls.established',
  },
  {
    id: 'last change of content',
    reason: 'modification-date is when the content was changed: file.mtime, not file.ctime',
    covers: (c) =>
      c.technology.startsWith('Postfix/') &&
      ((c.field === 'file.ctime' && c.expected === c.have.get('file.mtime')) ||
        (c.field === 'file.mtime' && c.found === c.want.get('file.ctime'))),
  },
];
