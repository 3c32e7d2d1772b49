import { z } from 'zod';
import { CONTACT_FUNCTIONS } from '../contacts.ts';
import { Instant, Language, LevelSchema, Slug } from './common.ts';
import { IncidentStatus } from './incidents.ts';

/**
 * Clocks: how long a promise of the contract, or a step that the law asks for, still has. Durations are seconds in
 * contracts, milliseconds in views; instants are epoch milliseconds.
 */

/** What a contract may promise, in the order in which it happens. */
export const CLOCK_KINDS = ['notify', 'acknowledge', 'contain', 'resolve'] as const;
export const ClockKind = z.enum(CLOCK_KINDS);
export type ClockKind = z.infer<typeof ClockKind>;

/**
 * - `running`: counts, no warning is due yet;
 * - `warned`: counts, and at least one warning was given;
 * - `paused`: waits for the client;
 * - `breached`: the time was used up before it was done; it stays so for ever, done or not;
 * - `met`: done in time;
 * - `cancelled`: nothing is owed any more (the incident went into another one).
 */
export const CLOCK_STATES = ['running', 'warned', 'paused', 'breached', 'met', 'cancelled'] as const;
export const ClockState = z.enum(CLOCK_STATES);
export type ClockState = z.infer<typeof ClockState>;

/** Seconds promised for each kind; null or left out: nothing is promised. */
const Promised = z.number().int().min(1).max(31_622_400).nullable().default(null);
export const ServiceLevel = z.strictObject({
  notify: Promised,
  acknowledge: Promised,
  contain: Promised,
  resolve: Promised,
  /** Round the clock, or in the client's business hours. */
  hours: z.enum(['always', 'business']).default('always'),
});
export type ServiceLevel = z.infer<typeof ServiceLevel>;

/** What was agreed with a client. A change counts for incidents that open afterwards. */
export const Contract = z.strictObject({
  /** Name of the agreement, for people. */
  name: z.string().trim().min(1).max(200),
  levels: z.partialRecord(LevelSchema, ServiceLevel),
  /** Shares of the time at which somebody is warned, each above 0 and below 1. */
  warnAt: z.array(z.number().min(0.01).max(0.99)).max(5).default([0.5, 0.8]),
});
export type Contract = z.infer<typeof Contract>;

/** A pause; `to` null: it lasts. */
export const ClockPause = z.object({
  from: Instant,
  to: Instant.nullable(),
  reason: z.enum(['waiting-for-client', 'closed']),
});

export const ClockView = z.object({
  /** `notify` … `resolve`, or `<regime>:<step>` for one of the law. */
  kind: z.string(),
  state: ClockState,
  /** Name of the contract, or of the regime. */
  basis: z.string(),
  startedAt: Instant,
  /** Null while it is paused: the deadline moves on with the pause. */
  dueAt: Instant.nullable(),
  stoppedAt: Instant.nullable(),
  breachedAt: Instant.nullable(),
  /** Time that counts, milliseconds, and what of it is used; in business hours where those were agreed. */
  allowedMs: z.number(),
  usedMs: z.number(),
  /** The same with the pauses counted in. */
  usedWithPausesMs: z.number(),
  hours: z.enum(['always', 'business']),
  /** Name of the site whose zone and hours count; null: the tenant's. */
  site: z.string().nullable(),
  /** Severity whose promise is the stricter one; null for the law's. */
  level: LevelSchema.nullable(),
  pauses: z.array(ClockPause),
  /** Shares warned of so far. */
  warned: z.array(z.number()),
});
export type ClockView = z.infer<typeof ClockView>;

/** Somebody who was asked to look at a clock. */
export const CallView = z.object({
  id: z.string(),
  clock: z.string(),
  reason: z.enum(['warning', 'breach']),
  /** Level of the escalation, 1 at first. */
  step: z.number().int(),
  /** Names of those who were told, of all levels. */
  told: z.array(z.string()),
  at: Instant,
  /** When the next level is told unless somebody acknowledges; null: nobody is left, or it was acknowledged. */
  nextAt: Instant.nullable(),
  acknowledged: z.object({ at: Instant, by: z.string() }).nullable(),
});
export type CallView = z.infer<typeof CallView>;

/** Something that happened to a clock. */
export const ClockEventView = z.object({
  at: Instant,
  clock: z.string(),
  event: z.enum(['started', 'warned', 'breached', 'paused', 'resumed', 'stopped', 'tightened', 'cancelled']),
  text: z.string(),
});

/** Whom of the client to call now, first first. */
export const CallOrderEntry = z.object({
  name: z.string(),
  email: z.string(),
  phone: z.string().nullable(),
  functions: z.array(z.enum(CONTACT_FUNCTIONS)),
  /** What they speak, the preferred first; empty: as the tenant. */
  languages: z.array(Language),
  /** Within the contact's own hours. */
  reachable: z.boolean(),
});
export type CallOrderEntry = z.infer<typeof CallOrderEntry>;

/** `GET /api/incidents/:id/clocks`. */
export const IncidentClocks = z.object({
  contract: z.string().nullable(),
  clocks: z.array(ClockView),
  calls: z.array(CallView),
  events: z.array(ClockEventView),
  contacts: z.array(CallOrderEntry),
});
export type IncidentClocks = z.infer<typeof IncidentClocks>;

/** `POST /api/incidents/:id/clocks/told`: the client was told in another way than by our mail. */
export const ClientTold = z.strictObject({ how: z.string().trim().min(3).max(1000) });

export const ClockBoardQuery = z.object({
  tenant: Slug.optional(),
  /** Id of the owner, or `nobody`. */
  owner: z.string().max(200).optional(),
  /** Only what is due within so many hours, or breached and not done. */
  within: z.coerce.number().min(0.1).max(8784).default(24),
  limit: z.coerce.number().int().min(1).max(500).default(200),
});
export type ClockBoardQuery = z.infer<typeof ClockBoardQuery>;

export const ClockBoardItem = z.object({
  clock: ClockView,
  incident: z.object({
    id: z.number().int(),
    tenant: Slug,
    title: z.string(),
    level: LevelSchema,
    status: IncidentStatus,
    owner: z.object({ id: z.string(), name: z.string() }).nullable(),
  }),
});
export type ClockBoardItem = z.infer<typeof ClockBoardItem>;
/** `GET /api/clocks`: what is running out, soonest first. */
export const ClockBoard = z.object({
  items: z.array(ClockBoardItem),
  total: z.number().int(),
});
export type ClockBoard = z.infer<typeof ClockBoard>;

export const ClockStatisticsQuery = z.object({
  tenant: Slug.optional(),
  from: z.coerce.number().min(0).optional(),
  to: z.coerce.number().min(0).optional(),
});
/** `GET /api/clocks/statistics`: clocks by tenant, month of their start in the tenant's time zone, and kind. */
export const ClockStatistics = z.object({
  items: z.array(
    z.object({
      tenant: Slug,
      /** `2026-11`. */
      month: z.string(),
      kind: z.string(),
      level: LevelSchema.nullable(),
      met: z.number().int(),
      breached: z.number().int(),
      open: z.number().int(),
      /** Median of the time used by those done, milliseconds; null: none is done. */
      medianUsedMs: z.number().nullable(),
      medianWithPausesMs: z.number().nullable(),
    }),
  ),
});
export type ClockStatistics = z.infer<typeof ClockStatistics>;
