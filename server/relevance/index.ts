import { RELEVANCE_FEATURES, type RelevanceReport } from '@vigie/contracts/api';
import { compare, enough, labelled } from './evaluate.ts';
import { type Example, readAsOpened } from './features.ts';
import { fit, probabilityOf, sharesOf } from './logistic.ts';
import type { Case, JudgedCase, Relevance, RelevanceModel, RelevanceTerm } from './ports.ts';

export { averagePrecision, confidenceFactor, MARGIN, plainUrgency } from './evaluate.ts';
export { readAsOpened, VerdictHistory } from './features.ts';
export type * from './ports.ts';
export { beginOf, precisionOf, qualityOf } from './quality.ts';
export { wilson } from './wilson.ts';

/** Cases that a training reads at most, those with the newest verdicts. */
export const MOST_CASES = 20_000;
/** Shares of the log-odds smaller than this are not worth a line. */
const FAINT = 0.05;

/**
 * Learns from the verdicts so far and says whether it was worth it. Same cases, same time, same answer.
 *
 * @returns a model, where there is enough to learn from, and the comparison; the model may be used only where
 * `report.used` is true
 */
export async function train(
  judged: readonly JudgedCase[],
  now: number,
  pause: () => Promise<void>,
): Promise<{ readonly model: RelevanceModel | null; readonly report: RelevanceReport }> {
  const examples = readAsOpened(
    judged.filter(({ facts }) => !facts.late),
    judged,
  );
  const report = await compare(examples, now, pause);
  if (!enough(examples)) return { model: null, report: { ...report, weights: [] } };
  const model = fit(examples.map(labelled));
  const weights = model.features.map((feature, j) => ({ feature, weight: model.weights[j]! }));
  return { model, report: { ...report, weights } };
}

/** Says of each case how probable a true positive it is, from what was known when it was opened. */
export function score(
  model: RelevanceModel,
  cases: readonly Case[],
  judged: readonly JudgedCase[],
): Relevance[] {
  return readAsOpened(cases, judged).map((example) => ({
    tenant: example.of.tenant,
    incident: example.of.incident,
    probability: probabilityOf(model, example.values),
    terms: termsOf(model, example),
  }));
}

function termsOf(model: RelevanceModel, { readings, values }: Example<Case>): RelevanceTerm[] {
  const shares = sharesOf(model, values);
  return RELEVANCE_FEATURES.map((feature, j) => {
    const { right, of, subject } = readings[feature];
    return { feature, weight: shares[j]!, right, of, subject };
  })
    .filter(({ weight }) => Math.abs(weight) >= FAINT)
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
}
