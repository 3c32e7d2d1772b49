import { parseFragment } from './binxml.ts';
import { CHUNK_HEADER_SIZE, CHUNK_SIZE, Chunk } from './chunk.ts';
import { crc32 } from './crc32.ts';
import { type EvtxProblem, type EvtxProblemCode, Malformed } from './problems.ts';
import { EvtxRecord } from './record.ts';
import { fileTimeToEpoch } from './time.ts';

/** How to read a file. */
export interface EvtxOptions {
  /** Called for everything that is wrong with the file, as it is met. */
  readonly onProblem?: (problem: EvtxProblem) => void;
  /** Verify chunk checksums; a wrong one is reported and the chunk read all the same. Default true. */
  readonly checksums?: boolean;
}

const FILE_HEADER_SIZE = 4096;
const RECORD_HEADER_SIZE = 24;
const RECORD_SIGNATURE = 0x00002a2a;
/** Smallest record: header, one byte of binary XML, size copy. */
const MIN_RECORD = RECORD_HEADER_SIZE + 1 + 4;
/** Chunks start on multiples of this in every file; a search for one after damage steps by it. */
const SECTOR = 512;

const ELF_FILE = [0x45, 0x6c, 0x66, 0x46, 0x69, 0x6c, 0x65, 0x00] as const;
const ELF_CHUNK = [0x45, 0x6c, 0x66, 0x43, 0x68, 0x6e, 0x6b, 0x00] as const;

/** Whether bytes start like a Windows event log (`ElfFile`); the first eight bytes are enough. */
export function isEvtx(bytes: Uint8Array): boolean {
  return startsWith(bytes, 0, ELF_FILE);
}

/**
 * Reads the records of a Windows event log (EVTX), in the order of the file.
 *
 * It never throws for what the bytes hold: damaged chunks and records are reported and skipped, and what
 * lies after them is read. A log that was not closed properly (`dirty`) is read up to its last intact record.
 *
 * @param bytes the whole file; records refer to it, so it must not change while they are used
 */
export function* readEvtx(bytes: Uint8Array, options: EvtxOptions = {}): Generator<EvtxRecord, void, void> {
  const report = options.onProblem ?? ((): void => undefined);
  let at = fileHeader(bytes, report);
  while (at + CHUNK_HEADER_SIZE <= bytes.length) {
    if (startsWith(bytes, at, ELF_CHUNK)) {
      yield* readChunk(bytes, at, options.checksums ?? true, report);
      at += CHUNK_SIZE;
      continue;
    }
    const next = findChunk(bytes, at);
    // Space that was set aside and never written is zero; it is no damage.
    if (!isZero(bytes, at, Math.min(next, bytes.length)))
      report({ code: 'chunk-signature', offset: at, reason: 'no chunk starts here' });
    at = next;
  }
}

/** Checks the file header; returns where the chunks start. */
function fileHeader(bytes: Uint8Array, report: (problem: EvtxProblem) => void): number {
  if (!isEvtx(bytes) || bytes.length < 128) {
    report({ code: 'file-header', offset: 0, reason: 'the file does not start with an event log header' });
    return startsWith(bytes, 0, ELF_CHUNK) ? 0 : FILE_HEADER_SIZE;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (crc32(bytes, 0, 120) !== view.getUint32(124, true))
    report({ code: 'file-header', offset: 124, reason: 'wrong checksum' });
  const chunks = view.getUint16(42, true);
  const expected = FILE_HEADER_SIZE + chunks * CHUNK_SIZE;
  if (bytes.length < expected)
    report({
      code: 'file-truncated',
      offset: bytes.length,
      reason: `the header announces ${chunks} chunks, ${expected} bytes`,
    });
  const size = view.getUint16(40, true);
  return size >= 128 && size % SECTOR === 0 ? size : FILE_HEADER_SIZE;
}

function startsWith(bytes: Uint8Array, at: number, signature: readonly number[]): boolean {
  for (let index = 0; index < signature.length; index++)
    if (bytes[at + index] !== signature[index]) return false;
  return true;
}

function findChunk(bytes: Uint8Array, from: number): number {
  for (let at = from + SECTOR; at + CHUNK_HEADER_SIZE <= bytes.length; at += SECTOR)
    if (startsWith(bytes, at, ELF_CHUNK)) return at;
  return bytes.length;
}

function isZero(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  for (; at < end && (bytes.byteOffset + at) % 4 !== 0; at++) if (bytes[at] !== 0) return false;
  // A log set aside for gigabytes is mostly such space.
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, Math.max(0, (end - at) >> 2));
  for (let index = 0; index < words.length; index++) if (words[index] !== 0) return false;
  for (at += words.length * 4; at < end; at++) if (bytes[at] !== 0) return false;
  return true;
}

function* readChunk(
  file: Uint8Array,
  base: number,
  checksums: boolean,
  report: (problem: EvtxProblem) => void,
): Generator<EvtxRecord, void, void> {
  const raw = file.subarray(base, Math.min(base + CHUNK_SIZE, file.length));
  const chunk = new Chunk(raw);
  const { view } = chunk.bytes;
  const problem = (code: EvtxProblemCode, at: number, reason: string, recordId?: number): void =>
    report({ code, offset: base + at, reason, ...(recordId === undefined ? {} : { recordId }) });

  if (raw.length < CHUNK_SIZE) problem('file-truncated', raw.length, 'the file ends inside a chunk');
  const free = view.getUint32(48, true);
  const freeIsSane = free >= CHUNK_HEADER_SIZE && free <= CHUNK_SIZE;
  if (!freeIsSane) problem('chunk-header', 48, `free space at ${free}`);
  if (checksums) {
    if (crc32(raw, 128, 512, crc32(raw, 0, 120)) !== view.getUint32(124, true))
      problem('chunk-header', 124, 'wrong checksum');
    if (freeIsSane && free <= raw.length && crc32(raw, 512, free) !== view.getUint32(52, true))
      problem('chunk-checksum', 52, 'wrong checksum over the records');
  }
  const end = freeIsSane ? Math.min(free, raw.length) : raw.length;

  let at = CHUNK_HEADER_SIZE;
  let lastId: number | undefined;
  while (at + MIN_RECORD <= raw.length) {
    const size = frameSize(view, at, raw.length);
    const id = size === 0 ? 0 : chunk.bytes.u64(at + 8);
    // Beyond the header's mark lies either nothing, an older use of the chunk, or, in a log that was not
    // closed, records the header does not know yet: those go on with the next number.
    if (at >= end && (size === 0 || lastId === undefined || id !== lastId + 1)) return;
    if (size === 0) {
      const next = findRecord(view, at + 1, end);
      if (!isZero(raw, at, Math.min(next, end))) problem('record-frame', at, 'no intact record starts here');
      at = next;
      continue;
    }
    lastId = id;
    const record = readRecord(chunk, base, at, size, id, problem);
    if (record) yield record;
    at += size;
  }
}

/** Size of the record at `at`, or 0 where its frame is not intact. */
function frameSize(view: DataView, at: number, limit: number): number {
  if (view.getUint32(at, true) !== RECORD_SIGNATURE) return 0;
  const size = view.getUint32(at + 4, true);
  if (size < MIN_RECORD || at + size > limit) return 0;
  return view.getUint32(at + size - 4, true) === size ? size : 0;
}

function findRecord(view: DataView, from: number, end: number): number {
  for (let at = from; at + MIN_RECORD <= end; at++) if (frameSize(view, at, end) !== 0) return at;
  return end;
}

function readRecord(
  chunk: Chunk,
  base: number,
  at: number,
  size: number,
  id: number,
  problem: (code: EvtxProblemCode, at: number, reason: string, recordId?: number) => void,
): EvtxRecord | undefined {
  const { view } = chunk.bytes;
  try {
    const root = parseFragment(chunk, at + RECORD_HEADER_SIZE, at + size - 4);
    const timestamp = fileTimeToEpoch(view.getUint32(at + 16, true), view.getUint32(at + 20, true));
    for (const damage of chunk.damaged) problem('record-part', damage.at, damage.message, id);
    return new EvtxRecord(chunk, root, id, timestamp, base + at);
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    problem('record-body', error.at, error.message, id);
    return undefined;
  } finally {
    chunk.damaged.length = 0;
  }
}
