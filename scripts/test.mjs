// `npm test`: everything, on a fresh checkout of a clean machine. Installs what is missing, builds, checks
// types, style and imports, and runs all tests.
//
//   npm test                                 all of it
//   npm test -- --only unit|e2e|browser|lint one part
//   npm test -- sources/kit -t 'reads'       the tests that Vitest finds with these arguments
//
// Tests of the console need Chromium, and some tests of the collector need real log senders. As root on
// Debian or Ubuntu they are installed (VIGIE_TEST_INSTALL=no leaves the system alone); elsewhere it is said
// what to install, and those tests are counted as skipped.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { ensureBuilt, ensureInstalled, root } from './setup.mjs';

const PARTS = ['lint', 'unit', 'e2e', 'browser'];
const { only, rest } = readArguments(process.argv.slice(2));
const started = Date.now();
const steps = [];
const totals = { passed: 0, failed: 0, skipped: 0 };
/** What failed, told again at the end, where it is looked for. */
const failures = [];
const env = { ...process.env, TMPDIR: mkdtempSync(join(scratch(), 'vigie-test-')) };
process.on('exit', () => rmSync(env.TMPDIR, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
let finished = false;
// Dependencies or a build that fail end the process where they are; the last line is owed even then.
process.on('exit', () => {
  if (!finished) process.stdout.write(`\n${totals.passed} passed, ${totals.failed + 1} failed, 0 skipped\n`);
});

if (only === undefined || only !== 'lint') await step('dependencies', async () => ensureInstalled());
else ensureInstalled();
if (only !== 'lint') {
  await step('build', () => ensureBuilt({ always: true }));
  await step('test programs', async () => findPrograms());
}
/** What a run that was held back has printed. */
const held = new Map();
/** Runs under way by their part; those beside the one that is shown are told of in their turn. */
const runs = new Map();
const isWanted = (part) => only === undefined || only === part;
const begin = (part, isHeld) => {
  if (!isWanted(part)) return Promise.resolve(true);
  if (!runs.has(part)) runs.set(part, vitest(part, isHeld));
  return runs.get(part);
};
// Two runs at a time, so that two cores have something to do while tests wait for processes and pages: tests of the
// whole program go beside the checks and the tests beside the code; those in the browser begin when either is done.
const isWhole = only === undefined;
if (isWhole) begin('e2e', true).then(() => begin('browser', true));
if (isWanted('lint')) await step('types, style, imports', lint);
for (const part of PARTS.slice(1)) {
  if (!isWanted(part)) continue;
  await step(`${part} tests`, async () => {
    const ok = await begin(part, isWhole && part !== 'unit');
    if (isWhole && part === 'unit') begin('browser', true);
    process.stdout.write(held.get(part) ?? '');
    return ok;
  });
}
finish();

function readArguments(args) {
  const rest = args.filter((arg) => arg !== '--');
  const at = rest.findIndex((arg) => arg === '--only' || arg.startsWith('--only='));
  if (at < 0) return { only: undefined, rest };
  const [flag] = rest.splice(at, 1);
  const only = flag.includes('=') ? flag.slice('--only='.length) : rest.splice(at, 1)[0];
  if (PARTS.includes(only)) return { only, rest };
  process.stderr.write(`--only takes one of ${PARTS.join(', ')}\n`);
  process.exit(2);
}

/**
 * Where the data folders of the tests lie. They make and remove tens of thousands of files, which takes a disk
 * longer than the tests themselves; and no test pulls the plug, so memory keeps what they need as well.
 */
function scratch() {
  const memory = '/dev/shm';
  const enough = 4 * 1024 ** 3;
  if (process.env.TMPDIR !== undefined || !existsSync(memory)) return tmpdir();
  const { bavail, bsize } = statfsSync(memory);
  const mount = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .find((line) => line.split(' ')[1] === memory);
  const isGood = mount !== undefined && !/\b(?:ro|noexec)\b/.test(mount.split(' ')[3]);
  return isGood && bavail * bsize > enough && freemem() > enough ? memory : tmpdir();
}

/** Runs one step under a heading; `work` returns false, or throws, when it failed. */
async function step(name, work) {
  process.stdout.write(`\n── ${name} ${'─'.repeat(Math.max(0, 66 - name.length))}\n`);
  const from = Date.now();
  let ok = true;
  try {
    ok = (await work()) !== false;
  } catch (error) {
    process.stdout.write(`${error.stack}\n`);
    ok = false;
  }
  const seconds = ((Date.now() - from) / 1000).toFixed(1);
  steps.push({ name, ok, seconds });
  // A check that is no test of Vitest's counts as one failure, so that the last line never hides it.
  if (!ok && !name.endsWith(' tests')) totals.failed++;
  process.stdout.write(`── ${name}: ${ok ? 'ok' : 'FAILED'}, ${seconds} s\n`);
}

/** Runs a program with its output shown when it is done, so that several may run at once. */
function runQuietly(title, command, args) {
  return new Promise((resolve) => {
    const from = Date.now();
    const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) => output.push(Buffer.from(`${error.message}\n`)));
    child.on('close', (code) => {
      const text = Buffer.concat(output).toString().trim();
      const ok = code === 0;
      process.stdout.write(
        `${ok ? 'ok    ' : 'FAILED'} ${title} (${((Date.now() - from) / 1000).toFixed(1)} s)\n`,
      );
      if (!ok && text !== '') process.stdout.write(`${text.replaceAll(/^/gm, '       ')}\n`);
      resolve(ok);
    });
  });
}

async function lint() {
  const bin = (name) => join(root, 'node_modules', '.bin', name);
  // The generated registry is part of what is checked.
  const generated = await runQuietly('generated files', process.execPath, ['scripts/generate.mjs']);
  const [first, second] = await Promise.all([
    runQuietly('types of the program', bin('tsc'), ['-p', 'tsconfig.json']),
    (async () => [
      await runQuietly('style (Biome)', bin('biome'), ['check', '--diagnostic-level=warn', '.']),
      await runQuietly('types of the console', bin('tsc'), ['-p', 'console/tsconfig.json']),
      await runQuietly('imports point one way', process.execPath, ['scripts/check-imports.mjs']),
    ])(),
  ]);
  return generated && first && second.every(Boolean);
}

/** Finds or installs Chromium and the log senders; says what is missing. Never fails: tests are skipped. */
function findPrograms() {
  const mayInstall =
    process.env.VIGIE_TEST_INSTALL !== 'no' && process.getuid?.() === 0 && has('apt-get', '--version');
  const chromiumNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const findChromium = () =>
    [process.env.VIGIE_CHROMIUM, process.env.CHROMIUM, ...chromiumNames].find(
      (name) => name !== undefined && name !== '' && has(name, '--version'),
    );
  let chromium = findChromium();
  if (chromium === undefined && mayInstall) {
    process.stdout.write('installing Chromium …\n');
    aptInstall(['chromium']);
    chromium = findChromium();
  }
  env.VIGIE_CHROMIUM = chromium === undefined ? '' : which(chromium);
  process.stdout.write(
    chromium === undefined
      ? 'no Chromium: tests of the console are skipped. Install it (Debian: apt-get install chromium),\n' +
          '  or name its program in VIGIE_CHROMIUM.\n'
      : `Chromium: ${env.VIGIE_CHROMIUM}\n`,
  );

  findSlapd(mayInstall);
  const folder = join(root, '.cache', 'senders');
  const wrapper = join(folder, 'syslog-ng');
  const missing = () => {
    if (!env.VIGIE_SYSLOG_NG && has(wrapper, '--version')) env.VIGIE_SYSLOG_NG = wrapper;
    return [
      ['rsyslogd', env.VIGIE_RSYSLOGD, '-v'],
      ['logger', env.VIGIE_LOGGER, '--version'],
      ['curl', env.VIGIE_CURL, '--version'],
      ['openssl', undefined, 'version'],
      ['syslog-ng', env.VIGIE_SYSLOG_NG, '--version'],
    ]
      .filter(([name, named, flag]) => ![named, name, `/usr/sbin/${name}`].some((p) => p && has(p, flag)))
      .map(([name]) => name);
  };
  let absent = missing();
  if (absent.length > 0 && mayInstall) {
    process.stdout.write(`installing log senders (${absent.join(', ')}) …\n`);
    rmSync(folder, { recursive: true, force: true });
    const script = join(root, 'server', 'collect', 'testing', 'install-senders.sh');
    const result = spawnSync('sh', [script, folder], { encoding: 'utf8' });
    if (result.status !== 0) process.stdout.write(`${result.stderr.trim()}\n`);
    absent = missing();
  }
  process.stdout.write(
    absent.length === 0
      ? 'log senders: rsyslogd, syslog-ng, logger, curl\n'
      : `not installed: ${absent.join(', ')}. Tests that drive them are skipped. On Debian, as root:\n` +
          '  server/collect/testing/install-senders.sh .cache/senders\n' +
          '  (apt-get install rsyslog rsyslog-gnutls bsdutils curl openssl, and syslog-ng in a folder of its own)\n',
  );
}

/** Finds or unpacks OpenLDAP's server, in a folder of its own: installing it would start it. */
function findSlapd(mayInstall) {
  const folder = join(root, '.cache', 'slapd');
  const wrapper = join(folder, 'slapd');
  const known = () => ['/usr/sbin/slapd', wrapper].find((path) => existsSync(path) && has(path, '-VV'));
  let found = env.VIGIE_SLAPD || known();
  if (found === undefined && mayInstall) {
    process.stdout.write('unpacking slapd …\n');
    const script = join(root, 'server', 'assets', 'directory', 'testing', 'unpack-slapd.sh');
    const result = spawnSync('sh', [script, folder], { encoding: 'utf8' });
    if (result.status !== 0) process.stdout.write(`${result.stderr.trim()}\n`);
    found = known();
  }
  if (found === wrapper) env.VIGIE_SLAPD_HOME = join(folder, 'root');
  env.VIGIE_SLAPD = found ?? '';
  process.stdout.write(
    found === undefined
      ? 'no slapd: tests of directories are skipped. On Debian, as root:\n' +
          '  server/assets/directory/testing/unpack-slapd.sh .cache/slapd\n'
      : `slapd: ${found}\n`,
  );
}

function has(program, flag) {
  return spawnSync(program, [flag], { stdio: 'ignore' }).status === 0;
}

function which(program) {
  if (program.includes('/')) return program;
  return (process.env.PATH ?? '')
    .split(':')
    .map((folder) => join(folder, program))
    .find((path) => existsSync(path));
}

function aptInstall(packages) {
  const quiet = { env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, encoding: 'utf8' };
  const apt = (...args) => spawnSync('apt-get', ['-qq', ...args], quiet);
  apt('update');
  const result = apt('install', '-y', '--no-install-recommends', ...packages);
  if (result.status !== 0) process.stdout.write(`${(result.stderr || result.error?.message || '').trim()}\n`);
}

/** Runs one project of vitest.config.ts and adds its figures to the totals. */
function vitest(part, isHeld = false) {
  const report = join(root, '.cache', `vitest-${part}.json`);
  rmSync(report, { force: true });
  const args = ['run', '--project', part, '--passWithNoTests'];
  args.push('--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...rest);
  // Those of the whole program wait for processes, pages and deadlines half of their time: a third one fills it.
  if (part !== 'unit') args.push('--maxWorkers=3');
  // Without a browser its tests are listed, and counted as skipped: no name matches.
  if (part === 'browser' && env.VIGIE_CHROMIUM === '') args.push('-t', '(?!)');
  return new Promise((resolve) => {
    const program = join(root, 'node_modules', 'vitest', 'vitest.mjs');
    const to = isHeld ? 'pipe' : undefined;
    const child = spawn(process.execPath, [program, ...args], {
      cwd: root,
      env,
      stdio: ['ignore', to ?? 1, to ?? 2],
    });
    const output = [];
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.push(chunk));
    child.on('close', (code) => {
      if (isHeld) held.set(part, Buffer.concat(output).toString());
      if (existsSync(report)) count(JSON.parse(readFileSync(report, 'utf8')));
      // A run that ended before it could write its report has failed as a whole.
      else if (code !== 0) totals.failed++;
      resolve(code === 0);
    });
  });
}

function count(report) {
  totals.passed += report.numPassedTests;
  totals.failed += report.numFailedTests;
  totals.skipped += report.numPendingTests + report.numTodoTests;
  // A file that could not be loaded has no tests to count.
  for (const file of report.testResults) {
    if (file.status !== 'failed') continue;
    const name = relative(root, file.name);
    const tests = file.assertionResults.filter((test) => test.status === 'failed');
    if (tests.length === 0) {
      totals.failed++;
      failures.push({ name, messages: [file.message] });
    }
    for (const { fullName, failureMessages } of tests)
      failures.push({ name: `${name} › ${fullName}`, messages: failureMessages });
  }
}

/** The summary; its last line is for machines, too. */
function finish() {
  finished = true;
  process.stdout.write('\n');
  for (const { name, ok, seconds } of steps)
    process.stdout.write(`${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(24)} ${seconds.padStart(7)} s\n`);
  const failed = steps.filter((s) => !s.ok);
  for (const { name, messages } of failures)
    process.stdout.write(`\nFAILED ${name}\n${messages.join('\n').replaceAll(/^/gm, '       ')}\n`);
  if (failures.length > 0) process.stdout.write('\n');
  process.stdout.write(
    `${'in all'.padEnd(31)} ${((Date.now() - started) / 1000).toFixed(1).padStart(7)} s\n\n`,
  );
  if (failed.length > 0) process.stdout.write(`failed: ${failed.map((s) => s.name).join(', ')}\n\n`);
  process.stdout.write(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`);
  process.exitCode = failed.length > 0 || totals.failed > 0 ? 1 : 0;
}
