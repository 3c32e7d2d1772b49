import type { Duplex } from 'node:stream';

/** Message between the parent and the child: a small JSON header and bytes that are never parsed. */
export interface Frame<Header> {
  readonly header: Header;
  readonly payload: Buffer;
}

/** No frame is larger: a length above it means that the stream is out of step. */
const MAX_FRAME = 1 << 30;

/**
 * Sends frames over a stream: 4 bytes length of what follows, 4 bytes length of the header, the header as
 * JSON, the payload; lengths little-endian.
 */
export function sendFrame(stream: Duplex, header: object, payload?: Uint8Array): void {
  const json = Buffer.from(JSON.stringify(header));
  const lengths = Buffer.allocUnsafe(8);
  lengths.writeUInt32LE(4 + json.length + (payload?.length ?? 0), 0);
  lengths.writeUInt32LE(json.length, 4);
  stream.cork();
  stream.write(lengths);
  stream.write(json);
  if (payload && payload.length > 0) stream.write(payload);
  stream.uncork();
}

/** Calls `receive` for every frame that arrives; destroys the stream when it is out of step. */
export function receiveFrames<Header>(stream: Duplex, receive: (frame: Frame<Header>) => void): void {
  let chunks: Buffer[] = [];
  let held = 0;
  let wanted = 4;
  stream.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    held += chunk.length;
    if (held < wanted) return;
    let bytes = chunks.length === 1 ? chunk : Buffer.concat(chunks, held);
    while (bytes.length >= 4) {
      const length = bytes.readUInt32LE(0);
      if (length < 4 || length > MAX_FRAME) {
        stream.destroy(new Error(`frame of ${length} bytes`));
        return;
      }
      wanted = 4 + length;
      if (bytes.length < wanted) break;
      const headerEnd = 8 + bytes.readUInt32LE(4);
      receive({
        header: JSON.parse(bytes.toString('utf8', 8, headerEnd)) as Header,
        payload: bytes.subarray(headerEnd, wanted),
      });
      bytes = bytes.subarray(wanted);
      wanted = 4;
    }
    chunks = bytes.length > 0 ? [bytes] : [];
    held = bytes.length;
  });
}
