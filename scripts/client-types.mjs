// Writes client/src/api.generated.ts: the types of @vigie/client, from the OpenAPI document that the routes make. It
// is made again only when contracts or routes have changed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import openapiTypes, { astToString } from 'openapi-typescript';

const root = join(import.meta.dirname, '..');
const cache = join(root, '.cache');
const file = join(root, 'client', 'src', 'api.generated.ts');

const digest = createHash('sha256').update(readFileSync(import.meta.filename));
for (const folder of ['contracts', 'server/api'])
  for (const name of readdirSync(join(root, folder), { recursive: true }).sort())
    if (name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('node_modules'))
      digest.update(name).update(readFileSync(join(root, folder, name)));
const mark = `// ${digest.digest('hex')}\n`;

if (!existsSync(file) || !readFileSync(file, 'utf8').startsWith(mark)) {
  mkdirSync(cache, { recursive: true });
  const program = join(cache, 'openapi.mjs');
  await build({
    absWorkingDir: root,
    stdin: {
      contents: `
        import { buildApi } from './server/api/index.ts';
        const { app } = await buildApi({ services: { now: Date.now, version: '0' } });
        process.stdout.write(JSON.stringify(app.swagger()), () => process.exit(0));`,
      resolveDir: root,
      loader: 'ts',
    },
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    logLevel: 'warning',
    plugins: [
      {
        name: 'own-code-only',
        setup(b) {
          b.onResolve({ filter: /^[^.]/ }, (args) =>
            args.kind === 'entry-point' || args.path.startsWith('@vigie/') || args.path.startsWith('/')
              ? undefined
              : { path: import.meta.resolve(args.path), external: true },
          );
        },
      },
    ],
  });
  const { stdout, status, stderr } = spawnSync(process.execPath, [program], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`the OpenAPI document could not be made:\n${stderr}`);
  const text = `${mark}${astToString(await openapiTypes(JSON.parse(stdout)))}`;
  writeFileSync(file, text);
}
