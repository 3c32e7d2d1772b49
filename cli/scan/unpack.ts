import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { openMember } from './archive.ts';
import { standardInput } from './standard-input.ts';
import type { Source } from './types.ts';

const GZIP = [0x1f, 0x8b];
const ZSTD = [0x28, 0xb5, 0x2f, 0xfd];
/** Largest window a zstd stream may ask for: what the reference tool accepts without being told. */
const MAX_WINDOW = 128 * 1024 * 1024;
/** Unpacked bytes up to which any ratio is believed. */
const FREE = 256 * 1024 * 1024;
/** Logs shrink to a hundredth at best; what grows more than this is no log. */
const MAX_RATIO = 400;
/** Packed bytes that surely unpack to some: a block of zstd holds at most 128 KiB (RFC 8878, section 3.1.1.2.4). */
const PACKED_HEAD = 256 * 1024;
/** Input given to the zstd decoder at a time, so that it can't unpack much before it is stopped. */
const STEP = 16 * 1024;

/** Content that would unpack to far more than logs do. */
export class UnpackLimit extends Error {}

function startsWith(bytes: Uint8Array, magic: readonly number[]): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}

/** Whether bytes begin a gzip or zstd stream. */
export function isPacked(head: Uint8Array): boolean {
  return startsWith(head, GZIP) || startsWith(head, ZSTD);
}

/** The first bytes that a packed source unpacks to; none where it is damaged at its start. */
export async function unpackHead(source: Source, wanted: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    const raw = source.path === '-' ? only(await standardInput.head(PACKED_HEAD)) : await openRaw(source);
    for await (const piece of unpacked(raw)) {
      parts.push(piece);
      length += piece.length;
      if (length >= wanted) break;
    }
  } catch {
    // Reading it as a whole will say what is wrong.
  }
  return Buffer.concat(parts).subarray(0, wanted);
}

/**
 * The bytes of a source, unpacked where they are packed, in pieces.
 *
 * @throws UnpackLimit for a bomb; other errors for damage, after everything before it was given
 */
export async function* bytesOf(source: Source, packed: boolean): AsyncGenerator<Buffer> {
  const raw = await openRaw(source);
  yield* packed ? unpacked(raw) : limited(raw, source.bytes);
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function* unpacked(raw: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let read = 0;
  const counted = counting(raw, (n) => {
    read += n;
  });
  const first = await counted.next();
  if (first.done === true) return;
  const unpacked = startsWith(first.value, GZIP)
    ? gunzip(first.value, counted)
    : unzstd(first.value, counted);
  let written = 0;
  for await (const piece of unpacked) {
    written += piece.length;
    if (written > FREE && written > MAX_RATIO * read)
      throw new UnpackLimit(
        `unpacks to more than ${MAX_RATIO} times its size, as no log does; what lay beyond was not read`,
      );
    yield piece;
  }
}

async function openRaw(source: Source): Promise<AsyncIterable<Buffer>> {
  if (source.path === '-') return standardInput.bytes();
  if (source.member !== undefined) return openMember(source.path, source.member);
  return createReadStream(source.path, { highWaterMark: 1024 * 1024 });
}

/** Members of archives announce their size; one that goes on beyond it is cut. */
async function* limited(raw: AsyncIterable<Buffer>, announced: number): AsyncGenerator<Buffer> {
  let written = 0;
  for await (const piece of raw) {
    written += piece.length;
    if (announced > 0 && written > announced + FREE)
      throw new UnpackLimit('holds far more than it announces');
    yield piece;
  }
}

async function* counting(raw: AsyncIterable<Buffer>, onBytes: (n: number) => void): AsyncGenerator<Buffer> {
  for await (const piece of raw) {
    onBytes(piece.length);
    yield piece;
  }
}

async function* gunzip(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const stream = createGunzip({ chunkSize: 256 * 1024 });
  const feed = async (): Promise<void> => {
    try {
      if (!stream.write(first)) await drained(stream);
      for await (const piece of rest) {
        if (stream.destroyed) return;
        if (!stream.write(piece)) await drained(stream);
      }
      stream.end();
    } catch (error) {
      stream.destroy(error as Error);
    }
  };
  void feed();
  for await (const piece of stream) yield piece as Buffer;
}

function drained(stream: ReturnType<typeof createGunzip>): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });
}

async function* unzstd(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  checkWindow(first);
  let ready: Buffer[] = [];
  const decoder = new Decompress((chunk) => {
    ready.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
  });
  const push = function* (piece: Buffer, last: boolean): Generator<Buffer> {
    for (let at = 0; at < piece.length || (last && at === 0); at += STEP) {
      decoder.push(piece.subarray(at, at + STEP), last && at + STEP >= piece.length);
      const out = ready;
      ready = [];
      yield* out;
    }
  };
  yield* push(first, false);
  for await (const piece of rest) yield* push(piece, false);
  yield* push(Buffer.alloc(0), true);
}

/** Refuses a zstd frame that asks for a huge window (RFC 8878, section 3.1.1.1). */
function checkWindow(frame: Uint8Array): void {
  const descriptor = frame[4] ?? 0;
  const single = (descriptor & 0x20) !== 0;
  if (single) return;
  const window = frame[5] ?? 0;
  const base = 2 ** (10 + (window >> 3));
  if (base + (base / 8) * (window & 7) > MAX_WINDOW)
    throw new UnpackLimit('asks for more memory than an unpacker should give');
}
