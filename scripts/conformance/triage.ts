import { basename, join } from 'node:path';
import { filesBelow } from './files.ts';
import type { Figure, Part } from './part.ts';
import { table } from './table.ts';
import { measure } from './triage-measure.ts';
import { cost, inMemory, onPostgres, type Played } from './triage-play.ts';
import { readRows } from './triage-rows.ts';

/**
 * How many incidents become of the alerts of a network that is attacked, against the labels of who made them. The
 * data set states no levels: every alert counts as `low`, so that rarity alone decides.
 */
export const triage: Part = {
  name: 'triage',
  title: 'Alerts of an attacked network, made into incidents',
  needs: 'triage',
  async run({ corpus, details }) {
    const files = filesBelow(join(corpus, 'triage'), '_alerts.csv.gz');
    const data = files.map((file) => ({ name: basename(file, '_alerts.csv.gz'), rows: readRows(file) }));
    const smallest = data.reduce((a, b) => (a.rows.length <= b.rows.length ? a : b));
    const lines: string[] = [];
    const rows: (string | number)[][] = [
      [
        'scenario',
        'alerts',
        'incidents',
        'true',
        'false',
        'to look at',
        'reduction',
        'phases',
        'own',
        'delay s',
        'own delay s',
        'µs/alert',
        'store',
      ],
    ];
    const notes: string[] = [];
    const figures: Figure[] = [];
    let reduction = 1;
    let covered = 0;
    let phases = 0;
    let own = 0;
    let ownFound = 0;
    let worst = 0;
    const crashes: string[] = [];
    for (const { name, rows: alerts } of data) {
      const played = name === smallest.name ? await onPostgres(alerts) : await inMemory(alerts);
      if (name === smallest.name) {
        const differing = difference(played, await inMemory(alerts));
        if (differing !== undefined) crashes.push(`${name}: PostgreSQL and memory differ: ${differing}`);
      }
      const result = measure(alerts, played);
      reduction = Math.min(reduction, result.reduction);
      covered += result.phases - result.missed.length;
      phases += result.phases;
      own += result.own;
      ownFound += result.ownFound;
      worst = Math.max(worst, result.ownDelay);
      rows.push([
        name,
        alerts.length,
        played.incidents.length,
        result.right,
        played.incidents.length - result.right,
        result.items,
        `${(100 * result.reduction).toFixed(3)} %`,
        `${result.phases - result.missed.length}/${result.phases}`,
        `${result.ownFound}/${result.own}`,
        Math.round(result.delay),
        Math.round(result.ownDelay),
        Math.round((1000 * played.milliseconds) / alerts.length),
        played.store,
      ]);
      if (result.missed.length > 0) notes.push(`${name}: not in any incident: ${result.missed.join(', ')}`);
      const listed = result.missed.filter((phase) => result.rare.has(phase));
      if (listed.length > 0)
        notes.push(
          `${name}: of these, among the ${result.rareLoose} alerts listed as rare and in no incident: ${listed.join(', ')}`,
        );
      if (result.byContext.length > 0)
        notes.push(`${name}: in an incident only as what happened beside it: ${result.byContext.join(', ')}`);
      if (details) notes.push(...result.details);
    }
    lines.push(...table(rows), '', ...notes);
    const largest = data.reduce((a, b) => (a.rows.length >= b.rows.length ? a : b));
    for (const [{ name, rows: alerts }, size] of [
      [smallest, 500],
      [largest, 5000],
    ] as const)
      lines.push(`${name} on PostgreSQL, ${size} a batch: ${await cost(alerts, size)}`);
    lines.push(
      '',
      '“own” are the phases that caused alerts of their own, and of how many one is in an incident.',
      '“delay” counts from the first alert in the time of any phase, “own delay” from the first that the attack itself',
      'caused in the phase where scanning begins; the time of a phase holds what is usual there, too.',
    );
    figures.push(
      { name: 'triage.reduction', value: reduction },
      { name: 'triage.phases', value: covered / phases },
      { name: 'triage.own', value: ownFound / own },
      { name: 'triage.first-incident', value: -worst },
    );
    return { lines, figures, crashes };
  },
};

/** The first alert that two plays put into different incidents, or parts of one; both number incidents from 1. */
function difference(a: Played, b: Played): string | undefined {
  const told = ({ alerts }: Played) =>
    alerts
      .map(
        ({ rule, entities, firstAt, lastAt, incident, part }) =>
          `${rule} ${entities.map(({ value }) => value).join(' ')} ${firstAt} ${lastAt} ${incident} ${part}`,
      )
      .sort();
  const there = told(b);
  return told(a).find((line, at) => line !== there[at]);
}
