import { z } from 'zod';
import { Instant, LevelSchema, pageOf } from './common.ts';
import { TechniqueView } from './incidents.ts';
import { RuleWords } from './rule-versions.ts';

export const RuleView = z.object({
  id: z.string(),
  title: z.string(),
  kind: z.enum(['rule', 'correlation']),
  level: LevelSchema,
  status: z.string(),
  enabled: z.boolean(),
  /**
   * `live`: can fire. `unmapped`: no source writes its logsource. `rejected`: does not compile; see `problem`.
   * `draft`, `test`, `retired`: kept as versions, none of which is in force.
   */
  state: z.enum(['live', 'unmapped', 'rejected', 'draft', 'test', 'retired']),
  problem: z.string().nullable(),
  logsource: z.string(),
  tags: z.array(z.string()),
  /** `vigie` for the shipped rules, `workshop` for those written or edited here, else the name of the import. */
  origin: z.string(),
  path: z.string(),
  /** Versions that were kept of it; null: it stands as it was shipped or imported. */
  versions: z
    .object({
      newest: z.number().int(),
      live: z.number().int().nullable(),
      test: z.number().int().nullable(),
      /** What is live hides a shipped or imported rule of the same id. */
      override: z.boolean(),
    })
    .nullable(),
  hits24h: z.number().int(),
  lastHitAt: Instant.nullable(),
});
export type RuleView = z.infer<typeof RuleView>;
export const RulePage = pageOf(RuleView);
export const RuleDetail = RuleView.extend({
  description: z.string(),
  source: z.string(),
  /** Text of the cases kept beside it; null: none. */
  cases: z.string().nullable(),
  falsePositives: z.array(z.string()),
  author: z.string().nullable(),
  references: z.array(z.string()),
  techniques: z.array(TechniqueView),
  words: RuleWords.nullable(),
  /** What processing pipelines and placeholders changed of it; null: it is judged as it is written. */
  adapted: z
    .object({
      /** In the order in which they were applied. */
      pipelines: z.array(
        z.object({
          name: z.string(),
          /** Steps that changed it: their ids, else what they do; with the line of the pipeline. */
          steps: z.array(z.object({ step: z.string(), line: z.number().int() })),
        }),
      ),
      /** Present where it changed. */
      logsource: z.object({ before: z.string(), after: z.string() }).nullable(),
      /** Fields that it names no longer, and those that it names instead. */
      fields: z.object({ before: z.array(z.string()), after: z.array(z.string()) }),
    })
    .nullable(),
});
export const RuleQuery = z.object({
  q: z.string().max(200).optional(),
  state: z
    .enum(['live', 'test', 'draft', 'edited', 'retired', 'unmapped', 'rejected', 'disabled', 'all'])
    .default('all'),
  level: LevelSchema.optional(),
  sort: z.enum(['title', 'hits', 'level']).default('hits'),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export const RulePatch = z.object({ enabled: z.boolean() });

/** `POST /api/rules/import`: whole files; one broken file never stops the others. */
export const RuleImport = z.object({
  origin: z.string().min(1).max(100),
  /** Rules of this origin that are not in `files` any more are removed when true. */
  replace: z.boolean().default(true),
  files: z.array(z.object({ path: z.string().max(500), text: z.string().max(1_000_000) })).max(20_000),
  /** Processing pipelines (pySigma's YAML) kept with the rules of this origin; absent: those it has stay. */
  pipelines: z
    .array(z.object({ name: z.string().min(1).max(200), text: z.string().max(1_000_000) }))
    .max(100)
    .optional(),
});
const PlaceholderName = z.string().regex(/^\w{1,128}$/);
/** `PUT /api/rules/placeholders/:name`: values as Sigma strings. */
export const PlaceholderValues = z.object({
  values: z.array(z.string().min(1).max(2_000)).min(1).max(10_000),
});
export const PlaceholderByName = z.object({ name: PlaceholderName });
/** `PUT /api/rules/pipelines`: the pipelines of one import, in the order given; none takes them away. */
export const RulePipelines = z.object({
  origin: z.string().min(1).max(100),
  pipelines: z
    .array(z.object({ name: z.string().min(1).max(200), text: z.string().max(1_000_000) }))
    .max(100),
});
/** How rules are adapted to this installation. */
export const RuleAdaptation = z.object({
  pipelines: z.array(
    z.object({
      /** Import whose rules it adapts; null: configured, for all but the shipped rules. */
      origin: z.string().nullable(),
      name: z.string(),
      priority: z.number(),
      text: z.string(),
      /** Rules that it changed. */
      changed: z.number().int(),
    }),
  ),
  placeholders: z.array(z.object({ name: z.string(), values: z.array(z.string()) })),
  /** Placeholders without a value, and the rules that wait for one. */
  missing: z.array(z.object({ name: z.string(), rules: z.number().int() })),
});
export type RuleAdaptation = z.infer<typeof RuleAdaptation>;
export const RuleImportReport = z.object({
  live: z.number().int(),
  unmapped: z.number().int(),
  rejected: z.array(
    z.object({ path: z.string(), line: z.number().int().nullable(), code: z.string(), reason: z.string() }),
  ),
  unmappedLogsources: z.array(z.object({ logsource: z.string(), rules: z.number().int() })),
});
export type RuleImportReport = z.infer<typeof RuleImportReport>;
export type RuleDetail = z.infer<typeof RuleDetail>;
