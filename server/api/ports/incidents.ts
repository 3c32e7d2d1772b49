import type {
  AlertView,
  IncidentStatus,
  IncidentSummary,
  IncidentView,
  LooseAlert,
  LooseAlertTies,
  MailDetail,
  MailView,
  Side,
  TimelineEntry,
} from '@vigie/contracts/api';
import type { Identity, Scope } from './access.ts';

/** What the queue is narrowed to and how it is ordered. */
export interface IncidentFilter {
  readonly tenant?: string;
  /** A status, `open` or `all`. */
  readonly status: string;
  readonly minRank: number;
  /** `me`, `nobody` or an account. */
  readonly owner?: string;
  readonly verdict?: 'none' | 'true-positive' | 'benign-true-positive' | 'false-positive';
  readonly technique?: string;
  readonly entity?: string;
  readonly q?: string;
  /** Evidence at this time or later, epoch milliseconds. */
  readonly sinceAt?: number;
  /** Only what the viewer has looked at and what has changed since. */
  readonly changed?: boolean;
  readonly sort: 'urgency' | 'recent' | 'severity' | 'age' | 'due';
  readonly cursor?: string;
  readonly limit: number;
  /** The account that looks; undefined: a key. */
  readonly viewer?: string;
  /** Where the reader stands; left out: at the client, which sees less. */
  readonly side?: Side;
}

/** A change of an incident by a person. */
export interface IncidentChange {
  readonly status?: IncidentStatus;
  readonly verdict?: 'true-positive' | 'benign-true-positive' | 'false-positive' | null;
  readonly reason?: string;
  readonly rules?: readonly string[];
  readonly owner?: string | null;
  readonly comment?: string;
}

/** An incident that changed hands; null: nobody's. */
export interface HandOver {
  readonly id: number;
  readonly tenant: string;
  readonly title: string;
  readonly from: { readonly id: string; readonly name: string } | null;
  readonly to: { readonly id: string; readonly name: string } | null;
}

/** Mails people what others put into their hands; the list of news has it by then. */
export interface HandOverMails {
  mail(by: Identity, handed: readonly HandOver[]): Promise<void>;
}

export interface IncidentStore {
  /** `more`: `total` is where the counting stopped. */
  list(
    scope: Scope,
    filter: IncidentFilter,
  ): Promise<{ items: IncidentSummary[]; next?: string; total: number; more: boolean }>;
  /** @param side notes of the provider's people are for `provider` alone; left out: the side that sees less */
  get(
    scope: Scope,
    id: number,
    viewer?: string,
    side?: Side,
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
  /** Undefined: there is no such incident for this scope; `owner`: who is to own it may not see its tenant. */
  update(
    scope: Scope,
    id: number,
    change: IncidentChange,
    actor: Identity,
  ): Promise<{ readonly tenant: string; readonly handed?: HandOver } | 'owner' | undefined>;
  /**
   * Changes many, each as far as it is there; `refused`: who is to own them may not see their tenants; `undo` null:
   * nothing changed that could be taken back.
   */
  change(
    scope: Scope,
    ids: readonly number[],
    change: IncidentChange,
    actor: Identity,
  ): Promise<{
    readonly done: readonly {
      readonly id: number;
      readonly tenant: string;
      readonly handed?: HandOver;
    }[];
    readonly missing: readonly number[];
    readonly refused: readonly number[];
    readonly undo: string | null;
  }>;
  /** Takes a change back where nobody has changed the incident since; undefined: it is not the actor's, or too old. */
  undo(
    scope: Scope,
    batch: string,
    actor: Identity,
  ): Promise<
    | {
        readonly undone: readonly { readonly id: number; readonly tenant: string }[];
        readonly kept: readonly number[];
      }
    | undefined
  >;
  /** Notes that an account has looked at an incident. */
  look(scope: Scope, id: number, viewer: string): Promise<boolean>;
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
  /** Makes an incident of loose alerts of a tenant; returns the new one. */
  promote(
    scope: Scope,
    tenant: string,
    alerts: readonly string[],
    actor: Identity,
  ): Promise<number | GroupingRefusal>;
  /** Puts loose alerts of a tenant into one of its incidents; returns that one. */
  join(
    scope: Scope,
    tenant: string,
    alerts: readonly string[],
    to: number,
    actor: Identity,
  ): Promise<number | GroupingRefusal>;
  /** The open incidents in which a loose alert could be, or the one it is in by now; undefined: no such alert. */
  ties(scope: Scope, tenant: string, alert: string): Promise<LooseAlertTies | undefined>;
  /** Alerts in no incident. */
  loose(
    scope: Scope,
    filter: {
      readonly tenant?: string;
      readonly group: 'routine' | 'rare' | 'all';
      readonly review: 'open' | 'done' | 'all';
      readonly sort: 'recent' | 'rare';
      readonly cursor?: string;
      readonly limit: number;
    },
  ): Promise<{ items: Omit<LooseAlert, 'ruleTitle'>[]; next?: string }>;
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
