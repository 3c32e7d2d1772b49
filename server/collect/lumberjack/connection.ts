import type { Socket } from 'node:net';
import type { RawLog } from '@vigie/contracts';
import { ByteReader, CutShort } from '../listen/byte-reader.ts';
import type { Accepted } from '../listen/streams.ts';
import type { Peer } from '../listen/tls.ts';
import type { CollectorPorts, SourceBinding } from '../ports.ts';
import { Acknowledger } from './acknowledger.ts';
import { type LumberjackEvent, readEvent } from './events.ts';
import { type Frame, ProtocolError, readFrames } from './frames.ts';
import type { LumberjackLimits } from './options.ts';

/** How often a held connection looks whether it may go on, milliseconds. */
const POLL = 250;

/** Figures that the connections of a listener share. */
export interface Counters {
  events: number;
  bytes: number;
  quarantined: number;
  invalid: number;
  retries: number;
  /** Bytes of events in parts that aren't finished. */
  pending: number;
}

/**
 * One sender, from its first byte to its last. Frames are read one behind the other; events become parts; the
 * {@link Acknowledger} stores those. Reading stops while too much is under way, or while nobody knows the sender.
 */
export class LumberjackConnection {
  readonly done: Promise<void>;
  readonly #socket: Socket;
  readonly #peer: Peer;
  readonly #ports: CollectorPorts;
  readonly #limits: LumberjackLimits;
  readonly #counters: Counters;
  readonly #acknowledger: Acknowledger;
  readonly #accepted: Accepted;
  /** When the frame under way began or was last held up by us, epoch milliseconds; absent between frames. */
  #frameSince: number | undefined;
  #stopping = false;
  #spoke = false;
  #logs: RawLog[] = [];
  #bytes = 0;
  #version = 2;
  #sequence = 0;
  /** Events missing of the window, and its size, which stays in force until another is announced. */
  #missing = 0;
  #window = 0;
  #flushTimer: NodeJS.Timeout | undefined;

  constructor(accepted: Accepted, ports: CollectorPorts, limits: LumberjackLimits, counters: Counters) {
    const { socket, peer } = accepted;
    this.#accepted = accepted;
    this.#socket = socket;
    this.#peer = peer;
    this.#ports = ports;
    this.#limits = limits;
    this.#counters = counters;
    this.#acknowledger = new Acknowledger(socket, ports, limits);
    socket.setKeepAlive(true, 60_000);
    socket.setTimeout(limits.silentTimeout, () => this.#timeout());
    // A connection that breaks is seen by whoever reads it.
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#acknowledger.end());
    this.done = this.#run();
  }

  /** Closes a connection whose frame does not come to an end; called every now and then. */
  check(now: number): void {
    if (this.#frameSince !== undefined && now - this.#frameSince > this.#limits.frameTimeout) this.#timeout();
  }

  /** Takes no more events; what is under way is stored and acknowledged. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#flush();
    await this.#acknowledger.room(0);
    this.#socket.end();
  }

  async #run(): Promise<void> {
    const reader = new ByteReader(this.#socket);
    const progress = (inside: boolean): void => {
      this.#frameSince = inside ? this.#ports.now() : undefined;
    };
    try {
      for await (const frame of readFrames(reader, this.#limits, progress)) {
        if (this.#stopping) break;
        await this.#take(frame);
      }
      if (this.#stopping) return;
    } catch (error) {
      if (error instanceof ProtocolError) {
        this.#counters.invalid++;
        this.#ports.drops.count(error.reason, this.#ports.directory.bySender(this.#peer), 1);
        // Events that stand before the damage are good, but the sender repeats its whole window: they are not kept.
      } else if (!(error instanceof CutShort) && !isConnectionError(error)) throw error;
    } finally {
      clearTimeout(this.#flushTimer);
      this.#counters.retries += this.#acknowledger.retries;
      if (!this.#stopping) {
        this.#forget();
        this.#acknowledger.end();
        this.#socket.destroy();
      }
    }
  }

  async #take(frame: Frame): Promise<void> {
    this.#version = frame.version;
    if (frame.kind === 'window') {
      // A window that was not filled is complete when the next one begins.
      this.#flush();
      this.#window = frame.size;
      this.#missing = frame.size;
      return;
    }
    if (this.#window === 0) throw new ProtocolError('frame-invalid', 'an event outside a window');
    clearTimeout(this.#flushTimer);
    this.#sequence = frame.sequence;
    const event = readEvent(frame, this.#limits);
    const binding = this.#bindingOf(event) ?? (await this.#untilKnown(event));
    if (binding === undefined) return;
    if (!this.#spoke) {
      this.#spoke = true;
      this.#accepted.spoke();
      this.#socket.setTimeout(this.#limits.idleTimeout);
    }
    this.#keep(event, binding);
    if (--this.#missing === 0) {
      this.#missing = this.#window;
      this.#flush();
    } else if (this.#isFull()) this.#flush();
    else this.#flushTimer = setTimeout(() => this.#flush(), this.#limits.flushDelay);
    await this.#room();
  }

  #keep(event: LumberjackEvent, { tenant, source }: SourceBinding): void {
    const { text, json, flags, length, malformed, truncated } = event;
    if (malformed) this.#ports.drops.count('malformed-json', { tenant, source }, 1);
    if (truncated) this.#ports.drops.count('truncated', { tenant, source }, 1);
    this.#logs.push({
      tenant,
      source,
      transport: 'lumberjack',
      receivedAt: this.#ports.now(),
      peer: this.#peer.address,
      text,
      length,
      ...(json === undefined ? undefined : { json }),
      ...(flags === undefined ? undefined : { flags }),
    });
    this.#bytes += text.length;
    this.#counters.pending += text.length;
    this.#counters.events++;
    this.#counters.bytes += length;
  }

  #isFull(): boolean {
    const { partEvents, partBytes, pending } = this.#limits;
    return this.#logs.length >= partEvents || this.#bytes >= partBytes || this.#counters.pending >= pending;
  }

  #flush(): void {
    clearTimeout(this.#flushTimer);
    if (this.#logs.length === 0) return;
    this.#acknowledger.take({ version: this.#version, logs: this.#logs, sequence: this.#sequence });
    this.#forget();
  }

  #forget(): void {
    this.#counters.pending -= this.#bytes;
    this.#logs = [];
    this.#bytes = 0;
  }

  #bindingOf({ token }: LumberjackEvent): SourceBinding | undefined {
    // A token that is wrong must not fall back to the address: the sender says that it is somebody else.
    return token === undefined
      ? this.#ports.directory.bySender(this.#peer)
      : this.#ports.directory.byToken(token);
  }

  /**
   * Shows the event in quarantine and waits until a person says whose it is. The sender is not acknowledged
   * meanwhile, so it keeps its events; after a while it is sent away, and comes again by itself.
   */
  async #untilKnown(event: LumberjackEvent): Promise<SourceBinding | undefined> {
    this.#flush();
    const { directory, drops, quarantine, now } = this.#ports;
    if (event.token !== undefined) drops.count('unauthorized', undefined, 1);
    const { address, commonName } = this.#peer;
    this.#counters.quarantined++;
    quarantine.hold(
      { transport: 'lumberjack', address, ...(commonName === undefined ? {} : { name: commonName }) },
      event.text,
      now(),
    );
    const end = now() + this.#limits.silentTimeout;
    this.#acknowledger.hold(true);
    while (!this.#socket.destroyed && !this.#stopping && now() < end) {
      await this.#pause();
      const binding =
        event.token === undefined ? directory.bySender(this.#peer) : directory.byToken(event.token);
      if (binding === undefined) continue;
      this.#acknowledger.hold(false);
      return binding;
    }
    if (!this.#stopping) this.#timeout();
    return undefined;
  }

  /** Waits while too much is under way, here or behind us. */
  async #room(): Promise<void> {
    const { partsInFlight, backlog } = this.#limits;
    if (this.#acknowledger.underWay >= partsInFlight) {
      await this.#acknowledger.room(partsInFlight - 1);
      this.#restartFrame();
    }
    if (this.#ports.sink.backlog() <= backlog) return;
    this.#acknowledger.hold(true);
    while (this.#ports.sink.backlog() > backlog && !this.#socket.destroyed && !this.#stopping)
      await this.#pause();
    this.#acknowledger.hold(false);
  }

  async #pause(): Promise<void> {
    await new Promise((done) => setTimeout(done, POLL));
    this.#restartFrame();
  }

  /** The time in which we did not read is not the sender's. */
  #restartFrame(): void {
    if (this.#frameSince !== undefined) this.#frameSince = this.#ports.now();
  }

  #timeout(): void {
    if (this.#socket.destroyed) return;
    if (this.#acknowledger.underWay > 0) return;
    this.#ports.drops.count('idle-timeout', this.#ports.directory.bySender(this.#peer), 1);
    this.#socket.destroy();
  }
}

/** What a socket reports when the other side is gone; it is not our fault and nothing is lost by it. */
function isConnectionError(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return (
    code === 'ECONNRESET' ||
    code === 'EPIPE' ||
    code === 'ETIMEDOUT' ||
    code === 'EHOSTUNREACH' ||
    code === 'ENETUNREACH' ||
    code === 'ERR_STREAM_PREMATURE_CLOSE' ||
    (typeof code === 'string' && code.startsWith('ERR_SSL_'))
  );
}
