import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { configKeys } from '../server/app/config-schema.ts';
import { configurationPage } from './configuration-page.ts';

const FILE = join(import.meta.dirname, '..', 'docs', 'configuration.md');

it('docs/configuration.md says what the schema says', () => {
  const page = configurationPage();
  // `npm run docs` sets it.
  if (process.env['DOCS_WRITE'] === '1') writeFileSync(FILE, page);
  expect(readFileSync(FILE, 'utf8'), 'write it anew with npm run docs').toBe(page);
});

it('every key is described', () => {
  for (const { path, description } of configKeys()) expect(description, path).not.toBe('');
});
