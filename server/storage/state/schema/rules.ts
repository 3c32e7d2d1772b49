import type { Generated } from 'kysely';
import type { BigInt64, Json } from './columns.ts';

/** Rules, their versions and what they found. */
export interface RulesTables {
  rule_file: RuleFileTable;
  rule_pipeline: RulePipelineTable;
  rule_placeholder: RulePlaceholderTable;
  rule_setting: RuleSettingTable;
  rule_hit: RuleHitTable;
  rule_history: RuleHistoryTable;
  rule_version: RuleVersionTable;
  rule_change: RuleChangeTable;
  rule_trial_hit: RuleTrialHitTable;
  rule_trial_progress: RuleTrialProgressTable;
}

export interface RulePipelineTable {
  origin: string;
  position: number;
  name: string;
  text: string;
}

export interface RulePlaceholderTable {
  name: string;
  values: Json<string[]>;
  changed_at: number;
}

/** An imported rule file, kept as it came. */
export interface RuleFileTable {
  origin: string;
  path: string;
  text: string;
  imported_at: number;
}

export interface RuleSettingTable {
  rule_id: string;
  enabled: boolean;
}

/** Detections by rule, tenant and hour; `hour` is epoch milliseconds of its start. */
export interface RuleHitTable {
  rule_id: string;
  tenant: string;
  hour: number;
  hits: number;
  last_at: number;
}

/** One row a rule that has versions; `revision` counts every change, so that two people never overwrite each other. */
export interface RuleHistoryTable {
  rule_id: string;
  revision: number;
  /** Number of the newest version. */
  newest: number;
}

/** A kept text of a rule with its cases. The text never changes, its state does. */
export interface RuleVersionTable {
  rule_id: string;
  number: number;
  text: string;
  cases: string;
  title: string;
  note: string;
  /** Names, not references: an API key writes rules too, and a history outlives its people. */
  author: string;
  state: 'draft' | 'test' | 'live' | 'retired';
  was_live: Generated<boolean>;
  state_by: string;
  state_at: number;
  /** SHA-256, in hexadecimal, of the shipped or imported text that lay below when it was written. */
  upstream_hash: string | null;
  created_at: number;
}

export interface RuleChangeTable {
  id: Generated<string>;
  rule_id: string;
  number: number;
  at: number;
  actor: string;
  change: 'saved' | 'tested' | 'live' | 'rolled-back' | 'withdrawn' | 'retired';
  note: string;
}

/** Hits of a version in test by tenant and day; `day` is epoch milliseconds of its start in UTC. */
export interface RuleTrialHitTable {
  tenant: string;
  rule_id: string;
  number: number;
  day: number;
  hits: BigInt64;
  last_at: number;
  samples: Json<{ id: string; at: number }[]>;
}

/** Sequence of the last batch whose trial hits were counted, and when old ones were last removed. */
export interface RuleTrialProgressTable {
  id: number;
  sequence: BigInt64;
  pruned_at: number;
}
