import type { Categorisation } from '../../kit/categorise.ts';

/** What each record type means; action names follow Auditbeat's, which rules are written for. */
export const RECORD_KINDS: Readonly<Record<string, Categorisation>> = {
  USER_AUTH: { category: ['authentication'], type: ['info'], action: 'authenticated' },
  USER_ACCT: { category: ['authentication'], type: ['info'], action: 'was-authorized' },
  USER_LOGIN: { category: ['authentication'], type: ['start'], action: 'logged-in' },
  USER_LOGOUT: { category: ['authentication'], type: ['end'], action: 'logged-out' },
  USER_ERR: { category: ['authentication'], type: ['info'], action: 'error' },
  USER_START: { category: ['session'], type: ['start'], action: 'started-session' },
  USER_END: { category: ['session'], type: ['end'], action: 'ended-session' },
  CRED_ACQ: { category: ['authentication'], type: ['info'], action: 'acquired-credentials' },
  CRED_DISP: { category: ['authentication'], type: ['info'], action: 'disposed-credentials' },
  CRED_REFR: { category: ['authentication'], type: ['info'], action: 'refreshed-credentials' },
  LOGIN: { category: ['authentication'], type: ['start'], action: 'changed-login-id-to' },
  USER_CMD: { category: ['process'], type: ['start'], action: 'ran-command' },
  USER_CHAUTHTOK: { category: ['iam'], type: ['user', 'change'], action: 'changed-password' },
  ACCT_LOCK: { category: ['iam'], type: ['user', 'change'], action: 'locked-account' },
  ACCT_UNLOCK: { category: ['iam'], type: ['user', 'change'], action: 'unlocked-account' },
  ADD_USER: { category: ['iam'], type: ['user', 'creation'], action: 'added-user-account' },
  DEL_USER: { category: ['iam'], type: ['user', 'deletion'], action: 'deleted-user-account' },
  USER_MGMT: { category: ['iam'], type: ['user', 'change'], action: 'modified-user-account' },
  ADD_GROUP: { category: ['iam'], type: ['group', 'creation'], action: 'added-group-account-to' },
  DEL_GROUP: { category: ['iam'], type: ['group', 'deletion'], action: 'deleted-group-account-from' },
  GRP_MGMT: { category: ['iam'], type: ['group', 'change'], action: 'modified-group-account' },
  SERVICE_START: { category: ['process'], type: ['start'], action: 'started-service' },
  SERVICE_STOP: { category: ['process'], type: ['end'], action: 'stopped-service' },
  SYSTEM_BOOT: { category: ['host'], type: ['start'], action: 'booted-system' },
  SYSTEM_SHUTDOWN: { category: ['host'], type: ['end'], action: 'shutdown-system' },
  SYSTEM_RUNLEVEL: { category: ['host'], type: ['change'], action: 'changed-to-runlevel' },
  DAEMON_START: { category: ['process'], type: ['start', 'change'], action: 'started-audit' },
  DAEMON_END: { category: ['process'], type: ['end', 'change'], action: 'shutdown-audit' },
  DAEMON_ABORT: { category: ['process'], type: ['end'], action: 'aborted-auditd-startup' },
  DAEMON_CONFIG: { category: ['configuration'], type: ['change'], action: 'changed-auditd-configuration' },
  DAEMON_ROTATE: { category: ['process'], type: ['info'], action: 'rotated-audit-logs' },
  DAEMON_RESUME: { category: ['process'], type: ['info'], action: 'resumed-audit-logging' },
  CONFIG_CHANGE: { category: ['configuration'], type: ['change'], action: 'changed-audit-configuration' },
  FEATURE_CHANGE: { category: ['configuration'], type: ['change'], action: 'changed-audit-feature' },
  NETFILTER_CFG: { category: ['configuration'], type: ['change'], action: 'loaded-firewall-rule-to' },
  MAC_STATUS: { category: ['configuration'], type: ['change'], action: 'changed-selinux-enforcement' },
  MAC_POLICY_LOAD: { category: ['configuration'], type: ['change'], action: 'loaded-selinux-policy' },
  MAC_CONFIG_CHANGE: { category: ['configuration'], type: ['change'], action: 'changed-selinux-boolean' },
  AVC: { category: ['host'], type: ['info'], action: 'violated-selinux-policy' },
  USER_AVC: { category: ['host'], type: ['info'], action: 'access-permission' },
  SELINUX_ERR: { category: ['host'], type: ['info'], action: 'caused-mac-policy-error' },
  SECCOMP: { category: ['process'], type: ['info'], action: 'violated-seccomp-policy' },
  BPF: { category: ['process'], type: ['info'], action: 'loaded-bpf-program' },
  ANOM_PROMISCUOUS: { category: ['network'], type: ['info'], action: 'changed-promiscuous-mode-on-device' },
  ANOM_ABEND: { category: ['process'], type: ['end'], action: 'crashed-program' },
  ANOM_EXEC: { category: ['process'], type: ['start'], action: 'attempted-execution-of-forbidden-program' },
  ANOM_LOGIN_FAILURES: {
    category: ['authentication'],
    type: ['info'],
    action: 'failed-log-in-too-many-times-to',
  },
  ANOM_LOGIN_LOCATION: {
    category: ['authentication'],
    type: ['info'],
    action: 'attempted-log-in-from-unusual-place-to',
  },
  ANOM_LOGIN_TIME: {
    category: ['authentication'],
    type: ['info'],
    action: 'attempted-log-in-during-unusual-hour-to',
  },
  ANOM_LOGIN_SESSIONS: {
    category: ['authentication'],
    type: ['info'],
    action: 'opened-too-many-sessions-to',
  },
  ANOM_LOGIN_ACCT: { category: ['authentication'], type: ['info'], action: 'used-suspicious-account' },
  KERN_MODULE: { category: ['driver'], type: ['info'], action: 'loaded-kernel-module' },
  PATH: { category: ['file'], type: ['info'] },
  CWD: { category: ['process'], type: ['info'] },
  EXECVE: { category: ['process'], type: ['start'], action: 'executed' },
  PROCTITLE: { category: ['process'], type: ['info'] },
  SOCKADDR: { category: ['network'], type: ['info'] },
  TTY: { category: ['process'], type: ['info'], action: 'typed' },
  USER_TTY: { category: ['process'], type: ['info'], action: 'typed' },
};

type SyscallKind = readonly [names: string, what: Categorisation];

const SYSCALL_GROUPS: readonly SyscallKind[] = [
  ['execve execveat', { category: ['process'], type: ['start'], action: 'executed' }],
  ['open openat openat2 readlink', { category: ['file'], type: ['access'], action: 'opened-file' }],
  ['creat mknod mknodat', { category: ['file'], type: ['creation'], action: 'created-file' }],
  ['mkdir mkdirat', { category: ['file'], type: ['creation'], action: 'created-directory' }],
  ['unlink unlinkat rmdir', { category: ['file'], type: ['deletion'], action: 'deleted' }],
  ['rename renameat renameat2', { category: ['file'], type: ['change'], action: 'renamed' }],
  ['link linkat symlink symlinkat', { category: ['file'], type: ['creation'], action: 'symlinked' }],
  ['truncate ftruncate', { category: ['file'], type: ['change'], action: 'opened-file' }],
  ['chmod fchmod fchmodat', { category: ['file'], type: ['change'], action: 'changed-file-permissions-of' }],
  [
    'chown fchown lchown fchownat',
    { category: ['file'], type: ['change'], action: 'changed-file-ownership-of' },
  ],
  [
    'setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr',
    { category: ['file'], type: ['change'], action: 'changed-file-attributes-of' },
  ],
  ['mount umount2', { category: ['file'], type: ['change'], action: 'mounted' }],
  ['connect', { category: ['network'], type: ['start', 'connection'], action: 'connected-to' }],
  [
    'accept accept4',
    { category: ['network'], type: ['start', 'connection'], action: 'accepted-connection-from' },
  ],
  ['bind', { category: ['network'], type: ['start'], action: 'bound-socket' }],
  ['listen', { category: ['network'], type: ['start'], action: 'listen-for-connections' }],
  ['sendto recvfrom', { category: ['network'], type: ['connection'], action: 'sent-to' }],
  ['init_module finit_module', { category: ['driver'], type: ['start'], action: 'loaded-kernel-module' }],
  ['delete_module', { category: ['driver'], type: ['end'], action: 'unloaded-kernel-module' }],
  ['kill tkill tgkill', { category: ['process'], type: ['end'], action: 'killed-pid' }],
  [
    'ptrace process_vm_readv process_vm_writev',
    { category: ['process'], type: ['access'], action: 'traced-process' },
  ],
  [
    'setuid setreuid setresuid setgid setregid setresgid setfsuid setfsgid',
    { category: ['process'], type: ['change'], action: 'changed-identity-of' },
  ],
  ['clone clone3 fork vfork', { category: ['process'], type: ['start'], action: 'forked' }],
  [
    'settimeofday adjtimex clock_settime clock_adjtime',
    { category: ['host'], type: ['change'], action: 'changed-system-time' },
  ],
  ['sethostname setdomainname', { category: ['host'], type: ['change'], action: 'changed-system-name' }],
];

/** x86_64 numbers of the system calls above (`arch/x86/entry/syscalls/syscall_64.tbl`). */
const X86_64 =
  '2:open 41:socket 42:connect 43:accept 44:sendto 45:recvfrom 49:bind 50:listen 56:clone 57:fork 58:vfork 59:execve 62:kill 76:truncate 77:ftruncate 82:rename 83:mkdir 84:rmdir 85:creat 86:link 87:unlink 88:symlink 89:readlink 90:chmod 91:fchmod 92:chown 93:fchown 94:lchown 101:ptrace 105:setuid 106:setgid 113:setreuid 114:setregid 117:setresuid 119:setresgid 122:setfsuid 123:setfsgid 133:mknod 159:adjtimex 164:settimeofday 165:mount 166:umount2 170:sethostname 171:setdomainname 175:init_module 176:delete_module 188:setxattr 189:lsetxattr 190:fsetxattr 197:removexattr 198:lremovexattr 199:fremovexattr 200:tkill 227:clock_settime 234:tgkill 257:openat 258:mkdirat 259:mknodat 260:fchownat 263:unlinkat 264:renameat 265:linkat 266:symlinkat 268:fchmodat 288:accept4 305:clock_adjtime 310:process_vm_readv 311:process_vm_writev 313:finit_module 316:renameat2 322:execveat 321:bpf 435:clone3 437:openat2';
/** AArch64 numbers (`include/uapi/asm-generic/unistd.h`). */
const AARCH64 =
  '33:mknodat 34:mkdirat 35:unlinkat 36:symlinkat 37:linkat 38:renameat 39:umount2 40:mount 45:truncate 46:ftruncate 52:fchmod 53:fchmodat 54:fchownat 55:fchown 56:openat 105:init_module 106:delete_module 112:clock_settime 117:ptrace 129:kill 130:tkill 131:tgkill 144:setgid 146:setuid 161:sethostname 170:settimeofday 171:adjtimex 200:bind 201:listen 202:accept 203:connect 206:sendto 207:recvfrom 220:clone 221:execve 242:accept4 270:process_vm_readv 271:process_vm_writev 273:finit_module 276:renameat2 280:bpf 281:execveat 435:clone3 437:openat2';

const numbers = (table: string): ReadonlyMap<string, string> =>
  new Map(table.split(' ').map((entry) => entry.split(':') as [string, string]));
const BY_ARCH: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  ['c000003e', numbers(X86_64)],
  ['x86_64', numbers(X86_64)],
  ['c00000b7', numbers(AARCH64)],
  ['aarch64', numbers(AARCH64)],
]);

/** Names of machine architectures behind audit's numbers. */
export const ARCHITECTURES: Readonly<Record<string, string>> = {
  c000003e: 'x86_64',
  '40000003': 'i386',
  c00000b7: 'aarch64',
  '40000028': 'arm',
};

/** The name of a system call from its number, or the name itself where the log was interpreted. */
export function syscallName(arch: string | undefined, syscall: string): string | undefined {
  const code = syscall.charCodeAt(0);
  if (code < 48 || code > 57) return syscall;
  return BY_ARCH.get(arch ?? 'c000003e')?.get(syscall);
}

const BY_SYSCALL = new Map<string, Categorisation>();
for (const [names, what] of SYSCALL_GROUPS) for (const name of names.split(' ')) BY_SYSCALL.set(name, what);

/** What a system call does; `undefined` for those without a category of their own. */
export function syscallKind(name: string): Categorisation | undefined {
  return BY_SYSCALL.get(name);
}
