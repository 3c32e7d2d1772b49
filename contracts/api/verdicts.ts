import { z } from 'zod';
import { VERDICT_REASONS, type VerdictReasonCode } from '../verdict-reasons.ts';
import { Instant } from './common.ts';
import { IncidentStatus, Verdict } from './incidents.ts';

export const VerdictReason = z.enum([
  ...new Set(Object.values(VERDICT_REASONS).flat()),
] as unknown as readonly [VerdictReasonCode, ...VerdictReasonCode[]]);

/** Whether a reason belongs to a verdict. */
export function reasonFits(verdict: z.infer<typeof Verdict>, reason: string): boolean {
  return (VERDICT_REASONS[verdict] as readonly string[]).includes(reason);
}

/** `POST /api/incidents/:id/verdicts`: on the incident, or on some of its alerts. */
export const NewVerdict = z
  .strictObject({
    verdict: Verdict,
    reason: VerdictReason,
    note: z.string().trim().max(10_000).default(''),
    /** Rules at fault; of a false positive only. */
    rules: z.array(z.string().min(1).max(200)).max(20).default([]),
    /** Ids of alerts; empty: the incident as a whole. */
    alerts: z.array(z.string().min(1).max(64)).max(500).default([]),
  })
  .refine(({ verdict, reason }) => reasonFits(verdict, reason), 'the reason belongs to another verdict')
  .refine(({ reason, note }) => reason !== 'other' || note !== '', 'say what it was: “other” needs a note')
  .refine(({ verdict, rules }) => verdict === 'false-positive' || rules.length === 0, {
    message: 'rules are at fault of false positives only',
  });
export type NewVerdict = z.infer<typeof NewVerdict>;

/** `POST /api/verdicts/:tenant/:id/replies`: what the client says to a verdict. */
export const NewVerdictReply = z
  .strictObject({ agrees: z.boolean(), comment: z.string().trim().max(10_000).default('') })
  .refine(({ agrees, comment }) => agrees || comment !== '', 'say what you see differently');
export type NewVerdictReply = z.infer<typeof NewVerdictReply>;

export const VerdictEntry = z.object({
  id: z.string(),
  at: Instant,
  /** Null: the verdict before was taken back. */
  verdict: Verdict.nullable(),
  /** Null: given without one, or before reasons were asked for. */
  reason: z.string().nullable(),
  note: z.string(),
  rules: z.array(z.object({ id: z.string(), title: z.string() })),
  /** Null: on the incident as a whole. */
  alert: z.object({ id: z.string(), title: z.string() }).nullable(),
  actor: z.string(),
  side: z.enum(['provider', 'client']),
  replies: z.array(z.object({ at: Instant, agrees: z.boolean(), comment: z.string(), actor: z.string() })),
});
export type VerdictEntry = z.infer<typeof VerdictEntry>;

/** Every verdict on an incident and its alerts, oldest first, and what holds now. */
export const VerdictHistory = z.object({
  items: z.array(VerdictEntry),
  /** Verdict that holds of each alert that has one of its own. */
  alerts: z.record(z.string(), Verdict),
  /** Whether the reader is the client's and may agree or disagree. */
  mayReply: z.boolean(),
});
export type VerdictHistory = z.infer<typeof VerdictHistory>;

/** What a person changes of an incident in the queue; what undoing brings back. */
export const IncidentQueueState = z.object({
  status: IncidentStatus,
  verdict: Verdict.nullable(),
  reason: z.string().nullable(),
  owner: z.string().nullable(),
});
export type IncidentQueueState = z.infer<typeof IncidentQueueState>;
