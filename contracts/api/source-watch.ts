import { z } from 'zod';
import { Instant, Slug } from './common.ts';

/** What can be wrong with a source. */
export const SOURCE_ALERT_KINDS = ['silent', 'volume-high', 'volume-low', 'parse-failures', 'clock'] as const;
export const SourceAlertKind = z.enum(SOURCE_ALERT_KINDS);
export type SourceAlertKind = z.infer<typeof SourceAlertKind>;

/** An operational alert: a source does not behave as it usually does. */
export const SourceAlertView = z.object({
  id: z.string(),
  tenant: Slug,
  source: Slug,
  kind: SourceAlertKind,
  /**
   * `open`; `recovered` by itself; `accepted`: a person, or a week in which it lasted, made it the new usual; `ended`:
   * the source was switched off.
   */
  state: z.enum(['open', 'recovered', 'accepted', 'ended']),
  /** A sentence with the figures. */
  message: z.string(),
  /** When it began; when we said so; when anything of it changed last; when the source was itself again. */
  since: Instant,
  openedAt: Instant,
  updatedAt: Instant,
  recoveredAt: Instant.nullable(),
  /** Times it came back soon after it had recovered. */
  flaps: z.number().int(),
  acknowledged: z.object({ by: z.string(), at: Instant, note: z.string() }).nullable(),
  /** Figures by name; times in milliseconds. */
  facts: z.record(z.string(), z.number()),
});
export type SourceAlertView = z.infer<typeof SourceAlertView>;

export const SourceAlertQuery = z.object({
  tenant: Slug.optional(),
  source: Slug.optional(),
  state: z.enum(['open', 'all']).default('open'),
  limit: z.coerce.number().int().min(1).max(500).default(200),
});

export type SourceAlertQuery = z.infer<typeof SourceAlertQuery>;

/** `POST /api/source-alerts/:id/acknowledge`: a person has seen it; with `usual`, it is how the source is from now on. */
export const SourceAlertAcknowledgement = z.object({
  note: z.string().max(2000).default(''),
  usual: z.boolean().default(false),
});

/** `GET /api/sources/:tenant/:id/health`: a source against its own usual. */
export const SourceHealthView = z.object({
  /** Days learnt from; with fewer than seven nothing is said of volume. */
  days: z.number().int(),
  learningSince: Instant.nullable(),
  /** Milliseconds of silence after its last event that would be told; null: none would be, yet. */
  patienceMs: z.number().nullable(),
  /** Events by hour of the last seven days, oldest first, with what is usual; null: not heard, not known. */
  hours: z.array(
    z.object({
      at: Instant,
      events: z.number().nullable(),
      usual: z.number().nullable(),
      low: z.number().nullable(),
      high: z.number().nullable(),
    }),
  ),
  /** Usual events a second at this hour of the week. */
  usualRate: z.number().nullable(),
  /** From event time to receipt over the last hour, milliseconds; null with too few events. */
  delay: z
    .object({ events: z.number().int(), p50: z.number(), p95: z.number(), usual: z.number().nullable() })
    .nullable(),
  /** What the device's clock seems to be; null: right, as far as can be said. */
  clock: z.object({ aheadMs: z.number(), zone: z.boolean(), message: z.string() }).nullable(),
  /** Kinds of event that it had never sent before, newest first. */
  newKinds: z.array(
    z.object({
      dataset: z.string(),
      action: z.string(),
      code: z.string(),
      firstAt: Instant,
      /** The first such log, cut. */
      example: z.string(),
    }),
  ),
  kinds: z.number().int(),
  /** Lines since the start that no parser knew, and that one knew in part. */
  unrecognised: z.number().int(),
  partial: z.number().int(),
  alerts: z.array(SourceAlertView),
});
export type SourceHealthView = z.infer<typeof SourceHealthView>;

const Clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as 22:30');

/** When planned maintenance is: once, or every week by local time of `timeZone`. */
export const MaintenanceWhen = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('once'), from: Instant, to: Instant }),
  z.object({
    kind: z.literal('weekly'),
    /** ISO weekdays on which it begins, Monday 1. */
    days: z.array(z.number().int().min(1).max(7)).min(1).max(7),
    /** Past midnight when `to` is not after `from`. */
    from: Clock,
    to: Clock,
    timeZone: z.string().max(64),
  }),
]);
export type MaintenanceWhen = z.infer<typeof MaintenanceWhen>;

/** Planned maintenance of a source, or of all sources of a tenant: no silence is told, nothing is learnt. */
export const NewMaintenance = z.object({
  tenant: Slug,
  /** Null: every source of the tenant. */
  source: Slug.nullable().default(null),
  when: MaintenanceWhen,
  reason: z.string().trim().min(3).max(500),
});
export type NewMaintenance = z.infer<typeof NewMaintenance>;

export const MaintenanceView = NewMaintenance.extend({
  id: z.string(),
  source: Slug.nullable(),
  createdBy: z.string(),
  createdAt: Instant,
  endedBy: z.string().nullable(),
  endedAt: Instant.nullable(),
  /** It is going on now. */
  active: z.boolean(),
});
export type MaintenanceView = z.infer<typeof MaintenanceView>;
export const MaintenanceQuery = z.object({
  tenant: Slug.optional(),
  state: z.enum(['open', 'all']).default('open'),
});
export type MaintenanceQuery = z.infer<typeof MaintenanceQuery>;
