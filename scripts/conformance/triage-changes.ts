import { createHash } from 'node:crypto';
import type { Labelled } from './triage-rows.ts';

/** A change that leaves what happened as it was, and everything about it that triage must not depend on not. */
export interface Change {
  readonly name: string;
  /** @param other the alerts of another network, for what brings one in */
  readonly make: (rows: readonly Labelled[], other: readonly Labelled[]) => Labelled[];
}

/** What was so and not otherwise by accident. The same on every run. */
export const CHANGES: readonly Change[] = [
  { name: 'as it is', make: (rows) => [...rows] },
  {
    name: 'other names',
    make: (rows) =>
      rows.map((row) => ({
        ...row,
        rule: named('rule', row.rule),
        title: named('title', row.title),
        host: named('host', row.host),
        ip: named('ip', row.ip),
      })),
  },
  {
    name: 'other days and hours',
    make: (rows) => rows.map((row) => ({ ...row, time: row.time + 17 * 86_400 + 26_003 })),
  },
  {
    name: 'a minute early or late',
    make: (rows) => {
      const random = seeded(11);
      return inOrder(rows.map((row) => ({ ...row, time: row.time + Math.floor(random() * 121) - 60 })));
    },
  },
  { name: 'a tenth missing', make: (rows) => dropped(rows, 0.1) },
  { name: 'a third missing', make: (rows) => dropped(rows, 1 / 3) },
  {
    // Its noise once more, five hours and a bit later, in a circle: what comes together still does.
    name: 'twice the noise',
    make: (rows) => {
      const from = rows[0]!.time;
      const span = rows.at(-1)!.time - from + 1;
      return inOrder([
        ...rows,
        ...noise(rows).map((row) => ({ ...row, time: from + ((row.time - from + 19_387) % span) })),
      ]);
    },
  },
  {
    // The noise of another network from the same hour on, on machines of its own, under the same rules.
    name: 'two networks at one client',
    make: (rows, other) => {
      const later = rows[0]!.time - other[0]!.time;
      return inOrder([
        ...rows,
        ...noise(other).map((row) => ({
          ...row,
          time: row.time + later,
          host: `other ${row.host}`,
          ip: `other ${row.ip}`,
        })),
      ]).filter(({ time }) => time <= rows.at(-1)!.time);
    },
  },
  { name: 'hosts without addresses', make: (rows) => rows.map((row) => ({ ...row, ip: '' })) },
];

function noise(rows: readonly Labelled[]): Labelled[] {
  return rows.filter(({ phase }) => phase === 'false_positive');
}

function dropped(rows: readonly Labelled[], share: number): Labelled[] {
  const random = seeded(7);
  return rows.filter(() => random() >= share);
}

function inOrder(rows: Labelled[]): Labelled[] {
  return rows.sort((a, b) => a.time - b.time);
}

const names = new Map<string, string>();

function named(kind: string, value: string): string {
  const key = `${kind}:${value}`;
  const known = names.get(key) ?? createHash('sha256').update(key).digest('hex').slice(0, 12);
  names.set(key, known);
  return known;
}

/** Numbers from 0 to 1 by a linear congruential generator (constants of Numerical Recipes). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(1_664_525, state) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
