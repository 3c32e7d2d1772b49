import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { baseName, putFile } from '../../kit/file.ts';
import { putHash } from '../../kit/hash.ts';
import { parseIp } from '../../kit/ip.ts';
import { parseLeef } from '../../kit/leef.ts';
import { leefTable, putLeef } from '../../kit/leef-fields.ts';
import { putDirection, putTransport } from '../../kit/network.ts';
import { putRegistryKey } from '../../kit/registry-key.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put, putEndpoint } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';

const VENDOR = 'panda.adaptive-defense.';

const TABLE = leefTable(
  VENDOR,
  `
  HostName       host.name         text
  identHostName  host.name         text
  identSrc       host.ip           ip-list
  src            host.ip           ip-list
  MachineName    host.name         text
  MachineIP      host.ip           ip-list
  MUID           host.id           text
  Op             event.action      lower
  Action         panda.adaptive-defense.Action  text
  RemotePort     destination.port  own
  LocalPort      source.port       own
  Port           destination.port  own
  RegKey         registry          own
  Prevalence     panda.adaptive-defense.Prevalence  text
  `,
);

const ALERT = { alert: true } as const;
type Meaning = { readonly what: Categorisation; readonly alert?: true };

/** Kinds of event of the SIEM Feeder, by their id. */
const KINDS: Readonly<Record<string, Meaning>> = {
  alertmalware: { what: WHAT.malware, ...ALERT },
  alertpup: { what: WHAT.malware, ...ALERT },
  alertexploit: { what: WHAT.intrusion, ...ALERT },
  alertrdpattack: { what: WHAT.networkIntrusion, ...ALERT },
  alertnetworkattack: { what: WHAT.networkIntrusion, ...ALERT },
  block: { what: { category: ['malware', 'process'], type: ['start', 'denied'] }, ...ALERT },
  toastblocked: { what: { category: ['malware', 'process'], type: ['start', 'denied'] }, ...ALERT },
  toast: { what: WHAT.hostInfo },
  notblocked: { what: { category: ['process'], type: ['start', 'allowed'] } },
  exec: { what: WHAT.processStart },
  createprocess: { what: WHAT.processStart },
  remotethread: { what: { category: ['process'], type: ['change'] } },
  loadlib: { what: { category: ['library'], type: ['start'] } },
  heuhooks: { what: { category: ['process', 'library'], type: ['change'] } },
  createpe: { what: WHAT.fileCreated },
  createcmp: { what: WHAT.fileCreated },
  createdir: { what: WHAT.fileCreated },
  modifype: { what: WHAT.fileChanged },
  renamepe: { what: WHAT.fileChanged },
  deletepe: { what: WHAT.fileDeleted },
  opencmp: { what: WHAT.fileRead },
  opendata: { what: WHAT.fileRead },
  monitoredopen: { what: WHAT.fileRead },
  hostfiles: { what: WHAT.fileChanged },
  registryc: { what: { category: ['registry'], type: ['creation'] } },
  registrym: { what: { category: ['registry'], type: ['change'] } },
  monitoredregistry: { what: { category: ['registry'], type: ['access'] } },
  socket: { what: WHAT.connection },
  dnsops: { what: WHAT.dns },
  processnetbytes: { what: { category: ['network', 'process'], type: ['info'] } },
  urldownload: { what: { category: ['network', 'web', 'file'], type: ['creation'] } },
  loginoutops: { what: WHAT.login },
  devops: { what: { category: ['host'], type: ['change'] } },
  install: { what: WHAT.softwareInstalled },
  criticalsoft: { what: WHAT.vulnerability },
  scriptcreation: { what: WHAT.fileCreated },
  scriptlaunch: { what: WHAT.processStart },
  systemops: { what: WHAT.hostInfo },
};

/** Folders that the product names instead of spelling them. */
const FOLDERS: Readonly<Record<string, string>> = {
  SYSTEM: 'C:\\Windows\\System32',
  SYSTEMX86: 'C:\\Windows\\SysWOW64',
  WINDOWS: 'C:\\Windows',
  PROGRAM_FILES: 'C:\\Program Files',
  PROGRAM_FILESX86: 'C:\\Program Files (x86)',
  PROGRAM_FILES_COMMON: 'C:\\Program Files\\Common Files',
  PROGRAM_FILES_COMMONX86: 'C:\\Program Files (x86)\\Common Files',
  COMMON_APPDATA: 'C:\\ProgramData',
  ROOT: 'C:',
};

/** `3|PROGRAM_FILESX86|\Google\chrome.exe` and `SYSTEM|\cmd.exe` as a path. */
function pathOf(text: string | undefined): string | undefined {
  if (text === undefined || text === '') return undefined;
  const parts = text.split('|');
  const file = parts.at(-1)!;
  const folder = parts.length > 1 ? parts.at(-2)! : undefined;
  if (folder === undefined) return file;
  const base = Object.hasOwn(FOLDERS, folder) ? FOLDERS[folder]! : undefined;
  return base === undefined ? file.replace(/^\\/, '') : base + (file.startsWith('\\') ? file : `\\${file}`);
}

type Attributes = ReadonlyMap<string, string>;

function putProgram(
  doc: EcsFields,
  prefix: string,
  path: string | undefined,
  hash: string | undefined,
): void {
  if (path !== undefined) {
    doc[`${prefix}.executable`] = path;
    doc[`${prefix}.name`] = baseName(path);
  }
  putHash(doc, `${prefix}.hash`, hash);
}

/** The program that acted, and what it acted on: events on one program and on a parent with its child. */
function putActors(doc: EcsFields, kind: string, what: Categorisation, of: Attributes): void {
  const parent = pathOf(of.get('ParentPath'));
  const child = pathOf(of.get('ChildPath'));
  const own = pathOf(of.get('Path')) ?? pathOf(of.get('ItemPath'));
  if (parent !== undefined || child !== undefined) {
    if (what.category.includes('process') && what.type.includes('start')) {
      putProgram(doc, 'process', child, of.get('ChildHash'));
      putProgram(doc, 'process.parent', parent, of.get('ParentHash'));
      put(doc, 'process.command_line', of.get('CommandLine') || of.get('Params'));
    } else {
      putProgram(doc, 'process', parent, of.get('ParentHash'));
      if (kind === 'createdir') {
        if (child !== undefined) doc['file.path'] = child;
        doc['file.type'] = 'dir';
      } else if (what.category.includes('library')) {
        put(doc, 'dll.path', child);
        put(doc, 'dll.name', child === undefined ? undefined : baseName(child));
        putHash(doc, 'dll.hash', of.get('ChildHash'));
      } else {
        putFile(doc, child);
        putHash(doc, 'file.hash', of.get('ChildHash'));
      }
    }
    return;
  }
  if (what.category.includes('malware') || what.category.includes('package')) {
    putFile(doc, own);
    putHash(doc, 'file.hash', of.get('Hash') ?? of.get('ItemHash'));
  } else putProgram(doc, 'process', own, of.get('Hash'));
}

function putNetwork(doc: EcsFields, of: Attributes): void {
  const local = of.get('LocalIP') ?? of.get('LocalIPAddress');
  const remote = of.get('RemoteIP') ?? of.get('IP') ?? of.get('RemoteIPAddress');
  if (local === undefined && remote === undefined && !of.has('URL')) return;
  const inbound = /^(?:down|in)/i.test(of.get('Direction') ?? '');
  const [near, far] = inbound ? (['destination', 'source'] as const) : (['source', 'destination'] as const);
  if (parseIp(local ?? '') !== undefined) putEndpoint(doc, near, local);
  if (parseIp(remote ?? '') !== undefined) putEndpoint(doc, far, remote);
  put(doc, `${near}.port`, of.get('LocalPort'));
  put(doc, `${far}.port`, of.get('RemotePort') ?? of.get('Port'));
  putTransport(doc, of.get('Protocol')?.split('-')[0]);
  if (of.has('Direction')) putDirection(doc, inbound ? 'inbound' : 'outbound');
  putUrl(doc, of.get('URL') ?? of.get('Url'));
}

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const leef = parseLeef(input.text);
  if (leef === undefined || leef.vendor !== 'Panda Security') return 'rejected';
  const of = leef.attributes;
  putLeef(doc, leef, TABLE, input);
  doc['observer.product'] = 'Adaptive Defense';
  const kind = leef.eventId.toLowerCase();
  const meaning = KINDS[kind];
  const what = meaning?.what ?? WHAT.hostInfo;
  doc[`${VENDOR}event`] = leef.eventId;
  putActors(doc, kind, what, of);
  putNetwork(doc, of);
  const key = of.get('RegKey');
  if (key !== undefined && key !== '') {
    const [path, value] = key.split('?', 2);
    putRegistryKey(
      doc,
      path!.replace(/^\\REGISTRY\\MACHINE\\/i, 'HKLM\\').replace(/^\\REGISTRY\\USER\\/i, 'HKU\\'),
      value,
    );
  }
  const action = of.get('Action') ?? '';
  const type = /^(?:block|disinfect|delete|quarantine|kill)/i.test(action)
    ? (['denied'] as const)
    : /^allow/i.test(action)
      ? (['allowed'] as const)
      : [];
  const types = [...what.type, ...type.filter((word) => !what.type.some((stated) => stated === word))];
  categorise(doc, { ...what, type: types });
  if (meaning?.alert === true) doc['event.kind'] = 'alert';
  const malware = of.get('MWName') || of.get('ChildMWName') || of.get('ItemName') || of.get('ParentMWName');
  if (malware !== undefined && malware !== '') doc['threat.software.name'] = malware;
  if (kind === 'loginoutops') {
    const login = of.get('ActionType') ?? of.get('Op') ?? '';
    if (/out|off/i.test(login)) categorise(doc, WHAT.logout);
    const result = of.get('Status') ?? of.get('EventType') ?? '';
    if (/fail|error|denied/i.test(result)) doc['event.outcome'] = 'failure';
    else if (/success|ok/i.test(result)) doc['event.outcome'] = 'success';
    putAccount(doc, 'user', of.get('LoggedUser') ?? of.get('UserName'));
  }
  return meaning === undefined ? 'partial' : 'parsed';
}

/** Panda Adaptive Defense and Adaptive Defense 360 by the SIEM Feeder, in LEEF. */
export default defineSource({
  id: 'panda.adaptive-defense',
  signatures: [{ kind: 'text', literals: ['LEEF:', '|Panda Security|'] }],
  parse,
});
