import { isEvtx } from '@vigie/evtx';
import { csvHeader } from './csv-table.ts';
import type { InputKind } from './types.ts';

/** Bytes of a file from which its kind is told. */
export const HEAD = 65_536;

/**
 * The beginning of a document that holds logs in a list: CloudTrail's files, answers of cloud interfaces, and what
 * a search engine answers, whose hits come after figures that hold no list.
 */
export const ENVELOPE =
  /^\s*\{\s*(?:"(?:Records|value|events|logEvents)"|"[^[\]]{0,2000}?"hits"\s*:\s*\{[^[\]]{0,2000}?"hits")\s*:\s*\[/;

/** What kind of content begins with these bytes; undefined for what is no log. */
export function kindOf(head: Buffer): InputKind | undefined {
  if (isEvtx(head)) return 'evtx';
  const text = textOf(head);
  if (text === undefined) return undefined;
  const start = text.trimStart();
  if (start.startsWith('[') && /^\[\s*(\{|\])/.test(start)) return 'json';
  if (start.startsWith('{')) {
    if (ENVELOPE.test(start)) return 'json';
    const end = start.indexOf('\n');
    // One object a line, unless the first line is not whole.
    return end < 0 || isJson(start.slice(0, end)) ? 'lines' : 'json';
  }
  if (/^(?:<\?xml[^>]{0,200}\?>\s*)?<Events?[\s>]/.test(start)) return 'xml';
  return csvHeader(head) === undefined ? 'lines' : 'csv';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Asked for nothing else.
    return false;
  }
}

/** Whether bytes begin with the mark of UTF-16, as PowerShell writes it. */
export function isUtf16(head: Uint8Array): boolean {
  return (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
}

function textOf(head: Buffer): string | undefined {
  if (isUtf16(head)) return new TextDecoder(head[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(head);
  // Logs may hold single NULs where a program crashed while writing; a binary file holds many, and compressed or
  // encrypted data holds as many of every other byte that no text has.
  let strange = 0;
  for (const byte of head) strange += STRANGE[byte]!;
  return strange * 50 > head.length ? undefined : head.toString('utf8').replace(/^\uFEFF/, '');
}

/** 1 for control characters but white space, escape, and those that some logs put between their fields. */
const STRANGE = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === 0x7f || (byte < 0x1b && byte !== 1 && !(byte >= 9 && byte <= 13)) ? 1 : 0,
);

const ARCHIVES: readonly (readonly [name: string, offset: number, magic: string])[] = [
  ['a tar archive', 257, 'ustar'],
  ['a zip archive inside another archive', 0, 'PK\u0003\u0004'],
  ['a 7z archive', 0, "7z\u00bc\u00af'\u001c"],
  ['xz data', 0, '\u00fd7zXZ\u0000'],
  ['bzip2 data', 4, '1AY&SY'],
  ['a RAR archive', 0, 'Rar!\u001a\u0007'],
];

/** What kind of archive begins with these bytes, for those that are not read. */
export function archiveName(head: Buffer): string | undefined {
  return ARCHIVES.find(
    ([, offset, magic]) => head.toString('latin1', offset, offset + magic.length) === magic,
  )?.[0];
}

/** The reason of a failure, for people. */
export function reason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') return 'not readable by you';
  if (code === 'ENOENT') return 'no such file';
  return error instanceof Error ? error.message : String(error);
}
