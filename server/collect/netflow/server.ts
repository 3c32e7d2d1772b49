import { LineIntake, type Sender } from '../listen/intake.ts';
import {
  INTAKE_LIMITS,
  type IntakeLimits,
  type ListenAddress,
  type ListenerStats,
} from '../listen/options.ts';
import { UdpListener } from '../listen/udp.ts';
import type { CollectorPorts, DropReason } from '../ports.ts';
import { decode } from './decode.ts';
import { type TemplateLimits, Templates } from './templates.ts';

/** Configuration of the NetFlow listener. */
export interface NetflowOptions extends ListenAddress {
  readonly limits?: Partial<NetflowLimits>;
}

/** Bounds of the NetFlow listener. Sizes in bytes, times in milliseconds. */
export interface NetflowLimits extends IntakeLimits, TemplateLimits {
  /** Asked of the kernel for the socket. */
  readonly receiveBuffer: number;
  /** For storing what has been read when the listener is closed. */
  readonly drainTimeout: number;
}

/** Defaults of {@link NetflowLimits}. */
export const NETFLOW_LIMITS: NetflowLimits = {
  ...INTAKE_LIMITS,
  templates: 10_000,
  templatesPerExporter: 1_000,
  fields: 200,
  receiveBuffer: 8 * 1024 * 1024,
  drainTimeout: 5_000,
};

/** Strangers' templates have room of their own: addresses of datagrams can be forged. */
const STRANGERS: TemplateLimits = { templates: 500, templatesPerExporter: 50, fields: 100 };

/** The running NetFlow listener. */
export interface NetflowCollector {
  readonly port: number;
  /** `lost` holds what never reached us as well, by the exporters' sequence numbers. */
  stats(): ListenerStats;
  /** @returns flows that could not be stored within `drainTimeout` */
  close(): Promise<{ readonly undelivered: number }>;
}

/**
 * Listens for NetFlow 5, NetFlow 9 and IPFIX over UDP on one port; each flow is a log, a JSON object with IPFIX's
 * names, as collectors write them.
 *
 * @throws `VIGIE_COLLECT_LISTEN`
 */
export async function startNetflow(
  options: NetflowOptions,
  ports: CollectorPorts,
): Promise<NetflowCollector> {
  const limits: NetflowLimits = { ...NETFLOW_LIMITS, ...options.limits };
  const intake = new LineIntake(ports, limits);
  const known = new Templates(limits);
  const strangers = new Templates(STRANGERS);
  let invalid = 0;
  let missed = 0;

  const receive = (bytes: Buffer, sender: Sender): boolean => {
    if (!intake.hasRoomForDatagram()) return false;
    const binding = ports.directory.bySender(sender);
    const drop = (reason: DropReason, count: number): void => {
      if (count > 0) ports.drops.count(reason, binding, count);
    };
    const read = decode(bytes, sender.address, binding === undefined ? strangers : known);
    if (read.invalid) {
      invalid++;
      drop('frame-invalid', 1);
    }
    drop('no-template', read.withoutTemplate);
    drop('sequence-gap', read.missed);
    missed += read.missed;
    const receivedAt = ports.now();
    for (const flow of read.flows) {
      const text = JSON.stringify(flow);
      intake.takeDecoded(sender, { text, json: flow, length: text.length }, false, receivedAt);
    }
    intake.checkPressure();
    return true;
  };

  const udp = await UdpListener.open(options, ports, {
    name: 'NetFlow',
    transport: 'netflow',
    receiveBuffer: limits.receiveBuffer,
    receive,
  });
  let closed: Promise<{ readonly undelivered: number }> | undefined;
  const close = async (): Promise<{ readonly undelivered: number }> => {
    await udp.countKernelDrops();
    await udp.close();
    return { undelivered: await intake.batcher.drain(limits.drainTimeout) };
  };
  return {
    port: udp.port,
    stats: () => ({
      events: intake.lines,
      bytes: intake.bytes,
      quarantined: intake.quarantined,
      connections: 0,
      refused: 0,
      invalid,
      lost: udp.dropped + missed,
      retries: intake.batcher.retries,
    }),
    close: () => {
      closed ??= close();
      return closed;
    },
  };
}
