// The analysts' desk under load: queue and incident pages over HTTP at a steady rate, on a state database that holds
// the work of a large provider (bench/desk.ts).
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { ownCodeOnly } from '../scripts/bundle.mjs';
import { percentile } from './throughput.mjs';
import { startVigie, usage } from './vigie.mjs';

const root = join(import.meta.dirname, '..');
const RATE = 50;

/** What people ask for, with how often; `provider`: by somebody who sees all tenants. */
const QUEUES = [
  { name: 'queue, all tenants', share: 20, provider: true, path: '/api/incidents?limit=100' },
  { name: 'queue, mine', share: 5, provider: true, path: '/api/incidents?limit=100&owner=me' },
  { name: 'queue, nobody’s', share: 5, provider: true, path: '/api/incidents?limit=100&owner=nobody' },
  { name: 'queue, high and more', share: 5, provider: true, path: '/api/incidents?limit=100&minLevel=high' },
  { name: 'queue, changed', share: 5, provider: true, path: '/api/incidents?limit=100&changed=yes' },
  { name: 'queue, one client', share: 10, provider: false, path: '/api/incidents?limit=100' },
  {
    name: 'queue, an address',
    share: 3,
    provider: true,
    path: '/api/incidents?limit=100&entity=198.51.100.7',
  },
  {
    name: 'queue, closed',
    share: 3,
    provider: true,
    path: '/api/incidents?limit=100&status=closed&sort=recent',
  },
  {
    name: 'loose alerts, rare first',
    share: 4,
    provider: true,
    path: '/api/alerts/loose?sort=rare&review=open&limit=100',
  },
  { name: 'incident', share: 40, provider: true, path: undefined },
];

/** A Vigie on the work of a large provider, for as long as `use` takes; `tokens` are sessions of its people. */
export async function withDesk(out, use, incidents = 100_000) {
  const bundle = join(root, '.cache', 'bench', 'desk.mjs');
  mkdirSync(join(root, '.cache', 'bench'), { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: ['bench/desk.ts'],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    plugins: [ownCodeOnly],
    logLevel: 'warning',
  });
  const began = Date.now();
  const store = spawn(process.execPath, [bundle], {
    cwd: root,
    env: { ...process.env, VIGIE_BENCH_INCIDENTS: String(incidents) },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => store.once('exit', resolve));
  try {
    const { url, tokens } = await new Promise((resolve, reject) => {
      createInterface({ input: store.stdout }).once('line', (line) => resolve(JSON.parse(line)));
      store.once('exit', (code) => reject(new Error(`the database was not filled: ${code}`)));
    });
    out(
      `  filled in                  ${((Date.now() - began) / 1000).toFixed(0)} s: 200 tenants, 1,000 people, ${20 * incidents} alerts, ${incidents} incidents (one in ten open)`,
    );
    const vigie = await startVigie({ VIGIE_STATE_URL: url });
    try {
      await use(vigie, tokens);
    } finally {
      await vigie.stop();
    }
  } finally {
    store.stdin.end();
    await ended;
  }
}

/** Fills, calls for so many seconds, prints. */
export async function deskBench({ out, seconds }) {
  await withDesk(out, async (vigie, tokens) => {
    await pages(vigie, tokens, seconds, out);
    const at = performance.now();
    const trained = await vigie.call('POST', '/api/relevance/train', {});
    out(
      `  training                   ${((performance.now() - at) / 1000).toFixed(1)} s on ${trained.report.verdicts} verdicts`,
    );
    const quality = performance.now();
    await vigie.call('GET', '/api/detection-quality?weeks=12');
    out(
      `  detection quality          ${(performance.now() - quality).toFixed(0)} ms for all tenants, 12 weeks`,
    );
  });
}

async function pages(vigie, tokens, seconds, out) {
  const asks = QUEUES.flatMap((ask) => Array.from({ length: ask.share }, () => ask));
  const times = new Map(QUEUES.map(({ name }) => [name, []]));
  let failed = 0;
  const ask = async (n, due, counted) => {
    const one = asks[(n * 37) % asks.length];
    // Every fifth person is the provider's own.
    const person = (((n * 7919) % 200) + 1) * 5 - (one.provider ? 0 : 1);
    const id = one.provider ? 1 + ((n * 104_729) % 100_000) : 0;
    try {
      const response = await fetch(vigie.url + (one.path ?? `/api/incidents/${id}`), {
        headers: { cookie: `vigie_session=${tokens[person - 1]}` },
      });
      await response.text();
      if (!response.ok) failed++;
    } catch {
      failed++;
    }
    // From when it was due, not from when it was sent: a server that stalls makes everybody wait.
    if (counted) times.get(one.name).push(performance.now() - due);
  };
  const run = async (forSeconds, counted) => {
    const start = performance.now();
    const running = [];
    for (let n = 0; n < forSeconds * RATE; n++) {
      const due = start + (n * 1000) / RATE;
      const wait = due - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      running.push(ask(n, due, counted));
    }
    await Promise.all(running);
  };
  await run(10, false);
  const before = usage(vigie);
  await run(seconds, true);
  const after = usage(vigie);
  const line = (name, values) =>
    out(
      `  ${name.padEnd(26)} p50 ${percentile(values, 50).toFixed(0)} ms, p95 ${percentile(values, 95).toFixed(0)} ms, p99 ${percentile(values, 99).toFixed(0)} ms (${values.length})`,
    );
  out(`  asked                      ${RATE} a second for ${seconds} s, ${failed} failed`);
  line('all', [...times.values()].flat());
  for (const [name, values] of times) line(name, values);
  out(
    `  processor, Vigie           ${((after.cpuMs - before.cpuMs) / seconds / 10).toFixed(0)} % of one core, without the database`,
  );
}
