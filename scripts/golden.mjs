// `npm run golden [-- --write] [SOURCE…]`: every sample of sources/ against its expected document.
// --write rewrites the expected documents; read what has changed before you commit it.
// SOURCE is the beginning of a source's id: linux, nginx.access.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled, root } from './setup.mjs';

ensureInstalled();
await import('./generate.mjs');
const args = process.argv.slice(2);
const env = { ...process.env };
if (args.includes('--write')) env.GOLDEN_WRITE = '1';
const sources = args.filter((arg) => !arg.startsWith('-'));
if (sources.length > 0) env.GOLDEN_ONLY = sources.join(',');
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const result = spawnSync(process.execPath, [vitest, 'run', 'sources/kit/golden.test.ts'], {
  cwd: root,
  env,
  stdio: 'inherit',
});
process.exitCode = result.status ?? 1;
