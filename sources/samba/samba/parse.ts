import type { EcsFields } from '@vigie/contracts';
import { WHAT } from '../../kit/categorise.ts';
import { parseIp, parsePort } from '../../kit/ip.ts';
import { programSource } from '../../kit/program-source.ts';

const OWN = 'samba.samba.';

/** `  auth_check_ntlm_password:  Authentication for user [x] -> [x] FAILED with error NT_STATUS_…` and its like. */
const DENIED = {
  category: ['network'],
  type: ['connection', 'denied'],
  action: 'connection-refused',
  outcome: 'failure',
} as const;

/** `[2026/03/01 10:15:02.1, 2] ../source3/smbd/…(123)`: Samba's own header, which stays in syslog. */
const HEADER =
  /^\[\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})?, {1,2}(\d{1,2})[^\]]{0,200}\]\s{0,4}([^\s(]{1,200}\([^)]{1,100}\))?\s{0,8}/;

function before(doc: EcsFields, text: string): string {
  const header = HEADER.exec(text);
  if (header === null) return text;
  doc[`${OWN}level`] = Number(header[1]);
  if (header[2] !== undefined) doc[`${OWN}origin`] = header[2];
  return text.slice(header[0].length).trim();
}

/** `vfs_full_audit`: `user|address|machine|share|operation|ok|arguments`, in the order of `full_audit:prefix`. */
const AUDIT =
  /^([^|]{1,128})\|([^|]{1,64})\|(?:([^|]{1,128})\|)?([^|]{1,128})\|([a-z_0-9]{3,40})\|(ok|fail[^|]{0,100})\|?(.*)$/s;

function putAudit(doc: EcsFields, text: string): void {
  const found = AUDIT.exec(text);
  if (found === null) return;
  const [, user, address, , share, operation, result, rest] = found;
  doc['user.name'] = user!.slice(user!.lastIndexOf('\\') + 1);
  if (user!.includes('\\')) doc['user.domain'] = user!.slice(0, user!.lastIndexOf('\\'));
  doc['source.address'] = address!;
  if (/^[0-9a-fA-F.:]{3,45}$/.test(address!)) doc['source.ip'] = address!;
  doc[`${OWN}share`] = share!;
  doc['event.action'] = operation!;
  doc['event.outcome'] = result === 'ok' ? 'success' : 'failure';
  if (result !== 'ok') doc['event.reason'] = result!;
  const path = rest!.split('|').at(-1)!;
  if (path !== '') {
    doc['file.path'] = path;
    doc['file.name'] = path.slice(path.lastIndexOf('/') + 1);
  }
  doc['event.category'] = /connect/.test(operation!) ? ['session'] : ['file'];
  doc['event.type'] = [
    /^(?:unlink|rmdir)/.test(operation!)
      ? 'deletion'
      : /^(?:mkdir|create|renameat|rename)/.test(operation!)
        ? operation!.startsWith('rename')
          ? 'change'
          : 'creation'
        : /^(?:pwrite|write|chmod|chown|ftruncate|setxattr|fallocate)/.test(operation!)
          ? 'change'
          : operation === 'connect'
            ? 'start'
            : operation === 'disconnect'
              ? 'end'
              : 'access',
  ];
}

/** Samba 4's authentication audit: `Auth: [SMB2,(null)] user [DOMAIN]\[ines] at […] with [NTLMv2] status [NT_STATUS_OK] …`. */
const AUTH =
  /^Auth: \[([^\]]{0,100})\] user \[([^\]]{0,128})\]\\\[([^\]]{0,128})\] at \[[^\]]{0,64}\] with \[([^\]]{0,64})\] status \[([A-Z0-9_]{1,64})\] workstation \[([^\]]{0,128})\] remote host \[(?:ipv[46]:)?([^\]]{2,64})\]/;

function putAuth(doc: EcsFields, text: string): void {
  const found = AUTH.exec(text);
  if (found === null) return;
  const [, service, domain, user, method, status, machine, remote] = found;
  doc[`${OWN}service`] = service!;
  if (domain !== '' && domain !== '(null)') doc['user.domain'] = domain!;
  if (user !== '' && user !== '(null)') doc['user.name'] = user!;
  doc[`${OWN}method`] = method!;
  if (machine !== '' && machine !== '(null)') doc['source.domain'] = machine!.replace(/^\\+/, '');
  const colon = remote!.lastIndexOf(':');
  const ip = colon > 0 ? remote!.slice(0, colon) : remote!;
  doc['source.address'] = ip;
  if (/^[0-9a-fA-F.:]{3,45}$/.test(ip)) doc['source.ip'] = ip;
  if (colon > 0 && /^\d{1,5}$/.test(remote!.slice(colon + 1)))
    doc['source.port'] = Number(remote!.slice(colon + 1));
  const ok = status === 'NT_STATUS_OK';
  doc['event.action'] = ok ? 'login' : 'login-failed';
  doc['event.outcome'] = ok ? 'success' : 'failure';
  if (!ok) doc['event.reason'] = status!;
}

/** `ipv4:192.0.2.14:50022`, or the address alone in old releases. */
function putClient(doc: EcsFields): void {
  const client = doc[`${OWN}client`];
  if (typeof client !== 'string') return;
  delete doc[`${OWN}client`];
  const bare = client.replace(/^ipv[46]:/, '');
  const whole = parseIp(bare);
  const colon = bare.lastIndexOf(':');
  const ip = bare === client ? whole : (parseIp(bare.slice(0, colon)) ?? whole);
  if (ip === undefined) return;
  doc['source.address'] = ip;
  doc['source.ip'] = ip;
  const port = bare === client || ip === whole ? undefined : parsePort(bare.slice(colon + 1));
  if (port !== undefined) doc['source.port'] = port;
}

export default programSource({
  id: 'samba.samba',
  programs: ['smbd', 'nmbd', 'winbindd', 'samba', 'smbd_audit', 'samba-dcerpcd', 'rpcd_lsad'],
  before,
  messages: [
    ['Auth: [{}', WHAT.login],
    [
      `authentication for user [{user@account}] -> [{}] -> [{}] succeeded`,
      { ...WHAT.login, action: 'login', outcome: 'success' },
    ],
    [
      `check_ntlm_password:  Authentication for user [{user@account}] -> [{}] FAILED with error {event.reason}`,
      { ...WHAT.login, action: 'login-failed', outcome: 'failure' },
    ],
    [
      `check_ntlm_password:  authentication for user [{user@account}] -> [{}] -> [{}] succeeded`,
      { ...WHAT.login, action: 'login', outcome: 'success' },
    ],
    [
      `auth_check_ntlm_password:  Authentication for user [{user@account}] -> [{}] FAILED with error {event.reason}`,
      { ...WHAT.login, action: 'login-failed', outcome: 'failure' },
    ],
    ['Denied connection from ({source@endpoint})', DENIED],
    ['Denied connection from {source@endpoint} ({})', DENIED],
    ['Connection denied from {source@endpoint}', DENIED],
    [
      'Allowed connection from {source@endpoint} ({})',
      { ...WHAT.connectionStart, action: 'connection', outcome: 'success' },
    ],
    [
      `Permission denied{} User name: {user@account}. Printer name: {${OWN}printer}.`,
      { category: ['process'], type: ['denied'], action: 'print-job-refused', outcome: 'failure' },
      { 'event.reason': 'user not allowed to change the print job' },
    ],
    [`User name [{user@account}] is invalid`, { ...WHAT.login, action: 'login-failed', outcome: 'failure' }],
    [
      `{source.domain} ({${OWN}client}) connect to service {${OWN}share} initially as user {user@account} (uid={}, gid={}) (pid {})`,
      { ...WHAT.sessionStart, action: 'share-connected', outcome: 'success' },
    ],
    [
      `{source.domain} ({${OWN}client}) signed connect to service {${OWN}share} initially as user {user@account} (uid={}, gid={}) (pid {})`,
      { ...WHAT.sessionStart, action: 'share-connected', outcome: 'success' },
    ],
    [
      `{source.domain} ({${OWN}client}) closed connection to service {${OWN}share}`,
      { ...WHAT.sessionEnd, action: 'share-closed' },
    ],
    ["Can't become connected user!", { ...WHAT.login, action: 'login-failed', outcome: 'failure' }],
    [`{}|{}|{}|{}|{}`, WHAT.fileRead],
  ],
  after(doc, text) {
    doc['network.protocol'] = 'smb';
    putClient(doc);
    if (text.startsWith('Auth: [')) putAuth(doc, text);
    else if (text.includes('|')) putAudit(doc, text);
  },
});
