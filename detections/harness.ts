import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EcsFields } from '@vigie/contracts';
import { parseRuleContent, type RuleContent } from '@vigie/contracts/rule-content.ts';
import {
  CorrelationEngine,
  compile,
  mergeTaxonomies,
  parseRules,
  parseTaxonomy,
  type SigmaCorrelation,
  type SigmaRule,
  type Taxonomy,
} from '@vigie/sigma';
import { createReader, REGISTRY, type ReadResult } from '@vigie/sources';
import { parseAllDocuments } from 'yaml';

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

/** A raw log and when it is received. */
export interface RawLine {
  readonly time: number;
  readonly text: string;
  /** Technology, when the source is configured as one. */
  readonly type?: string | null;
}

export interface Fired {
  readonly title: string;
  readonly level: string;
  readonly fields: EcsFields;
}

export interface Run {
  /** Detections in order, without those of rules that only serve correlations. */
  readonly fired: readonly Fired[];
  readonly read: readonly ReadResult[];
}

const all = shippedRules();
const taxonomy = shippedTaxonomy();
const rules = all.flatMap(({ rule }) => (rule.kind === 'rule' ? [rule] : []));
const correlations = all.flatMap(({ rule }) => (rule.kind === 'correlation' ? [rule] : []));
const matcher = compile(rules, { taxonomy });
const reader = createReader({ registry: REGISTRY });

/** What the engine says of the shipped rules themselves. */
export const report = {
  ...matcher.report,
  correlationsRejected: new CorrelationEngine(correlations, { rules, taxonomy }).rejected,
};

/** Reads and judges raw logs, with fresh correlation state. */
export function run(lines: readonly RawLine[]): Run {
  const engine = new CorrelationEngine(correlations, { rules, taxonomy });
  const fired: Fired[] = [];
  const read = lines.map(({ time, text, type }, index) => {
    const result = reader.read(
      { text, receivedAt: time },
      type === undefined || type === null ? {} : { sourceType: type },
    );
    const { fields } = result;
    const matches = matcher.match(fields);
    for (const { rule } of matches)
      if (engine.alertsAlone(rule)) fired.push({ title: rule.title, level: rule.level ?? 'medium', fields });
    if (matches.length > 0)
      for (const { rule } of engine.observe(matches, { id: String(index), time: result.time, fields }))
        if (engine.alertsAlone(rule))
          fired.push({ title: rule.title, level: rule.level ?? 'medium', fields });
    return result;
  });
  return { fired, read };
}
