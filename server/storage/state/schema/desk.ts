import type { IncidentQueueState, RelevanceReport, Verdict as VerdictSchema } from '@vigie/contracts/api';
import type { ColumnType, Generated } from 'kysely';
import type { z } from 'zod';
import type { OpeningFacts, RelevanceModel, RelevanceTerm } from '../../../relevance/ports.ts';
import type { Json } from './columns.ts';

type Verdict = z.infer<typeof VerdictSchema>;

/** What analysts' work leaves behind: looks, verdicts, views, and the ranking that learns from them. */
export interface DeskTables {
  incident_seen: IncidentSeenTable;
  verdict: VerdictTable;
  verdict_reply: VerdictReplyTable;
  rule_outcome: RuleOutcomeTable;
  alert_routine: AlertRoutineTable;
  incident_undo: IncidentUndoTable;
  queue_view: QueueViewTable;
  incident_opening: IncidentOpeningTable;
  incident_relevance: IncidentRelevanceTable;
  relevance_model: RelevanceModelTable;
}

/** When a person looked at an incident last, and what there was. */
export interface IncidentSeenTable {
  tenant: string;
  incident_id: number;
  account_id: string;
  at: number;
  alert_count: number;
  level_rank: number;
}

/** One verdict, never changed; `verdict` null takes the one before back. */
export interface VerdictTable {
  tenant: string;
  id: Generated<string>;
  incident_id: number | null;
  alert_id: string | null;
  verdict: Verdict | null;
  reason: string | null;
  note: string;
  /** Rules at fault of a false positive. */
  rules: string[];
  actor_id: string;
  actor: string;
  side: 'provider' | 'client';
  at: number;
}

/** The client's word on a verdict. */
export interface VerdictReplyTable {
  tenant: string;
  id: Generated<string>;
  verdict_id: string;
  agrees: boolean;
  comment: string;
  actor_id: string;
  actor: string;
  at: number;
}

/** What a rule of a judged incident turned out to be. */
export interface RuleOutcomeTable {
  tenant: string;
  incident_id: number;
  rule_id: string;
  verdict: Verdict;
  opened_at: number;
  decided_at: number;
  minutes: number;
}

/** Alerts that a person called routine, by what folds them. */
export interface AlertRoutineTable {
  tenant: string;
  fold_key: string;
  rule_id: string;
  title: string;
  actor: string;
  at: number;
  expires_at: number;
}

/** One incident of a change that can be taken back. */
export interface IncidentUndoTable {
  tenant: string;
  batch: string;
  incident_id: number;
  actor_id: string;
  at: number;
  before: Json<IncidentQueueState>;
  after: Json<IncidentQueueState>;
}

/** Filters of the queue under a name. */
export interface QueueViewTable {
  id: string;
  tenant: string | null;
  owner_id: string;
  owner_name: string;
  name: string;
  shared: boolean;
  query: Json<Record<string, unknown>>;
  changed_at: number;
}

/** What was known of an incident when it was opened. */
export interface IncidentOpeningTable {
  tenant: string;
  incident_id: number;
  opened_at: number;
  facts: Json<OpeningFacts>;
}

export interface IncidentRelevanceTable {
  tenant: string;
  incident_id: number;
  probability: number;
  terms: Json<RelevanceTerm[]>;
  model_id: string;
}

/** One training: the model, if there was enough to learn from, and the comparison that decided about it. */
export interface RelevanceModelTable {
  id: Generated<string>;
  trained_at: number;
  used: boolean;
  model: ColumnType<RelevanceModel | null, string | null, string | null>;
  report: Json<RelevanceReport>;
}
