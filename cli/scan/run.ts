import { once } from 'node:events';
import { createWriteStream, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { LEVELS } from '@vigie/contracts';
import { CliError, EXIT } from '../exit.ts';
import { counted, safe } from '../output.ts';
import { INSTALLATION, VERSION } from '../version.ts';
import { reason } from './content.ts';
import { instant, type ScanFlags, usefulJobs } from './flags.ts';
import { csv } from './formats/csv.ts';
import { html } from './formats/html.ts';
import { json, ndjson } from './formats/lines.ts';
import { navigatorLayer } from './formats/navigator.ts';
import { sarif } from './formats/sarif.ts';
import { printReport } from './formats/table.ts';
import { findInputs } from './inputs.ts';
import { checkOutputs, keepInputs } from './outputs.ts';
import { ProgressBar } from './progress-bar.ts';
import { type AttackNames, cacheFolder, loadAttack, loadRules } from './rules.ts';
import { type ScanResult, scan } from './scan.ts';
import { type Summary, summarise } from './summary.ts';
import { Threads } from './threads.ts';

/** Problems told one by one. */
const TOLD = 20;

/** Exit code of `--fail-on` when something of that level was found. */
export const FOUND = 10;

/**
 * A scan lives for seconds, in which compiling hot functions for good, a second time in each thread, takes a third
 * of the processor: they are compiled without optimising at once, and optimised after twice as much use as usual.
 */
const ENGINE_FLAGS = ['--sparkplug', '--interrupt-budget=264000'];

/** `vigie scan`: reads, judges, reports. @returns the exit code */
export async function runScan(
  paths: readonly string[],
  flags: ScanFlags,
  machine: boolean,
  worker = join(INSTALLATION, 'dist', 'scan-worker.js'),
): Promise<number> {
  const started = performance.now();
  for (const flag of ENGINE_FLAGS) setFlagsFromString(flag);
  const from = time(flags.from, '--from', flags.timeZone);
  const to = time(flags.to, '--to', flags.timeZone);
  if (from !== undefined && to !== undefined && from >= to)
    throw new CliError('--from must be earlier than --to', EXIT.usage);
  const format =
    flags.format ?? (machine ? 'ndjson' : flags.out === undefined ? 'table' : formatOf(flags.out));
  if (format === 'table' && flags.out !== undefined)
    throw new CliError('--out needs --format ndjson, json, csv, html or sarif', EXIT.usage);
  const outputs = { '--out': flags.out, '--attack-layer': flags.attackLayer };
  checkOutputs(outputs);
  const inputs = await findInputs(paths);
  keepInputs(outputs, inputs);
  const jobs = usefulJobs(flags.jobs, inputs.units);
  // Threads load their code while this one loads the rules.
  const threads = new Threads({ worker, jobs });
  const bar = new ProgressBar(
    process.stderr.isTTY === true && !(process.stdout.isTTY === true && streams(format, flags)),
  );
  let result: ScanResult | undefined;
  const interrupted = onInterrupt(() => bar.stop());
  try {
    const detections = join(INSTALLATION, 'detections');
    const folders = flags.rules.length > 0 ? flags.rules : [join(detections, 'sigma')];
    const rules = loadRules(
      folders,
      join(detections, 'taxonomy'),
      {
        ...(flags.minLevel === undefined ? {} : { minLevel: flags.minLevel }),
        statuses: flags.rulesStatus,
        tags: flags.tag,
        exclude: flags.exclude,
      },
      cacheFolder(),
      flags.pipeline,
    );
    if (rules.shown.size === 0) throw new CliError('no rule is left by these options', EXIT.usage);
    result = await scan({
      inputs,
      rules,
      threads,
      jobs,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      timeZone: flags.timeZone,
      explain: flags.explain === true,
      bodies: format !== 'table' || flags.explain === true,
      onProgress: (progress) => bar.update(progress),
      onFirst: (rule, found, path) => bar.first(rule, found, path),
    });
    bar.stop();
    const attack = loadAttack(join(detections, 'attack.json'));
    const summary = summarise(result, attack, {
      rules: rules.shown.size,
      seconds: Math.round(performance.now() - started) / 1000,
    });
    if (format === 'table') printReport(result, summary, attack, flags.explain === true);
    else await write(content(format, result, summary, attack, machine), flags.out);
    // The other formats hold them.
    if (format === 'csv' || format === 'sarif' || (format === 'ndjson' && !machine)) warnOfProblems(summary);
    if (flags.out !== undefined && !machine)
      process.stderr.write(`vigie: ${sentence(summary)}; written to ${flags.out}\n`);
    if (flags.attackLayer !== undefined)
      writeFile(flags.attackLayer, `${JSON.stringify(navigatorLayer(summary, VERSION), null, 2)}\n`);
    return exitCode(summary, flags, inputs.sources.length === 0 && inputs.problems.length > 0);
  } finally {
    interrupted.off();
    bar.stop();
    result?.close();
    await threads.close();
  }
}

/** Ends the process when a person or the system asks for it, with the terminal as it was. */
function onInterrupt(tidy: () => void): { off(): void } {
  const stop = (signal: 'SIGINT' | 'SIGTERM'): void => {
    tidy();
    process.stderr.write('vigie: stopped before the end\n');
    process.exit(128 + constants.signals[signal]);
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return {
    off: () => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
    },
  };
}

function streams(format: string, flags: ScanFlags): boolean {
  return format !== 'table' && flags.out === undefined;
}

function time(text: string | undefined, option: string, zone: string): number | undefined {
  if (text === undefined) return undefined;
  const found = instant(text, zone);
  if (found === undefined)
    throw new CliError(
      `${option} ${text}: expected a date such as 2026-03-01 or 2026-03-01T14:00:00Z`,
      EXIT.usage,
    );
  return found;
}

/** The format that a file's name asks for. */
function formatOf(path: string): 'ndjson' | 'json' | 'csv' | 'html' | 'sarif' {
  const end = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase();
  if (end === 'json' || end === 'csv' || end === 'html' || end === 'sarif') return end;
  return 'ndjson';
}

function* content(
  format: 'ndjson' | 'json' | 'csv' | 'html' | 'sarif',
  result: ScanResult,
  summary: Summary,
  attack: AttackNames,
  machine: boolean,
): Generator<string> {
  if (format === 'ndjson') {
    yield* ndjson(result);
    if (machine) yield `${JSON.stringify({ summary })}\n`;
  } else if (format === 'json') yield* json(result, summary);
  else if (format === 'csv') yield* csv(result);
  else if (format === 'sarif') yield* sarif(result, VERSION);
  else yield* html(result, summary, attack, VERSION);
}

/** Writes pieces to a file or to standard output, never faster than they are taken. */
async function write(pieces: Iterable<string>, path: string | undefined): Promise<void> {
  const out: Writable = path === undefined ? process.stdout : createWriteStream(path);
  const failed = new Promise<never>((_, reject) => out.once('error', reject));
  // Waited for below; an error that comes after the last piece is not lost either.
  failed.catch(() => undefined);
  try {
    let buffer = '';
    for (const piece of pieces) {
      buffer += piece;
      if (buffer.length < 65_536) continue;
      if (!out.write(buffer)) await Promise.race([once(out, 'drain'), failed]);
      buffer = '';
    }
    if (path === undefined) {
      await Promise.race([new Promise<void>((resolve) => out.write(buffer, () => resolve())), failed]);
      return;
    }
    out.end(buffer);
    await Promise.race([once(out, 'finish'), failed]);
  } catch (error) {
    // The reader of our output (head, less) has seen enough.
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return;
    throw new CliError(`${path ?? 'standard output'} can't be written: ${reason(error)}`);
  }
}

function writeFile(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new CliError(`${path} can't be written: ${reason(error)}`);
  }
}

function sentence(summary: Summary): string {
  const { detections, events, files, seconds } = summary;
  return `${counted(detections, 'detection')} in ${counted(events, 'event')} of ${counted(files, 'file')}, ${seconds.toFixed(1)} s`;
}

/** Says on standard error what was not read, where the result itself has no place for it. */
function warnOfProblems({ problems }: Summary): void {
  for (const { path, message } of problems.slice(0, TOLD))
    process.stderr.write(`vigie: ${safe(path)}: ${safe(message)}\n`);
  if (problems.length > TOLD)
    process.stderr.write(
      `vigie: ${problems.length - TOLD} more were not read, or not fully; --json lists all\n`,
    );
}

function exitCode(summary: Summary, { failOn }: ScanFlags, nothingRead: boolean): number {
  if (failOn !== undefined) {
    const from = LEVELS.indexOf(failOn);
    if (LEVELS.some((level, index) => index >= from && summary.levels[level] > 0)) return FOUND;
  }
  return nothingRead ? EXIT.failed : EXIT.ok;
}
