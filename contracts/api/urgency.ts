import { z } from 'zod';
import { Instant, LevelSchema } from './common.ts';

/** One factor of an incident's urgency; the factors multiply to the score. */
export const UrgencyTerm = z.discriminatedUnion('term', [
  z.object({ term: z.literal('severity'), factor: z.number() }),
  z.object({
    term: z.literal('criticality'),
    factor: z.number(),
    criticality: z.enum(['low', 'normal', 'high', 'critical']),
    /** `type:name` of the asset that makes it so; null: nothing is written down. */
    asset: z.string().nullable(),
  }),
  z.object({
    term: z.literal('confidence'),
    factor: z.number(),
    /** Probability of a true positive; null: the ranking is not in use. */
    probability: z.number().nullable(),
  }),
  z.object({
    term: z.literal('age'),
    factor: z.number(),
    dueAt: Instant,
    /** Due by the clock of its level, for want of a contract's. */
    fallback: z.boolean(),
  }),
]);
export type UrgencyTerm = z.infer<typeof UrgencyTerm>;
export const Urgency = z.object({
  score: z.number(),
  /** Empty for what is closed. */
  terms: z.array(UrgencyTerm),
});
export type Urgency = z.infer<typeof Urgency>;

/** What happened to an incident since the reader looked at it. */
export const SinceSeen = z.object({
  seenAt: Instant,
  alerts: z.number().int(),
  comments: z.number().int(),
  /** The level it had then, where that was another. */
  level: LevelSchema.nullable(),
});
export type SinceSeen = z.infer<typeof SinceSeen>;
