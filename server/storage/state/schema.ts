import type { Entity, JsonObject, Level, MatchedField } from '@vigie/contracts';
import type {
  Contact,
  GroupingReason,
  Language,
  MaintenanceWhen,
  Role,
  SourceAlertKind,
} from '@vigie/contracts/api';
import type { ColumnType, Generated, JSONColumnType } from 'kysely';

/**
 * The tables of the state database, as Kysely sees them. Instants are epoch milliseconds (`double
 * precision`): events carry microseconds, and one unit everywhere spares a conversion at each border.
 * Tables with a `tenant` column are under row-level security for the role `vigie_api`.
 */
export interface Database {
  tenant: TenantTable;
  source: SourceTable;
  connector: ConnectorTable;
  account: AccountTable;
  session: SessionTable;
  api_key: ApiKeyTable;
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
  exception: ExceptionTable;
  exception_change: ExceptionChangeTable;
  exception_hit: ExceptionHitTable;
  exception_progress: ExceptionProgressTable;
  mapping: MappingTable;
  mapping_version: MappingVersionTable;
  detection: DetectionTable;
  alert: AlertTable;
  alert_rhythm: AlertRhythmTable;
  incident_merge: IncidentMergeTable;
  incident_apart: IncidentApartTable;
  incident: IncidentTable;
  incident_entity: IncidentEntityTable;
  incident_log: IncidentLogTable;
  outbox: OutboxTable;
  quarantine: QuarantineTable;
  quarantine_line: QuarantineLineTable;
  triage_progress: TriageProgressTable;
  asset: AssetTable;
  detector_snapshot: DetectorSnapshotTable;
  detector_moment: DetectorMomentTable;
  setting: SettingTable;
  source_week: SourceWeekTable;
  source_watch: SourceWatchTable;
  source_kind: SourceKindTable;
  source_dataset: SourceDatasetTable;
  source_alert: SourceAlertTable;
  maintenance: MaintenanceTable;
}

type Json<T extends object | null> = JSONColumnType<T, string, string>;
/** A `bigint`: read as text by the driver, written as number. */
type BigInt64 = ColumnType<string, number | string, number | string>;

export interface TenantTable {
  id: string;
  name: string;
  language: Language;
  time_zone: string;
  retention_days: number;
  contacts: Json<Contact[]>;
  demo: Generated<boolean>;
  created_at: number;
}

export interface SourceTable {
  tenant: string;
  id: string;
  name: string;
  type: string | null;
  time_zone: string;
  addresses: string[];
  enabled: Generated<boolean>;
  demo: Generated<boolean>;
  /** SHA-256 of the token. */
  token_hash: Buffer;
  created_at: number;
}

/** A source that is fetched. Columns that hold JSON as text may hold NUL, which `jsonb` refuses. */
export interface ConnectorTable {
  tenant: string;
  source: string;
  type: string;
  settings: Json<JsonObject>;
  /** All secrets of the connector, sealed by the vault. The API's role can't read it. */
  secrets: string;
  secret_names: string[];
  every_seconds: number;
  paused: Generated<boolean>;
  /** Counts changes by people. */
  revision: number;
  /** JSON. */
  checkpoint: string | null;
  checkpoint_at: number;
  strays: Generated<string[]>;
  next_at: number;
  last_fetch_at: number | null;
  covered_to: number | null;
  fetched: ColumnType<string, number | undefined, number>;
  added: ColumnType<string, number | undefined, number>;
  failures: Generated<number>;
  /** JSON of a `ConnectorProblem`. */
  problem: string | null;
  created_at: number;
}

export interface AccountTable {
  id: string;
  email: string;
  name: string;
  role: Role;
  tenants: string[] | null;
  /** argon2id, PHC string. */
  password_hash: string;
  must_change_password: boolean;
  created_at: number;
  last_sign_in_at: number | null;
}

export interface SessionTable {
  /** SHA-256 of the cookie's value. */
  token_hash: Buffer;
  account_id: string;
  created_at: number;
  expires_at: number;
  address: string;
}

export interface ApiKeyTable {
  id: string;
  name: string;
  secret_hash: Buffer;
  role: Role;
  tenants: string[] | null;
  created_at: number;
  last_used_at: number | null;
}

/** An imported rule file, kept as it came. */
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

/** A Sigma filter that keeps rules silent; `tenant` null: at all tenants. Never edited, only extended or revoked. */
export interface ExceptionTable {
  id: string;
  tenant: string | null;
  title: string;
  /** Sigma filter, YAML as written. */
  filter: string;
  reason: string;
  owner_id: string | null;
  /** Name of the owner when it was made. */
  owner_name: string;
  created_at: number;
  changed_at: number;
  expires_at: number;
  revoked_at: number | null;
  /** What the preview said when it was saved. */
  previewed: Json<{ from: number; to: number; total: number; silenced: number } | null>;
}

export interface ExceptionChangeTable {
  id: Generated<string>;
  exception_id: string;
  tenant: string | null;
  at: number;
  actor: string;
  kind: 'created' | 'extended' | 'revoked';
  text: string;
}

/** What an exception silenced, by tenant, rule and day; `day` is epoch milliseconds of its start in UTC. */
export interface ExceptionHitTable {
  tenant: string;
  exception_id: string;
  rule_id: string;
  day: number;
  hits: BigInt64;
  last_at: number;
}

/** Sequence of the last batch whose silenced hits were counted. */
export interface ExceptionProgressTable {
  id: number;
  sequence: BigInt64;
}

/** What a person made of a source's lines; `tenant` null: for all tenants. */
export interface MappingTable {
  key: string;
  tenant: string | null;
  id: string;
  /** Counts every change, so that two people never overwrite each other. */
  revision: number;
  newest: number;
  /** Number of the version in force. */
  live: number | null;
  changed_at: number;
  changed_by: string;
}

export interface MappingVersionTable {
  key: string;
  number: number;
  tenant: string | null;
  /** JSON text of a `MappingFile`. */
  definition: string;
  note: string;
  author: string;
  was_live: Generated<boolean>;
  created_at: number;
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
  status: 'new' | 'in-progress' | 'closed';
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
  status: Generated<'new' | 'in-progress' | 'closed'>;
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
}

export interface QuarantineTable {
  id: string;
  transport: string;
  address: string;
  name: string;
  first_seen_at: number;
  last_seen_at: number;
  lines: BigInt64;
}

export interface QuarantineLineTable {
  id: Generated<string>;
  quarantine_id: string;
  text: string;
  received_at: number;
}

/** Sequence of the last batch whose detections triage has applied for a tenant. */
export interface TriageProgressTable {
  tenant: string;
  sequence: BigInt64;
}

/** What client and provider have written down about a machine or a person; `name` is lower case. */
export interface AssetTable {
  tenant: string;
  kind: 'host' | 'user';
  name: string;
  criticality: 'low' | 'normal' | 'high' | 'critical';
  owner: string;
  note: string;
}

/** State of the correlations at the end of a batch; events after it are detected again after a restart. */
export interface DetectorMomentTable {
  sequence: BigInt64;
  after: BigInt64;
  clocks: Json<[tenant: string, time: number][]>;
  at: number;
}

export interface DetectorSnapshotTable {
  id: number;
  sequence: BigInt64;
  rules_hash: string;
  state: string;
  taken_at: number;
}

export interface SettingTable {
  key: string;
  value: Json<object>;
}

type Hours = Generated<(number | null)[]>;

/** One week of a source by hour; `week` is whole weeks since 1970 (UTC), each array has 168 places. */
export interface SourceWeekTable {
  tenant: string;
  source: string;
  week: number;
  events: Hours;
  failures: Hours;
  active: Hours;
  first: Hours;
  last: Hours;
  gap: Hours;
  delay: Hours;
  skip: Hours;
}

/** What is known of a source beside its hours. */
export interface SourceWatchTable {
  tenant: string;
  source: string;
  first_at: number;
  last_at: number;
  events: number;
  /** Hours since 1970. */
  learn_from: number;
  volume_from: number;
}

/** A kind of event that a source has sent, with the first such log. */
export interface SourceKindTable {
  tenant: string;
  source: string;
  dataset: string;
  action: string;
  code: string;
  first_at: number;
  example: string;
}

/** A technology that a source has sent. */
export interface SourceDatasetTable {
  tenant: string;
  source: string;
  dataset: string;
  first_at: number;
  last_at: number;
}

/** An operational alert. */
export interface SourceAlertTable {
  id: string;
  tenant: string;
  source: string;
  kind: SourceAlertKind;
  state: 'open' | 'recovered' | 'accepted' | 'ended';
  since: number;
  opened_at: number;
  updated_at: number;
  clear_since: number | null;
  recovered_at: number | null;
  flaps: Generated<number>;
  told: Generated<boolean>;
  acknowledged_by: string | null;
  acknowledged_at: number | null;
  acknowledged_note: Generated<string>;
  facts: Json<Record<string, number>>;
}

/** Planned maintenance; `source` null: of all sources of the tenant. */
export interface MaintenanceTable {
  id: string;
  tenant: string;
  source: string | null;
  plan: Json<MaintenanceWhen>;
  reason: string;
  created_by: string;
  created_at: number;
  ended_by: string | null;
  ended_at: number | null;
}
