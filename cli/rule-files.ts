import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadTaxonomy } from '@vigie/server/app/taxonomy.ts';
import {
  type ParsedRules,
  parseRules,
  type SigmaCorrelation,
  type SigmaFilter,
  type SigmaRule,
  type Taxonomy,
} from '@vigie/sigma';
import { applyPipelines, type Pipeline, parsePipeline } from '@vigie/sigma/pipeline/index.ts';
import { CliError, EXIT } from './exit.ts';
import { safe } from './output.ts';
import { INSTALLATION } from './version.ts';

/** A rule file as it was named on the command line or found below a folder. */
export interface RuleText {
  readonly path: string;
  readonly text: string;
}

/** The rules that come with Vigie. */
export const SHIPPED_RULES = join(INSTALLATION, 'detections', 'sigma');

/**
 * Reads rule files: files as named, folders with everything below them (`.cases.yml` left out); without any
 * path the shipped rules.
 *
 * @throws CliError for a path that can't be read or a folder without rules
 */
export function readRulePaths(paths: readonly string[]): RuleText[] {
  const files = (paths.length > 0 ? paths : [SHIPPED_RULES]).flatMap((path) => [...filesOf(path)]);
  if (files.length === 0) throw new CliError(`${paths.join(', ')}: no .yml files there`, EXIT.usage);
  return [...new Set(files)].map((path) => ({ path, text: readText(path) }));
}

/** Reads a text file. @throws CliError with the plain reason */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CliError(`${path} can't be read: ${reasonOf(cause)}`, EXIT.usage);
  }
}

function* filesOf(path: string): Generator<string> {
  let folder: boolean;
  try {
    folder = statSync(path).isDirectory();
  } catch (cause) {
    throw new CliError(`${path} can't be read: ${reasonOf(cause)}`, EXIT.usage);
  }
  if (!folder) {
    yield path;
    return;
  }
  const below: Dirent[] = readdirSync(path, { recursive: true, withFileTypes: true });
  yield* below
    .filter(({ name }) => /\.ya?ml$/i.test(name) && !/\.cases\.ya?ml$/i.test(name))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function reasonOf(cause: unknown): string {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES') return 'not readable by you';
  return cause instanceof Error ? cause.message : String(cause);
}

/** Parses rule files together. */
export function parseRuleTexts(files: readonly RuleText[]): ParsedRules {
  const all: ParsedRules = { rules: [], correlations: [], filters: [], errors: [] };
  for (const { path, text } of files) {
    const parsed = parseRules(text, { file: path });
    all.rules.push(...parsed.rules);
    all.correlations.push(...parsed.correlations);
    all.filters.push(...parsed.filters);
    all.errors.push(...parsed.errors);
  }
  return all;
}

/** Tells on stderr which rules could not be read; they don't stop the others. */
export function warnOfErrors(
  errors: readonly { readonly file?: string; readonly line?: number; readonly message: string }[],
): void {
  for (const { file, line, message } of errors)
    process.stderr.write(`${file ?? 'rule'}${line === undefined ? '' : `:${line}`}: ${safe(message)}\n`);
}

/** The taxonomy of our documents. */
export function shippedTaxonomy(): Taxonomy {
  return loadTaxonomy(join(INSTALLATION, 'detections', 'taxonomy'));
}

/** Reads pipeline files. @throws CliError naming everything that is wrong in them */
export function readPipelines(paths: readonly string[]): Pipeline[] {
  return paths.map((path) => {
    const { pipeline, errors } = parsePipeline(readText(path), { file: path });
    if (pipeline) return pipeline;
    throw new CliError(
      `the pipeline can't be used:\n  ${errors.map(({ line, message }) => `${path}:${line ?? 1}: ${safe(message)}`).join('\n  ')}`,
      EXIT.usage,
    );
  });
}

/** Applies pipelines to parsed rules; rules they refuse become errors. */
export function withPipelines(parsed: ParsedRules, paths: readonly string[]): ParsedRules {
  if (paths.length === 0) return parsed;
  const documents: (SigmaRule | SigmaCorrelation | SigmaFilter)[] = [
    ...parsed.rules,
    ...parsed.correlations,
    ...parsed.filters,
  ];
  const { rules, errors } = applyPipelines(documents, readPipelines(paths));
  return {
    rules: rules.filter((rule) => rule.kind === 'rule'),
    correlations: rules.filter((rule) => rule.kind === 'correlation'),
    filters: rules.filter((rule) => rule.kind === 'filter'),
    errors: [
      ...parsed.errors,
      ...errors.map(({ file, line, message }) => ({ file, line, code: 'attribute_value' as const, message })),
    ],
  };
}

/** ATT&CK as `detections/attack.json` holds it. */
export interface Attack {
  readonly notice: { readonly source: string };
  readonly techniques: Readonly<
    Record<string, { readonly name: string; readonly tactics: readonly string[] }>
  >;
  readonly tactics: readonly { readonly id: string; readonly key: string; readonly name: string }[];
}

/** Reads the shipped names of ATT&CK. */
export function shippedAttack(): Attack {
  return JSON.parse(readFileSync(join(INSTALLATION, 'detections', 'attack.json'), 'utf8')) as Attack;
}
