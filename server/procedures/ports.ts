import type { Level } from '@vigie/contracts';
import type { Language } from '@vigie/contracts/api';
import type { ProcedureFile, ProcedureWords } from '@vigie/contracts/procedure/file.ts';
import type { ENTITY_TYPES } from '@vigie/contracts/rule-content.ts';

/** A procedure as it was read: what to do, and the words in the languages that it has. */
export interface Procedure {
  readonly file: ProcedureFile;
  readonly words: Readonly<Partial<Record<Language, ProcedureWords>>>;
}

/** A procedure's files as text. */
export interface ProcedureSource {
  /** `sop.yml`. */
  readonly sop: string;
  /** Language → Markdown. */
  readonly texts: Readonly<Partial<Record<Language, string>>>;
}

/** What is wrong with a procedure; `file` is `sop.yml` or `<language>.md`, the line counts from 1. */
export interface ProcedureProblem {
  readonly file: string;
  readonly line: number;
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/** What procedures are checked against. */
export interface ProcedureVocabulary {
  /** What is wrong with a search text (its form, a field that no event has), or nothing. */
  readonly queryProblem: (text: string) => string | undefined;
  /** Whether ATT&CK has the technique or the tactic. */
  readonly technique: (id: string) => boolean;
  readonly tactic: (key: string) => boolean;
  /** Whether there is a rule of this id. */
  readonly rule?: (id: string) => boolean;
}

/** What is known of an incident when a procedure is looked for. */
export interface IncidentFacts {
  readonly level: Level;
  readonly rules: readonly { readonly id: string; readonly title: string }[];
  /** ATT&CK ids, upper case. */
  readonly techniques: readonly string[];
  /** Keys of the tactics that the techniques belong to. */
  readonly tactics: readonly string[];
  /** Products of the rules' logsources. */
  readonly sources: readonly string[];
  readonly entities: readonly { readonly type: EntityType; readonly value: string }[];
}

export type EntityType = (typeof ENTITY_TYPES)[number];

export type StepState = 'done' | 'skipped' | 'not-applicable';

/** What was recorded of a step; `state` null: it is open (again). */
export interface StepRecord {
  readonly step: string;
  readonly state: StepState | null;
  readonly at: number;
  readonly actor: string;
  /** Why it was skipped or does not apply. */
  readonly reason: string | null;
  /** What was written down. */
  readonly evidence: string | null;
  /** Id of the option that was chosen. */
  readonly option: string | null;
  readonly assignee: { readonly id: string; readonly name: string } | null;
}
