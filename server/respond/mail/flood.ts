import { LEVELS, type Level } from '@vigie/contracts';
import type { Flood } from '../ports.ts';

/**
 * When mails to one address are a flood. The first ones go at once; whatever comes after so many waits, and what has
 * waited comes as one mail.
 */
export interface FloodRule {
  /** Mails to an address within `within` that go at once; 0: all do. */
  readonly after: number;
  /** Milliseconds. */
  readonly within: number;
  /** How long the first that waits may wait, milliseconds. */
  readonly hold: number;
  /** Least severity of incidents whose mails never wait. */
  readonly urgent: Level;
}

/** Kinds of mails that may wait. What somebody must answer, do, or be called for is none of them. */
const MAY_WAIT: readonly string[] = ['incident', 'mention', 'operations'];

/** A rule as the outbox goes by it; undefined: nothing ever waits. */
export function createFlood({ after, within, hold, urgent }: FloodRule): Flood | undefined {
  if (after === 0) return undefined;
  return {
    mayWait: MAY_WAIT,
    within,
    isUrgent: (rank) => rank >= LEVELS.indexOf(urgent),
    heldUntil: ({ lately, waiting }, { notBefore, now }) =>
      waiting !== null
        ? Math.max(notBefore, waiting)
        : lately >= after
          ? Math.max(notBefore, now + hold)
          : undefined,
  };
}
