import { writeFileSync } from 'node:fs';
import { nest } from '@vigie/contracts';
import type {
  MappingDetail,
  MappingExport,
  MappingLinePreview,
  MappingPage,
  MappingView,
} from '@vigie/contracts/api';
import { previewMapping } from '@vigie/server/app/mapping-preview.ts';
import type { Command } from 'commander';
import type { Client } from '../client.ts';
import { clientOf, type GlobalOptions } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { paint, printJson, printTable, safe, when } from '../output.ts';
import { readMappingFile, readText } from './mapping-file.ts';

/** `vigie mapping …` */
export function mappingCommands(program: Command): void {
  const mapping = program
    .command('mapping')
    .description('what a source’s lines mean, without code: list, show, import, export, test, live, retire');

  mapping
    .command('list')
    .description('mappings, what is in force of each, and what it read')
    .option('--tenant <id>')
    .action(async (flags: { tenant?: string }, command: Command) => {
      const { client, json } = clientOf(command);
      const { items } = await client.get<MappingPage>('/api/mappings');
      const shown = items.filter(({ tenant }) => flags.tenant === undefined || tenant === flags.tenant);
      if (json) return printJson(shown);
      printTable(
        shown,
        [
          { title: 'ID', value: (m) => m.id },
          { title: 'TENANT', value: (m) => m.tenant ?? paint('all', 'bold') },
          { title: 'NAME', value: (m) => safe(m.name), max: 40 },
          { title: 'FORMAT', value: (m) => m.format },
          { title: 'LIVE', value: (m) => (m.live === null ? 'no' : `${m.live} of ${m.newest}`) },
          { title: 'SOURCES', value: (m) => m.sources.map(({ tenant, id }) => `${tenant}/${id}`).join(', ') },
          { title: 'READ', value: (m) => String(m.figures.read), right: true },
          { title: 'MISFITS', value: (m) => String(misfits(m)), right: true },
          { title: 'REFUSED', value: (m) => String(m.figures.refused), right: true },
          { title: 'FAILED', value: (m) => String(m.figures.failed), right: true },
        ],
        'No mappings. Make one in the console, or with vigie mapping import FILE.',
      );
    });

  mapping
    .command('show <id>')
    .description('one mapping: versions, sources, what did not fit')
    .option('--tenant <id>', 'the tenant’s own, where several have one of that id')
    .action(async (id: string, flags: { tenant?: string }, command: Command) => {
      const { client, json } = clientOf(command);
      const found = await find(client, id, flags.tenant);
      const detail = await client.get<MappingDetail>(`/api/mappings/${found.key}`);
      if (json) return printJson(detail);
      const out = (text: string) => process.stdout.write(`${text}\n`);
      out(`${paint(safe(detail.name), 'bold')}  ${detail.id}  ${detail.tenant ?? 'all tenants'}`);
      out(
        `  ${detail.format}, ${detail.fields} fields, read ${detail.figures.read}, refused ${detail.figures.refused}, failed ${detail.figures.failed}`,
      );
      for (const { tenant, id: source } of detail.sources) out(`  source ${tenant}/${source}`);
      for (const { field, member, times, value } of detail.figures.misfits)
        out(`  ${times} values of ${safe(member)} are no ${field}, such as ${safe(value)}`);
      for (const version of detail.versions)
        out(
          `  ${String(version.number).padStart(3)}  ${version.state.padEnd(7)}  ${when(version.createdAt)}  ${safe(version.author)}  ${safe(version.note)}`,
        );
    });

  mapping
    .command('import <file>')
    .description('a mapping’s YAML file as a new mapping or version; a draft until it is made live')
    .option('--tenant <id>', 'for this tenant')
    .option('--all-tenants', 'for every tenant (provider only)')
    .option('--note <text>', 'what is different', '')
    .option('--live', 'make it live at once')
    .action(
      async (
        file: string,
        flags: { tenant?: string; allTenants?: boolean; note: string; live?: boolean },
        command: Command,
      ) => {
        if ((flags.tenant === undefined) === (flags.allTenants !== true))
          throw new CliError('say where it holds: --tenant ID or --all-tenants', EXIT.usage);
        const { client, json } = clientOf(command);
        let detail = await client.call<MappingDetail>('POST', '/api/mappings/import', {
          tenant: flags.tenant ?? null,
          yaml: readText(file),
          note: flags.note,
        });
        if (flags.live === true) detail = await move(client, detail, 'live', detail.newest);
        if (json) return printJson(detail);
        process.stdout.write(
          `${detail.id}: version ${detail.newest} is ${detail.live === detail.newest ? 'live' : 'a draft; vigie mapping live makes it read'}\n`,
        );
      },
    );

  mapping
    .command('export <id>')
    .description('a mapping as a YAML file')
    .option('--tenant <id>')
    .option('--version-number <n>', 'an older version', Number)
    .option('--out <file>', 'default: standard output')
    .action(
      async (
        id: string,
        flags: { tenant?: string; versionNumber?: number; out?: string },
        command: Command,
      ) => {
        const { client, json } = clientOf(command);
        const { key } = await find(client, id, flags.tenant);
        const query = flags.versionNumber === undefined ? '' : `?version=${flags.versionNumber}`;
        const file = await client.get<MappingExport>(`/api/mappings/${key}/file${query}`);
        if (flags.out !== undefined) writeFileSync(flags.out, file.yaml);
        else if (json) printJson(file);
        else process.stdout.write(file.yaml);
      },
    );

  for (const [to, description] of [
    ['live', 'makes a version read, the newest unless one is named; an older one rolls back'],
    ['retired', 'takes a mapping out of force'],
  ] as const)
    mapping
      .command(`${to === 'live' ? 'live' : 'retire'} <id> [version]`)
      .description(description)
      .option('--tenant <id>')
      .action(
        async (id: string, version: string | undefined, flags: { tenant?: string }, command: Command) => {
          const { client, json } = clientOf(command);
          const found = await find(client, id, flags.tenant);
          const number = version === undefined ? found.newest : Number(version);
          const detail = await move(client, found, to, number);
          if (json) return printJson(detail);
          process.stdout.write(
            detail.live === null ? `${id} reads nothing now\n` : `${id}: version ${detail.live} reads now\n`,
          );
        },
      );

  mapping
    .command('test <file>')
    .description('reads lines with a mapping, without a server: its own samples, or those of --logs')
    .option('--logs <file>', 'lines to read instead')
    .option('--time-zone <zone>', 'of dates without one', 'UTC')
    .action((file: string, flags: { logs?: string; timeZone: string }, command: Command) => {
      const { json } = command.optsWithGlobals<GlobalOptions>();
      const mapped = readMappingFile(file);
      const lines =
        flags.logs === undefined
          ? mapped.samples
          : readText(flags.logs)
              .split('\n')
              .filter((line) => line.trim() !== '');
      const preview = previewMapping(mapped, lines, flags.timeZone, Date.now());
      const bad = preview.lines.filter((line) => line.outcome !== 'read' || line.faults.length > 0).length;
      const wrong = preview.problems.some(({ severity }) => severity === 'error');
      if (json === true) printJson(preview);
      else {
        for (const { path, severity, message } of preview.problems)
          process.stdout.write(
            `${paint(severity, severity === 'error' ? 'red' : 'yellow')}  ${path}: ${safe(message)}\n`,
          );
        for (const [i, line] of preview.lines.entries()) printLine(line, i, mapped.fields);
        process.stdout.write(`${lines.length - bad} of ${lines.length} lines are read\n`);
      }
      if (lines.length === 0) throw new CliError('there is no line to read: --logs FILE', EXIT.usage);
      if (wrong || bad > 0) process.exitCode = EXIT.failed;
    });
}

function printLine(line: MappingLinePreview, index: number, fields: readonly { field: string }[]): void {
  const out = (text: string) => process.stdout.write(`${text}\n`);
  out(paint(`line ${index + 1}: ${line.outcome}${line.recognised ? ', recognised by itself' : ''}`, 'bold'));
  if (line.otherwise !== null) out(`  without the mapping: ${line.otherwise}`);
  for (const { rule, state, member, value } of line.rules)
    if (state === 'misfit')
      out(
        `  ${paint('misfit', 'yellow')}  ${safe(member ?? '')} = ${safe(String(value))} is no ${fields[rule]?.field ?? ''}`,
      );
  for (const fault of line.faults) out(`  ${paint('not ECS', 'red')}  ${safe(fault)}`);
  if (line.error !== null) out(`  ${paint('failed', 'red')}  ${safe(line.error)}`);
  if (line.outcome === 'read') out(JSON.stringify(nest(line.fields), null, 2));
}

function misfits({ figures }: MappingView): number {
  return figures.misfits.reduce((sum, { times }) => sum + times, 0);
}

async function find(client: Client, id: string, tenant: string | undefined): Promise<MappingView> {
  const { items } = await client.get<MappingPage>('/api/mappings');
  const found = items.filter((one) => one.id === id && (tenant === undefined || one.tenant === tenant));
  if (found.length > 1)
    throw new CliError(`several tenants have a mapping ${id}: say --tenant ID`, EXIT.usage);
  if (found[0] === undefined) throw new CliError(`there is no mapping ${id}`, EXIT.notFound);
  return found[0];
}

function move(
  client: Client,
  { key, revision }: Pick<MappingView, 'key' | 'revision'>,
  to: 'live' | 'retired',
  number: number,
): Promise<MappingDetail> {
  return client.call<MappingDetail>('POST', `/api/mappings/${key}/state`, { to, number, revision });
}
