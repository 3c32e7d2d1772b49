import type { Level } from '@vigie/contracts';
import type { Language } from '@vigie/contracts/api';
import type { ContactFunction } from '@vigie/contracts/contacts.ts';
import type { Generated } from 'kysely';
import type { Procedure } from '../../../procedures/ports.ts';
import type { Json } from './columns.ts';

/** Procedures that people made, and procedures at incidents. */
export interface ProceduresTables {
  procedure: ProcedureTable;
  procedure_version: ProcedureVersionTable;
  incident_procedure: IncidentProcedureTable;
  incident_step: IncidentStepTable;
  step_telling: StepTellingTable;
  self_telling: SelfTellingTable;
  self_told: SelfToldTable;
}

/** A procedure made here; `tenant` null: for all tenants. */
export interface ProcedureTable {
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

export interface ProcedureVersionTable {
  key: string;
  number: number;
  tenant: string | null;
  /** Text of `sop.yml`. */
  sop: string;
  /** Language → Markdown. */
  texts: Json<Partial<Record<Language, string>>>;
  note: string;
  author: string;
  was_live: Generated<boolean>;
  created_at: number;
}

/** A procedure at an incident, with its content as it was then. */
export interface IncidentProcedureTable {
  tenant: string;
  incident_id: number;
  procedure_id: string;
  origin: 'shipped' | 'provider' | 'tenant';
  version: number;
  content: Json<Procedure>;
  attached_at: number;
  attached_by: string;
}

/** What was recorded of a step; one without a row is open. */
export interface IncidentStepTable {
  tenant: string;
  incident_id: number;
  procedure_id: string;
  step_id: string;
  state: 'done' | 'skipped' | 'not-applicable' | null;
  at: number;
  actor: string;
  reason: string | null;
  evidence: string | null;
  option: string | null;
  assignee_id: string | null;
}

/** That somebody was told by a step. */
export interface StepTellingTable {
  tenant: string;
  id: string;
  incident_id: number;
  procedure_id: string;
  step_id: string;
  at: number;
  actor: string;
  how: 'mail' | 'phone';
  name: string;
  address: string;
  subject: string | null;
  text: string;
  internal: boolean;
  /** Id in the outbox. */
  mail: string | null;
  waits_until: number | null;
  /** Follows the mail, by a trigger. */
  state: 'noted' | 'waiting' | 'sent' | 'failed';
  sent_at: number | null;
  /** Who had allowed that it was sent by itself; null: a person sent it. */
  allowed_by: string | null;
}

/** That a client's steps may send by themselves. */
export interface SelfTellingTable {
  tenant: string;
  min_level: Level;
  functions: Json<readonly ContactFunction[]>;
  allowed_by: string;
  allowed_at: number;
}

/** That a step sent by itself. */
export interface SelfToldTable {
  tenant: string;
  incident_id: number;
  procedure_id: string;
  step_id: string;
  at: number;
}
