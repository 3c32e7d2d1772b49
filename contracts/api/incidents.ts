import { z } from 'zod';
import { Instant, LevelSchema, pageOf, Slug } from './common.ts';
import { SinceSeen, Urgency } from './urgency.ts';

/**
 * `waiting-for-client`: nothing can be done here until the client answers, so clocks that allow it pause;
 * `contained`: the attack can't go on, what it did is still to be put right.
 */
export const INCIDENT_STATUSES = ['new', 'in-progress', 'waiting-for-client', 'contained', 'closed'] as const;
export const IncidentStatus = z.enum(INCIDENT_STATUSES);
export type IncidentStatus = z.infer<typeof IncidentStatus>;
export const VERDICTS = ['true-positive', 'benign-true-positive', 'false-positive'] as const;
export const Verdict = z.enum(VERDICTS);

export const EntityView = z.object({
  type: z.enum(['host', 'user', 'ip', 'domain', 'process', 'file', 'cloud']),
  value: z.string(),
});

export const TechniqueView = z.object({ id: z.string(), name: z.string(), tactic: z.string() });

export const MatchedFieldView = z.object({ field: z.string(), value: z.string(), condition: z.string() });

/** Why an incident was opened, or why an alert joined it: terms whose weights add up to the total. */
export const GroupingReason = z.object({
  total: z.number(),
  /** What the total had to reach. */
  needed: z.number(),
  terms: z.array(z.object({ term: z.string(), weight: z.number(), text: z.string() })),
});
export type GroupingReason = z.infer<typeof GroupingReason>;

export const AlertView = z.object({
  id: z.string(),
  ruleId: z.string(),
  title: z.string(),
  level: LevelSchema,
  /** Detections folded into this alert. */
  count: z.number().int(),
  firstAt: Instant,
  lastAt: Instant,
  entities: z.array(EntityView),
  techniques: z.array(TechniqueView),
  /** Plain-language diagnosis and advice of the rule, in the language of the reader where it exists. */
  diagnosis: z.string(),
  advice: z.array(z.string()),
  falsePositives: z.array(z.string()),
  /** `context`: it happened beside what the incident is about. */
  part: z.enum(['evidence', 'context']),
  /** A person put it here. */
  pinned: z.boolean(),
  /** Why it joined; null for one of before reasons were kept. */
  reason: GroupingReason.nullable(),
  /** Newest detections first, at most 50; the count above has them all. */
  evidence: z.array(
    z.object({
      detectionId: z.string(),
      at: Instant,
      matched: z.array(MatchedFieldView),
      events: z.array(z.object({ id: z.string(), at: Instant, source: z.string() })),
    }),
  ),
});
export type AlertView = z.infer<typeof AlertView>;

export const IncidentSummary = z.object({
  /** Unique over all tenants; shown as `INC-<number>`. */
  id: z.number().int(),
  tenant: Slug,
  title: z.string(),
  status: IncidentStatus,
  level: LevelSchema,
  verdict: Verdict.nullable(),
  owner: z.object({ id: z.string(), name: z.string() }).nullable(),
  /** Time of the first and last evidence, and when Vigie opened the incident. */
  firstAt: Instant,
  lastAt: Instant,
  createdAt: Instant,
  alerts: z.number().int(),
  detections: z.number().int(),
  entities: z.array(EntityView),
  techniques: z.array(TechniqueView),
  demo: z.boolean(),
  /** When the next of its clocks runs out; null: none runs. */
  dueAt: Instant.nullable(),
  /** The worst of its clocks; null: it has none. */
  clockState: z.enum(['breached', 'warned', 'running', 'paused', 'met']).nullable(),
  verdictReason: z.string().nullable(),
  /** How urgent it is among all that is open, and why. */
  urgency: Urgency,
  /** Null: nothing since the reader looked at it, or they never did. */
  changed: SinceSeen.nullable(),
  /** Whether the reader has looked at it. */
  seen: z.boolean(),
});
export type IncidentSummary = z.infer<typeof IncidentSummary>;
/** `total` is counted to a thousand. */
export const IncidentPage = pageOf(IncidentSummary).extend({
  /** There are more than `total`. */
  more: z.boolean(),
});

/** Everything that happened, oldest first: evidence, decisions, mails. */
export const TimelineEntry = z.object({
  at: Instant,
  kind: z.enum(['evidence', 'alert', 'incident', 'status', 'mail', 'comment']),
  text: z.string(),
  level: LevelSchema.optional(),
  alertId: z.string().optional(),
  event: z.object({ id: z.string(), at: Instant, source: z.string() }).optional(),
  /** Who did it, where a person did. */
  actor: z.string().optional(),
});
export type TimelineEntry = z.infer<typeof TimelineEntry>;

export const IncidentView = IncidentSummary.extend({
  /** What happened, in sentences a client can read. */
  summary: z.string(),
  advice: z.array(z.string()),
  /** Why it was opened; null for one of before reasons were kept. */
  reason: GroupingReason.nullable(),
  /** The incident that this one went into. */
  mergedInto: z.number().int().nullable(),
  /** Incidents that went into this one and can be taken out again; `actor` null: triage did it. */
  merged: z.array(z.object({ id: z.number().int(), at: Instant, actor: z.string().nullable() })),
  alertList: z.array(AlertView),
  timeline: z.array(TimelineEntry),
  mails: z.array(
    z.object({ id: z.string(), to: z.string(), subject: z.string(), state: z.string(), at: Instant }),
  ),
});
export type IncidentView = z.infer<typeof IncidentView>;

export const MailView = z.object({
  id: z.string(),
  tenant: Slug.nullable(),
  incident: z.number().int().nullable(),
  to: z.string(),
  subject: z.string(),
  state: z.enum(['pending', 'sending', 'sent', 'dead']),
  attempts: z.number().int(),
  createdAt: Instant,
  nextAttemptAt: Instant.nullable(),
  sentAt: Instant.nullable(),
  lastError: z.string().nullable(),
  /** Waits to come together with others, until `nextAttemptAt`; trying it again sends it at once. */
  held: z.boolean(),
  /** Id of the mail that it came, or comes, in; null: it is one of its own. */
  digest: z.string().nullable(),
});
export type MailView = z.infer<typeof MailView>;
export const MailDetail = MailView.extend({ html: z.string(), text: z.string() });
export type MailDetail = z.infer<typeof MailDetail>;
