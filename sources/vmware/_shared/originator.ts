import type { EcsFields } from '@vigie/contracts';
import { baseName } from '../../kit/file.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { toLong } from '../../kit/types.ts';

/** `2026-03-02T10:00:00.123Z info hostd[2099656] `: what VMware's C++ services write in front. */
const HEAD =
  /^(?:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:?\d\d)) )?(?:(panic|error|warning|info|verbose|trivia|debug|notice|In\(\d{1,3}\)|Er\(\d{1,3}\)|Wa\(\d{1,3}\)|Db\(\d{1,3}\)|No\(\d{1,3}\)):? )?(?:([A-Za-z][A-Za-z0-9_.-]{1,40})\[([0-9A-Fa-f]{1,20})\]:? )?/;
/** `[Originator@6876 sub=Vimsvc.ha-eventmgr opID=… sid=… user=root]`. */
const ORIGINATOR =
  /^(?:\w{2,4}\(\d{1,3}\):? )?\[(?:Originator|vSAN|hostd|vpxd|VSAN|[A-Za-z]{2,20})@6876 ([^\]]{1,1000})\] ?/;

export interface Originator {
  readonly time?: string;
  readonly level?: string;
  readonly process?: string;
  readonly pid?: string;
  readonly properties: ReadonlyMap<string, string>;
  readonly message: string;
}

/** Reads a line of a VMware service: head, originator, message; `undefined` where neither is there. */
export function readOriginator(text: string): Originator | undefined {
  const head = HEAD.exec(text);
  const rest = head === null ? text : text.slice(head[0].length);
  const found = ORIGINATOR.exec(rest.slice(0, 1_200));
  if (found === null) return undefined;
  const properties = new Map<string, string>();
  // Values may hold blanks (`sub=Proxy Req 56374`): each runs to the next key.
  const inside = found[1]!;
  const keys = [...inside.matchAll(/(?:^| )(sub|opID|sid|user|update|reason|item|ctxID)=/g)];
  for (let i = 0; i < keys.length; i++) {
    const from = keys[i]!.index + keys[i]![0].length;
    properties.set(keys[i]![1]!, inside.slice(from, keys[i + 1]?.index));
  }
  return {
    ...(head?.[1] === undefined ? {} : { time: head[1] }),
    ...(head?.[2] === undefined ? {} : { level: head[2] }),
    ...(head?.[3] === undefined ? {} : { process: head[3] }),
    ...(head?.[4] === undefined ? {} : { pid: head[4] }),
    properties,
    message: rest.slice(found[0].length).trim(),
  };
}

/** Writes head and originator: level, process, sub-system, operation, session and user. */
export function putOriginator(doc: EcsFields, line: Originator, vendor: string): void {
  if (line.level !== undefined) doc['log.level'] = line.level;
  if (line.process !== undefined) doc['process.name'] = line.process;
  const pid = toLong(line.pid);
  if (pid !== undefined) doc['process.pid'] = pid;
  const { properties } = line;
  for (const [key, name] of NAMES) {
    const value = properties.get(key);
    if (value !== undefined && value !== '') doc[vendor + name] = value;
  }
  // `user=vpxuser:EXAMPLE\kim`: the account of the service, then whom it acts for.
  const user = properties.get('user');
  if (user === undefined || user === '') return;
  const colon = user.indexOf(':');
  doc['user.name'] = colon < 0 ? user : user.slice(0, colon);
  const domain = colon < 0 ? '' : user.slice(colon + 1);
  if (domain !== '' && domain !== '<no user>') doc['user.domain'] = domain;
}

const NAMES = [
  ['sub', 'sub'],
  ['opID', 'operation_id'],
  ['sid', 'session_id'],
] as const;

/** Writes a side from a name or address and a port. */
export function putPeer(doc: EcsFields, side: 'source' | 'destination', host: string, port?: string): void {
  const ip = parseIp(host);
  if (ip !== undefined) {
    doc[`${side}.ip`] = ip;
    doc[`${side}.address`] ??= ip;
  } else {
    doc[`${side}.domain`] = host;
    doc[`${side}.address`] = host;
  }
  const number = port === undefined ? undefined : parsePort(port);
  if (number !== undefined) doc[`${side}.port`] = number;
}

/** Writes a path: the whole of it, its folder and its name. */
export function putPath(doc: EcsFields, path: string): void {
  doc['file.path'] = path;
  doc['file.name'] = baseName(path);
  const slash = path.lastIndexOf('/');
  if (slash > 0) doc['file.directory'] = path.slice(0, slash);
}

/** Account and address of `DOMAIN\kim@192.0.2.1` or `kim@example.org@192.0.2.1`. */
export function readUserAt(text: string): { user: string; ip?: string } {
  const at = text.lastIndexOf('@');
  const ip = at < 0 ? undefined : parseIp(text.slice(at + 1));
  return ip === undefined ? { user: text } : { user: text.slice(0, at), ip };
}
