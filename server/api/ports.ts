import type { QueryNode } from '@vigie/contracts';
import type { Contact, Histogram, Language, MappingFieldList, StatusView } from '@vigie/contracts/api';
import type { Provisioning, SecondFactors, SingleSignOn, SsoStore } from '../access/index.ts';
import type { EventPage, EventStore } from '../detect/ports.ts';
import type { AccessMails, AccessStore, AccountStore, KeyStore, Scope } from './ports/access.ts';
import type { AssetBook, AssetComments } from './ports/assets.ts';
import type { AuditBook } from './ports/audit.ts';
import type { BrandingBook, ClientBook, ClockBook, RegimeBook, RotaBook } from './ports/clocks.ts';
import type { CampaignBook, ConversationBook, NoticeBook, RequestBook } from './ports/collaboration.ts';
import type { ConnectorBook } from './ports/connectors.ts';
import type { QualityBook, QueueViews, RelevanceBook, VerdictBook } from './ports/desk.ts';
import type { ExceptionBook } from './ports/exceptions.ts';
import type { HomeBook } from './ports/home.ts';
import type { HandOverMails, IncidentGrouping, IncidentStore, OutboxView } from './ports/incidents.ts';
import type { MappingBook } from './ports/mappings.ts';
import type { ProcedureBook, ProcedureDesk, ProcedureTelling, SelfTellingBook } from './ports/procedures.ts';
import type { BacktestRunner, RuleBook, RuleWorkshop } from './ports/rules.ts';
import type { QuarantineStore, SourceStore, TenantStore } from './ports/tenants.ts';
import type { CoverageBook, SourceWatchBook } from './ports/watch.ts';
import type { RepeatBook, WebhookBook } from './ports/webhooks.ts';
import type { WefBook } from './ports/wef.ts';

export type * from './ports/access.ts';
export type * from './ports/assets.ts';
export type * from './ports/audit.ts';
export type * from './ports/clocks.ts';
export type * from './ports/collaboration.ts';
export type * from './ports/connectors.ts';
export type * from './ports/desk.ts';
export type * from './ports/exceptions.ts';
export type * from './ports/home.ts';
export type * from './ports/incidents.ts';
export type * from './ports/mappings.ts';
export type * from './ports/procedures.ts';
export type * from './ports/rules.ts';
export type * from './ports/tenants.ts';
export type * from './ports/watch.ts';
export type * from './ports/webhooks.ts';
export type * from './ports/wef.ts';

/** A change that open consoles should hear of. */
export type Notice =
  | { readonly type: 'incident'; readonly id: number; readonly tenant: string }
  | { readonly type: 'status' };

/** Everything the API is built from. */
export interface ApiServices {
  readonly version: string;
  /** Where people reach the console; with https, cookies are sent over TLS only. */
  readonly publicUrl: () => string;
  readonly access: AccessStore;
  readonly accounts: AccountStore;
  readonly keys: KeyStore;
  readonly secondFactors: SecondFactors;
  readonly accessMails: AccessMails;
  readonly sso: SingleSignOn;
  readonly ssoStore: SsoStore;
  readonly provisioning: Provisioning;
  /** Name of the provider, and an incident's address in the console, for reports. */
  readonly provider: string;
  readonly incidentLink: (id: number) => string;
  readonly audit: AuditBook;
  readonly tenants: TenantStore;
  readonly sources: SourceStore;
  readonly connectors: ConnectorBook;
  readonly wef: WefBook;
  readonly quarantine: QuarantineStore;
  readonly incidents: IncidentStore;
  readonly handOvers: HandOverMails;
  readonly grouping: IncidentGrouping;
  readonly verdicts: VerdictBook;
  readonly quality: QualityBook;
  readonly queueViews: QueueViews;
  readonly relevance: RelevanceBook;
  readonly outbox: OutboxView;
  readonly conversations: ConversationBook;
  readonly requests: RequestBook;
  readonly notices: NoticeBook;
  readonly home: HomeBook;
  readonly campaigns: CampaignBook;
  readonly rules: RuleBook;
  readonly workshop: RuleWorkshop;
  readonly backtest: BacktestRunner;
  readonly exceptions: ExceptionBook;
  readonly mappings: MappingBook;
  readonly procedures: ProcedureBook;
  readonly procedureDesk: ProcedureDesk;
  readonly procedureTelling: ProcedureTelling;
  readonly selfTelling: SelfTellingBook;
  readonly clients: ClientBook;
  readonly branding: BrandingBook;
  readonly clocks: ClockBook;
  readonly rotas: RotaBook;
  readonly regimes: RegimeBook;
  /** ECS's fields, for completion. */
  readonly ecsFields: () => MappingFieldList['items'];
  readonly assets: AssetBook;
  readonly assetComments: AssetComments;
  readonly webhooks: WebhookBook;
  readonly repeats: RepeatBook;
  readonly watch: SourceWatchBook;
  readonly coverage: CoverageBook;
  readonly events: Pick<EventStore, 'search' | 'histogram' | 'get'>;
  /** Reads the search text of people. @throws SyntaxError with a sentence for the person */
  readonly parseQuery: (text: string) => QueryNode | undefined;
  readonly status: (scope: Scope) => Promise<StatusView>;
  readonly testMail: (to: string, language: Language) => Promise<{ ok: boolean; detail: string }>;
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
  /** Tells open consoles of a change that a request made. */
  readonly publish: (notice: Notice) => void;
  readonly subscribe: (listener: (notice: Notice) => void) => () => void;
  readonly now: () => number;
  readonly log: { error(fields: object, message: string): void; warn(fields: object, message: string): void };
}

export type { Contact, EventPage, Histogram };
