import type { Socket } from 'node:net';
import { LineIntake, type Pausable, type Sender } from '../listen/intake.ts';
import type { ListenerStats } from '../listen/options.ts';
import { type Accepted, StreamListener } from '../listen/streams.ts';
import { UdpListener } from '../listen/udp.ts';
import type { CollectorPorts } from '../ports.ts';
import { isChunk, Reassembly } from './chunks.ts';
import { type CarryBudget, NulFramer } from './framer.ts';
import { decompress, readMessage } from './message.ts';
import { GELF_LIMITS, type GelfLimits, type GelfOptions } from './options.ts';

/** How much a stranger's message may become when it is opened: it is only shown in quarantine. */
const STRANGER_LIMIT = 64 * 1024;
/** Quarantine of strangers gets this part of the memory for chunks. */
const STRANGER_SHARE = 1 / 16;
const EXPIRE_EVERY = 1_000;

/** The running GELF listeners. */
export interface GelfCollector {
  readonly addresses: { readonly udp?: number; readonly tcp?: number };
  stats(): ListenerStats;
  /**
   * Stops listening and stores what was read.
   *
   * @returns messages that could not be stored within `drainTimeout`
   */
  close(): Promise<{ readonly undelivered: number }>;
}

/**
 * Opens the GELF listeners that the options name. GELF has no acknowledgement over UDP and TCP: as with syslog,
 * what the store refuses is kept and offered again, and TCP senders wait.
 *
 * @throws `VIGIE_COLLECT_LISTEN`, `VIGIE_COLLECT_TLS`; nothing is left open then
 */
export async function startGelf(options: GelfOptions, ports: CollectorPorts): Promise<GelfCollector> {
  const collector = new Collector(ports, { ...GELF_LIMITS, ...options.limits });
  try {
    await collector.open(options);
  } catch (error) {
    await collector.close();
    throw error;
  }
  return collector;
}

class Collector implements GelfCollector {
  addresses: { readonly udp?: number; readonly tcp?: number } = {};
  readonly #ports: CollectorPorts;
  readonly #limits: GelfLimits;
  readonly #intake: LineIntake;
  readonly #budget: CarryBudget;
  readonly #known: Reassembly;
  readonly #strangers: Reassembly;
  readonly #connections = new Set<Connection>();
  readonly #expiry: NodeJS.Timeout;
  #invalid = 0;
  #udp: UdpListener | undefined;
  #tcp: StreamListener | undefined;
  #closed: Promise<{ readonly undelivered: number }> | undefined;

  constructor(ports: CollectorPorts, limits: GelfLimits) {
    this.#ports = ports;
    this.#limits = limits;
    this.#intake = new LineIntake(ports, limits);
    this.#budget = { available: limits.carry };
    const reassembly = (share: number): Reassembly =>
      new Reassembly(
        {
          bytes: limits.reassembly * share,
          messages: limits.unfinished * share,
          timeout: limits.chunkTimeout,
        },
        (address) => ports.drops.count('incomplete', ports.directory.bySender({ address }), 1),
      );
    this.#known = reassembly(1);
    this.#strangers = reassembly(STRANGER_SHARE);
    this.#expiry = setInterval(() => {
      this.#known.expire(ports.now());
      this.#strangers.expire(ports.now());
    }, EXPIRE_EVERY);
    this.#expiry.unref();
  }

  async open({ udp, tcp }: GelfOptions): Promise<void> {
    if (udp !== undefined) {
      this.#udp = await UdpListener.open(udp, this.#ports, {
        name: 'GELF',
        transport: 'gelf-udp',
        receiveBuffer: this.#limits.receiveBuffer,
        receive: (bytes, sender) => this.#datagram(bytes, sender),
      });
      this.addresses = { ...this.addresses, udp: this.#udp.port };
    }
    if (tcp !== undefined) {
      this.#tcp = await StreamListener.open('GELF', tcp, this.#limits, this.#ports.drops, (accepted) =>
        this.#connected(accepted),
      );
      this.addresses = { ...this.addresses, tcp: this.#tcp.port };
    }
  }

  stats(): ListenerStats {
    return {
      events: this.#intake.lines,
      bytes: this.#intake.bytes,
      quarantined: this.#intake.quarantined,
      connections: this.#tcp?.size ?? 0,
      refused: this.#tcp?.refused ?? 0,
      invalid: this.#invalid,
      lost: this.#udp?.dropped ?? 0,
      retries: this.#intake.batcher.retries,
    };
  }

  close(): Promise<{ readonly undelivered: number }> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<{ readonly undelivered: number }> {
    clearInterval(this.#expiry);
    await this.#udp?.countKernelDrops();
    await this.#udp?.close();
    this.#tcp?.stop();
    this.#intake.startClosing();
    for (const connection of this.#connections) connection.destroy();
    await this.#tcp?.close();
    return { undelivered: await this.#intake.batcher.drain(this.#limits.drainTimeout) };
  }

  #datagram(bytes: Buffer, sender: Sender): boolean {
    if (!this.#intake.hasRoomForDatagram()) return false;
    if (!isChunk(bytes)) {
      this.#message(bytes, bytes.length, sender, this.#ports.now());
      return true;
    }
    const known = this.#ports.directory.bySender(sender) !== undefined;
    const now = this.#ports.now();
    const whole = (known ? this.#known : this.#strangers).take(sender.address, bytes, now);
    if (whole === 'invalid') this.#drop('frame-invalid', sender);
    else if (whole !== undefined) this.#message(whole, whole.length, sender, now);
    return true;
  }

  /** @returns whether the sender is known */
  #message(bytes: Buffer, length: number, sender: Sender, receivedAt: number): boolean {
    const binding = this.#ports.directory.bySender(sender);
    const cut = length > bytes.length;
    const opened = cut
      ? bytes
      : decompress(bytes, binding === undefined ? STRANGER_LIMIT : this.#limits.item);
    if (opened === undefined) {
      this.#drop('decompression-failed', sender);
      return binding !== undefined;
    }
    if (opened.length === 0) return binding !== undefined;
    const message = readMessage(opened, this.#limits, cut ? length : opened.length);
    if (message.malformed && binding !== undefined) this.#drop('malformed-json', sender);
    const known = this.#intake.takeDecoded(sender, message, message.truncated, receivedAt);
    this.#intake.checkPressure();
    return known;
  }

  #drop(reason: 'frame-invalid' | 'decompression-failed' | 'malformed-json', sender: Sender): void {
    this.#invalid++;
    this.#ports.drops.count(reason, this.#ports.directory.bySender(sender), 1);
  }

  #connected({ socket, peer, spoke }: Accepted): void {
    const sender: Sender = { transport: 'gelf-tcp', ...peer };
    const connection = new Connection(socket, {
      limits: this.#limits,
      budget: this.#budget,
      intake: this.#intake,
      spoke,
      message: (bytes, length) => this.#message(bytes, length, sender, this.#ports.now()),
      timedOut: () => this.#ports.drops.count('idle-timeout', this.#ports.directory.bySender(sender), 1),
    });
    this.#connections.add(connection);
    socket.once('close', () => this.#connections.delete(connection));
  }
}

interface ConnectionContext {
  readonly limits: GelfLimits;
  readonly budget: CarryBudget;
  readonly intake: LineIntake;
  readonly spoke: () => void;
  /** @returns whether the sender is known */
  readonly message: (bytes: Buffer, length: number) => boolean;
  readonly timedOut: () => void;
}

/** One TCP or TLS sender. */
class Connection implements Pausable {
  readonly #socket: Socket;
  readonly #context: ConnectionContext;
  readonly #framer: NulFramer;
  #spoke = false;
  #ended = false;

  constructor(socket: Socket, context: ConnectionContext) {
    this.#socket = socket;
    this.#context = context;
    this.#framer = new NulFramer(context.limits.item, context.budget);
    socket.setKeepAlive(true, 60_000);
    socket.setTimeout(context.limits.silentTimeout, () => {
      context.timedOut();
      this.destroy();
    });
    socket.on('data', (chunk: Buffer) => {
      if (this.#ended) return;
      this.#framer.push(chunk, this.#emit);
    });
    socket.once('end', () => this.#finish());
    socket.once('close', () => this.#finish());
    // 'close' follows, and what arrived before the error has been taken over.
    socket.on('error', () => this.#finish());
    context.intake.attach(this);
  }

  pause(): void {
    this.#socket.pause();
    // A connection that we don't read is not idle by its own fault.
    this.#socket.setTimeout(0);
  }

  resume(): void {
    this.#socket.resume();
    const { idleTimeout, silentTimeout } = this.#context.limits;
    this.#socket.setTimeout(this.#spoke ? idleTimeout : silentTimeout);
  }

  /** Takes over what has been read and closes at once. */
  destroy(): void {
    this.#finish();
    this.#socket.destroy();
  }

  readonly #emit = (bytes: Buffer, length: number): void => {
    const known = this.#context.message(bytes, length);
    if (!known || this.#spoke) return;
    this.#spoke = true;
    this.#context.spoke();
    this.#socket.setTimeout(this.#context.limits.idleTimeout);
  };

  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#context.intake.detach(this);
    this.#framer.end(this.#emit);
  }
}
