import type { EcsFields } from '@vigie/contracts';
import { categorise, WHAT } from '../../kit/categorise.ts';
import { putFile } from '../../kit/file.ts';
import { putHash } from '../../kit/hash.ts';
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
  const pairs = read(input.text);
  if (!pairs.has('Result description') && !pairs.has('Event type')) return 'rejected';
  doc['observer.vendor'] = 'Kaspersky';
  doc['observer.product'] = 'Kaspersky Endpoint Security';
  doc['observer.type'] = 'edr';
  put(doc, 'event.action', pairs.get('Result description'));
  put(doc, 'event.reason', pairs.get('Reason') ?? pairs.get('Event type'));
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
    { kind: 'text', literals: ['Result description: ', 'User: '] },
    { kind: 'text', prefix: 'Event type: ', literals: ['Result description: '] },
    { kind: 'text', prefix: 'Result description: ' },
  ],
  parse,
});
