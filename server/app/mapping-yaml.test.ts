import { MappingFile } from '@vigie/contracts/mapping.ts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mappingYaml, parseMappingYaml } from './mapping-yaml.ts';

const line = fc.string({
  unit: fc.constantFrom('a', ' ', '\n', '\t', '\\', '"', "'", '#', ':', '-', '|', '>', '{', 'é', '\u2028'),
  minLength: 1,
  maxLength: 80,
});

it('a mapping written as a file is read back as it was, samples to the last line break', () => {
  fc.assert(
    fc.property(line, fc.array(line, { minLength: 1, maxLength: 3 }), (description, samples) => {
      const file = MappingFile.parse({
        id: 'acme.door',
        name: 'Door controller',
        description,
        format: { kind: 'json' },
        fields: [{ field: 'user.name', from: ['holder'] }],
        samples,
      });
      expect(parseMappingYaml(mappingYaml(file))).toEqual(file);
    }),
  );
});
