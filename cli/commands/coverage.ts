import { writeFileSync } from 'node:fs';
import type { CoverageMatrix, CoverageView } from '@vigie/contracts/api';
import type { Command } from 'commander';
import { clientOf } from '../context.ts';
import { CliError, EXIT } from '../exit.ts';
import { ago, paint, printJson, printTable, safe } from '../output.ts';

/** `vigie coverage TENANT` */
export function tenantCoverageCommand(program: Command): void {
  program
    .command('coverage <tenant>')
    .description('what a tenant sends, which rules that feeds, what is missing')
    .option('--techniques', 'the ATT&CK techniques, by tactic')
    .option('--setup <technology>', 'how to switch logging on at a technology that is missing')
    .option('--layer <file>', 'writes a layer for the ATT&CK Navigator')
    .action(
      async (
        tenant: string,
        flags: { techniques?: boolean; setup?: string; layer?: string },
        command: Command,
      ) => {
        const { client, json } = clientOf(command);
        const query = `tenant=${encodeURIComponent(tenant)}`;
        if (flags.layer !== undefined) {
          const layer = await client.get<object>(`/api/coverage/layer?${query}`);
          try {
            writeFileSync(flags.layer, `${JSON.stringify(layer, null, 2)}\n`);
          } catch (cause) {
            throw new CliError(`${flags.layer} can't be written: ${(cause as Error).message}`, EXIT.failed);
          }
        }
        if (flags.techniques === true) {
          const matrix = await client.get<CoverageMatrix>(`/api/coverage/matrix?${query}`);
          return json ? printJson(matrix) : printMatrix(matrix);
        }
        const view = await client.get<CoverageView>(`/api/coverage?${query}`);
        if (flags.setup !== undefined) return printSetup(view, flags.setup);
        if (json) return printJson(view);
        printCoverage(view);
      },
    );
}

function printCoverage(view: CoverageView): void {
  const out = (text: string) => process.stdout.write(`${text}\n`);
  const now = Date.now();
  out(
    `${view.rules.fed} of ${view.rules.live} live rules are fed${view.rules.degraded > 0 ? paint(`, ${view.rules.degraded} of them by sources in trouble`, 'yellow') : ''}; ${view.techniques.covered} ATT&CK techniques covered${view.techniques.degraded > 0 ? paint(`, ${view.techniques.degraded} grey`, 'yellow') : ''}\n`,
  );
  printTable(
    view.technologies,
    [
      { title: 'SENDS', value: (t) => t.name },
      { title: 'SINCE', value: (t) => `${ago(now - t.firstAt)} ago` },
      { title: 'EVENTS 24 H', value: (t) => String(t.events24h), right: true },
      { title: 'RULES', value: (t) => String(t.rules), right: true },
      { title: 'TECHNIQUES', value: (t) => String(t.techniques.length), right: true },
      {
        title: '',
        value: (t) => (t.degraded === null ? '' : paint(safe(t.degraded.reason), 'yellow')),
        max: 80,
      },
    ],
    'This tenant sends nothing that a technology was recognised in.',
  );
  if (view.missing.length === 0) return;
  out('');
  printTable(
    view.missing.slice(0, 10),
    [
      { title: 'WOULD ADD MOST', value: (t) => t.id },
      { title: 'NAME', value: (t) => t.name },
      { title: 'RULES', value: (t) => `+${t.addsRules}`, right: true },
      { title: 'TECHNIQUES', value: (t) => `+${t.addsTechniques.length}`, right: true },
    ],
    '',
  );
  out(`\nHow to switch one on: vigie coverage ${view.tenant} --setup ${view.missing[0]!.id}`);
}

function printSetup(view: CoverageView, id: string): void {
  const found = view.missing.find((technology) => technology.id === id);
  if (found === undefined)
    throw new CliError(`${id} is not among what would add rules at ${view.tenant}`, EXIT.notFound);
  process.stdout.write(`${paint(found.name, 'bold')}\n${found.description}\n\n${found.setup.trimEnd()}\n`);
}

function printMatrix(matrix: CoverageMatrix): void {
  printTable(
    matrix.tactics.flatMap((tactic) =>
      tactic.techniques
        .filter(({ state }) => state !== 'uncovered')
        .map((technique) => ({ tactic: tactic.name, ...technique })),
    ),
    [
      { title: 'TACTIC', value: (row) => row.tactic },
      { title: 'TECHNIQUE', value: (row) => row.id },
      { title: 'NAME', value: (row) => row.name },
      { title: 'STATE', value: (row) => (row.state === 'degraded' ? paint('grey', 'yellow') : row.state) },
      { title: 'FIRING', value: (row) => String(row.firing), right: true },
      { title: 'RULES', value: (row) => String(row.rules), right: true },
      { title: '', value: (row) => safe(row.reason ?? ''), max: 80 },
    ],
    'No technique is covered.',
  );
}
