import { z } from 'zod';
import { Instant, LevelSchema, Slug } from './common.ts';

/** Longest rule or file of cases that is kept, in characters. */
export const MAX_RULE_TEXT = 262_144;
/** Longest event that can be pasted into an explanation, in characters. */
export const MAX_PASTED_EVENT = 1_000_000;

/**
 * `draft`: kept, judges nothing. `test`: judged on the live stream, its hits are counted and alert nobody.
 * `live`: in force. `retired`: was live once. At most one version of a rule is in test and one live.
 */
export const RULE_VERSION_STATES = ['draft', 'test', 'live', 'retired'] as const;
export const RuleVersionState = z.enum(RULE_VERSION_STATES);
export type RuleVersionState = z.infer<typeof RuleVersionState>;

const Text = z.string().max(MAX_RULE_TEXT);
const Note = z.string().max(2000).default('');
const Revision = z.number().int().min(0);

/** One line of a rule in words, `depth` levels in: what all or any of the lines below it ask, or one test. */
export const RuleWordsLine = z.object({
  depth: z.number().int(),
  kind: z.enum(['all', 'any', 'item']),
  /** Field as the rule writes it; empty: keywords, searched in the whole event. */
  field: z.string(),
  /** The test in words, such as `ends with`. */
  test: z.string(),
  /** The item holds where the test does not (`neq`). */
  negated: z.boolean(),
  /** All values must hold, not one of them. */
  every: z.boolean(),
  /** The first values as written; `more` counts the others. */
  values: z.array(z.string()),
  more: z.number().int(),
  /** Event fields it is looked for in. */
  found: z.array(z.string()),
});

/** What a rule looks for, in words. */
export const RuleWords = z.object({
  /** Conditions as written; more than one means or. Empty for a correlation. */
  conditions: z.array(z.string()),
  selections: z.array(z.object({ name: z.string(), lines: z.array(RuleWordsLine) })),
  correlation: z
    .object({
      /** What is counted or awaited, as a sentence. */
      sentence: z.string(),
      rules: z.array(z.object({ name: z.string(), id: z.string().nullable(), title: z.string() })),
      groupBy: z.array(z.string()),
      /** Milliseconds. */
      timespan: z.number(),
    })
    .nullable(),
});
export type RuleWords = z.infer<typeof RuleWords>;

/** A change that mends an issue: replaces the characters from `start` to before `end`. */
export const RuleFix = z.object({
  title: z.string(),
  safe: z.boolean(),
  edits: z.array(z.object({ start: z.number().int(), end: z.number().int(), text: z.string() })),
});

/** Something about a text. Lines and columns start at 1; an `error` keeps a version from test and live. */
export const RuleIssue = z.object({
  line: z.number().int(),
  column: z.number().int(),
  severity: z.enum(['error', 'warning', 'info']),
  code: z.string(),
  message: z.string(),
  fix: RuleFix.optional(),
});
export type RuleIssue = z.infer<typeof RuleIssue>;

export const RuleCaseResult = z.object({
  name: z.string(),
  /** Whether the case says that the rule fires. */
  fires: z.boolean(),
  passed: z.boolean(),
  /** Where the case begins in the text of the cases. */
  line: z.number().int(),
  /** Why it did not pass, line by line. */
  reasons: z.array(z.string()),
});
export type RuleCaseResult = z.infer<typeof RuleCaseResult>;

/** `POST /api/rules/validate`: what stands between a text and the live stream; nothing is saved. */
export const RuleValidation = z.strictObject({
  /** The rule that the text is a version of; left out: a new one. */
  id: z.string().min(1).max(200).optional(),
  text: Text,
  /** Left out: the cases are not run. */
  cases: Text.optional(),
});
export type RuleValidation = z.infer<typeof RuleValidation>;
export const RuleCheck = z.object({
  /** True: it may go to test and live. Without cases that were run it says nothing about them. */
  ok: z.boolean(),
  issues: z.array(RuleIssue),
  caseIssues: z.array(RuleIssue),
  /** Null: not run, since none were given or the rule can't be compiled. */
  cases: z.array(RuleCaseResult).nullable(),
  subject: z
    .object({
      id: z.string(),
      title: z.string(),
      kind: z.enum(['rule', 'correlation']),
      level: LevelSchema,
      words: RuleWords,
    })
    .nullable(),
  tookMs: z.number(),
});
export type RuleCheck = z.infer<typeof RuleCheck>;

export const RuleVersionSummary = z.object({
  number: z.number().int(),
  state: RuleVersionState,
  /** Title in the text; the rule's id where that can't be read. */
  title: z.string(),
  note: z.string(),
  author: z.string(),
  createdAt: Instant,
  /** Who brought it to its present state, and when. */
  stateBy: z.string(),
  stateAt: Instant,
  /** It has been live, so it can be rolled back to. */
  wasLive: z.boolean(),
});
export type RuleVersionSummary = z.infer<typeof RuleVersionSummary>;
export const RuleVersion = RuleVersionSummary.extend({ text: z.string(), cases: z.string() });
export type RuleVersion = z.infer<typeof RuleVersion>;

export const RULE_CHANGES = ['saved', 'tested', 'live', 'rolled-back', 'withdrawn', 'retired'] as const;

/** Hits of a version while it was in test. */
export const RuleTrial = z.object({
  number: z.number().int(),
  hits: z.number().int(),
  lastAt: Instant,
  /** Days in UTC, oldest first; days without hits are left out. */
  byDay: z.array(z.object({ day: z.string(), count: z.number().int() })),
  byTenant: z.array(z.object({ tenant: Slug, count: z.number().int() })),
  /** Some of the events that it matched, newest first. */
  samples: z.array(z.object({ tenant: Slug, id: z.string(), at: Instant })),
});
export type RuleTrial = z.infer<typeof RuleTrial>;

/** `GET /api/rules/:id/versions`: everything that was kept of a rule, newest first. */
export const RuleVersions = z.object({
  id: z.string(),
  /** Raised by every change; a change names the revision that it was made from. */
  revision: Revision,
  /** The shipped or imported text below the versions, null for a rule of the provider's own. */
  upstream: z
    .object({
      origin: z.string(),
      path: z.string(),
      text: z.string(),
      cases: z.string(),
      /** It has changed since the newest version was written. */
      changed: z.boolean(),
    })
    .nullable(),
  /** Why the rule can't be edited as it is, or null. */
  locked: z.string().nullable(),
  versions: z.array(RuleVersionSummary),
  changes: z.array(
    z.object({
      at: Instant,
      actor: z.string(),
      number: z.number().int(),
      change: z.enum(RULE_CHANGES),
      note: z.string(),
    }),
  ),
  trials: z.array(RuleTrial),
  /** Why the version in test judges nothing, or null. */
  trialProblem: z.string().nullable(),
});
export type RuleVersions = z.infer<typeof RuleVersions>;

/** `POST /api/rules/:id/versions`: keeps a draft. */
export const NewRuleVersion = z.strictObject({
  text: Text.min(1),
  cases: Text.default(''),
  note: Note,
  revision: Revision,
});
export type NewRuleVersion = z.infer<typeof NewRuleVersion>;

/** `POST /api/rules/:id/versions/:number/state`: promotes, withdraws, rolls back, retires. */
export const RuleVersionMove = z.strictObject({ to: RuleVersionState, note: Note, revision: Revision });
export type RuleVersionMove = z.infer<typeof RuleVersionMove>;

/** `POST /api/rules/explain`: one rule (`id`, `id` and `version`, or `text`) against one event. */
export const RuleExplain = z
  .strictObject({
    id: z.string().min(1).max(200).optional(),
    version: z.number().int().min(1).optional(),
    text: Text.min(1).optional(),
    event: z.strictObject({ tenant: Slug, id: z.string().max(64), at: Instant.optional() }).optional(),
    /** A raw log, a record as JSON, or an ECS document as JSON. */
    log: z.string().min(1).max(MAX_PASTED_EVENT).optional(),
    /** Technology to read `log` as; left out: recognised. */
    type: z.string().max(100).optional(),
  })
  .refine(({ id, text }) => id !== undefined || text !== undefined, 'give id or text')
  .refine(({ event, log }) => (event === undefined) !== (log === undefined), 'give either event or log');
export type RuleExplain = z.infer<typeof RuleExplain>;

/** One line of an explanation, `depth` levels in. */
export const ExplainedLine = z.object({
  depth: z.number().int(),
  kind: z.enum(['and', 'or', 'not', 'of', 'selection', 'item']),
  holds: z.boolean(),
  /** Name of the selection, `1 of …`, or field and modifiers of the item; empty for keywords. */
  text: z.string(),
  /** Items only. */
  item: z
    .object({
      negated: z.boolean(),
      /** Event fields that were looked at, in order. */
      fields: z.array(z.string()),
      present: z.array(z.object({ field: z.string(), value: z.string() })),
      /** Values that hold first; `more` counts those left out. */
      values: z.array(
        z.object({
          raw: z.string(),
          holds: z.boolean(),
          on: z.object({ field: z.string(), value: z.string() }).nullable(),
        }),
      ),
      more: z.number().int(),
    })
    .nullable(),
});
export type ExplainedLine = z.infer<typeof ExplainedLine>;

export const RuleExplanation = z.object({
  /** How the event was read: a technology, `ecs`, or `stored`. */
  source: z.string(),
  /** The event as the rule saw it. */
  fields: z.record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number(), z.boolean()]))]),
  ),
  /** The rule, or the rules that a correlation counts. */
  rules: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      matches: z.boolean(),
      /** `unmapped`: no source writes the rule's logsource; `other`: the event is not of it. */
      logsource: z.enum(['holds', 'other', 'unmapped']),
      lines: z.array(ExplainedLine),
    }),
  ),
  /** For a correlation: what it counts, and the group that this event falls into. */
  correlation: z
    .object({
      sentence: z.string(),
      group: z.array(z.object({ field: z.string(), value: z.string().nullable() })),
    })
    .nullable(),
});
export type RuleExplanation = z.infer<typeof RuleExplanation>;

/** `GET /api/rules/:id/hits`: what a live rule found lately, within the caller's tenants. */
export const RuleHitsQuery = z.object({ days: z.coerce.number().int().min(1).max(365).default(30) });
export const RuleHitsView = z.object({
  from: Instant,
  hits: z.number().int(),
  /** Days in UTC, oldest first; days without hits are left out. */
  byDay: z.array(z.object({ day: z.string(), count: z.number().int() })),
  byTenant: z.array(z.object({ tenant: Slug, count: z.number().int(), lastAt: Instant })),
  /** The last alerts, newest first. */
  alerts: z.array(
    z.object({
      id: z.string(),
      tenant: Slug,
      title: z.string(),
      level: LevelSchema,
      count: z.number().int(),
      lastAt: Instant,
      incident: z.number().int().nullable(),
    }),
  ),
});
export type RuleHitsView = z.infer<typeof RuleHitsView>;

const LogsourceView = z.object({
  product: z.string().optional(),
  category: z.string().optional(),
  service: z.string().optional(),
});

/** `GET /api/sigma/vocabulary`: the words of Sigma on this installation, for completion. */
export const SigmaVocabulary = z.object({
  modifiers: z.array(z.string()),
  statuses: z.array(z.string()),
  levels: z.array(z.string()),
  correlationTypes: z.array(z.string()),
  /** Log sources that some source writes. */
  logsources: z.array(LogsourceView),
  /** ATT&CK tags with their names. */
  tags: z.array(z.object({ tag: z.string(), name: z.string() })),
  /** Technologies that an event can be read as. */
  technologies: z.array(z.string()),
});
export type SigmaVocabulary = z.infer<typeof SigmaVocabulary>;

/** `GET /api/sigma/fields`: fields that rules of a log source can name. */
export const SigmaFieldsQuery = z.object({
  product: z.string().max(200).optional(),
  category: z.string().max(200).optional(),
  service: z.string().max(200).optional(),
});
export const SigmaFields = z.object({
  /** Whether a source writes this log source. */
  known: z.boolean(),
  /** Sigma field → event fields it is found in, the log source's own fields first. */
  fields: z.array(z.object({ name: z.string(), found: z.array(z.string()) })),
});
export type SigmaFields = z.infer<typeof SigmaFields>;
