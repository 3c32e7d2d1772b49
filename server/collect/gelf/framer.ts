/** Memory that all connections share for messages split across packets. */
export interface CarryBudget {
  available: number;
}

/**
 * Cuts a TCP stream at its NUL bytes. A message above the limit is cut and its end is skipped; one for which there
 * is no memory is cut where memory ended.
 */
export class NulFramer {
  readonly #limit: number;
  readonly #budget: CarryBudget;
  #parts: Buffer[] = [];
  #held = 0;
  #length = 0;

  /** @param limit bytes kept of one message */
  constructor(limit: number, budget: CarryBudget) {
    this.#limit = limit;
    this.#budget = budget;
  }

  /** @param emit gets each whole message, its bytes valid during the call, and its length before any cut */
  push(chunk: Buffer, emit: (bytes: Buffer, length: number) => void): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(0, start);
      if (end < 0) break;
      if (this.#length === 0) {
        if (end > start) emit(chunk.subarray(start, Math.min(end, start + this.#limit)), end - start);
      } else {
        this.#hold(chunk.subarray(start, end));
        this.end(emit);
      }
      start = end + 1;
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start));
  }

  /** The stream ends here: what is left is a last message. */
  end(emit: (bytes: Buffer, length: number) => void): void {
    const length = this.#length;
    const bytes = this.#parts.length === 1 ? this.#parts[0]! : Buffer.concat(this.#parts, this.#held);
    this.#budget.available += this.#held;
    this.#parts = [];
    this.#held = 0;
    this.#length = 0;
    if (length > 0) emit(bytes, length);
  }

  #hold(bytes: Buffer): void {
    this.#length += bytes.length;
    const room = Math.min(bytes.length, this.#limit - this.#held, this.#budget.available);
    if (room <= 0) return;
    // What a cut left out can't be followed by what came later.
    if (this.#held < this.#length - bytes.length) return;
    this.#parts.push(Buffer.from(bytes.subarray(0, room)));
    this.#held += room;
    this.#budget.available -= room;
  }
}
