import type { MaintenanceWhen, SourceAlertKind } from '@vigie/contracts/api';
import type { Generated } from 'kysely';
import type { Json } from './columns.ts';

/** What is usual for sources, and what is told of them. */
export interface WatchTables {
  source_week: SourceWeekTable;
  source_watch: SourceWatchTable;
  source_kind: SourceKindTable;
  source_dataset: SourceDatasetTable;
  source_alert: SourceAlertTable;
  maintenance: MaintenanceTable;
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
