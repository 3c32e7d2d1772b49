import { isIP } from 'node:net';
import type { Consumer, ConsumerOptions, MessagesStream } from '@platformatic/kafka';
import type { RawLog } from '@vigie/contracts';
import { isUnavailable } from '../errors.ts';
import type { ListenerStats } from '../listen/options.ts';
import type { CollectorPorts } from '../ports.ts';
import {
  KAFKA_LIMITS,
  type KafkaLimits,
  type KafkaOptions,
  type KafkaState,
  type KafkaTopic,
} from './options.ts';
import { type KafkaRecord, recordLog } from './record.ts';

/** What the consumer is built from, beside the listeners' ports. */
export interface KafkaPorts extends Pick<CollectorPorts, 'sink' | 'drops' | 'now'> {
  /** Whether a source is there and enabled; the topic of one that isn't stays unread, in the broker. */
  readonly exists: (tenant: string, source: string) => boolean;
  readonly onState: (state: KafkaState) => void;
}

/** The running consumer. */
export interface KafkaCollector {
  stats(): ListenerStats;
  /** Stores and commits what is under way, leaves the group, and ends. */
  close(): Promise<void>;
}

/**
 * Reads topics as a member of a consumer group. Offsets are committed after the messages are durable, and every
 * message has an identity, so that one that is read again is stored once. A cluster that can't be reached is tried
 * again for ever; `onState` tells.
 */
export function startKafka(options: KafkaOptions, ports: KafkaPorts): KafkaCollector {
  const loop = new Loop(options, ports, { ...KAFKA_LIMITS, ...options.limits });
  return { stats: () => loop.stats(), close: () => loop.close() };
}

type Client = Consumer<Buffer, Buffer, Buffer, Buffer>;
type Stream = MessagesStream<Buffer, Buffer, Buffer, Buffer>;

class Loop {
  readonly #options: KafkaOptions;
  readonly #ports: KafkaPorts;
  readonly #limits: KafkaLimits;
  readonly #done: Promise<void>;
  readonly #counts = { events: 0, bytes: 0, retries: 0 };
  #closing = false;
  /** Ends the sleep under way. */
  #wake: () => void = () => undefined;

  constructor(options: KafkaOptions, ports: KafkaPorts, limits: KafkaLimits) {
    this.#options = options;
    this.#ports = ports;
    this.#limits = limits;
    this.#done = this.#run();
  }

  stats(): ListenerStats {
    return { ...this.#counts, invalid: 0, quarantined: 0, connections: 0, refused: 0, lost: 0 };
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#wake();
    // A store that is away can't be waited for; what it doesn't have isn't committed either.
    await this.#within(this.#done);
  }

  async #run(): Promise<void> {
    for (let attempt = 0; !this.#closing; ) {
      const topics = this.#readable();
      if (topics.length === 0) {
        this.#ports.onState({ state: 'running', detail: 'no topic has a source that exists and is enabled' });
        await this.#sleep(this.#limits.poll);
        continue;
      }
      try {
        await this.#member(topics, () => {
          attempt = 0;
        });
      } catch (error) {
        if (this.#closing) return;
        this.#counts.retries++;
        this.#ports.onState({ state: 'restarting', detail: reasonOf(error) });
        await this.#sleep(this.#limits.retryDelay * 2 ** Math.min(attempt++, 6));
      }
    }
  }

  #readable(): KafkaTopic[] {
    return this.#options.topics.filter(({ tenant, source }) => this.#ports.exists(tenant, source));
  }

  /** Joins the group and reads until the topics change or the consumer is closed. */
  async #member(topics: readonly KafkaTopic[], working: () => void): Promise<void> {
    // Loaded only by those who use it.
    const kafka = await import('@platformatic/kafka');
    const client: Client = new kafka.Consumer(this.#clientOptions());
    try {
      const stream = await client.consume({
        topics: topics.map(({ topic }) => topic),
        mode: 'committed',
        fallbackMode: this.#options.from,
        autocommit: false,
        maxBytes: this.#limits.fetchBytes,
        maxBytesPerPartition: this.#limits.partitionBytes,
        maxWaitTime: 500,
        highWaterMark: 1024,
        sessionTimeout: this.#limits.sessionTimeout,
        heartbeatInterval: this.#limits.sessionTimeout / 10,
      });
      try {
        const detail = `${topics.length} topics as group ${this.#options.group}`;
        this.#ports.onState({ state: 'running', detail });
        await this.#read(client, stream, topics, working);
      } finally {
        // One that failed is closed already, and says so.
        await this.#within(stream.close().catch(() => undefined));
      }
    } finally {
      // Without the broker nobody can be told that we leave; the group notices by itself.
      await this.#within(new Promise<void>((done) => client.close(true, () => done())));
    }
  }

  #clientOptions(): ConsumerOptions<Buffer, Buffer, Buffer, Buffer> {
    const { brokers, group, tls, sasl } = this.#options;
    return {
      clientId: 'vigie',
      groupId: group,
      bootstrapBrokers: [...brokers],
      autocreateTopics: false,
      isolationLevel: 1,
      retries: 3,
      connectTimeout: 10_000,
      requestTimeout: 30_000,
      sessionTimeout: this.#limits.sessionTimeout,
      heartbeatInterval: this.#limits.sessionTimeout / 10,
      ...(tls === undefined ? {} : { tls: { ...tls }, tlsServerName: !brokers.some(isAddress) }),
      ...(sasl === undefined
        ? {}
        : { sasl: { mechanism: sasl.mechanism, username: sasl.user, password: sasl.password } }),
    };
  }

  async #read(
    client: Client,
    stream: Stream,
    topics: readonly KafkaTopic[],
    working: () => void,
  ): Promise<void> {
    const bindings = new Map(topics.map((topic) => [topic.topic, topic]));
    let queue: KafkaRecord[] = [];
    let bytes = 0;
    let failure: Error | undefined;
    stream.on('data', (message) => {
      queue.push(message);
      bytes += sizeOf(message);
      if (bytes >= this.#limits.pending) stream.pause();
      this.#wake();
    });
    // Every fetch is answered within half a second, if only by nothing.
    let answered = this.#ports.now();
    stream.on('fetch', () => {
      answered = this.#ports.now();
    });
    stream.on('error', (error) => {
      failure ??= error;
      this.#wake();
    });
    stream.on('close', () => {
      failure ??= new Error('the connection to the cluster was closed');
      this.#wake();
    });
    let checked = this.#ports.now();
    for (;;) {
      if (this.#closing) return;
      if (failure !== undefined) throw failure;
      if (this.#ports.now() - checked >= this.#limits.poll) {
        checked = this.#ports.now();
        if (this.#readable().length !== topics.length) return;
        const patience = hasPartitions(client) ? this.#limits.stalled : 10 * this.#limits.stalled;
        if (stream.isPaused()) answered = checked;
        else if (checked - answered > patience) throw new Error('the cluster does not answer');
      }
      if (queue.length === 0) {
        await this.#sleep(this.#limits.poll);
        continue;
      }
      const { taken, rest, size } = this.#cut(queue);
      queue = rest;
      bytes -= size;
      if (stream.isPaused() && bytes < this.#limits.pending / 2) stream.resume();
      if (!(await this.#store(taken, bindings))) return;
      working();
      await this.#commit(client, taken);
    }
  }

  #cut(queue: KafkaRecord[]): { taken: KafkaRecord[]; rest: KafkaRecord[]; size: number } {
    let size = 0;
    let count = 0;
    while (count < queue.length && count < this.#limits.batchMessages) {
      const next = sizeOf(queue[count]!);
      if (count > 0 && size + next > this.#limits.batchBytes) break;
      size += next;
      count++;
    }
    return { taken: queue.slice(0, count), rest: queue.slice(count), size };
  }

  /** @returns false when the consumer is closed before they could be stored */
  async #store(records: readonly KafkaRecord[], bindings: ReadonlyMap<string, KafkaTopic>): Promise<boolean> {
    const { sink, drops, now } = this.#ports;
    const logs: RawLog[] = [];
    for (const record of records) {
      const binding = bindings.get(record.topic);
      const log = binding && recordLog(record, binding, this.#limits, drops, now());
      if (log !== undefined) logs.push(log);
    }
    for (let attempt = 0; logs.length > 0; attempt++) {
      try {
        await sink.accept(logs);
        break;
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        this.#counts.retries++;
        if (this.#closing) return false;
        await this.#sleep(this.#limits.retryDelay * 2 ** Math.min(attempt, 4));
        if (this.#closing) return false;
      }
    }
    this.#counts.events += logs.length;
    for (const log of logs) this.#counts.bytes += log.length;
    return true;
  }

  /** Says how far we have come. What fails here is read again by whoever has the partition, and stored once. */
  async #commit(client: Client, records: readonly KafkaRecord[]): Promise<void> {
    const last = new Map<string, KafkaRecord>();
    for (const record of records) {
      const key = `${record.topic} ${record.partition}`;
      const known = last.get(key);
      if (known === undefined || known.offset < record.offset) last.set(key, record);
    }
    try {
      await client.commit({
        offsets: [...last.values()].map(({ topic, partition, offset }) => ({
          topic,
          partition,
          offset: offset + 1n,
          leaderEpoch: -1,
        })),
      });
    } catch {
      // The group is being divided anew, or the broker is away: the stream tells, if it concerns us.
      this.#counts.retries++;
    }
  }

  #within(closing: Promise<unknown>): Promise<unknown> {
    return Promise.race([
      closing,
      new Promise((done) => setTimeout(done, this.#limits.drainTimeout).unref()),
    ]);
  }

  /** Sleeps until something happens, or for a time. */
  #sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#closing) this.#wake();
    });
  }
}

function hasPartitions({ assignments }: Client): boolean {
  return assignments?.some(({ partitions }) => partitions.length > 0) === true;
}

/** A broker named by an address has no name to be told by (RFC 6066). */
function isAddress(broker: string): boolean {
  return isIP(broker.slice(0, broker.lastIndexOf(':')).replace(/^\[|\]$/g, '')) !== 0;
}

/** Bytes counted for a message beside its value. */
const OVERHEAD = 200;

function sizeOf({ value }: KafkaRecord): number {
  return (value?.length ?? 0) + OVERHEAD;
}

/** What went wrong, in the innermost words; the client's own are wrapped several times. */
function reasonOf(error: unknown): string {
  const { message, errors, cause } = error as { message?: string; errors?: unknown[]; cause?: unknown };
  const inner = errors?.at(-1) ?? cause;
  if (inner instanceof Error) return reasonOf(inner);
  return message ?? String(error);
}
