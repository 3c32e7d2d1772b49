import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cloudTrail } from './cloud-trail.ts';
import { documents } from './documents.ts';
import { eventLogs } from './event-logs.ts';
import { lines } from './lines.ts';
import type { Part } from './part.ts';
import { perturbed } from './perturbed.ts';
import { reach } from './reach.ts';
import { regression } from './regression.ts';
import { rules } from './rules.ts';
import { storedRules } from './stored-rules.ts';
import { THRESHOLDS } from './thresholds.ts';
import { triage } from './triage.ts';
import { triageChanged } from './triage-changed.ts';

const PARTS: readonly Part[] = [
  rules,
  reach,
  regression,
  storedRules,
  eventLogs,
  documents,
  lines,
  perturbed,
  cloudTrail,
  triage,
  triageChanged,
];

/**
 * Runs the conformance.
 *
 * @param options `--only PART`, `--details`
 * @returns exit code: 0, 1 for a crash or a figure below its floor, 2 for wrong use
 */
export async function main(root: string, corpus: string, options: readonly string[]): Promise<number> {
  const at = options.indexOf('--only');
  const only = at < 0 ? undefined : options[at + 1];
  if (at >= 0 && !PARTS.some(({ name }) => name === only)) {
    process.stderr.write(`--only takes one of ${PARTS.map(({ name }) => name).join(', ')}\n`);
    return 2;
  }
  const context = { root, corpus: resolve(corpus), details: options.includes('--details') };
  const failures: string[] = [];
  let figures = 0;
  for (const part of PARTS) {
    if (only === undefined ? part.onRequest === true : part.name !== only) continue;
    console.log(`\n── ${part.title} ${'─'.repeat(Math.max(0, 66 - part.title.length))}\n`);
    if (!existsSync(join(context.corpus, part.needs))) {
      console.log(`left out: the corpus has no ${part.needs}`);
      continue;
    }
    const from = performance.now();
    const result = await part.run(context);
    console.log(result.lines.join('\n'));
    console.log(`\n(${((performance.now() - from) / 1000).toFixed(1)} s)`);
    for (const crash of result.crashes) failures.push(`${part.name}: crash: ${crash}`);
    for (const { name, value } of result.figures) {
      figures++;
      const floor = THRESHOLDS[name];
      if (floor === undefined) failures.push(`${name} has no floor in thresholds.ts; it is ${value}`);
      else if (!(value >= floor.atLeast))
        failures.push(`${name} is ${value.toFixed(4)}, at least ${floor.atLeast} is asked (${floor.reason})`);
    }
  }
  console.log('');
  for (const failure of failures) console.log(`FAILED ${failure}`);
  console.log(`conformance: ${figures} figures held against their floors, ${failures.length} failures`);
  return failures.length === 0 ? 0 : 1;
}
