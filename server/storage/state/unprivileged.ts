import { execFile } from 'node:child_process';
import { cp, lchown, lstat, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { messageOf, StorageError } from '../errors.ts';

const run = promisify(execFile);

/** A system user as `/etc/passwd` has it. */
export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** Name of the system user that is made for PostgreSQL when Vigie runs as root. */
export const SERVICE_USER = 'vigie';

/** Looks a user up by name or uid through the system's own name service. */
export async function findUser(key: string | number): Promise<SystemUser | undefined> {
  try {
    const { stdout } = await run('getent', ['passwd', String(key)]);
    const [name, , uid, gid] = stdout.split('\n')[0]!.split(':');
    return name && uid && gid ? { name, uid: Number(uid), gid: Number(gid) } : undefined;
  } catch (error) {
    // Exit status 2 is getent's "no such key".
    if ((error as { code?: unknown }).code === 2) return undefined;
    throw error;
  }
}

/**
 * The user that PostgreSQL runs as when we are root, which PostgreSQL refuses to be: whoever owns the data
 * folder already, else `vigie`, made when missing, else `postgres`.
 *
 * @param directory PostgreSQL's data folder; need not exist
 * @returns undefined when we are not root, and run PostgreSQL as ourselves
 * @throws `VIGIE_STATE_NO_UNPRIVILEGED_USER`
 */
export async function unprivilegedUser(directory: string): Promise<SystemUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  try {
    const owner = await stat(directory).catch(() => undefined);
    if (owner && owner.uid !== 0) {
      const user = await findUser(owner.uid);
      if (user) return user;
    }
    const existing = await findUser(SERVICE_USER);
    if (existing) return existing;
    await createUser();
    const user = (await findUser(SERVICE_USER)) ?? (await findUser('postgres'));
    if (user) return user;
  } catch (error) {
    throw noUser(error);
  }
  throw noUser(undefined);
}

function noUser(cause: unknown): StorageError {
  return new StorageError(
    'VIGIE_STATE_NO_UNPRIVILEGED_USER',
    'PostgreSQL does not run as root and no other user could be found or made for it. Run ' +
      `"useradd --system ${SERVICE_USER}" once, or start Vigie as another user, or name an existing ` +
      `PostgreSQL server in the configuration${cause === undefined ? '' : ` (${messageOf(cause)})`}`,
    cause,
  );
}

async function createUser(): Promise<void> {
  // shadow-utils (Debian, Red Hat …), then BusyBox (Alpine).
  const commands = [
    ['useradd', '--system', '--no-create-home', '--shell', '/usr/sbin/nologin', SERVICE_USER],
    ['adduser', '-S', '-D', '-H', '-s', '/sbin/nologin', SERVICE_USER],
  ] as const;
  for (const [command, ...args] of commands) {
    const made = await run(command, args).then(
      () => true,
      () => false,
    );
    if (made) return;
  }
}

/** Whether `user` may pass every folder down to `path`; judged by mode bits alone. */
export async function reachable(user: SystemUser, path: string): Promise<boolean> {
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const { uid, gid, mode } = await stat(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** Gives a folder and all below it to `user`. */
export async function giveTo(user: SystemUser, path: string): Promise<void> {
  const { uid, gid } = await lstat(path);
  if (uid !== user.uid || gid !== user.gid) await lchown(path, user.uid, user.gid);
  for (const entry of await readdir(path, { withFileTypes: true })) {
    const child = join(path, entry.name);
    if (entry.isDirectory()) await giveTo(user, child);
    else await lchown(child, user.uid, user.gid);
  }
}

/**
 * PostgreSQL's binaries where `user` can run them: in place when every folder above lets them pass, else
 * (a checkout below `/root`) a copy that belongs to root and that nobody else can write.
 *
 * @param native folder with `bin`, `lib` and `share`
 * @param version names the copy, so that an update makes a new one
 */
export async function runnableBinaries(user: SystemUser, native: string, version: string): Promise<string> {
  if (await reachable(user, join(native, 'bin', 'postgres'))) return native;
  const candidates = ['/var/lib/vigie', join(tmpdir(), 'vigie-root')];
  let cause: unknown;
  for (const parent of candidates) {
    try {
      const target = join(parent, `postgres-${version}`);
      await mkdir(parent, { mode: 0o755 }).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
      // In a folder that others can write to, someone else may have made it first.
      const { uid, mode } = await lstat(parent);
      if (uid !== 0 || (mode & 0o022) !== 0) throw new Error(`${parent} is not root's alone`);
      const present = await stat(target).catch(() => undefined);
      if (!present) {
        const fresh = `${target}.${process.pid}`;
        // Links between the libraries stay relative; made absolute they would lead back into the private folder.
        await cp(native, fresh, { recursive: true, verbatimSymlinks: true });
        await rename(fresh, target).catch(async (error: NodeJS.ErrnoException) => {
          await rm(fresh, { recursive: true, force: true });
          if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
        });
      }
      if (await reachable(user, join(target, 'bin', 'postgres'))) return target;
    } catch (error) {
      cause = error;
    }
  }
  throw new StorageError(
    'VIGIE_STATE_START_FAILED',
    `the user ${user.name} cannot reach PostgreSQL's programs in ${native}, and they could not be copied to ` +
      `${candidates.join(' or ')}; move the installation out of a private folder`,
    cause,
  );
}
