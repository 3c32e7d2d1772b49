import { basename } from 'node:path';
import type { RuleImportReport, RuleView } from '@vigie/contracts/api';
import { readRuleFolder } from '@vigie/sigma/node.ts';
import type { Command } from 'commander';
import { clientOf } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { paint, paintLevel, printJson, printTable, safe } from '../output.ts';
import { readText } from '../rule-files.ts';
import { adaptationCommands } from './rules-adaptation.ts';
import { backtestCommand } from './rules-backtest.ts';
import { convertCommand } from './rules-convert.ts';
import { coverageCommand } from './rules-coverage.ts';
import { explainCommand } from './rules-explain.ts';
import { fieldsCommand } from './rules-fields.ts';
import { lintCommand } from './rules-lint.ts';
import { testCommand } from './rules-test.ts';

/** `vigie rules …` */
export function ruleCommands(program: Command): void {
  const rules = program
    .command('rules')
    .description('detection rules: list, import, switch on and off; lint, test, explain, convert');
  backtestCommand(rules);

  rules
    .command('list')
    .option('--state <state>', 'live, unmapped, rejected, disabled or all', 'all')
    .option('--search <text>')
    .option('--limit <n>', 'how many', '100')
    .action(async (flags: { state: string; search?: string; limit: string }, command: Command) => {
      const { client, json } = clientOf(command);
      const items: RuleView[] = [];
      let cursor: string | undefined;
      let total = 0;
      const wanted = Number(flags.limit) || 100;
      do {
        const query = new URLSearchParams({
          state: flags.state,
          sort: 'title',
          limit: String(Math.min(500, wanted - items.length)),
        });
        if (flags.search !== undefined) query.set('q', flags.search);
        if (cursor !== undefined) query.set('cursor', cursor);
        const page = await client.get<{ items: RuleView[]; next?: string; total?: number }>(
          `/api/rules?${query}`,
        );
        items.push(...page.items);
        cursor = page.next;
        total = page.total ?? total;
      } while (cursor !== undefined && items.length < wanted);
      if (json) return printJson(items);
      printTable(
        items,
        [
          { title: 'LEVEL', value: (r) => paintLevel(r.level) },
          { title: 'STATE', value: (r) => (r.enabled ? r.state : 'off') },
          { title: 'HITS 24 H', value: (r) => String(r.hits24h), right: true },
          { title: 'TITLE', value: (r) => safe(r.title), max: 70 },
          { title: 'LOGSOURCE', value: (r) => r.logsource, max: 40 },
          { title: 'ORIGIN', value: (r) => r.origin },
          { title: 'ID', value: (r) => r.id },
        ],
        'No rules match.',
      );
      if (total > items.length) process.stdout.write(paint(`… of ${total}; more with --limit\n`, 'dim'));
    });

  rules
    .command('import <folder>')
    .description(
      'loads a folder of Sigma rules as it is (SigmaHQ’s tree, for example) and says which can’t run and why',
    )
    .option('--name <origin>', 'what this import is called; importing it again replaces it', 'imported')
    .option('--show <n>', 'how many of the refused rules to print', '20')
    .option(
      '--pipeline <file...>',
      'processing pipelines (pySigma’s YAML) that adapt these rules; kept with them. Without: those it has stay',
    )
    .option('--no-pipelines', 'takes away the pipelines that these rules have')
    .action(async (folder: string, flags: ImportFlags, command: Command) => {
      const { client, json } = clientOf(command);
      const pipelines = pipelinesOf(flags);
      let files: { path: string; text: string }[];
      try {
        files = readRuleFolder(folder).map((file) => ({
          path: file.path.startsWith(folder) ? file.path.slice(folder.length).replace(/^\/+/, '') : file.path,
          text: file.text,
        }));
      } catch (cause) {
        throw new CliError(
          `${folder} can't be read: ${cause instanceof Error ? cause.message : String(cause)}`,
          EXIT.usage,
        );
      }
      if (files.length === 0) throw new CliError(`${folder} holds no .yml files`, EXIT.usage);
      if (!json) process.stderr.write(`${files.length} files …\n`);
      const report = await client.call<RuleImportReport>('POST', '/api/rules/import', {
        origin: flags.name,
        replace: true,
        files,
        ...(pipelines === undefined ? {} : { pipelines }),
      });
      if (json) return printJson(report);
      printReport(report, Number(flags.show));
    });

  rules
    .command('reload')
    .description('reads the shipped and configured rule folders again')
    .action(async (_flags, command: Command) => {
      const { client, json } = clientOf(command);
      const report = await client.call<RuleImportReport>('POST', '/api/rules/reload');
      if (json) return printJson(report);
      printReport(report, 20);
    });

  for (const [name, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const)
    rules.command(`${name} <id>`).action(async (id: string, _flags, command: Command) => {
      const { client } = clientOf(command);
      const rule = await client.call<RuleView>('PATCH', `/api/rules/${encodeURIComponent(id)}`, { enabled });
      process.stdout.write(`${safe(rule.title)}: ${rule.enabled ? 'on' : 'off'}\n`);
    });

  adaptationCommands(rules, printReport);
  lintCommand(rules);
  testCommand(rules);
  explainCommand(rules);
  convertCommand(rules);
  fieldsCommand(rules);
  coverageCommand(rules);
}

interface ImportFlags {
  readonly name: string;
  readonly show: string;
  readonly pipeline?: string[];
  readonly pipelines: boolean;
}

/** Pipelines to keep with an import; undefined: those it has stay. */
function pipelinesOf({ pipeline, pipelines }: ImportFlags) {
  if (!pipelines) return [];
  if (pipeline === undefined) return undefined;
  return pipeline.map((file) => ({ name: basename(file), text: readText(file) }));
}

/** Prints what loading rules gave: how many can fire, and which can't and why. */
function printReport(report: RuleImportReport, show: number): void {
  const out = (text: string) => process.stdout.write(`${text}\n`);
  out(`${paint(String(report.live), 'green')} rules can fire.`);
  if (report.unmapped > 0) {
    out(
      `${paint(String(report.unmapped), 'yellow')} rules are correct, but no source writes their logs yet:`,
    );
    for (const entry of report.unmappedLogsources.slice(0, show))
      out(`    ${String(entry.rules).padStart(5)}  ${entry.logsource}`);
  }
  if (report.rejected.length > 0) {
    out(`${paint(String(report.rejected.length), 'red')} can't run:`);
    for (const problem of report.rejected.slice(0, show))
      out(
        `    ${problem.path}${problem.line === null ? '' : `:${problem.line}`}: ${safe(problem.reason)}  [${problem.code}]`,
      );
    if (report.rejected.length > show)
      out(`    … and ${report.rejected.length - show} more (--show ${report.rejected.length})`);
  }
}
