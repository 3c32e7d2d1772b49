import type { RelevanceReport, RelevanceWeek } from '@vigie/contracts/api';
import type { Example } from './features.ts';
import { fit, probabilityOf } from './logistic.ts';
import type { JudgedCase, RelevanceModel } from './ports.ts';

const WEEK = 7 * 86_400_000;
/** Weeks held out at most, the newest. */
const WEEKS = 8;
/** A mean over fewer weeks is an accident. */
const LEAST_WEEKS = 4;
/** What a training needs of each kind of case. */
const LEAST = { cases: 150, ofEach: 15 } as const;
/** A week counts from so many judged incidents on, if it has both kinds. */
const LEAST_IN_WEEK = 10;
/** The model is used only where the mean gain in average precision is at least this. */
export const MARGIN = 0.05;
/** One-sided 95 % quantiles of Student's t, by degrees of freedom. */
const STUDENT: Readonly<Record<number, number>> = { 3: 2.353, 4: 2.132, 5: 2.015, 6: 1.943, 7: 1.895 };

/** Weight that a probability has in an incident's urgency: 0.4 to 1.6, so that it moves no incident by more than two levels. */
export function confidenceFactor(probability: number): number {
  return 0.4 + 1.2 * probability;
}

/** Urgency without a clock and without the model: severity × criticality of the most critical asset. */
export function plainUrgency({ facts }: Pick<JudgedCase, 'facts'>): number {
  return 2 ** facts.level * [0.5, 1, 1.5, 2][facts.criticality]!;
}

/**
 * Average precision of an order: the mean, over the true positives, of the precision down to each.
 *
 * @param order whether each one is a true positive, the first first
 */
export function averagePrecision(order: readonly boolean[]): number {
  let right = 0;
  let sum = 0;
  order.forEach((truePositive, i) => {
    if (!truePositive) return;
    right++;
    sum += right / (i + 1);
  });
  return right === 0 ? 0 : sum / right;
}

/**
 * Compares the queue's order with and without the model on held-out weeks: for each of the last weeks a model is fitted
 * on what had been decided before the week began, and orders what was opened in it (rolling origin). Both orders are
 * those that an analyst would see; equals stand in the order of their opening.
 *
 * @param examples features as they were at the opening, in order of opening
 * @param pause called between the weeks, for other work to be done
 */
export async function compare(
  examples: readonly Example<JudgedCase>[],
  now: number,
  pause: () => Promise<void>,
): Promise<Omit<RelevanceReport, 'weights'>> {
  const weeks: RelevanceWeek[] = [];
  for (let back = WEEKS; back >= 1; back--) {
    const from = now - back * WEEK;
    const known = examples.filter(({ of }) => of.decidedAt < from);
    const test = examples.filter(({ of }) => of.openedAt >= from && of.openedAt < from + WEEK);
    if (!enough(known) || test.length < LEAST_IN_WEEK || oneKind(test)) continue;
    const model = fit(known.map(labelled));
    weeks.push(weekOf(from, test, model));
    await pause();
  }
  const verdicts = examples.length;
  const truePositives = examples.filter(({ of }) => of.truePositive).length;
  const few = { verdicts, truePositives, margin: MARGIN, weeks };
  if (weeks.length < LEAST_WEEKS || !enough(examples))
    return { ...few, used: false, reason: 'too-few', gain: null, gainAtLeast: null };
  const gains = weeks.map(({ model, plain }) => model.averagePrecision - plain.averagePrecision);
  const gain = mean(gains);
  const spread = Math.sqrt(
    gains.reduce((sum, each) => sum + (each - gain) ** 2, 0) / (gains.length - 1) / gains.length,
  );
  const gainAtLeast = gain - STUDENT[gains.length - 1]! * spread;
  const found = (by: 'model' | 'plain') => weeks.reduce((sum, week) => sum + week[by].inFirstK, 0);
  const reason =
    gain < MARGIN || found('model') < found('plain')
      ? 'not-better'
      : gainAtLeast <= 0
        ? 'unsteady'
        : 'better';
  return { ...few, used: reason === 'better', reason, gain, gainAtLeast };
}

/** Whether there is enough to fit a model on. */
export function enough(examples: readonly Example<JudgedCase>[]): boolean {
  const right = examples.filter(({ of }) => of.truePositive).length;
  return examples.length >= LEAST.cases && right >= LEAST.ofEach && examples.length - right >= LEAST.ofEach;
}

/** An example as {@link fit} takes it. */
export function labelled({ of, values }: Example<JudgedCase>) {
  return { values, label: of.truePositive };
}

function weekOf(from: number, test: readonly Example<JudgedCase>[], model: RelevanceModel): RelevanceWeek {
  const k = Math.max(5, Math.ceil(test.length / 5));
  const told = (score: (example: Example<JudgedCase>) => number) => {
    const order = test
      .map((example) => ({ example, score: score(example) }))
      .sort((a, b) => b.score - a.score || a.example.of.openedAt - b.example.of.openedAt)
      .map(({ example }) => example.of.truePositive);
    return {
      averagePrecision: averagePrecision(order),
      inFirstK: order.slice(0, k).filter(Boolean).length,
    };
  };
  return {
    from,
    incidents: test.length,
    truePositives: test.filter(({ of }) => of.truePositive).length,
    k,
    model: told(({ of, values }) => plainUrgency(of) * confidenceFactor(probabilityOf(model, values))),
    plain: told(({ of }) => plainUrgency(of)),
  };
}

function oneKind(test: readonly Example<JudgedCase>[]): boolean {
  return test.every(({ of }) => of.truePositive) || test.every(({ of }) => !of.truePositive);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
