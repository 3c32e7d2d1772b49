import { readFileSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import type { EcsFields } from '@vigie/contracts';
import {
  CorrelationEngine,
  compile,
  type Matcher,
  type SigmaCorrelation,
  type SigmaRule,
  type Taxonomy,
} from '@vigie/sigma';
import { createReader, REGISTRY, type ReadResult } from '@vigie/sources';
import { parse } from 'yaml';
import { z } from 'zod';
import { Duration } from '../scenarios/load.ts';
import { stamp } from '../scenarios/stamp.ts';

/**
 * Cases of rules: `<rule>.cases.yml` beside `<rule>.yml` holds raw logs that must, or must not, make the
 * file's rule fire. They run through the real reader and the real engine.
 */

/** When the first log of a case is received. */
const START = Date.parse('2026-03-04T10:00:00Z');

export const casesSchema = z.strictObject({
  cases: z
    .array(
      z.strictObject({
        name: z.string(),
        fires: z.boolean(),
        /** Raw logs with the placeholders of scenarios/stamp.ts, or lines (from 1) of a sample of a source. */
        logs: z
          .array(
            z.union([
              z.strictObject({
                log: z.string(),
                at: Duration.optional(),
                times: z.int().min(1).max(5000).default(1),
                every: Duration.default(1000),
                type: z.string().optional(),
              }),
              z.strictObject({ sample: z.string(), lines: z.array(z.int().min(1)).optional() }),
            ]),
          )
          .min(1),
      }),
    )
    .min(2)
    .refine((cases) => cases.some(({ fires }) => fires) && cases.some(({ fires }) => !fires), {
      message: 'needs a case that fires and one that does not',
    }),
});

/** One case as read. */
export type RuleCase = z.infer<typeof casesSchema>['cases'][number];

/** Reads a file of cases. @throws Error naming what is wrong */
export function parseCases(text: string): readonly RuleCase[] {
  const result = casesSchema.safeParse(parse(text));
  if (result.success) return result.data.cases;
  throw new Error(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}

/** A raw log and when it is received. */
export interface RawLine {
  readonly time: number;
  readonly text: string;
  /** Technology, when the source is configured as one. */
  readonly type?: string | null;
}

/**
 * The logs of a case in the order of their times.
 *
 * @param samples folder that `sample` is relative to; nothing outside of it is read
 */
export function linesOfCase({ logs }: RuleCase, samples: string): RawLine[] {
  const lines: RawLine[] = [];
  let next = START;
  for (const entry of logs) {
    if ('sample' in entry) {
      const file = resolve(samples, entry.sample);
      if (!file.startsWith(resolve(samples) + sep))
        throw new Error(`${entry.sample} lies outside of ${samples}`);
      const texts = readFileSync(file, 'utf8').split('\n');
      for (const number of entry.lines ?? texts.keys()) {
        const text = texts[entry.lines ? number - 1 : number];
        if (text !== undefined && text !== '') lines.push({ time: next, text });
      }
      continue;
    }
    const from = entry.at === undefined ? next : START + entry.at;
    for (let n = 0; n < entry.times; n++) {
      const time = from + n * entry.every;
      lines.push({ time, text: stamp(entry.log, time, n), type: entry.type });
    }
    next = from + entry.times * entry.every;
  }
  return lines.sort((a, b) => a.time - b.time);
}

export interface Fired {
  readonly title: string;
  readonly level: string;
  readonly fields: EcsFields;
  readonly rule: SigmaRule | SigmaCorrelation;
}

export interface Run {
  /** Detections in order, without those of rules that only serve correlations. */
  readonly fired: readonly Fired[];
  readonly read: readonly ReadResult[];
}

/** Runs raw logs through the reader and through rules that were compiled once. */
export class CaseRunner {
  readonly matcher: Matcher;
  /** Correlations that can't run, with the reason. */
  readonly correlationsRejected: CorrelationEngine['rejected'];
  private readonly rules: readonly SigmaRule[];
  private readonly correlations: readonly SigmaCorrelation[];
  private readonly taxonomy: Taxonomy;
  private readonly reader = createReader({ registry: REGISTRY });

  constructor(all: readonly (SigmaRule | SigmaCorrelation)[], taxonomy: Taxonomy) {
    this.taxonomy = taxonomy;
    this.rules = all.flatMap((rule) => (rule.kind === 'rule' ? [rule] : []));
    this.correlations = all.flatMap((rule) => (rule.kind === 'correlation' ? [rule] : []));
    this.matcher = compile(this.rules, { taxonomy });
    this.correlationsRejected = this.engine().rejected;
  }

  /** Reads and judges raw logs, with fresh correlation state. */
  run(lines: readonly RawLine[]): Run {
    const engine = this.engine();
    const fired: Fired[] = [];
    const report = (rule: SigmaRule | SigmaCorrelation, fields: EcsFields) => {
      if (engine.alertsAlone(rule))
        fired.push({ title: rule.title, level: rule.level ?? 'medium', fields, rule });
    };
    const read = lines.map(({ time, text, type }, index) => {
      const result = this.reader.read(
        { text, receivedAt: time },
        type === undefined || type === null ? {} : { sourceType: type },
      );
      const { fields } = result;
      const matches = this.matcher.match(fields);
      for (const { rule } of matches) report(rule, fields);
      if (matches.length > 0)
        for (const { rule } of engine.observe(matches, { id: String(index), time: result.time, fields }))
          report(rule, fields);
      return result;
    });
    return { fired, read };
  }

  private engine(): CorrelationEngine {
    return new CorrelationEngine(this.correlations, { rules: this.rules, taxonomy: this.taxonomy });
  }
}
