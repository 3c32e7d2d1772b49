/** The stream ended inside something that was begun. */
export class CutShort extends Error {
  constructor() {
    super('the stream ended inside a frame');
    this.name = 'CutShort';
  }
}

/**
 * Reads counted pieces out of a stream of chunks. It pulls: while nobody asks for bytes the stream isn't read,
 * so that back-pressure reaches the sender. What it holds is never more than one chunk and what was asked for.
 */
export class ByteReader {
  /** Called for each chunk that arrives, with its length. */
  onChunk: ((bytes: number) => void) | undefined;
  readonly #chunks: AsyncIterator<Buffer>;
  #current: Buffer = Buffer.alloc(0);
  #at = 0;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Bytes that can be had without waiting. */
  get ready(): number {
    return this.#current.length - this.#at;
  }

  /** The next `count` bytes if all of them are here; valid until the next call. */
  tryRead(count: number): Buffer | undefined {
    if (this.ready < count) return undefined;
    this.#at += count;
    return this.#current.subarray(this.#at - count, this.#at);
  }

  /**
   * The next `count` bytes, valid until the next call; `undefined` when the stream has ended before the first.
   *
   * @throws CutShort when it ended inside
   */
  async read(count: number): Promise<Buffer | undefined> {
    const here = this.tryRead(count);
    if (here !== undefined) return here;
    const parts: Buffer[] = [];
    let missing = count;
    for (;;) {
      const taken = Math.min(missing, this.ready);
      if (taken > 0) {
        parts.push(this.#current.subarray(this.#at, this.#at + taken));
        this.#at += taken;
        missing -= taken;
      }
      if (missing === 0) return Buffer.concat(parts, count);
      if (!(await this.#next())) {
        if (parts.length > 0) throw new CutShort();
        return undefined;
      }
    }
  }

  /** Up to `most` bytes, as they come; `undefined` at the end of the stream. */
  async some(most: number): Promise<Buffer | undefined> {
    if (this.ready === 0 && !(await this.#next())) return undefined;
    return this.tryRead(Math.min(most, this.ready));
  }

  /**
   * Reads on without keeping anything.
   *
   * @throws CutShort
   */
  async skip(count: number): Promise<void> {
    for (let left = count; left > 0; ) {
      const bytes = await this.some(left);
      if (bytes === undefined) throw new CutShort();
      left -= bytes.length;
    }
  }

  async #next(): Promise<boolean> {
    for (;;) {
      const { done, value } = await this.#chunks.next();
      if (done === true) return false;
      if (value.length === 0) continue;
      this.onChunk?.(value.length);
      this.#current = value;
      this.#at = 0;
      return true;
    }
  }
}
