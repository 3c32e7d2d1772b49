// `npm run docs`: writes the generated pages anew. Their tests fail while a page and its source differ.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled, root } from './setup.mjs';

ensureInstalled();
const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const result = spawnSync(
  process.execPath,
  [
    vitest,
    'run',
    'scripts/configuration-page.test.ts',
    'scripts/sources-page.test.ts',
    'scripts/connectors-page.test.ts',
  ],
  {
    cwd: root,
    env: { ...process.env, DOCS_WRITE: '1' },
    stdio: 'inherit',
  },
);
process.exitCode = result.status ?? 1;
