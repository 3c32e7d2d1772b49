import type { Regex } from './syntax.ts';

/**
 * States that a pattern may expand to. The largest of the public rules has about a thousand; the limit is what
 * keeps the worst pattern on the worst text at some microseconds a character (README).
 */
export const MAX_STATES = 4000;

/** The pattern needs more states than we are willing to hold. */
export class RegexTooLargeError extends Error {
  constructor() {
    super(`the pattern expands to more than ${MAX_STATES} states`);
    this.name = 'RegexTooLargeError';
  }
}

/**
 * How many states and branches a pattern expands to, with its counted repetitions written out; computed, not
 * counted, so that `((a{1000}){1000}){1000}` costs nothing. An empty group counts too: repeating it is work.
 */
export function expandedSize(regex: Regex): number {
  switch (regex.type) {
    case 'empty':
    case 'set':
    case 'assert':
    case 'backreference':
      return 1;
    case 'capture':
    case 'look':
      return expandedSize(regex.item) + 1;
    case 'sequence':
      return regex.items.reduce((sum, item) => sum + expandedSize(item), 0);
    case 'choice':
      return regex.items.reduce((sum, item) => sum + expandedSize(item) + 1, 0);
    case 'repeat': {
      const item = expandedSize(regex.item);
      const { min, max } = regex;
      return max === Infinity ? item * (min + 1) + 1 : Math.max(1, item * max + (max - min));
    }
  }
}

/** @throws RegexTooLargeError */
export function checkSize(regex: Regex): void {
  if (expandedSize(regex) > MAX_STATES) throw new RegexTooLargeError();
}
