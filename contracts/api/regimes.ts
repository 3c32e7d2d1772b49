import { z } from 'zod';
import { ClockView } from './clocks.ts';
import { Instant, Language, Slug } from './common.ts';

/** Duties to report an incident to an authority, step by step, each with its deadline and the draft of its report. */

const InLanguages = z.record(Language, z.string().min(1).max(4000));

export const RegimeStepView = z.object({
  id: Slug,
  name: InLanguages,
  /** The provision, as it is cited. */
  provision: z.string(),
  /** Why there is no deadline of its own yet: it counts from this step. */
  after: z.string().nullable(),
  clock: ClockView.nullable(),
  done: z.object({ at: Instant, by: z.string(), note: z.string() }).nullable(),
  /** Languages in which a person has kept a report. */
  kept: z.array(Language),
});

export const RegimeView = z.object({
  id: Slug,
  name: InLanguages,
  law: z.string(),
  authority: InLanguages,
  trigger: InLanguages,
  steps: z.array(z.object({ id: Slug, name: InLanguages, provision: z.string() })),
});
export type RegimeView = z.infer<typeof RegimeView>;

/** A regime at an incident; `started` null: nobody has decided yet, `proposed` says why one might. */
export const IncidentRegime = RegimeView.extend({
  proposed: z.string().nullable(),
  started: z.object({ at: Instant, awareAt: Instant, by: z.string(), reason: z.string() }).nullable(),
  steps: z.array(RegimeStepView),
});
export type IncidentRegime = z.infer<typeof IncidentRegime>;
export const IncidentRegimes = z.object({ items: z.array(IncidentRegime) });
export type IncidentRegimes = z.infer<typeof IncidentRegimes>;

/** `POST /api/incidents/:id/regimes`. */
export const StartRegime = z.strictObject({
  regime: Slug,
  /** When the organisation became aware; the deadlines count from here. */
  awareAt: Instant,
  reason: z.string().trim().min(3).max(4000),
});
export type StartRegime = z.infer<typeof StartRegime>;
export const StepDone = z.strictObject({
  /** Reference of the authority, or how it was sent. */
  note: z.string().trim().min(1).max(2000),
});
export const ReportQuery = z.object({ language: Language.default('en') });
export const ReportDraft = z.object({
  language: Language,
  /** Markdown. Gaps are marked `[▢ …]`. */
  text: z.string(),
  gaps: z.number().int(),
  /** Null: written by Vigie just now, not kept. */
  saved: z.object({ at: Instant, by: z.string(), revision: z.number().int() }).nullable(),
});
export type ReportDraft = z.infer<typeof ReportDraft>;
export const ReportSave = z.strictObject({
  language: Language,
  text: z.string().min(1).max(100_000),
  /** Revision that was changed; 0: the first to be kept. */
  revision: z.number().int().min(0),
});
export type ReportSave = z.infer<typeof ReportSave>;
