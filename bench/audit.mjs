// `npm run bench:audit [-- RECORDS [EXPORT]]`: writes, exports and verifies an audit log, and prints how fast.
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { ownCodeOnly } from '../scripts/bundle.mjs';

const root = dirname(import.meta.dirname);
const outfile = join(root, 'dist', 'bench', 'audit.mjs');
mkdirSync(dirname(outfile), { recursive: true });
await build({
  entryPoints: [join(import.meta.dirname, 'audit.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  logLevel: 'error',
  plugins: [ownCodeOnly],
});
process.exitCode =
  spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit' }).status ?? 1;
