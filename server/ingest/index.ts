import { setTimeout as sleep } from 'node:timers/promises';
import { type Event, eventKey, type RawLog } from '@vigie/contracts';
import { IngestError } from './errors.ts';
import { contentDigest } from './event-id.ts';
import type {
  BatchConsumer,
  BatchStore,
  IngestLog,
  Moment,
  MomentStore,
  PreparedBatch,
  Preparer,
} from './ports.ts';
import { UncertainLogs } from './uncertain-logs.ts';

export { IngestError } from './errors.ts';
export { contentDigest, keyedId, liveId } from './event-id.ts';
export type * from './ports.ts';

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

interface Pending {
  readonly logs: readonly RawLog[];
  readonly bytes: number;
  /** Logs of it that the store did not have; known once normalised. */
  added: number;
  readonly markStored: () => void;
}

/** A moment on its way. */
interface PendingMoment {
  readonly clocks: Moment['clocks'];
  readonly at: number;
  readonly done: (sequence: number) => void;
}

/** Batches are cut here, so that one can't hold the loop or the store for long. */
const MAX_BATCH = 8_000;
/** Batches that the largest request can fill; collectors take 200,000 logs at most. */
const MAX_PARTS = 25;
/** Repeats are recognised only where the protocol has acknowledgements that can get lost. */
const ACKNOWLEDGING = new Set([
  'http',
  'elasticsearch',
  'splunk-hec',
  'otlp',
  'lumberjack',
  'gelf-http',
  'wef',
]);

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
  readonly #queue: (Pending | PendingMoment)[] = [];
  readonly #uncertain = new UncertainLogs();
  readonly #patience: number;
  #sequence = 0;
  /** The last batch of events that was given a number. */
  #lastBatch = 0;
  #backlog = 0;
  #queuedLogs = 0;
  #storedEvents = 0;
  #running = false;
  #stopping = false;
  #wake: (() => void) | undefined;
  #loop: Promise<void> = Promise.resolve();
  /** The last batch under way; they end in the order of their sequence. */
  #inFlight: Promise<void> = Promise.resolve();
  #underWay = 0;
  #ended: (() => void) | undefined;
  #recentRate = 0;
  #rateAt = 0;
  #rateCount = 0;

  constructor(options: IngestOptions<Matched>) {
    this.#options = options;
    this.#patience = options.patience ?? 30_000;
  }

  /** Reads where the store ends, remembers the logs whose acknowledgement may be lost, and begins. */
  async start(): Promise<void> {
    this.#lastBatch = await this.#options.store.lastSequence();
    await this.#rememberUnanswered();
    this.#sequence = Math.max(this.#lastBatch, (await this.#options.moments?.store.lastSequence()) ?? 0);
    this.#running = true;
    this.#loop = this.#run();
  }

  /**
   * The requests that were under way when the process died have logs in the last two batches: the one in
   * flight and, where it died while answering, the one before. A request that fills several batches is
   * answered after the last of them, so its logs are in earlier ones as well; they share its receive time.
   */
  async #rememberUnanswered(): Promise<void> {
    const now = this.#options.now();
    const last = await this.#batchesBack(this.#lastBatch, 2);
    const requests = new Set<string>();
    const requestOf = ({ tenant, source, receivedAt }: Event) => `${tenant}\0${source}\0${receivedAt}`;
    let full = false;
    for await (const { events } of this.#options.store.batchesAfter(last)) {
      full ||= events.length > MAX_BATCH / 2;
      for (const event of events) {
        requests.add(requestOf(event));
        this.#uncertain.add(event.id.slice(0, 16), Promise.resolve(), now);
      }
    }
    // A part of a large request fills a batch of its own, or is its last and smaller one.
    if (!full) return;
    for await (const batch of this.#options.store.batchesAfter(await this.#batchesBack(last, MAX_PARTS))) {
      if (batch.sequence > last) return;
      for (const event of batch.events)
        if (requests.has(requestOf(event)))
          this.#uncertain.add(event.id.slice(0, 16), Promise.resolve(), now);
    }
  }

  /** The number that precedes so many batches of events; moments have numbers, too. */
  async #batchesBack(from: number, batches: number): Promise<number> {
    const SPAN = 1_000;
    const moments = new Set(await this.#options.moments?.store.sequencesSince(from - SPAN));
    let number = from;
    for (let left = batches; number > 0 && number > from - SPAN; number--)
      if (!moments.has(number) && left-- === 0) break;
    return Math.max(0, number);
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
      this.#queue.push({ clocks, at: this.#options.now(), done });
      this.#wake?.();
    });
  }

  /** Stores what was accepted, then ends. */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#wake?.();
    await this.#loop;
    this.#running = false;
  }

  /** Bytes accepted and not yet stored. */
  backlog(): number {
    return this.#backlog;
  }

  get figures() {
    return { queued: this.#queuedLogs, stored: this.#storedEvents, sequence: this.#sequence };
  }

  /**
   * @see IngestSink.accept of the collectors' ports
   * @returns how many of the logs were new to the store
   */
  async accept(logs: readonly RawLog[], gone?: AbortSignal): Promise<number> {
    if (logs.length === 0) return 0;
    if (!this.#running || this.#stopping) throw new IngestError('starting or stopping');
    const parts: { readonly logs: readonly RawLog[]; readonly wait: Promise<number> }[] = [];
    let fresh = logs;
    if (this.#uncertain.size > 0 && ACKNOWLEDGING.has(logs[0]!.transport)) {
      const now = this.#options.now();
      const repeats = new Map<Promise<void>, RawLog[]>();
      fresh = logs.filter((raw) => {
        const stored = raw.key === undefined ? this.#uncertain.take(contentDigest(raw), now) : undefined;
        if (stored === undefined) return true;
        const list = repeats.get(stored);
        if (list === undefined) repeats.set(stored, [raw]);
        else list.push(raw);
        return false;
      });
      for (const [stored, repeated] of repeats)
        parts.push({ logs: repeated, wait: this.#answer(repeated, stored, () => 0, gone) });
    }
    for (let at = 0; at < fresh.length; at += MAX_BATCH) {
      const part = fresh.slice(at, at + MAX_BATCH);
      parts.push({ logs: part, wait: this.#enqueue(part, gone) });
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
    this.#remember(logs, Promise.resolve());
  }

  #remember(logs: readonly RawLog[], stored: Promise<void>): void {
    const now = this.#options.now();
    for (const raw of logs)
      if (raw.key === undefined && ACKNOWLEDGING.has(raw.transport))
        this.#uncertain.add(contentDigest(raw), stored, now);
  }

  #enqueue(logs: readonly RawLog[], gone: AbortSignal | undefined): Promise<number> {
    let bytes = 0;
    for (const raw of logs) bytes += raw.text.length;
    this.#backlog += bytes;
    this.#queuedLogs += logs.length;
    let markStored = (): void => undefined;
    const stored = new Promise<void>((done) => {
      markStored = done;
    });
    const pending: Pending = { logs, bytes, added: logs.length, markStored };
    this.#queue.push(pending);
    this.#wake?.();
    return this.#answer(logs, stored, () => pending.added, gone);
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
    if (!ACKNOWLEDGING.has(transport) && transport !== 'import') return stored.then(added);
    return new Promise((resolve, reject) => {
      const leave = (why: string) => {
        end();
        this.#remember(logs, stored);
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
    for (;;) {
      while (this.#queue.length === 0) {
        if (this.#stopping) {
          await this.#inFlight;
          return;
        }
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
      }
      await this.#linger();
      // One batch is being stored while the others are prepared.
      while (this.#underWay > this.#options.preparer.parallel)
        await new Promise<void>((resolve) => {
          this.#ended = resolve;
        });
      const [first] = this.#queue;
      if (first !== undefined && 'clocks' in first) {
        this.#queue.shift();
        this.#passMoment(first);
        continue;
      }
      const taken = this.#take();
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
  }

  #nextBatch(): number {
    this.#lastBatch = ++this.#sequence;
    return this.#sequence;
  }

  #passMoment({ clocks, at, done }: PendingMoment): void {
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
  async #passKeyed(taken: readonly Pending[], logs: readonly RawLog[]): Promise<void> {
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

  /** Under load a short wait makes fewer, larger parts in the store; a lone line goes at once. */
  async #linger(): Promise<void> {
    const now = this.#options.now();
    if (now - this.#rateAt >= 1000) {
      this.#recentRate = (this.#rateCount * 1000) / Math.max(1, now - this.#rateAt);
      this.#rateAt = now;
      this.#rateCount = 0;
    }
    const wait = this.#recentRate > 2000 ? 250 : this.#recentRate > 200 ? 100 : 15;
    const until = now + wait;
    const waiting = () => this.#queue.reduce((sum, one) => sum + ('logs' in one ? one.logs.length : 0), 0);
    while (!this.#stopping && waiting() < MAX_BATCH / 2 && this.#options.now() < until)
      await sleep(Math.max(1, Math.min(25, until - this.#options.now())));
  }

  #take(): Pending[] {
    const taken: Pending[] = [];
    let count = 0;
    for (let pending = this.#queue[0]; pending !== undefined && 'logs' in pending; pending = this.#queue[0]) {
      if (count > 0 && count + pending.logs.length > MAX_BATCH) break;
      this.#queue.shift();
      taken.push(pending);
      count += pending.logs.length;
    }
    this.#rateCount += count;
    return taken;
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
    taken: readonly Pending[],
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

  #settle(taken: readonly Pending[]): void {
    for (const pending of taken) {
      this.#backlog -= pending.bytes;
      this.#queuedLogs -= pending.logs.length;
      pending.markStored();
    }
    this.#uncertain.expire(this.#options.now());
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

/** Tells each call how many of its logs stayed. */
function countAdded(taken: readonly Pending[], kept: Uint8Array | undefined): void {
  if (kept === undefined) return;
  let at = 0;
  for (const pending of taken) {
    pending.added = 0;
    for (const end = at + pending.logs.length; at < end; at++) pending.added += kept[at]!;
  }
}
