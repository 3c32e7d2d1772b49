// Writes sources/registry.generated.ts: one import for each sources/<vendor>/<product>/, with its source.yml
// inlined. Adding a source touches its own folder only; nobody edits a list.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..', 'sources');
const notVendors = new Set(['kit', 'node_modules', 'test']);
const entries = [];
for (const vendor of readdirSync(root, { withFileTypes: true })) {
  if (!vendor.isDirectory() || notVendors.has(vendor.name)) continue;
  for (const product of readdirSync(join(root, vendor.name), { withFileTypes: true })) {
    if (!product.isDirectory() || product.name.startsWith('_')) continue;
    const folder = join(root, vendor.name, product.name);
    if (!existsSync(join(folder, 'parse.ts'))) continue;
    if (existsSync(join(folder, 'source.yml')))
      entries.push({ vendor: vendor.name, product: product.name, folder });
    else console.error(`${folder}: no source.yml, left out`);
  }
}
entries.sort((a, b) => (a.folder < b.folder ? -1 : 1));
const lines = ["import type { RegisteredSource } from './kit/registry.ts';"];
for (const [i, e] of entries.entries())
  lines.push(`import s${i} from './${e.vendor}/${e.product}/parse.ts';`);
lines.push('', 'export const REGISTRY: readonly RegisteredSource[] = [');
entries.forEach((e, i) => {
  const meta = parse(readFileSync(join(e.folder, 'source.yml'), 'utf8'));
  lines.push(`  { definition: s${i}, manifest: ${JSON.stringify(meta)} },`);
});
lines.push('];', '');
const file = join(root, 'registry.generated.ts');
const text = lines.join('\n');
if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);

// And server/collect/pull/connectors.generated.ts: one import for each connector's folder.
const pull = join(import.meta.dirname, '..', 'server', 'collect', 'pull');
const connectors = readdirSync(join(pull, 'connectors'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(join(pull, 'connectors', entry.name, 'connector.ts')))
  .map(({ name }) => name)
  .sort();
const listed = [
  "import type { Connector } from './connector.ts';",
  ...connectors.map((name, i) => `import c${i} from './connectors/${name}/connector.ts';`),
  '',
  `export const CONNECTORS: readonly Connector[] = [${connectors.map((_, i) => `c${i}`).join(', ')}];`,
  '',
].join('\n');
const connectorsFile = join(pull, 'connectors.generated.ts');
if (!existsSync(connectorsFile) || readFileSync(connectorsFile, 'utf8') !== listed)
  writeFileSync(connectorsFile, listed);

// And the types of the client package.
await import('./client-types.mjs');
