import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { compareDocuments, type Difference } from './compare.ts';
import { type Judged, judge, split } from './differences.ts';
import { filesBelow, foldersIn } from './files.ts';
import type { Context, Part } from './part.ts';
import { RECEIVED_AT, reader } from './read-event-log.ts';
import { DIFFERENCES } from './reasoned-differences.ts';
import { Counts, percent, table } from './table.ts';
import { DOCUMENTS, isOneOf } from './technologies.ts';

/** A raw log with the document that is expected of it. */
export interface Case {
  readonly input: { readonly message: string };
  readonly expected: object;
}

/** Fields of the documents of one technology, counted. */
export class FieldCount {
  equal = 0;
  missing = 0;
  extra = 0;
  other = 0;

  add(equal: number, { missing, extra, other }: Pick<Judged, 'missing' | 'extra' | 'other'>): void {
    this.equal += equal;
    this.missing += missing.length;
    this.extra += extra.length;
    this.other += other.length;
  }

  /** Of the expected fields, those that are there and right. */
  get recall(): number {
    return share(this.equal, this.equal + this.missing + this.other);
  }

  /** Of our fields, those that were expected and are right. */
  get precision(): number {
    return share(this.equal, this.equal + this.extra + this.other);
  }

  /** Of the fields that both have, those with the same value. */
  get agreement(): number {
    return share(this.equal, this.equal + this.other);
  }
}

/** Figures of one technology, in documents and in fields. */
class Tally {
  cases = 0;
  recognised = 0;
  failed = 0;
  partial = 0;
  /** Every difference counts. */
  readonly raw = new FieldCount();
  /** Without the reasoned differences of `reasoned-differences.ts`. */
  readonly judged = new FieldCount();
  readonly differences = new Counts();

  add(comparison: Difference, judged: Judged): void {
    this.raw.add(comparison.equal.length, split(comparison.differences));
    this.judged.add(comparison.equal.length, judged);
    for (const { field } of judged.missing) this.differences.add(`- ${field}`);
    for (const { field } of judged.extra) this.differences.add(`+ ${field}`);
    for (const { field } of judged.other) this.differences.add(`≠ ${field}`);
  }
}

/** Raw logs with the ECS document that another reader made of them, by technology. */
export const documents: Part = {
  name: 'documents',
  title: 'ECS documents, technology by technology',
  needs: 'logs/sekoia',
  run(context) {
    const crashes: string[] = [];
    const built = new Map<string, Tally>();
    const absent: string[] = [];
    const mistaken = new Counts();
    const aside = new Counts();
    let foreign = 0;
    const base = join(context.corpus, 'logs/sekoia');
    for (const vendor of foldersIn(base))
      for (const product of foldersIn(join(base, vendor))) {
        const name = `${vendor}/${product}`;
        const expected = DOCUMENTS[name];
        const tally = new Tally();
        if (expected === undefined) absent.push(name);
        else built.set(name, tally);
        for (const file of filesBelow(join(base, vendor, product), '.json')) {
          const found = readCase(file, context, crashes);
          if (found === undefined) continue;
          if (expected === undefined) {
            foreign++;
            if (found.sourceType !== undefined) mistaken.add(`${name} as ${found.sourceType}`);
            continue;
          }
          tally.cases++;
          if (isOneOf(found.sourceType, expected)) tally.recognised++;
          if (found.outcome === 'partial') tally.partial++;
          if (found.outcome === 'failed' || found.outcome === 'unrecognised') tally.failed++;
          const judged = judge(name, found.raw, found.difference);
          for (const { id } of judged.aside) aside.add(id);
          tally.add(found.difference, judged);
        }
      }
    return report(context, { built, absent, mistaken, foreign, aside, crashes });
  },
};

function readCase(file: string, { corpus }: Context, crashes: string[]) {
  const { input, expected } = JSON.parse(readFileSync(file, 'utf8')) as Case;
  if (typeof input?.message !== 'string') return undefined;
  try {
    const { fields, outcome, sourceType } = reader.read({ text: input.message, receivedAt: RECEIVED_AT });
    return { outcome, sourceType, raw: input.message, difference: compareDocuments(expected, fields) };
  } catch (error) {
    crashes.push(`${relative(corpus, file)}: ${error instanceof Error ? error.stack : String(error)}`);
    return undefined;
  }
}

interface Found {
  readonly built: ReadonlyMap<string, Tally>;
  readonly absent: readonly string[];
  readonly mistaken: Counts;
  readonly foreign: number;
  readonly aside: Counts;
  readonly crashes: readonly string[];
}

function report(context: Context, { built, absent, mistaken, foreign, aside, crashes }: Found) {
  const tallies = [...built.values()];
  const sum = (of: (tally: Tally) => number) => tallies.reduce((total, tally) => total + of(tally), 0);
  const mean = (of: (tally: Tally) => number) => sum(of) / Math.max(1, tallies.length);
  const cases = sum((t) => t.cases);
  const recognised = sum((t) => t.recognised);
  const failed = sum((t) => t.failed);
  const row = (name: string, n: number, counts: readonly number[], judged: Rates, raw: Rates) => [
    name,
    n,
    ...counts.map((count) => percent(count, n)),
    ...[judged.recall, judged.precision, judged.agreement, raw.recall, raw.precision].map((rate) =>
      rate.toFixed(3),
    ),
  ];
  const means = (of: (tally: Tally) => Rates): Rates => ({
    recall: mean((t) => of(t).recall),
    precision: mean((t) => of(t).precision),
    agreement: mean((t) => of(t).agreement),
  });
  const judged = means((t) => t.judged);
  const raw = means((t) => t.raw);
  const lines = [
    ...table([
      [
        'technology',
        'logs',
        'recognised',
        'not read',
        'partial',
        'recall',
        'precision',
        'agreement',
        'recall, all',
        'precision, all',
      ],
      ...[...built].map(([name, t]) =>
        row(name, t.cases, [t.recognised, t.failed, t.partial], t.judged, t.raw),
      ),
      row('mean, all', cases, [recognised, failed, sum((t) => t.partial)], judged, raw),
    ]),
    '',
    'recall: expected fields that are there and right; precision: our fields that were expected and are right;',
    'agreement: of the fields that both have, those with the same value. The reasoned differences below are set',
    'aside in these three; in the two columns `all` every difference counts.',
    '',
    ...table([
      ['reasoned difference', 'fields'],
      ...DIFFERENCES.map(({ id }) => [id, aside.of(id)] as const).sort((a, b) => b[1] - a[1]),
    ]),
    '',
    ...DIFFERENCES.map(({ id, reason }) => `${id}: ${reason}`),
    '',
    `without a source yet: ${absent.length} technologies, ${foreign} logs, of which ${mistaken.total} were taken for another technology`,
  ];
  if (context.details) {
    lines.push(...mistaken.top().map(([what, n]) => `  ${what}: ${n}`), '', `  ${absent.join(', ')}`);
    for (const [name, t] of built)
      lines.push(
        '',
        ...table([[`${name}: - absent, + not expected, ≠ other value`, 'logs'], ...t.differences.top(20)]),
      );
  } else lines.push(...mistaken.top(8).map(([what, n]) => `  ${what}: ${n}`));
  return {
    lines,
    figures: [
      { name: 'documents.recognised', value: share(recognised, cases) },
      { name: 'documents.read', value: 1 - share(failed, cases) },
      { name: 'documents.recall', value: judged.recall },
      { name: 'documents.precision', value: judged.precision },
      { name: 'documents.agreement', value: judged.agreement },
      {
        name: 'documents.least',
        value: Math.min(
          1,
          ...tallies.filter(({ cases }) => cases >= 10).flatMap((t) => [t.judged.recall, t.judged.precision]),
        ),
      },
      { name: 'documents.recall-all', value: raw.recall },
      { name: 'documents.precision-all', value: raw.precision },
    ],
    crashes,
  };
}

interface Rates {
  readonly recall: number;
  readonly precision: number;
  readonly agreement: number;
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
