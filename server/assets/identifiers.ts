import type { EcsFields } from '@vigie/contracts';

/** Machines and people are two worlds: an identifier of one never names the other. */
export type AssetKind = 'host' | 'user';

/**
 * Kinds of identifiers, strongest first; docs/assets.md says what each is.
 *
 * Of hosts: `guid` (AD objectGUID), `sid`, `host-id` (an agent's or the machine's own), `fqdn`, `mac`, `name`.
 * Of users: `guid`, `sid`, `address` (UPN or mail address), `account` (`domain\name`), `local` (`host\name`), `name`.
 */
export const IDENTIFIER_TYPES = {
  host: ['guid', 'sid', 'host-id', 'fqdn', 'mac', 'name'],
  user: ['guid', 'sid', 'address', 'account', 'local', 'name'],
} as const;

export type IdentifierType = (typeof IDENTIFIER_TYPES)[AssetKind][number];

/** One identifier; the value is in lower case. */
export interface Identifier {
  readonly type: IdentifierType;
  readonly value: string;
}

/** Text that stands for an identifier within its tenant and kind. */
export function keyOf({ type, value }: Identifier): string {
  return `${type}:${value}`;
}

/** Reads what {@link keyOf} wrote. */
export function identifierOf(key: string): Identifier {
  const at = key.indexOf(':');
  return { type: key.slice(0, at) as IdentifierType, value: key.slice(at + 1) };
}

/** Place of a type in the order of strength, 0 the strongest. */
export function rankOf(kind: AssetKind, type: IdentifierType): number {
  return (IDENTIFIER_TYPES[kind] as readonly IdentifierType[]).indexOf(type);
}

/** Longest value kept; hosts and people have shorter names, floods of made ones don't. */
const MAX_VALUE = 255;

/** Names that every machine or none has: they identify nobody. */
const NO_HOSTS = new Set([
  '',
  '-',
  'localhost',
  'localhost.localdomain',
  'unknown',
  'n/a',
  'none',
  'null',
  '(none)',
]);
const NO_USERS = new Set([
  '',
  '-',
  'n/a',
  'none',
  'null',
  'unknown',
  'unknown user',
  'not available',
  'anonymous',
  'anonymous logon',
  'system',
  'local service',
  'network service',
  'localservice',
  'networkservice',
]);
/** Authorities that every Windows has; their accounts are the system itself. */
const NO_DOMAINS = new Set(['nt authority', 'nt service', 'window manager', 'font driver host', 'builtin']);

const GUID = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/;
const SID = /^s-1-5-21-\d+-\d+-\d+-\d+$/;
const ADDRESS = /^[^\s@\\/]{1,64}@[^\s@\\/]{1,190}$/;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;
const FQDN = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)+$/;

function text(fields: EcsFields, name: string): string {
  const value = fields[name];
  const one = Array.isArray(value) ? value[0] : value;
  return one === undefined ? '' : String(one).trim().toLowerCase().slice(0, MAX_VALUE);
}

function texts(fields: EcsFields, name: string): string[] {
  const value = fields[name];
  if (value === undefined) return [];
  return (Array.isArray(value) ? value : [value]).slice(0, 16).map((one) => String(one).trim().toLowerCase());
}

/** A MAC address as `aa-bb-cc-dd-ee-ff`; undefined for none, and for those that are no machine's own. */
export function macOf(given: string): string | undefined {
  const digits = given.toLowerCase().replace(/[^0-9a-f]/g, '');
  if (digits.length !== 12 || /^(?:0{12}|f{12})$/.test(digits)) return undefined;
  // The least bit of the first octet marks a group address.
  if ((Number.parseInt(digits.slice(0, 2), 16) & 1) === 1) return undefined;
  return digits.replace(/(..)(?!$)/g, '$1-');
}

/** A host's name as identifiers: a full name stands for its first label, too. */
export function hostName(given: string): Identifier[] {
  const name = given.trim().toLowerCase().replace(/\.$/, '').slice(0, MAX_VALUE);
  if (NO_HOSTS.has(name)) return [];
  if (name.includes('.') && !IPV4.test(name) && FQDN.test(name)) {
    const [label = ''] = name.split('.', 1);
    return [
      { type: 'fqdn', value: name },
      ...(NO_HOSTS.has(label) ? [] : [{ type: 'name', value: label } as const]),
    ];
  }
  return [{ type: 'name', value: name }];
}

/** Short name of a machine, by which its local accounts are told apart. */
export function shortName(name: string): string {
  const lower = name.trim().toLowerCase();
  return IPV4.test(lower) || lower.includes(':') ? lower : (lower.split('.', 1)[0] ?? lower);
}

/** The identifiers of the machine that an event is about, strongest first; empty where it names none. */
export function hostIdentifiers(fields: EcsFields): Identifier[] {
  const found: Identifier[] = [];
  const id = text(fields, 'host.id');
  // Each product numbers machines in its own way, so an id counts within the product that gave it.
  if (id.length >= 3 && !NO_HOSTS.has(id))
    found.push({ type: 'host-id', value: `${text(fields, 'event.module')}:${id}` });
  const names = hostName(text(fields, 'host.name') || text(fields, 'host.hostname'));
  const [first] = names;
  if (first?.type === 'fqdn') found.push(first);
  for (const mac of texts(fields, 'host.mac')) {
    const value = macOf(mac);
    if (value !== undefined) found.push({ type: 'mac', value });
  }
  const short = names.find(({ type }) => type === 'name');
  if (short !== undefined) found.push(short);
  return found;
}

/** Parts of a user's name as logs and people write it: `DOM\ana`, `ana@dom.example`, `dom/ana`, `ana`. */
export function userName(given: string, domain = ''): Identifier[] {
  const name = given.trim().toLowerCase().slice(0, MAX_VALUE);
  const parts = /^([^\\/@]+)[\\/]([^\\/]+)$/.exec(name);
  if (parts !== null) return userName(parts[2]!, parts[1]);
  if (NO_USERS.has(name) || name.endsWith('$') || /^(?:dwm|umfd)-\d+$/.test(name)) return [];
  if (ADDRESS.test(name)) return addressIdentifiers(name);
  const area = domain.trim().toLowerCase();
  if (NO_DOMAINS.has(area)) return [];
  if (area === '' || area === '-' || area === 'workgroup' || area === '.')
    return [{ type: 'name', value: name }];
  return [{ type: 'account', value: `${shortName(area)}\\${name}` }];
}

/** An address stands for the account that its parts spell, as well: `ana@dom.example` for `dom\ana`. */
function addressIdentifiers(address: string): Identifier[] {
  const at = address.indexOf('@');
  return [
    { type: 'address', value: address },
    { type: 'account', value: `${shortName(address.slice(at + 1))}\\${address.slice(0, at)}` },
  ];
}

/** The identifiers of the person or account that acts in an event, strongest first; empty where it names none. */
export function userIdentifiers(fields: EcsFields): Identifier[] {
  const found: Identifier[] = [];
  const id = text(fields, 'user.id');
  const guid = GUID.exec(id)?.[1];
  if (guid !== undefined) found.push({ type: 'guid', value: `${text(fields, 'event.module')}:${guid}` });
  else if (SID.test(id)) found.push({ type: 'sid', value: id });
  const mail = text(fields, 'user.email');
  const named = userName(text(fields, 'user.name'), text(fields, 'user.domain'));
  for (const one of named) {
    if (one.type !== 'name') found.push(one);
    // Without a domain an account belongs to the machine that speaks of it, unless its number says whose it is.
    else if (found.length === 0 && mail === '') {
      const host = text(fields, 'host.name');
      found.push(
        host === '' || NO_HOSTS.has(host)
          ? one
          : { type: 'local', value: `${shortName(host)}\\${one.value}` },
      );
    }
  }
  if (ADDRESS.test(mail)) found.push(...addressIdentifiers(mail));
  const seen = new Set<string>();
  return found
    .filter((one) => !seen.has(keyOf(one)) && seen.add(keyOf(one)))
    .sort((a, b) => rankOf('user', a.type) - rankOf('user', b.type));
}

/** The name without its domain or host, by which alerts speak of users; null for numbers. */
export function bareName({ type, value }: Identifier): string | null {
  if (type === 'address') return value.slice(0, value.indexOf('@'));
  if (type === 'account' || type === 'local') return value.slice(value.indexOf('\\') + 1);
  return type === 'name' ? value : null;
}

/** How a person writes an identifier down, in an import or by hand. @throws RangeError for what is none */
export function writtenIdentifier(kind: AssetKind, type: IdentifierType, given: string): Identifier[] {
  const value = given.trim().toLowerCase();
  if (value === '' || value.length > MAX_VALUE) throw new RangeError(`"${given.slice(0, 60)}" is no ${type}`);
  const refuse = () => new RangeError(`"${given.slice(0, 60)}" is no ${type}`);
  if (type === 'mac') {
    const mac = macOf(value);
    if (mac === undefined) throw refuse();
    return [{ type, value: mac }];
  }
  if (type === 'sid') {
    if (!SID.test(value)) throw refuse();
    return [{ type, value }];
  }
  if (type === 'guid') {
    const guid = GUID.exec(value)?.[1];
    if (guid === undefined) throw refuse();
    return [{ type, value: `ad:${guid}` }];
  }
  if (type === 'host-id') return [{ type, value: value.includes(':') ? value : `:${value}` }];
  const named = kind === 'host' ? hostName(value) : userName(value);
  if (named.length === 0 || (type === 'address' && named[0]?.type !== 'address')) throw refuse();
  return named;
}
