import { EVENT_COLUMNS } from '@vigie/server/storage/events/rule-search.ts';
import type { SigmaCorrelation, SigmaRule } from '@vigie/sigma';
import { toSql } from '@vigie/sigma/sql/index.ts';
import { type Command, Option } from 'commander';
import type { GlobalOptions } from '../context.ts';
import { EXIT } from '../exit.ts';
import { paint, printJson, safe } from '../output.ts';
import {
  parseRuleTexts,
  readRulePaths,
  shippedTaxonomy,
  warnOfErrors,
  withPipelines,
} from '../rule-files.ts';

const TARGETS = ['sql', 'json'] as const;

/** `vigie rules convert` */
export function convertCommand(rules: Command): void {
  rules
    .command('convert <rules...>')
    .description(
      'translates rules: to SQL over the event table, or to JSON as the engine reads them; needs no server',
    )
    .addOption(new Option('--to <target>', 'what to').choices(TARGETS).makeOptionMandatory())
    .option('--pipeline <file...>', 'processing pipelines to apply first, by their priorities')
    .action(
      (paths: string[], flags: { to: (typeof TARGETS)[number]; pipeline?: string[] }, command: Command) => {
        const parsed = withPipelines(parseRuleTexts(readRulePaths(paths)), flags.pipeline ?? []);
        warnOfErrors(parsed.errors);
        if (parsed.errors.length > 0) process.exitCode = EXIT.failed;
        const all: readonly (SigmaRule | SigmaCorrelation)[] = [...parsed.rules, ...parsed.correlations];
        if (flags.to === 'json') return printJson([...all, ...parsed.filters]);
        const taxonomy = shippedTaxonomy();
        const made = all.map((rule) => ({
          title: rule.title,
          id: rule.id ?? null,
          ...(rule.kind === 'correlation'
            ? { unsupported: 'correlations run over time and have no single query' }
            : toSql(rule, { taxonomy, columns: EVENT_COLUMNS, filters: parsed.filters })),
        }));
        if (made.some((entry) => 'unsupported' in entry)) process.exitCode = EXIT.failed;
        if (command.optsWithGlobals<GlobalOptions>().json === true) return printJson(made);
        for (const entry of made) {
          process.stdout.write(paint(`-- ${safe(entry.title)}\n`, 'dim'));
          if ('where' in entry) process.stdout.write(`${entry.where}\n`);
          else process.stdout.write(`-- can't be expressed: ${safe(entry.unsupported)}\n`);
        }
      },
    );
}
