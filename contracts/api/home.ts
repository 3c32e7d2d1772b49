import { z } from 'zod';
import { Risk } from './client-requests.ts';
import { Instant, Language, LevelSchema, Slug } from './common.ts';

/** What the pages that people begin on need and no other route has; the rest of their cards ask the routes there are. */

/** Most questions, and most steps, of one answer. */
export const WAITING_MOST = 100;

const About = z.object({ id: z.number().int(), tenant: Slug, title: z.string(), level: LevelSchema });

export const WaitingQuery = z.object({ tenant: Slug.optional(), language: Language.default('en') });

/** `GET /api/home/waiting`: what is waited for from clients, over all open incidents that the reader may see. */
export const WaitingForClient = z.object({
  /** Questions and decisions that are open, due soonest first. */
  requests: z.array(
    z.object({
      id: z.string(),
      kind: z.enum(['question', 'decision']),
      /** Title of a decision, else the question itself. */
      text: z.string(),
      risk: Risk.nullable(),
      incident: About,
      askedBy: z.string(),
      askedAt: Instant,
      dueAt: Instant,
      overdue: z.boolean(),
      /** Whether the reader may answer it. */
      mayAnswer: z.boolean(),
    }),
  ),
  /** Steps of procedures that are the client's and open; empty for who may not see procedures. */
  steps: z.array(z.object({ incident: About, procedure: z.string(), step: z.string(), title: z.string() })),
});
export type WaitingForClient = z.infer<typeof WaitingForClient>;

/** How old an open incident may be to be counted in each group, hours; what is older is in a last one. */
export const AGE_HOURS = [4, 24, 72, 168] as const;

export const OpenLoadQuery = z.object({ tenant: Slug.optional() });

/** `GET /api/home/load`: who has how much before them, and how old it is. */
export const OpenLoad = z.object({
  /** Most first; `owner` null: nobody's. */
  people: z.array(
    z.object({
      owner: z.object({ id: z.string(), name: z.string() }).nullable(),
      open: z.number().int(),
      /** High and critical ones among them. */
      severe: z.number().int(),
      oldestAt: Instant,
    }),
  ),
  /** Open incidents by hours since they were opened: under each of `AGE_HOURS`, then the older ones. */
  ages: z.array(z.object({ underHours: z.number().nullable(), open: z.number().int() })),
});
export type OpenLoad = z.infer<typeof OpenLoad>;
