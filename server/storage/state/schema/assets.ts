import type { Generated } from 'kysely';
import type { Json } from './columns.ts';

/** The inventory of machines and people; keys of identifiers are as `keyOf` of `server/assets` writes them. */
export interface AssetsTables {
  asset: AssetTable;
  asset_identifier: AssetIdentifierTable;
  asset_pair: AssetPairTable;
  asset_shared: AssetSharedTable;
  asset_address: AssetAddressTable;
  asset_source: AssetSourceTable;
  asset_use: AssetUseTable;
  asset_software: AssetSoftwareTable;
  asset_log: AssetLogTable;
  asset_merge: AssetMergeTable;
}

/** What client and provider know of a machine or a person. */
export interface AssetTable {
  tenant: string;
  id: string;
  kind: 'host' | 'user';
  name: string;
  /** A person or a directory chose the name. */
  named: Generated<boolean>;
  type: Generated<string>;
  criticality: Generated<'low' | 'normal' | 'high' | 'critical'>;
  owner: Generated<string>;
  site: Generated<string>;
  note: Generated<string>;
  handling: Generated<string[]>;
  phone: Generated<string>;
  maintenance: Json<object | null> | null;
  tags: Generated<string[]>;
  os: Generated<string>;
  /** Fields that a person set. */
  by_hand: Generated<string[]>;
  first_at: number | null;
  last_at: number | null;
  created_at: number;
  changed_at: number;
  /** 0–100; written now and then, see `server/assets/risk.ts`. */
  risk: Generated<number>;
  merged_into: string | null;
  erased_at: number | null;
}

export interface AssetIdentifierTable {
  tenant: string;
  kind: 'host' | 'user';
  key: string;
  bare: string | null;
  /** Null: several assets have it, see `asset_shared`. */
  asset_id: string | null;
  first_at: number;
  last_at: number;
}

export interface AssetPairTable {
  tenant: string;
  kind: 'host' | 'user';
  a: string;
  b: string;
  what: 'seen' | 'together' | 'apart';
}

export interface AssetSharedTable {
  tenant: string;
  kind: 'host' | 'user';
  key: string;
  asset_id: string;
}

export interface AssetAddressTable {
  tenant: string;
  asset_id: string;
  ip: string;
  first_at: number;
  last_at: number;
}

export interface AssetSourceTable {
  tenant: string;
  asset_id: string;
  source: string;
  first_at: number;
  last_at: number;
}

export interface AssetUseTable {
  tenant: string;
  host_id: string;
  user_id: string;
  first_at: number;
  last_at: number;
}

export interface AssetSoftwareTable {
  tenant: string;
  asset_id: string;
  name: string;
  version: string;
  first_at: number;
  last_at: number;
}

export interface AssetLogTable {
  id: Generated<string>;
  tenant: string;
  asset_id: string;
  at: number;
  kind: 'comment' | 'change' | 'merge' | 'split';
  text: string;
  actor: string | null;
}

export interface AssetMergeTable {
  id: Generated<string>;
  tenant: string;
  kept: string;
  gone: string;
  at: number;
  actor: string | null;
  keys: string[];
  undone_at: number | null;
}
