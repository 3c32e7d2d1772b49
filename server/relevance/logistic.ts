import { RELEVANCE_FEATURES } from '@vigie/contracts/api';
import type { RelevanceModel } from './ports.ts';

/** Strength of the L2 penalty on the weights of standardised features; the base is not penalised. */
const PENALTY = 2;
const MAX_STEPS = 30;
/** Steps are small enough when no weight moves further than this. */
const STILL = 1e-8;

export interface Labelled {
  readonly values: readonly number[];
  readonly label: boolean;
}

/**
 * Fits a logistic regression with L2 by Newton's method (iteratively reweighted least squares: Hastie, Tibshirani,
 * Friedman, *The Elements of Statistical Learning*, 4.4.1). The penalised likelihood is strictly concave, so there is
 * one answer; nothing is drawn at random, so the same cases give the same weights.
 *
 * @param examples in a fixed order: sums of floating point numbers depend on it
 */
export function fit(examples: readonly Labelled[]): RelevanceModel {
  const width = RELEVANCE_FEATURES.length;
  const { mean, deviation } = scaleOf(examples, width);
  const rows = examples.map(({ values }) => [
    1,
    ...values.map((value, j) => (value - mean[j]!) / deviation[j]!),
  ]);
  let weights = new Array<number>(width + 1).fill(0);
  let loss = lossOf(rows, examples, weights);
  for (let step = 0; step < MAX_STEPS; step++) {
    const move = newtonStep(rows, examples, weights);
    // Where a full step overshoots, half of it, and half of that, is tried.
    let share = 1;
    let next = weights;
    let better = loss;
    for (; share > 1e-4; share /= 2) {
      next = weights.map((w, j) => w + share * move[j]!);
      better = lossOf(rows, examples, next);
      if (better <= loss) break;
    }
    if (better > loss) break;
    const moved = Math.max(...move.map((m) => Math.abs(m * share)));
    weights = next;
    loss = better;
    if (moved < STILL) break;
  }
  return { features: RELEVANCE_FEATURES, mean, deviation, base: weights[0]!, weights: weights.slice(1) };
}

/** Each feature's share of the log-odds, beside the model's base. */
export function sharesOf(model: RelevanceModel, values: readonly number[]): number[] {
  return values.map((value, j) => (model.weights[j]! * (value - model.mean[j]!)) / model.deviation[j]!);
}

/** Probability that an incident of these values is a true positive. */
export function probabilityOf(model: RelevanceModel, values: readonly number[]): number {
  return sigmoid(sharesOf(model, values).reduce((sum, share) => sum + share, model.base));
}

function scaleOf(examples: readonly Labelled[], width: number): { mean: number[]; deviation: number[] } {
  const mean = new Array<number>(width).fill(0);
  const deviation = new Array<number>(width).fill(0);
  for (const { values } of examples) for (let j = 0; j < width; j++) mean[j]! += values[j]! / examples.length;
  for (const { values } of examples)
    for (let j = 0; j < width; j++) deviation[j]! += (values[j]! - mean[j]!) ** 2 / examples.length;
  // A feature that never varies says nothing; its weight stays zero by the penalty.
  return { mean, deviation: deviation.map((variance) => (variance > 1e-12 ? Math.sqrt(variance) : 1)) };
}

function lossOf(
  rows: readonly (readonly number[])[],
  examples: readonly Labelled[],
  weights: readonly number[],
): number {
  let loss = 0;
  rows.forEach((row, i) => {
    const z = dot(row, weights);
    const signed = examples[i]!.label ? -z : z;
    // log(1 + e^x) without overflow.
    loss += Math.max(signed, 0) + Math.log1p(Math.exp(-Math.abs(signed)));
  });
  for (let j = 1; j < weights.length; j++) loss += (PENALTY / 2) * weights[j]! ** 2;
  return loss;
}

function newtonStep(
  rows: readonly (readonly number[])[],
  examples: readonly Labelled[],
  weights: readonly number[],
): number[] {
  const size = weights.length;
  const gradient = weights.map((w, j) => (j === 0 ? 0 : -PENALTY * w));
  const hessian = weights.map((_, j) => weights.map((__, k) => (j === k && j > 0 ? PENALTY : 0)));
  // So that the base can be solved for where all cases are of one kind.
  hessian[0]![0]! += 1e-6;
  rows.forEach((row, i) => {
    const p = sigmoid(dot(row, weights));
    const error = (examples[i]!.label ? 1 : 0) - p;
    const curve = p * (1 - p);
    for (let j = 0; j < size; j++) {
      gradient[j]! += error * row[j]!;
      const scaled = curve * row[j]!;
      const line = hessian[j]!;
      for (let k = 0; k <= j; k++) line[k]! += scaled * row[k]!;
    }
  });
  for (let j = 0; j < size; j++) for (let k = j + 1; k < size; k++) hessian[j]![k] = hessian[k]![j]!;
  return solve(hessian, gradient);
}

/** Solves a system of equations by elimination with pivots. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let i = column + 1; i < size; i++)
      if (Math.abs(rows[i]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = i;
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const head = rows[column]!;
    for (let i = column + 1; i < size; i++) {
      const factor = rows[i]![column]! / head[column]!;
      if (factor !== 0) for (let j = column; j <= size; j++) rows[i]![j]! -= factor * head[j]!;
    }
  }
  const solution = new Array<number>(size).fill(0);
  for (let i = size - 1; i >= 0; i--) {
    let sum = rows[i]![size]!;
    for (let j = i + 1; j < size; j++) sum -= rows[i]![j]! * solution[j]!;
    solution[i] = sum / rows[i]![i]!;
  }
  return solution;
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function sigmoid(z: number): number {
  return z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z));
}
