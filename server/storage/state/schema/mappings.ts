import type { Generated } from 'kysely';

/** Mappings that people made. */
export interface MappingsTables {
  mapping: MappingTable;
  mapping_version: MappingVersionTable;
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
