import { basename, join } from 'node:path';
import { filesBelow } from './files.ts';
import type { Part } from './part.ts';
import { table } from './table.ts';
import { CHANGES } from './triage-changes.ts';
import { measure } from './triage-measure.ts';
import { inMemory } from './triage-play.ts';
import { readRows } from './triage-rows.ts';

/**
 * The figures of {@link triage} under changes that must not matter: a weight that was found by looking at one network
 * shows here.
 */
export const triageChanged: Part = {
  name: 'triage-changed',
  title: 'The same attacks under other circumstances',
  needs: 'triage',
  onRequest: true,
  async run({ corpus, details }) {
    const data = filesBelow(join(corpus, 'triage'), '_alerts.csv.gz').map((file) => ({
      name: basename(file, '_alerts.csv.gz'),
      rows: readRows(file),
    }));
    const head = ['change', 'scenario', 'incidents', 'false', 'reduction', 'phases', 'own', 'own delay s'];
    const rows: (string | number)[][] = [[...head, 'missing']];
    for (const { name: change, make } of CHANGES)
      for (const [at, { name, rows: alerts }] of data.entries()) {
        const changed = make(alerts, data[(at + 1) % data.length]!.rows);
        const played = await inMemory(changed);
        const result = measure(changed, played);
        rows.push([
          change,
          name,
          played.incidents.length,
          played.incidents.length - result.right,
          `${(100 * result.reduction).toFixed(3)} %`,
          `${result.phases - result.missed.length}/${result.phases}`,
          `${result.ownFound}/${result.own}`,
          Math.round(result.ownDelay),
          [...new Set([...result.missed, ...result.ownMissed])].join(', '),
        ]);
        if (details) console.log(`${change} ${name}\n${result.details.join('\n')}`);
      }
    return { lines: table(rows), figures: [], crashes: [] };
  },
};
