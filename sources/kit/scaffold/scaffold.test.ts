import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { checkDocument } from '../check-document.ts';
import { createReader } from '../reader.ts';
import { manifestSchema } from '../registry.ts';
import { readSamples } from '../samples.ts';
import type { SourceDefinition } from '../source.ts';
import { FORMATS } from './formats.ts';
import { ScaffoldError, scaffoldFiles, writeScaffold } from './scaffold.ts';

const KIT = join(import.meta.dirname, '..');
const CACHE = join(KIT, '..', '..', '.cache');
mkdirSync(CACHE, { recursive: true });
// Inside the project, so that the new parser finds the kit and the packages where a real one does.
const root = mkdtempSync(join(CACHE, 'scaffold-'));
symlinkSync(KIT, join(root, 'kit'));
afterAll(() => rmSync(root, { recursive: true }));

describe('vigie sources new', () => {
  it.each(FORMATS)('makes a source of format %s that reads its own sample', async (format) => {
    const options = { vendor: 'acme', product: `wall-${format}`, format };
    const written = writeScaffold(root, options);
    expect(written).toHaveLength(3);
    const folder = join(root, 'acme', options.product);
    const manifest = manifestSchema.parse(parseYaml(readFileSync(join(folder, 'source.yml'), 'utf8')));
    const { default: definition } = (await import(
      /* @vite-ignore */ pathToFileURL(join(folder, 'parse.ts')).href
    )) as { default: SourceDefinition };
    expect(definition.id).toBe(manifest.id);
    const reader = createReader({ registry: [{ definition, manifest }] });
    const samples = readSamples(root, manifest.id);
    expect(samples.map(({ name }) => name)).toEqual(['example']);
    for (const log of samples[0]!.logs) {
      const { fields, outcome, sourceType } = reader.read(log);
      expect(sourceType, log.text).toBe(manifest.id);
      expect(['parsed', 'partial']).toContain(outcome);
      expect(checkDocument(fields)).toEqual([]);
      expect(fields['event.category']).toBeDefined();
    }
    expect(reader.read(samples[0]!.logs[0]!).outcome).toBe('parsed');
  });

  it('refuses what is there, and names that lead elsewhere', () => {
    const options = { vendor: 'acme', product: 'twice', format: 'json' } as const;
    writeScaffold(root, options);
    expect(() => writeScaffold(root, options)).toThrow(ScaffoldError);
    for (const vendor of ['..', 'a/b', '', 'Acme', '-a'])
      expect(() => scaffoldFiles({ ...options, vendor })).toThrow(ScaffoldError);
    expect(() => scaffoldFiles({ ...options, productName: 'a|b' })).toThrow(ScaffoldError);
  });
});
