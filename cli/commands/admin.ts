import { basename } from 'node:path';
import type { RuleImportReport, RuleView, StatusView } from '@vigie/contracts/api';
import { configKeys } from '@vigie/server/app/config-schema.ts';
import { readRuleFolder } from '@vigie/sigma/node.ts';
import type { Command } from 'commander';
import { clientOf, configOf, type GlobalOptions } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { ago, paint, paintLevel, printJson, printTable, safe } from '../output.ts';
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

/** `vigie status`, `vigie doctor …`, `vigie config …`, `vigie demo …` */
export function systemCommands(program: Command): void {
  program
    .command('status')
    .description('what runs, how fast, and what needs a look')
    .action(async (_flags, command: Command) => {
      const { client, json } = clientOf(command);
      const status = await client.get<StatusView>('/api/status');
      if (json) return printJson(status);
      printStatus(status);
    });

  const doctor = program.command('doctor').description('checks that things work');
  doctor
    .command('mail')
    .description('sends a test mail through the configured server')
    .requiredOption('--to <address>')
    .action(async (flags: { to: string }, command: Command) => {
      const { client, json } = clientOf(command);
      const result = await client.call<{ ok: boolean; detail: string }>('POST', '/api/mail/test', {
        to: flags.to,
      });
      if (json) printJson(result);
      else
        process.stdout.write(
          `${result.ok ? paint('ok', 'green') : paint('failed', 'red')}: ${safe(result.detail)}\n`,
        );
      if (!result.ok) process.exitCode = EXIT.failed;
    });
  doctor
    .command('check', { isDefault: true })
    .description('checks configuration and the running server')
    .action(async (_flags, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions>();
      const config = configOf(options);
      process.stdout.write(
        `${paint('ok', 'green')}  Node.js ${process.versions.node}\n${paint('ok', 'green')}  configuration, data in ${config.data}\n`,
      );
      if (config.mail.host === undefined)
        process.stdout.write(
          `${paint('--', 'yellow')}  no mail server configured (mail.host): mails wait in the outbox\n`,
        );
      const { client } = clientOf(command);
      printStatus(await client.get<StatusView>('/api/status'));
    });

  const config = program.command('config').description('the configuration');
  config
    .command('keys')
    .description('every key with its meaning, its variable and its default')
    .action((_flags, command: Command) => {
      const keys = configKeys();
      if (command.optsWithGlobals<GlobalOptions>().json === true) return printJson(keys);
      printTable(
        keys,
        [
          { title: 'KEY', value: (k) => k.path },
          { title: 'VARIABLE', value: (k) => k.env },
          {
            title: 'DEFAULT',
            value: (k) => (k.default === undefined ? '–' : JSON.stringify(k.default)),
            max: 40,
          },
          { title: 'MEANING', value: (k) => k.description, max: 100 },
        ],
        '',
      );
    });
  config
    .command('check')
    .description('validates vigie.yml, variables and flags, and starts nothing')
    .action((_flags, command: Command) => {
      const value = configOf(command.optsWithGlobals<GlobalOptions>());
      if (command.optsWithGlobals<GlobalOptions>().json === true)
        printJson({
          ...value,
          mail: { ...value.mail, password: value.mail.password === undefined ? undefined : '(set)' },
        });
      else process.stdout.write('The configuration is valid.\n');
    });

  const demo = program.command('demo').description('a demo tenant with a day of invented logs and attacks');
  demo.command('start').action(async (_flags, command: Command) => {
    await clientOf(command).client.call('POST', '/api/demo');
    process.stdout.write('The demo tenant is there; its stories are being told.\n');
  });
  demo.command('remove').action(async (_flags, command: Command) => {
    await clientOf(command).client.call('DELETE', '/api/demo');
    process.stdout.write('The demo tenant and everything of it are gone.\n');
  });
}

function printStatus(status: StatusView): void {
  const out = (text: string) => process.stdout.write(`${text}\n`);
  const now = Date.now();
  out(`Vigie ${status.version}, up ${ago(now - status.startedAt)}, data in ${status.dataDirectory}`);
  for (const c of status.components) {
    const mark = c.state === 'running' ? paint('ok', 'green') : paint('!!', 'red');
    out(
      `${mark}  ${c.name.padEnd(12)} ${c.state}${c.restarts > 0 ? `, ${c.restarts} restarts` : ''}${c.detail === '' ? '' : `  ${safe(c.detail)}`}`,
    );
  }
  const p = status.pipeline;
  if (p !== null)
    out(
      `    ${p.rate} events/s · ${p.stored} stored · ${p.detected} judged · ${p.queued} waiting to be stored · ${p.undetected} waiting to be judged`,
    );
  for (const [reason, n] of Object.entries(p?.drops ?? {})) out(`    ${paint(`${n} ${reason}`, 'yellow')}`);
  out(
    `    mail: ${status.mail.configured ? 'configured' : 'no server configured'}, ${status.mail.pending} waiting, ${status.mail.dead} given up`,
  );
  for (const w of status.warnings) out(`${paint('!!', 'yellow')}  ${safe(w.message)}`);
}
