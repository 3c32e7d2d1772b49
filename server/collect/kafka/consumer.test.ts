import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Admin, Consumer, Producer } from '@platformatic/kafka';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { KAFKA_USER, KafkaBroker, kafkaIsThere } from '../testing/kafka-broker.ts';
import { type TestPorts, testPorts, until } from '../testing/ports.ts';
import { makeCertificates, type TestCertificates, temporaryFolder } from '../testing/senders.ts';
import { type KafkaCollector, startKafka } from './consumer.ts';
import { KAFKA_LIMITS, type KafkaOptions, type KafkaState } from './options.ts';
import { recordLog } from './record.ts';

const PATIENCE = 90_000;

describe.skipIf(!kafkaIsThere())('against Apache Kafka', { timeout: 240_000 }, () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let certificates: TestCertificates;
  let broker: KafkaBroker;
  let ports: TestPorts;
  let states: KafkaState[];
  let exists: boolean;
  const collectors: KafkaCollector[] = [];

  beforeAll(async () => {
    folder = temporaryFolder('kafka');
    certificates = await makeCertificates(folder.path, 'vigie.example.org');
    broker = await KafkaBroker.create(join(folder.path, 'broker'), certificates);
    broker.start();
    await retried(() => withAdmin((admin) => admin.listTopics()));
  }, 240_000);
  afterAll(async () => {
    await broker?.kill();
    folder.remove();
  });
  afterEach(async () => {
    await Promise.all(collectors.splice(0).map((collector) => collector.close()));
  });

  /** Until the broker answers. */
  async function retried<T>(what: () => Promise<T>): Promise<T> {
    for (const end = Date.now() + PATIENCE; ; ) {
      try {
        return await what();
      } catch (error) {
        if (Date.now() > end) throw new Error(broker.output, { cause: error });
        await new Promise((done) => setTimeout(done, 500));
      }
    }
  }

  async function withAdmin<T>(what: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [broker.plain], retries: 1 });
    try {
      return await what(admin);
    } finally {
      await admin.close();
    }
  }

  async function createTopic(topic: string, partitions = 3): Promise<void> {
    await retried(() =>
      withAdmin((admin) => admin.createTopics({ topics: [topic], partitions, replicas: 1 })),
    );
  }

  async function produce(
    topic: string,
    values: readonly (Buffer | string)[],
    compression?: 'gzip' | 'lz4' | 'snappy',
  ): Promise<void> {
    const producer = new Producer({
      clientId: 'test',
      bootstrapBrokers: [broker.plain],
      retries: 5,
      idempotent: true,
    });
    try {
      for (let at = 0; at < values.length; at += 500)
        await producer.send({
          messages: values.slice(at, at + 500).map((value, n) => ({
            topic,
            partition: (at + n) % 3,
            value: Buffer.from(value as string),
          })),
          ...(compression === undefined ? {} : { compression }),
        });
    } finally {
      await producer.close();
    }
  }

  /** Offsets committed for the three partitions, added up; -1 each where there is none. */
  async function committed(topic: string, group: string): Promise<number> {
    const consumer = new Consumer({
      clientId: 'test',
      groupId: group,
      bootstrapBrokers: [broker.plain],
      retries: 1,
    });
    try {
      const offsets = await consumer.listCommittedOffsets({ topics: [{ topic, partitions: [0, 1, 2] }] });
      return offsets.get(topic)!.reduce((sum, offset) => sum + Number(offset), 0);
    } finally {
      await consumer.close(true);
    }
  }

  function start(topic: string, more: Partial<KafkaOptions> = {}, into = testPorts()): KafkaCollector {
    ports = into;
    states = [];
    exists = true;
    const collector = startKafka(
      {
        brokers: [broker.plain],
        group: `group-${topic}`,
        topics: [{ topic, tenant: 'acme', source: 'src-1' }],
        from: 'earliest',
        ...more,
        limits: {
          retryDelay: 100,
          poll: 200,
          stalled: 8_000,
          sessionTimeout: 6_000,
          batchMessages: 100,
          ...more.limits,
        },
      },
      { ...ports, exists: () => exists, onState: (state) => void states.push(state) },
    );
    collectors.push(collector);
    return collector;
  }

  const numbered = (count: number, from = 0): string[] =>
    Array.from({ length: count }, (_, n) => JSON.stringify({ message: `event ${from + n}` }));
  /** Each message by its identity: what the store would hold. */
  const stored = (): Map<string, string> => new Map(ports.logs.map((log) => [log.key!, log.text]));

  /** What the messages say: the producer may have had to repeat itself, with other offsets. */
  const texts = (): Set<string> => new Set(stored().values());

  test('messages are stored with an identity, then committed; another member goes on from there', async () => {
    await createTopic('plain');
    await produce('plain', numbered(1000));
    await produce('plain', numbered(200, 1000), 'gzip');
    await produce('plain', numbered(200, 1200), 'lz4');
    await produce('plain', numbered(100, 1400), 'snappy');
    const first = start('plain');
    await until(() => texts().size === 1500, 'all messages', PATIENCE);
    expect(texts()).toEqual(new Set(numbered(1500)));
    expect(stored().size).toBe(1500);
    expect(ports.logs[0]).toMatchObject({ tenant: 'acme', source: 'src-1', transport: 'kafka' });
    expect(ports.logs[0]!.key).toMatch(/^kafka\/plain\/[012]\/\d+\/\d+$/);
    await first.close();
    expect(await committed('plain', 'group-plain')).toBe(1500);
    await produce('plain', numbered(10, 1500));
    start('plain');
    await until(() => texts().size === 10, 'the rest', PATIENCE);
    expect(texts()).toEqual(new Set(numbered(10, 1500)));
  });

  test('nothing is committed while the store is away', async () => {
    await createTopic('away');
    await produce('away', numbered(300));
    const into = testPorts();
    into.refuse = true;
    const collector = start('away', {}, into);
    await until(() => collector.stats().retries > 3, 'attempts', PATIENCE);
    expect(await committed('away', 'group-away')).toBe(-3);
    ports.refuse = false;
    await until(() => texts().size === 300, 'all messages', PATIENCE);
    await collector.close();
    expect(await committed('away', 'group-away')).toBe(300);
  });

  test('a consumer that stops between storing and committing: the same identities again', async () => {
    await createTopic('repeat');
    await produce('repeat', numbered(50));
    const collector = start('repeat', { group: 'one' });
    await until(() => texts().size === 50, 'the first time', PATIENCE);
    const before = stored();
    await collector.close();
    // A group without offsets stands for one whose commit was lost.
    start('repeat', { group: 'two' });
    await until(() => texts().size === 50, 'the second time', PATIENCE);
    expect(stored()).toEqual(before);
    expect(ports.logs.map((log) => log.receivedAt).sort()).toEqual(
      [...ports.logs].map((log) => Number(log.key!.split('/').at(-1))).sort(),
    );
  });

  test('the broker is killed on the way: nothing is lost, nothing has two identities', async () => {
    await createTopic('killed');
    await produce('killed', numbered(2000));
    let open = (): void => undefined;
    const into = testPorts();
    const collector = start('killed', {}, into);
    await until(() => ports.logs.length > 0, 'the first messages', PATIENCE);
    ports.gate = new Promise((done) => {
      open = done;
    });
    await broker?.kill();
    open();
    await until(() => states.some(({ state }) => state === 'restarting'), 'that we notice', PATIENCE);
    broker.start();
    await produceWhenBack('killed', numbered(500, 2000));
    await until(() => texts().size === 2500, 'all of them', PATIENCE);
    expect(texts()).toEqual(new Set(numbered(2500)));
    expect(states.at(-1)).toMatchObject({ state: 'running' });
    await until(() => collector.stats().events === ports.logs.length, 'the count', PATIENCE);
  });

  async function produceWhenBack(topic: string, values: readonly string[]): Promise<void> {
    await retried(() => withAdmin((admin) => admin.listTopics()));
    await retried(() => produce(topic, values));
  }

  test('two members share the partitions, and one takes over from the other', async () => {
    await createTopic('shared');
    const into = testPorts();
    const first = start('shared', {}, into);
    start('shared', {}, into);
    for (let round = 0; round < 10; round++) {
      await produce('shared', numbered(100, round * 100));
      if (round === 5) await first.close();
    }
    await until(() => texts().size === 1000, 'all messages', PATIENCE);
    expect(texts()).toEqual(new Set(numbered(1000)));
  });

  test('what is too large or can’t be read is kept, marked and counted', async () => {
    await createTopic('poison');
    await produce('poison', [
      'x'.repeat(3_000_000),
      Buffer.from([0x61, 0xff, 0xfe]),
      '{"message": tru',
      '<34>Mar  1 10:15:02 web01 sshd[1]: x',
      '{"message":"good"}',
    ]);
    const collector = start('poison');
    await until(() => texts().size === 5, 'all of them', PATIENCE);
    const byStart = new Map(ports.logs.map((log) => [log.text.slice(0, 5), log]));
    expect(byStart.get('xxxxx')).toMatchObject({ length: 3_000_000, flags: ['truncated'] });
    expect(byStart.get('a\ufffd\ufffd')).toMatchObject({ flags: ['invalid-utf8'] });
    expect(byStart.get('<34>M')!.json).toBeUndefined();
    expect(Object.fromEntries(ports.dropped)).toEqual({ truncated: 1, 'malformed-json': 1 });
    await collector.close();
    expect(await committed('poison', 'group-poison')).toBe(5);
  });

  test('the topic of a source that is not there stays unread until it is', async () => {
    await createTopic('later');
    await produce('later', numbered(5));
    start('later');
    exists = false;
    await until(() => states.some(({ detail }) => detail.includes('no topic')), 'the state', PATIENCE);
    const seen = ports.logs.length;
    exists = true;
    await until(() => texts().size === 5, 'the messages', PATIENCE);
    expect(seen).toBeLessThanOrEqual(5);
  });

  test.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const)('TLS and %s', async (mechanism) => {
    const topic = `secure-${mechanism.toLowerCase()}`;
    await createTopic(topic);
    await produce(topic, numbered(10));
    start(topic, {
      brokers: [broker.secure],
      tls: { ca: readFileSync(certificates.ca) },
      sasl: { mechanism, ...KAFKA_USER },
    });
    await until(() => texts().size === 10, 'the messages', PATIENCE);
  });

  test('a wrong password, and a broker whose certificate nobody vouches for, are told', async () => {
    await createTopic('refused');
    const tls = { ca: readFileSync(certificates.ca) };
    const sasl = { mechanism: 'SCRAM-SHA-256', user: 'vigie', password: 'wrong-one' } as const;
    const wrong = start('refused', { brokers: [broker.secure], tls, sasl });
    await until(() => states.some(({ state }) => state === 'restarting'), 'the refusal', PATIENCE);
    expect(JSON.stringify(states)).not.toContain('wrong-one');
    await wrong.close();
    start('refused', { brokers: [broker.secure], tls: {}, sasl: { ...sasl, password: KAFKA_USER.password } });
    await until(() => states.some(({ state }) => state === 'restarting'), 'the refusal', PATIENCE);
    expect(ports.logs).toHaveLength(0);
  });
});

describe('records', () => {
  const now = Date.UTC(2026, 2, 1);
  const read = (value: Buffer | null, timestamp: number) =>
    recordLog(
      { topic: 't', partition: 1, offset: 7n, timestamp: BigInt(timestamp), value },
      { tenant: 'acme', source: 's' },
      KAFKA_LIMITS,
      testPorts().drops,
      now,
    );
  test('the receive time is the message’s, where it can be true', () => {
    expect(read(Buffer.from('x'), now - 5)).toMatchObject({
      receivedAt: now - 5,
      key: `kafka/t/1/7/${now - 5}`,
    });
    for (const timestamp of [-1, 0, now * 1000])
      expect(read(Buffer.from('x'), timestamp)!.receivedAt).toBe(now);
  });
  test('a tombstone is no log', () => {
    expect([read(null, now), read(Buffer.alloc(0), now)]).toEqual([undefined, undefined]);
  });
});
