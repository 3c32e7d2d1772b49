// The parts of the build, in dist/: the program, bundled with esbuild (third-party packages stay in
// node_modules), the shipped rules and procedures as read, the console, built with Vite, and the table of networks.
//
// A server may be running from dist/ meanwhile. So files are replaced whole, entries after the chunks they
// import, and what an older build left is removed only when nobody runs from it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { buildAsn } from './build-asn.mjs';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const cache = join(root, '.cache');

/** Replaces a file in one step: who reads it sees the old one or the new one. */
function replaceFile(path, contents) {
  mkdirSync(dirname(path), { recursive: true });
  const next = `${path}.${process.pid}.next`;
  writeFileSync(next, contents);
  renameSync(next, path);
}

/** Packages of others that are bundled like ours: of hundreds of small files each, which take longer to find than to run. */
const BUNDLED = new Set(['kysely']);

/** Our own workspaces are bundled; everything else is resolved from node_modules at run time. */
export const ownCodeOnly = {
  name: 'own-code-only',
  setup(b) {
    b.onResolve({ filter: /^[^.]/ }, (args) => {
      const isOurs = args.path.startsWith('@vigie/') || args.path.startsWith('/');
      if (args.kind === 'entry-point' || isOurs || BUNDLED.has(args.path)) return undefined;
      return { path: args.path, external: true };
    });
  },
};

/** Bundles the program: command line, server, and the event store's process. */
export async function buildServer({ inUse = false } = {}) {
  await import('./generate.mjs');
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: {
      vigie: 'cli/main.ts',
      server: 'server/app/server.ts',
      'events-child': 'server/storage/events/chdb-child.ts',
      'prepare-thread': 'server/app/prepare/thread.ts',
      'check-thread': 'server/app/checking/thread.ts',
      'scan-worker': 'cli/scan/worker.ts',
      'shipped-files': 'server/app/shipped-files.ts',
    },
    outdir: 'dist',
    write: false,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    // Read at each start: places only, since the sources are at hand.
    sourcesContent: false,
    chunkNames: 'chunks/[name]-[hash]',
    logLevel: 'warning',
    plugins: [ownCodeOnly],
  });
  const isChunk = (file) => file.path.startsWith(join(dist, 'chunks'));
  for (const file of outputFiles.filter(isChunk)) replaceFile(file.path, file.contents);
  for (const file of outputFiles.filter((f) => !isChunk(f))) replaceFile(file.path, file.contents);
  const { shippedFiles } = await import(pathToFileURL(join(dist, 'shipped-files.js')).href);
  for (const [name, text] of Object.entries(shippedFiles(root))) replaceFile(join(dist, name), text);
  const chunks = join(dist, 'chunks');
  if (inUse || !existsSync(chunks)) return;
  const written = new Set(outputFiles.map((file) => file.path));
  for (const name of readdirSync(chunks)) if (!written.has(join(chunks, name))) rmSync(join(chunks, name));
}

/** Builds the console beside the present one, in a process of its own, and exchanges them. */
export async function buildConsole({ inUse = false } = {}) {
  const next = join(cache, 'console-next');
  const old = join(cache, 'console-old');
  const now = join(dist, 'console');
  rmSync(next, { recursive: true, force: true });
  rmSync(old, { recursive: true, force: true });
  const vite = join(
    dirname(createRequire(join(root, 'console', 'package.json')).resolve('vite/package.json')),
    'bin',
    'vite.js',
  );
  const building = spawn(
    process.execPath,
    [vite, 'build', '--logLevel', 'warn', '--outDir', next, '--emptyOutDir'],
    { cwd: join(root, 'console'), stdio: ['ignore', 2, 2] },
  );
  const [status] = await once(building, 'close');
  if (status !== 0) throw new Error('the console could not be built');
  // Pages opened before still load the assets that they name.
  if (inUse && existsSync(join(now, 'assets')))
    cpSync(join(now, 'assets'), join(next, 'assets'), { recursive: true, force: false });
  mkdirSync(dist, { recursive: true });
  if (existsSync(now)) renameSync(now, old);
  renameSync(next, now);
  rmSync(old, { recursive: true, force: true });
}

/** Packs the table of networks, when the package it comes from has changed. */
export function buildNetworks() {
  const manifest = createRequire(join(root, 'server', 'package.json')).resolve(
    '@ip-location-db/asn/package.json',
  );
  const version = `${JSON.parse(readFileSync(manifest, 'utf8')).version}\n${readFileSync(join(import.meta.dirname, 'build-asn.mjs'), 'utf8')}`;
  const mark = join(cache, 'asn-version');
  const file = join(dist, 'asn.bin');
  if (existsSync(file) && existsSync(mark) && readFileSync(mark, 'utf8') === version) return;
  const next = `${file}.${process.pid}.next`;
  buildAsn(next);
  renameSync(next, file);
  mkdirSync(cache, { recursive: true });
  writeFileSync(mark, version);
}
