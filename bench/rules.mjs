import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** All rule files below a folder, as the import route takes them. */
export function readRules(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => ({ path: name, text: readFileSync(join(folder, name), 'utf8') }));
}
