import { LEVELS, type Level } from '@vigie/contracts';

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
export const MAY_WAIT: readonly string[] = ['incident', 'mention', 'operations'];

/** Whether the mail of an incident of a severity never waits. */
export function isUrgent({ urgent }: Pick<FloodRule, 'urgent'>, rank: number): boolean {
  return rank >= LEVELS.indexOf(urgent);
}

/**
 * Whether a mail waits, and until when.
 *
 * @param lately mails of these kinds to the same address about the same tenant within `rule.within`, digests included
 * @param waiting when what waits already for that address comes; null: nothing does
 * @returns epoch milliseconds; undefined: it goes at `notBefore`
 */
export function heldUntil(
  rule: FloodRule,
  { lately, waiting }: { readonly lately: number; readonly waiting: number | null },
  { notBefore, now }: { readonly notBefore: number; readonly now: number },
): number | undefined {
  if (rule.after === 0) return undefined;
  if (waiting !== null) return Math.max(notBefore, waiting);
  return lately >= rule.after ? Math.max(notBefore, now + rule.hold) : undefined;
}
