import type { Random } from './random.ts';

/** Something that takes input from strangers. */
export interface Target {
  readonly name: string;
  /** One input, from chance alone; binary inputs are base64 so that any input can be printed and kept. */
  make(random: Random): string;
  /**
   * Runs the code on an input. Whatever it throws is a finding: bad input has to come back as a value.
   *
   * @returns a word for how it went, to be counted: a run that only ever sees refusals tests nothing
   */
  run(input: string): string;
}

/** What was promised and does not hold; thrown by targets. */
export class BrokenPromise extends Error {}
