// Bundles the program with esbuild into dist/ (third-party packages stay in node_modules) and the console
// with Vite into dist/console/.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { buildAsn } from './build-asn.mjs';
import './generate.mjs';

const root = join(import.meta.dirname, '..');
const onlyServer = process.argv.includes('--server');

await build({
  absWorkingDir: root,
  entryPoints: {
    vigie: 'cli/main.ts',
    server: 'server/app/server.ts',
    'events-child': 'server/storage/events/chdb-child.ts',
  },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  chunkNames: 'chunks/[name]-[hash]',
  logLevel: 'warning',
  // Our own workspaces are bundled; everything else is resolved from node_modules at run time.
  plugins: [
    {
      name: 'own-code-only',
      setup(b) {
        b.onResolve({ filter: /^[^.]/ }, (args) => {
          if (args.kind === 'entry-point' || args.path.startsWith('@vigie/') || args.path.startsWith('/'))
            return undefined;
          return { path: args.path, external: true };
        });
      },
    },
  ],
});

if (!onlyServer || !existsSync(join(root, 'dist', 'asn.bin'))) buildAsn(join(root, 'dist', 'asn.bin'));

if (!onlyServer && existsSync(join(root, 'console', 'package.json'))) {
  const result = spawnSync('npm', ['run', 'build', '-w', 'console', '--silent', '--', '--logLevel', 'warn'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (result.status !== 0) process.exit(result.status ?? 1);
}
