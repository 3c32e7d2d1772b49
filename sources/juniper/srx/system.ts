import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseIp } from '../../kit/ip.ts';
import { put } from '../../kit/types.ts';

const USER = /\b[Uu]ser '([^']{1,128})'/;
const CLASS = /\bclass '([^']{1,64})'/;
const COMMAND = /\bcommand '(.{1,8000}?)'?$/;
const FROM = /(?:\bhost '|\bfrom |ssh-connection ')(?:host )?'?([0-9A-Fa-f.:]{3,45})/;
const CHILD = /\bchild '([^']{1,512})'(?:, PID (\d{1,9}))?(?:, status (\S{1,20}))?/;
/** `root@192.0.2.1 as root: cmd='…'` */
const REMOTE = /^([^@\s]{1,64})@(\S{1,128}) as ([^:\s]{1,64}): cmd='(.{0,4000}?)'?$/;
const WORD = /^([A-Za-z_]{3,40}): /;

const PROCESS: Categorisation = { category: ['process'], type: ['info'] };

function kindOf(tag: string, text: string): Categorisation | undefined {
  if (tag === 'UI_CMDLINE_READ_LINE') return { category: ['process'], type: ['access'], outcome: 'success' };
  if (tag === 'UI_LOGOUT_EVENT') return { category: ['authentication'], type: ['end'], outcome: 'success' };
  if (tag.startsWith('UI_CHILD_')) return tag === 'UI_CHILD_START' ? WHAT.processStart : PROCESS;
  if (tag.startsWith('UI_COMMIT') || tag.startsWith('UI_CFG_AUDIT')) return WHAT.configurationChanged;
  if (/FAILED|INCORRECT|UNKNOWN_USER/.test(tag) && /LOGIN|AUTH|SSHD/.test(tag))
    return { ...WHAT.login, outcome: 'failure' };
  if (/^(?:UI_AUTH_EVENT|UI_LOGIN_EVENT|LOGIN_INFORMATION|LOGIN_ROOT)$/.test(tag))
    return { ...WHAT.login, outcome: /fail/i.test(text) ? 'failure' : 'success' };
  return undefined;
}

/**
 * Writes a log of Junos itself: logins, commands, commits, programs.
 *
 * @param tag the log's tag (`UI_AUTH_EVENT`), where it has one
 * @param structured parameters, where the log has them
 * @returns whether the kind of log is known
 */
export function putSystem(
  doc: EcsFields,
  tag: string | undefined,
  text: string,
  structured: ReadonlyMap<string, string> | undefined,
): boolean {
  if (tag === undefined) return putUntagged(doc, text);
  doc['event.action'] = tag;
  put(doc, 'user.name', structured?.get('username') ?? USER.exec(text)?.[1]);
  const role = structured?.get('class-name') ?? CLASS.exec(text)?.[1];
  if (role !== undefined) doc['user.roles'] = [role];
  const command = structured?.get('command') ?? COMMAND.exec(text)?.[1];
  if (command !== undefined && tag === 'UI_CMDLINE_READ_LINE')
    doc['process.command_line'] = command.trimEnd();
  const address = structured?.get('source-address') ?? FROM.exec(text)?.[1];
  const ip = address === undefined ? undefined : parseIp(address);
  if (ip !== undefined) {
    doc['source.address'] = ip;
    doc['source.ip'] = ip;
  }
  if (tag.startsWith('UI_CHILD_')) {
    const child = CHILD.exec(text);
    put(doc, 'process.name', child?.[1]);
    put(doc, 'process.pid', child?.[2]);
    put(doc, 'process.exit_code', child?.[3]);
  }
  const what = kindOf(tag, text);
  categorise(doc, what ?? { category: ['network'], type: ['info'] });
  return true;
}

function putUntagged(doc: EcsFields, text: string): boolean {
  const remote = REMOTE.exec(text);
  if (remote === null) {
    categorise(doc, { category: ['network'], type: ['info'] });
    const word = WORD.exec(text);
    if (word !== null) doc['event.action'] = word[1]!;
    return word !== null;
  }
  const [, user, host, as, command] = remote as unknown as string[];
  categorise(doc, PROCESS);
  doc['user.name'] = user!;
  doc['process.user.name'] = as!;
  doc['process.command_line'] = command!;
  const ip = parseIp(host!);
  doc['source.address'] = ip ?? host!;
  if (ip !== undefined) doc['source.ip'] = ip;
  else doc['source.domain'] = host!;
  return true;
}
