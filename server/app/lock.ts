import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

const SERVER_FILE = 'server.pid';

/** Thrown when another Vigie runs on the data folder. */
export class DataFolderInUse extends Error {
  readonly code = 'VIGIE_APP_IN_USE';
  readonly pid: number;
  constructor(folder: string, pid: number) {
    super(`another Vigie (process ${pid}) runs on ${folder}`);
    this.name = 'DataFolderInUse';
    this.pid = pid;
  }
}

/** A data folder held by this process until {@link DataFolderLock.release}. */
export interface DataFolderLock {
  release(): void;
}

/**
 * Takes a data folder for this process. The lock file names the process and when it began, so that a number
 * given to another program since then is not mistaken for a running Vigie.
 *
 * @throws DataFolderInUse
 */
export function lockDataFolder(folder: string): DataFolderLock {
  // The logs of others lie here: a folder that we make is ours alone.
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  closeToOthers(folder);
  const file = join(folder, 'vigie.lock');
  for (let attempt = 0; ; attempt++) {
    try {
      const handle = openSync(file, 'wx', 0o644);
      writeSync(handle, `${process.pid} ${processBirth(process.pid) ?? ''}\n`);
      closeSync(handle);
      return { release: () => rmSync(file, { force: true }) };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 2) throw error;
    }
    const [pid = '', birth = ''] = readOr(file).trim().split(' ');
    const holder = Number(pid);
    if (holder > 0 && isAlive(holder) && (birth === '' || processBirth(holder) === birth))
      throw new DataFolderInUse(folder, holder);
    rmSync(file, { force: true });
  }
}

/**
 * Takes away what other users of the machine may do with a folder that was there before, an unpacked backup for one.
 * What its group may do stays: somebody has given it on purpose.
 */
function closeToOthers(folder: string): void {
  const { mode } = statSync(folder);
  if ((mode & 0o007) === 0) return;
  try {
    chmodSync(folder, mode & 0o770);
  } catch (error) {
    // Somebody else's folder, or a file system without modes: not ours to say.
    if (!['EPERM', 'ENOTSUP', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

/** Time for a server whose supervisor died to end in order, milliseconds. */
const PREDECESSOR_PATIENCE = 20_000;

/** Notes the server process of a data folder, for the supervisor that comes after this one. */
export function noteServer(folder: string, pid: number): void {
  writeFileSync(join(folder, SERVER_FILE), `${pid} ${processBirth(pid) ?? ''}\n`);
}

/**
 * Waits for the server of a supervisor that was killed: it ends by itself, but not at once, and until then it
 * holds the stores. One that does not end in time is killed.
 *
 * @param onWait told once when there is something to wait for
 */
export async function awaitPredecessor(folder: string, onWait: (pid: number) => void): Promise<void> {
  const [text = '', birth = ''] = readOr(join(folder, SERVER_FILE)).trim().split(' ');
  const pid = Number(text);
  // Without its birth a number may have been given to another program.
  const there = () => pid > 0 && birth !== '' && isAlive(pid) && processBirth(pid) === birth;
  if (!there()) return;
  onWait(pid);
  const until = Date.now() + PREDECESSOR_PATIENCE;
  while (there()) {
    if (Date.now() > until) process.kill(pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Released between our try and our look: the next try will get it.
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Start time of a process in clock ticks since boot (proc(5), field 22), where the system tells it. */
function processBirth(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the command in parentheses and may hold blanks.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    // No /proc here (macOS): the number alone must do.
    return undefined;
  }
}
