import { z } from 'zod';
import { Instant, LevelSchema, Slug } from './common.ts';

/** `covered`: a rule can fire; `degraded`: the sources that its rules need are silent; `uncovered`: no rule can. */
export const CoverageState = z.enum(['covered', 'degraded', 'uncovered']);
export type CoverageState = z.infer<typeof CoverageState>;

/** `GET /api/coverage?tenant=`: what a tenant sends, what that lets the rules see, and what is missing. */
export const CoverageView = z.object({
  tenant: Slug,
  rules: z.object({
    /** Rules that are in force. */
    live: z.number().int(),
    /** Of these, those that some technology of the tenant feeds. */
    fed: z.number().int(),
    /** Of the fed ones, those all of whose sources are silent or unreadable now. */
    degraded: z.number().int(),
  }),
  techniques: z.object({ covered: z.number().int(), degraded: z.number().int(), total: z.number().int() }),
  technologies: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      category: z.string(),
      /** Kinds of document that came (`event.dataset`). */
      datasets: z.array(z.string()),
      sources: z.array(Slug),
      firstAt: Instant,
      lastAt: Instant,
      /** Events of the last 24 hours. */
      events24h: z.number().int(),
      /** Live rules that it feeds, and the techniques they name. */
      rules: z.number().int(),
      techniques: z.array(z.string()),
      dataComponents: z.array(z.string()),
      /** Null: all is well. */
      degraded: z.object({ reason: z.string(), since: Instant }).nullable(),
    }),
  ),
  /** Logsources of live rules that nothing the tenant sends feeds, most rules first. */
  starving: z.array(z.object({ logsource: z.string(), rules: z.number().int() })),
  /** Technologies that the tenant does not send, those that would add most first. */
  missing: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      category: z.string(),
      description: z.string(),
      /** Live rules that only it would feed at this tenant, and techniques that only it would cover. */
      addsRules: z.number().int(),
      addsTechniques: z.array(z.string()),
      dataComponents: z.array(z.string()),
      /** How to switch logging on, Markdown. */
      setup: z.string(),
    }),
  ),
});
export type CoverageView = z.infer<typeof CoverageView>;

/** `GET /api/coverage/tenants`: what each tenant that the caller sees sends, and what that lets the rules see. */
export const CoverageOverview = z.object({
  /** Rules that are in force. */
  live: z.number().int(),
  /** Techniques of ATT&CK. */
  techniques: z.number().int(),
  items: z.array(
    z.object({
      tenant: Slug,
      /** Technologies that it sends. */
      technologies: z.number().int(),
      /** Live rules that can fire or could if their sources were in order; of these, those that are grey. */
      fed: z.number().int(),
      degraded: z.number().int(),
      techniques: z.object({ covered: z.number().int(), degraded: z.number().int() }),
      /** The technology that would add most: its name, and the rules and techniques that only it would feed. */
      missing: z
        .object({ name: z.string(), rules: z.number().int(), techniques: z.number().int() })
        .nullable(),
    }),
  ),
});
export type CoverageOverview = z.infer<typeof CoverageOverview>;

/** `GET /api/coverage/matrix?tenant=`: ATT&CK as a tenant's rules and sources cover it. */
export const CoverageMatrix = z.object({
  tenant: Slug.nullable(),
  tactics: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      techniques: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          state: CoverageState,
          /** Rules that can fire, that are degraded, that are in force. */
          firing: z.number().int(),
          degraded: z.number().int(),
          rules: z.number().int(),
          /** Why it is degraded, and since when. */
          reason: z.string().nullable(),
          since: Instant.nullable(),
          subtechniques: z.array(
            z.object({ id: z.string(), name: z.string(), state: CoverageState, rules: z.number().int() }),
          ),
        }),
      ),
    }),
  ),
});
export type CoverageMatrix = z.infer<typeof CoverageMatrix>;

/** `GET /api/coverage/techniques/:technique?tenant=`: the rules that name a technique. */
export const TechniqueCoverageView = z.object({
  id: z.string(),
  name: z.string(),
  rules: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      level: LevelSchema,
      state: CoverageState,
      technologies: z.array(z.string()),
      reason: z.string().nullable(),
    }),
  ),
});
export type TechniqueCoverageView = z.infer<typeof TechniqueCoverageView>;

export const CoverageQuery = z.object({ tenant: Slug });
