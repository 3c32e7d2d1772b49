import type { EcsFields } from '@vigie/contracts';
import { parseIso } from '../../kit/dates.ts';
import { baseName } from '../../kit/file.ts';
import { parseIp } from '../../kit/ip.ts';
import { transportKeyword } from '../../kit/network.ts';
import { put, toLong } from '../../kit/types.ts';
import { parseAccount } from '../../kit/user.ts';
import type { WindowsEvent } from './windows-event.ts';

/** Texts Windows writes where it has no value. */
const ABSENT = new Set(['-', '', 'S-1-0-0', '(null)', 'N/A', '::', '{00000000-0000-0000-0000-000000000000}']);

/** One value of the event's data; undefined where Windows has none. */
export function dataOf(event: WindowsEvent, name: string): string | undefined {
  const value = event.data[name];
  return value === undefined || ABSENT.has(value) ? undefined : value;
}

/**
 * Writes an account given by three data values: `<side>UserSid`, `<side>UserName`, `<side>DomainName`.
 *
 * @param prefix ECS prefix: `user`, `user.target`, `user.effective`
 * @returns whether the event names the account
 */
export function putUser(event: WindowsEvent, doc: EcsFields, prefix: string, side: string): boolean {
  const id = dataOf(event, `${side}UserSid`) ?? dataOf(event, `${side}Sid`);
  const name = dataOf(event, `${side}UserName`);
  const domain = dataOf(event, `${side}DomainName`) ?? dataOf(event, `${side}UserDomain`);
  if (id === undefined && name === undefined) return false;
  // What a shipper's pipeline wrote about this account is replaced as a whole, never mixed.
  for (const part of ['id', 'name', 'domain', 'email']) delete doc[`${prefix}.${part}`];
  put(doc, `${prefix}.id`, id);
  put(doc, `${prefix}.name`, name);
  put(doc, `${prefix}.domain`, domain);
  return true;
}

/** Identifiers of the accounts that every Windows has and names the same in every language's event data. */
const WELL_KNOWN_IDS: ReadonlyMap<string, string> = new Map([
  ['SYSTEM', 'S-1-5-18'],
  ['LOCAL SERVICE', 'S-1-5-19'],
  ['NETWORK SERVICE', 'S-1-5-20'],
]);

/** Writes an account given as `DOMAIN\name`; those of `NT AUTHORITY` have their known identifier. */
export function putAccountText(doc: EcsFields, prefix: string, account: string | undefined): void {
  if (account === undefined) return;
  const { name, domain, email } = parseAccount(account);
  const id = domain?.toUpperCase() === 'NT AUTHORITY' ? WELL_KNOWN_IDS.get(name.toUpperCase()) : undefined;
  if (id === undefined) delete doc[`${prefix}.id`];
  else doc[`${prefix}.id`] = id;
  put(doc, `${prefix}.name`, name);
  put(doc, `${prefix}.domain`, domain);
  put(doc, `${prefix}.email`, email);
}

/** Writes a program's path as `<prefix>.executable` and `<prefix>.name`. */
export function putExecutable(doc: EcsFields, prefix: string, path: string | undefined): void {
  if (path === undefined) return;
  put(doc, `${prefix}.executable`, path);
  put(doc, `${prefix}.name`, baseName(path));
}

/** Writes a process id given in decimal or as `0x111c`; 0 is no process. */
export function putPid(doc: EcsFields, field: string, value: string | undefined): void {
  const pid = value === undefined ? undefined : toLong(value);
  if (pid !== undefined && pid > 0) doc[field] = pid;
}

/** Arguments are cut from a command line of at most this many characters. */
const MAX_COMMAND_LINE = 8192;

/**
 * Splits a command line as Windows programs do (CommandLineToArgvW without its rules for backslashes in
 * front of quotes, which only matter to quotes inside arguments). Empty arguments are left out.
 */
export function splitCommandLine(line: string): string[] {
  const args: string[] = [];
  let current = '';
  let quoted = false;
  const end = Math.min(line.length, MAX_COMMAND_LINE);
  for (let at = 0; at < end; at++) {
    const code = line.charCodeAt(at);
    if (code === 34) {
      quoted = !quoted;
    } else if (!quoted && (code === 32 || code === 9)) {
      if (current !== '') args.push(current);
      current = '';
    } else {
      current += line[at];
    }
  }
  if (current !== '') args.push(current);
  return args;
}

/** Writes a command line with its arguments. */
export function putCommandLine(doc: EcsFields, prefix: string, line: string | undefined): void {
  if (line === undefined) return;
  doc[`${prefix}.command_line`] = line;
  const args = splitCommandLine(line);
  if (args.length === 0) return;
  doc[`${prefix}.args`] = args;
  doc[`${prefix}.args_count`] = args.length;
}

/** Writes a file's path with its parts. */
export function putFile(doc: EcsFields, prefix: string, path: string | undefined): void {
  if (path === undefined) return;
  doc[`${prefix}.path`] = path;
  const name = baseName(path);
  if (name !== '') doc[`${prefix}.name`] = name;
  if (name.length < path.length) {
    const directory = path.slice(0, path.length - name.length - 1);
    put(doc, `${prefix}.directory`, directory);
  }
  const dot = name.lastIndexOf('.');
  if (dot > 0 && dot < name.length - 1) put(doc, `${prefix}.extension`, name.slice(dot + 1));
  if (path.charCodeAt(1) === 58 && /^[A-Za-z]/.test(path))
    doc[`${prefix}.drive_letter`] = path[0]!.toUpperCase();
}

/**
 * Writes where the event came from: address and port, and the name of the machine.
 *
 * @param address data value of the address; `LOCAL` and absent values are left out
 */
export function putSource(
  event: WindowsEvent,
  doc: EcsFields,
  address: string,
  port: string | undefined,
  machine?: string,
): void {
  const ip = putAddress(doc, 'source', dataOf(event, address));
  if (port !== undefined) {
    const number = toLong(dataOf(event, port));
    if (number !== undefined && number > 0) doc['source.port'] = number;
  }
  if (machine === undefined) return;
  const name = dataOf(event, machine)?.replace(/^\\\\/, '');
  if (name === undefined || name === '') return;
  if (parseIp(name) === undefined) doc['source.domain'] = name;
  if (!ip) doc['source.address'] ??= name;
}

/** Writes `<side>.address` and `<side>.ip`; returns whether the text was an address. */
export function putAddress(doc: EcsFields, side: string, address: string | undefined): boolean {
  if (address === undefined || address === 'LOCAL') return false;
  const ip = parseIp(address);
  doc[`${side}.address`] = ip ?? address;
  if (ip === undefined) return false;
  doc[`${side}.ip`] = ip;
  return true;
}

const HASHES: Readonly<Record<string, string>> = {
  MD5: 'hash.md5',
  SHA1: 'hash.sha1',
  SHA256: 'hash.sha256',
  IMPHASH: 'pe.imphash',
};

/** Writes Sysmon's `MD5=…,SHA256=…,IMPHASH=…` below a prefix, in lower case. */
export function putHashes(doc: EcsFields, prefix: string, hashes: string | undefined): void {
  if (hashes === undefined) return;
  for (const pair of hashes.split(',', 8)) {
    const equals = pair.indexOf('=');
    const field = equals > 0 ? HASHES[pair.slice(0, equals).trim().toUpperCase()] : undefined;
    const digest = pair
      .slice(equals + 1)
      .trim()
      .toLowerCase();
    // A file that could not be read has a digest of zeroes.
    if (field !== undefined && /^[0-9a-f]{32,64}$/.test(digest) && !/^0+$/.test(digest))
      doc[`${prefix}.${field}`] = digest;
  }
}

/** An instant Windows writes without its zone, which is UTC (`2024-05-17 08:30:15.250`). */
export function utcTime(value: string | undefined): number | undefined {
  return value === undefined ? undefined : parseIso(value, 'UTC');
}

/** Writes `network.iana_number` and `network.transport` from a protocol number. */
export function putProtocol(doc: EcsFields, number: string | undefined): void {
  if (number === undefined) return;
  put(doc, 'network.iana_number', number);
  put(doc, 'network.transport', transportKeyword(number));
}

/** Hives by the names Windows gives them, longest first. */
const HIVES: readonly (readonly [prefix: string, hive: string])[] = [
  ['HKEY_LOCAL_MACHINE\\', 'HKLM'],
  ['HKEY_CLASSES_ROOT\\', 'HKCR'],
  ['HKEY_CURRENT_USER\\', 'HKCU'],
  ['HKEY_USERS\\', 'HKU'],
  ['\\REGISTRY\\MACHINE\\', 'HKLM'],
  ['\\REGISTRY\\USER\\', 'HKU'],
  ['HKLM\\', 'HKLM'],
  ['HKCR\\', 'HKCR'],
  ['HKCU\\', 'HKCU'],
  ['HKU\\', 'HKU'],
];

/**
 * Writes a registry path in ECS's parts: `hive`, `key` without hive, `value`, and the whole `path` with the
 * short name of its hive.
 *
 * @param value name of the value where the path ends before it; where the path includes it, `includesValue`
 */
export function putRegistry(
  doc: EcsFields,
  path: string | undefined,
  value: string | undefined,
  includesValue: boolean,
): void {
  if (path === undefined) return;
  const upper = path.slice(0, 24).toUpperCase();
  const found = HIVES.find(([prefix]) => upper.startsWith(prefix));
  const rest = found ? path.slice(found[0].length) : path;
  const at = includesValue ? rest.lastIndexOf('\\') : -1;
  const key = at > 0 ? rest.slice(0, at) : rest;
  const name = at > 0 ? rest.slice(at + 1) : value;
  if (found) doc['registry.hive'] = found[1];
  put(doc, 'registry.key', key);
  put(doc, 'registry.value', name);
  const whole = name !== undefined && !includesValue ? `${rest}\\${name}` : rest;
  doc['registry.path'] = found ? `${found[1]}\\${whole}` : whole;
}
