import { isEvtx } from '@vigie/evtx';
import { csvHeader } from './csv-table.ts';
import type { InputKind } from './types.ts';

/** Bytes of a file from which its kind is told. */
export const HEAD = 65_536;

/** What kind of content begins with these bytes; undefined for what is no log. */
export function kindOf(head: Buffer): InputKind | undefined {
  if (isEvtx(head)) return 'evtx';
  const text = textOf(head);
  if (text === undefined) return undefined;
  const start = text.trimStart();
  if (start.startsWith('[') && /^\[\s*(\{|\])/.test(start)) return 'json';
  if (start.startsWith('{')) {
    if (/^\{\s*"(?:Records|value|events|logEvents)"\s*:\s*\[/.test(start)) return 'json';
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
  // Logs may hold single NULs where a program crashed while writing; a binary file holds many.
  let nuls = 0;
  for (const byte of head) if (byte === 0) nuls++;
  return nuls * 50 > head.length ? undefined : head.toString('utf8').replace(/^\uFEFF/, '');
}

/** The reason of a failure, for people. */
export function reason(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') return 'not readable by you';
  if (code === 'ENOENT') return 'no such file';
  return error instanceof Error ? error.message : String(error);
}
