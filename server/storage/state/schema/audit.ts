import type { Generated } from 'kysely';
import type { BigInt64, Json } from './columns.ts';

/** The audit log. */
export interface AuditTables {
  audit_record: AuditRecordTable;
  audit_personal: AuditPersonalTable;
  audit_queue: AuditQueueTable;
  audit_anchor: AuditAnchorTable;
  audit_check: AuditCheckTable;
}

/** A link of the chain; never changed. Hashes and commitments are hexadecimal. */
export interface AuditRecordTable {
  seq: BigInt64;
  at: number;
  /** Null: the installation as a whole. */
  tenant: string | null;
  actor_kind: string;
  actor_id: string | null;
  action: string;
  object_kind: string | null;
  object_id: string | null;
  outcome: string;
  status: number | null;
  actor_commitment: string | null;
  subject_commitment: string | null;
  /** Sequences whose personal data this record, an erasure, removed. */
  erased_actor: string[] | number[] | null;
  erased_subject: string[] | number[] | null;
  prev: string;
  hash: string;
}

/** Personal data of a record; a row that is not there any more was erased. */
export interface AuditPersonalTable {
  seq: BigInt64;
  part: 'actor' | 'subject';
  tenant: string | null;
  salt: string;
  /** Canonical JSON. */
  data: string;
}

/** What is under way (`begun`) or waits to be linked (`done`). */
export interface AuditQueueTable {
  id: Generated<string>;
  state: 'begun' | 'done';
  tenant: string | null;
  entry: Json<object>;
}

/** Every anchor that was sent, or failed to be. */
export interface AuditAnchorTable {
  id: Generated<string>;
  at: number;
  seq: BigInt64;
  hash: string;
  target: 'file' | 'syslog' | 'mail';
  problem: string | null;
}

/** Every verification of the chain by the server itself. */
export interface AuditCheckTable {
  id: Generated<string>;
  at: number;
  took_ms: number;
  ok: boolean;
  records: BigInt64;
  anchors: number;
  problems: Json<object[]>;
}
