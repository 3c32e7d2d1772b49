import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ECS_VERSION, type EcsFields, nest } from '@vigie/contracts';
import { describe, expect, it } from 'vitest';
import { REGISTRY } from '../registry.generated.ts';
import { checkDocument } from './check-document.ts';
import { createReader } from './reader.ts';
import { manifestSchema } from './registry.ts';
import { readSamples, SAMPLE_RECEIVED_AT } from './samples.ts';

/** `GOLDEN_WRITE=1` rewrites the expected documents, to be read before they are committed. */
const WRITE = process.env['GOLDEN_WRITE'] === '1';
/** `GOLDEN_ONLY=linux,nginx.access` runs the sources whose id starts so. */
const ONLY = (process.env['GOLDEN_ONLY'] ?? '').split(',');
const ROOT = join(import.meta.dirname, '..');
const reader = createReader({ registry: REGISTRY });

/** The document as expected files show it. */
function shown(fields: EcsFields): unknown {
  const kept: EcsFields = {};
  for (const key of Object.keys(fields).sort())
    if (key !== 'event.original' && key !== 'event.ingested' && key !== 'ecs.version')
      kept[key] = fields[key]!;
  return JSON.parse(JSON.stringify(nest(kept)));
}

for (const { definition, manifest } of REGISTRY.filter((s) =>
  ONLY.some((prefix) => s.definition.id.startsWith(prefix)),
)) {
  describe(definition.id, () => {
    const samples = readSamples(ROOT, definition.id);

    it('has a valid manifest with a sample for each kind of log', () => {
      const parsed = manifestSchema.parse(manifest);
      expect(parsed.id).toBe(definition.id);
      const names = new Set(samples.map((sample) => sample.name));
      for (const kind of parsed.kinds)
        for (const sample of kind.samples) expect(names, `kind ${kind.name}`).toContain(sample);
      expect(samples.length).toBeGreaterThan(0);
    });

    for (const sample of samples) {
      it(`reads ${sample.name}`, () => {
        const documents = sample.logs.map((log) => {
          const { fields, outcome, sourceType } = reader.read(log);
          expect(sourceType, `recognised without a hint: ${log.text}`).toBe(definition.id);
          expect(['parsed', 'partial', 'general'], fields['error.message'] as string).toContain(outcome);
          expect(fields['event.original']).toBe(log.text);
          expect(fields['event.ingested']).toBe(new Date(SAMPLE_RECEIVED_AT).toISOString());
          expect(fields['ecs.version']).toBe(ECS_VERSION);
          expect(fields['event.module']).toBe(definition.id.split('.')[0]);
          expect(`${String(fields['event.dataset'])}.`.startsWith(`${definition.id}.`)).toBe(true);
          expect(checkDocument(fields), log.text).toEqual([]);
          expect(reader.read(log, { sourceType: definition.id }).fields).toEqual(fields);
          return shown(fields);
        });
        const actual = sample.many ? documents : documents[0];
        if (WRITE || !existsSync(sample.expectedFile)) {
          if (!WRITE)
            expect.fail(`${sample.expectedFile} is missing: write it with GOLDEN_WRITE=1 and read it`);
          writeFileSync(sample.expectedFile, `${JSON.stringify(actual, null, 2)}\n`);
        }
        expect(actual).toEqual(JSON.parse(readFileSync(sample.expectedFile, 'utf8')));
      });
    }
  });
}
