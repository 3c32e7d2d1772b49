import {
  type DetectionItem,
  type Logsource,
  resolveLogsource,
  type SelectionNode,
  type SigmaRule,
  type Taxonomy,
} from '@vigie/sigma';
import { type FieldOrigin, locateField } from '@vigie/sigma/lint/index.ts';
import type { Command } from 'commander';
import type { GlobalOptions } from '../context.ts';
import { paint, printJson, printTable, safe } from '../output.ts';
import {
  parseRuleTexts,
  readRulePaths,
  shippedTaxonomy,
  warnOfErrors,
  withPipelines,
} from '../rule-files.ts';

/** A field that rules of one logsource use. */
export interface UsedField {
  readonly logsource: string;
  /** Whether a source writes events of this logsource. */
  readonly known: boolean;
  readonly field: string;
  readonly rules: number;
  readonly origin: FieldOrigin;
  /** Event fields it is looked for in. */
  readonly found: readonly string[];
}

/** `vigie rules fields` */
export function fieldsCommand(rules: Command): void {
  rules
    .command('fields [paths...]')
    .description('the fields that rules use, by logsource, and where they are found; needs no server')
    .option('--unmapped', 'only fields that the taxonomy does not map')
    .option('--pipeline <file...>', 'processing pipelines to apply first')
    .action((paths: string[], flags: { unmapped?: boolean; pipeline?: string[] }, command: Command) => {
      const parsed = withPipelines(parseRuleTexts(readRulePaths(paths)), flags.pipeline ?? []);
      warnOfErrors(parsed.errors);
      const rows = usedFields(parsed.rules, shippedTaxonomy()).filter(
        ({ origin, field }) =>
          flags.unmapped !== true || origin === 'fallback' || (origin === 'own' && !field.includes('.')),
      );
      if (command.optsWithGlobals<GlobalOptions>().json === true) return printJson(rows);
      printTable(
        rows,
        [
          {
            title: 'LOGSOURCE',
            value: (row) => (row.known ? row.logsource : paint(row.logsource, 'yellow')),
          },
          { title: 'FIELD', value: (row) => safe(row.field), max: 70 },
          { title: 'RULES', value: (row) => String(row.rules), right: true },
          { title: 'BY', value: (row) => row.origin },
          { title: 'FOUND IN', value: (row) => row.found.join(', '), max: 100 },
        ],
        'No fields.',
      );
    });
}

/** The fields of rules by logsource, most used first. */
export function usedFields(rules: readonly SigmaRule[], taxonomy: Taxonomy): UsedField[] {
  const counts = new Map<string, { logsource: Logsource; fields: Map<string, number> }>();
  for (const { logsource, detection } of rules) {
    const name = nameOf(logsource);
    let entry = counts.get(name);
    if (!entry) {
      entry = { logsource, fields: new Map() };
      counts.set(name, entry);
    }
    const used = new Set(detection.selections.flatMap(({ node }) => [...fieldsOf(node)]));
    for (const field of used) entry.fields.set(field, (entry.fields.get(field) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, { logsource, fields }]) => {
      const known = resolveLogsource(taxonomy, logsource) !== undefined;
      return [...fields]
        .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
        .map(([field, count]): UsedField => {
          const { origin, candidates } = locateField(taxonomy, logsource, field);
          return { logsource: name, known, field, rules: count, origin, found: candidates };
        });
    });
}

function nameOf({ product, category, service }: Logsource): string {
  return [product ?? '*', category ?? '*', service ?? '*'].join('/').toLowerCase();
}

function* fieldsOf(node: SelectionNode): Generator<string> {
  if (node.type !== 'item') for (const item of node.items) yield* fieldsOf(item);
  else yield* fieldsOfItem(node);
}

function* fieldsOfItem(item: DetectionItem): Generator<string> {
  if (item.field !== undefined) yield item.field;
  for (const { test } of item.values) if (test.kind === 'fieldref') yield test.field;
}
