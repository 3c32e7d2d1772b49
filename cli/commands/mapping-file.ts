import { readFileSync } from 'node:fs';
import type { MappingFile } from '@vigie/contracts/mapping.ts';
import { parseMappingYaml } from '@vigie/server/app/mapping-yaml.ts';
import { CliError, EXIT } from '../exit.ts';

/** A file's text; `-` is standard input. */
export function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new CliError(
      `${file} can't be read: ${error instanceof Error ? error.message : error}`,
      EXIT.usage,
    );
  }
}

/** A mapping's file, checked for its form. */
export function readMappingFile(file: string): MappingFile {
  try {
    return parseMappingYaml(readText(file));
  } catch (error) {
    if (error instanceof SyntaxError) throw new CliError(`${file}: ${error.message}`, EXIT.usage);
    throw error;
  }
}
