import { z } from 'zod';
import { Instant, Slug } from './common.ts';
import { SourceAlertKind } from './source-watch.ts';

/** A configured way in: belongs to one tenant, has one token, may be bound to sender addresses. */
export const SourceView = z.object({
  id: Slug,
  tenant: Slug,
  name: z.string(),
  /** Technology (`fortinet.fortigate`), or null: recognised line by line. */
  type: z.string().nullable(),
  /** IANA zone for dates without one. */
  timeZone: z.string(),
  /** Sender addresses or networks (CIDR) whose syslog belongs here. */
  addresses: z.array(z.string()),
  enabled: z.boolean(),
  demo: z.boolean(),
  createdAt: Instant,
  health: z.object({
    /** Events a second over the last minute. */
    rate: z.number(),
    lastSeenAt: Instant.nullable(),
    /** Milliseconds of silence when the source is silent against its own rhythm, else null. */
    silentForMs: z.number().nullable(),
    events24h: z.number().int(),
    parseFailures24h: z.number().int(),
    /** Events a minute over the last hour, oldest first (60 numbers). */
    recent: z.array(z.number()),
    /** Technologies seen in the last 24 h with counts. */
    technologies: z.array(z.object({ dataset: z.string(), events: z.number().int() })),
    /** What arrived and was not kept as sent, by reason (`truncated`, `rate-limited`, …), since start. */
    drops: z.record(z.string(), z.number().int()),
    /** Events a second that are usual at this hour of the week; null: not learnt yet. */
    usualRate: z.number().nullable(),
    /** What is unusual about it now, with a sentence. */
    alerts: z.array(
      z.object({
        id: z.string(),
        kind: SourceAlertKind,
        since: Instant,
        message: z.string(),
        acknowledged: z.boolean(),
      }),
    ),
    /** Planned maintenance goes on. */
    maintenance: z.boolean(),
  }),
});
export type SourceView = z.infer<typeof SourceView>;

/** What is said of a source, whether it is made or changed. */
const SourceFields = z.object({
  name: z.string().min(1).max(200),
  type: z.string().max(100).nullable(),
  timeZone: z.string().max(64),
  addresses: z.array(z.string().max(64)).max(256),
});
export const NewSource = SourceFields.extend({
  id: Slug,
  tenant: Slug,
  name: SourceFields.shape.name.optional(),
  type: SourceFields.shape.type.default(null),
  timeZone: SourceFields.shape.timeZone.default('UTC'),
  addresses: SourceFields.shape.addresses.default([]),
});
/** Of the fields and not of {@link NewSource}: a default is no part of a change, it would undo what was set before. */
export const SourcePatch = SourceFields.extend({ enabled: z.boolean() }).partial();

/** The token is shown once; `snippets` are ready to paste, one a shipper. */
export const SourceSecret = z.object({
  token: z.string(),
  snippets: z.array(
    z.object({ shipper: z.string(), title: z.string(), language: z.string(), text: z.string() }),
  ),
});
export type SourceSecret = z.infer<typeof SourceSecret>;

export const ParseFailure = z.object({
  at: Instant,
  text: z.string(),
  reason: z.string(),
  dataset: z.string().nullable(),
});

/** An unknown sender whose lines are held until a person says whose they are. */
export const QuarantineView = z.object({
  id: z.string(),
  transport: z.string(),
  sender: z.string(),
  firstSeenAt: Instant,
  lastSeenAt: Instant,
  /** Lines received; `held` of them are kept and will be replayed on assignment, the rest was counted only. */
  lines: z.number().int(),
  held: z.number().int(),
  samples: z.array(z.string()),
});
export type QuarantineView = z.infer<typeof QuarantineView>;
export const QuarantineAssignment = z.object({ tenant: Slug, source: Slug });
