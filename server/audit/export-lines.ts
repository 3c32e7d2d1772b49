import type { AuditRecord } from './ports.ts';

/**
 * The export: NDJSON. A first line says what it is and of whom, then a line a record, oldest first, and a last line
 * with their number: a download that broke off does not pass for the whole.
 */
export interface ExportHead {
  readonly vigieAudit: 1;
  /** Null: all; otherwise the tenants whose records these are. */
  readonly tenants: readonly string[] | null;
  /** Something was left out by a filter. */
  readonly filtered: boolean;
  /** Epoch milliseconds. */
  readonly exportedAt: number;
}

/** Lines gathered before they are handed on. */
const CHUNK = 64 * 1024;

/** Writes an export, in chunks of whole lines. */
export async function* exportLines(
  head: ExportHead,
  records: AsyncIterable<AuditRecord>,
): AsyncGenerator<string> {
  let chunk = `${JSON.stringify(head)}\n`;
  let count = 0;
  for await (const record of records) {
    count++;
    chunk += `${JSON.stringify(record)}\n`;
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = '';
  }
  yield `${chunk}{"end":true,"records":${count}}\n`;
}

/** A line of an export, read. */
export type ExportLine =
  | { readonly kind: 'head'; readonly head: ExportHead }
  | { readonly kind: 'record'; readonly record: AuditRecord }
  | { readonly kind: 'end'; readonly records: number }
  | { readonly kind: 'unreadable' };

/** Reads one line; what has not the form of a record is `unreadable`, and never throws later. */
export function readExportLine(line: string): ExportLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: 'unreadable' };
  }
  if (!isObject(value)) return { kind: 'unreadable' };
  if (value['vigieAudit'] === 1) return { kind: 'head', head: value as unknown as ExportHead };
  if (value['end'] === true) return { kind: 'end', records: Number(value['records']) };
  return isRecord(value)
    ? { kind: 'record', record: value as unknown as AuditRecord }
    : { kind: 'unreadable' };
}

function isRecord(value: Readonly<Record<string, unknown>>): boolean {
  const { seq, hash, prev, actor, commitments, personal, erased, object } = value;
  return (
    Number.isSafeInteger(seq) &&
    typeof hash === 'string' &&
    typeof prev === 'string' &&
    isObject(actor) &&
    isObject(commitments) &&
    (object === null || isObject(object)) &&
    isObject(personal) &&
    isPersonal(personal['actor']) &&
    isPersonal(personal['subject']) &&
    (erased === null ||
      (isObject(erased) && Array.isArray(erased['actor']) && Array.isArray(erased['subject'])))
  );
}

function isPersonal(value: unknown): boolean {
  return (
    value === null ||
    (isObject(value) && typeof value['salt'] === 'string' && typeof value['data'] === 'string')
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
