import { z } from 'zod';
import { Instant, LevelSchema, pageOf, Slug } from './common.ts';
import { EventView } from './events.ts';

/**
 * Exceptions: Sigma filters that keep named rules silent where a person has decided so, with an owner, a
 * reason and an end. A rule under an exception fires where the rule holds **and** the filter's condition
 * holds, which is how Sigma joins filters to rules; so what is to be silenced is written `not selection`.
 */

/** Longest filter, characters. */
export const MAX_EXCEPTION_FILTER = 65_536;
/** How long an exception holds when nothing is said, and at most, days. */
export const EXCEPTION_DAYS = { default: 90, most: 365 } as const;
/** An active exception that ends within so many days is shown as ending soon. */
export const EXCEPTION_ENDS_SOON_DAYS = 14;
/** Days of history that a preview looks at. */
export const EXCEPTION_PREVIEW_DAYS = 30;

export const EXCEPTION_STATES = ['active', 'expired', 'revoked'] as const;
export const ExceptionState = z.enum(EXCEPTION_STATES);
export type ExceptionState = z.infer<typeof ExceptionState>;

/** How a field's value is compared; Sigma's modifiers, `equals` for none. Case is ignored. */
export const EXCEPTION_MATCHES = ['equals', 'contains', 'startswith', 'endswith', 'cidr'] as const;

/** One field that must hold for an event to be silenced; of several values one is enough. */
export const ExceptionField = z.strictObject({
  field: z
    .string()
    .max(200)
    .regex(/^[@A-Za-z_][\w@. -]*$/, 'an event field name'),
  match: z.enum(EXCEPTION_MATCHES).default('equals'),
  values: z.array(z.string().min(1).max(8192)).min(1).max(100),
});
export type ExceptionField = z.infer<typeof ExceptionField>;

const FilterText = z.string().min(1).max(MAX_EXCEPTION_FILTER);

/**
 * What is to be silenced: the text of a Sigma filter, or rules with the fields that must hold, from which a
 * filter is written.
 */
export const ExceptionDraft = z
  .strictObject({
    /** Null: all tenants; for the provider only. */
    tenant: Slug.nullable(),
    filter: FilterText.optional(),
    /** Ids of the rules; with `fields`. */
    rules: z.array(z.string().min(1).max(200)).min(1).max(100).optional(),
    fields: z.array(ExceptionField).min(1).max(20).optional(),
    /** Title of the filter that is written; left out: made from rule and values. */
    title: z.string().trim().min(3).max(200).optional(),
  })
  .refine(
    ({ filter, rules, fields }) =>
      filter === undefined
        ? rules !== undefined && fields !== undefined
        : rules === undefined && fields === undefined,
    'give either filter, or rules and fields',
  );
export type ExceptionDraft = z.infer<typeof ExceptionDraft>;

/** A case that a person has marked as true, and that the exception would have silenced. */
export const ExceptionRefusal = z.discriminatedUnion('kind', [
  /** A case of the rule's own file of cases (`<rule>.cases.yml`) that must fire. */
  z.object({ kind: z.literal('case'), ruleId: z.string(), ruleTitle: z.string(), name: z.string() }),
  z.object({
    kind: z.literal('incident'),
    id: z.number().int(),
    tenant: Slug,
    title: z.string(),
    ruleId: z.string(),
    ruleTitle: z.string(),
    /** Detections of the incident that it would have silenced, of those that were looked at. */
    detections: z.number().int(),
  }),
]);
export type ExceptionRefusal = z.infer<typeof ExceptionRefusal>;

/**
 * What a person should know before saving:
 *
 * - `everything`: it would have silenced all, or nearly all, that the rule found;
 * - `inclusive`: the condition negates nothing, so the rule fires only where the filter holds;
 * - `any-rule`: it concerns all rules of a logsource;
 * - `all-tenants`: it holds for every client;
 * - `no-history`: the rule found nothing in the time looked at, so nothing can be said about the effect;
 * - `no-effect`: the rule found things, and none of them would have been silenced;
 * - `misses-event`: the event it was made from would not be silenced;
 * - `correlation`: correlations count this rule, and would not count what is silenced;
 * - `unchecked`: evidence of true positives that is no longer kept, so that it could not be checked;
 * - `incomplete`: the figures are of a part of the time or of the rules only.
 */
export const EXCEPTION_WARNINGS = [
  'everything',
  'inclusive',
  'any-rule',
  'all-tenants',
  'no-history',
  'no-effect',
  'misses-event',
  'correlation',
  'unchecked',
  'incomplete',
] as const;
export const ExceptionWarning = z.object({
  code: z.enum(EXCEPTION_WARNINGS),
  message: z.string(),
  ruleId: z.string().optional(),
});
export type ExceptionWarning = z.infer<typeof ExceptionWarning>;

const Day = z.object({
  /** UTC, `2026-03-14`. */
  day: z.string(),
  count: z.number().int(),
});

export const ExceptionRule = z.object({
  id: z.string(),
  title: z.string(),
  kind: z.enum(['rule', 'correlation']),
  level: LevelSchema,
});
export type ExceptionRule = z.infer<typeof ExceptionRule>;

/** What a draft would have silenced. */
export const ExceptionImpact = z.object({
  from: Instant,
  to: Instant,
  /** What the rules found, exceptions left aside, and how much of it the draft would have silenced. */
  total: z.number().int(),
  silenced: z.number().int(),
  /** Alerts that what is silenced would have folded into. */
  alerts: z.number().int(),
  /** Days with something silenced, oldest first. */
  byDay: z.array(Day),
  /** The rules concerned, those with most silenced first. */
  byRule: z.array(
    ExceptionRule.extend({
      total: z.number().int(),
      silenced: z.number().int(),
      /**
       * `sql`: counted in the event store; `scan`: events read and judged one by one; `detections`: the stored
       * detections of a correlation; `none`: not counted, `reason` says why.
       */
      method: z.enum(['sql', 'scan', 'detections', 'none']),
      reason: z.string().nullable(),
    }),
  ),
  /** The 20 hosts and users with most silenced; the empty string for events that name none. */
  byHost: z.array(z.object({ tenant: Slug, value: z.string(), count: z.number().int() })),
  byUser: z.array(z.object({ tenant: Slug, value: z.string(), count: z.number().int() })),
  /** At most ten events that would have been silenced, newest first. */
  samples: z.array(EventView),
  /** False: a part of the time or of the rules only; a warning says which. */
  complete: z.boolean(),
  tookMs: z.number(),
});
export type ExceptionImpact = z.infer<typeof ExceptionImpact>;

/** `POST /api/exceptions/preview` → what saving this draft would mean. */
export const ExceptionPreview = z.object({
  tenant: Slug.nullable(),
  title: z.string(),
  /** Text of the filter as it would be saved. */
  filter: z.string(),
  impact: ExceptionImpact,
  warnings: z.array(ExceptionWarning),
  /** Not empty: it can't be saved. */
  refusals: z.array(ExceptionRefusal),
  /** Proof that this was shown, for saving within the hour; null where it is refused. */
  token: z.string().nullable(),
});
export type ExceptionPreview = z.infer<typeof ExceptionPreview>;

export const ExceptionPreviewRequest = z.strictObject({
  draft: ExceptionDraft,
  /** The event that the draft was made from, to tell whether it is silenced. */
  event: z.strictObject({ id: z.string().regex(/^[0-9a-f]{32}$/), at: Instant }).optional(),
});

/** `POST /api/exceptions`. */
export const NewException = z.strictObject({
  tenant: Slug.nullable(),
  filter: FilterText,
  /** Of the preview of exactly this tenant and filter. */
  token: z.string().min(1).max(500),
  /** Why the rule is to be silent here; read by people who were not there. */
  reason: z.string().trim().min(10).max(4000),
  /** Who answers for it: `me`, the id of a user, or an address. */
  owner: z.string().min(1).max(254).default('me'),
  /** Left out: in 90 days; at most a year away. */
  expiresAt: Instant.optional(),
});
export type NewException = z.infer<typeof NewException>;

export const ExceptionRevocation = z.strictObject({ reason: z.string().trim().min(3).max(4000) });
export const ExceptionExtension = z.strictObject({
  expiresAt: Instant,
  reason: z.string().trim().min(3).max(4000),
});

export const ExceptionView = z.object({
  id: z.string(),
  /** Null: all tenants. */
  tenant: Slug.nullable(),
  title: z.string(),
  state: ExceptionState,
  /** The rules it names and that are known; `any`: those of the logsource. */
  rules: z.union([z.literal('any'), z.array(ExceptionRule)]),
  /** Names in the filter that no rule has any more. */
  unknownRules: z.array(z.string()),
  logsource: z.string(),
  /**
   * Reason, owner and filter are null where the exception is of all tenants and the reader is confined to
   * some: they may name other clients.
   */
  reason: z.string().nullable(),
  owner: z.object({ id: z.string().nullable(), name: z.string() }).nullable(),
  filter: z.string().nullable(),
  createdAt: Instant,
  changedAt: Instant,
  expiresAt: Instant,
  /** When it was revoked. */
  revokedAt: Instant.nullable(),
  endsSoon: z.boolean(),
  /** What it has silenced since, at the tenants the reader may see. */
  silenced: z.object({ hits: z.number().int(), lastAt: Instant.nullable() }),
  /** Whether the reader may revoke and extend it. */
  mayChange: z.boolean(),
});
export type ExceptionView = z.infer<typeof ExceptionView>;
export const ExceptionPage = pageOf(ExceptionView).extend({
  /** How many of each state fit the other filters. */
  states: z.record(ExceptionState, z.number().int()),
});
export type ExceptionPage = z.infer<typeof ExceptionPage>;

export const ExceptionDetail = ExceptionView.extend({
  /** The last 90 days in which it silenced something, oldest first. */
  byDay: z.array(Day),
  byRule: z.array(z.object({ ruleId: z.string(), ruleTitle: z.string(), count: z.number().int() })),
  byTenant: z.array(z.object({ tenant: Slug, count: z.number().int() })),
  /** What the preview said when it was saved. */
  previewed: z
    .object({ from: Instant, to: Instant, total: z.number().int(), silenced: z.number().int() })
    .nullable(),
  /** Every change, oldest first. */
  changes: z.array(
    z.object({
      at: Instant,
      actor: z.string(),
      kind: z.enum(['created', 'extended', 'revoked']),
      text: z.string(),
    }),
  ),
});
export type ExceptionDetail = z.infer<typeof ExceptionDetail>;

export const ExceptionQuery = z.object({
  tenant: Slug.optional(),
  /** Id of a rule: exceptions that name it, and those of any rule of its logsource. */
  rule: z.string().min(1).max(200).optional(),
  state: z.union([ExceptionState, z.literal('all')]).default('active'),
  q: z.string().max(200).optional(),
  sort: z.enum(['ends', 'newest', 'silenced']).default('ends'),
  cursor: z.string().max(20).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type ExceptionQuery = z.infer<typeof ExceptionQuery>;

/**
 * `POST /api/exceptions/suggest`: fields that an exception for this rule could be made of, from one of its
 * detections, from an event, or else from the newest event that the rule found at the tenant.
 */
export const ExceptionSuggestRequest = z.strictObject({
  tenant: Slug,
  rule: z.string().min(1).max(200),
  detection: z.string().max(64).optional(),
  event: z.strictObject({ id: z.string().regex(/^[0-9a-f]{32}$/), at: Instant }).optional(),
});
export type ExceptionSuggestRequest = z.infer<typeof ExceptionSuggestRequest>;

export const ExceptionSuggestion = z.object({
  rule: ExceptionRule,
  /** The event that the values are from; null where there is none (a correlation without kept events). */
  event: EventView.nullable(),
  candidates: z.array(
    z.object({
      field: z.string(),
      values: z.array(z.string()),
      /** `matched`: the rule matched on it; `entity`: what the alert is about; `group`: the correlation's group; `context`: other. */
      role: z.enum(['matched', 'entity', 'group', 'context']),
      /** Proposed to be part of the exception. */
      chosen: z.boolean(),
      /** Part of what the rule found at the tenant in the last 30 days that has these values, 0–1; null: not known. */
      share: z.number().nullable(),
    }),
  ),
  /** What the rule found at the tenant in the last 30 days; null: not counted. */
  total: z.number().int().nullable(),
});
export type ExceptionSuggestion = z.infer<typeof ExceptionSuggestion>;
