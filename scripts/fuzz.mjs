// `npm run fuzz -- --help`: made and damaged inputs for the engines; what is found ends it with exit code 1.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureInstalled, root } from './setup.mjs';

ensureInstalled();
const { build } = await import('esbuild');
const { ownCodeOnly } = await import('./bundle.mjs');
const outdir = join(root, '.cache', 'fuzz-build');
await build({
  absWorkingDir: root,
  entryPoints: { main: 'scripts/fuzz/main.ts', worker: 'scripts/fuzz/worker.ts' },
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
  plugins: [ownCodeOnly],
});
process.setSourceMapsEnabled(true);
const { main } = await import(pathToFileURL(join(outdir, 'main.mjs')).href);
process.exitCode = await main(root, join(outdir, 'worker.mjs'), process.argv.slice(2));
