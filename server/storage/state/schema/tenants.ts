import type { JsonObject } from '@vigie/contracts';
import type { Contact, Language } from '@vigie/contracts/api';
import type { ColumnType, Generated } from 'kysely';
import type { BigInt64, Json } from './columns.ts';

/** Tenants, their sources and what is fetched for them. */
export interface TenantsTables {
  tenant: TenantTable;
  source: SourceTable;
  connector: ConnectorTable;
  quarantine: QuarantineTable;
  quarantine_line: QuarantineLineTable;
  setting: SettingTable;
}

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

export interface SettingTable {
  key: string;
  value: Json<object>;
}
