import type { EcsFields } from '@vigie/contracts';
import { parseIp } from '../../kit/ip.ts';
import { put, putEndpoint, toLong } from '../../kit/types.ts';
import { baseName, putCommand } from '../_shared/process.ts';
import type { AuditFields, AuditRecord } from './fields.ts';
import { decodeHex } from './fields.ts';

/** The number that stands for "not set" in user and session ids. */
const UNSET = '4294967295';

const set = (value: string | undefined): string | undefined =>
  value === UNSET || value === '-1' || value === 'unset' ? undefined : value;

/** Process and identity fields that most records carry. */
export function putSubject(fields: AuditFields, doc: EcsFields): void {
  put(doc, 'process.pid', fields.get('pid'), 'auditd.data.pid');
  put(doc, 'process.parent.pid', fields.get('ppid'), 'auditd.data.ppid');
  const exe = fields.get('exe');
  put(doc, 'process.executable', exe);
  put(doc, 'process.name', exe?.startsWith('/') === true ? baseName(exe) : (fields.get('comm') ?? exe));
  put(doc, 'user.id', set(fields.get('uid')));
  put(doc, 'user.name', fields.get('UID'));
  put(doc, 'user.group.id', set(fields.get('gid')));
  put(doc, 'user.group.name', fields.get('GID'));
  const effective = set(fields.get('euid'));
  if (effective !== undefined && effective !== fields.get('uid')) {
    put(doc, 'user.effective.id', effective);
    put(doc, 'user.effective.name', fields.get('EUID'));
  }
  const session = set(fields.get('ses'));
  if (session !== undefined) doc['auditd.session'] = session;
  const cwd = fields.get('cwd');
  if (cwd !== undefined) put(doc, 'process.working_directory', cwd);
  put(doc, 'rule.name', fields.get('key'));
}

/** EXECVE: the arguments, of which long ones come in pieces `a1[0]`, `a1[1]`. */
export function putExecve(fields: AuditFields, doc: EcsFields): void {
  const count = Math.min(toLong(fields.get('argc')) ?? 0, 1_000);
  const args: string[] = [];
  for (let n = 0; n < count; n++) {
    let argument = fields.get(`a${n}`);
    for (let part = 0; argument === undefined || part > 0; part++) {
      const piece = fields.get(`a${n}[${part}]`);
      if (piece === undefined) break;
      argument = (argument ?? '') + piece;
      if (part > 500) break;
    }
    if (argument !== undefined) args.push(argument);
  }
  if (args.length === 0) return;
  doc['process.args'] = args;
  doc['process.args_count'] = args.length;
  doc['process.command_line'] = args.join(' ');
  const first = args[0]!;
  if (first.startsWith('/')) doc['process.executable'] ??= first;
  doc['process.name'] ??= baseName(first);
}

/** PROCTITLE: the command line, arguments separated by NUL, cut at 128 bytes. */
export function putTitle(fields: AuditFields, doc: EcsFields): void {
  const title = fields.get('proctitle');
  if (title === undefined) return;
  const args = title.split('\0').filter((part) => part !== '');
  if (args.length === 0) return;
  doc['process.title'] = args.join(' ');
  doc['process.command_line'] ??= args.join(' ');
  if (doc['process.args'] === undefined && args.length > 1) {
    doc['process.args'] = args;
    doc['process.args_count'] = args.length;
  }
  doc['process.name'] ??= baseName(args[0]!);
}

const FILE_TYPES: Readonly<Record<string, string>> = {
  '04': 'dir',
  '10': 'file',
  '12': 'symlink',
  '02': 'character-device',
  '06': 'block-device',
  '01': 'fifo',
  '14': 'socket',
};

/** PATH: one file of the event; a directory that merely contains it (PARENT) is left out. */
export function putPath(fields: AuditFields, doc: EcsFields): void {
  const name = fields.get('name');
  const nameType = fields.get('nametype') ?? fields.get('objtype');
  if (name !== undefined) {
    const relative = !name.startsWith('/') && typeof doc['process.working_directory'] === 'string';
    doc['file.path'] = relative
      ? `${doc['process.working_directory'] as string}/${name.replace(/^\.\//, '')}`
      : name;
    doc['file.name'] = baseName(name);
    const dot = baseName(name).lastIndexOf('.');
    if (dot > 0 && dot < baseName(name).length - 1) doc['file.extension'] = baseName(name).slice(dot + 1);
  }
  put(doc, 'file.inode', fields.get('inode'));
  put(doc, 'file.uid', fields.get('ouid'));
  put(doc, 'file.gid', fields.get('ogid'));
  put(doc, 'file.owner', fields.get('OUID'));
  put(doc, 'file.group', fields.get('OGID'));
  put(doc, 'file.device', fields.get('rdev') === '00:00' ? undefined : fields.get('rdev'));
  const mode = fields.get('mode');
  if (mode !== undefined && /^0\d{5,6}$/.test(mode)) {
    doc['file.mode'] = mode.slice(-4);
    const type = FILE_TYPES[mode.slice(-6, -4)] ?? FILE_TYPES[mode.slice(1, 3)];
    if (type !== undefined) doc['file.type'] = type;
  }
  if (nameType === 'CREATE') doc['event.type'] = ['creation'];
  else if (nameType === 'DELETE') doc['event.type'] = ['deletion'];
}

/** SOCKADDR: `saddr` is the C structure in hexadecimal; network byte order. */
export function putSocket(fields: AuditFields, doc: EcsFields): void {
  const saddr = fields.get('saddr');
  if (saddr === undefined || !/^[0-9a-f]{4,1024}$/i.test(saddr)) return;
  const bytes = Buffer.from(saddr, 'hex');
  const family = bytes[0]! + 256 * bytes[1]!;
  if (family === 2 && bytes.length >= 8) {
    putEndpoint(doc, 'destination', bytes.subarray(4, 8).join('.'));
    doc['destination.port'] = bytes.readUInt16BE(2);
    doc['network.type'] = 'ipv4';
  } else if (family === 10 && bytes.length >= 24) {
    const groups: string[] = [];
    for (let i = 8; i < 24; i += 2) groups.push(bytes.readUInt16BE(i).toString(16));
    putEndpoint(doc, 'destination', parseIp(groups.join(':')));
    doc['destination.port'] = bytes.readUInt16BE(2);
    doc['network.type'] = 'ipv6';
  } else if (family === 1) {
    const path = decodeHex(saddr.slice(4))?.replace(/\0.*$/s, '');
    if (path !== undefined && path !== '') doc['file.path'] = path;
  }
}

/** Records of user-space programs: whose account, from where, with what result. */
export function putUserSpace(record: AuditRecord, doc: EcsFields): void {
  const { fields, type } = record;
  const account = fields.get('acct') ?? fields.get('ACCT') ?? fields.get('ID') ?? fields.get('AUID');
  const isTarget =
    type === 'ADD_USER' || type === 'DEL_USER' || type === 'USER_MGMT' || type === 'USER_CHAUTHTOK';
  const isGroup = type.endsWith('_GROUP') || type === 'GRP_MGMT';
  if (!isGroup) put(doc, isTarget ? 'user.target.name' : 'user.name', account);
  const id = set(fields.get('id'));
  if (id !== undefined) doc[isTarget ? 'user.target.id' : 'user.id'] = id;
  else if (type === 'LOGIN') put(doc, 'user.id', set(fields.get('auid')));
  else if (fields.has('acct') && !isTarget && !isGroup) {
    // uid is the daemon's, not the account's.
    delete doc['user.id'];
  }
  if (isGroup) put(doc, 'group.name', fields.get('grp') ?? fields.get('acct'));
  const address = fields.get('addr');
  const hostname = fields.get('hostname');
  // Without an address, a host name is the machine's own.
  if (address !== undefined || (hostname !== undefined && parseIp(hostname) !== undefined))
    putEndpoint(doc, 'source', address ?? hostname);
  if (
    address !== undefined &&
    hostname !== undefined &&
    hostname !== address &&
    parseIp(hostname) === undefined
  )
    doc['source.domain'] = hostname;
  put(doc, 'service.name', fields.get('unit'));
  const command = fields.get('cmd');
  if (command === undefined) return;
  // The command is the process; the program that reports it is its parent.
  for (const name of ['executable', 'name', 'pid']) {
    const value = doc[`process.${name}`];
    if (value === undefined) continue;
    doc[`process.parent.${name}`] = value;
    delete doc[`process.${name}`];
  }
  putCommand(doc, command);
}
