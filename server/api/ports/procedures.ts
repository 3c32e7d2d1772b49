import type {
  IncidentProcedures,
  Language,
  NewProcedure,
  NewProcedureVersion,
  NewTelling,
  OpenSteps,
  ProcedureAttachment,
  ProcedureCheck,
  ProcedureCoverage,
  ProcedureDetail,
  ProcedureMove,
  ProcedurePage,
  ProcedureProblemView,
  ProcedureTexts,
  SelfTellingSetup,
  SelfTellingView,
  StepChange,
  StepSearch,
  StepTelling,
} from '@vigie/contracts/api';
import type { Identity, Scope } from './access.ts';

/** Why something about a procedure can't be done, for the person who asked. */
export interface ProcedureRefused {
  readonly refused: 'not-found' | 'invalid' | 'exists' | 'conflict' | 'live' | 'forbidden';
  readonly message: string;
  readonly problems?: readonly ProcedureProblemView[];
}

/** The procedures that there are: those of Vigie, and those that people make. */
export interface ProcedureBook {
  list(scope: Scope, language: Language): Promise<ProcedurePage>;
  /** What is in force at a tenant, or for all. */
  coverage(tenant: string | null, language: Language): ProcedureCoverage;
  shipped(id: string, language: Language): ProcedureDetail | undefined;
  own(scope: Scope, key: string, language: Language): Promise<ProcedureDetail | undefined>;
  check(texts: ProcedureTexts, language: Language): ProcedureCheck;
  add(identity: Identity, procedure: NewProcedure): Promise<ProcedureDetail | ProcedureRefused>;
  save(
    identity: Identity,
    key: string,
    version: NewProcedureVersion,
  ): Promise<ProcedureDetail | ProcedureRefused>;
  move(identity: Identity, key: string, move: ProcedureMove): Promise<ProcedureDetail | ProcedureRefused>;
  remove(identity: Identity, key: string): Promise<true | ProcedureRefused>;
}

/** Procedures at incidents. Undefined: there is no such incident in the scope. */
export interface ProcedureDesk {
  of(identity: Identity, incident: number, language: Language): Promise<IncidentProcedures | undefined>;
  attach(identity: Identity, incident: number, wanted: ProcedureAttachment): Promise<true | ProcedureRefused>;
  detach(identity: Identity, incident: number, procedure: string): Promise<true | ProcedureRefused>;
  step(
    identity: Identity,
    incident: number,
    procedure: string,
    step: string,
    change: StepChange,
  ): Promise<true | ProcedureRefused>;
  search(
    scope: Scope,
    incident: number,
    procedure: string,
    step: string,
  ): Promise<StepSearch | ProcedureRefused>;
  /** Mandatory steps that are open at these incidents, as far as the scope has them. */
  open(scope: Scope, incidents: readonly number[], language: Language): Promise<OpenSteps['items']>;
  /**
   * To be asked before an incident is closed. With a reason the open steps go into its log.
   *
   * @returns the mandatory steps that are open and for which no reason was given
   */
  closing(identity: Identity, incident: number, reason: string | undefined): Promise<OpenSteps['items']>;
}

/** Who must be told, and telling them: a call of {@link tell} is a person's confirmation. */
export interface ProcedureTelling {
  of(
    identity: Identity,
    incident: number,
    procedure: string,
    step: string,
  ): Promise<StepTelling | ProcedureRefused>;
  tell(
    identity: Identity,
    incident: number,
    procedure: string,
    step: string,
    telling: NewTelling,
  ): Promise<true | ProcedureRefused>;
}

/** Whether steps of procedures may send by themselves at a tenant. */
export interface SelfTellingBook {
  get(scope: Scope, tenant: string): Promise<SelfTellingView>;
  save(identity: Identity, tenant: string, setup: SelfTellingSetup): Promise<void>;
}
