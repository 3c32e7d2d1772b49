import type { JsonObject, RawLog, Transport } from '@vigie/contracts';
import type { CollectorPorts } from '../ports.ts';
import { type DecodedText, decodeText } from '../raw-text.ts';
import { LineBatcher } from './batcher.ts';
import type { IntakeLimits } from './options.ts';
import type { Peer } from './tls.ts';

/** Who is at the other end of a connection or datagram. Kept for the life of a connection. */
export interface Sender extends Peer {
  readonly transport: Transport;
}

/** A log that a listener has decoded. */
export interface Decoded extends DecodedText {
  readonly json?: JsonObject;
  /** Bytes before any cut. */
  readonly length: number;
}

/** A reader that can be held back. */
export interface Pausable {
  pause(): void;
  resume(): void;
}

/** How often a paused collector looks whether it may go on, in milliseconds. */
const PAUSE_POLL = 20;

/**
 * The way of a log from any transport without acknowledgements to the sink: source, decoding, group, and
 * back-pressure on the readers.
 */
export class LineIntake {
  lines = 0;
  bytes = 0;
  quarantined = 0;
  paused = false;
  readonly batcher: LineBatcher;
  readonly #ports: CollectorPorts;
  readonly #limits: IntakeLimits;
  readonly #readers = new Set<Pausable>();
  #poll: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(ports: CollectorPorts, limits: IntakeLimits) {
    this.#ports = ports;
    this.#limits = limits;
    this.batcher = new LineBatcher(ports.sink, limits, () => this.#maybeResume());
  }

  /**
   * Takes a line over.
   *
   * @param bytes valid during the call only
   * @param length before any cut
   * @returns whether the sender is known; a stranger's line went to quarantine
   */
  take(sender: Sender, bytes: Buffer, length: number, truncated: boolean, receivedAt: number): boolean {
    const { text, flags } = decodeText(bytes, truncated);
    return this.takeDecoded(sender, { text, flags, length }, truncated, receivedAt);
  }

  /**
   * Takes a log over that is decoded already.
   *
   * @returns as {@link take}
   */
  takeDecoded(sender: Sender, decoded: Decoded, truncated: boolean, receivedAt: number): boolean {
    const { text, flags, json, length } = decoded;
    // Looked up for each line, so that a person's assignment of a source acts on open connections.
    const binding = this.#ports.directory.bySender(sender);
    if (truncated) this.#ports.drops.count('truncated', binding, 1);
    if (binding === undefined) {
      this.quarantined++;
      this.#ports.quarantine.hold(
        sender.commonName === undefined
          ? { transport: sender.transport, address: sender.address }
          : { transport: sender.transport, address: sender.address, name: sender.commonName },
        text,
        receivedAt,
      );
      return false;
    }
    this.lines++;
    this.bytes += length;
    const { tenant, source } = binding;
    const { transport, address: peer } = sender;
    const log: RawLog =
      flags === undefined
        ? { tenant, source, transport, receivedAt, peer, text, length }
        : { tenant, source, transport, receivedAt, peer, text, length, flags };
    this.batcher.add(json === undefined ? log : { ...log, json });
    return true;
  }

  /** Whether the readers have to wait. Called after each chunk. */
  checkPressure(): void {
    if (this.paused || this.#closing || !this.#overLimit(1)) return;
    this.paused = true;
    for (const reader of this.#readers) reader.pause();
    this.batcher.flush();
    this.#poll = setInterval(() => this.#maybeResume(), PAUSE_POLL);
  }

  /** Whether a datagram, which can't be held back, still has room. */
  hasRoomForDatagram(): boolean {
    return this.batcher.pendingBytes < this.#limits.pending + this.#limits.udpQueue;
  }

  attach(reader: Pausable): void {
    this.#readers.add(reader);
    if (this.paused) reader.pause();
  }

  detach(reader: Pausable): void {
    this.#readers.delete(reader);
  }

  /** Reads on, whatever the pressure: what senders have sent is to be stored before the end. */
  startClosing(): void {
    this.#closing = true;
    this.#resume();
  }

  #maybeResume(): void {
    if (this.paused && !this.#overLimit(0.5)) this.#resume();
  }

  #resume(): void {
    clearInterval(this.#poll);
    if (!this.paused) return;
    this.paused = false;
    for (const reader of this.#readers) reader.resume();
  }

  #overLimit(share: number): boolean {
    return (
      this.batcher.pendingBytes > this.#limits.pending * share ||
      this.#ports.sink.backlog() > this.#limits.backlog * share
    );
  }
}
