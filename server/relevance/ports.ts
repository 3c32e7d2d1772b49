import type { RelevanceFeature, RelevanceLine, RelevanceReport } from '@vigie/contracts/api';

export type RelevanceTerm = RelevanceLine;

/**
 * What was known of an incident in the moment it was opened. Kept as it was then: nothing that came later, neither an
 * alert nor a verdict, may reach a feature.
 */
export interface OpeningFacts {
  /** Ids of the rules of its alerts, sorted. */
  readonly rules: readonly string[];
  /** Number of techniques of its alerts. */
  readonly techniques: number;
  /** Rank of its level, 0 informational to 4 critical. */
  readonly level: number;
  /** How unusual its most unusual alert was; see `server/triage/rhythm.ts`. */
  readonly rarity: number;
  /** Of its most critical asset, 0 low to 3 critical; 1 where none is written down. */
  readonly criticality: number;
  /** Entities that mean something, `type:value` in lower case, sorted. */
  readonly entities: readonly string[];
  /** Technologies of the sources of its first events, sorted. */
  readonly sourceKinds: readonly string[];
  /** Opened at night or on a weekend of its tenant. */
  readonly offHours: boolean;
  /** Written down only later than a minute after: good for counting, not to learn from. */
  readonly late: boolean;
}

/** An incident as the ranking sees it. */
export interface Case {
  readonly tenant: string;
  readonly incident: number;
  /** Epoch milliseconds. */
  readonly openedAt: number;
  readonly facts: OpeningFacts;
}

/** One with a verdict. */
export interface JudgedCase extends Case {
  /** When the verdict that holds was given. */
  readonly decidedAt: number;
  readonly truePositive: boolean;
}

/** Weights of a logistic regression on standardised features, with what standardises them. */
export interface RelevanceModel {
  readonly features: readonly RelevanceFeature[];
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** Log-odds of an average incident. */
  readonly base: number;
  readonly weights: readonly number[];
}

/** The probability of one incident, and where it comes from. */
export interface Relevance {
  readonly tenant: string;
  readonly incident: number;
  readonly probability: number;
  readonly terms: readonly RelevanceTerm[];
}

/** A training that is kept. */
export interface Trained {
  readonly id: string;
  readonly trainedAt: number;
  readonly report: RelevanceReport;
  readonly model: RelevanceModel | null;
}

/** What the state tells of an incident that has no opening facts yet. */
export interface BareOpening {
  readonly tenant: string;
  readonly incident: number;
  readonly openedAt: number;
  readonly rules: readonly string[];
  readonly techniques: number;
  readonly level: number;
  readonly rarity: number;
  readonly criticality: number;
  readonly entities: readonly string[];
  /** Ids of sources. */
  readonly sources: readonly string[];
}

/** Where cases, models and probabilities are kept. Implemented in `server/storage/state`. */
export interface RelevanceStore {
  /** Incidents with a higher number than `after` without opening facts, the oldest first. */
  unread(after: number, limit: number): Promise<readonly BareOpening[]>;
  saveOpenings(cases: readonly Case[]): Promise<void>;
  /** The judged cases with the newest verdicts, in any order. */
  judged(limit: number): Promise<readonly JudgedCase[]>;
  /** Incidents that are not closed, the newest first. */
  open(limit: number): Promise<readonly Case[]>;
  /** Probabilities of a model; `used`: the queue counts with them. */
  saveScores(model: string, scores: readonly Relevance[], used: boolean): Promise<void>;
  /** The queue counts with no probability any more. */
  forgetScores(): Promise<void>;
  saveModel(training: Omit<Trained, 'id'>): Promise<string>;
  latest(): Promise<Trained | undefined>;
}

/** Judged incidents of a rule at a tenant in a week (0 the first) with one verdict, and the minutes they took. */
export interface OutcomeCount {
  readonly rule: string;
  readonly tenant: string;
  readonly week: number;
  readonly verdict: 'true-positive' | 'benign-true-positive' | 'false-positive';
  readonly cases: number;
  readonly minutes: number;
}

/** Counts of what rules turned out to be. Implemented in `server/storage/state`. */
export interface OutcomeStore {
  /** Outcomes decided since a time, in weeks from it. */
  outcomes(
    scope: readonly string[] | 'all',
    filter: {
      readonly tenant?: string;
      readonly rule?: string;
      readonly from: number;
      readonly weeks: number;
    },
  ): Promise<readonly OutcomeCount[]>;
  /** Detections by rule since a time. */
  detections(
    scope: readonly string[] | 'all',
    tenant: string | undefined,
    from: number,
  ): Promise<ReadonlyMap<string, number>>;
  /** Where an incident stands with the ranking; undefined: it is not there for this scope. */
  relevanceOf(
    scope: readonly string[] | 'all',
    incident: number,
  ): Promise<{ readonly probability: number | null; readonly terms: readonly RelevanceTerm[] } | undefined>;
}
