import { closeSync, openSync, readdirSync, readSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { readEvtx } from '@vigie/evtx';
import { CliError, EXIT } from '../exit.ts';
import { archiveMembers, isZip } from './archive.ts';
import { archiveName, HEAD, isUtf16, kindOf, reason } from './content.ts';
import { standardInput } from './standard-input.ts';
import type { InputKind, Inputs, Problem, Source, Unit } from './types.ts';
import { isPacked, unpackHead } from './unpack.ts';

/** Size of the ranges that large files are cut into, so that all threads have work. */
const RANGE = 8 * 1024 * 1024;
/** Units beyond this are shared out first, so that none is left for a single thread at the end. */
export const LARGE = 2 * 1024 * 1024;
const EVTX_HEADER = 4096;
const EVTX_CHUNK = 65_536;
/** Files below one folder; more are no folder of logs but a whole disk, and named so. */
const MAX_FILES = 1_000_000;
/** A log with nothing in it may have been emptied by somebody: it is told. */
const EMPTY = 'empty';

/**
 * Finds what there is to read: files, folders and everything below them, members of zip archives, `-` for
 * standard input. What a file is, is told by its content. Each file is taken once, whatever links lead to it.
 *
 * @throws CliError for a path that was named and does not exist
 */
export async function findInputs(paths: readonly string[]): Promise<Inputs> {
  const finder = new Finder();
  for (const path of paths) {
    if (path === '-') await finder.standardInput();
    else {
      const stats = statSync(path, { throwIfNoEntry: false });
      if (stats === undefined) throw new CliError(`${path}: no such file or folder`, EXIT.usage);
      await finder.visit(path, stats);
    }
  }
  const size = ({ from, to }: Unit): number => to - from;
  const large = finder.units.filter((unit) => size(unit) > LARGE);
  const small = finder.units.filter((unit) => size(unit) <= LARGE);
  large.sort((a, b) => size(b) - size(a));
  small.sort((a, b) => (a.content === b.content ? size(b) - size(a) : a.content < b.content ? -1 : 1));
  return { sources: finder.sources, units: [...large, ...small], problems: finder.problems };
}

class Finder {
  readonly sources: Source[] = [];
  readonly units: Unit[] = [];
  readonly problems: Problem[] = [];
  /** Device and inode of what was visited. */
  readonly #seen = new Set<string>();

  async visit(path: string, stats: Stats): Promise<void> {
    const identity = stats.ino === 0 ? realpathSync(path) : `${stats.dev}:${stats.ino}`;
    if (this.#seen.has(identity)) return;
    if (this.#seen.size >= MAX_FILES) {
      if (this.#seen.size === MAX_FILES) this.#report(path, `more than ${MAX_FILES} files; not read`);
      this.#seen.add(identity);
      return;
    }
    this.#seen.add(identity);
    try {
      if (stats.isDirectory()) await this.#folder(path);
      else if (stats.isFile()) await this.#file(path, stats);
      else this.#report(path, 'neither a file nor a folder');
    } catch (error) {
      if (error instanceof CliError) throw error;
      this.#report(path, reason(error));
    }
  }

  /** What is piped in; named twice, it is read once. */
  async standardInput(): Promise<void> {
    if (this.#seen.has('-')) return;
    this.#seen.add('-');
    const head = await standardInput.head(HEAD);
    if (head.length === 0) this.#report('-', EMPTY);
    else if (isZip(head)) this.#report('-', 'a zip archive is read from its end: name the file instead');
    else await this.addPlain({ name: '-', path: '-', bytes: 0, changed: Date.now() }, head);
  }

  async #folder(path: string): Promise<void> {
    for (const name of readdirSync(path).sort()) {
      const below = join(path, name);
      const stats = statSync(below, { throwIfNoEntry: false });
      // A link that leads nowhere.
      if (stats === undefined) this.#report(below, 'a link to nothing');
      else await this.visit(below, stats);
    }
  }

  async #file(path: string, stats: Stats): Promise<void> {
    if (stats.size === 0) {
      this.#report(path, EMPTY);
      return;
    }
    const head = readHead(path);
    const source = { name: path, path, bytes: stats.size, changed: stats.mtimeMs };
    if (!isZip(head)) {
      await this.addPlain(source, head);
      return;
    }
    const { members, problems } = await archiveMembers(path);
    for (const problem of problems) this.#report(path, problem);
    for (const { name, bytes, changed, head: inner } of members)
      await this.addPlain({ name: `${path}!${name}`, path, member: name, bytes, changed }, inner);
  }

  async addPlain(source: Source, head: Buffer): Promise<void> {
    const { path, bytes, member } = source;
    const packed = isPacked(head);
    const content = packed ? await unpackHead(source, HEAD) : head;
    const archive = archiveName(content);
    const kind = archive === undefined ? kindOf(content) : undefined;
    if (kind === undefined) {
      this.#report(
        source.name,
        archive === undefined
          ? 'no log: the content is binary'
          : `${archive}, which is not read: unpack it first`,
      );
      return;
    }
    const number = this.sources.push(source) - 1;
    const whole = { source: number, kind, from: 0, to: bytes, packed, content: contentOf(kind, content) };
    const splittable = !packed && member === undefined && bytes > RANGE * 1.5;
    if (splittable && kind === 'evtx') this.units.push(...evtxRanges(path, whole));
    else if (splittable && kind === 'lines' && !isUtf16(head)) this.units.push(...lineRanges(whole));
    else this.units.push(whole);
  }

  #report(path: string, message: string): void {
    this.problems.push({ path, message });
  }
}

/** The channel an event log begins with, or the kind of the input. */
function contentOf(kind: InputKind, head: Buffer): string {
  if (kind !== 'evtx') return kind;
  for (const record of readEvtx(head, { checksums: false })) return record.channel ?? kind;
  return kind;
}

/** Ranges of lines; a line belongs to the range in which it begins. */
function lineRanges(whole: Unit): Unit[] {
  const units: Unit[] = [];
  for (let from = 0; from < whole.to; from += RANGE)
    units.push({ ...whole, from, to: Math.min(whole.to, from + RANGE) });
  return units;
}

/** Ranges of whole chunks, cut only where a chunk begins. */
function evtxRanges(path: string, whole: Unit): Unit[] {
  const units: Unit[] = [];
  const file = openSync(path, 'r');
  try {
    const signature = Buffer.alloc(8);
    let from = 0;
    while (from < whole.to) {
      let to = Math.min(
        whole.to,
        (from === 0 ? EVTX_HEADER : from) + Math.floor(RANGE / EVTX_CHUNK) * EVTX_CHUNK,
      );
      while (to < whole.to) {
        readSync(file, signature, 0, 8, to);
        if (signature.toString('latin1') === 'ElfChnk\0') break;
        to = Math.min(whole.to, to + EVTX_CHUNK);
      }
      units.push({ ...whole, from, to });
      from = to;
    }
  } finally {
    closeSync(file);
  }
  return units;
}

/** First bytes of a file. */
export function readHead(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(HEAD);
    return head.subarray(0, readSync(file, head, 0, HEAD, 0));
  } finally {
    closeSync(file);
  }
}
