/** The API's types as the console uses them: inferred from the contract's schemas, types only, no code. */

import type {
  AlertReview as AlertReviewSchema,
  ApiKeyView as ApiKeySchema,
  BulkResult as BulkResultSchema,
  BulkUndone as BulkUndoneSchema,
  ConnectorChange as ConnectorChangeSchema,
  ConnectorSetup as ConnectorSetupSchema,
  Credentials as CredentialsSchema,
  EventSearch as EventSearchSchema,
  ExceptionDraft as ExceptionDraftSchema,
  ExceptionPreviewRequest as ExceptionPreviewRequestSchema,
  ExceptionQuery as ExceptionQuerySchema,
  ExceptionSuggestRequest as ExceptionSuggestRequestSchema,
  HistogramSearch as HistogramSearchSchema,
  IncidentPage as IncidentPageSchema,
  IncidentPatch as IncidentPatchSchema,
  IncidentQuery as IncidentQuerySchema,
  LooseAlertPage as LooseAlertPageSchema,
  LooseAlertQuery as LooseAlertQuerySchema,
  MailDetail as MailDetailSchema,
  MappingFile as MappingFileSchema,
  NewApiKey as NewApiKeySchema,
  NewException as NewExceptionSchema,
  NewMaintenance as NewMaintenanceSchema,
  NewQueueView as NewQueueViewSchema,
  NewServiceAccount as NewServiceAccountSchema,
  NewSource as NewSourceSchema,
  NewSsoConnection as NewSsoConnectionSchema,
  NewTenant as NewTenantSchema,
  NewUser as NewUserSchema,
  NewVerdict as NewVerdictSchema,
  ParseFailure as ParseFailureSchema,
  PasswordChange as PasswordChangeSchema,
  QuarantineAssignment as QuarantineAssignmentSchema,
  QuarantineView as QuarantineSchema,
  RuleDetail as RuleDetailSchema,
  RulePage as RulePageSchema,
  RuleQuery as RuleQuerySchema,
  SourcePatch as SourcePatchSchema,
  SourceSecret as SourceSecretSchema,
  TenantPatch as TenantPatchSchema,
  UserPatch as UserPatchSchema,
  UserView as UserSchema,
} from '@vigie/contracts/api';
import type { z } from 'zod';

export type { Level } from '@vigie/contracts';
export type {
  AlertView,
  ApiError,
  BacktestResult,
  ConnectorField,
  ConnectorTest,
  ConnectorType,
  ConnectorView,
  Contact,
  CoverageMatrix,
  CoverageOverview,
  CoverageState,
  CoverageView,
  DetectionQuality,
  EventPage,
  EventView,
  ExceptionDetail,
  ExceptionImpact,
  ExceptionPage,
  ExceptionPreview,
  ExceptionRefusal,
  ExceptionState,
  ExceptionSuggestion,
  ExceptionView,
  ExceptionWarning,
  ExplainedLine,
  Histogram,
  IncidentOwners,
  IncidentRelevance,
  IncidentSummary,
  IncidentView,
  Language,
  LooseAlert,
  LooseAlertTie,
  LooseAlertTies,
  MailView,
  MaintenanceView,
  MappingDetail,
  MappingExport,
  MappingField,
  MappingFieldList,
  MappingFigures,
  MappingFormat,
  MappingLinePreview,
  MappingPage,
  MappingPreview,
  MappingPreviewRequest,
  MappingProblem,
  MappingSignature,
  MappingSuggestion,
  MappingValue,
  MappingVersion,
  MappingView,
  PasskeyView,
  Permission,
  Precision,
  QueueView,
  RecoveryCodes,
  RelevanceState,
  Role,
  RuleCaseResult,
  RuleCheck,
  RuleExplanation,
  RuleHitsView,
  RuleImportReport,
  RuleIssue,
  RulePrecision,
  RuleTrial,
  RuleVersion,
  RuleVersionState,
  RuleVersionSummary,
  RuleVersions,
  RuleView,
  RuleWords,
  SecurityView,
  ServiceAccountView,
  SessionView,
  SigmaFields,
  SigmaVocabulary,
  SignedInView,
  SignInChoice,
  SignInOptions,
  SignInSettings,
  SourceAlertView,
  SourceHealthView,
  SourceLines,
  SourceView,
  SsoConnectionView,
  StatusView,
  TechniqueCoverageView,
  TenantView,
  TimelineEntry,
  TotpEnrolment,
  Urgency,
  UrgencyTerm,
  VerdictEntry,
  VerdictHistory,
  WefMachineView,
  WefQuery,
  WefSetup,
  WefView,
} from '@vigie/contracts/api';

export type MappingFile = z.infer<typeof MappingFileSchema>;
export type NewSsoConnection = z.input<typeof NewSsoConnectionSchema>;
export type ApiKey = z.infer<typeof ApiKeySchema>;
export type Credentials = z.input<typeof CredentialsSchema>;
export type EventSearch = z.input<typeof EventSearchSchema>;
export type ExceptionDraft = z.input<typeof ExceptionDraftSchema>;
export type ExceptionPreviewRequest = z.input<typeof ExceptionPreviewRequestSchema>;
export type ExceptionQuery = z.input<typeof ExceptionQuerySchema>;
export type ExceptionSuggestRequest = z.input<typeof ExceptionSuggestRequestSchema>;
export type HistogramSearch = z.input<typeof HistogramSearchSchema>;
export type IncidentPage = z.infer<typeof IncidentPageSchema>;
export type IncidentPatch = z.input<typeof IncidentPatchSchema>;
export type IncidentQuery = z.input<typeof IncidentQuerySchema>;
export type IncidentStatus = NonNullable<IncidentPatch['status']>;
export type AlertReview = z.input<typeof AlertReviewSchema>;
export type BulkResult = z.infer<typeof BulkResultSchema>;
export type BulkUndone = z.infer<typeof BulkUndoneSchema>;
export type LooseAlertPage = z.infer<typeof LooseAlertPageSchema>;
export type LooseAlertQuery = z.input<typeof LooseAlertQuerySchema>;
export type NewQueueView = z.input<typeof NewQueueViewSchema>;
export type NewVerdict = z.input<typeof NewVerdictSchema>;
export type Verdict = NonNullable<IncidentPatch['verdict']>;
export type Entity = z.infer<typeof IncidentPageSchema>['items'][number]['entities'][number];
export type Technique = z.infer<typeof IncidentPageSchema>['items'][number]['techniques'][number];
export type ConnectorChange = z.input<typeof ConnectorChangeSchema>;
export type ConnectorSetup = z.input<typeof ConnectorSetupSchema>;
export type MailDetail = z.infer<typeof MailDetailSchema>;
export type NewApiKey = z.input<typeof NewApiKeySchema>;
export type NewException = z.input<typeof NewExceptionSchema>;
export type NewMaintenance = z.input<typeof NewMaintenanceSchema>;
export type NewSource = z.input<typeof NewSourceSchema>;
export type NewServiceAccount = z.input<typeof NewServiceAccountSchema>;
export type NewTenant = z.input<typeof NewTenantSchema>;
export type NewUser = z.input<typeof NewUserSchema>;
export type ParseFailure = z.infer<typeof ParseFailureSchema>;
export type PasswordChange = z.input<typeof PasswordChangeSchema>;
export type Quarantine = z.infer<typeof QuarantineSchema>;
export type QuarantineAssignment = z.input<typeof QuarantineAssignmentSchema>;
export type RuleDetail = z.infer<typeof RuleDetailSchema>;
export type RulePage = z.infer<typeof RulePageSchema>;
export type RuleQuery = z.input<typeof RuleQuerySchema>;
export type SourcePatch = z.input<typeof SourcePatchSchema>;
export type SourceSecret = z.infer<typeof SourceSecretSchema>;
export type TenantPatch = z.input<typeof TenantPatchSchema>;
export type UserPatch = z.input<typeof UserPatchSchema>;
export type User = z.infer<typeof UserSchema>;
/** A matched field as an alert's evidence carries it. */
export type Matched = { readonly field: string; readonly value: string; readonly condition: string };
/** What is needed to fetch one event. */
export type EventRef = { readonly tenant: string; readonly id: string; readonly at: number };
