import { type MappingDefinitionInput, MappingFile } from '@vigie/contracts/mapping.ts';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { manifestSchema } from '../registry.ts';
import { filesFromMapping } from './from-mapping.ts';

const MAPPING: MappingDefinitionInput = {
  id: 'acme.door',
  name: 'Acme\'s "door"',
  format: { kind: 'json' },
  signatures: [{ kind: 'members', members: ['door', 'badge'] }],
  fields: [
    { field: 'user.name', from: ['badge.holder'] },
    { field: 'event.outcome', from: ['result'], values: { GRANTED: 'success', "can't": 'failure' } },
  ],
  constants: [{ field: 'event.category', value: ['authentication'] }],
};
const SAMPLE = '{"door":1,"badge":{"holder":"ana"},"result":"GRANTED"}';
const files = (change: object = {}) =>
  filesFromMapping(MappingFile.parse({ ...MAPPING, samples: [SAMPLE], ...change }));

describe('filesFromMapping', () => {
  it('writes a manifest, a parser with the whole definition, and the samples', () => {
    const written = Object.fromEntries(files().map(({ path, content }) => [path, content]));
    expect(Object.keys(written)).toEqual([
      'acme/door/source.yml',
      'acme/door/parse.ts',
      'acme/door/samples/example.lines.log',
    ]);
    expect(manifestSchema.safeParse(parse(written['acme/door/source.yml']!)).success).toBe(true);
    expect(written['acme/door/samples/example.lines.log']).toBe(`${SAMPLE}\n`);
    const parser = written['acme/door/parse.ts']!;
    expect(parser).toContain(`{ field: 'user.name', from: ['badge.holder'] }`);
    expect(parser).toContain(`"can't": 'failure'`);
    expect(parser).toContain('compileMapping(MAPPING).definition');
  });
  it.each([
    ['no sample', { samples: [] }],
    ['no signature', { signatures: [] }],
    ['a mistake', { fields: [{ field: 'source.ipp', from: ['a'] }] }],
  ])('refuses a mapping with %s', (_, change) => {
    expect(() => files(change)).toThrow();
  });
});
