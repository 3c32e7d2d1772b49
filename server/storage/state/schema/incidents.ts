import type { Entity, Level, MatchedField } from '@vigie/contracts';
import type { GroupingReason, IncidentStatus } from '@vigie/contracts/api';
import type { ColumnType, Generated } from 'kysely';
import type { BigInt64, Json } from './columns.ts';

/** Detections, alerts, incidents, and the mails about them. */
export interface IncidentsTables {
  detection: DetectionTable;
  alert: AlertTable;
  alert_rhythm: AlertRhythmTable;
  incident_merge: IncidentMergeTable;
  incident_apart: IncidentApartTable;
  incident: IncidentTable;
  incident_entity: IncidentEntityTable;
  incident_log: IncidentLogTable;
  outbox: OutboxTable;
  triage_progress: TriageProgressTable;
}

export interface DetectionTable {
  tenant: string;
  id: string;
  alert_id: string;
  rule_id: string;
  level: Level;
  time: number;
  detected_at: number;
  events: Json<{ id: string; time: number; source: string }[]>;
  matched: Json<MatchedField[]>;
}

export interface AlertTable {
  tenant: string;
  id: string;
  rule_id: string;
  title: string;
  level: Level;
  /** Rule and entities: what folds detections together. */
  fold_key: string;
  incident_id: number | null;
  count: number;
  first_at: number;
  last_at: number;
  entities: Json<Entity[]>;
  techniques: string[];
  /** Values for the templates of the rule's title and diagnosis: event field → value of the first evidence. */
  facts: Json<Record<string, string>>;
  created_at: number;
  /** `context`: shown with the incident, but not what it is about. */
  part: Generated<'evidence' | 'context'>;
  /** How unusual it was at its most unusual; see `server/triage/rhythm.ts`. */
  rarity: Generated<number>;
  routine: Generated<boolean>;
  /** A person put it where it is. */
  pinned: Generated<boolean>;
  /** Why it joined its incident. */
  reason: ColumnType<GroupingReason | null, string | null | undefined, string | null>;
  /** A verdict of its own, where it differs from its incident's or there is none. */
  verdict: Generated<'true-positive' | 'benign-true-positive' | 'false-positive' | null>;
  verdict_reason: Generated<string | null>;
  /** When and by whom it was looked at, outside an incident. */
  reviewed_at: Generated<number | null>;
  reviewed_by: Generated<string | null>;
}

/** How often a rule speaks about an entity; `server/triage/rhythm.ts` says what the figures mean. */
export interface AlertRhythmTable {
  tenant: string;
  entity: string;
  rule_id: string;
  first_at: number;
  last_at: number;
  total: BigInt64;
  slots: number;
  days: number;
  peak: number;
  in_slot: number;
  signal_at: number | null;
  signal: number;
  signal_term: string;
}

/** An incident that went into another, with what brings it back; `actor` null: done by triage. */
export interface IncidentMergeTable {
  id: Generated<string>;
  tenant: string;
  kept: number;
  gone: number;
  at: number;
  actor: string | null;
  alerts: string[];
  status: IncidentStatus;
  undone_at: Generated<number | null>;
}

/** Incidents that a person took apart. */
export interface IncidentApartTable {
  tenant: string;
  low: number;
  high: number;
}

export interface IncidentTable {
  id: Generated<number>;
  tenant: string;
  title: string;
  status: Generated<IncidentStatus>;
  level: Level;
  level_rank: number;
  verdict: 'true-positive' | 'benign-true-positive' | 'false-positive' | null;
  owner_id: string | null;
  first_at: number;
  last_at: number;
  created_at: number;
  closed_at: number | null;
  entities: Json<Entity[]>;
  techniques: string[];
  alert_count: number;
  detection_count: number;
  /** Rank of the level that the contacts were last told of; null: nobody was told. */
  notified_rank: Generated<number | null>;
  notified_at: Generated<number | null>;
  demo: Generated<boolean>;
  /** Time of the last alert in it that was no routine: what is near in time joins. */
  active_at: Generated<number>;
  /** Rules that were unusual in it. */
  signal_rules: Generated<string[]>;
  /** Why it was opened. */
  reason: ColumnType<GroupingReason | null, string | null | undefined, string | null>;
  merged_into: Generated<number | null>;
  /** When it is due by its contract; whoever keeps clocks sets it. Null: by the clock of its level. */
  due_at: Generated<number | null>;
  /** Probability of a true positive, while the ranking is in use. */
  confidence: Generated<number | null>;
  /** 0 low to 3 critical; a trigger looks it up where it is written as null. */
  criticality: Generated<number | null>;
  /** `type:name` of the asset that makes it so. */
  critical_asset: Generated<string | null>;
  /** Kept by a trigger, as all that begin with it; 0 for what is closed. */
  urgency: Generated<number>;
  /** Of severity, criticality, confidence and age; empty for what is closed. */
  urgency_factors: Generated<number[]>;
  urgency_due_at: Generated<number>;
  /** When its age counts more; null: never. */
  urgency_next_at: Generated<number | null>;
  changed_at: Generated<number>;
  /** As `changed_at`, of what is the provider's own. */
  internal_changed_at: Generated<number>;
  /** When a person first looked at it or took it. */
  worked_from: Generated<number | null>;
  verdict_reason: Generated<string | null>;
}

/** The entities by which an alert finds the incident it belongs to. */
export interface IncidentEntityTable {
  tenant: string;
  entity: string;
  incident_id: number;
  last_at: number;
}

export interface IncidentLogTable {
  id: Generated<string>;
  tenant: string;
  incident_id: number;
  at: number;
  kind: 'incident' | 'alert' | 'status' | 'comment' | 'mail';
  text: string;
  actor: string | null;
  /** Not for the client's people. */
  internal: Generated<boolean>;
}

export interface OutboxTable {
  id: string;
  tenant: string | null;
  incident_id: number | null;
  kind: string;
  /** Makes one mail of the same event to the same address impossible to queue twice. */
  unique_key: string;
  recipient: string;
  subject: string;
  html: string;
  text: string;
  state: Generated<'pending' | 'sending' | 'sent' | 'dead'>;
  attempts: Generated<number>;
  not_before: number;
  lease_until: number | null;
  created_at: number;
  sent_at: number | null;
  last_error: string | null;
  /** Waits to come together with others. */
  held: Generated<boolean>;
  /** Id of the mail that it came in. */
  digest: Generated<string | null>;
}

/** Sequence of the last batch whose detections triage has applied for a tenant. */
export interface TriageProgressTable {
  tenant: string;
  sequence: BigInt64;
}
