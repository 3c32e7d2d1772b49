import type { RawLog } from '@vigie/contracts';
import { isUnavailable } from '../errors.ts';
import type { IngestSink } from '../ports.ts';
import type { IntakeLimits } from './options.ts';

/** What the batcher needs of the collector's limits. */
export type BatchLimits = Pick<IntakeLimits, 'batchLines' | 'batchDelay' | 'retryDelay'>;

interface Batch {
  readonly sequence: number;
  readonly logs: RawLog[];
  readonly bytes: number;
}

/**
 * Hands lines to the sink in groups and keeps each until it is stored.
 *
 * Several groups are under way at once, because storing one takes longer than filling the next. When one
 * can't be stored, all wait: the groups are offered again in their order, and no later one overtakes them.
 */
export class LineBatcher {
  /** Lines taken and not yet stored; the bytes are those of their texts in UTF-16 units, which is close enough. */
  pendingLines = 0;
  pendingBytes = 0;
  retries = 0;
  readonly #sink: IngestSink;
  readonly #limits: BatchLimits;
  readonly #settled: () => void;
  #logs: RawLog[] = [];
  #bytes = 0;
  #sequence = 0;
  #timer: NodeJS.Timeout | undefined;
  /** Groups that wait behind a failure, oldest first. */
  #waiting: Batch[] = [];
  #inFlight = 0;
  #stalled = false;
  #retryTimer: NodeJS.Timeout | undefined;
  #attempt = 0;
  #closed = false;

  /** @param settled called whenever a group was stored, so that reading may go on */
  constructor(sink: IngestSink, limits: BatchLimits, settled: () => void) {
    this.#sink = sink;
    this.#limits = limits;
    this.#settled = settled;
  }

  add(log: RawLog): void {
    this.#logs.push(log);
    this.#bytes += log.text.length;
    this.pendingLines++;
    this.pendingBytes += log.text.length;
    if (this.#logs.length >= this.#limits.batchLines) this.flush();
    else if (this.#timer === undefined) this.#timer = setTimeout(() => this.flush(), this.#limits.batchDelay);
  }

  /** Hands over what has been collected so far. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#logs.length === 0) return;
    const batch = { sequence: this.#sequence++, logs: this.#logs, bytes: this.#bytes };
    this.#logs = [];
    this.#bytes = 0;
    if (this.#stalled) this.#waiting.push(batch);
    else this.#offer(batch);
  }

  /**
   * Flushes and waits until everything is stored.
   *
   * @param timeout milliseconds
   * @returns lines that could not be stored in time
   */
  async drain(timeout: number): Promise<number> {
    this.flush();
    const end = Date.now() + timeout;
    while (this.pendingLines > 0 && Date.now() < end) await new Promise((done) => setTimeout(done, 10));
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#timer);
    return this.pendingLines;
  }

  #offer(batch: Batch): void {
    this.#inFlight++;
    this.#sink.accept(batch.logs).then(
      () => this.#stored(batch),
      (error: unknown) => this.#failed(batch, error),
    );
  }

  #stored(batch: Batch): void {
    this.#inFlight--;
    this.pendingLines -= batch.logs.length;
    this.pendingBytes -= batch.bytes;
    if (this.#stalled && this.#inFlight === 0) {
      // The oldest group went through: the rest may follow.
      this.#attempt = 0;
      this.#release();
    }
    this.#settled();
  }

  #failed(batch: Batch, error: unknown): void {
    this.#inFlight--;
    const younger = this.#waiting.findIndex((other) => other.sequence > batch.sequence);
    if (younger < 0) this.#waiting.push(batch);
    else this.#waiting.splice(younger, 0, batch);
    this.#stalled = true;
    this.retries++;
    if (this.#inFlight === 0) this.#scheduleRetry();
    // Anything but a coded refusal is a bug of ours: it must end the process, not look like a busy store.
    if (!isUnavailable(error)) throw error;
  }

  #scheduleRetry(): void {
    if (this.#closed) return;
    const delay = this.#limits.retryDelay * 2 ** Math.min(this.#attempt++, 4);
    clearTimeout(this.#retryTimer);
    this.#retryTimer = setTimeout(() => {
      const first = this.#waiting.shift();
      if (first !== undefined) this.#offer(first);
    }, delay);
  }

  #release(): void {
    this.#stalled = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const batch of waiting) this.#offer(batch);
  }
}
