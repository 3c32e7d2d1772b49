import { z } from 'zod';
import { Instant } from './common.ts';

/** What the ranking looks at; `server/relevance/features.ts` says how each is computed. */
export const RELEVANCE_FEATURES = [
  'rule-here',
  'rule-overall',
  'pair',
  'entity',
  'tenant',
  'source-kind',
  'level',
  'rarity',
  'criticality',
  'off-hours',
  'rules',
  'techniques',
] as const;
export const RelevanceFeature = z.enum(RELEVANCE_FEATURES);
export type RelevanceFeature = z.infer<typeof RelevanceFeature>;

/** One line of why an incident has its probability; weights are in log-odds and add up with the base. */
export const RelevanceLine = z.object({
  feature: RelevanceFeature,
  weight: z.number(),
  /** How often what it speaks of was right; null where it speaks of no cases, or of other clients'. */
  right: z.number().int().nullable(),
  of: z.number().int().nullable(),
  /** The rule, the entity, the kind of source that it speaks of; empty where none. */
  subject: z.string(),
});
export type RelevanceLine = z.infer<typeof RelevanceLine>;

/** `GET /api/incidents/:id/relevance`. */
export const IncidentRelevance = z.object({
  /** Whether the queue uses the ranking now. */
  used: z.boolean(),
  /** Probability of a true positive as told when it was opened; null: not told. */
  probability: z.number().nullable(),
  terms: z.array(RelevanceLine),
});
export type IncidentRelevance = z.infer<typeof IncidentRelevance>;

/** One held-out week: the model was trained on what was decided before it began. */
export const RelevanceWeek = z.object({
  from: Instant,
  incidents: z.number().int(),
  truePositives: z.number().int(),
  /** The first so many of the order are looked at. */
  k: z.number().int(),
  model: z.object({ averagePrecision: z.number(), inFirstK: z.number().int() }),
  plain: z.object({ averagePrecision: z.number(), inFirstK: z.number().int() }),
});
export type RelevanceWeek = z.infer<typeof RelevanceWeek>;

export const RelevanceReport = z.object({
  used: z.boolean(),
  /**
   * `better`: in use; `too-few`: not enough verdicts, or weeks with true positives; `not-better`: the plain order does
   * as well; `unsteady`: better on average, not week after week.
   */
  reason: z.enum(['better', 'too-few', 'not-better', 'unsteady']),
  verdicts: z.number().int(),
  truePositives: z.number().int(),
  /** What it needs to be used: mean gain in average precision. */
  margin: z.number(),
  gain: z.number().nullable(),
  /** Lower bound of the mean gain, one-sided 95 %. */
  gainAtLeast: z.number().nullable(),
  weeks: z.array(RelevanceWeek),
  weights: z.array(z.object({ feature: RelevanceFeature, weight: z.number() })),
});
export type RelevanceReport = z.infer<typeof RelevanceReport>;

/** `GET /api/relevance`, `POST /api/relevance/train`. */
export const RelevanceState = z.object({
  /** Null: it was never trained. */
  trainedAt: Instant.nullable(),
  report: RelevanceReport.nullable(),
});
export type RelevanceState = z.infer<typeof RelevanceState>;
