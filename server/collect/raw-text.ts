import { isAscii, isUtf8 } from 'node:buffer';
import type { RawFlag } from '@vigie/contracts';

/** Default for the bytes kept of one line; the rest is dropped, flagged and counted. */
export const DEFAULT_LINE_LIMIT = 256 * 1024;

/** A line decoded for `RawLog`. */
export interface DecodedText {
  readonly text: string;
  readonly flags?: readonly RawFlag[];
}

// The eight possible flag lists are shared, so that a flagged line costs no allocation.
const FLAG_SETS: readonly (readonly RawFlag[] | undefined)[] = Array.from({ length: 8 }, (_, bits) => {
  const flags: RawFlag[] = [];
  if (bits & 1) flags.push('truncated');
  if (bits & 2) flags.push('invalid-utf8');
  if (bits & 4) flags.push('nul-bytes');
  return bits === 0 ? undefined : Object.freeze(flags);
});

/** The shared flag list of these oddities; `undefined` when there is none. */
export function rawFlags(
  truncated: boolean,
  invalidUtf8: boolean,
  nul: boolean,
): readonly RawFlag[] | undefined {
  return FLAG_SETS[(truncated ? 1 : 0) | (invalidUtf8 ? 2 : 0) | (nul ? 4 : 0)];
}

/**
 * Decodes bytes as UTF-8: invalid sequences become U+FFFD and are flagged, NUL bytes stay and are flagged.
 *
 * @param truncated the bytes were cut at a limit; a character cut in half is left out, not flagged as invalid
 */
export function decodeText(bytes: Buffer, truncated: boolean): DecodedText {
  if (isAscii(bytes)) {
    const nul = bytes.indexOf(0) !== -1;
    return truncated || nul
      ? { text: bytes.toString('latin1'), flags: rawFlags(truncated, false, nul) }
      : { text: bytes.toString('latin1') };
  }
  const whole = truncated ? withoutCutCharacter(bytes) : bytes;
  const invalid = !isUtf8(whole);
  const nul = whole.indexOf(0) !== -1;
  const text = whole.toString('utf8');
  return truncated || invalid || nul ? { text, flags: rawFlags(truncated, invalid, nul) } : { text };
}

/**
 * Cuts bytes at a limit.
 *
 * @param limit bytes kept
 */
export function decodeLimited(bytes: Buffer, limit: number): DecodedText {
  return bytes.length > limit ? decodeText(bytes.subarray(0, limit), true) : decodeText(bytes, false);
}

function withoutCutCharacter(bytes: Buffer): Buffer {
  // A UTF-8 character has at most three continuation bytes after its first one.
  for (let back = 1; back <= 4 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return bytes;
    if (byte >= 0xc0) {
      const size = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return size > back ? bytes.subarray(0, bytes.length - back) : bytes;
    }
  }
  return bytes;
}
