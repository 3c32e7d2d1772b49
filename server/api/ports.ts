import type { Event, QueryNode } from '@vigie/contracts';
import type {
  AlertView,
  ApiKeyView,
  BacktestRequest,
  BacktestResult,
  ConnectorChange,
  ConnectorSetup,
  ConnectorTest,
  ConnectorType,
  ConnectorView,
  Contact,
  CoverageMatrix,
  CoverageView,
  ExceptionDetail,
  ExceptionDraft,
  ExceptionPage,
  ExceptionPreview,
  ExceptionQuery,
  ExceptionRefusal,
  ExceptionSuggestion,
  ExceptionSuggestRequest,
  Histogram,
  IncidentSummary,
  IncidentView,
  LooseAlert,
  MailDetail,
  MailView,
  MaintenanceQuery,
  MaintenanceView,
  MappingDetail,
  MappingExport,
  MappingFieldList,
  MappingMove,
  MappingPage,
  MappingPreview,
  MappingPreviewRequest,
  MappingSuggestion,
  NewException,
  NewMaintenance,
  NewMapping,
  NewMappingVersion,
  NewRuleVersion,
  QuarantineView,
  Role,
  RuleAdaptation,
  RuleCheck,
  RuleDetail,
  RuleExplain,
  RuleExplanation,
  RuleHitsView,
  RuleImportReport,
  RuleValidation,
  RuleVersion,
  RuleVersionMove,
  RuleVersions,
  RuleView,
  SigmaFields,
  SigmaVocabulary,
  SourceAlertQuery,
  SourceAlertView,
  SourceHealthView,
  SourceSecret,
  SourceView,
  StatusView,
  TechniqueCoverageView,
  TenantView,
  TimelineEntry,
  UserView,
} from '@vigie/contracts/api';
import type { EventPage, EventStore } from '../detect/ports.ts';

/** Tenants an identity may see. */
export type Scope = readonly string[] | 'all';

/** Who is calling, and what they may see and do. */
export interface Identity {
  readonly kind: 'account' | 'key';
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly mustChangePassword: boolean;
}

/** Accounts, sessions and keys. Secrets go in and out in clear only where they are made. */
export interface AccessStore {
  signIn(
    email: string,
    password: string,
    address: string,
  ): Promise<{ readonly identity: Identity; readonly token: string } | undefined>;
  bySession(token: string): Promise<Identity | undefined>;
  byKey(secret: string): Promise<Identity | undefined>;
  signOut(token: string): Promise<void>;
  /** Undefined: the current password is wrong. Ends every other session of the account. */
  changePassword(
    accountId: string,
    current: string,
    next: string,
    keepToken: string | undefined,
  ): Promise<boolean>;
  users(): Promise<UserView[]>;
  /** Undefined: the address is taken. */
  addUser(user: {
    readonly email: string;
    readonly name: string;
    readonly role: Role;
    readonly tenants: readonly string[] | null;
    readonly password: string;
    readonly mustChangePassword: boolean;
  }): Promise<UserView | undefined>;
  /** Sets a one-time password and ends the account's sessions; false: no such account. */
  resetPassword(email: string, next: string, mustChange: boolean): Promise<boolean>;
  removeUser(email: string): Promise<boolean>;
  keys(): Promise<ApiKeyView[]>;
  addKey(key: {
    readonly name: string;
    readonly role: Role;
    readonly tenants: readonly string[] | null;
  }): Promise<{ key: ApiKeyView; secret: string }>;
  removeKey(id: string): Promise<boolean>;
}

/** Tenants and their configured sources. */
export interface TenantStore {
  list(scope: Scope): TenantView[];
  add(
    tenant: Omit<TenantView, 'createdAt' | 'demo'> & { readonly demo?: boolean },
  ): Promise<TenantView | undefined>;
  update(
    id: string,
    patch: Partial<Omit<TenantView, 'id' | 'createdAt' | 'demo'>>,
  ): Promise<TenantView | undefined>;
  /** Removes the tenant with everything that belongs to it, events included. */
  remove(id: string): Promise<boolean>;
}

export interface SourceStore {
  list(scope: Scope, tenant?: string): Promise<SourceView[]>;
  get(scope: Scope, tenant: string, id: string): Promise<SourceView | undefined>;
  /** Undefined: the tenant has a source of that id. */
  add(source: {
    readonly tenant: string;
    readonly id: string;
    readonly name: string;
    readonly type: string | null;
    readonly timeZone: string;
    readonly addresses: readonly string[];
    readonly demo?: boolean;
  }): Promise<{ readonly source: SourceView; readonly secret: SourceSecret } | undefined>;
  update(
    tenant: string,
    id: string,
    patch: {
      name?: string;
      type?: string | null;
      timeZone?: string;
      addresses?: readonly string[];
      enabled?: boolean;
    },
  ): Promise<SourceView | undefined>;
  remove(tenant: string, id: string): Promise<boolean>;
  rotate(tenant: string, id: string): Promise<SourceSecret | undefined>;
  failures(
    tenant: string,
    id: string,
  ): readonly {
    readonly at: number;
    readonly text: string;
    readonly reason: string;
    readonly dataset: string | null;
  }[];
  /** Whether this technology exists, or is a mapping in force at the tenant. */
  knowsType(type: string, tenant: string): boolean;
}

/** Why a connector was not set up, as a sentence for the person. */
export interface ConnectorRefusal {
  readonly refused: 'not-found' | 'invalid';
  readonly message: string;
}

/** Connectors as people set them up and see them. The tenant has been checked to be the caller's to see. */
export interface ConnectorBook {
  types(): ConnectorType[];
  list(scope: Scope, tenant?: string): Promise<ConnectorView[]>;
  get(scope: Scope, tenant: string, source: string): Promise<ConnectorView | undefined>;
  put(tenant: string, source: string, setup: ConnectorSetup): Promise<ConnectorView | ConnectorRefusal>;
  change(tenant: string, source: string, change: ConnectorChange): Promise<ConnectorView | undefined>;
  /** One request with these settings, or with the stored ones. */
  test(
    tenant: string,
    source: string,
    setup: ConnectorSetup | undefined,
  ): Promise<ConnectorTest | ConnectorRefusal>;
  remove(tenant: string, source: string): Promise<boolean>;
  /** Encrypts all secrets with a new key. */
  rotateSecrets(): Promise<{ readonly resealed: number; readonly unreadable: readonly string[] }>;
}

export interface QuarantineStore {
  list(): Promise<QuarantineView[]>;
  /** Binds the sender's address to the source and replays what was held; undefined: no such entry or source. */
  assign(id: string, tenant: string, source: string): Promise<number | undefined>;
  remove(id: string): Promise<boolean>;
}

export interface IncidentFilter {
  readonly tenant?: string;
  readonly statuses: readonly string[];
  readonly minRank: number;
  readonly q?: string;
  readonly sort: 'recent' | 'severity' | 'age';
  readonly cursor?: string;
  readonly limit: number;
}

export interface IncidentStore {
  list(
    scope: Scope,
    filter: IncidentFilter,
  ): Promise<{ items: IncidentSummary[]; next?: string; total: number }>;
  get(
    scope: Scope,
    id: number,
  ): Promise<
    | {
        incident: IncidentSummary;
        grouping: Pick<IncidentView, 'reason' | 'mergedInto' | 'merged'>;
        alerts: AlertView[];
        log: TimelineEntry[];
        mails: MailView[];
        facts: ReadonlyMap<string, Readonly<Record<string, string>>>;
      }
    | undefined
  >;
  update(
    scope: Scope,
    id: number,
    patch: {
      status?: 'new' | 'in-progress' | 'closed';
      verdict?: 'true-positive' | 'benign-true-positive' | 'false-positive' | null;
      owner?: string | null;
      comment?: string;
    },
    actor: Identity,
  ): Promise<boolean>;
}

/** Why a change of the grouping was refused. */
export type GroupingRefusal = 'incident' | 'alert' | 'tenant' | 'merged' | 'empty' | 'itself';

/** What people do with incidents that triage made: every change is in both incidents' log. */
export interface IncidentGrouping {
  /** Puts incidents of the same tenant into `into`; returns it. */
  merge(
    scope: Scope,
    into: number,
    gone: readonly number[],
    actor: Identity,
  ): Promise<number | GroupingRefusal>;
  /** Takes out again what a merge put in, as far as it is still there; returns the incident that is back. */
  unmerge(scope: Scope, gone: number, actor: Identity): Promise<number | GroupingRefusal>;
  /** Makes an incident of some alerts; returns the new one. Triage never ties the two together again. */
  split(
    scope: Scope,
    id: number,
    alerts: readonly string[],
    actor: Identity,
  ): Promise<number | GroupingRefusal>;
  /** Takes alerts out; they stay loose. Returns the incident. */
  detach(
    scope: Scope,
    id: number,
    alerts: readonly string[],
    actor: Identity,
  ): Promise<number | GroupingRefusal>;
  /** Puts alerts into another incident of the tenant; returns that one. */
  move(
    scope: Scope,
    id: number,
    alerts: readonly string[],
    to: number,
    actor: Identity,
  ): Promise<number | GroupingRefusal>;
  /** Alerts in no incident, the newest first. */
  loose(
    scope: Scope,
    filter: {
      readonly tenant?: string;
      readonly group: 'routine' | 'rare' | 'all';
      readonly cursor?: string;
      readonly limit: number;
    },
  ): Promise<{ items: LooseAlert[]; next?: string }>;
}

export interface OutboxView {
  list(
    scope: Scope,
    filter: {
      readonly state?: string;
      readonly tenant?: string;
      readonly cursor?: string;
      readonly limit: number;
    },
  ): Promise<{ items: MailView[]; next?: string }>;
  get(scope: Scope, id: string): Promise<MailDetail | undefined>;
  retry(scope: Scope, id: string): Promise<boolean>;
}

/** The rules as people see and change them. */
export interface RuleBook {
  list(filter: {
    readonly q?: string;
    readonly state: string;
    readonly level?: string;
    readonly sort: 'title' | 'hits' | 'level';
    readonly cursor?: string;
    readonly limit: number;
    /** Also rules that are kept as versions only, none of them in force. */
    readonly unpublished: boolean;
  }): Promise<{ items: RuleView[]; next?: string; total: number }>;
  /** @param unpublished whether a rule of which no version is in force counts, and cases written here are told */
  get(id: string, unpublished: boolean): Promise<RuleDetail | undefined>;
  setEnabled(id: string, enabled: boolean): Promise<boolean>;
  import(
    origin: string,
    files: readonly { readonly path: string; readonly text: string }[],
    replace: boolean,
    /** Kept with the rules; undefined: those that there are stay. @throws `VIGIE_DETECT_PIPELINE` */
    pipelines?: readonly { readonly name: string; readonly text: string }[],
  ): Promise<RuleImportReport>;
  /** The pipelines and placeholders in force. */
  adaptation(): RuleAdaptation;
  /** Gives a placeholder values; undefined takes them away. */
  setPlaceholder(name: string, values: readonly string[] | undefined): Promise<RuleImportReport>;
  reload(): Promise<RuleImportReport>;
  /** What an alert of this rule says to people. */
  story(
    ruleId: string,
    facts: Readonly<Record<string, string>>,
    language: string,
  ): { title: string; diagnosis: string; advice: string[]; falsePositives: string[] };
  techniques(ids: readonly string[]): { id: string; name: string; tactic: string }[];
}

/** Who makes a change, for the record. */
export type Author = Pick<Identity, 'id' | 'name'>;

/** Why something was not done, as a sentence for the person. */
export interface WorkshopRefusal {
  /** `not-ready`: details are a `RuleCheck`. `conflict`: details are the revision and the current version. */
  readonly refused: 'not-found' | 'not-ready' | 'not-allowed' | 'conflict' | 'invalid';
  readonly message: string;
  readonly details?: unknown;
}

/** Where people write rules. */
export interface RuleWorkshop {
  /** Undefined: there is neither such a rule nor a version of one. */
  versions(id: string): Promise<RuleVersions | undefined>;
  version(id: string, number: number): Promise<RuleVersion | undefined>;
  save(id: string, version: NewRuleVersion, by: Author): Promise<RuleVersion | WorkshopRefusal>;
  /** Promotes, withdraws, rolls back or retires a version. */
  move(
    id: string,
    number: number,
    move: RuleVersionMove,
    by: Author,
  ): Promise<RuleVersions | WorkshopRefusal>;
  validate(text: RuleValidation): Promise<RuleCheck>;
  /** @param event the stored event; undefined: what was pasted is explained */
  explain(
    wanted: Pick<RuleExplain, 'id' | 'version' | 'text' | 'log' | 'type'>,
    event: Event | undefined,
  ): Promise<RuleExplanation | WorkshopRefusal>;
  vocabulary(): SigmaVocabulary;
  fields(logsource: {
    readonly product?: string;
    readonly category?: string;
    readonly service?: string;
  }): SigmaFields;
  /** What a rule found in the last days at the tenants of a scope. */
  hits(scope: Scope, id: string, days: number): Promise<RuleHitsView>;
}

/** Holds rules against stored events. */
export interface BacktestRunner {
  /** @returns the figures, or why there are none, as a sentence for the person */
  run(
    request: Pick<BacktestRequest, 'id' | 'text' | 'from' | 'to'>,
    tenants: readonly string[],
  ): Promise<BacktestResult | { readonly code: 'not_found' | 'invalid'; readonly message: string }>;
}

/** Why something about an exception can't be done, for the person who asked. */
export interface ExceptionProblem {
  /**
   * `stale`: no valid preview; `silences`: it would silence what is known to be true, listed in `refusals`;
   * `ended`: it is not active any more.
   */
  readonly code: 'not_found' | 'invalid' | 'stale' | 'silences' | 'ended' | 'forbidden';
  readonly message: string;
  readonly refusals?: readonly ExceptionRefusal[];
}

/** Exceptions as people make, see and end them. What concerns other tenants is not found. */
export interface ExceptionBook {
  list(identity: Identity, query: ExceptionQuery): Promise<ExceptionPage>;
  get(identity: Identity, id: string): Promise<ExceptionDetail | undefined>;
  preview(
    identity: Identity,
    draft: ExceptionDraft,
    event?: { readonly id: string; readonly at: number },
  ): Promise<ExceptionPreview | ExceptionProblem>;
  add(identity: Identity, exception: NewException): Promise<ExceptionDetail | ExceptionProblem>;
  revoke(identity: Identity, id: string, reason: string): Promise<ExceptionDetail | ExceptionProblem>;
  extend(
    identity: Identity,
    id: string,
    expiresAt: number,
    reason: string,
  ): Promise<ExceptionDetail | ExceptionProblem>;
  /** The tenant has been checked to be the caller's to see. */
  suggest(request: ExceptionSuggestRequest): Promise<ExceptionSuggestion | ExceptionProblem>;
}

/** Why something about a mapping can't be done, for the person who asked. */
export interface MappingRefused {
  /** `not-ready`: what is wrong is in `details`, a `MappingPreview`; `conflict`: somebody changed it meanwhile. */
  readonly refused: 'not-found' | 'invalid' | 'exists' | 'conflict' | 'not-ready' | 'live';
  readonly message: string;
  readonly details?: unknown;
}

/** What people make of a source's lines. Mappings of other tenants are not found. */
export interface MappingBook {
  list(scope: Scope): Promise<MappingPage>;
  get(scope: Scope, key: string): Promise<MappingDetail | undefined>;
  add(scope: Scope, mapping: NewMapping, by: Author): Promise<MappingDetail | MappingRefused>;
  save(
    scope: Scope,
    key: string,
    version: NewMappingVersion,
    by: Author,
  ): Promise<MappingDetail | MappingRefused>;
  /** Puts a version in force, an older one again, or none. Refused unless it reads all of its samples. */
  move(scope: Scope, key: string, move: MappingMove, by: Author): Promise<MappingDetail | MappingRefused>;
  remove(scope: Scope, key: string): Promise<true | MappingRefused>;
  /** A YAML file as a new mapping, or as a further version of the one with its id. */
  import(
    scope: Scope,
    file: { readonly tenant: string | null; readonly yaml: string; readonly note: string },
    by: Author,
  ): Promise<MappingDetail | MappingRefused>;
  /** A version as a YAML file; without a number the newest. */
  export(scope: Scope, key: string, number?: number): Promise<MappingExport | undefined>;
  preview(request: MappingPreviewRequest): MappingPreview;
  /** Undefined: the lines have no form that a mapping reads. */
  suggest(lines: readonly string[]): MappingSuggestion | undefined;
}

export interface AssetEntry {
  readonly tenant: string;
  readonly kind: 'host' | 'user';
  readonly name: string;
  readonly criticality: 'low' | 'normal' | 'high' | 'critical';
  readonly owner: string;
  readonly note: string;
}

export interface AssetStore {
  list(scope: Scope, tenant?: string): Promise<AssetEntry[]>;
  put(entries: readonly AssetEntry[]): Promise<number>;
}

/** Sources against their own usual, and planned maintenance. What concerns other tenants is not found. */
export interface SourceWatchBook {
  /** The tenant has been checked to be the caller's to see. */
  health(tenant: string, source: string): Promise<SourceHealthView | undefined>;
  alerts(scope: Scope, query: SourceAlertQuery): Promise<SourceAlertView[]>;
  acknowledge(
    scope: Scope,
    id: string,
    by: Author,
    note: string,
    usual: boolean,
  ): Promise<SourceAlertView | undefined>;
  maintenance(scope: Scope, query: MaintenanceQuery): Promise<MaintenanceView[]>;
  /** Undefined: there is no such source. */
  addMaintenance(maintenance: NewMaintenance, by: Author): Promise<MaintenanceView | undefined>;
  endMaintenance(scope: Scope, id: string, by: Author): Promise<MaintenanceView | undefined>;
}

/** What a tenant's sources let the rules see. The tenant has been checked to be the caller's to see. */
export interface CoverageBook {
  view(tenant: string): Promise<CoverageView>;
  matrix(tenant: string): Promise<CoverageMatrix>;
  /** A layer of the ATT&CK Navigator. */
  layer(tenant: string): Promise<object>;
  technique(tenant: string, id: string): Promise<TechniqueCoverageView | undefined>;
}

/** A change that open consoles should hear of. */
export type Notice =
  | { readonly type: 'incident'; readonly id: number; readonly tenant: string }
  | { readonly type: 'status' };

/** Everything the API is built from. */
export interface ApiServices {
  readonly version: string;
  readonly access: AccessStore;
  readonly tenants: TenantStore;
  readonly sources: SourceStore;
  readonly connectors: ConnectorBook;
  readonly quarantine: QuarantineStore;
  readonly incidents: IncidentStore;
  readonly grouping: IncidentGrouping;
  readonly outbox: OutboxView;
  readonly rules: RuleBook;
  readonly workshop: RuleWorkshop;
  readonly backtest: BacktestRunner;
  readonly exceptions: ExceptionBook;
  readonly mappings: MappingBook;
  /** ECS's fields, for completion. */
  readonly ecsFields: () => MappingFieldList['items'];
  readonly assets: AssetStore;
  readonly watch: SourceWatchBook;
  readonly coverage: CoverageBook;
  readonly events: Pick<EventStore, 'search' | 'histogram' | 'get'>;
  /** Reads the search text of people. @throws SyntaxError with a sentence for the person */
  readonly parseQuery: (text: string) => QueryNode | undefined;
  readonly status: () => Promise<StatusView>;
  readonly testMail: (to: string) => Promise<{ ok: boolean; detail: string }>;
  /**
   * Takes logs of a file in; a log whose key was imported before is left out.
   *
   * @returns how many were new; undefined: there is no such source
   */
  readonly importLogs: (
    tenant: string,
    source: string,
    items: readonly { readonly message: string; readonly key: string }[],
  ) => Promise<number | undefined>;
  /** Adds or removes the demo tenant. */
  readonly demo: { start(): Promise<void>; remove(): Promise<void> };
  readonly subscribe: (listener: (notice: Notice) => void) => () => void;
  readonly now: () => number;
  readonly log: { error(fields: object, message: string): void; warn(fields: object, message: string): void };
}

export type { Contact, EventPage, Histogram };
