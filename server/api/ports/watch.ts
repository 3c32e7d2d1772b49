import type {
  CoverageMatrix,
  CoverageOverview,
  CoverageView,
  MaintenanceQuery,
  MaintenanceView,
  NewMaintenance,
  SourceAlertQuery,
  SourceAlertView,
  SourceHealthView,
  TechniqueCoverageView,
} from '@vigie/contracts/api';
import type { Author, Scope } from './access.ts';

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
  /** The same in figures for several tenants, in their order. */
  overview(tenants: readonly string[]): Promise<CoverageOverview>;
  matrix(tenant: string): Promise<CoverageMatrix>;
  /** A layer of the ATT&CK Navigator. */
  layer(tenant: string): Promise<object>;
  technique(tenant: string, id: string): Promise<TechniqueCoverageView | undefined>;
}
