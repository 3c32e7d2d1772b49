import { pipeline, Readable } from 'node:stream';
import { createInflate } from 'node:zlib';
import { ByteReader, CutShort } from '../listen/byte-reader.ts';
import type { LumberjackLimits } from './options.ts';

/** The sender does not keep to the protocol: its connection is closed. */
export class ProtocolError extends Error {
  /** What it is counted as. */
  readonly reason: 'frame-invalid' | 'too-large' | 'decompression-failed';

  constructor(reason: ProtocolError['reason'], message: string) {
    super(message);
    this.name = 'ProtocolError';
    this.reason = reason;
  }
}

/** What a sender sent. Bytes are valid until the next frame is asked for. */
export type Frame =
  /** So many events will follow, to be acknowledged together. */
  | { readonly kind: 'window'; readonly version: number; readonly size: number }
  /** An event as JSON. `length` is what was sent; `bytes` are at most what a log may hold. */
  | {
      readonly kind: 'json';
      readonly version: number;
      readonly sequence: number;
      readonly bytes: Buffer;
      readonly length: number;
    }
  /** An event as pairs of text. */
  | {
      readonly kind: 'pairs';
      readonly version: number;
      readonly sequence: number;
      readonly pairs: readonly (readonly [string, Buffer])[];
      readonly length: number;
      /** Values had to be cut. */
      readonly truncated: boolean;
    };

const W = 0x57;
const D = 0x44;
const J = 0x4a;
const C = 0x43;
/** Pairs of one event. */
const MAX_PAIRS = 10_000;
/** What is fed to the decompressor at a time. */
const PIECE = 64 * 1024;

/** Tells when a frame begins and when it is read, so that one that never ends can be noticed. */
export type Progress = (inside: boolean) => void;

/**
 * The frames of a Lumberjack stream (version 1 and 2): window `W`, event `J` or `D`, and `C`, which is zlib data of
 * further frames. Numbers are unsigned, big-endian, 32 bits. `C` frames are opened while they arrive; what is held
 * of one is a piece of it and the event being read.
 *
 * Protocol: github.com/elastic/go-lumber, package `protocol/v2`; version 1 is that of logstash-forwarder.
 *
 * @throws ProtocolError; CutShort when the stream ends inside a frame
 */
export async function* readFrames(
  reader: ByteReader,
  limits: LumberjackLimits,
  progress: Progress = () => undefined,
): AsyncGenerator<Frame> {
  yield* frames(reader, limits, progress, 0);
}

async function* frames(
  reader: ByteReader,
  limits: LumberjackLimits,
  progress: Progress,
  depth: number,
): AsyncGenerator<Frame> {
  for (;;) {
    if (depth === 0) progress(false);
    const head = reader.tryRead(2) ?? (await begin(reader, depth === 0 ? progress : undefined));
    if (head === undefined) return;
    const version = head[0]! - 0x30;
    const kind = head[1]!;
    if (version !== 1 && version !== 2) throw new ProtocolError('frame-invalid', 'not a Lumberjack frame');
    if (depth === 0) progress(true);
    switch (kind) {
      case W:
        yield { kind: 'window', version, size: windowSize(await number(reader), limits) };
        break;
      case J:
        yield await jsonFrame(reader, version, limits);
        break;
      case D:
        yield await pairsFrame(reader, version, limits);
        break;
      case C:
        if (depth > 0) throw new ProtocolError('frame-invalid', 'a compressed frame inside another');
        yield* compressed(reader, await number(reader), limits, progress);
        break;
      default:
        throw new ProtocolError('frame-invalid', `a frame of unknown kind ${kind}`);
    }
  }
}

/** Waits for a frame's first byte for as long as it takes, then for the second as part of the frame. */
async function begin(reader: ByteReader, progress: Progress | undefined): Promise<Buffer | undefined> {
  const first = await reader.read(1);
  if (first === undefined) return undefined;
  const version = first[0]!;
  progress?.(true);
  return Buffer.of(version, (await whole(reader, 1))[0]!);
}

async function whole(reader: ByteReader, count: number): Promise<Buffer> {
  const bytes = reader.tryRead(count) ?? (await reader.read(count));
  if (bytes === undefined) throw new CutShort();
  return bytes;
}

async function number(reader: ByteReader): Promise<number> {
  return (await whole(reader, 4)).readUInt32BE(0);
}

function windowSize(size: number, limits: LumberjackLimits): number {
  if (size > limits.window) throw new ProtocolError('too-large', `a window of ${size} events`);
  return size;
}

async function jsonFrame(reader: ByteReader, version: number, limits: LumberjackLimits): Promise<Frame> {
  const head = await whole(reader, 8);
  const sequence = head.readUInt32BE(0);
  const length = head.readUInt32BE(4);
  if (length > limits.frame) throw new ProtocolError('too-large', `an event of ${length} bytes`);
  if (length <= limits.item)
    return { kind: 'json', version, sequence, bytes: await whole(reader, length), length };
  const bytes = Buffer.from(await whole(reader, Math.min(length, limits.line)));
  await reader.skip(length - bytes.length);
  return { kind: 'json', version, sequence, bytes, length };
}

async function pairsFrame(reader: ByteReader, version: number, limits: LumberjackLimits): Promise<Frame> {
  const head = await whole(reader, 8);
  const sequence = head.readUInt32BE(0);
  const count = head.readUInt32BE(4);
  if (count > MAX_PAIRS) throw new ProtocolError('too-large', `an event of ${count} pairs`);
  const pairs: (readonly [string, Buffer])[] = [];
  let length = 0;
  let room = limits.item;
  let truncated = false;
  for (let n = 0; n < count; n++) {
    const keyLength = await number(reader);
    if (keyLength > limits.line) throw new ProtocolError('too-large', `a name of ${keyLength} bytes`);
    const key = (await whole(reader, keyLength)).toString('utf8');
    const valueLength = await number(reader);
    length += keyLength + valueLength;
    if (length > limits.frame) throw new ProtocolError('too-large', `an event of ${length} bytes`);
    const kept = Math.min(valueLength, room, limits.line);
    const value = Buffer.from(await whole(reader, kept));
    await reader.skip(valueLength - kept);
    room -= kept;
    truncated ||= kept < valueLength;
    pairs.push([key, value]);
  }
  return { kind: 'pairs', version, sequence, pairs, length, truncated };
}

/** The frames in a compressed one; what they become is bounded by size and by ratio. */
async function* compressed(
  outer: ByteReader,
  length: number,
  limits: LumberjackLimits,
  progress: Progress,
): AsyncGenerator<Frame> {
  if (length > limits.frame) throw new ProtocolError('too-large', `a compressed frame of ${length} bytes`);
  let left = length;
  let cut = false;
  async function* pieces(): AsyncGenerator<Buffer> {
    while (left > 0) {
      const piece = await outer.some(Math.min(left, PIECE));
      if (piece === undefined) {
        cut = true;
        throw new CutShort();
      }
      left -= piece.length;
      yield piece;
    }
  }
  const inflate = createInflate();
  // The failure reaches whoever reads `inflate`.
  pipeline(Readable.from(pieces(), { objectMode: false }), inflate, () => undefined);
  const inner = new ByteReader(inflate);
  let decoded = 0;
  inner.onChunk = (bytes) => {
    decoded += bytes;
    if (decoded > limits.decoded || (decoded > limits.ratioFloor && decoded > length * limits.ratio))
      throw new ProtocolError(
        'decompression-failed',
        `a compressed frame becomes more than ${decoded} bytes`,
      );
  };
  try {
    yield* frames(inner, limits, progress, 1);
  } catch (error) {
    if (error instanceof ProtocolError || cut) throw error;
    throw new ProtocolError('decompression-failed', 'a compressed frame that can’t be opened');
  } finally {
    inflate.destroy();
  }
  // zlib stops at its own end and says nothing of what follows.
  if (left > 0 || inflate.bytesWritten < length)
    throw new ProtocolError('decompression-failed', 'a compressed frame with something behind it');
}
