// What a fresh checkout needs before anything can run: dependencies, generated files, the bundle.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

export const root = join(import.meta.dirname, '..');
const cache = join(root, '.cache');

/** Runs a command in the checkout's root; ends this process with a hint when it fails. */
export function run(command, args, hint, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
  if (result.status === 0) return;
  process.stderr.write(`\nvigie: ${hint}\n`);
  process.exit(result.status ?? 1);
}

function stamp(name, hash) {
  const file = join(cache, name);
  return {
    fresh: () => existsSync(file) && readFileSync(file, 'utf8') === hash,
    write: () => {
      mkdirSync(cache, { recursive: true });
      writeFileSync(file, hash);
    },
  };
}

/** Installs the locked dependencies when they are missing or the lock has changed since. */
export function ensureInstalled() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    process.stderr.write(`vigie: needs Node.js 20.19 or newer; this is ${process.versions.node}\n`);
    process.exit(1);
  }
  const lock = readFileSync(join(root, 'package-lock.json'));
  const mark = stamp(
    'installed',
    createHash('sha256').update(lock).update(process.versions.modules).digest('hex'),
  );
  if (existsSync(join(root, 'node_modules')) && mark.fresh()) return;
  process.stderr.write('vigie: installing dependencies (once; about a minute) …\n');
  run(
    'npm',
    ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    'npm could not install the dependencies; the lines above say why. Is the npm registry reachable?',
  );
  mark.write();
}

const inputs = [
  'contracts',
  'engines',
  'sources',
  'server',
  'cli',
  'console',
  'templates',
  'scripts',
  'scenarios',
  'detections',
  'package-lock.json',
];

function* filesUnder(path) {
  if (!existsSync(path)) return;
  const stat = statSync(path);
  if (stat.isFile()) {
    yield [path, stat];
    return;
  }
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.name === 'node_modules' || entry.name === 'samples' || entry.name === 'dist') continue;
    const child = join(path, entry.name);
    if (entry.isDirectory()) yield* filesUnder(child);
    else if (
      /\.(ts|tsx|mjs|css|html|svg|json)$|^source\.yml$/.test(entry.name) &&
      !entry.name.endsWith('.test.ts')
    )
      yield [child, statSync(child)];
  }
}

/** Builds the bundle and the console when a source file has changed since the last build. */
export function ensureBuilt() {
  const hash = createHash('sha256');
  for (const input of inputs)
    for (const [file, stat] of filesUnder(join(root, input))) {
      if (file.endsWith('.generated.ts')) continue;
      hash.update(`${relative(root, file)}\0${stat.size}\0${stat.mtimeMs}\n`);
    }
  const mark = stamp('built', hash.digest('hex'));
  if (existsSync(join(root, 'dist', 'vigie.js')) && mark.fresh()) return;
  process.stderr.write('vigie: building …\n');
  run(process.execPath, ['scripts/build.mjs'], 'the build failed; the lines above say where.');
  mark.write();
}
