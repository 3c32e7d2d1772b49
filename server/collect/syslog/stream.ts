import type { Socket } from 'node:net';
import type { LineIntake, Pausable, Sender } from '../listen/intake.ts';
import type { CollectorPorts } from '../ports.ts';
import { type CarryBudget, SyslogFramer } from './framer.ts';
import type { SyslogLimits } from './options.ts';

/** After this silence, in milliseconds, a message that ends in NUL is taken as complete. */
const NUL_SILENCE = 250;

/** What a stream connection works with; one for all connections of a collector. */
export interface StreamContext {
  readonly ports: CollectorPorts;
  readonly limits: SyslogLimits;
  readonly intake: LineIntake;
  readonly budget: CarryBudget;
  /** The connection sent its first whole line, and its sender is known. */
  readonly spoke: () => void;
}

/**
 * Reads one TCP or TLS connection until its end. Every whole line is taken over, and what is left when the
 * connection ends is taken as a last line.
 */
export class StreamConnection implements Pausable {
  readonly #socket: Socket;
  readonly #sender: Sender;
  readonly #context: StreamContext;
  readonly #framer: SyslogFramer;
  #spoke = false;
  #invalid = 0;
  #receivedAt = 0;
  #nulTimer: NodeJS.Timeout | undefined;
  #ended = false;

  constructor(socket: Socket, sender: Sender, context: StreamContext) {
    this.#socket = socket;
    this.#sender = sender;
    this.#context = context;
    this.#framer = new SyslogFramer(context.limits.line, context.budget);
    socket.setKeepAlive(true, 60_000);
    socket.setTimeout(context.limits.silentTimeout, () => this.#timeout());
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
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
    this.#armTimeout();
  }

  /** Says goodbye to the sender; what it sent before that is still read. */
  end(): void {
    this.#socket.end();
  }

  /** Takes over what has been read and closes at once. */
  destroy(): void {
    this.#finish();
    this.#socket.destroy();
  }

  readonly #emit = (bytes: Buffer, length: number, truncated: boolean): void => {
    const known = this.#context.intake.take(this.#sender, bytes, length, truncated, this.#receivedAt);
    // A stranger's lines don't make its connection worth more than a silent one.
    if (!known || this.#spoke) return;
    this.#spoke = true;
    this.#context.spoke();
    this.#armTimeout();
  };

  #read(chunk: Buffer): void {
    if (this.#ended) return;
    this.#receivedAt = this.#context.ports.now();
    this.#framer.push(chunk, this.#emit);
    if (this.#framer.invalid !== this.#invalid) this.#countInvalid();
    if (this.#nulTimer !== undefined) clearTimeout(this.#nulTimer);
    this.#nulTimer =
      chunk[chunk.length - 1] === 0
        ? setTimeout(() => this.#framer.idle(this.#emit), NUL_SILENCE)
        : undefined;
    this.#context.intake.checkPressure();
  }

  #countInvalid(): void {
    const binding = this.#context.ports.directory.bySender(this.#sender);
    this.#context.ports.drops.count('frame-invalid', binding, this.#framer.invalid - this.#invalid);
    this.#invalid = this.#framer.invalid;
  }

  #armTimeout(): void {
    const { idleTimeout, silentTimeout } = this.#context.limits;
    this.#socket.setTimeout(this.#spoke ? idleTimeout : silentTimeout);
  }

  #timeout(): void {
    const binding = this.#context.ports.directory.bySender(this.#sender);
    this.#context.ports.drops.count('idle-timeout', binding, 1);
    this.destroy();
  }

  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#nulTimer);
    this.#context.intake.detach(this);
    if (this.#receivedAt === 0) this.#receivedAt = this.#context.ports.now();
    this.#framer.end(this.#emit);
  }
}
