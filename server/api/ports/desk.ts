import type { Level } from '@vigie/contracts';
import type {
  DetectionQuality,
  IncidentRelevance,
  NewQueueView,
  QueueView,
  QueueViewPatch,
  RelevanceState,
  RulePrecision,
  VerdictEntry,
} from '@vigie/contracts/api';
import type { Identity, Scope } from './access.ts';

type Verdict = 'true-positive' | 'benign-true-positive' | 'false-positive';

/** A verdict to be given; null takes the one before back. */
export interface NewVerdictRow {
  readonly verdict: Verdict | null;
  readonly reason: string | null;
  readonly note: string;
  readonly rules: readonly string[];
  /** Empty: on the incident as a whole. */
  readonly alerts: readonly string[];
}

/** The history of an incident, rules by id. */
export interface VerdictRows {
  readonly tenant: string;
  readonly items: readonly (Omit<VerdictEntry, 'rules'> & { readonly rules: readonly string[] })[];
  readonly alerts: Record<string, Verdict>;
}

/** What was said of a loose alert. */
export type AlertReviewKind = 'seen' | 'routine' | 'false-positive' | 'open';

/** Verdicts and their history. What is of another tenant is not there. */
export interface VerdictBook {
  history(scope: Scope, incident: number): Promise<VerdictRows | undefined>;
  /** Gives one; a word says what was not found. */
  give(
    scope: Scope,
    incident: number,
    verdict: NewVerdictRow,
    actor: Identity,
  ): Promise<{ readonly tenant: string } | 'incident' | 'alert'>;
  /** The client's word on a verdict; undefined: there is no such verdict. */
  reply(
    scope: Scope,
    tenant: string,
    verdict: string,
    reply: { readonly agrees: boolean; readonly comment: string },
    actor: Identity,
  ): Promise<{ readonly incident: number | null } | undefined>;
  /** Reviews loose alerts; returns how many, undefined where one is not there or is in an incident. */
  review(
    scope: Scope,
    tenant: string,
    alerts: readonly string[],
    as: AlertReviewKind,
    actor: Identity,
  ): Promise<number | undefined>;
}

/** How often rules were right, and what they cost. */
export interface QualityBook {
  ofRule(scope: Scope, rule: string, tenant: string | undefined, weeks: number): Promise<RulePrecision>;
  all(scope: Scope, tenant: string | undefined, weeks: number): Promise<DetectionQuality>;
  /** What a rule is called; its id where it is not known any more. */
  words(rule: string): { readonly title: string; readonly level: Level | null };
}

/** Saved views of the queue. */
export interface QueueViews {
  list(identity: Identity): Promise<QueueView[]>;
  /** Undefined: there are too many already. */
  add(identity: Identity, view: NewQueueView): Promise<QueueView | undefined>;
  /** Undefined: there is no such view of this person. */
  change(identity: Identity, id: string, patch: QueueViewPatch): Promise<QueueView | undefined>;
  remove(identity: Identity, id: string): Promise<boolean>;
}

/** The ranking that learns from verdicts. */
export interface RelevanceBook {
  state(): Promise<RelevanceState>;
  train(): Promise<RelevanceState>;
  /** Undefined: there is no such incident for this scope. */
  of(scope: Scope, incident: number): Promise<IncidentRelevance | undefined>;
}
