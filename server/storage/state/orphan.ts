import { execFile } from 'node:child_process';
import { readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { StorageError } from '../errors.ts';

const OWNER_FILE = 'vigie-owner';

/** Moment a process started, in the kernel's own unit: with the pid it names one process for ever. */
async function startTime(pid: number): Promise<string | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'latin1');
    // The command name in parentheses may hold spaces and parentheses; field 22 counts from the start.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ESRCH') throw error;
    return process.platform === 'linux' ? undefined : startTimeByPs(pid);
  }
}

async function startTimeByPs(pid: number): Promise<string | undefined> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  return stdout.trim() || undefined;
}

/**
 * Writes down that this process owns the folder's PostgreSQL.
 *
 * @throws `VIGIE_STATE_LOCKED` when another live process has written itself down
 */
export async function claim(directory: string): Promise<void> {
  const path = join(directory, OWNER_FILE);
  const [pid, started] = (await readFile(path, 'utf8').catch(() => '')).split(' ');
  if (pid && started && Number(pid) !== process.pid && (await startTime(Number(pid))) === started)
    throw new StorageError('VIGIE_STATE_LOCKED', `process ${pid} runs PostgreSQL in ${directory}`);
  await writeFile(path, `${process.pid} ${await startTime(process.pid)}`, { mode: 0o600 });
}

/** Forgets the ownership written by {@link claim}. */
export async function release(directory: string): Promise<void> {
  await rm(join(directory, OWNER_FILE), { force: true });
}

/** Pid of the server that runs, or last ran, in this folder. */
export async function postmasterPid(directory: string): Promise<number | undefined> {
  const text = await readFile(join(directory, 'postmaster.pid'), 'latin1').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return '';
    },
  );
  const pid = Number.parseInt(text, 10);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

/** Whether `pid` is a PostgreSQL server that works in `directory`, and not a process that got its number. */
async function isPostgresIn(pid: number, directory: string): Promise<boolean> {
  if (process.platform !== 'linux') {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'command=', '-p', String(pid)]).catch(() => ({
      stdout: '',
    }));
    return stdout.includes('postgres') && stdout.includes(directory);
  }
  try {
    const [cwd, exe] = await Promise.all([readlink(`/proc/${pid}/cwd`), readlink(`/proc/${pid}/exe`)]);
    return basename(exe.replace(/ \(deleted\)$/, '')) === 'postgres' && cwd === (await realpath(directory));
  } catch (error) {
    // Gone, or another user's process: not ours either way.
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return false;
    throw error;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function goneWithin(pid: number, milliseconds: number): Promise<boolean> {
  const end = Date.now() + milliseconds;
  while (alive(pid)) {
    if (Date.now() > end) return false;
    await new Promise((wake) => setTimeout(wake, 25));
  }
  return true;
}

/**
 * Stops a server left behind in this folder by a Vigie that was killed, and removes the pid file of one that
 * was killed itself: PostgreSQL would refuse to start if another process has got that number since.
 *
 * @returns pid of the server that was stopped
 * @throws `VIGIE_STATE_LOCKED` when it does not end even when killed
 */
export async function clearOrphan(directory: string): Promise<number | undefined> {
  const pid = await postmasterPid(directory);
  if (pid === undefined) return undefined;
  if (!(await isPostgresIn(pid, directory))) {
    await rm(join(directory, 'postmaster.pid'), { force: true });
    return undefined;
  }
  // Fast shutdown, then immediate shutdown (recovery replays its log), then the hard way.
  for (const [signal, patience] of [
    ['SIGINT', 5_000],
    ['SIGQUIT', 3_000],
    ['SIGKILL', 2_000],
  ] as const) {
    if (alive(pid) && (await isPostgresIn(pid, directory))) process.kill(pid, signal);
    if (await goneWithin(pid, patience)) return pid;
  }
  throw new StorageError('VIGIE_STATE_LOCKED', `PostgreSQL with pid ${pid} in ${directory} does not end`);
}
