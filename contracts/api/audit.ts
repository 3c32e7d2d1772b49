import { z } from 'zod';
import { Instant, pageOf, Slug } from './common.ts';

/** The audit log: what people, programs and Vigie itself did, in a chain that shows whether it was tampered with. */

export const AUDIT_OUTCOMES = ['done', 'refused', 'invalid', 'failed', 'unknown'] as const;
export const AuditOutcome = z.enum(AUDIT_OUTCOMES);
export type AuditOutcome = z.infer<typeof AuditOutcome>;

export const AUDIT_ACTORS = ['account', 'key', 'local', 'automation', 'nobody'] as const;

export const AuditView = z.object({
  /** Place in the chain, from 1. */
  seq: z.number().int(),
  at: Instant,
  /** Null: the installation as a whole. */
  tenant: Slug.nullable(),
  actor: z.object({
    /** `local`: the command line with access to the data folder; `automation`: Vigie by itself. */
    kind: z.enum(AUDIT_ACTORS),
    /** Account, key, or part of Vigie. */
    id: z.string().nullable(),
    name: z.string().nullable(),
    email: z.string().nullable(),
    /** Network address the call came from. */
    address: z.string().nullable(),
    /** Personal data was erased. */
    erased: z.boolean(),
  }),
  /** Subject and verb, `incidents.merge`. */
  action: z.string(),
  object: z.object({ kind: z.string(), id: z.string().nullable(), label: z.string().nullable() }).nullable(),
  outcome: AuditOutcome,
  /** HTTP status of the answer. */
  status: z.number().int().nullable(),
  /** Field by field; without `before` it was not looked up. */
  changes: z.array(z.object({ field: z.string(), before: z.unknown().optional(), after: z.unknown() })),
  text: z.string().nullable(),
  /** What was acted upon, or a free text, was erased. */
  erased: z.boolean(),
  hash: z.string(),
});
export type AuditView = z.infer<typeof AuditView>;
export const AuditPage = pageOf(AuditView);
export type AuditPage = z.infer<typeof AuditPage>;

const FILTER = {
  tenant: Slug.optional(),
  /** Id of an account or key, or a part of a name, an e-mail address or a network address. */
  person: z.string().min(1).max(254).optional(),
  /** `incidents.merge`, or `incidents.` for all of that subject. */
  action: z
    .string()
    .max(100)
    .regex(/^[a-z0-9.-]+$/)
    .optional(),
  /** `incident/42`, or a kind alone. */
  object: z.string().min(1).max(300).optional(),
  outcome: AuditOutcome.optional(),
  from: z.coerce.number().pipe(Instant).optional(),
  to: z.coerce.number().pipe(Instant).optional(),
};

export const AuditQuery = z.object({
  ...FILTER,
  cursor: z.string().max(20).regex(/^\d+$/).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type AuditQuery = z.infer<typeof AuditQuery>;

/** `format`: `ndjson` can be verified with `vigie audit verify --file`; `csv` is for reading. */
export const AuditExportQuery = z.object({ ...FILTER, format: z.enum(['ndjson', 'csv']).default('ndjson') });

export const AuditProblem = z.object({ kind: z.string(), seq: z.number().int(), message: z.string() });

export const AuditCheck = z.object({
  at: Instant,
  tookMs: z.number(),
  ok: z.boolean(),
  records: z.number().int(),
  /** Anchors that the chain was held against. */
  anchors: z.number().int(),
  problems: z.array(AuditProblem),
});
export type AuditCheck = z.infer<typeof AuditCheck>;

export const AuditAnchor = z.object({
  at: Instant,
  seq: z.number().int(),
  hash: z.string(),
  target: z.enum(['file', 'syslog', 'mail']),
  /** Why it was not sent; null: it was. */
  problem: z.string().nullable(),
});

/** `GET /api/audit/state`: the provider sees the chain's state, others the actions they can filter by. */
export const AuditState = z.object({
  records: z.number().int().nullable(),
  head: z.string().nullable(),
  lastCheck: AuditCheck.nullable(),
  /** Places that anchors are sent to, as configured. */
  targets: z.array(z.enum(['file', 'syslog', 'mail'])),
  /** The last ones, newest first. */
  anchors: z.array(AuditAnchor),
  /** Names of actions that occur. */
  actions: z.array(z.string()),
});
export type AuditState = z.infer<typeof AuditState>;

/** `POST /api/audit/erase`: erases a person's data from the audit log; the chain stays whole. */
export const AuditErasure = z.strictObject({
  /** Id of an account or key, or an e-mail address. */
  person: z.string().trim().min(3).max(254),
});
