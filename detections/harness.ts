import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseRuleContent, type RuleContent } from '@vigie/contracts/rule-content.ts';
import {
  mergeTaxonomies,
  parseRules,
  parseTaxonomy,
  type SigmaCorrelation,
  type SigmaRule,
  type Taxonomy,
} from '@vigie/sigma';
import { parseAllDocuments } from 'yaml';
import { CaseRunner, type RawLine, type Run } from '../cli/rule-cases.ts';

export type { Fired, RawLine, Run } from '../cli/rule-cases.ts';

/**
 * Runs raw logs through the real reader and the real engine with the shipped rules: what the cases of the
 * rules and the scenarios are tested with.
 */

const here = fileURLToPath(new URL('.', import.meta.url));

/** Files below a folder, sorted. */
export function filesBelow(directory: string, suffix: string): string[] {
  return readdirSync(directory, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(suffix))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** The taxonomy of all files of `taxonomy/`. @throws Error naming what is wrong in them */
export function shippedTaxonomy(): Taxonomy {
  return mergeTaxonomies(
    filesBelow(join(here, 'taxonomy'), '.yml').map((file) => {
      const { taxonomy, errors } = parseTaxonomy(readFileSync(file, 'utf8'), { file });
      if (errors.length > 0) throw new Error(errors.map(({ message }) => `${file}: ${message}`).join('\n'));
      return taxonomy;
    }),
  );
}

export interface ShippedRule {
  readonly rule: SigmaRule | SigmaCorrelation;
  readonly file: string;
  readonly content?: RuleContent;
}

/** Every shipped rule with what it says to people. @throws Error when a file does not parse */
export function shippedRules(): ShippedRule[] {
  return filesBelow(join(here, 'sigma'), '.yml')
    .filter((file) => !file.endsWith('.cases.yml'))
    .flatMap((file) => {
      const text = readFileSync(file, 'utf8');
      const { rules, correlations, errors } = parseRules(text, { file });
      if (errors.length > 0)
        throw new Error(errors.map(({ line, message }) => `${file}:${line}: ${message}`).join('\n'));
      const contents = new Map<string, unknown>(
        parseAllDocuments(text).map((document) => [String(document.get('id')), document.toJS().vigie]),
      );
      return [...rules, ...correlations].map((rule) => {
        const attribute = contents.get(rule.id ?? '');
        return { rule, file, ...(attribute === undefined ? {} : { content: parseRuleContent(attribute) }) };
      });
    });
}

const all = shippedRules();
const runner = new CaseRunner(
  all.map(({ rule }) => rule),
  shippedTaxonomy(),
);

/** What the engine says of the shipped rules themselves. */
export const report = {
  ...runner.matcher.report,
  correlationsRejected: runner.correlationsRejected,
};

/** Reads and judges raw logs with the shipped rules, with fresh correlation state. */
export function run(lines: readonly RawLine[]): Run {
  return runner.run(lines);
}
