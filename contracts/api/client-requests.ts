import { z } from 'zod';
import { AssetMind } from './assets.ts';
import { Instant, Language } from './common.ts';

/**
 * What the provider wants of a client about an incident: an answer to a question, or a decision on something
 * that it proposes to do. Both are answered by somebody signed in, or by a link that was mailed to one contact.
 */

/** How long a request may stay open, days. */
export const MAX_REQUEST_DAYS = 60;
/** A question can be answered by its link so long after it was due, days; a decision not at all. */
export const ANSWER_GRACE_DAYS = 7;

const Line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}]*$/u, 'one line');

const Recipient = z.strictObject({ name: Line(200), email: z.email().max(254) });

const Asking = z.strictObject({
  /** To whom a link is mailed; contacts of the tenant, or other people there. */
  recipients: z.array(Recipient).max(10),
  dueAt: Instant,
  /** Stops the incident's clocks until it is answered, withdrawn or given up. */
  pauses: z.boolean().default(true),
});

/** `POST /api/incidents/:id/questions`. */
export const NewQuestion = Asking.extend({
  text: z.string().trim().min(3).max(4000),
  /** Answers to choose from, such as yes, no, don’t know; empty: in words only. */
  choices: z.array(Line(120)).max(8).default([]),
  recipients: z.array(Recipient).min(1).max(10),
});
export type NewQuestion = z.infer<typeof NewQuestion>;

export const RISKS = ['low', 'medium', 'high'] as const;
export const Risk = z.enum(RISKS);
export type Risk = z.infer<typeof Risk>;

/** `POST /api/incidents/:id/decisions`. */
export const NewDecision = Asking.extend({
  title: Line(200),
  /** What would be done, why, and what it costs the client. */
  text: z.string().trim().min(3).max(4000),
  /** Ways to do it, of which whoever approves chooses one; empty: just yes or no. */
  choices: z.array(Line(120)).max(8).default([]),
  risk: Risk,
  /**
   * Signed-in people of the client with this role may decide as well, its administrators in any case; null: the
   * recipients only.
   */
  approverRole: z.enum(['client-administrator', 'client-responder']).nullable().default('client-responder'),
  /** Two different people must approve. */
  fourEyes: z.boolean().default(false),
});
export type NewDecision = z.infer<typeof NewDecision>;

export const VERDICT_ANSWERS = ['approve', 'refuse'] as const;

/** An answer: to a question a choice or words (or both), to a decision `approve` or `refuse`. */
export const RequestAnswer = z.strictObject({
  verdict: z.enum(VERDICT_ANSWERS).optional(),
  choice: z.string().max(120).optional(),
  text: z.string().trim().max(4000).default(''),
});
export type RequestAnswer = z.infer<typeof RequestAnswer>;

export const REQUEST_STATES = ['open', 'answered', 'approved', 'refused', 'withdrawn', 'expired'] as const;
export const RequestState = z.enum(REQUEST_STATES);
export type RequestState = z.infer<typeof RequestState>;

export const AnswerView = z.object({
  by: z.string(),
  /** How we know: by the link that was sent to an address, or by signing in. */
  how: z.enum(['link', 'session']),
  /** Address the link was sent to, or of the account. */
  email: z.string(),
  verdict: z.enum(VERDICT_ANSWERS).nullable(),
  choice: z.string().nullable(),
  text: z.string(),
  at: Instant,
});
export type AnswerView = z.infer<typeof AnswerView>;

export const RequestView = z.object({
  id: z.string(),
  kind: z.enum(['question', 'decision']),
  /** Null for a question. */
  title: z.string().nullable(),
  text: z.string(),
  choices: z.array(z.string()),
  risk: Risk.nullable(),
  approverRole: z.enum(['client-administrator', 'client-responder']).nullable(),
  /** Approvals that a decision needs; 1 for a question. */
  needed: z.number().int(),
  state: RequestState,
  askedBy: z.string(),
  askedAt: Instant,
  dueAt: Instant,
  /** Open, and past its date. */
  overdue: z.boolean(),
  closedAt: Instant.nullable(),
  pauses: z.boolean(),
  recipients: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      email: z.string(),
      /** `none`: not sent yet; `live`: can be used; `used`; `ended`: revoked or run out. */
      link: z.enum(['none', 'live', 'used', 'ended']),
      remindedAt: Instant.nullable(),
    }),
  ),
  answers: z.array(AnswerView),
  /** Whether the reader may answer it. */
  mayAnswer: z.boolean(),
});
export type RequestView = z.infer<typeof RequestView>;

/**
 * `GET /api/answer`, with `Authorization: Link <token>`: what the mail said and nothing else. It changes
 * nothing, so a mail scanner that follows the link does no harm.
 */
export const LinkedRequest = z.object({
  kind: z.enum(['question', 'decision']),
  provider: z.string(),
  tenant: z.string(),
  language: Language,
  timeZone: z.string(),
  title: z.string().nullable(),
  text: z.string(),
  choices: z.array(z.string()),
  risk: Risk.nullable(),
  dueAt: Instant,
  /** Of a decision: what must be minded of the machines and people of its incident. */
  mind: z.array(AssetMind),
  /** Name of the contact whom the link was sent to. */
  recipient: z.string(),
  /** Whom to call instead; null: the provider has named nobody. */
  phone: z.string().nullable(),
});
export type LinkedRequest = z.infer<typeof LinkedRequest>;

/** `POST /api/answer`, with `Authorization: Link <token>`. */
export const LinkAnswered = z.object({ done: z.literal(true) });
