import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mergeTaxonomies, parseTaxonomy, type Taxonomy } from '@vigie/sigma';

/** Reads the taxonomy of our ECS documents: every `*.yml` of the folder, merged in the order of the names. */
export function loadTaxonomy(folder: string): Taxonomy {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yml'))
    .sort();
  return mergeTaxonomies(
    files.map((name) => {
      const { taxonomy, errors } = parseTaxonomy(readFileSync(join(folder, name), 'utf8'), { file: name });
      // Shipped data: an error in it is ours, and rules that silently find nothing would be worse.
      if (errors.length > 0) throw new Error(`${name}: ${errors[0]!.message}`);
      return taxonomy;
    }),
  );
}
