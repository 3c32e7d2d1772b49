/** Helpers for programs that run in Node; the engine itself reads no files. */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type ParsedRules, parseRules } from './parse.ts';

export interface RuleFile {
  readonly path: string;
  readonly text: string;
}

/** Reads all `.yml` and `.yaml` files below a folder, sorted by path; `.cases.yml` files are left out. */
export function readRuleFolder(folder: string): RuleFile[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/i.test(name) && !/\.cases\.ya?ml$/i.test(name))
    .sort()
    .map((name) => {
      const path = join(folder, name);
      return { path, text: readFileSync(path, 'utf8') };
    });
}

/** Changes whenever parsing gives a different result for the same text. */
const CACHE_VERSION = 2;

interface RuleCache {
  readonly version: number;
  readonly files: Readonly<Record<string, ParsedRules>>;
}

/**
 * Parses rule files, reusing what a cache file holds for texts it has seen (known by their SHA-256). The cache
 * is written anew when it was of no full use; a missing or damaged one is as good as empty.
 */
export function parseRuleFiles(files: readonly RuleFile[], cacheFile?: string): ParsedRules {
  const cache = cacheFile === undefined ? undefined : readCache(cacheFile);
  const used = new Map<string, ParsedRules>();
  let misses = 0;
  const all: ParsedRules = { rules: [], correlations: [], filters: [], errors: [] };
  for (const { path, text } of files) {
    const hash = createHash('sha256').update(path).update('\0').update(text).digest('hex');
    let parsed = cache?.get(hash);
    if (!parsed) {
      parsed = parseRules(text, { file: path });
      misses++;
    }
    used.set(hash, parsed);
    all.rules.push(...parsed.rules);
    all.correlations.push(...parsed.correlations);
    all.filters.push(...parsed.filters);
    all.errors.push(...parsed.errors);
  }
  if (cacheFile !== undefined && (misses > 0 || used.size !== cache?.size)) writeCache(cacheFile, used);
  return all;
}

function readCache(file: string): Map<string, ParsedRules> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
    throw error;
  }
  try {
    const cache = JSON.parse(text) as RuleCache;
    return cache.version === CACHE_VERSION ? new Map(Object.entries(cache.files)) : new Map();
  } catch (error) {
    if (error instanceof SyntaxError) return new Map();
    throw error;
  }
}

function writeCache(file: string, used: ReadonlyMap<string, ParsedRules>): void {
  mkdirSync(dirname(file), { recursive: true });
  const cache: RuleCache = { version: CACHE_VERSION, files: Object.fromEntries(used) };
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify(cache));
  renameSync(temporary, file);
}
