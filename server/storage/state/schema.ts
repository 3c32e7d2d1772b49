import type { AccessTables } from './schema/access.ts';
import type { AssetsTables } from './schema/assets.ts';
import type { AuditTables } from './schema/audit.ts';
import type { ClocksTables } from './schema/clocks.ts';
import type { CollaborationTables } from './schema/collaboration.ts';
import type { DeskTables } from './schema/desk.ts';
import type { DetectionTables } from './schema/detection.ts';
import type { ExceptionsTables } from './schema/exceptions.ts';
import type { IncidentsTables } from './schema/incidents.ts';
import type { MappingsTables } from './schema/mappings.ts';
import type { ProceduresTables } from './schema/procedures.ts';
import type { RulesTables } from './schema/rules.ts';
import type { SignInTables } from './schema/sign-in.ts';
import type { TenantsTables } from './schema/tenants.ts';
import type { WatchTables } from './schema/watch.ts';
import type { WebhooksTables } from './schema/webhooks.ts';
import type { WefTables } from './schema/wef.ts';

/**
 * The tables of the state database, as Kysely sees them; each subject's are in a file of `schema/`. Instants are
 * epoch milliseconds (`double precision`): events carry microseconds, and one unit everywhere spares a conversion
 * at each border. Tables with a `tenant` column are under row-level security for the role `vigie_api`.
 */
export interface Database
  extends AccessTables,
    AssetsTables,
    DeskTables,
    ClocksTables,
    CollaborationTables,
    AuditTables,
    DetectionTables,
    ExceptionsTables,
    IncidentsTables,
    MappingsTables,
    ProceduresTables,
    RulesTables,
    SignInTables,
    TenantsTables,
    WatchTables,
    WebhooksTables,
    WefTables {}

export type * from './schema/access.ts';
export type * from './schema/assets.ts';
export type * from './schema/audit.ts';
export type * from './schema/clocks.ts';
export type * from './schema/collaboration.ts';
export type * from './schema/desk.ts';
export type * from './schema/detection.ts';
export type * from './schema/exceptions.ts';
export type * from './schema/incidents.ts';
export type * from './schema/mappings.ts';
export type * from './schema/procedures.ts';
export type * from './schema/rules.ts';
export type * from './schema/sign-in.ts';
export type * from './schema/tenants.ts';
export type * from './schema/watch.ts';
export type * from './schema/webhooks.ts';
export type * from './schema/wef.ts';
