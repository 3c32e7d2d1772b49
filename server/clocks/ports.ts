import type { Entity, Level } from '@vigie/contracts';
import type { BusinessHours, IncidentStatus, RotaSetup, TenantProfile } from '@vigie/contracts/api';
import type { Override } from './rota.ts';

export type { Override } from './rota.ts';

/** A deadline that was promised: `ms` of time that counts, from `from` on. */
export interface ClockTarget {
  /** Severity whose promise it is; null: the law's. */
  readonly level: Level | null;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly ms: number;
  readonly hours: 'always' | 'business';
}

/** A time that does not count; `to` null: it lasts. */
export interface Pause {
  readonly from: number;
  readonly to: number | null;
  readonly reason: 'waiting-for-client' | 'closed';
}

/** A stored clock. Instants are epoch milliseconds. */
export interface ClockRecord {
  readonly tenant: string;
  readonly incident: number;
  /** `notify` … `resolve`, or `<regime>:<step>`. */
  readonly kind: string;
  readonly basis: string;
  /** Id of the site whose zone and hours count; null: the tenant's. */
  readonly site: string | null;
  readonly startedAt: number;
  targets: ClockTarget[];
  pauses: Pause[];
  stoppedAt: number | null;
  /** Set once and never taken back. */
  breachedAt: number | null;
  cancelledAt: number | null;
  /** Null while it is paused. */
  dueAt: number | null;
  readonly warnAt: readonly number[];
  warned: number[];
  /** When it has to be looked at next. */
  nextAt: number | null;
}

/** Something that happened to a clock; `once` keeps it from happening twice. */
export interface ClockEvent {
  readonly kind: string;
  readonly at: number;
  readonly event:
    | 'started'
    | 'warned'
    | 'breached'
    | 'paused'
    | 'resumed'
    | 'stopped'
    | 'tightened'
    | 'cancelled';
  readonly text: string;
  readonly once: string | null;
}

/** What happened to an incident, as the triggers wrote it down. */
export interface FeedEntry {
  readonly id: string;
  readonly tenant: string;
  readonly incident: number;
  readonly at: number;
  readonly what: 'opened' | 'status' | 'owner' | 'level' | 'told';
  readonly value: string;
}

/** Somebody is asked to look at a clock. */
export interface CallRecord {
  readonly tenant: string;
  readonly id: string;
  readonly incident: number;
  readonly kind: string;
  readonly reason: 'warning' | 'breach';
  readonly share: number | null;
  readonly step: number;
  readonly told: readonly string[];
  readonly at: number;
  readonly nextAt: number | null;
  readonly acknowledgedAt: number | null;
  readonly acknowledgedBy: string | null;
}

/** What a call's mail says of its incident. */
export interface CalledIncident {
  readonly id: number;
  readonly tenant: string;
  readonly title: string;
  readonly level: Level;
  readonly status: IncidentStatus;
  readonly verdict: string | null;
  /** Name of the owner. */
  readonly owner: string | null;
  readonly entities: readonly Entity[];
  /** Nobody is called for what never happened. */
  readonly demo: boolean;
}

/** A mail to somebody on call, rendered. */
export interface CallMail {
  readonly key: string;
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** What an incident is about, and what belongs to which site of its tenant. */
export interface Whereabouts {
  readonly members: readonly {
    readonly kind: 'source' | 'host' | 'user' | 'network';
    readonly name: string;
    readonly site: string;
  }[];
  /** Machines, with the address that each had last, and people. */
  readonly assets: readonly {
    readonly kind: 'host' | 'user';
    readonly names: readonly string[];
    readonly addresses: readonly string[];
  }[];
  readonly addresses: readonly string[];
  /** Ids of the sources of its evidence. */
  readonly sources: readonly string[];
}

/** One transaction over the clocks of one incident: all of it happens, or nothing. */
export interface ClockTransaction {
  clocks(): Promise<ClockRecord[]>;
  save(clock: ClockRecord): Promise<void>;
  /** False: it happened before. */
  event(event: ClockEvent): Promise<boolean>;
  /** Writes into the incident's own log. */
  log(at: number, text: string, actor: string | null): Promise<void>;
  /** Keeps the call, queues its mails, and puts it into the news of those mailed and of the incident's owner. */
  call(call: CallRecord, mails: readonly CallMail[]): Promise<void>;
  incident(): Promise<CalledIncident | undefined>;
  /** From what the site of the incident follows. */
  whereabouts(): Promise<Whereabouts>;
  /** Calls that are due for their next level. */
  dueCalls(now: number): Promise<CallRecord[]>;
  /** A person decided that a duty to report applies. False: it was decided before. */
  begin(
    regime: string,
    decision: { readonly at: number; readonly awareAt: number; readonly by: string; readonly reason: string },
  ): Promise<boolean>;
  /** A step of it is done. False: it was done before. */
  end(
    regime: string,
    step: string,
    deed: { readonly at: number; readonly by: string; readonly note: string },
  ): Promise<boolean>;
  /** Takes entries from the feed. */
  done(feed: readonly FeedEntry[]): Promise<void>;
}

/** When people work at a site; null: as at the tenant. */
export interface SiteHours {
  readonly name: string;
  /** IANA. */
  readonly timeZone: string | null;
  readonly businessHours: BusinessHours | null;
}

/** The state as the keeper of the clocks sees it. Implemented in `server/storage/state`. */
export interface ClockStore {
  /** Oldest first, at most so many. */
  feed(limit: number): Promise<FeedEntry[]>;
  /** Incidents with a clock or a call that is due. */
  due(now: number, limit: number): Promise<{ readonly tenant: string; readonly incident: number }[]>;
  /** Locks the clocks of the incident until it ends. */
  transaction<T>(tenant: string, incident: number, work: (tx: ClockTransaction) => Promise<T>): Promise<T>;
  profile(tenant: string): Promise<TenantProfile | undefined>;
  /** By id. */
  sites(tenant: string): Promise<ReadonlyMap<string, SiteHours>>;
  rotas(): Promise<
    readonly { readonly id: string; readonly setup: RotaSetup; readonly overrides: readonly Override[] }[]
  >;
}
