import type {
  AlertView,
  IncidentStatus,
  IncidentSummary,
  IncidentView,
  LooseAlert,
  MailDetail,
  MailView,
  TimelineEntry,
} from '@vigie/contracts/api';
import type { Identity, Scope } from './access.ts';

export interface IncidentFilter {
  readonly tenant?: string;
  readonly statuses: readonly string[];
  readonly minRank: number;
  readonly q?: string;
  readonly sort: 'recent' | 'severity' | 'age' | 'due';
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
      status?: IncidentStatus;
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
