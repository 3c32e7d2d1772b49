import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { compareDocuments, type Difference } from './compare.ts';
import { filesBelow, foldersIn } from './files.ts';
import type { Context, Part } from './part.ts';
import { RECEIVED_AT, reader } from './read-event-log.ts';
import { Counts, percent, table } from './table.ts';
import { DOCUMENTS, isOneOf } from './technologies.ts';

interface Case {
  readonly input: { readonly message: string };
  readonly expected: object;
}

/** Figures of one technology, in documents and in fields. */
class Tally {
  cases = 0;
  recognised = 0;
  failed = 0;
  partial = 0;
  equal = 0;
  missing = 0;
  extra = 0;
  other = 0;
  readonly differences = new Counts();

  add({ equal, missing, extra, other }: Difference): void {
    this.equal += equal.length;
    this.missing += missing.length;
    this.extra += extra.length;
    this.other += other.length;
    for (const field of missing) this.differences.add(`- ${field}`);
    for (const field of extra) this.differences.add(`+ ${field}`);
    for (const { field } of other) this.differences.add(`≠ ${field}`);
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
          tally.add(found.difference);
        }
      }
    return report(context, built, absent, mistaken, foreign, crashes);
  },
};

function readCase(file: string, { corpus }: Context, crashes: string[]) {
  const { input, expected } = JSON.parse(readFileSync(file, 'utf8')) as Case;
  if (typeof input?.message !== 'string') return undefined;
  try {
    const { fields, outcome, sourceType } = reader.read({ text: input.message, receivedAt: RECEIVED_AT });
    return { outcome, sourceType, difference: compareDocuments(expected, fields) };
  } catch (error) {
    crashes.push(`${relative(corpus, file)}: ${error instanceof Error ? error.stack : String(error)}`);
    return undefined;
  }
}

function report(
  context: Context,
  built: ReadonlyMap<string, Tally>,
  absent: readonly string[],
  mistaken: Counts,
  foreign: number,
  crashes: readonly string[],
) {
  const tallies = [...built.values()];
  const sum = (of: (tally: Tally) => number) => tallies.reduce((total, tally) => total + of(tally), 0);
  const mean = (of: (tally: Tally) => number) => sum(of) / Math.max(1, tallies.length);
  const cases = sum((t) => t.cases);
  const row = (name: string, n: number, recognised: number, failed: number, partial: number, t: Rates) => [
    name,
    n,
    percent(recognised, n),
    percent(failed, n),
    percent(partial, n),
    t.recall.toFixed(3),
    t.precision.toFixed(3),
    t.agreement.toFixed(3),
  ];
  const means = {
    recall: mean((t) => t.recall),
    precision: mean((t) => t.precision),
    agreement: mean((t) => t.agreement),
  };
  const recognised = sum((t) => t.recognised);
  const failed = sum((t) => t.failed);
  const lines = [
    ...table([
      ['technology', 'logs', 'recognised', 'not read', 'partial', 'recall', 'precision', 'agreement'],
      ...[...built].map(([name, t]) => row(name, t.cases, t.recognised, t.failed, t.partial, t)),
      row(
        'mean, all',
        cases,
        recognised,
        failed,
        sum((t) => t.partial),
        means,
      ),
    ]),
    '',
    'recall: expected fields that are there and right; precision: our fields that were expected and are right;',
    'agreement: of the fields that both have, those with the same value.',
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
      { name: 'documents.recall', value: means.recall },
      { name: 'documents.precision', value: means.precision },
      { name: 'documents.agreement', value: means.agreement },
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
