import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { parseCef } from '../../kit/cef.ts';
import { cefTable, putCef } from '../../kit/cef-fields.ts';
import { putFile } from '../../kit/file.ts';
import { putHash } from '../../kit/hash.ts';
import { parseIp } from '../../kit/ip.ts';
import { defineSource, type ParseInput, type ParseOutcome } from '../../kit/source.ts';
import { put } from '../../kit/types.ts';
import { putUrl } from '../../kit/url.ts';
import { putAccount } from '../../kit/user.ts';

const VENDOR = 'kaspersky.endpoint.';
const MAX_LINES = 200;

/** `Name: value` a line; the line breaks are real ones or written as `\r\n`. */
function read(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const line of text.split(/\\r\\n|\r?\n/, MAX_LINES)) {
    const colon = line.indexOf(': ');
    if (colon <= 0 || colon > 60) continue;
    const name = line.slice(0, colon).trim();
    const value = line.slice(colon + 2).trim();
    if (name !== '' && value !== '' && !pairs.has(name)) pairs.set(name, value);
  }
  return pairs;
}

/** Kaspersky Security Center's export in CEF: the machine that it is about is the destination there. */
const TABLE = cefTable(
  VENDOR,
  `
  dhost          host.name             text
  dst            host.ip               ip-list
  VirusName      threat.software.name  text
  SHA256         file.hash             hash
  MD5            file.hash             hash
  filePath       file                  file
  duser          user                  account
  suser          user                  account
  ProductName    service.name          text
  ProductVersion service.version       text
  msg            event.reason          text
`,
);

/** Events in which something harmful was found or stopped, by the beginnings of their codes. */
const FOUND =
  /VIRUS|INFECT|MALWARE|OBJECT_(?:BLOCKED|DELETED|CURED|QUARANTINED|NOTCURED)|SUSPICIOUS|ATTACK|EXPLOIT|RANSOM/;

function classify(doc: EcsFields, code: string): void {
  if (/ATTACK|NETWORK/.test(code)) {
    categorise(doc, WHAT.networkIntrusion);
    doc['event.kind'] = 'alert';
  } else if (FOUND.test(code)) {
    categorise(doc, WHAT.malware);
    doc['event.kind'] = 'alert';
  } else if (/LOGIN|AUTH/.test(code)) categorise(doc, WHAT.authentication);
  else if (/^KLAUD|SETTINGS|POLICY|TASK/.test(code)) categorise(doc, WHAT.configurationChanged);
  else categorise(doc, WHAT.hostInfo);
}

function putObserver(doc: EcsFields): void {
  doc['observer.vendor'] = 'Kaspersky';
  doc['observer.product'] = 'Kaspersky Endpoint Security';
  doc['observer.type'] = 'edr';
}

function parseCefRecord(input: ParseInput, doc: EcsFields): ParseOutcome {
  const cef = parseCef(input.text);
  if (cef === undefined || !/^kaspersky/i.test(cef.vendor)) return 'rejected';
  putCef(doc, cef, TABLE, input);
  putObserver(doc);
  delete doc['rule.id'];
  doc['event.code'] = cef.signatureId;
  classify(doc, cef.signatureId);
  return 'parsed';
}

/** `[event@23668 et="GNRL_EV_VIRUS_FOUND" hdn="ws-1" hip="192.0.2.7" …]` in front of the text. */
function putStructured(doc: EcsFields, event: Readonly<Record<string, string>>): void {
  put(doc, 'event.code', event['et']);
  put(doc, 'rule.name', event['etdn']);
  put(doc, 'host.name', event['hdn']);
  const ip = parseIp(event['hip'] ?? '');
  if (ip !== undefined) doc['host.ip'] = [ip];
  put(doc, 'observer.name', event['kscfqdn']);
  put(doc, `${VENDOR}task`, event['tdn']);
  put(doc, `${VENDOR}group`, event['gn']);
}

const STRUCTURED = 'event@23668';

const KNOWN = new Set([
  'Result description',
  'Event type',
  'Type',
  'Name',
  'User',
  'Object',
  'Reason',
  'SHA256',
  'MD5',
  'Error',
  'Object name',
  'Object type',
  'Application',
  'Threat level',
  'Process ID',
  'Computer name',
  'IP address',
]);

function parse(input: ParseInput, doc: EcsFields): ParseOutcome {
  if (input.text.startsWith('CEF:')) return parseCefRecord(input, doc);
  const event = input.syslog?.structured?.[STRUCTURED];
  const pairs = read(input.text);
  if (event === undefined && !pairs.has('Result description') && !pairs.has('Event type')) return 'rejected';
  putObserver(doc);
  if (event !== undefined) putStructured(doc, event);
  put(doc, 'event.action', pairs.get('Result description'));
  put(doc, 'event.reason', pairs.get('Reason') ?? pairs.get('Event type') ?? event?.['etdn']);
  put(doc, 'error.message', pairs.get('Error'));
  putAccount(doc, 'user', pairs.get('User')?.replace(/ \([^()]{1,40}\)$/, ''));
  put(doc, 'threat.software.name', pairs.get('Name'));
  const type = pairs.get('Type');
  if (type !== undefined) doc[`${VENDOR}type`] = type;
  const object = pairs.get('Object') ?? pairs.get('Object name');
  if (object !== undefined) {
    if (/^https?:/i.test(object)) putUrl(doc, object);
    else if (pairs.get('Object type') === 'Web page') doc['url.path'] = object;
    else putFile(doc, object);
  }
  putHash(doc, 'file.hash', pairs.get('SHA256'));
  putHash(doc, 'file.hash', pairs.get('MD5'));
  put(doc, 'host.name', pairs.get('Computer name'));
  put(doc, 'process.pid', pairs.get('Process ID'));
  for (const [name, value] of pairs)
    if (!KNOWN.has(name)) doc[VENDOR + name.replace(/\s+/g, '_').toLowerCase()] = value;
  const code = event?.['et'];
  if (code !== undefined) {
    classify(doc, code);
    return 'parsed';
  }
  const isMalware =
    pairs.has('Name') ||
    pairs.has('SHA256') ||
    /malicious|detected|infected/i.test(pairs.get('Event type') ?? '');
  if (isMalware) {
    categorise(doc, WHAT.malware);
    doc['event.kind'] = 'alert';
  } else categorise(doc, { category: ['process'], type: ['info'] });
  return 'parsed';
}

export default defineSource({
  id: 'kaspersky.endpoint',
  signatures: [
    { kind: 'text', prefix: 'CEF:', literals: ['|KasperskyLab|'] },
    { kind: 'text', prefix: 'CEF:', literals: ['|Kaspersky|'] },
    {
      kind: 'app',
      names: ['KES', 'KSWS', 'KESL', 'KAV', 'KSC'],
      test: ({ syslog }) => syslog?.structured?.[STRUCTURED] !== undefined,
    },
    { kind: 'text', literals: ['Result description: ', 'User: '] },
    { kind: 'text', prefix: 'Event type: ', literals: ['Result description: '] },
    { kind: 'text', prefix: 'Result description: ' },
  ],
  parse,
});
