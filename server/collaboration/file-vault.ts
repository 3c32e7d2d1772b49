import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, type ReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { CollaborationError } from './errors.ts';
import { HEAD_BYTES, typeOf } from './file-types.ts';

/** A file as it lies on disk. */
export interface StoredFile {
  /** Its random name, 32 hexadecimal digits. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  /** SHA-256, hexadecimal. */
  readonly sha256: string;
  /** Media type by content. */
  readonly type: string;
}

const TENANT = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const FILE = /^[0-9a-f]{32}$/;
/** Uploads of one tenant at the same time: until their end nobody knows how large they are. */
const AT_ONCE = 8;
/** Without an octet for so long, an upload is given up, milliseconds. */
const IDLE = 30_000;

/**
 * Files that people send: `<folder>/<tenant>/<random>`, mode 0600, never executable, never under a name that
 * somebody gave. What is under way ends in `.part` and is removed at the next start.
 */
export class FileVault {
  readonly #folder: string;
  readonly #limit: number;
  /** Uploads under way by tenant. */
  readonly #underWay = new Map<string, number>();

  /** @param limit largest file, bytes */
  constructor(folder: string, limit: number) {
    this.#folder = folder;
    this.#limit = limit;
  }

  get limit(): number {
    return this.#limit;
  }

  /**
   * Writes a stream to disk, hashing on the way; memory does not grow with it.
   *
   * @throws CollaborationError `VIGIE_COLLABORATION_FILE_TOO_LARGE` (413), `…_FILE_EMPTY` (400), `…_FILE_CUT` (400),
   *   `…_FILES_AT_ONCE` (429); nothing is left on disk then
   */
  async store(tenant: string, content: Readable): Promise<StoredFile> {
    const others = this.#underWay.get(tenant) ?? 0;
    if (others >= AT_ONCE)
      throw new CollaborationError(
        'VIGIE_COLLABORATION_FILES_AT_ONCE',
        429,
        `${others} files are being sent already; wait until they have arrived`,
      );
    this.#underWay.set(tenant, others + 1);
    try {
      return await this.#write(tenant, content);
    } finally {
      const left = this.#underWay.get(tenant)! - 1;
      if (left > 0) this.#underWay.set(tenant, left);
      else this.#underWay.delete(tenant);
    }
  }

  async #write(tenant: string, content: Readable): Promise<StoredFile> {
    const file = randomBytes(16).toString('hex');
    const path = this.path(tenant, file);
    await mkdir(join(this.#folder, tenant), { recursive: true, mode: 0o700 });
    const part = `${path}.part`;
    const handle = await open(part, 'wx', 0o600);
    const hash = createHash('sha256');
    const head: Buffer[] = [];
    let seen = 0;
    let size = 0;
    const idle = setTimeout(() => content.destroy(new Error('silent')), IDLE);
    try {
      for await (const chunk of content as AsyncIterable<Buffer>) {
        idle.refresh();
        size += chunk.length;
        if (size > this.#limit)
          throw new CollaborationError(
            'VIGIE_COLLABORATION_FILE_TOO_LARGE',
            413,
            `a file may have at most ${this.#limit} bytes`,
          );
        hash.update(chunk);
        if (seen < HEAD_BYTES) {
          head.push(chunk);
          seen += chunk.length;
        }
        await handle.write(chunk);
      }
      if (size === 0)
        throw new CollaborationError('VIGIE_COLLABORATION_FILE_EMPTY', 400, 'the file is empty');
      await handle.sync();
      await handle.close();
      await rename(part, path);
    } catch (error) {
      await handle.close().catch(() => undefined);
      await rm(part, { force: true });
      if (error instanceof CollaborationError) throw error;
      throw new CollaborationError(
        'VIGIE_COLLABORATION_FILE_CUT',
        400,
        'the file did not arrive as a whole',
        error,
      );
    } finally {
      clearTimeout(idle);
    }
    return { file, size, sha256: hash.digest('hex'), type: typeOf(Buffer.concat(head)) };
  }

  /** Where a file lies. @throws RangeError for what is no tenant's id or no name of ours */
  path(tenant: string, file: string): string {
    if (!TENANT.test(tenant) || !FILE.test(file)) throw new RangeError('not a file of ours');
    return join(this.#folder, tenant, file);
  }

  /** The content; undefined: it is not there any more. */
  async read(tenant: string, file: string): Promise<ReadStream | undefined> {
    const path = this.path(tenant, file);
    try {
      await stat(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
    return createReadStream(path);
  }

  async remove(tenant: string, file: string): Promise<void> {
    await rm(this.path(tenant, file), { force: true });
  }

  /**
   * Removes what no row names: uploads that were cut off, and files of incidents and tenants that are gone. Files
   * younger than an hour stay, since their row may be on its way.
   *
   * @param named `tenant/file` of all rows
   * @returns how many went
   */
  async sweep(named: ReadonlySet<string>, now: number): Promise<number> {
    let gone = 0;
    for (const tenant of await list(this.#folder)) {
      if (!TENANT.test(tenant)) continue;
      for (const file of await list(join(this.#folder, tenant))) {
        if (named.has(`${tenant}/${file}`)) continue;
        const path = join(this.#folder, tenant, file);
        const { mtimeMs } = await stat(path);
        if (now - mtimeMs < 3_600_000) continue;
        await rm(path, { force: true });
        gone++;
      }
    }
    return gone;
  }
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
