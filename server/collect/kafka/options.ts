import { INGEST_LIMITS, type IngestLimits } from '../http/limits.ts';
import type { SourceBinding } from '../ports.ts';

/** A topic and the source that its messages belong to. */
export interface KafkaTopic extends SourceBinding {
  readonly topic: string;
}

/** Configuration of the Kafka consumer. */
export interface KafkaOptions {
  /** `host:port` of brokers to begin with. */
  readonly brokers: readonly string[];
  /** Consumer group; all servers of one installation share it. */
  readonly group: string;
  readonly topics: readonly KafkaTopic[];
  /** Where a group begins that has no offset yet. */
  readonly from: 'earliest' | 'latest';
  /** Present: TLS. All texts are PEM; `ca` absent: the system's authorities. */
  readonly tls?: { readonly ca?: Buffer; readonly cert?: Buffer; readonly key?: Buffer } | undefined;
  readonly sasl?:
    | {
        readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';
        readonly user: string;
        readonly password: string;
      }
    | undefined;
  readonly limits?: Partial<KafkaLimits>;
}

/** Bounds of the Kafka consumer. Sizes in bytes, times in milliseconds. */
export interface KafkaLimits extends Pick<IngestLimits, 'item' | 'line' | 'depth'> {
  /** Messages, and bytes of them, stored in one call. */
  readonly batchMessages: number;
  readonly batchBytes: number;
  /** Bytes of messages that wait in memory, above which no more are fetched. */
  readonly pending: number;
  /** Asked of a broker in one fetch, and of one partition. */
  readonly fetchBytes: number;
  readonly partitionBytes: number;
  /** First wait before a lost cluster is tried again; doubles up to 64 times this. */
  readonly retryDelay: number;
  /** After this without a heartbeat the group gives our partitions to others. */
  readonly sessionTimeout: number;
  /** Between two looks whether the sources of the topics exist. */
  readonly poll: number;
  /** Without an answer to a fetch for this long, while partitions are ours, the connection is made anew. */
  readonly stalled: number;
  /** For storing and committing what is under way when the consumer is closed. */
  readonly drainTimeout: number;
}

/** Defaults of {@link KafkaLimits}. */
export const KAFKA_LIMITS: KafkaLimits = {
  item: INGEST_LIMITS.item,
  line: INGEST_LIMITS.line,
  depth: INGEST_LIMITS.depth,
  batchMessages: 4_000,
  batchBytes: 8 * 1024 * 1024,
  pending: 32 * 1024 * 1024,
  fetchBytes: 16 * 1024 * 1024,
  partitionBytes: 4 * 1024 * 1024,
  retryDelay: 500,
  sessionTimeout: 30_000,
  poll: 2_000,
  stalled: 30_000,
  drainTimeout: 5_000,
};

/** How the consumer is, for people. */
export interface KafkaState {
  readonly state: 'running' | 'restarting';
  readonly detail: string;
}
