import type {
  BrandingSetup,
  BusinessHours,
  Language,
  RotaMember,
  RotaSetup,
  TenantProfile,
} from '@vigie/contracts/api';
import type { ColumnType, Generated } from 'kysely';
import type { ClockTarget, Pause } from '../../../clocks/ports.ts';
import type { Json } from './columns.ts';

/** Clients' profiles, clocks, who is on call, and what the law asks for. */
export interface ClocksTables {
  tenant_profile: { tenant: string; profile: Json<TenantProfile> };
  site: SiteTable;
  site_member: SiteMemberTable;
  branding: BrandingTable;
  clock_feed: ClockFeedTable;
  clock: ClockTable;
  clock_event: ClockEventTable;
  clock_call: ClockCallTable;
  incident_due: IncidentDueView;
  rota: { id: string; setup: Json<RotaSetup> };
  rota_override: RotaOverrideTable;
  rota_note: { id: Generated<string>; rota: string; at: number; actor: string; text: string };
  incident_regime: IncidentRegimeTable;
  regime_step: RegimeStepTable;
  regime_report: RegimeReportTable;
}

export interface SiteTable {
  tenant: string;
  id: string;
  name: string;
  address: string;
  time_zone: string | null;
  business_hours: ColumnType<BusinessHours | null, string | null | undefined, string | null>;
  /** `2026-11-03`. */
  watched_since: string | null;
}

/** A source or asset that belongs to a site. */
export interface SiteMemberTable {
  tenant: string;
  kind: 'source' | 'host' | 'user' | 'network';
  name: string;
  site: string;
}

export interface BrandingTable {
  id: number;
  setup: Json<BrandingSetup>;
  logo: Buffer | null;
  logo_type: 'image/png' | 'image/jpeg' | 'image/svg+xml' | null;
  logo_at: number | null;
}

/** Written by triggers; a row goes when it has reached the clocks. */
export interface ClockFeedTable {
  id: Generated<string>;
  tenant: string;
  incident_id: number;
  at: number;
  what: 'opened' | 'status' | 'owner' | 'level' | 'told';
  value: string;
}

export interface ClockTable {
  tenant: string;
  incident_id: number;
  kind: string;
  basis: string;
  /** Id of the site whose zone and hours count. */
  site: Generated<string | null>;
  started_at: number;
  targets: Json<ClockTarget[]>;
  pauses: Json<Pause[]>;
  stopped_at: number | null;
  breached_at: number | null;
  cancelled_at: number | null;
  due_at: number | null;
  warn_at: number[];
  warned: Generated<number[]>;
  next_at: number | null;
}

export interface ClockEventTable {
  id: Generated<string>;
  tenant: string;
  incident_id: number;
  kind: string;
  at: number;
  event: string;
  text: string;
  once: string | null;
}

export interface ClockCallTable {
  tenant: string;
  id: string;
  incident_id: number;
  kind: string;
  reason: 'warning' | 'breach';
  share: number | null;
  step: number;
  told: string[];
  at: number;
  next_at: number | null;
  acknowledged_at: number | null;
  acknowledged_by: string | null;
}

export interface IncidentDueView {
  tenant: string;
  incident_id: number;
  due_at: number | null;
  clock_state: 'breached' | 'warned' | 'running' | 'paused' | 'met';
}

export interface RotaOverrideTable {
  id: string;
  rota: string;
  from_at: number;
  to_at: number;
  member: Json<RotaMember>;
  kind: 'swap' | 'holiday' | 'sickness' | 'other';
  note: string;
  actor: string;
  at: number;
}

export interface IncidentRegimeTable {
  tenant: string;
  incident_id: number;
  regime: string;
  at: number;
  aware_at: number;
  actor: string;
  reason: string;
}

export interface RegimeStepTable {
  tenant: string;
  incident_id: number;
  regime: string;
  step: string;
  at: number;
  actor: string;
  note: string;
}

export interface RegimeReportTable {
  tenant: string;
  incident_id: number;
  regime: string;
  step: string;
  language: Language;
  revision: number;
  at: number;
  actor: string;
  text: string;
}
