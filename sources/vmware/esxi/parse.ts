import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseIso, putDate } from '../../kit/dates.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { toLong } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putOriginator, putPath, putPeer, readOriginator, readUserAt } from '../_shared/originator.ts';

const VENDOR = 'vmware.esxi.';
const ENDPOINT = /<TCP '([0-9a-fA-F.:]{2,45}|[a-z0-9.-]{1,100}) : (\d{1,5})'>/g;
const VOB = /^\[(\w{2,40})\] (\d{1,20})us: {1,2}\[((?:vob|esx)\.[a-z0-9_.-]{2,100})\] (.*)$/s;
const SHELL = /^(?:\[(?:shell|[a-z]{2,8})\[\d{1,10}\]\]: )?USER (\S{1,64}) pid (\d{1,10}) cmd (.*)$/s;
/** `[root]: esxcli …`, under the tag of the shell since version 6. */
const TYPED = /^\[([^\]]{1,64})\]: (\S.*)$/s;
const RUNNING = /^User '([^']{1,64})' running command '(.*)'$/s;
const DISK = /\bfileName = "((?:ds:\/\/)?[^"]{1,1000})"/;

/** Sessions, wherever they are told of: in events, by the correlator, by the session manager. */
function readSession(text: string, doc: EcsFields): boolean {
  const ssh = /SSH session was (opened|closed) for '([^']{1,200})'/.exec(text);
  if (ssh !== null) {
    const { user, ip } = readUserAt(ssh[2]!);
    doc['user.name'] = user;
    if (ip !== undefined) putPeer(doc, 'source', ip);
    const opened = ssh[1] === 'opened';
    categorise(doc, { ...(opened ? WHAT.sessionStart : WHAT.sessionEnd) });
    doc['event.action'] ??= opened ? 'ssh-session-opened' : 'ssh-session-closed';
    doc['event.outcome'] = 'success';
    return true;
  }
  const login = /\bUser (\S{1,200}) logged (in|out)\b(?: as (.{1,400}?))?(?:$| \()/s.exec(text);
  if (login !== null) {
    const { user, ip } = readUserAt(login[1]!);
    doc['user.name'] = user;
    if (ip !== undefined) putPeer(doc, 'source', ip);
    if (login[3] !== undefined)
      doc['user_agent.original'] = /logged in as (.{1,400})$/s.exec(text)?.[1] ?? login[3];
    categorise(doc, {
      ...(login[2] === 'in' ? WHAT.login : WHAT.logout),
      action: login[2] === 'in' ? 'login' : 'logout',
      outcome: 'success',
    });
    return true;
  }
  const password = /^(Accepted|Rejected) password for user (\S{1,200}) from ([0-9a-fA-F.:]{2,45})/.exec(text);
  if (password !== null) {
    doc['user.name'] = password[2]!;
    putPeer(doc, 'source', password[3]!);
    categorise(doc, {
      ...WHAT.login,
      action: 'login',
      outcome: password[1] === 'Accepted' ? 'success' : 'failure',
    });
    return true;
  }
  const refused =
    /\b(?:Cannot login|Failed login attempt|Login failure)[^']{0,40}'?(\S{1,100}?)@([0-9a-fA-F.:]{2,45})/.exec(
      text,
    );
  if (refused === null) return false;
  doc['user.name'] = refused[1]!;
  putPeer(doc, 'source', refused[2]!.replace(/[.:]$/, ''));
  categorise(doc, { ...WHAT.login, action: 'login', outcome: 'failure' });
  return true;
}

/** Commands that people and services run. */
function readCommand(text: string, doc: EcsFields, isTyped: boolean): boolean {
  const shell = SHELL.exec(text) ?? undefined;
  const running = shell === undefined ? (RUNNING.exec(text) ?? (isTyped ? TYPED.exec(text) : null)) : null;
  const fork = /^(?:Util: )?ForkExec\((.{1,4000}?)\)(?: (\d{1,10}))?$/s.exec(text);
  if (shell === undefined && running === null && fork === null) return false;
  categorise(doc, { ...WHAT.processStart, action: 'command' });
  doc['process.command_line'] = (shell?.[3] ?? running?.[2] ?? fork?.[1] ?? '').trim();
  const user = shell?.[1] ?? running?.[1];
  if (user !== undefined) doc['user.name'] = user;
  const pid = toLong(shell?.[2] ?? fork?.[2]);
  if (pid !== undefined) doc['process.pid'] = pid;
  return true;
}

/** Connections of the proxy and of the services behind it. */
function readConnection(text: string, doc: EcsFields): boolean {
  const peers = [...text.slice(0, 4_000).matchAll(ENDPOINT)].slice(0, 2);
  const named =
    /\b(?:Connected|Connection|connection) to ([A-Za-z0-9.-]{1,255}):(\d{1,5})(?: \(([^)\s]{1,400})\))?/.exec(
      text,
    );
  const resolver = /'([A-Za-z0-9.-]{1,255}):(\d{1,5})'/.exec(text);
  if (peers.length > 0) {
    putPeer(doc, 'source', peers[0]![1]!, peers[0]![2]);
    if (peers[1] !== undefined) putPeer(doc, 'destination', peers[1][1]!, peers[1][2]);
  } else if (named === null && resolver !== null && /^Attempting connection/.test(text)) {
    putPeer(doc, 'source', resolver[1]!, resolver[2]);
  }
  if (named !== null) {
    putPeer(doc, 'destination', named[1]!, named[2]);
    if (named[3]?.startsWith('/') === true) putUrl(doc, named[3]);
  }
  if (named === null && peers.length === 0 && resolver === null) return false;
  const failed = /\b(?:refused|failed|Failed|reset|timed out)\b/.test(text);
  categorise(doc, {
    category: ['network'],
    type: failed ? ['connection', 'error'] : ['connection'],
    outcome: failed ? 'failure' : undefined,
  });
  return true;
}

/** Files and end points that a service names. */
function readObjects(text: string, doc: EcsFields): void {
  const disk = DISK.exec(text.slice(0, 8_000))?.[1];
  const path =
    disk ??
    /from '(\/[^']{1,1000})'/.exec(text)?.[1] ??
    /'(\/[^']{1,1000})'/.exec(text)?.[1] ??
    /(?::|\bfile|\bpath|\bPath:) (\/[\w./@~+-]{2,1000})/.exec(text)?.[1];
  const isEndpoint = /\bendpoint added: |_serverNamespace = /.test(text);
  if (isEndpoint) {
    const namespace = /(?:endpoint added: |_serverNamespace = )(\/\S{0,1000})/.exec(text)?.[1];
    if (namespace !== undefined) putUrl(doc, namespace);
    const port = /\b_port = (\d{1,5})/.exec(text)?.[1];
    if (port !== undefined) doc['destination.port'] = Number(port);
    return;
  }
  if (path === undefined) return;
  putPath(
    doc,
    path.replace(/[.:]?(?:\.LOCK)?$/, (end) => (end === ':' ? '' : end)),
  );
  const size = toLong(
    /\bsize (\d{1,15}) bytes/.exec(text)?.[1] ?? /\bcapacityInBytes = (\d{1,18})/.exec(text)?.[1],
  );
  if (size !== undefined) doc['file.size'] = size;
  const uid = disk === undefined ? undefined : /\buuid = "([^"]{1,80})"/.exec(text)?.[1];
  if (uid !== undefined) doc[`${VENDOR}disk_uuid`] = uid;
}

function readMessage(text: string, doc: EcsFields, isTyped: boolean): boolean {
  const vob = VOB.exec(text);
  if (vob !== null) {
    categorise(doc, { ...WHAT.hostInfo, action: vob[3]! });
    doc[`${VENDOR}correlator`] = vob[1]!;
    doc['event.reason'] = vob[4]!;
    readSession(vob[4]!, doc);
    return true;
  }
  const event = /^Event (\d{1,12}) : (.*)$/s.exec(text);
  if (event !== null) doc['event.sequence'] = Number(event[1]);
  const message = event?.[2] ?? text;
  if (readCommand(message, doc, isTyped)) return true;
  doc['event.reason'] = message;
  if (readSession(message, doc)) return true;
  const connected = readConnection(message, doc);
  if (!connected) {
    const isFile = DISK.test(message.slice(0, 8_000)) || message.startsWith('Report Path: ');
    categorise(
      doc,
      isFile ? { category: ['file'], type: ['info'] } : { category: ['process'], type: ['info'] },
    );
    readObjects(message, doc);
  }
  const stale = /\bfor PID (\d{1,10})\b/.exec(message)?.[1];
  if (stale !== undefined) doc['process.pid'] = Number(stale);
  return event !== null || connected;
}

/** Words that stand before the process where the header had none. */
const LEVEL = /^(?:panic|error|warning|info|verbose|trivia|debug|notice)$/;

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  // `2026-03-02T10:00:00Z info hostd[…]` is no host `info`: the whole line is offered next.
  if (LEVEL.test(input.syslog?.hostname ?? '')) return 'rejected';
  const text = input.text.trim();
  const line = readOriginator(text);
  const known = readMessage(line?.message ?? text, doc, isTypedLine(input));
  const app = input.syslog?.app;
  if (app !== undefined) doc['process.name'] = app;
  const pid = toLong(input.syslog?.procid);
  if (pid !== undefined) doc['process.pid'] ??= pid;
  if (line !== undefined) {
    const user = doc['user.name'];
    putOriginator(doc, line, VENDOR);
    if (user !== undefined) doc['user.name'] = user;
    if (line.time !== undefined) putDate(doc, '@timestamp', parseIso(line.time, input.timeZone));
  }
  doc['message'] = text;
  doc['observer.vendor'] = 'VMware';
  doc['observer.product'] = 'ESXi';
  const host = input.syslog?.hostname;
  if (host !== undefined) doc['host.name'] = host;
  return known || line !== undefined ? 'parsed' : 'partial';
}

const isOriginator = (input: ParseInput): boolean => {
  if (LEVEL.test(input.syslog?.hostname ?? '')) return false;
  return readOriginator(input.text.trimStart()) !== undefined;
};
const isShell = (input: ParseInput): boolean =>
  SHELL.test(input.text.trim()) || RUNNING.test(input.text.trim());

const SHELLS: ReadonlySet<string> = new Set(['shell', 'esxshell']);
/** Whether a line is what somebody typed at the host's own shell. */
const isTypedLine = ({ text, syslog }: ParseInput): boolean =>
  SHELLS.has(syslog?.app?.toLowerCase() ?? '') && TYPED.test(text.trim());

/** VMware ESXi: services, shell commands, sessions, the event correlator. */
export default defineSource({
  id: 'vmware.esxi',
  signatures: [
    {
      kind: 'app',
      names: [
        ...[
          'hostd',
          'vmkernel',
          'vpxa',
          'vobd',
          'fdm',
          'rhttpproxy',
          'hostd-probe',
          'vmkwarning',
          'esxupdate',
          'esxcli',
        ],
        ...[
          'vsansystem',
          'vsanmgmtd',
          'envoy-access',
          'kmxa',
          'healthd',
          'smartd',
          'esxtokend',
          'esxgdpd',
          'settingsd',
          'vmauthd',
          'dcui',
          'apiforwarder',
          'vvold',
          'nfcd',
          'localcli',
          'heartbeat',
          'cmmdstimemachine',
          'storagerm',
          'vmkdevmgr',
          'sdrsinjector',
          'snmpd-esx',
        ],
      ],
    },
    {
      kind: 'app',
      names: ['shell', 'esxshell', 'root'],
      test: (input) => isShell(input) || isTypedLine(input),
    },
    { kind: 'text', literals: ['@6876 sub='], test: isOriginator },
    { kind: 'text', literals: ['us: ', '[vob.'], test: ({ text }) => VOB.test(text.trim()) },
    { kind: 'text', literals: ['us: ', '[esx.'], test: ({ text }) => VOB.test(text.trim()) },
    { kind: 'text', prefix: 'USER ', literals: [' pid ', ' cmd '], test: isShell },
    { kind: 'text', prefix: "User '", literals: ["' running command '"], test: isShell },
    { kind: 'text', literals: ['fileName = "ds:///vmfs/', 'datastore = '] },
    { kind: 'text', literals: ['get_serial_num_of_SATA_SAS_disk'] },
    { kind: 'text', literals: ['connection ', 'iqn.', ' addr=', 'TPGT:'] },
  ],
  parse,
});
