import type { AuditCheck, AuditPage, AuditQuery, AuditState } from '@vigie/contracts/api';
import type { AuditEntry, AuditFilter } from '../../audit/ports.ts';
import type { Identity } from './access.ts';

/** Where the API writes what it is asked to do. */
export interface AuditWriter {
  /**
   * Before anything is done; rejects when it can't be noted.
   *
   * @returns what {@link finish} ends it by; undefined: it is one of a flood of tries, and noted only if it succeeds
   */
  begin(entry: AuditEntry): Promise<string | undefined>;
  /** Before the answer; resolves when it is durable. */
  finish(entry: AuditEntry, id?: string): Promise<void>;
}

/** The audit log as people see it: their tenants' records only. */
export interface AuditBook extends AuditWriter {
  list(identity: Identity, query: AuditQuery): Promise<AuditPage>;
  /** The whole of it in the order of the chain, as text in chunks. */
  export(identity: Identity, filter: AuditFilter, format: 'ndjson' | 'csv'): AsyncIterable<string>;
  state(identity: Identity): Promise<AuditState>;
  /** Verifies the whole chain and keeps the result. */
  verify(): Promise<AuditCheck>;
  /** Sends the end of the chain to every configured place now. */
  anchor(): Promise<void>;
  /** Erases a person's data; the chain says who did it and which records lost what. @returns parts erased */
  erase(person: string, by: Identity): Promise<number>;
}
