import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ComponentReport } from '../component.ts';
import { EmbeddedPostgres } from './embedded.ts';
import { postmasterPid } from './orphan.ts';

let folder: string;
let servers: EmbeddedPostgres[];
/** A data folder as a first start and an end in order leave it. */
let stopped: string;

beforeAll(async () => {
  stopped = await mkdtemp(join(tmpdir(), 'vigie-state-stopped-'));
  const first = new EmbeddedPostgres({ directory: join(stopped, 'postgres') });
  await first.start();
  await first.stop();
});
afterAll(async () => {
  await rm(stopped, { recursive: true, force: true });
});
beforeEach(async () => {
  // mkdtemp gives mode 0700: PostgreSQL's user cannot pass it when the tests run as root.
  folder = await mkdtemp(join(tmpdir(), 'vigie-state-'));
  servers = [];
});
afterEach(async () => {
  for (const server of servers) await server.stop();
  await rm(folder, { recursive: true, force: true });
});

function server(directory = join(folder, 'postgres'), onState?: (report: ComponentReport) => void) {
  const made = new EmbeddedPostgres({ directory, onState });
  servers.push(made);
  return made;
}

/** The folder of a server that has run before: a first start takes many times as long. */
function ranBefore(): Promise<void> {
  return cp(join(stopped, 'postgres'), join(folder, 'postgres'), { recursive: true });
}

async function query<Row extends pg.QueryResultRow>(target: EmbeddedPostgres, sql: string): Promise<Row[]> {
  const client = new pg.Client(target.connection);
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function until(condition: () => boolean | Promise<boolean>, within = 30_000): Promise<void> {
  const end = Date.now() + within;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error('not within time');
    await new Promise((wake) => setTimeout(wake, 20));
  }
}

function alive(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
}

describe('EmbeddedPostgres', () => {
  it('makes its folder, starts, stops and keeps the data', async () => {
    const first = server();
    await first.start();
    expect(first.report).toMatchObject({ state: 'running', restarts: 0 });
    await query(first, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('Zürich')");
    const pid = (await postmasterPid(join(folder, 'postgres')))!;
    await first.stop();
    expect(first.report.state).toBe('stopped');
    expect(alive(pid)).toBe(false);
    await first.start();
    expect(await query(first, 'SELECT word FROM kept')).toEqual([{ word: 'Zürich' }]);
    expect((await stat(join(folder, 'postgres'))).mode & 0o777).toBe(0o700);
    expect(await query(first, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    // No TCP: the socket's folder is the only way in.
    expect(await query(first, 'SHOW listen_addresses')).toEqual([{ listen_addresses: '' }]);
  });

  it('runs as an unprivileged user when we are root', async ({ skip }) => {
    if (process.getuid?.() !== 0) skip('needs root');
    const first = server();
    await first.start();
    const pid = (await postmasterPid(join(folder, 'postgres')))!;
    const uid = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))![1];
    expect(Number(uid)).toBeGreaterThan(0);
    expect((await stat(join(folder, 'postgres', 'PG_VERSION'))).uid).toBe(Number(uid));
    const groups = /^Groups:[ \t]*(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))![1]!;
    expect(groups.trim().split(/\s+/)).not.toContain('0');
  });

  it('comes back by itself after SIGKILL, with what was committed', async () => {
    await ranBefore();
    const states: string[] = [];
    const first = server(undefined, (report) => states.push(report.state));
    await first.start();
    await query(first, 'CREATE TABLE kept (n int)');
    for (let n = 0; n < 3; n++) {
      await query(first, `INSERT INTO kept VALUES (${n})`);
      process.kill((await postmasterPid(join(folder, 'postgres')))!, 'SIGKILL');
      await until(() => first.report.restarts === n + 1 && first.report.state === 'running');
    }
    expect(await query(first, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 3 }]);
    expect(states.filter((state) => state === 'restarting')).toHaveLength(3);
  });

  it('starts over a stale pid file whose number another process has got', async () => {
    await ranBefore();
    const first = server();
    await first.start();
    await first.stop();
    const other = spawn('sleep', ['60'], { stdio: 'ignore' });
    try {
      await writeFile(
        join(folder, 'postgres', 'postmaster.pid'),
        `${other.pid}\n/proc/self/cwd\n1\n5432\n.\n\n`,
      );
      await first.start();
      expect(await query(first, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(alive(other.pid!)).toBe(true);
    } finally {
      other.kill('SIGKILL');
    }
  });

  /** Runs a program of ours that starts PostgreSQL in `folder`, and returns both pids once it runs. */
  async function startElsewhere() {
    await ranBefore();
    const code = `
      import { EmbeddedPostgres } from ${JSON.stringify(join(import.meta.dirname, 'embedded.ts'))};
      const server = new EmbeddedPostgres({ directory: ${JSON.stringify(join(folder, 'postgres'))} });
      await server.start();
      console.log('ready');
      setInterval(() => undefined, 1000);`;
    const { buildSync } = await import('esbuild');
    const bundle = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.cache', 'vigie-test');
    await mkdir(bundle, { recursive: true });
    const file = join(bundle, `state-${process.pid}.mjs`);
    buildSync({
      stdin: { contents: code, resolveDir: import.meta.dirname, loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      outfile: file,
    });
    const owner = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise<void>((ready, fail) => {
      owner.stdout.on('data', () => ready());
      owner.on('exit', (status) => fail(new Error(`ended with ${status}`)));
    });
    await rm(file);
    return { owner, pid: (await postmasterPid(join(folder, 'postgres')))! };
  }

  it('ends with its owner, even when that one is killed', async () => {
    const { owner, pid } = await startElsewhere();
    owner.kill('SIGKILL');
    await until(() => !alive(pid));
    const next = server();
    await next.start();
    expect(await query(next, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('stops an orphan whose keeper was killed together with its owner', async () => {
    const { owner, pid } = await startElsewhere();
    const keeper = Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))![1]);
    const watch = execFileSync('ps', ['-o', 'pid=', '--ppid', String(keeper)], { encoding: 'latin1' })
      .split('\n')
      .map(Number)
      .filter((child) => child > 0 && child !== pid);
    expect(watch).toHaveLength(1);
    for (const victim of [...watch, keeper]) process.kill(victim, 'SIGKILL');
    owner.kill('SIGKILL');
    await new Promise((wake) => setTimeout(wake, 200));
    expect(alive(pid)).toBe(true);
    const next = server();
    await next.start();
    expect(alive(pid)).toBe(false);
    expect(await query(next, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('refuses a folder that a live owner holds', async () => {
    const { owner, pid } = await startElsewhere();
    const second = new EmbeddedPostgres({ directory: join(folder, 'postgres') });
    await expect(second.start()).rejects.toMatchObject({ code: 'VIGIE_STATE_LOCKED' });
    expect(alive(pid)).toBe(true);
    owner.kill('SIGTERM');
    await until(() => !alive(pid));
  });

  it('recovers from an initdb that was cut short', async () => {
    await mkdir(join(folder, 'postgres.new', 'base'), { recursive: true });
    await writeFile(join(folder, 'postgres.new', 'PG_VERSION'), '18\n');
    await mkdir(join(folder, 'postgres'), { mode: 0o755 });
    const first = server();
    await first.start();
    expect(await readdir(folder)).toEqual(['postgres']);
  });

  it('works below folders too deep for a socket path', async () => {
    const deep = join(folder, 'd'.repeat(60), 'e'.repeat(60));
    await mkdir(deep, { recursive: true });
    await chmod(deep, 0o700);
    const first = server(join(deep, 'postgres'));
    await first.start();
    expect(await query(first, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
