import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { ChainVerifier, readAnchors, readExportLine, type Verification } from '@vigie/server/audit/index.ts';
import type { Command } from 'commander';
import { type Client, open } from '../client.ts';
import { clientOf } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { paint, printJson, safe } from '../output.ts';

interface FilterFlags {
  readonly tenant?: string;
  readonly person?: string;
  readonly action?: string;
  readonly object?: string;
  readonly from?: string;
  readonly to?: string;
}

/** `vigie audit …` */
export function auditCommands(program: Command): void {
  const audit = program
    .command('audit')
    .description('the audit log: verify that nothing was changed, export it, erase a person from it');

  audit
    .command('verify')
    .description(
      'reads the whole chain and computes every link anew; finds records that were changed, removed, added, moved or cut off',
    )
    .option('--file <export>', 'an NDJSON export instead of the running server; - for standard input')
    .option('--anchor <file...>', 'files with anchors: as written by Vigie, or saved syslog lines or mails')
    .action(async (flags: { file?: string; anchor?: string[] }, command: Command) => {
      const anchors = (flags.anchor ?? []).flatMap((file) => {
        const found = readAnchors(readText(file));
        if (found.length === 0) throw new CliError(`${file} holds no anchors`, EXIT.usage);
        return found;
      });
      const json = command.optsWithGlobals<{ json?: boolean }>().json === true;
      const input =
        flags.file === undefined
          ? await exported(clientOf(command).client, new URLSearchParams({ format: 'ndjson' }))
          : flags.file === '-'
            ? process.stdin
            : createReadStream(flags.file);
      const began = Date.now();
      const result = await verifyExport(input, anchors);
      if (json) printJson({ ...result, tookMs: Date.now() - began });
      else printResult(result, anchors.length, Date.now() - began);
      if (!result.ok) process.exitCode = EXIT.failed;
    });

  audit
    .command('export')
    .description('writes the audit log: NDJSON, which can be verified, or CSV, for reading')
    .option('--out <file>', 'left out: standard output')
    .option('--format <format>', 'ndjson or csv', 'ndjson')
    .option('--tenant <id>')
    .option('--person <text>', 'id of an account or key, or a part of a name or address')
    .option('--action <name>', 'incidents.merge, or incidents. for all of them')
    .option('--object <kind/id>', 'incident/42')
    .option('--from <time>', 'ISO 8601')
    .option('--to <time>', 'ISO 8601')
    .action(async (flags: FilterFlags & { out?: string; format: string }, command: Command) => {
      const query = new URLSearchParams({ format: flags.format });
      for (const name of ['tenant', 'person', 'action', 'object'] as const)
        if (flags[name] !== undefined) query.set(name, flags[name]);
      for (const name of ['from', 'to'] as const)
        if (flags[name] !== undefined) query.set(name, String(instant(flags[name])));
      const body = await exported(clientOf(command).client, query);
      if (flags.out === undefined) await pipeline(body, process.stdout, { end: false });
      else await pipeline(body, createWriteStream(flags.out, { mode: 0o600 }));
    });

  audit
    .command('erase')
    .description(
      'erases the personal data of a person from the audit log; the records stay, without name and address, and the chain stays whole',
    )
    .requiredOption('--person <id or address>', 'id of an account or key, or an e-mail address')
    .action(async (flags: { person: string }, command: Command) => {
      const { client, json } = clientOf(command);
      const done = await client.call<{ erased: number }>('POST', '/api/audit/erase', {
        person: flags.person,
      });
      if (json) return printJson(done);
      process.stdout.write(
        done.erased === 0
          ? 'The audit log holds nothing of that person.\n'
          : `Erased from ${done.erased} places. Exports and anchors made before stay as they are.\n`,
      );
    });

  audit
    .command('anchor')
    .description('sends the end of the chain to every configured place now')
    .action(async (_flags, command: Command) => {
      const { client, json } = clientOf(command);
      const state = await client.call<{ targets: string[]; records: number }>('POST', '/api/audit/anchor');
      if (json) return printJson(state);
      process.stdout.write(
        state.targets.length === 0
          ? 'No place is configured (audit.anchors in vigie.yml): nothing was sent.\n'
          : `Record ${state.records} was sent to: ${state.targets.join(', ')}.\n`,
      );
    });
}

/** Verifies an export, line by line. Its own first and last line say of whom it is and whether it is whole. */
export async function verifyExport(
  input: NodeJS.ReadableStream,
  anchors: Iterable<{ seq: number; hash: string }>,
): Promise<Verification> {
  let verifier: ChainVerifier | undefined;
  let count = 0;
  let last = 0;
  let ended: number | undefined;
  for await (const text of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (text === '') continue;
    const line = readExportLine(text);
    if (line.kind === 'head' && verifier === undefined) {
      verifier = new ChainVerifier(anchors, line.head.tenants !== null || line.head.filtered);
      continue;
    }
    if (verifier === undefined) throw new CliError('this is no export of an audit log', EXIT.usage);
    if (line.kind === 'record') {
      count++;
      last = line.record.seq;
      verifier.add(line.record);
    } else if (line.kind === 'end') ended = line.records;
    else verifier.problem('unreadable', last + 1, 'a line is no record');
  }
  if (verifier === undefined) throw new CliError('this is no export of an audit log', EXIT.usage);
  if (ended === undefined) verifier.problem('tail', last, 'the export breaks off: its last line is missing');
  else if (ended !== count)
    verifier.problem('gap', last, `the export had ${ended} records; here are ${count}`);
  return verifier.finish();
}

async function exported(client: Client, query: URLSearchParams): Promise<Readable> {
  const response = await open(client, `/api/audit/export?${query}`);
  return Readable.fromWeb(response.body as ReadableStream);
}

function printResult(result: Verification, given: number, tookMs: number): void {
  const out = (text: string) => process.stdout.write(`${text}\n`);
  const seconds = (tookMs / 1000).toFixed(1);
  if (result.ok)
    out(
      `${paint('ok', 'green')}  ${result.records} records in ${seconds} s; the last is ${result.head.seq}, ${result.head.hash}`,
    );
  else out(`${paint('!!', 'red')}  the audit log does not verify (${result.records} records, ${seconds} s)`);
  for (const { kind, seq, message } of result.problems)
    out(`    record ${seq}: ${safe(message)} ${paint(`[${kind}]`, 'dim')}`);
  if (result.erasedParts > 0)
    out(`    personal data was erased in ${result.erasedParts} places, as the chain says`);
  if (result.partial)
    out('    these are the records of some tenants, or of a filter: that none is missing can’t be verified');
  if (given > 0) out(`    held against ${result.anchors} of ${given} anchors`);
  else out('    without --anchor, records cut off at the end would not be noticed');
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CliError(`${file} can't be read: ${(cause as Error).message}`, EXIT.usage);
  }
}

function instant(text: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new CliError(`"${text}" is no time; write 2026-03-01T22:00Z`, EXIT.usage);
  return at;
}
