// Starts a real Vigie for a measurement, watches the memory and processor time of all its processes, ends it.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const TICKS = 100;

/** Starts Vigie on a fresh data folder; resolves when it is ready. */
export async function startVigie(env = {}) {
  const data = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
  const child = spawn(
    process.execPath,
    ['vigie', 'start', '--data', data, '--port', '0', '--syslog-port', '0'],
    {
      cwd: root,
      env: { ...process.env, VIGIE_ADMIN_EMAIL: 'bench@example.org', ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const run = join(data, 'run.json');
  for (let i = 0; !existsSync(run); i++) {
    if (child.exitCode !== null || i > 600) throw new Error('Vigie did not start');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const { url, key, syslogPort } = JSON.parse(readFileSync(run, 'utf8'));
  const call = async (method, path, body) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text.slice(0, 300)}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  const stop = async () => {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
    rmSync(data, { recursive: true, force: true });
  };
  return { url, key, syslogPort, call, stop, pid: child.pid, data };
}

/** Pids of a process and everything below it, PostgreSQL's detached processes included. */
function family(pid, data) {
  const parents = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch (error) {
      // A process that ended while we looked counts for nothing; any other failure would falsify the figures.
      if (!['ENOENT', 'ESRCH'].includes(error.code)) throw error;
    }
  }
  const found = new Set([pid]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const [child, parent] of parents)
      if (!found.has(child) && found.has(parent)) {
        found.add(child);
        grown = true;
      }
  }
  return [...found].filter((p) => existsSync(`/proc/${p}`) && data !== '');
}

/**
 * Memory and processor time of all processes together. Memory is the proportional set size where the system
 * tells it, so that pages shared by PostgreSQL's processes count once.
 */
export function usage(vigie) {
  let bytes = 0;
  let cpuMs = 0;
  const byProcess = {};
  for (const pid of family(vigie.pid, vigie.data)) {
    try {
      const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      const pss = Number(/^Pss:\s+(\d+)/m.exec(rollup)[1]) * 1024;
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const cpu = ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
      bytes += pss;
      cpuMs += cpu;
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      const name = /events-child/.test(command)
        ? 'event store'
        : /server\.js/.test(command)
          ? 'server'
          : /postgres/.test(command)
            ? 'postgres'
            : 'supervisor';
      byProcess[name] ??= { bytes: 0, cpuMs: 0 };
      const entry = byProcess[name];
      entry.bytes += pss;
      entry.cpuMs += cpu;
    } catch (error) {
      // A process that ended while we looked counts for nothing; any other failure would falsify the figures.
      if (!['ENOENT', 'ESRCH'].includes(error.code)) throw error;
    }
  }
  return { bytes, cpuMs, byProcess };
}
