import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { sourcesPage } from './sources-page.ts';

const DOCS = join(import.meta.dirname, '..', 'docs');
const FILE = join(DOCS, 'sources.md');

it('docs/sources.md says what the sources say of themselves', () => {
  const page = sourcesPage();
  // `npm run docs` sets it.
  if (process.env['DOCS_WRITE'] === '1') writeFileSync(FILE, page);
  expect(readFileSync(FILE, 'utf8'), 'write it anew with npm run docs').toBe(page);
});

it('every page it points to is there', () => {
  for (const [, path] of sourcesPage().matchAll(/\]\(([^)]+)\)/g))
    expect(existsSync(join(DOCS, path!)), path).toBe(true);
});
