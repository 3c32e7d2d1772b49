import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventView, Role, SourceView, StatusView } from '@vigie/contracts/api';
import { Api } from './api.ts';
import { descendants, isRunning, type Outcome, runVigie, spawnVigie } from './program.ts';
import { until } from './until.ts';

/** First administrator of every Vigie that a test starts. */
export const ADMINISTRATOR = { email: 'admin@vigie.local', password: 'correct horse battery' } as const;

/** Parts that can be killed. */
export const PARTS = ['event store', 'PostgreSQL', 'server', 'supervisor'] as const;
export type Part = (typeof PARTS)[number];

export interface VigieOptions {
  /** Content of `vigie.yml`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Data folder; default: a new one. */
  readonly data?: string;
  /** Leave the one-time password as it is made. */
  readonly oneTimePassword?: boolean;
}

interface RunFile {
  readonly pid: number;
  readonly url: string;
  readonly key: string;
  readonly syslogPort: number;
}

/** A real Vigie: supervisor, server, stores, on a data folder of its own and free ports. */
export class Vigie {
  readonly data: string;
  readonly #folder: string;
  readonly #options: VigieOptions;
  #child: ChildProcess | undefined;
  #run: RunFile | undefined;
  #output = '';

  private constructor(options: VigieOptions) {
    this.#options = options;
    this.#folder = mkdtempSync(join(tmpdir(), 'vigie-e2e-'));
    this.data = options.data ?? join(this.#folder, 'data');
    mkdirSync(this.data, { recursive: true });
    writeFileSync(join(this.#folder, 'vigie.yml'), JSON.stringify(options.config ?? {}));
  }

  static async start(options: VigieOptions = {}): Promise<Vigie> {
    const vigie = new Vigie(options);
    try {
      await vigie.launch();
    } catch (error) {
      await vigie.remove();
      throw error;
    }
    return vigie;
  }

  /** Starts it, again after it was stopped or killed; on the ports it had. Resolves when it answers. */
  async launch(): Promise<void> {
    const port = this.#run === undefined ? '0' : new URL(this.#run.url).port;
    const syslogPort = String(this.#run?.syslogPort ?? 0);
    const before = this.#run?.pid;
    const child = spawnVigie(
      [
        '--config',
        join(this.#folder, 'vigie.yml'),
        '--data',
        this.data,
        'start',
        '--port',
        port,
        '--syslog-port',
        syslogPort,
      ],
      {
        env: this.#options.oneTimePassword === true ? {} : { VIGIE_ADMIN_PASSWORD: ADMINISTRATOR.password },
        cwd: this.#folder,
      },
    );
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (part: string) => {
        this.#output = (this.#output + part).slice(-200_000);
      });
    try {
      await until(
        'Vigie to start',
        () => {
          if (child.exitCode !== null) return true;
          const run = this.#readRun();
          return run !== undefined && run.pid !== before && this.#answers(run);
        },
        60_000,
      );
      if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    } catch (cause) {
      throw new Error(`Vigie did not start:\n${this.#output.slice(-4000)}`, { cause });
    }
  }

  #readRun(): RunFile | undefined {
    const file = join(this.data, 'run.json');
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RunFile) : undefined;
  }

  async #answers(run: RunFile): Promise<boolean> {
    const { status } = await new Api(run.url, run.key).call('GET', '/api/status');
    if (status === 200) this.#run = run;
    return status === 200;
  }

  /** Address and key of the server that runs now; a restarted server has a new key. */
  get run(): RunFile {
    const run = this.#readRun() ?? this.#run;
    if (run === undefined) throw new Error('Vigie was not started');
    return run;
  }

  /** The API in the name of the administrator. */
  get api(): Api {
    return new Api(this.run.url, this.run.key);
  }

  /** Everything it printed, the last 200,000 characters. */
  get output(): string {
    return this.#output;
  }

  get supervisor(): number {
    const pid = this.#child?.pid;
    if (pid === undefined) throw new Error('Vigie does not run');
    return pid;
  }

  /** Whether the supervisor runs. */
  get running(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Pid of a part now. @throws Error when it does not run at the moment */
  async pidOf(part: Part): Promise<number> {
    if (part === 'supervisor') return this.supervisor;
    const below = await descendants(this.supervisor);
    const pid =
      part === 'server'
        ? below.find(({ command }) => command.includes('server.js'))?.pid
        : part === 'event store'
          ? below.find(({ command }) => command.includes('events-child.js'))?.pid
          : below.find(({ command }) => /bin\/postgres -D/.test(command) && !command.startsWith('/bin/sh'))
              ?.pid;
    if (pid === undefined) throw new Error(`no ${part} runs`);
    return pid;
  }

  /** Kills a part with SIGKILL. @returns its pid */
  async kill(part: Part): Promise<number> {
    const pid = await this.pidOf(part);
    process.kill(pid, 'SIGKILL');
    return pid;
  }

  /** Ends it by a signal. @returns exit code and how long everything below took to end, in milliseconds */
  async stop(signal: 'SIGTERM' | 'SIGINT' = 'SIGTERM'): Promise<{ code: number | null; took: number }> {
    const child = this.#child;
    if (child === undefined || !this.running) return { code: child?.exitCode ?? null, took: 0 };
    const below = await descendants(this.supervisor);
    const started = Date.now();
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    child.kill(signal);
    const code = await ended;
    for (const { pid, command } of below)
      await until(`the end of ${command.slice(0, 80)}`, async () => !(await isRunning(pid)), 15_000);
    return { code, took: Date.now() - started };
  }

  /** Ends it and removes its folder. */
  async remove(): Promise<void> {
    const below = this.running ? await descendants(this.supervisor) : [];
    const limit = setTimeout(() => {
      for (const pid of [this.supervisor, ...below.map((one) => one.pid)])
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It has ended by itself in the meantime, which is all we want.
        }
    }, 20_000);
    try {
      await this.stop();
    } finally {
      clearTimeout(limit);
      rmSync(this.#folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    }
  }

  /** Runs a command of the command line against it. */
  command(...args: string[]): Promise<Outcome> {
    return runVigie(['--data', this.data, ...args], { cwd: this.#folder });
  }

  status(): Promise<StatusView> {
    return this.api.get<StatusView>('/api/status');
  }

  /** Resolves when everything that was accepted is stored and judged. */
  async settled(patience = 60_000): Promise<void> {
    await until(
      'the pipeline to come to rest',
      async () => {
        const { pipeline, components } = await this.status();
        return (
          pipeline?.queued === 0 &&
          pipeline.undetected === 0 &&
          components.every(({ state }) => state === 'running')
        );
      },
      patience,
    );
  }

  /** Makes a tenant with the defaults of the API. */
  async addTenant(id: string, more: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.api.ok('POST', '/api/tenants', { id, name: id, ...more });
  }

  /** Makes a source. @returns its token */
  async addSource(tenant: string, id: string, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
    const made = await this.api.ok<{ source: SourceView; secret: { token: string } }>(
      'POST',
      '/api/sources',
      {
        tenant,
        id,
        ...more,
      },
    );
    return made.secret.token;
  }

  /** Takes the addresses of this machine from the source that a fresh installation begins with. */
  async freeLoopback(): Promise<void> {
    await this.api.ok('PATCH', '/api/sources/main/local', { addresses: [] });
  }

  /** An API key of a service account of its own. @param tenants null: all */
  async keyFor(
    role: Role,
    tenants: string[] | null,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<Api> {
    const name = `${role} of ${tenants?.join(', ') ?? 'all'}`;
    const { id } = await this.api.ok<{ id: string }>('POST', '/api/service-accounts', {
      name,
      role,
      tenants,
    });
    const { secret } = await this.api.ok<{ secret: string }>('POST', `/api/service-accounts/${id}/keys`, {
      name,
      ...more,
    });
    return new Api(this.run.url, secret);
  }

  /** Sends octets to the syslog port over TCP, and hangs up. */
  syslog(octets: Buffer | string): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.run.syslogPort, '127.0.0.1', () => socket.end(octets));
      socket.on('error', reject);
      socket.on('close', () => resolve());
      socket.resume();
    });
  }

  /** Every event that matches, of any time, page by page. */
  async events(q: string, tenants?: readonly string[], api: Api = this.api): Promise<EventView[]> {
    const found: EventView[] = [];
    let cursor: string | undefined;
    do {
      const page: { items: EventView[]; next?: string } = await api.ok('POST', '/api/events/search', {
        from: 0,
        to: Date.now() + 100_000_000,
        q,
        limit: 1000,
        ...(tenants === undefined ? {} : { tenants }),
        ...(cursor === undefined ? {} : { cursor }),
      });
      found.push(...page.items);
      cursor = page.next;
    } while (cursor !== undefined);
    return found;
  }
}
