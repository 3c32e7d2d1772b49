// The engines by themselves, beside their peers, on the same files in the same run: called by run.mjs for
// `--only engine`, `--only scan` and `--only peers`.
//
// Each program runs alone, in one thread where nothing else is said, and counts what it finds. Wall time suffers
// from whatever else uses the machine; rates are therefore given by processor time too.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { ownCodeOnly } from '../scripts/bundle.mjs';

const root = join(import.meta.dirname, '..');
const cache = join(root, '.cache', 'bench');
const peers = join(root, '.cache', 'peers', 'peers');

/** Versions of `bench/peers/rust/Cargo.toml`. */
const PEERS = { rsigma: '0.23.0', 'sigma-rust': '0.7.0', evtx: '0.15.1' };

const AIMS = {
  small: 100_000,
  large: 60_000,
  correlation: 100_000,
  growth: 1.5,
  load: 4,
  reload: 1,
  memory: 300e6,
  evtx: 100_000,
  scan: 2.5,
};

/** Runs a program to its end. @returns its last line as JSON, or undefined with the reason on standard error */
function run(command, args) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    cwd: root,
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status !== 0) {
    process.stderr.write(`${command} ${args.join(' ')}: ${stderr.trim().split('\n').at(-1)}\n`);
    return undefined;
  }
  return JSON.parse(stdout.trim().split('\n').at(-1));
}

async function ownProgram() {
  mkdirSync(cache, { recursive: true });
  const outfile = join(cache, 'own.mjs');
  await build({
    absWorkingDir: root,
    entryPoints: ['bench/peers/own.ts'],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    plugins: [ownCodeOnly],
    logLevel: 'warning',
  });
  return (...args) => run(process.execPath, [outfile, ...args.map(String)]);
}

const peer = (...args) => (existsSync(peers) ? run(peers, args) : undefined);
const count = (value) => Math.round(value).toLocaleString('en-GB');
const perSecond = (result, seconds = result.processor) => count(result.events / seconds);
const met = (isMet) => (isMet ? 'yes' : 'no');

/** Rows in columns; the first row is the head. */
function table(rows, out) {
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => String(row[at] ?? '').length)));
  for (const [n, row] of rows.entries()) {
    out(
      `  ${row
        .map((cell, at) => String(cell ?? '').padEnd(widths[at]))
        .join('  ')
        .trimEnd()}`,
    );
    if (n === 0) out(`  ${widths.map((width) => '─'.repeat(width)).join('  ')}`);
  }
}

function conditions(out) {
  const [load] = loadavg();
  out(
    `  one thread each; JSON parsing included; matches counted, nothing printed; best of three by processor time`,
  );
  out(`  load average ${load.toFixed(1)} while this ran: figures by processor time suffer least`);
}

/** Sigma: events in JSON under Sigma's names, logsource in the event, the rules of one folder. */
export async function sigmaBench({ corpus, out, withPeers }) {
  const rules = join(corpus, 'sigma', 'rules');
  const own = await ownProgram();
  const files = { small: join(cache, 'events-small.ndjson'), large: join(cache, 'events-large.ndjson') };
  const made = {
    small: own('events', 40_000, 0, files.small),
    large: own('events', 40_000, 1_200, files.large),
  };
  conditions(out);
  const rows = [
    ['engine', 'rules', 'load s', 'event bytes', 'events/s (processor)', 'events/s (wall)', 'matches', 'MB'],
  ];
  const results = {};
  for (const size of ['small', 'large']) {
    const bytes = Math.round(made[size].bytes / made[size].events);
    const add = (name, result) =>
      rows.push(
        result === undefined
          ? [name, 'not installed']
          : [
              name,
              result.rules,
              result.loadProcessor.toFixed(2),
              bytes,
              perSecond(result),
              perSecond(result, result.wall),
              `${result.matches} in ${count(result.events)}`,
              count(result.memory / 1e6),
            ],
      );
    results[size] = own('sigma', rules, files[size]);
    add('vigie', results[size]);
    if (!withPeers) continue;
    add(`rsigma-eval ${PEERS.rsigma}`, peer('rsigma', rules, files[size]));
    add(`rsigma-eval ${PEERS.rsigma}, index over substrings`, peer('rsigma-ac', rules, files[size]));
    if (size === 'small') add(`sigma-rust ${PEERS['sigma-rust']}`, peer('sigma-rust', rules, files[size]));
  }
  table(rows, out);
  out(
    '  The same rule files, events and logsource routing for all; differences in matches are differences of meaning.',
  );
  const few = own('sigma', rules, files.small, 300);
  const many = own('sigma', rules, files.small, 3_000);
  const groups = own('correlation', 10_000);
  const growth = many.processor / few.processor;
  const { small, large } = results;
  out();
  table(
    [
      ['engine alone', 'measured', 'aim', 'met'],
      [
        'events/s of 0.8 KB',
        perSecond(small),
        count(AIMS.small),
        met(small.events / small.processor >= AIMS.small),
      ],
      [
        'events/s of 2 KB',
        perSecond(large),
        count(AIMS.large),
        met(large.events / large.processor >= AIMS.large),
      ],
      [
        'correlation updates/s, 10,000 groups',
        perSecond(groups),
        count(AIMS.correlation),
        met(groups.events / groups.processor >= AIMS.correlation),
      ],
      [
        `time an event, ${few.rules} → ${many.rules} rules`,
        `× ${growth.toFixed(2)}`,
        `< ${AIMS.growth}`,
        met(growth < AIMS.growth),
      ],
      [
        'load: files read, parsed, compiled',
        `${small.loadProcessor.toFixed(2)} s`,
        `< ${AIMS.load} s`,
        met(small.loadProcessor < AIMS.load),
      ],
      [
        'load: rules parsed before, compiled',
        `${small.compileWall.toFixed(2)} s (wall)`,
        `< ${AIMS.reload} s`,
        met(small.compileWall < AIMS.reload),
      ],
      [
        'memory of the process with these rules, peak',
        `${count(small.loadMemory / 1e6)} MB`,
        `< ${count(AIMS.memory / 1e6)} MB`,
        met(small.loadMemory < AIMS.memory),
      ],
    ],
    out,
  );
}

/** Windows event logs into records. */
export async function evtxBench({ corpus, out, withPeers }) {
  const folder = join(corpus, 'evtx');
  const own = await ownProgram();
  const ours = own('evtx', folder);
  const rows = [
    ['reader', 'records', 'records/s (processor)', 'records/s (wall)', 'MB'],
    [
      'vigie, whole record as JSON object',
      ours.events,
      perSecond(ours),
      perSecond(ours, ours.wall),
      count(ours.memory / 1e6),
    ],
    [
      `vigie, to candidate decision (aim ${count(AIMS.evtx)}/s: ${met(ours.events / ours.candidateProcessor >= AIMS.evtx)})`,
      ours.events,
      perSecond(ours, ours.candidateProcessor),
      perSecond(ours, ours.candidateWall),
      '',
    ],
  ];
  if (withPeers) {
    const name = `evtx ${PEERS.evtx} (Rust), whole record as JSON value`;
    const theirs = peer('evtx', folder);
    rows.push(
      theirs === undefined
        ? [name, 'not installed']
        : [
            name,
            theirs.events,
            perSecond(theirs),
            perSecond(theirs, theirs.wall),
            count(theirs.memory / 1e6),
          ],
    );
  }
  out(`  ${ours.files} files, ${count(ours.bytes / 1e6)} MB; one thread each`);
  table(rows, out);
}

/** Copies of the corpus's event logs, 100 MB of them, in a folder that goes afterwards. */
function hundredMegabytes(corpus) {
  const source = join(corpus, 'evtx');
  const folder = mkdtempSync(join(tmpdir(), 'vigie-bench-scan-'));
  const files = readdirSync(source, { recursive: true })
    .filter((name) => name.endsWith('.evtx'))
    .sort();
  let bytes = 0;
  for (let copy = 0; bytes < 100e6; copy++)
    for (const [at, name] of files.entries()) {
      if (bytes >= 100e6) break;
      cpSync(join(source, name), join(folder, `${copy}-${at}.evtx`));
      bytes += statSync(join(source, name)).size;
    }
  return { folder, bytes };
}

/** A command's seconds of the wall and of the processor, children included. */
function clocked(command, args) {
  const quoted = [command, ...args].map((text) => `'${text.replaceAll("'", "'\\''")}'`).join(' ');
  const { status, stderr } = spawnSync(
    'bash',
    ['-c', `TIMEFORMAT='%R %U %S'; time ${quoted} >/dev/null 2>&1`],
    {
      encoding: 'utf8',
      cwd: root,
    },
  );
  const [wall, user, system] = stderr.trim().split('\n').at(-1).split(' ').map(Number);
  return { status, wall, processor: user + system };
}

/** `vigie scan` of event logs with all rules, as a person runs it. */
export async function scanBench({ corpus, out, withPeers }) {
  const { folder, bytes } = hundredMegabytes(corpus);
  const rules = join(corpus, 'sigma', 'rules', 'rules');
  try {
    const scan = (format) =>
      clocked(process.execPath, [join(root, 'vigie'), 'scan', folder, '--rules', rules, '--format', format]);
    scan('table');
    const best = (format) => [1, 2, 3].map(() => scan(format)).sort((a, b) => a.wall - b.wall)[0];
    const asTable = best('table');
    const asJson = best('json');
    const row = (name, { wall, processor }) => [
      name,
      wall.toFixed(2),
      processor.toFixed(2),
      `< ${AIMS.scan} s`,
      met(wall < AIMS.scan),
    ];
    const rows = [
      ['program', 'wall s', 'processor s', 'aim', 'met'],
      row('vigie scan, rules cached, as a table', asTable),
      row('the same, as JSON with every event', asJson),
    ];
    if (withPeers) {
      const name = `evtx ${PEERS.evtx} + rsigma-eval ${PEERS.rsigma}, one thread`;
      const theirs = peer('evtx-rsigma', rules, folder);
      rows.push(
        theirs === undefined
          ? [name, 'not installed']
          : [
              name,
              (theirs.loadWall + theirs.wall).toFixed(2),
              (theirs.loadProcessor + theirs.processor).toFixed(2),
              '',
              `${theirs.matches} matches in ${theirs.events} records`,
            ],
      );
    }
    out(
      `  ${count(bytes / 1e6)} MB of event logs, rules of ${rules.slice(corpus.length + 1)}; start of the program and loading included`,
    );
    for (const { status } of [asTable, asJson]) if (status !== 0) out(`  vigie scan ended with ${status}`);
    table(rows, out);
    if (withPeers)
      out(
        '  The peers have no scanner of their own on the registry: bench/peers/rust joins the two, maps seven categories, prints nothing.',
      );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
