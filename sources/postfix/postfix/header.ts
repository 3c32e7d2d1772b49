import type { EcsFields } from '@vigie/contracts';
import { parseDate, putDate } from '../../kit/dates.ts';
import { toLong } from '../../kit/types.ts';

/** A header that a `header_checks` rule hit: `header Subject: … from mx[…]; from=<…> to=<…> …`. */
export function putHeader(doc: EcsFields, text: string): void {
  const match = /^(?:mime-|nested-)?header ([A-Za-z0-9-]{1,60}): /.exec(text);
  if (match === null) return;
  const name = match[1]!.toLowerCase();
  const end = text.lastIndexOf('; from=<');
  const whole = text.slice(match[0].length, end < 0 ? undefined : end);
  const tail = whole.lastIndexOf(' from ');
  const value = (tail > 0 && end >= 0 ? whole.slice(0, tail) : whole).trim();
  doc['postfix.header.name'] = match[1]!;
  doc['postfix.header.value'] = value;
  if (name === 'subject') doc['email.subject'] = value;
  else if (name === 'x-mailer') doc['email.x_mailer'] = value;
  else if (name === 'from') {
    const address = /[<[(]([^\s<>[\]()@]{1,64}@[^\s<>[\]()@]{1,255})[>\])]/.exec(value)?.[1];
    const bare = address ?? (/^\S{1,64}@\S{1,255}$/.test(value) ? value : undefined);
    if (bare !== undefined) doc['email.from.address'] ??= [bare];
  } else if (name.startsWith('content-')) putAttachment(doc, value);
}

const PARAMETER = /(?:^|[;?\s])(filename|name|size|creation-date|modification-date)\*?="{0,2}([^";]{1,255})/g;

function putAttachment(doc: EcsFields, value: string): void {
  for (const match of value.matchAll(PARAMETER)) {
    const [, key, found] = match as unknown as [string, string, string];
    if ((key === 'filename' || key === 'name') && !found.startsWith('=?')) doc['file.name'] ??= found;
    else if (key === 'size') {
      const size = toLong(found);
      if (size !== undefined) doc['file.size'] = size;
    } else if (key.endsWith('-date')) {
      const when = parseDate(found, { timeZone: 'UTC', receivedAt: 0 });
      putDate(doc, key === 'creation-date' ? 'file.created' : 'file.mtime', when);
    }
  }
}
