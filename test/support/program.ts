import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Folder whose `dist/` is tested: this checkout, or another one named by the environment. */
export const INSTALLATION = process.env['INSTALLATION'] ?? join(import.meta.dirname, '..', '..');

const MAIN = join(INSTALLATION, 'dist', 'vigie.js');
if (!existsSync(MAIN)) throw new Error(`${MAIN} is missing: run npm run build first`);

/** What the launcher at the root does once everything is built. */
const START = `import(${JSON.stringify(MAIN)}).then((program) => program.main(process.argv.slice(1)))`;

/** Our environment without the settings of a Vigie that may run beside the tests. */
function environment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('VIGIE_'));
  return { ...Object.fromEntries(own), ...more };
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Starts the command line as a process of its own. */
export function spawnVigie(args: readonly string[], options: RunOptions = {}): ChildProcess {
  return spawn(process.execPath, ['-e', START, '--', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment(options.env ?? {}),
    cwd: options.cwd ?? INSTALLATION,
  });
}

/** What a command said and how it ended; a code of null: it had to be killed. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one command to its end. */
export async function runVigie(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const child = spawnVigie(args, options);
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    stdout += part;
  });
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    stderr += part;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    const limit = setTimeout(() => child.kill('SIGKILL'), 60_000);
    child.on('error', reject);
    child.on('close', (status) => {
      clearTimeout(limit);
      resolve(status);
    });
  });
  return { code, stdout, stderr };
}

export interface ProcessInfo {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** All processes below one, whatever their depth. */
export async function descendants(root: number): Promise<ProcessInfo[]> {
  const children = new Map<number, ProcessInfo[]>();
  for (const info of await processes())
    children.set(info.parent, [...(children.get(info.parent) ?? []), info]);
  const found: ProcessInfo[] = [];
  const walk = (pid: number): void => {
    for (const child of children.get(pid) ?? []) {
      found.push(child);
      walk(child.pid);
    }
  };
  walk(root);
  return found;
}

/** Every process of the machine that has not ended. */
async function processes(): Promise<ProcessInfo[]> {
  if (process.platform === 'linux')
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map((name) => processOf(Number(name)))
      .filter((info) => info !== undefined);
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], {
    maxBuffer: 16 * 1024 * 1024,
  });
  const found: ProcessInfo[] = [];
  for (const line of stdout.split('\n')) {
    const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined || state?.startsWith('Z')) continue;
    found.push({ pid: Number(pid), parent: Number(parent), command: command ?? '' });
  }
  return found;
}

/** A process as Linux knows it, without a program that asks: it is asked for thousands of times. */
function processOf(pid: number): ProcessInfo | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold spaces and parentheses.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { pid, parent: Number(parent), command };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // It has ended meanwhile.
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

/** Whether a process runs. One that has ended and was not yet waited for does not. */
export async function isRunning(pid: number): Promise<boolean> {
  if (process.platform === 'linux') return processOf(pid) !== undefined;
  const { stdout } = await promisify(execFile)('ps', ['-o', 'stat=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }));
  const state = stdout.trim();
  return state !== '' && !state.startsWith('Z');
}
