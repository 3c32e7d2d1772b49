import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { REGISTRY } from '../registry.generated.ts';
import { updateReadme } from './readme.ts';

const ROOT = join(import.meta.dirname, '..');
const ONLY = (process.env['GOLDEN_ONLY'] ?? '').split(',');
const WRITE = process.env['GOLDEN_WRITE'] === '1';

/** The README's second part is generated; `GOLDEN_WRITE=1` writes it anew. */
for (const { definition } of REGISTRY.filter((s) =>
  ONLY.some((prefix) => s.definition.id.startsWith(prefix)),
)) {
  it(`README of ${definition.id} is what source.yml and the samples say`, () => {
    const file = join(ROOT, ...definition.id.split('.'), 'README.md');
    const present = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const text = updateReadme(present, REGISTRY, ROOT, definition.id);
    if (WRITE) writeFileSync(file, text);
    else expect(present, 'write it anew with GOLDEN_WRITE=1').toBe(text);
  });
}
