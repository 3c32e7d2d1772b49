import { z } from 'zod';
import { Instant, LevelSchema, Slug } from './common.ts';

/**
 * How often a rule was right. The unit is a rule in a judged incident, so that a rule that speaks a hundred times in
 * one incident counts once. `interval`: Wilson's score interval of 95 %.
 */
export const Precision = z.object({
  judged: z.number().int(),
  truePositives: z.number().int(),
  benign: z.number().int(),
  falsePositives: z.number().int(),
  /** True positives of what was judged, 0–1; null: nothing was. */
  value: z.number().nullable(),
  interval: z.object({ low: z.number(), high: z.number() }).nullable(),
});
export type Precision = z.infer<typeof Precision>;

export const PrecisionWeek = z.object({ from: Instant, precision: Precision });

export const QualityQuery = z.object({
  tenant: Slug.optional(),
  weeks: z.coerce.number().int().min(1).max(52).default(12),
});

/** `GET /api/rules/:id/precision`. */
export const RulePrecision = z.object({
  ruleId: z.string(),
  from: Instant,
  overall: Precision,
  /** Estimated minutes of work: from the first look to closing, an hour at most, shared among an incident's rules. */
  minutes: z.number(),
  byTenant: z.array(z.object({ tenant: Slug, precision: Precision, minutes: z.number() })),
  /** Oldest first, without gaps. */
  weeks: z.array(PrecisionWeek),
});
export type RulePrecision = z.infer<typeof RulePrecision>;

export const RuleQuality = z.object({
  ruleId: z.string(),
  title: z.string(),
  level: LevelSchema.nullable(),
  /** Detections in the time asked for. */
  detections: z.number().int(),
  precision: Precision,
  minutes: z.number(),
  /** Precision of the later half less that of the earlier; null where one has nothing judged. */
  trend: z.number().nullable(),
  weeks: z.array(PrecisionWeek),
});
export type RuleQuality = z.infer<typeof RuleQuality>;

/** `GET /api/detection-quality`: rules that spoke or were judged, those that cost most work for nothing first. */
export const DetectionQuality = z.object({
  from: Instant,
  overall: Precision,
  minutes: z.number(),
  rules: z.array(RuleQuality),
});
export type DetectionQuality = z.infer<typeof DetectionQuality>;
