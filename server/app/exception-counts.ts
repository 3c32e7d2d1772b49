import type { LiveExceptions } from '../detect/index.ts';
import type { ExceptionStore } from '../storage/state/exception-store.ts';

export interface ExceptionCountsOptions {
  readonly store: Pick<ExceptionStore, 'addHits' | 'countedThrough'>;
  readonly live: LiveExceptions;
  readonly log: { warn(fields: object, message: string): void };
  /** How often counts are stored, milliseconds; default 5,000. */
  readonly every?: number;
}

/**
 * Stores what exceptions silence: every few seconds, beside the stream, and always before the detector's state.
 * So each hit is counted once over any crash: batches up to the stored sequence are not counted when they are
 * judged again, and those after it are judged again.
 */
export class ExceptionCounts {
  readonly #options: ExceptionCountsOptions;
  #sequence = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #storing: Promise<void> = Promise.resolve();

  constructor(options: ExceptionCountsOptions) {
    this.#options = options;
  }

  /** @param lastSequence of the event store */
  async resume(lastSequence: number): Promise<void> {
    const { store, live } = this.#options;
    live.resumeAfter(await store.countedThrough(lastSequence));
  }

  /** To be called when a batch has been judged and its detections are stored. */
  endBatch(sequence: number): void {
    const { live, log, every = 5_000 } = this.#options;
    live.endBatch(sequence);
    this.#sequence = sequence;
    if (!live.hasCounts || this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      // They are kept, and stored with the next ones or before the detector's state.
      this.store().catch((error: unknown) =>
        log.warn({ err: error }, 'what exceptions silenced is not stored yet'),
      );
    }, every).unref();
  }

  /** Stores the counts of all batches that have ended. @throws `VIGIE_STATE_UNAVAILABLE` */
  store(): Promise<void> {
    const stored = this.#storing.then(() => this.#write());
    // A failure is its caller's; the next one begins afresh.
    this.#storing = stored.catch(() => undefined);
    return stored;
  }

  /** Ends the waiting; what has not been stored yet is for {@link store}. */
  close(): void {
    clearTimeout(this.#timer);
  }

  async #write(): Promise<void> {
    const { store, live } = this.#options;
    const counts = live.takeCounts();
    if (counts.length === 0) return;
    try {
      await store.addHits(counts, this.#sequence);
    } catch (error) {
      live.returnCounts(counts);
      throw error;
    }
  }
}
