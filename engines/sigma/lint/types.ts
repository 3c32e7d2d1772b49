import type { Taxonomy } from '../taxonomy.ts';

export const SEVERITIES = ['error', 'warning', 'info'] as const;
/** `error`: the rule can't work, or not as it says; `warning`: it probably means something else. */
export type LintSeverity = (typeof SEVERITIES)[number];

/** Replaces the characters from `start` to before `end`. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface LintFix {
  /** What it does, for people. */
  readonly title: string;
  /** True: it can't change what the rule finds, or only to what it plainly means. */
  readonly safe: boolean;
  readonly edits: readonly TextEdit[];
}

/** One thing about a rule file. Lines and columns start at 1. */
export interface LintIssue {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly severity: LintSeverity;
  /** Stable, for programs; those of the parser keep their names. */
  readonly code: string;
  readonly message: string;
  readonly fix?: LintFix;
}

/** ATT&CK's identifiers, as tags write them: lower case, tactics with hyphens. */
export interface AttackCatalogue {
  readonly techniques: ReadonlySet<string>;
  readonly tactics: ReadonlySet<string>;
  /** Day of the list, as in `2025-11-12`: what it does not know may be newer. */
  readonly asOf?: string | undefined;
}

/** A value of a custom attribute that is wrong: where in it, and how. */
export interface SchemaProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

export interface LintOptions {
  /** Absent: fields and logsources are not checked. */
  readonly taxonomy?: Taxonomy;
  /** Absent: ATT&CK tags are only checked for their form. */
  readonly attack?: AttackCatalogue;
  /** Schemas of known custom attributes, by name. */
  readonly custom?: Readonly<Record<string, (value: unknown) => readonly SchemaProblem[]>>;
  /** Makes an id for rules without one; absent: no such fix is offered. */
  readonly newId?: () => string;
}

/** A rule file by its name and text. */
export interface LintFile {
  readonly path: string;
  readonly text: string;
}
