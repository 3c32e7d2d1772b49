/**
 * Bytes that come once and in order, of which the first ones are looked at before the whole is read: a pipe can't
 * be wound back, and what it holds is told by how it begins.
 */
export class OnceOnly {
  readonly #open: () => AsyncIterable<Buffer>;
  #pieces: AsyncIterator<Buffer> | undefined;
  #looked: Buffer[] = [];

  /** @param open called when the first byte is wanted */
  constructor(open: () => AsyncIterable<Buffer>) {
    this.#open = open;
  }

  /** The first bytes, fewer where there are no more. They are given again by {@link bytes}. */
  async head(wanted: number): Promise<Buffer> {
    let length = this.#looked.reduce((sum, piece) => sum + piece.length, 0);
    while (length < wanted) {
      const next = await this.#iterator().next();
      if (next.done === true) break;
      this.#looked.push(next.value);
      length += next.value.length;
    }
    return Buffer.concat(this.#looked).subarray(0, wanted);
  }

  /** All bytes; to be read once. */
  async *bytes(): AsyncGenerator<Buffer> {
    const looked = this.#looked;
    this.#looked = [];
    yield* looked;
    const iterator = this.#iterator();
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  }

  #iterator(): AsyncIterator<Buffer> {
    this.#pieces ??= this.#open()[Symbol.asyncIterator]();
    return this.#pieces;
  }
}

/** Standard input of this process; other threads have none, so that only the main one may read it. */
export const standardInput = new OnceOnly(() => process.stdin as AsyncIterable<Buffer>);
