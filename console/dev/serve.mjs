// Bundles and starts the development stand-in server: `npm run dev -w console [-- --port 8090]`.
// It serves the built console from dist/console and invented data; it is no part of the product.
import { mkdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const here = fileURLToPath(new URL('.', import.meta.url));
const cache = `${here}../../.cache/console-dev`;
mkdirSync(cache, { recursive: true });
const outfile = `${cache}/stand-in.mjs`;
await build({
  entryPoints: [`${here}stand-in.ts`],
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  outfile,
  logLevel: 'warning',
});
const { startStandIn } = await import(pathToFileURL(outfile).href);
const at = process.argv.indexOf('--port');
const port = at > 0 ? Number(process.argv[at + 1]) : 8090;
const address = await startStandIn({
  port,
  root: fileURLToPath(new URL('../../dist/console', import.meta.url)),
});
console.log(`stand-in console on ${address} — analyst@example.com / lighthouse-keeper-7`);
