import { readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { type EcsFields, flatten } from '@vigie/contracts';
import type { ReadResult } from '@vigie/sources';
import { compareDocuments } from './compare.ts';
import { judge } from './differences.ts';
import { type Case, FieldCount } from './documents.ts';
import { filesBelow, foldersIn } from './files.ts';
import { LINE } from './lines.ts';
import type { Context, Part } from './part.ts';
import { CARRIAGES, type Carriage, keysOf } from './perturb/carriage.ts';
import { hashOf, random } from './perturb/random.ts';
import { Substitution } from './perturb/values.ts';
import { RECEIVED_AT, reader } from './read-event-log.ts';
import { Counts, percent, table } from './table.ts';
import { DOCUMENTS, isOneOf, LINES } from './technologies.ts';

const SEED = 20_260_305;
/** With how many sets of other values each log is read. */
const ROUNDS = 4;

/** What a carriage writes itself, and what of a log stands in the header that it changes. */
const OF_THE_CARRIAGE =
  /^(?:log\.(?:syslog|source|file|original)\..*|related\..*|agent\..*|ecs\..*|data_stream\..*|host\.(?:name|ip)|process\.(?:name|pid)|input\..*)$/;

/** One log of the corpus with what is known of it. */
interface Log {
  readonly technology: string;
  readonly file: string;
  readonly raw: string;
  readonly sources: readonly string[];
  readonly base: ReadResult;
  readonly expected?: object;
}

/** A technology's logs with other values. */
class Swapped {
  cases = 0;
  before = 0;
  after = 0;
  readonly original = new FieldCount();
  readonly swapped = new FieldCount();
  readonly as = new Counts();
}

/** Logs that came another way. */
class Carried {
  logs = 0;
  recognised = 0;
  unread = 0;
  fields = 0;
  kept = 0;
  readonly by = new Counts();
}

/** The corpus once more, with other values in its logs and on other ways: what was fitted to a case falls. */
export const perturbed: Part = {
  name: 'perturbed',
  title: 'The same kinds of logs with other values, and on other ways',
  needs: 'logs/sekoia',
  run(context) {
    const crashes: string[] = [];
    const technologies = new Map<string, Swapped>();
    const carried = new Map(CARRIAGES.map((carriage) => [carriage, new Carried()]));
    const faults: string[] = [];
    const logs = [...logsOf(context.corpus)];
    const optional = optionalKeys(logs);
    for (const log of logs) {
      try {
        if (log.expected !== undefined) {
          const tally = technologies.get(log.technology) ?? new Swapped();
          technologies.set(log.technology, tally);
          for (let round = 0; round < ROUNDS; round++) swap(log, log.expected, SEED + round, tally, faults);
        }
        const next = random(hashOf(log.raw, SEED));
        for (const carriage of CARRIAGES)
          carry(log, carriage, next, optional, carried.get(carriage)!, faults);
      } catch (error) {
        crashes.push(
          `${log.technology} ${log.file}: ${error instanceof Error ? error.stack : String(error)}`,
        );
      }
    }
    return report(context, technologies, carried, faults, crashes);
  },
};

/** The logs that are recognised as they are; the parts `documents` and `lines` count the others. */
function* logsOf(corpus: string): Generator<Log> {
  const base = join(corpus, 'logs/sekoia');
  for (const [technology, sources] of Object.entries(DOCUMENTS)) {
    const folder = join(base, technology);
    for (const file of foldersIn(base).length === 0 ? [] : filesBelow(folder, '.json')) {
      const { input, expected } = JSON.parse(readFileSync(file, 'utf8')) as Case;
      if (typeof input?.message !== 'string') continue;
      const read = reader.read({ text: input.message, receivedAt: RECEIVED_AT });
      if (!isOneOf(read.sourceType, sources)) continue;
      yield { technology, file: relative(folder, file), raw: input.message, sources, base: read, expected };
    }
  }
  const lines = join(corpus, 'logs/wazuh-ini');
  for (const file of filesBelow(lines, '.ini')) {
    const technology = basename(file, '.ini');
    const sources = Object.hasOwn(LINES, technology) ? LINES[technology] : undefined;
    if (sources === undefined) continue;
    for (const row of readFileSync(file, 'utf8').split(/\r?\n/)) {
      const raw = LINE.exec(row)?.[1];
      if (raw === undefined) continue;
      const read = reader.read({ text: raw, receivedAt: RECEIVED_AT });
      if (isOneOf(read.sourceType, sources))
        yield { technology, file: basename(file), raw, sources, base: read };
    }
  }
}

function swap(log: Log, expected: object, seed: number, tally: Swapped, faults: string[]): void {
  const { technology, raw, base, sources } = log;
  const substitution = new Substitution(raw, [flatten(expected), base.fields], seed);
  const text = substitution.text(raw);
  const after = reader.read({ text, receivedAt: RECEIVED_AT });
  tally.cases++;
  tally.as.add(after.sourceType ?? 'nothing');
  const first = compareDocuments(expected, base.fields);
  tally.original.add(first.equal.length, judge(technology, raw, first));
  const second = compareDocuments(substitution.document(expected) as object, after.fields);
  const judged = judge(technology, text, second);
  tally.swapped.add(second.equal.length, judged);
  if (isOneOf(after.sourceType, sources)) tally.after++;
  else
    faults.push(
      `${technology} ${log.file}: with other values, read as ${String(after.sourceType)}\n    ${text.slice(0, 1_500)}`,
    );
  const had = new Set(first.equal);
  for (const { field, expected: want, found } of second.differences)
    if (had.has(field))
      faults.push(
        `${technology} ${log.file}: with other values, ${field} is ${String(found)}, not ${String(want)}`,
      );
}

/** Whether some logs of a technology have a key and others of the same form do without. */
type Optional = (technology: string, key: string) => boolean;

function optionalKeys(logs: readonly Log[]): Optional {
  const counts = new Map<string, Counts>();
  const forms = new Counts();
  for (const { technology, raw } of logs) {
    const keys = keysOf(raw);
    if (keys === undefined) continue;
    const form = `${technology} ${raw.startsWith('{') ? 'json' : 'pairs'}`;
    forms.add(form);
    const count = counts.get(form) ?? new Counts();
    counts.set(form, count);
    for (const key of keys) count.add(key);
  }
  return (form, key) => (counts.get(form)?.of(key) ?? 0) < forms.of(form);
}

function carry(
  log: Log,
  carriage: Carriage,
  next: () => number,
  optional: Optional,
  tally: Carried,
  faults: string[],
): void {
  const { technology, raw, base, sources } = log;
  const form = `${technology} ${raw.startsWith('{') ? 'json' : 'pairs'}`;
  const text = carriage.apply(raw, next, (key) => optional(form, key));
  if (text === undefined) return;
  const { fields, sourceType, outcome } = reader.read({ text, receivedAt: RECEIVED_AT });
  tally.logs++;
  if (outcome === 'failed' || outcome === 'unrecognised') tally.unread++;
  if (!isOneOf(sourceType, sources)) {
    faults.push(
      `${technology} ${log.file}: ${carriage.name}: read as ${String(sourceType)}\n    ${text.slice(0, 1_500)}`,
    );
    tally.by.add(technology);
    return;
  }
  tally.recognised++;
  // What was left out may have had any meaning: only the recognition of the rest is asked for.
  if (carriage.keeps === 'less') return;
  const { equal, differences } = compareDocuments(base.fields as EcsFields, fields);
  const lost = differences.filter(
    ({ field, expected }) =>
      expected !== undefined &&
      !OF_THE_CARRIAGE.test(field) &&
      // The time of a log that has none of its own is that of its header, or of its receipt.
      !(field === '@timestamp' && !ownTime(log)),
  );
  tally.fields += equal.length + lost.length;
  tally.kept += equal.length;
  for (const { field, expected, found } of lost) {
    tally.by.add(technology);
    faults.push(
      `${technology} ${log.file}: ${carriage.name}: ${field} is ${String(found)}, not ${String(expected)}`,
    );
  }
}

/** Whether the payload itself says when it happened. */
function ownTime({ base, raw }: Log): boolean {
  if (base.time === RECEIVED_AT) return false;
  const header = base.fields['log.syslog.hostname'] ?? base.fields['log.syslog.appname'];
  return header === undefined && !raw.startsWith('<');
}

function report(
  { details }: Context,
  technologies: ReadonlyMap<string, Swapped>,
  carried: ReadonlyMap<Carriage, Carried>,
  faults: readonly string[],
  crashes: readonly string[],
) {
  const tallies = [...technologies.values()];
  const sum = (of: (tally: Swapped) => number) => tallies.reduce((total, tally) => total + of(tally), 0);
  const mean = (of: (tally: Swapped) => number) => sum(of) / Math.max(1, tallies.length);
  const row = (name: string, n: number, after: number, as: string, rates: readonly number[]) => [
    name,
    n,
    percent(after, n),
    ...rates.map((rate) => rate.toFixed(3)),
    as,
  ];
  const ways = [...carried].filter(([, { logs }]) => logs > 0);
  const total = (of: (tally: Carried) => number) => ways.reduce((n, [, tally]) => n + of(tally), 0);
  const means = [
    mean((t) => t.original.recall),
    mean((t) => t.swapped.recall),
    mean((t) => t.original.precision),
    mean((t) => t.swapped.precision),
  ];
  const lines = [
    ...table([
      ['technology', 'logs', 'recognised', 'recall', 'swapped', 'precision', 'swapped', 'recognised as'],
      ...[...technologies].map(([name, t]) =>
        row(
          name,
          t.cases,
          t.after,
          t.as
            .top(3)
            .map(([as]) => as)
            .join(', '),
          [t.original.recall, t.swapped.recall, t.original.precision, t.swapped.precision],
        ),
      ),
      row(
        'mean, all',
        sum((t) => t.cases),
        sum((t) => t.after),
        '',
        means,
      ),
    ]),
    '',
    ...table([
      ['way', 'logs', 'recognised', 'not read', 'fields kept', 'where it falls'],
      ...ways.map(([{ name }, t]) => [
        name,
        t.logs,
        percent(t.recognised, t.logs),
        percent(t.unread, t.logs),
        percent(t.kept, t.fields),
        t.by
          .top(3)
          .map(([where, n]) => `${where} ${n}`)
          .join(', '),
      ]),
    ]),
    '',
    `what falls: ${faults.length}${details ? '' : ' (--details lists it)'}`,
    ...(details ? faults : faults.slice(0, 5)),
  ];
  return {
    lines,
    figures: [
      {
        name: 'perturbed.recognised',
        value:
          sum((t) => t.after) /
          Math.max(
            1,
            sum((t) => t.cases),
          ),
      },
      { name: 'perturbed.recall', value: means[1]! },
      { name: 'perturbed.precision', value: means[3]! },
      {
        name: 'perturbed.ways-recognised',
        value:
          total((t) => t.recognised) /
          Math.max(
            1,
            total((t) => t.logs),
          ),
      },
      {
        name: 'perturbed.ways-read',
        value:
          1 -
          total((t) => t.unread) /
            Math.max(
              1,
              total((t) => t.logs),
            ),
      },
      {
        name: 'perturbed.ways-kept',
        value:
          total((t) => t.kept) /
          Math.max(
            1,
            total((t) => t.fields),
          ),
      },
    ],
    crashes,
  };
}
