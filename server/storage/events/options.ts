import type { EventStore } from '../../detect/ports.ts';
import type { RuleSearch } from '../../hunt/ports.ts';
import type { StorableBatch } from '../../ingest/ports.ts';
import type { ComponentListener, ComponentReport } from '../component.ts';

/** What the event store is started with. */
export interface EventStoreOptions {
  /** The store's folder, made when missing; `<data>/events`. One process holds it at a time. */
  readonly directory: string;
  /** Path of the bundled `chdb-child.ts` (`dist/events-child.js`). */
  readonly childPath: string;
  readonly onState?: ComponentListener;
  /** Lines that the child wrote to its standard error. */
  readonly onLog?: (line: string) => void;
  /** Limit of the memory that the database counts, bytes (default 400 MB). */
  readonly memoryLimit?: number;
  /** Days that events of a tenant without {@link EventStore.setRetention} are kept (default 365). */
  readonly defaultRetentionDays?: number;
}

/** The event store with its process, as `openEventStore` of `store.ts` returns it. */
export interface SupervisedEventStore extends EventStore {
  /** {@link EventStore.insert} for a batch whose rows were encoded elsewhere. */
  insertBatch(batch: StorableBatch): Promise<void>;
  /** Days that events of a tenant are kept. */
  retentionDays(tenant: string): number;
  /** State of the child process. */
  readonly report: ComponentReport;
  /** Pid of the child while it runs. */
  readonly pid: number | undefined;
  /** Rules held against the stored events. */
  readonly ruleSearch: RuleSearch;
}
