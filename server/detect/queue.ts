import { setTimeout as sleep, setImmediate as yieldToLoop } from 'node:timers/promises';
import type { MatchedBatch, MatchedEvent } from './matched.ts';

/** Times are milliseconds. */
export interface DetectQueueOptions<Found> {
  /** Judges matched events; synchronous, so it is called with slices of a batch. */
  readonly judge: (matched: readonly MatchedEvent[]) => Found[];
  /** Called when a batch's events are judged: how far event time has come. */
  readonly advance: (batch: Pick<MatchedBatch, 'clocks' | 'at'>) => Found[];
  /** Takes what a batch gave; tried again while it fails with a retryable error. */
  readonly deliver: (found: readonly Found[], sequence: number) => Promise<void>;
  /** Called after a batch is done: everything up to this sequence has been judged and delivered. */
  readonly onDone?: (sequence: number) => Promise<void>;
  readonly onRetry: (error: unknown) => void;
  /** Events waiting at most before `push` makes its caller wait. */
  readonly limit?: number;
}

const SLICE = 100;

/**
 * Batches waiting to be judged, in order. Stored events are safe, so a detection that lags behind slows
 * down ingestion instead of losing anything.
 */
export class DetectQueue<Found> {
  readonly #options: DetectQueueOptions<Found>;
  readonly #limit: number;
  readonly #batches: MatchedBatch[] = [];
  #waiting = 0;
  #detected = 0;
  #stopping = false;
  #caughtUp = false;
  #wake: (() => void) | undefined;
  #room: (() => void)[] = [];
  #loop: Promise<void> | undefined;

  constructor(options: DetectQueueOptions<Found>) {
    this.#options = options;
    this.#limit = options.limit ?? 24_000;
  }

  get figures() {
    return { undetected: this.#waiting, detected: this.#detected };
  }

  /** Whether what the last process left has been judged. */
  get caughtUp(): boolean {
    return this.#caughtUp;
  }

  /** Begins; first of all with what was stored and not judged when the last process ended. */
  start(backlog: AsyncIterable<MatchedBatch>): void {
    this.#loop = this.#run(backlog);
  }

  /** Adds a stored batch; resolves when the queue is below its limit again. */
  async push(batch: MatchedBatch): Promise<void> {
    this.#batches.push(batch);
    this.#waiting += batch.size;
    this.#wake?.();
    while (this.#waiting > this.#limit && !this.#stopping)
      await new Promise<void>((resolve) => this.#room.push(resolve));
  }

  /**
   * Judges what is queued, then ends; what takes longer than `patience` is judged by the next process.
   *
   * @returns whether all was judged; if not, the rules' state is in the middle of a batch and must not be saved
   */
  async stop(patience: number): Promise<boolean> {
    this.#stopping = true;
    this.#wake?.();
    this.#makeRoom();
    const late = sleep(patience, false, { ref: false });
    return Promise.race([Promise.resolve(this.#loop).then(() => true), late]);
  }

  async #run(backlog: AsyncIterable<MatchedBatch>): Promise<void> {
    let last = 0;
    for await (const batch of backlog) {
      await this.#process(batch);
      last = batch.sequence;
    }
    this.#caughtUp = true;
    for (;;) {
      const batch = this.#batches.shift();
      if (batch === undefined) {
        if (this.#stopping) return;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      // A batch stored while the backlog was being read has been judged with it.
      if (batch.sequence > last) await this.#process(batch);
      this.#waiting -= batch.size;
      if (this.#waiting <= this.#limit) this.#makeRoom();
    }
  }

  async #process(batch: MatchedBatch): Promise<void> {
    const found: Found[] = [];
    let slice: MatchedEvent[] = [];
    const judge = () => {
      for (const one of this.#options.judge(slice)) found.push(one);
      slice = [];
    };
    for (const matched of batch.matched)
      if (slice.push(matched) === SLICE) {
        judge();
        await yieldToLoop();
      }
    judge();
    for (const one of this.#options.advance(batch)) found.push(one);
    this.#detected += batch.size;
    for (let attempt = 0; ; attempt++) {
      try {
        if (found.length > 0) await this.#options.deliver(found, batch.sequence);
        await this.#options.onDone?.(batch.sequence);
        return;
      } catch (error) {
        if ((error as { retryable?: boolean }).retryable !== true) throw error;
        if (attempt === 0) this.#options.onRetry(error);
        await sleep(Math.min(2000, 100 * 2 ** attempt));
      }
    }
  }

  #makeRoom(): void {
    const waiting = this.#room;
    this.#room = [];
    for (const resolve of waiting) resolve();
  }
}
