import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { type ParsedRules, parseRules, type Taxonomy } from '@vigie/sigma';
import { readRuleFolder } from '@vigie/sigma/node.ts';
import { type ParsedAhead, parsedKey } from '../detect/index.ts';
import { loadTaxonomy } from './taxonomy.ts';

/** What detection needs of the files below `detections`. */
export interface Shipped {
  readonly taxonomy: Taxonomy;
  /** The shipped rules as the build parsed them; a file that has changed since is not among them. */
  readonly parsed: ParsedAhead;
}

interface ShippedFile {
  /** SHA-256 of the taxonomy's files. */
  readonly taxonomyHash: string;
  readonly taxonomy: Taxonomy;
  readonly parsed: Readonly<Record<string, ParsedRules>>;
}

/**
 * Parses the shipped rules and the taxonomy for {@link readShipped}: each thread of each start would otherwise read
 * the same YAML, which takes longer than all else that it does with it. Run by the build.
 *
 * @returns content of `dist/shipped.json`
 */
export function parseShipped(installation: string): string {
  const { rules, taxonomy } = foldersOf(installation);
  const files = readRuleFolder(rules).map(({ path, text }) => ({ path: pathBelow(rules, path), text }));
  return JSON.stringify({
    taxonomyHash: hashOf(taxonomy),
    taxonomy: loadTaxonomy(taxonomy),
    parsed: Object.fromEntries(
      files.map((file) => [parsedKey(file), parseRules(file.text, { file: file.path })]),
    ),
  } satisfies ShippedFile);
}

/**
 * Reads what the build has parsed. The files themselves are what counts: what is not as it was then is read again, the
 * taxonomy here and rules by whoever builds a set of them.
 */
export function readShipped(installation: string): Shipped {
  const file = join(installation, 'dist', 'shipped.json');
  const { taxonomy } = foldersOf(installation);
  if (!existsSync(file)) return { taxonomy: loadTaxonomy(taxonomy), parsed: new Map() };
  const read = JSON.parse(readFileSync(file, 'utf8')) as ShippedFile;
  return {
    taxonomy: read.taxonomyHash === hashOf(taxonomy) ? read.taxonomy : loadTaxonomy(taxonomy),
    parsed: new Map(Object.entries(read.parsed)),
  };
}

/** A rule file as the rules call it: relative to its folder. */
export function pathBelow(folder: string, path: string): string {
  return relative(folder, path).split(sep).join('/');
}

function foldersOf(installation: string) {
  const detections = join(installation, 'detections');
  return { rules: join(detections, 'sigma'), taxonomy: join(detections, 'taxonomy') };
}

/** SHA-256 of files and of all files below folders, with their names. */
export function hashOf(...paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const path of paths) {
    const names = statSync(path).isFile() ? [''] : readdirSync(path, { recursive: true, encoding: 'utf8' });
    for (const name of names.sort()) {
      const file = join(path, name);
      if (statSync(file).isFile()) hash.update(name).update('\0').update(readFileSync(file)).update('\0');
    }
  }
  return hash.digest('hex');
}
