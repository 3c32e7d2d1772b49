import { writeFileSync } from 'node:fs';
import { resolveLogsource, type SigmaCorrelation, type SigmaRule, type Taxonomy } from '@vigie/sigma';
import type { Command } from 'commander';
import type { GlobalOptions } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { paint, printJson, printTable } from '../output.ts';
import {
  type Attack,
  parseRuleTexts,
  readRulePaths,
  shippedAttack,
  shippedTaxonomy,
  warnOfErrors,
} from '../rule-files.ts';

/** How rules cover one tactic of ATT&CK. */
export interface TacticCoverage {
  readonly tactic: string;
  readonly name: string;
  /** Techniques of the tactic, without sub-techniques. */
  readonly techniques: number;
  /** Those that a rule names, itself or by a sub-technique. */
  readonly covered: number;
  /** Covered ones whose rules some source can feed. */
  readonly fed: number;
  readonly rules: number;
}

/** How rules cover one technique or sub-technique. */
export interface TechniqueCoverage {
  readonly id: string;
  readonly name: string;
  readonly rules: readonly string[];
  /** Of these, rules whose logsource a source writes. */
  readonly fed: number;
}

/** `vigie rules coverage` */
export function coverageCommand(rules: Command): void {
  rules
    .command('coverage [paths...]')
    .description(
      'which ATT&CK techniques rules cover, by tactic; needs no server (default: the shipped rules)',
    )
    .option('--layer <file>', 'also writes a layer for the ATT&CK Navigator')
    .option('--techniques', 'lists each technique')
    .action((paths: string[], flags: { layer?: string; techniques?: boolean }, command: Command) => {
      const parsed = parseRuleTexts(readRulePaths(paths));
      warnOfErrors(parsed.errors);
      const attack = shippedAttack();
      const covered = coverage([...parsed.rules, ...parsed.correlations], attack, shippedTaxonomy());
      if (flags.layer !== undefined) writeLayer(flags.layer, covered.techniques);
      if (command.optsWithGlobals<GlobalOptions>().json === true) return printJson(covered);
      printTable(
        covered.tactics,
        [
          { title: 'TACTIC', value: (row) => row.name },
          { title: 'TECHNIQUES', value: (row) => String(row.techniques), right: true },
          { title: 'COVERED', value: (row) => String(row.covered), right: true },
          { title: 'WITH A SOURCE', value: (row) => String(row.fed), right: true },
          {
            title: '',
            value: (row) => `${Math.round((100 * row.covered) / Math.max(1, row.techniques))} %`,
            right: true,
          },
          { title: 'RULES', value: (row) => String(row.rules), right: true },
        ],
        'No tactics.',
      );
      if (flags.techniques === true)
        printTable(
          covered.techniques,
          [
            { title: 'TECHNIQUE', value: (row) => row.id },
            { title: 'NAME', value: (row) => row.name },
            { title: 'RULES', value: (row) => String(row.rules.length), right: true },
            { title: 'WITH A SOURCE', value: (row) => String(row.fed), right: true },
          ],
          'No rule names a technique.',
        );
      const { untagged, unknown } = covered;
      if (untagged > 0) process.stdout.write(paint(`${untagged} rules name no technique\n`, 'dim'));
      if (unknown.length > 0)
        process.stdout.write(paint(`not in ATT&CK (any more): ${unknown.join(', ')}\n`, 'yellow'));
    });
}

/** Coverage of ATT&CK by rules; rules that only serve correlations (informational) count by their tags too. */
export function coverage(
  rules: readonly (SigmaRule | SigmaCorrelation)[],
  { techniques, tactics }: Attack,
  taxonomy: Taxonomy,
): {
  tactics: TacticCoverage[];
  techniques: TechniqueCoverage[];
  untagged: number;
  unknown: string[];
} {
  const byId = new Map<string, { rules: Set<string>; fed: number }>();
  const unknown = new Set<string>();
  let untagged = 0;
  for (const rule of rules) {
    const ids = new Set(
      rule.tags.flatMap((tag) => /^attack\.(t\d{4}(?:\.\d{3})?)$/i.exec(tag)?.[1]?.toUpperCase() ?? []),
    );
    if (ids.size === 0) untagged++;
    const fed = rule.kind === 'correlation' || resolveLogsource(taxonomy, rule.logsource) !== undefined;
    for (const id of ids) {
      if (!Object.hasOwn(techniques, id)) {
        unknown.add(id);
        continue;
      }
      const entry = byId.get(id) ?? { rules: new Set<string>(), fed: 0 };
      byId.set(id, entry);
      if (!entry.rules.has(rule.title) && fed) entry.fed++;
      entry.rules.add(rule.title);
    }
  }
  const rows = tactics.map(({ key, name }): TacticCoverage => {
    const own = Object.keys(techniques).filter(
      (id) => !id.includes('.') && techniques[id]!.tactics.includes(key),
    );
    // A sub-technique counts for the tactics it has itself, which may be fewer than its technique's.
    const hits = [...byId].filter(([id]) => techniques[id]!.tactics.includes(key));
    const parents = (list: typeof hits) => new Set(list.map(([id]) => id.split('.')[0]!));
    return {
      tactic: key,
      name,
      techniques: own.length,
      covered: own.filter((id) => parents(hits).has(id)).length,
      fed: own.filter((id) => parents(hits.filter(([, { fed }]) => fed > 0)).has(id)).length,
      rules: new Set(hits.flatMap(([, entry]) => [...entry.rules])).size,
    };
  });
  return {
    tactics: rows,
    techniques: [...byId]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, entry]) => ({
        id,
        name: techniques[id]!.name,
        rules: [...entry.rules].sort(),
        fed: entry.fed,
      })),
    untagged,
    unknown: [...unknown].sort(),
  };
}

/** A layer of the ATT&CK Navigator (format 4.5): the score of a technique is its number of rules. */
export function navigatorLayer(techniques: readonly TechniqueCoverage[]): object {
  return {
    name: 'Sigma rules',
    versions: { layer: '4.5', navigator: '5.1.0' },
    domain: 'enterprise-attack',
    description: 'Techniques that rules name; the score is the number of rules.',
    techniques: techniques.map(({ id, rules, fed }) => ({
      techniqueID: id,
      score: rules.length,
      enabled: true,
      comment: rules.slice(0, 50).join('\n'),
      metadata: [{ name: 'rules with a source', value: String(fed) }],
      showSubtechniques: id.includes('.'),
    })),
    gradient: {
      colors: ['#dbe9f6', '#08519c'],
      minValue: 0,
      maxValue: Math.max(1, ...techniques.map(({ rules }) => rules.length)),
    },
    hideDisabled: false,
    sorting: 3,
  };
}

function writeLayer(file: string, techniques: readonly TechniqueCoverage[]): void {
  try {
    writeFileSync(file, `${JSON.stringify(navigatorLayer(techniques), null, 2)}\n`);
  } catch (cause) {
    throw new CliError(`${file} can't be written: ${(cause as Error).message}`, EXIT.failed);
  }
}
