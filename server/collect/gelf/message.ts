import { gunzipSync, inflateSync } from 'node:zlib';
import { parseObject } from '../http/items.ts';
import type { Decoded } from '../listen/intake.ts';
import { decodeLimited } from '../raw-text.ts';
import type { GelfLimits } from './options.ts';

/** A message decoded, with what is to be counted of it. */
export interface GelfMessage extends Decoded {
  readonly malformed: boolean;
  readonly truncated: boolean;
}

/**
 * Opens a compressed message: gzip or zlib are told by their first bytes, all else is taken as it is.
 *
 * @param limit bytes it may become
 * @returns `undefined` when it can't be opened or becomes more
 */
export function decompress(bytes: Buffer, limit: number): Buffer | undefined {
  try {
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes, { maxOutputLength: limit });
    if (isZlib(bytes)) return inflateSync(bytes, { maxOutputLength: limit });
    return bytes;
  } catch {
    // What was sent decides this; the caller counts it.
    return undefined;
  }
}

/** RFC 1950: method 8 in the low half of the first byte, both together a multiple of 31. */
function isZlib(bytes: Buffer): boolean {
  const [first, second] = bytes;
  if (first === undefined || second === undefined) return false;
  return (first & 0x0f) === 8 && first >> 4 <= 7 && (first * 256 + second) % 31 === 0;
}

/**
 * A message as a log: its JSON as sent, parsed; what is none is kept as text.
 *
 * @param length bytes as sent, where more came than `bytes` holds
 */
export function readMessage(
  bytes: Buffer,
  limits: Pick<GelfLimits, 'item' | 'line' | 'depth'>,
  length = bytes.length,
): GelfMessage {
  if (length <= limits.item && bytes.length === length) {
    const { text, flags } = decodeLimited(bytes, bytes.length);
    const json = parseObject(text, limits.depth);
    if (typeof json !== 'string')
      return { text, json, length, malformed: false, truncated: false, ...(flags && { flags }) };
  }
  const { text, flags } = decodeLimited(bytes, limits.line);
  const truncated = bytes.length > limits.line || length > bytes.length;
  return {
    text,
    length,
    malformed: !truncated,
    truncated,
    ...(truncated ? { flags: [...new Set([...(flags ?? []), 'truncated' as const])] } : flags && { flags }),
  };
}
