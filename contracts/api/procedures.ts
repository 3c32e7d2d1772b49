import { z } from 'zod';
import { WHOM } from '../contacts.ts';
import { INCIDENT_TYPES, PROCEDURE_ROLES } from '../procedure/file.ts';
import { ENTITY_TYPES } from '../rule-content.ts';
import { Instant, Language, LevelSchema, Slug } from './common.ts';
import { ROLES } from './permissions.ts';
import { SendsBySelf, StepBySelf, TellingView } from './telling.ts';

/** Standard operating procedures: checklists for kinds of incidents, and what was done of them at an incident. */

const Text = z.string().max(100_000);

/** The files of a procedure: `sop.yml`, and Markdown by language; one language is enough. */
export const ProcedureTexts = z.strictObject({
  sop: Text.min(1),
  texts: z.partialRecord(Language, Text),
});
export type ProcedureTexts = z.infer<typeof ProcedureTexts>;

export const ProcedureProblemView = z.object({
  /** `sop.yml` or `<language>.md`. */
  file: z.string(),
  line: z.number().int(),
  severity: z.enum(['error', 'warning']),
  message: z.string(),
});
export type ProcedureProblemView = z.infer<typeof ProcedureProblemView>;

export const STEP_KINDS = ['task', 'evidence', 'query', 'decision', 'tell'] as const;

/** A step in one language. Texts are Markdown as `contracts/procedure/markdown.ts` reads it. */
export const ProcedureStepView = z.object({
  id: z.string(),
  kind: z.enum(STEP_KINDS),
  by: z.enum(['provider', 'client']),
  role: z.enum(PROCEDURE_ROLES),
  mandatory: z.boolean(),
  /** Time target, milliseconds since the incident was opened. */
  within: z.number().nullable(),
  title: z.string(),
  text: z.string(),
  asks: z.enum(['value', 'note', 'file']).nullable(),
  queries: z.array(z.string()),
  /** `to`: the step that the option leads to, `end`, or null for the next one. */
  options: z.array(z.object({ id: z.string(), label: z.string(), to: z.string().nullable() })),
  /** Who must be told: contacts by what they are there for, and roles of the provider. */
  whom: z.array(z.enum(WHOM)),
  roles: z.array(z.enum(ROLES)),
  /** What is sent; at an incident, with its values filled in. */
  message: z.string().nullable(),
});
export type ProcedureStepView = z.infer<typeof ProcedureStepView>;

/** `shipped`: comes with Vigie; `provider`: made here for all tenants; `tenant`: made for one. */
export const PROCEDURE_ORIGINS = ['shipped', 'provider', 'tenant'] as const;

const ProcedureHead = z.object({
  id: z.string(),
  origin: z.enum(PROCEDURE_ORIGINS),
  tenant: Slug.nullable(),
  /** Of `sop.yml` for a shipped one, the number of the version shown for another. */
  version: z.number().int(),
  title: z.string(),
  summary: z.string(),
  types: z.array(z.enum(INCIDENT_TYPES)),
  languages: z.array(Language),
});

export const ProcedureView = ProcedureHead.extend({
  /** Of one made here; null: shipped. */
  key: z.string().nullable(),
  /** Number of the version in force; null: a draft. A shipped one is in force. */
  live: z.number().int().nullable(),
  /** A shipped one in whose place another is in force, for all tenants. */
  replaced: z.boolean(),
  steps: z.number().int(),
  mandatory: z.number().int(),
  techniques: z.array(z.string()),
  changedAt: Instant.nullable(),
  changedBy: z.string().nullable(),
});
export type ProcedureView = z.infer<typeof ProcedureView>;

export const ProcedurePage = z.object({
  items: z.array(ProcedureView),
  /** Why a procedure that should be in force is not; shipped ones have `<folder>/` before the file. */
  problems: z.array(ProcedureProblemView),
});
export type ProcedurePage = z.infer<typeof ProcedurePage>;

/** Which incidents have no procedure. */
export const ProcedureCoverage = z.object({
  types: z.array(
    z.object({
      type: z.enum(INCIDENT_TYPES),
      procedures: z.array(z.object({ id: z.string(), title: z.string() })),
    }),
  ),
  rules: z.number().int(),
  /** Live rules whose incidents would have none proposed; the most severe first, at most 500. */
  without: z.array(z.object({ id: z.string(), title: z.string(), level: LevelSchema })),
});
export type ProcedureCoverage = z.infer<typeof ProcedureCoverage>;

export const ProcedureDetail = ProcedureView.extend({
  source: ProcedureTexts,
  content: z.array(ProcedureStepView),
  /** Counts every change of one made here. */
  revision: z.number().int().nullable(),
  /** Newest first; empty for a shipped one. */
  versions: z.array(
    z.object({
      number: z.number().int(),
      state: z.enum(['live', 'retired', 'draft']),
      author: z.string(),
      note: z.string(),
      createdAt: Instant,
      source: ProcedureTexts,
    }),
  ),
});
export type ProcedureDetail = z.infer<typeof ProcedureDetail>;

export const ProcedureQuery = z.object({
  tenant: Slug.optional(),
  language: Language.default('en'),
});

/** `POST /api/procedures/check`. */
export const ProcedureCheckRequest = ProcedureTexts.extend({ language: Language.default('en') });
export const ProcedureCheck = z.object({
  problems: z.array(ProcedureProblemView),
  /** Null while something is wrong. */
  preview: ProcedureHead.extend({ content: z.array(ProcedureStepView) }).nullable(),
});
export type ProcedureCheck = z.infer<typeof ProcedureCheck>;

const Note = z.string().trim().max(2_000).default('');
/** `POST /api/procedures`; the id of a shipped one replaces it once it is live. */
export const NewProcedure = ProcedureTexts.extend({
  /** Null: all tenants; for the provider only. */
  tenant: Slug.nullable(),
  note: Note,
});
export type NewProcedure = z.infer<typeof NewProcedure>;
export const NewProcedureVersion = ProcedureTexts.extend({ note: Note, revision: z.number().int() });
export type NewProcedureVersion = z.infer<typeof NewProcedureVersion>;
/** Which version is in force; null: none. */
export const ProcedureMove = z.strictObject({
  live: z.number().int().min(1).nullable(),
  revision: z.number().int(),
});
export type ProcedureMove = z.infer<typeof ProcedureMove>;

/** A reason for a procedure; see `server/procedures/choose.ts` for the weights. */
export const FitTermView = z.object({
  kind: z.enum(['rule', 'technique', 'tactic', 'entity', 'source']),
  value: z.string(),
  weight: z.number(),
});

export const STEP_STATES = ['open', 'done', 'skipped', 'not-applicable'] as const;
export const StepStateView = z.enum(STEP_STATES);
export type StepStateView = z.infer<typeof StepStateView>;

export const AttachedStep = ProcedureStepView.extend({
  state: StepStateView,
  /** A decision has led past it. */
  passed: z.boolean(),
  at: Instant.nullable(),
  actor: z.string().nullable(),
  reason: z.string().nullable(),
  evidence: z.string().nullable(),
  option: z.string().nullable(),
  assignee: z.object({ id: z.string(), name: z.string() }).nullable(),
  /** Who was told so far, for `tell`. */
  told: z.array(TellingView),
  /** Of `tell`: whether it sends by itself. */
  bySelf: StepBySelf.nullable(),
  dueAt: Instant.nullable(),
  overdue: z.boolean(),
});
export type AttachedStep = z.infer<typeof AttachedStep>;

/** A procedure at an incident, as it was when it was attached. */
export const AttachedProcedure = ProcedureHead.extend({
  attachedAt: Instant,
  attachedBy: z.string(),
  settled: z.number().int(),
  total: z.number().int(),
  /** Ids of mandatory steps that are open. */
  open: z.array(z.string()),
  next: z.string().nullable(),
  /** The version in force now, where it is another. */
  newer: z.number().int().nullable(),
  content: z.array(AttachedStep),
});
export type AttachedProcedure = z.infer<typeof AttachedProcedure>;

export const IncidentProcedures = z.object({
  attached: z.array(AttachedProcedure),
  /** What fits and is not attached, best first. */
  proposed: z.array(
    ProcedureHead.extend({
      total: z.number(),
      needed: z.number(),
      terms: z.array(FitTermView),
      /** What would send by itself, each step when its turn comes. */
      sends: z.array(SendsBySelf),
    }),
  ),
  /** Everything else that can be attached. */
  others: z.array(z.object({ id: z.string(), title: z.string(), sends: z.array(SendsBySelf) })),
  /** Who a step can be given to. */
  people: z.array(z.object({ id: z.string(), name: z.string() })),
});
export type IncidentProcedures = z.infer<typeof IncidentProcedures>;

/** `sends`: what the person saw that would send by itself, and to which addresses; other by now: 409. */
export const ProcedureAttachment = z.strictObject({
  procedure: Slug,
  sends: z
    .array(z.strictObject({ step: Slug, to: z.array(z.string().max(300)).max(200) }))
    .max(40)
    .optional(),
});
export type ProcedureAttachment = z.infer<typeof ProcedureAttachment>;

/** What a person does with a step; what is left out stays. */
export const StepChange = z.strictObject({
  state: StepStateView.optional(),
  /** What the person saw; another by now: 409. */
  was: StepStateView.optional(),
  /** Why it is skipped or does not apply. */
  reason: z.string().trim().min(3).max(2_000).optional(),
  evidence: z.string().trim().min(1).max(10_000).optional(),
  option: Slug.optional(),
  /** `me`, the id of a user, or null for nobody. */
  assignee: z.string().max(64).nullable().optional(),
});
export type StepChange = z.infer<typeof StepChange>;

/** What a step's search found. */
export const StepSearch = z.object({
  q: z.string(),
  from: Instant,
  to: Instant,
  /** Null: the incident names nothing of these kinds, so nothing was searched. */
  count: z.number().int().nullable(),
  missing: z.array(z.enum(ENTITY_TYPES)),
});
export type StepSearch = z.infer<typeof StepSearch>;

/** Mandatory steps that are open at incidents. */
export const OpenSteps = z.object({
  items: z.array(
    z.object({ incident: z.number().int(), procedure: z.string(), step: z.string(), title: z.string() }),
  ),
});
export type OpenSteps = z.infer<typeof OpenSteps>;
