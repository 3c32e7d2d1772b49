import { z } from 'zod';
import { Instant, LevelSchema, pageOf, Slug } from './common.ts';
import { EntityView, IncidentStatus, Verdict } from './incidents.ts';

const IncidentId = z.number().int().min(1).max(2_147_483_647);
const AlertIds = z.array(z.string().min(1).max(64)).min(1).max(500);

/** Incidents that go into the one of the route. */
export const IncidentMerge = z.object({ incidents: z.array(IncidentId).min(1).max(50) });
/** Alerts of the incident that become one of their own, or loose. */
export const AlertChoice = z.object({ alerts: AlertIds });
/** Alerts of the incident that go to another one of the same tenant. */
export const AlertMove = z.object({ alerts: AlertIds, to: IncidentId });

export const LOOSE_GROUPS = ['routine', 'rare', 'all'] as const;
/** Alerts that are in no incident: routine ones, those that are rare all the same, or all. */
export const LooseAlertQuery = z.object({
  tenant: Slug.optional(),
  group: z.enum(LOOSE_GROUPS).default('all'),
  /** `open`: nobody has looked at it yet. */
  review: z.enum(['open', 'done', 'all']).default('all'),
  /** Newest first, or most unusual first. */
  sort: z.enum(['recent', 'rare']).default('recent'),
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export const LooseAlert = z.object({
  id: z.string(),
  tenant: Slug,
  ruleId: z.string(),
  /** Title of the rule; its id where it is not known any more. */
  ruleTitle: z.string(),
  title: z.string(),
  level: LevelSchema,
  count: z.number().int(),
  firstAt: Instant,
  lastAt: Instant,
  entities: z.array(EntityView),
  /** How unusual it was; 0 for what is usual, 6 for a rule that never spoke before. */
  rarity: z.number(),
  /** It fires here as a matter of course. */
  routine: z.boolean(),
  verdict: Verdict.nullable(),
  /** When and by whom it was looked at. */
  reviewed: z.object({ at: Instant, by: z.string() }).nullable(),
});
export type LooseAlert = z.infer<typeof LooseAlert>;
export const LooseAlertPage = pageOf(LooseAlert);

/** An open incident that has something in common with a loose alert. */
export const LooseAlertTie = z.object({
  id: IncidentId,
  title: z.string(),
  level: LevelSchema,
  status: IncidentStatus,
  /** Entities that both name. */
  shared: z.array(EntityView),
  /** From the incident's evidence to the alert, milliseconds: 0 within it, negative where the alert came before. */
  apart: z.number(),
  /** The alert's rule is among what was unusual in the incident. */
  sameRule: z.boolean(),
  /** What speaks for its joining, in points; null where it is too far apart in time to join by itself. */
  total: z.number().nullable(),
});
export type LooseAlertTie = z.infer<typeof LooseAlertTie>;
/** `GET /api/alerts/loose/:tenant/:id`: why an alert is in no incident, and in which it could be. */
export const LooseAlertTies = z.object({
  alert: z.string(),
  /** The incident in which it is by now; null while it is loose. */
  incident: z.number().int().nullable(),
  /** Points with which an alert joins an incident by itself. */
  joinsAt: z.number(),
  /** Points of rarity with which alerts below medium level open an incident together. */
  opensAt: z.number(),
  /** What fits best first. */
  incidents: z.array(LooseAlertTie),
});
export type LooseAlertTies = z.infer<typeof LooseAlertTies>;
