import { setTimeout as sleep } from 'node:timers/promises';
import { eventKey, type RawLog } from '@vigie/contracts';
import { IngestError } from './errors.ts';
import type {
  BatchConsumer,
  BatchStore,
  IngestLog,
  Moment,
  MomentStore,
  PreparedBatch,
  Preparer,
} from './ports.ts';
import { isAcknowledging, Repeats } from './repeats.ts';
import { countAdded, type Waiting, type WaitingMoment, WaitingRoom } from './waiting-room.ts';

/** Times are milliseconds. */
export interface IngestOptions<Matched> {
  readonly store: BatchStore;
  readonly preparer: Preparer<Matched>;
  readonly consumer: BatchConsumer<Matched>;
  readonly log: IngestLog;
  readonly now: () => number;
  /** Where moments are kept, and what detection is told of one. Absent: there are none. */
  readonly moments?: { readonly store: MomentStore; readonly matched: (moment: Moment) => Matched };
  /** Told of every log once it is stored, for the figures by source. */
  readonly onStored?: (logs: readonly RawLog[]) => void;
  /** How long `accept` waits for a store that does not answer before the sender is told to come back. */
  readonly patience?: number;
}

/** Batches are cut here, so that one can't hold the loop or the store for long. */
const MAX_BATCH = 8_000;
/** Batches that the largest request can fill; collectors take 200,000 logs at most. */
const MAX_PARTS = 25;
const NOTHING: ReadonlySet<string> = new Set();

/**
 * The way from a collector to the store: raw logs are gathered into batches, prepared (read, encoded, held
 * against the rules), stored durably, acknowledged, and handed on to detection in the order of their sequence.
 *
 * While one batch is being stored the next ones are gathered and prepared, so the size of the batches adapts
 * to the load by itself. A batch whose insert fails is tried again until the store is back; senders that waited
 * longer than `patience` get an error, and their repeats are recognised.
 */
export class Ingest<Matched> {
  readonly #options: IngestOptions<Matched>;
  readonly #room: WaitingRoom;
  readonly #repeats: Repeats;
  readonly #patience: number;
  #sequence = 0;
  /** The last batch of events that was given a number. */
  #lastBatch = 0;
  #storedEvents = 0;
  #running = false;
  #stopping = false;
  #loop: Promise<void> = Promise.resolve();
  /** The last batch under way; they end in the order of their sequence. */
  #inFlight: Promise<void> = Promise.resolve();
  #underWay = 0;
  #ended: (() => void) | undefined;

  constructor(options: IngestOptions<Matched>) {
    this.#options = options;
    this.#room = new WaitingRoom(MAX_BATCH, options.now);
    this.#repeats = new Repeats(options.now);
    this.#patience = options.patience ?? 30_000;
  }

  /** Reads where the store ends, remembers the logs whose acknowledgement may be lost, and begins. */
  async start(): Promise<void> {
    const { store } = this.#options;
    const moments = this.#options.moments?.store;
    this.#lastBatch = await store.lastSequence();
    const batch = { size: MAX_BATCH, most: MAX_PARTS };
    await this.#repeats.rememberUnanswered(store, moments, this.#lastBatch, batch);
    this.#sequence = Math.max(this.#lastBatch, (await moments?.lastSequence()) ?? 0);
    this.#running = true;
    this.#loop = this.#run();
  }

  /**
   * Notes that time has come so far at some tenants, in the order of what was accepted: detection is told when
   * everything that was accepted before is judged.
   *
   * @returns the moment's number, once it is noted
   */
  noteTime(clocks: Moment['clocks']): Promise<number> {
    if (!this.#running || this.#stopping) return Promise.reject(new IngestError('starting or stopping'));
    return new Promise((done) => {
      this.#room.addMoment({ clocks, at: this.#options.now(), done });
    });
  }

  /** Stores what was accepted, then ends. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#room.close();
    await this.#loop;
    this.#running = false;
  }

  /** Bytes accepted and not yet stored. */
  backlog(): number {
    return this.#room.bytes;
  }

  get figures() {
    return { queued: this.#room.logs, stored: this.#storedEvents, sequence: this.#sequence };
  }

  /**
   * @see IngestSink.accept of the collectors' ports
   * @returns how many of the logs were new to the store
   */
  async accept(logs: readonly RawLog[], gone?: AbortSignal): Promise<number> {
    if (logs.length === 0) return 0;
    if (!this.#running || this.#stopping) throw new IngestError('starting or stopping');
    const parts: { readonly logs: readonly RawLog[]; readonly wait: Promise<number> }[] = [];
    const { fresh, repeats } = this.#repeats.sift(logs);
    for (const [stored, repeated] of repeats)
      parts.push({ logs: repeated, wait: this.#answer(repeated, stored, () => 0, gone) });
    for (let at = 0; at < fresh.length; at += MAX_BATCH) {
      const part = fresh.slice(at, at + MAX_BATCH);
      const waiting = this.#room.add(part);
      parts.push({ logs: part, wait: this.#answer(part, waiting.stored, () => waiting.added, gone) });
    }
    const outcomes = await Promise.allSettled(parts.map(({ wait }) => wait));
    let added = 0;
    let failure: PromiseRejectedResult | undefined;
    for (const outcome of outcomes)
      if (outcome.status === 'fulfilled') added += outcome.value;
      else failure ??= outcome;
    if (failure === undefined) return added;
    // The sender will repeat the whole, with what was stored of it.
    outcomes.forEach((outcome, index) => {
      if (outcome.status === 'fulfilled') this.unacknowledged(parts[index]!.logs);
    });
    throw failure.reason;
  }

  /** @see IngestSink.unacknowledged of the collectors' ports */
  unacknowledged(logs: readonly RawLog[]): void {
    this.#repeats.remember(logs, Promise.resolve());
  }

  /**
   * Resolves when logs are stored. A sender that went away, or waited longer than our patience, will send them
   * again: they are remembered with the moment at which they will be stored after all.
   */
  #answer(
    logs: readonly RawLog[],
    stored: Promise<void>,
    added: () => number,
    gone: AbortSignal | undefined,
  ): Promise<number> {
    const { transport } = logs[0]!;
    // A sender without acknowledgements would only queue the same lines again: it keeps waiting.
    if (!isAcknowledging(transport) && transport !== 'import') return stored.then(added);
    return new Promise((resolve, reject) => {
      const leave = (why: string) => {
        end();
        this.#repeats.remember(logs, stored);
        reject(new IngestError(why));
      };
      const left = () => leave('the sender has gone');
      const timer = setTimeout(() => leave('the event store does not answer'), this.#patience);
      const end = () => {
        clearTimeout(timer);
        gone?.removeEventListener('abort', left);
      };
      void stored.then(() => {
        end();
        // After a rejection this changes nothing.
        resolve(added());
      });
      if (gone?.aborted === true) left();
      else gone?.addEventListener('abort', left, { once: true });
    });
  }

  async #run(): Promise<void> {
    while (await this.#room.occupied()) {
      await this.#room.linger();
      // One batch is being stored while the others are prepared.
      while (this.#underWay > this.#options.preparer.parallel)
        await new Promise<void>((resolve) => {
          this.#ended = resolve;
        });
      const moment = this.#room.takeMoment();
      if (moment !== undefined) {
        this.#passMoment(moment);
        continue;
      }
      const taken = this.#room.take();
      const logs = taken.length === 1 ? taken[0]!.logs : taken.flatMap((pending) => pending.logs);
      if (logs.some((raw) => raw.key !== undefined)) await this.#passKeyed(taken, logs);
      else {
        const prepared = this.#options.preparer.prepare(logs, this.#nextBatch(), NOTHING);
        this.#follow(async (before) => {
          const batch = await prepared;
          await before;
          await this.#store(batch, logs, taken);
        });
      }
    }
    await this.#inFlight;
  }

  #nextBatch(): number {
    this.#lastBatch = ++this.#sequence;
    return this.#sequence;
  }

  #passMoment({ clocks, at, done }: WaitingMoment): void {
    const { moments, consumer, log } = this.#options;
    const moment: Moment = { sequence: ++this.#sequence, after: this.#lastBatch, clocks, at };
    this.#follow(async (before) => {
      await before;
      await insist(
        () => moments?.store.add(moment),
        (error) => log.warn({ err: error }, 'how late it is could not be noted yet; trying again'),
      );
      done(moment.sequence);
      if (moments !== undefined) await consumer.push(moments.matched(moment));
    });
  }

  /** Adds a batch to those under way; a failure is met by whoever waits for the last of them. */
  #follow(pass: (before: Promise<void>) => Promise<void>): void {
    this.#underWay++;
    this.#inFlight = pass(this.#inFlight).then(() => {
      this.#underWay--;
      this.#ended?.();
    });
  }

  /** Keyed logs are compared with what is stored, so what is on its way must have arrived. */
  async #passKeyed(taken: readonly Waiting[], logs: readonly RawLog[]): Promise<void> {
    await this.#inFlight;
    const { preparer } = this.#options;
    const sequence = this.#sequence + 1;
    let batch = await preparer.prepare(logs, sequence, NOTHING);
    const stored = await this.#stored(batch);
    if (stored.size > 0) batch = await preparer.prepare(logs, sequence, stored);
    countAdded(taken, batch.kept);
    if (batch.rows === 0) return this.#settle(taken);
    this.#nextBatch();
    const { kept } = batch;
    const fresh = kept === undefined ? logs : logs.filter((_, index) => kept[index] === 1);
    this.#follow(() => this.#store(batch, fresh, taken));
  }

  /** Keys of the keyed logs of a batch that the store has. */
  async #stored({ keyed }: PreparedBatch<Matched>): Promise<ReadonlySet<string>> {
    const stored = new Set<string>();
    for (const { tenant, ids, range } of keyed)
      for (;;) {
        try {
          for (const id of await this.#options.store.existing(tenant, ids, range))
            stored.add(eventKey({ tenant, id }));
          break;
        } catch (error) {
          this.#options.log.warn({ err: error }, 'event store unavailable; trying again');
          await sleep(500);
        }
      }
    return stored;
  }

  async #store(
    batch: PreparedBatch<Matched>,
    logs: readonly RawLog[],
    taken: readonly Waiting[],
  ): Promise<void> {
    await insist(
      () => this.#options.store.insertBatch(batch),
      (error) =>
        this.#options.log.warn(
          { err: error, sequence: batch.sequence, events: batch.rows },
          'batch not stored yet; trying again',
        ),
    );
    this.#storedEvents += batch.rows;
    this.#settle(taken);
    this.#options.onStored?.(logs);
    await this.#options.consumer.push(batch.matched);
  }

  #settle(taken: readonly Waiting[]): void {
    this.#room.settle(taken);
    this.#repeats.expire();
  }
}

/** Tries until it is done. A coded failure passes; anything else is a fault that trying again would hide. */
async function insist(work: () => Promise<void> | undefined, onFirstFailure: (error: unknown) => void) {
  for (let attempt = 0; ; attempt++) {
    try {
      await work();
      return;
    } catch (error) {
      if (attempt === 0) onFirstFailure(error);
      if ((error as { retryable?: boolean }).retryable !== true) throw error;
      await sleep(Math.min(2000, 100 * 2 ** attempt));
    }
  }
}
