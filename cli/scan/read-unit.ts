import { closeSync, openSync, readSync } from 'node:fs';
import type { JsonObject } from '@vigie/contracts';
import { type EvtxRecord, readEvtx } from '@vigie/evtx';
import { CsvRows } from './csv-table.ts';
import { JsonCutter } from './json-cutter.ts';
import { LineCutter, TagCutter } from './line-cutter.ts';
import type { Source, Unit } from './types.ts';
import { bytesOf } from './unpack.ts';

/** Takes what a unit holds, one log at a time. */
export interface LogSink {
  record(record: EvtxRecord): void;
  /** @param number of the log in its unit, from 1; of a line, its line */
  log(text: string, json: JsonObject | undefined, number: number): void;
  problem(message: string): void;
  /** Bytes of the unit read so far. */
  progress(bytes: number): void;
  /** Waits until more may come. */
  breathe(): Promise<void>;
}

const BLOCK = 1024 * 1024;
const EVTX_HEADER = 4096;
const EVTX_CHUNK = 65_536;
/** Chunks of an event log held in memory at a time. */
const CHUNKS = 64;
/** Damage told one by one; what goes beyond is counted. */
const TOLD = 5;

/**
 * Reads a unit from start to end.
 *
 * @returns lines it holds, 0 for what is not lines
 */
export async function readUnit(unit: Unit, source: Source, sink: LogSink): Promise<number> {
  const plain = !unit.packed && source.member === undefined && source.path !== '-';
  const pieces = plain ? readRange(source.path, unit.from, unit.to) : bytesOf(source, unit.packed);
  switch (unit.kind) {
    case 'evtx':
      await readEventLog(pieces, unit, source, sink);
      return 0;
    case 'lines':
      return readLines(plain ? rangeOfLines(source.path, unit, source.bytes) : pieces, sink);
    case 'csv':
      return readTable(pieces, sink);
    case 'json':
      await readCut(pieces, new JsonCutter(), sink);
      return 0;
    case 'xml':
      await readCut(pieces, new TagCutter(), sink);
      return 0;
  }
}

/** Bytes of a file from one offset to another. */
function* readRange(path: string, from: number, to: number): Generator<Buffer> {
  const file = openSync(path, 'r');
  try {
    for (let at = from; at < to; ) {
      const block = Buffer.allocUnsafe(Math.min(BLOCK, to - at));
      const read = readSync(file, block, 0, block.length, at);
      if (read === 0) return;
      yield block.subarray(0, read);
      at += read;
    }
  } finally {
    closeSync(file);
  }
}

/** The lines that begin in a range: from the first line end before it to the first one at or after its end. */
function* rangeOfLines(path: string, unit: Unit, size: number): Generator<Buffer> {
  let skipping = unit.from > 0;
  let at = Math.max(0, unit.from - 1);
  /** Whether the last line of the range goes on beyond what was given. */
  let open = false;
  for (const block of readRange(path, at, size)) {
    const offset = at;
    at += block.length;
    let start = 0;
    if (skipping) {
      const end = block.indexOf(10);
      if (end < 0 && at < unit.to) continue;
      if (end < 0) return;
      skipping = false;
      start = end + 1;
    }
    if (!open && offset + start >= unit.to) return;
    if (at >= unit.to) {
      const last = block.indexOf(10, Math.max(start, unit.to - 1 - offset));
      if (last >= 0) {
        yield block.subarray(start, last + 1);
        return;
      }
      open = true;
    }
    yield start === 0 ? block : block.subarray(start);
  }
}

type Pieces = Iterable<Buffer> | AsyncIterable<Buffer>;

async function readLines(pieces: Pieces, sink: LogSink): Promise<number> {
  const cutter = new LineCutter();
  let number = 0;
  let bytes = 0;
  const take = (line: string): void => {
    number++;
    if (line !== '') sink.log(line, undefined, number);
  };
  for await (const piece of pieces) {
    cutter.push(piece, take);
    bytes += piece.length;
    sink.progress(bytes);
    await sink.breathe();
  }
  cutter.end(take);
  return number;
}

async function readTable(pieces: Pieces, sink: LogSink): Promise<number> {
  const cutter = new LineCutter();
  let rows: CsvRows | undefined;
  let number = 0;
  let bytes = 0;
  let open = '';
  let begun = 0;
  const take = (line: string): void => {
    number++;
    if (rows === undefined) {
      rows = new CsvRows(line);
      return;
    }
    if (open === '') begun = number;
    open = open === '' ? line : `${open}\n${line}`;
    // A quote that is never closed must not swallow the rest of the file.
    if (rows.isOpen(open) && open.length < BLOCK) return;
    const text = open;
    open = '';
    if (text !== '') sink.log(text, rows.row(text), begun);
  };
  for await (const piece of pieces) {
    cutter.push(piece, take);
    bytes += piece.length;
    sink.progress(bytes);
    await sink.breathe();
  }
  cutter.end(take);
  if (open !== '' && rows !== undefined) sink.log(open, rows.row(open), begun);
  return number;
}

/** Something that cuts text into logs. */
interface Cutter {
  push(piece: Buffer, take: (text: string) => void): void;
  end(take: (text: string) => void): void;
  /** Characters that belonged to no log. */
  readonly lost: number;
}

async function readCut(pieces: Pieces, cutter: Cutter, sink: LogSink): Promise<void> {
  let number = 0;
  let bytes = 0;
  const take = (text: string): void => sink.log(text, undefined, ++number);
  for await (const piece of pieces) {
    cutter.push(piece, take);
    bytes += piece.length;
    sink.progress(bytes);
    await sink.breathe();
  }
  cutter.end(take);
  if (cutter.lost > 0) sink.problem(`${cutter.lost} characters are no whole document; the rest was read`);
}

async function readEventLog(pieces: Pieces, unit: Unit, source: Source, sink: LogSink): Promise<void> {
  let held: Buffer[] = [];
  let length = 0;
  let done = 0;
  let problems = 0;
  const size = source.bytes;
  const measured = !unit.packed && source.member === undefined && source.path !== '-';
  const whole = measured ? size : Number.POSITIVE_INFINITY;
  const read = (bytes: Buffer, last: boolean): void => {
    const base = unit.from + done;
    for (const record of readEvtx(bytes, {
      onProblem: ({ code, offset }) => {
        // Pieces behind the first have no file header, and all but the last end before the file does.
        if (code === 'file-header' && base > 0) return;
        if (code === 'file-truncated' && offset === bytes.length && !(last && base + offset >= whole)) return;
        if (++problems <= TOLD) sink.problem(`at byte ${base + offset}: ${code}`);
      },
    }))
      sink.record(record);
    done += bytes.length;
    sink.progress(done);
  };
  for await (const piece of pieces) {
    held.push(piece);
    length += piece.length;
    const wanted = (unit.from + done === 0 ? EVTX_HEADER : 0) + CHUNKS * EVTX_CHUNK;
    if (length < wanted) continue;
    const all = Buffer.concat(held);
    read(all.subarray(0, wanted), false);
    const rest = all.subarray(wanted);
    held = rest.length > 0 ? [rest] : [];
    length = rest.length;
    await sink.breathe();
  }
  if (length > 0) read(Buffer.concat(held), true);
  if (problems > TOLD) sink.problem(`${problems - TOLD} more problems`);
  await sink.breathe();
}
