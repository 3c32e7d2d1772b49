import type { RuleAdaptation, RuleImportReport } from '@vigie/contracts/api';
import type { Command } from 'commander';
import { clientOf } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { paint, printJson, safe } from '../output.ts';
import { readText } from '../rule-files.ts';

/** Prints what loading rules gave. */
type PrintReport = (report: RuleImportReport, show: number) => void;

/** `vigie rules pipelines` and `vigie rules placeholder`: how rules are adapted to this installation. */
export function adaptationCommands(rules: Command, printReport: PrintReport): void {
  rules
    .command('pipelines')
    .description(
      'shows the processing pipelines and placeholders that adapt rules, and which rules wait for a value',
    )
    .action(async (_flags, command: Command) => {
      const { client, json } = clientOf(command);
      const adaptation = await client.call<RuleAdaptation>('GET', '/api/rules/pipelines');
      if (json) return printJson(adaptation);
      printAdaptation(adaptation);
    });

  rules
    .command('placeholder <name> [values...]')
    .description(
      'gives a placeholder of rules (expand) its values; the rules that wait for it go live at once',
    )
    .option('--file <file>', 'a file with one value a line (# begins a comment)')
    .option('--remove', 'takes its values away')
    .action(
      async (
        name: string,
        values: string[],
        flags: { file?: string; remove?: boolean },
        command: Command,
      ) => {
        const { client, json } = clientOf(command);
        const given = [...values, ...(flags.file === undefined ? [] : linesOf(readText(flags.file)))];
        if ((given.length === 0) !== (flags.remove === true))
          throw new CliError('give values, or --file, or --remove', EXIT.usage);
        const path = `/api/rules/placeholders/${encodeURIComponent(name.replaceAll('%', ''))}`;
        const report = await (flags.remove === true
          ? client.call<RuleImportReport>('DELETE', path)
          : client.call<RuleImportReport>('PUT', path, { values: given }));
        if (json) return printJson(report);
        printReport(report, 20);
      },
    );
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function printAdaptation({ pipelines, placeholders, missing }: RuleAdaptation): void {
  const out = (text: string) => process.stdout.write(`${text}\n`);
  if (pipelines.length === 0) out('No pipelines: rules are judged as they are written.');
  for (const { origin, name, changed } of pipelines)
    out(
      `${paint(safe(name), 'bold')}  ${origin === null ? 'all but the shipped rules' : safe(origin)}: changes ${changed} rules`,
    );
  for (const { name, values } of placeholders) {
    const shown = values.slice(0, 5).map(safe).join(', ');
    out(`%${name}%  ${shown}${values.length > 5 ? ` … ${values.length} values` : ''}`);
  }
  for (const { name, rules } of missing)
    out(`${paint(`%${name}%`, 'red')}  has no values; ${rules} ${rules === 1 ? 'rule waits' : 'rules wait'}`);
}
