/** What can be wrong with a rule; stable, for programs. The message is for people. */
export type IssueCode =
  | 'file_too_large'
  | 'yaml_syntax'
  | 'yaml_too_large'
  | 'yaml_too_deep'
  /** The rule, or its file, comes to more than the engine is willing to hold. */
  | 'rule_too_large'
  | 'document_kind'
  | 'attribute_missing'
  | 'attribute_type'
  | 'attribute_value'
  | 'detection_empty'
  | 'modifier_unknown'
  | 'modifier_combination'
  | 'value_type'
  | 'value_invalid'
  | 'regex_syntax'
  | 'regex_unsafe'
  | 'condition_syntax'
  | 'condition_unknown_selection'
  | 'condition_deprecated'
  | 'placeholder_unresolved'
  /** A processing pipeline refused the rule, or could not be applied to it. */
  | 'pipeline'
  | 'rule_unknown'
  | 'correlation_cycle'
  | 'duplicate_id'
  | 'taxonomy_invalid';

/** A problem in a rule file. Lines and columns start at 1. */
export interface SigmaIssue {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly code: IssueCode;
  readonly message: string;
}

/** Carries an issue out of nested parsing; never leaves the package, where issues are values. */
export class IssueError extends Error {
  readonly issue: SigmaIssue;
  constructor(
    code: IssueCode,
    message: string,
    position?: { readonly line: number; readonly column: number },
  ) {
    super(message);
    this.name = 'IssueError';
    this.issue = { code, message, ...(position ? { line: position.line, column: position.column } : {}) };
  }
}
