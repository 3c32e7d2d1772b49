import { setTimeout as sleep } from 'node:timers/promises';
import type { RawLog } from '@vigie/contracts';
import type { Moment } from './ports.ts';

/** Logs of one call, accepted and not yet stored. */
export interface Waiting {
  readonly logs: readonly RawLog[];
  readonly bytes: number;
  /** Logs of it that the store did not have; known once normalised. */
  added: number;
  /** Resolves when they are stored; never rejects. */
  readonly stored: Promise<void>;
  readonly markStored: () => void;
}

/** A moment on its way. */
export interface WaitingMoment {
  readonly clocks: Moment['clocks'];
  /** Epoch milliseconds. */
  readonly at: number;
  /** Told the moment's number. */
  readonly done: (sequence: number) => void;
}

/** What was accepted and waits to become a batch, in order. */
export class WaitingRoom {
  readonly #queue: (Waiting | WaitingMoment)[] = [];
  readonly #now: () => number;
  /** Logs of a full batch. */
  readonly #size: number;
  #bytes = 0;
  #logs = 0;
  #closed = false;
  #wake: (() => void) | undefined;
  #recentRate = 0;
  #rateAt = 0;
  #rateCount = 0;

  constructor(size: number, now: () => number) {
    this.#size = size;
    this.#now = now;
  }

  /** Bytes accepted and not yet stored. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Logs accepted and not yet stored. */
  get logs(): number {
    return this.#logs;
  }

  add(logs: readonly RawLog[]): Waiting {
    let bytes = 0;
    for (const raw of logs) bytes += raw.text.length;
    this.#bytes += bytes;
    this.#logs += logs.length;
    let markStored = (): void => undefined;
    const stored = new Promise<void>((done) => {
      markStored = done;
    });
    const waiting: Waiting = { logs, bytes, added: logs.length, stored, markStored };
    this.#queue.push(waiting);
    this.#wake?.();
    return waiting;
  }

  addMoment(moment: WaitingMoment): void {
    this.#queue.push(moment);
    this.#wake?.();
  }

  /** Nothing more will come. */
  close(): void {
    this.#closed = true;
    this.#wake?.();
  }

  /** Resolves with true once somebody waits, with false when it is closed and empty. */
  async occupied(): Promise<boolean> {
    while (this.#queue.length === 0) {
      if (this.#closed) return false;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    return true;
  }

  /** Under load a short wait makes fewer, larger parts in the store; a lone line goes at once. */
  async linger(): Promise<void> {
    const now = this.#now();
    if (now - this.#rateAt >= 1000) {
      this.#recentRate = (this.#rateCount * 1000) / Math.max(1, now - this.#rateAt);
      this.#rateAt = now;
      this.#rateCount = 0;
    }
    const wait = this.#recentRate > 2000 ? 250 : this.#recentRate > 200 ? 100 : 15;
    const until = now + wait;
    const queued = () => this.#queue.reduce((sum, one) => sum + ('logs' in one ? one.logs.length : 0), 0);
    while (!this.#closed && queued() < this.#size / 2 && this.#now() < until)
      await sleep(Math.max(1, Math.min(25, until - this.#now())));
  }

  /** The moment that is next, where it is one. */
  takeMoment(): WaitingMoment | undefined {
    const [first] = this.#queue;
    if (first === undefined || 'logs' in first) return undefined;
    this.#queue.shift();
    return first;
  }

  /** What becomes the next batch: no more logs than fill one, but at least one call's; none beyond a moment. */
  take(): Waiting[] {
    const taken: Waiting[] = [];
    let count = 0;
    for (let first = this.#queue[0]; first !== undefined && 'logs' in first; first = this.#queue[0]) {
      if (count > 0 && count + first.logs.length > this.#size) break;
      this.#queue.shift();
      taken.push(first);
      count += first.logs.length;
    }
    this.#rateCount += count;
    return taken;
  }

  /** Tells those whose logs are stored. */
  settle(taken: readonly Waiting[]): void {
    for (const waiting of taken) {
      this.#bytes -= waiting.bytes;
      this.#logs -= waiting.logs.length;
      waiting.markStored();
    }
  }
}

/** Tells each call how many of its logs stayed. @param kept by log of all calls: 1 where it did; absent: all did */
export function countAdded(taken: readonly Waiting[], kept: Uint8Array | undefined): void {
  if (kept === undefined) return;
  let at = 0;
  for (const waiting of taken) {
    waiting.added = 0;
    for (const end = at + waiting.logs.length; at < end; at++) waiting.added += kept[at]!;
  }
}
