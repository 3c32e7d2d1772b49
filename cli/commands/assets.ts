import { readFileSync, writeFileSync } from 'node:fs';
import type {
  AssetDetail,
  AssetImportReport,
  AssetPage,
  AssetView,
  DirectoryView,
} from '@vigie/contracts/api';
import type { Command } from 'commander';
import { open } from '../client.ts';
import { clientOf } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { ago, paint, printJson, printTable, safe } from '../output.ts';

interface Tenant {
  readonly tenant: string;
}

/** `vigie asset …` */
export function assetCommands(program: Command): void {
  const asset = program.command('asset').description('the inventory of machines and people');

  asset
    .command('list')
    .description('what is known, the riskiest first')
    .option('--tenant <id>')
    .option('--search <text>')
    .option('--limit <n>', 'how many', '50')
    .action(async (flags: { tenant?: string; search?: string; limit: string }, command: Command) => {
      const { client, json } = clientOf(command);
      const query = new URLSearchParams({
        sort: 'risk',
        limit: String(Math.min(500, Number(flags.limit) || 50)),
        ...(flags.tenant === undefined ? {} : { tenant: flags.tenant }),
        ...(flags.search === undefined ? {} : { q: flags.search }),
      });
      const { items } = await client.get<AssetPage>(`/api/assets?${query}`);
      if (json) return printJson(items);
      printTable(
        items,
        [
          { title: 'RISK', value: (a) => String(a.risk), right: true },
          { title: 'CRITICALITY', value: (a) => a.criticality },
          { title: 'NAME', value: (a) => safe(a.name), max: 50 },
          { title: 'TYPE', value: (a) => a.type || a.kind },
          { title: 'TENANT', value: (a) => a.tenant },
          { title: 'HANDLING', value: (a) => a.handling.join(', ') },
          { title: 'SEEN', value: (a) => (a.lastAt === null ? '–' : `${ago(Date.now() - a.lastAt)} ago`) },
          { title: 'ID', value: (a) => a.id },
        ],
        'Nothing is known yet.',
      );
    });

  asset
    .command('import <file>')
    .description('takes a CSV file in; its first line names the columns (docs/assets.md)')
    .requiredOption('--tenant <id>')
    .option('--kind <kind>', 'host or user, for lines that do not say', 'host')
    .option('--preview', 'only says what would be done')
    .action(async (file: string, flags: Tenant & { kind: string; preview?: true }, command: Command) => {
      const { client, json } = clientOf(command);
      const report = await client.call<AssetImportReport>('POST', '/api/assets/import', {
        tenant: flags.tenant,
        kind: flags.kind,
        text: readFileSync(file, 'utf8'),
        save: flags.preview !== true,
      });
      if (json) printJson(report);
      else printReport(report);
      if (report.errorCount > 0) process.exitCode = EXIT.failed;
    });

  asset
    .command('export <file>')
    .description('writes the inventory as CSV, as the import reads it')
    .option('--tenant <id>')
    .action(async (file: string, flags: Partial<Tenant>, command: Command) => {
      const { client } = clientOf(command);
      const query = flags.tenant === undefined ? '' : `?tenant=${encodeURIComponent(flags.tenant)}`;
      const answer = await open(client, `/api/assets/export${query}`);
      writeFileSync(file, await answer.text(), { mode: 0o600 });
    });

  asset
    .command('erase <name>')
    .description('erases what the inventory says of a person (or machine): names, addresses, comments')
    .requiredOption('--tenant <id>')
    .option('--yes', 'erase; without, it is only shown whom that would concern')
    .action(async (name: string, flags: Tenant & { yes?: true }, command: Command) => {
      const { client, json } = clientOf(command);
      const found = await named(client, name, flags.tenant);
      if (flags.yes !== true)
        throw new CliError(
          `This would erase ${safe(found.name)} (${found.kind}, ${found.id}) of ${flags.tenant}. Add --yes to do so.`,
          EXIT.usage,
        );
      await client.call('POST', `/api/assets/${flags.tenant}/${found.id}/erase`, {});
      if (json) return printJson({ erased: found.id });
      process.stdout.write(
        'Erased from the inventory. Logs and incidents keep what they say until their retention ends.\n',
      );
    });

  asset
    .command('directories')
    .description('the directories that assets are read from, and how that goes')
    .action(async (_flags, command: Command) => {
      const { client, json } = clientOf(command);
      const { items } = await client.get<{ items: DirectoryView[] }>('/api/assets/directories');
      if (json) return printJson(items);
      printTable(
        items,
        [
          { title: 'TENANT', value: (d) => d.tenant },
          { title: 'NAME', value: (d) => d.name },
          { title: 'ADDRESS', value: (d) => safe(d.url) },
          {
            title: 'READ',
            value: (d) => (d.lastAt === null ? 'never' : `${ago(Date.now() - d.lastAt)} ago`),
          },
          { title: 'ASSETS', value: (d) => String(d.assets), right: true },
          { title: 'PROBLEM', value: (d) => safe(d.problem ?? ''), max: 80 },
        ],
        'No directory is configured (assets.directories).',
      );
    });

  asset
    .command('sync <name>')
    .description('reads a directory now')
    .requiredOption('--tenant <id>')
    .action(async (name: string, flags: Tenant, command: Command) => {
      const { client, json } = clientOf(command);
      const view = await client.call<DirectoryView>(
        'POST',
        `/api/assets/directories/${flags.tenant}/${encodeURIComponent(name)}/sync`,
        {},
      );
      if (json) printJson(view);
      else if (view.problem === null) process.stdout.write(`${view.assets} assets read.\n`);
      if (view.problem !== null) throw new CliError(safe(view.problem), EXIT.failed);
    });
}

/** The one asset that has exactly this name or identifier. @throws CliError for none, and for several */
async function named(
  client: ReturnType<typeof clientOf>['client'],
  name: string,
  tenant: string,
): Promise<AssetView> {
  const query = new URLSearchParams({ tenant, q: name, limit: '50' });
  const { items } = await client.get<AssetPage>(`/api/assets?${query}`);
  const wanted = name.toLowerCase();
  const exact: AssetView[] = [];
  for (const item of items) {
    const detail = await client.get<AssetDetail>(`/api/assets/${tenant}/${item.id}`);
    if (
      item.id === name ||
      item.name.toLowerCase() === wanted ||
      detail.identifiers.some(({ value, shared }) => !shared && value === wanted)
    )
      exact.push(item);
  }
  const [only, ...others] = exact;
  if (only === undefined) throw new CliError(`${tenant} has no asset called ${safe(name)}`, EXIT.failed);
  if (others.length > 0)
    throw new CliError(
      `${exact.length} assets are called ${safe(name)}; say its SID or full name`,
      EXIT.usage,
    );
  return only;
}

function printReport(report: AssetImportReport): void {
  const out = (text: string) => process.stdout.write(`${text}\n`);
  for (const { title, field } of report.columns)
    out(`${safe(title).padEnd(24)} ${field ?? paint('left out', 'dim')}`);
  for (const { line, message } of report.errors) out(`${paint(`line ${line}`, 'yellow')}  ${safe(message)}`);
  out(
    report.saved
      ? `${report.added} added, ${report.updated} updated, ${report.errorCount} lines not taken.`
      : `${report.good} of ${report.lines} lines can be taken.`,
  );
}
