/** Helpers for programs that run in Node; the engine itself reads no files. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface RuleFile {
  readonly path: string;
  readonly text: string;
}

/** Reads all `.yml` and `.yaml` files below a folder, sorted by path. */
export function readRuleFolder(folder: string): RuleFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/i.test(name) && !/\.cases\.ya?ml$/i.test(name))
    .sort()
    .map((name) => {
      const path = join(folder, name);
      return { path, text: readFileSync(path, 'utf8') };
    });
}
