/**
 * How soon a source is missed, and how often one that is there: simulated sources over weeks of simulated time.
 * Run by `bench/watch.mjs`.
 */
import { RHYTHMS } from '@vigie/server/watch/rhythms.ts';
import { type Fault, type Outcome, simulate } from '@vigie/server/watch/simulate.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** A Monday. */
const START = Date.parse('2026-02-02T00:00:00Z');
const HEALTHY_WEEKS = 12;
const BEFORE_FAULT_WEEKS = 6;

const thin =
  (share: number): Fault =>
  (events, random) => {
    if (events > 100) return Math.round(events * share);
    let kept = 0;
    for (let n = 0; n < events; n++) if (random() < share) kept++;
    return kept;
  };
const FAULTS: readonly { readonly name: string; readonly fault: Fault }[] = [
  { name: 'dies', fault: () => 0 },
  { name: 'triples', fault: (events) => events * 3 },
  { name: 'falls to a fifth', fault: thin(0.2) },
];

const seeds = Number(process.argv[2] ?? 3);
const cells = (values: readonly string[]) => `| ${values.join(' | ')} |`;
console.log(cells(['source', 'false alarms a month', ...FAULTS.map(({ name }) => `told when it ${name}`)]));
console.log(cells(['---', '---', ...FAULTS.map(() => '---')]));
for (const { name, description, zone, make, breaksAt } of RHYTHMS) {
  let alarms = 0;
  for (let seed = 1; seed <= seeds; seed++)
    alarms += simulate({ rhythm: make(), zone, seed, start: START, weeks: HEALTHY_WEEKS }).falseAlarms.length;
  const months = (seeds * HEALTHY_WEEKS * 7) / 30.4;
  const told = FAULTS.map(({ fault }) => {
    const first: number[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      // The Wednesday after the healthy weeks; Paris is an hour ahead of UTC then.
      const faultAt = START + BEFORE_FAULT_WEEKS * 7 * DAY + 2 * DAY + (breaksAt - 1) * HOUR;
      first.push(
        soonest(
          simulate({
            rhythm: make(),
            zone,
            seed,
            start: START,
            weeks: BEFORE_FAULT_WEEKS,
            fault,
            faultAt,
            faultHours: 120,
          }),
        ),
      );
    }
    first.sort((a, b) => a - b);
    return `${time(first[Math.floor((first.length - 1) / 2)]!)}, at most ${time(first.at(-1)!)}`;
  });
  console.log(
    cells([
      `${name}: ${description}`,
      `${(alarms / months).toFixed(2)} (${alarms} in ${months.toFixed(1)})`,
      ...told,
    ]),
  );
}

function soonest({ detected }: Outcome): number {
  return Math.min(Number.POSITIVE_INFINITY, ...detected.values());
}

function time(milliseconds: number): string {
  if (!Number.isFinite(milliseconds)) return 'not in five days';
  const minutes = Math.round(milliseconds / 60_000);
  return minutes < 120 ? `${minutes} min` : `${(minutes / 60).toFixed(1)} h`;
}
