import type { ConnectionOptions } from 'node:tls';
import type { AssetPatch } from '@vigie/contracts/api';
import { AndFilter, Client, type Entry, EqualityFilter, FilterParser, OrFilter } from 'ldapts';
import { type AssetKind, hostName, type Identifier, keyOf, macOf, rankOf } from '../identifiers.ts';
import { guidText, sidText } from './binary.ts';

/** Where a directory is and what of it is wanted. */
export interface DirectoryOptions {
  /** `ldaps://dc01.dom.example` or `ldap://…`; the latter is always made safe with StartTLS before anything is said. */
  readonly url: string;
  /** Distinguished name, or in Active Directory `reader@dom.example`. */
  readonly bindDn: string;
  readonly password: string;
  readonly base: string;
  /** PEM of the authorities that sign the server's certificate; absent: the usual ones. */
  readonly ca?: string;
  /** Name in the server's certificate, where it is reached by another one. */
  readonly serverName?: string;
  /** NetBIOS name of the domain; absent: the first `DC` of the base. */
  readonly domain?: string;
  /** RFC 4515; only entries that fit this, too. */
  readonly filter?: string;
  /** Distinguished names of groups whose members are administrators. */
  readonly adminGroups?: readonly string[];
  readonly pageSize?: number;
  /** Most entries read (default 100,000). */
  readonly most?: number;
}

/** A machine or a person as a directory describes it. */
export interface DirectoryRecord {
  readonly kind: AssetKind;
  readonly name: string;
  readonly identifiers: readonly Identifier[];
  readonly patch: AssetPatch;
  readonly os?: string;
}

const ATTRIBUTES = [
  'objectClass',
  'objectGUID',
  'objectSid',
  'entryUUID',
  'sAMAccountName',
  'userPrincipalName',
  'uid',
  'mail',
  'cn',
  'displayName',
  'dNSHostName',
  'macAddress',
  'operatingSystem',
  'operatingSystemVersion',
  'description',
  'department',
  'physicalDeliveryOfficeName',
  'location',
  'telephoneNumber',
  'managedBy',
  'memberOf',
  'servicePrincipalName',
];
/** Computers are users, too, in Active Directory. */
const CLASSES = ['computer', 'device', 'ipHost', 'user', 'inetOrgPerson'];
const CONNECT_TIMEOUT = 15_000;
const ANSWER_TIMEOUT = 60_000;

/**
 * Reads machines and people from a directory, page by page. The server's certificate is always checked; the
 * password is sent only over TLS, and never as an anonymous bind (RFC 4513, section 5.1.2).
 *
 * @throws Error of `ldapts` or of the connection; its message names no secret
 */
export async function* readDirectory(options: DirectoryOptions): AsyncGenerator<readonly DirectoryRecord[]> {
  const { url, bindDn, password, base, ca, serverName } = options;
  if (!/^ldaps?:\/\//.test(url))
    throw new RangeError('the address of a directory begins with ldaps:// or ldap://');
  if (bindDn === '' || password === '')
    throw new RangeError('a directory needs a name and a password to sign in');
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  const tls: ConnectionOptions = {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    servername: serverName ?? host,
    ...(ca === undefined ? {} : { ca }),
  };
  const client = new Client({
    url,
    timeout: ANSWER_TIMEOUT,
    connectTimeout: CONNECT_TIMEOUT,
    strictDN: false,
    ...(url.startsWith('ldaps:') ? { tlsOptions: tls } : {}),
  });
  try {
    if (!url.startsWith('ldaps:')) await client.startTLS({ ...tls, host });
    await client.bind(bindDn, password);
    let left = options.most ?? 100_000;
    for await (const { searchEntries } of client.searchPaginated(base, {
      scope: 'sub',
      derefAliases: 'never',
      filter: filterOf(options.filter),
      attributes: ATTRIBUTES,
      explicitBufferAttributes: ['objectGUID', 'objectSid'],
      paged: { pageSize: options.pageSize ?? 500 },
    })) {
      yield searchEntries.slice(0, left).flatMap((entry) => recordOf(entry, options) ?? []);
      left -= searchEntries.length;
      if (left <= 0) return;
    }
  } finally {
    await client.unbind().catch(() => undefined);
  }
}

/** What is wanted, as a tree: values go into it as bytes, so none of them can end it early. */
function filterOf(extra: string | undefined) {
  const kinds = new OrFilter({
    filters: CLASSES.map((value) => new EqualityFilter({ attribute: 'objectClass', value })),
  });
  return extra === undefined ? kinds : new AndFilter({ filters: [kinds, FilterParser.parseString(extra)] });
}

/** An entry as an asset; undefined where it names nobody. */
export function recordOf(
  entry: Entry,
  { base, domain, adminGroups = [] }: Pick<DirectoryOptions, 'base' | 'domain' | 'adminGroups'>,
): DirectoryRecord | undefined {
  const classes = all(entry, 'objectClass').map((each) => each.toLowerCase());
  const kind: AssetKind = classes.some((each) => ['computer', 'device', 'iphost'].includes(each))
    ? 'host'
    : 'user';
  const identifiers = new Map<string, Identifier>();
  const add = (one: Identifier) => identifiers.set(keyOf(one), one);
  const guid = guidText(entry['objectGUID']) ?? first(entry, 'entryUUID').toLowerCase();
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(guid)) add({ type: 'guid', value: `ad:${guid}` });
  const sid = sidText(entry['objectSid']);
  if (sid !== undefined) add({ type: 'sid', value: sid.toLowerCase() });
  const account = first(entry, 'sAMAccountName') || first(entry, 'uid');
  const area = (domain ?? /(?:^|,)\s*dc=([^,]+)/i.exec(base)?.[1] ?? '').toLowerCase();
  if (kind === 'host') {
    const name = first(entry, 'dNSHostName') || account.replace(/\$$/, '') || first(entry, 'cn');
    for (const one of hostName(name)) add(one);
    for (const mac of all(entry, 'macAddress')) {
      const value = macOf(mac);
      if (value !== undefined) add({ type: 'mac', value });
    }
  } else {
    for (const address of [first(entry, 'userPrincipalName'), ...all(entry, 'mail')])
      if (/^[^\s@]{1,64}@[^\s@]{1,190}$/.test(address))
        add({ type: 'address', value: address.toLowerCase() });
    if (account !== '' && area !== '' && !account.endsWith('$'))
      add({ type: 'account', value: `${area}\\${account.toLowerCase()}` });
  }
  if (identifiers.size === 0) return undefined;
  const isAdmin = all(entry, 'memberOf').some((group) =>
    adminGroups.some((wanted) => sameName(wanted, group)),
  );
  const os = [first(entry, 'operatingSystem'), first(entry, 'operatingSystemVersion')]
    .filter((each) => each !== '')
    .join(' ');
  const owner =
    first(entry, 'managedBy')
      .match(/^cn=((?:\\.|[^,])+)/i)?.[1]
      ?.replace(/\\(.)/g, '$1') ?? '';
  const patch: AssetPatch = {
    ...(kind === 'host'
      ? { type: /server/i.test(os) ? 'server' : os === '' ? '' : 'workstation', owner: line(owner, 200) }
      : {
          type: isAdmin ? 'admin' : all(entry, 'servicePrincipalName').length > 0 ? 'service' : 'person',
          owner: line(first(entry, 'department'), 200),
          phone: line(first(entry, 'telephoneNumber'), 60),
        }),
    site: line(first(entry, 'physicalDeliveryOfficeName') || first(entry, 'location'), 200),
  };
  return {
    kind,
    name: line(first(entry, 'displayName') || first(entry, 'cn') || account, 255),
    identifiers: [...identifiers.values()].sort((a, b) => rankOf(kind, a.type) - rankOf(kind, b.type)),
    patch,
    ...(os === '' ? {} : { os: line(os, 200) }),
  };
}

function all(entry: Entry, name: string): string[] {
  // Attribute names come as the server spells them.
  const key = Object.keys(entry).find((each) => each.toLowerCase() === name.toLowerCase());
  const value = key === undefined ? undefined : entry[key];
  if (value === undefined) return [];
  return [value].flat().map((each) => (typeof each === 'string' ? each : each.toString('utf8')));
}

function first(entry: Entry, name: string): string {
  return all(entry, name)[0]?.trim() ?? '';
}

function line(text: string, most: number): string {
  return text
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, most);
}

/** Distinguished names are compared without case, and without the spaces that may stand between their parts. */
function sameName(a: string, b: string): boolean {
  const plain = (name: string) =>
    name
      .toLowerCase()
      .replace(/\s*([,=+])\s*/g, '$1')
      .trim();
  return plain(a) === plain(b);
}
