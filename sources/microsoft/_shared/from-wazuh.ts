import type { JsonObject } from '@vigie/contracts';
import { parseIso } from '../../kit/dates.ts';
import { standardOpcode } from './from-nxlog.ts';
import {
  type DataFields,
  dataText,
  emptyData,
  keywordMask,
  object,
  readKeywords,
  text,
  type WindowsEvent,
  whole,
} from './windows-event.ts';

/**
 * A Windows event as the Wazuh manager decodes it: `{ win: { system, eventdata } }`, or another member than
 * `eventdata` named after the element of the event's `UserData`. Every name begins with a small letter, and
 * values are escaped once more than JSON asks for.
 */
export function fromWazuh(json: JsonObject): WindowsEvent | undefined {
  const win = object(json['win']);
  const system = object(win?.['system']);
  const eventId = whole(system?.['eventID']);
  if (win === undefined || system === undefined || eventId === undefined) return undefined;
  const mask = keywordMask(text(system['keywords']));
  const keywords = mask === undefined ? undefined : readKeywords(mask);
  const severity = text(system['severityValue']);
  const time = text(system['systemTime']);
  const opcode = whole(system['opcode']);
  const data = emptyData();
  const inside = Object.keys(win).find((name) => name !== 'system' && object(win[name]) !== undefined);
  if (inside !== undefined)
    readData(object(win[inside])!, smallNames(inside, text(system['providerName'])), data);
  return {
    channel: text(system['channel']),
    provider: text(system['providerName']) ?? text(system['eventSourceName']),
    providerGuid: text(system['providerGuid']),
    eventId,
    version: whole(system['version']),
    level: whole(system['level']),
    task: text(system['task']),
    opcode: opcode === undefined ? undefined : standardOpcode(opcode, undefined),
    keywords: keywords?.names,
    audit:
      keywords?.audit ??
      (severity === 'AUDIT_SUCCESS' ? 'success' : severity === 'AUDIT_FAILURE' ? 'failure' : undefined),
    time: time === undefined ? undefined : parseIso(time, 'UTC'),
    recordId: text(system['eventRecordID']),
    processId: whole(system['processID']),
    threadId: whole(system['threadID']),
    computer: text(system['computer']),
    data,
    userDataName: inside === undefined || inside.toLowerCase() === 'eventdata' ? undefined : capital(inside),
    message: unquote(text(system['message'])),
  };
}

/**
 * Which names of the data do begin with a small letter: those that Windows numbers itself, and those of one
 * provider.
 */
function smallNames(member: string, provider: string | undefined): (name: string) => boolean {
  if (member !== 'eventdata') return () => false;
  if (provider === 'Microsoft-Windows-Bits-Client') return (name) => name !== 'id';
  return (name) => /^param\d+$/.test(name);
}

function readData(
  source: Readonly<Record<string, unknown>>,
  isSmall: (name: string) => boolean,
  out: DataFields,
): void {
  for (const name of Object.keys(source)) {
    const value = dataText(source[name]);
    if (value === undefined || value === '') continue;
    // Data without a name, which event XML numbers: the manager joins it in one member.
    if (name === 'data') out['param1'] = unescaped(value);
    else out[isSmall(name) ? name : capital(name)] = unescaped(value);
  }
}

/** Names of Windows' own manifests begin with a capital. */
function capital(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** The manager puts the rendered text between quotation marks of its own. */
function unquote(message: string | undefined): string | undefined {
  if (message === undefined || message.length < 2 || !message.startsWith('"') || !message.endsWith('"'))
    return message;
  return message.slice(1, -1);
}

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\', '"': '"', n: '\n', r: '\r', t: '\t' };

/**
 * Takes the manager's own escaping off. A value with a backslash that escapes nothing was not escaped at all
 * (newer versions, other writers) and stays as it is.
 */
function unescaped(value: string): string {
  if (!value.includes('\\')) return value;
  let out = '';
  let from = 0;
  for (let at = value.indexOf('\\'); at >= 0; at = value.indexOf('\\', at + 2)) {
    const next = ESCAPED[value.charAt(at + 1)];
    if (next === undefined) return value;
    out += value.slice(from, at) + next;
    from = at + 2;
  }
  return out + value.slice(from);
}
