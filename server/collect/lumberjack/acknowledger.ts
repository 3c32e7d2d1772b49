import type { Socket } from 'node:net';
import type { RawLog } from '@vigie/contracts';
import { isUnavailable } from '../errors.ts';
import type { CollectorPorts } from '../ports.ts';
import type { LumberjackLimits } from './options.ts';

/** Events of one window, or a piece of one, that are stored and acknowledged together. */
export interface Part {
  readonly version: number;
  readonly logs: readonly RawLog[];
  /** Of its last event: what the acknowledgement says. */
  readonly sequence: number;
}

/**
 * Stores parts and acknowledges each once it is durable, in the order in which they came. While a sender waits it
 * is shown every few seconds that we live, by acknowledging number 0 (version 2 only; version 1 knows no such thing).
 */
export class Acknowledger {
  retries = 0;
  readonly #socket: Socket;
  readonly #ports: CollectorPorts;
  readonly #limits: LumberjackLimits;
  readonly #gone = new AbortController();
  #underWay = 0;
  #order: Promise<void> = Promise.resolve();
  #settled: (() => void)[] = [];
  readonly #keepAlive: NodeJS.Timeout;
  #version = 2;
  #waiting = false;

  constructor(socket: Socket, ports: CollectorPorts, limits: LumberjackLimits) {
    this.#socket = socket;
    this.#ports = ports;
    this.#limits = limits;
    this.#keepAlive = setInterval(() => {
      if ((this.#underWay > 0 || this.#waiting) && this.#version === 2) this.#write(0);
    }, limits.keepAlive);
  }

  /** Parts not acknowledged yet. */
  get underWay(): number {
    return this.#underWay;
  }

  /** The sender has to wait for something else than the store. */
  hold(waiting: boolean): void {
    this.#waiting = waiting;
  }

  /** Begins to store a part. */
  take(part: Part): void {
    this.#underWay++;
    this.#version = part.version;
    const stored = this.#store(part.logs);
    // A later part's failure is met when its turn comes.
    stored.catch(() => undefined);
    this.#order = this.#order.then(async () => {
      try {
        if (await stored) this.#acknowledge(part);
      } catch (error) {
        // A bug of ours must end the process, not look like a busy store.
        queueMicrotask(() => {
          throw error;
        });
      } finally {
        this.#underWay--;
        for (const settled of this.#settled.splice(0)) settled();
      }
    });
  }

  /** Resolves when at most so many parts are under way. */
  async room(most: number): Promise<void> {
    while (this.#underWay > most) await new Promise<void>((done) => this.#settled.push(done));
  }

  /** The sender is gone, or will be: what it isn't told it will send again. */
  end(): void {
    clearInterval(this.#keepAlive);
    this.#gone.abort();
  }

  /** @returns whether the logs are stored; false when the sender went away before they were */
  async #store(logs: readonly RawLog[]): Promise<boolean> {
    for (let attempt = 0; ; attempt++) {
      try {
        await this.#ports.sink.accept(logs, this.#gone.signal);
        return true;
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        if (this.#gone.signal.aborted) return false;
        this.retries++;
        await new Promise((done) => setTimeout(done, this.#limits.retryDelay * 2 ** Math.min(attempt, 4)));
        // The sender learnt nothing and comes again with the same.
        if (this.#gone.signal.aborted) return false;
      }
    }
  }

  #acknowledge({ version, sequence, logs }: Part): void {
    const socket = this.#socket;
    this.#version = version;
    if (socket.destroyed || !socket.writable) {
      this.#ports.sink.unacknowledged(logs);
      return;
    }
    this.#write(sequence, (error) => {
      if (error !== undefined && error !== null) this.#ports.sink.unacknowledged(logs);
    });
  }

  #write(sequence: number, written: (error?: Error | null) => void = () => undefined): void {
    const frame = Buffer.alloc(6);
    frame[0] = 0x30 + this.#version;
    frame[1] = 0x41;
    frame.writeUInt32BE(sequence, 2);
    this.#socket.write(frame, written);
  }
}
