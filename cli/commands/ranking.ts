import type { DetectionQuality, RelevanceState } from '@vigie/contracts/api';
import type { Command } from 'commander';
import { clientOf } from '../context.ts';
import { printJson, printTable, safe } from '../output.ts';

const REASONS = {
  better: 'in use: better than the plain order on held-out weeks',
  'too-few': 'not in use: too few verdicts yet',
  'not-better': 'not in use: not better than the plain order by the margin',
  unsteady: 'not in use: better on average, but not week after week',
} as const;

/** `vigie ranking` and `vigie quality`: what verdicts teach. */
export function rankingCommands(program: Command): void {
  const ranking = program
    .command('ranking')
    .description('the ranking of incidents that learns from verdicts');
  ranking
    .command('show')
    .description('whether it is used, and the comparison that decided it')
    .action(async (_flags, command: Command) => {
      const { client, json } = clientOf(command);
      const state = await client.get<RelevanceState>('/api/relevance');
      return json ? printJson(state) : printRanking(state);
    });
  ranking
    .command('train')
    .description('trains it now; otherwise that happens every night')
    .action(async (_flags, command: Command) => {
      const { client, json } = clientOf(command);
      const state = await client.call<RelevanceState>('POST', '/api/relevance/train', {});
      return json ? printJson(state) : printRanking(state);
    });

  program
    .command('quality')
    .description('how often the rules are right, those that cost most for nothing first')
    .option('--tenant <id>')
    .option('--weeks <n>', 'how far back', '12')
    .action(async (flags: { tenant?: string; weeks: string }, command: Command) => {
      const { client, json } = clientOf(command);
      const query = new URLSearchParams({ weeks: flags.weeks });
      if (flags.tenant !== undefined) query.set('tenant', flags.tenant);
      const quality = await client.get<DetectionQuality>(`/api/detection-quality?${query}`);
      if (json) return printJson(quality);
      printTable(
        quality.rules.filter(({ precision }) => precision.judged > 0),
        [
          { title: 'JUDGED', value: ({ precision }) => String(precision.judged), right: true },
          { title: 'TRUE', value: ({ precision }) => percent(precision.value), right: true },
          {
            title: '95 %',
            value: ({ precision: { interval } }) =>
              interval === null ? '' : `${percent(interval.low)}–${percent(interval.high)}`,
          },
          { title: 'FALSE', value: ({ precision }) => String(precision.falsePositives), right: true },
          { title: 'MINUTES', value: ({ minutes }) => minutes.toFixed(0), right: true },
          { title: 'RULE', value: ({ title }) => safe(title), max: 80 },
        ],
        'Nothing has been judged yet.',
      );
    });
}

function printRanking({ report }: RelevanceState): void {
  const out = (text: string) => void process.stdout.write(`${text}\n`);
  if (report === null) {
    out('The ranking has not been trained yet.');
    return;
  }
  out(`${REASONS[report.reason]} (${report.verdicts} verdicts, ${report.truePositives} true)`);
  if (report.gain !== null && report.gainAtLeast !== null)
    out(
      `gain in average precision ${report.gain.toFixed(3)}, at least ${report.gainAtLeast.toFixed(3)}; needed ${report.margin}`,
    );
  if (report.weeks.length === 0) return;
  printTable(
    report.weeks,
    [
      { title: 'WEEK FROM', value: ({ from }) => new Date(from).toISOString().slice(0, 10) },
      { title: 'INCIDENTS', value: ({ incidents }) => String(incidents), right: true },
      { title: 'TRUE', value: ({ truePositives }) => String(truePositives), right: true },
      { title: 'FIRST', value: ({ k }) => String(k), right: true },
      { title: 'PLAIN', value: ({ plain }) => `${plain.averagePrecision.toFixed(2)} (${plain.inFirstK})` },
      { title: 'RANKED', value: ({ model }) => `${model.averagePrecision.toFixed(2)} (${model.inFirstK})` },
    ],
    '',
  );
}

function percent(part: number | null): string {
  return part === null ? '' : `${Math.round(part * 100)} %`;
}
