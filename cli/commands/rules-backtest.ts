import { existsSync, readFileSync, statSync } from 'node:fs';
import type { BacktestResult } from '@vigie/contracts/api';
import type { Command } from 'commander';
import { clientOf } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { paint, printJson, printTable, safe, when } from '../output.ts';

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const MAX_FILE = 1_000_000;
const BAR = 40;

/** `vigie rules backtest …` */
export function backtestCommand(rules: Command): void {
  rules
    .command('backtest <rule>')
    .description('what a rule (its id, or a file) would have found in the stored events')
    .option('--last <duration>', 'how far back: 90m, 24h, 30d, 4w', '30d')
    .option('--tenant <id...>', 'only these tenants')
    .action(async (rule: string, flags: { last: string; tenant?: string[] }, command: Command) => {
      const { client, json } = clientOf(command);
      const to = Date.now();
      const result = await client.call<BacktestResult>('POST', '/api/rules/backtest', {
        ...(isFile(rule) ? { text: readRule(rule) } : { id: rule }),
        from: to - durationOf(flags.last),
        to,
        ...(flags.tenant === undefined ? {} : { tenants: flags.tenant }),
      });
      if (json) printJson(result);
      else printResult(result);
    });
}

function isFile(path: string): boolean {
  return existsSync(path) && statSync(path).isFile();
}

function readRule(path: string): string {
  if (statSync(path).size > MAX_FILE) throw new CliError(`${path} is larger than a rule can be`, EXIT.usage);
  return readFileSync(path, 'utf8');
}

/** Milliseconds of `90m`, `24h`, `30d` or `4w`. */
function durationOf(text: string): number {
  const match = /^(\d{1,5})([mhdw])$/.exec(text);
  const duration = match ? Number(match[1]) * UNITS[match[2]!]! : 0;
  if (duration === 0)
    throw new CliError(`--last takes a duration such as 24h or 30d, not "${text}"`, EXIT.usage);
  return duration;
}

function printResult(result: BacktestResult): void {
  const out = (text: string) => process.stdout.write(`${text}\n`);
  out(paint(safe(result.rule.title), 'bold'));
  out(
    `${result.hits} hits → about ${result.alertsPerDay} alerts a day (${result.alerts} in all), in ${result.tookMs} ms`,
  );
  if (result.method === 'scan')
    out(paint(`read event by event (${result.scanned} events): ${safe(result.reason ?? '')}`, 'dim'));
  if (!result.complete)
    out(
      paint(`not everything was read: stopped at ${when(result.reached)} UTC; name a shorter time`, 'yellow'),
    );
  if (result.hits === 0) return;
  const most = Math.max(...result.byDay.map(({ count }) => count));
  out('');
  for (const { day, count } of result.byDay)
    out(`${day}  ${'█'.repeat(Math.max(1, Math.round((count / most) * BAR)))} ${count}`);
  out('');
  printTable(
    result.byHost,
    [
      { title: 'HITS', value: (row) => String(row.count), right: true },
      { title: 'TENANT', value: (row) => row.tenant },
      { title: 'HOST', value: (row) => safe(row.host || '–') },
    ],
    '',
  );
  out('');
  printTable(
    result.samples,
    [
      { title: 'TIME (UTC)', value: (row) => when(row.at) },
      { title: 'TENANT', value: (row) => row.tenant },
      { title: 'EVENT', value: (row) => safe(String(row.fields['event.original'] ?? row.id)), max: 100 },
    ],
    '',
  );
}
