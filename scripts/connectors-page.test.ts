import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CONNECTORS } from '../server/collect/pull/connectors.generated.ts';
import { connectorPage, connectorPagePath, connectorsTable } from './connectors-page.ts';

const ROOT = join(import.meta.dirname, '..');
const write = process.env['DOCS_WRITE'] === '1';
const BEGIN = '<!-- connectors: begin -->';
const END = '<!-- connectors: end -->';

describe('the pages of the connectors', () => {
  it.each(CONNECTORS)('$id says what the connector says', (connector) => {
    const file = join(ROOT, connectorPagePath(connector));
    const page = connectorPage(connector);
    if (write) writeFileSync(file, page);
    expect(readFileSync(file, 'utf8')).toBe(page);
  });

  it('docs/connectors.md lists them all', () => {
    const file = join(ROOT, 'docs', 'connectors.md');
    const text = readFileSync(file, 'utf8');
    const [before = '', rest = ''] = text.split(BEGIN);
    const after = rest.split(END)[1] ?? '';
    const page = `${before}${BEGIN}\n\n${connectorsTable()}\n\n${END}${after}`;
    if (write) writeFileSync(file, page);
    expect(write ? readFileSync(file, 'utf8') : text).toBe(page);
  });
});
