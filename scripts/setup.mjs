// What a fresh checkout needs before anything can run: dependencies, generated files, the bundle. Only Node's
// own modules may be imported here: nothing else is installed yet.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';

export const root = join(import.meta.dirname, '..');
const cache = join(root, '.cache');
/** Servers that run from this checkout's build: a file each, named by pid. */
const running = join(cache, 'running');

const say = (text) => process.stderr.write(`vigie: ${text}\n`);

/** Runs a command in the checkout's root; ends this process with a hint when it fails. */
export function run(command, args, hint, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
  if (result.status === 0) return;
  if (result.error !== undefined) process.stderr.write(`${result.error.message}\n`);
  say(hint);
  process.exit(result.status ?? 1);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return error.code === 'EPERM';
  }
}

function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** Creates the lock file with our pid in it; false when another living process holds it. */
function takeLock(file) {
  mkdirSync(cache, { recursive: true });
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const holder = readIfThere(file);
  // An empty file is being written right now, unless whoever began it died then.
  if (holder === undefined || (holder === '' ? ageOf(file) < 5000 : isAlive(Number(holder)))) return false;
  // Only one of several who find it abandoned can move it away.
  const away = `${file}.${process.pid}`;
  try {
    renameSync(file, away);
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
    return false;
  }
  if (readIfThere(away) !== holder) renameSync(away, file);
  else rmSync(away);
  return false;
}

function readIfThere(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function ageOf(file) {
  return existsSync(file) ? Date.now() - statSync(file).mtimeMs : 0;
}

/**
 * Holds `.cache/<name>.lock` until `release`: two commands started at once must not install or build into
 * the same folders. Waits for the one that was first.
 */
function lock(name) {
  const file = join(cache, `${name}.lock`);
  for (let told = false; !takeLock(file); sleep(100)) {
    if (!told && ageOf(file) > 1000) {
      say('another command is preparing this checkout; waiting for it …');
      told = true;
    }
  }
  // Whatever ends this process, a failed build included, gives the lock back.
  const onExit = () => rmSync(file, { force: true });
  process.once('exit', onExit);
  return () => {
    process.off('exit', onExit);
    onExit();
  };
}

function stamp(name, hash) {
  const file = join(cache, name);
  return {
    fresh: () => readIfThere(file) === hash,
    write: () => {
      mkdirSync(cache, { recursive: true });
      writeFileSync(file, hash);
    },
  };
}

/** Whether node_modules holds what package-lock.json says; npm notes there what it has installed. */
function isInstalled() {
  const note = readIfThere(join(root, 'node_modules', '.package-lock.json'));
  if (note === undefined) return false;
  const have = JSON.parse(note).packages;
  const want = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  for (const [path, { version, link, optional }] of Object.entries(want)) {
    if (!path.includes('node_modules/')) continue;
    const found = have[path];
    // Optional packages are mostly builds for other systems.
    if (found === undefined ? optional !== true : !link && found.version !== version) return false;
  }
  return true;
}

/** Installs the locked dependencies when they are missing or package-lock.json has changed since. */
export function ensureInstalled() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    say(`needs Node.js 20.19 or newer; this is ${process.versions.node}`);
    process.exit(1);
  }
  if (isInstalled()) return;
  const release = lock('install');
  if (!isInstalled()) {
    const [server] = servers();
    if (server !== undefined) {
      say(`dependencies have changed, and the server with pid ${server} runs from them; stop it first`);
      process.exit(1);
    }
    say('installing dependencies (once; about a minute) …');
    run(
      'npm',
      ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
      'npm could not install the dependencies; the lines above say why. Is the npm registry reachable?',
    );
  }
  release();
}

/** What each part of the build is made of. Templates, rules and other content are read where they are. */
const PARTS = {
  server: ['contracts', 'engines', 'sources', 'server', 'cli', 'scenarios', 'scripts', 'package-lock.json'],
  console: ['contracts', 'console', 'scripts', 'package-lock.json'],
};

function* filesUnder(path) {
  if (!existsSync(path)) return;
  const stat = statSync(path);
  if (stat.isFile()) {
    yield [path, stat];
    return;
  }
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (['node_modules', 'samples', 'dist', 'planted', 'conformance'].includes(entry.name)) continue;
    const child = join(path, entry.name);
    if (entry.isDirectory()) yield* filesUnder(child);
    else if (
      /\.(ts|tsx|mjs|css|html|svg|json)$|^source\.yml$/.test(entry.name) &&
      !/\.(test|generated)\.ts$/.test(entry.name)
    )
      yield [child, statSync(child)];
  }
}

function stampOf(part) {
  const hash = createHash('sha256');
  for (const input of PARTS[part])
    for (const [file, stat] of filesUnder(join(root, input)))
      hash.update(`${relative(root, file)}\0${stat.size}\0${stat.mtimeMs}\n`);
  return stamp(`built-${part}`, hash.digest('hex'));
}

const PRODUCT = { server: 'vigie.js', console: 'console/index.html' };

/**
 * Builds what has changed since the last build, one builder at a time.
 *
 * While a server runs from the build, it stays as it is, and a line says so: a child process started again
 * by that server, or a page it sends, must be of the same build as the server.
 *
 * @param options.always build all parts now, a running server or not; what that server may still load is kept
 * @param options.parts `server`, `console`; both where absent
 */
export async function ensureBuilt({ always = false, parts = Object.keys(PARTS) } = {}) {
  const stale = () =>
    parts.filter(
      (part) => always || !existsSync(join(root, 'dist', PRODUCT[part])) || !stampOf(part).fresh(),
    );
  if (stale().length === 0) return;
  const [server] = servers();
  const built = parts.every((part) => existsSync(join(root, 'dist', PRODUCT[part])));
  if (server !== undefined && built && !always) {
    say(
      `sources have changed since the build that the running server (pid ${server}) uses; using that build`,
    );
    return;
  }
  const release = lock('build');
  const work = stale();
  if (work.length > 0) {
    say(`building ${work.join(' and ')} …`);
    const inUse = server !== undefined;
    const { buildConsole, buildNetworks, buildServer } = await import('./bundle.mjs');
    try {
      const build = async (part) => {
        // Taken before the build: a file saved meanwhile makes the next command build again.
        const mark = stampOf(part);
        if (part === 'server') {
          await buildServer({ inUse });
          buildNetworks();
        } else await buildConsole({ inUse });
        mark.write();
      };
      // Beside each other: the console is built in a process of its own.
      await Promise.all(work.map(build));
    } catch (error) {
      // esbuild and Vite have shown what is wrong, with file and line.
      say(`the build failed: ${error.message.split('\n', 1)[0]}`);
      process.exit(1);
    }
  }
  release();
}

/** Pids of the servers that run from this checkout. */
function servers() {
  if (!existsSync(running)) return [];
  const living = [];
  for (const name of readdirSync(running)) {
    const pid = Number(name);
    if (isAlive(pid) && isVigie(pid)) living.push(pid);
    else rmSync(join(running, name), { force: true });
  }
  return living;
}

/** False where the system can tell that the pid has gone to another program since. */
function isVigie(pid) {
  return (readIfThere(`/proc/${pid}/cmdline`) ?? 'vigie').includes('vigie');
}

/** Notes that this process is a server of this build, until it ends. */
export function noteServer() {
  mkdirSync(running, { recursive: true });
  const file = join(running, String(process.pid));
  writeFileSync(file, '');
  process.once('exit', () => {
    if (existsSync(file)) unlinkSync(file);
  });
}
