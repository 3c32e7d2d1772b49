import { MappingFile } from '@vigie/contracts/mapping.ts';
import { parse, stringify } from 'yaml';

const HEADING =
  '# A mapping: how the lines of a source become ECS events. `vigie mapping import` reads it.\n';

/** A mapping as a file; what has its default is left out. */
export function mappingYaml(file: MappingFile): string {
  const { id, name, description, format, after, signatures, fields, constants, samples } = file;
  return (
    HEADING +
    stringify(
      {
        id,
        name,
        ...(description === '' ? {} : { description }),
        format,
        ...(after === undefined ? {} : { after }),
        ...(signatures.length === 0 ? {} : { signatures }),
        fields: fields.map(({ as, lowercase, otherwise, ...rule }) => ({
          ...rule,
          ...(as === 'value' ? {} : { as }),
          ...(lowercase ? { lowercase } : {}),
          ...(otherwise === 'keep' ? {} : { otherwise }),
        })),
        ...(constants.length === 0 ? {} : { constants }),
        ...(samples.length === 0 ? {} : { samples }),
      },
      // A block keeps less of a text's last line breaks than its quotes do.
      { lineWidth: 0, blockQuote: false, doubleQuotedMinMultiLineLength: Number.MAX_SAFE_INTEGER },
    )
  );
}

/**
 * Reads a file.
 *
 * @throws SyntaxError with a sentence for the person, for what is no YAML or no mapping
 */
export function parseMappingYaml(text: string): MappingFile {
  let value: unknown;
  try {
    // Aliases could make a small file large; a mapping needs none.
    value = parse(text, { maxAliasCount: 0, schema: 'core' });
  } catch (error) {
    throw new SyntaxError(`no YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = MappingFile.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new SyntaxError(
    parsed.error.issues
      .slice(0, 5)
      .map(({ path, message }) => `${path.map(String).join('.') || 'the file'}: ${message}`)
      .join('; '),
  );
}
