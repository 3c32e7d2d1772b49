import { createHash } from 'node:crypto';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { isEvtx, readEvtx } from '@vigie/evtx';
import { CliError, EXIT } from './exit.ts';

/** One log of a file, with how far into the file it ends. */
export interface FileLog {
  readonly text: string;
  readonly json?: { [key: string]: unknown };
  /** Bytes of the file read so far, for progress. */
  readonly position: number;
}

/** Bytes by which an encoding is known. */
const ENCODING_BYTES = 16;

/**
 * UTF-8, or UTF-16 as PowerShell and many Windows programs write it: by its byte order mark, or where every other byte is
 * zero and none of the rest, which no text in UTF-8 is.
 */
function encodingOf(head: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const pairs = Math.min(head.length, ENCODING_BYTES) >> 1;
  if (pairs < 4) return 'utf-8';
  let low = 0;
  let high = 0;
  for (let i = 0; i < pairs; i++) {
    if (head[2 * i] === 0) low++;
    if (head[2 * i + 1] === 0) high++;
  }
  if (low === 0 && high === pairs) return 'utf-16le';
  return low === pairs && high === 0 ? 'utf-16be' : 'utf-8';
}

/** Longest line handed on whole; the server cuts and marks longer ones anyway. */
const MAX_LINE = 4 * 1024 * 1024;
/** Largest file that must be held in memory as a whole: EVTX, and JSON that is not one object a line. */
const MAX_WHOLE = 1024 * 1024 * 1024;

/**
 * Reads the logs of a file: EVTX, lines, NDJSON, a JSON array, CloudTrail's `{"Records": […]}`, each also
 * gzipped; `-` is standard input. What it is, is told by its content, not its name.
 *
 * @param onProblem told of damage that did not stop the reading
 */
export async function* readLogs(path: string, onProblem: (problem: string) => void): AsyncGenerator<FileLog> {
  if (path === '-') {
    yield* readLines(process.stdin, () => 0);
    return;
  }
  const head = await readHead(path);
  if (isEvtx(head)) {
    yield* readEventLog(path, onProblem);
    return;
  }
  const gzipped = head[0] === 0x1f && head[1] === 0x8b;
  const file = createReadStream(path);
  let stream: Readable = file;
  if (gzipped) {
    const gunzip = createGunzip();
    file.on('error', (error) => gunzip.destroy(error));
    stream = file.pipe(gunzip);
  } else if (/^\s*(\[|\{\s*"Records"\s*:\s*\[)/.test(head.toString('utf8'))) {
    if (statSync(path).size > MAX_WHOLE)
      throw new CliError(
        `${path}: a JSON document of this size must be split; one object a line has no limit`,
        EXIT.failed,
      );
    const whole = wholeDocument(readFileSync(path, 'utf8'));
    if (whole !== undefined) {
      const size = statSync(path).size;
      for (const [i, json] of whole.entries())
        yield {
          text: JSON.stringify(json),
          json: json as { [key: string]: unknown },
          position: (size * (i + 1)) / whole.length,
        };
      return;
    }
  }
  try {
    yield* readLines(stream, () => file.bytesRead);
  } catch (error) {
    if (!gzipped) throw error;
    onProblem(
      `${path}: the gzip stream is cut or damaged (${error instanceof Error ? error.message : String(error)}); what could be read was read`,
    );
  }
}

/** The objects of a JSON document that holds several; undefined when it is something else. */
function wholeDocument(text: string): object[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not one document: perhaps one object a line, or lines that begin with a bracket.
    return undefined;
  }
  const list = Array.isArray(value) ? value : (value as { Records?: unknown }).Records;
  return Array.isArray(list) &&
    list.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item))
    ? (list as object[])
    : undefined;
}

async function readHead(path: string): Promise<Buffer> {
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(path, 'r');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    throw new CliError(
      `${path}: ${code === 'ENOENT' ? 'no such file' : code === 'EACCES' ? 'not readable by you' : String(code)}`,
      EXIT.usage,
    );
  }
  try {
    if ((await handle.stat()).isDirectory())
      throw new CliError(`${path} is a folder; name the files, e.g. ${path}/*`, EXIT.usage);
    const buffer = Buffer.alloc(4096);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function* readEventLog(path: string, onProblem: (problem: string) => void): Generator<FileLog> {
  const size = statSync(path).size;
  if (size > MAX_WHOLE) throw new CliError(`${path}: larger than 1 GiB`, EXIT.failed);
  const bytes = readFileSync(path);
  let n = 0;
  let problems = 0;
  for (const record of readEvtx(bytes, {
    onProblem: (problem) => {
      if (problems++ < 5) onProblem(`${path}: at byte ${problem.offset}: ${problem.code}`);
    },
  })) {
    const json = record.toJson() as { [key: string]: unknown };
    // A record takes about 700 bytes; the true position is not worth asking for.
    yield { text: JSON.stringify(json), json, position: Math.min(size, 700 * ++n) };
  }
  if (problems > 5) onProblem(`${path}: ${problems - 5} more problems`);
}

async function* readLines(stream: Readable, position: () => number): AsyncGenerator<FileLog> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let rest = '';
  let head: Uint8Array = new Uint8Array();
  for await (const piece of stream) {
    let chunk = piece as Uint8Array;
    if (decoder === undefined) {
      // A pipe may hand over its first bytes one by one.
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      if (head.length < ENCODING_BYTES) continue;
      decoder = new TextDecoder(encodingOf(head));
      chunk = head;
    }
    rest += decoder.decode(chunk, { stream: true });
    let start = 0;
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
      const line = rest.charCodeAt(end - 1) === 13 ? rest.slice(start, end - 1) : rest.slice(start, end);
      start = end + 1;
      if (line !== '') yield { text: line, position: position() };
    }
    rest = rest.slice(start);
    if (rest.length > MAX_LINE) {
      yield { text: rest, position: position() };
      rest = '';
    }
  }
  if (decoder === undefined) {
    decoder = new TextDecoder(encodingOf(head));
    rest += decoder.decode(head, { stream: true });
  }
  rest += decoder.decode();
  if (rest !== '') yield* lastLines(rest, position());
}

/** What is left at the end of a stream: most often one line without its end, all of a short one. */
function* lastLines(rest: string, position: number): Generator<FileLog> {
  for (const line of rest.split('\n')) {
    const text = line.replace(/\r$/, '');
    if (text !== '') yield { text, position };
  }
}

/**
 * Gives each log of a file its identity: its content, and which of the equal ones it is. So the same file
 * imported again, renamed or grown, adds only what is new.
 */
export class LogKeys {
  readonly #seen = new Map<string, number>();

  keyOf(text: string): string {
    const digest = createHash('sha256').update(text).digest('base64url').slice(0, 22);
    const n = (this.#seen.get(digest) ?? 0) + 1;
    this.#seen.set(digest, n);
    return `${digest}.${n}`;
  }
}
