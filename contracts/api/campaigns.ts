import { z } from 'zod';
import { Instant, LevelSchema, Slug } from './common.ts';
import { IncidentStatus } from './incidents.ts';

/**
 * Incidents of several clients that belong to one campaign of an attacker. Only the provider's own people who
 * see every tenant know of them; no client learns that there is one, let alone who else is in it.
 */
export const CampaignMember = z.object({
  tenant: Slug,
  incident: z.number().int(),
  title: z.string(),
  level: LevelSchema,
  status: IncidentStatus,
  addedBy: z.string(),
  addedAt: Instant,
});

export const CampaignView = z.object({
  id: z.string(),
  name: z.string(),
  note: z.string(),
  createdBy: z.string(),
  createdAt: Instant,
  /** Set: nothing is added any more. */
  closedAt: Instant.nullable(),
  members: z.array(CampaignMember),
});
export type CampaignView = z.infer<typeof CampaignView>;

const IncidentIds = z.array(z.number().int().min(1).max(2_147_483_647)).max(200);

/** `POST /api/campaigns`. */
export const NewCampaign = z.strictObject({
  name: z.string().trim().min(3).max(200),
  note: z.string().trim().max(4000).default(''),
  incidents: IncidentIds.default([]),
});
export type NewCampaign = z.infer<typeof NewCampaign>;

/** `PATCH /api/campaigns/:id`. */
export const CampaignChange = z.strictObject({
  name: z.string().trim().min(3).max(200).optional(),
  note: z.string().trim().max(4000).optional(),
  closed: z.boolean().optional(),
  add: IncidentIds.default([]),
  remove: IncidentIds.default([]),
});
export type CampaignChange = z.infer<typeof CampaignChange>;

/** An incident of another tenant that shares what the attacker uses. */
export const CampaignSuggestion = z.object({
  tenant: Slug,
  incident: z.number().int(),
  title: z.string(),
  level: LevelSchema,
  lastAt: Instant,
  /** What they share, the most telling first; the weight is the sum. */
  shared: z.array(
    z.object({ kind: z.enum(['hash', 'address', 'domain', 'rule']), value: z.string(), weight: z.number() }),
  ),
  weight: z.number(),
  /** Campaigns it is in already. */
  campaigns: z.array(z.string()),
});
export type CampaignSuggestion = z.infer<typeof CampaignSuggestion>;

/** `GET /api/incidents/:id/campaigns`. */
export const IncidentCampaigns = z.object({
  campaigns: z.array(CampaignView),
  suggestions: z.array(CampaignSuggestion),
});
export type IncidentCampaigns = z.infer<typeof IncidentCampaigns>;
