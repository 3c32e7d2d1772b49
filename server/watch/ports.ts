import type { SourceAlert } from './alerts.ts';
import type { HourRecord } from './history.ts';
import type { Maintenance } from './maintenance.ts';

/** A source's id within its tenant. */
export interface SourceKey {
  readonly tenant: string;
  readonly source: string;
}

/** What is kept of a watched source beside its hours. */
export interface WatchRecord extends SourceKey {
  /** Epoch milliseconds of the first and the last event. */
  readonly firstAt: number;
  readonly lastAt: number;
  readonly events: number;
  /** First hours (since 1970) to learn rhythm and volume from. */
  readonly learnFrom: number;
  readonly volumeFrom: number;
}

export interface HourRow extends SourceKey {
  readonly hour: number;
  readonly record: HourRecord;
}

/** A kind of event: what it is called by the fields that tell kinds apart. */
export interface EventKind {
  readonly dataset: string;
  readonly action: string;
  readonly code: string;
}

export interface KindRow extends SourceKey, EventKind {
  readonly firstAt: number;
  readonly example: string;
}

export interface DatasetRow extends SourceKey {
  readonly dataset: string;
  readonly firstAt: number;
  readonly lastAt: number;
}

/** Mail to be queued with a change of an alert, once. */
export interface AlertMail {
  readonly key: string;
  readonly to: string;
  readonly subject: string;
  readonly html: string;
  readonly text: string;
  readonly notBefore: number;
}

/** Where the watch keeps what it learns. Implemented in `server/storage/state`. */
export interface WatchStore {
  load(): Promise<{
    readonly watches: readonly WatchRecord[];
    readonly hours: readonly HourRow[];
    readonly kinds: readonly KindRow[];
    readonly datasets: readonly DatasetRow[];
    readonly alerts: readonly SourceAlert[];
    readonly maintenance: readonly Maintenance[];
  }>;
  saveHours(rows: readonly HourRow[]): Promise<void>;
  saveWatches(rows: readonly WatchRecord[]): Promise<void>;
  addKinds(rows: readonly KindRow[]): Promise<void>;
  saveDatasets(rows: readonly DatasetRow[]): Promise<void>;
  /** Writes an alert and queues its mails in one transaction. */
  putAlert(alert: SourceAlert, mails: readonly AlertMail[]): Promise<void>;
  alerts(filter: {
    readonly scope: readonly string[] | 'all';
    readonly tenant?: string;
    readonly source?: string;
    readonly open: boolean;
    readonly limit: number;
  }): Promise<SourceAlert[]>;
  alert(scope: readonly string[] | 'all', id: string): Promise<SourceAlert | undefined>;
  addMaintenance(maintenance: Maintenance): Promise<void>;
  endMaintenance(id: string, by: string, at: number): Promise<void>;
  maintenance(scope: readonly string[] | 'all', tenant?: string): Promise<Maintenance[]>;
}
