import { z } from 'zod';
import { LevelSchema, Slug } from './common.ts';
import { INCIDENT_STATUSES, IncidentStatus, Verdict } from './incidents.ts';
import { reasonFits, VerdictReason } from './verdicts.ts';

/** Most incidents of one bulk change. */
export const BULK_MOST = 200;
/** How long a bulk change can be taken back, milliseconds. */
export const UNDO_FOR = 600_000;

/** What the queue can be narrowed to; also what a saved view keeps. */
export const QueueFilter = z.object({
  tenant: Slug.optional(),
  /** `open`: everything that is not closed. */
  status: z.enum(['open', 'all', ...INCIDENT_STATUSES]).default('open'),
  minLevel: LevelSchema.optional(),
  /** `me`, `nobody`, or the id of a user. */
  owner: z.string().min(1).max(64).optional(),
  /** `none`: without a verdict. */
  verdict: z.enum(['none', ...Verdict.options]).optional(),
  /** ATT&CK technique; one with sub-techniques means these too. */
  technique: z
    .string()
    .regex(/^T\d{4}(?:\.\d{3})?$/i, 'an ATT&CK technique, such as T1110 or T1110.001')
    .optional(),
  /** Value of an entity as it is shown, or `type:value`. */
  entity: z.string().min(1).max(500).optional(),
  q: z.string().max(200).optional(),
  /** Evidence within the last so many hours or days: `8h`, `7d`. */
  since: z
    .string()
    .regex(/^[1-9]\d{0,2}[hd]$/, 'hours or days, such as 8h or 7d')
    .optional(),
  /** `yes`: what I have looked at and what has changed since. */
  changed: z.enum(['yes']).optional(),
  /** Most urgent first, newest evidence first, most severe first, oldest first, what is due soonest first. */
  sort: z.enum(['urgency', 'recent', 'severity', 'age', 'due']).default('urgency'),
});
export type QueueFilter = z.infer<typeof QueueFilter>;

export const IncidentQuery = QueueFilter.extend({
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

/** `PATCH /api/incidents/:id`. */
export const IncidentPatch = z
  .object({
    status: IncidentStatus.optional(),
    verdict: Verdict.nullable().optional(),
    /** Of the verdict. */
    reason: VerdictReason.optional(),
    /** Rules at fault of a false positive. */
    rules: z.array(z.string().min(1).max(200)).max(20).optional(),
    /** `me`, a user id, or null for nobody. */
    owner: z.string().nullable().optional(),
    /** With a verdict it is the verdict's note as well. */
    comment: z.string().min(1).max(10_000).optional(),
  })
  .refine(
    ({ verdict, reason }) => reason === undefined || (verdict != null && reasonFits(verdict, reason)),
    'the reason belongs to another verdict',
  )
  .refine(
    ({ reason, comment }) => reason !== 'other' || comment !== undefined,
    'say what it was: “other” needs a comment',
  )
  .refine(
    ({ verdict, rules }) => rules === undefined || rules.length === 0 || verdict === 'false-positive',
    'rules are at fault of false positives only',
  );

/** `POST /api/incidents/bulk`: one change of many incidents. */
export const BulkChange = z.strictObject({
  ids: z.array(z.number().int().min(1).max(2_147_483_647)).min(1).max(BULK_MOST),
  change: IncidentPatch,
});
export type BulkChange = z.infer<typeof BulkChange>;
export const BulkResult = z.object({
  done: z.array(z.number().int()),
  failed: z.array(z.object({ id: z.number().int(), code: z.string(), message: z.string() })),
  /** Takes it back within ten minutes; null where nothing can be. Comments stay. */
  undo: z.string().nullable(),
});
export type BulkResult = z.infer<typeof BulkResult>;

/** `POST /api/incidents/undo`. */
export const BulkUndo = z.strictObject({ undo: z.string().min(1).max(64) });
export const BulkUndone = z.object({
  undone: z.array(z.number().int()),
  /** Changed by somebody since; these stay. */
  kept: z.array(z.number().int()),
});
export type BulkUndone = z.infer<typeof BulkUndone>;

const ViewName = z.string().trim().min(1).max(80);
/** A saved view. One shared without a tenant is seen by those who see all tenants. */
export const NewQueueView = z.strictObject({
  name: ViewName,
  shared: z.boolean().default(false),
  query: QueueFilter.partial().strict(),
});
export type NewQueueView = z.infer<typeof NewQueueView>;
export const QueueViewPatch = z.strictObject({
  name: ViewName.optional(),
  shared: z.boolean().optional(),
  query: QueueFilter.partial().strict().optional(),
});
export type QueueViewPatch = z.infer<typeof QueueViewPatch>;
export const QueueView = z.object({
  id: z.string(),
  name: z.string(),
  shared: z.boolean(),
  /** Whether it is the reader's own. */
  own: z.boolean(),
  owner: z.string(),
  query: QueueFilter.partial(),
});
export type QueueView = z.infer<typeof QueueView>;
export const QueueViewList = z.object({ items: z.array(QueueView) });

/** People who can own an incident, for filters and handing over. */
export const IncidentOwners = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      /** Whose incidents they can own, as far as the reader sees tenants; null: all. */
      tenants: z.array(Slug).nullable(),
      /** Some rota calls this person now. */
      onDuty: z.boolean(),
    }),
  ),
});
export type IncidentOwners = z.infer<typeof IncidentOwners>;

const Alerts = z.strictObject({
  tenant: Slug,
  alerts: z.array(z.string().min(1).max(64)).min(1).max(500),
});
/** `POST /api/alerts/promote`: loose alerts become an incident. */
export const AlertPromotion = Alerts;
/** `POST /api/alerts/join`: loose alerts go into an incident of their tenant. */
export const AlertJoining = Alerts.extend({ to: z.number().int().min(1).max(2_147_483_647) });
/** `POST /api/alerts/review`: what loose alerts were, or that they were looked at. */
export const AlertReview = Alerts.extend({
  /**
   * `seen`: looked at, no more said; `routine`: benign and not to be asked again for 90 days; `false-positive`: the
   * rule was wrong; `open`: as if nobody had looked.
   */
  as: z.enum(['seen', 'routine', 'false-positive', 'open']),
});
export type AlertReview = z.infer<typeof AlertReview>;
export const AlertReviewed = z.object({ reviewed: z.number().int() });
