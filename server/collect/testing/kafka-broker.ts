import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import type { TestCertificates } from './senders.ts';

const LIB = resolve(import.meta.dirname, '../../../.cache/kafka/lib');

/** Whether a broker can be started; says why when not. */
export function kafkaIsThere(): boolean {
  const skipped = (why: string): false => {
    process.stderr.write(`skipped: Apache Kafka: ${why}\n`);
    return false;
  };
  if (!existsSync(LIB)) return skipped('not fetched; see server/collect/testing/install-kafka.sh');
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    // Reported here: the tests that need it are skipped.
    return skipped('Java is not installed');
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await new Promise((done) => server.close(done));
  return port;
}

/** User and password that the broker's SASL listener knows, for PLAIN and SCRAM. */
export const KAFKA_USER = { user: 'vigie', password: 'only-a-test' } as const;

/** A broker of Apache Kafka on loopback, in KRaft mode, with a plain listener and one with SASL over TLS. */
export class KafkaBroker {
  readonly plain: string;
  readonly secure: string;
  readonly #folder: string;
  #child: ChildProcess | undefined;
  #output = '';

  private constructor(folder: string, plain: number, secure: number) {
    this.#folder = folder;
    this.plain = `127.0.0.1:${plain}`;
    this.secure = `127.0.0.1:${secure}`;
  }

  static async create(folder: string, certificates: TestCertificates): Promise<KafkaBroker> {
    const [plain, secure, controller] = [await freePort(), await freePort(), await freePort()];
    mkdirSync(folder, { recursive: true });
    const keyStore = join(folder, 'server-both.pem');
    writeFileSync(
      keyStore,
      readFileSync(certificates.server.key, 'utf8') + readFileSync(certificates.server.cert, 'utf8'),
    );
    const module = 'org.apache.kafka.common.security';
    const { user, password } = KAFKA_USER;
    const properties = {
      'process.roles': 'broker,controller',
      'node.id': 1,
      'controller.quorum.bootstrap.servers': `127.0.0.1:${controller}`,
      listeners: `PLAINTEXT://127.0.0.1:${plain},SASL_SSL://127.0.0.1:${secure},CONTROLLER://127.0.0.1:${controller}`,
      'advertised.listeners': `PLAINTEXT://127.0.0.1:${plain},SASL_SSL://127.0.0.1:${secure}`,
      'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT',
      'controller.listener.names': 'CONTROLLER',
      'inter.broker.listener.name': 'PLAINTEXT',
      'log.dirs': join(folder, 'data'),
      'offsets.topic.replication.factor': 1,
      'offsets.topic.num.partitions': 3,
      'transaction.state.log.replication.factor': 1,
      'transaction.state.log.min.isr': 1,
      'group.initial.rebalance.delay.ms': 0,
      'group.min.session.timeout.ms': 1000,
      'message.max.bytes': 8_000_000,
      'replica.fetch.max.bytes': 8_000_000,
      'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
      'listener.name.sasl_ssl.plain.sasl.jaas.config': `${module}.plain.PlainLoginModule required user_${user}="${password}";`,
      'listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config': `${module}.scram.ScramLoginModule required;`,
      'listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config': `${module}.scram.ScramLoginModule required;`,
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': keyStore,
      'ssl.truststore.type': 'PEM',
      'ssl.truststore.location': certificates.ca,
    };
    writeFileSync(
      join(folder, 'server.properties'),
      Object.entries(properties)
        .map(([key, value]) => `${key}=${value}\n`)
        .join(''),
    );
    const broker = new KafkaBroker(folder, plain, secure);
    execFileSync(
      'java',
      [
        ...broker.#java(),
        'kafka.tools.StorageTool',
        'format',
        '--standalone',
        '-t',
        'dmlnaWUtdGVzdC1icm9rZQ',
        '-c',
        join(folder, 'server.properties'),
        ...['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((name) => [
          '--add-scram',
          `${name}=[name=${user},password=${password}]`,
        ]),
      ],
      { stdio: 'pipe' },
    );
    return broker;
  }

  /** What the broker printed last. */
  get output(): string {
    return this.#output;
  }

  /** Starts it, or starts it again with what it had. */
  start(): void {
    this.#child = spawn('java', [...this.#java(), 'kafka.Kafka', join(this.#folder, 'server.properties')], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk: Buffer) => {
        this.#output = (this.#output + chunk.toString()).slice(-10_000);
      });
  }

  /** Ends it without a chance to say goodbye. */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((done) => child.once('exit', done));
    child.kill('SIGKILL');
    await ended;
  }

  #java(): string[] {
    return ['-Xmx256m', '-Xms64m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-cp', `${LIB}/*`];
  }
}
