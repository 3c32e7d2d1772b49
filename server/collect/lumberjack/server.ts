import type { ListenerStats } from '../listen/options.ts';
import { StreamListener } from '../listen/streams.ts';
import type { CollectorPorts } from '../ports.ts';
import { type Counters, LumberjackConnection } from './connection.ts';
import { LUMBERJACK_LIMITS, type LumberjackLimits, type LumberjackOptions } from './options.ts';

/** How often connections are looked through for frames that never end, milliseconds. */
const CHECK_EVERY = 1_000;

/** A running Lumberjack listener. */
export interface LumberjackCollector {
  readonly port: number;
  stats(): ListenerStats;
  /** Stops listening, stores and acknowledges what is under way, and closes. */
  close(): Promise<void>;
}

/**
 * Listens for Beats and Logstash (`output.logstash`, Lumberjack version 2, and version 1 of older senders).
 *
 * @throws `VIGIE_COLLECT_LISTEN`, `VIGIE_COLLECT_TLS`
 */
export async function startLumberjack(
  options: LumberjackOptions,
  ports: CollectorPorts,
): Promise<LumberjackCollector> {
  const limits: LumberjackLimits = { ...LUMBERJACK_LIMITS, ...options.limits };
  const counters: Counters = { events: 0, bytes: 0, quarantined: 0, invalid: 0, retries: 0, pending: 0 };
  const connections = new Set<LumberjackConnection>();
  const listener = await StreamListener.open('Lumberjack', options, limits, ports.drops, (accepted) => {
    const connection = new LumberjackConnection(accepted, ports, limits, counters);
    connections.add(connection);
    void connection.done.then(() => connections.delete(connection));
  });
  const timer = setInterval(() => {
    for (const connection of connections) connection.check(ports.now());
  }, CHECK_EVERY);
  timer.unref();
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    clearInterval(timer);
    listener.stop();
    const late = new Promise<void>((done) => setTimeout(done, limits.drainTimeout).unref());
    await Promise.race([Promise.all([...connections].map((connection) => connection.stop())), late]);
    await listener.close();
  };
  return {
    port: listener.port,
    stats: () => ({
      events: counters.events,
      bytes: counters.bytes,
      quarantined: counters.quarantined,
      invalid: counters.invalid,
      retries: counters.retries,
      connections: listener.size,
      refused: listener.refused,
      lost: 0,
    }),
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}
