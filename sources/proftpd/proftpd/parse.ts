import type { EcsFields } from '@vigie/contracts';
import { WHAT } from '../../kit/categorise.ts';
import { isHostName } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
import { programSource } from '../../kit/program-source.ts';

const FAILED = { ...WHAT.login, action: 'login-failed', outcome: 'failure' } as const;
const LOGIN = { ...WHAT.login, action: 'login', outcome: 'success' } as const;

/** `ftp.example.org (client.example.net[192.0.2.14]) - `: server and client in front of every message. */
const CLIENT =
  /^([A-Za-z0-9_.-]{1,255}) \(([^()[\]\s]{1,255})\[([0-9A-Fa-f.:]{2,45}|[^\]\s]{1,255})\]\)(?: - |: )/;
const SERVER = /^([A-Za-z0-9_.-]{1,255})(?: - |: )/;

function before(doc: EcsFields, text: string): string {
  const client = CLIENT.exec(text);
  if (client === null)
    return SERVER.test(text) && !text.startsWith('ProFTPD') ? text.replace(SERVER, '') : text;
  const ip = parseIp(client[3]!);
  if (ip !== undefined) {
    doc['source.address'] = ip;
    doc['source.ip'] = ip;
  }
  const name = client[2]!;
  if (parseIp(name) === undefined && isHostName(name)) {
    doc['source.domain'] = name;
    doc['source.address'] ??= name;
  }
  return text.slice(client[0].length);
}

/** Messages of `mod_auth.c`, `mod_core.c`, `main.c`, `mod_wrap.c`, `mod_sftp` and `mod_tls`. */
export default programSource({
  id: 'proftpd.proftpd',
  programs: ['proftpd'],
  before,
  messages: [
    ['USER {user@account}: Login successful.', LOGIN],
    ['USER {user@account}: Login successful', LOGIN],
    ['ANON {user@account}: Login successful.', LOGIN],
    ['USER {user@account} (Login failed): {event.reason}', FAILED],
    [
      'USER {user@account}: no such user found from {} [{}] to {}',
      FAILED,
      { 'event.reason': 'no such user' },
    ],
    ["no such user '{user@account}'", FAILED, { 'event.reason': 'no such user' }],
    ['SECURITY VIOLATION: {event.reason}', { ...FAILED, action: 'security-violation' }],
    [
      'Maximum login attempts ({proftpd.proftpd.attempts}) exceeded{?}',
      FAILED,
      { 'event.reason': 'too many attempts' },
    ],
    ['Login timeout exceeded, {event.reason}', { ...WHAT.connectionEnd, action: 'login-timeout' }],
    [
      'refused connect from {source@endpoint} ({})',
      {
        category: ['network'],
        type: ['connection', 'denied'],
        action: 'connection-refused',
        outcome: 'failure',
      },
    ],
    [
      'Connection from {} denied.',
      {
        category: ['network'],
        type: ['connection', 'denied'],
        action: 'connection-refused',
        outcome: 'failure',
      },
    ],
    ['FTP session opened.', { ...WHAT.connectionStart, action: 'session-started' }],
    ['SSH2 session opened.', { ...WHAT.connectionStart, action: 'session-started' }],
    ['FTP session closed.', { ...WHAT.connectionEnd, action: 'session-ended' }],
    ['SSH2 session closed.', { ...WHAT.connectionEnd, action: 'session-ended' }],
    ['FTP no transfer timeout, disconnected', { ...WHAT.connectionEnd, action: 'session-ended' }],
    ['FTP login timed out, disconnected', { ...WHAT.connectionEnd, action: 'session-ended' }],
    ['Data transfer stall timeout: {event.reason}', { ...WHAT.connectionEnd, action: 'session-ended' }],
    ["Preparing to chroot to directory '{file.directory}'", { ...WHAT.sessionStart, action: 'chroot' }],
    [
      'Refused PORT {event.reason}',
      {
        category: ['network', 'intrusion_detection'],
        type: ['denied'],
        action: 'port-refused',
        outcome: 'failure',
      },
    ],
    [
      'ProFTPD {service.version} {} standalone mode STARTUP',
      { category: ['process'], type: ['start'], action: 'service-started' },
    ],
    ['ProFTPD killed {}', { category: ['process'], type: ['end'], action: 'service-stopped' }],
    ['ProFTPD terminating {}', { category: ['process'], type: ['end'], action: 'service-stopped' }],
    ['Fatal: {event.reason}', { ...WHAT.hostError, action: 'fatal' }],
    ['fatal: {event.reason}', { ...WHAT.hostError, action: 'fatal' }],
  ],
  after(doc, text) {
    doc['network.protocol'] = text.startsWith('SSH2') ? 'ssh' : 'ftp';
  },
});
