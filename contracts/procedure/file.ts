import { z } from 'zod';
import { Slug } from '../api/common.ts';
import { SOC_ROLES, WHOM, type Whom } from '../contacts.ts';
import { LEVELS } from '../detection.ts';
import { ENTITY_TYPES } from '../rule-content.ts';

/**
 * A standard operating procedure: a versioned checklist for one kind of incident. The file says in which order,
 * by whom and how fast; the words are beside it, one Markdown file a language (`server/procedures/texts.ts`).
 */

/** What an incident can be about, as people who handle incidents sort them. */
export const INCIDENT_TYPES = [
  'phishing',
  'business-email-compromise',
  'malware',
  'ransomware',
  'unwanted-software',
  'brute-force',
  'impossible-travel',
  'leaked-credentials',
  'privileged-activity',
  'cloud-takeover',
  'cloud-abuse',
  'command-and-control',
  'dns-tunnelling',
  'lateral-movement',
  'persistence',
  'exfiltration',
  'insider',
  'web-attack',
  'exploited-vulnerability',
  'denial-of-service',
  'reconnaissance',
  'supplier-compromise',
  'lost-device',
  'medical-device',
  'industrial-control',
  'log-source',
] as const;
export type IncidentType = (typeof INCIDENT_TYPES)[number];

/** Who does a step; `client-…` are people of the organisation that is watched. */
export const PROCEDURE_ROLES = [
  'analyst',
  'lead',
  'client-it',
  'client-management',
  'client-dpo',
  'client-engineering',
] as const;

/** How well a procedure fits: 1 somewhat, 2 well, 3 made for it. */
const Fit = z.number().int().min(1).max(3);

/** `15m`, `4h`, `3d`, counted from when the incident was opened. */
const Span = z
  .string()
  .regex(/^[1-9]\d{0,3}[mhd]$/, 'a span as in 15m, 4h or 3d')
  .describe('time target');

const UNIT = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a span. */
export function spanMs(span: string): number {
  return Number(span.slice(0, -1)) * UNIT[span.slice(-1) as keyof typeof UNIT];
}

const common = {
  id: Slug,
  by: z.enum(['provider', 'client']).default('provider'),
  role: z.enum(PROCEDURE_ROLES).default('analyst'),
  /** Closing an incident while it is open asks for a reason. */
  mandatory: z.boolean().default(false),
  within: Span.optional(),
};

export const ProcedureStep = z.discriminatedUnion('kind', [
  /** Something to do. */
  z.strictObject({ ...common, kind: z.literal('task') }),
  /** Something to write down; `file`: its name, SHA-256 and where it is kept. */
  z.strictObject({ ...common, kind: z.literal('evidence'), asks: z.enum(['value', 'note', 'file']) }),
  /** A search; the first text whose placeholders the incident can fill is run. */
  z.strictObject({
    ...common,
    kind: z.literal('query'),
    queries: z.array(z.string().min(1).max(1_000)).min(1).max(4),
    /** How far before the first and after the last evidence the search looks. */
    around: Span.default('1d'),
  }),
  /** A choice; an option leads to a later step (`to`), to the end, or to the next step. */
  z.strictObject({
    ...common,
    kind: z.literal('decision'),
    options: z
      .array(z.strictObject({ id: Slug, to: z.union([Slug, z.literal('end')]).optional() }))
      .min(2)
      .max(6),
  }),
  /** Somebody who must be told: contacts, people of the provider by role, or both; the text is in the step's section. */
  z
    .strictObject({
      ...common,
      kind: z.literal('tell'),
      whom: z.union([z.enum(WHOM), z.array(z.enum(WHOM)).min(1).max(6)]).optional(),
      roles: z.array(z.enum(SOC_ROLES)).min(1).max(SOC_ROLES.length).optional(),
      /** True: never sent by itself, whatever a client allows: a call, a secret, or something somebody has to decide. */
      person: z.boolean().optional(),
    })
    .refine(
      ({ whom, roles }) => whom !== undefined || roles !== undefined,
      'names nobody: give whom or roles',
    ),
]);
export type ProcedureStep = z.infer<typeof ProcedureStep>;

/** Whom a step must tell; procedures of before name one, in a text of its own. */
export function whomOf(step: ProcedureStep): readonly Whom[] {
  return step.kind !== 'tell' || step.whom === undefined ? [] : [step.whom].flat();
}

export const ProcedureFile = z.strictObject({
  id: Slug,
  version: z.number().int().min(1).max(9_999),
  types: z.array(z.enum(INCIDENT_TYPES)).min(1).max(6),
  /** What speaks for it; see `server/procedures/choose.ts` for the weights. */
  fits: z
    .strictObject({
      /** Rule ids. */
      rules: z.record(z.string().min(1).max(200), Fit).default({}),
      /** ATT&CK techniques; one with sub-techniques stands for them all. */
      techniques: z
        .record(z.string().regex(/^T\d{4}(?:\.\d{3})?$/, 'a technique as in T1566.001'), Fit)
        .default({}),
      /** Keys of ATT&CK's tactics. */
      tactics: z.record(z.string().regex(/^[a-z][a-z-]{2,40}$/), Fit).default({}),
      /** Products of the rules' logsources. */
      sources: z.array(z.string().min(1).max(60)).max(20).default([]),
      entities: z.array(z.enum(ENTITY_TYPES)).max(7).default([]),
      /** Least level of an incident. */
      level: z.enum(LEVELS).optional(),
    })
    .default({ rules: {}, techniques: {}, tactics: {}, sources: [], entities: [] }),
  steps: z.array(ProcedureStep).min(2).max(40),
});
export type ProcedureFile = z.infer<typeof ProcedureFile>;

/** The words of a procedure in one language. */
export interface ProcedureWords {
  readonly title: string;
  /** Markdown. */
  readonly summary: string;
  readonly steps: Readonly<Record<string, StepWords>>;
}

export interface StepWords {
  readonly title: string;
  /** Markdown; may be empty. */
  readonly text: string;
  /** Option id → label, for a decision. */
  readonly options: Readonly<Record<string, string>>;
  /** What is sent, with placeholders, for `tell`. */
  readonly message: string | null;
}
