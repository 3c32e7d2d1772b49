import { parseIp } from '../../sources/kit/ip.ts';
import type { Case, ReasonedDifference } from './differences.ts';

const isMissing = (c: Case): boolean => c.found === undefined;
const isExtra = (c: Case): boolean => c.expected === undefined;
const isOther = (c: Case): boolean => c.expected !== undefined && c.found !== undefined;
const lines = (text: string | undefined): string[] => (text === undefined ? [] : text.split('\n'));

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
      ((c.field === 'log.syslog.appname' && isMissing(c)) || (c.field === 'process.name' && isExtra(c))),
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
    covers: (c) => c.technology.startsWith('Postfix/') && c.field === 'event.outcome',
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
      /^observer\.vendor$|^network\.transport$/.test(c.field),
  },
  {
    id: 'leases',
    reason: 'DHCP is a protocol, event.type `protocol`; only an acknowledgement or a refusal has an outcome',
    covers: (c) => DHCP.test(c.technology) && /^event\.(?:type|outcome)$/.test(c.field),
  },
  {
    id: 'spelling of the maker',
    reason: 'vendor and product as their maker writes them',
    covers: (c) =>
      /^observer\.(?:vendor|product)$/.test(c.field) &&
      isOther(c) &&
      (c.expected!.toLowerCase() === c.found!.toLowerCase() || /^Nozomi\//.test(c.technology)),
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
      ((/^event\.(?:category|type)$/.test(c.field) &&
        /^(?:network|connection|info)$/.test(c.expected ?? '')) ||
        /^host\.(?:name|ip)$/.test(c.field) ||
        /^source\.(?:ip|address)$/.test(c.field)),
  },
  {
    id: 'lines of other programs',
    reason: 'sshd and sudo write the same on every system: their sources read them',
    covers: (c) =>
      c.technology.startsWith('VMWare/') &&
      (c.have.get('observer.product') === 'openssh' || c.have.has('user.effective.name')) &&
      /^(?:observer|event|process)\./.test(c.field),
  },
  {
    id: "services' messages",
    reason: 'event.reason is the message of the service; what kind of event it is, its words decide',
    covers: (c) =>
      c.technology === 'VMWare/vmware-esxi' &&
      isOther(c) &&
      (c.field === 'event.reason' ||
        (/^event\.(?:category|type)$/.test(c.field) && /^(?:process|info)$/.test(c.expected!))),
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
    covers: (c) => c.technology.startsWith('Kubernetes/') && c.field === 'event.code',
  },
  {
    id: 'columns of auditpr',
    reason:
      'the columns are command, login account and real account, whatever the command is called; files and connections have categories of their own',
    covers: (c) =>
      c.technology === 'IBM/ibm-aix' &&
      /^(?:user\.name|related\.user|process\.(?:name|user\.name|real_user\.name)|host\.os\.type|event\.category)$/.test(
        c.field,
      ),
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
      /^(?:source\.port|host\.name|network\.(?:name|protocol))$/.test(c.field),
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
      ((c.field === 'event.category' && isOther(c)) ||
        (c.field === 'user.domain' && c.expected?.endsWith(`.${c.found}`) === true)),
  },
  {
    id: 'domain of a message',
    reason:
      'the right part of a message identifier is no machine that took part, nor is a name that was looked up',
    covers: (c) =>
      c.technology.startsWith('SpamAssassin/') &&
      (/^(?:source|destination)\.(?:address|domain|registered_domain|top_level_domain|subdomain)$/.test(
        c.field,
      ) ||
        c.field === 'related.hosts'),
  },
  {
    id: 'established',
    reason: 'a cipher was agreed on, so the connection was established',
    covers: (c) => isExtra(c) && c.field === 'tls.established',
  },
  {
    id: 'last change of content',
    reason: 'modification-date is when the content was changed: file.mtime, not file.ctime',
    covers: (c) => c.technology.startsWith('Postfix/') && /^file\.[cm]time$/.test(c.field),
  },
];
