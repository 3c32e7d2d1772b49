import { Buffer } from 'node:buffer';
import type { Readable } from 'node:stream';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { HEAD, reason } from './content.ts';

/** A file in an archive. */
export interface Member {
  readonly name: string;
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly changed: number;
  readonly head: Buffer;
}

/** Members of one archive; more are left out. */
const MAX_MEMBERS = 100_000;
/** Files that grow beyond this when unpacked, at a ratio no log reaches, are left out. */
const FREE = 256 * 1024 * 1024;
const MAX_RATIO = 400;

/** Whether bytes begin a zip archive. */
export function isZip(head: Uint8Array): boolean {
  return (
    head[0] === 0x50 &&
    head[1] === 0x4b &&
    ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6))
  );
}

/** The files in a zip archive. Nothing is ever written to disk, so their names are only names. */
export async function archiveMembers(path: string): Promise<{ members: Member[]; problems: string[] }> {
  const members: Member[] = [];
  const problems: string[] = [];
  const { zip, entries } = await openArchive(path);
  if (zip.entryCount > MAX_MEMBERS)
    problems.push(`more than ${MAX_MEMBERS} files in the archive; the others were not read`);
  for (const [name, entry] of entries) {
    if (entry.uncompressedSize === 0 || name.endsWith('/')) continue;
    if (entry.isEncrypted()) {
      problems.push(`${name}: encrypted`);
      continue;
    }
    if (entry.uncompressedSize > FREE && entry.uncompressedSize > MAX_RATIO * entry.compressedSize) {
      problems.push(`${name}: unpacks to more than ${MAX_RATIO} times its size, as no log does`);
      continue;
    }
    try {
      members.push({
        name,
        bytes: entry.uncompressedSize,
        changed: entry.getLastModDate().getTime(),
        head: await headOf(await openEntry(zip, entry)),
      });
    } catch (error) {
      problems.push(`${name}: ${reason(error)}`);
    }
  }
  return { members, problems };
}

/** Opens one member for reading. @throws Error where there is none of this name */
export async function openMember(path: string, member: string): Promise<Readable> {
  const { zip, entries } = await openArchive(path);
  const entry = entries.get(member);
  if (entry === undefined) throw new Error('no longer in the archive');
  return openEntry(zip, entry);
}

interface Archive {
  readonly zip: ZipFile;
  readonly entries: ReadonlyMap<string, Entry>;
}

/** The archive opened last: its members are read one after the other. */
let latest: { readonly path: string; readonly archive: Promise<Archive> } | undefined;

function openArchive(path: string): Promise<Archive> {
  if (latest?.path !== path) latest = { path, archive: readDirectory(path) };
  return latest.archive;
}

async function readDirectory(path: string): Promise<Archive> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false, decodeStrings: false });
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) {
    if (entries.size >= MAX_MEMBERS) break;
    const name = nameOf(entry);
    if (!entries.has(name)) entries.set(name, entry);
  }
  return { zip, entries };
}

/** The name as it is: nothing is written under it, so that even `../x` does no harm and is worth seeing. */
function nameOf(entry: Entry): string {
  const utf8 = (entry.generalPurposeBitFlag & 0x800) !== 0;
  return entry.fileNameRaw.toString(utf8 ? 'utf8' : 'latin1');
}

function openEntry(zip: ZipFile, entry: Entry): Promise<Readable> {
  return zip.openReadStreamPromise(entry);
}

async function headOf(stream: Readable): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const piece of stream) {
    parts.push(piece as Buffer);
    length += (piece as Buffer).length;
    if (length >= HEAD) break;
  }
  return Buffer.concat(parts).subarray(0, HEAD);
}
