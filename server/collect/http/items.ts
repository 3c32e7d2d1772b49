import type { JsonObject, RawFlag, RawLog, Transport } from '@vigie/contracts';
import type { DropCounter, SourceBinding } from '../ports.ts';
import { decodeLimited } from '../raw-text.ts';
import { nestsDeeper } from './json-scan.ts';
import type { IngestLimits } from './limits.ts';

/** What all items of a request have in common. */
export interface ItemContext {
  readonly binding: SourceBinding;
  readonly transport: Transport;
  readonly receivedAt: number;
  readonly peer: string;
  readonly limits: IngestLimits;
  readonly drops: DropCounter;
}

/** A log, or why the item can't be one. */
export type Item = RawLog | { readonly error: string };

/** Whether an item was refused. */
export function isRefused(item: Item): item is { readonly error: string } {
  return 'error' in item;
}

/** Builds a log of already decoded parts. */
export function rawLog(
  context: ItemContext,
  text: string,
  length: number,
  flags: readonly RawFlag[] | undefined,
  json: JsonObject | undefined,
  key?: string,
): RawLog {
  const { tenant, source } = context.binding;
  const { transport, receivedAt, peer } = context;
  return {
    tenant,
    source,
    transport,
    receivedAt,
    peer,
    text,
    length,
    ...(json === undefined ? undefined : { json }),
    ...(flags === undefined ? undefined : { flags }),
    ...(key === undefined ? undefined : { key }),
  };
}

/** A line of text as a log, cut at the limit. */
export function textItem(context: ItemContext, bytes: Buffer, key?: string): RawLog {
  const { text, flags } = decodeLimited(bytes, context.limits.line);
  if (bytes.length > context.limits.line) context.drops.count('truncated', context.binding, 1);
  return rawLog(context, text, bytes.length, flags, undefined, key);
}

/**
 * A JSON object as a log: its text is the item exactly as it was sent. One above the item limit is kept as
 * cut text without the object.
 */
export function jsonItem(context: ItemContext, bytes: Buffer, key?: string): Item {
  if (bytes.length > context.limits.item) return textItem(context, bytes, key);
  const { text, flags } = decodeLimited(bytes, bytes.length);
  const parsed = parseObject(text, context.limits.depth);
  if (typeof parsed === 'string') {
    context.drops.count('malformed-json', context.binding, 1);
    return { error: parsed };
  }
  return rawLog(context, text, bytes.length, flags, parsed, key);
}

/**
 * Parses a JSON object.
 *
 * @param depth levels of nesting allowed
 * @returns the object, or what is wrong with the text
 */
export function parseObject(text: string, depth: number): JsonObject | string {
  if (nestsDeeper(text, depth)) return `nested deeper than ${depth} levels`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's message quotes the input and differs between versions of Node.
    return 'malformed JSON';
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'not a JSON object';
  return value as JsonObject;
}

/**
 * Calls back for each line that is not empty, until a call answers `false`; CR before LF and a byte order mark
 * are taken off.
 */
export function forEachLine(bytes: Buffer, each: (line: Buffer) => boolean): void {
  let start = bytes.length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (start < bytes.length) {
    const lf = bytes.indexOf(0x0a, start);
    const next = lf < 0 ? bytes.length : lf;
    const end = next > start && bytes[next - 1] === 0x0d ? next - 1 : next;
    if (end > start && !each(bytes.subarray(start, end))) return;
    start = next + 1;
  }
}
