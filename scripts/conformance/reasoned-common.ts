import { parseMac } from '../../sources/kit/mac.ts';
import type { ReasonedDifference } from './reasoned-case.ts';
import {
  CATEGORISATION,
  isExtra,
  isMissing,
  isMoved,
  isNothing,
  isOther,
  isStated,
  values,
  within,
} from './reasoned-case.ts';

/** Differences of any technology: notation, categorisation, what follows from other values. */
export const COMMON_DIFFERENCES: readonly ReasonedDifference[] = [
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
    id: 'host name',
    reason: 'ECS recommends the fully qualified name for host.name; the short one is host.hostname',
    covers: (c) =>
      c.field === 'host.name' &&
      isOther(c) &&
      c.found!.toLowerCase().startsWith(`${c.expected!.toLowerCase()}.`),
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
    id: 'direction in words',
    reason: 'email.direction is inbound, outbound or internal',
    covers: (c) =>
      c.field === 'email.direction' &&
      (isExtra(c) || ['Incoming', 'Inbound', 'Outbound'].includes(c.expected ?? '')),
  },
  {
    id: 'identifiers of too many digits',
    reason: 'a JSON number beyond 2^53 is not exact, and no process has such an id',
    covers: (c) =>
      isOther(c) || isMissing(c)
        ? /^(?:process\.(?:parent\.)?pid|rule\.id)$/.test(c.field) && /^\d{16,}$/.test(c.expected ?? '')
        : false,
  },
  {
    id: 'outcome not stated',
    reason: 'what is not known is left out, not written as `unknown`',
    covers: (c) => isMissing(c) && c.expected === 'unknown',
  },
  {
    id: 'direction in lower case',
    reason: 'network.direction holds keywords in lower case',
    covers: (c) => c.field === 'network.direction' && isOther(c) && c.expected!.toLowerCase() === c.found,
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
    id: 'domains in small letters',
    reason: 'names in DNS know no case: the parts of a domain are compared and written in lower case',
    covers: (c) =>
      /(?:registered_domain|subdomain|top_level_domain)$/.test(c.field) &&
      isOther(c) &&
      c.expected!.toLowerCase() === c.found,
  },
];
