/**
 * Processing pipelines: YAML files, in the form pySigma introduced, that adapt rules to an environment before
 * they are compiled. A pipeline read by `parsePipeline` is one of these values.
 */

import type { Logsource, Position, RegexFlags, ValueTest } from '../ast.ts';
import type { Backtracker } from '../regex/backtrack.ts';
import type { CompiledRegex } from '../regex/index.ts';
import type { YamlMap } from '../yaml.ts';

/** What can be wrong with a pipeline or its application; stable, for programs. */
export type PipelineIssueCode =
  | 'pipeline_syntax'
  | 'pipeline_attribute'
  | 'pipeline_unknown_type'
  | 'pipeline_unsupported'
  | 'pipeline_condition'
  | 'pipeline_regex'
  /** `rule_failure` and `detection_item_failure`: the pipeline itself refuses the rule. */
  | 'pipeline_refused_rule'
  | 'pipeline_failed_rule';

/** A problem in a pipeline file (lines and columns start at 1), or of one pipeline with one rule. */
export interface PipelineIssue {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly code: PipelineIssueCode;
  readonly message: string;
}

/** One pipeline file. */
export interface Pipeline {
  readonly name: string;
  /** Pipelines are applied by rising priority; of equals the one given first goes first. Default 0. */
  readonly priority: number;
  /** What `value_placeholders` puts in, as Sigma strings. */
  readonly vars: Readonly<Record<string, readonly string[]>>;
  readonly items: readonly ProcessingItem[];
  readonly file?: string;
}

/** One step: a transformation and when it is made. */
export interface ProcessingItem {
  /** What later conditions call it by. */
  readonly id?: string;
  readonly position: Position;
  readonly transformation: Transformation;
  readonly ruleConditions: ConditionSet<RuleCondition>;
  readonly itemConditions: ConditionSet<ItemCondition>;
  readonly fieldConditions: ConditionSet<FieldCondition>;
}

/** Conditions and how they are joined. An empty set always holds. */
export interface ConditionSet<C> {
  readonly conditions: ReadonlyMap<string, C>;
  readonly join: ConditionJoin;
  readonly negated: boolean;
}

/** `and`, `or`, or an expression over the conditions' names. */
export type ConditionJoin = 'and' | 'or' | JoinExpression;
export type JoinExpression =
  | { readonly op: 'and' | 'or'; readonly items: readonly JoinExpression[] }
  | { readonly op: 'not'; readonly item: JoinExpression }
  | { readonly op: 'ref'; readonly name: string };

export type Scalar = string | number | boolean | null;
export type StateOperator = 'eq' | 'ne' | 'gte' | 'gt' | 'lte' | 'lt';
export type AttributeOperator = StateOperator | 'in' | 'not_in';

export interface StateCondition {
  readonly type: 'processing_state';
  readonly key: string;
  readonly value: Scalar;
  readonly operator: StateOperator;
}

export interface AppliedCondition {
  readonly type: 'processing_item_applied';
  readonly id: string;
}

export type RuleCondition =
  | { readonly type: 'logsource'; readonly logsource: Logsource }
  | { readonly type: 'contains_field'; readonly field: string }
  | { readonly type: 'contains_detection_item'; readonly field: string; readonly value: Scalar }
  | { readonly type: 'is_sigma_rule' }
  | { readonly type: 'is_sigma_correlation_rule' }
  | {
      readonly type: 'rule_attribute';
      readonly attribute: string;
      readonly value: Scalar;
      readonly operator: AttributeOperator;
    }
  | { readonly type: 'tag'; readonly tag: string }
  | AppliedCondition
  | StateCondition;

/** Conditions on the values of an item; `all` asks every value, else one is enough. */
export type ItemCondition =
  | {
      readonly type: 'match_string';
      readonly all: boolean;
      readonly regex: CompiledRegex;
      readonly negate: boolean;
    }
  | { readonly type: 'match_value'; readonly all: boolean; readonly value: Scalar }
  | { readonly type: 'contains_wildcard'; readonly all: boolean }
  | { readonly type: 'is_null'; readonly all: boolean }
  | AppliedCondition
  | StateCondition;

export type FieldCondition =
  | { readonly type: 'include_fields' | 'exclude_fields'; readonly matches: (field: string) => boolean }
  | AppliedCondition
  | StateCondition;

/** Which placeholders a placeholder transformation handles; all by default. */
export interface PlaceholderChoice {
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
}

/** A pattern whose matches are replaced: a native expression whose shape was found harmless. */
export interface Replacer {
  readonly regex: Backtracker;
  /** Literal text and numbers of capture groups. */
  readonly replacement: readonly (string | number)[];
}

/** What a step does. Attribute names are those of the YAML where they fit. */
export type Transformation =
  | FieldTransformation
  | DetectionTransformation
  | ValueTransformation
  | RuleTransformation;

/** Renames fields, in detection items, field references, `fields`, and correlations. */
export type FieldTransformation =
  | {
      readonly type: 'field_name_mapping';
      /** The key `null` of the file, which maps keywords, is `keywords` here. */
      readonly mapping: ReadonlyMap<string, readonly string[]>;
      readonly keywords?: readonly string[];
    }
  | { readonly type: 'field_name_prefix_mapping'; readonly mapping: ReadonlyMap<string, readonly string[]> }
  | { readonly type: 'field_name_prefix'; readonly prefix: string }
  | { readonly type: 'field_name_suffix'; readonly suffix: string };

/** Changes or removes whole detection items. */
export type DetectionTransformation =
  | { readonly type: 'drop_detection_item' }
  | { readonly type: 'detection_item_failure'; readonly message: string }
  | {
      readonly type: 'hashes_fields';
      readonly algorithms: readonly string[];
      readonly prefix: string;
      readonly dropAlgorithm: boolean;
    };

/** Changes values of detection items. */
export type ValueTransformation =
  | {
      readonly type: 'replace_string';
      readonly replacer: Replacer;
      readonly skipSpecial: boolean;
      readonly interpretSpecial: boolean;
    }
  | { readonly type: 'map_string'; readonly mapping: ReadonlyMap<string, readonly string[]> }
  | { readonly type: 'set_value'; readonly value: ValueTest; readonly raw: string }
  | { readonly type: 'convert_type'; readonly target: 'str' | 'num' }
  | { readonly type: 'case'; readonly method: 'lower' | 'upper' | 'snake_case' }
  | { readonly type: 'regex'; readonly flags: RegexFlags }
  | ({ readonly type: 'value_placeholders' } & PlaceholderChoice)
  | ({ readonly type: 'wildcard_placeholders' } & PlaceholderChoice);

/** Changes the rule as a whole. */
export type RuleTransformation =
  | {
      readonly type: 'add_condition';
      readonly conditions: YamlMap;
      readonly name?: string;
      readonly template: boolean;
      readonly negated: boolean;
    }
  | { readonly type: 'change_logsource'; readonly logsource: Logsource }
  | { readonly type: 'set_state'; readonly key: string; readonly value: Scalar }
  | { readonly type: 'add_field' | 'remove_field' | 'set_field'; readonly fields: readonly string[] }
  | { readonly type: 'set_custom_attribute'; readonly attribute: string; readonly value: Scalar }
  | { readonly type: 'rule_failure'; readonly message: string }
  | { readonly type: 'nest'; readonly items: readonly ProcessingItem[] };

/** Carries a pipeline's problem out of nested reading or application; never leaves the package. */
export class PipelineError extends Error {
  readonly code: PipelineIssueCode;
  readonly position: Position | undefined;
  constructor(code: PipelineIssueCode, message: string, position?: Position) {
    super(message);
    this.name = 'PipelineError';
    this.code = code;
    this.position = position;
  }
}
