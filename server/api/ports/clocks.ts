import type {
  BrandingSetup,
  BrandingView,
  ClockBoard,
  ClockBoardQuery,
  ClockStatistics,
  IncidentClocks,
  IncidentRegimes,
  Language,
  NewOverride,
  RegimeView,
  ReportDraft,
  ReportSave,
  RotaSetup,
  RotaView,
  Site,
  StartRegime,
  TenantProfile,
} from '@vigie/contracts/api';
import type { Identity, Scope } from './access.ts';

/** A call as the page behind its link shows it. */
export interface CallPage {
  readonly incident: number;
  readonly tenant: string;
  readonly clock: string;
  readonly dueAt: number | null;
  readonly timeZone: string;
  readonly language: Language;
  readonly person: string;
  /** Who has it already. */
  readonly acknowledged: { readonly at: number; readonly by: string } | null;
}

/** Clocks of incidents. What concerns other tenants is not found. */
export interface ClockBook {
  ofIncident(identity: Identity, id: number): Promise<IncidentClocks | undefined>;
  told(identity: Identity, id: number, how: string): Promise<boolean>;
  board(identity: Identity, query: ClockBoardQuery): Promise<ClockBoard>;
  statistics(
    scope: Scope,
    query: { readonly tenant?: string; readonly from: number; readonly to: number },
  ): Promise<ClockStatistics>;
  /** Undefined: no such call at that incident. */
  acknowledge(identity: Identity, incident: number, call: string): Promise<boolean | undefined>;
  /** What a signed link stands for; undefined: it is forged, too old, or of nothing that is still there. */
  byLink(token: string): Promise<CallPage | undefined>;
  /** Acknowledges in the name of whom the link was sent to. False: somebody did before. */
  acknowledgeByLink(token: string): Promise<boolean | undefined>;
}

export interface RotaBook {
  list(): Promise<RotaView[]>;
  put(id: string, setup: RotaSetup): Promise<RotaView>;
  remove(id: string): Promise<boolean>;
  override(id: string, change: NewOverride, actor: Identity): Promise<RotaView | undefined>;
  removeOverride(id: string, override: string): Promise<RotaView | undefined>;
  note(id: string, text: string, actor: Identity): Promise<RotaView | undefined>;
}

/** Why something about a duty to report can't be done. */
export interface RegimeProblem {
  readonly code: 'not_found' | 'invalid' | 'conflict';
  readonly message: string;
}

/** Duties to report an incident. */
export interface RegimeBook {
  list(): RegimeView[];
  ofIncident(identity: Identity, id: number): Promise<IncidentRegimes | undefined>;
  start(identity: Identity, id: number, decision: StartRegime): Promise<IncidentRegimes | RegimeProblem>;
  done(
    identity: Identity,
    id: number,
    regime: string,
    step: string,
    note: string,
  ): Promise<IncidentRegimes | RegimeProblem>;
  report(
    identity: Identity,
    id: number,
    regime: string,
    step: string,
    language: Language,
  ): Promise<ReportDraft | undefined>;
  keep(
    identity: Identity,
    id: number,
    regime: string,
    step: string,
    report: ReportSave,
  ): Promise<ReportDraft | RegimeProblem>;
}

/** Profiles and sites of tenants; the tenant has been checked to be the caller's to see. */
export interface ClientBook {
  profile(scope: Scope, tenant: string): Promise<TenantProfile>;
  saveProfile(scope: Scope, tenant: string, profile: TenantProfile): Promise<void>;
  sites(scope: Scope, tenant: string): Promise<Site[]>;
  saveSites(scope: Scope, tenant: string, sites: readonly Site[]): Promise<void>;
}

/** Why a branding is refused. */
export interface BrandingProblem {
  readonly message: string;
}

export interface BrandingBook {
  get(): BrandingView;
  logo(): Promise<{ readonly type: string; readonly bytes: Buffer } | undefined>;
  save(setup: BrandingSetup): Promise<BrandingView | BrandingProblem>;
  saveLogo(
    logo: { readonly type: 'image/png' | 'image/jpeg' | 'image/svg+xml'; readonly bytes: Buffer } | undefined,
  ): Promise<BrandingView | BrandingProblem>;
}
