/**
 * The typed form of Sigma documents (specification v2.1). Everything here is plain data: it can be stored as
 * JSON, sent to a browser, cached by content hash and translated to other languages.
 */
import type { Level } from '@vigie/contracts';

/** Where in a rule file something stands; lines and columns start at 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export const STATUSES = ['stable', 'test', 'experimental', 'deprecated', 'unsupported'] as const;
export type Status = (typeof STATUSES)[number];

/** A relation to another rule (`derived`, `obsolete`, `merged`, `renamed`, `similar`). */
export interface Related {
  readonly id: string;
  readonly type: string;
}

/** What all Sigma documents share. Lists are empty where the document has none. */
export interface Metadata {
  readonly title: string;
  readonly id?: string;
  readonly name?: string;
  readonly taxonomy?: string;
  readonly status?: Status;
  readonly description?: string;
  readonly license?: string;
  readonly author?: string;
  readonly date?: string;
  readonly modified?: string;
  readonly level?: Level;
  readonly references: readonly string[];
  readonly tags: readonly string[];
  readonly fields: readonly string[];
  readonly falsepositives: readonly string[];
  readonly related: readonly Related[];
  readonly scope: readonly string[];
  /** Attributes the specification does not name, as plain JSON. */
  readonly custom: Readonly<Record<string, unknown>>;
  readonly file?: string;
  /** Line where the document starts. */
  readonly line: number;
}

export interface Logsource {
  readonly product?: string;
  readonly category?: string;
  readonly service?: string;
  readonly definition?: string;
}

/** A detection rule. */
export interface SigmaRule extends Metadata {
  readonly kind: 'rule';
  readonly logsource: Logsource;
  readonly detection: Detection;
}

export interface Detection {
  readonly selections: readonly NamedSelection[];
  /** More than one condition means or. */
  readonly conditions: readonly ParsedCondition[];
}

export interface NamedSelection {
  readonly name: string;
  readonly node: SelectionNode;
}

/** A map is an `and` of items, a list an `or`. */
export type SelectionNode =
  | { readonly type: 'and' | 'or'; readonly items: readonly SelectionNode[] }
  | DetectionItem;

/** One `field|modifier: value(s)` or one list of keywords. */
export interface DetectionItem {
  readonly type: 'item';
  /** Absent: keywords, searched in the whole event. */
  readonly field?: string;
  readonly modifiers: readonly string[];
  /** `or` by default, `and` with the modifier `all`. */
  readonly linking: 'or' | 'and';
  /** Modifier `neq`: the item holds where its values do not. */
  readonly negated: boolean;
  readonly values: readonly ItemValue[];
  readonly position: Position;
}

export interface ItemValue {
  /** The value as written in the rule, for people. */
  readonly raw: string;
  readonly test: ValueTest;
}

/** Run of any characters, `*`. */
export const ANY_RUN = 0;
/** One character, `?`. */
export const ANY_CHAR = 1;
/** A placeholder `%name%`, replaced when the rule is compiled. */
export interface Placeholder {
  readonly placeholder: string;
}
/** Literal text, wildcard or placeholder. Two literals never stand next to each other. */
export type PatternPart = string | typeof ANY_RUN | typeof ANY_CHAR | Placeholder;
export type Pattern = readonly PatternPart[];

export type CompareOperator = 'lt' | 'lte' | 'gt' | 'gte';
export type TimePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';
export interface RegexFlags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
}

/** What one value asks of an event's value, after all modifiers. */
export type ValueTest =
  | { readonly kind: 'pattern'; readonly pattern: Pattern; readonly cased: boolean }
  /** Compared with the event value's text. */
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  /** Holds where the field is absent. */
  | { readonly kind: 'null' }
  | { readonly kind: 'exists'; readonly value: boolean }
  | { readonly kind: 'regex'; readonly pattern: string; readonly flags: RegexFlags }
  | { readonly kind: 'cidr'; readonly network: string }
  | { readonly kind: 'compare'; readonly operator: CompareOperator; readonly value: number }
  | {
      readonly kind: 'fieldref';
      readonly field: string;
      readonly match: 'equals' | 'startswith' | 'endswith' | 'contains';
      readonly cased: boolean;
    }
  | {
      readonly kind: 'time';
      readonly part: TimePart;
      readonly operator: CompareOperator | 'eq';
      readonly value: number;
    }
  /** One value became several (windash, base64offset): one that holds is enough. */
  | { readonly kind: 'any'; readonly tests: readonly ValueTest[] };

export interface ParsedCondition {
  readonly text: string;
  readonly node: ConditionNode;
}

export type ConditionNode =
  | { readonly op: 'and' | 'or'; readonly items: readonly ConditionNode[] }
  | { readonly op: 'not'; readonly item: ConditionNode }
  | { readonly op: 'ref'; readonly name: string }
  /** `1 of`, `any of` (count 1), `all of` (`'all'`), `n of`; `names` are the selections it covers. */
  | {
      readonly op: 'of';
      readonly count: number | 'all';
      readonly pattern: string;
      readonly names: readonly string[];
    };

export const CORRELATION_TYPES = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
] as const;
export type CorrelationType = (typeof CORRELATION_TYPES)[number];

/** Bounds on the aggregate; all given ones must hold. */
export interface CorrelationRange {
  readonly gt?: number;
  readonly gte?: number;
  readonly lt?: number;
  readonly lte?: number;
  readonly eq?: number;
  readonly neq?: number;
}

/** A correlation rule. */
export interface SigmaCorrelation extends Metadata {
  readonly kind: 'correlation';
  readonly correlation: {
    readonly type: CorrelationType;
    /** Ids or names, in the order written. */
    readonly rules: readonly string[];
    readonly groupBy: readonly string[];
    /** Milliseconds. */
    readonly timespan: number;
    readonly range: CorrelationRange;
    /** Temporal types: boolean expression over rule names. */
    readonly expression?: ParsedCondition;
    /** Fields whose values are counted or aggregated. */
    readonly fields: readonly string[];
    /** 0–100, `value_percentile` only. */
    readonly percentile?: number;
    readonly aliases: readonly {
      readonly name: string;
      readonly fields: readonly { readonly rule: string; readonly field: string }[];
    }[];
    /** True: the rules it refers to also alert by themselves. */
    readonly generate: boolean;
  };
}

/** A filter: rules it applies to match only where its condition holds too; exclusions say `not …`. */
export interface SigmaFilter extends Metadata {
  readonly kind: 'filter';
  readonly logsource: Logsource;
  /** Ids or names; `'any'`: all rules of the logsource. */
  readonly rules: readonly string[] | 'any';
  readonly detection: Detection;
}

export type SigmaDocument = SigmaRule | SigmaCorrelation | SigmaFilter;
