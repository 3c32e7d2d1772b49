/** A body as text. */
export interface Text {
  readonly text: string;
  /** Some of it was not valid in its encoding and became U+FFFD. */
  readonly damaged: boolean;
}

/**
 * Decodes a body: by its byte order mark, else by what its content type says, else by its first character, which is
 * `<`. Windows sends UTF-16, little-endian. Text that is not valid is decoded all the same, because a machine would
 * send it again for ever.
 *
 * @param charset of the content type
 * @returns undefined: an encoding that no machine uses
 */
export function decodeBody(bytes: Buffer, charset: string | undefined): Text | undefined {
  const encoding = encodingOf(bytes, charset);
  if (encoding === undefined) return undefined;
  try {
    return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), damaged: false };
  } catch {
    // Told by `damaged`: names in events may hold half a surrogate pair.
    return { text: new TextDecoder(encoding).decode(bytes), damaged: true };
  }
}

function encodingOf(
  bytes: Buffer,
  charset: string | undefined,
): 'utf-16le' | 'utf-16be' | 'utf-8' | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  if (first === 0xef && second === 0xbb) return 'utf-8';
  if (first === 0x3c && second === 0) return 'utf-16le';
  if (first === 0 && second === 0x3c) return 'utf-16be';
  switch (charset?.toLowerCase()) {
    case undefined:
    case 'utf-8':
    case 'us-ascii':
      return 'utf-8';
    case 'utf-16':
    case 'utf-16le':
      return 'utf-16le';
    case 'utf-16be':
      return 'utf-16be';
    default:
      return undefined;
  }
}

/** Whether a body that calls itself compressed is not: what machines say at the end of a subscription. */
export function isPlain(bytes: Buffer): boolean {
  return bytes[0] === 0x3c || (bytes[0] === 0xff && bytes[1] === 0xfe && bytes[2] === 0x3c && bytes[3] === 0);
}

/** An answer as Windows expects it: UTF-16, little-endian, with its mark. */
export function encodeBody(text: string): Buffer {
  return Buffer.from(`\ufeff${text}`, 'utf16le');
}
