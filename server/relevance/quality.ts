import type { DetectionQuality, Precision, RulePrecision, RuleQuality } from '@vigie/contracts/api';
import type { OutcomeCount } from './ports.ts';
import { wilson } from './wilson.ts';

const WEEK = 7 * 86_400_000;

interface Tally {
  right: number;
  benign: number;
  wrong: number;
}

/** What a rule is called, where it is known. */
export type RuleWords = (id: string) => Pick<RuleQuality, 'title' | 'level'>;

/** When the first of so many weeks began, the last of which ends now. */
export function beginOf(weeks: number, now: number): number {
  return now - weeks * WEEK;
}

/** How often one rule was right, from counts since {@link beginOf}. */
export function precisionOf(
  ruleId: string,
  counts: readonly OutcomeCount[],
  from: number,
  weeks: number,
): RulePrecision {
  const tenants = [...new Set(counts.map(({ tenant }) => tenant))].sort();
  return {
    ruleId,
    from,
    overall: sumOf(counts),
    minutes: minutesOf(counts),
    byTenant: tenants.map((tenant) => {
      const own = counts.filter((count) => count.tenant === tenant);
      return { tenant, precision: sumOf(own), minutes: minutesOf(own) };
    }),
    weeks: weeksOf(counts, from, weeks),
  };
}

/**
 * How good the rules were together and each, those first whose false positives cost most: minutes of work times the
 * share of what was judged that was false.
 */
export function qualityOf(
  counts: readonly OutcomeCount[],
  detections: ReadonlyMap<string, number>,
  words: RuleWords,
  from: number,
  weeks: number,
): DetectionQuality {
  const byRule = new Map<string, OutcomeCount[]>();
  for (const rule of detections.keys()) byRule.set(rule, []);
  for (const count of counts) {
    const list = byRule.get(count.rule);
    if (list === undefined) byRule.set(count.rule, [count]);
    else list.push(count);
  }
  const rules = [...byRule].map(([ruleId, own]): RuleQuality => {
    const series = weeksOf(own, from, weeks);
    const half = Math.floor(weeks / 2);
    const [early, late] = [own.filter(({ week }) => week < half), own.filter(({ week }) => week >= half)].map(
      (part) => sumOf(part).value,
    );
    return {
      ruleId,
      ...words(ruleId),
      detections: detections.get(ruleId) ?? 0,
      precision: sumOf(own),
      minutes: minutesOf(own),
      trend: early == null || late == null ? null : late - early,
      weeks: series,
    };
  });
  const cost = ({ precision, minutes }: RuleQuality) =>
    precision.judged === 0 ? 0 : (minutes * precision.falsePositives) / precision.judged;
  return {
    from,
    overall: sumOf(counts),
    minutes: minutesOf(counts),
    rules: rules.sort(
      (a, b) =>
        cost(b) - cost(a) ||
        b.precision.judged - a.precision.judged ||
        b.detections - a.detections ||
        a.title.localeCompare(b.title),
    ),
  };
}

function weeksOf(counts: readonly OutcomeCount[], from: number, weeks: number) {
  return Array.from({ length: weeks }, (_, week) => ({
    from: from + week * WEEK,
    precision: sumOf(counts.filter((count) => count.week === week)),
  }));
}

function sumOf(counts: readonly OutcomeCount[]): Precision {
  const tally: Tally = { right: 0, benign: 0, wrong: 0 };
  for (const { verdict, cases } of counts)
    tally[verdict === 'true-positive' ? 'right' : verdict === 'false-positive' ? 'wrong' : 'benign'] += cases;
  const judged = tally.right + tally.benign + tally.wrong;
  return {
    judged,
    truePositives: tally.right,
    benign: tally.benign,
    falsePositives: tally.wrong,
    value: judged === 0 ? null : tally.right / judged,
    interval: judged === 0 ? null : wilson(tally.right, judged),
  };
}

function minutesOf(counts: readonly OutcomeCount[]): number {
  return counts.reduce((sum, { minutes }) => sum + minutes, 0);
}
