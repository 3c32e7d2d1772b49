import type { EcsFields } from '@vigie/contracts';
import { type Categorisation, categorise, WHAT } from '../../kit/categorise.ts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { isHostName } from '../../kit/field-table.ts';
import { parseIp } from '../../kit/ip.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { putAccount } from '../../kit/user.ts';

const VENDOR = 'veeam.backup.';
const KEY = /\s?([A-Za-z][A-Za-z0-9_]{0,60})=/y;
const MAX_PAIRS = 60;

/**
 * Reads `[categoryId=0 instanceId=110 Name="value" …]`. A quoted value may hold quotes (XML): it ends at a quote
 * behind which the next key or the closing bracket stands.
 */
function readPairs(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  let at = 1;
  while (at < text.length && pairs.size < MAX_PAIRS) {
    KEY.lastIndex = at;
    const key = KEY.exec(text);
    if (key === null) break;
    at = KEY.lastIndex;
    if (text.charCodeAt(at) !== 34) {
      let end = text.indexOf(' ', at);
      if (end < 0) end = text.endsWith(']') ? text.length - 1 : text.length;
      pairs.set(key[1]!, text.slice(at, end));
      at = end;
      continue;
    }
    const end = closingQuote(text, at + 1);
    pairs.set(key[1]!, text.slice(at + 1, end));
    at = end + 1;
  }
  return pairs;
}

const NEXT = /" [A-Za-z][A-Za-z0-9_]{0,60}="|"\]\s*$|"$/g;

function closingQuote(text: string, from: number): number {
  // An empty value stands right before its closing quote.
  NEXT.lastIndex = from;
  const match = NEXT.exec(text);
  return match === null ? text.length : match.index;
}

/** What an event says was done, in the words of its description; Veeam numbers hundreds of events. */
const DEEDS: readonly (readonly [RegExp, Categorisation])[] = [
  [/\b(?:login|logon|log on|logged (?:in|on)|authentication)\b/i, WHAT.login],
  [/^Restore point .* (?:removed|deleted)|\bbackup files? .*(?:removed|deleted)/i, WHAT.fileDeleted],
  [/\brestore .* (?:started|initiated)|\bhas been started\b|\bhas started\b/i, WHAT.processStart],
  [/\bfinished\b|\bhas been stopped\b|\bhas been completed\b|\bcompleted\b/i, WHAT.processEnd],
  [/\bmalware\b|\bransomware\b|\bsuspicious\b|\bencrypted data\b/i, WHAT.malware],
  [/\bhas been (?:created|added|assigned|installed)\b/i, WHAT.configurationCreated],
  [/\bhas been (?:deleted|removed)\b/i, WHAT.configurationDeleted],
  [
    /\bha(?:s|ve) been (?:changed|modified|updated|edited|enabled|disabled|renamed|upgraded|moved)\b/i,
    WHAT.configurationChanged,
  ],
];

function classify(doc: EcsFields, description: string): boolean {
  const deed = DEEDS.find(([words]) => words.test(description));
  categorise(doc, deed?.[1] ?? WHAT.hostInfo);
  if (/\bfinished with (?:Error|Failed)|\bfailed\b|\bdenied\b/i.test(description))
    doc['event.outcome'] = 'failure';
  else if (/\bfinished with (?:Success|Warning)|\bsuccessfully\b/i.test(description))
    doc['event.outcome'] = 'success';
  if (deed?.[1] === WHAT.malware) doc['event.kind'] = 'alert';
  return deed !== undefined;
}

/** Keys that have their place in ECS. */
const PLACED = new Set([
  'Description',
  'UserName',
  'DateTime',
  'ServerName',
  'HostName',
  'VmName',
  'ComponentDisplayName',
  'instanceId',
]);

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  const at = input.text.indexOf('[categoryId=');
  if (at < 0 || at > 400) return 'rejected';
  const pairs = readPairs(input.text.slice(at).trim());
  const number = pairs.get('instanceId');
  if (number === undefined) return 'rejected';
  doc['event.code'] = number;
  for (const [key, value] of pairs) {
    if (value !== '' && !PLACED.has(key)) doc[VENDOR + key] = value;
  }
  const description = pairs.get('Description') ?? '';
  doc['message'] = description;
  doc['event.reason'] = description;
  const known = classify(doc, description);
  const user =
    pairs.get('UserName') ??
    /\bby (?:user )?([^\s\\]{1,128}\\[^\s\\]{1,128})/.exec(description)?.[1]?.replace(/[.,;]+$/, '');
  putAccount(doc, 'user', user);
  for (const key of ['HostName', 'VmName']) {
    const name = pairs.get(key);
    if (name === undefined) continue;
    const ip = parseIp(name);
    if (ip !== undefined) doc['host.ip'] = [ip];
    else if (isHostName(name)) doc['host.name'] ??= name;
  }
  const component = pairs.get('ComponentDisplayName');
  if (component !== undefined) doc['agent.name'] = component;
  const server = pairs.get('ServerName');
  const sender = input.syslog?.hostname;
  if (server !== undefined) doc['observer.name'] = server;
  else if (sender !== undefined) doc['observer.name'] = sender;
  const time = pairs.get('DateTime');
  if (time !== undefined) putDate(doc, '@timestamp', parseDate(time, input));
  doc['observer.vendor'] = 'Veeam';
  doc['observer.product'] = 'Veeam Backup & Replication';
  return known ? 'parsed' : 'partial';
}

/** Veeam Backup & Replication: jobs, restores, restore points, configuration. */
export default defineSource({
  id: 'veeam.backup',
  signatures: [{ kind: 'text', literals: ['[categoryId=', ' instanceId='] }],
  parse,
});
