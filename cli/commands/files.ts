import { once } from 'node:events';
import { statSync } from 'node:fs';
import { nest } from '@vigie/contracts';
import { createReader, isTimeZone, REGISTRY } from '@vigie/sources';
import { SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { clientOf, type GlobalOptions } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { LogKeys, readLogs } from '../input.ts';
import { paint, printJson, printTable } from '../output.ts';

/** Logs sent in one request. */
const BATCH = 2000;
const BATCH_BYTES = 8 * 1024 * 1024;

/** `vigie normalize`, `vigie import`, `vigie sources` */
export function fileCommands(program: Command): void {
  program
    .command('normalize [file]')
    .description('turns raw logs into ECS documents, one JSON object a line; needs no server')
    .option('--source <id>', 'technology to read them as, or auto', 'auto')
    .option(
      '--input <form>',
      'lines, or ndjson with {"message": "…", "source": "optional id"} on each line',
      'lines',
    )
    .option('--time-zone <zone>', 'IANA zone of dates that carry none', 'UTC')
    .action(async (file: string | undefined, flags: { source: string; input: string; timeZone: string }) =>
      normalize(file ?? '-', flags),
    );

  program
    .command('import <files...>')
    .description(
      'sends files to a source of the running server: lines, NDJSON, JSON, EVTX, each also gzipped',
    )
    .requiredOption('--tenant <id>', 'tenant they belong to')
    .requiredOption('--source <id>', 'source of that tenant')
    .action(async (files: string[], flags: { tenant: string; source: string }, command: Command) =>
      importFiles(files, flags, command),
    );

  program
    .command('technologies')
    .description('the technologies whose logs are understood')
    .action((_flags, command: Command) => {
      const rows = REGISTRY.map(({ definition, manifest }) => ({
        id: definition.id,
        name: manifest.name,
        category: manifest.category,
      }));
      if (command.optsWithGlobals<GlobalOptions>().json === true) return printJson(rows);
      printTable(
        rows,
        [
          { title: 'ID', value: (r) => r.id },
          { title: 'NAME', value: (r) => r.name },
          { title: 'CATEGORY', value: (r) => String(r.category) },
        ],
        'None.',
      );
    });
}

async function normalize(
  file: string,
  flags: { source: string; input: string; timeZone: string },
): Promise<void> {
  if (flags.input !== 'lines' && flags.input !== 'ndjson')
    throw new CliError(`--input: expected lines or ndjson, not "${flags.input}"`, EXIT.usage);
  const fixed = flags.source === 'auto' ? undefined : flags.source;
  const known = new Set(REGISTRY.map(({ definition }) => definition.id));
  if (fixed !== undefined && !known.has(fixed))
    throw new CliError(`unknown technology "${fixed}"; see vigie technologies`, EXIT.usage);
  if (!isTimeZone(flags.timeZone))
    throw new CliError(`--time-zone: no such zone: "${flags.timeZone}"; e.g. Europe/Paris`, EXIT.usage);
  const reader = createReader({ registry: REGISTRY });
  let buffer = '';
  const flush = async () => {
    if (buffer !== '' && !process.stdout.write(buffer)) await once(process.stdout, 'drain');
    buffer = '';
  };
  let number = 0;
  for await (const log of readLogs(file, warn)) {
    number++;
    let text = log.text;
    let json = log.json;
    let sourceType = fixed;
    if (flags.input === 'ndjson') {
      const item = unwrapItem(text);
      if (item === undefined) {
        // What was read before the wrong line is not lost.
        await flush();
        throw new CliError(`line ${number}: expected {"message": "…"}`, EXIT.usage);
      }
      text = item.message;
      json = undefined;
      if (item.source !== undefined && known.has(item.source)) sourceType = item.source;
    }
    const { fields } = reader.read(
      { text, receivedAt: Date.now(), ...(json === undefined ? {} : { json }) },
      { sourceType, timeZone: flags.timeZone },
    );
    buffer += `${JSON.stringify(nest(fields))}\n`;
    if (buffer.length > 65_536) await flush();
  }
  await flush();
}

/** The log in a line of `--input ndjson`; undefined where it is not what was announced. */
function unwrapItem(line: string): { message: string; source?: string } | undefined {
  let item: unknown;
  try {
    item = JSON.parse(line);
  } catch {
    return undefined;
  }
  const { message, source } = (item ?? {}) as { message?: unknown; source?: unknown };
  if (typeof message !== 'string') return undefined;
  return typeof source === 'string' ? { message, source } : { message };
}

function warn(problem: string): void {
  process.stderr.write(`${paint('vigie:', 'yellow')} ${problem}\n`);
}

interface ImportTotals {
  sent: number;
  added: number;
}

async function importFiles(
  files: readonly string[],
  flags: { tenant: string; source: string },
  command: Command,
): Promise<void> {
  const { client, json } = clientOf(command);
  const path = `/api/sources/${encodeURIComponent(flags.tenant)}/${encodeURIComponent(flags.source)}/import`;
  const totals: ImportTotals = { sent: 0, added: 0 };
  const results: { file: string; logs: number; added: number }[] = [];
  for (const file of files) {
    const size = file === '-' ? 0 : (statSync(file, { throwIfNoEntry: false })?.size ?? 0);
    const bar =
      process.stderr.isTTY && size > 0 && !json
        ? new SingleBar({
            format: `${file} {bar} {percentage}% | {logs} logs | {eta_formatted} left`,
            stopOnComplete: true,
            hideCursor: true,
          })
        : undefined;
    bar?.start(size, 0, { logs: 0 });
    const keys = new LogKeys();
    const before = { ...totals };
    let batch: { message: string; key: string }[] = [];
    let bytes = 0;
    let position = 0;
    const send = async () => {
      if (batch.length === 0) return;
      const { added } = await client.call<{ added: number }>('POST', path, { items: batch });
      totals.sent += batch.length;
      totals.added += added;
      batch = [];
      bytes = 0;
      bar?.update(Math.min(size, Math.round(position)), { logs: totals.sent - before.sent });
    };
    for await (const log of readLogs(file, warn)) {
      batch.push({ message: log.text, key: keys.keyOf(log.text) });
      bytes += log.text.length;
      position = log.position;
      if (batch.length >= BATCH || bytes >= BATCH_BYTES) await send();
    }
    await send();
    bar?.update(size, { logs: totals.sent - before.sent });
    bar?.stop();
    results.push({ file, logs: totals.sent - before.sent, added: totals.added - before.added });
  }
  if (json) return printJson({ files: results, ...totals });
  for (const result of results)
    process.stdout.write(`${result.file}: ${result.logs} logs, ${result.added} new\n`);
}
