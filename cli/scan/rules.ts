import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { LEVELS, type Level } from '@vigie/contracts';
import { loadTaxonomy } from '@vigie/server/app/taxonomy.ts';
import {
  ruleKey,
  type SigmaCorrelation,
  type SigmaFilter,
  type SigmaRule,
  STATUSES,
  type Status,
  type Taxonomy,
} from '@vigie/sigma';
import { parseRuleFiles, type RuleFile, readRuleFolder } from '@vigie/sigma/node.ts';
import { CliError, EXIT } from '../exit.ts';
import { withPipelines } from '../rule-files.ts';
import { VERSION } from '../version.ts';
import { runnable } from './placeholders.ts';
import type { Problem, RuleLabel } from './types.ts';

/** Which of the loaded rules are to report. */
export interface RuleChoice {
  readonly minLevel?: Level;
  /** Empty: all. */
  readonly statuses: readonly Status[];
  /** Tags, of which a rule must carry one; `attack.t1059` also stands for its sub-techniques. Empty: all. */
  readonly tags: readonly string[];
  /** Ids, names or titles of rules to leave out. */
  readonly exclude: readonly string[];
}

/** The rules of a scan. */
export interface ScanRules {
  /** Rules that are evaluated: the chosen ones, and those that chosen correlations build on. */
  readonly rules: readonly SigmaRule[];
  readonly correlations: readonly SigmaCorrelation[];
  readonly filters: readonly SigmaFilter[];
  readonly taxonomy: Taxonomy;
  /** Keys of the rules that report by themselves, as far as the choice decides. */
  readonly shown: ReadonlySet<string>;
  readonly problems: readonly Problem[];
  readonly files: number;
}

/** Level of a rule that states none. */
export const DEFAULT_LEVEL: Level = 'medium';

/** Where parsed rules are kept between scans. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'vigie');
}

/**
 * Loads rules from folders and files.
 *
 * @param cache folder for parsed rules; where it can't be written, rules are parsed each time
 * @param pipelines files of processing pipelines that adapt the rules
 * @throws CliError for a path that does not exist, a choice that names an unknown rule, a pipeline that is wrong
 */
export function loadRules(
  paths: readonly string[],
  taxonomyFolder: string,
  choice: RuleChoice,
  cache: string | undefined,
  pipelines: readonly string[] = [],
): ScanRules {
  const files = paths.flatMap(readRulePath);
  if (files.length === 0) throw new CliError(`no rules in ${paths.join(', ')}`, EXIT.usage);
  const read = withPipelines(parseCached(files, paths, cache), pipelines);
  const { parsed, problems: waiting } = runnable(read);
  const problems: Problem[] = read.errors.map(({ file, line, message }) => ({
    path: `${file ?? ''}${line === undefined ? '' : `:${line}`}`,
    message,
  }));
  problems.push(...waiting);
  const all = [...parsed.rules, ...parsed.correlations];
  const excluded = excludedKeys(all, choice.exclude);
  const shown = new Set<string>();
  const byName = new Map<string, SigmaRule | SigmaCorrelation>();
  const unique = new Set<SigmaRule | SigmaCorrelation>();
  for (const rule of all) {
    const key = ruleKey(rule);
    const first = byName.get(key);
    if (first !== undefined) {
      problems.push({ path: place(rule), message: `${key} is also the id of ${first.file ?? first.title}` });
      continue;
    }
    unique.add(rule);
    byName.set(key, rule);
    if (rule.name !== undefined && !byName.has(rule.name)) byName.set(rule.name, rule);
    if (!excluded.has(key) && fits(rule, choice)) shown.add(key);
  }
  const needed = new Set<string>();
  const need = (rule: SigmaRule | SigmaCorrelation): void => {
    const key = ruleKey(rule);
    if (needed.has(key)) return;
    needed.add(key);
    if (rule.kind !== 'correlation') return;
    for (const name of rule.correlation.rules) {
      const base = byName.get(name);
      if (base !== undefined) need(base);
    }
  };
  for (const rule of unique) if (shown.has(ruleKey(rule))) need(rule);
  return {
    rules: parsed.rules.filter((rule) => unique.has(rule) && needed.has(ruleKey(rule))),
    correlations: parsed.correlations.filter((rule) => unique.has(rule) && needed.has(ruleKey(rule))),
    filters: parsed.filters,
    taxonomy: cachedTaxonomy(taxonomyFolder, cache),
    shown,
    problems,
    files: files.length,
  };
}

function place(rule: SigmaRule | SigmaCorrelation): string {
  return rule.file === undefined ? rule.title : `${rule.file}:${rule.line}`;
}

function readRulePath(path: string): RuleFile[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new CliError(`--rules ${path}: no such file or folder`, EXIT.usage);
  return stats.isDirectory() ? readRuleFolder(path) : [{ path, text: readFileSync(path, 'utf8') }];
}

function parseCached(files: readonly RuleFile[], paths: readonly string[], cache: string | undefined) {
  if (cache === undefined) return parseRuleFiles(files);
  const name = createHash('sha256').update(paths.join('\0')).digest('hex').slice(0, 16);
  try {
    return parseRuleFiles(files, join(cache, `rules-${name}.json`));
  } catch (error) {
    if (!UNWRITABLE.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return parseRuleFiles(files);
  }
}

/** Codes of a folder that can't be written, as on a forensic workstation: only the next start is slower for it. */
const UNWRITABLE = new Set(['EACCES', 'EROFS', 'EPERM', 'ENOSPC', 'ENOTDIR', 'EISDIR', 'ENOENT']);

/** The taxonomy, whose YAML takes longer to parse than many a scan; kept by the hash of its files. */
function cachedTaxonomy(folder: string, cache: string | undefined): Taxonomy {
  if (cache === undefined) return loadTaxonomy(folder);
  const hash = createHash('sha256').update(VERSION);
  for (const name of readdirSync(folder).sort()) hash.update(name).update(readFileSync(join(folder, name)));
  const file = join(cache, `taxonomy-${hash.digest('hex').slice(0, 32)}.json`);
  if (existsSync(file)) {
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as Taxonomy;
    } catch (error) {
      // Cut short by a full disk: as good as none, and written anew below.
      if (!(error instanceof SyntaxError)) throw error;
    }
  }
  const taxonomy = loadTaxonomy(folder);
  try {
    mkdirSync(cache, { recursive: true });
    const next = `${file}.${process.pid}.tmp`;
    writeFileSync(next, JSON.stringify(taxonomy));
    renameSync(next, file);
  } catch (error) {
    if (!UNWRITABLE.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
  return taxonomy;
}

function excludedKeys(
  rules: readonly (SigmaRule | SigmaCorrelation)[],
  names: readonly string[],
): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const name of names) {
    const lower = name.toLowerCase();
    const found = rules.filter((rule) =>
      [rule.id, rule.name, rule.title].some((own) => own?.toLowerCase() === lower),
    );
    if (found.length === 0)
      throw new CliError(`--exclude ${name}: no rule has this id, name or title`, EXIT.usage);
    for (const rule of found) keys.add(ruleKey(rule));
  }
  return keys;
}

function fits(rule: SigmaRule | SigmaCorrelation, { minLevel, statuses, tags }: RuleChoice): boolean {
  const level = rule.level ?? DEFAULT_LEVEL;
  if (minLevel !== undefined && LEVELS.indexOf(level) < LEVELS.indexOf(minLevel)) return false;
  if (statuses.length > 0 && !statuses.includes(rule.status ?? 'test')) return false;
  if (tags.length === 0) return true;
  const own = rule.tags.map((tag) => tag.toLowerCase());
  return tags.some((wanted) => {
    // A technique may be named by its id alone.
    const tag = wanted.toLowerCase().replace(/^(?=t\d{4}(?:\.\d{3})?$)/, 'attack.');
    return own.some((has) => has === tag || has.startsWith(`${tag}.`));
  });
}

/** Whether a word is a status of Sigma rules. */
export function isStatus(word: string): word is Status {
  return (STATUSES as readonly string[]).includes(word);
}

/** The rule as detections carry it. */
export function labelOf(rule: SigmaRule | SigmaCorrelation): RuleLabel {
  return {
    id: ruleKey(rule),
    title: rule.title,
    level: rule.level ?? DEFAULT_LEVEL,
    status: rule.status ?? null,
    tags: rule.tags,
  };
}

/** Names of ATT&CK, as the build writes them. */
export interface AttackNames {
  readonly tactics: readonly { readonly id: string; readonly key: string; readonly name: string }[];
  readonly techniques: Readonly<
    Record<string, { readonly name: string; readonly tactics: readonly string[] }>
  >;
}

/** Loads the names of ATT&CK. */
export function loadAttack(file: string): AttackNames {
  if (!existsSync(file)) return { tactics: [], techniques: {} };
  return JSON.parse(readFileSync(file, 'utf8')) as AttackNames;
}
