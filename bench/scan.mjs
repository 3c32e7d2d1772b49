// The whole of `vigie scan` on a folder of logs: wall and processor time, and memory.
//
//   node bench/scan.mjs --logs DIR --rules DIR [--jobs N] [--rounds N]
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled } from '../scripts/setup.mjs';

const { values: flags } = parseArgs({
  options: {
    logs: { type: 'string' },
    rules: { type: 'string' },
    jobs: { type: 'string' },
    rounds: { type: 'string', default: '5' },
  },
});
if (flags.logs === undefined || flags.rules === undefined) {
  process.stderr.write('usage: node bench/scan.mjs --logs DIR --rules DIR [--jobs N] [--rounds N]\n');
  process.exit(2);
}

/** One scan in a process of its own, which tells what it used when it ends. */
function scanOnce(out) {
  const program = `
    import { main } from ${JSON.stringify(new URL('../dist/vigie.js', import.meta.url).href)};
    await main(process.argv.slice(2));
    const { user, system } = process.cpuUsage();
    process.stderr.write('\\n' + JSON.stringify({ cpu: (user + system) / 1e6, rss: process.resourceUsage().maxRSS / 1024 }));`;
  const args = ['scan', flags.logs, '--rules', flags.rules, '--format', 'ndjson', '--out', out];
  if (flags.jobs !== undefined) args.push('--jobs', flags.jobs);
  const begun = performance.now();
  // A file, for the processes that a scan starts inherit the flags of node.
  const entry = join(folder, 'scan.mjs');
  writeFileSync(entry, program);
  const child = spawn(process.execPath, [entry, ...args], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (piece) => {
    text += piece;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code !== 0) reject(new Error(text));
      else {
        const lines = text.trim().split('\n');
        resolve({ wall: (performance.now() - begun) / 1000, said: lines[0], ...JSON.parse(lines.at(-1)) });
      }
    });
  });
}

ensureInstalled();
await ensureBuilt();
const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-'));
try {
  // Fills the rule cache and the file cache; not counted.
  const first = await scanOnce(join(folder, 'out.ndjson'));
  process.stdout.write(`${first.said}\n`);
  const rounds = [];
  for (let i = 0; i < Number(flags.rounds); i++) rounds.push(await scanOnce(join(folder, 'out.ndjson')));
  const best = (key) => Math.min(...rounds.map((round) => round[key]));
  const middle = (key) =>
    rounds.map((round) => round[key]).sort((a, b) => a - b)[Math.floor(rounds.length / 2)];
  process.stdout.write(
    `wall ${best('wall').toFixed(2)} s at best, ${middle('wall').toFixed(2)} s in the middle; ` +
      `processor ${best('cpu').toFixed(2)} s at best, ${middle('cpu').toFixed(2)} s in the middle; ` +
      `memory ${Math.round(middle('rss'))} MB\n`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
