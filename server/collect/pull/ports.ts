import type { JsonObject, RawLog } from '@vigie/contracts';
import type { ConnectorProblem } from '@vigie/contracts/api';

/** The connector of a source as it is kept, without its secrets. Instants are epoch milliseconds. */
export interface ConnectorRecord {
  readonly tenant: string;
  readonly source: string;
  readonly type: string;
  readonly settings: JsonObject;
  /** Names of the secrets that are set. */
  readonly secretNames: readonly string[];
  readonly everySeconds: number;
  readonly paused: boolean;
  /** Whether the source is switched on. */
  readonly sourceEnabled: boolean;
  /** Counts changes by people: a fetch under way notes nothing for what has changed meanwhile. */
  readonly revision: number;
  readonly checkpoint: unknown;
  /** When the checkpoint was noted: the time of items that have none, the same after a crash. */
  readonly checkpointAt: number;
  /** Digests of the last items whose time is not their own: those can't be found in the store by it. */
  readonly strays: readonly string[];
  readonly nextAt: number;
  readonly lastFetchAt: number | null;
  readonly coveredTo: number | null;
  readonly fetched: number;
  readonly added: number;
  readonly failures: number;
  readonly problem: ConnectorProblem | null;
  readonly createdAt: number;
}

/** Which connector. */
export type ConnectorKey = Pick<ConnectorRecord, 'tenant' | 'source'>;

/** What was stored, and where to go on. */
export interface Advance {
  readonly checkpoint: unknown;
  readonly checkpointAt: number;
  readonly strays: readonly string[];
  readonly coveredTo: number | null;
  readonly fetched: number;
  readonly added: number;
}

/** How a fetch ended. */
export interface Settled {
  readonly nextAt: number;
  readonly lastFetchAt: number | null;
  readonly failures: number;
  readonly problem: ConnectorProblem | null;
}

/** Keeps connectors, their secrets encrypted. */
export interface ConnectorStore {
  all(): Promise<ConnectorRecord[]>;
  get(key: ConnectorKey): Promise<ConnectorRecord | undefined>;
  /**
   * The secrets of a connector in clear.
   *
   * @throws an error when they can't be decrypted
   */
  secrets(key: ConnectorKey): Promise<Readonly<Record<string, string>>>;
  /**
   * Notes a stored page.
   *
   * @returns false when the connector was changed or removed since `revision`: nothing was noted
   */
  advance(
    record: Pick<ConnectorRecord, 'tenant' | 'source' | 'revision'>,
    advance: Advance,
  ): Promise<boolean>;
  /** As {@link advance}. */
  settle(record: Pick<ConnectorRecord, 'tenant' | 'source' | 'revision'>, settled: Settled): Promise<boolean>;
  /**
   * Makes a source's connector, or changes it. One of another type begins anew.
   *
   * @param connector.restart forget the checkpoint
   * @returns undefined: there is no such source
   */
  put(
    connector: ConnectorKey & {
      readonly type: string;
      readonly settings: JsonObject;
      readonly secrets: Readonly<Record<string, string>>;
      readonly everySeconds: number;
      readonly restart: boolean;
      readonly now: number;
    },
  ): Promise<ConnectorRecord | undefined>;
  pause(key: ConnectorKey, paused: boolean, now: number): Promise<boolean>;
  remove(key: ConnectorKey): Promise<boolean>;
}

/** The part of ingestion that connectors write to. */
export interface PullSink {
  /** Resolves when all are durably stored. @returns how many were new */
  accept(logs: readonly RawLog[]): Promise<number>;
  /** Bytes accepted and not yet stored. */
  backlog(): number;
}

/** Where the runner writes what an operator should know. */
export interface PullLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}
