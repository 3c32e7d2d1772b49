import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mergeTaxonomies, type Taxonomy } from '@vigie/sigma';
import { parse } from 'yaml';

/** Reads the taxonomy of our ECS documents: every `*.yml` of the folder, merged in the order of the names. */
export function loadTaxonomy(folder: string): Taxonomy {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.yml'))
    .sort();
  return mergeTaxonomies(files.map((name) => parse(readFileSync(join(folder, name), 'utf8')) as Taxonomy));
}
