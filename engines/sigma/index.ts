export * from './ast.ts';
export type { Placeholders } from './compile/placeholders.ts';
export { CorrelationEngine } from './correlation/engine.ts';
export type {
  CorrelationEvent,
  CorrelationMatch,
  CorrelationOptions,
  CorrelationSnapshot,
  CorrelationStats,
} from './correlation/types.ts';
export {
  type ExplainedItem,
  type ExplainedNode,
  type Explanation,
  explain,
} from './explain.ts';
export { filtersFor } from './filters.ts';
export type { IssueCode, SigmaIssue } from './issue.ts';
export { matchedFields } from './matched-fields.ts';
export {
  type CompileOptions,
  type CompileReport,
  compile,
  Matcher,
  type RuleMatch,
  ruleKey,
} from './matcher.ts';
export { type ParsedRules, type ParseOptions, parseRules } from './parse.ts';
export { type ReferenceOptions, referenceMatch } from './reference.ts';
export * from './taxonomy.ts';
export { type ParsedTaxonomy, parseTaxonomy, readTaxonomy } from './taxonomy-read.ts';
export { type EventFields, valuesOf } from './values.ts';
export { YAML_LIMITS, type YamlLimits } from './yaml.ts';
