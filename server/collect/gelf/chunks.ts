/** What a datagram that is a chunk begins with. */
const MAGIC_0 = 0x1e;
const MAGIC_1 = 0x0f;
/** Magic bytes, message id (8), number of the chunk, number of chunks. */
const HEADER = 12;
/** Of one message, by the specification. */
const MAX_CHUNKS = 128;
/** Counted for a chunk beside its bytes, so that many tiny ones cost what they cost. */
const OVERHEAD = 256;

/** Bounds of a {@link Reassembly}. */
export interface ReassemblyLimits {
  readonly bytes: number;
  readonly messages: number;
  /** Milliseconds. */
  readonly timeout: number;
}

interface Unfinished {
  readonly sender: string;
  readonly began: number;
  readonly chunks: (Buffer | undefined)[];
  missing: number;
  bytes: number;
}

/** Whether a datagram is a piece of a message. */
export function isChunk(bytes: Buffer): boolean {
  return bytes[0] === MAGIC_0 && bytes[1] === MAGIC_1;
}

/**
 * Puts GELF's chunks together. Bounded in memory, messages and time: the oldest unfinished message makes room.
 *
 * Format: go2docs.graylog.org, "GELF via UDP": at most 128 chunks, all within five seconds.
 */
export class Reassembly {
  readonly #limits: ReassemblyLimits;
  readonly #lost: (sender: string) => void;
  /** In the order of their first chunks, by sender and id: an id is unique to its sender only. */
  readonly #unfinished = new Map<string, Unfinished>();
  #bytes = 0;

  /** @param lost told of each message that was given up, with its sender's address */
  constructor(limits: ReassemblyLimits, lost: (sender: string) => void) {
    this.#limits = limits;
    this.#lost = lost;
  }

  /** Bytes held. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Takes a chunk; its bytes are copied.
   *
   * @returns the message when this was the last missing piece, `undefined` while others are missing, `invalid` for
   *   what can't be a chunk
   */
  take(sender: string, bytes: Buffer, now: number): Buffer | undefined | 'invalid' {
    const number = bytes[10];
    const count = bytes[11];
    if (number === undefined || count === undefined || bytes.length === HEADER) return 'invalid';
    if (count === 0 || count > MAX_CHUNKS || number >= count) return 'invalid';
    this.expire(now);
    const key = `${sender} ${bytes.toString('latin1', 2, 10)}`;
    let message = this.#unfinished.get(key);
    if (message === undefined) {
      message = { sender, began: now, chunks: new Array(count), missing: count, bytes: 0 };
      this.#unfinished.set(key, message);
    } else if (message.chunks.length !== count) return 'invalid';
    if (message.chunks[number] !== undefined) return undefined;
    const piece = Buffer.from(bytes.subarray(HEADER));
    message.chunks[number] = piece;
    message.missing--;
    message.bytes += piece.length + OVERHEAD;
    this.#bytes += piece.length + OVERHEAD;
    if (message.missing === 0) {
      this.#forget(key, message);
      return Buffer.concat(message.chunks as Buffer[]);
    }
    this.#makeRoom();
    return undefined;
  }

  /** Gives up what has been unfinished for too long. */
  expire(now: number): void {
    for (const [key, message] of this.#unfinished) {
      if (now - message.began <= this.#limits.timeout) return;
      this.#giveUp(key, message);
    }
  }

  #makeRoom(): void {
    for (const [key, message] of this.#unfinished) {
      if (this.#bytes <= this.#limits.bytes && this.#unfinished.size <= this.#limits.messages) return;
      this.#giveUp(key, message);
    }
  }

  #giveUp(key: string, message: Unfinished): void {
    this.#forget(key, message);
    this.#lost(message.sender);
  }

  #forget(key: string, message: Unfinished): void {
    this.#unfinished.delete(key);
    this.#bytes -= message.bytes;
  }
}
