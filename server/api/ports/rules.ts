import type { Event } from '@vigie/contracts';
import type {
  BacktestRequest,
  BacktestResult,
  NewRuleVersion,
  RuleAdaptation,
  RuleCheck,
  RuleDetail,
  RuleExplain,
  RuleExplanation,
  RuleHitsView,
  RuleImportReport,
  RuleValidation,
  RuleVersion,
  RuleVersionMove,
  RuleVersions,
  RuleView,
  SigmaFields,
  SigmaVocabulary,
} from '@vigie/contracts/api';
import type { Author, Scope } from './access.ts';

/** The rules as people see and change them. */
export interface RuleBook {
  list(filter: {
    readonly q?: string;
    readonly state: string;
    readonly level?: string;
    readonly sort: 'title' | 'hits' | 'level';
    readonly cursor?: string;
    readonly limit: number;
    /**
     * Of whoever asks. Hits are counted at these tenants; rules of which no version is in force are shown to those
     * who see all.
     */
    readonly scope: Scope;
  }): Promise<{ items: RuleView[]; next?: string; total: number }>;
  /** As the scope may know it: what names other clients (cases written here, values of placeholders) is left out. */
  get(id: string, scope: Scope): Promise<RuleDetail | undefined>;
  setEnabled(id: string, enabled: boolean): Promise<boolean>;
  import(
    origin: string,
    files: readonly { readonly path: string; readonly text: string }[],
    replace: boolean,
    /** Kept with the rules; undefined: those that there are stay. @throws `VIGIE_DETECT_PIPELINE` */
    pipelines?: readonly { readonly name: string; readonly text: string }[],
  ): Promise<RuleImportReport>;
  /** The pipelines and placeholders in force. */
  adaptation(): RuleAdaptation;
  /** Gives a placeholder values; undefined takes them away. */
  setPlaceholder(name: string, values: readonly string[] | undefined): Promise<RuleImportReport>;
  reload(): Promise<RuleImportReport>;
  /** What an alert of this rule says to people. */
  story(
    ruleId: string,
    facts: Readonly<Record<string, string>>,
    language: string,
  ): { title: string; diagnosis: string; advice: string[]; falsePositives: string[] };
  techniques(ids: readonly string[]): { id: string; name: string; tactic: string }[];
}

/** Why something was not done, as a sentence for the person. */
export interface WorkshopRefusal {
  /** `not-ready`: details are a `RuleCheck`. `conflict`: details are the revision and the current version. */
  readonly refused: 'not-found' | 'not-ready' | 'not-allowed' | 'conflict' | 'invalid';
  readonly message: string;
  readonly details?: unknown;
}

/** Where people write rules. */
export interface RuleWorkshop {
  /** Undefined: there is neither such a rule nor a version of one. */
  versions(id: string): Promise<RuleVersions | undefined>;
  version(id: string, number: number): Promise<RuleVersion | undefined>;
  save(id: string, version: NewRuleVersion, by: Author): Promise<RuleVersion | WorkshopRefusal>;
  /** Promotes, withdraws, rolls back or retires a version. */
  move(
    id: string,
    number: number,
    move: RuleVersionMove,
    by: Author,
  ): Promise<RuleVersions | WorkshopRefusal>;
  validate(text: RuleValidation): Promise<RuleCheck>;
  /** @param event the stored event; undefined: what was pasted is explained */
  explain(
    wanted: Pick<RuleExplain, 'id' | 'version' | 'text' | 'log' | 'type'>,
    event: Event | undefined,
  ): Promise<RuleExplanation | WorkshopRefusal>;
  vocabulary(): SigmaVocabulary;
  fields(logsource: {
    readonly product?: string;
    readonly category?: string;
    readonly service?: string;
  }): SigmaFields;
  /** What a rule found in the last days at the tenants of a scope. */
  hits(scope: Scope, id: string, days: number): Promise<RuleHitsView>;
}

/** Holds rules against stored events. */
export interface BacktestRunner {
  /** @returns the figures, or why there are none, as a sentence for the person */
  run(
    request: Pick<BacktestRequest, 'id' | 'text' | 'from' | 'to'>,
    tenants: readonly string[],
  ): Promise<BacktestResult | { readonly code: 'not_found' | 'invalid'; readonly message: string }>;
}
