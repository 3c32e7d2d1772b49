import type { Generated } from 'kysely';
import type { BigInt64, Json } from './columns.ts';

/** Exceptions and what they silenced. */
export interface ExceptionsTables {
  exception: ExceptionTable;
  exception_change: ExceptionChangeTable;
  exception_hit: ExceptionHitTable;
  exception_progress: ExceptionProgressTable;
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
