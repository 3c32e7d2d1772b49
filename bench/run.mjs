// `npm run bench`: the whole way measured, printed as tables; asserts nothing.
//
//   npm run bench                          a short run (one minute at full rate)
//   npm run bench -- --full                five minutes, as bench/README.md reports
//   npm run bench -- --corpus DIR          with the Sigma rules below DIR/sigma/rules/rules loaded
//   npm run bench -- --only throughput|latency|ceiling|idle|desk
//   npm run bench -- --only console        the console in Chromium (VIGIE_CHROMIUM, else chromium)
//   npm run bench -- --corpus DIR --only engine|scan|peers
//                                          the engines alone; `scan` is vigie scan; `peers` is both, with the peers
//                                          that bench/peers/install.sh has built
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { ownCodeOnly } from '../scripts/bundle.mjs';
import { ensureBuilt, ensureInstalled } from '../scripts/setup.mjs';
import { consoleBench } from './console.mjs';
import { deskBench } from './desk.mjs';
import { evtxBench, scanBench, sigmaBench } from './engine.mjs';
import { measure, percentile } from './throughput.mjs';

const root = join(import.meta.dirname, '..');
const { values: flags } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    corpus: { type: 'string' },
    only: { type: 'string' },
    rate: { type: 'string', default: '10000' },
  },
});
const wanted = (name) => flags.only === undefined || flags.only === name;
const out = (text = '') => process.stdout.write(`${text}\n`);
const mb = (bytes) => `${Math.round(bytes / 1e6)} MB`;
const ms = (value) => (Number.isNaN(value) ? 'none seen' : `${Math.round(value)} ms`);

ensureInstalled();
ensureBuilt();
out(
  `Machine: ${cpus().length} × ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node.js ${process.versions.node}`,
);

function describe(m) {
  const { result } = m;
  out(`  rules that can fire        ${m.rules === undefined ? 'the shipped ones' : m.rules.live}`);
  out(
    `  sent                       ${result.sent} lines, ${mb(result.bytes)}, ${(result.sent / result.seconds).toFixed(0)} a second for ${result.seconds.toFixed(0)} s`,
  );
  out(
    `  stored and judged          ${result.detected} (${result.detected === result.sent ? 'all' : `${result.sent - result.detected} missing`}), ${(m.wallSeconds - result.seconds).toFixed(1)} s after the last line was sent`,
  );
  out(`  dropped                    ${JSON.stringify(result.drops)}`);
  const half = m.samples.filter((s) => s.at < result.seconds);
  out(`  lines behind, over time    ${half.map((s) => Math.max(0, s.behind)).join(' ')}`);
  out(
    `  memory, all processes      peak ${mb(m.peak)}, at the end ${Object.entries(m.byProcess)
      .map(([name, p]) => `${name} ${mb(p.bytes)}`)
      .join(', ')}`,
  );
  out(
    `  processor time a line      ${((m.cpuMs * 1000) / result.sent).toFixed(0)} µs: ${Object.entries(
      m.byProcess,
    )
      .map(([name, p]) => `${name} ${((p.cpuMs * 1000) / result.sent).toFixed(0)}`)
      .join(', ')}`,
  );
  out(
    `  line to alert              p50 ${ms(percentile(m.alerts, 50))}, p99 ${ms(percentile(m.alerts, 99))} (${m.alerts.length} of ${result.marked.length} marked lines)`,
  );
  out(
    `  line to mail accepted      p50 ${ms(percentile(m.mails, 50))}, p99 ${ms(percentile(m.mails, 99))} (${m.mails.length} mails)`,
  );
}

if (wanted('throughput')) {
  out(`\nThroughput: ${flags.rate} lines/s over syslog TCP, from socket to stored and judged`);
  const m = await measure({
    rate: Number(flags.rate),
    seconds: flags.full ? 300 : 60,
    corpus: flags.corpus,
    markEveryMs: 2000,
  });
  describe(m);
}
if (wanted('latency')) {
  out('\nLatency: at 5,000 lines/s');
  describe(
    await measure({ rate: 5000, seconds: flags.full ? 120 : 40, corpus: flags.corpus, markEveryMs: 400 }),
  );
}
if (wanted('ceiling')) {
  out('\nCeiling: as fast as the lines are taken, beside the same rows inserted straight into the store');
  const m = await measure({ rate: 0, seconds: 40, corpus: flags.corpus, markEveryMs: 0 });
  const rate = m.result.detected / m.wallSeconds;
  const bundle = join(root, '.cache', 'bench', 'straight-insert.mjs');
  mkdirSync(join(root, '.cache', 'bench'), { recursive: true });
  await build({
    absWorkingDir: root,
    entryPoints: ['bench/straight-insert.ts'],
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    plugins: [ownCodeOnly],
    logLevel: 'warning',
  });
  const straight = JSON.parse(
    execFileSync(process.execPath, [bundle, join(root, 'dist', 'events-child.js'), '20'], {
      encoding: 'utf8',
      cwd: root,
    }),
  );
  out(`  whole way                  ${rate.toFixed(0)} lines/s`);
  out(`  straight insert            ${straight.rowsPerSecond} rows/s`);
  out(`  ratio                      ${(rate / straight.rowsPerSecond).toFixed(2)}`);
}
if (wanted('idle')) {
  out('\nIdle: after the start, nothing sent');
  const m = await measure({ rate: 1, seconds: 1, markEveryMs: 0, idleSeconds: 30 });
  out(
    `  memory, all processes      ${mb(m.idle.after.bytes)}: ${Object.entries(m.idle.after.byProcess)
      .map(([name, p]) => `${name} ${mb(p.bytes)}`)
      .join(', ')}`,
  );
  out(
    `  processor                  ${((m.idle.after.cpuMs - m.idle.before.cpuMs) / 300).toFixed(2)} % of one core over 30 s`,
  );
}
if (wanted('desk')) {
  out('\nDesk: queue and incident pages over HTTP, on the work of a large provider');
  await deskBench({ out, seconds: flags.full ? 120 : 40 });
}
if (flags.only === 'console') {
  out('\nConsole: Chromium with its processor slowed four times, on the work of a large provider');
  await consoleBench({ out });
}
// The engines need a corpus, so a run without one leaves them out.
const withPeers = flags.only !== undefined;
const engines = { corpus: flags.corpus && resolve(flags.corpus), out, withPeers };
if (['engine', 'scan', 'peers'].includes(flags.only) && flags.corpus === undefined) {
  process.stderr.write('the engines are measured with --corpus DIR\n');
  process.exitCode = 2;
} else if (flags.corpus !== undefined) {
  if (wanted('engine') || flags.only === 'peers') {
    out('\nSigma engine, and its peers');
    await sigmaBench(engines);
    out('\nEVTX reader, and its peer');
    await evtxBench(engines);
  }
  if (wanted('scan') || flags.only === 'peers') {
    out('\nScan of event logs');
    await scanBench(engines);
  }
}
